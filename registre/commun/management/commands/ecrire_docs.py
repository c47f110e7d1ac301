"""``python manage.py ecrire_docs`` : récrit les pages de ``docs/`` tirées du code et des données."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registre.commun.documentation import pages
from registre.parametres.chargeur import ParametresInvalides

DOSSIER_DES_CAS = "tests/regles/cas"


class Command(BaseCommand):
    help = "Récrit docs/lectures.md, docs/regles.md et docs/etats.md d’après les sources, les règles et les cas."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            contenus = pages(settings.BASE_DIR / DOSSIER_DES_CAS)
        except ParametresInvalides as erreur:
            raise CommandError("\n".join(map(str, erreur.problemes))) from erreur
        except FileNotFoundError as erreur:
            raise CommandError(f"Aucun fichier de cas dans {erreur}.") from erreur
        for nom, contenu in contenus.items():
            page = settings.BASE_DIR / "docs" / nom
            page.write_text(contenu, encoding="utf-8")
            self.stdout.write(f"{page.relative_to(settings.BASE_DIR)} récrit.")
