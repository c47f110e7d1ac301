"""« J’ai fourni toutes mes pièces » : un regroupement est envoyé au contrôle, et ne change plus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.documents.models import Document
from registre.justificatifs.accuses import accuse_du_depot, dernier_accuse
from registre.justificatifs.actes import (
    DepotRefuse,
    appliquer,
    dossier_du_candidat,
    enregistrer,
    ligne_de_piece,
    transition_du_candidat,
)
from registre.justificatifs.dossier import charger
from registre.justificatifs.models import PieceJustificative
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.etats import ActePiece

A_ENVOYER = (PieceJustificative.Etat.DEPOSEE, PieceJustificative.Etat.DECLAREE)
REGROUPEMENT_INCONNU = Motif(
    "regroupement_inconnu", "", "Aucune pièce n’est demandée ici par votre dernière version.", ("L-30", "L-44")
)


@dataclass(frozen=True)
class Envoi:
    """``pieces`` : les clés des pièces que ce clic envoie ; vide quand tout l’était déjà."""

    pieces: tuple[str, ...]
    accuse: Document | None


def send_regroupement(compte: Compte, cadre: Cadre, code: str, *, le: datetime) -> Envoi:
    """Envoie les pièces déposées du regroupement ``code`` et met l’accusé de dépôt à disposition.

    Un regroupement déjà envoyé le reste : un second clic ne fait rien, même après la fin du dépôt.

    :raises DepotRefuse: s’il manque une pièce (elle est nommée), ou si le dépôt est fermé.
    """
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
        regroupement = dossier.regroupement(code)
        if regroupement is None:
            raise DepotRefuse([REGROUPEMENT_INCONNU])
        if regroupement.en_ligne and regroupement.envoye:
            return Envoi((), dernier_accuse(dossier))

        if regroupement.motif_envoyer:
            raise DepotRefuse([regroupement.motif_envoyer])
        passages = {
            piece.cle: transition_du_candidat(piece, ActePiece.ENVOYER)
            for piece in regroupement.pieces
            if piece.etat in A_ENVOYER and not piece.envoyee
        }

        for cle, passage in passages.items():
            ligne = ligne_de_piece(dossier.candidature, cle)
            appliquer(ligne, passage, le)
            enregistrer(ligne)
        consigner(
            "regroupement_envoye",
            le=le,
            acteur=compte,
            objet=f"candidature:{dossier.candidature.numero}",
            regroupement=code,
            pieces=list(passages),
        )

        accuse = accuse_du_depot(charger(dossier.candidature, cadre, le), cadre, le)
    return Envoi(tuple(passages), accuse)
