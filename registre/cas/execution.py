"""Passer un cas aux règles, et dire en quoi le résultat diffère de ce qu'il attend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import eq
from typing import Any

from registre.cas.adaptateur import Adaptateur, Comparaison, partie
from registre.cas.chapitres import (
    acquis,
    calendrier,
    compte,
    conditions,
    correspondances,
    depot,
    eps,
    etapes,
    etats,
    forme_de_passage,
    langues,
    lecture,
    moyenne,
    pieces,
    progression,
    recapitulatif,
)
from registre.cas.lecture import Cas
from registre.cas.validation import CasMalEcrit, avec_parametres, valider
from registre.parametres.ecarts import cle_inconnue
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif

_MODULES = (
    acquis,
    calendrier,
    compte,
    conditions,
    correspondances,
    depot,
    eps,
    etapes,
    etats,
    forme_de_passage,
    langues,
    lecture,
    moyenne,
    pieces,
    progression,
    recapitulatif,
)
ADAPTATEURS: dict[tuple[str, str], Adaptateur] = {
    (a.chapitre, a.genre): a for module in _MODULES for a in module.ADAPTATEURS
}


@dataclass(frozen=True)
class Difference:
    """Une clé de ``[cas.attendu]`` (``choix_controle.general``) dont la valeur obtenue n'est pas celle attendue."""

    cle: str
    attendu: Any
    obtenu: Any


@dataclass(frozen=True, kw_only=True)
class Resultat:
    """Un cas exécuté. ``probleme`` dit pourquoi il n'a pas pu l'être ; ``motifs`` sont ceux que la règle a rendus."""

    cas: Cas
    differences: tuple[Difference, ...] = ()
    probleme: str = ""
    motifs: tuple[Motif, ...] = ()

    @property
    def tenu(self) -> bool:
        return not self.differences and not self.probleme


def executer(cas: Cas, cadre: Cadre) -> Resultat:
    """Le cas, passé à la règle de son chapitre avec les paramètres de ``cadre``."""
    try:
        adaptateur = _adaptateur(cas)
        reglage = avec_parametres(cadre, adaptateur.parametres, cas.parametres)
        observe = adaptateur.observer(valider(adaptateur.situation, cas.situation, "situation"), reglage)
        inconnues = cas.attendu.keys() - observe.valeurs.keys()
        if inconnues:
            raise CasMalEcrit(*((f"attendu.{c}", cle_inconnue(observe.valeurs)) for c in sorted(inconnues)))
    except CasMalEcrit as erreur:
        return Resultat(cas=cas, probleme=str(erreur))
    attendu = {**adaptateur.sinon, **cas.attendu}
    differences = tuple(
        difference
        for cle, valeur in attendu.items()
        for difference in _comparer(cle, valeur, simple(observe.valeurs[cle]), adaptateur.comparaisons.get(cle, eq))
    )
    return Resultat(cas=cas, differences=differences, motifs=observe.motifs)


def _adaptateur(cas: Cas) -> Adaptateur:
    genres = sorted(genre for chapitre, genre in ADAPTATEURS if chapitre == cas.chapitre)
    if not genres:
        connus = ", ".join(sorted({chapitre for chapitre, _ in ADAPTATEURS}))
        trouve = f"chapitre inconnu\u00a0: «\u00a0{cas.chapitre}\u00a0»"
        raise CasMalEcrit(("id", f"{trouve}\u00a0; chapitres possibles\u00a0: {connus}"))
    if cas.genre not in genres:
        connus = ", ".join(genre or "aucun" for genre in genres)
        trouve = f"genre inconnu\u00a0: «\u00a0{cas.genre}\u00a0»" if cas.genre else "genre manquant"
        raise CasMalEcrit(("genre", f"{trouve}\u00a0; genres possibles\u00a0: {connus}"))
    return ADAPTATEURS[cas.chapitre, cas.genre]


def _comparer(cle: str, attendu: Any, obtenu: Any, comparaison: Comparaison) -> Iterator[Difference]:
    if isinstance(attendu, dict) and isinstance(obtenu, dict):
        noms = attendu.keys() if comparaison is partie else attendu.keys() | obtenu.keys()
        for nom in sorted(noms):
            yield from _comparer(f"{cle}.{nom}", attendu.get(nom), obtenu.get(nom), eq)
    elif not comparaison(attendu, obtenu):
        yield Difference(cle, attendu, obtenu)


def simple(valeur: Any) -> Any:
    """Une valeur des règles dans les types de TOML : la forme que les cas écrivent."""
    match valeur:
        case StrEnum():
            return valeur.value
        case Decimal() | Fraction():
            return str(valeur)
        case Mapping():
            return {str(c): simple(v) for c, v in valeur.items()}
        case tuple() | list():
            return [simple(v) for v in valeur]
        case _:
            return valeur
