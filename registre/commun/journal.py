"""Écrire au journal. À appeler dans la transaction de l’acte, dernière ligne du paragraphe « écrire »."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from registre.commun.models import Evenement
from registre.commun.traces import demande_en_cours


def consigner(acte: str, *, le: datetime, acteur: Any, objet: str, **details: Any) -> Evenement:
    """Ajoute une ligne au journal.

    ``acteur`` est un compte, ou ``None`` pour le système. ``details`` ne porte ni secret, ni réponse
    « handicap », ni mot de passe.
    """
    return Evenement.objects.create(
        le=le, acte=acte, acteur=acteur, objet=objet, details=details, demande=demande_en_cours.get()
    )
