"""Ce qui entoure chaque demande : son heure d’arrivée, son identifiant, le secret des pages personnelles."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone

from registre.commun.corps import Corps, delai_de_lecture, ne_plus_servir, vider
from registre.commun.traces import demande_en_cours
from registre.commun.views import envoi_coupe, methode_refusee

Vue = Callable[[HttpRequest], HttpResponse]


# What only a front proxy may say; anybody else who sends them is not believed.
DITS_PAR_LE_MANDATAIRE = (
    "HTTP_X_REQUEST_START",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_FORWARDED",
)


def oublier_les_faux_mandataires(request: HttpRequest) -> None:
    """Efface ces en-têtes, sauf s’ils viennent d’une adresse de ``settings.MANDATAIRES_DE_CONFIANCE`` (S30)."""
    if request.META.get("REMOTE_ADDR") not in settings.MANDATAIRES_DE_CONFIANCE:
        for entete in DITS_PAR_LE_MANDATAIRE:
            request.META.pop(entete, None)


def instant_d_arrivee(request: HttpRequest) -> datetime:
    """Heure d’arrivée : celle du mandataire de confiance (``X-Request-Start: t=<secondes>``), sinon la nôtre."""
    entete = request.META.get("HTTP_X_REQUEST_START", "")
    if entete:
        try:
            return datetime.fromtimestamp(float(entete.removeprefix("t=")), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    return timezone.now()


def arrivee(get_response: Vue) -> Vue:
    """Premier de tous : la file d’attente qui suit ne compte pas contre le candidat."""

    def traiter(request: HttpRequest) -> HttpResponse:
        oublier_les_faux_mandataires(request)
        request.arrivee = instant_d_arrivee(request)
        request.identifiant = str(uuid.uuid4())
        marque = demande_en_cours.set(request.identifiant)
        try:
            response = get_response(request)
        finally:
            demande_en_cours.reset(marque)
        response["X-Request-Id"] = request.identifiant
        return response

    return traiter


def porte(get_response: Vue) -> Vue:
    """Borne ce qu’une demande peut envoyer, en octets et en temps (S31).

    Un envoi trop lourd d’après sa longueur annoncée est refusé avant d’être lu ; là où l’on dépose, le début en est
    lu et jeté, pour que le navigateur en vienne à lire la réponse. Les autres formulaires sont lus ici, d’un coup : un
    corps trop lent ou coupé ne va pas plus loin, et aucune page n’en voit une moitié. Sans longueur annoncée, Django
    ne lit rien ; avec une longueur fausse, il ne lit pas plus loin qu’elle.
    """

    def traiter(request: HttpRequest) -> HttpResponse:
        annonce = request.META.get("CONTENT_LENGTH") or "0"
        longueur = int(annonce) if annonce.isdecimal() else 0
        if longueur > corps_maximal(request):
            if depose(request):
                with delai_de_lecture(request, settings.DELAI_DE_VIDAGE):
                    vider(request._stream, settings.CORPS_VIDE, settings.DELAI_DE_VIDAGE)
            ne_plus_servir(request)
            raise RequestDataTooBig("envoi plus long que la porte")
        # Django offers no public way to watch what it reads.
        request._stream = Corps(request._stream, longueur)
        return get_response(request)

    def avant_la_vue(request: HttpRequest, vue: Callable[..., HttpResponse], args: Any, kwargs: Any) -> Any:
        """First of those who look at the form."""
        debut = time.monotonic()
        with delai_de_lecture(request, settings.DELAI_DE_LECTURE):
            try:
                request.POST  # noqa: B018 - reading it is the point
            except UnreadablePostError:
                ne_plus_servir(request)
                return envoi_coupe(request)
            except (SuspiciousOperation, MultiPartParserError):
                vider(request._stream, settings.CORPS_VIDE, settings.DELAI_DE_LECTURE - (time.monotonic() - debut))
                raise
        return None

    traiter.process_view = avant_la_vue
    return traiter


def depose(request: HttpRequest) -> bool:
    """Cette adresse reçoit des fichiers."""
    return request.path_info.startswith(settings.CHEMINS_DES_DEPOTS)


def corps_maximal(request: HttpRequest) -> int:
    """Octets qu’une demande peut envoyer à cette adresse, enveloppe comprise."""
    return settings.CORPS_DEPOT if depose(request) else settings.CORPS_MAXIMAL


def pages_personnelles(get_response: Vue) -> Vue:
    """Aucune page vue connecté, ni aucune page de compte, ne reste dans un cache."""

    def traiter(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated or request.path.startswith("/compte/"):
            response["Cache-Control"] = "no-store, private"
        return response

    return traiter


def methodes(get_response: Vue) -> Vue:
    """Django refuse une méthode par une page vide : le navigateur en reçoit une qui dit quoi faire."""

    def traiter(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = methode_refusee(request)
        page["Allow"] = response["Allow"]
        return page

    return traiter
