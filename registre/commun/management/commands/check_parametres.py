"""``python manage.py check_parametres [dossier…]`` : ce que les paramètres savent de chaque spécialité."""

from __future__ import annotations

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registre.parametres.chargeur import DOSSIER_DE_BASE, Cle, ParametresInvalides, charger
from registre.parametres.verification import Bilan, EtatDeSpecialite, Gravite, bilans, fichiers_ignores
from registre.regles.cadre import Cadre


class Command(BaseCommand):
    help = (
        "Dit de chaque spécialité si elle est ouverte, ce qui est connu et ce qui manque. "
        "Code 1 si des données se contredisent, 2 si un fichier est faux."
    )
    requires_system_checks = ()  # the parameters are what is checked: their faults are said here, with their own code

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "dossiers",
            nargs="*",
            type=Path,
            help="dossiers de paramètres superposés à ceux du projet, dans cet ordre (par défaut, ceux du site)",
        )
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *_args: Any, dossiers: list[Path], format: str, **_options: Any) -> None:
        try:
            lus = bilans(_charger(dossiers or settings.DOSSIERS_DE_PARAMETRES))
        except ParametresInvalides as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        self.stdout.write(
            _en_json(lus) if format == "json" else "\n".join(ligne for b in lus for ligne in _en_texte(b))
        )
        erreurs = sum(b.totaux["erreurs"] for b in lus)
        if erreurs:
            raise CommandError(
                f"{erreurs} contradiction{'s' if erreurs > 1 else ''} dans les paramètres.", returncode=1
            )


def _charger(dossiers: list[Path]) -> dict[Cle, Cadre]:
    """Les cadres, si chaque fichier des dossiers est lu : un fichier mal nommé ne compte pas sans un mot.

    :raises ParametresInvalides: avec tous les problèmes du chargeur, ou les fichiers qu’il ne lirait pas.
    """
    cadres = charger([DOSSIER_DE_BASE, *dossiers])
    problemes = [p for d in dossiers for p in fichiers_ignores(d)]
    if problemes:
        raise ParametresInvalides(problemes)
    return cadres


# --- Texte ------------------------------------------------------------------------------------------


def _en_texte(bilan: Bilan) -> Iterator[str]:
    yield f"Session {bilan.session}, {bilan.examen}, {', '.join(bilan.academies)}"
    for specialite in bilan.specialites:
        yield f"\n{specialite.slug}\u00a0: {specialite.libelle}"
        yield f"  {', '.join(_etat(specialite))}"
        yield from _constats(specialite)
    yield "\nTotaux"
    yield from (f"  {nom}\u00a0: {nombre}" for nom, nombre in bilan.totaux.items())


def _etat(s: EtatDeSpecialite) -> Iterator[str]:
    if s.ouverte:
        yield "ouverte à l’inscription" if s.ouverte_a_l_inscription else "ouverte à la session, pas à l’inscription"
    else:
        yield "fermée"
    yield "épreuves connues" if s.epreuves_connues else "épreuves à compléter" if s.ouverte else "épreuves non lues"
    if s.sommes:
        yield _etat_des_coefficients(s)
        yield {True: "sommes justes", False: "sommes fausses", None: "sommes non vérifiables"}[s.sommes_justes]
    if s.ouverte:
        yield {
            True: "coefficients généraux conformes",
            False: "coefficients généraux non conformes",
            None: "coefficients généraux incomplets",
        }[s.generaux_justes]


def _etat_des_coefficients(s: EtatDeSpecialite) -> str:
    if s.coefficients_connus:
        return "coefficients connus"
    if any(c.code == "coefficients_a_confirmer" for c in s.constats):
        return "coefficients à confirmer"
    return "coefficients à compléter" if s.ouverte else "coefficients non lus"


def _constats(s: EtatDeSpecialite) -> Iterator[str]:
    """Une ligne par lieu : ce qui manque à une unité se lit d’un coup. Les contradictions viennent d’abord."""
    ranges = (*s.erreurs, *s.avertissements)
    for (gravite, lieu), constats in groupby(ranges, key=lambda c: (c.gravite, c.lieu)):
        marque = "ERREUR " if gravite is Gravite.ERREUR else ""
        dits = "\u00a0; ".join(c.message for c in constats)
        yield f"  - {marque}{lieu}\u00a0: {dits}" if lieu else f"  - {marque}{dits}"


# --- JSON -------------------------------------------------------------------------------------------


def _en_json(lus: tuple[Bilan, ...]) -> str:
    contenu = [
        {
            "session": b.session,
            "examen": b.examen,
            "academies": b.academies,
            "specialites": [
                dataclasses.asdict(s)
                | {
                    "sommes_justes": s.sommes_justes,
                    "sommes": [dataclasses.asdict(x) | {"juste": x.juste} for x in s.sommes],
                }
                for s in b.specialites
            ],
            "totaux": b.totaux,
        }
        for b in lus
    ]
    return json.dumps(contenu, ensure_ascii=False, indent=2, default=str)
