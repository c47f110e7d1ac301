"""Abandonner ce qui se prépare pour une pièce : tout en est effacé, rien de déposé ne change."""

from __future__ import annotations

from django.db import transaction

from registre.comptes.models import Compte
from registre.justificatifs.assemblages import supprimer
from registre.justificatifs.models import Assemblage
from registre.justificatifs.queries import candidature_active
from registre.regles.cadre import Cadre


def abandon_assemblage(compte: Compte, cadre: Cadre, cle: str) -> bool:
    """Faux s’il n’y avait rien : un second clic ne fait rien."""
    candidature = candidature_active(compte, cadre)
    with transaction.atomic():
        siens = Assemblage.objects.select_for_update().filter(candidature=candidature, cle=cle)
        assemblage = siens.first() if candidature else None
        if assemblage is None:
            return False
        supprimer(assemblage)
    return True
