"""Ajouter les pages d’un fichier à ce qui se prépare pour une pièce. Rien n’en est déposé."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat, piece_du_dossier
from registre.justificatifs.assemblages import assemblage_de, ouvrir, toucher
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.noms import nom_affiche
from registre.justificatifs.fichiers.preparation import PagePreparee, preparer
from registre.justificatifs.fichiers.traitement import FichierRefuse
from registre.justificatifs.models import Assemblage, PageAssemblee, Passerelle
from registre.justificatifs.passerelles import PASSERELLE_FERMEE, toujours_ouverte
from registre.justificatifs.pieces_vues import PieceVue
from registre.justificatifs.places import motif_de_debit, motif_de_place
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.fichiers import refus_de_fichier
from registre.regles.qualite import avis_de_page, en_table

PAGES = Assemblage.PAGES_PAR_ASSEMBLAGE
Origine = PageAssemblee.Origine


@dataclass(frozen=True)
class Ajout:
    """``deja`` : ces octets avaient déjà donné des pages à cet assemblage, rien n’a changé."""

    assemblage: Assemblage
    pages: tuple[PageAssemblee, ...]
    deja: bool


@dataclass(frozen=True)
class _Envoi:
    cle: str
    nom: str
    octets: bytes
    empreinte: str
    passerelle: Passerelle | None
    remplace: UUID | None
    le: datetime


@dataclass(frozen=True)
class _Rangee:
    """Une page dont les octets sont au coffre et que rien ne nomme encore."""

    page: PagePreparee
    image: str
    vignette: str


def add_pages(
    compte: Compte,
    cadre: Cadre,
    cle: str,
    nom: str,
    octets: bytes,
    *,
    passerelle: Passerelle | None = None,
    remplace: UUID | None = None,
    deja_compte: bool = False,
    le: datetime,
) -> Ajout:
    """Ouvre le fichier à part, et met ses pages à la fin de l’assemblage de la pièce ``cle``, créé s’il le faut.

    Les mêmes octets ajoutés deux fois n’y sont qu’une fois. Les limites sont celles des dépôts. ``passerelle`` : le
    lien par lequel un téléphone les envoie ; il doit marcher encore quand elles s’écrivent. ``deja_compte`` :
    le dépôt qui vient de refuser ce fichier l’a compté parmi ceux de l’heure.

    :raises DepotRefuse: si la pièce ne peut pas être déposée maintenant, ou si le fichier ne donne pas de pages.
    """
    dossier = dossier_du_candidat(compte, cadre, le, verrouille=False)
    envoi = _Envoi(cle, nom_affiche(nom), octets, sha256(octets).hexdigest(), passerelle, remplace, le)
    piece = piece_du_dossier(dossier, cle)
    assemblage = assemblage_de(dossier.candidature, cle)
    if deja := _deja_la(assemblage, envoi):
        return deja
    presentes = assemblage.pages.count() if assemblage else 0
    _exiger(_motif(piece, dossier.candidature, presentes + 1, len(octets)))
    _exiger(None if deja_compte else motif_de_debit(compte))
    try:
        pages = preparer(octets, envoi.nom, cadre.pieces, maximum=PAGES - presentes)
    except FichierRefuse as refuse:
        raise DepotRefuse([refuse.motif]) from refuse

    rangees = _ranger(pages)
    try:
        ajout = _ecrire(compte, cadre, envoi, rangees)
    except DepotRefuse:
        coffre.effacer(_cles(rangees))
        raise
    # After an unknown end of the transaction nothing is erased: the rows may be there. The reaper will know.
    if ajout.deja:
        coffre.effacer(_cles(rangees))
    return ajout


def _ecrire(compte: Compte, cadre: Cadre, envoi: _Envoi, rangees: list[_Rangee]) -> Ajout:
    """The one transaction: everything is asked again, under the lock."""
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, envoi.le, verrouille=True)
        piece = piece_du_dossier(dossier, envoi.cle)
        if envoi.passerelle and not toujours_ouverte(envoi.passerelle):
            raise DepotRefuse([PASSERELLE_FERMEE])
        assemblage = ouvrir(dossier.candidature, envoi.cle, remplace=envoi.remplace)
        if deja := _deja_la(assemblage, envoi):
            return deja
        presentes = assemblage.pages.aggregate(dernier=Max("rang"))["dernier"] or 0
        total = sum(len(r.page.image) + len(r.page.vignette) for r in rangees)
        _exiger(_motif(piece, dossier.candidature, assemblage.pages.count() + len(rangees), total))
        deja_la = assemblage.pages.aggregate(octets=Sum("taille"))["octets"] or 0
        trop = deja_la + total > Assemblage.OCTETS_PAR_ASSEMBLAGE
        _exiger(refus_de_fichier("document_trop_lourd") if trop else None)
        pages = [
            PageAssemblee.objects.create(
                assemblage=assemblage,
                rang=rang,
                cle_image=rangee.image,
                cle_vignette=rangee.vignette,
                largeur=rangee.page.largeur,
                hauteur=rangee.page.hauteur,
                avis=en_table(avis_de_page(rangee.page.mesures, cadre.qualite)),
                origine=Origine.TELEPHONE if envoi.passerelle else Origine.ORDINATEUR,
                nom=envoi.nom,
                taille=len(rangee.page.image) + len(rangee.page.vignette),
                empreinte=envoi.empreinte,
            )
            for rang, rangee in enumerate(rangees, start=presentes + 1)
        ]
        toucher(assemblage)
        if envoi.passerelle:
            consigner(
                "photo_du_telephone",
                le=envoi.le,
                acteur=None,  # nobody is logged in on the phone
                objet=f"candidature:{dossier.candidature.numero}",
                piece=envoi.cle,
                pages=len(pages),
                empreinte=envoi.empreinte,
            )
    return Ajout(assemblage, tuple(pages), deja=False)


def _exiger(motif: Motif | None) -> None:
    if motif:
        raise DepotRefuse([motif])


def _motif(piece: PieceVue, candidature: Candidature, pages: int, octets: int) -> Motif | None:
    """State and period first: pages that could not be sent are not taken."""
    if piece.motif_deposer:
        return piece.motif_deposer
    return refus_de_fichier("trop_de_pages") if pages > PAGES else motif_de_place(candidature, octets)


def _deja_la(assemblage: Assemblage | None, envoi: _Envoi) -> Ajout | None:
    """A double click or a retry finds its pages."""
    pages = tuple(assemblage.pages.filter(empreinte=envoi.empreinte)) if assemblage else ()
    return Ajout(assemblage, pages, deja=True) if assemblage and pages else None


def _ranger(pages: tuple[PagePreparee, ...]) -> list[_Rangee]:
    """Puts every picture in the vault; what a failure interrupts is erased."""
    cles: list[str] = []
    try:
        for octets in (octets for page in pages for octets in (page.image, page.vignette)):
            cle = coffre.ranger(octets)
            cles.append(cle)
    except coffre.CoffreEnPanne as panne:
        coffre.effacer(cles)
        raise DepotRefuse([refus_de_fichier("stockage_en_panne")]) from panne
    return [_Rangee(*rangee) for rangee in zip(pages, cles[::2], cles[1::2], strict=True)]


def _cles(rangees: list[_Rangee]) -> list[str]:
    return [cle for rangee in rangees for cle in (rangee.image, rangee.vignette)]
