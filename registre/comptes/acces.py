"""Qui entre dans les pages du service, et par où passe une session qui n’a pas encore donné son second facteur."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from registre.comptes.models import Compte
from registre.comptes.second_facteur import est_passe

Vue = Callable[..., HttpResponse]

# All that an officer reaches with the password alone: what is public, the way in, the way out. Nothing else opens.
SANS_SECOND_FACTEUR = frozenset(
    {
        *("accueil", "ouverture_des_services", "accessibilite", "donnees_personnelles", "mentions_legales", "sante"),
        *("second_facteur", "second_facteur_secours", "second_facteur_installation"),
        *("account_logout", "prolonger"),
        # Only mounted in demonstration mode, where the codes are shown.
        *("demo_accueil", "demo_horloge", "demo_reset", "demo_courriels", "demo_courriel"),
    }
)


def pour_gestionnaire(vue: Vue) -> Vue:
    """Réserve la page au service de l’académie nommée par l’adresse.

    Un candidat, ou le service d’une autre académie, reçoit la même réponse que pour une adresse inconnue : elle
    n’apprend pas quelles académies existent. Une session qui n’a pas passé le second facteur est refusée : le
    middleware l’a déjà menée ailleurs, ceci est la seconde serrure.
    """

    @wraps(vue)
    def enveloppe(request: HttpRequest, *, academie: str, **kwargs: Any) -> HttpResponse:
        if not request.user.est_gestionnaire or request.user.academie != academie:
            raise Http404
        if not est_passe(request):
            raise PermissionDenied
        return vue(request, academie=academie, **kwargs)

    enveloppe.reservee_au_service = True
    return enveloppe


def exiger_le_service(agent: Compte, academie: str) -> None:
    """The views have already asked: here, no path around them reaches another académie (S25)."""
    if not agent.est_gestionnaire or agent.academie != academie:
        raise PermissionDenied


def pour_le_service(vue: Vue) -> Vue:
    """Réserve la page aux comptes du service, quelle que soit leur académie."""

    @wraps(vue)
    def enveloppe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.est_gestionnaire:
            raise Http404
        return vue(request, *args, **kwargs)

    return enveloppe


def vers_le_second_facteur(request: HttpRequest, suite: str) -> str:
    """Adresse de la page qui demande le code, ou de celle qui installe l’application ; ``suite`` vient ensuite."""
    adresse = reverse("second_facteur" if request.user.facteur else "second_facteur_installation")
    return f"{adresse}?{urlencode({'next': suite})}" if suite else adresse
