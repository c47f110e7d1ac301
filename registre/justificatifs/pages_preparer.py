"""Ce que montrent les pages où un document se prépare : tout est calculé avant le rendu."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registre.inscription.acces import adresse
from registre.justificatifs.forms_candidat import DocumentForm, PagesForm
from registre.justificatifs.models import Assemblage, PageAssemblee
from registre.justificatifs.pieces_vues import PieceVue
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.fichiers import taille_lisible
from registre.regles.qualite import ALERTE, depuis_table


def preparation(
    piece: PieceVue, assemblage: Assemblage | None, cadre: Cadre, motifs: Iterable[Motif] = ()
) -> dict[str, Any]:
    """Le contexte de la page où les pages se rangent. ``motifs`` : ce qui vient d’être refusé."""
    pages = list(assemblage.pages.all()) if assemblage else []
    ajout = PagesForm(cadre.pieces, motifs=motifs)
    place = Assemblage.PAGES_PAR_ASSEMBLAGE - len(pages)
    return {
        **_commun(piece, cadre),
        "pages": [_page(page, rang, len(pages)) for rang, page in enumerate(pages, start=1)],
        "nombre": len(pages),
        "place": place,
        "pleine": place <= 0,
        "maximum_de_pages": Assemblage.PAGES_PAR_ASSEMBLAGE,
        "ajout": ajout,
        "empeche": piece.motif_deposer.message if piece.motif_deposer else "",
        "remplace": _nom_du_remplace(piece, assemblage),
        "formulaires": [ajout] if ajout.motifs else [],
        "en_erreur": bool(ajout.motifs),
    }


def document(
    piece: PieceVue, assemblage: Assemblage, cadre: Cadre, motifs: Iterable[Motif] = (), pourquoi: str = ""
) -> dict[str, Any]:
    """Le contexte de la page qui montre le document tel qu’il partira."""
    resultat = assemblage.resultat or {}
    avis = depuis_table(resultat["avis"])
    envoi = DocumentForm({"pourquoi": pourquoi}, motifs=motifs, auto_id="document-%s")
    nombre = len(resultat["pages"])
    return {
        **_commun(piece, cadre),
        "format": "Un PDF" if resultat["format"] == "pdf" else "Une image JPEG",
        "nombre": nombre,
        "taille": taille_lisible(resultat["taille"]),
        "empreinte": resultat["empreinte"],
        "pages": [
            {
                "numero": numero,
                "source": adresse("preparer_document", cadre, piece=piece.cle, page=numero),
                "avis": [a for a in avis if a.page == numero],
                **page,
            }
            for numero, page in enumerate(resultat["pages"], start=1)
        ],
        "alertes": any(a.niveau == ALERTE for a in avis),
        "remplace": _nom_du_remplace(piece, assemblage),
        "nouveau_depot": bool(piece.fichiers) and piece.motif_supprimer is not None,
        "envoi": envoi,
        "formulaires": [envoi] if envoi.motifs else [],
        "en_erreur": bool(envoi.motifs),
    }


def _commun(piece: PieceVue, cadre: Cadre) -> dict[str, Any]:
    return {
        "cadre": cadre,
        "vue": piece,
        "retour": f"{adresse('justificatifs', cadre)}#piece-{piece.cle}",
        "preparer": adresse("preparer_piece", cadre, piece=piece.cle),
        "verifier": adresse("preparer_verifier", cadre, piece=piece.cle),
        "envoyer": adresse("preparer_envoyer", cadre, piece=piece.cle),
        "abandonner": adresse("preparer_abandonner", cadre, piece=piece.cle),
        "telephone": adresse("telephone", cadre, piece=piece.cle),
    }


def _page(page: PageAssemblee, rang: int, nombre: int) -> dict[str, Any]:
    return {
        "page": page,
        "rang": rang,
        "nom": page.nom,
        "avis": depuis_table(page.avis),
        "premiere": rang == 1,
        "derniere": rang == nombre,
        "du_telephone": page.origine == PageAssemblee.Origine.TELEPHONE,
    }


def _nom_du_remplace(piece: PieceVue, assemblage: Assemblage | None) -> str:
    """Le fichier déposé dont le document prendra la place, s’il est encore là et se remplace un par un."""
    if assemblage is None or piece.motif_supprimer is not None:
        return ""
    return next((f.nom for f in piece.fichiers if f.reference == assemblage.remplace), "")
