"""The same journey without JavaScript: nothing is needed but links, forms and pages (A5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.releve import Pages
from tests.parcours.serveur import Serveur

ADRESSE = "sans-script@exemple.fr"


@pytest.mark.passages("A5", "A6", "A11", "P11")
def test_the_whole_journey_without_javascript(ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages) -> None:
    page = ouvrir(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Je n’ai pas de compte, je le crée").click()
    gestes.creer_compte(page, ADRESSE, mot_de_passe="court")
    assert page.title().startswith("Erreur")
    expect(page.locator("#erreurs")).to_be_focused()
    expect(page.locator("#id_mot_de_passe")).to_have_value("")
    gestes.creer_compte(page, ADRESSE)
    gestes.activer(page, serveur, ADRESSE)
    gestes.se_connecter(page, ADRESSE)
    page.get_by_role("link", name="M’inscrire").click()
    page.get_by_role("link", name="Commencer mon inscription").click()
    for nom, remplir in gestes.REMPLIR.items():
        gestes.sur_l_etape(page, nom)
        gestes.cliquer(page, "Suivant")  # empty, to see the errors
        gestes.sur_l_etape(page, nom)
        gestes.attendre_erreurs(page)
        pages.verifier(page, f"sans-script-{nom}-erreurs", axe=False)
        if nom == "qualification":
            chercher_sans_script(page)
        remplir(page)
        if nom == "candidature":
            quitter_et_reprendre(page)
        gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "recapitulatif")
    gestes.cliquer(page, "ENREGISTRER")
    expect(page.locator('main [role="status"]').first).to_contain_text("Votre inscription est enregistrée")
    page.get_by_role("link", name="Mes documents").first.click()
    page.locator("main section a").first.click()
    pages.verifier(page, "sans-script-document", axe=False)
    gestes.ouvrir_le_pdf(page, page.get_by_role("link", name="VISUALISER/IMPRIMER").click)
    modifier_puis_se_desinscrire(page)


def chercher_sans_script(page: Page) -> None:
    page.locator("#id_recherche").fill("agora")
    gestes.cliquer(page, "Chercher")
    expect(page.locator("#nombre-de-specialites")).to_contain_text("1 spécialité pour «\u00a0agora\u00a0»")


def quitter_et_reprendre(page: Page) -> None:
    gestes.cliquer(page, "Enregistrer le brouillon et quitter")
    expect(page.locator("h1")).to_contain_text("session 2026")
    page.goto(gestes.etape("candidature"))
    expect(page.locator('select[name="etablissement"]')).to_have_value("sans-etablissement-63")


def modifier_puis_se_desinscrire(page: Page) -> None:
    page.goto(gestes.etape("identification"))
    page.locator("#id_domicile_voie").fill("8 place de Jaude")
    gestes.cliquer(page, "Suivant")
    page.goto(gestes.etape("recapitulatif"))
    expect(page.get_by_role("region", name="Ce qui change")).to_contain_text("8 place de Jaude")
    gestes.cliquer(page, "ENREGISTRER")
    expect(page.locator('main [role="status"]').first).to_contain_text("version 2")
    page.get_by_role("link", name="Me désinscrire").click()
    gestes.cliquer(page, "Me désinscrire")
    expect(page.locator("main")).to_contain_text("ne compte plus.")
