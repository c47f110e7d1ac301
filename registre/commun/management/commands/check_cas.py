"""``python manage.py check_cas <fichiers ou dossiers>`` : passe des cas de référence aux règles.

Un fichier de cas décrit des situations et les résultats attendus ; ``tests/regles/cas/LISEZMOI.md`` en donne la forme.
La commande écrit une ligne par cas : « tenu », « différent » avec chaque clé attendue et obtenue, ou « impossible »
avec ce qui empêche de l'exécuter. Le chapitre d'un cas est le début de son identifiant (``langues.07``) : un fichier
peut porter n'importe quel nom et réunir plusieurs chapitres.

Les paramètres sont ceux de la session la plus récente ; ``--academie``, ``--session`` et ``--examen`` en choisissent
d'autres. La commande réussit (code 0) seulement si tous les cas sont tenus et tous les fichiers lisibles.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registre.cas.execution import Difference, Resultat, executer
from registre.cas.lecture import Lecture, lire_cas
from registre.commun import cadres
from registre.parametres.chargeur import ParametresInvalides, Probleme
from registre.regles.cadre import Cadre


class Command(BaseCommand):
    help = "Passe des cas de référence aux règles, et dit en quoi chaque résultat diffère de ce que le cas attend."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("chemins", nargs="+", metavar="fichier ou dossier", help="des cas, en TOML")
        parser.add_argument("--format", choices=["texte", "json"], default="texte", help="texte par défaut")
        parser.add_argument("--academie", help="par exemple clermont-ferrand")
        parser.add_argument("--session", type=int, help="par exemple 2026")
        parser.add_argument("--examen", help="par exemple bac-pro")

    def handle(self, *_args: Any, chemins: list[str], **options: Any) -> None:
        cadre = choisir_le_cadre(options["academie"], options["session"], options["examen"])
        lectures = [lire(fichier) for chemin in chemins for fichier in fichiers(Path(chemin))]
        resultats = [executer(cas, cadre) for lecture in lectures for cas in lecture.cas]
        problemes = [probleme for lecture in lectures for probleme in lecture.problemes]
        tenus = sum(resultat.tenu for resultat in resultats)
        if options["format"] == "json":
            self.stdout.write(
                json.dumps(en_json(cadre, resultats, problemes), ensure_ascii=False, indent=2, default=str)
            )
        else:
            self.stdout.write(f"Paramètres\u00a0: {nom_du_cadre(cadre)}.")
            for ligne in [*map(ligne_de, resultats), *(f"illisible   {probleme}" for probleme in problemes)]:
                self.stdout.write(ligne)
            self.stdout.write(f"Cas tenus\u00a0: {tenus} sur {len(resultats)}.")
        if problemes or tenus < len(resultats):
            raise CommandError("Tous les cas ne sont pas tenus, ou tous ne sont pas lisibles.")


def choisir_le_cadre(academie: str | None, session: int | None, examen: str | None) -> Cadre:
    """Le cadre demandé ; sans demande, celui de la session la plus récente.

    :raises CommandError: si les paramètres sont faux, ou si aucun cadre ne répond à la demande.
    """
    try:
        tous = list(cadres.tous().values())
    except ParametresInvalides as erreur:
        raise CommandError(str(erreur)) from None
    voulus = [
        c
        for c in tous
        if academie in (None, c.academie) and session in (None, c.session) and examen in (None, c.examen)
    ]
    if not voulus:
        connus = "\u00a0; ".join(sorted(map(nom_du_cadre, tous)))
        raise CommandError(f"Aucun paramètre pour ce choix. Paramètres connus\u00a0: {connus}.")
    prefere = cadres.principal()
    return prefere if prefere in voulus else max(voulus, key=lambda c: c.session)


def nom_du_cadre(cadre: Cadre) -> str:
    return f"{cadre.academie}, session {cadre.session}, {cadre.examen}"


def fichiers(chemin: Path) -> list[Path]:
    """Le fichier lui-même, ou tous les fichiers ``.toml`` du dossier et de ses sous-dossiers.

    :raises CommandError: si rien n'existe à cet endroit, ou si le dossier n'a aucun fichier de cas.
    """
    if not chemin.exists():
        raise CommandError(f"{chemin}\u00a0: ce fichier ou ce dossier n’existe pas.")
    if not chemin.is_dir():
        return [chemin]
    trouves = sorted(chemin.rglob("*.toml"))
    if not trouves:
        raise CommandError(f"{chemin}\u00a0: ce dossier ne contient aucun fichier .toml.")
    return trouves


def lire(fichier: Path) -> Lecture:
    try:
        texte = fichier.read_text(encoding="utf-8")
    except UnicodeDecodeError as erreur:
        message = f"ce fichier n’est pas un texte en UTF-8 (octet {erreur.start + 1})"
        return Lecture((), (Probleme(str(fichier), "", message),))
    except OSError as erreur:
        return Lecture((), (Probleme(str(fichier), "", f"fichier illisible ({erreur.__class__.__name__})"),))
    return lire_cas(texte, str(fichier))


def ligne_de(resultat: Resultat) -> str:
    """« différent   langues.02  nom du cas — motifs : attendu … ; obtenu … (fichier, ligne 12) »."""
    cas = resultat.cas
    if resultat.tenu:
        return f"tenu        {cas.id}  {cas.nom}"
    ecarts = resultat.probleme or " ".join(map(ecart, resultat.differences))
    verdict = "impossible" if resultat.probleme else "différent "
    return f"{verdict}  {cas.id}  {cas.nom} — {ecarts} ({cas.fichier}, {cas.lieu})"


def ecart(difference: Difference) -> str:
    attendu, obtenu = montre(difference.attendu), montre(difference.obtenu)
    return f"{difference.cle}\u00a0: attendu {attendu}\u00a0; obtenu {obtenu}."


def montre(valeur: Any) -> str:
    return "rien" if valeur is None else json.dumps(valeur, ensure_ascii=False, default=str)


def en_json(cadre: Cadre, resultats: list[Resultat], problemes: list[Probleme]) -> dict[str, Any]:
    return {
        "parametres": {"academie": cadre.academie, "session": cadre.session, "examen": cadre.examen},
        "cas": [
            {
                "id": r.cas.id,
                "nom": r.cas.nom,
                "fichier": r.cas.fichier,
                "lieu": r.cas.lieu,
                "tenu": r.tenu,
                "probleme": r.probleme,
                "differences": [{"cle": d.cle, "attendu": d.attendu, "obtenu": d.obtenu} for d in r.differences],
            }
            for r in resultats
        ],
        "problemes": [p._asdict() for p in problemes],
        "tenus": sum(r.tenu for r in resultats),
        "total": len(resultats),
    }
