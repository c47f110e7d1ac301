"""Envoyer, ou envoyer de nouveau, le lien d’activation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from registre.commun.courriels import mettre_en_attente
from registre.comptes import frein, liens
from registre.comptes.models import Compte, Lien


def send_activation(compte: Compte, *, le: datetime, demande: str = "") -> None:
    """Renvoie un lien ; sans effet si le compte est déjà activé.

    ``demande`` est celle que ce navigateur a envoyée : le nouveau lien porte les mêmes données, même si un tiers
    a tapé la même adresse depuis. Sans elle, c’est la demande la plus récente.
    """
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if compte.active_le is not None:
            return
        liens_du_compte = Lien.objects.filter(compte=compte, usage=Lien.Usage.ACTIVATION).order_by("-pk")
        lien = liens_du_compte.filter(donnees__demande=demande).first() or liens_du_compte.first()
        envoyer_l_activation(compte, lien.donnees if lien else {}, le)


def envoyer_l_activation(compte: Compte, donnees: dict[str, Any], le: datetime) -> None:
    """Crée le lien et met le courriel en attente, trois fois par heure au plus ; dans la transaction de l’acte."""
    if not compte.is_active or not frein.courriel_permis("activation", compte.pk):
        return
    jeton = liens.creer(compte, Lien.Usage.ACTIVATION, donnees)
    mettre_en_attente(
        cle=liens.cle_du_courriel(jeton),
        destinataire=compte.email,
        gabarit="activation",
        contexte={"lien": liens.adresse_du_lien(Lien.Usage.ACTIVATION, jeton)},
        compte=compte,
        le=le,
    )
