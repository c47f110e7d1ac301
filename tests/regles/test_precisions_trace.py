"""A trace as data: every word of it is kept, under the names that pages and frozen documents read."""

from __future__ import annotations

import pytest

from registre.regles.trace import Pas, Tableau, Trace


def test_a_trace_is_written_whole_and_names_each_source_once():
    tableau = Tableau(entetes=("Épreuve", "Note"), lignes=(("E2", "12"), ("E5", "9,5")))
    trace = Trace(
        objet="Moyenne générale",
        conclusion="10,75 / 20",
        pas=(
            Pas(code="releve", texte="Vos notes.", sources=("R55", "L-14"), tableau=tableau),
            Pas(code="moyenne", texte="La moyenne.", valeur="10,75 / 20", sources=("L-14", "R56")),
        ),
    )
    assert trace.sources == ("R55", "L-14", "R56")
    assert trace.en_json() == {
        "objet": "Moyenne générale",
        "conclusion": "10,75 / 20",
        "pas": [
            {
                "code": "releve",
                "texte": "Vos notes.",
                "valeur": "",
                "sources": ["R55", "L-14"],
                "tableau": {"entetes": ["Épreuve", "Note"], "lignes": [["E2", "12"], ["E5", "9,5"]]},
            },
            {
                "code": "moyenne",
                "texte": "La moyenne.",
                "valeur": "10,75 / 20",
                "sources": ["L-14", "R56"],
                "tableau": None,
            },
        ],
    }


def test_a_row_of_a_table_has_a_cell_for_each_heading():
    with pytest.raises(ValueError, match="cases"):
        Tableau(entetes=("Épreuve", "Note"), lignes=(("E2", "12"), ("E5",)))


def test_a_step_rests_on_something():
    with pytest.raises(ValueError, match="«\xa0moyenne\xa0» ne dit pas sur quoi il repose"):
        Pas(code="moyenne", texte="La moyenne.", sources=())
