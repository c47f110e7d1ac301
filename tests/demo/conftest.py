"""The site in demonstration mode, with its invented people."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from registre.commun.cadres import principal
from registre.demo.moments import DEPART, moments
from registre.demo.usecases.move_horloge import regler_horloge
from registre.demo.usecases.reset_demo import reset_demo


@pytest.fixture
def coffre(settings: Any, tmp_path: Path) -> Path:
    """The folder of a vault of this test's own, empty at the start."""
    dossier = tmp_path / "fichiers"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "registre.justificatifs.fichiers.disque.Disque",
            "OPTIONS": {"location": dossier},
        },
    }
    return dossier


@pytest.fixture
def en_demo(settings: Any, coffre: Path) -> None:
    settings.EN_DEMO = True
    settings.ROOT_URLCONF = "tests.demo.urls"


@pytest.fixture(scope="session")
def copie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test keeps the base and the vault of the played scenario: it takes seconds."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(en_demo: None, transactional_db: None, coffre: Path, copie: Path) -> None:
    """Everything as a reset leaves it. Emptying the tables wants a real transaction."""
    base = copie / "base.xml"  # JSON would cut the microseconds
    if base.exists():
        call_command("loaddata", base, verbosity=0)
        shutil.copytree(copie / "fichiers", coffre)
        regler_horloge(moments(principal().calendrier)[DEPART].instant, arrivee=timezone.now())
        return
    reset_demo(arrivee=timezone.now())
    shutil.copytree(coffre, copie / "fichiers")
    exclus = ["contenttypes", "auth", "sessions"]
    call_command("dumpdata", exclude=exclus, format="xml", output=base, use_base_manager=True, verbosity=0)
