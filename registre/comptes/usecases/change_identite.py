"""Corriger son état civil, tant qu’aucune candidature ne le porte (R120)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.etat_civil import etat_civil
from registre.comptes.models import Compte
from registre.regles.compte import SaisieCompte

# passages: compte.etat-civil-piece-identite R120


class IdentiteFigee(Exception):
    """Une candidature existe : l’état civil ne change plus que par le service."""


def change_identite(compte: Compte, saisie: SaisieCompte, *, le: datetime) -> None:
    """Remplace l’état civil par une saisie déjà acceptée par les règles.

    :raises IdentiteFigee: si une candidature existe.
    """
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if compte.identite_figee_le is not None:
            raise IdentiteFigee
        nouveau = etat_civil(saisie)
        changes = [champ for champ, valeur in nouveau.items() if getattr(compte, champ) != valeur]
        for champ in changes:
            setattr(compte, champ, nouveau[champ])
        if changes:
            compte.save(update_fields=changes)
            consigner("identite_modifiee", le=le, acteur=compte, objet=f"compte:{compte.pk}", champs=changes)
