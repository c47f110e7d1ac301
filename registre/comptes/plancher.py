"""Répondre dans le même temps, que l’adresse ait un compte ou non (S9)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def duree_plancher(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Un POST répond au plus tôt ``DUREE_PLANCHER`` secondes après son début : le travail de plus ne se voit pas."""

    @wraps(vue)
    def traiter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        debut = time.perf_counter()
        response = vue(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, settings.DUREE_PLANCHER - (time.perf_counter() - debut)))
        return response

    return traiter
