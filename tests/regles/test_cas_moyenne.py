"""The reference cases of the average, the control épreuve and the jury."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registre.cas.execution import executer
from registre.regles import controle, jury, moyenne, notes
from tests.regles.lecture_cas import cadre, cas_de, codes_ecrits, lire_cas, motifs_de_l_en_tete, tenu


@pytest.mark.parametrize("cas", cas_de("moyenne"))
def test_each_case_holds_to_the_exact_fraction_and_each_obstacle_speaks(cas):
    assert all(m.message.endswith(".") and m.sources for m in tenu(cas).motifs)


@pytest.mark.parametrize("cas", cas_de("moyenne"))
def test_an_elimine_or_a_partial_path_has_no_average_at_all(cas):
    """A case leaves it unsaid; this says it."""
    if cas.attendu["decision"] in ("elimine", "partiel"):
        sans_moyenne = {"moyenne": None, "moyenne_affichee": None, "moyenne_second_groupe": None}
        assert executer(replace(cas, attendu=sans_moyenne), cadre()).differences == ()


def test_each_motif_code_is_declared_in_the_header_and_given_by_a_case():
    attendus = {
        m for cas in lire_cas("moyenne") for cle in ("obstacles", "motifs_controle") for m in cas.attendu.get(cle, [])
    }
    assert attendus == set(motifs_de_l_en_tete("moyenne"))
    assert attendus <= {code for module in (notes, moyenne, controle, jury) for code in codes_ecrits(module)}
