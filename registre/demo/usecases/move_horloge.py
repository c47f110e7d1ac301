"""Avancer l’heure du registre."""

from __future__ import annotations

import math
from datetime import datetime

from django.db import transaction

from registre.commun.models import DecalageHorloge
from registre.demo.moments import Moment


def move_horloge(moment: Moment, *, arrivee: datetime, le: datetime) -> bool:
    """Mène l’heure du registre à ``moment`` ; faux, sans rien changer, s’il est déjà passé.

    ``arrivee`` est l’heure réelle de la demande, ``le`` la même dans le temps du registre. L’heure n’avance que :
    ce qui est déjà enregistré ne doit pas se trouver dans l’avenir.
    """
    if moment.instant <= le:
        return False
    with transaction.atomic():
        regler_horloge(moment.instant, arrivee=arrivee)
    return True


def regler_horloge(instant: datetime, *, arrivee: datetime) -> None:
    """Écrit le décalage qui fait de l’heure réelle ``arrivee`` l’instant ``instant``, ou la seconde qui suit."""
    secondes = math.ceil((instant - arrivee).total_seconds())
    DecalageHorloge.objects.update_or_create(pk=1, defaults={"secondes": secondes})
