"""Supprimer un fichier déposé, tant que sa pièce n’est pas envoyée."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.justificatifs.actes import (
    DepotRefuse,
    appliquer,
    dossier_du_candidat,
    enregistrer,
    ligne_de_piece,
    transition_du_candidat,
    version_de_la_piece,
)
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.pieces_vues import Dossier, PieceVue
from registre.regles.cadre import Cadre
from registre.regles.etats import ActePiece


def delete_fichier(compte: Compte, cadre: Cadre, reference: UUID, *, le: datetime) -> str | None:
    """Supprime le fichier et rend son nom ; ``None`` s’il n’y est pas, ou plus : un second envoi ne fait rien.

    :raises DepotRefuse: si sa pièce est envoyée ou contrôlée, ou si le dépôt est fermé.
    """
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
        piece = piece_qui_le_porte(dossier, reference)
        if piece is None:
            return None

        if piece.motif_supprimer:
            raise DepotRefuse([piece.motif_supprimer])
        passage = transition_du_candidat(piece, ActePiece.SUPPRIMER)

        ligne = ligne_de_piece(dossier.candidature, piece.cle)
        fichier = ligne.fichiers.get(reference=reference)
        nom, empreinte, cles = fichier.nom, fichier.empreinte, fichier.cles
        fichier.delete()
        restants, etat = ligne.fichiers.filter(remplace_le=None), ligne.etat
        appliquer(ligne, passage, le)
        if restants.exists():
            ligne.etat = etat  # the table speaks of the last file
        else:
            ligne.deposee_le = ligne.version_au_depot = None
        ligne.version_signee = version_de_la_piece(ligne)
        enregistrer(ligne)
        consigner(
            "fichier_supprime",
            le=le,
            acteur=compte,
            objet=f"candidature:{dossier.candidature.numero}",
            piece=piece.cle,
            fichier=str(reference),
            empreinte=empreinte,
        )

        transaction.on_commit(lambda: coffre.effacer(cles))
    return nom


def piece_qui_le_porte(dossier: Dossier, reference: UUID) -> PieceVue | None:
    """La pièce dont c’est un fichier en place. Un fichier remplacé n’est pas trouvé : une décision l’a jugé."""
    pieces = [*dossier.pieces, *dossier.plus_demandees]
    return next((p for p in pieces if reference in [f.reference for f in p.fichiers]), None)
