"""Fait analyser par l’antivirus les fichiers déposés, en continu ou une fois."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registre.commun.boucle import Passage, tourner
from registre.justificatifs import analyses
from registre.justificatifs.antivirus import Antivirus


class Command(BaseCommand):
    help = "Fait analyser les fichiers déposés par clamd (REGISTRE_ANTIVIRUS). Plusieurs processus peuvent tourner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choix = parser.add_mutually_exclusive_group()
        choix.add_argument("--une-fois", action="store_true", help="analyser ce qui est dû, puis s’arrêter")
        choix.add_argument(
            "--etat", action="store_true", help="dire ce qui attend ; code 1 si c’est depuis trop longtemps"
        )
        choix.add_argument(
            "--anciens", action="store_true", help="mettre dans la file les fichiers déposés sans antivirus"
        )

    def handle(self, *_args: Any, une_fois: bool, etat: bool, anciens: bool, **_options: Any) -> None:
        if etat:
            self._dire_l_etat()
            return
        if not settings.ANTIVIRUS:
            raise CommandError("REGISTRE_ANTIVIRUS est vide\u00a0: ce site n’a pas d’antivirus.")
        if anciens:
            self.stdout.write(f"{analyses.mettre_les_anciens()} fichiers mis dans la file.")
            return
        antivirus, veilleur = Antivirus(settings.ANTIVIRUS), analyses.Veilleur()

        def passer(continuer: Callable[[], bool]) -> Passage:
            bilan = analyses.analyser_dus(antivirus, continuer=continuer)
            veilleur.regarder(analyses.heure_reelle())
            fait = f"{bilan.sains} sains, {bilan.rejetes} rejetés, {bilan.repousses} repoussés."
            return Passage("" if bilan.vide else fait, bilan.muet)

        tourner(passer, self.stdout.write, une_fois=une_fois)

    def _dire_l_etat(self) -> None:
        maintenant = analyses.heure_reelle()
        file = analyses.etat_de_la_file(maintenant)
        if not file.nombre:
            self.stdout.write("Aucun fichier n’attend l’antivirus.")
            return
        minutes = file.age(maintenant) // timedelta(minutes=1)
        bilan = (
            f"{file.nombre} fichiers attendent l’antivirus, dont {file.repousses} en cours ou repoussés. "
            f"Le plus ancien attend depuis {minutes}\u00a0minutes."
        )
        if file.trop_vieille(maintenant):
            raise CommandError(bilan, returncode=1)
        self.stdout.write(bilan)
