"""The pages where a document is prepared: what is refused leads there, and nothing counts before it is sent."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registre.comptes.frein import cle_de
from registre.comptes.models import Compte, Essai
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage, FichierDepose, PageAssemblee
from tests.inscription import scenario
from tests.inscription.scenario import LE, adresse
from tests.justificatifs import images_a_preparer as i
from tests.justificatifs.scenario import FIN_DU_DEPOT, candidat_inscrit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.passages("pieces.depot-en-ligne", "pieces.bouton-ajouter", "depot.taille-maximale"),
]


@pytest.fixture
def client() -> Client:
    compte = candidat_inscrit()
    with scenario.heure_du_registre(LE):
        yield scenario.connecter(compte)


def texte(reponse: Any) -> str:
    corps = re.sub(r"<(script|style)\b.*?</\1>", " ", reponse.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", corps)))


def erreurs(reponse: Any, champ: str) -> dict[str, str]:
    """Code and words of what is said next to a field."""
    trouve = re.search(rf'id="{champ}_error"[^>]*>(.*?)</div>', reponse.content.decode(), re.DOTALL)
    lignes = re.findall(r'data-code="(\w+)"[^>]*>(.*?)</p>', trouve[1] if trouve else "", re.DOTALL)
    return {code: html.unescape(re.sub(r"<[^>]+>", "", dit)) for code, dit in lignes}


def deposer(client: Client, nom: str, octets: bytes, **champs: str) -> Any:
    envoi = {"fichier": SimpleUploadedFile(nom, octets), **champs}
    return client.post(adresse("deposer_piece", piece="identite"), envoi, follow=True)


def ajouter(client: Client, *fichiers: tuple[str, bytes]) -> Any:
    envoi = {"fichier": [SimpleUploadedFile(nom, octets) for nom, octets in fichiers]}
    return client.post(adresse("preparer_piece", piece="identite"), envoi, follow=True)


def geste(client: Client, reference: Any, nom: str) -> Any:
    return client.post(adresse("preparer_page", piece="identite", reference=reference, geste=nom))


def verifier(client: Client) -> Any:
    return client.post(adresse("preparer_verifier", piece="identite"), follow=True)


def envoyer(client: Client, page: Any, **champs: str) -> Any:
    empreinte = re.search(r'name="empreinte" value="(\w+)"', page.content.decode())
    assert empreinte
    envoi = {"empreinte": empreinte[1], **champs}
    return client.post(adresse("preparer_envoyer", piece="identite"), envoi, follow=True)


# --- From the refusal -------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.taille-et-formats-annonces", "depot.jpeg", "R95", "L-29")
@pytest.mark.parametrize(
    ("nom", "octets", "fait", "pages"),
    [
        ("IMG_1.HEIC", i.heic(), "mis au bon format", 1),
        ("capture.png", i.png(), "mis au bon format", 1),
        ("site.webp", i.webp(), "mis au bon format", 1),
        ("photo.jpg", i.photo_lourde(), "allégé", 1),
        ("scan.pdf", i.pdf_lourd(), "allégé", 3),
    ],
)
def test_a_file_of_another_kind_or_too_heavy_is_prepared_at_once_and_one_calm_message_says_what_is_left(
    client, nom, octets, fait, pages
):
    reponse = deposer(client, nom, octets)
    corps = reponse.content.decode()
    [(niveau, dit)] = re.findall(r'<div class="fr-alert fr-alert--(\w+)[^>]*data-recu><p>(.*?)</p>', corps, re.DOTALL)
    assert niveau == "info"
    assert f"nous l’avons {fait}" in html.unescape(dit)
    assert "Rien n’est encore déposé" in html.unescape(dit)
    assert "<title>Erreur" not in corps
    assert "data-code=" not in corps.partition('id="piece-identite"')[2].partition("</article>")[0]
    preparer = adresse("preparer_piece", piece="identite")
    liens = re.findall(rf'<a[^>]*href="{preparer}">(.*?)<', corps)
    assert set(liens) == {"Voir et déposer ce document"}
    assert PageAssemblee.objects.count() == pages
    assert not FichierDepose.objects.exists()
    assert f"Document en préparation : {pages} page" in texte(reponse)


def test_a_second_file_says_that_it_joins_the_document_and_the_candidate_may_start_again(client):
    deposer(client, "recto.png", i.png("recto"))
    jointe = deposer(client, "verso.png", i.png("verso"))
    assert "Il s’ajoute au document déjà en préparation, qui a maintenant 2 pages." in texte(jointe)
    encore = texte(deposer(client, "verso.png", i.png("verso")))
    assert "« verso.png » est déjà dans le document en préparation : rien n’est ajouté." in encore
    assert "Effacer ces pages et recommencer" in encore
    client.post(adresse("preparer_abandonner", piece="identite"))
    seul = texte(deposer(client, "verso.png", i.png("verso")))
    assert "s’ajoute au document" not in seul
    assert "Document en préparation : 1 page." in seul


@pytest.mark.passages("S32")
@pytest.mark.parametrize(
    ("nom", "octets", "code", "dit"),
    [
        ("photo.jpg", i.png(), "format_refuse", ""),
        ("scan.pdf", i.heic(), "format_refuse", ""),
        ("photo.heic", i.en(i.dessin(), "JPEG"), "contenu_different", ""),
        ("scan.tiff", i.en(i.dessin(), "TIFF"), "format_refuse", ""),
        ("coupe.png", i.png()[:-200], "format_refuse", "Ce fichier est abîmé"),
        ("anime.webp", i.animee("WEBP"), "format_refuse", "Cette image est animée"),
        ("vide.heic", b"", "fichier_vide", ""),
    ],
)
def test_what_lies_or_cannot_become_a_page_is_refused_and_never_prepared(client, nom, octets, code, dit):
    reponse = deposer(client, nom, octets)
    refus = erreurs(reponse, "depot-identite-fichier")
    assert list(refus) == [code]
    assert dit in refus[code]
    assert "Voir et déposer ce document" not in reponse.content.decode()
    assert not Assemblage.objects.exists()


def test_what_is_being_prepared_is_recalled_and_the_piece_stays_to_deposit(client):
    deposer(client, "capture.png", i.png())
    page = client.get(adresse("justificatifs"))
    assert "un document est en préparation. Il n’est pas encore déposé." in texte(page)
    assert "Pas encore fournie." in texte(page)
    envoi = client.post(adresse("envoyer_regroupement", regroupement="identite"))
    assert "Il manque encore" in texte(envoi)
    client.post(adresse("preparer_abandonner", piece="identite"))
    assert "en préparation" not in texte(client.get(adresse("justificatifs")))


# --- The pages --------------------------------------------------------------------------------------------------


def test_pages_are_added_several_at_once_the_good_ones_kept_and_the_others_named_near_the_field(client):
    page = ajouter(client, ("a.png", i.png("a")), ("menteur.png", i.heic()), ("b.heic", i.heic("b")))
    assert page.status_code == 200
    dit = erreurs(page, "preparer-fichier")
    assert list(dit) == ["contenu_different"]
    assert dit["contenu_different"].removeprefix("Erreur\u00a0: ").startswith("«\u00a0menteur.png\u00a0»")
    assert "2\u00a0pages" in page.content.decode().replace("&nbsp;", "\u00a0")
    assert [p.nom for p in PageAssemblee.objects.all()] == ["a.png", "b.heic"]
    assert "Rien n’est encore déposé." in texte(page)
    assert list(erreurs(ajouter(client), "preparer-fichier")) == ["fichier_manquant"]


def test_the_camera_field_adds_a_page_too(client):
    envoi = {"photo": SimpleUploadedFile("image.jpg", i.en(i.dessin(), "JPEG"))}
    page = client.post(adresse("preparer_piece", piece="identite"), envoi, follow=True)
    assert "Une page est ajoutée." in texte(page)
    assert 'capture="environment"' in page.content.decode()


def test_a_page_of_a_pdf_that_was_removed_comes_back_as_the_page_says(client):
    ajouter(client, ("scan.pdf", i.pdf_lourd(3)))
    garde, retiree, autre = PageAssemblee.objects.all()
    geste(client, retiree.reference, "retirer")
    dit = texte(ajouter(client, ("scan.pdf", i.pdf_lourd(3))))
    assert "rien n’est ajouté. Pour reprendre une page que vous avez retirée, retirez aussi les autres" in dit
    for page in (garde, autre):
        geste(client, page.reference, "retirer")
    assert "3 pages sont ajoutées." in texte(ajouter(client, ("scan.pdf", i.pdf_lourd(3))))


def test_each_act_on_a_page_comes_back_to_it_and_opening_its_address_does_nothing(client):
    ajouter(client, ("a.png", i.png("a")), ("b.png", i.png("b")))
    a, b = PageAssemblee.objects.all()
    preparer = adresse("preparer_piece", piece="identite")
    assert geste(client, b.reference, "monter").url == f"{preparer}#page-{b.reference}"
    geste(client, a.reference, "droite")
    page = client.get(preparer)
    assert "preparer-tour-90" in page.content.decode()
    assert re.findall(r"<strong>Page (\d)</strong>, (\w)", page.content.decode()) == [("1", "b"), ("2", "a")]
    client.get(adresse("preparer_page", piece="identite", reference=a.reference, geste="retirer"))
    assert PageAssemblee.objects.count() == 2
    assert geste(client, b.reference, "retirer").url == f"{preparer}#page-{a.reference}", "to the page that follows"
    assert geste(client, a.reference, "retirer").url == f"{preparer}#titre-pages", "the last one: to the title"
    assert not PageAssemblee.objects.exists()
    assert '<h2 id="titre-pages" tabindex="-1">' in client.get(preparer).content.decode()


@pytest.mark.passages("S23")
def test_the_page_of_another_candidate_answers_as_one_that_does_not_exist(client):
    ajouter(client, ("a.png", i.png("a")))
    verifier(client)
    page = PageAssemblee.objects.get()
    voisin = scenario.connecter(candidat_inscrit("voisin@exemple.fr"))
    with scenario.heure_du_registre(LE):
        for reference in (page.reference, uuid4()):
            for nom in ("monter", "droite", "retirer"):
                reponse = geste(voisin, reference, nom)
                assert (reponse.status_code, "Cette page n’est plus là" in texte(reponse)) == (404, True)
            for genre in ("image", "vignette"):
                chemin = reverse("page_assemblee", kwargs={"reference": reference, "genre": genre})
                assert voisin.get(chemin).status_code == 404
        document = adresse("preparer_document", piece="identite", page=1)
        assert (voisin.get(document).status_code, client.get(document).status_code) == (404, 200)
        voisin.post(adresse("preparer_abandonner", piece="identite"))
    page.refresh_from_db()
    assert page.rotation == 0


@pytest.mark.passages("S36")
def test_pictures_are_served_as_inert_bytes_of_our_own(client):
    ajouter(client, ("a.png", i.png("a")))
    page = PageAssemblee.objects.get()
    for genre, cle in (("image", page.cle_image), ("vignette", page.cle_vignette)):
        reponse = client.get(reverse("page_assemblee", kwargs={"reference": page.reference, "genre": genre}))
        assert reponse.content == coffre.lire(cle)
        assert reponse["Content-Type"] == "image/jpeg"
        assert "sandbox" in reponse["Content-Security-Policy"]
        assert "no-store" in reponse["Cache-Control"]
    chemin = reverse("page_assemblee", kwargs={"reference": page.reference, "genre": "original"})
    assert client.get(chemin).status_code == 404
    coffre.effacer_un(page.cle_vignette)
    perdue = client.get(reverse("page_assemblee", kwargs={"reference": page.reference, "genre": "vignette"}))
    assert (perdue.status_code, perdue["Content-Type"]) == (410, "image/svg+xml")


# --- The document -----------------------------------------------------------------------------------------------


def test_the_document_is_shown_with_its_kind_and_weight_then_sent_and_received(client):
    ajouter(client, ("recto.png", i.png("recto")), ("verso.heic", i.heic("verso")))
    page = verifier(client)
    dit = texte(page)
    assert re.search(r"Un PDF de 2 pages, \d+ ko\.", dit)
    assert "Rien n’est encore déposé." in dit
    assert not FichierDepose.objects.exists()
    images = re.findall(r'<img class="justificatifs-image"[^>]*src="([^"]+)"', page.content.decode())
    vues = [client.get(image).content for image in images]
    recue = envoyer(client, page)
    fichier = FichierDepose.objects.get()
    assert [coffre.lire(p["cle"]) for p in fichier.pages] == vues
    assert "«\u00a0recto.pdf\u00a0» est déposé." in html.unescape(recue.content.decode())
    assert "en préparation" not in texte(recue)
    assert envoyer(client, page).status_code == 200
    assert FichierDepose.objects.count() == 1


def test_why_a_poor_page_is_sent_anyway_is_asked_and_kept(client):
    ajouter(client, ("petite.png", i.en(i.dessin((200, 250)), "PNG")))
    page = verifier(client)
    assert 'name="pourquoi"' in page.content.decode()
    assert "data-avis=" in page.content.decode()
    envoyer(client, page, pourquoi="  Seul original.\x00  ")
    assert FichierDepose.objects.get().garde_malgre == "Seul original."


def test_why_is_three_hundred_characters_at_most_and_what_was_typed_is_kept(client):
    ajouter(client, ("petite.png", i.en(i.dessin((200, 250)), "PNG")))
    refusee = envoyer(client, verifier(client), pourquoi="é" * 301)
    assert list(erreurs(refusee, "document-pourquoi")) == ["raison_trop_longue"]
    assert "é" * 301 in refusee.content.decode()
    assert not FichierDepose.objects.exists()


def test_a_document_refused_by_the_period_is_shown_again_and_kept(client):
    ajouter(client, ("a.png", i.png("a")))
    page = verifier(client)
    with scenario.heure_du_registre(FIN_DU_DEPOT + timedelta(seconds=1)):
        client = scenario.connecter(Compte.objects.get())  # the former session is long over
        reponse = envoyer(client, page)
        assert "Le document n’est pas déposé" in texte(reponse)
        assert 'data-code="depot_clos"' in reponse.content.decode()
        pages = client.get(adresse("preparer_piece", piece="identite"))
    assert Assemblage.objects.get().resultat
    assert 'id="empeche"' in pages.content.decode()
    assert "data-ajout" not in pages.content.decode()


def test_a_document_seen_before_a_change_is_not_sent(client):
    ajouter(client, ("a.png", i.png("a")))
    page = verifier(client)
    geste(client, PageAssemblee.objects.get().reference, "droite")
    reponse = envoyer(client, page)
    assert list(erreurs(reponse, "preparer-fichier")) == ["assemblage_change"]
    assert not FichierDepose.objects.exists()


def test_coming_back_to_an_act_after_a_login_leads_to_the_pages(client):
    preparer, voir = (adresse(nom, piece="identite") for nom in ("preparer_piece", "preparer_verifier"))
    assert client.get(voir).url == preparer
    assert client.get(adresse("preparer_envoyer", piece="identite")).url == voir
    assert client.get(adresse("preparer_abandonner", piece="identite")).url == preparer
    assert client.get(adresse("preparer_piece", piece="passeport")).status_code == 404


def test_without_a_candidature_there_is_nothing_to_prepare(heure):
    client = scenario.connecter(scenario.creer_candidat("neuf@exemple.fr"))
    assert "aucune candidature" in texte(client.get(adresse("preparer_piece", piece="identite")))


def test_the_number_of_pages_changes_no_number_of_queries(client):
    def requetes(nom: str) -> int:
        with CaptureQueriesContext(connection) as vues:
            assert client.get(adresse(nom, piece="identite")).status_code == 200
        return len(vues)

    ajouter(client, ("a.png", i.png("a")))
    verifier(client)
    un = [requetes("preparer_piece"), requetes("preparer_verifier")]
    ajouter(client, ("long.pdf", i.pdf_de(6)))
    verifier(client)
    assert [requetes("preparer_piece"), requetes("preparer_verifier")] == un
    assert max(un) <= 14
    assert Compte.objects.count() == 1


def test_a_file_that_the_site_prepares_counts_once_among_those_of_the_hour(client):
    deposer(client, "a.png", i.png("a"))
    assert PageAssemblee.objects.count() == 1
    assert Essai.objects.filter(cle=cle_de("depot", str(Compte.objects.get().pk))).count() == 1
    ajouter(client, ("b.png", i.png("b")))
    assert Essai.objects.filter(cle=cle_de("depot", str(Compte.objects.get().pk))).count() == 2
