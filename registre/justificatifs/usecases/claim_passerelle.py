"""Échanger le code tapé sur un téléphone contre l’adresse du lien."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.inscription.models import Candidature
from registre.justificatifs import passerelles
from registre.justificatifs.models import Passerelle


def claim_passerelle(code: str, *, le: datetime, maintenant: datetime) -> str | None:
    """Le jeton du lien de ce code, ou ``None`` si le code ne vaut rien.

    Le jeton d’avant n’est pas gardé : un nouveau prend sa place, et l’adresse montrée sur l’ordinateur cesse de
    valoir. Un code ne sert qu’une fois ; de deux téléphones, un seul le prend.
    """
    empreinte = passerelles.empreinte_du_code(code)
    trouvee = passerelles.par_code(code, maintenant)
    if trouvee is None:
        return None
    jeton = passerelles.nouveau_jeton()
    with transaction.atomic():
        candidature = Candidature.objects.select_for_update().get(pk=trouvee.assemblage.candidature_id)
        pris = Passerelle.objects.filter(pk=trouvee.pk, code_court=empreinte, revoquee_le=None).update(
            code_court="", secret_empreinte=passerelles.empreinte_du_jeton(jeton)
        )
        if not pris:
            return None
        consigner(
            "passerelle_code_tape",
            le=le,
            acteur=None,
            objet=f"candidature:{candidature.numero}",
            piece=trouvee.assemblage.cle,
        )
    return jeton
