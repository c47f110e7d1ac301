"""Passer le second facteur sans le téléphone, par un code de secours."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from registre.commun.journal import consigner
from registre.comptes import frein, second_facteur
from registre.comptes.models import CodeDeSecours
from registre.comptes.usecases.pass_second_facteur import refuser


def pass_par_code_de_secours(request: HttpRequest, code: str, *, le: datetime) -> bool:
    """Ouvre le service à cette session du site si ``code`` est un code de secours ; il ne servira plus.

    :raises registre.comptes.frein.TropDEssais: si l’essai arrive trop tôt.
    """
    compte = request.user
    essai = frein.essayer(frein.cle_de("facteur", str(compte.pk)))
    siens = CodeDeSecours.objects.filter(facteur__compte=compte)
    trouve = siens.filter(empreinte=second_facteur.empreinte_du_code(code)).first()
    with transaction.atomic():
        # One DELETE decides: of two uses at once, one finds the row.
        if trouve and CodeDeSecours.objects.filter(pk=trouve.pk).delete()[0]:
            essai.reussi()
            second_facteur.marquer_passe(request, compte)
            objet, restent = f"compte:{compte.pk}", siens.count()
            consigner("code_de_secours_utilise", le=le, acteur=compte, objet=objet, restent=restent)
            return True
    refuser(compte, le=le)
    return False
