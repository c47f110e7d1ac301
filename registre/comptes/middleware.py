"""Ce qui borne une session du site : sa durée (S16), et pour le service le second facteur (S12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from registre.comptes import reprise, second_facteur
from registre.comptes.acces import SANS_SECOND_FACTEUR, vers_le_second_facteur
from registre.comptes.connexion import DEBUT, DERNIERE_ACTION, dater
from registre.comptes.models import Compte

Vue = Callable[[HttpRequest], HttpResponse]

REECRITURE = 60  # seconds: the last action is written at most once a minute
FINIE = "session_finie"  # key of the next, anonymous session: the login page says why it is shown


def duree_de_session(get_response: Vue) -> Vue:
    """Ferme une session trop vieille, garde sa saisie, et dit à la page combien de temps il reste.

    ``request.reste_de_session`` : secondes avant la fin, pour l’avertissement ; absent hors session. Comme la
    dernière action n’est écrite qu’une fois par minute, la fin peut venir jusqu’à 60 secondes plus tôt, jamais
    plus tard.
    """

    def traiter(request: HttpRequest) -> HttpResponse:
        request.compte_sorti = None
        if request.user.is_authenticated:
            if DEBUT not in request.session:
                dater(request)
            if reste(request) <= 0:
                _fermer(request)
            else:
                _prolonger(request)
                request.reste_de_session = int(reste(request))
        return get_response(request)

    def avant_la_vue(request: HttpRequest, vue: Callable[..., HttpResponse], args: Any, kwargs: Any) -> None:
        """After the CSRF check, before the redirection to the login page."""
        if request.method == "POST" and not request.user.is_authenticated and getattr(vue, "reprenable", False):
            reprise.garder(request, request.compte_sorti)

    traiter.process_view = avant_la_vue
    return traiter


def facteur_exige(get_response: Vue) -> Vue:
    """Une session du service qui n’a que le mot de passe n’ouvre que ``SANS_SECOND_FACTEUR`` ; tout le reste la mène
    au second facteur.

    ``request.facteur_a_passer`` le dit aux pages, qui n’offrent alors que de le passer ou de se déconnecter.
    """

    def traiter(request: HttpRequest) -> HttpResponse:
        compte = request.user
        request.facteur_a_passer = (
            compte.is_authenticated and second_facteur.exige(compte) and not second_facteur.est_passe(request)
        )
        return get_response(request)

    def avant_la_vue(
        request: HttpRequest, vue: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        nom = request.resolver_match.url_name
        if not request.facteur_a_passer or nom in SANS_SECOND_FACTEUR:
            return None
        # A button is no page to come back to, and the token of a link is not copied into another address.
        jeton = "jeton" in request.resolver_match.kwargs
        suite = request.get_full_path() if request.method == "GET" and not jeton else ""
        return redirect(vers_le_second_facteur(request, suite))

    traiter.process_view = avant_la_vue
    return traiter


def reste(request: HttpRequest) -> float:
    """Secondes avant la fin de la session, zéro ou moins quand elle est finie."""
    role = request.user.role
    absolue = settings.SESSION_ABSOLUE["candidat" if role == Compte.Role.CANDIDAT else "gestionnaire"]
    fin = min(request.session[DEBUT] + absolue, request.session[DERNIERE_ACTION] + settings.SESSION_INACTIVITE)
    return fin - timezone.now().timestamp()


def _fermer(request: HttpRequest) -> None:
    compte = request.user
    logout(request)
    request.compte_sorti = compte
    request.session[FINIE] = True


def _prolonger(request: HttpRequest) -> None:
    maintenant = timezone.now().timestamp()
    if maintenant - request.session[DERNIERE_ACTION] >= REECRITURE:
        request.session[DERNIERE_ACTION] = maintenant
