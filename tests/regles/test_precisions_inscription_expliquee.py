"""What a candidate reads of a registration, word for word, and the texts each step rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from registre.regles.acquis import LigneAcquis
from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre
from registre.regles.etapes import Contexte, Examen, examiner
from registre.regles.explication_acquis import nom_de_l_unite, traces_des_acquis
from registre.regles.explication_inscription import trace_des_pieces, traces_de_l_inscription
from registre.regles.pieces import PieceRequise, Raison
from registre.regles.trace import Trace
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis
from tests.inscription.scenario import LE, passe, saisies
from tests.regles.test_explication import AGORA_2023 as AGORA
from tests.regles.test_explication import PRESENTEES, acquis, note
from tests.regles.test_explication_references import REFERENCES

DEJA = {"voie": "deja-presente", "formation_suivie": "oui"}


def examen_de(cadre: Cadre, tapees: dict[str, dict[str, Any]], **contexte: Any) -> Examen:
    defauts = {"date_de_naissance": date(1990, 3, 14), "jour": LE.date(), "handicap_repondu": True}
    return examiner(tapees, Contexte(cadre=cadre, **(defauts | contexte)))


def expliquer(cadre: Cadre, tapees: dict[str, dict[str, Any]], **contexte: Any) -> dict[str, Trace]:
    return {t.objet: t for t in traces_de_l_inscription(examen_de(cadre, tapees, **contexte), ())}


def lue(trace: Trace) -> list[str]:
    """The steps with their code, then the conclusion; ordinary spaces."""
    lignes = [f"{p.code} | {p.texte}" for p in trace.pas]
    return [ligne.replace("\u00a0", " ") for ligne in (*lignes, trace.conclusion)]


def sources_de(trace: Trace, code: str) -> tuple[str, ...]:
    return next(p.sources for p in trace.pas if p.code == code)


# --- The whole --------------------------------------------------------------------------------------------


@pytest.mark.passages("conditions.domicile", "conditions.une-voie-obligatoire", "L-53", "L-62", "L-63", "L-66")
def test_an_ordinary_registration_is_explained_step_by_step(cadre):
    traces = expliquer(cadre, saisies(), forme_enregistree=FormeDePassage.GLOBALE)
    agora = cadre.specialites["agora"].libelle
    assert lue(traces["Conditions d’inscription"]) == [
        "domicile | Vous habitez l’académie de Clermont-Ferrand, d’après votre code postal, 63000.",
        "jdc | La journée défense et citoyenneté ne vous est pas demandée : elle l’est de 16 ans à moins de 25 ans.",
        "voie | Vous remplissez une des conditions possibles : « J’ai trois ans d’activité professionnelle comme "
        "salarié, dans un domaine en rapport avec le diplôme ».",
        "etablissement | Votre établissement va avec cette condition : Candidat sans établissement – Puy-de-Dôme.",
        "passages | Vous déclarez n’avoir jamais passé cet examen.",
        "Vous remplissez les conditions d’inscription.",
    ]
    assert lue(traces["Spécialité et forme de passage"]) == [
        f"specialite | La spécialité « {agora} » est ouverte à la session 2026.",
        "forme_gardee | Aucun échec déclaré ne vous impose une forme. Vous avez choisi la forme globale.",
        "effet_de_la_forme | En forme globale, vous passez toutes les épreuves à cette session, "
        "sauf dispense ou note gardée.",
        "forme_definitive | Cette forme est enregistrée : elle ne change plus.",
        "Vous vous présentez sous la forme globale.",
    ]
    assert lue(traces["Épreuves"]) == [
        "unites | Voici la situation de chaque épreuve ou unité obligatoire de votre spécialité.",
        "lva | Langue vivante A : Anglais.",
        "lvb | Langue vivante B : Espagnol. Elle est différente de la langue vivante A.",
        "eps | Vous passez l’éducation physique et sportive (EPS) : Danse, Tennis de table.",
        "epreuve_de_controle | Votre inscription à l’épreuve de contrôle est automatique. "
        "Elle n’a lieu que si votre moyenne l’ouvre.",
        "Épreuves ou unités obligatoires à passer à cette session : 12.",
    ]
    assert sources_de(traces["Épreuves"], "epreuve_de_controle") == cadre.controle.source


def test_each_step_rests_on_its_own_texts(cadre):
    progressive = saisies(
        candidature=DEJA | passe(forme_de_passage="progressive"),
        qualification={"forme_de_passage": "progressive"},
        epreuves=PRESENTEES | {"lvf": "portugais"},
    )
    ordinaire = saisies(epreuves={"lvf": "portugais"})
    traces = [
        *expliquer(cadre, progressive, forme_enregistree=FormeDePassage.PROGRESSIVE).values(),
        *expliquer(cadre, ordinaire, forme_enregistree=FormeDePassage.GLOBALE).values(),
        *demandes(cadre, note("francais", "12"), note("eps", "14", demande=False)),
        *demandes(cadre, LigneAcquis(motif=MotifAcquis.DIPLOME, unite="francais", diplome="bac-general")),
        *demandes(cadre, LigneAcquis(motif=MotifAcquis.VAE, unite="U2", annee=2024)),
    ]
    pas = [p for trace in traces for p in trace.pas]
    vus = {p.code: p.sources for p in pas if p.code in REFERENCES}
    assert vus == {code: REFERENCES[code] for code in vus}
    assert {"domicile", "lvb", "lvf", "forme_definitive", "note_gardee", "sans_fin", "droit_non_demande"} <= vus.keys()
    assert {p.sources for p in pas if p.code == "effet_de_la_forme"} == {
        ("etapes.qualification.globale", "L-60"),
        ("etapes.qualification.progressive", "L-60"),
    }
    assert {p.sources for p in pas if p.code == "voie"} == {
        ("conditions.une-voie-obligatoire", "conditions.voie.deja-presente", "L-53"),
        ("conditions.une-voie-obligatoire", "conditions.voie.trois-ans-activite", "L-53"),
    }


def test_a_step_not_left_yet_has_no_trace(cadre):
    commencees = {etape: champs for etape, champs in saisies().items() if etape not in ("acquis", "epreuves")}
    assert "Acquis" in expliquer(cadre, commencees | {"acquis": saisies()["acquis"]})
    assert {"Acquis", "Épreuves"}.isdisjoint(expliquer(cadre, commencees))


# --- Conditions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("etape", "champs", "code"),
    [
        ("identification", {"domicile_code_postal": "75011"}, "domicile_hors_academie"),
        ("identification", {"nationalite_francaise": ""}, "nationalite_manquante"),
        ("candidature", {"voie": ""}, "une_voie_obligatoire"),
        ("candidature", {"deja_passe": ""}, "deja_passe_manquant"),
        ("candidature", {"etablissement": ""}, "etablissement_manquant"),
        (
            "candidature",
            {"voie": "enseignement-a-distance", "etablissement": "autre-organisme", "organisme_nom": ""},
            "organisme_sans_nom",
        ),
        ("candidature", passe(session=""), "passage_sans_session"),
    ],
)
def test_what_is_missing_takes_the_place_of_what_was_found(cadre, etape, champs, code):
    examen = examen_de(cadre, saisies(**{etape: champs}))
    conditions = traces_de_l_inscription(examen, ())[0]
    [motif] = [m for m in examen.motifs[etape] if m.code == code]
    assert [p.texte for p in conditions.pas if p.code == code] == [motif.message]
    assert len(conditions.pas) == 5
    assert conditions.conclusion == "Une condition n’est pas remplie, ou une réponse manque."


@pytest.mark.passages("conditions.recensement-jdc", "L-43")
def test_a_missing_proof_of_the_jdc_takes_the_place_of_its_step(cadre):
    jeune = date(LE.year - 18, 1, 1)
    examen = examen_de(cadre, saisies(candidature={"preuve_jdc": ""}), date_de_naissance=jeune)
    conditions = traces_de_l_inscription(examen, ())[0]
    codes = [p.code for p in conditions.pas]
    assert "jdc" not in codes
    assert [m.code for m in examen.motifs["candidature"]] == [codes[1]]


@pytest.mark.passages("R96", "L-68")
def test_the_answer_on_handicap_is_not_a_condition(cadre):
    conditions = expliquer(cadre, saisies(), handicap_repondu=False)["Conditions d’inscription"]
    assert conditions.conclusion == "Vous remplissez les conditions d’inscription."


@pytest.mark.passages("conditions.voie.enseignement-a-distance", "L-66")
def test_the_name_of_an_organisation_is_told_when_it_was_asked(cadre):
    distance = {"voie": "enseignement-a-distance", "organisme_nom": "Cours Lavoisier"}
    autre = expliquer(cadre, saisies(candidature=distance | {"etablissement": "autre-organisme"}))
    assert (
        "etablissement | Votre établissement va avec cette condition : "
        "Autre organisme d’enseignement à distance, Cours Lavoisier." in lue(autre["Conditions d’inscription"])
    )


@pytest.mark.passages("L-63")
def test_earlier_attempts_are_told_in_a_table(cadre):
    deux = passe() | {
        "passages-1-session": "2022",
        "passages-1-academie": "Lyon",
        "passages-1-specialite": "hors-liste",
        "passages-1-forme_de_passage": "progressive",
        "passages-1-resultat": "ajourne",
    }
    pas = expliquer(cadre, saisies(candidature=DEJA | deux))["Conditions d’inscription"].pas[-1]
    assert pas.texte == "Vous déclarez avoir déjà passé cet examen."
    assert pas.tableau.entetes == ("Session", "Spécialité", "Forme de passage", "Résultat")
    assert pas.tableau.lignes == (
        ("2024", cadre.specialites["agora"].libelle, "Globale", "ajourné"),
        ("2022", "hors de la liste", "Progressive", "ajourné"),
    )
    aucune = expliquer(cadre, saisies(candidature=DEJA))["Conditions d’inscription"]
    assert aucune.pas[-1].texte == "Aucune présentation n’est déclarée."
    assert {pas.code, aucune.pas[-1].code} == {"passages"}


# --- Spécialité, forme de passage -------------------------------------------------------------------------


@pytest.mark.passages("etapes.qualification.forme-conservee", "L-05")
def test_a_refused_choice_is_told_and_the_other_one_keeps_its_step(cadre):
    autre_forme = expliquer(cadre, saisies(candidature=DEJA | passe(forme_de_passage="progressive")))
    forme = autre_forme["Spécialité et forme de passage"]
    assert [p.code for p in forme.pas] == ["forme_de_passage_a_conserver", "specialite"]
    assert forme.conclusion == "Un choix de cette étape ne peut pas être gardé."

    sans_specialite = expliquer(cadre, saisies(qualification={"specialite": ""}))["Spécialité et forme de passage"]
    assert [p.code for p in sans_specialite.pas] == ["specialite_manquante", "forme_gardee", "effet_de_la_forme"]

    sans_forme = expliquer(cadre, saisies(qualification={"forme_de_passage": ""}))["Spécialité et forme de passage"]
    assert [p.code for p in sans_forme.pas] == ["forme_de_passage_manquante", "specialite"]
    assert sans_forme.conclusion == "La forme de passage reste à choisir."


@pytest.mark.passages("etapes.qualification.specialite")
def test_a_specialite_already_obtained_is_not_said_to_be_open(cadre):
    obtenue = DEJA | passe() | {"passages-0-resultat": "admis"}
    trace = expliquer(cadre, saisies(candidature=obtenue))["Spécialité et forme de passage"]
    assert "specialite" not in [p.code for p in trace.pas]
    assert "forme_gardee" in [p.code for p in trace.pas]


@pytest.mark.passages("etapes.qualification.forme-conservee", "L-05")
def test_a_form_kept_for_the_same_specialite_only_is_told_as_such(cadre):
    regle = replace(cadre.forme_de_passage, conservee_si_autre_specialite=False)
    seule = replace(cadre, forme_de_passage=regle)
    tapees = saisies(candidature=DEJA | passe())
    gardee = expliquer(seule, tapees)["Spécialité et forme de passage"]
    assert "sous la forme globale sans obtenir le diplôme" in gardee.pas[1].texte
    ailleurs = saisies(candidature=DEJA | passe(specialite="melec"))
    libre = expliquer(seule, ailleurs)["Spécialité et forme de passage"]
    assert "ne vous impose une forme" in libre.pas[1].texte


# --- Acquis -----------------------------------------------------------------------------------------------


def demandes(cadre: Cadre, *lignes: LigneAcquis) -> tuple[Trace, ...]:
    jugees = acquis(cadre, *lignes)
    return traces_des_acquis(jugees, jugees.motifs, cadre.specialites["agora"], cadre)


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "annexe1.attention.perdue")
def test_an_empty_step_that_is_refused_says_why(cadre):
    tapees = saisies(candidature=DEJA | passe())  # what he may lose is not confirmed
    examen = examen_de(cadre, tapees)
    trace = expliquer(cadre, tapees)["Acquis"]
    assert trace.conclusion == "Cette étape reste à compléter."
    assert [p.texte for p in trace.pas] == [m.message for m in examen.motifs["acquis"]]


def test_a_unit_is_named_by_what_we_know_of_it(cadre):
    agora = cadre.specialites["agora"]
    assert nom_de_l_unite("francais", agora, cadre) == "U51 - Français"
    assert nom_de_l_unite("physique-chimie", agora, cadre) == cadre.libelles_matieres["physique-chimie"]
    assert nom_de_l_unite("Projet de ma section", agora, cadre) == "Projet de ma section"
    assert nom_de_l_unite("", agora, cadre) == "épreuve à préciser"


def test_a_demand_is_named_by_the_unit_it_concerns(cadre):
    incomplete = demandes(cadre, replace(note("francais", None), session=None))[0]
    assert incomplete.objet == "Bénéfice de note\u00a0: U51 - Français"


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.dispense.autre-specialite")
def test_the_mark_that_suffices_is_the_one_of_the_title(cadre):
    regle = replace(cadre.acquis, benefice_note_minimale=Decimal(10), autre_specialite_note_minimale=Decimal(12))
    autre = replace(cadre, acquis=regle)
    benefice = demandes(autre, note("francais", "13"))[0]
    assert "la note est d’au moins 10," in benefice.pas[1].texte
    ailleurs = note("francais", "13", motif=MotifAcquis.AUTRE_SPECIALITE, specialite="melec")
    passages = (replace(AGORA, specialite="melec"),)
    jugees = acquis(autre, ailleurs, passages=passages)
    [trace] = traces_des_acquis(jugees, (), autre.specialites["agora"], autre)
    assert "la note est d’au moins 12," in trace.pas[1].texte


def test_what_is_granted_or_left_to_the_office_rests_on_the_texts_of_the_decision(cadre):
    for ligne in (note("francais", "12"), note("Projet de ma section", "12", libre=True)):
        jugees = acquis(cadre, ligne)
        [trace] = traces_des_acquis(jugees, (), cadre.specialites["agora"], cadre)
        decision = jugees.lignes[0].decision
        assert decision.sources
        assert trace.pas[1].sources == decision.sources


# --- Épreuves ---------------------------------------------------------------------------------------------


def situations(cadre: Cadre, tapees: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str]]:
    unites = expliquer(cadre, tapees)["Épreuves"].pas
    tableau = next(p.tableau for p in unites if p.code == "unites")
    return {nom: (etat, raison.replace("\u00a0", " ")) for nom, etat, raison in tableau.lignes}


@pytest.mark.passages("annexe1.benefice.moyenne", "epreuves.eps.inapte", "L-60", "L-25")
def test_each_unit_says_why_it_is_presented_kept_left_out_or_waiting(cadre):
    garde = {
        "possibilites": ["benefice", "diplome"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "12,5",
        "d0_diplome": "bac-general",
        "d0_u_arts-appliques": "oui",
        "perte_comprise": "oui",
    }
    lues = situations(cadre, saisies(candidature=DEJA | passe(), acquis=garde, epreuves={"eps_cas": "inapte"}))
    etat, raison = lues["U51 - Français"]
    assert etat == "Bénéfice"
    assert raison.startswith("Bénéfice de note, 12,5")
    assert lues[libelle_unite("arts-appliques", cadre.specialites["agora"], cadre)] == (
        "Dispensé",
        "Dispense par diplôme",
    )
    assert lues["U7 - Éducation physique et sportive"] == (
        "Contrôle ponctuel - Inapte",
        "Inaptitude, avec un certificat médical",
    )
    assert lues["U12 - Mathématiques"] == ("Inscrit", "Vous la passez à cette session")
    progressive = saisies(
        candidature=DEJA | passe(forme_de_passage="progressive"),
        qualification={"forme_de_passage": "progressive"},
        epreuves=PRESENTEES,
    )
    assert situations(cadre, progressive)["U12 - Mathématiques"][1] == "Vous la passerez à une autre session"


def test_a_refused_demand_gives_no_reason_to_a_unit(cadre):
    diplome = {"d0_diplome": "bac-general", "d0_u_francais": "oui", "perte_comprise": "oui"}
    note_trop_basse = {"possibilites": ["benefice", "diplome"], "p2024_u_francais": "oui", "p2024_n_francais": "9"}
    decision_trop_vieille = {"possibilites": ["diplome", "vae"], "v_annee": "2015", "v_u_francais": "oui"}
    for refusee in (note_trop_basse, decision_trop_vieille):
        lues = situations(cadre, saisies(candidature=DEJA | passe(), acquis=diplome | refusee))
        assert lues["U51 - Français"] == ("Dispensé", "Dispense par diplôme")


@pytest.mark.passages("epreuves.langues.lvb", "epreuves.facultatives.lvf", "R58", "L-46")
def test_the_languages_are_told_with_what_they_change(cadre):
    sans_lva = {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_langue-vivante-a": "oui"}
    langues = {"lva": "", "lvb": "espagnol", "lvf": "portugais"}
    lues = lue(expliquer(cadre, saisies(acquis=sans_lva, epreuves=langues))["Épreuves"])
    assert "lvb | Langue vivante B : Espagnol." in lues
    assert (
        "lvf | Langue facultative : Portugais. Seuls les points au-dessus de 10 comptent : "
        "elle ne peut pas faire baisser la moyenne." in lues
    )
    sans_lvb = next(s for s in cadre.specialites.values() if s.ouverte_a_l_inscription and s.lvb is False)
    tapees = saisies(qualification={"specialite": sans_lvb.slug}, epreuves={"lvb": ""})
    assert "lva | Langue vivante A : Anglais. Votre spécialité n’a pas de langue vivante B." in lue(
        expliquer(cadre, tapees)["Épreuves"]
    )


@pytest.mark.passages("epreuves.eps.apte", "epreuves.eps.adaptee", "epreuves.eps.inapte", "epreuves.eps.dispense")
@pytest.mark.parametrize(
    ("champs", "dit", "sources"),
    [
        (
            {"eps_cas": "adaptee", "eps_justifiee": "oui", "eps_activite_adaptee": ["natation-250-m"]},
            "Vous passez une épreuve adaptée d’éducation physique et sportive (EPS) : Natation 250 mètres.",
            ("epreuves.eps.adaptee",),
        ),
        (
            {"eps_cas": "inapte", "eps_justifiee": "oui"},
            "Vous êtes inapte à l’éducation physique et sportive (EPS) : son coefficient ne compte pas.",
            ("epreuves.eps.inapte", "R61", "L-55"),
        ),
        (
            {"eps_cas": "dispense"},
            "Vous demandez la dispense d’éducation physique et sportive (EPS), après trois ans d’activité : "
            "son coefficient ne compte pas.",
            ("epreuves.eps.dispense", "L-02"),
        ),
    ],
)
def test_the_eps_is_told_by_its_case(cadre, champs, dit, sources):
    trace = expliquer(cadre, saisies(epreuves=champs))["Épreuves"]
    assert f"eps | {dit}" in lue(trace)
    assert sources_de(trace, "eps") == sources


def test_an_eps_without_case_is_asked_and_not_told(cadre):
    examen = examen_de(cadre, saisies(epreuves={"eps_cas": ""}))
    trace = traces_de_l_inscription(examen, ())[-2]
    assert trace.conclusion == "Cette étape reste à compléter."
    assert [p.code for p in trace.pas] == [*(m.code for m in examen.motifs["epreuves"]), "unites"]


# --- Pièces -----------------------------------------------------------------------------------------------


def test_a_piece_is_told_with_its_reasons_in_one_sentence_each(cadre):
    raisons = (
        Raison(message="Vous êtes né après 2000.", sources=("R91", "L-01")),
        Raison(message="Elle est demandée à tous.", sources=("R91",)),
    )
    trace = trace_des_pieces((PieceRequise(cle="jdc", raisons=raisons),), cadre)
    libelle = next(p.libelle for p in cadre.pieces.liste if p.cle == "jdc").replace("\u00a0", " ")
    assert lue(trace) == [
        f"piece_demandee | {libelle} : vous êtes né après 2000. Elle est demandée à tous.",
        "Votre situation demande 1 pièce.",
    ]
    assert trace.pas[0].sources == ("R91", "L-01")
