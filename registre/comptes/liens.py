"""Liens envoyés par courriel : tirés au hasard, à usage unique, à durée limitée, liés à un compte et à un usage.

Ouvrir un lien (GET ou HEAD) ne le consomme pas : les antivirus de messagerie ouvrent les liens d’avance. Seul
l’envoi du formulaire le consomme. Les durées courent sur l’heure réelle.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from registre.comptes.models import Compte, Lien

DUREES = {
    Lien.Usage.ACTIVATION: timedelta(hours=24),
    Lien.Usage.MOT_DE_PASSE: timedelta(minutes=60),
    Lien.Usage.ADRESSE: timedelta(minutes=60),
}


def creer(compte: Compte, usage: Lien.Usage, donnees: dict[str, Any] | None = None) -> str:
    """Crée un lien et rend son jeton (256 bits), que seul le courriel portera."""
    jeton = secrets.token_urlsafe(32)
    Lien.objects.create(
        compte=compte,
        usage=usage,
        empreinte=_empreinte(jeton),
        donnees=donnees or {},
        expire_le=timezone.now() + DUREES[usage],
    )
    return jeton


def trouver(usage: Lien.Usage, jeton: str) -> Lien | None:
    """Le lien encore valable, sans le consommer."""
    valables = Lien.objects.filter(usage=usage, empreinte=_empreinte(jeton), expire_le__gt=timezone.now())
    return valables.select_related("compte").first()


def consommer(usage: Lien.Usage, jeton: str) -> Lien | None:
    """Prend le lien et l’efface ; à appeler dans la transaction de l’acte. De deux appels, un seul le reçoit.

    Le compte rendu est verrouillé pour la suite de la transaction.
    """
    lien = trouver(usage, jeton)
    if lien is None:
        return None
    compte = Compte.objects.select_for_update().get(pk=lien.compte_id)
    effaces, _ = Lien.objects.filter(pk=lien.pk).delete()
    if not effaces or not compte.is_active:
        return None
    lien.compte = compte
    return lien


def eteindre(compte: Compte) -> None:
    """Aucun lien ne survit à un changement de mot de passe ou d’adresse."""
    Lien.objects.filter(compte=compte).delete()


def adresse_du_lien(usage: Lien.Usage, jeton: str) -> str:
    """Adresse complète, faite avec ``URL_PUBLIQUE`` : jamais avec l’en-tête ``Host`` de la demande (S14)."""
    return settings.URL_PUBLIQUE + reverse("account_lien", kwargs={"usage": usage.value, "jeton": jeton})


def cle_du_courriel(jeton: str) -> str:
    """Clé d’envoi du courriel qui porte ce lien : un lien, un courriel."""
    return f"lien:{_empreinte(jeton)}"


def _empreinte(jeton: str) -> str:
    return hashlib.sha256(jeton.encode()).hexdigest()
