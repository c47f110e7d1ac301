"""Remettre la démonstration à zéro."""

from __future__ import annotations

from datetime import datetime

from django.core.management import call_command
from django.db import transaction

from registre.commun.cadres import principal
from registre.demo import scenario
from registre.demo.moments import DEPART, Moment, moments
from registre.demo.usecases.move_horloge import regler_horloge


def reset_demo(moment: Moment | None = None, *, arrivee: datetime) -> Moment:
    """Efface tout, refait les personnes inventées, et met l’horloge à ``moment`` (le milieu de la période).

    À un moment plus ancien, les personnes n’ont fait que ce qu’elles avaient eu le temps de faire. Tout le monde
    est déconnecté : les sessions du site sont effacées aussi.
    """
    moment = moment or moments(principal().calendrier)[DEPART]
    with transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
        scenario.jouer(moment.instant)
        regler_horloge(moment.instant, arrivee=arrivee)
    return moment
