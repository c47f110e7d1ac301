"""Rouvrir le dépôt d’une pièce pour une candidature, avec une fin et un motif (L-08)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import PIECE_INCONNUE, ActeRefuse, dossier_pour_le_service
from registre.justificatifs.models import FenetreRouverte
from registre.regles.citation import Motif
from registre.regles.depot import motifs_fenetre

SANS_REOUVERTURE = Motif(
    "reouverture_impossible", "", "Cette session ne permet pas de rouvrir le dépôt d’une pièce.", ("L-08",)
)


def reopen_piece(
    agent: Compte, candidature: Candidature, cle: str, *, ferme_le: datetime | None, motif: str, le: datetime
) -> FenetreRouverte:
    """Ouvre tout de suite une fenêtre de dépôt, jusqu’à ``ferme_le`` exclu. Un second envoi rend la même fenêtre.

    :raises PermissionDenied: hors de son académie ;
    :raises ActeRefuse: sans fin à venir, sans motif, ou si la pièce n’est pas demandée.
    """
    with transaction.atomic():
        dossier, cadre = dossier_pour_le_service(agent, candidature, le)
        piece = dossier.piece(cle)

        if not cadre.pieces.reouverture_par_candidature:
            raise ActeRefuse([SANS_REOUVERTURE])
        if piece is None or not piece.requise:
            raise ActeRefuse([PIECE_INCONNUE])
        motif = motif.strip()
        if motifs := motifs_fenetre(ferme_le, motif, le):
            raise ActeRefuse(motifs)

        fenetre, nouvelle = FenetreRouverte.objects.get_or_create(
            candidature=dossier.candidature,
            cle=cle,
            ferme_le=ferme_le,
            motif=motif,
            par=agent,
            defaults={"ouvre_le": le},
        )
        if nouvelle:
            consigner(
                "piece_rouverte",
                le=le,
                acteur=agent,
                objet=f"candidature:{dossier.candidature.numero}",
                piece=cle,
                ferme_le=fenetre.ferme_le.isoformat(),
                motif=motif,
            )
    return fenetre
