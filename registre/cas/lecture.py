"""Lire un fichier de cas de référence : ``tests/regles/cas/LISEZMOI.md`` en donne la forme."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registre.cas.validation import CasMalEcrit, valider
from registre.parametres.chargeur import Probleme
from registre.parametres.ecarts import montrer, syntaxe_en_francais

_EN_TETE_DE_CAS = re.compile(r"^\s*\[\[\s*cas\s*\]\]", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class _Ecrit:
    """Ce qu'un tableau ``[[cas]]`` contient."""

    id: str
    nom: str
    source: tuple[str, ...]
    situation: dict[str, Any]
    attendu: dict[str, Any]
    genre: str = ""
    parametres: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Cas:
    """Un cas lu. ``genre`` est vide dans les chapitres d'une seule sorte de cas ; ``lieu`` dit où il est écrit."""

    id: str
    nom: str
    genre: str
    source: tuple[str, ...]
    situation: dict[str, Any]
    attendu: dict[str, Any]
    parametres: dict[str, Any]
    fichier: str
    lieu: str

    @property
    def chapitre(self) -> str:
        """Le début de l'identifiant : ``langues`` pour ``langues.07``."""
        return self.id.split(".", 1)[0]


@dataclass(frozen=True)
class Lecture:
    """Les cas lisibles d'un fichier, et ce qui ne l'est pas."""

    cas: tuple[Cas, ...]
    problemes: tuple[Probleme, ...]


def lire_cas(texte: str, fichier: str) -> Lecture:
    """Les cas d'un fichier. Un cas mal écrit devient un problème et n'empêche pas de lire les autres."""
    try:
        contenu = tomllib.loads(texte)
    except tomllib.TOMLDecodeError as erreur:
        return Lecture((), (Probleme(fichier, "", f"syntaxe TOML, {syntaxe_en_francais(erreur)}"),))
    ecrits = contenu.pop("cas", [])
    problemes = [
        Probleme(fichier, cle, "clé inconnue\u00a0: un fichier ne contient que des [[cas]]") for cle in contenu
    ]
    if not isinstance(ecrits, list) or not ecrits:
        problemes.append(Probleme(fichier, "", "aucun cas\u00a0: un cas s’écrit sous une ligne [[cas]]"))
        return Lecture((), tuple(problemes))
    lieux = _lieux(texte, len(ecrits))
    lus: dict[str, Cas] = {}
    for brut, lieu in zip(ecrits, lieux, strict=True):
        try:
            cas = _lire_un_cas(brut, fichier, lieu)
        except CasMalEcrit as erreur:
            nom = brut.get("id") if isinstance(brut, dict) else None
            ou = f"{lieu}, cas {nom}" if isinstance(nom, str) else lieu
            problemes += [Probleme(fichier, f"{ou}, {chemin}", message) for chemin, message in erreur.ecarts]
            continue
        if cas.id in lus:
            problemes.append(Probleme(fichier, lieu, f"l’identifiant {cas.id} sert deux fois"))
        lus.setdefault(cas.id, cas)
    return Lecture(tuple(lus.values()), tuple(problemes))


def _lieux(texte: str, nombre: int) -> list[str]:
    """« ligne 13 » pour chaque cas ; son rang si le fichier n'est pas écrit avec des lignes ``[[cas]]``."""
    lignes = [texte.count("\n", 0, m.end()) + 1 for m in _EN_TETE_DE_CAS.finditer(texte)]
    if len(lignes) != nombre:
        return [f"cas n° {rang}" for rang in range(1, nombre + 1)]
    return [f"ligne {ligne}" for ligne in lignes]


def _lire_un_cas(brut: Any, fichier: str, lieu: str) -> Cas:
    if not isinstance(brut, dict):
        raise CasMalEcrit(("cas", f"attendu\u00a0: table\u00a0; trouvé\u00a0: {montrer(brut)}"))
    # Dates et nombres gardent leur type TOML : seule la forme du tableau est jugée ici.
    tables: dict[str, Any] = {
        cle: {} if isinstance(brut.get(cle), dict) else brut.get(cle) for cle in brut.keys() & _TABLES
    }
    ecrit = valider(_Ecrit, {**brut, **tables}, "cas")
    for cle, message in (("source", "aucune référence"), ("attendu", "aucun résultat attendu")):
        if not brut[cle]:
            raise CasMalEcrit((f"cas.{cle}", message))
    situation, parametres = _parametres(brut)
    return Cas(
        id=ecrit.id,
        nom=ecrit.nom,
        genre=ecrit.genre,
        source=ecrit.source,
        situation=situation,
        attendu=brut["attendu"],
        parametres=parametres,
        fichier=fichier,
        lieu=lieu,
    )


_TABLES = {"situation", "attendu", "parametres"}


def _parametres(brut: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """La situation et les paramètres qu'elle change, écrits dans ``[cas.parametres]`` ou dans la situation."""
    situation = dict(brut["situation"])
    dans_la_situation = situation.pop("parametres", {})
    if not isinstance(dans_la_situation, dict):
        message = f"attendu\u00a0: table\u00a0; trouvé\u00a0: {montrer(dans_la_situation)}"
        raise CasMalEcrit(("cas.situation.parametres", message))
    return situation, {**brut.get("parametres", {}), **dans_la_situation}
