"""« Et si ? » : des textes tapés au résultat, par les règles du jury et sans jamais lever d'erreur."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.regles.citation import codes
from registre.regles.decisions import unites_toutes_connues
from registre.regles.et_si import (
    CHAMP,
    MOTIFS,
    Essai,
    activites_notees,
    en_attente,
    etats_possibles,
    lire,
    note_gardee_suffisante,
    resultat,
    saisie_de_depart,
    trace_de_l_essai,
)
from registre.regles.etapes import Contexte, examiner
from registre.regles.explication_suite import trace_de_la_suite
from registre.regles.jury import Bareme, DecisionDuJury, deliberation
from registre.regles.note_necessaire import Sort
from registre.regles.notes import EtatNote
from registre.regles.progression import suite_du_parcours
from registre.regles.vocabulaire import FormeDePassage, NatureUnite
from tests.regles.lecture_cas import cadre

AGORA, MELEC = cadre().specialites["agora"], cadre().specialites["melec"]
BAREME = Bareme.du_cadre(cadre())
GLOBALE, PROGRESSIVE = FormeDePassage.GLOBALE, FormeDePassage.PROGRESSIVE


def notes(note: str, **changements: str) -> dict[str, str]:
    champs = {f"note_{cle}": note for cle in AGORA.par_cle} | {"note_eps_1": note, "note_eps_2": note}
    return champs | changements


def lu(saisie: dict[str, Any], specialite: Any = AGORA, forme: FormeDePassage | None = GLOBALE) -> Essai:
    return lire(saisie, specialite, forme, 2, cadre())


def decision(saisie: dict[str, Any], forme: FormeDePassage | None = GLOBALE) -> DecisionDuJury | None:
    essai = lu(saisie, forme=forme)
    assert essai.motifs == ()
    return resultat(essai, BAREME).final.decision


# --- Lire -------------------------------------------------------------------------------------------


@pytest.mark.passages("L-59")
@pytest.mark.parametrize("ecrite", ["12,5", "12.5", " 12,50 "])
def test_a_note_is_read_with_a_comma_or_a_point(ecrite):
    essai = lu(notes("10", note_U2=ecrite))
    assert next(x.note for x in essai.releve.lignes if x.unite == "U2") == Decimal("12.5")


def test_a_note_out_of_use_is_not_read():
    """A dispensed unité may keep a text nobody can read: it counts for nothing."""
    essai = lu(notes("10", etat_U2="dispense", note_U2="n’importe quoi"))
    assert essai.motifs == ()
    assert next(x for x in essai.releve.lignes if x.unite == "U2").etat is EtatNote.DISPENSE


@pytest.mark.passages("annexe1.benefice.definition", "R34")
def test_a_note_gardee_is_at_least_the_minimum_of_the_session():
    essai = lu(notes("12", etat_U2="note_gardee", note_U2="9,99"))
    assert [(m.code, m.champ) for m in essai.motifs] == [("note_gardee_insuffisante", "note_U2")]
    assert lu(notes("12", etat_U2="note_gardee", note_U2="10")).motifs == ()
    decimal = replace(cadre(), acquis=replace(cadre().acquis, benefice_note_minimale=Decimal("10.5")))
    [motif] = note_gardee_suffisante(Decimal(10), "note_U2", GLOBALE, decimal)
    assert "vaut au moins 10,5." in motif.message
    report = replace(cadre(), forme_de_passage=replace(cadre().forme_de_passage, progressive_report_sous_10=True))
    assert note_gardee_suffisante(Decimal(8), "note_U2", PROGRESSIVE, report) == []
    assert codes(note_gardee_suffisante(Decimal(8), "note_U2", GLOBALE, report)) == ["note_gardee_insuffisante"]
    assert codes(note_gardee_suffisante(Decimal(8), "note_U2", PROGRESSIVE, cadre())) == ["note_gardee_insuffisante"]


def test_only_eps_may_be_inapte_and_only_a_progressive_may_leave_a_unite_for_later():
    u2, eps = AGORA.par_cle["U2"], AGORA.par_cle["eps"]
    assert EtatNote.INAPTE in etats_possibles(eps, GLOBALE)
    assert EtatNote.INAPTE not in etats_possibles(u2, GLOBALE)
    assert EtatNote.NON_PRESENTEE not in etats_possibles(u2, GLOBALE)
    assert EtatNote.NON_PRESENTEE in etats_possibles(u2, PROGRESSIVE)
    assert codes(lu(notes("12", etat_U2="non_presentee")).motifs) == ["etat_manquant"]
    assert lu(notes("12", etat_U2="non_presentee"), forme=PROGRESSIVE).motifs == ()


def test_an_eps_kept_has_one_mark_and_an_eps_passed_has_one_for_each_activite():
    garde = lu(notes("12", etat_eps="note_gardee", note_eps="15", note_eps_1="", note_eps_2=""))
    assert garde.motifs == ()
    assert next(x.note for x in garde.releve.lignes if x.matiere == "eps") == 15
    passee = lu(notes("12", note_eps="", note_eps_1="11", note_eps_2="14"))
    assert next(x.valeur for x in passee.releve.lignes if x.matiere == "eps") == Decimal("12.5")
    assert [m.champ for m in lu(notes("12", note_eps_2="")).motifs] == ["note_eps_2"]


@pytest.mark.passages("L-38", "L-61")
def test_a_coefficient_that_nobody_knows_is_asked_and_marked_as_the_candidats():
    saisie = {f"note_{cle}": "12" for cle in MELEC.par_cle} | {"note_eps_1": "12", "note_eps_2": "12"}
    vide = lu(saisie, MELEC)
    inconnus = {f"coefficient_{u.cle}" for u in MELEC.unites if u.coefficient is None}
    assert {m.champ for m in vide.motifs} == inconnus
    assert {*codes(vide.motifs)} == {"coefficient_manquant"}
    faux = lu(saisie | dict.fromkeys(inconnus, "0"), MELEC)
    assert {*codes(faux.motifs)} == {"coefficient_illisible"}
    assert {m.champ for m in faux.motifs} == inconnus
    assert lu(saisie | dict.fromkeys(inconnus, "1e3"), MELEC).motifs
    plein = lu(saisie | dict.fromkeys(inconnus, "2,5"), MELEC)
    assert plein.motifs == ()
    assert plein.coefficients_tapes == {u.cle for u in MELEC.unites if u.coefficient is None}
    trace = trace_de_l_essai(plein, resultat(plein, BAREME), cadre())
    assert [p.code for p in trace.pas[:2]] == ["unites_incompletes", "coefficients_tapes"]
    assert "Mathématiques (2,5)" in trace.pas[1].texte
    dispensee = lu(saisie | dict.fromkeys(inconnus, "2,5") | {"etat_U2": "dispense", "coefficient_U2": ""}, MELEC)
    assert dispensee.motifs == ()


def test_a_professional_unite_missing_from_our_data_can_be_added():
    saisie = {f"note_{cle}": "12" for cle in MELEC.par_cle} | {"note_eps_1": "12", "note_eps_2": "12"}
    saisie |= {f"coefficient_{u.cle}": "2" for u in MELEC.unites if u.coefficient is None}
    ajoutee = lu(saisie | {"autre2_intitule": "U32", "autre2_note": "16", "autre2_coefficient": "4"}, MELEC)
    assert ajoutee.motifs == ()
    derniere = ajoutee.releve.lignes[-1]
    assert (derniere.unite, derniere.nature) == ("U32", NatureUnite.PROFESSIONNELLE)
    double = lu(saisie | {"autre2_intitule": "U2", "autre2_note": "16", "autre2_coefficient": "4"}, MELEC)
    assert [(m.code, m.champ) for m in double.motifs] == [("unite_en_double", "autre2_intitule")]
    # AGOrA is known whole: nothing can be added to it.
    assert len(lu(notes("12", autre1_note="18", autre1_coefficient="9")).releve.lignes) == len(AGORA.par_cle)


# --- Le point de départ -----------------------------------------------------------------------------


def test_a_candidate_who_has_chosen_nothing_starts_from_nothing():
    contexte = Contexte(cadre=cadre(), date_de_naissance=date(1990, 3, 14), jour=date(2025, 10, 20))
    examen = examiner({}, contexte)
    assert saisie_de_depart(examen) == {}
    assert activites_notees(examen) == cadre().eps.nombre


def test_an_adapted_eps_has_one_mark():
    contexte = Contexte(cadre=cadre(), date_de_naissance=date(1990, 3, 14), jour=date(2025, 10, 20))
    saisies = {
        "qualification": {"specialite": "agora", "forme_de_passage": "globale"},
        "epreuves": {"eps_cas": "adaptee"},
    }
    examen = examiner(saisies, contexte)
    assert activites_notees(examen) == cadre().eps.nombre_adapte
    assert saisie_de_depart(examen)["etat_eps"] == "note"


# --- Le résultat ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saisie", "attendue"),
    [
        (notes("10"), DecisionDuJury.ADMIS),
        (notes("7,99"), DecisionDuJury.AJOURNE),
        (notes("8", note_U2="11", note_U31="11", note_U32="11"), DecisionDuJury.CONTROLE),
        (notes("11", note_U2="5", note_U31="9", note_U32="5"), DecisionDuJury.AJOURNE),
        (notes("20", etat_eps="absence"), DecisionDuJury.ELIMINE),
    ],
)
def test_the_decision_is_that_of_the_jury(saisie, attendue):
    assert decision(saisie) is attendue
    assert decision(saisie) is deliberation(lu(saisie).releve, BAREME).decision


@pytest.mark.passages("etapes.qualification.progressive", "L-11")
def test_an_unfinished_progressive_path_is_partial():
    assert decision(notes("12", etat_U2="non_presentee"), PROGRESSIVE) is DecisionDuJury.PARTIEL


@pytest.mark.passages("R74", "R75", "L-17")
def test_orals_count_only_when_the_control_opens_and_one_is_missing_is_said_at_its_group():
    controle = notes("8", note_U2="11", note_U31="11", note_U32="11")
    oraux = {"oral_general": "U51", "note_oral_general": "20"}
    seul = resultat(lu(controle | oraux), BAREME)
    assert [(m.code, m.champ) for m in seul.motifs] == [("choix_manquant", "oral_scientifique")]
    assert seul.final.decision is DecisionDuJury.CONTROLE
    oraux |= {"oral_scientifique": "U12", "note_oral_scientifique": "20"}
    assert decision(controle | oraux) is DecisionDuJury.ADMIS_SECOND_GROUPE
    assert decision(controle | oraux | {"note_oral_general": "8", "note_oral_scientifique": "8"}) is (
        DecisionDuJury.AJOURNE_SECOND_GROUPE
    )
    assert decision(notes("12") | oraux) is DecisionDuJury.ADMIS
    ailleurs = resultat(lu(controle | oraux | {"oral_general": "U2"}), BAREME)
    assert {(m.code, m.champ) for m in ailleurs.motifs} == {
        ("choix_impossible", ""),
        ("choix_manquant", "oral_general"),
    }


# --- Propriétés ------------------------------------------------------------------------------------

TEXTES = st.one_of(
    st.text(max_size=6), st.sampled_from(["", "12", "9,5", "20", "0", "oui", "note_gardee", "dispense"])
)
ETATS = st.sampled_from([*(e.value for e in EtatNote), "", "autre"])
CHAMPS = [
    "note_lvf",
    *(f"note_eps_{n}" for n in (1, 2, 3)),
    *(f"{quoi}_{cle}" for cle in MELEC.par_cle for quoi in ("note", "coefficient")),
    *(f"autre{n}_{quoi}" for n in (1, 2, 3) for quoi in ("intitule", "note", "coefficient")),
    *(f"{quoi}_{g.code}" for g in cadre().jury.controle_groupes for quoi in ("oral", "note_oral")),
]


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from(CHAMPS), TEXTES),
    st.dictionaries(st.sampled_from([f"etat_{cle}" for cle in MELEC.par_cle]), ETATS),
    st.sampled_from([AGORA, MELEC]),
    st.sampled_from([GLOBALE, PROGRESSIVE, None]),
    st.sampled_from([1, 2]),
)
def test_any_text_is_read_without_an_exception_and_each_motif_has_a_field_of_the_page(
    champs, etats, specialite, forme, activites
):
    essai = lire(champs | etats, specialite, forme, activites, cadre())
    assert all((CHAMP.fullmatch(m.champ) or m.code == "aucune_note_tapee") and m.message for m in essai.motifs)
    if not essai.motifs:
        trouve = resultat(essai, BAREME)
        assert trace_de_l_essai(essai, trouve, cadre()).conclusion
        session, forme_permise, acquis = cadre().session, cadre().forme_de_passage, cadre().acquis
        suites = suite_du_parcours(essai.releve, trouve.final, session, forme, forme_permise, acquis)
        assert bool(trace_de_la_suite(suites, cadre())) == bool(suites)


@settings(max_examples=50, deadline=None)
@given(st.decimals(0, 20, places=2))
def test_the_same_note_everywhere_is_the_moyenne(note):
    essai = lu(notes(str(note).replace(".", ",")))
    trouve = resultat(essai, BAREME)
    assert trouve.premier.moyenne is not None
    assert trouve.moyenne_professionnelle is not None
    assert trouve.premier.moyenne.valeur == trouve.moyenne_professionnelle.valeur == note


@pytest.mark.passages("L-61")
def test_a_specialite_whose_units_are_not_all_known_says_first_what_the_result_supposes():
    incomplete = next(
        s for s in cadre().specialites.values() if s.ouverte_a_l_inscription and not unites_toutes_connues(s)
    )
    champs = {f"note_{cle}": "12" for cle in incomplete.par_cle} | {"note_eps_1": "12", "note_eps_2": "12"}
    champs |= {f"coefficient_{cle}": "2" for cle, u in incomplete.par_cle.items() if u.coefficient is None}
    essai = lu(champs, incomplete)
    assert essai.motifs == ()
    trace = trace_de_l_essai(essai, resultat(essai, BAREME), cadre())
    assert trace.pas[0].texte.endswith("Ce résultat ne vaut que si vous avez ajouté celles qui manquent.")
    complete = lu(notes("12"))
    codes_des_pas = [p.code for p in trace_de_l_essai(complete, resultat(complete, BAREME), cadre()).pas]
    assert "unites_incompletes" not in codes_des_pas


@pytest.mark.passages("R74", "L-17")
def test_the_mark_of_an_oral_needs_its_matiere():
    motifs = lu(notes("9", note_oral_general="11")).motifs
    assert [(m.code, m.champ) for m in motifs] == [("matiere_manquante", "oral_general")]


# --- Some marks only -----------------------------------------------------------------------------------


@pytest.mark.passages("R36", "R55", "L-11", "L-14")
def test_with_some_marks_missing_the_result_waits_and_the_mark_needed_is_told():
    """AGOrA : 25 de coefficients, 4 pour U2. Avec 12 partout ailleurs, 252 points : 10 est atteint."""
    essai = lu(notes("12", note_U2=""))
    assert essai.motifs == ()
    assert [x.unite for x in essai.manquantes] == ["U2"]
    assert resultat(essai, BAREME).final.decision is DecisionDuJury.PARTIEL
    attente = en_attente(essai, BAREME)
    assert attente.moyenne is not None
    assert attente.moyenne.valeur == 12
    (admis, besoin), (assez_bien, plus), *_ = attente.besoins
    assert (admis.seuil, besoin.sort) == (10, Sort.ATTEINT)
    assert (assez_bien.seuil, plus.note) == (12, 12)


def test_with_no_mark_at_all_one_sentence_asks_for_one_and_names_no_field():
    for vide in ({}, {"etat_U2": "dispense"}, {"note_lvf": "15"}):
        assert [(m.code, m.champ) for m in lu(vide).motifs] == [("aucune_note_tapee", "")]
    assert decision({"etat_eps": "absence"}) is DecisionDuJury.ELIMINE, "an absence alone already says something"


def test_every_code_of_the_module_is_met():
    vus = {
        *codes(lu(notes("12", etat_U2="x", note_francais="9", etat_francais="note_gardee")).motifs),
        *codes(lu({"coefficient_U2": "0", "note_U31": "12"}, MELEC).motifs),
        *codes(lu({}).motifs),
        *codes(lu(notes("12", note_oral_general="11")).motifs),
        "specialite_manquante",  # met through the page
    }
    assert {*MOTIFS} <= vus
