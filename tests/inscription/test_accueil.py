"""What anybody sees before having an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from registre.commun.courriels import adresse_publique
from tests.inscription.scenario import CLOTURE, LE, OUVERTURE, heure_du_registre

pytestmark = pytest.mark.django_db


@pytest.mark.passages("entete.emetteur-et-objet", "entete.publics", "inscription.internet-seulement")
@pytest.mark.passages("inscription.deux-phases", "inscription.ne-pas-attendre", "inscription.ordinateur-conseille")
@pytest.mark.passages("compte.accueil", "contact.service", "contact.courriel-et-telephones")
def test_the_home_page_says_for_whom_how_and_with_whose_help():
    with heure_du_registre(LE):
        page = Client().get(reverse("accueil")).content.decode()
    for attendu in (
        "session 2026",
        "Académie<br>de Clermont-Ferrand",
        "candidats individuels, de l’enseignement à distance ou au titre de leurs activités professionnelles",
        "uniquement par internet, en deux temps",
        "N’attendez pas les derniers jours",
        "Un ordinateur est plus commode",
        "J’ai un compte, je me connecte",
        "Je n’ai pas de compte, je le crée",
        "Bureau des baccalauréats professionnels",
        "ce.bacpro@ac-clermont.fr",
        "04.73.99.34.43",
    ):
        assert attendu in page, attendu


@pytest.mark.passages("compte.ouverture-des-services", "inscription.periode")
@pytest.mark.parametrize(
    ("le", "etat"),
    [
        (OUVERTURE - timedelta(seconds=1), "n’est pas encore ouverte"),
        (OUVERTURE, "est ouverte"),
        (CLOTURE - timedelta(seconds=1), "est ouverte"),
        (CLOTURE, "est close"),
    ],
)
def test_the_opening_of_services_tells_the_window_in_paris_time(le, etat):
    with heure_du_registre(le):
        page = Client().get(reverse("ouverture_des_services")).content.decode()
    assert etat in page
    assert "6 octobre 2025" in page.replace("\u00a0", " ")
    assert "7 novembre 2025" in page.replace("\u00a0", " ")


@pytest.mark.passages("inscription.portail", "L-64", "S14")
def test_links_in_mails_use_the_configured_public_address():
    assert adresse_publique("accueil") == f"{settings.URL_PUBLIQUE}/"
