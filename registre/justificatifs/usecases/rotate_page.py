"""Tourner une page qui se prépare, d’un quart de tour."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import transaction

from registre.comptes.models import Compte
from registre.justificatifs.assemblages import page_verrouillee, toucher
from registre.justificatifs.models import PageAssemblee

QUARTS = {"droite": 90, "gauche": 270}


def rotate_page(compte: Compte, reference: UUID, sens: Literal["droite", "gauche"]) -> PageAssemblee | None:
    """La page tournée ; ``None`` si elle n’est pas, plus, ou pas à ce candidat."""
    with transaction.atomic():
        page = page_verrouillee(compte, reference)
        if page is None:
            return None
        page.rotation = (page.rotation + QUARTS[sens]) % 360
        page.save(update_fields=["rotation"])
        toucher(page.assemblage)
    return page
