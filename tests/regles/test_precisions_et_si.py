"""« Et si ? » and the consequences of step 4: what the other tests leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from registre.regles.acquis import DecisionDuService, LigneAcquis, PassageConnu
from registre.regles.citation import codes
from registre.regles.consequences import (
    Situation,
    acquis_possibles,
    combinaison_extreme,
    consequences,
    nom_de_l_objectif,
    objectifs,
    situation_de,
)
from registre.regles.et_si import lire, resultat, saisie_de_depart, specialite_a_choisir, trace_de_l_essai
from registre.regles.notes import EtatNote, NoteFacultative
from registre.regles.releves import Connu, InscriptionConnue
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Octroi, Resultat
from tests.inscription.scenario import passe, saisies
from tests.regles.test_consequences import CLES, SITUATION, dispense, garde
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


# --- Before any note is typed -----------------------------------------------------------------------------


@pytest.mark.passages("etapes.ordre", "R43")
def test_the_page_asks_for_the_speciality_first_at_its_field():
    motif = specialite_a_choisir()
    assert (motif.code, motif.champ, motif.message) == (
        "specialite_manquante",
        "specialite",
        "Choisissez une spécialité.",
    )
    assert motif.sources == ("etapes.ordre",)


@pytest.mark.passages("R60", "L-25", "L-61")
def test_a_mark_that_the_office_has_not_decided_is_still_to_be_passed_when_the_page_starts():
    acquis = {
        "possibilites": ["benefice"],
        "p2024_x0_intitule": "U2",
        "p2024_x0_note": "13",
        "perte_comprise": "oui",
    }
    examen = examen_de(cadre(), saisies(candidature=DEJA | passe(), acquis=acquis))
    assert [*examen.acquis.par_unite] == ["U2"]
    depart = saisie_de_depart(examen)
    assert depart["etat_U2"] == "note"
    assert "note_U2" not in depart


@pytest.mark.passages("R43", "L-61")
def test_an_added_unit_with_the_number_of_a_general_one_is_told_at_the_field_of_each():
    double = {"autre1_intitule": "U51", "autre1_note": "12", "autre1_coefficient": "2"}
    motifs = lu(MELEC_PLEIN | double, MELEC).motifs
    assert [(m.code, m.champ) for m in motifs] == [
        ("unite_en_double", "note_francais"),
        ("unite_en_double", "autre1_intitule"),
    ]


# --- What does not depend on the acquis -------------------------------------------------------------------

NOTE_D_EPS = {
    "possibilites": ["benefice"],
    "p2024_u_eps": "oui",
    "p2024_n_eps": "15",
    "perte_comprise": "oui",
}


@pytest.mark.passages("epreuves.eps.inapte", "R61", "L-55")
@pytest.mark.parametrize(
    ("changements", "etats"),
    [
        ({"epreuves": {"eps_cas": ""}}, {}),
        ({"epreuves": {"eps_cas": "apte"}}, {}),
        ({"epreuves": {"eps_cas": "adaptee"}}, {}),
        ({"epreuves": {"eps_cas": "inapte"}}, {"eps": EtatNote.INAPTE}),
        ({"epreuves": {"eps_cas": "dispense"}}, {"eps": EtatNote.DISPENSE}),
        # A mark kept at step 4 settles the EPS: step 5 has no choice left, whatever the draft still says.
        ({"candidature": DEJA | passe(), "acquis": NOTE_D_EPS, "epreuves": {"eps_cas": "inapte"}}, {}),
    ],
)
def test_only_an_eps_that_nobody_passes_leaves_the_calculation_before_any_acquis(changements, etats):
    situation = situation_de(examen_de(cadre(), saisies(**changements)))
    assert situation == Situation(specialite=AGORA, bareme=BAREME, etats=etats)


def test_without_a_speciality_there_is_no_situation_to_compute():
    assert situation_de(examen_de(cadre(), saisies(qualification={"specialite": ""}))) is None


def test_each_goal_is_named_in_words():
    assert [nom_de_l_objectif(o) for o in objectifs(cadre().jury)][:3] == [
        "Avoir le diplôme",
        "Mention Assez bien",
        "Mention Bien",
    ]


@pytest.mark.passages("L-38")
def test_a_closed_speciality_gives_no_figure_even_when_each_unit_it_lists_has_its_coefficient():
    fermee = next(
        s
        for s in cadre().specialites.values()
        if not s.coefficients_connus and s.par_cle and all(u.coefficient is not None for u in s.par_cle.values())
    )
    rendu = consequences([garde("francais", "14")], replace(SITUATION, specialite=fermee))
    assert (rendu.chiffres, rendu.inconnus) == (False, ())  # whole units are missing, and they have no name
    assert [(e.si_demande, e.sinon) for e in rendu.effets] == [(None, None)]


# --- What may be asked ------------------------------------------------------------------------------------


@pytest.mark.passages("annexe1.attention.perdue", "R12", "R27", "L-54")
def test_a_dispense_that_a_known_registration_let_go_is_no_possibility_and_the_others_remain():
    saisie = {"possibilites": ["diplome"], "d0_diplome": "bac-general"}
    avant = InscriptionConnue(
        session=2025,
        academie="clermont-ferrand",
        specialite="agora",
        forme_de_passage=FormeDePassage.GLOBALE,
        acquis=saisie | {"d0_u_francais": "oui", "d0_u_arts-appliques": "oui"},
    )
    neuves = {p.acquis.unite for p in possibles(saisie)}
    assert {"francais", "arts-appliques", "langue-vivante-a"} <= neuves
    assert {p.acquis.unite for p in possibles(saisie, connu=Connu(inscriptions=(avant,)))} == {
        "francais",
        "arts-appliques",
    }


@pytest.mark.passages("L-11")
def test_a_mark_below_ten_that_the_office_grants_is_a_possibility():
    passages = (replace(PASSAGES[0], forme_de_passage=FormeDePassage.PROGRESSIVE),)
    ligne = LigneAcquis(
        motif=MotifAcquis.BENEFICE, unite="francais", specialite="agora", session=2024, note=Decimal(8)
    )
    octroi = DecisionDuService(
        ligne=ligne, accordee=True, motif="Vu.", le=date(2025, 12, 1), octroi=Octroi.NOTE_SOUS_10
    )

    def trouvees(*decisions: DecisionDuService) -> list[tuple[str, object]]:
        rendues = acquis_possibles({}, passages, {}, AGORA, cadre(), decisions=decisions)
        return [(p.acquis.unite, p.acquis.note) for p in rendues]

    assert trouvees() == []
    assert trouvees(octroi) == [("francais", 8)]


# --- The best and the worst combination -------------------------------------------------------------------

SAUF_EPS = [cle for cle in CLES if cle != "eps"]


def tout_garde(note: str, eps: str) -> list:
    return [*(garde(cle, note) for cle in SAUF_EPS), garde("eps", eps)]


@pytest.mark.passages("annexe1.dispense.effet", "annexe1.benefice.moyenne", "R59", "R60", "L-25")
@pytest.mark.parametrize(
    ("possibilites", "seuil", "meilleure", "pire"),
    [
        pytest.param([dispense("francais")], 10, ["francais"], [], id="a dispense alone makes nothing worse"),
        pytest.param([dispense(cle) for cle in CLES], 10, [], [], id="without any coefficient there is no average"),
        # U2 brings the need down to 15.81: the 15.9, below the 16 that is aimed at, then helps too.
        pytest.param(
            [garde("francais", "15.9"), garde("U2", "17")],
            16,
            ["U2", "francais"],
            ["francais"],
            id="a mark just below the goal helps once another is kept",
        ),
        pytest.param(tout_garde("12", "12"), 10, CLES, [], id="everything kept, more than enough"),
        pytest.param(tout_garde("10", "10"), 10, CLES, [], id="everything kept, just enough"),
        pytest.param(tout_garde("10", "9.5"), 10, SAUF_EPS, CLES, id="everything kept, half a point short"),
        pytest.param(tout_garde("8", "8"), 10, [], CLES, id="everything kept, out of reach"),
        # Whatever the EPS, the other marks suffice: with the 9 kept, nothing is left to pass.
        pytest.param(tout_garde("20", "9"), 10, CLES, ["eps"], id="everything kept, the last mark below the goal"),
    ],
)
def test_the_best_and_the_worst_combination_of_a_candidate(possibilites, seuil, meilleure, pire):
    trouvees = [
        {a.unite for a in combinaison_extreme(possibilites, Decimal(seuil), SITUATION, pire=sens)}
        for sens in (False, True)
    ]
    assert trouvees == [set(meilleure), set(pire)]
