"""Changer le dernier jour d’une pièce demandée par le service (L-70)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import (
    PIECE_INCONNUE,
    ActeRefuse,
    annoncer_la_demande,
    dossier_pour_le_service,
)
from registre.justificatifs.demandes import fin_du_jour
from registre.justificatifs.models import DemandeDuService
from registre.regles.citation import Motif
from registre.regles.saisies_de_piece import motifs_echeance

DEMANDE_RETIREE = Motif(
    "demande_retiree", "", "Cette demande est retirée. Faites-en une autre, si la pièce manque encore.", ("L-70",)
)


def extend_request(
    agent: Compte, candidature: Candidature, cle: str, *, derniere: date | None, le: datetime
) -> DemandeDuService:
    """Donne à la demande le dernier jour ``derniere``, et le dit au candidat. Le même jour redit ne change rien.

    :raises PermissionDenied: hors de son académie ;
    :raises ActeRefuse: si la demande est retirée ou inconnue, ou sans jour à venir.
    """
    with transaction.atomic():
        dossier, cadre = dossier_pour_le_service(agent, candidature, le)
        demande = dossier.candidature.demandes.filter(cle=cle).first()

        if demande is None:
            raise ActeRefuse([PIECE_INCONNUE])
        if demande.retiree_le:
            raise ActeRefuse([DEMANDE_RETIREE])
        fuseau = cadre.calendrier.fuseau
        motifs = motifs_echeance(derniere, le.astimezone(ZoneInfo(fuseau)).date())
        if motifs or derniere is None:
            raise ActeRefuse(motifs)
        echeance = fin_du_jour(derniere, fuseau)
        if echeance == demande.echeance:
            return demande

        demande.echeance = echeance
        demande.save(update_fields=["echeance"])
        annoncer_la_demande("demande_prolongee", dossier, demande, agent, le)
    return demande
