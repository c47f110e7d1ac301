"""Numbers as they are written: what the reference cases leave open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registre.regles.moyenne import ecrit, points_de_la_facultative
from registre.regles.notes import EtatNote, NoteFacultative


@pytest.mark.parametrize(("nombre", "texte"), [("0.1234", "0,1234"), ("0.12345", "0,1235"), ("12.00004", "12,0000")])
def test_a_number_is_written_with_four_decimals_at_most(nombre, texte):
    assert ecrit(Decimal(nombre)) == texte


@pytest.mark.passages("R57", "R58", "L-12")
@pytest.mark.parametrize(
    ("etat", "note", "points"),
    [
        (EtatNote.NOTE, Decimal("12.5"), Decimal("2.5")),
        (EtatNote.NOTE, Decimal(10), 0),
        (EtatNote.NOTE, Decimal(4), 0),
        (EtatNote.NOTE, None, 0),
        (EtatNote.ABSENCE, None, 0),
        (EtatNote.ABSENCE, Decimal(20), 0),
    ],
)
def test_only_a_mark_of_the_session_above_the_threshold_gives_points(etat, note, points):
    assert points_de_la_facultative(NoteFacultative(etat=etat, note=note), Decimal(10)) == points
    assert points_de_la_facultative(None, Decimal(10)) == 0
