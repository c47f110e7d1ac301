"""Demander une pièce de plus à un candidat, avec une raison et un dernier jour (L-70)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature, PieceDemandee
from registre.justificatifs.controle import (
    PIECE_INCONNUE,
    ActeRefuse,
    annoncer_la_demande,
    dossier_pour_le_service,
)
from registre.justificatifs.demandes import fin_du_jour
from registre.justificatifs.models import DemandeDuService
from registre.regles.saisies_de_piece import motif_deja_demandee, motifs_demande


def request_piece(
    agent: Compte,
    candidature: Candidature,
    *,
    modele: str = "",
    titre: str = "",
    raison: str,
    derniere: date | None,
    bloquante: bool,
    non_concerne: bool = False,
    le: datetime,
) -> DemandeDuService:
    """Demande une pièce jusqu’au jour ``derniere`` : ``modele``, de la session, ou une autre, sous un ``titre`` libre.

    Les deux ensemble : le titre précise la pièce de la liste.

    Le candidat l’apprend par un courriel. Le même formulaire envoyé deux fois ne fait qu’une demande.

    :raises PermissionDenied: hors de son académie ;
    :raises ActeRefuse: sans titre, sans raison, sans jour à venir, ou si cette pièce est déjà demandée.
    """
    raison = raison.strip()
    with transaction.atomic():
        dossier, cadre = dossier_pour_le_service(agent, candidature, le)
        demandees = set(dossier.candidature.demandes.values_list("cle", flat=True))
        libelles = {p.cle: p.libelle for p in cadre.pieces.liste if p.cle not in demandees}
        fuseau = cadre.calendrier.fuseau

        if modele and modele not in libelles:
            raise ActeRefuse([PIECE_INCONNUE])
        libelle = titre.strip() or libelles.get(modele, "")
        motifs = motifs_demande(libelle, raison, derniere, le.astimezone(ZoneInfo(fuseau)).date())
        if motifs or derniere is None:
            raise ActeRefuse(motifs)
        voulue: dict[str, Any] = {
            "libelle": libelle,
            "raison": raison,
            "echeance": fin_du_jour(derniere, fuseau),
            "bloquante": bloquante,
            "modele": modele,
            "non_concerne": non_concerne,
            "par": agent,
            "retiree_le": None,
        }
        if deja := dossier.candidature.demandes.filter(**voulue).first():
            return deja
        if motif := motif_deja_demandee(libelle, [p.situation for p in dossier.pieces]):
            raise ActeRefuse([motif])

        cle = f"demande-{len(demandees) + 1}"
        demande = DemandeDuService.objects.create(candidature=dossier.candidature, cle=cle, le=le, **voulue)
        PieceDemandee.objects.create(candidature=dossier.candidature, cle=cle)
        annoncer_la_demande("piece_demandee", dossier, demande, agent, le, raison=raison)
    return demande
