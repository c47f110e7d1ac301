"""Écrit pourquoi : tout ce que les règles ont conclu d’une candidature enregistrée, pas à pas."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from registre.commun.cadres import tous
from registre.commun.horloge import maintenant
from registre.commun.journal import consigner
from registre.commun.sources import par_texte
from registre.inscription.models import Candidature, VersionDeCandidature
from registre.inscription.pourquoi import traces_de_la_version
from registre.regles.trace import Tableau, Trace


class Command(BaseCommand):
    help = "Explique une candidature enregistrée : conditions, forme, acquis, épreuves, pièces. Sans nom ni adresse."

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        # Django's own --version, which tells that of Django, gives way to ours.
        return super().create_parser(*args, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numero", help="numéro d’inscription")
        parser.add_argument("--version", type=int, help="version à expliquer ; la dernière sans cette option")
        parser.add_argument("--format", choices=("texte", "json"), default="texte")

    def handle(self, *_args: Any, numero: str, version: int | None, format: str, **_options: Any) -> None:
        candidature = Candidature.objects.select_related("compte").filter(numero=numero.strip().upper()).first()
        if candidature is None:
            raise CommandError(f"Aucune candidature ne porte le numéro {numero}.")
        cadre = tous().get(candidature.cle)
        if cadre is None:
            raise CommandError(f"Les paramètres de la session {candidature.session} ne sont plus chargés.")
        numero_de_version = candidature.derniere_version if version is None else version
        lue = candidature.versions.filter(numero=numero_de_version).first()
        if lue is None:
            raise CommandError(f"Cette candidature n’a pas de version {numero_de_version}.")
        with transaction.atomic():  # a person's data is read: the journal says so, or nothing is shown
            consigner(
                "candidature_consultee",
                le=maintenant(),
                acteur=None,
                objet=f"candidature:{candidature.numero}",
                par="explain_candidature",
                version=lue.numero,
            )
            traces = traces_de_la_version(candidature, lue, candidature.compte, cadre)
        ecrit = en_json if format == "json" else en_texte
        self.stdout.write(ecrit(candidature, lue, traces))


def en_json(candidature: Candidature, version: VersionDeCandidature, traces: tuple[Trace, ...]) -> str:
    contenu = {
        "candidature": candidature.numero,
        "version": version.numero,
        "traces": [trace.en_json() for trace in traces],
    }
    return json.dumps(contenu, ensure_ascii=False, indent=2)


def en_texte(candidature: Candidature, version: VersionDeCandidature, traces: tuple[Trace, ...]) -> str:
    lignes = [f"Candidature {candidature.numero}, version {version.numero}"]
    for trace in traces:
        lignes += ["", trace.objet, "=" * len(trace.objet), trace.conclusion, *_pas(trace), *_textes(trace)]
    return "\n".join(lignes)


def _pas(trace: Trace) -> Iterator[str]:
    for pas in trace.pas:
        yield f"  - {pas.texte} {pas.valeur}".rstrip()
        if pas.tableau:
            yield from _tableau(pas.tableau)


def _tableau(tableau: Tableau) -> Iterator[str]:
    """Des colonnes de la largeur de leur plus longue case."""
    rangees = (tableau.entetes, *tableau.lignes)
    largeurs = [max(map(len, colonne)) for colonne in zip(*rangees, strict=True)]
    for rangee in rangees:
        yield "      " + " | ".join(c.ljust(n) for c, n in zip(rangee, largeurs, strict=True)).rstrip()


def _textes(trace: Trace) -> Iterator[str]:
    if trace.sources:
        yield "  Les textes\u00a0:"
    for titre, _ in par_texte(trace.sources):
        yield f"    {titre}"
