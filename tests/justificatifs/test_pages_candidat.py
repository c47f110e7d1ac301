"""« Mes justificatifs » as the candidate sees it: what is asked, what is there, what is said of it."""

from __future__ import annotations

import html
import io
import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, ImageDraw

from registre.commun.sources import reference
from registre.comptes.models import Compte
from registre.documents.models import Document
from registre.inscription.models import Candidature
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import FenetreRouverte, FichierDepose
from tests.conventions.citations import RACINE
from tests.inscription import scenario
from tests.inscription.scenario import LE, adresse
from tests.justificatifs.fabrique import deposee
from tests.justificatifs.scenario import creer_agent, recapitulatif, refuser

pytestmark = pytest.mark.django_db

FIN_DU_DEPOT = datetime(2025, 11, 7, 23, 0, tzinfo=UTC)
A_DEPOSER = ("identite", "domicile", "certificats-travail")


def jpeg(mot: str = "Carte", taille: tuple[int, int] = (300, 200)) -> bytes:
    image = Image.new("RGB", taille, "white")
    ImageDraw.Draw(image).text((20, 20), mot, fill="black")
    sortie = io.BytesIO()
    image.save(sortie, "JPEG")
    return sortie.getvalue()


def pdf(pages: int = 2) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 300))
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()


def png() -> bytes:
    sortie = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(sortie, "PNG")
    return sortie.getvalue()


def texte(reponse: Any) -> str:
    """What the page says, tags out, spaces of any kind as one."""
    corps = re.sub(r"<(script|style)\b.*?</\1>", " ", reponse.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", corps))).replace(" ,", ",").replace(" .", ".")


def bloc(reponse: Any, cle: str) -> str:
    """The HTML of one piece."""
    trouve = re.search(rf'<article[^>]*id="piece-{cle}".*?</article>', reponse.content.decode(), re.DOTALL)
    assert trouve, cle
    return trouve[0]


def dit(reponse: Any, cle: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bloc(reponse, cle))))


def _alertes(reponse: Any, cle: str, genre: str) -> list[str]:
    # The hints on the quality of a picture have their own tests (test_qualite_pages.py).
    motif = rf"fr-alert--{genre} (?![^>]*data-avis)[^>]*><p>(.*?)</p>"
    trouvees = re.findall(motif, bloc(reponse, cle), re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", a)).replace("\u00a0", " ") for a in trouvees]


def avertissements(reponse: Any, cle: str) -> list[str]:
    return _alertes(reponse, cle, "warning")


def recus(reponse: Any, cle: str) -> list[str]:
    return _alertes(reponse, cle, "success")


def pages_de(octets: bytes) -> list[bytes]:
    """Each page of a PDF, alone."""
    seules = []
    with pikepdf.open(io.BytesIO(octets)) as source:
        for une in source.pages:
            seule, sortie = pikepdf.new(), io.BytesIO()
            seule.pages.append(une)
            seule.save(sortie)
            seules.append(sortie.getvalue())
    return seules


@pytest.fixture
def compte(heure) -> Compte:
    return scenario.creer_candidat()


@pytest.fixture
def client(compte) -> Client:
    """Connected as a candidate registered in version 1."""
    client = scenario.connecter(compte)
    scenario.remplir(client)
    scenario.enregistrer(client)
    return client


@pytest.fixture
def candidature(client) -> Candidature:
    return Candidature.objects.get()


def page(client: Client) -> Any:
    reponse = client.get(adresse("justificatifs"))
    assert reponse.status_code == 200
    return reponse


def deposer(client: Client, cle: str, *fichiers: tuple[str, bytes], follow: bool = True, **champs: Any) -> Any:
    envoyes = [SimpleUploadedFile(nom, octets, "application/octet-stream") for nom, octets in fichiers]
    return client.post(adresse("deposer_piece", piece=cle), {"fichier": envoyes, **champs}, follow=follow)


def envoyer(client: Client, code: str) -> Any:
    return client.post(adresse("envoyer_regroupement", regroupement=code), follow=True)


# --- What is asked -----------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.mes-justificatifs", "pieces.depot-en-ligne", "pieces.exemple.identite", "L-16")
def test_the_page_lists_each_piece_by_group_with_its_period_its_code_and_why(client):
    dite = texte(page(client))
    for groupe in ("Récapitulatif", "Identité", "Domicile", "Conditions d’inscription"):
        assert groupe in dite
    assert "DCANDT01 : Récapitulatif de votre candidature signé" in dite
    assert "DCANDT01 est le code que la notice donne à cette pièce." in dite
    periode = "du lundi 6 octobre 2025 à 9 h au vendredi 7 novembre 2025 à 23 h 59 (heure de Paris)"
    assert dite.count(f"Dépôt en ligne : {periode}") == 4
    travail = dit(page(client), "certificats-travail")
    assert "Vous justifiez de trois ans d’activité professionnelle." in travail
    assert reference("R49").titre in travail
    assert "R49" not in travail
    assert "0 pièce envoyée au service, sur 4 demandées. 0 conforme." in dite
    assert "Il reste" in dite
    assert "À fournir avant la fin du dépôt" in dite


@pytest.mark.passages(
    "pieces.bouton-ajouter", "pieces.taille-et-formats-annonces", "depot.taille-maximale", "validation.b-signer"
)
def test_the_form_announces_the_size_and_the_formats_next_to_the_field(client):
    identite = bloc(page(client), "identite")
    champ = re.search(r'<input[^>]*type="file"[^>]*>', identite)[0]
    assert "multiple" in champ
    assert 'accept=".pdf,application/pdf,.jpg,.jpeg,image/jpeg"' in champ
    decrit = re.search(r'aria-describedby="([^"]+)"', champ)[1]
    aide = re.search(rf'id="{decrit}">([^<]+)<', identite)[1]
    assert html.unescape(aide).replace("\u00a0", " ").startswith("Format PDF ou JPEG. 5 Mo au plus par fichier.")
    assert "Ajouter" in identite


@pytest.mark.passages("depot.jpeg", "depot.pdf", "depot.applications-indicatives", "depot.taille-maximale")
def test_the_page_tells_how_to_make_a_jpeg_or_a_pdf_with_a_phone(client):
    dite = texte(page(client))
    assert "Photographiez le document avec votre téléphone, puis enregistrez la photo au format JPEG." in dite
    assert "Attention : le fichier ne doit pas dépasser 5 Mo." in dite
    assert "application de votre téléphone. Elle se sert de la caméra comme d’un scanner." in dite
    assert "Camscanner, Office365. Nous n’imposons pas ces applications." in dite
    assert "à titre indicatif" in dite


@pytest.mark.passages("pieces.mes-justificatifs")
def test_the_menu_leads_to_the_only_candidature_or_explains_that_there_is_none(client, compte):
    assert client.get(reverse("mes_justificatifs")).url == adresse("justificatifs")
    autre = scenario.connecter(scenario.creer_candidat("autre@demo.example"))
    assert "Aucune pièce ne vous est demandée" in texte(autre.get(reverse("mes_justificatifs")))
    assert "Aucune pièce ne vous est demandée" in texte(page(autre))
    assert reverse("mes_justificatifs") in client.get(reverse("mes_candidatures")).content.decode()


@pytest.mark.passages("validation.c-deposer-dcandt01", "validation.d-toutes-les-pieces")
def test_the_page_of_the_candidature_leads_to_the_deposit(client):
    corps = client.get(adresse("candidature")).content.decode()
    assert f'href="{adresse("justificatifs")}"' in corps
    assert "pas encore ouvert sur ce site" not in corps


# --- Depositing --------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.date-de-depot", "pieces.statut.aucun", "pieces.bouton-supprimer", "S38")
def test_a_deposited_file_shows_its_instant_its_hash_and_no_status(client):
    octets = jpeg()
    reponse = deposer(client, "identite", ("carte.jpg", octets))
    assert reponse.redirect_chain == [(f"{adresse('justificatifs')}#piece-identite", 302)]
    dite = dit(reponse, "identite")
    assert "« carte.jpg » est déposé. Arrivée : le lundi 20 octobre 2025 à 10 h 00 min 00 s (heure de Paris)." in dite
    assert "Date de dépôt le lundi 20 octobre 2025 à 10 h (heure de Paris)" in dite
    assert sha256(octets).hexdigest() in dite
    assert "Déposée, pas encore contrôlée." in dite
    assert "Statut" not in dite
    assert "Supprimer carte.jpg" in dite
    assert "est déposé. Arrivée" not in dit(page(client), "identite"), "the receipt is said once"
    compte_dit = "pièce{} au service, sur 4 demandées. {}0 conforme."
    assert compte_dit.format(" envoyée", "1 fournie ici, pas encore envoyée ; ") in texte(page(client))
    assert compte_dit.format(" envoyée", "") in texte(envoyer(client, "identite"))


def test_files_sent_together_keep_their_order_and_a_second_click_adds_nothing(client):
    lot = [("recto.jpg", jpeg("recto")), ("verso.pdf", pdf())]
    deposer(client, "identite", *lot)
    reponse = deposer(client, "identite", *lot)
    assert list(FichierDepose.objects.values_list("nom", flat=True)) == ["recto.jpg", "verso.pdf"]
    dite = dit(reponse, "identite")
    assert "Ce même fichier était déjà là : rien n’est ajouté." in dite
    assert dite.index("recto.jpg ,") < dite.index("verso.pdf ,")


@pytest.mark.passages("pieces.taille-et-formats-annonces")
def test_of_several_files_the_good_are_kept_and_the_bad_are_named_next_to_the_field(client):
    reponse = deposer(
        client, "domicile", ("facture.jpg", jpeg()), ("scan.tif", b"II*\0" + b"\0" * 100), ("vide.pdf", b"")
    )
    assert reponse.status_code == 200
    assert list(FichierDepose.objects.values_list("nom", flat=True)) == ["facture.jpg"]
    corps = reponse.content.decode()
    assert re.search(r"<title>Erreur", corps)
    piece = bloc(reponse, "domicile")
    assert "« facture.jpg » est déposé" in dit(reponse, "domicile")
    champ = re.search(r'<input[^>]*id="depot-domicile-fichier"[^>]*>', piece)[0]
    assert 'aria-invalid="true"' in champ
    decrit = re.search(r'aria-describedby="([^"]+)"', champ)[1].split()
    assert "depot-domicile-fichier_error" in decrit
    messages = re.search(r'id="depot-domicile-fichier_error">(.*?)</div>', piece, re.DOTALL)[1]
    assert re.findall(r'data-code="(\w+)"', messages) == ["format_refuse", "fichier_vide"]
    assert "scan.tif" in messages
    assert "vide.pdf" in messages
    sommaire = re.search(r'id="erreurs".*?</ul>', corps, re.DOTALL)[0]
    assert sommaire.count('href="#depot-domicile-fichier"') == 2


@pytest.mark.passages("depot.taille-maximale", "L-29")
def test_a_file_too_big_that_cannot_be_made_lighter_is_refused_with_its_size_and_why(client):
    reponse = deposer(client, "identite", ("gros.jpg", b"\xff\xd8\xff\xe0" + bytes(6 * 2**20)))
    assert 'data-code="fichier_trop_gros"' in bloc(reponse, "identite")
    assert "« gros.jpg » : Votre fichier pèse 6 Mo." in dit(reponse, "identite")
    assert "Ce fichier est abîmé" in dit(reponse, "identite")
    assert not FichierDepose.objects.exists()


def test_sending_the_form_without_a_file_says_so(client):
    reponse = deposer(client, "identite")
    assert 'data-code="fichier_manquant"' in bloc(reponse, "identite")
    assert not FichierDepose.objects.exists()


def test_a_name_is_shown_and_never_run(client):
    reponse = deposer(client, "identite", ("<script>alert(1)</script>.jpg", jpeg()))
    assert b"<script>alert" not in reponse.content
    reponse = deposer(client, "identite", ('"><img src=x>.png', png()))
    assert b"<img src=x" not in reponse.content


@pytest.mark.passages("pieces.bouton-supprimer")
def test_a_file_is_deleted_once_and_a_second_click_does_nothing(client, candidature):
    piece = deposee(candidature, "identite", fichiers=2)
    reference = piece.fichiers.first().reference
    adresse_ = adresse("supprimer_fichier", piece="identite")
    reponse = client.post(adresse_, {"reference": reference}, follow=True)
    assert "« page 1.jpg » est supprimé." in dit(reponse, "identite")
    reponse = client.post(adresse_, {"reference": reference}, follow=True)
    assert "est supprimé" not in dit(reponse, "identite")
    assert [f.nom for f in piece.fichiers.all()] == ["page 2.jpg"]


def test_a_replaced_file_gives_its_place_and_a_refusal_is_said_in_its_own_form(client, candidature):
    piece = deposee(candidature, "identite", fichiers=2)
    premier = piece.fichiers.first()
    reponse = deposer(client, "identite", ("scan.tif", b"II*\0" + b"\0" * 100), remplace=str(premier.reference))
    champ = f"depot-{premier.reference}-fichier"
    assert f'id="{champ}_error"' in bloc(reponse, "identite")
    assert 'id="depot-identite-fichier_error"' not in bloc(reponse, "identite")
    deposer(client, "identite", ("neuf.jpg", jpeg("neuf")), remplace=str(premier.reference))
    assert [f.nom for f in piece.fichiers.all()] == ["neuf.jpg", "page 2.jpg"]


def test_a_replacement_takes_one_file_only(client, candidature):
    fichier = deposee(candidature, "identite").fichiers.get()
    corps = bloc(page(client), "identite")
    remplacer = re.search(rf'<input[^>]*id="depot-{fichier.reference}-fichier"[^>]*>', corps)[0]
    assert "multiple" not in remplacer
    assert "multiple" in re.search(r'<input[^>]*id="depot-identite-fichier"[^>]*>', corps)[0]


@pytest.mark.passages("pieces.taille-et-formats-annonces", "depot.jpeg")
def test_the_browser_has_the_words_of_the_server_for_each_format_that_is_refused(client):
    corps = page(client).content.decode()
    mots = json.loads(html.unescape(re.search(r'data-formats="([^"]*)"', corps)[1]))
    refuse = deposer(client, "identite", ("scan.tif", b"II*\0" + b"\0" * 100))
    assert mots["tif"] in html.unescape(bloc(refuse, "identite"))
    assert "Le plus compatible" in mots["heic"]
    assert "Enregistrer en PDF" in mots["txt"]
    assert not {"pdf", "jpg", "jpeg"} & set(mots)


# --- Sending a group -----------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.envoi", "pieces.envoi.avertissement", "L-52")
def test_the_button_warns_is_refused_while_a_piece_is_missing_and_says_which(client):
    dite = texte(page(client))
    assert "Vous ne pourrez plus modifier ces pièces, et elles pourront être étudiées." in dite
    for groupe in ("Récapitulatif", "Identité", "Domicile", "Conditions d’inscription"):
        assert f"Pour : {groupe}. En cliquant sur « J’ai fourni toutes mes pièces »" in dite
    reponse = envoyer(client, "identite")
    corps = reponse.content.decode()
    assert re.search(r"<title>Erreur", corps)
    refus = re.search(r'<div id="refus-identite">(.*?)</div>\s*</div>', corps, re.DOTALL)[1]
    assert 'data-code="piece_manquante"' in refus
    assert "Document justifiant l’identité" in refus
    assert 'href="#envoyer-identite"' in corps
    bouton = re.search(r'<button[^>]*id="envoyer-identite"[^>]*>', corps)[0]
    assert "refus-identite" in bouton
    assert "avertissement-identite" in bouton


@pytest.mark.passages("pieces.envoi", "pieces.envoi.avertissement", "S27")
def test_a_sent_group_is_locked_and_says_since_when(client, candidature):
    piece = deposee(candidature, "identite")
    rappel = texte(page(client))
    assert "toutes vos pièces sont là, mais elles ne sont pas envoyées" in rappel
    reponse = envoyer(client, "identite")
    dite = texte(reponse)
    assert "Vos pièces sont envoyées au service." in dite
    assert "Pièces envoyées au service le lundi 20 octobre 2025 à 10 h (heure de Paris)." in dite
    assert "mais elles ne sont pas envoyées" not in dite
    identite = bloc(reponse, "identite")
    assert "<form" not in identite
    assert 'id="envoyer-identite"' not in reponse.content.decode()

    refuse = deposer(client, "identite", ("autre.jpg", jpeg("autre")))
    assert 'data-code="regroupement_envoye"' in bloc(refuse, "identite")
    refuse = client.post(
        adresse("supprimer_fichier", piece="identite"), {"reference": piece.fichiers.get().reference}, follow=True
    )
    assert 'data-code="regroupement_envoye"' in bloc(refuse, "identite")
    assert piece.fichiers.count() == 1


# --- The four cases ------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.statut.recue", "pieces.exemple.recue", "pieces.statut.par-le-gestionnaire")
def test_a_received_piece_shows_its_status_and_the_date_of_reception(client, candidature):
    deposee(candidature, "identite", etat="recue", envoyee_le=LE, recue_le=date(2025, 10, 29))
    dite = dit(page(client), "identite")
    assert "Statut : Reçue" in dite
    assert "Date de réception mercredi 29 octobre 2025" in dite
    assert "Ajouter" not in dite


@pytest.mark.passages("pieces.statut.non-conforme", "pieces.statut.nouveau-depot", "pieces.exemple.non-conforme")
def test_a_refused_piece_shows_the_comment_and_opens_a_new_deposit_then_the_button_again(client, candidature):
    deposee(candidature, "identite", etat="non_conforme", envoyee_le=LE, commentaire="Pièce illisible")
    vue = page(client)
    dite = dit(vue, "identite")
    assert "Statut : Non conforme" in dite
    assert "Ce que dit le service : Pièce illisible" in dite
    assert "Votre nouveau dépôt prendra la place de ces fichiers." in dite
    assert "Supprimer" not in dite
    assert 'id="envoyer-identite"' in vue.content.decode()
    reponse = deposer(client, "identite", ("nette.jpg", jpeg("nette")))
    dite = dit(reponse, "identite")
    assert "nette.jpg" in dite
    assert "page 1.jpg" not in dite
    assert "Statut" not in dite
    vue = texte(client.get(adresse("voir_piece", piece="identite")))
    assert "Fichier remplacé, page 1.jpg" in vue


@pytest.mark.passages(
    "pieces.statut.conforme",
    "pieces.exemple.conforme",
    "pieces.validees-verrouillees",
    "pieces.exemple.nationalite",
    "L-67",
)
def test_a_valid_piece_shows_both_dates_and_offers_nothing(client, candidature):
    etat = {"etat": "conforme", "envoyee_le": LE, "recue_le": date(2025, 10, 29)}
    deposee(candidature, "identite", validee_le=LE + timedelta(minutes=2), **etat)
    vue = page(client)
    dite = dit(vue, "identite")
    assert "Statut : Conforme" in dite
    assert "Date de dépôt le lundi 20 octobre 2025 à 10 h (heure de Paris)" in dite
    assert "Date de validation le lundi 20 octobre 2025 à 10 h 02 (heure de Paris)" in dite
    assert "<form" not in bloc(vue, "identite")
    assert "Toutes les pièces sont validées" in texte(vue)


@pytest.mark.passages("pieces.bouton-rafraichir", "pieces.statut.pas-de-courriel", "L-33")
def test_a_link_refreshes_the_list_and_the_page_says_that_no_mail_comes(client):
    corps = page(client).content.decode()
    assert re.search(rf'href="{re.escape(adresse("justificatifs"))}">Rafraîchir<', corps)
    assert "Aucun courriel ne vous prévient quand le statut d’une pièce change." in corps


@pytest.mark.passages("pieces.statut.nouveau-depot", "pieces.statut.non-conforme")
def test_what_the_office_said_stays_until_the_new_deposit_is_decided(client, compte):
    agent = creer_agent()
    deposer(client, "identite", ("recto.jpg", jpeg("recto")), ("verso.jpg", jpeg("verso")))
    envoyer(client, "identite")
    refuser(agent, compte, commentaire="Le verso est flou.")
    assert "Ce que dit le service" in dit(page(client), "identite")

    moins = "Le dépôt précédent avait 2 fichiers. Vérifiez que tout y est."
    reponse = deposer(client, "identite", ("verso net.jpg", jpeg("verso net")))
    dite = dit(reponse, "identite")
    assert "Ce que le service avait dit :" in dite
    assert "Le verso est flou." in dite
    assert "Statut" not in dite
    assert avertissements(reponse, "identite") == [moins]
    reponse = deposer(client, "identite", ("recto.jpg", jpeg("recto")))
    assert avertissements(reponse, "identite") == [
        "Ce fichier était déjà dans le dépôt jugé non conforme. Vérifiez qu’il est bien à garder."
    ]
    dite = dit(envoyer(client, "identite"), "identite")
    assert "Le verso est flou." in dite, "the new deposit is sent, and not decided yet"
    assert avertissements(page(client), "identite") == []
    refuser(agent, compte, commentaire="Il manque le cachet.")
    dite = dit(page(client), "identite")
    assert "Il manque le cachet." in dite
    assert "avait dit" not in dite


@pytest.mark.passages("pieces.statut.nouveau-depot")
def test_the_very_file_that_was_refused_is_accepted_with_a_warning(client, compte):
    deposer(client, "identite", ("carte.jpg", jpeg()))
    envoyer(client, "identite")
    refuser(creer_agent(), compte)
    reponse = deposer(client, "identite", ("carte bis.jpg", jpeg()))
    assert "« carte bis.jpg » est déposé" in dit(reponse, "identite")
    assert avertissements(reponse, "identite") == ["C’est le même fichier que celui qui a été jugé non conforme."]
    assert "Vérifiez d’abord Document justifiant l’identité." in texte(reponse)
    reference = FichierDepose.objects.get(remplace_le=None).reference
    reponse = client.post(adresse("supprimer_fichier", piece="identite"), {"reference": reference}, follow=True)
    assert "Ce que le service avait dit" in dit(reponse, "identite")


@pytest.mark.passages("pieces.statut.recue", "pieces.non-dematerialisee")
def test_a_piece_received_on_paper_is_never_said_to_be_sent_by_the_candidate(client, candidature):
    deposee(candidature, "identite", fichiers=0, etat="recue", envoyee_le=LE, recue_le=date(2025, 10, 29))
    groupe = re.search(r'id="groupe-identite".*?</section>', page(client).content.decode(), re.DOTALL)[0]
    assert "Pièces envoyées au service" not in groupe
    assert "Reçue par le service." in groupe
    assert "Date de dépôt" not in groupe


# --- The signed recap ------------------------------------------------------------------------------------------


@pytest.mark.passages("validation.c-deposer-dcandt01", "R141")
def test_an_unreadable_recap_is_kept_and_the_page_says_that_the_office_will_look(client):
    reponse = deposer(client, "recapitulatif-signe", ("scan.jpg", jpeg()))
    dite = dit(reponse, "recapitulatif-signe")
    assert dite.count("Code QR pas lu : le service vérifiera la version.") == 1
    alertes = avertissements(reponse, "recapitulatif-signe")
    [alerte] = [a for a in alertes if "code carré (QR)" in a]
    assert "Rien n’est refusé : le service vérifiera lui-même que c’est votre dernière version." in alerte
    assert "reprenez la photo" in alerte
    assert "pas pu lire" not in " ".join(recus(reponse, "recapitulatif-signe")), "never said in green"


@pytest.mark.passages("validation.c-deposer-dcandt01", "R141")
def test_each_file_of_a_recap_says_its_code_and_the_piece_only_says_what_is_true_of_all(client, compte):
    entier = deposer(client, "recapitulatif-signe", ("recap.pdf", recapitulatif(compte)))
    assert "Ce récapitulatif est bien votre dernière version, la 1." in dit(entier, "recapitulatif-signe")
    assert avertissements(entier, "recapitulatif-signe") == []
    deux = deposer(client, "recapitulatif-signe", ("facture.pdf", pdf(1)))
    dite = dit(deux, "recapitulatif-signe")
    assert re.findall(r"Code QR (?:pas )?lu[^.]*\.", dite.replace("\u00a0", " ")) == [
        "Code QR lu : c’est la version 1.",
        "Code QR pas lu : le service vérifiera la version.",
    ]
    assert "est bien votre dernière version" not in dite
    assert avertissements(deux, "recapitulatif-signe") == [
        "Nous n’avons pas pu lire le code carré (QR) de « facture.pdf ». Vérifiez que c’est bien une page de votre "
        "récapitulatif. Si oui, vous n’avez rien à faire : le service vérifiera lui-même sa version."
    ]


@pytest.mark.passages("validation.c-deposer-dcandt01", "validation.b-signer")
def test_a_recap_with_fewer_pages_than_the_confirmation_says_that_one_is_missing(client, compte):
    pages = pages_de(recapitulatif(compte))
    assert len(pages) == 2
    reponse = deposer(client, "recapitulatif-signe", ("page 2.pdf", pages[1]))
    manque = "Votre confirmation a 2 pages, votre dépôt en a 1. Déposez aussi la page qui manque."
    assert manque in avertissements(reponse, "recapitulatif-signe")
    assert "est bien votre dernière version" not in dit(reponse, "recapitulatif-signe")
    assert "toutes vos pièces sont là" not in texte(reponse)
    assert "Vérifiez d’abord Récapitulatif de votre candidature signé." in texte(reponse)
    reponse = deposer(client, "recapitulatif-signe", ("page 1.pdf", pages[0]))
    assert manque not in dit(reponse, "recapitulatif-signe")
    assert "toutes vos pièces sont là" in texte(reponse)
    envoyer(client, "recapitulatif")
    assert avertissements(page(client), "recapitulatif-signe") == []


@pytest.mark.passages("validation.c-deposer-dcandt01", "validation.refaire-apres-modification", "R141", "L-30")
def test_the_printed_code_says_at_once_whether_the_recap_is_the_last(client, compte):
    premiere = recapitulatif(compte)
    reponse = deposer(client, "recapitulatif-signe", ("recap.pdf", premiere))
    assert dit(reponse, "recapitulatif-signe").count("Ce récapitulatif est bien votre dernière version, la 1.") == 1
    scenario.remplir(client, epreuves={"lvb": "italien"})
    scenario.enregistrer(client)
    refuse = deposer(client, "recapitulatif-signe", ("ancien.pdf", premiere))
    assert 'data-code="recapitulatif_version_depassee"' in bloc(refuse, "recapitulatif-signe")
    assert reverse("mes_documents") in bloc(refuse, "recapitulatif-signe")
    reponse = deposer(client, "recapitulatif-signe", ("recap2.pdf", recapitulatif(compte)))
    dite = dit(reponse, "recapitulatif-signe")
    assert dite.count("Ce récapitulatif est bien votre dernière version, la 2.") == 1
    assert "Version dépassée" not in dite


@pytest.mark.passages("validation.refaire-apres-modification", "L-30")
def test_a_modification_makes_the_recap_out_of_date_and_leads_to_the_last_version(client, candidature):
    deposee(candidature, "recapitulatif-signe", etat="conforme", envoyee_le=LE, version_signee=1)
    deposee(candidature, "identite", etat="conforme", envoyee_le=LE)
    scenario.remplir(client, epreuves={"lvb": "italien"})
    scenario.enregistrer(client)
    vue = page(client)
    dite = dit(vue, "recapitulatif-signe")
    assert "Version dépassée." in dite
    assert "Statut" not in dite
    assert "Imprimez la version 2, signez-la, puis déposez-la" in dite
    assert reverse("mes_documents") in bloc(vue, "recapitulatif-signe")
    assert 'type="file"' in bloc(vue, "recapitulatif-signe")
    assert "Statut : Conforme" in dit(vue, "identite")


@pytest.mark.passages("L-30")
def test_a_piece_that_is_no_longer_asked_stays_visible_and_may_be_withdrawn(client, candidature):
    piece = deposee(candidature, "diplome")
    vue = page(client)
    assert "Pièces qui ne sont plus demandées" in texte(vue)
    assert 'type="file"' not in bloc(vue, "diplome")
    assert "pas encore envoyée" not in dit(vue, "diplome")
    reference = piece.fichiers.get().reference
    reponse = client.post(adresse("supprimer_fichier", piece="diplome"), {"reference": reference}, follow=True)
    assert "« page 1.jpg » est supprimé." in texte(reponse), "said although its place is gone"
    assert "Pièces qui ne sont plus demandées" not in texte(reponse)


# --- Periods ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.periode-de-depot", "L-08")
def test_after_the_end_nothing_is_offered_and_the_page_says_who_to_write_to(client, compte, candidature, heure):
    deposee(candidature, "identite")
    heure.move_to(FIN_DU_DEPOT)
    client.force_login(compte)
    vue = page(client)
    dite = texte(vue)
    assert "Le dépôt en ligne est clos depuis le vendredi 7 novembre 2025 à 23 h 59 (heure de Paris)." in dite
    assert "Votre dossier est incomplet" in dite
    assert 'type="file"' not in vue.content.decode()
    assert 'id="envoyer-identite"' not in vue.content.decode()
    refuse = deposer(client, "domicile", ("facture.jpg", jpeg()))
    assert 'data-code="depot_clos"' in bloc(refuse, "domicile")


@pytest.mark.passages("pieces.periode-de-depot", "L-08")
def test_a_window_reopened_for_one_piece_opens_it_alone_until_its_end(
    client, compte, candidature, heure, gestionnaire
):
    ouverture = FIN_DU_DEPOT + timedelta(days=3)
    FenetreRouverte.objects.create(
        candidature=candidature,
        cle="identite",
        ouvre_le=ouverture,
        ferme_le=ouverture + timedelta(days=2),
        motif="Pièce refusée après la clôture",
        par=gestionnaire,
    )
    heure.move_to(ouverture + timedelta(hours=1))
    client.force_login(compte)
    vue = page(client)
    assert "Dépôt rouvert pour vous. Il ferme le jeudi 13 novembre 2025 à 0 h (heure de Paris)." in dit(
        vue, "identite"
    )
    assert 'type="file"' in bloc(vue, "identite")
    assert 'type="file"' not in bloc(vue, "domicile")
    reste = re.search(r'id="avancement".*?</ul>', vue.content.decode(), re.DOTALL)[0]
    lignes = [html.unescape(m).replace("\u00a0", " ") for m in re.findall(r"<li[^>]*>(.*?)</li>", reste)]
    rouverte = (
        "À fournir, avant le jeudi 13 novembre 2025 à 0 h (heure de Paris) : « Document justifiant l’identité »."
    )
    assert rouverte in lignes
    assert not any("identité" in ligne for ligne in lignes if ligne != rouverte)
    reponse = deposer(client, "identite", ("carte.jpg", jpeg()))
    assert "« carte.jpg » est déposé" in dit(reponse, "identite")
    assert "Pièces envoyées au service" in texte(envoyer(client, "identite"))


# --- What the office will see -----------------------------------------------------------------------------------


def test_the_review_shows_every_page_with_its_words(client):
    deposer(client, "identite", ("carte.pdf", pdf(2)))
    fichier = FichierDepose.objects.get()
    corps = client.get(adresse("voir_piece", piece="identite")).content.decode()
    alts = [html.unescape(a) for a in re.findall(r'<img [^>]*alt="([^"]*)"', corps)]
    assert alts == ["Page 1 sur 2 de carte.pdf", "Page 2 sur 2 de carte.pdf"]
    for n in (1, 2):
        chemin = reverse("page_de_fichier", kwargs={"fichier": fichier.reference, "page": n})
        assert f'src="{chemin}"' in corps
        image = Image.open(io.BytesIO(client.get(chemin).content))
        assert image.format == "JPEG"
    assert client.get(adresse("voir_piece", piece="jdc")).status_code == 404


@pytest.mark.passages("S36", "S22")
def test_an_image_and_a_copy_are_served_inert_under_a_type_and_a_name_of_ours(client, candidature):
    fichier = deposee(candidature, "identite").fichiers.get()
    image = client.get(reverse("page_de_fichier", kwargs={"fichier": fichier.reference, "page": 1}))
    copie = client.get(reverse("copie_de_fichier", kwargs={"fichier": fichier.reference}))
    for reponse in (image, copie):
        assert reponse.status_code == 200
        assert reponse.headers["Content-Type"] == "image/jpeg"
        assert reponse.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in reponse.headers["Cache-Control"]
        politique = reponse.headers["Content-Security-Policy"]
        assert "sandbox" in politique
        assert "default-src 'none'" in politique
    numero = candidature.numero
    assert copie.headers["Content-Disposition"] == f'attachment; filename="{numero}-identite-1.jpg"'
    assert client.get(reverse("page_de_fichier", kwargs={"fichier": fichier.reference, "page": 2})).status_code == 404
    assert client.get(reverse("page_de_fichier", kwargs={"fichier": fichier.reference, "page": 0})).status_code == 404


@pytest.mark.passages("F16")
@pytest.mark.parametrize("panne", ["perdu", "altere", "stockage"])
def test_what_is_altered_or_lost_is_never_shown_as_good(client, candidature, panne, settings, tmp_path):
    fichier = deposee(candidature, "identite").fichiers.get()
    image, copie = fichier.pages[0]["cle"], fichier.copie
    if panne == "perdu":
        coffre.effacer([image, copie])
    elif panne == "altere":  # the bytes of another object
        FichierDepose.objects.update(copie=_faux(copie), pages=[{**fichier.pages[0], "cle": _faux(image)}])
    else:
        obstacle = tmp_path / "plein"
        obstacle.write_bytes(b"")
        fonds = "django.core.files.storage.FileSystemStorage"
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": fonds, "OPTIONS": {"location": obstacle}},
        }
    statut = 503 if panne == "stockage" else 410
    reponse = client.get(reverse("page_de_fichier", kwargs={"fichier": fichier.reference, "page": 1}))
    assert reponse.status_code == statut
    assert reponse.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in reponse.headers["Content-Security-Policy"]
    assert ("Fichier altéré" in reponse.content.decode()) == (statut == 410)
    reponse = client.get(reverse("copie_de_fichier", kwargs={"fichier": fichier.reference}))
    assert reponse.status_code == statut
    assert ("contactez le" in reponse.content.decode()) == (statut == 410)
    assert client.get(adresse("voir_piece", piece="identite")).status_code == 200


def _faux(cle: str) -> str:
    """The key of an object that exists and is not what was put there."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    with default_storage.open(cle) as objet:
        octets = bytearray(objet.read())
    octets[-1] ^= 1
    autre = coffre.nouveau_nom()
    assert default_storage.save(autre, ContentFile(bytes(octets))) == autre
    return autre


@pytest.mark.passages("S24")
def test_the_files_of_another_do_not_exist(client, candidature):
    fichier = deposee(candidature, "identite").fichiers.get()
    autre = scenario.connecter(scenario.creer_candidat("autre@demo.example"))
    for nom, plus in (("page_de_fichier", {"page": 1}), ("copie_de_fichier", {})):
        assert autre.get(reverse(nom, kwargs={"fichier": fichier.reference, **plus})).status_code == 404
    assert autre.get(adresse("voir_piece", piece="identite")).status_code == 404
    autre.post(adresse("supprimer_fichier", piece="identite"), {"reference": fichier.reference})
    deposer(autre, "identite", ("vol.jpg", jpeg()), remplace=str(fichier.reference))
    assert FichierDepose.objects.get() == fichier


# --- The rest ----------------------------------------------------------------------------------------------------


def test_the_accuse_is_made_on_demand_and_opened(client, candidature):
    reponse = client.post(adresse("accuse_de_depot"), follow=True)
    assert "Vous n’avez encore rien déposé." in texte(reponse)
    assert "Accusé de dépôt" not in texte(page(client))
    fichier = deposee(candidature, "identite").fichiers.get()
    assert "Accusé de dépôt" in texte(page(client))
    reponse = client.post(adresse("accuse_de_depot"))
    accuse = Document.objects.get(genre="accuse-depot")
    assert reponse.url == reverse("document", kwargs={"reference": accuse.reference})
    assert accuse.contenu["fichiers"][0]["empreinte"] == fichier.empreinte


@pytest.mark.parametrize(
    ("nom", "plus", "ancre"),
    [
        ("deposer_piece", {"piece": "identite"}, "#piece-identite"),
        ("supprimer_fichier", {"piece": "identite"}, "#piece-identite"),
        ("envoyer_regroupement", {"regroupement": "identite"}, "#groupe-identite"),
        ("accuse_de_depot", {}, ""),
    ],
)
def test_coming_back_to_an_act_after_a_login_leads_to_the_page(client, nom, plus, ancre):
    assert client.get(adresse(nom, **plus)).url == f"{adresse('justificatifs')}{ancre}"


@pytest.mark.passages("P11")
def test_every_field_of_the_page_is_documented(client, candidature):
    deposee(candidature, "identite", fichiers=2)
    FichierDepose.objects.update(avis=[{"page": 1, "code": "floue", "niveau": "alerte"}])
    corps = page(client).content.decode()
    noms = set(re.findall(r'<(?:input|select|textarea)\b[^>]*name="([^"]+)"', corps)) - {"csrfmiddlewaretoken"}
    donnees = tomllib.loads((RACINE / "docs/donnees.toml").read_text(encoding="utf-8"))
    assert noms == set(donnees["formulaires"]["justificatifs"])


def test_a_piece_or_a_group_that_does_not_exist_is_not_found(client):
    assert deposer(client, "passeport", ("a.jpg", jpeg())).status_code == 404
    assert client.post(adresse("supprimer_fichier", piece="passeport")).status_code == 404
    assert client.post(adresse("envoyer_regroupement", regroupement="passeport")).status_code == 404


def test_the_number_of_files_changes_no_number_of_queries(client, candidature):
    deposee(candidature, "identite")
    deposee(candidature, "recapitulatif-signe", fichiers=2)

    def requetes(nom: str, **plus: Any) -> int:
        with CaptureQueriesContext(connection) as vues:
            assert client.get(adresse(nom, **plus)).status_code == 200
        return len(vues)

    requetes("justificatifs")  # says once what the registration had to say
    un = [requetes("justificatifs"), requetes("voir_piece", piece="identite")]
    for cle in ("domicile", "certificats-travail"):
        deposee(candidature, cle, fichiers=4)
    assert [requetes("justificatifs"), requetes("voir_piece", piece="domicile")] == un
    assert max(un) <= 12  # session, account, candidature, version, decisions, then one for each kind of row
