"""Refait les listes de pièces demandées qui servent aux listes du service. À lancer après un changement de paramètres.

Chaque candidature est reprise dans sa propre transaction ; relancer la commande ne change rien de plus.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from registre.commun.cadres import tous
from registre.inscription.models import Candidature
from registre.inscription.pieces import garder_les_pieces_demandees


class Command(BaseCommand):
    help = "Refait les listes de pièces demandées de toutes les candidatures, d’après les paramètres chargés."

    def handle(self, *_args: Any, **_options: Any) -> None:
        changees = sum(map(_recalculer, Candidature.objects.values_list("pk", flat=True).iterator()))
        self.stdout.write(f"{changees} candidatures mises à jour")


def _recalculer(pk: int) -> bool:
    with transaction.atomic():
        candidature = Candidature.objects.select_for_update(of=["self"]).select_related("compte").get(pk=pk)
        cadre = tous().get(candidature.cle)
        if cadre is None:  # a session no longer loaded keeps its list
            return False
        version = candidature.versions.get(numero=candidature.derniere_version)
        return garder_les_pieces_demandees(candidature, version, candidature.compte, cadre)
