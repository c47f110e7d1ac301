"""Qui entre sous ``/gestion/<academie>/`` : le service de cette académie, personne d’autre."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

Vue = Callable[..., HttpResponse]


def pour_gestionnaire(vue: Vue) -> Vue:
    """Réserve la page au service de l’académie nommée par l’adresse.

    Un candidat, ou le service d’une autre académie, reçoit la même réponse que pour une adresse inconnue : elle
    n’apprend pas quelles académies existent.
    """

    @wraps(vue)
    def enveloppe(request: HttpRequest, *, academie: str, **kwargs: Any) -> HttpResponse:
        if not request.user.est_gestionnaire or request.user.academie != academie:
            raise Http404
        return vue(request, academie=academie, **kwargs)

    enveloppe.reservee_au_service = True
    return enveloppe
