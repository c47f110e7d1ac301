"""Retirer une pièce demandée par le service : elle n’est plus attendue, ce qui est déposé reste (L-70)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import (
    PIECE_INCONNUE,
    ActeRefuse,
    annoncer_la_demande,
    dossier_pour_le_service,
)
from registre.justificatifs.models import DemandeDuService


def withdraw_request(agent: Compte, candidature: Candidature, cle: str, *, le: datetime) -> DemandeDuService:
    """Retire la demande, et le dit au candidat. Un second clic ne change rien. Le journal garde les deux actes.

    :raises PermissionDenied: hors de son académie ; :raises ActeRefuse: si la demande est inconnue.
    """
    with transaction.atomic():
        dossier, _ = dossier_pour_le_service(agent, candidature, le)
        demande = dossier.candidature.demandes.filter(cle=cle).first()

        if demande is None:
            raise ActeRefuse([PIECE_INCONNUE])
        if demande.retiree_le:
            return demande

        demande.retiree_le = le
        demande.save(update_fields=["retiree_le"])
        dossier.candidature.demandees.filter(cle=cle).delete()
        annoncer_la_demande("demande_retiree", dossier, demande, agent, le)
    return demande
