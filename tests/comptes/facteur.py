"""Officers who have passed their second factor, for the tests of everything else."""

from __future__ import annotations

import secrets

from django.test import Client
from django.utils import timezone

from registre.comptes import second_facteur
from registre.comptes.models import Compte, SecondFacteur


def installer(compte: Compte) -> str:
    """Gives ``compte`` a second factor, unless it has one, and returns its secret. Writes neither journal nor mail."""
    facteur = SecondFacteur.objects.filter(compte=compte).first()
    if facteur is not None:
        compte.refresh_from_db(fields=["facteur"])
        return second_facteur.dechiffrer(facteur.secret)
    secret = second_facteur.nouveau_secret()
    SecondFacteur.objects.create(
        compte=compte, secret=second_facteur.chiffrer(secret), dernier_pas=0, installe_le=timezone.now()
    )
    compte.facteur = secrets.token_urlsafe(16)
    compte.save(update_fields=["facteur"])
    return secret


def connecter_agent(compte: Compte, client: Client | None = None) -> Client:
    """A browser connected as this officer, the second factor passed."""
    client = client or Client()
    installer(compte)
    client.force_login(compte)
    session = client.session
    session[second_facteur.PASSE] = compte.facteur
    session.save()
    return client
