"""Garder un fichier malgré une alerte sur sa qualité, et dire pourquoi : le service le lira à côté du fichier."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat
from registre.justificatifs.models import FichierDepose
from registre.justificatifs.usecases.delete_fichier import piece_qui_le_porte
from registre.regles.cadre import Cadre
from registre.regles.qualite import motif_garder


def keep_fichier(compte: Compte, cadre: Cadre, reference: UUID, pourquoi: str, *, le: datetime) -> str | None:
    """Écrit la raison et rend le nom du fichier ; ``None`` s’il n’y est pas, ou plus.

    La même raison envoyée deux fois ne fait rien de plus.

    :raises DepotRefuse: si sa pièce est envoyée ou contrôlée, ou si la raison manque ou est trop longue.
    """
    pourquoi = pourquoi.strip()
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
        piece = piece_qui_le_porte(dossier, reference)
        if piece is None:
            return None
        if motif := piece.motif_supprimer or motif_garder(pourquoi):
            raise DepotRefuse([motif])

        fichier = FichierDepose.objects.get(reference=reference)
        if fichier.garde_malgre != pourquoi:
            fichier.garde_malgre = pourquoi
            fichier.save(update_fields=["garde_malgre"])
            consigner(
                "fichier_garde",
                le=le,
                acteur=compte,
                objet=f"candidature:{dossier.candidature.numero}",
                piece=piece.cle,
                fichier=str(reference),
                avis=[avis["code"] for avis in fichier.avis],  # his own words stay on the file
            )
    return fichier.nom
