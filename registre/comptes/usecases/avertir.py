"""Prévenir le titulaire d’un compte qu’il vient de changer."""

from __future__ import annotations

import secrets
from datetime import datetime

from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.comptes.models import Compte


def avertir(compte: Compte, destinataire: str, gabarit: str, le: datetime, **contexte: str) -> None:
    """Met en attente un courriel d’avertissement, dans la transaction du changement.

    ``contexte`` : ce que le gabarit dit en plus du lien pour changer de mot de passe.
    """
    mettre_en_attente(
        cle=f"{gabarit}:{compte.pk}:{secrets.token_urlsafe(12)}",
        destinataire=destinataire,
        gabarit=gabarit,
        contexte={"mot_de_passe": adresse_publique("account_reset_password"), **contexte},
        compte=compte,
        le=le,
    )
