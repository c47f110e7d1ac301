"""Un caractère qu’aucune police n’a ne doit pas empêcher un document de paraître.

PDF/A et PDF/UA refusent un caractère sans dessin. Le moteur dit lui-même, caractère par caractère, ce qu’il sait
écrire ; le reste devient une marque visible, et le document le dit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

MARQUE = "\ufffd"
AVIS = (
    f"Certains caractères ne peuvent pas être imprimés\u00a0: ils sont remplacés par {MARQUE}. "
    "La page du document, sur le site, les montre tous."
)
# What Marianne draws, and nearly every text is made of: no need to ask.
_COURANTS = re.compile(r"[\n\x20-\x7e\xa0-\xac\xae-\u017e’‘“”«»…–—\u202f]*")


def imprimable(valeur: Any, sait_ecrire: Callable[[str], bool]) -> tuple[Any, bool]:
    """(``valeur`` sans caractère impossible, vrai si l’un d’eux a été remplacé), listes et tables comprises."""
    if isinstance(valeur, str):
        texte = _texte(valeur, sait_ecrire)
        return texte, MARQUE in texte
    if isinstance(valeur, dict):
        cles, enfants = list(valeur), [imprimable(v, sait_ecrire) for v in valeur.values()]
        return dict(zip(cles, [e for e, _ in enfants], strict=True)), any(touche for _, touche in enfants)
    if isinstance(valeur, list):
        enfants = [imprimable(v, sait_ecrire) for v in valeur]
        return [e for e, _ in enfants], any(touche for _, touche in enfants)
    return valeur, False


def _texte(texte: str, sait_ecrire: Callable[[str], bool]) -> str:
    texte = unicodedata.normalize("NFC", texte)
    if _COURANTS.fullmatch(texte):
        return texte
    return "".join(_groupe(g, sait_ecrire) for g in _groupes(texte))


def _groupe(groupe: str, sait_ecrire: Callable[[str], bool]) -> str:
    if _COURANTS.fullmatch(groupe):
        return groupe
    if unicodedata.category(groupe[0]) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return MARQUE
    return groupe if sait_ecrire(groupe) else MARQUE


def _groupes(texte: str) -> list[str]:
    """Cuts before each character that is not a combining mark."""
    groupes: list[str] = []
    for c in texte:
        if groupes and unicodedata.category(c).startswith("M"):
            groupes[-1] += c
        else:
            groupes.append(c)
    return groupes
