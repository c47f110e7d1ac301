"""Rouvrir le dépôt d’une pièce pour une candidature, avec une fin et un motif (L-08)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import PIECE_INCONNUE, ActeRefuse, dossier_pour_le_service
from registre.justificatifs.models import FenetreRouverte
from registre.justificatifs.pieces_vues import Dossier
from registre.regles.cadre import Cadre
from registre.regles.calendrier import en_heure_de_paris
from registre.regles.citation import Motif
from registre.regles.saisies_de_piece import motifs_fenetre

SANS_REOUVERTURE = Motif(
    "reouverture_impossible", "", "Cette session ne permet pas de rouvrir le dépôt d’une pièce.", ("L-08",)
)


def reopen_piece(
    agent: Compte, candidature: Candidature, cle: str, *, ferme_le: datetime | None, motif: str, le: datetime
) -> FenetreRouverte:
    """Ouvre tout de suite une fenêtre de dépôt, jusqu’à ``ferme_le`` exclu, et le dit au candidat par courriel.

    Un second envoi rend la même fenêtre.

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
            _prevenir(dossier, cadre, fenetre, le)
    return fenetre


def _prevenir(dossier: Dossier, cadre: Cadre, fenetre: FenetreRouverte, le: datetime) -> None:
    """Not a change of status (L-33): a window that nobody knows of is of no use. It names the group only."""
    compte, fuseau = dossier.candidature.compte, cadre.calendrier.fuseau
    code = next(p.regroupement for p in cadre.pieces.liste if p.cle == fenetre.cle)
    mettre_en_attente(
        cle=f"fenetre:{fenetre.pk}",
        destinataire=compte.email,
        gabarit="depot_rouvert",
        contexte={
            "numero": dossier.candidature.numero,
            "regroupement": next(r.libelle for r in cadre.pieces.regroupements if r.code == code),
            "fin": en_heure_de_paris(fenetre.ferme_le, fuseau),
            "adresse": adresse_publique(
                "justificatifs", academie=cadre.academie, session=cadre.session, examen=cadre.examen
            ),
            "service": cadre.contacts.service,
        },
        compte=compte,
        le=le,
    )
