"""Changer de place un fichier déposé, tant que sa pièce n’est pas envoyée : le recto avant le verso."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat, enregistrer, ligne_de_piece
from registre.justificatifs.usecases.delete_fichier import piece_qui_le_porte
from registre.regles.cadre import Cadre


def move_fichier(
    compte: Compte, cadre: Cadre, reference: UUID, sens: Literal["monter", "descendre"], *, le: datetime
) -> str | None:
    """Passe le fichier avant son voisin ou après lui, et rend son nom ; ``None`` s’il n’y est pas, ou plus.

    Le premier ne monte pas, le dernier ne descend pas : rien ne change alors.

    :raises DepotRefuse: si sa pièce est envoyée ou contrôlée, ou si le dépôt est fermé.
    """
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
        piece = piece_qui_le_porte(dossier, reference)
        if piece is None:
            return None
        if piece.motif_supprimer:
            raise DepotRefuse([piece.motif_supprimer])

        ligne = ligne_de_piece(dossier.candidature, piece.cle)
        fichiers = list(ligne.fichiers.filter(remplace_le=None))
        place = next(n for n, f in enumerate(fichiers) if f.reference == reference)
        nom, autre = fichiers[place].nom, place - 1 if sens == "monter" else place + 1
        if not 0 <= autre < len(fichiers):
            return nom
        fichiers[place], fichiers[autre] = fichiers[autre], fichiers[place]
        for rang, fichier in enumerate(fichiers, start=1):
            fichier.rang = rang
            fichier.save(update_fields=["rang"])
        ligne.revision += 1
        enregistrer(ligne)
        consigner(
            "fichier_deplace",
            le=le,
            acteur=compte,
            objet=f"candidature:{dossier.candidature.numero}",
            piece=piece.cle,
            fichier=str(reference),
            ordre=[str(f.reference) for f in fichiers],
        )
    return nom
