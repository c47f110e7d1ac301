"""Qui entre sous ``/<académie>/<session>/<examen>/`` : les candidats, avec le cadre que nomme l’adresse."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from registre.commun.cadres import cadre_ou_404
from registre.regles.cadre import Cadre

Vue = Callable[..., HttpResponse]


def pour_candidat(vue: Vue) -> Vue:
    """Réserve la page aux candidats et charge le cadre nommé par l’adresse."""

    @wraps(vue)
    def enveloppe(request: HttpRequest, *, academie: str, session: int, examen: str, **kwargs: Any) -> HttpResponse:
        if not request.user.est_candidat:
            raise PermissionDenied
        return vue(request, cadre_ou_404(academie, session, examen), **kwargs)

    return enveloppe


def adresse(nom: str, cadre: Cadre, **kwargs: Any) -> str:
    """L’adresse de cette page dans ce cadre."""
    return reverse(
        nom, kwargs={"academie": cadre.academie, "session": cadre.session, "examen": cadre.examen, **kwargs}
    )
