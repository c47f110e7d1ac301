"""Ce qui manque aux spécialités d’une session, et comment le service le complète."""

from __future__ import annotations

import unicodedata
from typing import Any

from registre.regles.cadre import Cadre, Specialite


def ouvertes(cadre: Cadre) -> list[Specialite]:
    """Les spécialités de la session, dans l’ordre alphabétique."""
    return sorted((s for s in cadre.specialites.values() if s.ouverte), key=lambda s: _plat(s.libelle))


def a_completer(cadre: Cadre) -> list[dict[str, Any]]:
    """Les spécialités de la session fermées à l’inscription tant qu’une valeur manque (L-35, L-38).

    Chaque ligne : ``specialite``, ``manque`` en français, ``fichier`` dans le dossier des paramètres, et
    ``contenu``, ce qu’il faut y écrire.
    """
    return [
        {
            "specialite": s,
            "manque": _manque(s),
            "fichier": f"{cadre.session}/{cadre.examen}/specialites/{s.slug}.toml",
            "contenu": _contenu(s),
        }
        for s in ouvertes(cadre)
        if not s.ouverte_a_l_inscription
    ]


def _manque(specialite: Specialite) -> str:
    if specialite.lvb is None:
        return "savoir si la langue vivante B (LVB) y est obligatoire"
    return "la liste des épreuves"


def _contenu(specialite: Specialite) -> str:
    """The rest follows from ``lvb``: the loader then keeps the right unité and declares the épreuves known."""
    if specialite.lvb is None:
        return 'lvb = true  # ou false\nlvb_source = "le texte qui le dit, et sa date"'
    return "epreuves_connues = true\n# et les tables [[epreuves]], comme dans les autres spécialités"


def _plat(libelle: str) -> str:
    return unicodedata.normalize("NFD", libelle.casefold()).encode("ascii", "ignore").decode()
