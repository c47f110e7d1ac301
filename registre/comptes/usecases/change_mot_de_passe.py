"""Changer de mot de passe en connaissant l’actuel."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from registre.comptes.connexion import dater
from registre.comptes.models import Compte
from registre.comptes.mots_de_passe import tel_que_hache
from registre.comptes.usecases.reset_mot_de_passe import poser_le_mot_de_passe


def change_mot_de_passe(request: HttpRequest, mot_de_passe: str, *, le: datetime) -> None:
    """Pose un mot de passe déjà accepté par les règles. La session en cours continue, sous une nouvelle clé ;
    toutes les autres finissent.
    """
    hache = make_password(tel_que_hache(mot_de_passe))
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=request.user.pk)
        poser_le_mot_de_passe(compte, hache, le=le, par="mot de passe actuel")
        update_session_auth_hash(request, compte)
        dater(request)
