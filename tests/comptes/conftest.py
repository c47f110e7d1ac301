"""What the tests of accounts share: a filled form, the mails of the outbox, a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registre.commun.models import Courriel
from tests.conftest import MOT_DE_PASSE


@pytest.fixture(autouse=True)
def adresses_d_essai(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.comptes.adresses"


def formulaire(**champs: str) -> dict[str, str]:
    """A creation form that the rules accept; a confirmation follows its field unless it is given."""
    saisie = {
        "civilite": "madame",
        "nom": "Nguyễn-O’Brien",
        "nom_usage": "",
        "prenoms": "Léa Marie Thérèse",
        "date_de_naissance": "30/05/1998",
        "pays_de_naissance": "FR",
        "courriel": "lea.nouvelle@exemple.fr",
        "mot_de_passe": MOT_DE_PASSE,
        **champs,
    }
    for champ in ("nom", "date_de_naissance", "courriel", "mot_de_passe"):
        saisie.setdefault(f"confirmation_{champ}", saisie[champ])
    return saisie


def creer_par_le_site(client: Client, **champs: str) -> Any:
    return client.post(reverse("account_signup"), formulaire(**champs))


def lien_du_dernier_courriel() -> str:
    """Path of the single-use link in the last mail of the outbox."""
    texte = Courriel.objects.latest("pk").texte
    trouve = re.search(r"http://127\.0\.0\.1:8000(/compte/lien/\S+)", texte)
    assert trouve, texte
    return trouve[1]


def sujets() -> list[str]:
    return list(Courriel.objects.order_by("pk").values_list("sujet", flat=True))


def se_connecter(client: Client, courriel: str, mot_de_passe: str = MOT_DE_PASSE, **extra: Any) -> Any:
    return client.post(reverse("account_login"), {"courriel": courriel, "mot_de_passe": mot_de_passe}, **extra)
