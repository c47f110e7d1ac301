"""The production profile: it refuses to start half-configured, and what it serves is closed."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conventions.citations import RACINE

pytestmark = pytest.mark.sans_base
TEMOINS = {"__Host-session", "__Host-csrf", "__Host-appareil"}


def environnement(dossier: Path, **changements: str | None) -> dict[str, str]:
    """A complete production environment, drawn at random; ``None`` takes a variable out."""
    valeurs: dict[str, str | None] = {
        "PATH": os.environ.get("PATH", ""),
        "REGISTRE_MODE": "production",
        "REGISTRE_CLE_SECRETE": secrets.token_urlsafe(48),
        "REGISTRE_CLE_MAITRE": secrets.token_urlsafe(48),
        "REGISTRE_URL_PUBLIQUE": "https://inscription.exemple.fr",
        "REGISTRE_HOTES": "inscription.exemple.fr",
        "REGISTRE_STATIQUES": str(dossier / "statiques"),
        "REGISTRE_VAR": str(dossier),
        "DATABASE_URL": f"sqlite:///{dossier / 'base.sqlite3'}",
        **changements,
    }
    return {nom: valeur for nom, valeur in valeurs.items() if valeur is not None}


def lancer(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    commande = [sys.executable, *arguments]
    return subprocess.run(commande, cwd=RACINE, env=env, capture_output=True, text=True, timeout=120, check=False)


def demarre(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return lancer(env, "-c", "import config.settings")


@pytest.fixture(scope="module")
def servi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the production profile answers."""
    fait = lancer(environnement(tmp_path_factory.mktemp("production")), "-m", "tests.securite.production")
    assert fait.returncode == 0, fait.stderr
    return json.loads(fait.stdout)


@pytest.mark.passages("S47")
def test_check_deploy_has_nothing_to_say(tmp_path):
    env = environnement(tmp_path, REGISTRE_MANDATAIRES="10.0.0.1")
    fait = lancer(env, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert fait.returncode == 0, fait.stderr


REFUS = {
    "mode inconnu": {"REGISTRE_MODE": "recette"},
    "antivirus sans port": {"REGISTRE_ANTIVIRUS": "tcp://127.0.0.1"},
    "antivirus sans adresse": {"REGISTRE_ANTIVIRUS": "clamd"},
    "sans clé secrète": {"REGISTRE_CLE_SECRETE": None},
    "clé secrète vide": {"REGISTRE_CLE_SECRETE": ""},
    "clé secrète courte": {"REGISTRE_CLE_SECRETE": "Ab3-" * 7},
    "clé secrète répétée": {"REGISTRE_CLE_SECRETE": "abc" * 20},
    "clé secrète d’exemple": {"REGISTRE_CLE_SECRETE": "exemple-de-cle-a-changer-0123456789-abcdef"},
    "clé secrète de Django": {"REGISTRE_CLE_SECRETE": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF"},
    "clé secrète à changer": {"REGISTRE_CLE_SECRETE": "changez-moi-0123456789-abcdefghijklmnopqrstuvwxyz"},
    "sans clé maîtresse": {"REGISTRE_CLE_MAITRE": None},
    "clé maîtresse courte": {"REGISTRE_CLE_MAITRE": "azertyuiop0123456789"},
    "sans adresse publique": {"REGISTRE_URL_PUBLIQUE": None},
    "adresse publique en clair": {"REGISTRE_URL_PUBLIQUE": "http://inscription.exemple.fr"},
    "sans hôte": {"REGISTRE_HOTES": ""},
    "tous les hôtes": {"REGISTRE_HOTES": "*"},
    "tous les sous-domaines": {"REGISTRE_HOTES": "inscription.exemple.fr,.exemple.fr"},
    "sans base": {"DATABASE_URL": None},
}


@pytest.mark.passages("S47")
@pytest.mark.parametrize("cas", REFUS)
def test_it_does_not_start(tmp_path, cas):
    fait = demarre(environnement(tmp_path, **REFUS[cas]))
    assert fait.returncode != 0
    assert "ImproperlyConfigured" in fait.stderr
    valeurs = [v for v in REFUS[cas].values() if v and len(v) > 15 and not v.startswith("http") and "fr" not in v]
    assert [v for v in valeurs if v in fait.stderr] == [], "un secret refusé est affiché"


@pytest.mark.passages("S47")
def test_it_does_not_start_with_the_same_key_twice(tmp_path):
    cle = secrets.token_urlsafe(48)
    assert demarre(environnement(tmp_path, REGISTRE_CLE_SECRETE=cle, REGISTRE_CLE_MAITRE=cle)).returncode != 0


@pytest.mark.passages("S47")
def test_debug_cannot_be_asked_for(tmp_path):
    env = environnement(tmp_path, DEBUG="1", DJANGO_DEBUG="true", REGISTRE_DEBUG="1")
    fait = lancer(env, "-c", "from config import settings; print(settings.DEBUG)")
    assert fait.stdout.strip() == "False", fait.stderr


@pytest.mark.passages("S47", "S11")
def test_nothing_of_the_demonstration_is_served(servi):
    assert servi["debug"] is False
    assert "registre.demo" not in servi["applications"]
    assert servi["reponses"]["demo"]["statut"] == 404


@pytest.mark.passages("S19")
def test_every_answer_in_production_carries_hsts(servi):
    for cas, reponse in servi["reponses"].items():
        if not cas.startswith("en clair") and cas != "hote":
            entete = reponse["entetes"]["Strict-Transport-Security"]
            assert entete == "max-age=31536000; includeSubDomains; preload", cas


@pytest.mark.passages("S18")
def test_production_cookies_are_locked_to_the_host(servi):
    temoins = servi["reponses"]["connecte"]["temoins"]
    assert servi["reponses"]["connecte"]["ouverte"] == 302
    assert set(temoins) >= {"__Host-session", "__Host-appareil"}
    assert set(temoins) <= TEMOINS
    for nom, attributs in temoins.items():
        assert attributs["secure"], nom
        assert attributs["httponly"], nom
        assert attributs["samesite"] in ("Lax", "Strict"), nom
        assert (attributs["path"], attributs["domain"]) == ("/", ""), nom


@pytest.mark.passages("S19", "S30")
@pytest.mark.parametrize("cas", ["en clair", "en clair, dit chiffré par un inconnu"])
def test_plain_http_is_sent_to_https_even_if_a_stranger_says_it_was_encrypted(servi, cas):
    reponse = servi["reponses"][cas]
    assert reponse["statut"] == 301
    assert reponse["entetes"]["Location"] == "https://inscription.exemple.fr/"


@pytest.mark.passages("S14", "S54")
def test_another_host_is_refused_without_being_repeated(servi):
    reponse = servi["reponses"]["hote"]
    assert reponse["statut"] == 400
    assert "Demande non comprise" in reponse["page"]
    assert "pirate" not in reponse["page"] + json.dumps(reponse["entetes"])


@pytest.mark.passages("S54")
def test_a_missing_page_shows_no_machinery(servi):
    reponse = servi["reponses"]["absente"]
    assert reponse["statut"] == 404
    assert "Page introuvable" in reponse["page"]
    assert not any(mot in reponse["page"] for mot in ("Traceback", "URLconf", "DEBUG", "Django"))
