"""Déposer un fichier pour une pièce : il est ouvert à part, rangé au coffre, puis écrit au dossier d’un seul coup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.documents import sceau
from registre.inscription.models import Candidature
from registre.justificatifs import analyses
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
from registre.justificatifs.assemblages import clore
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.noms import nom_affiche
from registre.justificatifs.fichiers.traitement import FichierRefuse, FichierTraite, traiter
from registre.justificatifs.models import Assemblage, FichierDepose, PieceJustificative
from registre.justificatifs.pieces_vues import RECAPITULATIF, PieceVue
from registre.justificatifs.places import motif_de_debit, motif_de_place
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.etats import ActePiece
from registre.regles.fichiers import refus_de_fichier
from registre.regles.qualite import avis_du_fichier, en_table
from registre.regles.recapitulatif_signe import motif_recapitulatif, version_signee

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
    avis: list[dict[str, str | int]]

    place: int

    @property
    def cles(self) -> list[str]:
        return [self.original, self.copie, *(str(page["cle"]) for page in self.pages)]


@dataclass(frozen=True)
class _Envoi:
    """Ce que le candidat envoie, et la dernière version qu’il pouvait signer en l’envoyant.

    ``assemblage`` : celui dont le fichier est fait, et qui disparaît avec son envoi.
    """

    cle: str
    nom: str
    octets: bytes
    empreinte: str
    remplace: UUID | None
    version: int
    le: datetime
    assemblage: Assemblage | None
    garde_malgre: str


def deposit_piece(
    compte: Compte,
    cadre: Cadre,
    cle: str,
    nom: str,
    octets: bytes,
    *,
    remplace: UUID | None = None,
    assemblage: Assemblage | None = None,
    garde_malgre: str = "",
    le: datetime,
) -> Depot:
    """Ajoute un fichier au dépôt en cours de la pièce ``cle``, ou le met à la place du fichier ``remplace``.

    ``le`` est l’instant d’arrivée de la demande : il décide seul de la période, si long que soit le traitement. Les
    mêmes octets envoyés deux fois ne font qu’un fichier. ``assemblage`` : celui dont ``octets`` est le résultat ; il
    disparaît dans la même transaction. ``garde_malgre`` : pourquoi le candidat l’envoie malgré les avis.

    :raises DepotRefuse: si la pièce, la période, le fichier ou le récapitulatif s’y oppose ; rien n’est gardé.
    """
    dossier = dossier_du_candidat(compte, cadre, le, verrouille=False)
    version, empreinte = dossier.candidature.derniere_version, sha256(octets).hexdigest()
    envoi = _Envoi(cle, nom_affiche(nom), octets, empreinte, remplace, version, le, assemblage, garde_malgre)
    piece = piece_du_dossier(dossier, cle)
    deja = deja_depose(piece, envoi.empreinte)
    if deja and not assemblage:
        return deja
    if not deja:  # an assembly whose document is there already goes away all the same
        _exiger(_motif(piece, dossier.candidature, envoi, len(octets)))
    _exiger(motif_de_debit(compte))
    traite = _traiter(envoi, cadre)
    _exiger(_motif_des_codes(traite, dossier.candidature))
    if not deja:  # what it will really hold is known now: asked before anything is kept
        _exiger(_motif(piece, dossier.candidature, envoi, _place(envoi, traite)))

    range_ = _ranger(envoi, traite, cadre)
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
        sources = clore(envoi.assemblage, envoi.empreinte) if envoi.assemblage else []
        if deja := deja_depose(piece, envoi.empreinte):
            return deja

        _exiger(refus_de_fichier("assemblage_change") if sources is None else None)
        _exiger(_motif(piece, dossier.candidature, envoi, range_.place))
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
            **({"prepare": True, "sources": sources} if envoi.assemblage else {}),
        )
    return Depot(fichier, ligne, deja=False, version_lue=fichier.version_lue)


# --- Demander aux règles ------------------------------------------------------------------------------------


def _exiger(motif: Motif | None) -> None:
    if motif:
        raise DepotRefuse([motif])


def deja_depose(piece: PieceVue, empreinte: str) -> Depot | None:
    """Le fichier de ces octets dans le dépôt en cours : un second clic le trouve, même après le bouton ou la fin."""
    if piece.depassee or piece.etat == PieceJustificative.Etat.NON_CONFORME or (piece.rejetee and piece.envoyee):
        return None  # a new deposit begins: the same bytes are a new file
    vu = next((f for f in piece.fichiers if f.empreinte == empreinte), None)
    if vu is None:
        return None
    fichier = FichierDepose.objects.select_related("piece").get(reference=vu.reference)
    return Depot(fichier, fichier.piece, deja=True, version_lue=fichier.version_lue)


def _motif(piece: PieceVue, candidature: Candidature, envoi: _Envoi, place: int) -> Motif | None:
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
    en_moins = None if nouveau_depot else envoi.remplace
    return motif_de_place(candidature, place, en_moins=en_moins, assemblage=envoi.assemblage)


def _place(envoi: _Envoi, traite: FichierTraite) -> int:
    """Les octets que le coffre gardera : l’original, la copie, l’image de chaque page."""
    return len(envoi.octets) + len(traite.copie) + sum(len(page.octets) for page in traite.pages)


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


def _ranger(envoi: _Envoi, traite: FichierTraite, cadre: Cadre) -> _Range:
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
    avis = en_table(avis_du_fichier([page.mesures for page in traite.pages], cadre.qualite))
    return _Range(traite, original, copie, pages, avis, _place(envoi, traite))


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
        place=range_.place,
        empreinte=envoi.empreinte,
        original=range_.original,
        copie=range_.copie,
        pages=range_.pages,
        version_lue=version_signee(_codes_lus(range_.traite), candidature.numero or ""),
        depose_le=envoi.le,
        avis=range_.avis,
        garde_malgre=envoi.garde_malgre,
        prepare=envoi.assemblage is not None,
        **analyses.au_depot(),
    )
