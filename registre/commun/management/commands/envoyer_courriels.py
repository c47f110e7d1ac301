"""Vide la boîte d’envoi, en continu ou une fois."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from registre.commun.courriels import envoyer_dus

PAUSE = 5  # seconds between two looks at an empty outbox
PAUSE_SI_MUET = 30  # seconds before knocking again at a silent mail server


class Command(BaseCommand):
    help = "Envoie les courriels en attente. Plusieurs processus peuvent tourner à la fois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--une-fois", action="store_true", help="envoyer ce qui est dû, puis s’arrêter")
        parser.add_argument("--lot", type=int, default=100, help="courriels pris par passage")

    def handle(self, *_args: Any, une_fois: bool, lot: int, **_options: Any) -> None:
        arret = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for numero in (signal.SIGTERM, signal.SIGINT):
                signal.signal(numero, lambda *_: arret.set())  # the mail under way is finished and marked
        while not arret.is_set():
            bilan = envoyer_dus(lot=lot, continuer=lambda: not arret.is_set())
            if not bilan.vide:
                self.stdout.write(
                    f"{bilan.envoyes} envoyés, {bilan.reportes} reportés, {bilan.abandonnes} abandonnés."
                )
            if bilan.vide or bilan.serveur_muet:
                if une_fois:
                    break
                close_old_connections()
                arret.wait(PAUSE_SI_MUET if bilan.serveur_muet else PAUSE)
