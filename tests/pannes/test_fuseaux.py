"""F26: the zone of the host changes nothing to what is decided, stored or shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pannes.site import DELAI, RACINE

pytestmark = pytest.mark.sans_base

FUSEAUX = ("UTC", "Europe/Paris", "Pacific/Noumea")
CHOIX = "calendrier or side_of_the_window or half_past_two"


@pytest.mark.passages("F26", "L-31")
def test_rules_and_boundaries_of_the_calendrier_hold_in_three_zones(tmp_path: Path) -> None:
    herite = {n: v for n, v in os.environ.items() if not n.startswith(("REGISTRE_", "DATABASE_URL", "PYTEST_"))}
    tests = ["tests/regles", "tests/inscription/test_register_candidature.py", "-k", CHOIX]
    options = ["-p", "no:cacheprovider", "--basetemp"]
    lances = {
        fuseau: subprocess.Popen(
            [sys.executable, "-m", "pytest", *tests, *options, str(tmp_path / str(rang))],
            cwd=RACINE,
            env=herite | {"TZ": fuseau},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rang, fuseau in enumerate(FUSEAUX)
    }
    try:
        sorties = {fuseau: lance.communicate(timeout=DELAI)[0] for fuseau, lance in lances.items()}
    finally:
        for lance in lances.values():
            lance.kill()
    for fuseau, sortie in sorties.items():
        assert lances[fuseau].returncode == 0, f"{fuseau}\n{sortie[-3000:]}"
        assert int(re.search(r"(\d+) passed", sortie)[1]) >= 25, sortie
