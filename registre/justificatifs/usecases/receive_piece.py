"""« Reçue » : le service a la pièce, en ligne ou sur papier, et ne l’a pas encore contrôlée."""

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


def receive_piece(
    agent: Compte,
    candidature: Candidature,
    cle: str,
    *,
    revision: int,
    version: int,
    recue_le: date | None = None,
    le: datetime,
) -> DecisionDePiece:
    """Dit que la pièce est reçue ; pour une pièce venue par la poste, c’est le premier acte.

    ``revision`` et ``version`` sont celles de la page que l’agent a vue. ``recue_le`` est facultative.

    :raises ActeRefuse: si l’état ou la date s’y oppose ; :raises PieceChangee: si la page n’est plus vraie ;
    :raises PieceReservee: si un autre agent tient la pièce.
    """
    with transaction.atomic():
        en_main = prendre_en_main(agent, candidature, cle, revision=revision, version=version, le=le)

        passage = transition_du_service(en_main, ActePiece.RECEVOIR)
        exiger_une_reception_passee(en_main, recue_le, le)

        # The decision, the journal and, for a session that wants it, the mail.
        return decider(en_main, passage, recue_le=recue_le, le=le)
