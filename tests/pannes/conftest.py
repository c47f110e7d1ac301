"""A site that is always stopped, with its candidates."""

from __future__ import annotations

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
