"""Les instants où mène la barre de démonstration, calculés d’après le calendrier de la session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from registre.regles.cadre import Calendrier

DEPART = "milieu"


@dataclass(frozen=True)
class Moment:
    code: str
    libelle: str
    instant: datetime


def moments(calendrier: Calendrier) -> dict[str, Moment]:
    """Les moments, du plus ancien au plus récent. « Milieu » : 10 h, quatorze jours après l’ouverture.

    « Dépôt clos » : 10 h, le surlendemain de la fin du dépôt des pièces.
    """
    periode = calendrier.inscription
    ouverture = periode.ouvre_le.astimezone(ZoneInfo(calendrier.fuseau))
    fin_du_depot = calendrier.depot.ferme_le.astimezone(ZoneInfo(calendrier.fuseau))
    milieu = (ouverture + timedelta(days=14)).replace(hour=10, minute=0)
    apres = (fin_du_depot + timedelta(days=2)).replace(hour=10, minute=0)
    liste = (
        Moment("avant", "Avant l’ouverture", periode.ouvre_le - timedelta(minutes=1)),
        Moment("ouverture", "Ouverture", periode.ouvre_le + timedelta(minutes=1)),
        Moment(DEPART, "Milieu", milieu),
        Moment("derniere-minute", "Dernière minute", periode.ferme_le - timedelta(seconds=60)),
        Moment("cloture", "Clôture passée", periode.ferme_le + timedelta(seconds=1)),
        Moment("depot-clos", "Dépôt clos", apres),
    )
    return {m.code: m for m in liste}
