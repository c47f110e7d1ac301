"""Le nom d’un fichier envoyé : gardé pour l’affichage seul, jamais pour ranger ni pour reconnaître."""

from __future__ import annotations

import re
import unicodedata

LONGUEUR = 100
SANS_NOM = "fichier"
RETIRES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, invisible and bidi marks, surrogates, unassigned
LIANTS = "\u200d"  # joins the parts of one emoji


def nom_affiche(nom: str) -> str:
    """Le nom envoyé, montrable : dernière partie du chemin, NFC, sans caractère invisible, 100 caractères au plus.

    L’extension survit à la coupure. « fichier » quand il ne reste rien.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", nom))[-1]
    visible = "".join(c for c in base if c in LIANTS or unicodedata.category(c) not in RETIRES)
    propre = " ".join(visible.split()).strip(LIANTS)
    if not propre.strip(". "):
        return SANS_NOM
    return propre if len(propre) <= LONGUEUR else _coupe(propre)


def _coupe(nom: str) -> str:
    debut, point, extension = nom.rpartition(".")
    if not debut or len(extension) > 10:
        return nom[:LONGUEUR].rstrip()
    return debut[: LONGUEUR - len(extension) - 1].rstrip() + point + extension
