"""Ce qui entoure chaque demande : son heure d’arrivée, son identifiant, le secret des pages personnelles."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from registre.commun.traces import demande_en_cours

Vue = Callable[[HttpRequest], HttpResponse]


def instant_d_arrivee(request: HttpRequest) -> datetime:
    """Heure d’arrivée : celle du mandataire de confiance (``X-Request-Start: t=<secondes>``), sinon la nôtre."""
    entete = request.META.get("HTTP_X_REQUEST_START", "")
    if entete and request.META.get("REMOTE_ADDR") in settings.MANDATAIRES_DE_CONFIANCE:
        try:
            return datetime.fromtimestamp(float(entete.removeprefix("t=")), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    return timezone.now()


def arrivee(get_response: Vue) -> Vue:
    """Premier de tous : la file d’attente qui suit ne compte pas contre le candidat."""

    def traiter(request: HttpRequest) -> HttpResponse:
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


def pages_personnelles(get_response: Vue) -> Vue:
    """Aucune page vue connecté, ni aucune page de compte, ne reste dans un cache."""

    def traiter(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated or request.path.startswith("/compte/"):
            response["Cache-Control"] = "no-store, private"
        return response

    return traiter
