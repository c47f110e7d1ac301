"""Pieces with a keyboard alone: the candidate deposits, deletes and sends; the officer finds, controls and decides."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.clavier import Clavier
from tests.parcours.fichiers import image, scan
from tests.parcours.gestes_pieces import ATTENTE, JUSTIFICATIFS
from tests.parcours.preparer_pieces import MOT_DE_PASSE_AGENT, RECAPITULATIF
from tests.parcours.serveur import Serveur

CANDIDAT = "depot.clavier@exemple.fr"
CONTROLEE, AGENT = "controle.clavier@exemple.fr", "agent.clavier@exemple.fr"


def reprendre(page: Page) -> None:
    """The page has put the focus somewhere: the order is judged from there."""
    page.evaluate("window.__arret = document.activeElement")


def a_l_ancre(page: Page, ancre: str) -> None:
    """The page opens on one of its parts: the next Tab starts from there."""
    expect(page).to_have_url(re.compile(rf"{JUSTIFICATIFS}#{ancre}$"))
    page.evaluate("window.__arret = null")


@pytest.mark.passages("A3", "A7", "S4")
def test_the_candidate_deposits_deletes_and_sends_with_the_keyboard_alone(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir()
    clavier = Clavier(page)
    page.goto("/compte/connexion/")
    clavier.au_contenu()
    clavier.taper("courriel", CANDIDAT)
    clavier.taper("mot_de_passe", gestes.MOT_DE_PASSE)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    clavier.activer('nav a[href="/justificatifs/"]')
    expect(page.locator("h1")).to_have_text("Mes justificatifs")
    clavier.au_contenu()
    choisir(page, clavier, "identite", "Enter", image("recto.jpg"), image("verso.jpg"))
    gestes_pieces.recus(page, "identite", 2)
    expect(gestes_pieces.piece(page, "identite")).to_be_focused()
    reprendre(page)
    clavier.activer("#piece-identite summary")  # « Pourquoi ? »
    expect(page.locator("#piece-identite details[open]")).to_be_visible()
    clavier.activer('#piece-identite li:nth-child(2) form[action$="/supprimer"] button', "Space")
    expect(gestes_pieces.piece(page, "identite").locator("[data-recu]")).to_contain_text("est supprimé")
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg"]
    a_l_ancre(page, "piece-identite")
    clavier.activer("#envoyer-identite", "Space")
    gestes_pieces.envoye(page, "identite")
    a_l_ancre(page, "groupe-identite")
    choisir(page, clavier, "domicile", "Space", scan("facture.pdf"))
    gestes_pieces.recus(page, "domicile")
    reprendre(page)
    clavier.activer('#piece-domicile a[href$="/piece/domicile"]')
    expect(page.locator("main")).to_contain_text("Le service verra exactement ces images.")
    clavier.au_contenu()
    clavier.activer("main a")
    a_l_ancre(page, "piece-domicile")
    clavier.activer("#envoyer-conditions")
    gestes.attendre_erreurs(page, "Certificats de travail")
    page.evaluate("window.__arret = null")
    clavier.tabuler()
    assert clavier.est_sur("#erreurs a")
    page.keyboard.press("Enter")
    assert clavier.est_sur("#envoyer-conditions")
    reprendre(page)
    clavier.reculer()
    assert clavier.est_sur("#refus-conditions summary")  # why it is refused
    clavier.reculer()
    assert clavier.est_sur('#piece-certificats-travail a[href$="/preparer"]')
    assert clavier.arrets > 60


def choisir(page: Page, clavier: Clavier, cle: str, touche: str, *fichiers: FilePayload) -> None:
    """The chooser opens with Enter or Space; then « Ajouter »."""
    page.on("filechooser", lambda _: None)  # the browser is told at once, not in a race with the key
    clavier.aller(f"#depot-{cle}-fichier")
    with page.expect_file_chooser() as choix:
        page.keyboard.press(touche)
    choix.value.set_files(list(fichiers))
    clavier.activer(f"#piece-{cle} > form button")


@pytest.mark.passages("A3", "A7")
def test_the_officer_finds_looks_and_decides_with_the_keyboard_alone(
    ouvrir: Callable[..., Page], serveur: Serveur
) -> None:
    numero = gestes_pieces.numero(serveur, CONTROLEE)
    gestes_pieces.reserver_le_reste(serveur, CONTROLEE)
    page = ouvrir()
    clavier = Clavier(page)
    page.goto("/compte/connexion/")
    clavier.au_contenu()
    clavier.taper("courriel", AGENT)
    clavier.taper("mot_de_passe", MOT_DE_PASSE_AGENT)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Double authentification")
    clavier.au_contenu()
    clavier.taper("code", gestes.code_du_moment(page))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Gestion")
    clavier.au_contenu()
    clavier.taper("q", "lafont")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Candidatures")
    clavier.au_contenu()
    clavier.activer(f'main td a[href$="/candidatures/{numero}/"]')
    expect(page.locator("h1")).to_have_text(f"Candidature {numero}")
    clavier.au_contenu()
    clavier.activer(f'main td a[href$="/{numero}/identite/"]')
    expect(page.locator("h1")).to_have_text("Document justifiant l’identité")
    page.goto(gestes_pieces.GESTION)
    clavier.au_contenu()
    clavier.activer(f'main a[href="{gestes_pieces.CONTROLE}"]')
    expect(page.locator("h1")).to_have_text("Contrôle des pièces")
    clavier.au_contenu()
    clavier.activer("main form button")
    expect(page).to_have_url(re.compile(rf"/controle/{numero}/{RECAPITULATIF}/$"))
    regarder(page, clavier)
    decider(page, clavier, numero)


def regarder(page: Page, clavier: Clavier) -> None:
    """The tools by Tab, then by the shortcuts; a typed letter is never a shortcut."""
    clavier.au_contenu()
    clavier.activer("[data-zoom='1']")
    expect(page.locator("#reglage")).to_have_text("150\u00a0%")
    for touche, attendu in (("+", "200\u00a0%"), ("-", "150\u00a0%"), ("t", "150\u00a0%, tournée de 90\u00a0degrés")):
        page.keyboard.press(touche)
        expect(page.locator("#reglage")).to_have_text(attendu)
    reprendre(page)
    clavier.aller(".controle-cadre")  # the picture scrolls with the arrows
    image = page.locator("img.controle-image").first
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("i => i.offsetWidth > i.parentElement.clientWidth")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0", timeout=ATTENTE)
    page.keyboard.press("s")
    expect(page.locator("#page-2")).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator("#page-1")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#recevoir-recue_le")).to_be_focused()
    page.keyboard.type("crnt")
    expect(page.locator("#recevoir-recue_le")).to_have_value("crnt")
    for _ in range(4):
        page.keyboard.press("Backspace")


def decider(page: Page, clavier: Clavier, numero: str) -> None:
    reprendre(page)
    clavier.reculer()
    page.keyboard.press("l")
    expect(page.locator("[data-touche='l']")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("[data-touche='c']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/controle/{numero}/identite/$"))
    clavier.au_contenu()
    page.keyboard.press("n")
    expect(page.locator('[name="raison"]').first).to_be_focused()
    reprendre(page)
    page.keyboard.press("Space")
    clavier.cocher("raison", "identite-un-cote")
    clavier.taper("commentaire", "Le verso manque, renvoyez-le.")
    clavier.activer('#decider ~ form:has([name="raison"]) button')
    expect(page).to_have_url(re.compile(rf"/controle/{numero}/domicile/$"))
    clavier.au_contenu()
    clavier.activer("[data-raccourcis] > summary")
    clavier.aller("#raccourcis-actifs")
    page.keyboard.press("Space")
    page.keyboard.press("c")
    expect(page.locator("#raccourcis-actifs")).to_be_focused()  # switched off, a letter does nothing
    page.keyboard.press("Space")
    clavier.activer("#accepter-recue_le")
    expect(page).to_have_url(re.compile(rf"/controle/{numero}/(domicile|certificats-travail)/$"))
