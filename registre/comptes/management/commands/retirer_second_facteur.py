"""Retire le second facteur d’un compte, quand le téléphone et les codes de secours sont perdus."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registre.commun.horloge import maintenant
from registre.comptes.connexion import adresse_lue, compte_de
from registre.comptes.usecases.remove_second_facteur import SansSecondFacteur, remove_second_facteur


class Command(BaseCommand):
    help = "Retire le second facteur d’un compte. Vérifiez d’abord, de vive voix, qui le demande."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="adresse mail du compte")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        compte = compte_de(adresse_lue(email))
        if compte is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        try:
            remove_second_facteur(compte, le=maintenant())
        except SansSecondFacteur as refus:
            raise CommandError("Ce compte n’a pas de second facteur.") from refus
        self.stdout.write(
            "Second facteur retiré, sessions fermées. À la prochaine connexion, il en installera un autre."
        )
