"""Ce que les actes du candidat sur ses pièces partagent : le dossier verrouillé, le refus, le changement d’état."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.dossier import charger
from registre.justificatifs.models import PieceJustificative
from registre.justificatifs.pieces_vues import Dossier, PieceVue
from registre.justificatifs.queries import candidature_active, candidature_active_verrouillee
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.depot import acte_sur_piece
from registre.regles.etats import ActePiece, Acteur, EtatPiece, TransitionDePiece

GARDENT_LA_DECLARATION = (ActePiece.DISPENSER, ActePiece.EXIGER, ActePiece.ACCEPTER)

SANS_CANDIDATURE = Motif(
    "sans_candidature", "", "Vous n’avez pas d’inscription enregistrée. Il n’y a pas de pièce à déposer.", ("L-49",)
)
PIECE_INCONNUE = Motif(
    "piece_non_demandee",
    "",
    "Cette pièce n’est pas demandée par votre dernière version. Vous n’avez rien à faire pour elle.",
    ("L-30", "L-44"),
)


class DepotRefuse(Exception):
    """Le candidat ne peut pas faire cet acte sur ses pièces maintenant."""

    def __init__(self, motifs: Iterable[Motif]) -> None:
        self.motifs = list(motifs)
        super().__init__(", ".join(m.code for m in self.motifs))


def dossier_du_candidat(compte: Compte, cadre: Cadre, le: datetime, *, verrouille: bool) -> Dossier:
    """Le dossier du candidat ; ``verrouille`` : sa candidature attend la fin de la transaction en cours.

    :raises DepotRefuse: s’il n’a pas de candidature enregistrée.
    """
    trouver = candidature_active_verrouillee if verrouille else candidature_active
    candidature = trouver(compte, cadre)
    if candidature is None:
        raise DepotRefuse([SANS_CANDIDATURE])
    return charger(candidature, cadre, le)


def piece_du_dossier(dossier: Dossier, cle: str) -> PieceVue:
    """:raises DepotRefuse: si la candidature ne demande pas cette pièce et n’en a rien reçu."""
    piece = dossier.piece(cle)
    if piece is None:
        raise DepotRefuse([PIECE_INCONNUE])
    return piece


def transition_du_candidat(piece: PieceVue, acte: ActePiece) -> TransitionDePiece:
    """:raises DepotRefuse: si l’état de la pièce s’oppose à l’acte."""
    permise = acte_sur_piece(piece.situation, acte, Acteur.CANDIDAT)
    if isinstance(permise, Motif):
        raise DepotRefuse([permise])
    return permise


def ligne_de_piece(candidature: Candidature, cle: str) -> PieceJustificative:
    """La ligne de la pièce, créée à son premier acte. La candidature est déjà verrouillée."""
    ligne, _ = PieceJustificative.objects.get_or_create(candidature=candidature, cle=cle)
    return ligne


def appliquer(ligne: PieceJustificative, transition: TransitionDePiece, le: datetime) -> None:
    """Fait passer la pièce par la transition, sans l’écrire : l’appelant ajoute ce qu’il sait, puis enregistre.

    Une pièce qui en remplace une autre repart de rien : l’histoire de ses décisions, elle, reste.
    """
    ligne.etat = transition.nouvel_etat
    ligne.revision += 1
    ligne.envoyee_le = (ligne.envoyee_le or le) if transition.envoyee_apres else None
    if transition.nouvel_etat != EtatPiece.DECLAREE and transition.acte not in GARDENT_LA_DECLARATION:
        ligne.non_concerne_le = ligne.non_concerne_accepte_le = None
        ligne.non_concerne_dit = ""
    if transition.remplace:
        ligne.fichiers.filter(remplace_le=None).update(remplace_le=le)
        ligne.recue_le = ligne.validee_le = ligne.version_signee = ligne.version_au_depot = None
        ligne.commentaire = ""


def enregistrer(ligne: PieceJustificative) -> None:
    """Écrit la pièce, sauf sa réservation : un agent peut la prendre ou la rendre au même instant."""
    ligne.save(
        update_fields=[
            "etat",
            "revision",
            "deposee_le",
            "envoyee_le",
            "recue_le",
            "validee_le",
            "commentaire",
            "version_au_depot",
            "version_signee",
            "non_concerne_le",
            "non_concerne_dit",
            "non_concerne_accepte_le",
        ]
    )


def version_de_la_piece(ligne: PieceJustificative) -> int | None:
    """La version que disent les fichiers en place du récapitulatif : la plus ancienne, s’ils en disent une."""
    lues = ligne.fichiers.filter(remplace_le=None, version_lue__isnull=False).values_list("version_lue", flat=True)
    return min(lues, default=None)
