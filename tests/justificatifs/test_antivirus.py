"""The antivirus: what clamd answers, what officers are shown meanwhile, and what becomes of a rejected file."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.justificatifs import analyses
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.analyses import ATTENTE_MAXIMALE, BAIL, RETOUR, Veilleur, analyser_dus, etat_de_la_file
from registre.justificatifs.antivirus import AnalyseImpossible, Antivirus, AntivirusMuet
from registre.justificatifs.controle import ActeRefuse, PieceChangee
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import FichierDepose, PieceJustificative
from registre.justificatifs.pieces_vues import visible_par_le_service
from registre.justificatifs.queries import a_controler
from registre.justificatifs.usecases.delete_fichier import delete_fichier
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.request_piece import request_piece
from registre.regles.citation import codes
from tests.inscription.scenario import LE, connecter
from tests.justificatifs.clamd_de_test import Clamd
from tests.justificatifs.scenario import (
    accepter,
    candidat_inscrit,
    candidature_de,
    envoyer,
    jpeg,
    ligne,
    piece,
    refuser,
    vu,
)
from tests.justificatifs.scenario import deposer as deposer_un

INFECTE = jpeg("recto") + b"VIRUS-DE-TEST"  # what follows the picture is sent, and is not in the cleaned copy
ACADEMIE = "clermont-ferrand"
CONTROLE = f"/gestion/{ACADEMIE}/controle/"
Analyse = FichierDepose.Analyse
pytestmark = pytest.mark.usefixtures("heure")


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    with Clamd() as ouvert:
        settings.ANTIVIRUS = ouvert.adresse
        yield ouvert


def deposer(compte: Any, cle: str = "identite", octets: bytes | None = None, **k: Any) -> Any:
    """A photograph when its bytes are given, else a PDF."""
    return deposer_un(compte, cle, octets, nom="photo.jpg" if octets else "scan.pdf", **k)


def analyser(clamd: Clamd, dans: timedelta = timedelta(0), **k: Any) -> analyses.Bilan:
    return analyser_dus(Antivirus(clamd.adresse, delai=2), maintenant=lambda: timezone.now() + dans, **k)


def le_fichier() -> FichierDepose:
    return FichierDepose.objects.get()


def pages_du_service(fichier: FichierDepose) -> list[str]:
    reference = f"{CONTROLE}fichier/{fichier.reference}/"
    return [f"{reference}page/{n}" for n in range(1, len(fichier.pages) + 1)]


# --- The client ----------------------------------------------------------------------------------------------


@pytest.mark.sans_base
@pytest.mark.parametrize("prise", ["tcp", "unix"])
@pytest.mark.parametrize("octets", [b"", b"x", b"x" * 65536, b"x" * 5_000_000], ids=len)
def test_clean_and_infected_bytes_of_any_size_are_told_apart_on_both_kinds_of_socket(prise, octets, tmp_path: Path):
    with Clamd(chemin=tmp_path / "s" if prise == "unix" else None) as clamd:
        antivirus = Antivirus(clamd.adresse)
        assert antivirus.repond()
        assert antivirus.est_sain(octets)
        assert not antivirus.est_sain(octets + clamd.virus)


@pytest.mark.sans_base
@pytest.mark.parametrize(
    "humeur", ["coupe", "muet", "gouttes", "sans-fin", "charabia", "vide", "presque", "deux-mots"]
)
def test_nothing_but_a_whole_ok_is_clean_and_nothing_holds_the_worker_beyond_its_delay(humeur):
    with Clamd(humeur=lambda _: humeur) as clamd:
        debut = time.monotonic()
        with pytest.raises(AntivirusMuet):
            Antivirus(clamd.adresse, delai=0.5).est_sain(b"x")
        assert time.monotonic() - debut < 2


@pytest.mark.sans_base
def test_an_error_of_clamd_on_the_bytes_is_told_apart_from_silence():
    with Clamd(humeur=lambda _: "erreur") as clamd, pytest.raises(AnalyseImpossible, match="memory"):
        Antivirus(clamd.adresse).est_sain(b"x")
    with Clamd(limite=1000) as clamd, pytest.raises((AnalyseImpossible, AntivirusMuet)):
        # The cut may arrive before the words: both mean « not scanned ».
        Antivirus(clamd.adresse, delai=5).est_sain(b"x" * 3_000_000)


@pytest.mark.sans_base
def test_no_server_a_server_that_never_accepts_and_a_missing_socket_are_silence(tmp_path: Path):
    with socket.socket() as occupe:
        occupe.bind(("127.0.0.1", 0))
        port = occupe.getsockname()[1]  # bound, not listening
        for adresse in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/absent", "tcp://nom.invalid:3310"):
            assert not Antivirus(adresse).repond()
            with pytest.raises(AntivirusMuet):
                Antivirus(adresse).est_sain(b"x")
        occupe.listen(0)
        debut = time.monotonic()
        assert not Antivirus(f"tcp://127.0.0.1:{port}", delai_de_presence=0.3).repond()
        assert time.monotonic() - debut < 2


# --- The queue -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.passages("S37")
def test_without_an_antivirus_a_file_is_seen_at_once(candidat, settings):
    settings.ANTIVIRUS = ""
    deposer(candidat)
    assert le_fichier().analyse == Analyse.SANS_OBJET
    assert visible_par_le_service(le_fichier())
    with pytest.raises(CommandError, match="pas d’antivirus"):
        call_command("analyser_fichiers", "--une-fois")


@pytest.mark.django_db
@pytest.mark.passages("S37")
def test_a_deposit_never_waits_for_the_antivirus_and_both_the_original_and_the_copy_are_scanned(candidat, clamd):
    clamd.humeur = lambda _: "muet"
    deposer(candidat, octets=jpeg("recto"))
    assert le_fichier().analyse == Analyse.EN_ATTENTE
    assert clamd.vus == {}

    clamd.humeur = lambda _: ""
    assert analyser(clamd).sains == 1
    fichier = le_fichier()
    assert (fichier.analyse, fichier.analyse_reprise_le) == (Analyse.SAINE, None)
    assert fichier.analysee_le is not None
    assert clamd.vus[fichier.empreinte] == 1
    assert sum(clamd.vus.values()) == 2
    assert visible_par_le_service(fichier)
    assert analyser(clamd).vide


@pytest.mark.django_db
def test_a_virus_in_the_copy_alone_rejects_the_file_too(candidat, clamd):
    deposer(candidat, octets=jpeg("recto"))
    fichier = le_fichier()
    FichierDepose.objects.update(copie=coffre.ranger(b"une copie, VIRUS-DE-TEST"))
    assert analyser(clamd).rejetes == 1
    assert FichierDepose.objects.get(pk=fichier.pk).analyse == Analyse.INFECTEE


@pytest.mark.django_db
@pytest.mark.parametrize("humeur", ["coupe", "muet", "sans-fin", "erreur", "charabia"])
def test_a_file_that_clamd_cannot_scan_stays_hidden_and_does_not_hold_up_the_others(candidat, clamd, humeur):
    deposer(candidat, octets=jpeg("mauvais"))
    mauvais = le_fichier()
    deposer(candidat, "domicile")
    original = coffre.lire(mauvais.original)
    clamd.humeur = lambda octets: humeur if octets == original else ""
    bilan = analyser_dus(Antivirus(clamd.adresse, delai=0.4))
    assert (bilan.sains, bilan.repousses, bilan.muet) == (1, 1, False)
    mauvais.refresh_from_db()
    assert not visible_par_le_service(mauvais)
    assert analyser(clamd).vide  # not before a while

    clamd.humeur = lambda _: ""
    assert analyser(clamd, dans=RETOUR).sains == 1


@pytest.mark.django_db
def test_when_clamd_is_down_files_wait_and_when_it_is_back_the_queue_drains(candidat, settings):
    with Clamd() as clamd:
        port = clamd.port
    settings.ANTIVIRUS = clamd.adresse
    for cle in ("identite", "domicile"):
        deposer(candidat, cle)
    for minutes in (0, 30, 60):
        bilan = analyser(clamd, dans=timedelta(minutes=minutes))
        assert (bilan.muet, bilan.vide) == (True, True)
    with Clamd(port=port) as revenu:
        assert analyser(revenu, dans=timedelta(minutes=61)).sains == 2
    assert etat_de_la_file(timezone.now()).nombre == 0


@pytest.mark.django_db
def test_a_storage_that_fails_makes_the_queue_wait_and_an_object_lost_or_altered_is_put_off(candidat, clamd):
    deposer(candidat)
    chemin = Path(coffre.default_storage.path(le_fichier().original))
    octets = chemin.read_bytes()
    chemin.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
    assert analyser(clamd).repousses == 1
    chemin.unlink()
    assert analyser(clamd, dans=RETOUR).repousses == 1
    chemin.mkdir()  # reading it is an error of the system
    bilan = analyser(clamd, dans=2 * RETOUR)
    assert (bilan.muet, bilan.vide) == (True, True)
    assert le_fichier().analyse == Analyse.EN_ATTENTE


@pytest.mark.django_db
def test_a_file_deleted_or_replaced_while_it_is_scanned_breaks_nothing(candidat, clamd):
    deposer(candidat, octets=jpeg("un"))
    reference = le_fichier().reference
    [fichier] = [analyses._prendre(le_fichier().pk, timezone.now())]
    assert fichier is not None
    delete_fichier(candidat, principal(), reference, le=LE)
    bilan = analyses.Bilan()
    analyses._traiter(fichier, Antivirus(clamd.adresse), timezone.now, bilan)
    assert bilan.disparus == 1

    deposer(candidat, octets=jpeg("deux"))
    fichier = analyses._prendre(le_fichier().pk, timezone.now())
    deposer(candidat, octets=jpeg("trois"), remplace=fichier.reference)
    assert not analyses.record_analyse(fichier, sain=False, maintenant=timezone.now())
    assert analyser(clamd).sains == 1
    assert le_fichier().analyse == Analyse.SAINE
    assert not Evenement.objects.filter(acte="fichier_rejete").exists()


@pytest.mark.django_db
def test_a_file_under_lease_is_left_to_its_worker_and_taken_back_when_the_lease_ends(candidat, clamd):
    deposer(candidat)
    assert analyses._prendre(le_fichier().pk, timezone.now()) is not None  # this worker dies here
    assert analyser(clamd).vide
    assert analyser(clamd, dans=BAIL - timedelta(seconds=1)).vide
    assert analyser(clamd, dans=BAIL + timedelta(seconds=1)).sains == 1


@pytest.mark.django_db
def test_two_answers_on_one_file_are_written_once(candidat, clamd):
    deposer(candidat, octets=INFECTE)
    fichier = le_fichier()
    assert analyses.record_analyse(fichier, sain=False, maintenant=timezone.now())
    assert not analyses.record_analyse(fichier, sain=True, maintenant=timezone.now())
    assert le_fichier().analyse == Analyse.INFECTEE
    assert Evenement.objects.filter(acte="fichier_rejete").count() == 1


@pytest.mark.django_db
def test_old_files_are_queued_when_an_antivirus_comes_later(candidat, settings, capsys):
    settings.ANTIVIRUS = ""
    deposer(candidat)
    with Clamd() as clamd:
        settings.ANTIVIRUS = clamd.adresse
        call_command("analyser_fichiers", "--anciens")
        assert "1 fichiers mis dans la file" in capsys.readouterr().out
        assert not visible_par_le_service(le_fichier())
        call_command("analyser_fichiers", "--une-fois")
        assert "1 sains" in capsys.readouterr().out
    assert le_fichier().analyse == Analyse.SAINE


# --- Watching ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.passages("S37", "F17")
def test_a_queue_that_waits_too_long_is_said_once_a_period_and_fails_the_check(candidat, clamd, caplog, capsys):
    call_command("analyser_fichiers", "--etat")
    assert "Aucun fichier" in capsys.readouterr().out
    deposer(candidat)
    call_command("analyser_fichiers", "--etat")
    assert "1 fichiers attendent" in capsys.readouterr().out
    depuis = FichierDepose.objects.get().analyse_depuis
    veilleur = Veilleur()
    with caplog.at_level(logging.ERROR):
        veilleur.regarder(depuis + ATTENTE_MAXIMALE)
        assert caplog.records == []
        for minutes in (1, 2, 14, 17, 18):
            veilleur.regarder(depuis + ATTENTE_MAXIMALE + timedelta(minutes=minutes))
    assert [r.getMessage() for r in caplog.records] == [
        "antivirus : 1 fichiers attendent, le plus ancien depuis 16 minutes",
        "antivirus : 1 fichiers attendent, le plus ancien depuis 32 minutes",
    ]
    FichierDepose.objects.update(analyse_depuis=timezone.now() - ATTENTE_MAXIMALE - timedelta(seconds=1))
    with pytest.raises(CommandError, match="15\u00a0minutes") as leve:
        call_command("analyser_fichiers", "--etat")
    assert leve.value.returncode == 1


# --- Fail-closed for officers --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.passages("S37", "pieces.statut.par-le-gestionnaire")
@pytest.mark.parametrize(("analyse", "statut"), [("en_attente", 409), ("infectee", 410)])
def test_no_address_of_the_office_gives_anything_of_a_file_not_cleared(candidat, bureau, clamd, analyse, statut):
    deposer(candidat, octets=jpeg("recto"))
    envoyer(candidat)
    fichier = le_fichier()
    FichierDepose.objects.update(analyse=analyse)
    for adresse in pages_du_service(fichier):
        for suite in ("", "?tourner=90"):
            reponse = bureau.get(adresse + suite)
            assert (reponse.status_code, reponse["Content-Type"]) == (statut, "text/html; charset=utf-8")
    original = bureau.post(f"{CONTROLE}fichier/{fichier.reference}/original", {"motif": "Vérifier la signature."})
    assert (original.status_code, original["Content-Type"]) == (statut, "text/html; charset=utf-8")
    assert not Evenement.objects.filter(acte__in=["piece_vue", "original_telecharge"]).exists()

    page = bureau.get(f"{CONTROLE}{candidature_de(candidat).numero}/identite/").content.decode()
    assert "controle-image" not in page
    assert "Télécharger un fichier d’origine" not in page
    assert ("Analyse en cours" in page) == (analyse == "en_attente")
    assert ("rejeté par le contrôle de sécurité" in page) == (analyse == "infectee")
    assert 'value="accepter"' not in page

    FichierDepose.objects.update(analyse=Analyse.SAINE)
    assert bureau.get(pages_du_service(fichier)[0])["Content-Type"] == "image/jpeg"
    assert 'value="accepter"' in bureau.get(f"{CONTROLE}{candidature_de(candidat).numero}/identite/").content.decode()


@pytest.mark.django_db
@pytest.mark.passages("S37")
@pytest.mark.parametrize(
    ("analyse", "code"), [("en_attente", "analyse_en_cours"), ("infectee", "piece_rejetee")], ids=str
)
def test_no_piece_is_conforme_before_all_its_files_are_cleared_by_the_act_nor_by_the_page(
    candidat, agent, bureau, clamd, analyse, code
):
    deposer(candidat, octets=jpeg("recto"))
    deposer(candidat, octets=jpeg("verso"))
    envoyer(candidat)
    premier, second = FichierDepose.objects.order_by("rang")
    FichierDepose.objects.filter(pk=premier.pk).update(analyse=Analyse.SAINE)
    FichierDepose.objects.filter(pk=second.pk).update(analyse=analyse)
    with pytest.raises(ActeRefuse) as leve:
        accepter(agent, candidat)
    assert codes(leve.value.motifs) == [code]
    page = bureau.post(
        f"{CONTROLE}{candidature_de(candidat).numero}/identite/", {"action": "accepter", **vu(candidat)}
    )
    assert leve.value.motifs[0].message in page.content.decode()
    assert ligne(candidat).etat == "deposee"
    FichierDepose.objects.update(analyse=Analyse.SAINE)
    accepter(agent, candidat)
    assert ligne(candidat).etat == "conforme"


@pytest.mark.django_db
def test_the_candidate_always_sees_his_pages_and_the_copy_of_a_rejected_file_is_not_given_back(candidat, clamd):
    deposer(candidat, octets=INFECTE)
    client = connecter(candidat)
    image = reverse("page_de_fichier", kwargs={"fichier": le_fichier().reference, "page": 1})
    copie = reverse("copie_de_fichier", kwargs={"fichier": le_fichier().reference})
    assert client.get(image)["Content-Type"] == client.get(copie)["Content-Type"] == "image/jpeg"
    analyser(clamd)
    assert client.get(image)["Content-Type"] == "image/jpeg"
    assert client.get(copie).status_code == 410


@pytest.mark.django_db
def test_pieces_not_cleared_come_last_in_the_queue_and_are_counted(candidat, clamd):
    autre = candidat_inscrit("autre@demo.example")
    for compte in (candidat, autre):
        deposer(compte)
        envoyer(compte)
    premiere = FichierDepose.objects.get(piece__candidature__compte=candidat)
    FichierDepose.objects.exclude(pk=premiere.pk).update(analyse=Analyse.SAINE)
    file = list(a_controler(ACADEMIE))
    assert [p.candidature.compte for p in file] == [autre, candidat]
    analyser(clamd)
    assert [p.candidature.compte for p in a_controler(ACADEMIE)] == [candidat, autre]


# --- A rejected file -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.passages("S37", "pieces.bouton-ajouter")
def test_a_rejected_file_is_told_to_the_candidate_without_detail_and_keeps_the_group_from_leaving(candidat, clamd):
    deposer(candidat, octets=INFECTE)
    assert analyser(clamd).rejetes == 1
    page = connecter(candidat).get("/justificatifs/", follow=True).content.decode()
    assert "Ce fichier est rejeté par le contrôle de sécurité." in page
    [evenement] = Evenement.objects.filter(acte="fichier_rejete")
    assert evenement.acteur is None
    assert set(evenement.details) == {"piece", "fichier"}
    [courriel] = Courriel.objects.filter(sujet="Un fichier est à déposer de nouveau")
    assert courriel.destinataire == candidat.email
    for texte in (page, courriel.texte, courriel.html, str(evenement.details)):
        assert "Essai.Virus" not in texte
    with pytest.raises(DepotRefuse) as leve:
        envoyer(candidat)
    assert codes(leve.value.motifs) == ["piece_manquante"]
    assert "rejeté par le contrôle de sécurité" in leve.value.motifs[0].message

    assert "Regroupement : Identité" in courriel.texte

    deposer(candidat, octets=jpeg("sain"), remplace=le_fichier().reference)
    envoyer(candidat)  # nobody waits: the officer only does
    assert le_fichier().analyse == Analyse.EN_ATTENTE
    assert analyser(clamd).sains == 1


@pytest.mark.django_db
@pytest.mark.passages("S37", "L-70", "L-72")
def test_a_rejected_file_of_a_piece_asked_later_is_told_under_its_own_group(candidat, agent, clamd):
    champs = {"titre": "Copie du livret de famille", "raison": "Votre nom d’usage n’est pas prouvé.", "le": LE}
    request_piece(agent, candidature_de(candidat), derniere=date(2025, 11, 20), bloquante=True, **champs)
    deposer(candidat, "demande-1", octets=INFECTE)
    assert analyser(clamd).rejetes == 1
    [courriel] = Courriel.objects.filter(sujet="Un fichier est à déposer de nouveau")
    assert "Regroupement : Demandé par le service" in courriel.texte


@pytest.mark.django_db
@pytest.mark.passages("S37", "L-52")
def test_a_file_rejected_after_the_sending_lets_the_candidate_deposit_another_and_stops_the_officer(
    candidat, agent, clamd
):
    deposer(candidat, octets=INFECTE)
    deposer(candidat, octets=jpeg("verso"))
    envoyer(candidat)
    vu_avant = vu(candidat)
    assert (analyser(clamd).rejetes, piece(candidat).rejetee) == (1, True)
    with pytest.raises(PieceChangee):
        accepter(agent, candidat, **vu_avant)
    assert [p.cle for p in a_controler(ACADEMIE)] == ["identite"]  # the officer sees it

    assert piece(candidat).motif_deposer is None
    assert piece(candidat).manque
    assert deposer(candidat, octets=jpeg("recto")).deja is False
    assert deposer(candidat, octets=jpeg("verso")).deja is False  # the new deposit starts from nothing
    vue = piece(candidat)
    assert (vue.etat, vue.envoyee, len(vue.fichiers), len(vue.remplaces)) == ("deposee", False, 2, 2)
    envoyer(candidat)
    analyser(clamd)
    accepter(agent, candidat)
    assert ligne(candidat).etat == "conforme"


@pytest.mark.django_db
def test_the_paper_of_a_rejected_piece_takes_the_place_of_its_files(candidat, agent, clamd):
    deposer(candidat, octets=INFECTE)
    envoyer(candidat)
    analyser(clamd)
    receive_piece(agent, candidature_de(candidat), "identite", **vu(candidat), le=LE)
    assert piece(candidat).fichiers == ()
    decision = accepter(agent, candidat)
    assert decision.fichiers == []


@pytest.mark.django_db
@pytest.mark.passages("L-67", "S37")
def test_a_file_rejected_after_conforme_changes_no_decision_and_is_shown_to_the_office(
    candidat, agent, bureau, settings
):
    settings.ANTIVIRUS = ""
    deposer(candidat, octets=INFECTE)
    envoyer(candidat)
    accepter(agent, candidat)
    with Clamd() as clamd:
        settings.ANTIVIRUS = clamd.adresse
        call_command("analyser_fichiers", "--anciens")
        analyser(clamd)
    vue = piece(candidat)
    assert (vue.etat, vue.manque) == ("conforme", False)
    assert vue.motif_deposer is not None
    page = bureau.get(f"{CONTROLE}{candidature_de(candidat).numero}/identite/").content.decode()
    assert "rejeté par le contrôle de sécurité" in page
    refuser(agent, candidat)  # the office may correct itself
    assert piece(candidat).motif_deposer is None


@pytest.mark.django_db
def test_a_rejection_in_a_candidature_that_no_longer_counts_tells_nobody(candidat, clamd):
    deposer(candidat, octets=INFECTE)
    candidature = candidature_de(candidat)
    candidature.etat = "retiree"
    candidature.save(update_fields=["etat"])
    assert analyser(clamd).rejetes == 1
    assert not Courriel.objects.filter(sujet="Un fichier est à déposer de nouveau").exists()


@pytest.mark.django_db
def test_the_state_of_the_queue_and_one_look_of_the_worker_take_few_queries(candidat, clamd):
    for cle in ("identite", "domicile"):
        deposer(candidat, cle)
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        etat_de_la_file(timezone.now())
    assert len(requetes) == 1
    analyser(clamd)
    with CaptureQueriesContext(connection) as requetes:
        assert analyser(clamd).vide
    assert len(requetes) == 1
    assert PieceJustificative.objects.count() == 2
