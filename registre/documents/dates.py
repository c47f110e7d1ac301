"""Les instants, tels qu’un document les écrit."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def a_la_seconde(instant: datetime) -> str:
    """« 7 novembre 2025 à 16 h 05 min 12 s (heure de Paris) »."""
    local = timezone.localtime(instant)
    heure = f"{local.hour}\u00a0h\u00a0{local.minute:02d}\u00a0min\u00a0{local.second:02d}\u00a0s"
    return f"{date_format(local, 'j F Y')} à {heure} (heure de Paris)"
