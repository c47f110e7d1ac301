"""Retirer une page qui se prépare."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from registre.comptes.models import Compte
from registre.justificatifs.assemblages import effacer_apres, page_verrouillee, toucher
from registre.justificatifs.models import PageAssemblee


def remove_page(compte: Compte, reference: UUID) -> PageAssemblee | None:
    """La page retirée ; ``None`` si elle n’est pas, plus, ou pas à ce candidat."""
    with transaction.atomic():
        page = page_verrouillee(compte, reference)
        if page is None:
            return None
        effacer_apres(page.cles)
        assemblage = page.assemblage
        page.delete()
        toucher(assemblage)
    return page
