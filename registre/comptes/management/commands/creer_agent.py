"""Crée un compte du service et lui envoie le lien pour choisir son mot de passe."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registre.commun.horloge import maintenant
from registre.comptes.models import Compte
from registre.comptes.usecases.create_agent import AgentRefuse, SaisieAgent, create_agent


class Command(BaseCommand):
    help = "Crée un compte du service, sans mot de passe : un courriel porte le lien pour le choisir."

    def add_arguments(self, parser: ArgumentParser) -> None:
        du_service = [Compte.Role.GESTIONNAIRE.value, Compte.Role.ADMINISTRATEUR.value]
        parser.add_argument("--email", required=True, help="adresse mail, qui sera l’identifiant")
        parser.add_argument("--nom", required=True)
        parser.add_argument("--prenoms", required=True)
        parser.add_argument("--academie", required=True, help="son code, par exemple clermont-ferrand")
        parser.add_argument("--role", choices=du_service, default=du_service[0])
        parser.add_argument("--referent-handicap", action="store_true", help="ouvre les réponses sur le handicap")

    def handle(self, *_args: Any, **options: Any) -> None:
        noms = ("email", "nom", "prenoms", "academie", "role", "referent_handicap")
        try:
            compte = create_agent(SaisieAgent(**{nom: options[nom] for nom in noms}), le=maintenant())
        except AgentRefuse as refus:
            raise CommandError(str(refus)) from refus
        self.stdout.write(f"Compte créé. Le lien est parti vers {compte.email}, il vaut une heure.")
