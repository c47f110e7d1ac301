"""A vault for each test, and a way to break it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from registre.comptes.models import Compte
from tests.comptes.facteur import connecter_agent
from tests.inscription.scenario import LE, heure_du_registre
from tests.justificatifs.coffre_de_test import DisqueCapricieux
from tests.justificatifs.scenario import candidat_inscrit, creer_agent


@pytest.fixture
def heure() -> Iterator[Any]:
    """The clock of the pages stands at the day of the scenario."""
    with heure_du_registre(LE) as voyage:
        yield voyage


@pytest.fixture
def candidat() -> Compte:
    return candidat_inscrit()


@pytest.fixture
def agent() -> Compte:
    return creer_agent()


@pytest.fixture
def bureau(agent: Compte) -> Client:
    """The browser of the officer, signed in."""
    return connecter_agent(agent)


@pytest.fixture(autouse=True)
def _coffre_du_test(settings: Any, tmp_path: Path) -> None:
    """The vault is empty at the start; its disk works until a test says otherwise."""
    DisqueCapricieux.appels = DisqueCapricieux.a_partir_de = 0
    DisqueCapricieux.reste = True
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "tests.justificatifs.coffre_de_test.DisqueCapricieux",
            "OPTIONS": {"location": tmp_path / "fichiers"},
        },
    }


@pytest.fixture
def coffre_en_panne() -> Callable[..., AbstractContextManager[None]]:
    """Breaks the disk at its n-th call, for one call or until the end of the block."""

    @contextmanager
    def casser(*, a_partir_de: int, reste: bool = True) -> Iterator[None]:
        DisqueCapricieux.appels, DisqueCapricieux.a_partir_de, DisqueCapricieux.reste = 0, a_partir_de, reste
        try:
            yield
        finally:
            DisqueCapricieux.a_partir_de = 0

    return casser
