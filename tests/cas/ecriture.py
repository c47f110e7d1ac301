"""Case files written by the tests."""

from __future__ import annotations

from pathlib import Path

BON = """
[[cas]]
id = "langues.01"
nom = "anglais, sans LVB"
source = ["L-46"]

[cas.situation]
specialite = "agora"
lvb_obligatoire = false
lva = { etat = "inscrit", langue = "anglais" }

[cas.attendu]
motifs = []
acceptee = true
"""
D_UN_AUTRE_CHAPITRE = """
[[cas]]
id = "lecture.01"
nom = "une date"
genre = "date"
source = ["L-46"]

[cas.situation]
texte = "14/03/1990"

[cas.attendu]
valeur = 1990-03-14
"""


def ecrire(dossier: Path, texte: str, nom: str = "cas.toml") -> Path:
    fichier = dossier / nom
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(texte, encoding="utf-8")
    return fichier
