"""Changer de place une page qui se prépare."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import transaction

from registre.comptes.models import Compte
from registre.justificatifs.assemblages import page_verrouillee, toucher
from registre.justificatifs.models import PageAssemblee


def move_page(compte: Compte, reference: UUID, sens: Literal["monter", "descendre"]) -> PageAssemblee | None:
    """La page, passée avant sa voisine ou après elle ; ``None`` si elle n’est pas, plus, ou pas à ce candidat.

    La première ne monte pas, la dernière ne descend pas : rien ne change alors.
    """
    with transaction.atomic():
        page = page_verrouillee(compte, reference)
        if page is None:
            return None
        pages = list(page.assemblage.pages.all())
        place = pages.index(page)
        autre = place - 1 if sens == "monter" else place + 1
        if 0 <= autre < len(pages):
            pages[place], pages[autre] = pages[autre], pages[place]
            for rang, deplacee in enumerate(pages, start=1):
                PageAssemblee.objects.filter(pk=deplacee.pk).update(rang=rang)
            toucher(page.assemblage)
    return page
