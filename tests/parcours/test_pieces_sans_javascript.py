"""The same pieces without JavaScript: links, forms and pages are enough for candidate and officer alike (A5)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import choisi, image, refuses, scan
from tests.parcours.gestes_pieces import JUSTIFICATIFS
from tests.parcours.preparer_pieces import RECAPITULATIF
from tests.parcours.releve import Pages
from tests.parcours.serveur import Serveur

CANDIDAT, AGENT = "depot.sans.script@exemple.fr", "agent.sans.script@exemple.fr"


@pytest.mark.passages("A5", "A6", "pieces.depot-en-ligne", "pieces.envoi", "pieces.statut.par-le-gestionnaire", "L-52")
def test_pieces_from_the_deposit_to_the_control_without_javascript(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    page = ouvrir(java_script_enabled=False)
    gestes_pieces.mes_pieces(page, CANDIDAT)
    se_tromper(page, pages)
    deposer_et_revoir(page, pages)
    tout_envoyer(page, pages)

    agent = ouvrir(java_script_enabled=False)
    gestes_pieces.reserver_le_reste(serveur, CANDIDAT)
    gestes_pieces.au_service(agent, AGENT)
    controler(agent, pages, gestes_pieces.numero(serveur, CANDIDAT))

    page.get_by_role("link", name="Rafraîchir").click()
    expect(gestes_pieces.piece(page, RECAPITULATIF).locator(".fr-badge").first).to_have_text("Conforme")
    identite = gestes_pieces.piece(page, "identite")
    expect(identite.locator(".fr-badge").first).to_have_text("Non conforme")
    expect(identite).to_contain_text("Il manque un côté de la carte.")
    gestes_pieces.deposer(page, "identite", image("recto.jpg"), image("verso.jpg"))
    gestes_pieces.recus(page, "identite", 2)
    gestes_pieces.envoyer(page, "identite")
    gestes_pieces.envoye(page, "identite")
    pages.verifier(page, "sans-script-pieces-renvoyees", axe=False)


def se_tromper(page: Page, pages: Pages) -> None:
    gestes_pieces.envoyer(page, "identite")
    gestes.attendre_erreurs(page, "Il manque encore")
    gestes_pieces.piece(page, "identite").get_by_role("button", name=re.compile("^Ajouter")).click()
    gestes.attendre_erreurs(page)
    gestes_pieces.refus(page, "identite", "fichier_manquant")
    gestes.suivre_les_liens_d_erreur(page)
    mauvais = refuses()
    gestes_pieces.deposer(page, "identite", image("recto.jpg"), mauvais["fichier_actif"], mauvais["contenu_different"])
    gestes.attendre_erreurs(page)
    gestes_pieces.refus(page, "identite", "fichier_actif", "contenu_different")
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg"]
    pages.verifier(page, "sans-script-pieces-refusees", axe=False)


def deposer_et_revoir(page: Page, pages: Pages) -> None:
    identite = gestes_pieces.piece(page, "identite")
    gestes_pieces.deposer(page, "identite", image("verso.jpg"))
    gestes_pieces.recus(page, "identite")
    identite.get_by_role("button", name="Supprimer verso.jpg").click()
    expect(identite.locator("[data-recu]")).to_contain_text("est supprimé")
    identite.locator("summary", has_text="Remplacer recto.jpg").click()
    identite.locator('input[type="file"]').first.set_input_files(image("recto-net.jpg"))
    identite.get_by_role("button", name="Remplacer recto.jpg").click()
    gestes_pieces.recus(page, "identite")
    assert gestes_pieces.noms(page, "identite") == ["recto-net.jpg"]
    identite.get_by_role("link", name="Voir ce que le service verra").click()
    gestes_pieces.images_dessinees(page, "img.justificatifs-image", 1)
    pages.verifier(page, "sans-script-pieces-voir", axe=False)
    with page.expect_download() as attendu:
        page.get_by_role("link", name=re.compile("^Télécharger")).click()
    assert attendu.value.suggested_filename.endswith("-identite-1.jpg")
    page.get_by_role("link", name="Revenir à la liste des pièces").click()


def tout_envoyer(page: Page, pages: Pages) -> None:
    gestes_pieces.deposer(page, RECAPITULATIF, choisi("signee.pdf", gestes_pieces.confirmation(page, 1)))
    gestes_pieces.recus(page, RECAPITULATIF)
    expect(gestes_pieces.piece(page, RECAPITULATIF)).to_contain_text("est bien votre dernière version")
    for code in ("recapitulatif", "identite"):
        gestes_pieces.envoyer(page, code)
        gestes_pieces.envoye(page, code)
    gestes_pieces.deposer(page, "domicile", scan("facture.pdf"))
    gestes_pieces.recus(page, "domicile")
    pages.verifier(page, "sans-script-pieces-envoyees", axe=False)
    gestes.cliquer(page, "Accusé de dépôt")
    expect(page.locator("h1")).to_have_text("Accusé de dépôt de vos pièces")
    gestes.ouvrir_le_pdf(page, page.get_by_role("link", name="VISUALISER/IMPRIMER").click)
    page.goto(JUSTIFICATIFS)


def controler(agent: Page, pages: Pages, numero: str) -> None:
    gestes_pieces.chercher(agent, "vernet")
    agent.get_by_role("link", name=numero).click()
    pages.verifier(agent, "sans-script-fiche", axe=False)
    agent.goto(gestes_pieces.CONTROLE)
    gestes.cliquer(agent, "Contrôler la pièce suivante")
    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/{RECAPITULATIF}/$"))
    expect(agent.get_by_text("Raccourcis du clavier")).to_be_hidden()
    agent.get_by_role("link", name="Agrandir").click()
    agent.get_by_role("link", name="Tourner").click()
    expect(agent.locator("#reglage")).to_contain_text("150\u00a0%")
    vue = agent.locator("img.controle-image").first
    expect(vue).to_have_attribute("src", re.compile(r"tourner=90$"))
    expect(vue).to_have_class(re.compile("controle-image--150"))
    pages.verifier(agent, "sans-script-controle", axe=False)
    gestes.cliquer(agent, "Conforme, et pièce suivante")
    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/identite/$"))
    gestes.cliquer(agent, "Non conforme, et pièce suivante")
    gestes.attendre_erreurs(agent)
    gestes.cocher(agent, "raison", "identite-un-cote")
    gestes.cliquer(agent, "Non conforme, et pièce suivante")
    expect(agent).to_have_url(gestes_pieces.CONTROLE)
    expect(agent.locator('main [role="status"]').first).to_be_visible()
