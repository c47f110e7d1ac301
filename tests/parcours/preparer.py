"""Fills the database of the journeys: run by the server's fixture, in the server's own environment."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import django

MOT_DE_PASSE = "Bruyere*42"
MOT_DE_PASSE_AGENT = "Genet-des-Monts*2026"
AGENT = "agent@exemple.fr"
# They have no second factor yet: their tests install it.
AGENTS_NEUFS = ("neuf@exemple.fr", "neuf.sans.script@exemple.fr")
CREE_LE = datetime(2025, 10, 6, 8, 0, tzinfo=UTC)
# One candidate a test: journeys run in any order and share nothing.
CANDIDATS = (
    "etats@exemple.fr",
    "conflit@exemple.fr",
    "perdue@exemple.fr",
    "acquis@exemple.fr",
    "affichage@exemple.fr",
    "autre@exemple.fr",
    "marques@exemple.fr",
    "progressive@exemple.fr",
    "pieces@exemple.fr",
    "retiree@exemple.fr",
    "pourquoi@exemple.fr",
    "pourquoi.sans.script@exemple.fr",
    "consequences@exemple.fr",
    "consequences.sans.script@exemple.fr",
    "etsi@exemple.fr",
    "etsi.sans.script@exemple.fr",
    "decision@exemple.fr",
    "decision.sans.script@exemple.fr",
)


def creer() -> None:
    from registre.comptes.models import Compte
    from tests.comptes.facteur import installer
    from tests.parcours.preparer_pieces import creer_les_pieces

    communs = {
        "civilite": "madame",
        "nom_de_famille": "Roche",
        "prenoms": "Camille Anne",
        "date_de_naissance": date(1990, 3, 14),
        "pays_de_naissance": "FR",
        "cree_le": CREE_LE,
        "active_le": CREE_LE,
    }
    for adresse in CANDIDATS:
        Compte.objects.create_user(adresse, MOT_DE_PASSE, **communs)
    du_service = {"nom_de_famille": "Martin", "role": Compte.Role.GESTIONNAIRE, "academie": "clermont-ferrand"}
    for adresse in (AGENT, *AGENTS_NEUFS):
        Compte.objects.create_user(adresse, MOT_DE_PASSE_AGENT, **{**communs, **du_service})
    installer(Compte.objects.get(email=AGENT))
    creer_les_pieces()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    creer()
