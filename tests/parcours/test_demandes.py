"""The office asks for one more piece; the candidate provides it or declares; the officer answers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.clavier import Clavier
from tests.parcours.fichiers import image
from tests.parcours.gestes_pieces import JUSTIFICATIFS
from tests.parcours.preparer_pieces import MOT_DE_PASSE_AGENT
from tests.parcours.releve import ORDINATEUR, PETIT, Pages, debordement, passer_axe
from tests.parcours.serveur import Serveur

TITRE = "Copie du livret de famille"
RAISON = "Votre nom d’usage n’est pas prouvé."
DIT = "Je n’ai pas de nom d’usage : je l’ai effacé de mon inscription."
CLE = "demande-1"


def demander(page: Page, numero: str, titre: str = TITRE, *, declarable: bool = True, bloquante: bool = True) -> None:
    page.goto(f"{gestes_pieces.GESTION}candidatures/{numero}/")
    page.get_by_role("link", name="Demander une pièce de plus").click()
    page.get_by_label("Titre").fill(titre)
    page.get_by_label("Pourquoi vous la demandez").fill(RAISON)
    page.get_by_label("Dernier jour").fill("31/12/2025")
    for nom, oui in (("bloquante", bloquante), ("non_concerne", declarable)):
        gestes.cocher(page, nom, "oui" if oui else "non")
    page.get_by_role("button", name="Demander cette pièce").click()
    expect(page.locator("h1")).to_contain_text(numero)


def declarer(page: Page, dit: str = DIT) -> None:
    piece = gestes_pieces.piece(page, CLE)
    piece.locator("summary", has_text="Cette pièce ne me concerne pas").click()
    piece.locator("textarea[name='dit']").fill(dit)
    piece.get_by_role("button", name=re.compile("^Je déclare sur l’honneur")).click()


@pytest.mark.passages("A1", "A4", "A6", "L-70", "L-71", "pieces.mes-justificatifs")
def test_a_request_from_the_office_to_the_answer(ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages) -> None:
    candidat = "demande@exemple.fr"
    numero = gestes_pieces.numero(serveur, candidat)
    bureau = ouvrir()
    gestes_pieces.au_service(bureau, "agent.demande@exemple.fr")
    se_tromper(bureau, pages, numero)
    demander(bureau, numero)
    expect(bureau.locator("main")).to_contain_text("La personne le sait par courriel.")
    expect(bureau.locator("#pieces ~ h3", has_text=TITRE)).to_be_visible()
    demander(bureau, numero, "Lettre de l’employeur", declarable=False, bloquante=False)
    pages.verifier(bureau, "demande-candidature")
    sujet, corps = gestes_pieces.dernier_courriel(serveur, candidat)
    assert sujet.startswith("Le service vous demande une pièce")
    assert "employeur" not in sujet + corps

    page = ouvrir()
    gestes_pieces.mes_pieces(page, candidat)
    groupe = page.locator(f"#groupe-{CLE}")
    expect(groupe).to_contain_text(RAISON)
    expect(groupe).to_contain_text("Obligatoire")
    expect(page.locator("#groupe-demande-2")).to_contain_text("Facultative")
    pages.verifier(page, "demandes-du-service")
    gestes_pieces.piece(page, CLE).locator("summary", has_text="Cette pièce ne me concerne pas").click()
    pages.verifier(page, "non-concerne-a-dire")
    page.reload()
    declarer(page)
    expect(gestes_pieces.piece(page, CLE)).to_contain_text(DIT)
    pages.verifier(page, "non-concerne-declare")
    gestes_pieces.envoyer(page, CLE)
    expect(groupe).to_contain_text("Vos pièces sont envoyées au service.")
    refuser_puis_controler(bureau, page, pages, numero, serveur)


def se_tromper(page: Page, pages: Pages, numero: str) -> None:
    page.goto(f"{gestes_pieces.CONTROLE}{numero}/demander")
    pages.verifier(page, "demander-une-piece")
    page.get_by_label("Dernier jour").fill("hier")
    page.get_by_role("button", name="Demander cette pièce").click()
    gestes.attendre_erreurs(page, "donnez un titre", "Dites à la personne pourquoi", "Écrivez le jour")
    expect(page.get_by_label("Dernier jour")).to_have_value("hier")
    gestes.suivre_les_liens_d_erreur(page)
    pages.verifier(page, "demander-refuse")


def refuser_puis_controler(bureau: Page, page: Page, pages: Pages, numero: str, serveur: Serveur) -> None:
    gestes_pieces.reserver_le_reste(serveur, "demande@exemple.fr")
    gestes_pieces.controler(bureau, numero, CLE)
    expect(bureau.locator("main")).to_contain_text(DIT)
    pages.verifier(bureau, "controle-declaration")
    bureau.get_by_role("button", name="Refuser", exact=True).click()
    gestes.attendre_erreurs(bureau, "Dites à la personne ce qui ne va pas")
    pages.verifier(bureau, "controle-declaration-refusee")
    bureau.get_by_label("Pourquoi cette pièce le concerne").fill("Votre carte porte un nom d’usage.")
    bureau.get_by_role("button", name="Refuser", exact=True).click()
    expect(bureau.locator("main")).to_contain_text("la déclaration est refusée")

    page.goto(JUSTIFICATIFS)
    expect(gestes_pieces.piece(page, CLE)).to_contain_text("Votre carte porte un nom d’usage.")
    gestes_pieces.deposer(page, CLE, image("livret.jpg"))
    gestes_pieces.recus(page, CLE)
    gestes_pieces.envoyer(page, CLE)
    gestes_pieces.envoye(page, CLE)

    gestes_pieces.controler(bureau, numero, CLE)
    gestes_pieces.images_dessinees(bureau, "img.controle-image", 1)
    expect(bureau.locator("#comparer + dl")).to_contain_text("Imbert")
    pages.verifier(bureau, "controle-demande")
    bureau.get_by_role("button", name="Conforme", exact=True).click()
    expect(bureau.locator("main")).to_contain_text("la pièce est conforme.")
    prolonger_et_retirer(bureau, pages, numero)
    page.goto(JUSTIFICATIFS)
    expect(gestes_pieces.piece(page, CLE).locator(".fr-badge").first).to_have_text("Conforme")
    expect(page.locator("#groupe-demande-2")).to_have_count(0)


def prolonger_et_retirer(page: Page, pages: Pages, numero: str) -> None:
    gestes_pieces.controler(page, numero, "demande-2")
    page.locator("summary", has_text="Changer le dernier jour").click()
    page.get_by_label("Nouveau dernier jour").fill("15/01/2026")
    page.get_by_role("button", name="Changer le dernier jour").click()
    expect(page.locator("main")).to_contain_text("jeudi 15\u00a0janvier 2026")
    page.locator("summary", has_text="Retirer la demande").click()
    page.get_by_role("button", name="Retirer la demande").click()
    expect(page.locator("main")).to_contain_text("la demande est retirée.")
    expect(page.locator("main")).to_contain_text("Demande d’une pièce retirée")


@pytest.mark.passages("A5", "L-70", "L-71")
def test_requests_and_declarations_without_javascript(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    candidat = "demande.sans.script@exemple.fr"
    numero = gestes_pieces.numero(serveur, candidat)
    bureau = ouvrir(java_script_enabled=False)
    gestes_pieces.au_service(bureau, "agent.demande.sans.script@exemple.fr")
    demander(bureau, numero)
    page = ouvrir(java_script_enabled=False)
    gestes_pieces.mes_pieces(page, candidat)
    declarer(page, "x")
    page.get_by_role("button", name=re.compile("^Retirer ma déclaration")).click()
    expect(gestes_pieces.piece(page, CLE)).to_contain_text("Votre déclaration est retirée.")
    declarer(page)
    gestes_pieces.envoyer(page, CLE)
    pages.verifier(page, "sans-script-non-concerne", axe=False)
    gestes_pieces.reserver_le_reste(serveur, candidat)
    gestes_pieces.controler(bureau, numero, CLE)
    pages.verifier(bureau, "sans-script-controle-declaration", axe=False)
    bureau.get_by_role("link", name=re.compile("^Pièce précédente")).click()
    expect(bureau.locator("h1")).to_have_text("Certificats de travail ou attestations d’employeur")
    gestes_pieces.controler(bureau, numero, CLE)
    bureau.get_by_role("button", name="Accepter", exact=True).click()
    expect(bureau.locator("main")).to_contain_text("la déclaration est acceptée.")
    page.goto(JUSTIFICATIFS)
    expect(gestes_pieces.piece(page, CLE)).to_contain_text("Le service a accepté votre déclaration.")


@pytest.mark.passages("A3", "A7", "L-70", "L-71")
def test_the_officer_asks_goes_from_piece_to_piece_and_answers_with_the_keyboard_alone(
    ouvrir: Callable[..., Page], serveur: Serveur
) -> None:
    candidat = "demande.clavier@exemple.fr"
    numero = gestes_pieces.numero(serveur, candidat)
    page = ouvrir()
    clavier = Clavier(page)
    page.goto("/compte/connexion/")
    clavier.au_contenu()
    clavier.taper("courriel", "agent.demande.clavier@exemple.fr")
    clavier.taper("mot_de_passe", MOT_DE_PASSE_AGENT)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Double authentification")
    clavier.au_contenu()
    clavier.taper("code", gestes.code_du_moment(page))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Gestion")
    page.goto(f"{gestes_pieces.CONTROLE}{numero}/demander")
    clavier.au_contenu()
    for nom, dit in (("titre", TITRE), ("raison", RAISON), ("echeance", "31/12/2025")):
        clavier.taper(nom, dit)
    clavier.aller("[name='bloquante']:checked")
    clavier.aller("[name='non_concerne']:checked")
    page.keyboard.press("ArrowDown")
    clavier.activer("main form button")
    expect(page.locator("h1")).to_contain_text(numero)
    # « Not concerned » by the candidate, from another browser.
    autre = ouvrir()
    gestes_pieces.mes_pieces(autre, candidat)
    declarer(autre)
    gestes_pieces.envoyer(autre, CLE)
    expect(autre.locator(f"#groupe-{CLE}")).to_contain_text("Vos pièces sont envoyées au service.")
    gestes_pieces.reserver_le_reste(serveur, candidat)
    gestes_pieces.controler(page, numero, "certificats-travail")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text(TITRE)
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Certificats de travail ou attestations d’employeur")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text(TITRE)
    page.get_by_label("Pourquoi cette pièce le concerne").fill("Commencé")
    page.locator("h1").click()
    page.keyboard.press("k")  # what is typed would be lost: the link is only pointed at
    expect(page.locator("[data-touche='k']")).to_be_focused()
    page.get_by_label("Pourquoi cette pièce le concerne").fill("")
    page.locator("h1").click()
    page.set_viewport_size(PETIT)
    assert debordement(page) == []
    page.set_viewport_size(ORDINATEUR)
    assert passer_axe(page) == []
    page.keyboard.press("c")
    expect(page.locator("[data-touche='c']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("la déclaration est acceptée.")
