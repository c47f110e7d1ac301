"""States of a piece: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

import pytest

from registre.regles.etats import transition_de_piece


@pytest.mark.passages("pieces.depot-en-ligne", "validation.refaire-apres-modification", "L-30")
def test_a_new_deposit_takes_the_place_of_the_old_files_only_for_a_recapitulatif_out_of_date():
    ajout = transition_de_piece("deposee", False, "deposer", "candidat")
    assert (ajout.nouvel_etat, ajout.remplace) == ("deposee", False)
    nouvelle_version = transition_de_piece("deposee", False, "deposer", "candidat", depassee=True)
    assert (nouvelle_version.nouvel_etat, nouvelle_version.remplace) == ("deposee", True)
