"""Relit toutes les pièces et nomme celles qui sont perdues ou altérées."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registre.justificatifs.fichiers.coffre import CoffreEnPanne
from registre.justificatifs.rangement import verifier_le_coffre


class Command(BaseCommand):
    help = "Relit chaque objet du coffre et le compare à ce qui a été rangé. Code 1 s’il y a un défaut."

    def handle(self, *_args: Any, **_options: Any) -> None:
        fichiers = objets = mauvais = 0
        try:
            for lus, defauts in verifier_le_coffre():
                fichiers, objets, mauvais = fichiers + 1, objets + lus, mauvais + len(defauts)
                for defaut in defauts:
                    self.stdout.write(str(defaut))
        except CoffreEnPanne as panne:
            raise CommandError(
                f"Le stockage ne répond pas\u00a0: {panne}. {fichiers} fichiers vérifiés.", returncode=2
            ) from panne
        bilan = f"{fichiers} fichiers, {objets} objets relus, {mauvais} en défaut."
        if mauvais:
            raise CommandError(bilan, returncode=1)
        self.stdout.write(bilan)
