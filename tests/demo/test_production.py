"""With the settings of production, nothing of the demonstration exists."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.sans_base

RACINE = Path(__file__).resolve().parents[2]
CONSTAT = """
import json
import sys
import django
django.setup()
from django.apps import apps
from django.core.management import get_commands
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

def existe(acte, absence):
    try:
        acte()
    except absence:
        return False
    return True

noms = ["demo_accueil", "demo_horloge", "demo_reset", "demo_courriels"]
# The manifest of static files is the only thing that is not there: it is made when the site is installed.
plats = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
with override_settings(STORAGES={"default": plats, "staticfiles": plats}):
    client = Client(headers={"host": "registre.example"})
    chemins = ["/demo/", "/demo/horloge", "/demo/reset", "/demo/courriels/", "/demo/courriels/1/"]
    statuts = [client.get(c, secure=True).status_code for c in chemins]
    page = client.get("/mentions-legales/", secure=True)
    statiques = client.get("/static/demo/demo.css", secure=True).status_code
print(json.dumps({
    "application": apps.is_installed("registre.demo"),
    "modules": [m for m in sys.modules if m.startswith("registre.demo")],
    "commande": "preparer_demo" in get_commands(),
    "gabarit": existe(lambda: get_template("demo/barre.html"), TemplateDoesNotExist),
    "adresses": [n for n in noms if existe(lambda: reverse(n), NoReverseMatch)],
    "statuts": statuts,
    "statiques": statiques,
    "page": page.status_code,
    "barre": "registre-demo" in page.content.decode(),
}))
"""


def constat(tmp_path: Path) -> dict[str, Any]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRE_")} | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REGISTRE_MODE": "production",
        "REGISTRE_CLE_SECRETE": secrets.token_urlsafe(48),
        "REGISTRE_CLE_MAITRE": secrets.token_urlsafe(48),
        "REGISTRE_URL_PUBLIQUE": "https://registre.example",
        "REGISTRE_HOTES": "registre.example",
        "REGISTRE_STATIQUES": str(tmp_path),
        "DATABASE_URL": "sqlite://:memory:",
    }
    fait = subprocess.run(
        [sys.executable, "-c", CONSTAT], cwd=RACINE, env=env, capture_output=True, text=True, check=False
    )
    assert fait.returncode == 0, fait.stderr
    return json.loads(fait.stdout.splitlines()[-1])


def test_production_has_neither_application_nor_address_nor_template_nor_command(tmp_path: Path) -> None:
    assert constat(tmp_path) == {
        "application": False,
        "modules": [],
        "commande": False,
        "gabarit": False,
        "adresses": [],
        "statuts": [404] * 5,
        "statiques": 404,
        "page": 200,
        "barre": False,
    }
