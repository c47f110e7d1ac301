"""États d'une candidature et d'une pièce : deux tables, et rien d'autre ne fait changer d'état.

Un brouillon n'est pas encore une candidature : son état est ``None``. Le calendrier dit quand le candidat peut
agir ; le gestionnaire n'y est pas tenu (L-49).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from registre.regles.citation import applique


class EtatCandidature(StrEnum):
    ENREGISTREE = "enregistree"
    RETIREE = "retiree"
    ECARTEE = "ecartee"
    ANNULEE = "annulee"


class Acteur(StrEnum):
    CANDIDAT = "candidat"
    GESTIONNAIRE = "gestionnaire"


@dataclass(frozen=True, slots=True)
class Transition:
    """De ``etat`` (``None`` : brouillon), ``acteur`` fait ``acte`` et la candidature passe à ``nouvel_etat``."""

    etat: EtatCandidature | None
    acte: str
    acteur: Acteur
    nouvel_etat: EtatCandidature
    sources: tuple[str, ...]


_E = EtatCandidature

TRANSITIONS = (
    Transition(None, "enregistrer", Acteur.CANDIDAT, _E.ENREGISTREE, ("recapitulatif.enregistrer",)),
    Transition(_E.ENREGISTREE, "modifier", Acteur.CANDIDAT, _E.ENREGISTREE, ("modification.periode", "L-30")),
    Transition(_E.ENREGISTREE, "desinscrire", Acteur.CANDIDAT, _E.RETIREE, ("L-49",)),
    Transition(_E.ENREGISTREE, "corriger", Acteur.GESTIONNAIRE, _E.ENREGISTREE, ("L-34",)),
    Transition(_E.ENREGISTREE, "retirer", Acteur.GESTIONNAIRE, _E.RETIREE, ("L-49",)),
    Transition(_E.ENREGISTREE, "ecarter", Acteur.GESTIONNAIRE, _E.ECARTEE, ("L-49",)),
    Transition(_E.ENREGISTREE, "annuler", Acteur.GESTIONNAIRE, _E.ANNULEE, ("L-51", "dossier.incomplet-annulation")),
)

ETATS_ACTIFS = frozenset({EtatCandidature.ENREGISTREE})
"""Une candidature retirée, écartée ou annulée ne compte plus (L-49)."""

_TABLE = {(t.etat, t.acte, t.acteur): t for t in TRANSITIONS}


@applique(
    "inscription.internet-seulement",
    "recapitulatif.enregistrer",
    "modification.periode",
    "dossier.incomplet-annulation",
    *("L-30", "L-34", "L-49", "L-51"),
)
def transition(etat: EtatCandidature | str | None, acte: str, acteur: Acteur | str) -> Transition | None:
    """La transition permise, ou ``None`` : l'acte n'est alors pas possible dans cet état pour cet acteur.

    :raises ValueError: si l'état ou l'acteur est inconnu.
    """
    return _TABLE.get((EtatCandidature(etat) if etat is not None else None, acte, Acteur(acteur)))


# --- Pièces -----------------------------------------------------------------------------------------


class EtatPiece(StrEnum):
    """Les quatre cas de la notice (``DEPOSEE`` est celui sans statut), l'absence de la pièce, et ce qui en tient lieu.

    ``DECLAREE`` : le candidat déclare sur l'honneur qu'elle ne le concerne pas (L-71).
    """

    AUCUNE = "aucune"
    DECLAREE = "declaree"
    DEPOSEE = "deposee"
    RECUE = "recue"
    NON_CONFORME = "non_conforme"
    CONFORME = "conforme"


class ActePiece(StrEnum):
    """Le candidat dépose, supprime, déclare, envoie ; le gestionnaire reçoit, accepte ou refuse.

    Accepter, c'est « Conforme » ; refuser, « Non conforme ». Une déclaration « non concerné » a ses deux réponses :
    ``DISPENSER`` l'accepte, ``EXIGER`` demande la pièce. ``SUPPRIMER`` retire un fichier, ou la déclaration.
    """

    DEPOSER = "deposer"
    SUPPRIMER = "supprimer"
    DECLARER = "declarer"
    ENVOYER = "envoyer"
    RECEVOIR = "recevoir"
    ACCEPTER = "accepter"
    REFUSER = "refuser"
    DISPENSER = "dispenser"
    EXIGER = "exiger"


ACTES_DU_CANDIDAT = frozenset({ActePiece.DEPOSER, ActePiece.SUPPRIMER, ActePiece.DECLARER, ActePiece.ENVOYER})
ACTES_DU_GESTIONNAIRE = frozenset(set(ActePiece) - ACTES_DU_CANDIDAT)


@dataclass(frozen=True, slots=True)
class TransitionDePiece:
    """Dans cet état, ``acteur`` fait ``acte`` : la pièce passe à ``nouvel_etat`` et son envoi à ``envoyee_apres``.

    ``envoyee`` : « J'ai fourni toutes mes pièces » a été cliqué pour elle. ``remplace`` : les fichiers d'avant
    laissent leur place aux nouveaux, et ce que le service en a dit n'est plus affiché. ``depassee`` : la ligne vaut
    pour un récapitulatif qui n'est plus la dernière version (L-30). Une pièce dont on supprime un fichier ne passe
    à ``aucune`` qu'avec le dernier ; tant qu'il en reste, elle garde son état.
    """

    etat: EtatPiece
    envoyee: bool
    acte: ActePiece
    acteur: Acteur
    nouvel_etat: EtatPiece
    envoyee_apres: bool
    remplace: bool
    sources: tuple[str, ...]
    depassee: bool = False


_P, _A = EtatPiece, ActePiece
_CANDIDAT, _SERVICE = Acteur.CANDIDAT, Acteur.GESTIONNAIRE

_DEPOT = ("pieces.depot-en-ligne", "pieces.bouton-ajouter", "L-52")
_NOUVEAU_DEPOT = ("pieces.statut.nouveau-depot", "L-52")
_SUPPRESSION = ("pieces.bouton-supprimer", "L-52")
_REFAIRE = ("validation.refaire-apres-modification", "L-30")
_RECUE = ("pieces.statut.par-le-gestionnaire", "pieces.statut.recue")
_CONFORME = ("pieces.statut.par-le-gestionnaire", "pieces.statut.conforme", "L-67")
_NON_CONFORME = ("pieces.statut.par-le-gestionnaire", "pieces.statut.non-conforme")
_NON_CONCERNE = ("L-71",)
_EN_MAIN = (
    (_P.DEPOSEE, True),
    (_P.RECUE, True),
    (_P.NON_CONFORME, True),
    (_P.CONFORME, True),
    # No act leads to these three; what the service already holds stays in its hands all the same.
    (_P.RECUE, False),
    (_P.NON_CONFORME, False),
    (_P.CONFORME, False),
)
"""Ce que le service a en main : une pièce envoyée, ou sur laquelle il a déjà agi. Il peut se corriger."""


def _du_service(acte: ActePiece, etat: EtatPiece, sources: tuple[str, ...]) -> tuple[TransitionDePiece, ...]:
    return tuple(
        TransitionDePiece(avant, envoyee, acte, _SERVICE, etat, True, False, sources) for avant, envoyee in _EN_MAIN
    )


def _d_un_recapitulatif_depasse() -> tuple[TransitionDePiece, ...]:
    """La dernière version se dépose quel que soit l'état de celle d'avant, ou arrive par la poste.

    « Reçue » dit alors que le papier de la dernière version est là : il prend la place de l'ancien. Le service peut
    refuser l'ancien, jamais l'accepter.
    """
    sans_fichier = (_P.AUCUNE, _P.DECLAREE)
    deposes = [(etat, envoyee) for etat in EtatPiece if etat not in sans_fichier for envoyee in (False, True)]
    depots = tuple(
        TransitionDePiece(etat, envoyee, _A.DEPOSER, _CANDIDAT, _P.DEPOSEE, False, True, _REFAIRE, depassee=True)
        for etat, envoyee in deposes
    )
    suppression = TransitionDePiece(
        _P.DEPOSEE, False, _A.SUPPRIMER, _CANDIDAT, _P.AUCUNE, False, False, _SUPPRESSION, depassee=True
    )
    par_la_poste = (*_RECUE, "pieces.non-dematerialisee", *_REFAIRE)
    receptions = tuple(
        TransitionDePiece(etat, envoyee, _A.RECEVOIR, _SERVICE, _P.RECUE, True, True, par_la_poste, depassee=True)
        for etat, envoyee in deposes
    )
    refus = _du_service(_A.REFUSER, _P.NON_CONFORME, _NON_CONFORME)
    return (*depots, suppression, *receptions, *(replace(t, depassee=True) for t in refus))


def _d_une_declaration() -> tuple[TransitionDePiece, ...]:
    """« Cette pièce ne me concerne pas » : dit à la place d'un dépôt, envoyé avec le reste, accepté ou refusé (L-71).

    Acceptée, la déclaration satisfait la pièce ; refusée, elle la fait demander comme une pièce non conforme.
    """
    declarer = tuple(
        TransitionDePiece(etat, envoyee, _A.DECLARER, _CANDIDAT, _P.DECLAREE, False, remplace, _NON_CONCERNE)
        for etat, envoyee, remplace in (
            (_P.AUCUNE, False, False),
            (_P.DECLAREE, False, False),
            (_P.NON_CONFORME, False, True),
            (_P.NON_CONFORME, True, True),
        )
    )
    declaree = tuple(
        TransitionDePiece(_P.DECLAREE, False, acte, _CANDIDAT, etat, envoyee, False, (*sources, *_NON_CONCERNE))
        for acte, etat, envoyee, sources in (
            (_A.DEPOSER, _P.DEPOSEE, False, _DEPOT),
            (_A.SUPPRIMER, _P.AUCUNE, False, ("L-52",)),
            (_A.ENVOYER, _P.DECLAREE, True, ("pieces.envoi", "L-52")),
        )
    )
    reponses = tuple(
        TransitionDePiece(_P.DECLAREE, True, acte, _SERVICE, etat, True, False, (*sources, *_NON_CONCERNE))
        for acte, etat, sources in (
            (_A.DISPENSER, _P.CONFORME, ("pieces.statut.par-le-gestionnaire", "L-67")),
            (_A.EXIGER, _P.NON_CONFORME, _NON_CONFORME),
        )
    )
    return (*declarer, *declaree, *reponses)


_PAR_LA_POSTE = tuple(
    # What comes by post is received without having been deposited: the reception stands for the sending.
    TransitionDePiece(
        etat, envoyee, _A.RECEVOIR, _SERVICE, _P.RECUE, True, False, (*_RECUE, "pieces.non-dematerialisee")
    )
    for etat in (_P.AUCUNE, _P.DECLAREE)
    for envoyee in (False, True)
)

TRANSITIONS_DE_PIECE = (
    TransitionDePiece(_P.AUCUNE, False, _A.DEPOSER, _CANDIDAT, _P.DEPOSEE, False, False, _DEPOT),
    TransitionDePiece(_P.DEPOSEE, False, _A.DEPOSER, _CANDIDAT, _P.DEPOSEE, False, False, _DEPOT),
    TransitionDePiece(_P.NON_CONFORME, True, _A.DEPOSER, _CANDIDAT, _P.DEPOSEE, False, True, _NOUVEAU_DEPOT),
    TransitionDePiece(_P.NON_CONFORME, False, _A.DEPOSER, _CANDIDAT, _P.DEPOSEE, False, True, _NOUVEAU_DEPOT),
    TransitionDePiece(_P.DEPOSEE, False, _A.SUPPRIMER, _CANDIDAT, _P.AUCUNE, False, False, _SUPPRESSION),
    TransitionDePiece(_P.DEPOSEE, False, _A.ENVOYER, _CANDIDAT, _P.DEPOSEE, True, False, ("pieces.envoi", "L-52")),
    *_PAR_LA_POSTE,
    *_d_une_declaration(),
    *_du_service(_A.RECEVOIR, _P.RECUE, _RECUE),
    *_du_service(_A.ACCEPTER, _P.CONFORME, _CONFORME),
    *_du_service(_A.REFUSER, _P.NON_CONFORME, _NON_CONFORME),
    *_d_un_recapitulatif_depasse(),
)

_TABLE_DES_PIECES = {(t.etat, t.envoyee, t.acte, t.acteur, t.depassee): t for t in TRANSITIONS_DE_PIECE}


@applique(
    "pieces.envoi",
    "pieces.validees-verrouillees",
    "pieces.statut.par-le-gestionnaire",
    "pieces.statut.aucun",
    "pieces.statut.recue",
    "pieces.statut.non-conforme",
    "pieces.statut.nouveau-depot",
    "pieces.statut.conforme",
    "pieces.non-dematerialisee",
    "validation.refaire-apres-modification",
    *("L-30", "L-52", "L-67", "L-71"),
)
def transition_de_piece(
    etat: EtatPiece | str,
    envoyee: bool,
    acte: ActePiece | str,
    acteur: Acteur | str,
    *,
    depassee: bool = False,
) -> TransitionDePiece | None:
    """La transition permise, ou ``None`` : l'acte n'est alors pas possible dans cet état pour cet acteur.

    ``depassee`` : la pièce est un récapitulatif qui n'est plus la dernière version ; sans fichier, elle ne l'est pas.

    :raises ValueError: si l'état, l'acte ou l'acteur est inconnu.
    """
    etat = EtatPiece(etat)
    depassee = depassee and etat not in (EtatPiece.AUCUNE, EtatPiece.DECLAREE)
    return _TABLE_DES_PIECES.get((etat, envoyee, ActePiece(acte), Acteur(acteur), depassee))
