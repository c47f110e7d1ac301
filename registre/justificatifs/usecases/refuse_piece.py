"""« Non conforme » : le candidat lit pourquoi, dépose de nouveau et renvoie."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.controle import (
    ActeRefuse,
    decider,
    exiger_une_reception_passee,
    prendre_en_main,
    transition_du_service,
)
from registre.justificatifs.models import DecisionDePiece
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.etats import ActePiece
from registre.regles.saisies_de_piece import motifs_commentaire

RAISON_INCONNUE = Motif(
    "raison_inconnue",
    "raison",
    "Cette raison n’est pas dans la liste. Choisissez-en une autre, ou écrivez un commentaire.",
    ("pieces.statut.non-conforme",),
)


def refuse_piece(
    agent: Compte,
    candidature: Candidature,
    cle: str,
    *,
    revision: int,
    version: int,
    raison: str = "",
    commentaire: str = "",
    recue_le: date | None = None,
    le: datetime,
) -> DecisionDePiece:
    """Déclare la pièce non conforme. Le candidat lit le texte de la ``raison`` choisie, puis le ``commentaire``.

    :raises ActeRefuse: sans raison ni commentaire, ou si l’état ou la date s’y oppose ;
    :raises PieceChangee: si la page n’est plus vraie ; :raises PieceReservee: si un autre agent tient la pièce.
    """
    with transaction.atomic():
        en_main = prendre_en_main(agent, candidature, cle, revision=revision, version=version, le=le)

        passage = transition_du_service(en_main, ActePiece.REFUSER)
        exiger_une_reception_passee(en_main, recue_le, le)
        dit = _dit_au_candidat(en_main.cadre, cle, raison, commentaire)
        if motifs := motifs_commentaire(dit):
            raise ActeRefuse(motifs)

        # The decision, the journal and, for a session that wants it, the mail.
        return decider(en_main, passage, recue_le=recue_le, le=le, raison=raison, commentaire=dit)


def _dit_au_candidat(cadre: Cadre, cle: str, raison: str, commentaire: str) -> str:
    textes = {r.code: r.texte for r in cadre.pieces.raisons_pour(cle)}
    if raison and raison not in textes:
        raise ActeRefuse([RAISON_INCONNUE])
    return "\n".join(texte for texte in (textes.get(raison, ""), commentaire.strip()) if texte)
