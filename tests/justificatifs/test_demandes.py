"""A piece asked later by the office: its acts, its window, what the candidate sees, what the lists count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.gestion.listes import etats_des_pieces, filtrer
from registre.inscription.models import Candidature, PieceDemandee
from registre.justificatifs import queries
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.controle import ActeRefuse
from registre.justificatifs.models import DemandeDuService
from registre.justificatifs.usecases.extend_request import extend_request
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.remind_pieces import remind_pieces
from registre.justificatifs.usecases.request_piece import request_piece
from registre.justificatifs.usecases.withdraw_request import withdraw_request
from tests.comptes.facteur import connecter_agent
from tests.inscription.scenario import LE, connecter
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    accepter,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    dossier,
    envoyer,
    jpeg,
    ligne,
    modifier,
    piece,
    refuser,
    texte,
    tout_fournir,
    vu,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heure")]
ACADEMIE = "clermont-ferrand"
INSECABLE = "\u00a0"
RAISON = "Votre carte arrive à sa fin avant l’examen."
DERNIERE = date(2025, 11, 20)  # after the end of the deposit
ECHEANCE = datetime(2025, 11, 21, tzinfo=ZoneInfo("Europe/Paris"))
CLE = "demande-1"


def demander(agent: Any, compte: Any, **champs: Any) -> DemandeDuService:
    voulu = {"titre": "Copie du livret de famille", "raison": RAISON, "derniere": DERNIERE, "bloquante": True}
    return request_piece(agent, candidature_de(compte), **(voulu | {"le": LE} | champs))


def codes(refus: Any) -> list[str]:
    return [m.code for m in refus.value.motifs]


def actes() -> list[str]:
    return list(
        Evenement.objects.filter(acte__in=("piece_demandee", "demande_prolongee", "demande_retiree"))
        .order_by("pk")
        .values_list("acte", flat=True)
    )


# --- Asking ------------------------------------------------------------------------------------------------------


@pytest.mark.passages("L-70")
def test_a_request_opens_its_own_window_and_the_candidate_is_told_by_a_mail_that_names_no_piece(candidat, agent):
    demande = demander(agent, candidat)
    assert (demande.cle, demande.echeance, demande.par) == (CLE, ECHEANCE, agent)
    vue = piece(candidat, CLE, LE)
    assert vue.requise
    assert vue.motif_deposer is None
    assert vue.manque
    groupe = dossier(candidat).regroupement(CLE)
    assert groupe is not None
    assert groupe.titre == f"Demandé par le service{INSECABLE}: Copie du livret de famille"
    assert groupe.libelle == "Demandé par le service"
    [courriel] = Courriel.objects.filter(cle__startswith="demande:")
    assert courriel.destinataire == candidat.email
    assert "20 novembre 2025" in courriel.texte.replace(INSECABLE, " ")
    assert "livret" not in courriel.sujet + courriel.texte + courriel.html
    assert "carte" not in courriel.texte
    [evenement] = Evenement.objects.filter(acte="piece_demandee")
    assert evenement.acteur == agent
    assert evenement.details["raison"] == RAISON


@pytest.mark.passages("L-70")
def test_the_same_form_sent_twice_makes_one_request_one_mail_and_one_line(candidat, agent):
    premiere, seconde = demander(agent, candidat), demander(agent, candidat)
    assert premiere == seconde
    assert DemandeDuService.objects.count() == 1
    assert Courriel.objects.filter(cle__startswith="demande:").count() == 1
    assert actes() == ["piece_demandee"]


@pytest.mark.passages("L-70")
@pytest.mark.parametrize(
    ("champs", "attendus"),
    [
        ({"titre": "  "}, ["titre_manquant"]),
        ({"titre": "x" * 121}, ["titre_trop_long"]),
        ({"raison": " "}, ["raison_manquante"]),
        ({"raison": "x" * 301}, ["raison_trop_longue"]),
        ({"derniere": None}, ["echeance_manquante"]),
        ({"derniere": LE.date()}, ["echeance_trop_proche"]),
        ({"titre": "", "raison": "", "derniere": None}, ["titre_manquant", "raison_manquante", "echeance_manquante"]),
        ({"modele": "inconnue"}, ["piece_non_demandee"]),
        ({"modele": "identite", "titre": ""}, ["piece_deja_demandee"]),
    ],
)
def test_a_wrong_request_is_refused_whole_and_writes_nothing(candidat, agent, champs, attendus):
    avant = Evenement.objects.count(), Courriel.objects.count()
    with pytest.raises(ActeRefuse) as refus:
        demander(agent, candidat, **champs)
    assert codes(refus) == attendus
    assert not DemandeDuService.objects.exists()
    assert (Evenement.objects.count(), Courriel.objects.count()) == avant


@pytest.mark.passages("L-70")
def test_tomorrow_is_counted_in_paris(candidat, agent):
    soir = datetime(2025, 10, 20, 22, 30, tzinfo=ZoneInfo("UTC"))  # already the 21st in Paris
    with pytest.raises(ActeRefuse) as refus:
        demander(agent, candidat, derniere=date(2025, 10, 21), le=soir)
    assert codes(refus) == ["echeance_trop_proche"]
    assert demander(agent, candidat, derniere=date(2025, 10, 22), le=soir)


@pytest.mark.passages("L-70")
def test_a_piece_of_the_list_already_conforme_may_be_asked_again_with_what_it_proves(candidat, agent):
    deposer(candidat)
    envoyer(candidat)
    accepter(agent, candidat)
    demande = demander(agent, candidat, modele="identite", titre="")
    assert demande.libelle == "Document justifiant l’identité"
    vue = piece(candidat, demande.cle)
    assert vue.prouve == piece(candidat).prouve
    precisee = demander(agent, candidat, modele="identite", titre="Passeport valable en juin 2026")
    assert (precisee.libelle, precisee.modele) == ("Passeport valable en juin 2026", "identite")
    noms = {p.cle: p.libelle for p in dossier(candidat).cadre.pieces.liste}
    assert (noms[demande.cle], noms[precisee.cle]) == ("Document justifiant l’identité", precisee.libelle)
    offertes = {r.code for r in dossier(candidat).cadre.pieces.raisons_pour(demande.cle)}
    assert "identite-perimee" in offertes
    assert "non-signee" not in offertes


def test_requests_do_not_cross_académies_or_withdrawn_candidatures(candidat, agent):
    with pytest.raises(PermissionDenied):
        demander(creer_agent("ailleurs@exemple.fr", academie="lyon"), candidat)
    with pytest.raises(PermissionDenied):
        demander(candidat, candidat)
    demande = demander(agent, candidat)
    with pytest.raises(PermissionDenied):
        withdraw_request(
            creer_agent("autre@exemple.fr", academie="lyon"), candidature_de(candidat), demande.cle, le=LE
        )
    candidature = candidature_de(candidat)
    Candidature.objects.filter(pk=candidature.pk).update(etat=Candidature.Etat.RETIREE)
    with pytest.raises(ActeRefuse) as refus:
        request_piece(agent, candidature, titre="x", raison="y", derniere=DERNIERE, bloquante=True, le=LE)
    assert codes(refus) == ["candidature_inactive"]


# --- Providing ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("L-70", "L-52")
def test_it_is_deposited_after_the_end_of_the_deposit_sent_alone_and_controlled_like_another(candidat, agent):
    demander(agent, candidat)
    apres = FIN_DU_DEPOT + timedelta(days=2)
    with pytest.raises(DepotRefuse):
        deposer(candidat, "identite", le=apres)
    deposer(candidat, CLE, jpeg("livret"), nom="livret.jpg", le=apres)
    envoi = envoyer(candidat, CLE, le=apres)
    assert envoi.pieces == (CLE,)
    assert [p.cle for p in queries.a_controler(ACADEMIE)] == [CLE]
    refuser(agent, candidat, CLE, le=apres)
    deposer(candidat, CLE, jpeg("livret net"), nom="livret2.jpg", le=apres)
    envoyer(candidat, CLE, le=apres)
    accepter(agent, candidat, CLE, le=apres)
    assert ligne(candidat, CLE).etat == "conforme"
    with pytest.raises(DepotRefuse) as refus:
        deposer(candidat, CLE, jpeg("encore"), nom="x.jpg", le=apres)
    assert codes(refus) == ["piece_conforme"]


@pytest.mark.passages("L-70")
def test_after_its_date_it_closes_and_makes_the_dossier_incomplete_until_it_is_extended(candidat, agent):
    tout_fournir(candidat)
    demander(agent, candidat)
    assert not dossier(candidat, ECHEANCE - timedelta(seconds=1)).incomplet
    [motif] = dossier(candidat, ECHEANCE).incomplet
    assert motif.code == "demande_en_retard"
    assert "Copie du livret de famille" in motif.message
    with pytest.raises(DepotRefuse):
        deposer(candidat, CLE, le=ECHEANCE)
    demande = extend_request(agent, candidature_de(candidat), CLE, derniere=date(2025, 12, 1), le=ECHEANCE)
    assert extend_request(agent, candidature_de(candidat), CLE, derniere=date(2025, 12, 1), le=ECHEANCE) == demande
    assert actes() == ["piece_demandee", "demande_prolongee"]
    assert not dossier(candidat, ECHEANCE).incomplet
    deposer(candidat, CLE, le=ECHEANCE)
    with pytest.raises(ActeRefuse) as refus:
        extend_request(agent, candidature_de(candidat), CLE, derniere=date(2025, 11, 21), le=ECHEANCE)
    assert codes(refus) == ["echeance_trop_proche"]


@pytest.mark.passages("L-70")
def test_an_optional_piece_never_makes_the_dossier_incomplete_and_is_not_counted(candidat, agent):
    tout_fournir(candidat)
    demander(agent, candidat, bloquante=False)
    assert not dossier(candidat, ECHEANCE + timedelta(days=1)).incomplet
    assert piece(candidat, CLE).facultative
    assert dossier(candidat).nombres()["demandees"] == dossier(candidat).nombres()["fournies"] == 4
    candidature = candidature_de(candidat)
    assert etats_des_pieces([candidature])[candidature.pk].a_fournir == 0
    assert candidature not in filtrer(Candidature.objects.all(), "incomplet", ACADEMIE)
    deposer(candidat, CLE)
    envoyer(candidat, CLE)
    assert [p.cle for p in queries.a_controler(ACADEMIE)][-1] == CLE


@pytest.mark.passages("L-70")
def test_a_blocking_piece_is_in_the_lists_the_reminder_and_survives_versions_and_recalculation(candidat, agent):
    tout_fournir(candidat)
    with pytest.raises(ActeRefuse):
        remind_pieces(agent, candidature_de(candidat), "", le=LE)
    demander(agent, candidat)
    candidature = candidature_de(candidat)
    assert candidature in filtrer(Candidature.objects.all(), "incomplet", ACADEMIE)
    assert etats_des_pieces([candidature])[candidature.pk].a_fournir == 1
    relance = remind_pieces(agent, candidature, "", le=LE)
    points = relance.contenu["sections"][0]["points"]
    assert len(points) == 1
    assert points[0].startswith(f"Copie du livret de famille{INSECABLE}: demandée par le service, à déposer avant")
    modifier(candidat)
    call_command("recalculer_pieces")
    assert PieceDemandee.objects.filter(candidature=candidature, cle=CLE).exists()


# --- Withdrawing -------------------------------------------------------------------------------------------------


@pytest.mark.passages("L-70")
def test_a_withdrawn_request_is_no_longer_expected_and_what_was_deposited_stays_in_sight(candidat, agent):
    demander(agent, candidat)
    demander(agent, candidat, titre="Attestation de l’employeur")
    deposer(candidat, CLE)
    withdraw_request(agent, candidature_de(candidat), CLE, le=LE)
    withdraw_request(agent, candidature_de(candidat), "demande-2", le=LE)
    withdraw_request(agent, candidature_de(candidat), "demande-2", le=LE)
    assert actes() == ["piece_demandee", "piece_demandee", "demande_retiree", "demande_retiree"]
    assert Courriel.objects.filter(cle__startswith="demande:demande_retiree").count() == 2
    lu = dossier(candidat)
    assert [p.cle for p in lu.plus_demandees] == [CLE]
    assert lu.piece("demande-2") is None
    with pytest.raises(ActeRefuse) as refus:
        extend_request(agent, candidature_de(candidat), CLE, derniere=DERNIERE, le=LE)
    assert codes(refus) == ["demande_retiree"]
    # The same request may be made again: it is another one.
    assert demander(agent, candidat).cle == "demande-3"


def test_an_unknown_request_is_neither_extended_nor_withdrawn(candidat, agent):
    for acte in (
        lambda: extend_request(agent, candidature_de(candidat), CLE, derniere=DERNIERE, le=LE),
        lambda: withdraw_request(agent, candidature_de(candidat), CLE, le=LE),
    ):
        with pytest.raises(ActeRefuse) as refus:
            acte()
        assert codes(refus) == ["piece_non_demandee"]


@pytest.mark.passages("L-70", "pieces.non-dematerialisee")
def test_a_paper_may_answer_a_request(candidat, agent):
    demander(agent, candidat)
    receive_piece(agent, candidature_de(candidat), CLE, **vu(candidat, CLE), le=LE)
    assert not dossier(candidat, ECHEANCE + timedelta(days=1)).piece(CLE).manque
    assert ligne(candidat, CLE).etat == "recue"


# --- The pages ---------------------------------------------------------------------------------------------------


def demande_page(compte: Any) -> str:
    return reverse("controle_demande", kwargs={"academie": ACADEMIE, "numero": candidature_de(compte).numero})


def piece_page(compte: Any, cle: str = CLE) -> str:
    valeurs = {"academie": ACADEMIE, "numero": candidature_de(compte).numero, "piece": cle}
    return reverse("controle_piece", kwargs=valeurs)


def fiche(compte: Any) -> str:
    return reverse("gestion_candidature", kwargs={"academie": ACADEMIE, "numero": candidature_de(compte).numero})


SAISIE = {
    "modele": "",
    "titre": "Copie du livret de famille",
    "raison": RAISON,
    "echeance": "20/11/2025",
    "bloquante": "oui",
    "non_concerne": "oui",
}


@pytest.mark.passages("L-70")
def test_the_officer_asks_from_the_candidature_and_sees_the_request_there(bureau, candidat):
    assert demande_page(candidat) in texte(bureau.get(fiche(candidat)))
    page = bureau.post(demande_page(candidat), SAISIE, follow=True)
    assert page.redirect_chain[-1][0] == fiche(candidat)
    assert "Copie du livret de famille" in texte(page)
    assert "Obligatoire, demandée le" in texte(page)
    assert DemandeDuService.objects.get().non_concerne
    assert "Pièce demandée par le service" in texte(page)


def test_what_is_typed_wrong_is_kept_and_told_beside_each_field(bureau, candidat):
    page = bureau.post(demande_page(candidat), SAISIE | {"titre": "", "echeance": "31/02/2026", "raison": ""})
    formulaire = page.context["formulaire"]
    assert {c: [e["code"] for e in formulaire.errors.get_json_data()[c]] for c in formulaire.errors} == {
        "titre": ["titre_manquant"],
        "raison": ["raison_manquante"],
        "echeance": ["date_inexistante"],
    }
    assert 'value="31/02/2026"' in texte(page)
    assert not DemandeDuService.objects.exists()
    assert "Laissez à la personne au moins" in texte(
        bureau.post(demande_page(candidat), SAISIE | {"echeance": f"{LE:%d/%m/%Y}"})
    )


def test_the_officer_extends_and_withdraws_from_the_piece(bureau, candidat, agent):
    demander(agent, candidat)
    page = bureau.get(piece_page(candidat))
    assert "jusqu’au jeudi 20 novembre 2025 compris" in texte(page)
    assert RAISON in texte(page)
    faux = bureau.post(piece_page(candidat), {"action": "prolonger", "echeance": "hier"})
    assert "Écrivez le jour" in texte(faux)
    assert bureau.post(piece_page(candidat), {"action": "prolonger", "echeance": "01/12/2025"}).status_code == 302
    assert "lundi 1er décembre 2025" in texte(bureau.get(piece_page(candidat)))
    retrait = bureau.post(piece_page(candidat), {"action": "retirer"})
    assert retrait.url == fiche(candidat)
    assert bureau.get(piece_page(candidat)).status_code == 404
    assert "Demande d’une pièce retirée" in texte(bureau.get(fiche(candidat)))


def test_another_académie_finds_neither_the_form_nor_the_piece(candidat, agent):
    demander(agent, candidat)
    ailleurs = creer_agent("ailleurs@exemple.fr", academie="lyon")
    ailleurs.active_le = LE
    ailleurs.save(update_fields=["active_le"])
    client = connecter_agent(ailleurs)
    for chemin in (demande_page(candidat), piece_page(candidat)):
        assert client.get(chemin).status_code == 404
        assert client.post(chemin, SAISIE).status_code == 404
        assert client.get(chemin.replace(ACADEMIE, "lyon")).status_code == 404
        assert client.post(chemin.replace(ACADEMIE, "lyon"), SAISIE | {"action": "retirer"}).status_code == 404
    assert DemandeDuService.objects.get().retiree_le is None


def adresse_candidat(nom: str, **plus: Any) -> str:
    cadre = principal()
    valeurs = {"academie": cadre.academie, "session": cadre.session, "examen": cadre.examen}
    return reverse(nom, kwargs=valeurs | plus)


@pytest.mark.passages("L-70", "pieces.mes-justificatifs")
def test_the_candidate_sees_it_in_its_group_with_its_reason_and_its_date_and_provides_it(candidat, agent):
    demander(agent, candidat)
    demander(agent, candidat, titre="Lettre de l’employeur", bloquante=False)
    client = connecter(candidat)
    page = texte(client.get(adresse_candidat("justificatifs")))
    assert "Demandé par le service : Copie du livret de famille" in page
    assert RAISON in page
    assert page.count("À fournir au plus tard le jeudi 20 novembre 2025 à 23") == 2
    assert "Facultative" in page
    assert "Obligatoire" in page
    reste = client.get(adresse_candidat("justificatifs")).context["reste"]
    assert [m["message"].replace(INSECABLE, " ") for m in reste if "livret" in m["message"]] == [
        "À fournir, avant le vendredi 21 novembre 2025 à 0 h (heure de Paris) : « Copie du livret de famille »."
    ]
    fichier = SimpleUploadedFile("livret.jpg", jpeg("livret"), "image/jpeg")
    assert client.post(adresse_candidat("deposer_piece", piece=CLE), {"fichier": fichier}).status_code == 302
    assert client.get(adresse_candidat("voir_piece", piece=CLE)).status_code == 200
    assert client.get(adresse_candidat("preparer_piece", piece=CLE)).status_code == 200
    envoi = client.post(adresse_candidat("envoyer_regroupement", regroupement=CLE), follow=True)
    assert "Vos pièces sont envoyées au service" in texte(envoi)
    assert ligne(candidat, CLE).envoyee_le is not None


def test_the_request_of_another_candidate_is_not_found(candidat, agent):
    demander(agent, candidat)
    autre = connecter(candidat_inscrit("autre@demo.example"))
    for nom in ("deposer_piece", "supprimer_fichier", "non_concerne"):
        assert autre.post(adresse_candidat(nom, piece=CLE)).status_code == 404
    assert autre.post(adresse_candidat("envoyer_regroupement", regroupement=CLE)).status_code == 404
    assert autre.get(adresse_candidat("voir_piece", piece=CLE)).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_requests(bureau, candidat, agent):
    client = connecter(candidat)
    demander(agent, candidat)
    deposer(candidat, CLE)
    envoyer(candidat, CLE)

    def requetes() -> list[int]:
        nombres = []
        for qui, chemin in (
            (client, adresse_candidat("justificatifs")),
            (bureau, fiche(candidat)),
            (bureau, piece_page(candidat)),
            (bureau, f"/gestion/{ACADEMIE}/controle/"),
            (bureau, f"/gestion/{ACADEMIE}/candidatures/"),
        ):
            with CaptureQueriesContext(connection) as vues:
                assert qui.get(chemin).status_code == 200
            nombres.append(len(vues))
        return nombres

    requetes()
    une = requetes()
    for rang in range(4):
        demander(agent, candidat, titre=f"Pièce {rang}")
        deposer(candidat, f"demande-{rang + 2}", jpeg(f"{rang}"), nom="x.jpg")
        envoyer(candidat, f"demande-{rang + 2}")
    assert requetes() == une
