"""« Conforme » : la pièce est validée, elle ne change plus (L-67)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import (
    decider,
    exiger_une_reception_passee,
    prendre_en_main,
    transition_du_service,
)
from registre.justificatifs.models import DecisionDePiece
from registre.regles.etats import ActePiece


def accept_piece(
    agent: Compte,
    candidature: Candidature,
    cle: str,
    *,
    revision: int,
    version: int,
    recue_le: date | None = None,
    le: datetime,
) -> DecisionDePiece:
    """Déclare la pièce conforme, telle que l’agent l’a vue : la décision garde les fichiers et la version.

    Un récapitulatif dépassé ne peut pas l’être : il faut la dernière version signée (L-30).

    :raises ActeRefuse: si l’état ou la date s’y oppose ; :raises PieceChangee: si la page n’est plus vraie ;
    :raises PieceReservee: si un autre agent tient la pièce.
    """
    with transaction.atomic():
        en_main = prendre_en_main(agent, candidature, cle, revision=revision, version=version, le=le)

        passage = transition_du_service(en_main, ActePiece.ACCEPTER)
        exiger_une_reception_passee(en_main, recue_le, le)

        # The decision, the journal and, for a session that wants it, the mail.
        return decider(en_main, passage, recue_le=recue_le, le=le)
