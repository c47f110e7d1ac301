"""Reads the reference cases of tests/regles/cas/*.toml: an officer adds a case there without touching Python."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DOSSIER = Path(__file__).parent / "cas"
_CHAMPS = {"id", "nom", "genre", "source", "situation", "attendu"}


@dataclass(frozen=True)
class Cas:
    """One case. ``genre`` is empty in files that hold a single kind of case."""

    id: str
    nom: str
    genre: str
    source: tuple[str, ...]
    situation: dict[str, Any]
    attendu: dict[str, Any]


def lire_cas(fichier: str) -> list[Cas]:
    """The cases of ``cas/<fichier>.toml``.

    :raises ValueError: on an unknown or missing key, a repeated id, a case without source or expectation.
    """
    lus = tomllib.loads((DOSSIER / f"{fichier}.toml").read_text(encoding="utf-8"))["cas"]
    for brut in lus:
        manquants = (_CHAMPS - {"genre"}) - brut.keys()
        if manquants or brut.keys() - _CHAMPS or not brut["source"] or not brut["attendu"]:
            raise ValueError(f"{fichier}.toml : cas mal écrit : {brut.get('id', brut)}")
    repetes = [id_ for id_, nombre in Counter(brut["id"] for brut in lus).items() if nombre > 1]
    if repetes:
        raise ValueError(f"{fichier}.toml : id répétés : {repetes}")
    return [Cas(b["id"], b["nom"], b.get("genre", ""), tuple(b["source"]), b["situation"], b["attendu"]) for b in lus]


def cas_de(fichier: str, genre: str | None = None) -> list[Any]:
    """The cases of a file, of one ``genre`` when given, ready for ``pytest.mark.parametrize``.

    Each carries the marker ``passages`` with its own sources.
    """
    choisis = [cas for cas in lire_cas(fichier) if genre is None or cas.genre == genre]
    if not choisis:
        raise ValueError(f"{fichier}.toml : aucun cas de genre {genre!r}")
    return [pytest.param(cas, id=cas.id, marks=pytest.mark.passages(*cas.source)) for cas in choisis]


def motifs_de_l_en_tete(fichier: str) -> tuple[str, ...]:
    """The motif codes the header comment declares after « motifs », in its order (codes hold an underscore)."""
    en_tete = (DOSSIER / f"{fichier}.toml").read_text(encoding="utf-8").split("[[cas]]", 1)[0]
    declaration = en_tete.split("# motifs", 1)[1]
    return tuple(re.findall(r"[a-z]+(?:_[a-z]+)+", declaration))


def motifs_attendus(fichier: str) -> set[str]:
    """Every motif code that at least one case of the file expects."""
    attendus = [cas.attendu for cas in lire_cas(fichier)]
    return {m for a in attendus for m in a.get("motifs", [])} | {a["motif"] for a in attendus if "motif" in a}
