"""Accepter « Cette pièce ne me concerne pas » : la pièce est satisfaite, elle ne change plus (L-67, L-71)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import decider, prendre_en_main, transition_du_service
from registre.justificatifs.models import DecisionDePiece
from registre.regles.etats import ActePiece

RAISON = "non-concerne"


def accept_non_concerne(
    agent: Compte, candidature: Candidature, cle: str, *, revision: int, version: int, le: datetime
) -> DecisionDePiece:
    """Accepte la déclaration telle que l’agent l’a lue : la décision garde ses mots.

    :raises ActeRefuse: s’il n’y a pas de déclaration envoyée ; :raises PieceChangee: si la page n’est plus vraie ;
    :raises PieceReservee: si un autre agent tient la pièce.
    """
    with transaction.atomic():
        en_main = prendre_en_main(agent, candidature, cle, revision=revision, version=version, le=le)

        passage = transition_du_service(en_main, ActePiece.DISPENSER)

        # The decision, the journal and, for a session that wants it, the mail.
        return decider(
            en_main,
            passage,
            recue_le=None,
            le=le,
            raison=RAISON,
            commentaire=en_main.piece.declaration,
            dit="",
            acte="non_concerne_accepte",
        )
