"""A wrong parameter stops the site at start-up, and says where it is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.sans_base


@pytest.mark.parametrize("commande", [["manage.py", "check"], ["-c", "import config.wsgi"]])
def test_the_site_does_not_start_on_a_wrong_parameter(tmp_path, commande):
    fichier = tmp_path / "2026" / "bac-pro" / "academies" / "clermont-ferrand.toml"
    fichier.parent.mkdir(parents=True)
    fichier.write_text('[calendrier.inscription]\nferme_le = "demain"\n', encoding="utf-8")
    env = os.environ | {"REGISTRE_PARAMETRES": str(tmp_path), "REGISTRE_MODE": "test"}
    rendu = subprocess.run([sys.executable, *commande], env=env, capture_output=True, text=True, check=False)
    assert rendu.returncode != 0
    assert "clermont-ferrand.toml" in rendu.stderr
    assert "calendrier.inscription.ferme_le" in rendu.stderr
