"""« Cette pièce ne me concerne pas » : le candidat le déclare sur l’honneur, à la place d’un dépôt (L-71)."""

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
from registre.regles.saisies_de_piece import motifs_declaration


def declare_non_concerne(compte: Compte, cadre: Cadre, cle: str, dit: str, *, le: datetime) -> PieceJustificative:
    """Déclare que la pièce ne concerne pas le candidat, et pourquoi : ``dit``. Elle s’envoie ensuite comme une autre.

    Les mêmes mots envoyés deux fois ne changent rien de plus.

    :raises DepotRefuse: si la pièce ne l’admet pas, si son état ou la période s’y oppose, ou sans phrase.
    """
    dit = dit.strip()
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
        piece = piece_du_dossier(dossier, cle)
        if piece.etat == PieceJustificative.Etat.DECLAREE and piece.declaration == dit:
            return ligne_de_piece(dossier.candidature, cle)

        if piece.motif_declarer:
            raise DepotRefuse([piece.motif_declarer])
        if motifs := motifs_declaration(dit):
            raise DepotRefuse(motifs)

        ligne = ligne_de_piece(dossier.candidature, cle)
        appliquer(ligne, transition_du_candidat(piece, ActePiece.DECLARER), le)
        ligne.non_concerne_le, ligne.non_concerne_dit = le, dit
        ligne.non_concerne_accepte_le = None
        ligne.deposee_le = None
        enregistrer(ligne)
        # The words stay out of the journal: they may tell a private life.
        consigner(
            "non_concerne_declare", le=le, acteur=compte, objet=f"candidature:{dossier.candidature.numero}", piece=cle
        )
    return ligne
