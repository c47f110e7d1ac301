"""Reconnaître un appareil qui s’est déjà connecté à un compte : un témoin signé, qui n’ouvre rien à lui seul.

Il ne sert qu’au frein (S8). Il porte, pour cinq comptes au plus (un ordinateur de famille ou de salle), le numéro du
compte et un numéro d’appareil tiré au hasard. Il vaut 180 jours.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from registre.comptes.models import Compte

SEL = "registre.comptes.appareil"
DUREE = 180 * 24 * 3600
COMPTES_GARDES = 5


def numero(request: HttpRequest, compte: Compte | None) -> str | None:
    """Numéro de l’appareil s’il a déjà ouvert ce compte, ``None`` sinon."""
    if compte is None:
        return None
    return _lire(request).get(str(compte.pk))


def reconnaitre(request: HttpRequest, response: HttpResponse, compte: Compte) -> None:
    """Pose ou renouvelle le témoin après une connexion réussie."""
    connus = _lire(request)
    appareil = connus.pop(str(compte.pk), None) or secrets.token_urlsafe(16)
    gardes = dict([*connus.items(), (str(compte.pk), appareil)][-COMPTES_GARDES:])
    response.set_cookie(
        settings.APPAREIL_COOKIE_NAME,
        signing.dumps(gardes, salt=SEL),
        max_age=DUREE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _lire(request: HttpRequest) -> dict[str, str]:
    try:
        return signing.loads(request.COOKIES.get(settings.APPAREIL_COOKIE_NAME, ""), salt=SEL, max_age=DUREE)
    except signing.BadSignature:
        return {}
