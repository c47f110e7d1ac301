"""Ce que les actes du service sur une pièce ont en commun : la prendre en main telle qu’il l’a vue, puis décider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from registre.commun.cadres import tous
from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes.acces import exiger_le_service
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs import reservations
from registre.justificatifs.actes import appliquer, ligne_de_piece
from registre.justificatifs.demandes import dernier_jour
from registre.justificatifs.dossier import charger
from registre.justificatifs.models import DecisionDePiece, DemandeDuService, PieceJustificative
from registre.justificatifs.pieces_vues import Dossier, PieceVue
from registre.regles.cadre import Cadre
from registre.regles.calendrier import date_en_francais
from registre.regles.citation import Motif
from registre.regles.depot import acte_sur_piece
from registre.regles.etats import ActePiece, Acteur, TransitionDePiece
from registre.regles.saisies_de_piece import motifs_reception

CANDIDATURE_INACTIVE = Motif(
    "candidature_inactive", "", "Cette candidature ne compte plus. Il n’y a rien à contrôler.", ("L-49",)
)
PIECE_INCONNUE = Motif("piece_non_demandee", "", "Cette candidature ne demande pas cette pièce.", ("L-30", "L-44"))


class ActeRefuse(Exception):
    """L’acte du service n’est pas possible, ou sa saisie est à corriger."""

    def __init__(self, motifs: Iterable[Motif]) -> None:
        self.motifs = list(motifs)
        super().__init__(", ".join(m.code for m in self.motifs))


class PieceChangee(Exception):
    """La pièce ou la candidature n’est plus celle que la page montrait : rien n’est décidé (F28, F29, F31)."""

    def __init__(self, dossier: Dossier, piece: PieceVue) -> None:
        super().__init__("la pièce a changé")
        self.dossier = dossier
        self.piece = piece


@dataclass(frozen=True)
class EnMain:
    """Une pièce que l’agent tient, sous le verrou de sa candidature."""

    agent: Compte
    cadre: Cadre
    dossier: Dossier
    piece: PieceVue

    @property
    def candidature(self) -> Candidature:
        return self.dossier.candidature


def dossier_pour_le_service(agent: Compte, candidature: Candidature, le: datetime) -> tuple[Dossier, Cadre]:
    """Le dossier, candidature verrouillée, pour un agent de son académie.

    :raises PermissionDenied: si l’agent n’est pas du service de cette académie ;
    :raises ActeRefuse: si la candidature ne compte plus.
    """
    exiger_le_service(agent, candidature.academie)
    candidature = Candidature.objects.select_for_update().get(pk=candidature.pk, academie=agent.academie)
    if candidature.etat != Candidature.Etat.ENREGISTREE:
        raise ActeRefuse([CANDIDATURE_INACTIVE])
    dossier = charger(candidature, tous()[candidature.cle], le, pour_le_service=True)
    return dossier, dossier.cadre


def prendre_en_main(
    agent: Compte, candidature: Candidature, cle: str, *, revision: int, version: int, le: datetime
) -> EnMain:
    """Verrouille la candidature et vérifie que la pièce est encore celle que l’agent a vue.

    :raises PermissionDenied: hors de son académie ; :raises ActeRefuse: si la pièce n’est pas demandée ;
    :raises PieceChangee: si ``revision`` ou ``version`` ne sont plus les siennes ;
    :raises PieceReservee: si un autre agent la tient.
    """
    dossier, cadre = dossier_pour_le_service(agent, candidature, le)
    piece = dossier.piece(cle)
    if piece is None:
        raise ActeRefuse([PIECE_INCONNUE])
    if (revision, version) != (piece.revision, dossier.candidature.derniere_version):
        raise PieceChangee(dossier, piece)
    exiger_libre(agent, dossier.candidature, cle)
    return EnMain(agent, cadre, dossier, piece)


def exiger_libre(agent: Compte, candidature: Candidature, cle: str) -> None:
    """:raises PieceReservee: si un autre agent tient la pièce à cet instant."""
    ligne = PieceJustificative.objects.select_related("reservee_par").filter(candidature=candidature, cle=cle).first()
    autre = reservations.tenue_par(ligne) if ligne else None
    if ligne and ligne.reservee_jusqu_a and autre and autre != agent:
        raise reservations.PieceReservee(autre, ligne.reservee_jusqu_a)


def transition_du_service(en_main: EnMain, acte: ActePiece) -> TransitionDePiece:
    """:raises ActeRefuse: si l’état de la pièce s’oppose à l’acte."""
    permise = acte_sur_piece(en_main.piece.situation, acte, Acteur.GESTIONNAIRE)
    if isinstance(permise, Motif):
        raise ActeRefuse([permise])
    return permise


def exiger_une_reception_passee(en_main: EnMain, recue_le: date | None, le: datetime) -> None:
    """:raises ActeRefuse: si la date de réception est dans le futur."""
    jour = le.astimezone(ZoneInfo(en_main.cadre.calendrier.fuseau)).date()
    if motifs := motifs_reception(recue_le, jour):
        raise ActeRefuse(motifs)


def decider(
    en_main: EnMain,
    transition: TransitionDePiece,
    *,
    recue_le: date | None,
    le: datetime,
    raison: str = "",
    commentaire: str = "",
    dit: str | None = None,
    acte: str = "",
) -> DecisionDePiece:
    """Écrit la décision, avec les fichiers exacts qu’elle juge, et rend la pièce.

    ``commentaire`` est gardé avec la décision ; ``dit`` est ce que le candidat en lit, le même sauf mention. ``acte``
    nomme la ligne du journal, quand l’état ne le dit pas. Une date de réception absente laisse celle d’avant. Un
    papier qui prend la place des fichiers ne juge aucun d’eux.
    """
    ligne = ligne_de_piece(en_main.candidature, en_main.piece.cle)
    appliquer(ligne, transition, le)
    ligne.recue_le = recue_le or ligne.recue_le
    ligne.validee_le = le if ligne.etat == PieceJustificative.Etat.CONFORME else None
    ligne.commentaire = commentaire if dit is None else dit
    if transition.acte == ActePiece.DISPENSER:
        ligne.non_concerne_accepte_le = le
    ligne.decidee_le = le
    # What comes by post answers the version of that day.
    ligne.version_au_depot = ligne.version_au_depot or en_main.candidature.derniere_version
    ligne.reservee_par = ligne.reservee_jusqu_a = None
    ligne.save()
    decision = DecisionDePiece.objects.create(
        piece=ligne,
        etat=ligne.etat,
        recue_le=ligne.recue_le,
        raison=raison,
        commentaire=commentaire,
        fichiers=[
            {"reference": str(f.reference), "empreinte": f.empreinte}
            for f in en_main.piece.fichiers
            if not transition.remplace  # what has just come on paper is not what the files showed
        ],
        version=en_main.candidature.derniere_version,
        par=en_main.agent,
        le=le,
    )
    consigner(
        acte or f"piece_{ligne.etat}",
        le=le,
        acteur=en_main.agent,
        objet=f"candidature:{en_main.candidature.numero}",
        piece=ligne.cle,
        decision=decision.pk,
        version=decision.version,
        fichiers=[f["reference"] for f in decision.fichiers],
    )
    _prevenir(en_main, ligne, le)
    return decision


def _prevenir(en_main: EnMain, ligne: PieceJustificative, le: datetime) -> None:
    """A mail on a change of status, for a session that wants it (L-33). It names the group, not the piece."""
    if not en_main.cadre.pieces.courriel_changement_statut:
        return
    candidature, cadre = en_main.candidature, en_main.cadre
    code = next(p.regroupement for p in cadre.pieces.liste if p.cle == ligne.cle)
    mettre_en_attente(
        cle=f"statut:{ligne.pk}:{ligne.revision}",
        destinataire=candidature.compte.email,
        gabarit="statut_de_piece",
        contexte={
            "numero": candidature.numero,
            "examen": cadre.examen_libelle,
            "session": cadre.session,
            "regroupement": next(r.libelle for r in cadre.pieces.regroupements if r.code == code),
            "statut": ligne.get_etat_display(),
            "a_refaire": ligne.etat == PieceJustificative.Etat.NON_CONFORME,
            "adresse": adresse_publique(
                "justificatifs", academie=cadre.academie, session=cadre.session, examen=cadre.examen
            ),
            "service": cadre.contacts.service,
        },
        compte=candidature.compte,
        le=le,
    )


def annoncer_la_demande(
    acte: str, dossier: Dossier, demande: DemandeDuService, agent: Compte, le: datetime, **details: str
) -> None:
    """Écrit au journal une demande, sa prolongation ou son retrait, et le dit au candidat, sans nommer la pièce."""
    candidature, cadre = dossier.candidature, dossier.cadre
    consigner(
        acte,
        le=le,
        acteur=agent,
        objet=f"candidature:{candidature.numero}",
        piece=demande.cle,
        ferme_le=demande.echeance.isoformat(),
        **details,
    )
    mettre_en_attente(
        cle=f"demande:{acte}:{demande.pk}:{demande.echeance.isoformat()}:{le.isoformat()}",
        destinataire=candidature.compte.email,
        gabarit="demande_du_service",
        contexte={
            "acte": acte,
            "numero": candidature.numero,
            "fin": date_en_francais(dernier_jour(demande.echeance, cadre.calendrier.fuseau)),
            "bloquante": demande.bloquante,
            "adresse": adresse_publique(
                "justificatifs", academie=cadre.academie, session=cadre.session, examen=cadre.examen
            ),
            "service": cadre.contacts.service,
        },
        compte=candidature.compte,
        le=le,
    )
