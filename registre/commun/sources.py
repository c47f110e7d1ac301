"""Les sources du projet, lues dans ``sources/`` : passages de la notice, faits de réglementation, lectures.

Une règle, un paramètre ou une page cite un identifiant ; ce module dit ce qu’il désigne. Il ne dépend pas de
Django. Les fichiers sont lus une fois par processus : ils ne changent qu’avec le code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from registre.regles.vocabulaire import Certitude

DOSSIER = Path(__file__).resolve().parents[2] / "sources"


@dataclass(frozen=True, slots=True)
class Reference:
    """Une source, telle que la page la montre sous « Pourquoi ? ».

    ``titre`` nomme le texte, ``texte`` dit son contenu dans nos mots, ``certitude`` ce que nous en savons.
    """

    id: str
    titre: str
    texte: str
    certitude: Certitude


@dataclass(frozen=True, slots=True)
class Passage:
    """Un passage de la notice. ``nature`` dit ce qui lui répond : une règle, un paramètre, un écran…"""

    id: str
    section: str
    nature: str
    enonce: str


@dataclass(frozen=True, slots=True)
class Lecture:
    """Une lecture du projet : ``parametres`` nomme les champs de ``Cadre`` qui permettent d’en changer."""

    id: str
    question: str
    retenu: str
    parametres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AVenir:
    """Des passages de la notice qui attendent un sujet ultérieur, et ce qu’il reste à faire."""

    sujet: str
    reste: str
    passages: tuple[str, ...]


def reference(id: str) -> Reference:
    """La source qui porte cet identifiant.

    :raises KeyError: si aucun passage, fait ni lecture ne le porte.
    """
    return _references()[id]


def par_texte(ids: Iterable[str]) -> list[tuple[str, list[Reference]]]:
    """Les sources groupées sous le texte dont elles viennent, chacune une fois, dans l’ordre où elles servent."""
    groupes: dict[str, list[Reference]] = {}
    for id in dict.fromkeys(ids):
        groupes.setdefault(reference(id).titre.casefold(), []).append(reference(id))
    return [(lues[0].titre, lues) for lues in groupes.values()]


def existe(id: str) -> bool:
    """Vrai si l’identifiant est celui d’un passage, d’un fait ou d’une lecture."""
    return id in _references()


@lru_cache(maxsize=1)
def notice() -> tuple[Passage, ...]:
    """Les passages de la notice, dans son ordre."""
    return tuple(Passage(p["id"], p["section"], p["nature"], p["enonce"]) for p in _tables("passages", "passage"))


def passages() -> tuple[str, ...]:
    """Les identifiants des passages de la notice, dans son ordre."""
    return tuple(p.id for p in notice())


@lru_cache(maxsize=1)
def faits() -> tuple[Reference, ...]:
    """Les faits de réglementation, dans l’ordre de leurs chapitres."""
    return tuple(reference(f["id"]) for f in _tables("faits", "fait"))


@lru_cache(maxsize=1)
def lectures() -> tuple[Lecture, ...]:
    """Les lectures du projet, dans l’ordre de leurs numéros."""
    return tuple(
        Lecture(t["id"], t["question"], t["retenu"], tuple(t["parametres"])) for t in _tables("lectures", "lecture")
    )


@lru_cache(maxsize=1)
def a_venir() -> tuple[AVenir, ...]:
    """Les passages laissés à un sujet ultérieur, groupés par sujet."""
    return tuple(AVenir(t["sujet"], t["reste"], tuple(t["passages"])) for t in _tables("a_venir", "a_venir"))


def lectures_en_markdown() -> str:
    """Le contenu de ``docs/lectures.md`` : chaque lecture, sa réponse, ses réglages."""
    parties = [_ENTETE_DES_LECTURES]
    for lecture in lectures():
        reglages = ", ".join(f"`{p}`" for p in lecture.parametres) or "aucun"
        parties.append(f"## {lecture.id}. {lecture.question}\n\n{lecture.retenu}\n\nRéglage : {reglages}.\n")
    return "\n".join(parties)


_ENTETE_DES_LECTURES = """# Lectures

Ce que le projet retient quand les textes se taisent ou se contredisent. Chaque règle qui s’appuie sur une lecture
la cite. Un réglage est un champ de `registre.regles.cadre.Cadre`, chargé depuis les paramètres de la session.

Page tirée de `sources/lectures.toml` par `python manage.py ecrire_docs` : elle ne se modifie pas à la main.
"""


@lru_cache(maxsize=1)
def _references() -> dict[str, Reference]:
    references = [
        *(Reference(p.id, f"Notice, {p.section.replace(' / ', ', ')}", p.enonce, Certitude.NOTICE) for p in notice()),
        *(
            Reference(f["id"], _majuscule(f["texte"]), f["enonce"], Certitude(f["certitude"]))
            for f in _tables("faits", "fait")
        ),
        *(
            Reference(
                lecture.id,
                f"Choix retenu par le site\u00a0: {lecture.question}",
                lecture.retenu,
                Certitude.LECTURE,
            )
            for lecture in lectures()
        ),
    ]
    return {r.id: r for r in references}


def _tables(fichier: str, table: str) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = tomllib.loads((DOSSIER / f"{fichier}.toml").read_text(encoding="utf-8"))[table]
    return tables


def _majuscule(texte: str) -> str:
    return texte[0].upper() + texte[1:]
