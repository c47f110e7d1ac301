"""States of a piece: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

import pytest

from registre.commun.sources import existe
from registre.regles.etats import TRANSITIONS_DE_PIECE, transition_de_piece


@pytest.mark.passages("pieces.depot-en-ligne", "validation.refaire-apres-modification", "L-30")
def test_a_new_deposit_takes_the_place_of_the_old_files_only_for_a_recapitulatif_out_of_date():
    ajout = transition_de_piece("deposee", False, "deposer", "candidat")
    assert (ajout.nouvel_etat, ajout.remplace) == ("deposee", False)
    nouvelle_version = transition_de_piece("deposee", False, "deposer", "candidat", depassee=True)
    assert (nouvelle_version.nouvel_etat, nouvelle_version.remplace) == ("deposee", True)


def test_each_transition_is_found_by_its_act_and_rests_on_texts_that_exist():
    for transition in TRANSITIONS_DE_PIECE:
        situation = transition.etat, transition.envoyee, transition.acte, transition.acteur
        assert transition_de_piece(*situation, depassee=transition.depassee) == transition
        assert transition.sources, transition
        assert all(existe(source) for source in transition.sources), transition
