"""Dépôt et contrôle des pièces : ce qui est permis sur une pièce, un fichier, un regroupement, et sinon pourquoi.

Le calendrier (quand) est dans :mod:`registre.regles.calendrier`, les états (quoi) dans
:mod:`registre.regles.etats` ; ici, chaque refus a ses mots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from registre.regles.cadre import ParametresPieces
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
    "fichier_manquant",
    "fichier_vide",
    "fichier_trop_gros",
    "format_refuse",
    "contenu_different",
    "fichier_abime",
    "fichier_protege",
    "fichier_actif",
    "fichier_trop_complexe",
    "service_occupe",
    "stockage_en_panne",
    "depots_trop_nombreux",
    "place_epuisee",
    "trop_de_fichiers",
    "fichier_rejete",
    "image_animee",
    "trop_de_pages",
    "document_trop_lourd",
    "assemblage_vide",
    "assemblage_change",
    "page_perdue",
    "page_partie",
    "recapitulatif_d_une_autre_candidature",
    "recapitulatif_version_depassee",
    "recapitulatif_version_inconnue",
    "commentaire_manquant",
    "commentaire_trop_long",
    "reception_future",
    "fin_manquante",
    "fin_passee",
    "motif_manquant",
    "motif_trop_long",
    "declaration_manquante",
    "declaration_trop_longue",
    "titre_manquant",
    "titre_trop_long",
    "raison_manquante",
    "raison_trop_longue",
    "echeance_manquante",
    "echeance_trop_proche",
    "piece_deja_demandee",
)

COMMENTAIRE_MAXIMAL = 1000
"""Longueur maximale du commentaire dit au candidat, en caractères."""
MOTIF_MAXIMAL = 300
"""Longueur maximale du motif d'une fenêtre rouverte, en caractères."""
DECLARATION_MAXIMALE = 300
"""Longueur maximale de ce que le candidat dit pour déclarer qu'une pièce ne le concerne pas, en caractères."""
TITRE_MAXIMAL = 120
"""Longueur maximale du titre d'une pièce demandée par le service, en caractères."""

OCTETS_PAR_MO = 1_048_576  # L-29 : 5 Mo = 5 242 880 octets

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
        return replace(permise, etat=situation.etat) if permise else None
    if acte == ActePiece.RECEVOIR and permise is not None:
        return replace(permise, remplace=True)
    return permise


def _refus_de_l_analyse(situation: SituationDePiece) -> Motif | None:
    """Rien n'est déclaré conforme sans avoir été vu, et rien n'est vu avant la fin du contrôle de sécurité."""
    sources = ("pieces.statut.par-le-gestionnaire", "pieces.statut.conforme")
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
        message = "Le candidat n’a rien déclaré pour cette pièce. Contrôlez ce qu’il a déposé."
        return Motif("rien_de_declare", "", message, ("L-71",))
    if declaree and not sur_la_declaration:
        message = (
            "Le candidat déclare que cette pièce ne le concerne pas. Il n’y a pas de fichier à juger : "
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
            f"Le candidat n’a pas cliqué sur {_BOUTON}\u00a0: il peut encore changer cette pièce. "
            "Attendez son envoi, ou relancez-le."
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


@applique("pieces.envoi", "pieces.statut.nouveau-depot", "validation.d-toutes-les-pieces", "L-30", "L-52")
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
    return Motif("piece_manquante", "", " ".join(phrases), ("pieces.envoi", "validation.d-toutes-les-pieces", "L-52"))


def _noms(pieces: Iterable[SituationDePiece]) -> str:
    return ", ".join(f"«\u00a0{p.libelle}\u00a0»" for p in pieces)


# --- Dossier incomplet --------------------------------------------------------------------------------


@applique("dossier.incomplet-annulation", "validation.etapes-obligatoires", "R105", "L-51", "L-70")
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


# --- Fichier ------------------------------------------------------------------------------------------

FORMATS = {
    "pdf": "un document PDF",
    "jpeg": "une image JPEG",
    "png": "une image PNG (souvent une capture d’écran)",
    "heic": "une image HEIC (photo d’iPhone)",
    "webp": "une image WebP (souvent prise sur un site)",
    "tiff": "une image TIFF (souvent faite par un numériseur)",
    "gif": "une image GIF",
    "bmp": "une image BMP",
    "zip": "une archive ZIP",
    "office": "un document de bureautique (texte, tableau ou diaporama)",
    "html": "une page web",
    "svg": "un dessin SVG",
    "texte": "un fichier de texte",
    "inconnu": "d’un format que nous ne reconnaissons pas",
}
"""Chaque format reconnu, dit en mots après « Votre fichier est »."""

_IMAGE = "Ouvrez cette image et enregistrez-la en JPEG ou en PDF, ou photographiez le document en JPEG."
_IMPRIMER_EN_PDF = (
    "Ouvrez-le, choisissez «\u00a0Imprimer\u00a0», puis «\u00a0Enregistrer en PDF\u00a0». Déposez ce PDF."
)
_QUE_FAIRE = {
    "heic": (
        "Sur l’iPhone, ouvrez Réglages > Appareil photo > Formats et choisissez «\u00a0Le plus compatible\u00a0». "
        "Reprenez ensuite la photo, ou enregistrez celle-ci en JPEG ou en PDF."
    ),
    "png": _IMAGE,
    "webp": _IMAGE,
    "tiff": "Dans le logiciel du numériseur, choisissez le format PDF ou JPEG, puis numérisez de nouveau.",
    "gif": _IMAGE,
    "bmp": _IMAGE,
    "svg": _IMAGE,
    "zip": "Ouvrez l’archive, puis déposez un par un les fichiers qu’elle contient, en PDF ou en JPEG.",
    "office": "Dans le logiciel qui l’a fait, choisissez «\u00a0Enregistrer sous\u00a0», puis le format PDF.",
    "html": _IMPRIMER_EN_PDF,
    "texte": _IMPRIMER_EN_PDF,
}
_QUE_FAIRE_SINON = (
    "Vérifiez que c’est le bon fichier. Sinon, numérisez le document en PDF ou photographiez-le en JPEG."
)

_EXTENSIONS = {
    "pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "png": "png", "heic": "heic",
    "heif": "heic", "webp": "webp", "tif": "tiff", "tiff": "tiff", "gif": "gif", "bmp": "bmp", "zip": "zip",
    "doc": "office", "docx": "office", "odt": "office", "rtf": "office", "xls": "office", "xlsx": "office",
    "ods": "office", "ppt": "office", "pptx": "office", "odp": "office", "htm": "html", "html": "html",
    "svg": "svg", "txt": "texte", "csv": "texte", "xml": "texte", "js": "programme", "exe": "programme",
    "bat": "programme", "cmd": "programme", "jar": "programme", "php": "programme", "sh": "programme",
}  # fmt: skip
"""Le format que promet une extension. Une autre fin de nom (« releve.2024 ») n'en promet aucun."""

_PROMESSES = {**FORMATS, "programme": "un programme"}


@applique(
    "depot.taille-maximale",
    "depot.jpeg",
    "depot.pdf",
    "validation.b-signer",
    "pieces.taille-et-formats-annonces",
    "R95",
    "L-29",
)
def motifs_fichier(nom: str, format: str, octets: int, pieces: ParametresPieces) -> list[Motif]:
    """Ce qui empêche d'accepter un fichier, d'après son contenu, sa taille et la fin de son nom.

    ``format`` est le format reconnu dans le contenu (une clé de ``FORMATS``, ou ``vide``) ; ``octets`` est la taille.
    Un nom sans extension est permis ; une extension qui promet un autre format que le contenu ne l'est pas.
    """
    return _motifs(nom, format, octets, pieces.formats, pieces.taille_maximale)


def _motifs(nom: str, format: str, octets: int, formats: Sequence[str], maximum: int, suite: str = "") -> list[Motif]:
    """``suite`` : ce qu'il faut faire, quand ce n'est pas au candidat de refaire son fichier."""
    if octets == 0 or format == "vide":
        message = "Ce fichier est vide. Choisissez-le de nouveau, ou refaites-le."
        return [Motif("fichier_vide", "fichier", message, ("pieces.taille-et-formats-annonces",))]
    motifs = []
    if octets > maximum:
        message = f"{_taille_refusee(octets, maximum)}{f' {suite}' if suite else _ALLEGER.get(format, '')}"
        motifs.append(Motif("fichier_trop_gros", "fichier", message, ("depot.taille-maximale", "L-29")))
    if format not in formats:
        trouve = FORMATS.get(format, FORMATS["inconnu"])
        message = f"Votre fichier est {trouve}. {_acceptes(formats)} {suite or _aide(format)}"
        sources = ("pieces.taille-et-formats-annonces", "depot.jpeg", "depot.pdf", "R95")
        motifs.append(Motif("format_refuse", "fichier", message, sources))
    elif (promis := _format_promis(nom)) and promis != format:
        message = (
            f"Le nom de votre fichier annonce {_PROMESSES[promis]}, mais c’est {FORMATS[format]}. "
            "Vérifiez que c’est le bon fichier, puis enregistrez-le de nouveau sous son vrai format."
        )
        motifs.append(Motif("contenu_different", "fichier", message, ("pieces.taille-et-formats-annonces", "R95")))
    return motifs


PREPARABLES = ("pdf", "jpeg", "heic", "png", "webp")
"""Les formats dont le site sait faire des pages. Les autres sont refusés, sans rien proposer."""


@applique("depot.taille-maximale", "depot.jpeg", "depot.pdf", "pieces.taille-et-formats-annonces", "R95", "L-29")
def motifs_a_preparer(nom: str, format: str, octets: int, pieces: ParametresPieces) -> list[Motif]:
    """Ce qui empêche de faire des pages d'un fichier, que le candidat enverra ensuite en PDF ou en JPEG.

    Mêmes arguments que :func:`motifs_fichier`. Un contenu qui n'est pas ce que le nom annonce est refusé de même.
    """
    return _motifs(nom, format, octets, PREPARABLES, pieces.taille_a_preparer)


@applique("depot.taille-maximale", "depot.jpeg", "depot.pdf", "pieces.taille-et-formats-annonces", "R95", "L-29")
def se_prepare(nom: str, format: str, octets: int, pieces: ParametresPieces) -> bool:
    """Le fichier est refusé comme pièce, pour son format ou sa taille, et le site sait en faire des pages."""
    refuse = {m.code for m in motifs_fichier(nom, format, octets, pieces)}
    return bool(refuse & {"format_refuse", "fichier_trop_gros"}) and not motifs_a_preparer(nom, format, octets, pieces)


@applique("depot.taille-maximale", "depot.jpeg", "depot.pdf", "pieces.taille-et-formats-annonces", "R95", "L-29")
def refus_et_prepare(nom: str, format: str, octets: int, pieces: ParametresPieces) -> list[Motif]:
    """Les refus de :func:`motifs_fichier`, quand le site a fait les pages du fichier : ils disent où elles sont."""
    suite = (
        "Nous l’avons converti pour vous. Cliquez sur «\u00a0Préparer ce fichier pour moi\u00a0» "
        "pour le voir et l’envoyer\u00a0: rien n’est encore déposé."
    )
    return _motifs(nom, format, octets, pieces.formats, pieces.taille_maximale, suite)


@applique("pieces.taille-et-formats-annonces", "depot.jpeg", "depot.pdf")
def refus_par_extension(pieces: ParametresPieces) -> dict[str, str]:
    """Pour chaque extension d'un format refusé, les mots de ce refus : le navigateur les dit avant l'envoi."""
    return {
        extension: motifs_fichier(f"fichier.{extension}", format, 1, pieces)[0].message
        for extension, format in _EXTENSIONS.items()
        if format in FORMATS and format not in pieces.formats
    }


def _format_promis(nom: str) -> str | None:
    _, point, fin = nom.rpartition(".")
    return _EXTENSIONS.get(fin.strip().lower()) if point else None


def _acceptes(formats: Sequence[str]) -> str:
    *premiers, dernier = [format.upper() for format in formats]
    return f"Nous acceptons seulement {' ou '.join(filter(None, (', '.join(premiers), dernier)))}."


def _aide(format: str) -> str:
    return _QUE_FAIRE.get(format, _QUE_FAIRE_SINON)


@applique("depot.taille-maximale", "L-29")
def taille_en_mo(octets: int) -> str:
    """« 6,3 Mo » : la taille arrondie au dixième de mégaoctet (1 Mo = 1 048 576 octets), sans zéro inutile."""
    entier, dixieme = divmod((octets * 10 + OCTETS_PAR_MO // 2) // OCTETS_PAR_MO, 10)
    return f"{entier},{dixieme}\u00a0Mo" if dixieme else f"{entier}\u00a0Mo"


def taille_lisible(octets: int) -> str:
    """« 312 ko », « 1,3 Mo » (L-29) ; les kilo-octets sont arrondis au-dessus."""
    return f"{-(-octets // 2**10)}\u00a0ko" if octets < OCTETS_PAR_MO else taille_en_mo(octets)


def _taille_refusee(octets: int, maximum: int) -> str:
    """La taille et la limite ; jamais le même nombre pour les deux."""
    taille, limite = taille_en_mo(octets), taille_en_mo(maximum)
    dite = f"un peu plus de {limite}" if taille == limite else taille
    return f"Votre fichier pèse {dite}. La limite est de {limite}."


_ALLEGER_LE_PDF = (
    " Numérisez de nouveau à 200\u00a0points par pouce, en niveaux de gris. "
    "Vous pouvez aussi déposer les pages dans plusieurs fichiers."
)
_ALLEGER_L_IMAGE = (
    " Reprenez la photo en qualité moyenne. "
    "Vous pouvez aussi vous l’envoyer par courriel en taille moyenne, puis déposer celle-ci."
)
_ALLEGER = {"pdf": _ALLEGER_LE_PDF} | dict.fromkeys(
    ("jpeg", "heic", "png", "webp", "tiff", "bmp", "gif"), _ALLEGER_L_IMAGE
)

_DU_FICHIER = ("pieces.taille-et-formats-annonces", "validation.b-signer")
_DU_SERVICE = ("pieces.depot-en-ligne",)

_REFUS = {
    "fichier_manquant": (
        "Vous n’avez pas choisi de fichier. Choisissez-en un, puis cliquez sur «\u00a0Ajouter\u00a0».",
        ("pieces.bouton-ajouter",),
    ),
    "fichier_abime": (
        "Ce fichier est abîmé ou incomplet\u00a0: nous ne pouvons pas l’ouvrir. "
        "Numérisez ou photographiez le document de nouveau, puis déposez le nouveau fichier.",
        _DU_FICHIER,
    ),
    "fichier_protege": (
        "Ce PDF est protégé par un mot de passe. Ouvrez-le avec ce mot de passe et choisissez "
        "«\u00a0Imprimer\u00a0», puis «\u00a0Enregistrer en PDF\u00a0». Déposez ce nouveau PDF.",
        _DU_FICHIER,
    ),
    "fichier_actif": (
        "Ce PDF contient des éléments actifs\u00a0: un script, une pièce jointe ou un formulaire. "
        "Imprimez-le dans un nouveau PDF, ou photographiez-le. Déposez ensuite ce nouveau fichier.",
        _DU_FICHIER,
    ),
    "fichier_trop_complexe": (
        "Ce fichier est trop complexe, ou son image est trop grande. "
        "Numérisez de nouveau le document, à 200 ou 300\u00a0points par pouce.",
        _DU_FICHIER,
    ),
    "service_occupe": (
        "Beaucoup de fichiers arrivent en ce moment. Le vôtre n’est pas déposé. Réessayez dans une minute.",
        _DU_SERVICE,
    ),
    "stockage_en_panne": (
        "Nous ne pouvons pas garder votre fichier en ce moment\u00a0: il n’est pas déposé. "
        "Réessayez dans quelques minutes. Si cela dure, écrivez au service gestionnaire.",
        _DU_SERVICE,
    ),
    "depots_trop_nombreux": (
        "Vous avez envoyé beaucoup de fichiers en peu de temps. Réessayez dans une heure. "
        "Vos fichiers déjà déposés sont gardés.",
        _DU_SERVICE,
    ),
    "place_epuisee": (
        "La place prévue pour vos fichiers est pleine. Supprimez ceux qui sont inutiles, "
        "ou déposez des fichiers plus légers.",
        _DU_SERVICE,
    ),
    "trop_de_fichiers": (
        "Il y a trop de fichiers pour cette pièce. Réunissez les pages dans un seul PDF, "
        "ou supprimez un fichier inutile.",
        _DU_SERVICE,
    ),
    "fichier_rejete": (
        "Ce fichier est rejeté par le contrôle de sécurité. Le service ne le verra pas. "
        "Photographiez ou numérisez de nouveau le document, puis déposez le nouveau fichier à sa place.",
        _DU_FICHIER,
    ),
    "image_animee": (
        "Cette image est animée, et une pièce ne bouge pas. Photographiez le document, puis ajoutez la photo.",
        _DU_FICHIER,
    ),
    "trop_de_pages": (
        "Ce document a trop de pages\u00a0: un document préparé en a 20 au plus. "
        "Retirez des pages inutiles, ou faites plusieurs documents.",
        _DU_SERVICE,
    ),
    "document_trop_lourd": (
        "Ces pages réunies sont trop lourdes pour rester lisibles. "
        "Retirez des pages, envoyez ce document, puis préparez les autres à part.",
        _DU_FICHIER,
    ),
    "assemblage_vide": (
        "Il n’y a pas de page à envoyer. Ajoutez une photo ou un fichier.",
        ("pieces.bouton-ajouter",),
    ),
    "assemblage_change": (
        "Les pages ont changé depuis que vous avez vu le document. Rien n’est déposé. "
        "Regardez-le de nouveau, puis envoyez-le.",
        ("pieces.bouton-ajouter",),
    ),
    "page_partie": (
        "Cette page n’est plus là\u00a0: elle a été retirée, ou le document est déjà parti.",
        _DU_SERVICE,
    ),
    "page_perdue": (
        "Une page ne peut plus être lue. Rien n’est déposé. Retirez-la, puis ajoutez-la de nouveau.",
        _DU_SERVICE,
    ),
}


@applique("pieces.depot-en-ligne", "pieces.taille-et-formats-annonces", "validation.b-signer")
def refus_de_fichier(code: str) -> Motif:
    """Le motif d'un refus constaté en ouvrant ou en rangeant un fichier.

    :raises KeyError: si le code n'est pas un de ces refus.
    """
    message, sources = _REFUS[code]
    return Motif(code, "fichier", message, sources)


# --- Récapitulatif signé ------------------------------------------------------------------------------


@applique("validation.c-deposer-dcandt01", "validation.refaire-apres-modification", "R141", "L-30")
def motif_recapitulatif(codes_lus: Sequence[tuple[str, int]], numero: str, version_courante: int) -> Motif | None:
    """Ce que disent les codes lus sur les pages d'un récapitulatif : bon candidat, dernière version, ou pourquoi non.

    ``codes_lus`` : les paires (numéro de candidature, version). Aucun code lisible n'empêche rien : le service
    vérifiera. Le numéro d'une autre candidature n'est jamais dit.
    """
    if any(lu != numero for lu, _ in codes_lus):
        message = (
            "Ce récapitulatif est celui d’une autre candidature. "
            "Ouvrez «\u00a0Mes documents\u00a0», imprimez le vôtre, signez-le, puis déposez-le."
        )
        return Motif(
            "recapitulatif_d_une_autre_candidature", "fichier", message, ("validation.c-deposer-dcandt01", "R141")
        )
    signee = version_signee(codes_lus, numero)
    if signee is None or {version for _, version in codes_lus} == {version_courante}:
        return None
    sources = ("validation.refaire-apres-modification", "R141", "L-30")
    if signee < version_courante:
        message = (
            f"Ce récapitulatif est la version\u00a0{signee}. Votre dernière version est la "
            f"version\u00a0{version_courante}. Ouvrez «\u00a0Mes documents\u00a0», imprimez-la, signez-la, "
            "puis déposez-la."
        )
        return Motif("recapitulatif_version_depassee", "fichier", message, sources)
    message = (
        "Ce récapitulatif porte une version que nous ne connaissons pas. Votre dernière version est la "
        f"version\u00a0{version_courante}. Ouvrez «\u00a0Mes documents\u00a0», imprimez-la, signez-la, "
        "puis déposez-la."
    )
    return Motif("recapitulatif_version_inconnue", "fichier", message, sources)


@applique("validation.c-deposer-dcandt01", "L-30")
def version_signee(codes_lus: Sequence[tuple[str, int]], numero: str) -> int | None:
    """La version lue sur les pages de cette candidature ; ``None`` si rien n'est lisible.

    Si les pages viennent de plusieurs versions, la plus ancienne compte : le document entier doit être le dernier.
    """
    return min((version for lu, version in codes_lus if lu == numero), default=None)


@applique("validation.refaire-apres-modification", "L-30")
def etat_du_recapitulatif(version_courante: int, version_signee: int | None) -> Literal["a_jour", "a_refaire"]:
    """Le récapitulatif est à jour si la version signée est la dernière ; sinon, ou si rien n'est signé, à refaire."""
    return "a_jour" if version_signee is not None and version_signee >= version_courante else "a_refaire"


@applique("validation.refaire-apres-modification", "L-30")
def recapitulatif_depasse(
    version_courante: int, version_signee: int | None, version_au_depot: int | None = None
) -> bool:
    """La version signée et déposée n'est plus la dernière.

    ``version_signee`` est lue dans le code ; illisible, c'est la dernière version au moment du dépôt
    (``version_au_depot``) qui en tient lieu. Rien de déposé : rien n'est dépassé.
    """
    deposee = version_signee if version_signee is not None else version_au_depot
    return deposee is not None and deposee < version_courante


# --- Saisies du service -------------------------------------------------------------------------------


@applique("pieces.statut.non-conforme", "R95")
def motifs_commentaire(commentaire: str) -> list[Motif]:
    """Le commentaire d'une pièce non conforme : le candidat doit savoir ce qui ne va pas.

    La notice le dit facultatif pour le service ; nous le demandons, car sans lui le candidat ne peut rien corriger.
    """
    source = ("pieces.statut.non-conforme",)
    if not commentaire.strip():
        message = "Dites au candidat ce qui ne va pas. Choisissez une raison, ou écrivez un commentaire."
        return [Motif("commentaire_manquant", "commentaire", message, source)]
    if len(commentaire) > COMMENTAIRE_MAXIMAL:
        message = (
            f"Le commentaire a {len(commentaire)}\u00a0caractères. "
            f"Raccourcissez-le à {COMMENTAIRE_MAXIMAL}\u00a0caractères au plus."
        )
        return [Motif("commentaire_trop_long", "commentaire", message, source)]
    return []


@applique("pieces.statut.par-le-gestionnaire", "R95")
def motifs_reception(recue_le: date | None, jour: date) -> list[Motif]:
    """La date de réception est facultative ; donnée, elle n'est pas après ``jour``, le jour même à Paris."""
    if recue_le is None or recue_le <= jour:
        return []
    message = "La date de réception est dans le futur. Donnez le jour où la pièce est arrivée, ou laissez vide."
    return [Motif("reception_future", "recue_le", message, ("pieces.statut.par-le-gestionnaire",))]


@applique("L-08")
def motifs_fenetre(ferme_le: datetime | None, motif: str, le: datetime) -> list[Motif]:
    """Une fenêtre rouverte a une fin, après ``le``, et un motif.

    :raises ValueError: si un des deux instants n'a pas de fuseau.
    """
    if le.tzinfo is None or (ferme_le is not None and ferme_le.tzinfo is None):
        raise ValueError("les deux instants portent un fuseau")
    motifs = []
    if ferme_le is None:
        message = "Donnez le jour et l’heure où le dépôt de cette pièce se referme."
        motifs.append(Motif("fin_manquante", "ferme_le", message, ("L-08",)))
    elif ferme_le <= le:
        message = "Cette fin est déjà passée. Donnez un jour et une heure à venir."
        motifs.append(Motif("fin_passee", "ferme_le", message, ("L-08",)))
    if not motif.strip():
        message = "Dites pourquoi vous rouvrez le dépôt de cette pièce."
        motifs.append(Motif("motif_manquant", "motif", message, ("L-08",)))
    elif len(motif) > MOTIF_MAXIMAL:
        message = f"Raccourcissez le motif à {MOTIF_MAXIMAL}\u00a0caractères au plus\u00a0: il en a {len(motif)}."
        motifs.append(Motif("motif_trop_long", "motif", message, ("L-08",)))
    return motifs


@applique("L-70")
def motifs_demande(titre: str, raison: str, derniere: date | None, jour: date) -> list[Motif]:
    """Une pièce demandée plus tard a un titre, une raison dite au candidat, et un dernier jour à partir du lendemain.

    ``derniere`` : ce dernier jour, compris ; ``jour`` : le jour même. Les deux à Paris.
    """
    motifs = []
    if not titre.strip():
        message = "Choisissez une pièce dans la liste, ou donnez un titre."
        motifs.append(Motif("titre_manquant", "titre", message, ("L-70",)))
    elif len(titre) > TITRE_MAXIMAL:
        message = f"Raccourcissez le titre à {TITRE_MAXIMAL}\u00a0caractères au plus\u00a0: il en a {len(titre)}."
        motifs.append(Motif("titre_trop_long", "titre", message, ("L-70",)))
    if not raison.strip():
        message = "Dites au candidat pourquoi vous lui demandez cette pièce."
        motifs.append(Motif("raison_manquante", "raison", message, ("L-70",)))
    elif len(raison) > MOTIF_MAXIMAL:
        message = f"Raccourcissez la raison à {MOTIF_MAXIMAL}\u00a0caractères au plus\u00a0: elle en a {len(raison)}."
        motifs.append(Motif("raison_trop_longue", "raison", message, ("L-70",)))
    return motifs + motifs_echeance(derniere, jour)


@applique("L-70")
def motifs_echeance(derniere: date | None, jour: date) -> list[Motif]:
    """Le dernier jour d'une demande, compris, est au plus tôt le lendemain de ``jour``, à Paris."""
    if derniere is None:
        message = "Donnez le dernier jour où le candidat peut fournir cette pièce."
        return [Motif("echeance_manquante", "echeance", message, ("L-70",))]
    if derniere <= jour:
        message = "Laissez au candidat au moins jusqu’à demain. Donnez un jour à venir."
        return [Motif("echeance_trop_proche", "echeance", message, ("L-70",))]
    return []


@applique("L-70")
def motif_deja_demandee(titre: str, en_cours: Iterable[SituationDePiece]) -> Motif | None:
    """La même pièce est déjà attendue ou à contrôler (``en_cours`` : les pièces demandées), sous le même titre.

    Une pièce conforme peut être demandée de nouveau : elle a pu perdre sa valeur depuis.
    """
    noms = {p.libelle.casefold() for p in en_cours if p.requise and p.etat != EtatPiece.CONFORME}
    if titre.strip().casefold() not in noms:
        return None
    message = (
        "Cette pièce est déjà demandée à ce candidat. Rouvrez son dépôt, ou prolongez la demande. "
        "S’il vous en faut une autre, donnez-lui un autre titre."
    )
    return Motif("piece_deja_demandee", "titre", message, ("L-70",))


@applique("L-71")
def motifs_declaration(dit: str) -> list[Motif]:
    """Ce que le candidat dit pour déclarer qu'une pièce ne le concerne pas."""
    if not dit.strip():
        message = "Dites en une phrase pourquoi cette pièce ne vous concerne pas."
        return [Motif("declaration_manquante", "dit", message, ("L-71",))]
    if len(dit) > DECLARATION_MAXIMALE:
        message = (
            f"Raccourcissez votre phrase à {DECLARATION_MAXIMALE}\u00a0caractères au plus\u00a0: elle en a {len(dit)}."
        )
        return [Motif("declaration_trop_longue", "dit", message, ("L-71",))]
    return []
