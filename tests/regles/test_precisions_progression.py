"""From one session to the next: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registre.regles.jury import DecisionDuJury, Deliberation
from registre.regles.notes import EtatNote, LigneDeNotes, Releve
from registre.regles.progression import Suite, suite_du_parcours
from registre.regles.vocabulaire import FormeDePassage


def suites(cadre, decision, forme=FormeDePassage.PROGRESSIVE, **champs):
    ligne = LigneDeNotes(epreuve="E2", unite="U2", coefficient=Decimal(1), **champs)
    return suite_du_parcours(
        Releve(lignes=(ligne,)),
        Deliberation(decision=decision),
        2026,
        forme,
        cadre.forme_de_passage,
        cadre.acquis,
    )


@pytest.mark.passages("R35")
@pytest.mark.parametrize(
    ("decision", "close"),
    [
        (DecisionDuJury.ADMIS, True),
        (DecisionDuJury.ADMIS_SECOND_GROUPE, True),
        (DecisionDuJury.CONTROLE, True),
        (None, True),
        (DecisionDuJury.AJOURNE, False),
        (DecisionDuJury.AJOURNE_SECOND_GROUPE, False),
        (DecisionDuJury.ELIMINE, False),
        (DecisionDuJury.PARTIEL, False),
    ],
)
def test_nothing_is_to_come_once_the_diploma_is_won_or_before_the_result(decision, close, cadre):
    assert (suites(cadre, decision, etat=EtatNote.NOTE, note=Decimal(12)) == ()) == close


@pytest.mark.passages("L-11", "R36")
@pytest.mark.parametrize("forme", [*FormeDePassage, None])
def test_an_absence_is_sat_again_whatever_the_forme(forme, cadre):
    (suite,) = suites(cadre, DecisionDuJury.AJOURNE, forme, etat=EtatNote.ABSENCE)
    assert (suite.suite, suite.jusqua) == (Suite.A_REPASSER, None)
