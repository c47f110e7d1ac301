"""La barre de démonstration, et les liens des courriels."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registre.commun.cadres import principal
from registre.commun.horloge import instant
from registre.demo.codes import code_attendu
from registre.demo.moments import moments
from registre.regles.calendrier import en_heure_de_paris

register = template.Library()


@register.simple_tag(takes_context=True)
def barre_de_demonstration(context: dict[str, Any]) -> dict[str, Any]:
    """L’heure du registre, et les moments où l’on peut aller ; ``passe`` : y aller demande de tout refaire.

    ``code`` : celui que le téléphone de l’agent montrerait, sur une page qui le demande.
    """
    request: HttpRequest = context["request"]
    le, calendrier = instant(request), principal().calendrier
    return {
        "heure": en_heure_de_paris(le, calendrier.fuseau, secondes=True),
        "moments": [{"moment": m, "passe": m.instant <= le} for m in moments(calendrier).values()],
        "suite": request.get_full_path() if request.method == "GET" else "",
        "code": code_attendu(request),
    }


@register.filter
def liens_du_site(texte: str) -> SafeString:
    """Le texte d’un courriel ; seules les adresses de ce site y deviennent des liens."""
    ici = re.escape(settings.URL_PUBLIQUE)
    chemin = r"/(?:[^\s<>\"']*[^\s<>\"'.,;:!?)])?"
    morceaux = re.split(rf"({ici}(?:{chemin})?)(?=[.,;:!?)]*(?:[\s<>]|$))", texte)
    return format_html_join(
        "", "{}", ((format_html('<a href="{0}">{0}</a>', m) if n % 2 else m,) for n, m in enumerate(morceaux))
    )
