"""Fixtures shared by the whole suite: accounts and clients that are connected with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from registre.comptes.models import Compte
from tests.chromium import trouver
from tests.comptes.facteur import connecter_agent

MOT_DE_PASSE = "Violette*en.Mai"
OPTIONS_DE_CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CREE_LE = datetime(2025, 10, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """One browser for every browser test: Playwright's loop is one a process."""
    return {"executable_path": trouver(), "args": list(OPTIONS_DE_CHROMIUM)}


@pytest.fixture(scope="session")
def mot_de_passe_hache() -> str:
    """``MOT_DE_PASSE`` hashed once for the run."""
    return make_password(MOT_DE_PASSE)


@pytest.fixture
def creer_compte(db: None, mot_de_passe_hache: str) -> Callable[..., Compte]:
    """Creates an activated candidate whose password is ``MOT_DE_PASSE``; any field may be given."""
    faits = 0

    def creer(**champs: Any) -> Compte:
        nonlocal faits
        faits += 1
        valeurs: dict[str, Any] = {
            "email": f"candidat{faits}@exemple.fr",
            "password": mot_de_passe_hache,
            "civilite": "madame",
            "nom_de_famille": "Durand",
            "prenoms": "Léa Marie",
            "date_de_naissance": date(1998, 5, 30),
            "pays_de_naissance": "FR",
            "cree_le": CREE_LE,
            "active_le": CREE_LE,
        }
        return Compte.objects.create(**{**valeurs, **champs})

    return creer


@pytest.fixture
def compte(creer_compte: Callable[..., Compte]) -> Compte:
    return creer_compte()


@pytest.fixture
def gestionnaire(creer_compte: Callable[..., Compte]) -> Compte:
    return creer_compte(
        email="agent@exemple.fr", role=Compte.Role.GESTIONNAIRE, academie="clermont-ferrand", nom_de_famille="Martin"
    )


@pytest.fixture
def connecter() -> Callable[[Compte], Client]:
    """A new browser, connected as this account; an officer has passed the second factor."""

    def ouvrir(compte: Compte) -> Client:
        if compte.est_gestionnaire:
            return connecter_agent(compte)
        client = Client()
        client.force_login(compte)
        return client

    return ouvrir


@pytest.fixture
def connecte(compte: Compte, connecter: Callable[[Compte], Client]) -> Client:
    """A browser connected as ``compte``."""
    return connecter(compte)
