"""What the parameters say by themselves: a name that is not known, a coefficient that the text sets apart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.regles.lecture_cas import cadre

CADRE = cadre()


@pytest.mark.passages("R62", "R63")
@pytest.mark.parametrize(
    ("specialite", "matiere", "permis"),
    [
        ("agora", "langue-vivante-a", ["2"]),
        ("agora", "mathematiques", ["1", "1.5", "2"]),
        ("commercialisation-services-restauration", "langue-vivante-a", ["3"]),
        ("commercialisation-services-restauration", "francais", ["2.5"]),
        ("agora", "theatre", []),
    ],
)
def test_the_national_text_allows_its_coefficients_and_sets_one_specialite_apart(specialite, matiere, permis):
    assert CADRE.structure.coefficients_permis(specialite, matiere) == tuple(map(Decimal, permis))


def test_an_epreuve_and_a_unit_whose_name_is_not_known_are_shown_by_their_number():
    melec, agora = CADRE.specialites["melec"], CADRE.specialites["agora"]
    assert next(e.intitule for e in melec.epreuves if not e.libelle) == "Épreuve E1"
    assert agora.epreuves[3].intitule == "E4 – Langues vivantes"
    assert {u.intitule for u in agora.unites if not u.libelle} <= {f"Unité {u.code}" for u in agora.unites}


@pytest.mark.passages("pieces.statut.non-conforme")
def test_the_reasons_to_refuse_a_piece_are_the_common_ones_and_its_own():
    par_piece = {cle: [r.code for r in CADRE.pieces.raisons_pour(cle)] for cle in ("domicile", "identite")}
    communes = ["illisible", "incomplete", "autre-piece", "autre-personne"]
    assert par_piece == {
        "domicile": [*communes, "domicile-ancien", "domicile-autre-academie"],
        "identite": [*communes, "identite-perimee", "identite-un-cote"],
    }
    assert "non-signee" in [r.code for r in CADRE.pieces.raisons_pour("recapitulatif-signe")]
