"""Dépôt et contrôle des pièces : ce qui est permis sur une pièce, un fichier, un regroupement, et sinon pourquoi.

Le calendrier (quand) est dans :mod:`registre.regles.calendrier`, les états (quoi) dans
:mod:`registre.regles.etats` ; ici, chaque refus a ses mots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from registre.regles.citation import Motif, applique
from registre.regles.etats import (
    ACTES_DU_CANDIDAT,
    ActePiece,
    Acteur,
    EtatPiece,
    TransitionDePiece,
    transition_de_piece,
)

MOTIFS = (
    "acte_reserve_au_service",
    "acte_reserve_au_candidat",
    "piece_par_la_poste",
    "piece_non_demandee",
    "non_concerne_impossible",
    "piece_manquante",
    "recapitulatif_depasse",
    "piece_non_conforme",
    "regroupement_non_envoye",
    "demande_en_retard",
    "piece_conforme",
    "piece_non_conforme_a_remplacer",
    "rien_a_supprimer",
    "fichier_a_supprimer",
    "regroupement_envoye",
    "rien_de_declare",
    "declaration_a_juger",
    "rien_a_controler",
    "analyse_en_cours",
    "piece_rejetee",
    "rien_a_envoyer",
)

_BOUTON = "«\u00a0J’ai fourni toutes mes pièces\u00a0»"


@dataclass(frozen=True, slots=True)
class SituationDePiece:
    """Ce qui décide d'un acte sur une pièce.

    ``envoyee`` : le bouton « J'ai fourni toutes mes pièces » a été cliqué pour elle. ``depassee`` : c'est le
    récapitulatif, et la version signée n'est plus la dernière (L-30). ``dematerialisee`` : elle se dépose en ligne,
    sinon elle vient par la poste. ``requise`` : la dernière version de la candidature la demande.
    ``fenetre_ouverte`` : le service l'a rouverte, et la fenêtre n'est pas finie (L-08). ``analyse_en_cours`` : le
    contrôle de sécurité n'a pas vu tous ses fichiers ; ``rejetee`` : il en a rejeté un. ``non_concerne`` : le candidat
    peut déclarer qu'elle ne le concerne pas (L-71). ``facultative`` : le service la demande sans en faire une
    condition ; ``echeance_passee`` : sa date à elle, si le service l'a demandée plus tard (L-70) ; ``None`` sinon.
    """

    cle: str
    libelle: str
    etat: EtatPiece
    envoyee: bool
    depassee: bool = False
    dematerialisee: bool = True
    requise: bool = True
    fenetre_ouverte: bool = False
    analyse_en_cours: bool = False
    rejetee: bool = False
    non_concerne: bool = False
    facultative: bool = False
    echeance_passee: bool | None = None

    @property
    def a_redeposer(self) -> bool:
        """Un de ses fichiers est rejeté, et le service ne l'a pas déjà déclarée conforme (L-67)."""
        return self.rejetee and self.etat not in (EtatPiece.AUCUNE, EtatPiece.CONFORME)


# --- Acte sur une pièce -------------------------------------------------------------------------------


@applique(
    "pieces.bouton-ajouter",
    "pieces.bouton-supprimer",
    "pieces.envoi.avertissement",
    "pieces.validees-verrouillees",
    "pieces.statut.par-le-gestionnaire",
    "pieces.statut.nouveau-depot",
    "pieces.statut.conforme",
    "pieces.non-dematerialisee",
    "validation.refaire-apres-modification",
    "L-30",
    "L-52",
    "L-67",
    "L-71",
    "L-72",
)
def acte_sur_piece(
    situation: SituationDePiece, acte: ActePiece | str, acteur: Acteur | str
) -> TransitionDePiece | Motif:
    """La transition que l'acte fait faire à la pièce, ou le motif qui l'empêche.

    Le calendrier se demande à part. Envoyer se demande d'abord pour tout le regroupement (:func:`motif_envoi`).

    :raises ValueError: si l'acte ou l'acteur est inconnu.
    """
    acte, acteur = ActePiece(acte), Acteur(acteur)
    refus = _refus_avant_la_table(situation, acte, acteur)
    if refus is not None:
        return refus
    permise = transition_de_piece(situation.etat, situation.envoyee, acte, acteur, depassee=situation.depassee)
    if situation.rejetee:
        permise = _apres_un_rejet(situation, acte, permise)
    if permise is not None and acte == ActePiece.ACCEPTER and (refus := _refus_de_l_analyse(situation)):
        return refus
    if permise is not None:
        return permise
    return _refus_au_candidat(situation, acte) if acteur == Acteur.CANDIDAT else _refus_au_service(situation, acte)


def _refus_avant_la_table(situation: SituationDePiece, acte: ActePiece, acteur: Acteur) -> Motif | None:
    """Ce qui ne dépend pas de l'état : qui agit, par où vient la pièce, si elle est demandée."""
    if acteur == Acteur.CANDIDAT and acte not in ACTES_DU_CANDIDAT:
        message = "Seul le service gestionnaire contrôle les pièces. Attendez son contrôle."
        return Motif("acte_reserve_au_service", "", message, ("pieces.statut.par-le-gestionnaire",))
    if acteur == Acteur.GESTIONNAIRE and acte in ACTES_DU_CANDIDAT:
        message = "Seul le candidat dépose et envoie ses pièces. Demandez-lui de le faire."
        return Motif("acte_reserve_au_candidat", "", message, ("pieces.depot-en-ligne", "pieces.envoi"))
    if acteur == Acteur.CANDIDAT and not situation.dematerialisee:
        message = "Cette pièce ne se dépose pas en ligne. Envoyez-la par la poste au service gestionnaire."
        return Motif("piece_par_la_poste", _champ(acte), message, ("pieces.non-dematerialisee",))
    # A piece that is no longer asked can still be withdrawn by the one who deposited it.
    if not situation.requise and acte != ActePiece.SUPPRIMER:
        message = "Cette pièce n’est pas demandée par la dernière version de la candidature. Il n’y a rien à faire."
        return Motif("piece_non_demandee", _champ(acte), message, ("L-30", "L-44"))
    if acte == ActePiece.DECLARER and not situation.non_concerne:
        message = (
            "Cette pièce est demandée à tous ceux qui sont dans votre cas. Déposez-la. "
            "Si vous ne pouvez pas, contactez le service."
        )
        return Motif("non_concerne_impossible", "dit", message, ("L-44", "L-71"))
    return None


def _apres_un_rejet(
    situation: SituationDePiece, acte: ActePiece, permise: TransitionDePiece | None
) -> TransitionDePiece | None:
    """Une pièce envoyée dont un fichier est rejeté se dépose de nouveau, comme une pièce non conforme.

    Si elle arrive par la poste, le papier prend la place de ses fichiers.
    """
    if acte == ActePiece.DEPOSER and permise is None and situation.a_redeposer:
        permise = transition_de_piece(EtatPiece.NON_CONFORME, situation.envoyee, acte, Acteur.CANDIDAT)
        return permise and replace(permise, etat=situation.etat)
    if acte == ActePiece.RECEVOIR and permise is not None:
        return replace(permise, remplace=True)
    return permise


def _refus_de_l_analyse(situation: SituationDePiece) -> Motif | None:
    """Rien n'est déclaré conforme sans avoir été vu, et rien n'est vu avant la fin du contrôle de sécurité."""
    sources = ("pieces.statut.par-le-gestionnaire", "pieces.statut.conforme", "L-72")
    if situation.rejetee:
        message = (
            "Un fichier de cette pièce est rejeté par le contrôle de sécurité\u00a0: elle ne peut pas être conforme. "
            "Déclarez-la non conforme, ou attendez un nouveau dépôt."
        )
        return Motif("piece_rejetee", "", message, sources)
    if situation.analyse_en_cours:
        message = (
            "Le contrôle de sécurité de cette pièce n’est pas fini\u00a0: personne ne l’a encore vue. "
            "Attendez qu’il finisse, puis regardez-la."
        )
        return Motif("analyse_en_cours", "", message, sources)
    return None


def _refus_au_candidat(situation: SituationDePiece, acte: ActePiece) -> Motif:
    etat = situation.etat
    if situation.depassee and etat not in (EtatPiece.AUCUNE, EtatPiece.DECLAREE):
        message = (
            "Ce récapitulatif n’est plus le dernier. Imprimez la dernière version, signez-la, puis déposez-la\u00a0: "
            "elle prendra sa place."
        )
        return Motif("recapitulatif_depasse", "", message, ("validation.refaire-apres-modification", "L-30"))
    if etat == EtatPiece.CONFORME:
        message = (
            "Le service a déclaré cette pièce conforme. Elle ne change plus\u00a0: vous n’avez plus rien à faire."
        )
        sources = ("pieces.statut.conforme", "pieces.validees-verrouillees", "L-67")
        return Motif("piece_conforme", _champ(acte), message, sources)
    if etat == EtatPiece.NON_CONFORME:
        message = (
            "Le service a jugé cette pièce non conforme. Déposez la pièce corrigée, elle prendra la place de "
            f"l’autre. Cliquez ensuite sur {_BOUTON}."
        )
        return Motif("piece_non_conforme_a_remplacer", "", message, ("pieces.statut.nouveau-depot", "L-52"))
    if etat == EtatPiece.AUCUNE and acte == ActePiece.SUPPRIMER:
        message = "Aucun fichier n’est déposé pour cette pièce. Il n’y a rien à supprimer."
        return Motif("rien_a_supprimer", "", message, ("pieces.bouton-supprimer",))
    if etat == EtatPiece.AUCUNE and acte == ActePiece.ENVOYER:
        return _piece_manquante([situation])
    if etat == EtatPiece.DEPOSEE and not situation.envoyee:
        message = (
            "Vous avez déposé un fichier pour cette pièce. Si elle ne vous concerne pas, supprimez-le d’abord, "
            "puis dites pourquoi."
        )
        return Motif("fichier_a_supprimer", "dit", message, ("L-71",))
    # A piece that came by post was received without any click.
    debut = (
        "Le service a reçu cette pièce" if etat == EtatPiece.RECUE else f"Vous avez envoyé cette pièce par {_BOUTON}"
    )
    message = (
        f"{debut}\u00a0: elle ne change plus. Attendez son contrôle. "
        "Si elle est jugée non conforme, vous pourrez la déposer de nouveau."
    )
    return Motif("regroupement_envoye", _champ(acte), message, ("pieces.envoi.avertissement", "L-52"))


def _refus_au_service(situation: SituationDePiece, acte: ActePiece) -> Motif:
    declaree, sur_la_declaration = (
        situation.etat == EtatPiece.DECLAREE,
        acte in (ActePiece.DISPENSER, ActePiece.EXIGER),
    )
    if sur_la_declaration and not declaree:
        message = "La personne n’a rien déclaré pour cette pièce. Contrôlez ce qu’elle a déposé."
        return Motif("rien_de_declare", "", message, ("L-71",))
    if declaree and not sur_la_declaration:
        message = (
            "La personne déclare que cette pièce ne la concerne pas. Il n’y a pas de fichier à juger : "
            "acceptez sa déclaration, ou demandez-lui la pièce."
        )
        return Motif("declaration_a_juger", "", message, ("L-71",))
    if situation.etat == EtatPiece.AUCUNE:
        message = (
            "Rien n’est déposé pour cette pièce. Si elle est venue par la poste, dites d’abord qu’elle est reçue."
        )
        return Motif("rien_a_controler", "", message, ("pieces.statut.recue", "pieces.non-dematerialisee"))
    if situation.etat in (EtatPiece.DEPOSEE, EtatPiece.DECLAREE) and not situation.envoyee:
        message = (
            f"La personne n’a pas cliqué sur {_BOUTON}\u00a0: elle peut encore changer cette pièce. "
            "Attendez son envoi, ou relancez-la."
        )
        return Motif("regroupement_non_envoye", "", message, ("pieces.envoi", "L-52"))
    message = (
        "Ce récapitulatif n’est pas la dernière version. Il ne peut pas être conforme. "
        "Déclarez-le non conforme, ou attendez la dernière version signée."
    )
    return Motif("recapitulatif_depasse", "", message, ("validation.refaire-apres-modification", "L-30"))


def _champ(acte: ActePiece) -> str:
    return {ActePiece.DEPOSER: "fichier", ActePiece.DECLARER: "dit"}.get(acte, "")


# --- Envoi d'un regroupement --------------------------------------------------------------------------


@applique("pieces.envoi", "pieces.statut.nouveau-depot", "validation.d-toutes-les-pieces", "L-30", "L-52", "L-72")
def motif_envoi(pieces: Sequence[SituationDePiece]) -> Motif | None:
    """Ce qui empêche d'envoyer un regroupement (``pieces``, toutes ses pièces) : une pièce manque, ou rien à envoyer.

    Une pièce non conforme qui n'est pas redéposée, ou un récapitulatif dépassé, manque encore. Une pièce qui vient
    par la poste, ou qui n'est plus demandée, n'empêche rien.
    """
    en_ligne = [p for p in pieces if p.requise and p.dematerialisee]
    a_refaire = (EtatPiece.AUCUNE, EtatPiece.NON_CONFORME)
    manquantes = [p for p in en_ligne if p.depassee or p.a_redeposer or p.etat in a_refaire]
    if manquantes:
        return _piece_manquante(manquantes)
    if any(p.etat in (EtatPiece.DEPOSEE, EtatPiece.DECLAREE) and not p.envoyee for p in en_ligne):
        return None
    message = (
        "Vous avez déjà envoyé ces pièces. Vous n’avez rien de plus à faire ici."
        if en_ligne
        else "Aucune pièce n’est à envoyer ici. Les pièces demandées sur papier s’envoient par la poste."
    )
    return Motif("rien_a_envoyer", "", message, ("pieces.envoi", "L-52"))


@applique("pieces.envoi", "L-52")
def rappel_d_envoi(pieces: Sequence[SituationDePiece]) -> bool:
    """Tout est déposé dans le regroupement, et le bouton n'a pas été cliqué : on le rappelle au candidat."""
    return motif_envoi(pieces) is None


def _piece_manquante(manquantes: Sequence[SituationDePiece]) -> Motif:
    a_deposer = [p for p in manquantes if p.etat == EtatPiece.AUCUNE]
    a_resigner = [p for p in manquantes if p.etat != EtatPiece.AUCUNE and p.depassee]
    rejetees = [p for p in manquantes if p.a_redeposer and not p.depassee and p.etat != EtatPiece.NON_CONFORME]
    a_redeposer = [p for p in manquantes if p.etat != EtatPiece.AUCUNE and not p.depassee and p not in rejetees]
    phrases = []
    if a_deposer:
        phrases.append(f"Il manque encore\u00a0: {_noms(a_deposer)}.")
    if a_redeposer:
        phrases.append(f"À déposer de nouveau, car non conforme\u00a0: {_noms(a_redeposer)}.")
    if rejetees:
        phrases.append(
            f"Fichier rejeté par le contrôle de sécurité, à remplacer par un autre\u00a0: {_noms(rejetees)}."
        )
    if a_resigner:
        phrases.append(f"À signer et à déposer dans sa dernière version\u00a0: {_noms(a_resigner)}.")
    phrases.append(f"Déposez ce qui manque, puis cliquez sur {_BOUTON}.")
    sources = ("pieces.envoi", "validation.d-toutes-les-pieces", "L-52", *(["L-72"] if rejetees else []))
    return Motif("piece_manquante", "", " ".join(phrases), sources)


def _noms(pieces: Iterable[SituationDePiece]) -> str:
    return ", ".join(f"«\u00a0{p.libelle}\u00a0»" for p in pieces)


# --- Dossier incomplet --------------------------------------------------------------------------------


@applique("dossier.incomplet-annulation", "validation.etapes-obligatoires", "R105", "L-51", "L-70", "L-72")
def dossier_incomplet(pieces: Sequence[SituationDePiece]) -> list[Motif]:
    """Les causes d'un dossier incomplet à la fin du dépôt, une par motif ; vide s'il est complet.

    Une pièce n'est dite qu'une fois, sous sa première cause. Le constat n'annule rien : le gestionnaire décide.
    Une pièce que le service a demandée plus tard ne compte qu'après son échéance, et jamais si elle est facultative.
    """
    causes: dict[str, list[SituationDePiece]] = {}
    for piece in pieces:
        cause = _cause(piece) if piece.requise else None
        if cause:
            causes.setdefault(cause, []).append(piece)
    sources = ("dossier.incomplet-annulation", "L-51")
    return [
        Motif(code, "", message.format(noms=_noms(causes[code])), sources)
        for code, message in _INCOMPLET.items()
        if code in causes
    ]


_INCOMPLET = {
    "piece_manquante": "À fournir avant la fin du dépôt\u00a0: {noms}.",
    "recapitulatif_depasse": "À signer et à déposer dans sa dernière version, avant la fin du dépôt\u00a0: {noms}.",
    "piece_non_conforme": (
        "Non conforme, à déposer de nouveau avant la fin du dépôt\u00a0: {noms}. "
        "Après cette date, le service gestionnaire peut rouvrir le dépôt."
    ),
    "piece_rejetee": (
        "Fichier rejeté par le contrôle de sécurité, à remplacer par un autre avant la fin du dépôt\u00a0: {noms}."
    ),
    "demande_en_retard": (
        "Demandé par le service, et la date est passée : {noms}. Contactez le service : il peut vous donner un délai."
    ),
    "regroupement_non_envoye": f"Déposé mais pas envoyé\u00a0: {{noms}}. Il reste à cliquer sur {_BOUTON}.",
}


def _cause(piece: SituationDePiece) -> str | None:
    if piece.echeance_passee is not None:
        fournie = piece.envoyee and not piece.a_redeposer and piece.etat != EtatPiece.NON_CONFORME
        return "demande_en_retard" if piece.echeance_passee and not piece.facultative and not fournie else None
    if piece.etat == EtatPiece.AUCUNE:
        return "piece_manquante"
    if piece.depassee:
        return "recapitulatif_depasse"
    if piece.etat == EtatPiece.NON_CONFORME:
        return None if piece.fenetre_ouverte else "piece_non_conforme"
    if piece.a_redeposer:
        return "piece_rejetee"
    non_envoyee = piece.etat in (EtatPiece.DEPOSEE, EtatPiece.DECLAREE) and not piece.envoyee
    return "regroupement_non_envoye" if non_envoyee else None
