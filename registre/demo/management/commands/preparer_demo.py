"""Prépare la base de la démonstration, et dit qui peut se connecter."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.horloge import maintenant
from registre.comptes.models import Compte
from registre.demo import etats
from registre.demo.usecases.reset_demo import reset_demo
from registre.regles.calendrier import en_heure_de_paris


class Command(BaseCommand):
    help = "Crée les tables et les personnes inventées de la démonstration, puis montre les comptes à essayer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remettre-a-zero", action="store_true", help="effacer ce qui a été fait avant")

    def handle(self, *_args: Any, remettre_a_zero: bool, **_options: Any) -> None:
        if not settings.EN_DEMO:
            raise CommandError("Cette commande efface des données\u00a0: elle demande REGISTRE_MODE=demo.")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        neuve = remettre_a_zero or not Compte.objects.exists()
        if neuve:
            reset_demo(arrivee=timezone.now())
        self.stdout.write(_annonce(neuve))


def _annonce(neuve: bool) -> str:
    calendrier, le = principal().calendrier, maintenant()
    lignes = [
        "",
        f"Registre, démonstration\u00a0: {settings.URL_PUBLIQUE}/",
        f"  Courriels envoyés\u00a0: {settings.URL_PUBLIQUE}/demo/courriels/",
        f"  Pour le site, nous sommes {en_heure_de_paris(le, calendrier.fuseau)}.",
        "",
        "Personnes inventées qui peuvent se connecter\u00a0:",
    ]
    for p in etats.personnes(le):
        qui = p["personne"]
        lignes += [
            f"  {qui.email:<30} mot de passe\u00a0: {qui.mot_de_passe}",
            f"    {qui.nom_complet}, {p['role']}\u00a0: {p['etat']}",
            *(f"      {noms}\u00a0: {etat}" for etat, noms in p["pieces"].items()),
        ]
    lignes += [
        "",
        "Les comptes du service demandent aussi un code à six chiffres, que leur téléphone donnerait.",
        "La page qui le demande le montre dans le bandeau du haut.",
        f"Il est aussi sur {settings.URL_PUBLIQUE}/demo/, avec ce que vous pouvez essayer.",
    ]
    if not neuve:
        lignes += ["", "La démonstration reprend où elle en était. « Remettre à zéro » est dans le bandeau du site."]
    return "\n".join([*lignes, "", "Ctrl-C arrête tout.", ""])
