"""Déposer un fichier pour une pièce : il est ouvert à part, rangé au coffre, puis écrit au dossier d’un seul coup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from registre.commun.journal import consigner
from registre.comptes.frein import cle_de, permis
from registre.comptes.models import Compte
from registre.documents import sceau
from registre.inscription.models import Candidature
from registre.justificatifs.actes import (
    DepotRefuse,
    appliquer,
    dossier_du_candidat,
    enregistrer,
    ligne_de_piece,
    piece_du_dossier,
    transition_du_candidat,
    version_de_la_piece,
)
from registre.justificatifs.dossier import RECAPITULATIF, PieceVue
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.noms import nom_affiche
from registre.justificatifs.fichiers.traitement import FichierRefuse, FichierTraite, traiter
from registre.justificatifs.models import FichierDepose, PieceJustificative
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.depot import motif_recapitulatif, refus_de_fichier, version_signee
from registre.regles.etats import ActePiece

# What one candidate may take of the machine (S31): far more than the longest list of pieces needs, even page by page
# and with mistakes, and far less than what would trouble the others.
DEPOTS_PAR_HEURE = (120, timedelta(hours=1))  # files opened, real time
PLACE_PAR_CANDIDAT = 200 * 2**20  # bytes sent and still kept
FICHIERS_PAR_PIECE = 10


@dataclass(frozen=True)
class Depot:
    """``deja`` : ces octets étaient déjà dans le dépôt en cours, rien n’a changé.

    ``version_lue`` : celle que porte le récapitulatif signé, si son code a été lu.
    """

    fichier: FichierDepose
    piece: PieceJustificative
    deja: bool
    version_lue: int | None


@dataclass(frozen=True)
class _Range:
    """Un fichier traité, dont les octets sont au coffre et que rien ne nomme encore."""

    traite: FichierTraite
    original: str
    copie: str
    pages: list[dict[str, str | int]]

    @property
    def cles(self) -> list[str]:
        return [self.original, self.copie, *(str(page["cle"]) for page in self.pages)]


@dataclass(frozen=True)
class _Envoi:
    """Ce que le candidat envoie, et la dernière version qu’il pouvait signer en l’envoyant."""

    cle: str
    nom: str
    octets: bytes
    empreinte: str
    remplace: UUID | None
    version: int
    le: datetime


def deposit_piece(
    compte: Compte,
    cadre: Cadre,
    cle: str,
    nom: str,
    octets: bytes,
    *,
    remplace: UUID | None = None,
    le: datetime,
) -> Depot:
    """Ajoute un fichier au dépôt en cours de la pièce ``cle``, ou le met à la place du fichier ``remplace``.

    ``le`` est l’instant d’arrivée de la demande : il décide seul de la période, si long que soit le traitement. Les
    mêmes octets envoyés deux fois ne font qu’un fichier.

    :raises DepotRefuse: si la pièce, la période, le fichier ou le récapitulatif s’y oppose ; rien n’est gardé.
    """
    dossier = dossier_du_candidat(compte, cadre, le, verrouille=False)
    envoi = _Envoi(
        cle, nom_affiche(nom), octets, sha256(octets).hexdigest(), remplace, dossier.candidature.derniere_version, le
    )
    piece = piece_du_dossier(dossier, cle)
    if deja := _deja_depose(piece, envoi.empreinte):
        return deja

    _exiger(_motif(piece, dossier.candidature, envoi))
    _exiger(
        None
        if permis(cle_de("depot", str(compte.pk)), *DEPOTS_PAR_HEURE)
        else refus_de_fichier("depots_trop_nombreux")
    )
    traite = _traiter(envoi, cadre)
    _exiger(_motif_des_codes(traite, dossier.candidature))

    range_ = _ranger(envoi, traite)
    try:
        depot = _ecrire(compte, cadre, envoi, range_)
    except DepotRefuse:
        coffre.effacer(range_.cles)
        raise
    # After an unknown end of the transaction nothing is erased: the row may be there. The reaper will know.
    if depot.deja:
        coffre.effacer(range_.cles)
    return depot


def _ecrire(compte: Compte, cadre: Cadre, envoi: _Envoi, range_: _Range) -> Depot:
    """The one transaction: everything is asked again, under the lock, of the dossier as it is now."""
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, envoi.le, verrouille=True)
        piece = piece_du_dossier(dossier, envoi.cle)
        if deja := _deja_depose(piece, envoi.empreinte):
            return deja

        _exiger(_motif(piece, dossier.candidature, envoi))
        _exiger(_motif_des_codes(range_.traite, dossier.candidature))
        passage = transition_du_candidat(piece, ActePiece.DEPOSER)

        ligne = ligne_de_piece(dossier.candidature, envoi.cle)
        appliquer(ligne, passage, envoi.le)
        fichier = _nouveau_fichier(ligne, dossier.candidature, envoi, range_)
        ligne.deposee_le = envoi.le
        ligne.version_au_depot = ligne.version_au_depot or envoi.version
        ligne.version_signee = version_de_la_piece(ligne)
        enregistrer(ligne)

        consigner(
            "piece_deposee",
            le=envoi.le,
            acteur=compte,
            objet=f"candidature:{dossier.candidature.numero}",
            piece=envoi.cle,
            fichier=str(fichier.reference),
            empreinte=envoi.empreinte,
            remplace=str(envoi.remplace) if envoi.remplace and not passage.remplace else None,
        )
    return Depot(fichier, ligne, deja=False, version_lue=fichier.version_lue)


# --- Demander aux règles ------------------------------------------------------------------------------------


def _exiger(motif: Motif | None) -> None:
    if motif:
        raise DepotRefuse([motif])


def _deja_depose(piece: PieceVue, empreinte: str) -> Depot | None:
    """A double click or a retry finds its file, even after the button or the closing: it changes nothing."""
    if piece.depassee or piece.etat == PieceJustificative.Etat.NON_CONFORME:
        return None  # a new deposit begins: the same bytes are a new file
    vu = next((f for f in piece.fichiers if f.empreinte == empreinte), None)
    if vu is None:
        return None
    fichier = FichierDepose.objects.select_related("piece").get(reference=vu.reference)
    return Depot(fichier, fichier.piece, deja=True, version_lue=fichier.version_lue)


def _motif(piece: PieceVue, candidature: Candidature, envoi: _Envoi) -> Motif | None:
    """State and period, then what the place and the piece can hold."""
    if piece.motif_deposer:
        return piece.motif_deposer
    nouveau_depot = transition_du_candidat(piece, ActePiece.DEPOSER).remplace
    if not nouveau_depot:
        if envoi.remplace and envoi.remplace not in [f.reference for f in piece.fichiers]:
            message = "Le fichier à remplacer n’est plus là. Rechargez la page, puis recommencez."
            return Motif("fichier_remplace_ailleurs", "fichier", message, ("pieces.bouton-ajouter", "L-52"))
        if not envoi.remplace and len(piece.fichiers) >= FICHIERS_PAR_PIECE:
            return refus_de_fichier("trop_de_fichiers")
    gardes = FichierDepose.objects.filter(piece__candidature=candidature).exclude(
        reference=None if nouveau_depot else envoi.remplace
    )
    occupee = gardes.aggregate(octets=Sum("taille"))["octets"] or 0
    return refus_de_fichier("place_epuisee") if occupee + len(envoi.octets) > PLACE_PAR_CANDIDAT else None


def _traiter(envoi: _Envoi, cadre: Cadre) -> FichierTraite:
    try:
        return traiter(envoi.octets, envoi.nom, cadre.pieces, lire_les_codes=envoi.cle == RECAPITULATIF)
    except FichierRefuse as refuse:
        raise DepotRefuse([refuse.motif]) from refuse


def _codes_lus(traite: FichierTraite) -> list[tuple[str, int]]:
    """Only our own seal counts: any other code on the page is the candidate's business."""
    return [lu for code in traite.codes if (lu := sceau.lire(code))]


def _motif_des_codes(traite: FichierTraite, candidature: Candidature) -> Motif | None:
    return motif_recapitulatif(_codes_lus(traite), candidature.numero or "", candidature.derniere_version)


# --- Écrire ---------------------------------------------------------------------------------------------------


def _ranger(envoi: _Envoi, traite: FichierTraite) -> _Range:
    """Puts every object in the vault; what a failure interrupts is erased."""
    cles: list[str] = []
    try:
        for octets in (envoi.octets, traite.copie, *(page.octets for page in traite.pages)):
            cle = coffre.ranger(octets)
            cles.append(cle)
    except coffre.CoffreEnPanne as panne:
        coffre.effacer(cles)
        raise DepotRefuse([refus_de_fichier("stockage_en_panne")]) from panne
    original, copie, *images = cles
    pages: list[dict[str, str | int]] = [
        {"cle": cle, "largeur": page.largeur, "hauteur": page.hauteur}
        for cle, page in zip(images, traite.pages, strict=True)
    ]
    return _Range(traite, original, copie, pages)


def _nouveau_fichier(
    ligne: PieceJustificative, candidature: Candidature, envoi: _Envoi, range_: _Range
) -> FichierDepose:
    """At the end of the piece, or in the place of the file it replaces."""
    courants = list(ligne.fichiers.filter(remplace_le=None))
    rang = max((f.rang for f in courants), default=0) + 1
    if ancien := next((f for f in courants if f.reference == envoi.remplace), None):
        rang, cles = ancien.rang, ancien.cles
        ancien.delete()
        transaction.on_commit(lambda: coffre.effacer(cles))
    return FichierDepose.objects.create(
        piece=ligne,
        rang=rang,
        nom=envoi.nom,
        format=range_.traite.format,
        taille=len(envoi.octets),
        empreinte=envoi.empreinte,
        original=range_.original,
        copie=range_.copie,
        pages=range_.pages,
        version_lue=version_signee(_codes_lus(range_.traite), candidature.numero or ""),
        depose_le=envoi.le,
    )
