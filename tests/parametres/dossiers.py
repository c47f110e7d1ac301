"""Fabriquer des dossiers de paramètres pour les tests : une copie à abîmer, ou une couche à superposer."""

from __future__ import annotations

import shutil
from pathlib import Path

from registre.parametres.chargeur import DOSSIER_DE_BASE

EXAMEN = "2026/bac-pro"


def copie_de_la_base(dossier: Path) -> Path:
    """Une copie des paramètres de base, qu'un test peut modifier."""
    return Path(shutil.copytree(DOSSIER_DE_BASE, dossier / "donnees"))


def remplacer(racine: Path, nom: str, ancien: str, nouveau: str) -> None:
    """Remplace ``ancien``, présent une seule fois dans le fichier ``nom`` de l'examen."""
    fichier = racine / EXAMEN / nom
    texte = fichier.read_text(encoding="utf-8")
    assert texte.count(ancien) == 1, f"{ancien!r} n'est pas une seule fois dans {nom}"
    fichier.write_text(texte.replace(ancien, nouveau), encoding="utf-8")


def couche(dossier: Path, nom: str, contenu: str) -> Path:
    """Un dossier qui n'a qu'un fichier, à superposer à la base."""
    fichier = dossier / EXAMEN / nom
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(contenu, encoding="utf-8")
    return dossier
