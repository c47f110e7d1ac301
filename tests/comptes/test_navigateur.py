"""Pages of accounts in a real browser: accessibility, policy of content, the two things JavaScript adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as reglages
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from registre.comptes.models import Compte
from tests.comptes.conftest import formulaire
from tests.conftest import MOT_DE_PASSE

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]

PUBLIQUES = [
    "accueil",
    "ouverture_des_services",
    "donnees_personnelles",
    "mentions_legales",
    "accessibilite",
    "account_login",
    "account_signup",
    "account_email_verification_sent",
    "account_resend_activation",
    "account_reset_password",
    "account_reset_password_done",
    "account_confirm_email",
]


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    contexte = browser.new_context(base_url=live_server.url, locale="fr-FR")
    feuille = contexte.new_page()
    plaintes: list[str] = []
    feuille.on("console", lambda m: plaintes.append(m.text) if m.type in ("error", "warning") else None)
    feuille.on("request", lambda r: None if r.url.startswith((live_server.url, "data:")) else plaintes.append(r.url))
    yield feuille
    contexte.close()
    # The dead link answers 410, which the browser reports as an error: it is what is wanted.
    assert [p for p in plaintes if "410" not in p] == []


def entrer(page: Page, compte: Compte, live_server: Any) -> None:
    client = Client()
    client.force_login(compte)
    cookie = client.cookies[reglages.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": reglages.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def sans_defaut(page: Page) -> None:
    resultat = Axe().run(page)
    assert resultat.violations_count == 0, resultat.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.passages("A1", "A4", "S19", "P11")
@pytest.mark.parametrize("nom", PUBLIQUES)
def test_public_pages_are_clean_wide_and_narrow(page, nom):
    for largeur in (1280, 320):
        page.set_viewport_size({"width": largeur, "height": 800})
        page.goto(reverse(nom))
        sans_defaut(page)


@pytest.mark.passages("A1", "A4", "S19", "P11")
@pytest.mark.parametrize("nom", ["mon_compte", "identite", "account_email", "account_change_password"])
def test_pages_of_the_compte_are_clean(page, compte, live_server, nom):
    entrer(page, compte, live_server)
    for largeur in (1280, 320):
        page.set_viewport_size({"width": largeur, "height": 800})
        page.goto(reverse(nom))
        sans_defaut(page)


@pytest.mark.passages("A1", "A6", "compte.adresse-mail-consultee")
def test_creation_with_errors_is_clean_and_takes_the_focus_to_the_summary(page):
    page.goto(reverse("account_signup"))
    page.get_by_role("button", name="Créer mon compte").click()
    assert page.title().startswith("Erreur")
    assert page.evaluate("document.activeElement.id") == "erreurs"
    sans_defaut(page)

    saisie = formulaire(courriel="lea@gmial.com")
    page.get_by_label("Madame").check(force=True)
    page.locator("#id_pays_de_naissance").select_option("FR")
    for champ in set(saisie) - {"civilite", "pays_de_naissance"}:
        page.locator(f"#id_{champ}").fill(saisie[champ])
    page.get_by_role("button", name="Créer mon compte").click()
    assert page.get_by_label("Garder").count() == 1
    sans_defaut(page)


@pytest.mark.passages("S4")
def test_password_can_be_shown_pasted_and_is_hidden_again(page):
    page.goto(reverse("account_login"))
    champ = page.locator("#id_mot_de_passe")
    champ.fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Afficher : Mot de passe").click()
    assert champ.get_attribute("type") == "text"
    page.get_by_role("button", name="Masquer : Mot de passe").click()
    assert champ.get_attribute("type") == "password"


@pytest.mark.passages("S16", "A12")
def test_the_end_of_the_session_is_announced_and_can_be_put_off(page, compte, live_server):
    entrer(page, compte, live_server)
    page.clock.install()
    page.goto(reverse("mon_compte"))
    page.clock.fast_forward(27 * 60 * 1000)
    assert page.get_by_role("button", name="Prolonger").count() == 0
    page.clock.fast_forward(61 * 1000)
    assert "2 minutes" in page.get_by_role("alert").inner_text()
    sans_defaut(page)
    page.get_by_role("button", name="Prolonger").click()
    page.get_by_role("alert").wait_for(state="detached")
    page.clock.fast_forward(28 * 60 * 1000 + 1000)
    page.clock.fast_forward(2 * 60 * 1000 + 1000)
    assert "terminée" in page.get_by_role("alert").inner_text()


@pytest.mark.passages("A5", "inscription.compte-active", "S20")
def test_the_whole_way_from_creation_to_mon_compte_without_javascript(browser, live_server):
    from tests.comptes.conftest import lien_du_dernier_courriel

    contexte = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = contexte.new_page()
    page.goto(reverse("accueil"))
    page.get_by_role("link", name="Je n’ai pas de compte, je le crée").click()
    saisie = formulaire()
    page.get_by_label("Madame").check(force=True)
    page.locator("#id_pays_de_naissance").select_option("FR")
    for champ in set(saisie) - {"civilite", "pays_de_naissance"}:
        page.locator(f"#id_{champ}").fill(saisie[champ])
    page.get_by_role("button", name="Créer mon compte").click()
    page.goto(lien_du_dernier_courriel())
    page.get_by_role("button", name="Activer mon compte").click()
    page.locator("#id_courriel").fill(saisie["courriel"])
    page.locator("#id_mot_de_passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Me connecter").click()
    page.get_by_role("link", name="Mon compte").click()
    assert page.locator("h1").inner_text() == "Mon compte"
    contexte.close()
