"""Refuser « Cette pièce ne me concerne pas », même acceptée : la pièce est demandée, comme une non conforme (L-71)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import ActeRefuse, decider, prendre_en_main, transition_du_service
from registre.justificatifs.models import DecisionDePiece
from registre.justificatifs.usecases.accept_non_concerne import RAISON
from registre.regles.etats import ActePiece
from registre.regles.saisies_de_piece import motifs_commentaire


def refuse_non_concerne(
    agent: Compte,
    candidature: Candidature,
    cle: str,
    *,
    revision: int,
    version: int,
    commentaire: str,
    le: datetime,
) -> DecisionDePiece:
    """Refuse la déclaration. Le candidat lit le ``commentaire``, puis dépose la pièce et la renvoie.

    :raises ActeRefuse: sans commentaire, ou s’il n’y a pas de déclaration envoyée ;
    :raises PieceChangee: si la page n’est plus vraie ; :raises PieceReservee: si un autre agent tient la pièce.
    """
    with transaction.atomic():
        en_main = prendre_en_main(agent, candidature, cle, revision=revision, version=version, le=le)

        # Once accepted, the piece is a conforming one: the office corrects itself as it does for any other.
        acte = ActePiece.REFUSER if en_main.piece.dispensee_le else ActePiece.EXIGER
        passage = transition_du_service(en_main, acte)
        if motifs := motifs_commentaire(commentaire):
            raise ActeRefuse(motifs)

        # The decision, the journal and, for a session that wants it, the mail.
        return decider(
            en_main,
            passage,
            recue_le=None,
            le=le,
            raison=RAISON,
            commentaire=commentaire.strip(),
            acte="non_concerne_refuse",
        )
