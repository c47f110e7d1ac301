"""The steps: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registre.regles import candidature
from registre.regles.etapes import Contexte, champ_de_l_etape, etape_accessible, examiner
from registre.regles.identification import Adresse
from registre.regles.pieces import SituationDesPieces, pieces_requises
from registre.regles.recherche import Numero, Recherche, lire_recherche
from registre.regles.vocabulaire import FormeDePassage, Resultat

JOUR = date(2025, 10, 20)


@pytest.mark.parametrize(
    ("etape", "champ", "permis"),
    [
        ("identification", "domicile_voie", True),
        ("identification", "lva", False),
        ("candidature", "voie", True),
        ("qualification", "specialite", True),
        ("qualification", "forme", False),
        ("acquis", "possibilites", True),
        ("acquis", "domicile_voie", False),
        ("epreuves", "lva", True),
        ("epreuves", "specialite", False),
        ("une-autre", "lva", False),
    ],
)
def test_only_a_field_of_the_step_enters_its_draft(etape, champ, permis):
    assert champ_de_l_etape(etape, champ) is permis


@pytest.mark.passages("etapes.ordre", "R134")
def test_an_unknown_step_is_never_reached(cadre):
    contexte = Contexte(cadre=cadre, date_de_naissance=date(1990, 3, 14), jour=JOUR, handicap_repondu=True)
    examen = examiner({}, contexte)
    premiere, deuxieme = (e.code for e in cadre.etapes.liste[:2])
    assert etape_accessible(examen, premiere)
    assert not etape_accessible(examen, deuxieme)
    vides = examiner({}, contexte)
    for etape in vides.motifs:
        vides.motifs[etape] = []
    assert etape_accessible(vides, deuxieme)
    assert not etape_accessible(vides, "une-autre")


@pytest.mark.parametrize(
    ("adresse", "ligne"),
    [
        (("2 rue Haute", "", "63000", "Clermont-Ferrand", "France"), "2 rue Haute, 63000 Clermont-Ferrand"),
        (("2 rue Haute", "Bât. B", "4000", "Liège", "Belgique"), "2 rue Haute, Bât. B, 4000 Liège, Belgique"),
        (("Poste restante", "", "", "Dakar", "Sénégal"), "Poste restante, Dakar, Sénégal"),
        (("", "", "", "", "France"), ""),
    ],
)
def test_an_address_is_told_in_a_line_that_names_the_country_only_abroad(adresse, ligne):
    voie, complement, code_postal, commune, pays = adresse
    dite = Adresse(voie=voie, complement=complement, code_postal=code_postal, commune=commune, pays=pays)
    assert dite.sur_une_ligne == ligne


@pytest.mark.passages("R53", "L-44")
@pytest.mark.parametrize("voie", [None, "une-autre"])
def test_without_a_known_voie_only_the_pieces_of_everyone_are_asked(voie, cadre):
    situation = SituationDesPieces(
        voie=voie, nationalite_francaise=False, date_naissance=date(1990, 3, 14), enregistree_le=JOUR
    )
    demandees = {p.cle for p in pieces_requises(situation, cadre.pieces, cadre.conditions.jdc)}
    assert demandees == {"recapitulatif-signe", "identite", "domicile"}


@pytest.mark.parametrize(
    "champs",
    [
        {"inscription": Numero(2026, 123)},
        {"candidat": Numero(None, 45)},
        {"naissance": date(1990, 3, 14)},
        {"mots": (("roche",),)},
    ],
)
def test_a_search_is_empty_only_when_nothing_was_read(champs):
    assert not Recherche(**champs).vide
    assert Recherche().vide


@pytest.mark.parametrize(
    ("tape", "mots"),
    [
        ("de la tour", (("tour", "delatour"),)),
        ("le goff de", (("goff", "legoff"),)),
        ("roche", (("roche",),)),
        ("de la", (("dela",),)),
    ],
)
def test_the_particules_of_a_name_count_only_stuck_to_the_word_they_lead_to(tape, mots):
    lue = lire_recherche(tape, inscription=["{session}-{sequence:06d}"], candidat=["C-{sequence:06d}"])
    assert (lue.mots, lue.date_impossible) == (mots, False)


def test_a_number_is_read_under_a_template_with_a_mark_of_the_academie():
    gabarit = "CF-{session}-{sequence:06d}"
    lue = lire_recherche("cf 2026 000123", inscription=[gabarit], candidat=["C-{sequence:06d}"])
    assert lue.inscription == Numero(2026, 123)
    assert lire_recherche("2026 000123", inscription=[gabarit], candidat=[]).inscription is None


@pytest.mark.passages("L-63")
@pytest.mark.parametrize(
    ("specialite", "forme", "resultat", "lu"),
    [
        ("agora", "globale", "ajourne", ("agora", FormeDePassage.GLOBALE, Resultat.AJOURNE)),
        (candidature.HORS_LISTE, "progressive", "partiel", (candidature.HORS_LISTE, "progressive", "partiel")),
        ("inventee", "autre", "autre", (None, None, None)),
        ("", "", "", (None, None, None)),
    ],
)
def test_a_past_session_is_read_from_the_lists_only(specialite, forme, resultat, lu, cadre):
    saisie = {
        "deja_passe": "oui",
        "passages-0-specialite": specialite,
        "passages-0-forme_de_passage": forme,
        "passages-0-resultat": resultat,
        "passages-0-session": "2024",
    }
    lue = candidature.lire(saisie, cadre)
    (passage,) = lue.passages
    assert (passage.specialite, passage.forme_de_passage, passage.resultat) == lu
    assert passage.session == 2024
    connus = [(p.session, p.specialite, p.resultat, p.forme_de_passage) for p in lue.passages_complets]
    hors_liste = specialite == candidature.HORS_LISTE
    assert connus == ([(2024, None if hors_liste else lu[0], lu[2], lu[1])] if lu[2] else [])


@pytest.mark.passages("etapes.qualification.forme-conservee", "etapes.qualification.specialite", "L-05", "L-63")
def test_step_3_is_judged_with_the_sessions_told_at_step_2(cadre):
    meme = replace(cadre, forme_de_passage=replace(cadre.forme_de_passage, conservee_si_autre_specialite=False))

    def qualification(slug: str, resultat: str) -> list[str]:
        deux = {
            "deja_passe": "oui",
            "passages-0-specialite": "agora",
            "passages-0-forme_de_passage": "progressive",
            "passages-0-resultat": resultat,
            "passages-0-session": "2024",
        }
        trois = {"specialite": slug, "forme_de_passage": "globale"}
        contexte = Contexte(cadre=meme, date_de_naissance=date(1990, 3, 14), jour=JOUR)
        return [
            m.code for m in examiner({"candidature": deux, "qualification": trois}, contexte).motifs["qualification"]
        ]

    assert qualification("agora", "admis") == ["deja_admis"]
    assert qualification("agora", "ajourne") == ["forme_de_passage_a_conserver"]
    assert qualification("logistique", "ajourne") == []
