"""Retirer le second facteur d’un compte : le téléphone est perdu, et les codes de secours aussi."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte, SecondFacteur
from registre.comptes.usecases.avertir import avertir

RETIREE = (
    "L’application qui donnait les codes de connexion de votre compte a été retirée. Toutes vos sessions sont "
    "fermées. À votre prochaine connexion, vous en installerez une autre."
)


class SansSecondFacteur(Exception):
    """Ce compte n’a pas de second facteur."""


def remove_second_facteur(compte: Compte, *, le: datetime) -> None:
    """Retire le second facteur, ferme toutes les sessions du compte et prévient son titulaire.

    Le compte n’ouvre rien de plus : à la connexion suivante, le service installe une autre application.

    :raises SansSecondFacteur: si le compte n’en a pas.
    """
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if not compte.facteur:
            raise SansSecondFacteur
        SecondFacteur.objects.filter(compte=compte).delete()
        compte.facteur = ""
        compte.save(update_fields=["facteur"])
        consigner("second_facteur_retire", le=le, acteur=None, objet=f"compte:{compte.pk}")
        avertir(compte, compte.email, "second_facteur_change", le, quoi=RETIREE)
