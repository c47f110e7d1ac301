"""A vault for each test, and a way to break it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.justificatifs.coffre_de_test import DisqueCapricieux


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
