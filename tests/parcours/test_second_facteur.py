"""An officer installs the second factor and passes it, with and without JavaScript; each page is judged."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.preparer import AGENTS_NEUFS, MOT_DE_PASSE_AGENT
from tests.parcours.releve import Pages

GESTION = re.compile(r"/gestion/clermont-ferrand/$")


@pytest.mark.passages("S12", "S4", "A1", "A5", "A6", "A9")
@pytest.mark.parametrize(("adresse", "script"), [(AGENTS_NEUFS[0], True), (AGENTS_NEUFS[1], False)])
def test_a_new_officer_installs_then_passes_then_loses_the_phone(
    ouvrir: Callable[..., Page], pages: Pages, adresse: str, script: bool
) -> None:
    page = ouvrir(java_script_enabled=script)
    gestes.se_connecter(page, adresse, MOT_DE_PASSE_AGENT)
    installer(page, pages, script)
    codes = page.locator(".registre-codes li").all_inner_texts()
    pages.verifier(page, f"codes-de-secours-{script}", axe=script)
    page.emulate_media(media="print")
    expect(page.locator(".registre-codes li")).to_have_count(10)
    expect(page.locator("header")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="J’ai gardé mes codes, continuer").click()
    expect(page).to_have_url(GESTION)

    gestes.cliquer(page, "Se déconnecter")
    gestes.se_connecter(page, adresse, MOT_DE_PASSE_AGENT)
    refuser_puis_passer(page, pages, script)

    gestes.cliquer(page, "Se déconnecter")
    gestes.se_connecter(page, adresse, MOT_DE_PASSE_AGENT)
    page.get_by_role("link", name="Employez un code de secours").click()
    gestes.taper(page, {"code": "rien de bon"})
    gestes.cliquer(page, "Continuer")
    gestes.attendre_erreurs(page)
    pages.verifier(page, f"secours-{script}", axe=script)
    gestes.taper(page, {"code": codes[0]})
    gestes.cliquer(page, "Continuer")
    expect(page.locator('main [role="status"]')).to_contain_text("Il vous en reste 9.")
    refaire_les_codes(page, pages, script)


def installer(page: Page, pages: Pages, script: bool) -> None:
    expect(page.locator("h1")).to_have_text("Installer la double authentification")
    expect(page.locator("#navigation")).not_to_contain_text("Mon compte")
    image = page.locator("img.registre-qr")
    assert image.evaluate("i => i.naturalWidth") > 20, "l’image n’est pas dessinée"
    champ = page.locator("#id_code")
    assert [champ.get_attribute(a) for a in ("autocomplete", "inputmode")] == ["one-time-code", "numeric"]
    gestes.cliquer(page, "Installer")
    gestes.attendre_erreurs(page)
    pages.verifier(page, f"installation-{script}", axe=script)
    gestes.taper(page, {"code": gestes.code_du_moment(page)})
    gestes.cliquer(page, "Installer")
    expect(page.locator("h1")).to_have_text("Mes codes de secours")


def refuser_puis_passer(page: Page, pages: Pages, script: bool) -> None:
    gestes.taper(page, {"code": "12"})
    gestes.cliquer(page, "Continuer")
    gestes.attendre_erreurs(page)
    pages.verifier(page, f"second-facteur-{script}", axe=script)
    gestes.passer_le_facteur(page)
    expect(page).to_have_url(GESTION)


def refaire_les_codes(page: Page, pages: Pages, script: bool) -> None:
    page.get_by_role("link", name="Mon compte").click()
    expect(page.locator("main")).to_contain_text("Il vous reste 9\u00a0codes de secours.")
    pages.verifier(page, f"mon-compte-du-service-{script}", axe=script)
    page.get_by_role("link", name="Refaire mes codes de secours").click()
    gestes.taper(page, {"code": gestes.code_du_moment(page)})
    pages.verifier(page, f"refaire-{script}", axe=script)
    gestes.cliquer(page, "Refaire les codes")
    expect(page.locator(".registre-codes li")).to_have_count(10)
