"""Les adresses que porte un lien du téléphone : ni cache, ni chemin envoyé ailleurs, ni moteur de recherche."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

Vue = Callable[[HttpRequest], HttpResponse]


def pages_du_telephone(get_response: Vue) -> Vue:
    """Toute réponse sous ces adresses, refus et pages d’erreur compris : l’adresse porte le jeton (S19, S28).

    ``strict-origin`` et non ``no-referrer`` : avec celui-ci, un navigateur enverrait ``Origin: null`` et tout POST
    serait refusé. Les deux taisent le chemin.
    """

    def traiter(request: HttpRequest) -> HttpResponse:
        reponse = get_response(request)
        racine = reverse("telephone_code")
        if request.path == racine or request.path.startswith(f"{racine}/"):
            reponse["Cache-Control"] = "no-store, private"
            reponse["Referrer-Policy"] = "strict-origin"
            reponse["X-Robots-Tag"] = "noindex"
        return reponse

    return traiter
