"""One server and one browser for all journeys; one context a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.parcours.releve import ORDINATEUR, Pages, Releve, capturer
from tests.parcours.serveur import DANS_LA_PERIODE, Serveur, demarrer

Ouvrir = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/parcours/" in item.path.as_posix():
            item.add_marker(pytest.mark.navigateur)


@pytest.fixture(scope="session")
def serveur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    lance = demarrer(tmp_path_factory.mktemp("serveur"))
    yield lance
    lance.arreter()


@pytest.fixture(scope="session")
def titres() -> dict[str, str]:
    """The titles met in the run, each with the path of its page."""
    return {}


@pytest.fixture
def pages(titres: dict[str, str]) -> Iterator[Pages]:
    jugees = Pages(titres)
    yield jugees
    assert jugees.defauts == [], "\n".join(jugees.defauts)


@pytest.fixture(autouse=True)
def horloge(serveur: Serveur) -> Iterator[None]:
    """Each test starts inside the period of inscription."""
    serveur.regler_horloge(DANS_LA_PERIODE)
    yield
    serveur.regler_horloge(DANS_LA_PERIODE)


@pytest.fixture
def ouvrir(browser: Browser, serveur: Serveur, request: pytest.FixtureRequest) -> Iterator[Ouvrir]:
    """Opens a page in a new browser context; at the end, nothing forbidden must have been seen."""
    contextes, releves = [], []

    def nouvelle(**options: Any) -> Page:
        contexte = browser.new_context(
            base_url=serveur.adresse,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport=ORDINATEUR,
            accept_downloads=True,
            **options,
        )
        contexte.set_default_timeout(15_000)
        contextes.append(contexte)
        releve = Releve(serveur.adresse)
        contexte.on("page", releve.suivre)
        releves.append(releve)
        return contexte.new_page()

    yield nouvelle
    for rang, contexte in enumerate(contextes):
        for page in contexte.pages:
            if page.url.startswith("http"):
                releves[rang].violations += page.evaluate("window.__violations ?? []")
            capturer(page, f"fin-{request.node.originalname}-{rang}")
        contexte.close()
    for releve in releves:
        releve.verifier()
