"""Retirer sa déclaration « Cette pièce ne me concerne pas », tant qu’elle n’est pas envoyée."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.justificatifs.actes import (
    DepotRefuse,
    appliquer,
    dossier_du_candidat,
    enregistrer,
    ligne_de_piece,
    piece_du_dossier,
    transition_du_candidat,
)
from registre.justificatifs.models import PieceJustificative
from registre.regles.cadre import Cadre
from registre.regles.etats import ActePiece


def withdraw_non_concerne(compte: Compte, cadre: Cadre, cle: str, *, le: datetime) -> bool:
    """Retire la déclaration : la pièce est de nouveau à fournir. Faux s’il n’y en a pas, ou plus.

    :raises DepotRefuse: si elle est envoyée, ou si le dépôt est fermé.
    """
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
        piece = piece_du_dossier(dossier, cle)
        if piece.etat != PieceJustificative.Etat.DECLAREE:
            return False

        if piece.motif_supprimer:
            raise DepotRefuse([piece.motif_supprimer])

        ligne = ligne_de_piece(dossier.candidature, cle)
        appliquer(ligne, transition_du_candidat(piece, ActePiece.SUPPRIMER), le)
        enregistrer(ligne)
        consigner(
            "non_concerne_retire", le=le, acteur=compte, objet=f"candidature:{dossier.candidature.numero}", piece=cle
        )
    return True
