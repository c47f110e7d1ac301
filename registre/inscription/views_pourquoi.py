"""« Pourquoi ? » : ce que les règles ont conclu de l’inscription du candidat, pas à pas, avec leurs textes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registre.commun.horloge import instant
from registre.inscription import brouillons
from registre.inscription.acces import pour_candidat
from registre.inscription.pourquoi import traces_de_la_version, traces_du_brouillon
from registre.regles.cadre import Cadre


@require_safe
@pour_candidat
def pourquoi(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    """La dernière version enregistrée s’il y en a une, sinon le brouillon."""
    le = instant(request)
    brouillon = brouillons.lire(request.user, cadre, le)
    candidature, version = brouillon.candidature, None
    if candidature:
        version = candidature.versions.get(numero=candidature.derniere_version)
        traces = traces_de_la_version(candidature, version, request.user, cadre)
    else:
        traces = traces_du_brouillon(brouillon, request.user, cadre, le)
    contexte = {"cadre": cadre, "candidature": candidature, "version": version, "traces": traces}
    return render(request, "inscription/pourquoi.html", contexte)
