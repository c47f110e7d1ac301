"""From the PC to the phone, in two browsers: the candidate's, and a phone of 360 px where nobody logs in."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import choisi, image
from tests.parcours.gestes_pieces import ATTENTE, JUSTIFICATIFS
from tests.parcours.releve import TELEPHONE, Pages
from tests.parcours.serveur import DANS_LA_PERIODE, Serveur

CANDIDAT, SANS_SCRIPT = "telephone@exemple.fr", "telephone.sans.script@exemple.fr"
PAGE = f"{JUSTIFICATIFS}piece/identite/telephone"
CLOS = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


def lien_du_qr(page: Page) -> str:
    """The path that a phone would read on the screen of the PC."""
    vue = Image.open(io.BytesIO(page.locator("img.telephone-qr").screenshot()))
    [code] = zxingcpp.read_barcodes(vue, formats=zxingcpp.QRCode)
    return urlsplit(code.text).path


def ouvrir_le_lien(page: Page, adresse: str, cle: str = "identite") -> None:
    gestes_pieces.mes_pieces(page, adresse)
    bouton = re.compile("^Photographier avec mon téléphone")
    gestes_pieces.piece(page, cle).get_by_role("button", name=bouton).click()
    expect(page.locator("h1")).to_have_text("Photographier avec mon téléphone")
    expect(page.locator("[data-code-court]")).to_be_visible()


def arrivees(page: Page, nombre: int) -> None:
    """Waits for the photos, and for their thumbnails to be drawn."""
    photos = page.locator(".telephone-photos img")
    expect(photos).to_have_count(nombre, timeout=ATTENTE)
    for photo in photos.all():
        expect(photo).to_have_js_property("complete", True)
        assert photo.evaluate("i => i.naturalWidth") > 50


def juger(telephone: Page, pages: Pages, etat: str, *, axe: bool = True) -> None:
    pages.verifier(telephone, etat, axe=axe)
    telephone.set_viewport_size(TELEPHONE)


@pytest.mark.passages("A1", "A4", "A6", "A8", "A17", "S19", "S20", "pieces.depot-en-ligne", "pieces.bouton-ajouter")
def test_photos_taken_on_a_phone_arrive_on_the_pc_where_they_are_sent(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    pc, telephone = ouvrir(), ouvrir()
    telephone.set_viewport_size(TELEPHONE)
    ouvrir_le_lien(pc, CANDIDAT)
    pages.verifier(pc, "telephone-pc-ouvert")
    lien = lien_du_qr(pc)

    telephone.goto(lien)
    expect(telephone.locator("main")).to_contain_text("Aucune photo pour l’instant.")
    juger(telephone, pages, "telephone-vide")
    prendre_des_photos(pc, telephone, pages)

    telephone.get_by_role("button", name="Retirer la dernière photo").click()
    arrivees(telephone, 2)
    arrivees(pc, 2)
    pc.get_by_role("button", name="Prolonger de 15").click()
    expect(pc.locator("#suivi")).to_contain_text("vaut encore 15\u00a0minutes")

    telephone.get_by_role("button", name="J’ai fini").click()
    expect(telephone.locator("h1")).to_have_text("C’est fini sur ce téléphone")
    juger(telephone, pages, "telephone-fini")
    expect(pc.locator("main")).to_contain_text("Le lien est fermé", timeout=ATTENTE)  # by itself
    arrivees(pc, 2)
    pages.verifier(pc, "telephone-pc-fini")
    telephone.goto(lien)
    expect(telephone.locator("h1")).to_have_text("Ce lien ne marche plus")
    expect(telephone.locator("main")).to_contain_text("Que deviennent vos photos")
    juger(telephone, pages, "telephone-ferme")

    pc.get_by_role("link", name="Voir et déposer ce document").click()
    expect(pc).to_have_url(re.compile("/piece/identite/preparer$"))
    expect(pc.locator("main img")).to_have_count(2)
    assert serveur.executer(
        "SELECT COUNT(*) FROM justificatifs_fichierdepose f JOIN "
        "justificatifs_piecejustificative p ON p.id = f.piece_id JOIN inscription_candidature c ON "
        "c.id = p.candidature_id JOIN comptes_compte k ON k.id = c.compte_id WHERE k.email = ?",
        CANDIDAT,
    ) == [(0,)]
    traces = [ligne for ligne in serveur.trace.splitlines() if ligne.startswith("{")]
    assert [t for t in traces if lien.rpartition("/")[2] in json.loads(t)["message"]] == []


def prendre_des_photos(pc: Page, telephone: Page, pages: Pages) -> None:
    """A photo leaves as soon as it is taken; those already taken leave together, and a wrong one is named."""
    assert telephone.locator("#telephone-photo").get_attribute("capture") == "environment"
    telephone.locator("#telephone-photo").set_input_files(image("recto.jpg"))
    arrivees(telephone, 1)
    expect(telephone.locator("#annonces")).to_have_text("C’est fait.")
    expect(telephone.locator("#arrivees")).to_be_focused()
    arrivees(pc, 1)  # nothing was touched there
    expect(pc.locator("#annonces")).to_have_text("Une photo est arrivée.")

    telephone.locator("#telephone-deja").set_input_files(
        [choisi("note.jpg", b"Rien"), image("verso.jpg"), image("encore.jpg")]
    )
    arrivees(telephone, 3)
    expect(telephone.locator(".telephone-refus")).to_contain_text("note.jpg")
    juger(telephone, pages, "telephone-refus-et-photos")
    telephone.locator("#telephone-deja").set_input_files(choisi("enorme.jpg", bytes(25 * 2**20 + 1)))
    expect(telephone.locator(".telephone-refus")).to_contain_text("« enorme.jpg » pèse plus de 25 Mo")
    telephone.locator("#telephone-deja").set_input_files([image("apres.jpg"), choisi("note.jpg", b"Rien")])
    expect(telephone.locator("#erreurs")).to_be_focused()
    telephone.get_by_role("button", name="Retirer la dernière photo").click()
    arrivees(telephone, 3)
    arrivees(pc, 3)
    pages.verifier(pc, "telephone-pc-photos")


def en_panne(route: Route) -> None:
    """What stands before the site answers for it, with a page of its own."""
    route.fulfill(status=503, content_type="text/html", body="<h1>Service Unavailable</h1>")


def postes(page: Page, reponses: list[Callable[[Route], None]]) -> None:
    """Each photo that leaves from now on meets the next of these answers; then the server's own."""

    def repondre(route: Route) -> None:
        if route.request.method == "POST" and reponses:
            reponses.pop(0)(route)
        else:
            route.continue_()

    page.route("**/telephone/*", repondre)


@pytest.mark.passages("A1", "A9", "S19")
def test_a_photo_chosen_during_a_transfer_or_met_by_a_site_that_is_down_is_not_lost(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    pc, telephone = ouvrir(), ouvrir()
    telephone.set_viewport_size(TELEPHONE)
    ouvrir_le_lien(pc, CANDIDAT, "domicile")
    telephone.goto(lien_du_qr(pc))
    annonces = telephone.locator("#annonces")
    tenus: list[Route] = []
    postes(telephone, [tenus.append])

    # The first is on its way: the second waits, and no button takes the page away.
    telephone.locator("#telephone-photo").set_input_files(image("une.jpg"))
    expect(annonces).to_have_text("Transfert de la photo 1 sur 1.")
    with telephone.expect_file_chooser() as appareil:  # the camera is open while the page changes
        telephone.locator("#telephone-photo").click()
    telephone.locator("#telephone-deja").set_input_files(image("deux.jpg"))
    telephone.get_by_role("button", name="J’ai fini").click(no_wait_after=True)
    expect(annonces).to_contain_text("Un transfert est en cours.")
    juger(telephone, pages, "telephone-pendant-l-envoi")
    tenus[0].continue_()
    arrivees(telephone, 2)
    expect(annonces).to_have_text("C’est fait.")
    appareil.value.set_files(image("trois.jpg"))
    arrivees(telephone, 3)

    # What answers is not the site: nothing is stuck, and what has not arrived leaves with the next photo.
    postes(telephone, [en_panne, tenus.append])
    telephone.locator("#telephone-photo").set_input_files(image("quatre.jpg"))
    expect(annonces).to_contain_text("Le transfert a été coupé.")
    expect(annonces).to_be_visible()
    expect(telephone.locator("#photos")).not_to_have_attribute("aria-busy", "true")
    telephone.get_by_role("button", name="Ajouter").click()
    expect(annonces).to_have_text("Transfert de la photo 1 sur 1.")
    en_panne(tenus[1])
    expect(annonces).to_contain_text("Le transfert a été coupé.")
    juger(telephone, pages, "telephone-coupure")

    # A photo that the site cannot take lets the others pass, and still waits.
    telephone.route(
        "**/telephone/*",
        lambda route: (
            en_panne(route) if b"quatre.jpg" in (route.request.post_data_buffer or b"") else route.fallback()
        ),
    )
    telephone.locator("#telephone-deja").set_input_files(image("cinq.jpg"))
    expect(annonces).to_contain_text("Le transfert a été coupé.")
    telephone.get_by_role("button", name="Ajouter").click()
    arrivees(telephone, 4)
    expect(annonces).to_contain_text("Le transfert a été coupé.")
    telephone.unroute("**/telephone/*")
    telephone.get_by_role("button", name="Ajouter").click()
    arrivees(telephone, 5)
    expect(annonces).to_have_text("C’est fait.")


@pytest.mark.passages("A1", "A9", "S19")
def test_the_pc_asks_again_after_a_failure_and_says_when_it_stops(ouvrir: Callable[..., Page], pages: Pages) -> None:
    pc = ouvrir()
    pc.clock.install()
    demandes: list[int] = []

    def repondre(route: Route) -> None:
        demandes.append(len(demandes) + 1)
        if demandes[-1] in (2, 3):
            en_panne(route)
        else:
            route.continue_()

    pc.route("**/telephone/etat", repondre)
    with pc.expect_response("**/telephone/etat"):
        ouvrir_le_lien(pc, CANDIDAT, "domicile")

    def passer(millisecondes: int, attendues: int) -> None:
        pc.wait_for_timeout(200)  # the page reads the answer to the last question
        if attendues == len(demandes):
            pc.clock.run_for(millisecondes)
            pc.wait_for_timeout(200)
        else:
            with pc.expect_response("**/telephone/etat"):
                pc.clock.run_for(millisecondes)
        assert len(demandes) == attendues

    passer(3_100, 2)
    passer(3_100, 2)  # twice as long after a failure, then four times
    passer(3_100, 3)
    passer(9_000, 3)
    passer(3_100, 4)
    expect(pc.locator("#annonces")).to_be_empty()
    pc.context.clear_cookies()
    pc.wait_for_timeout(200)
    pc.clock.run_for(3_100)  # a redirection that is not followed: the browser tells of no answer
    expect(pc.locator("#annonces")).to_contain_text("Cette page ne se met plus à jour toute seule.")
    expect(pc.locator("#annonces")).to_be_visible()
    pages.verifier(pc, "telephone-pc-arret")
    passer(60_000, 5)
    pc.get_by_role("link", name="Actualiser").click()
    expect(pc.locator("h1")).to_have_text("J’ai un compte, je me connecte")


@pytest.mark.passages("A1", "A5", "A6", "S19", "S20", "pieces.depot-en-ligne")
def test_the_link_is_typed_or_mailed_and_all_works_without_javascript(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    pc, telephone = ouvrir(java_script_enabled=False), ouvrir(java_script_enabled=False)
    telephone.set_viewport_size(TELEPHONE)
    ouvrir_le_lien(pc, SANS_SCRIPT)
    pc.get_by_role("button", name="Recevoir ce lien par courriel").click()
    expect(pc.locator('main [role="status"]').first).to_contain_text(SANS_SCRIPT)
    _, courriel = gestes_pieces.dernier_courriel(serveur, SANS_SCRIPT)
    envoye = str(re.search(r"https?://\S+/telephone/\S+", courriel)[0])
    assert urlsplit(envoye).path == lien_du_qr(pc)
    code = pc.locator("[data-code-court]").inner_text()

    assert urlsplit(pc.locator(".telephone-adresse").inner_text()).path == "/telephone"
    telephone.goto("/telephone")
    pages.verifier(telephone, "telephone-code", axe=False)
    telephone.get_by_role("button", name="Continuer").click()
    gestes.attendre_erreurs(telephone, "Ce code n’est pas valable.")
    pages.verifier(telephone, "telephone-code-refuse", axe=False)
    telephone.get_by_label("Code affiché").fill(code.lower())
    telephone.get_by_role("button", name="Continuer").click()
    expect(telephone.locator("h1")).to_have_text("Photographier")

    telephone.locator("#telephone-photo").set_input_files(image("recto.jpg"))
    telephone.locator("#telephone-deja").set_input_files([image("verso.jpg"), choisi("note.jpg", b"Rien")])
    telephone.get_by_role("button", name="Ajouter").click()
    gestes.attendre_erreurs(telephone, "note.jpg")
    arrivees(telephone, 2)
    pages.verifier(telephone, "telephone-sans-script", axe=False)

    pc.get_by_role("link", name="Actualiser").click()
    arrivees(pc, 2)
    expect(pc.locator("main")).to_contain_text("Le code a servi")
    pages.verifier(pc, "telephone-pc-code-servi", axe=False)
    pc.get_by_role("button", name="Fermer le lien").click()
    expect(pc.locator("main")).to_contain_text("Le lien est fermé")
    telephone.get_by_role("button", name="Retirer la dernière photo").click()
    expect(telephone.locator("h1")).to_have_text("Ce lien ne marche plus")
    pc.get_by_role("button", name="Nouveau lien").click()
    expect(pc.locator("[data-code-court]")).to_be_visible()


@pytest.mark.passages("A1", "A8", "A17", "S19")
def test_the_rarer_states_of_both_pages_are_clean(ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages) -> None:
    pc, autre, telephone = ouvrir(), ouvrir(), ouvrir()
    telephone.set_viewport_size(TELEPHONE)
    ouvrir_le_lien(pc, SANS_SCRIPT)
    lien = lien_du_qr(pc)
    gestes_pieces.mes_pieces(autre, SANS_SCRIPT)
    autre.goto(PAGE)
    expect(autre.locator("main")).to_contain_text("Un lien est déjà ouvert")
    pages.verifier(autre, "telephone-pc-autre-connexion")
    autre.goto(f"{JUSTIFICATIFS}piece/domicile/telephone")
    expect(autre.get_by_role("button", name="Ouvrir un lien")).to_be_visible()
    pages.verifier(autre, "telephone-pc-sans-lien")

    telephone.goto("/telephone")
    juger(telephone, pages, "telephone-code-script")
    telephone.get_by_label("Code affiché").fill(pc.locator("[data-code-court]").inner_text())
    telephone.get_by_role("button", name="Continuer").click()
    expect(telephone.locator("h1")).to_have_text("Photographier")
    expect(pc.locator("main")).to_contain_text("Le code a servi", timeout=ATTENTE)  # by itself
    pages.verifier(pc, "telephone-pc-code-servi-script")
    assert telephone.url.rpartition("/")[2] not in lien

    telephone.goto("/telephone")
    for _ in range(11):
        telephone.get_by_label("Code affiché").fill("AAAA-AAAA")
        telephone.get_by_role("button", name="Continuer").click()
        if telephone.locator("h1").inner_text() == "Trop de codes essayés":
            break
        gestes.attendre_erreurs(telephone, "Ce code n’est pas valable.")
    expect(telephone.locator("h1")).to_have_text("Trop de codes essayés")
    juger(telephone, pages, "telephone-trop-de-codes")

    serveur.executer("DELETE FROM comptes_essai WHERE cle LIKE 'passerelle:%'")
    serveur.regler_horloge(CLOS)
    pc.get_by_role("button", name="Prolonger de 15").click()
    expect(pc.locator("#erreurs")).to_be_visible()
    pages.verifier(pc, "telephone-pc-clos")


@pytest.mark.passages("A1", "A8", "S19")
def test_a_phone_learns_that_the_deposit_has_closed(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    pc, telephone = ouvrir(), ouvrir()
    telephone.set_viewport_size(TELEPHONE)
    ouvrir_le_lien(pc, CANDIDAT)
    lien = lien_du_qr(pc)
    telephone.goto(lien)
    serveur.regler_horloge(CLOS)
    telephone.locator("#telephone-photo").set_input_files(image("trop-tard.jpg"))
    expect(telephone.locator('[data-code="depot_clos"]')).to_be_visible(timeout=ATTENTE)
    expect(telephone.locator('input[type="file"]')).to_have_count(0)
    expect(telephone.locator("#annonces")).to_have_text("Une photo n’est pas ajoutée. Lisez pourquoi.")
    juger(telephone, pages, "telephone-clos")

    # Back in the period, then closed from the PC: the phone that sends a photo meets the page of dead links.
    serveur.regler_horloge(DANS_LA_PERIODE)
    telephone.goto(lien)
    pc.get_by_role("button", name="Fermer le lien").click()
    expect(pc.locator("main")).to_contain_text("Le lien est fermé")
    telephone.locator("#telephone-photo").set_input_files(image("apres-la-fin.jpg"))
    expect(telephone.locator("h1")).to_have_text("Ce lien ne marche plus")
    expect(telephone.locator("#annonces")).to_have_text("Ce lien ne marche plus")
