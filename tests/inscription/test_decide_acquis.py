"""The office decides what the rules leave to it: recorded once, beside the version, read by everybody concerned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.inscription.instruction import ligne_de_json, ligne_en_json
from registre.inscription.models import Candidature, DecisionDAcquis, PieceDemandee
from registre.inscription.pieces import examen_de
from registre.inscription.usecases.decide_acquis import DecisionRefusee, decide_acquis
from registre.inscription.usecases.withdraw_candidature import withdraw_candidature
from registre.regles.acquis import LigneAcquis
from registre.regles.vocabulaire import EtatUnite, MotifAcquis, Octroi
from tests.inscription.scenario import LE, adresse, connecter, heure_du_registre
from tests.inscription.test_concurrence import en_parallele
from tests.justificatifs.scenario import candidat_inscrit, candidature_de, creer_agent, modifier, texte

A_INSTRUIRE = {
    "acquis": {"possibilites": ["diplome"], "d0_diplome": "bac-technologique", "d0_u_langue-vivante-b": "oui"}
}
LVB = LigneAcquis(motif=MotifAcquis.DIPLOME, unite="langue-vivante-b", diplome="bac-technologique")
VAE_DE_2015 = LigneAcquis(motif=MotifAcquis.VAE, unite="francais", annee=2015)
MOTIF = "Le relevé du baccalauréat porte cette langue."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def agent():
    return creer_agent()


@pytest.fixture
def candidat():
    return candidat_inscrit(**A_INSTRUIRE)


@pytest.fixture
def candidature(candidat):
    return candidature_de(candidat)


def decider(agent, candidature, ligne=LVB, sens="accorder", motif=MOTIF, le=LE, **plus):
    return decide_acquis(agent, candidature, ligne, sens=sens, motif=motif, le=le, **plus)


def etats(candidature):
    candidature = Candidature.objects.get(pk=candidature.pk)
    version = candidature.versions.get(numero=candidature.derniere_version)
    return examen_de(candidature, version, candidature.compte, principal()).epreuves.etats


def pieces(candidature):
    return set(PieceDemandee.objects.filter(candidature=candidature).values_list("cle", flat=True))


@pytest.mark.passages("annexe1.tableau.etoile", "annexe1.dispense.effet", "L-48")
def test_a_claim_granted_is_written_once_and_changes_no_version(agent, candidature):
    avant = list(candidature.versions.values())
    assert etats(candidature)["langue-vivante-b"] is EtatUnite.INSCRIT
    decision = decider(agent, candidature)
    assert (decision.accordee, decision.motif, decision.par, decision.le) == (True, MOTIF, agent, LE)
    assert etats(candidature)["langue-vivante-b"] is EtatUnite.DISPENSE
    assert list(candidature.versions.values()) == avant
    candidature.refresh_from_db()
    assert candidature.derniere_version == 1
    ligne = Evenement.objects.get(acte="acquis_accorde")
    assert (ligne.acteur, ligne.objet) == (agent, f"candidature:{candidature.numero}")
    assert ligne.details["motif"] == MOTIF
    courriel = Courriel.objects.get(cle=f"acquis:{decision.pk}")
    assert courriel.destinataire == candidature.compte.email
    assert "langue" not in courriel.texte.lower()
    assert MOTIF not in courriel.texte


def test_a_claim_refused_leaves_the_unit_to_be_sat_and_asks_no_more_for_its_pieces(agent, candidature):
    assert {"diplome", "releve-notes-diplome"} <= pieces(candidature)
    decider(agent, candidature, sens="refuser", motif="Le relevé ne porte qu’une langue.")
    assert etats(candidature)["langue-vivante-b"] is EtatUnite.INSCRIT
    assert not {"diplome", "releve-notes-diplome"} & pieces(candidature)
    decider(agent, candidature, sens="accorder", motif=MOTIF, vue=DecisionDAcquis.objects.get().pk)
    assert etats(candidature)["langue-vivante-b"] is EtatUnite.DISPENSE
    assert {"diplome", "releve-notes-diplome"} <= pieces(candidature)
    assert [d.accordee for d in DecisionDAcquis.objects.order_by("pk")] == [False, True]


def test_a_double_click_writes_one_decision_one_line_one_mail(agent, candidature):
    premiere = decider(agent, candidature)
    assert decider(agent, candidature, le=LE + timedelta(seconds=1)) == premiere
    assert DecisionDAcquis.objects.count() == 1
    assert Evenement.objects.filter(acte="acquis_accorde").count() == 1
    assert Courriel.objects.filter(cle__startswith="acquis:").count() == 1


def test_who_has_not_seen_the_last_decision_does_not_replace_it(agent, candidature):
    decider(agent, candidature)
    autre = creer_agent("autre@exemple.fr", nom="Autre")
    with pytest.raises(DecisionRefusee) as refus:
        decider(autre, candidature, sens="refuser", motif="Relevé illisible.")
    assert [m.code for m in refus.value.motifs] == ["decidee_entre_temps"]
    assert DecisionDAcquis.objects.count() == 1


@pytest.mark.parametrize(
    ("sens", "motif", "codes"),
    [("", " ", ["decision_a_choisir", "motif_a_dire"]), ("accorder", "x" * 601, ["motif_trop_long"])],
)
def test_a_decision_without_its_sense_or_its_reason_writes_nothing(agent, candidature, sens, motif, codes):
    avant = (Evenement.objects.count(), Courriel.objects.count())
    with pytest.raises(DecisionRefusee) as refus:
        decider(agent, candidature, sens=sens, motif=motif)
    assert [m.code for m in refus.value.motifs] == codes
    assert not DecisionDAcquis.objects.exists()
    assert (Evenement.objects.count(), Courriel.objects.count()) == avant


@pytest.mark.passages("S25")
def test_an_officer_of_another_academie_and_a_candidate_decide_nothing(candidat, candidature):
    for etranger in (creer_agent("lyon@exemple.fr", academie="lyon"), candidat):
        with pytest.raises(PermissionDenied):
            decider(etranger, candidature)
    assert not DecisionDAcquis.objects.exists()


@pytest.mark.passages("L-49")
def test_nothing_is_decided_on_a_withdrawn_candidature(agent, candidat, candidature):
    withdraw_candidature(candidat, principal(), le=LE)
    with pytest.raises(DecisionRefusee) as refus:
        decider(agent, candidature)
    assert [m.code for m in refus.value.motifs] == ["candidature_inactive"]


@pytest.mark.passages("L-30")
def test_a_decision_makes_no_new_version_and_follows_the_claim_into_the_next_ones(agent, candidat, candidature):
    decider(agent, candidature)
    page = texte(connecter(candidat).get(adresse("etape", etape="recapitulatif")))
    assert "Tout est enregistré" in page
    assert modifier(candidat) == 2
    assert etats(candidature)["langue-vivante-b"] is EtatUnite.DISPENSE
    assert modifier(candidat, "acquis", possibilites=["aucun"]) == 3
    assert etats(candidature)["langue-vivante-b"] is EtatUnite.INSCRIT


@pytest.mark.passages("annexe1.dispense.vae", "L-04")
def test_an_old_vae_is_granted_by_the_office_for_this_session_with_no_piece_more(agent, candidature):
    avant = pieces(candidature)
    decider(agent, candidature, VAE_DE_2015, octroi=Octroi.VAE_ANCIENNE, motif="Admise, D. 337-71.")
    assert etats(candidature)["francais"] is EtatUnite.DISPENSE
    assert pieces(candidature) == avant
    derniere = DecisionDAcquis.objects.get()
    decider(
        agent, candidature, VAE_DE_2015, octroi=Octroi.VAE_ANCIENNE, sens="refuser", motif="Erreur.", vue=derniere.pk
    )
    assert etats(candidature)["francais"] is EtatUnite.INSCRIT


@pytest.mark.passages("R10", "L-47")
def test_a_european_certification_is_granted_for_a_general_unit_only(agent, candidature):
    ligne = LigneAcquis(motif=MotifAcquis.DIPLOME, unite="mathematiques")
    decider(agent, candidature, ligne, octroi=Octroi.DIPLOME_EUROPEEN, motif="Diplôme italien, français B2.")
    assert etats(candidature)["mathematiques"] is EtatUnite.DISPENSE
    with pytest.raises(DecisionRefusee) as refus:
        decider(agent, candidature, LigneAcquis(motif=MotifAcquis.DIPLOME, unite="U2"), octroi=Octroi.DIPLOME_EUROPEEN)
    assert [(m.champ, m.code) for m in refus.value.motifs] == [("unite", "octroi_impossible")]


def test_the_database_refuses_a_decision_without_a_reason(agent, candidature):
    decision = decider(agent, candidature)
    decision.pk, decision.motif = None, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save()


@pytest.mark.parametrize("ligne", [LVB, VAE_DE_2015, LigneAcquis(motif=MotifAcquis.BENEFICE, unite="x", libre=True)])
def test_a_line_is_kept_whole(ligne):
    assert ligne_de_json(ligne_en_json(ligne)) == ligne


# --- What is read of it -------------------------------------------------------------------------------


def test_the_candidate_reads_the_decision_its_day_its_reason_and_its_effect(agent, candidat, candidature):
    client = connecter(candidat)
    assert "Ce que le service a décidé" not in texte(client.get(adresse("candidature")))
    decider(agent, candidature)
    for nom, cles in (("candidature", {}), ("etape", {"etape": "acquis"}), ("etape", {"etape": "recapitulatif"})):
        page = texte(client.get(adresse(nom, **cles)))
        assert "Ce que le service a décidé" in page
        assert "accordé le lundi 20 octobre 2025" in re.sub(r"<[^>]*>", "", page)
        assert MOTIF in page
    page = texte(client.get(adresse("pourquoi")))
    assert "Accordée par le service." in page
    assert f"Le service a accordé cette demande, le lundi 20 octobre 2025. Son motif : « {MOTIF[:-1]} »." in page
    assert "Vous ne passez pas cette épreuve" in page


def test_the_candidate_reads_a_refusal(agent, candidat, candidature):
    decider(agent, candidature, sens="refuser", motif="Le relevé ne porte qu’une langue.")
    page = texte(connecter(candidat).get(adresse("pourquoi")))
    assert "Refusée par le service." in page
    assert "Le relevé ne porte qu’une langue" in page
    assert "le service étudie votre demande" not in page


def test_explain_candidature_tells_the_decision(agent, candidature, capsys):
    decider(agent, candidature)
    call_command("explain_candidature", candidature.numero)
    assert MOTIF[:-1] in capsys.readouterr().out


def test_reading_the_decisions_costs_the_same_whatever_their_number(agent, candidat, candidature):
    client = connecter(candidat)

    def requetes():
        with CaptureQueriesContext(connection) as lues:
            client.get(adresse("candidature"))
        return len(lues)

    decider(agent, candidature)
    requetes()  # the first page of a session reads more
    une = requetes()
    decider(agent, candidature, VAE_DE_2015, octroi=Octroi.VAE_ANCIENNE, motif="Admise.")
    assert requetes() == une


# --- The page of the office ---------------------------------------------------------------------------


@pytest.fixture
def bureau(gestionnaire, connecter):
    return connecter(gestionnaire)


def page_des_acquis(candidature):
    return reverse("gestion_acquis", kwargs={"academie": "clermont-ferrand", "numero": candidature.numero})


def formulaire(page):
    return {nom: re.search(rf'name="{nom}" value="([^"]*)"', page)[1] for nom in ("demande", "vue")}


@pytest.mark.passages("L-03", "L-48", "L-61")
def test_the_officer_sees_the_claim_decides_it_and_finds_it_decided(bureau, candidature):
    fiche = reverse("gestion_candidature", kwargs={"academie": "clermont-ferrand", "numero": candidature.numero})
    assert "1 demande à instruire." in texte(bureau.get(fiche))
    page = texte(bureau.get(page_des_acquis(candidature)))
    assert "Cette dispense vaut si votre diplôme comportait l’épreuve." in page
    envoi = formulaire(page) | {"sens": "accorder", "motif": MOTIF}
    reponse = bureau.post(page_des_acquis(candidature), envoi, follow=True)
    assert reponse.redirect_chain == [(page_des_acquis(candidature), 302)]
    assert "C’est accordé." in texte(reponse)
    assert "Décider de nouveau" in texte(reponse)
    apres = texte(bureau.get(fiche))
    assert "Aucune demande n’attend de décision." in apres
    assert MOTIF in apres
    assert "Acquis accordé" in apres
    assert "Une décision du service sur vos acquis" in apres
    bureau.post(page_des_acquis(candidature), envoi)  # the back button, and once more
    assert DecisionDAcquis.objects.count() == 1


def test_an_error_is_said_next_to_its_field_and_keeps_what_was_typed(bureau, candidature):
    page = texte(bureau.get(page_des_acquis(candidature)))
    reponse = bureau.post(page_des_acquis(candidature), formulaire(page) | {"sens": "refuser", "motif": "x" * 601})
    assert reponse.status_code == 200
    page = texte(reponse)
    assert "Le motif a 601 caractères." in page
    assert "x" * 601 in page
    assert re.search(r'value="refuser"[^>]* checked', page)
    assert "<title>Erreur" in page.replace("\n", "")
    assert not DecisionDAcquis.objects.exists()


@pytest.mark.passages("L-04", "L-11", "L-47")
def test_the_officer_grants_what_the_candidate_cannot_ask(bureau, candidature):
    vide = texte(bureau.post(page_des_acquis(candidature), {"demande": "accorder"}))
    assert "Choisissez ce que vous accordez." in vide
    assert "Écrivez le motif de votre décision." in vide
    envoi = {"demande": "accorder", "octroi": "vae-ancienne", "unite": "francais", "annee": "2015", "motif": "Admise."}
    reponse = bureau.post(page_des_acquis(candidature), envoi | {"note": "illisible"}, follow=True)
    assert "C’est accordé." in texte(reponse)
    assert etats(candidature)["francais"] is EtatUnite.DISPENSE
    refus = texte(bureau.post(page_des_acquis(candidature), envoi | {"annee": "2024", "unite": "mathematiques"}))
    assert "Elle se fait à l’étape 4." in refus
    refus = texte(
        bureau.post(page_des_acquis(candidature), envoi | {"octroi": "note-sous-10", "unite": "mathematiques"})
    )
    assert "Indiquez la note" in refus


def test_a_claim_that_is_no_longer_there_is_said(bureau, candidature):
    page = texte(bureau.post(page_des_acquis(candidature), {"demande": "0" * 16, "vue": "0", "sens": "accorder"}))
    assert "Cette demande n’est plus à décider" in page


@pytest.mark.passages("S23")
def test_the_page_of_another_academie_does_not_exist(connecter, candidature):
    lyon = connecter(creer_agent("lyon@exemple.fr", academie="lyon"))
    assert lyon.get(page_des_acquis(candidature)).status_code == 404
    ailleurs = page_des_acquis(candidature).replace("clermont-ferrand", "lyon")
    assert lyon.get(ailleurs).status_code == 404
    assert lyon.post(ailleurs, {"demande": "accorder"}).status_code == 404


@pytest.mark.passages("P14")
def test_reading_the_page_is_written_in_the_journal(bureau, candidature, gestionnaire):
    bureau.get(page_des_acquis(candidature))
    assert Evenement.objects.filter(acte="candidature_consultee", acteur=gestionnaire).count() == 1


# --- At once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_decision():
    agents = [creer_agent(f"agent{n}@exemple.fr", nom=f"Agent {n}") for n in range(6)]
    candidature = candidature_de(candidat_inscrit(**A_INSTRUIRE))

    def acte(n):
        with heure_du_registre(LE):
            try:
                return decider(agents[n], candidature, sens=("accorder", "refuser")[n % 2], motif=f"Motif {n}.")
            except DecisionRefusee as refus:
                return [m.code for m in refus.motifs]

    rendus = en_parallele(acte, 6)
    assert DecisionDAcquis.objects.count() == 1
    assert rendus.count(["decidee_entre_temps"]) == 5
    assert Evenement.objects.filter(acte__startswith="acquis_").count() == 1
