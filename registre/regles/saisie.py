"""Ce qui a été tapé dans une étape : champ -> texte, ou liste de textes. Lire sans jamais lever d’erreur."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from registre.regles.citation import Motif

Saisie = Mapping[str, Any]
LONGUEUR_MAXIMALE = 200  # characters; a line of an address or a name is far below


def texte(saisie: Saisie, champ: str) -> str:
    """Le texte d’un champ, blancs repliés ; vide s’il manque ou s’il n’est pas un texte."""
    brut = saisie.get(champ, "")
    if isinstance(brut, list):
        brut = brut[-1] if brut else ""
    if not isinstance(brut, str):
        return ""
    return " ".join(unicodedata.normalize("NFC", brut).split())


def valeurs(saisie: Saisie, champ: str) -> tuple[str, ...]:
    """Les valeurs d’un champ à plusieurs cases, dans l’ordre tapé."""
    brut = saisie.get(champ, [])
    if isinstance(brut, str):
        brut = [brut]
    return tuple(v for v in brut if isinstance(v, str) and v) if isinstance(brut, (list, tuple)) else ()


def oui_ou_non(saisie: Saisie, champ: str) -> bool | None:
    """Vrai pour « oui », faux pour « non », ``None`` pour toute autre chose."""
    return {"oui": True, "non": False}.get(texte(saisie, champ))


def lignes(saisie: Saisie, prefixe: str) -> list[tuple[str, dict[str, Any]]]:
    """Les lignes ``<prefixe>-<n>-<champ>`` qui portent quelque chose : (« prefixe-n », champs), par n croissant."""
    motif = re.compile(rf"{re.escape(prefixe)}-([0-9]{{1,3}})-([a-z_]+)")
    trouvees: dict[int, dict[str, Any]] = {}
    for champ, valeur in saisie.items():
        if (m := motif.fullmatch(champ)) and valeur not in ("", [], [""]):
            trouvees.setdefault(int(m.group(1)), {})[m.group(2)] = valeur
    return [(f"{prefixe}-{n}", trouvees[n]) for n in sorted(trouvees)]


def texte_correct(saisie: Saisie, champ: str, *sources: str) -> list[Motif]:
    """Refuse les caractères de commande et les textes trop longs, que rien n’oblige à taper."""
    lu = texte(saisie, champ)
    if len(lu) > LONGUEUR_MAXIMALE:
        message = f"Raccourcissez ce texte\u00a0: {LONGUEUR_MAXIMALE} caractères au plus."
        return [Motif("texte_trop_long", champ, message, sources)]
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in lu):
        return [
            Motif("texte_illisible", champ, "Ce texte contient un caractère invisible. Tapez-le de nouveau.", sources)
        ]
    return []
