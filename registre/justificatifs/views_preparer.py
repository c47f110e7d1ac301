"""« Voir et déposer ce document » : ranger des pages, voir le document qu’elles font, le déposer.

Rien ne compte avant le dépôt. Chaque acte est un formulaire, sans JavaScript. Ce qui est à un autre n’existe pas.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.formulaires import texte_poste
from registre.commun.horloge import instant
from registre.inscription.acces import adresse, pour_candidat
from registre.justificatifs import dossier, pages_preparer, queries
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.assemblages import assemblage_de, page_d_apres
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage, PageAssemblee
from registre.justificatifs.pieces_vues import PieceVue
from registre.justificatifs.usecases.abandon_assemblage import abandon_assemblage
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.assemble_pages import assemble_pages
from registre.justificatifs.usecases.move_page import move_page
from registre.justificatifs.usecases.remove_page import remove_page
from registre.justificatifs.usecases.rotate_page import rotate_page
from registre.justificatifs.usecases.send_assemblage import send_assemblage
from registre.justificatifs.views_candidat import (
    PATIENCE,
    du_fichier,
    image_de_remplacement,
    inerte,
    pas_encore_traite,
    recu,
)
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.fichiers import refus_de_fichier
from registre.regles.qualite import motif_garder

traces = logging.getLogger(__name__)

DEJA_LA = (
    "Ces fichiers étaient déjà là\u00a0: rien n’est ajouté. Pour reprendre une page que vous avez retirée, retirez "
    "aussi les autres pages du même fichier, puis ajoutez-le de nouveau."
)
GESTES = ("gauche", "droite", "monter", "descendre", "retirer")
OBJETS = {"image": "cle_image", "vignette": "cle_vignette"}


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def preparer_piece(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Les pages qui se préparent pour une pièce ; un envoi en ajoute."""
    if request.method != "POST":
        return _page(request, cadre, piece)
    envoyes = [*request.FILES.getlist("fichier"), *request.FILES.getlist("photo")]
    motifs, ajoutees = _ajouter(request, cadre, piece, envoyes)
    if motifs:
        return _page(request, cadre, piece, motifs)
    dit = "Une page est ajoutée." if ajoutees == 1 else f"{ajoutees}\u00a0pages sont ajoutées."
    if ajoutees:
        messages.success(request, dit)
    else:
        messages.info(request, DEJA_LA)
    return redirect(adresse("preparer_piece", cadre, piece=piece))


def _ajouter(request: HttpRequest, cadre: Cadre, piece: str, envoyes: list[UploadedFile]) -> tuple[list[Motif], int]:
    """Un par un, dans leur ordre ; les bons sont gardés, les autres nommés. Ce qui tarde trop est à renvoyer."""
    if not envoyes:
        return [refus_de_fichier("fichier_manquant")], 0
    motifs, ajoutees, fin = [], 0, time.monotonic() + PATIENCE
    for rang, envoye in enumerate(envoyes):
        nom = envoye.name or ""
        if rang and time.monotonic() > fin:
            motifs += [du_fichier(pas_encore_traite(), e.name or "") for e in envoyes[rang:]]
            break
        try:
            ajout = add_pages(request.user, cadre, piece, nom, envoye.read(), le=instant(request))
        except DepotRefuse as refus:
            motifs += [du_fichier(m, nom) for m in refus.motifs]
        else:
            ajoutees += 0 if ajout.deja else len(ajout.pages)
    return motifs, ajoutees


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def preparer_page(request: HttpRequest, cadre: Cadre, piece: str, reference: UUID, geste: str) -> HttpResponse:
    """Tourner, déplacer ou retirer une page."""
    if geste not in GESTES:
        raise Http404
    if request.method == "POST":
        if geste == "retirer":
            suivante = page_d_apres(request.user, reference)
            page = remove_page(request.user, reference)
        elif geste in ("monter", "descendre"):
            page = move_page(request.user, reference, geste)
        else:
            page = rotate_page(request.user, reference, geste)
        if page is None:
            return _page(request, cadre, piece, [refus_de_fichier("page_partie")], statut=404)
        if geste == "retirer":
            messages.success(request, "La page est retirée.")
            # The focus goes on with the list: to the page that took its place, or to the title of the list.
            ancre = f"page-{suivante.reference}" if suivante else "titre-pages"
            return redirect(f"{adresse('preparer_piece', cadre, piece=piece)}#{ancre}")
    return redirect(f"{adresse('preparer_piece', cadre, piece=piece)}#page-{reference}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def preparer_verifier(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Le document tel qu’il partira ; POST le fait. Une page changée depuis ramène aux pages."""
    vue, assemblage = _trouves(request, cadre, piece)
    if request.method == "POST":
        try:
            assemble_pages(request.user, cadre, piece)
        except DepotRefuse as refus:
            return _page(request, cadre, piece, refus.motifs)
        return redirect(adresse("preparer_verifier", cadre, piece=piece))
    if vue is None or assemblage is None or not assemblage.resultat:
        return redirect(adresse("preparer_piece", cadre, piece=piece))
    return render(request, "justificatifs/preparer_document.html", pages_preparer.document(vue, assemblage, cadre))


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def preparer_envoyer(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """« Déposer ce document » : exactement celui qui a été vu. Refusé, il est gardé."""
    if request.method != "POST":
        return redirect(adresse("preparer_verifier", cadre, piece=piece))
    empreinte, pourquoi = request.POST.get("empreinte", ""), texte_poste(request, "pourquoi")
    try:
        if pourquoi and (motif := motif_garder(pourquoi)):
            raise DepotRefuse([motif])
        depot = send_assemblage(request.user, cadre, piece, empreinte, garde_malgre=pourquoi, le=instant(request))
    except DepotRefuse as refus:
        vue, assemblage = _trouves(request, cadre, piece)
        if vue is None or assemblage is None or not assemblage.resultat:
            return _page(request, cadre, piece, refus.motifs)
        contexte = pages_preparer.document(vue, assemblage, cadre, refus.motifs, pourquoi)
        return render(request, "justificatifs/preparer_document.html", contexte)
    messages.success(request, recu(depot, cadre), extra_tags=f"piece-{piece}")
    return redirect(f"{adresse('justificatifs', cadre)}#piece-{piece}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def preparer_abandonner(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    if request.method != "POST":
        return redirect(adresse("preparer_piece", cadre, piece=piece))
    if abandon_assemblage(request.user, cadre, piece):
        dit = "Les pages préparées sont effacées. Vous pouvez recommencer. Vos fichiers déposés n’ont pas changé."
        messages.success(request, dit, extra_tags=f"piece-{piece}")
    return redirect(f"{adresse('justificatifs', cadre)}#piece-{piece}")


# --- Les images ---------------------------------------------------------------------------------------------


@require_safe
def page_assemblee(request: HttpRequest, reference: UUID, genre: str) -> HttpResponse:
    """L’image d’une page qui se prépare, ou sa vignette ; celle d’un autre n’existe pas."""
    if genre not in OBJETS:
        raise Http404
    siennes = PageAssemblee.objects.filter(assemblage__candidature__compte=request.user, reference=reference)
    page = siennes.first()
    if page is None:
        raise Http404
    return _image(getattr(page, OBJETS[genre]))


@require_safe
@pour_candidat
def preparer_document(request: HttpRequest, cadre: Cadre, piece: str, page: int) -> HttpResponse:
    """L’image d’une page du document à déposer, celle que le service verra."""
    _, assemblage = _trouves(request, cadre, piece)
    pages = assemblage.resultat["pages"] if assemblage and assemblage.resultat else []
    if not 1 <= page <= len(pages):
        raise Http404
    return _image(pages[page - 1]["cle"])


def _image(cle: str) -> HttpResponse:
    try:
        return inerte(coffre.lire(cle), "image/jpeg")
    except (coffre.ObjetAltere, coffre.ObjetPerdu):
        traces.exception("page préparée : objet altéré ou perdu")
        return image_de_remplacement("Page perdue", "Retirez-la, puis ajoutez-la.", 410)
    except coffre.CoffreEnPanne:
        traces.exception("page préparée : coffre en panne")
        return image_de_remplacement("Image indisponible", "Réessayez dans une minute.", 503)


# --- Ce que les actes répondent --------------------------------------------------------------------------------


def _page(
    request: HttpRequest, cadre: Cadre, cle: str, motifs: Iterable[Motif] = (), statut: int = 200
) -> HttpResponse:
    vue, assemblage = _trouves(request, cadre, cle)
    if vue is None:
        return render(request, "justificatifs/sans_candidature.html", {"cadre": cadre})
    uniques = list(dict.fromkeys(_au_champ(m) for m in motifs))
    contexte = pages_preparer.preparation(vue, assemblage, cadre, uniques)
    return render(request, "justificatifs/preparer.html", contexte, status=statut)


def _trouves(request: HttpRequest, cadre: Cadre, cle: str) -> tuple[PieceVue | None, Assemblage | None]:
    """La pièce et son assemblage ; ``None`` sans candidature. Une pièce qui n’est pas demandée n’existe pas."""
    candidature = queries.candidature_active(request.user, cadre)
    if candidature is None:
        return None, None
    vue = dossier.charger(candidature, cadre, instant(request)).piece(cle)
    if vue is None:
        raise Http404
    return vue, assemblage_de(candidature, cle)


def _au_champ(motif: Motif) -> Motif:
    """Near the field, whatever the rule speaks of: this page has no other."""
    return motif if motif.champ == "fichier" else replace(motif, champ="fichier")
