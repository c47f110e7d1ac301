"""« Et si ? » and the consequences of step 4: what the other tests leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from registre.regles.acquis import PassageConnu
from registre.regles.citation import codes
from registre.regles.consequences import acquis_possibles, consequences, objectifs
from registre.regles.et_si import lire, resultat, saisie_de_depart, trace_de_l_essai
from registre.regles.notes import EtatNote, NoteFacultative
from registre.regles.releves import Connu, InscriptionConnue
from registre.regles.vocabulaire import FormeDePassage, Resultat
from tests.inscription.scenario import passe, saisies
from tests.regles.test_consequences import SITUATION, dispense, garde
from tests.regles.test_et_si import AGORA, BAREME, GLOBALE, MELEC, PROGRESSIVE, cadre, lu, notes
from tests.regles.test_precisions_inscription_expliquee import DEJA, examen_de

MELEC_PLEIN = {f"note_{cle}": "12" for cle in MELEC.par_cle} | {"note_eps_1": "12", "note_eps_2": "12"}
MELEC_PLEIN |= {f"coefficient_{u.cle}": "2" for u in MELEC.unites if u.coefficient is None}
CONTROLE = notes("8", note_U2="11", note_U31="11", note_U32="11")
ORAUX = {"oral_general": "U51", "oral_scientifique": "U12"}
ORAUX |= {"note_oral_general": "20", "note_oral_scientifique": "20"}


# --- Reading ----------------------------------------------------------------------------------------------


@pytest.mark.passages("R60", "L-25")
def test_the_page_starts_with_what_the_registration_says_of_each_unit():
    acquis = {
        "possibilites": ["benefice", "diplome"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "12,5",
        "d0_diplome": "bac-general",
        "d0_u_arts-appliques": "oui",
        "perte_comprise": "oui",
    }
    examen = examen_de(cadre(), saisies(candidature=DEJA | passe(), acquis=acquis, epreuves={"eps_cas": "inapte"}))
    depart = saisie_de_depart(examen)
    assert depart["specialite"] == "agora"
    assert (depart["etat_francais"], depart["note_francais"]) == ("note_gardee", "12,5")
    assert (depart["etat_arts-appliques"], depart["etat_eps"]) == ("dispense", "inapte")
    ordinaires = {cle: etat for cle, etat in depart.items() if etat == "note"}
    assert {f"etat_{cle}" for cle in AGORA.par_cle} - set(ordinaires) == {
        "etat_francais",
        "etat_arts-appliques",
        "etat_eps",
    }
    assert [cle for cle in depart if cle.startswith("note_")] == ["note_francais"]
    assert saisie_de_depart(examen_de(cadre(), saisies(qualification={"specialite": ""}))) == {}


@pytest.mark.passages("R58")
def test_the_facultative_is_read_when_it_is_typed():
    assert lu(notes("12", note_lvf="15")).releve.lvf == NoteFacultative(etat=EtatNote.NOTE, note=Decimal(15))
    assert lu(notes("12")).releve.lvf is None
    assert [m.champ for m in lu(notes("12", note_lvf="x")).motifs] == ["note_lvf"]


@pytest.mark.passages("L-38", "L-61")
def test_an_unknown_coefficient_is_asked_for_an_absence_and_not_for_what_does_not_count():
    cle = next(u.cle for u in MELEC.unites if u.coefficient is None and u.matiere != "eps")
    for etat, forme, attendus in (
        ("absence", GLOBALE, ["coefficient_manquant"]),
        ("dispense", GLOBALE, []),
        ("non_presentee", PROGRESSIVE, []),
    ):
        saisie = MELEC_PLEIN | {f"etat_{cle}": etat, f"note_{cle}": "", f"coefficient_{cle}": ""}
        assert codes(lu(saisie, MELEC, forme).motifs) == attendus, etat


@pytest.mark.passages("R34", "L-11")
def test_a_low_kept_mark_is_read_in_the_progressive_form_when_the_session_reports_it():
    report = replace(cadre(), forme_de_passage=replace(cadre().forme_de_passage, progressive_report_sous_10=True))
    saisie = notes("12", etat_U2="note_gardee", note_U2="8")
    assert lire(saisie, AGORA, PROGRESSIVE, 2, report).motifs == ()
    assert codes(lire(saisie, AGORA, GLOBALE, 2, report).motifs) == ["note_gardee_insuffisante"]


@pytest.mark.passages("L-61")
def test_up_to_three_units_are_added_each_from_any_of_its_fields():
    for n in (1, 2, 3):
        ajoutee = {f"autre{n}_intitule": "U39", f"autre{n}_note": "16", f"autre{n}_coefficient": "4,5"}
        derniere = lu(MELEC_PLEIN | ajoutee, MELEC).releve.lignes[-1]
        assert (derniere.unite, derniere.coefficient, derniere.note) == ("U39", Decimal("4.5"), Decimal(16))
    for n in (0, 4):
        hors = {f"autre{n}_intitule": "U39", f"autre{n}_note": "16", f"autre{n}_coefficient": "4"}
        assert len(lu(MELEC_PLEIN | hors, MELEC).releve.lignes) == len(MELEC.par_cle)
    assert codes(lu(MELEC_PLEIN | {"autre1_intitule": "U39"}, MELEC).motifs) == [
        "coefficient_manquant",
        "note_manquante",
    ]
    assert codes(lu(MELEC_PLEIN | {"autre1_note": "12"}, MELEC).motifs) == ["coefficient_manquant"]
    assert codes(lu(MELEC_PLEIN | {"autre1_coefficient": "2"}, MELEC).motifs) == ["note_manquante"]


@pytest.mark.passages("R43")
def test_an_added_unit_that_is_already_there_is_told_at_both_fields():
    double = {"autre1_intitule": "U2", "autre1_note": "12", "autre1_coefficient": "2"}
    motifs = lu(MELEC_PLEIN | double, MELEC).motifs
    assert {(m.code, m.champ) for m in motifs} == {("unite_en_double", "autre1_intitule")}


@pytest.mark.parametrize(
    ("saisie", "specialite"),
    [
        ({}, AGORA),
        (notes("12", etat_U2="x"), AGORA),
        (notes("12", etat_U2="note_gardee", note_U2="8"), AGORA),
        (notes("12", note_oral_general="11"), AGORA),
        (MELEC_PLEIN | {"coefficient_U2": ""}, MELEC),
        (MELEC_PLEIN | {"coefficient_U2": "0"}, MELEC),
    ],
)
def test_each_refusal_is_a_sentence_and_cites_a_text(saisie, specialite):
    motifs = lu(saisie, specialite).motifs
    assert motifs
    for motif in motifs:
        assert motif.message.endswith(".")
        assert motif.sources


# --- Result -----------------------------------------------------------------------------------------------


@pytest.mark.passages("R71", "R75")
def test_the_result_keeps_the_first_group_and_the_professional_average_whatever_the_orals():
    sans = resultat(lu(CONTROLE), BAREME)
    avec = resultat(lu(CONTROLE | ORAUX), BAREME)
    incomplet = resultat(lu(CONTROLE | {"oral_general": "U51", "note_oral_general": "20"}), BAREME)
    assert {r.moyenne_professionnelle for r in (sans, avec, incomplet)} == {sans.moyenne_professionnelle}
    assert sans.moyenne_professionnelle is not None
    assert {r.premier.decision for r in (sans, avec, incomplet)} == {sans.premier.decision}
    assert avec.second is not None
    admis = resultat(lu(notes("12") | ORAUX), BAREME)
    assert (admis.second, admis.motifs) == (None, ())


@pytest.mark.passages("R75", "L-42")
def test_the_trace_shows_the_orals_when_they_were_judged_and_only_then():
    avec, admis = lu(CONTROLE | ORAUX), lu(notes("12") | ORAUX)
    montres = {
        essai: [p for p in trace_de_l_essai(essai, resultat(essai, BAREME), cadre()).pas if p.code == "oraux"]
        for essai in (avec, admis)
    }
    assert len(montres[avec][0].tableau.lignes) == 2
    assert montres[admis] == []


@pytest.mark.passages("L-38", "L-61")
def test_only_the_coefficients_that_were_typed_are_said_to_be_the_candidats():
    essai = lu(MELEC_PLEIN, MELEC)
    pas = next(
        p for p in trace_de_l_essai(essai, resultat(essai, BAREME), cadre()).pas if p.code == "coefficients_tapes"
    )
    assert pas.texte.count(" (2)") == sum(u.coefficient is None for u in MELEC.unites)


# --- Consequences -----------------------------------------------------------------------------------------

PASSAGES = (PassageConnu(session=2024, specialite="agora", resultat=Resultat.AJOURNE),)
SAISIE = {"possibilites": ["benefice"], "p2024_n_francais": "9", "p2024_n_mathematiques": "12"}


def possibles(saisie, **plus):
    return acquis_possibles(saisie, PASSAGES, {}, AGORA, cadre(), **plus)


@pytest.mark.passages("R34", "L-54")
def test_a_refused_mark_hides_none_of_the_next_ones():
    assert [p.acquis.unite for p in possibles(SAISIE)] == ["mathematiques"]


@pytest.mark.passages("L-61")
def test_what_the_office_will_decide_is_said_so_and_comes_last():
    libre = {"p2024_x0_intitule": "Projet de ma section", "p2024_x0_note": "13"}
    trouvees = possibles(SAISIE | libre)
    assert [(p.acquis.unite, p.a_instruire) for p in trouvees] == [
        ("mathematiques", False),
        ("Projet de ma section", True),
    ]


@pytest.mark.passages("R27", "L-54")
def test_a_mark_that_a_known_registration_has_lost_is_no_possibility():
    oubliee = InscriptionConnue(
        session=2025,
        academie="clermont-ferrand",
        specialite="agora",
        forme_de_passage=FormeDePassage.GLOBALE,
        acquis={"possibilites": ["aucun"]},
    )
    assert possibles(SAISIE, connu=Connu(inscriptions=(oubliee,))) == ()


@pytest.mark.passages("L-38")
def test_without_every_coefficient_each_possibility_is_still_shown_without_a_figure():
    rendu = consequences(
        [garde("francais", "14"), dispense("eps", demande=False)], replace(SITUATION, specialite=MELEC)
    )
    assert [e.possibilite.acquis.unite for e in rendu.effets] == ["francais", "eps"]
    assert {(e.si_demande, e.sinon) for e in rendu.effets} == {(None, None)}
    assert rendu.objectifs == objectifs(SITUATION.bareme.jury)
    assert (rendu.actuelle, rendu.extremes) == (None, ())
    assert set(rendu.inconnus) == {u.cle for u in MELEC.unites if u.coefficient is None and u.cle}


@pytest.mark.passages("L-61")
def test_a_unit_out_of_our_data_is_shown_without_a_figure_among_the_others():
    rendu = consequences([garde("Projet de ma section", "14"), garde("francais", "14")], SITUATION)
    inconnue, connue = rendu.effets
    assert (inconnue.possibilite.acquis.unite, inconnue.si_demande) == ("Projet de ma section", None)
    assert connue.si_demande.coefficients == 25
    assert (rendu.objectifs, rendu.inconnus) == (objectifs(SITUATION.bareme.jury), ())
