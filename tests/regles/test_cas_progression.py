"""The reference cases of what each unit becomes at the next registration."""

from __future__ import annotations

import pytest

from registre.regles.progression import Suite
from tests.regles.lecture_cas import cas_de, lire_cas, tenu


@pytest.mark.parametrize("cas", cas_de("progression"))
def test_each_unit_has_the_expected_next_step(cas):
    tenu(cas)


def test_each_next_step_has_a_case():
    assert {suite for cas in lire_cas("progression") for suite in cas.attendu["suites"].values()} == set(Suite)
