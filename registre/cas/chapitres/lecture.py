"""Chapitre ``lecture`` : ce qui est tapé, et ce qui en est lu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from registre.cas.adaptateur import Adaptateur, Observe
from registre.regles import lecture
from registre.regles.cadre import Cadre


@dataclass(frozen=True, kw_only=True)
class Situation:
    texte: str


def _genre(genre: str, lire: Callable[[str, Cadre], lecture.Lu[Any]]) -> Adaptateur:
    def observer(s: Situation, cadre: Cadre) -> Observe:
        lu = lire(s.texte, cadre)
        return Observe({"valeur": lu.valeur, "motif": lu.code})

    sinon = {"valeur": None, "motif": None}
    return Adaptateur(chapitre="lecture", genre=genre, situation=Situation, observer=observer, sinon=sinon)


ADAPTATEURS = (
    _genre("date", lambda texte, _: lecture.lire_date(texte)),
    _genre("note", lambda texte, cadre: lecture.lire_note(texte, cadre.moyenne.note_decimales)),
    _genre("annee", lambda texte, _: lecture.lire_annee(texte)),
    _genre("code_postal", lambda texte, _: lecture.lire_code_postal(texte)),
)
