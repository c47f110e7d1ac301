"""Languages: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registre.regles.citation import codes
from registre.regles.langues import ChoixDeLangue, motifs_langues
from registre.regles.vocabulaire import EtatUnite


def inscrit(langue: str) -> ChoixDeLangue:
    return ChoixDeLangue(EtatUnite.INSCRIT, langue)


@pytest.mark.passages("epreuves.facultatives.lvf-tertiaire", "L-27")
def test_a_session_may_let_the_facultative_be_the_lvb_or_the_lva(cadre):
    lva, lvb = inscrit("anglais"), inscrit("espagnol")
    seule_lva = replace(cadre.langues, lvf_differente_de=("lva",))
    assert motifs_langues(lva, lvb, inscrit("espagnol"), True, seule_lva) == []
    seule_lvb = replace(cadre.langues, lvf_differente_de=("lvb",))
    assert motifs_langues(lva, lvb, inscrit("anglais"), True, seule_lvb) == []


@pytest.mark.passages("epreuves.facultatives.lvf-industriel", "L-35")
def test_a_lvb_that_the_specialite_has_not_does_not_limit_the_facultative(cadre):
    motifs = motifs_langues(inscrit("anglais"), inscrit("espagnol"), inscrit("espagnol"), False, cadre.langues)
    assert codes(motifs) == ["lvb_sans_objet"]
