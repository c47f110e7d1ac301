"""Step 1: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

import pytest

from registre.regles.identification import Adresse, lire, motifs

SAISIE = {
    "domicile_voie": "2 rue Haute",
    "domicile_complement": "Bât. B",
    "domicile_code_postal": "63 000",
    "domicile_commune": "Clermont-Ferrand",
    "autre_adresse": "oui",
    "correspondance_voie": "5 High Street",
    "correspondance_complement": "Flat 3",
    "correspondance_code_postal": "SW1A 1AA",
    "correspondance_commune": "London",
    "correspondance_pays": "Royaume-Uni",
    "telephone_mobile": "06 39 98 01 23",
    "telephone_fixe": "04 73 00 00 00",
    "nationalite_francaise": "oui",
}


@pytest.mark.passages("etapes.identification.adresse-et-contacts", "L-62")
def test_each_address_is_read_whole_and_only_the_french_postal_code_loses_its_blanks():
    lu = lire(SAISIE)
    domicile = {"code_postal": "63000", "commune": "Clermont-Ferrand", "pays": "France"}
    assert lu.domicile == Adresse(voie="2 rue Haute", complement="Bât. B", **domicile)
    ailleurs = {"code_postal": "SW1A 1AA", "commune": "London", "pays": "Royaume-Uni"}
    assert lu.correspondance == Adresse(voie="5 High Street", complement="Flat 3", **ailleurs)
    assert lire({**SAISIE, "correspondance_pays": ""}).correspondance.pays == "France"
    assert lire({**SAISIE, "autre_adresse": "non"}).correspondance is None
    assert lu.telephones == ("06 39 98 01 23", "04 73 00 00 00")
    assert lire({**SAISIE, "telephone_mobile": ""}).telephones == ("04 73 00 00 00",)


@pytest.mark.passages("etapes.identification.adresse-et-contacts", "L-43")
@pytest.mark.parametrize(
    ("champ", "tape", "code"),
    [
        ("telephone_mobile", "06 39", "telephone_illisible"),
        ("telephone_fixe", "04 73", "telephone_illisible"),
        ("nationalite_francaise", "", "nationalite_manquante"),
        ("categorie", "inventee", "categorie_hors_liste"),
        ("correspondance_voie", "", "correspondance_incomplete"),
        ("correspondance_commune", "", "correspondance_incomplete"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field(champ, tape, code, cadre):
    juste = {**SAISIE, "categorie": cadre.categories.liste[0].code}
    assert motifs(juste, cadre) == []
    rendus = motifs({**juste, champ: tape}, cadre)
    assert [(m.code, m.champ) for m in rendus] == [(code, champ)]
    assert all(m.message.endswith(".") and all(m.sources) and m.sources for m in rendus)
