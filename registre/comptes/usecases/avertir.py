"""Prévenir le titulaire d’un compte qu’il vient de changer."""

from __future__ import annotations

import secrets
from datetime import datetime

from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.comptes.models import Compte


def avertir(compte: Compte, destinataire: str, gabarit: str, le: datetime) -> None:
    """Met en attente un courriel d’avertissement, dans la transaction du changement."""
    mettre_en_attente(
        cle=f"{gabarit}:{compte.pk}:{secrets.token_urlsafe(12)}",
        destinataire=destinataire,
        gabarit=gabarit,
        contexte={"mot_de_passe": adresse_publique("account_reset_password")},
        compte=compte,
        le=le,
    )
