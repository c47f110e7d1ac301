"""Charge les relevés de notes de sessions passées, depuis un fichier CSV. Tout le fichier, ou rien.

Les colonnes sont décrites par ``--help`` et dans :mod:`registre.inscription.lecture_releves`.
"""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registre.commun.horloge import maintenant
from registre.inscription import lecture_releves
from registre.inscription.usecases.record_releve import Ecriture, record_releve


class Command(BaseCommand):
    help = (
        "Charge les relevés de notes de sessions passées. Ils se proposent au candidat à son inscription.\n"
        "Une ligne fausse, et rien n’est écrit. Le même fichier deux fois ne change rien la seconde.\n\n"
        + (lecture_releves.__doc__ or "").partition("\n\n")[2].replace("``", "")
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fichier", type=Path, help="le fichier CSV")
        parser.add_argument("--essai", action="store_true", help="dire ce qui serait fait, sans rien écrire")

    def handle(self, *_args: Any, fichier: Path, essai: bool, **_options: Any) -> None:
        le = maintenant()
        with transaction.atomic():
            try:
                with fichier.open(encoding="utf-8-sig", newline="") as texte:
                    lus, fautes = lecture_releves.lire_releves(texte)
            except OSError as erreur:
                raise CommandError(f"Le fichier ne s’ouvre pas : {erreur}.") from erreur
            except UnicodeDecodeError as erreur:
                raise CommandError("Le fichier n’est pas en UTF-8. Enregistrez-le en « CSV UTF-8 ».") from erreur
            for faute in fautes:
                self.stderr.write(f"ligne {faute.ligne} : {faute.message}")
            if fautes:
                raise CommandError(f"{len(fautes)} faute{'s' * (len(fautes) > 1)}. Rien n’a été écrit.")
            faits = Counter(record_releve(lu.compte, lu.cadre, lu.releve, le=le) for lu in lus)
            transaction.set_rollback(essai)
        detail = ", ".join(f"{e.value} : {faits[e]}" for e in Ecriture)
        self.stdout.write(f"{'Essai, rien n’est écrit. ' if essai else ''}Relevés lus : {len(lus)} ({detail}).")
