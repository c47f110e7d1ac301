"""Efface ce qui a expiré : liens, essais comptés, saisies gardées, sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from registre.comptes import frein, reprise
from registre.comptes.models import Essai, Lien, PostEnAttente

GARDE_DES_LIENS = timedelta(days=7)  # an activation may be asked again after its link has expired


class Command(BaseCommand):
    help = "Efface les liens, essais, saisies gardées et sessions expirés. À lancer chaque jour."

    def handle(self, *_args: Any, **_options: Any) -> None:
        maintenant = timezone.now()
        Lien.objects.filter(expire_le__lte=maintenant - GARDE_DES_LIENS).delete()
        Essai.objects.filter(le__lte=maintenant - frein.JOUR).delete()
        PostEnAttente.objects.filter(recu_le__lte=maintenant - reprise.DUREE).delete()
        call_command("clearsessions")
