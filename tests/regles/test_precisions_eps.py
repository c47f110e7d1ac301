"""EPS: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registre.regles.eps import ChoixEps, motifs_eps
from registre.regles.vocabulaire import CasEps


@pytest.mark.passages("epreuves.eps.apte", "epreuves.eps.adaptee")
@pytest.mark.parametrize(
    ("cas", "nombre", "mots"),
    [
        (CasEps.APTE, 1, "une seule activité"),
        (CasEps.APTE, 2, "deux activités"),
        (CasEps.APTE, 3, "trois activités"),
        (CasEps.APTE, 4, "4 activités"),
        (CasEps.ADAPTEE, 1, "une seule activité"),
        (CasEps.ADAPTEE, 2, "deux activités"),
    ],
)
def test_a_wrong_number_of_activites_is_told_in_words_with_the_list(cas, nombre, mots, cadre):
    eps = replace(cadre.eps, nombre=nombre, nombre_adapte=nombre)
    (motif,) = motifs_eps(ChoixEps(cas=cas, justifiee=True), None, eps)
    assert motif.message.replace("\u00a0", " ").startswith(f"Choisissez {mots} parmi : ")
    offertes = eps.activites if cas is CasEps.APTE else eps.activites_adaptees
    assert all(activite.libelle in motif.message for activite in offertes)
