"""The site in demonstration mode, with its invented people."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from registre.demo.usecases.reset_demo import reset_demo


@pytest.fixture
def en_demo(settings: Any) -> None:
    settings.EN_DEMO = True
    settings.ROOT_URLCONF = "tests.demo.urls"


@pytest.fixture
def demo(en_demo: None, transactional_db: None) -> None:
    """Everything rebuilt: emptying the tables wants a real transaction."""
    reset_demo(arrivee=timezone.now())
