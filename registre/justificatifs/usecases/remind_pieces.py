"""Relancer un candidat : un document dit ce qui manque encore, un courriel l’annonce."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from registre.comptes.models import Compte
from registre.documents.models import Document
from registre.inscription.models import Candidature
from registre.justificatifs.controle import ActeRefuse, dossier_pour_le_service
from registre.justificatifs.documents import RELANCE, emettre_relance, manques
from registre.justificatifs.pieces_vues import Dossier
from registre.regles.citation import Motif
from registre.regles.saisies_de_piece import COMMENTAIRE_MAXIMAL

DOUBLE_ENVOI = timedelta(minutes=10)  # the same words again so soon are a double click
RIEN_NE_MANQUE = Motif(
    "rien_ne_manque", "", "Rien ne manque dans ce dossier. Il n’y a pas de relance à envoyer.", ("L-33",)
)
MESSAGE_TROP_LONG = Motif(
    "message_trop_long",
    "message",
    f"Raccourcissez le message à {COMMENTAIRE_MAXIMAL}\u00a0caractères au plus.",
    ("L-33",),
)


def remind_pieces(agent: Compte, candidature: Candidature, message: str, *, le: datetime) -> Document:
    """Met une relance à disposition, avec le ``message`` de l’agent s’il en écrit un.

    La même relance, renvoyée dans les dix minutes, rend le premier document : un seul courriel part.

    :raises PermissionDenied: hors de son académie ; :raises ActeRefuse: si rien ne manque, ou message trop long.
    """
    with transaction.atomic():
        dossier, cadre = dossier_pour_le_service(agent, candidature, le)
        message = message.strip()
        if deja := _deja_relance(dossier, message, le):
            return deja

        if not manques(dossier):
            raise ActeRefuse([RIEN_NE_MANQUE])
        if len(message) > COMMENTAIRE_MAXIMAL:
            raise ActeRefuse([MESSAGE_TROP_LONG])

        # Writing the document puts its mail in the outbox and its line in the journal, with the agent's name.
        return emettre_relance(dossier, message, agent, cadre, le)


def _deja_relance(dossier: Dossier, message: str, le: datetime) -> Document | None:
    recentes = Document.objects.filter(
        candidature=dossier.candidature.numero, genre=RELANCE, emis_le__gt=le - DOUBLE_ENVOI, emis_le__lte=le
    )
    derniere = recentes.order_by("-emis_le", "-pk").first()
    if derniere is None:
        return None
    premiere = derniere.contenu["sections"][0]
    meme = premiere["points"] == manques(dossier) and (not message or message in premiere["paragraphes"])
    return derniere if meme else None
