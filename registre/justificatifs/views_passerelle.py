"""« Photographier avec mon téléphone », sur l’ordinateur : montrer le lien, le prolonger, l’envoyer, le fermer."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.horloge import instant
from registre.inscription.acces import adresse, pour_candidat
from registre.justificatifs import dossier, pages_telephone, passerelles, queries
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.usecases.mail_passerelle import LIEN_PERDU, mail_passerelle
from registre.justificatifs.usecases.open_passerelle import open_passerelle, renew_passerelle
from registre.justificatifs.usecases.revoke_passerelle import revoke_passerelle
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def telephone(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """La page du lien ; POST en ouvre un nouveau."""
    if request.method != "POST":
        return _page(request, cadre, piece)
    try:
        passerelle, tires = open_passerelle(
            request.user, cadre, piece, le=instant(request), maintenant=request.arrivee
        )
    except DepotRefuse as refus:
        return _page(request, cadre, piece, refus.motifs)
    passerelles.garder(request, passerelle, tires)
    return _retour(cadre, piece)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def telephone_prolonger(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    if request.method == "POST":
        try:
            renew_passerelle(request.user, cadre, piece, le=instant(request), maintenant=request.arrivee)
        except DepotRefuse as refus:
            return _page(request, cadre, piece, refus.motifs)
    return _retour(cadre, piece)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def telephone_revoquer(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    if request.method == "POST":
        revoke_passerelle(request.user, cadre, piece, le=instant(request), maintenant=request.arrivee)
    return _retour(cadre, piece)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def telephone_courriel(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Envoie le lien à l’adresse du compte, et à aucune autre."""
    if request.method != "POST":
        return _retour(cadre, piece)
    candidature = queries.candidature_active(request.user, cadre)
    passerelle = passerelles.derniere(candidature, piece) if candidature else None
    secrets = passerelles.gardes(request, passerelle) if passerelle else None
    try:
        if passerelle is None or secrets is None:
            raise DepotRefuse([LIEN_PERDU])
        mail_passerelle(
            request.user, cadre, passerelle, secrets.jeton, le=instant(request), maintenant=request.arrivee
        )
    except DepotRefuse as refus:
        return _page(request, cadre, piece, refus.motifs)
    messages.success(request, f"Le lien est parti à votre adresse, {request.user.email}.")
    return _retour(cadre, piece)


@require_safe
@pour_candidat
def telephone_etat(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Ce qu’il y a de nouveau, en quelques octets ; 304 quand il n’y a rien."""
    candidature = queries.candidature_active(request.user, cadre)
    if candidature is None:
        raise Http404
    dit, etiquette = pages_telephone.etat(passerelles.derniere(candidature, piece), request.arrivee)
    if request.headers.get("If-None-Match") == etiquette:
        return HttpResponse(status=304, headers={"ETag": etiquette})
    return JsonResponse(dit, headers={"ETag": etiquette})


def _page(request: HttpRequest, cadre: Cadre, cle: str, motifs: Iterable[Motif] = ()) -> HttpResponse:
    candidature = queries.candidature_active(request.user, cadre)
    piece = dossier.charger(candidature, cadre, instant(request)).piece(cle) if candidature else None
    if candidature is None or piece is None:
        raise Http404
    contexte = pages_telephone.sur_l_ordinateur(request, candidature, piece, cadre, motifs)
    return render(request, "justificatifs/telephone/ordinateur.html", contexte)


def _retour(cadre: Cadre, piece: str) -> HttpResponse:
    return redirect(adresse("telephone", cadre, piece=piece))
