"""Fermer le lien donné à un téléphone : depuis l’ordinateur, ou par « J’ai fini »."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs import passerelles
from registre.justificatifs.models import Passerelle
from registre.justificatifs.queries import candidature_active_verrouillee
from registre.regles.cadre import Cadre


def revoke_passerelle(compte: Compte, cadre: Cadre, cle: str, *, le: datetime, maintenant: datetime) -> bool:
    """Ferme le lien de cette pièce : le téléphone n’ajoute plus rien. Faux s’il n’y en a pas qui marche.

    Fermer est toujours permis, le dépôt fût-il clos. ``maintenant`` est l’heure réelle.
    """
    with transaction.atomic():
        candidature = candidature_active_verrouillee(compte, cadre)
        passerelle = passerelles.derniere(candidature, cle) if candidature else None
        if candidature is None or passerelle is None or not passerelles.marche(passerelle, maintenant):
            return False
        _fermer(passerelle, candidature, maintenant)
        consigner("passerelle_fermee", le=le, acteur=compte, objet=f"candidature:{candidature.numero}", piece=cle)
    return True


def end_passerelle(passerelle: Passerelle, *, le: datetime, maintenant: datetime) -> None:
    """« J’ai fini », sur le téléphone. Personne n’y est connecté : le journal ne nomme pas d’acteur."""
    with transaction.atomic():
        candidature = Candidature.objects.select_for_update().get(pk=passerelle.assemblage.candidature_id)
        if not passerelles.toujours_ouverte(passerelle):
            return
        _fermer(passerelle, candidature, maintenant)
        consigner(
            "passerelle_finie",
            le=le,
            acteur=None,
            objet=f"candidature:{candidature.numero}",
            piece=passerelle.assemblage.cle,
        )


def _fermer(passerelle: Passerelle, candidature: Candidature, maintenant: datetime) -> None:
    passerelle.revoquee_le = maintenant
    passerelle.save(update_fields=["revoquee_le"])
