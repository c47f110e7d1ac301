"""Envoyer, ou envoyer de nouveau, le lien d’activation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from registre.commun.courriels import mettre_en_attente
from registre.comptes import frein, liens
from registre.comptes.models import Compte, Lien


def send_activation(compte: Compte, *, le: datetime) -> None:
    """Renvoie un lien pour la demande de création la plus récente ; sans effet si le compte est déjà activé."""
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if compte.active_le is not None:
            return
        dernier = Lien.objects.filter(compte=compte, usage=Lien.Usage.ACTIVATION).order_by("-pk").first()
        envoyer_l_activation(compte, dernier.donnees if dernier else {}, le)


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
