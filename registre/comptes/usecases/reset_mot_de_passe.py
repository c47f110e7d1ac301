"""Mot de passe oublié : demander un lien, puis choisir un nouveau mot de passe."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from registre.commun.courriels import mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes import frein, liens
from registre.comptes.models import Compte, Lien
from registre.comptes.mots_de_passe import tel_que_hache
from registre.comptes.usecases.avertir import avertir
from registre.comptes.usecases.send_activation import send_activation


def request_reset(compte: Compte | None, *, le: datetime) -> None:
    """Envoie un lien à l’adresse **enregistrée** (S13) ; un compte non activé reçoit un lien d’activation."""
    if compte is None:
        return
    if compte.active_le is None:
        send_activation(compte, le=le)
        return
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if not compte.is_active or not frein.courriel_permis("mot-de-passe", compte.pk):
            return
        jeton = liens.creer(compte, Lien.Usage.MOT_DE_PASSE)
        mettre_en_attente(
            cle=liens.cle_du_courriel(jeton),
            destinataire=compte.email,
            gabarit="mot_de_passe_oublie",
            contexte={"lien": liens.adresse_du_lien(Lien.Usage.MOT_DE_PASSE, jeton)},
            compte=compte,
            le=le,
        )


def reset_mot_de_passe(jeton: str, mot_de_passe: str, *, le: datetime) -> Compte | None:
    """Pose un mot de passe déjà accepté par les règles ; ferme toutes les sessions et éteint tous les liens.

    ``None`` si le lien ne vaut plus rien.
    """
    hache = make_password(tel_que_hache(mot_de_passe))
    with transaction.atomic():
        lien = liens.consommer(Lien.Usage.MOT_DE_PASSE, jeton)
        if lien is None:
            return None
        poser_le_mot_de_passe(lien.compte, hache, le=le, par="lien")
    return lien.compte


def poser_le_mot_de_passe(compte: Compte, hache: str, *, le: datetime, par: str) -> None:
    """Ce que font tous les changements de mot de passe ; dans la transaction de l’acte."""
    compte.password = hache
    compte.save(update_fields=["password"])
    liens.eteindre(compte)
    consigner("mot_de_passe_change", le=le, acteur=compte, objet=f"compte:{compte.pk}", par=par)
    avertir(compte, compte.email, "mot_de_passe_change", le)
