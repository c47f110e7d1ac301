"""« Cette pièce ne me concerne pas »: declared on honour, sent like a piece, accepted or refused by the office."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.justificatifs import queries
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.controle import ActeRefuse, PieceChangee
from registre.justificatifs.models import DecisionDePiece, DemandeDuService, FichierDepose, PieceJustificative
from registre.justificatifs.reservations import PieceReservee
from registre.justificatifs.usecases.accept_non_concerne import accept_non_concerne
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.declare_non_concerne import declare_non_concerne
from registre.justificatifs.usecases.deposit_piece import deposit_piece
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.refuse_non_concerne import refuse_non_concerne
from registre.justificatifs.usecases.refuse_piece import refuse_piece
from registre.justificatifs.usecases.request_piece import request_piece
from registre.justificatifs.usecases.reserve_piece import reserve_piece
from registre.justificatifs.usecases.withdraw_non_concerne import withdraw_non_concerne
from tests.inscription.scenario import LE, connecter, creer_candidat, enregistrer, remplir
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    candidature_de,
    creer_agent,
    deposer,
    dossier,
    envoyer,
    jpeg,
    ligne,
    piece,
    refuser,
    texte,
    vu,
)
from tests.justificatifs.test_concurrence import REFUS, a_la_fois
from tests.justificatifs.test_demandes import DERNIERE, codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heure")]
ACADEMIE = "clermont-ferrand"
CLE = "demande-1"
DIT = "Je suis né à l’étranger et je n’ai pas de livret de famille."


@pytest.fixture
def demande(candidat, agent) -> DemandeDuService:
    return request_piece(
        agent,
        candidature_de(candidat),
        titre="Copie du livret de famille",
        raison="Votre nom d’usage n’est pas prouvé.",
        derniere=DERNIERE,
        bloquante=True,
        non_concerne=True,
        le=LE,
    )


def declarer(compte: Any, dit: str = DIT, cle: str = CLE, **k: Any) -> PieceJustificative:
    return declare_non_concerne(compte, principal(), cle, dit, **({"le": LE} | k))


def accepter(agent: Any, compte: Any, **k: Any) -> DecisionDePiece:
    return accept_non_concerne(agent, candidature_de(compte), CLE, **(vu(compte, CLE) | k), le=LE)


def exiger(agent: Any, compte: Any, commentaire: str = "Le livret existe aussi à l’étranger.", **k: Any) -> Any:
    return refuse_non_concerne(
        agent, candidature_de(compte), CLE, **(vu(compte, CLE) | k), commentaire=commentaire, le=LE
    )


def actes() -> list[str]:
    return list(
        Evenement.objects.filter(acte__startswith="non_concerne").order_by("pk").values_list("acte", flat=True)
    )


# --- Declaring ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("L-71")
def test_a_declaration_counts_as_provided_is_sent_and_queued(candidat, demande):
    declarer(candidat)
    declarer(candidat)
    assert actes() == ["non_concerne_declare"]
    assert DIT not in str(list(Evenement.objects.values_list("details", flat=True)))
    vue = piece(candidat, CLE)
    assert (vue.etat, vue.declaration, vue.manque, vue.envoyee) == ("declaree", DIT, False, False)
    assert envoyer(candidat, CLE).pieces == (CLE,)
    assert [p.cle for p in queries.a_controler(ACADEMIE)] == [CLE]
    with pytest.raises(DepotRefuse) as refus:
        declarer(candidat, "Autre chose.")
    assert codes(refus) == ["regroupement_envoye"]
    assert declarer(candidat).envoyee_le is not None  # the retry of what is already there


@pytest.mark.passages("L-71")
@pytest.mark.parametrize(
    ("dit", "code"),
    [("", "declaration_manquante"), (" \n ", "declaration_manquante"), ("x" * 301, "declaration_trop_longue")],
)
def test_a_declaration_says_why_in_a_sentence(candidat, demande, dit, code):
    with pytest.raises(DepotRefuse) as refus:
        declarer(candidat, dit)
    assert codes(refus) == [code]
    assert not PieceJustificative.objects.filter(cle=CLE).exists()


@pytest.mark.passages("L-71", "L-44")
def test_only_a_piece_that_leaves_a_doubt_may_be_declared(candidat, agent, demande):
    with pytest.raises(DepotRefuse) as refus:
        declarer(candidat, cle="identite")
    assert codes(refus) == ["non_concerne_impossible"]
    permises = {p.cle for p in principal().pieces.liste if p.non_concerne}
    assert permises == {"jdc", "assiduite-distance"}


@pytest.mark.passages("L-71")
def test_one_changes_his_mind_until_the_sending(candidat, demande):
    declarer(candidat)
    declarer(candidat, "Mieux dit.")
    assert piece(candidat, CLE).declaration == "Mieux dit."
    assert withdraw_non_concerne(candidat, principal(), CLE, le=LE)
    assert not withdraw_non_concerne(candidat, principal(), CLE, le=LE)
    assert (piece(candidat, CLE).etat, piece(candidat, CLE).declaration) == ("aucune", "")
    declarer(candidat)
    deposer(candidat, CLE)  # a file takes the place of the declaration
    assert (piece(candidat, CLE).etat, piece(candidat, CLE).declaration) == ("deposee", "")
    with pytest.raises(DepotRefuse) as refus:
        declarer(candidat)
    assert codes(refus) == ["fichier_a_supprimer"]
    assert actes() == ["non_concerne_declare", "non_concerne_declare", "non_concerne_retire", "non_concerne_declare"]


@pytest.mark.passages("L-71", "L-08")
def test_the_window_of_the_piece_holds_for_a_declaration_too(candidat, demande):
    declarer(candidat, le=FIN_DU_DEPOT + timedelta(days=1))
    with pytest.raises(DepotRefuse):
        declarer(candidat, "Trop tard.", le=demande.echeance)
    with pytest.raises(DepotRefuse):
        withdraw_non_concerne(candidat, principal(), CLE, le=demande.echeance)
    assert piece(candidat, CLE, demande.echeance).declaration == DIT


# --- Answering ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("L-71", "L-67")
def test_accepted_it_satisfies_the_piece_and_locks_it(candidat, agent, demande):
    declarer(candidat)
    envoyer(candidat, CLE)
    decision = accepter(agent, candidat)
    assert (decision.etat, decision.raison, decision.commentaire, decision.fichiers) == (
        "conforme",
        "non-concerne",
        DIT,
        [],
    )
    vue = piece(candidat, CLE)
    assert (vue.statut, vue.etat, vue.commentaire) == ("Non concerné", "conforme", "")
    assert vue.validee_le == vue.dispensee_le == LE
    assert not dossier(candidat, demande.echeance).piece(CLE).manque
    assert actes()[-1] == "non_concerne_accepte"
    for acte in (lambda: deposer(candidat, CLE), lambda: declarer(candidat, "Autre.")):
        with pytest.raises(DepotRefuse) as refus:
            acte()
        assert codes(refus) == ["piece_conforme"]
    with pytest.raises(ActeRefuse) as refus_du_service:
        accepter(agent, candidat)
    assert codes(refus_du_service) == ["rien_de_declare"]


@pytest.mark.passages("L-71", "L-52")
def test_refused_with_a_comment_the_piece_is_asked_again(candidat, agent, demande):
    declarer(candidat)
    envoyer(candidat, CLE)
    with pytest.raises(ActeRefuse) as refus:
        exiger(agent, candidat, "  ")
    assert codes(refus) == ["commentaire_manquant"]
    exiger(agent, candidat)
    vue = piece(candidat, CLE)
    assert (vue.etat, vue.commentaire) == ("non_conforme", "Le livret existe aussi à l’étranger.")
    assert vue.manque
    deposer(candidat, CLE)
    vue = piece(candidat, CLE)
    assert (vue.declaration, vue.dernier_refus) == ("", "Le livret existe aussi à l’étranger.")
    envoyer(candidat, CLE)
    assert ligne(candidat, CLE).non_concerne_le is None
    assert actes()[-1] == "non_concerne_refuse"


@pytest.mark.passages("L-71")
def test_after_a_refusal_one_may_explain_better(candidat, agent, demande):
    declarer(candidat)
    envoyer(candidat, CLE)
    exiger(agent, candidat)
    declarer(candidat, "Le livret a brûlé, et la mairie n’en fait pas d’autre.")
    envoyer(candidat, CLE)
    accepter(agent, candidat)
    assert [d.etat for d in DecisionDePiece.objects.order_by("pk")] == ["non_conforme", "conforme"]


@pytest.mark.passages("L-71")
def test_the_office_answers_only_what_was_sent_and_never_judges_it_as_a_file(candidat, agent, demande):
    declarer(candidat)
    for acte in (accepter, exiger):
        with pytest.raises(ActeRefuse) as refus:
            acte(agent, candidat)
        assert codes(refus) == ["regroupement_non_envoye"]
    envoyer(candidat, CLE)
    page = vu(candidat, CLE)
    for act, plus in ((accept_piece, {}), (refuse_piece, {"raison": "illisible"})):
        with pytest.raises(ActeRefuse) as refus:
            act(agent, candidature_de(candidat), CLE, **page, **plus, le=LE)
        assert codes(refus) == ["declaration_a_juger"]
    assert not DecisionDePiece.objects.exists()


@pytest.mark.passages("L-71")
def test_a_paper_or_a_later_refusal_takes_the_place_of_the_declaration(candidat, agent, demande):
    declarer(candidat)
    envoyer(candidat, CLE)
    accepter(agent, candidat)
    refuser(agent, candidat, CLE)
    vue = piece(candidat, CLE)
    assert (vue.statut, vue.declaration, vue.dispensee_le) == ("Non conforme", "", None)
    declarer(candidat)
    receive_piece(agent, candidature_de(candidat), CLE, **vu(candidat, CLE), le=LE)
    assert (piece(candidat, CLE).etat, piece(candidat, CLE).declaration) == ("recue", "")


def test_another_académie_a_stale_page_or_another_officer_stop_the_answer(candidat, agent, demande):
    declarer(candidat)
    envoyer(candidat, CLE)
    with pytest.raises(PermissionDenied):
        accepter(creer_agent("ailleurs@exemple.fr", academie="lyon"), candidat)
    with pytest.raises(PieceChangee):
        accepter(agent, candidat, revision=0)
    autre = creer_agent("autre@exemple.fr")
    reserve_piece(autre, ligne(candidat, CLE), maintenant=timezone.now())
    for acte in (accepter, exiger):
        with pytest.raises(PieceReservee):
            acte(agent, candidat)
    assert ligne(candidat, CLE).etat == "declaree"


@pytest.mark.passages("F28")
@pytest.mark.django_db(transaction=True)
def test_two_officers_and_a_candidate_at_once_give_one_answer(candidat, agent, demande):
    autre = creer_agent("autre@exemple.fr")
    candidature, octets = candidature_de(candidat), jpeg("livret")
    for _ in range(int(os.environ.get("REGISTRE_ENTRELACEMENTS", "20")) // 2):
        for modele in (DecisionDePiece, FichierDepose, PieceJustificative):
            modele.objects.all().delete()
        declarer(candidat)
        envoyer(candidat, CLE)
        page = vu(candidat, CLE)
        resultats = a_la_fois(
            lambda page=page: accept_non_concerne(agent, candidature, CLE, **page, le=LE),
            lambda page=page: refuse_non_concerne(autre, candidature, CLE, **page, commentaire="Non.", le=LE),
            lambda: deposit_piece(candidat, principal(), CLE, "livret.jpg", octets, le=LE),
        )
        jugements = [r for r in resultats[:2] if not isinstance(r, REFUS)]
        assert len(jugements) == 1
        assert DecisionDePiece.objects.count() == 1
        lue = ligne(candidat, CLE)
        depose = not isinstance(resultats[2], REFUS)
        assert depose == (lue.etat == "deposee")
        if depose:
            assert jugements[0].etat == "non_conforme"
        else:
            assert lue.etat == jugements[0].etat


# --- The pages ---------------------------------------------------------------------------------------------------


def adresse(nom: str, **plus: Any) -> str:
    cadre = principal()
    return reverse(nom, kwargs={"academie": cadre.academie, "session": cadre.session, "examen": cadre.examen, **plus})


def du_service(compte: Any) -> str:
    return reverse(
        "controle_piece", kwargs={"academie": ACADEMIE, "numero": candidature_de(compte).numero, "piece": CLE}
    )


@pytest.mark.passages("L-71", "pieces.mes-justificatifs")
def test_the_candidate_declares_reads_it_back_withdraws_and_sends(candidat, agent, demande):
    client = connecter(candidat)
    page = client.get(adresse("justificatifs"))
    assert texte(page).count("Cette pièce ne me concerne pas<") == 1  # only on the piece that leaves a doubt
    rate = client.post(adresse("non_concerne", piece=CLE), {"dit": "x" * 301})
    assert rate.status_code == 200
    assert "x" * 301 in texte(rate)
    assert "Raccourcissez votre phrase" in texte(rate)
    faite = client.post(adresse("non_concerne", piece=CLE), {"dit": DIT}, follow=True)
    assert DIT in texte(faite)
    assert "Vous avez déclaré que cette pièce ne vous concerne pas." in texte(faite)
    retiree = client.post(adresse("non_concerne", piece=CLE), {"geste": "retirer"}, follow=True)
    assert "Votre déclaration est retirée" in texte(retiree)
    client.post(adresse("non_concerne", piece=CLE), {"dit": DIT})
    envoi = client.post(adresse("envoyer_regroupement", regroupement=CLE), follow=True)
    assert "Le service n’a pas encore répondu." in texte(envoi)
    accepter(agent, candidat)
    fini = texte(client.get(adresse("justificatifs")))
    assert "Le service a accepté votre déclaration." in fini
    assert ">Non concerné<" in fini
    assert client.get(adresse("non_concerne", piece=CLE)).status_code == 302
    assert client.post(adresse("non_concerne", piece="passeport"), {"dit": DIT}).status_code == 404


@pytest.mark.passages("L-71")
def test_the_officer_reads_the_declaration_refuses_with_words_then_accepts(bureau, candidat, demande):
    declarer(candidat)
    assert "Attendez son envoi" in texte(bureau.get(du_service(candidat)))
    envoyer(candidat, CLE)
    file = texte(bureau.get(f"/gestion/{ACADEMIE}/controle/"))
    assert "Copie du livret de famille" in file
    assert "Déclaré non concerné" in file
    page = bureau.get(du_service(candidat))
    assert DIT in texte(page)
    assert "Accepter la déclaration" in texte(page)
    cache = {"revision": page.context["piece"].revision, "version": 1, "vu": page.context["vu"]}
    rate = bureau.post(du_service(candidat), cache | {"action": "exiger", "commentaire": ""})
    assert rate.context["saisies"].declaration.errors["commentaire"]
    bureau.post(du_service(candidat), cache | {"action": "exiger", "commentaire": "Il vous concerne."})
    assert piece(candidat, CLE).commentaire == "Il vous concerne."
    perimee = bureau.post(du_service(candidat), cache | {"action": "dispenser"})
    assert perimee.status_code == 409
    declarer(candidat, "Il a brûlé.")
    envoyer(candidat, CLE)
    page = bureau.get(du_service(candidat))
    assert "Non concerné, refusé" in texte(page)
    cache = {"revision": page.context["piece"].revision, "version": 1, "vu": page.context["vu"]}
    acceptee = bureau.post(du_service(candidat), cache | {"action": "dispenser"}, follow=True)
    assert "la déclaration est acceptée" in texte(acceptee)
    assert "Non concerné, accepté" in texte(acceptee)


@pytest.mark.passages("L-71", "pieces.statut.par-le-gestionnaire")
def test_once_accepted_no_file_is_judged_and_the_officer_may_come_back_on_it(bureau, agent, candidat, demande):
    declarer(candidat)
    envoyer(candidat, CLE)
    accepter(agent, candidat)
    page = bureau.get(du_service(candidat))
    assert not {"accepter", "refuser", "recevoir"} & set(re.findall(r'name="action" value="(\w+)"', texte(page)))
    assert "Revenir sur cette décision" in texte(page)
    cache = {"action": "exiger", "revision": page.context["piece"].revision, "version": 1, "vu": page.context["vu"]}
    muette = bureau.post(du_service(candidat), cache | {"commentaire": " "})
    assert muette.context["saisies"].declaration.errors["commentaire"]
    assert piece(candidat, CLE).dispensee_le
    revenue = bureau.post(du_service(candidat), cache | {"commentaire": "La mairie vous en donne un."}, follow=True)
    assert "la déclaration est refusée" in texte(revenue)
    vue = piece(candidat, CLE)
    assert (vue.statut, vue.commentaire, vue.dispensee_le) == ("Non conforme", "La mairie vous en donne un.", None)
    assert vue.motif_deposer is None
    assert actes() == ["non_concerne_declare", "non_concerne_accepte", "non_concerne_refuse"]
    assert [d.etat for d in DecisionDePiece.objects.order_by("pk")] == ["conforme", "non_conforme"]


@pytest.mark.passages("conditions.recensement-jdc", "L-43", "L-71")
def test_a_declaration_against_the_recorded_answers_is_shown_with_them(bureau, agent, demande, candidat):
    jeune = creer_candidat("jeune@exemple.fr", date_de_naissance=date(2004, 5, 2))
    client = connecter(jeune)
    remplir(client, candidature={"preuve_jdc": "attestation-provisoire"})
    enregistrer(client)
    declarer(jeune, cle="jdc")
    envoyer(jeune, "jdc")
    numero = candidature_de(jeune).numero
    page = bureau.get(reverse("controle_piece", kwargs={"academie": ACADEMIE, "numero": numero, "piece": "jdc"}))
    contraires = re.search(r"data-contraires>.*?</ul>", texte(page), re.DOTALL)[0]
    assert "Ses réponses enregistrées disent le contraire." in contraires
    assert re.findall(r"<li>(.*?)</li>", contraires) == [
        "Nationalité française : oui",
        "Âge au premier enregistrement : 21 ans",
    ]
    declarer(candidat)  # what the office asked for comes from no answer
    envoyer(candidat, CLE)
    assert "data-contraires" not in texte(bureau.get(du_service(candidat)))
