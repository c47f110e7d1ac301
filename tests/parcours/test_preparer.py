"""« Voir et déposer ce document », from a photograph that is no piece as it is to a document that is deposited."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Dialog, FilePayload, Locator, Page, Route, expect

from tests.justificatifs import images_a_preparer as i
from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import scan
from tests.parcours.gestes_pieces import ATTENTE, JUSTIFICATIFS
from tests.parcours.releve import PETIT, Pages, capturer, debordement, passer_axe

PREPARER = f"{JUSTIFICATIFS}piece/identite/preparer"


def fichier(nom: str, octets: bytes, genre: str) -> FilePayload:
    return {"name": nom, "mimeType": genre, "buffer": octets}


def heic(nom: str) -> FilePayload:
    return fichier(nom, i.heic(nom, (900, 1200)), "image/heic")


def png(nom: str) -> FilePayload:
    """A sheet with a frame, its name at the top, and an arrow that shows which way is up."""
    image = Image.new("RGB", (900, 1200), "#f4f4f0")
    trait = ImageDraw.Draw(image)
    trait.rectangle((20, 20, 880, 1180), outline="black", width=6)
    for ligne in range(12):
        trait.text((80, 80 + ligne * 80), f"SPECIMEN {nom} ligne {ligne}", fill="black", font_size=48)
    sortie = io.BytesIO()
    image.save(sortie, "PNG")
    return fichier(nom, sortie.getvalue(), "image/png")


def pages_preparees(page: Page, nombre: int) -> Locator:
    pages = page.locator(".preparer-page")
    expect(pages).to_have_count(nombre, timeout=ATTENTE)
    return pages


def noms(page: Page) -> list[str]:
    return [re.sub(r"^Page \d+, ", "", n) for n in page.locator(".preparer-page .justificatifs-nom").all_inner_texts()]


def au_plus_petit(page: Page, pages: Pages, etat: str) -> None:
    """At 320 pixels too: what a screen at 400 % shows."""
    page.set_viewport_size(PETIT)
    pages.defauts += [f"{etat} 320 : {d}" for d in [*debordement(page), *passer_axe(page)]]
    capturer(page, f"{etat}-320")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.passages("A1", "A4", "A6", "A9", "pieces.bouton-ajouter", "pieces.taille-et-formats-annonces")
def test_a_photograph_of_another_kind_is_prepared_looked_at_turned_and_deposited(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, "preparation@exemple.fr")
    gestes_pieces.lacher(page, "identite", heic("recto.heic"))
    dit = gestes_pieces.recus(page, "identite")
    expect(dit).to_contain_text("Rien n’est encore déposé")
    expect(page.locator("#erreurs")).to_have_count(0)
    identite = gestes_pieces.piece(page, "identite")
    expect(identite).to_be_focused()
    expect(identite).to_contain_text("Document en préparation : 1 page.")
    pages.verifier(page, "preparer-fait")
    au_plus_petit(page, pages, "preparer-fait")
    identite.get_by_role("link", name="Voir et déposer ce document").click()
    expect(page.locator("h1")).to_have_text("Préparer un document")
    expect(page.locator("#rien")).to_contain_text("Rien n’est encore déposé.")
    pages_preparees(page, 1)

    ajouter_sans_rien_perdre(page, pages, png("verso.png"), scan("annexe.pdf"))
    pages_preparees(page, 3)
    expect(page.locator('main [role="status"]').first).to_contain_text("2 pages sont ajoutées")
    assert noms(page) == ["recto.heic", "verso.png", "annexe.pdf"]
    page.get_by_role("button", name="Monter la page 2").click()
    page.get_by_role("button", name="Tourner à droite la page 1").click()
    expect(page.locator(".preparer-page").first.locator("img")).to_have_class("preparer-tour-90")
    assert noms(page) == ["verso.png", "recto.heic", "annexe.pdf"]
    page.get_by_role("button", name="Retirer la page 3").click()
    pages_preparees(page, 2)
    expect(page.locator("#titre-pages")).to_be_focused()
    pages.verifier(page, "preparer-pages")
    au_plus_petit(page, pages, "preparer-pages")

    page.get_by_role("button", name="Voir le document avant de le déposer").click()
    expect(page.locator("h1")).to_have_text("Voir le document avant de le déposer", timeout=ATTENTE)
    expect(page.locator("#document")).to_contain_text(re.compile(r"Un PDF de 2\s?pages, \d+\s?ko"))
    gestes_pieces.images_dessinees(page, "img.justificatifs-image", 2)
    pages.verifier(page, "preparer-document")
    au_plus_petit(page, pages, "preparer-document")
    page.get_by_role("button", name="Déposer ce document").click()
    recu = gestes_pieces.recus(page, "identite")
    expect(recu).to_contain_text("verso.pdf")
    expect(gestes_pieces.piece(page, "identite")).not_to_contain_text("en préparation")
    page.goto(PREPARER)
    expect(page.locator("h2").first).to_have_text("Aucune page pour l’instant")
    pages.verifier(page, "preparer-aucune-page")


def ajouter_sans_rien_perdre(page: Page, pages: Pages, *fichiers: FilePayload) -> None:
    """While the files leave, no other button takes the page away, and leaving warns; a failure gives the page back."""
    tenus: list[Route] = []
    avertis: list[str] = []

    def tenir(route: Route) -> None:
        if route.request.method == "POST":
            tenus.append(route)
        else:
            route.continue_()

    def rester(dialogue: Dialog) -> None:
        avertis.append(dialogue.type)
        dialogue.dismiss()

    page.route("**/identite/preparer", tenir)
    page.on("dialog", rester)
    page.locator("#preparer-fichier").set_input_files(list(fichiers))
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator("progress")).to_be_visible()
    page.get_by_role("button", name="Tourner à droite la page 1").click(no_wait_after=True)
    expect(page.locator("#annonces")).to_contain_text("Vos fichiers sont en cours de transfert.")
    expect(page.locator("#annonces")).to_be_in_viewport()
    pages.verifier(page, "preparer-pendant-l-envoi")
    page.get_by_role("link", name="Revenir à la liste des pièces").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert avertis == ["beforeunload"]
    tenus[0].fulfill(status=503, content_type="text/html", body="<h1>Service Unavailable</h1>")
    expect(page.locator("#preparer-fichier_error")).to_contain_text("Le transfert a été coupé.")
    expect(page.locator("#annonces")).to_have_class("fr-sr-only")
    page.unroute("**/identite/preparer", tenir)
    page.get_by_role("button", name="Tourner à droite la page 1").click()  # nothing is held any more
    expect(page.locator(".preparer-page").first.locator("img")).to_have_class("preparer-tour-90")
    page.get_by_role("button", name="Tourner à gauche la page 1").click()
    expect(page.locator(".preparer-page").first.locator("img")).not_to_have_class("preparer-tour-90")
    page.locator("#preparer-fichier").set_input_files(list(fichiers))
    page.get_by_role("button", name="Ajouter").click()


@pytest.mark.passages("A5", "A6", "A9")
def test_the_same_without_javascript(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir(java_script_enabled=False)
    gestes_pieces.mes_pieces(page, "preparation.sans.script@exemple.fr")
    gestes_pieces.deposer(page, "identite", fichier("lourde.jpg", i.photo_lourde(), "image/jpeg"))
    expect(gestes_pieces.recus(page, "identite")).to_contain_text("nous l’avons allégé")
    gestes_pieces.piece(page, "identite").get_by_role("link", name="Voir et déposer ce document").click()
    pages_preparees(page, 1)
    page.locator("#preparer-fichier").set_input_files([png("verso.png"), fichier("faux.png", i.heic(), "image/png")])
    page.get_by_role("button", name="Ajouter").click()
    gestes.attendre_erreurs(page, "faux.png")
    assert gestes.suivre_les_liens_d_erreur(page) == ["preparer-fichier"]
    pages_preparees(page, 2)
    pages.verifier(page, "sans-script-preparer-erreur", axe=False)
    page.get_by_role("button", name="Descendre la page 1").click()
    page.get_by_role("button", name="Tourner à gauche la page 2").click()
    pages_preparees(page, 2)
    assert noms(page) == ["verso.png", "lourde.jpg"]
    page.get_by_role("button", name="Voir le document avant de le déposer").click()
    gestes_pieces.images_dessinees(page, "img.justificatifs-image", 2)
    page.get_by_role("link", name="Changer les pages").click()
    page.get_by_role("button", name="Retirer la page 1").click()
    expect(page.locator('main [role="status"]').first).to_contain_text("La page est retirée.")
    expect(page.locator(".preparer-page").first).to_be_focused()
    page.get_by_role("button", name="Voir le document avant de le déposer").click()
    expect(page.locator("#document")).to_contain_text("Une image JPEG de 1")
    page.get_by_role("button", name="Déposer ce document").click()
    expect(gestes_pieces.recus(page, "identite")).to_contain_text("lourde.jpg")

    page.goto(f"{JUSTIFICATIFS}piece/domicile/preparer")
    page.locator("#preparer-fichier").set_input_files([png("facture.png")])
    page.get_by_role("button", name="Ajouter").click()
    page.goto(JUSTIFICATIFS)
    expect(page.locator("[data-en-preparation]")).to_contain_text("un document est en préparation")
    page.locator("[data-en-preparation] a").click()
    page.get_by_role("button", name="Effacer ces pages et recommencer").click()
    expect(gestes_pieces.piece(page, "domicile")).to_contain_text("Les pages préparées sont effacées.")
    expect(page.locator("[data-en-preparation]")).to_have_count(0)
