"""Pages du service qui composent plusieurs parties."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registre.commun.cadres import tous
from registre.commun.horloge import instant
from registre.comptes.acces import pour_gestionnaire
from registre.gestion import specialites
from registre.gestion.queries import Comptes, comptes_par_session
from registre.regles.cadre import Periode
from registre.regles.calendrier import en_heure_de_paris, fin_affichee


@require_safe
@pour_gestionnaire
def accueil(request: HttpRequest, academie: str) -> HttpResponse:
    """Les sessions de l’académie : périodes, nombres, spécialités à compléter."""
    le = instant(request)
    comptes = comptes_par_session(academie)
    sessions = [
        {
            "cadre": cadre,
            "inscription": _etat(cadre.calendrier.inscription, cadre.calendrier.fuseau, le),
            "depot": _etat(cadre.calendrier.depot, cadre.calendrier.fuseau, le),
            "comptes": comptes.get((cadre.session, cadre.examen), Comptes()),
            "a_completer": specialites.a_completer(cadre),
            "specialites": specialites.ouvertes(cadre),
        }
        for cadre in sorted(tous().values(), key=lambda c: (-c.session, c.examen))
        if cadre.academie == academie
    ]
    return render(request, "gestion/accueil.html", {"sessions": sessions})


def _etat(periode: Periode, fuseau: str, le: datetime) -> str:
    if le < periode.ouvre_le:
        return f"pas encore ouvert, ouvre {en_heure_de_paris(periode.ouvre_le, fuseau)}"
    if le < periode.ferme_le:
        return f"ouvert, ferme {fin_affichee(periode, fuseau)}"
    return f"période finie depuis {fin_affichee(periode, fuseau)}"
