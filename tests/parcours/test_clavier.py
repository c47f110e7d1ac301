"""From the home page to the PDF with a keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.clavier import Clavier
from tests.parcours.serveur import Serveur

ADRESSE = "clavier@exemple.fr"
SUIVANT = 'button[value="suivant"]:not([aria-hidden])'


@pytest.mark.passages("A3", "A6", "A7")
def test_the_whole_journey_with_the_keyboard_alone(ouvrir: Callable[..., Page], serveur: Serveur) -> None:
    page = ouvrir()
    clavier = Clavier(page)
    page.goto("/")
    creer_un_compte(page, clavier)
    page.goto(serveur.lien_recu(ADRESSE))
    clavier.au_contenu()
    clavier.activer("main button", "Space")
    expect(page.locator("h1")).to_have_text("J’ai un compte, je me connecte")
    clavier.au_contenu()
    clavier.taper("courriel", ADRESSE)
    clavier.taper("mot_de_passe", gestes.MOT_DE_PASSE)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    clavier.au_contenu()
    clavier.activer("main .fr-btn")
    expect(page.locator("h1")).to_contain_text("session 2026")
    clavier.au_contenu()
    clavier.activer("main .fr-btn")
    remplir_les_etapes(page, clavier)
    clavier.au_contenu()
    clavier.activer("main form button")
    expect(page.locator('main [role="status"]').first).to_contain_text("Votre inscription est enregistrée")
    clavier.au_contenu()
    clavier.activer('main a[href="/documents/"]')
    expect(page.locator("h1")).to_have_text("Mes documents")
    clavier.au_contenu()
    clavier.activer("main section a")
    expect(page.locator("h1")).to_have_text("Confirmation d’inscription")
    clavier.au_contenu()
    gestes.ouvrir_le_pdf(page, lambda: clavier.activer('main a[href$="/pdf"]'))
    assert clavier.arrets > 100


def creer_un_compte(page: Page, clavier: Clavier) -> None:
    clavier.au_contenu()
    clavier.activer('main a[href="/compte/creation/"]')
    expect(page.locator("h1")).to_have_text("Créer mon compte")
    clavier.au_contenu()
    clavier.cocher("civilite", "madame")
    for nom in ("nom", "confirmation_nom", "prenoms", "date_de_naissance", "confirmation_date_de_naissance"):
        clavier.taper(nom, gestes.COMPTE[nom])
    clavier.lister("pays_de_naissance", "France", "FR")
    for nom, valeur in (("courriel", ADRESSE), ("confirmation_courriel", ADRESSE)):
        clavier.taper(nom, valeur)
    for nom in ("mot_de_passe", "confirmation_mot_de_passe"):
        clavier.taper(nom, gestes.MOT_DE_PASSE)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Vérifiez vos messages")


def remplir_les_etapes(page: Page, clavier: Clavier) -> None:
    gestes.sur_l_etape(page, "identification")
    clavier.au_contenu()
    clavier.activer(SUIVANT)
    corriger_depuis_le_sommaire(page, clavier)
    clavier.taper("domicile_code_postal", "63000")
    clavier.taper("domicile_commune", "Clermont-Ferrand")
    clavier.cocher("autre_adresse", "non")
    clavier.taper("telephone_mobile", "06 39 98 01 23")
    clavier.cocher("nationalite_francaise", "oui")
    clavier.lister("categorie", "Non rens", "99")
    clavier.activer(SUIVANT)

    gestes.sur_l_etape(page, "candidature")
    clavier.au_contenu()
    clavier.cocher("voie", "trois-ans-activite")
    clavier.cocher("salarie_trois_ans", "oui")
    clavier.cocher("domaine_en_rapport", "oui")
    clavier.cocher("deja_passe", "non")
    clavier.aller('[name="etablissement"]')
    page.keyboard.press("ArrowDown")
    clavier.cocher("handicap", "non")
    clavier.activer(SUIVANT, "Space")

    gestes.sur_l_etape(page, "qualification")
    clavier.au_contenu()
    clavier.taper("recherche", "agora")
    page.keyboard.press("Enter")
    expect(page.locator("#nombre-de-specialites")).to_have_text("1 spécialité")
    clavier.cocher("specialite", gestes.SPECIALITE)
    clavier.cocher("forme_de_passage", "globale")
    clavier.activer(SUIVANT)

    gestes.sur_l_etape(page, "acquis")
    clavier.au_contenu()
    clavier.cocher_la_case("possibilites", "aucun")
    clavier.activer(SUIVANT)

    gestes.sur_l_etape(page, "epreuves")
    clavier.au_contenu()
    clavier.lister("lva", "Angl", "anglais")
    clavier.lister("lvb", "Esp", "espagnol")
    clavier.cocher("eps_cas", "apte")
    clavier.cocher_la_case("eps_activites", "danse")
    clavier.cocher_la_case("eps_activites", "tennis-de-table")
    clavier.activer(SUIVANT)
    gestes.sur_l_etape(page, "recapitulatif")


def corriger_depuis_le_sommaire(page: Page, clavier: Clavier) -> None:
    """The focus is on the summary; a link goes to the field, « Pourquoi ? » opens, Shift+Tab comes back."""
    gestes.attendre_erreurs(page)
    page.evaluate("window.__arret = null")
    clavier.tabuler()
    assert clavier.est_sur('#erreurs a[href="#id_domicile_voie"]')
    page.keyboard.press("Enter")
    assert clavier.est_sur("#id_domicile_voie")
    page.keyboard.type("12 rue des Tanneurs")
    page.evaluate("window.__arret = document.activeElement")
    clavier.tabuler()
    assert clavier.est_sur("summary")
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_be_visible()
    clavier.reculer()
    assert clavier.est_sur("#id_domicile_voie")
