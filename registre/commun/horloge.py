"""L’heure qui compte : une seule horloge, lue dans les vues et les commandes, passée ensuite en ``le``.

``le`` est l’instant d’arrivée de la demande, décalé en démonstration. Les sessions du site, les liens à
durée limitée et les freins restent sur l’heure réelle.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from registre.commun.models import DecalageHorloge


def decalage() -> timedelta:
    """Écart entre l’heure simulée et l’heure réelle ; nul hors démonstration."""
    if not settings.EN_DEMO:
        return timedelta(0)
    ligne = DecalageHorloge.objects.first()
    return timedelta(seconds=ligne.secondes) if ligne else timedelta(0)


def instant(request: HttpRequest) -> datetime:
    """Instant (avec fuseau) où la demande est arrivée, dans le temps du registre."""
    if not hasattr(request, "le"):
        request.le = request.arrivee + decalage()
    return request.le


def maintenant() -> datetime:
    """Instant présent dans le temps du registre, pour les commandes."""
    return timezone.now() + decalage()
