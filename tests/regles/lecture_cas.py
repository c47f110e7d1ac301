"""The reference cases of tests/regles/cas/*.toml, run by the runner of ``check_cas`` on the parameters of 2026."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from registre.cas.execution import Resultat, executer
from registre.cas.lecture import Cas
from registre.cas.lecture import lire_cas as lire_un_fichier
from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.cadre import Cadre

DOSSIER = Path(__file__).parent / "cas"


@cache
def cadre() -> Cadre:
    return charger([DOSSIER_DE_BASE])["clermont-ferrand", 2026, "bac-pro"]


@cache
def _tous() -> tuple[Cas, ...]:
    lectures = [lire_un_fichier(f.read_text(encoding="utf-8"), f.name) for f in sorted(DOSSIER.glob("*.toml"))]
    problemes = [str(probleme) for lecture in lectures for probleme in lecture.problemes]
    tous = tuple(cas for lecture in lectures for cas in lecture.cas)
    repetes = [id_ for id_, nombre in Counter(cas.id for cas in tous).items() if nombre > 1]
    if problemes or repetes:
        raise ValueError("\n".join([*problemes, *(f"{id_} sert deux fois" for id_ in repetes)]))
    return tous


def lire_cas(chapitre: str) -> list[Cas]:
    """The cases of a chapter, in whatever files they are."""
    return [cas for cas in _tous() if cas.chapitre == chapitre]


def cas_de(*chapitres: str, genre: str | None = None) -> list[Any]:
    """The cases of some chapters, of one ``genre`` when given, ready for ``pytest.mark.parametrize``.

    Each carries the marker ``passages`` with its own sources.
    """
    choisis = [cas for chapitre in chapitres for cas in lire_cas(chapitre) if genre is None or cas.genre == genre]
    if not choisis:
        raise ValueError(f"{chapitres} : aucun cas de genre {genre!r}")
    return [pytest.param(cas, id=cas.id, marks=pytest.mark.passages(*cas.source)) for cas in choisis]


def tenu(cas: Cas) -> Resultat:
    """The result of a case that holds; the test fails, saying what differs, when it does not."""
    resultat = executer(cas, cadre())
    assert resultat.probleme == ""
    assert resultat.differences == ()
    return resultat


def motifs_de_l_en_tete(fichier: str) -> tuple[str, ...]:
    """The motif codes the header comment declares after « motifs », in its order (codes hold an underscore)."""
    en_tete = (DOSSIER / f"{fichier}.toml").read_text(encoding="utf-8").split("[[cas]]", 1)[0]
    declaration = en_tete.split("# motifs", 1)[1]
    return tuple(re.findall(r"[a-z]+(?:_[a-z]+)+", declaration))


def motifs_attendus(fichier: str) -> set[str]:
    """Every motif code that at least one case of the file expects."""
    attendus = [cas.attendu for cas in lire_cas(fichier)]
    return {m for a in attendus for m in a.get("motifs", [])} | {a["motif"] for a in attendus if "motif" in a}


def codes_ecrits(module: ModuleType) -> set[str]:
    """The literal codes a module gives to Motif, read from its source."""
    arbre = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    appels = [n for n in ast.walk(arbre) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Motif"]
    return {a.args[0].value for a in appels if isinstance(a.args[0], ast.Constant)}
