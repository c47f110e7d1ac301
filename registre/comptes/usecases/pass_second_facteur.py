"""Passer le second facteur, par le code de l’application."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from registre.commun.journal import consigner
from registre.comptes import frein, second_facteur
from registre.comptes.models import Compte, SecondFacteur


def pass_second_facteur(request: HttpRequest, code: str, *, le: datetime) -> bool:
    """Ouvre le service à cette session du site si ``code`` est le code du moment et n’a jamais servi.

    :raises registre.comptes.frein.TropDEssais: si l’essai arrive trop tôt.
    """
    compte = request.user
    essai = frein.essayer(frein.cle_de("facteur", str(compte.pk)))
    with transaction.atomic():
        if consommer_le_code(compte, code):
            essai.reussi()
            second_facteur.marquer_passe(request, compte)
            consigner("second_facteur_passe", le=le, acteur=compte, objet=f"compte:{compte.pk}")
            return True
    refuser(compte, le=le)
    return False


def consommer_le_code(compte: Compte, code: str) -> bool:
    """Vrai si ``code`` est le code du moment et n’a jamais servi ; il ne servira plus. Dans une transaction."""
    facteur = SecondFacteur.objects.filter(compte=compte).first()
    if facteur is None:
        return False
    pas = second_facteur.pas_du_code(second_facteur.dechiffrer(facteur.secret), code, timezone.now())
    if pas is None:
        return False
    # One UPDATE compares and writes: of two uses at once, one finds the row.
    return bool(SecondFacteur.objects.filter(pk=facteur.pk, dernier_pas__lt=pas).update(dernier_pas=pas))


def refuser(compte: Compte, *, le: datetime) -> None:
    """Consigne un code refusé. Ce qui n’allait pas n’est dit nulle part."""
    consigner("second_facteur_refuse", le=le, acteur=compte, objet=f"compte:{compte.pk}")
