"""A site that is always stopped, with its candidates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pannes.site import Site


@pytest.fixture
def monter(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a site from settings; it is not served yet."""
    montes: list[Site] = []

    def faire(**reglages: str) -> Site:
        dossier = tmp_path / f"site{len(montes)}"
        dossier.mkdir()
        montes.append(Site(dossier, reglages))
        return montes[-1]

    yield faire
    for site in montes:
        site.arreter()


@pytest.fixture
def site(monter: Callable[..., Site], tmp_path: Path) -> Site:
    """Its vault is on a disk that obeys, and its temporary files are its own."""
    provisoires = tmp_path / "provisoires"
    provisoires.mkdir()
    return monter(
        DJANGO_SETTINGS_MODULE="tests.pannes.reglages",
        REGISTRE_COFFRE="tests.pannes.stockage.DisqueCommande",
        REGISTRE_COFFRE_OPTIONS=json.dumps({"location": str(tmp_path / "site0" / "fichiers")}),
        TMPDIR=str(provisoires),
    )
