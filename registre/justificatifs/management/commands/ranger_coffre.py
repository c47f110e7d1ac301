"""Efface du coffre ce qu’un dépôt interrompu y a laissé."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registre.justificatifs.fichiers.coffre import CoffreEnPanne
from registre.justificatifs.rangement import TropAEffacer, ranger_le_coffre


class Command(BaseCommand):
    help = "Efface les objets du coffre de plus de 24 heures que rien ne nomme. À lancer chaque nuit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--quand-meme", action="store_true", help="effacer même si c’est plus de la moitié du coffre"
        )

    def handle(self, *_args: Any, quand_meme: bool, **_options: Any) -> None:
        try:
            fait = ranger_le_coffre(timezone.now(), quand_meme=quand_meme)
        except TropAEffacer as trop:
            raise CommandError(
                f"{trop} Rien n’est effacé. Vérifiez DATABASE_URL, puis --quand-meme si c’est voulu."
            ) from trop
        except CoffreEnPanne as panne:
            raise CommandError(
                f"Le stockage ne répond pas\u00a0: {panne}. Rien n’est effacé.", returncode=2
            ) from panne
        self.stdout.write(
            f"{fait.effaces} objets effacés, {fait.gardes} gardés, {fait.recents} de moins de 24\u00a0heures."
        )
        if fait.assemblages:
            self.stdout.write(f"{fait.assemblages} documents en préparation, laissés depuis un jour, oubliés.")
        for nom in fait.etrangers:
            self.stdout.write(f"Étranger au coffre, laissé\u00a0: {nom}")
        if fait.restes:
            raise CommandError(f"{fait.restes} objets n’ont pas pu être effacés. Relancez plus tard.", returncode=2)
