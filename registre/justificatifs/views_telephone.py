"""Ce que le téléphone ouvre, sans connexion : l’adresse porte un jeton, qui n’ouvre qu’une pièce.

Aucune de ces pages ne lit qui est connecté sur le téléphone, ni n’écrit dans sa session.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registre.commun.horloge import instant
from registre.comptes.frein import Jeton, TropDEssais, cle_de, compter, permis, reseau
from registre.justificatifs import pages_telephone, passerelles
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Passerelle
from registre.justificatifs.pages_telephone import CodeForm
from registre.justificatifs.pieces_vues import PieceVue
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.claim_passerelle import claim_passerelle
from registre.justificatifs.usecases.revoke_passerelle import end_passerelle
from registre.justificatifs.usecases.withdraw_photo import withdraw_photo
from registre.justificatifs.views_candidat import (
    PATIENCE,
    du_fichier,
    image_de_remplacement,
    inerte,
    pas_encore_traite,
)
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.fichiers import refus_de_fichier

traces = logging.getLogger(__name__)
CODE_REFUSE = Motif(
    "code_inconnu",
    "code",
    "Ce code n’est pas valable. Vérifiez-le sur votre ordinateur, ou demandez-y un nouveau lien.",
    ("pieces.bouton-ajouter",),
)
Vue = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Reception:
    """Un lien qui marche, et la pièce qu’il sert."""

    passerelle: Passerelle
    jeton: str
    cadre: Cadre
    piece: PieceVue


def avec_un_lien(vue: Vue) -> Vue:
    """Trouve la pièce que sert ce jeton. Inconnu, expiré, fermé ou retiré : la même page, sans dire lequel."""

    @wraps(vue)
    def enveloppe(request: HttpRequest, *, jeton: str, **kwargs: Any) -> HttpResponse:
        reception = _reception(request, jeton)
        return _lien_mort(request) if reception is None else vue(request, reception, **kwargs)

    return enveloppe


def _reception(request: HttpRequest, jeton: str) -> Reception | None:
    passerelle = passerelles.par_jeton(jeton, request.arrivee)
    cadre = passerelles.cadre_de(passerelle) if passerelle else None
    if passerelle is None or cadre is None:
        return None
    candidature = passerelle.assemblage.candidature
    try:
        dossier = dossier_du_candidat(candidature.compte, cadre, instant(request), verrouille=False)
    except DepotRefuse:  # withdrawn in between
        return None
    piece = dossier.piece(passerelle.assemblage.cle)
    return Reception(passerelle, jeton, cadre, piece) if piece else None


# --- Le code ----------------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def telephone_code(request: HttpRequest) -> HttpResponse:
    """Tape le code affiché sur l’ordinateur : il mène à l’adresse du lien, et ne sert qu’une fois."""
    if request.method != "POST":
        return _page_du_code(request, CodeForm())
    tape = request.POST.get("code", "")
    try:
        essai: Jeton = compter(cle_de("passerelle", reseau(request)), *passerelles.ESSAIS_DE_CODE)
    except TropDEssais as trop:
        reponse = _rendu(request, "trop", {"minutes": -(-trop.secondes // 60)}, status=429)
        reponse["Retry-After"] = str(trop.secondes)
        return reponse
    jeton = claim_passerelle(tape, le=instant(request), maintenant=request.arrivee)
    if jeton is None:
        return _page_du_code(request, CodeForm(tape, [CODE_REFUSE]))
    essai.reussi()
    return redirect("telephone_lien", jeton=jeton)


def _page_du_code(request: HttpRequest, formulaire: CodeForm) -> HttpResponse:
    contexte = {"formulaire": formulaire, "en_erreur": bool(formulaire.motifs), "formulaires": [formulaire]}
    return _rendu(request, "code", contexte)


# --- Les photos -------------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@avec_un_lien
def telephone_lien(request: HttpRequest, reception: Reception) -> HttpResponse:
    """La page du téléphone ; POST ajoute les photos envoyées, dans leur ordre. Les bonnes sont gardées."""
    if request.method != "POST":
        return _page(request, reception)
    envoyes = [*request.FILES.getlist("photo"), *request.FILES.getlist("deja")]
    try:
        refuses = _ajouter(request, reception, envoyes)
    except LienFerme:
        return _lien_mort(request)
    if refuses:
        return _page(request, reception, refuses)
    return redirect("telephone_lien", jeton=reception.jeton)


class LienFerme(Exception):
    """Le lien a été fermé pendant l’envoi."""


def _ajouter(request: HttpRequest, reception: Reception, envoyes: list[UploadedFile]) -> list[Motif]:
    """:raises LienFerme: si le lien cesse de marcher pendant l’envoi ; rien n’est ajouté à partir de là."""
    if not envoyes:
        return [replace(refus_de_fichier("fichier_manquant"), champ="photo")]
    if not permis(cle_de("passerelle-envois", str(reception.passerelle.pk)), *passerelles.ENVOIS_PAR_LIEN):
        return [passerelles.TROP_D_ENVOIS]
    fin = time.monotonic() + PATIENCE
    refuses: list[Motif] = []
    for rang, envoye in enumerate(envoyes):
        if rang and time.monotonic() > fin:
            refuses += [_de_la_photo(pas_encore_traite(), e) for e in envoyes[rang:]]
            break
        try:
            _ajouter_une(request, reception, envoye)
        except DepotRefuse as refus:
            if passerelles.PASSERELLE_FERMEE in refus.motifs:
                raise LienFerme from refus
            refuses += [_de_la_photo(m, envoye) for m in refus.motifs]
    return refuses


def _ajouter_une(request: HttpRequest, reception: Reception, envoye: UploadedFile) -> None:
    add_pages(
        reception.passerelle.assemblage.candidature.compte,
        reception.cadre,
        reception.piece.cle,
        envoye.name or "",
        envoye.read(),
        passerelle=reception.passerelle,
        le=instant(request),
    )


def _de_la_photo(motif: Motif, envoye: UploadedFile) -> Motif:
    return replace(du_fichier(motif, envoye.name or ""), champ="photo")


@login_not_required
@require_POST
@avec_un_lien
def telephone_retirer(request: HttpRequest, reception: Reception) -> HttpResponse:
    """Retire la dernière photo arrivée par ce lien, et seulement celle que la page montrait."""
    try:
        reference = UUID(request.POST.get("reference", ""))
    except ValueError:
        return redirect("telephone_lien", jeton=reception.jeton)
    withdraw_photo(reception.passerelle, reference, le=instant(request))
    return redirect(f"{reverse('telephone_lien', kwargs={'jeton': reception.jeton})}#arrivees")


@login_not_required
@require_POST
@avec_un_lien
def telephone_fini(request: HttpRequest, reception: Reception) -> HttpResponse:
    """« J’ai fini » : le lien ne vaut plus rien, la suite est sur l’ordinateur."""
    nombre = len(passerelles.photos(reception.passerelle))
    end_passerelle(reception.passerelle, le=instant(request), maintenant=request.arrivee)
    return _rendu(request, "fini", {"nombre": nombre})


@login_not_required
@require_safe
@avec_un_lien
def telephone_vignette(request: HttpRequest, reception: Reception, reference: UUID) -> HttpResponse:
    """La petite image d’une photo arrivée par ce lien."""
    page = next((p for p in passerelles.photos(reception.passerelle) if p.reference == reference), None)
    if page is None:
        raise Http404
    try:
        return inerte(coffre.lire(page.cle_vignette), "image/jpeg")
    except (coffre.ObjetAltere, coffre.ObjetPerdu):
        traces.exception("vignette %s : objet altéré ou perdu", reference)
        return image_de_remplacement("Photo perdue", "Retirez-la, puis reprenez-la.", 410)
    except coffre.CoffreEnPanne:
        traces.exception("vignette %s : coffre en panne", reference)
        return image_de_remplacement("Image indisponible", "Réessayez dans une minute.", 503)


# --- Ce que le téléphone voit -------------------------------------------------------------------------------------


def _page(request: HttpRequest, reception: Reception, motifs: list[Motif] | None = None) -> HttpResponse:
    contexte = pages_telephone.sur_le_telephone(
        reception.passerelle, reception.piece, reception.cadre, reception.jeton, request.arrivee, motifs or ()
    )
    return _rendu(request, "telephone", contexte)


def _lien_mort(request: HttpRequest) -> HttpResponse:
    return _rendu(request, "ferme", {}, status=410)


def _rendu(request: HttpRequest, nom: str, contexte: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Whoever is logged in on the phone is not asked: neither his menu nor his messages are here."""
    tout = {**contexte, "user": AnonymousUser(), "messages": ()}
    return render(request, f"justificatifs/telephone/{nom}.html", tout, status=status)
