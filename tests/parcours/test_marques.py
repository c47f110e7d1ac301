"""H5: a hostile text is typed in every text field of the journey. It never runs, and is shown as it is (S39)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.serveur import Serveur

MARQUE = "\"><svg onload='window.__execute=1'>{{7**9}}{%debug%}"
CANDIDAT = "marques@exemple.fr"
TEXTES = 'main input[type="text"], main input[type="email"], main input[type="password"], main input:not([type])'


def inerte(page: Page) -> None:
    """Nothing ran, nothing became an element, no template computed 7 to the 9th, shown by no page otherwise."""
    assert page.evaluate("window.__execute") is None, page.url
    assert page.locator("svg[onload]").count() == 0
    assert "40353607" not in page.locator("main").inner_text()


def marquer(page: Page) -> list[str]:
    """Types the marker in every text field that is shown, and gives their names."""
    marques = []
    for champ in page.locator(TEXTES).all():
        if champ.is_visible():
            champ.fill(MARQUE)
            marques.append(str(champ.get_attribute("name")))
    return marques


@pytest.mark.passages("S39", "S19")
def test_a_hostile_text_in_every_field_is_shown_and_never_run(ouvrir: Callable[..., Page], serveur: Serveur) -> None:
    page = ouvrir()
    page.goto("/compte/creation/")
    assert len(marquer(page)) >= 9
    gestes.cliquer(page, "Créer mon compte")
    inerte(page)
    expect(page.locator("#id_prenoms")).to_have_value(MARQUE)
    for chemin in ("/compte/connexion/", "/compte/mot-de-passe/oublie/", "/compte/activation/renvoi/"):
        page.goto(chemin)
        marquer(page)
        page.locator("main form button[type=submit]").first.click()
        inerte(page)
    gestes.se_connecter(page, CANDIDAT)
    page.goto(gestes.etape("identification"))
    gestes.remplir_identification(page)
    gestes.cocher(page, "autre_adresse", "oui")
    noms = marquer(page)
    assert {"domicile_voie", "correspondance_pays", "telephone_fixe"} <= set(noms)
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    inerte(page)
    for nom in noms:
        expect(page.locator(f'[name="{nom}"]')).to_have_value(MARQUE)
    # Kept where the rules accept any text: it then travels to the record, the mails and the documents.
    gestes.remplir_identification(page, domicile_voie=MARQUE[:60], telephone_fixe="")
    gestes.cliquer(page, "Suivant")
    poursuivre_avec_la_marque(page)


def poursuivre_avec_la_marque(page: Page) -> None:
    gestes.sur_l_etape(page, "candidature")
    inerte(page)
    gestes.remplir_candidature(page)
    gestes.cocher(page, "deja_passe", "oui")
    assert marquer(page)
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    inerte(page)
    for champ in page.locator(TEXTES).all():
        if champ.is_visible():
            champ.fill("")
    gestes.remplir_candidature(page)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "qualification")
    page.locator("#id_recherche").fill(MARQUE)
    gestes.cliquer(page, "Chercher")
    inerte(page)
    expect(page.locator("#nombre-de-specialites")).to_contain_text(MARQUE)
    page.goto(gestes.etape("qualification"))
    for nom in ("qualification", "acquis", "epreuves"):
        gestes.REMPLIR[nom](page)
        gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "recapitulatif")
    expect(page.locator("main")).to_contain_text(MARQUE[:60])
    inerte(page)
    gestes.cliquer(page, "ENREGISTRER")
    inerte(page)
    page.goto("/documents/")
    page.locator("main section a").first.click()
    expect(page.locator("main")).to_contain_text(MARQUE[:60])
    inerte(page)
    page.goto("/demo/courriels/")
    inerte(page)
