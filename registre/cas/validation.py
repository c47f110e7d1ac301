"""Lire une table écrite à la main vers une classe : chaque écart est dit, avec l'endroit et ce qui est attendu."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from registre.parametres.ecarts import Chemin, cle_inconnue, ecrire_chemin, expliquer, valeur_en, valeurs_interdites
from registre.regles.cadre import Cadre

T = TypeVar("T")

# Le nom court d'un paramètre dans les cas.
NOMS_COURTS = {"report_sous_10": "progressive_report_sous_10"}

_DES_SOURCES = {"source", "certitude", "verifie_le"}


class CasMalEcrit(Exception):
    """Le cas ne peut pas être exécuté. ``ecarts`` les dit tous : (chemin dans le cas, message)."""

    def __init__(self, *ecarts: tuple[str, str]) -> None:
        self.ecarts = ecarts
        super().__init__(" ".join(f"{chemin}\u00a0: {message}." for chemin, message in ecarts))


def valider(classe: type[T], valeurs: Mapping[str, Any], ou: str) -> T:
    """L'objet ``classe`` que ``valeurs`` décrit ; ``ou`` nomme la table (``situation``).

    :raises CasMalEcrit: si une clé manque ou n'existe pas, ou si une valeur n'est pas du type attendu.
    """
    objet: T = _lire(classe, valeurs, ou, classe)
    return objet


def avec_parametres(cadre: Cadre, tables: tuple[str, ...], changements: Mapping[str, Any]) -> Cadre:
    """Le cadre où les paramètres que le cas change ont leur valeur. ``tables`` : celles que son chapitre lit.

    :raises CasMalEcrit: si un nom n'est dans aucune des tables, ou si une valeur n'est pas du type attendu.
    """
    champs = {c: table for table in tables for c in _champs(attrgetter(table)(cadre)) if c not in _DES_SOURCES}
    for nom, valeur in changements.items():
        cle = NOMS_COURTS.get(nom, nom)
        if cle not in champs:
            raise CasMalEcrit((f"parametres.{nom}", cle_inconnue(champs)))
        cadre = _avec(cadre, champs[cle].split("."), cle, valeur)
    return cadre


def _avec(table: Any, chemin: list[str], cle: str, valeur: Any) -> Any:
    """La table où ``cle``, au bout du chemin, vaut ``valeur``."""
    if chemin:
        return replace(table, **{chemin[0]: _avec(getattr(table, chemin[0]), chemin[1:], cle, valeur)})
    classe = type(table)
    attendu = typing.get_type_hints(classe)[cle]
    lu = _lire(attendu, valeur, f"parametres.{cle}", classe, (cle,))
    return replace(table, **{cle: lu})


def _lire(attendu: Any, valeur: Any, ou: str, classe: type, prefixe: Chemin = ()) -> Any:
    """``valeur`` lue comme un ``attendu``, le type de ``classe`` en ``prefixe``."""
    interdits = list(valeurs_interdites(valeur, (ou,)))
    if interdits:
        raise CasMalEcrit(*((ecrire_chemin(chemin), message) for chemin, message in interdits))
    try:
        return _lecteur(attendu).validate_json(to_json({ou: valeur}), strict=True)[ou]
    except ValidationError as erreurs:
        ecarts = [
            (ecrire_chemin(lieu), expliquer(classe, d, (*prefixe, *lieu[1:]), valeur_en({ou: valeur}, lieu)))
            for d in erreurs.errors(include_url=False)
            for lieu in [d["loc"]]
        ]
        raise CasMalEcrit(*ecarts) from None


@cache
def _lecteur(attendu: Any) -> TypeAdapter[dict[str, Any]]:
    return TypeAdapter(dict[str, attendu], config=ConfigDict(extra="forbid"))


def _champs(table: Any) -> list[str]:
    return [f.name for f in fields(table)]
