"""L’empreinte d’un contenu : la même sur toutes les machines et toutes les bases."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def empreinte(contenu: dict[str, Any]) -> str:
    """SHA-256, en hexadécimal, du JSON canonique : clés triées, sans espace, UTF-8.

    :raises TypeError: si le contenu n’est pas fait de textes, d’entiers, de booléens, de listes et de tables.
    """
    _verifie(contenu)
    texte = json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


def _verifie(valeur: Any) -> None:
    """Floats are written differently from one database to the next: the frozen content has none."""
    if isinstance(valeur, dict):
        for cle, enfant in valeur.items():
            _verifie_type(cle, str)
            _verifie(enfant)
    elif isinstance(valeur, list):
        for enfant in valeur:
            _verifie(enfant)
    else:
        _verifie_type(valeur, str, int, bool, type(None))


def _verifie_type(valeur: Any, *types: type) -> None:
    if not isinstance(valeur, types):
        raise TypeError(f"un contenu figé ne porte pas de {type(valeur).__name__}")
