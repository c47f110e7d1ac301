"""Installer, ou remplacer, l’application qui donne les codes."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from registre.commun.journal import consigner
from registre.comptes import frein, second_facteur
from registre.comptes.models import Compte, SecondFacteur
from registre.comptes.usecases.avertir import avertir
from registre.comptes.usecases.pass_second_facteur import refuser
from registre.comptes.usecases.renew_codes_de_secours import refaire_les_codes

INSTALLEE = "Une application de téléphone donne désormais les codes de connexion de votre compte."
REMPLACEE = "L’application qui donne les codes de connexion de votre compte a été remplacée."


def enroll_second_facteur(request: HttpRequest, code: str, *, le: datetime) -> list[str] | None:
    """Installe l’application à laquelle cette session a proposé un secret, si ``code`` vient bien d’elle.

    Rend les codes de secours, que plus rien ne montrera ensuite ; ``None`` si le code n’est pas accepté. La session
    en cours a passé le second facteur ; toutes les autres finissent.

    :raises registre.comptes.frein.TropDEssais: si l’essai arrive trop tôt.
    """
    secret = second_facteur.proposer(request)
    essai = frein.essayer(frein.cle_de("facteur", str(request.user.pk)))
    pas = second_facteur.pas_du_code(secret, code, timezone.now())
    if pas is None:
        return refuser(request.user, le=le)
    essai.reussi()
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=request.user.pk)
        if compte.facteur != request.user.facteur:
            return None  # another session has just installed its own: this one is already over
        codes = poser_le_facteur(compte, secret, pas, le=le)
        update_session_auth_hash(request, compte)
        second_facteur.marquer_passe(request, compte)
    return codes


def poser_le_facteur(compte: Compte, secret: str, pas: int, *, le: datetime) -> list[str]:
    """Enregistre un secret dont le code du pas ``pas`` vient de servir ; dans la transaction de l’acte.

    Rend les nouveaux codes de secours.
    """
    remplace = bool(compte.facteur)
    SecondFacteur.objects.filter(compte=compte).delete()
    facteur = SecondFacteur.objects.create(
        compte=compte, secret=second_facteur.chiffrer(secret), dernier_pas=pas, installe_le=le
    )
    compte.facteur = secrets.token_urlsafe(16)
    compte.save(update_fields=["facteur"])
    acte = "second_facteur_remplace" if remplace else "second_facteur_installe"
    consigner(acte, le=le, acteur=compte, objet=f"compte:{compte.pk}")
    quoi = REMPLACEE if remplace else INSTALLEE
    avertir(compte, compte.email, "second_facteur_change", le, quoi=f"{quoi} Vos autres sessions sont fermées.")
    return refaire_les_codes(facteur)
