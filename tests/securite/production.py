"""Run in its own process, in production mode: asks a few pages and prints what a browser would receive, as JSON.

Django reads its settings once per process, so the production profile cannot be tried inside the test run.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from registre.commun.horloge import maintenant  # noqa: E402
from registre.comptes.models import Compte  # noqa: E402

HOTE = "inscription.exemple.fr"


def manifeste() -> None:
    """What ``collectstatic`` leaves, for the few files that the pages name: the real one takes half a minute."""
    noms = [
        "dsfr/dist/dsfr.min.css",
        "dsfr/dist/utility/icons/icons.min.css",
        "dsfr/dist/favicon/favicon.svg",
        "registre/registre.css",
        "registre/registre.js",
        "comptes/comptes.js",
    ]
    for nom in noms:
        chemin = settings.STATIC_ROOT / nom
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text("/* */", encoding="utf-8")
    contenu = {"version": "1.1", "hash": "", "paths": {n: n for n in noms}}
    (settings.STATIC_ROOT / "staticfiles.json").write_text(json.dumps(contenu), encoding="utf-8")


def demander(client: Client, chemin: str, *, https: bool = True, **entetes: str) -> dict[str, object]:
    reponse = client.get(chemin, secure=https, headers={"host": HOTE, **entetes})
    temoins = {
        n: {a: c[a] for a in ("secure", "httponly", "samesite", "path", "domain")} for n, c in client.cookies.items()
    }
    corps = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    page = corps.decode("utf-8", "replace")
    return {"statut": reponse.status_code, "entetes": dict(reponse.headers), "temoins": temoins, "page": page}


def main() -> None:
    manifeste()
    call_command("migrate", verbosity=0)
    adresse, phrase = "agent@exemple.fr", "Une phrase 42 violette"
    Compte.objects.create_user(
        adresse, phrase, role="candidat", cree_le=maintenant(), active_le=maintenant(), date_de_naissance="1998-05-30"
    )
    client = Client(raise_request_exception=False)
    reponses = {
        "accueil": demander(client, "/"),
        "en clair": demander(client, "/", https=False),
        "en clair, dit chiffré par un inconnu": demander(
            client, "/", https=False, **{"x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1"}
        ),
        "hote": demander(client, "/", host="pirate.example"),
        "absente": demander(client, "/nulle/part"),
        "demo": demander(client, "/demo/"),
        "statique": demander(client, "/static/registre/registre.css"),
    }
    connexion = {"courriel": adresse, "mot_de_passe": phrase}
    ouverte = client.post(reverse("account_login"), connexion, secure=True, headers={"host": HOTE})
    reponses["connecte"] = demander(client, reverse("mon_compte")) | {"ouverte": ouverte.status_code}
    json.dump({"reponses": reponses, "debug": settings.DEBUG, "applications": settings.INSTALLED_APPS}, sys.stdout)


if __name__ == "__main__":
    main()
