"""The public pages, and how each page of accounts presents itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from registre.commun.pays import pays

pytestmark = pytest.mark.django_db

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
CONNECTEES = ["mon_compte", "identite", "account_email", "account_change_password"]


@pytest.mark.passages(
    "compte.accueil", "compte.ouverture-des-services", "contact.service", "contact.courriel-et-telephones"
)
def test_accueil_offers_the_two_choices_and_the_periods(client):
    with time_machine.travel(datetime(2025, 10, 1, tzinfo=UTC), tick=False):
        html = client.get(reverse("accueil")).content.decode()

    for texte in (
        "J’ai un compte, je me connecte",
        "Je n’ai pas de compte, je le crée",
        "Ouverture des services",
        "6 octobre 2025 à 9\u00a0h\u00a000",
        "7 novembre 2025 à 17\u00a0h\u00a000",
        "heure de Paris",
        "n’est pas encore ouverte",
        "N’attendez pas les derniers jours",
        "Un ordinateur est plus commode",
        "Bureau des baccalauréats professionnels",
        "ce.bacpro@ac-clermont.fr",
        "04.73.99.34.32",
        "04.73.99.34.43",
    ):
        assert texte in html
    for nom in ("account_login", "account_signup", "ouverture_des_services"):
        assert f'href="{reverse(nom)}"' in html


@pytest.mark.passages("compte.ouverture-des-services", "L-57")
@pytest.mark.parametrize(
    ("instant", "phrase"),
    [
        (datetime(2025, 10, 6, 6, 59, 59, tzinfo=UTC), "n’est pas encore ouverte"),
        (datetime(2025, 10, 6, 7, 0, 0, tzinfo=UTC), "L’inscription est ouverte"),
        (datetime(2025, 11, 7, 15, 59, 59, tzinfo=UTC), "L’inscription est ouverte"),
        (datetime(2025, 11, 7, 16, 0, 0, tzinfo=UTC), "L’inscription est close"),
    ],
)
def test_ouverture_des_services_follows_the_clock(client, instant, phrase):
    with time_machine.travel(instant, tick=False):
        html = client.get(reverse("ouverture_des_services")).content.decode()
    assert phrase in html
    assert "à tout moment" in html


@pytest.mark.passages("P12", "P13", "L-20")
def test_donnees_personnelles_tells_what_article_13_asks(client):
    html = client.get(reverse("donnees_personnelles")).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")

    for texte in (
        "Version du",
        "mission d’intérêt public",
        "Qui les lit",
        "Compte sans candidature : 6 mois",
        "Vos droits",
        "délégué à la protection des données",
        "CNIL",
        "mineur",
    ):
        assert texte in html


@pytest.mark.parametrize("nom", PUBLIQUES)
@pytest.mark.passages("P11", "S19")
def test_public_pages_present_themselves(client, nom):
    _se_presente(client.get(reverse(nom)))


@pytest.mark.parametrize("nom", CONNECTEES)
@pytest.mark.passages("P11", "S17")
def test_pages_of_the_compte_present_themselves_and_stay_private(client, connecte, nom):
    arrivee = client.get(reverse(nom))
    assert arrivee["Location"] == f"{reverse('account_login')}?next={reverse(nom)}"

    page = connecte.get(reverse(nom))
    _se_presente(page)
    assert page["Cache-Control"] == "no-store, private"
    assert "Se déconnecter" in page.content.decode()


def _se_presente(page) -> None:
    """One h1 that the title repeats, a language, labels for all, nothing from another host, no inline script."""
    html = page.content.decode()
    titre = re.search(r"<title>(.*?) - Registre", html)[1]
    h1 = re.findall(r"<h1[^>]*>(.*?)</h1>", html)
    assert '<html lang="fr"' in html
    assert len(h1) == 1
    assert titre == h1[0] or titre in ("Accueil", "Données personnelles", "Accessibilité")
    assert not re.search(r'(?:src|<link[^>]+href)="(?:https?:)?//', html)
    assert not re.search(r"<script(?![^>]*src=)", html)
    assert " style=" not in html
    for balise in re.findall(r"<(?:input|select)[^>]+>", html):
        if 'type="hidden"' not in balise:
            identifiant = re.search(r'id="([^"]+)"', balise)[1]
            assert f'for="{identifiant}"' in html
    assert "content-security-policy" in {n.lower() for n in page.headers}


@pytest.mark.passages("compte.champ.pays-de-naissance")
def test_countries_are_those_of_iso_3166_with_kosovo():
    codes = [code for code, _ in pays()]

    assert codes[0] == "FR"
    assert len(codes) == len(set(codes)) == 250
    assert {"DZ", "PT", "XK", "CI"} <= set(codes)
    noms = dict(pays())
    assert (noms["CI"], noms["DZ"]) == ("Côte d’Ivoire", "Algérie")
