"""Préparer les pages d’un candidat : les faire d’un fichier qui n’est pas accepté tel quel, puis les réunir en un.

Rien n’est ouvert ici : l’atelier (:mod:`.atelier`) fait tout, avec les limites d’un dépôt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registre.justificatifs.fichiers.noms import nom_affiche
from registre.justificatifs.fichiers.reconnaissance import format_reconnu
from registre.justificatifs.fichiers.traitement import FichierRefuse, compte_rendu, lancer, une_place
from registre.regles.cadre import ParametresPieces
from registre.regles.fichiers import motifs_a_preparer


@dataclass(frozen=True, slots=True)
class PagePreparee:
    """Une page gardée : un JPEG droit et nettoyé, sa petite image, sa taille en pixels, ce qui y a été mesuré."""

    image: bytes
    vignette: bytes
    largeur: int
    hauteur: int
    mesures: dict[str, float]


@dataclass(frozen=True, slots=True)
class PageAReunir:
    """Le JPEG d’une page gardée, et ce qu’il faut la tourner, en degrés."""

    octets: bytes
    rotation: int


def preparer(octets: bytes, nom: str, pieces: ParametresPieces, *, maximum: int) -> tuple[PagePreparee, ...]:
    """Les pages du fichier ``octets`` envoyé sous ``nom``, au plus ``maximum``.

    :raises FichierRefuse: avec le motif à montrer au candidat.
    """
    format_trouve = format_reconnu(octets)
    if motifs := motifs_a_preparer(nom_affiche(nom), format_trouve, len(octets), pieces):
        raise FichierRefuse(motifs[0])
    with une_place():
        passage = lancer([octets], "preparer", format_trouve, str(maximum))
    dit, blocs = compte_rendu(passage, format_trouve)
    return tuple(
        PagePreparee(image, vignette, *page)
        for image, vignette, page in zip(blocs[::2], blocs[1::2], dit["pages"], strict=True)
    )


def reunir(pages: Iterable[PageAReunir], maximum: int) -> tuple[str, bytes]:
    """Le format (``pdf``, ou ``jpeg`` d’une seule page) et les octets du fichier, ``maximum`` au plus.

    Les pages ne se lisent que quand leur tour est venu : celles d’un seul document sont en mémoire à la fois.

    :raises FichierRefuse: ``document_trop_lourd`` si les pages n’y seraient plus lisibles.
    """
    with une_place():
        lues = list(pages)  # before the workshop starts: a slow storage is not on its clock
        morceaux = (morceau for page in lues for morceau in (_annonce(page), page.octets))
        passage = lancer(morceaux, "reunir", "-", str(maximum))
    dit, (document,) = compte_rendu(passage, "réuni")
    return dit["format"], document


def _annonce(page: PageAReunir) -> bytes:
    return b"%d %d\n" % (len(page.octets), page.rotation)
