"""What the measures of a page make the site say: hints with words that tell what to do, never a refusal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registre.commun.cadres import principal
from registre.regles import qualite
from registre.regles.citation import codes
from registre.regles.qualite import ALERTE, INFO, AvisDePage, avis_de_page, avis_du_fichier, depuis_table, en_table

BONNE = {"cote": 2200, "papier": 240, "ecriture": 0.6, "nettete": 0.6, "bords": 0}
AVIS = pytest.mark.passages("pieces.exemple.non-conforme", "L-69")


def _dits(**mesures: float) -> list[tuple[str, str]]:
    return [(a.code, a.niveau) for a in avis_de_page(BONNE | mesures, principal().qualite)]


@AVIS
def test_a_good_page_gets_no_hint():
    assert _dits() == []
    assert _dits(signature=0.05) == []


@AVIS
@pytest.mark.parametrize(
    ("mesures", "dit"),
    [
        ({"papier": 60}, ("sombre", ALERTE)),
        ({"papier": 120}, ("sombre", INFO)),
        ({"papier": 255, "ecriture": 0.15}, ("claire", ALERTE)),
        ({"nettete": 0.2}, ("floue", ALERTE)),
        ({"nettete": 0.31}, ("floue", INFO)),
        ({"ecriture": 0.02}, ("blanche", ALERTE)),
        ({"cote": 400}, ("petite", ALERTE)),
        ({"bords": 12}, ("coupee", INFO)),
        ({"signature": 0.001}, ("signature_vide", ALERTE)),
    ],
)
def test_each_defect_gets_its_own_hint(mesures, dit):
    assert _dits(**mesures) == [dit]


@AVIS
def test_each_threshold_is_the_first_good_value():
    seuils = principal().qualite
    assert _dits(cote=seuils.cote_alerte, papier=seuils.papier_info, nettete=float(seuils.nettete_info) + 0.001) == []
    assert _dits(bords=seuils.bords_info) == [("coupee", INFO)]
    assert _dits(bords=seuils.bords_info - 1) == []
    assert _dits(signature=float(seuils.signature_encre) + 0.0001) == []


@AVIS
def test_a_blank_page_is_neither_blurred_nor_pale():
    assert _dits(ecriture=0, nettete=0, papier=255) == [("blanche", ALERTE)]


@AVIS
def test_a_page_that_could_not_be_measured_gets_no_hint():
    assert avis_de_page({}, principal().qualite) == []


@AVIS
def test_the_blank_back_of_a_sheet_is_only_an_information():
    seuils = principal().qualite
    blanche = BONNE | {"ecriture": 0}
    assert avis_du_fichier([BONNE, blanche], seuils) == [AvisDePage("blanche", INFO, 2)]
    assert avis_du_fichier([blanche, blanche], seuils) == [AvisDePage("blanche", ALERTE, n) for n in (1, 2)]


@AVIS
def test_the_hints_of_a_file_are_kept_as_codes_and_come_back_the_same():
    avis = avis_du_fichier([BONNE | {"papier": 60}, BONNE | {"nettete": 0.31}], principal().qualite)
    table = en_table(avis)
    assert table == [
        {"page": 1, "code": "sombre", "niveau": "alerte"},
        {"page": 2, "code": "floue", "niveau": "info"},
    ]
    assert depuis_table(table) == avis
    assert depuis_table([{"page": 1, "code": "inconnue", "niveau": "alerte"}]) == []


@AVIS
def test_each_hint_says_what_to_do_and_a_fact_for_the_office():
    for code, niveau in qualite._MOTS:
        avis = AvisDePage(code, niveau)
        assert (avis.message.endswith(".") and avis.message.count(".") >= 2) or niveau == INFO
        assert avis.fait
        assert not avis.fait.endswith(".")
    assert set(qualite._FAITS) == set(qualite._MOTS)


@pytest.mark.passages("L-69")
@pytest.mark.parametrize(
    ("pourquoi", "dits"),
    [
        ("Le papier est abîmé.", []),
        ("  ", ["raison_manquante"]),
        ("a" * 300, []),
        ("a" * 301, ["raison_trop_longue"]),
    ],
)
def test_keeping_a_file_needs_a_short_reason(pourquoi, dits):
    motif = qualite.motif_garder(pourquoi)
    assert codes([motif] if motif else []) == dits


PART = st.floats(0, 1)


@AVIS
@given(
    st.fixed_dictionaries(
        {
            "cote": st.integers(1, 9000),
            "papier": st.integers(0, 255),
            "ecriture": PART,
            "nettete": PART,
            "bords": st.integers(0, 500),
        },
        optional={"signature": PART},
    )
)
def test_any_measures_give_known_hints_each_code_once(mesures):
    avis = avis_de_page(mesures, principal().qualite)
    assert len({a.code for a in avis}) == len(avis)
    assert all(a.message and a.fait for a in avis)
    assert depuis_table(en_table(avis)) == avis


# Thresholds that a measure can equal: 0.0625 is the same number in a float, 0.06 is not.
RONDS = replace(
    principal().qualite,
    papier_alerte=100,
    papier_info=140,
    papier_blanc=250,
    ecriture_absente=Decimal("0.0625"),
    ecriture_pale=Decimal("0.25"),
    nettete_alerte=Decimal("0.25"),
    nettete_info=Decimal("0.375"),
    signature_encre=Decimal("0.125"),
)


@AVIS
@pytest.mark.parametrize(
    ("mesures", "dits"),
    [
        ({"ecriture": 0.0625}, []),
        ({"ecriture": 0.0624}, [("blanche", ALERTE)]),
        ({"papier": 250, "ecriture": 0.2499}, [("claire", ALERTE)]),
        ({"papier": 250, "ecriture": 0.25}, []),
        ({"papier": 249, "ecriture": 0.2499}, []),  # pale writing on a page that is not white
        ({"papier": 99}, [("sombre", ALERTE)]),
        ({"papier": 100}, [("sombre", INFO)]),
        ({"papier": 140}, []),
        ({"nettete": 0.25}, [("floue", INFO)]),
        ({"nettete": 0.375}, []),
        ({"signature": 0.125}, []),
        ({"signature": 0.1249}, [("signature_vide", ALERTE)]),
    ],
)
def test_a_measure_that_equals_its_threshold_is_good_enough(mesures, dits):
    assert [(a.code, a.niveau) for a in avis_de_page(BONNE | mesures, RONDS)] == dits


@pytest.mark.passages("L-69")
@pytest.mark.parametrize(
    ("pourquoi", "message"),
    [
        ("", "Dites en quelques mots pourquoi vous gardez ce fichier."),
        ("a" * 312, "Votre texte a 312\u00a0caractères. La limite est de 300. Raccourcissez-le."),
    ],
)
def test_a_reason_that_is_refused_is_told_beside_its_field(pourquoi, message):
    motif = qualite.motif_garder(pourquoi)
    assert (motif.champ, motif.message, motif.sources) == ("pourquoi", message, ("L-69",))


@AVIS
def test_the_browser_says_each_hint_in_the_same_words_but_the_one_it_cannot_measure():
    mots = qualite.mots_pour_le_navigateur()
    assert mots["sombre-alerte"] == AvisDePage("sombre", ALERTE).message
    assert mots["blanche-info"] == AvisDePage("blanche", INFO).message
    assert "signature_vide-alerte" not in mots  # where the frame is, only the server knows
    assert len(mots) == len(qualite._MOTS) - 1
