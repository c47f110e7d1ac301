"""Step 4, one right: each decision of the cases is whole, and what they leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from registre.cas.chapitres.acquis import Benefice, Dispenses, reglement
from registre.cas.lecture import Cas
from registre.cas.validation import avec_parametres, valider
from registre.regles.benefices import DemandeDeBenefice, benefice_de_note, note_reportable
from registre.regles.decisions import Decision, InscriptionIntermediaire, NoteAnterieure, ReglementDesAcquis
from registre.regles.dispenses import (
    DemandeDeDispense,
    dispense_demandee,
    dispenses_demandees,
    dispenses_ouvertes,
)
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Resultat, Statut
from tests.regles.lecture_cas import cadre, cas_de

PARAMETRES = ("acquis", "forme_de_passage")
CHAMPS = {
    "demande": "non_demande",
    "session": "pas_ajourne perimee note_perdue",
    "note": "aucune_note note_inferieure_a_10",
    "unite": "sans_correspondance correspondance_non_connue unite_absente_de_la_specialite unite_inconnue "
    "unite_professionnelle_autre_specialite unite_non_visee instruction_du_service note_perdue",
    "langue": "langue_differente",
    "specialite": "meme_specialite",
    "specialite_detenue": "meme_specialite specialite_detenue_manquante",
    "unite_comportee": "unite_non_comportee unite_comportee_inconnue",
    "annee": "perimee",
    "diplome": "diplome_hors_tableau diplome_sans_cette_dispense specialite_non_visee dispense_sans_effet "
    "certification_europeenne certification_europeenne_fermee attestation_de_blocs attestation_de_blocs_fermee",
}
DU_TITRE = {MotifAcquis.AUTRE_SPECIALITE: "session", MotifAcquis.VAE: "annee"}  # where an outdated right shows


def du_cas(classe: type, cas: Cas):
    situation = valider(classe, cas.situation, "situation")
    regles = reglement(avec_parametres(cadre(), PARAMETRES, cas.parametres), situation.specialite, situation.session)
    return situation, regles


def verifie(decision: Decision) -> None:
    """A decision names its field, says what to do, cites a text, and asks for pieces unless it refuses."""
    assert decision.sources
    assert all(decision.sources)
    if decision.statut is Statut.ACCORDE:
        assert (decision.motif, decision.champ, decision.message) == ("", "", "")
    else:
        assert decision.motif in CHAMPS[decision.champ].split()
        assert decision.message.endswith(".")
    assert (decision.acquis is None) == (decision.statut is Statut.REFUSE)
    assert bool(decision.pieces) == (decision.statut is not Statut.REFUSE)


@pytest.mark.parametrize("cas", cas_de("benefices"))
def test_the_decision_on_a_kept_mark_is_whole(cas):
    situation, regles = du_cas(Benefice, cas)
    communs = {f.name for f in fields(NoteAnterieure)} & {f.name for f in fields(situation.acquis)}
    note = NoteAnterieure(
        inscriptions_intermediaires=situation.inscriptions_intermediaires,
        **{nom: getattr(situation.acquis, nom) for nom in communs},
    )
    demande = DemandeDeBenefice(note=note, demande=situation.demande, langue_presentee=situation.langue_presentee)
    decision = benefice_de_note(demande, regles)
    verifie(decision)
    if decision.acquis:
        assert decision.derniere_session == note.session + 5


@pytest.mark.parametrize("cas", cas_de("dispenses"))
def test_the_decision_on_a_dispense_is_whole(cas):
    situation, regles = du_cas(Dispenses, cas)
    rendu = dispenses_demandees([d.demande() for d in situation.demandes], regles)
    for demande, decision in (*rendu.accordees, *rendu.a_instruire, *rendu.refusees):
        verifie(decision)
        if decision.motif == "perimee":
            assert decision.champ == DU_TITRE[demande.titre]
        if decision.motif == "note_perdue":  # a lost dispense is one unit of those asked with the diploma
            assert decision.champ == ("session" if demande.titre is MotifAcquis.AUTRE_SPECIALITE else "unite")
        if decision.acquis:
            assert decision.acquis.titre is demande.titre


# --- Dispenses ------------------------------------------------------------------------------------------


def reglement_de(slug: str, session: int = 2026) -> ReglementDesAcquis:
    return reglement(cadre(), slug, session)


def note_ailleurs(**champs) -> NoteAnterieure:
    defauts = {
        "specialite": "melec",
        "session": 2024,
        "resultat": Resultat.AJOURNE,
        "unite": "U51",
        "matiere": "francais",
        "note": Decimal(12),
    }
    return NoteAnterieure(**(defauts | champs))


def apres_echec(note: NoteAnterieure | None, specialite: str = "logistique") -> Decision:
    unite = (note.matiere or note.unite) if note else "francais"
    demande = DemandeDeDispense(titre=MotifAcquis.AUTRE_SPECIALITE, unite=unite, note=note)
    return dispense_demandee(demande, reglement_de(specialite))


@pytest.mark.passages("annexe1.dispense.autre-specialite", "L-03")
@pytest.mark.parametrize(
    ("note", "motif"),
    [
        (None, "aucune_note"),
        (note_ailleurs(matiere="physique-chimie"), "unite_absente_de_la_specialite"),
        (note_ailleurs(matiere="physique-chimie", libre=True), "unite_inconnue"),
        (note_ailleurs(specialite="logistique"), "meme_specialite"),
        (note_ailleurs(), ""),
    ],
)
def test_a_dispense_after_a_failure_elsewhere_needs_a_mark_of_a_unit_of_both(note, motif):
    decision = apres_echec(note)
    verifie(decision)
    assert decision.motif == motif


@pytest.mark.passages("annexe1.dispense-professionnelle.bp-froid", "L-26")
def test_a_professional_dispense_is_open_until_its_last_session_included():
    slug = "tfca-technicien-froid-conditionnement-air"
    ouvertes = {
        s: [d.unite for d in dispenses_ouvertes("bp-froid", reglement_de(slug, s))] for s in (2022, 2023, 2024)
    }
    assert ouvertes == {2022: ["U2"], 2023: ["U2"], 2024: []}


@pytest.mark.passages("annexe1.dispense.vae", "L-04", "L-19")
@pytest.mark.parametrize(("annee", "accordee"), [(2020, False), (2021, True), (2025, True), (2026, False)])
def test_a_decision_of_a_vae_jury_serves_five_years_included(annee, accordee):
    demande = DemandeDeDispense(titre=MotifAcquis.VAE, unite="francais", annee=annee)
    decision = dispense_demandee(demande, reglement_de("logistique"))
    verifie(decision)
    assert (decision.statut is Statut.ACCORDE) == accordee
    assert decision.derniere_session == (annee + 5 if accordee else None)
    assert accordee or "doit être de 2021 à 2025" in decision.message


@pytest.mark.passages("R10", "R13", "L-47")
@pytest.mark.parametrize(
    ("unite", "libre", "motif"),
    [
        ("francais", False, "certification_europeenne"),
        ("U2", False, "diplome_sans_cette_dispense"),
        ("francais", True, "unite_absente_de_la_specialite"),
        ("E9-Z", False, "unite_absente_de_la_specialite"),
    ],
)
def test_a_european_certification_when_open_is_studied_for_the_general_units_only(unite, libre, motif):
    ouvert = replace(reglement_de("logistique"), acquis=replace(cadre().acquis, diplome_europeen=True))
    demande = DemandeDeDispense(
        titre=MotifAcquis.DIPLOME, unite=unite, libre=libre, diplome="certification-europeenne"
    )
    decision = dispense_demandee(demande, ouvert)
    verifie(decision)
    assert (decision.motif, decision.unite) == (motif, "francais" if motif == "certification_europeenne" else None)
    assert dispense_demandee(demande, reglement_de("logistique")).motif == "certification_europeenne_fermee"


@pytest.mark.passages("annexe1.dispense-professionnelle.principe", "annexe1.dispense.vae", "L-26", "L-61")
def test_a_dispense_is_given_on_the_unit_its_words_point_to():
    vae = DemandeDeDispense(titre=MotifAcquis.VAE, unite="U51", annee=2024)
    assert dispense_demandee(vae, reglement_de("agora")).unite == "francais"
    libre = dispense_demandee(replace(vae, unite="Mon épreuve", libre=True), reglement_de("agora"))
    assert (libre.motif, libre.unite) == ("unite_inconnue", "Mon épreuve")
    diplome = DemandeDeDispense(titre=MotifAcquis.DIPLOME, unite="francais", diplome="bac-general")
    assert dispense_demandee(diplome, reglement_de("agora")).unite == "francais"
    assert dispense_demandee(replace(diplome, libre=True), reglement_de("agora")).motif == (
        "unite_absente_de_la_specialite"
    )


@pytest.mark.passages("annexe1.dispense-professionnelle.bp-froid", "annexe1.dispense-professionnelle.bp-electricien")
def test_a_professional_dispense_cites_its_brevet_and_holds_until_its_last_session():
    froid = DemandeDeDispense(titre=MotifAcquis.PROFESSIONNELLE, unite="U2", diplome="bp-froid")
    slug = "tfca-technicien-froid-conditionnement-air"
    motifs = {s: dispense_demandee(froid, reglement_de(slug, s)).motif for s in (2022, 2023, 2024)}
    assert motifs == {2022: "", 2023: "", 2024: "dispense_sans_effet"}
    electricien = DemandeDeDispense(titre=MotifAcquis.PROFESSIONNELLE, unite="E2", diplome="bp-electricien")
    decision = dispense_demandee(electricien, reglement_de("melec"))
    assert decision.motif == "instruction_du_service"
    assert "annexe1.dispense-professionnelle.bp-electricien" in decision.sources


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
def test_a_dispense_not_asked_for_since_is_lost_and_called_by_its_name():
    oubli = (InscriptionIntermediaire(session=2025, demande=False),)
    demande = DemandeDeDispense(titre=MotifAcquis.VAE, unite="francais", annee=2024, inscriptions_intermediaires=oubli)
    decision = dispense_demandee(demande, reglement_de("logistique"))
    assert (decision.motif, decision.champ) == ("note_perdue", "unite")
    assert decision.message.startswith("Vous n’avez pas demandé cette dispense à l’inscription de 2025")


# --- Kept marks -----------------------------------------------------------------------------------------


def benefice(note: NoteAnterieure, slug: str = "logistique", session: int = 2026, **acquis) -> Decision:
    regles = reglement_de(slug, session)
    decision = benefice_de_note(DemandeDeBenefice(note=note), replace(regles, acquis=replace(regles.acquis, **acquis)))
    verifie(decision)
    return decision


def motif_de(note: NoteAnterieure, **acquis) -> str:
    return benefice(note, **acquis).motif


@pytest.mark.passages("annexe1.benefice.duree", "L-19")
@pytest.mark.parametrize(
    ("session", "valable"), [(2020, False), (2021, True), (2025, True), (2026, False), (2027, False)]
)
def test_a_mark_serves_from_the_next_session_for_five_years(session, valable):
    decision = benefice(note_ailleurs(specialite="logistique", session=session))
    assert (decision.motif == "") == valable
    if not valable:
        assert decision.message.startswith("Pour la session 2026, la note doit venir d’une session de 2021 à 2025.")


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
@pytest.mark.parametrize(("session", "perdue"), [(2022, False), (2023, False), (2024, True), (2026, False)])
def test_a_mark_is_lost_by_an_inscription_made_since_that_did_not_ask_for_it(session, perdue):
    oubli = (InscriptionIntermediaire(session=session, demande=False),)
    decision = benefice(note_ailleurs(specialite="logistique", session=2023, inscriptions_intermediaires=oubli))
    assert (decision.motif == "note_perdue") == perdue
    if perdue:
        assert decision.message.startswith(f"Vous n’avez pas demandé cette note à l’inscription de {session}")


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.dispense.autre-specialite", "L-03")
def test_a_kept_mark_and_a_failure_elsewhere_have_each_their_own_minimum():
    ici, ailleurs = note_ailleurs(specialite="logistique"), note_ailleurs()
    assert benefice(ici, autre_specialite_note_minimale=Decimal(15)).motif == ""
    assert benefice(ici, benefice_note_minimale=Decimal(15)).motif == "note_inferieure_a_10"
    assert benefice(ailleurs, benefice_note_minimale=Decimal(15)).motif == ""
    refusee = benefice(ailleurs, autre_specialite_note_minimale=Decimal("12.5"))
    assert (refusee.motif, refusee.message.split(".")[0]) == (
        "note_inferieure_a_10",
        "La note doit être d’au moins 12,5 sur 20",
    )


@pytest.mark.passages("annexe1.benefice.duree", "annexe1.dispense.autre-specialite.duree", "L-19")
def test_a_kept_mark_and_a_failure_elsewhere_have_each_their_own_duration():
    ici, ailleurs = note_ailleurs(specialite="logistique", session=2023), note_ailleurs(session=2023)
    reglement_court = {"benefice_duree_sessions": 2}
    autre_court = {"autre_specialite_duree_sessions": 2}
    assert [motif_de(n, **reglement_court) for n in (ici, ailleurs)] == ["perimee", ""]
    assert [motif_de(n, **autre_court) for n in (ici, ailleurs)] == ["", "perimee"]


@pytest.mark.passages("R34", "L-11")
def test_a_mark_below_ten_is_reportable_only_when_it_is_said():
    note = note_ailleurs(note=Decimal(8), forme_de_passage=FormeDePassage.PROGRESSIVE)
    assert note_reportable(note, Decimal(10)).motif == "note_inferieure_a_10"
    assert note_reportable(note, Decimal(10), report_sous_10=True) is None


@pytest.mark.passages("annexe1.rappel.correspondance", "L-48")
def test_a_general_unit_of_an_old_reglement_that_no_longer_exists_is_left_to_the_service():
    ancienne = note_ailleurs(
        specialite="tfca-technicien-froid-conditionnement-air",
        session=2022,
        unite="U11",
        matiere="mathematiques-et-sciences-physiques",
    )
    decision = benefice(ancienne, "mfer")
    assert decision.motif == "correspondance_non_connue"
    assert decision.unite.startswith("U11, ")
    assert benefice(replace(ancienne, matiere="francais"), "mfer").unite == "francais"


@pytest.mark.passages("L-46", "L-61")
def test_only_a_mark_of_a_language_keeps_its_language_and_free_words_are_kept_as_they_are():
    francais = benefice(note_ailleurs(specialite="logistique", langue="anglais"))
    assert (francais.unite, francais.acquis.langue) == ("francais", None)
    lva = benefice(note_ailleurs(specialite="logistique", matiere="langue-vivante-a", langue="anglais"))
    assert (lva.unite, lva.acquis.langue) == ("langue-vivante-a", "anglais")
    libre = benefice(note_ailleurs(specialite="logistique", unite="Mon épreuve", matiere=None, libre=True))
    assert (libre.motif, libre.unite) == ("unite_inconnue", "Mon épreuve")
    ailleurs = benefice(note_ailleurs(unite="Mon épreuve", matiere=None, libre=True))
    assert (ailleurs.motif, ailleurs.unite) == ("unite_inconnue", "Mon épreuve")
    inconnue = benefice(note_ailleurs(specialite="hors-liste", unite="U9", matiere=None))
    assert (inconnue.motif, inconnue.unite) == ("unite_professionnelle_autre_specialite", "U9")


@pytest.mark.passages("R26", "R16")
def test_an_attestation_of_blocs_opens_each_unit_of_the_specialite_where_the_session_admits_it():
    ferme = reglement_de("agora")
    ouvert = replace(ferme, acquis=replace(ferme.acquis, attestation_blocs=True))
    [attestation] = [d.code for d in ferme.dispenses.diplomes if d.attestation_de_blocs]
    assert dispenses_ouvertes(attestation, ferme) == ()
    assert [(o.unite, o.instruction) for o in dispenses_ouvertes(attestation, ouvert)] == [
        (cle, True) for cle in ferme.specialite.par_cle
    ]
    demande = DemandeDeDispense(titre=MotifAcquis.DIPLOME, unite="U31", diplome=attestation)
    a_lire = dispense_demandee(demande, ouvert)
    verifie(a_lire)
    assert (a_lire.motif, a_lire.unite, a_lire.acquis.unite) == ("attestation_de_blocs", "U31", "U31")
    libre = dispense_demandee(replace(demande, libre=True), ouvert)
    assert libre.motif == "unite_absente_de_la_specialite"
    assert dispense_demandee(demande, ferme).motif == "attestation_de_blocs_fermee"
