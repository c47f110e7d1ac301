"""Une pièce prise par un agent : les autres attendent qu’il ait fini, ou que le temps soit passé.

Une réservation n’est pas un acte : elle ne change ni l’état ni la révision de la pièce, et suit l’heure réelle.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from registre.comptes.models import Compte
from registre.justificatifs.models import PieceJustificative

DUREE = timedelta(minutes=10)  # long enough to read ten pages, short enough for a desk left open


class PieceReservee(Exception):
    """Un autre agent contrôle cette pièce."""

    def __init__(self, par: Compte, jusqu_a: datetime) -> None:
        super().__init__("pièce réservée")
        self.par = par
        self.jusqu_a = jusqu_a


def tenue_par(piece: PieceJustificative, maintenant: datetime | None = None) -> Compte | None:
    """L’agent qui tient la pièce à cet instant, temps réel."""
    if piece.reservee_par is None or piece.reservee_jusqu_a is None:
        return None
    return piece.reservee_par if piece.reservee_jusqu_a > (maintenant or timezone.now()) else None


def prendre(pk: int, agent: Compte, maintenant: datetime) -> bool:
    """Réserve la pièce si personne d’autre ne la tient.

    One UPDATE decides, on every database. Its condition reads the row itself and nothing else: PostgreSQL judges it
    again on the row as another officer has just left it, which it does not do for a subquery.
    """
    libre = Q(reservee_par=None) | Q(reservee_par=agent) | Q(reservee_jusqu_a__lte=maintenant)
    pris = PieceJustificative.objects.filter(libre, pk=pk).update(
        reservee_par=agent, reservee_jusqu_a=maintenant + DUREE
    )
    return bool(pris)


def tenue_par_un_autre(agent: Compte, maintenant: datetime) -> Q:
    """Les pièces qu’un autre agent tient à cet instant."""
    return Q(reservee_jusqu_a__gt=maintenant) & ~Q(reservee_par=agent)
