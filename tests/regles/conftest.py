"""The reference cases run on the real parameters: Clermont-Ferrand, session 2026, bac pro."""

from __future__ import annotations

from pathlib import Path

import pytest

import registre.parametres
from registre.parametres.chargeur import charger
from registre.regles.cadre import (
    Cadre,
    Calendrier,
    Langues,
    ParametresCompte,
    ParametresForme,
)

DONNEES = Path(registre.parametres.__file__).parent / "donnees"


@pytest.fixture(scope="session")
def cadre() -> Cadre:
    return charger([DONNEES])["clermont-ferrand", 2026, "bac-pro"]


@pytest.fixture(scope="session")
def calendrier(cadre: Cadre) -> Calendrier:
    return cadre.calendrier


@pytest.fixture(scope="session")
def langues(cadre: Cadre) -> Langues:
    return cadre.langues


@pytest.fixture(scope="session")
def forme(cadre: Cadre) -> ParametresForme:
    return cadre.forme_de_passage


@pytest.fixture(scope="session")
def compte(cadre: Cadre) -> ParametresCompte:
    return cadre.compte
