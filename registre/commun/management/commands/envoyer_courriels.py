"""Vide la boîte d’envoi, en continu ou une fois."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from registre.commun.boucle import Passage, tourner
from registre.commun.courriels import envoyer_dus


class Command(BaseCommand):
    help = "Envoie les courriels en attente. Plusieurs processus peuvent tourner à la fois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--une-fois", action="store_true", help="envoyer ce qui est dû, puis s’arrêter")
        parser.add_argument("--lot", type=int, default=100, help="courriels pris par passage")

    def handle(self, *_args: Any, une_fois: bool, lot: int, **_options: Any) -> None:
        def passer(continuer: Callable[[], bool]) -> Passage:
            bilan = envoyer_dus(lot=lot, continuer=continuer)
            fait = f"{bilan.envoyes} envoyés, {bilan.reportes} reportés, {bilan.abandonnes} abandonnés."
            return Passage("" if bilan.vide else fait, bilan.serveur_muet)

        tourner(passer, self.stdout.write, une_fois=une_fois)
