"""Prendre une pièce pour la contrôler : celle qu’on montre, ou la suivante de la file ; et la rendre."""

from __future__ import annotations

from datetime import datetime

from registre.comptes.acces import exiger_le_service
from registre.comptes.models import Compte
from registre.justificatifs import reservations
from registre.justificatifs.models import PieceJustificative
from registre.justificatifs.queries import a_controler

# A reservation is not an act on the piece: no line in the journal, no revision.


def reserve_piece(agent: Compte, piece: PieceJustificative, *, maintenant: datetime) -> PieceJustificative:
    """Réserve cette pièce à l’agent, ou prolonge sa réservation. ``maintenant`` : heure réelle.

    :raises PermissionDenied: hors de son académie ; :raises PieceReservee: si un autre agent la tient.
    """
    exiger_le_service(agent, piece.candidature.academie)
    prise = reservations.prendre(piece.pk, agent, maintenant)
    actuelle = _relue(piece.pk)
    autre = actuelle.reservee_par
    if not prise and autre and actuelle.reservee_jusqu_a:
        raise reservations.PieceReservee(autre, actuelle.reservee_jusqu_a)
    return actuelle


def reserve_next_piece(
    agent: Compte, academie: str, *, maintenant: datetime, sauf: PieceJustificative | None = None
) -> PieceJustificative | None:
    """Réserve à l’agent la première pièce de la file que personne ne tient ; ``None`` s’il n’y en a plus.

    ``sauf`` : la pièce qu’il a sous les yeux et laisse pour plus tard ; elle est rendue.

    :raises PermissionDenied: hors de son académie.
    """
    exiger_le_service(agent, academie)
    if sauf is not None:
        release_piece(agent, sauf)
    file = a_controler(academie).exclude(pk=sauf.pk if sauf else None)
    libres = file.exclude(reservations.tenue_par_un_autre(agent, maintenant))
    for pk in libres.values_list("pk", flat=True)[:50]:
        # Another officer may be faster on this row: then the next one.
        if reservations.prendre(pk, agent, maintenant):
            return _relue(pk)
    return None


def release_piece(agent: Compte, piece: PieceJustificative) -> None:
    """Rend la pièce si l’agent la tient ; celle d’un autre reste à lui."""
    PieceJustificative.objects.filter(pk=piece.pk, reservee_par=agent).update(reservee_par=None, reservee_jusqu_a=None)


def _relue(pk: int) -> PieceJustificative:
    return PieceJustificative.objects.select_related("candidature", "reservee_par").get(pk=pk)
