"""Ce que toutes les pages savent du site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from registre.commun.cadres import principal


def site(request: HttpRequest) -> dict[str, Any]:
    """Cadre montré par défaut et mode du site."""
    return {"cadre_principal": principal(), "en_demo": settings.EN_DEMO}
