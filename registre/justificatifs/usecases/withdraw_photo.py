"""Retirer, depuis le téléphone, la dernière photo qu’il a ajoutée."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from registre.commun.journal import consigner
from registre.inscription.models import Candidature
from registre.justificatifs import passerelles
from registre.justificatifs.models import Passerelle
from registre.justificatifs.usecases.remove_page import remove_page


def withdraw_photo(passerelle: Passerelle, reference: UUID, *, le: datetime) -> bool:
    """Retire la photo ``reference`` si c’est la dernière arrivée par ce lien, et que le lien marche encore.

    Un second clic ne retire donc pas la photo d’avant.
    """
    with transaction.atomic():
        candidature = Candidature.objects.select_for_update().get(pk=passerelle.assemblage.candidature_id)
        arrivees = passerelles.photos(passerelle)
        if not passerelles.toujours_ouverte(passerelle) or not arrivees or arrivees[-1].reference != reference:
            return False
        if remove_page(candidature.compte, reference) is None:
            return False
        consigner(
            "photo_retiree",
            le=le,
            acteur=None,  # nobody is logged in on the phone
            objet=f"candidature:{candidature.numero}",
            piece=passerelle.assemblage.cle,
            empreinte=arrivees[-1].empreinte,
        )
    return True
