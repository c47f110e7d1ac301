"""Every state of a piece that the demonstration announces is really in the base, and its files can be opened."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.horloge import maintenant
from registre.comptes.models import Compte
from registre.demo import etats
from registre.demo.gestes import ScenarioRefuse
from registre.demo.moments import moments
from registre.demo.personnes import (
    A_RAPPELER,
    AGENT,
    AGENTE,
    CONTROLEE,
    INSCRITE,
    MODIFIEE,
    REPRISE,
    RETIREE,
    Personne,
)
from registre.demo.specimens import SansPlaceASigner, recapitulatif_signe
from registre.demo.usecases.reset_demo import reset_demo
from registre.documents import rendu
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.models import Candidature
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.dossier import charger
from registre.justificatifs.models import DecisionDePiece, FichierDepose
from registre.justificatifs.pieces_vues import RECAPITULATIF, Dossier, PieceVue
from registre.justificatifs.queries import a_controler
from registre.justificatifs.rangement import cles_nommees, verifier_le_coffre
from registre.justificatifs.usecases.deposit_piece import deposit_piece
from tests.justificatifs.coffre_de_test import DisqueCapricieux, objets

from .test_personnes import se_connecter

CLE = {"academie": "clermont-ferrand", "session": 2026, "examen": "bac-pro"}


def dossier(qui: Personne) -> Dossier:
    return charger(Candidature.objects.get(compte__email=qui.email), principal(), maintenant(), pour_le_service=True)


def piece(qui: Personne, cle: str) -> PieceVue:
    trouvee = dossier(qui).piece(cle)
    assert trouvee is not None
    return trouvee


def test_one_registered_person_has_deposited_nothing_yet(demo: None) -> None:
    assert Candidature.objects.get(compte__email=INSCRITE.email).derniere_version == 2
    assert {p.etat for p in dossier(INSCRITE).pieces} == {"aucune"}


def test_her_first_confirmation_is_refused_and_her_second_accepted(demo: None) -> None:
    compte = Compte.objects.get(email=INSCRITE.email)
    v1, v2 = Document.objects.filter(compte=compte, genre=CONFIRMATION).order_by("version")
    with pytest.raises(DepotRefuse) as refus:
        deposit_piece(compte, principal(), RECAPITULATIF, "v1.pdf", rendu.pdf(v1), le=maintenant())
    assert [m.code for m in refus.value.motifs] == ["recapitulatif_version_depassee"]
    depot = deposit_piece(compte, principal(), RECAPITULATIF, "v2.pdf", rendu.pdf(v2), le=maintenant())
    assert depot.version_lue == 2


def test_one_has_deposited_everything_and_is_reminded_of_the_button(demo: None) -> None:
    regroupements = dossier(A_RAPPELER).regroupements
    assert {p.etat for r in regroupements for p in r.pieces} == {"deposee"}
    assert [r.code for r in regroupements if r.a_envoyer] == ["conditions"]
    assert [r.code for r in regroupements if r.envoye] == ["recapitulatif", "identite", "domicile"]


def test_one_has_a_piece_received_one_refused_one_valid_and_one_waiting(demo: None) -> None:
    assert piece(CONTROLEE, RECAPITULATIF).statut == "Reçue"
    conforme = piece(CONTROLEE, "identite")
    assert conforme.statut == "Conforme"
    assert conforme.recue_le == date(2025, 10, 13)
    assert conforme.validee_le is not None
    assert conforme.validee_le.date() == date(2025, 10, 14)
    assert len(conforme.fichiers) == 2
    refusee = piece(CONTROLEE, "domicile")
    assert refusee.statut == "Non conforme"
    raisons = {r.code: r.texte for r in principal().pieces.raisons_pour("domicile")}
    assert refusee.commentaire == raisons["domicile-ancien"]
    assert piece(CONTROLEE, "certificats-travail").envoyee


def test_one_has_a_recapitulatif_that_a_modification_has_outdated_and_a_paper_by_post(demo: None) -> None:
    recapitulatif = piece(MODIFIEE, RECAPITULATIF)
    assert recapitulatif.depassee
    assert recapitulatif.version_signee == 1
    assert [d.etat for d in recapitulatif.decisions] == ["conforme"]
    papier = piece(MODIFIEE, "domicile")
    assert (papier.statut, papier.fichiers, papier.recue_le) == ("Reçue", (), date(2025, 10, 15))


def test_one_has_deposited_again_after_a_refusal_and_must_press_the_button(demo: None) -> None:
    identite = piece(REPRISE, "identite")
    assert (identite.etat, identite.envoyee, identite.commentaire) == ("deposee", False, "")
    assert [f.nom for f in identite.remplaces] == ["IMG_2041.jpg"]
    assert [d.etat for d in identite.decisions] == ["non_conforme"]
    assert [r.code for r in dossier(REPRISE).regroupements if r.a_envoyer] == ["identite"]


def test_one_has_withdrawn_and_has_no_piece(demo: None) -> None:
    candidature = Candidature.objects.get(compte__email=RETIREE.email)
    assert candidature.etat == Candidature.Etat.RETIREE
    assert not candidature.pieces.exists()


def test_the_queue_holds_pieces_of_several_people_the_oldest_first(demo: None) -> None:
    file = list(a_controler("clermont-ferrand").select_related("candidature__compte"))
    assert [(p.candidature.compte.email, p.cle) for p in file] == [
        (MODIFIEE.email, "identite"),
        (REPRISE.email, RECAPITULATIF),
        (CONTROLEE.email, "certificats-travail"),
        (A_RAPPELER.email, RECAPITULATIF),
        (A_RAPPELER.email, "identite"),
        (A_RAPPELER.email, "domicile"),
        (CONTROLEE.email, RECAPITULATIF),
        (MODIFIEE.email, "domicile"),
    ]


def test_the_home_page_tells_where_the_pieces_stand(demo: None, client: Client) -> None:
    pieces = {e["personne"]: e["pieces"] for e in etats.personnes(maintenant())}
    assert pieces[RETIREE] == {}
    assert pieces[MODIFIEE] == {
        "version dépassée, à refaire": "Récapitulatif",
        "en attente de contrôle": "Identité",
        "Reçue": "Domicile",
        "à déposer": "Conditions d’inscription",
    }
    texte = client.get("/demo/").content.decode()
    for etat, noms in pieces[MODIFIEE].items():
        assert f"{noms}&nbsp;: {etat}" in texte


def test_the_signed_recapitulatif_of_each_one_carries_his_own_number_and_version(demo: None) -> None:
    deposes = FichierDepose.objects.filter(piece__cle=RECAPITULATIF)
    assert deposes.count() == 4
    assert set(deposes.values_list("version_lue", flat=True)) == {1}


def test_the_candidate_and_the_officer_open_the_pages_of_these_pieces(demo: None) -> None:
    page = se_connecter(CONTROLEE).get(reverse("justificatifs", kwargs=CLE))
    assert page.status_code == 200
    assert "Non conforme" in page.content.decode()
    agent = se_connecter(AGENT)
    numero = Candidature.objects.get(compte__email=MODIFIEE.email).numero
    adresse = reverse("controle_piece", kwargs={"academie": "clermont-ferrand", "numero": numero, "piece": "identite"})
    assert agent.get(adresse).status_code == 200
    fichier = FichierDepose.objects.get(piece__candidature__numero=numero, piece__cle="identite")
    image = agent.get(
        reverse("controle_page", kwargs={"academie": "clermont-ferrand", "fichier": fichier.reference, "page": 1})
    )
    assert image.status_code == 200
    assert image.headers["Content-Type"] == "image/jpeg"


def test_the_vault_holds_the_pieces_of_the_demonstration_and_nothing_else(demo: None) -> None:
    assert objets() == cles_nommees()
    assert [defaut for _, defauts in verifier_le_coffre() for defaut in defauts] == []


def test_a_reset_that_breaks_on_the_vault_keeps_the_base_and_the_objects_it_names(
    demo: None, settings: Any, coffre: Path
) -> None:
    capricieux = {"BACKEND": "tests.justificatifs.coffre_de_test.DisqueCapricieux", "OPTIONS": {"location": coffre}}
    settings.STORAGES = {**settings.STORAGES, "default": capricieux}
    avant, deposes = objets(), set(FichierDepose.objects.values_list("reference", flat=True))
    DisqueCapricieux.appels, DisqueCapricieux.a_partir_de, DisqueCapricieux.reste = 0, 3, True
    try:
        with pytest.raises(ScenarioRefuse) as refus:
            reset_demo(arrivee=timezone.now())
    finally:
        DisqueCapricieux.a_partir_de = 0
    assert [m.code for m in refus.value.motifs] == ["stockage_en_panne"]
    assert set(FichierDepose.objects.values_list("reference", flat=True)) == deposes
    assert avant == cles_nommees() <= objets()


def test_a_reset_after_the_end_of_the_deposit_finds_a_piece_reopened(demo: None) -> None:
    reset_demo(moments(principal().calendrier)["depot-clos"], arrivee=timezone.now())
    domicile, jdc = piece(REPRISE, "domicile"), piece(REPRISE, "jdc")
    assert domicile.fenetre is not None
    assert domicile.motif_deposer is None
    assert jdc.motif_deposer is not None
    assert jdc.motif_deposer.code == "depot_clos"
    ligne = next(e for e in etats.personnes(maintenant()) if e["personne"] == REPRISE)
    assert ligne["pieces"]["à déposer, dépôt rouvert"] == "Domicile"
    assert objets() == cles_nommees()


def test_preparing_says_who_can_log_in_and_how_an_officer_passes_the_code(
    demo: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("preparer_demo")
    sortie = capsys.readouterr().out
    assert "Identité\u00a0: Conforme" in sortie
    assert all(p.email in sortie for p in (REPRISE, AGENT, AGENTE))
    assert "demandent aussi un code" in sortie
    assert "/demo/" in sortie


def test_what_is_signed_is_the_confirmation_and_nothing_else(demo: None) -> None:
    confirmation = Document.objects.filter(genre=CONFIRMATION).latest("pk")
    with pypdfium2.PdfDocument(io.BytesIO(recapitulatif_signe(confirmation))) as document:
        assert len(document) == 2
    with pytest.raises(SansPlaceASigner):
        recapitulatif_signe(Document.objects.exclude(genre=CONFIRMATION).latest("pk"))


def test_every_decision_of_the_scenario_was_taken_by_an_officer_of_the_demonstration(demo: None) -> None:
    assert set(DecisionDePiece.objects.values_list("par__email", flat=True)) == {AGENT.email, AGENTE.email}
