"""Refaire les codes de secours : les anciens ne valent plus rien."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes import frein, second_facteur
from registre.comptes.models import CodeDeSecours, Compte, SecondFacteur
from registre.comptes.usecases.avertir import avertir
from registre.comptes.usecases.pass_second_facteur import consommer_le_code, refuser


def renew_codes_de_secours(compte: Compte, code: str, *, le: datetime) -> list[str] | None:
    """Rend dix nouveaux codes si ``code`` est le code du moment et n’a jamais servi ; sinon ``None``.

    :raises registre.comptes.frein.TropDEssais: si l’essai arrive trop tôt.
    """
    essai = frein.essayer(frein.cle_de("facteur", str(compte.pk)))
    with transaction.atomic():
        if consommer_le_code(compte, code):
            essai.reussi()
            # Locked: of two renewals at once, the codes of the second are the ones that count.
            codes = refaire_les_codes(SecondFacteur.objects.select_for_update().get(compte=compte))
            consigner("codes_de_secours_refaits", le=le, acteur=compte, objet=f"compte:{compte.pk}")
            quoi = "Vos codes de secours ont été refaits. Les anciens ne valent plus rien."
            avertir(compte, compte.email, "second_facteur_change", le, quoi=quoi)
            return codes
    return refuser(compte, le=le)


def refaire_les_codes(facteur: SecondFacteur) -> list[str]:
    """Efface les codes de secours et en écrit dix autres, rendus ici une seule fois ; dans une transaction."""
    codes = second_facteur.nouveaux_codes_de_secours()
    CodeDeSecours.objects.filter(facteur=facteur).delete()
    CodeDeSecours.objects.bulk_create(
        CodeDeSecours(facteur=facteur, empreinte=second_facteur.empreinte_du_code(code)) for code in codes
    )
    return codes
