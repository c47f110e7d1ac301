"""Les pays, en français, d’après les données de l’Unicode (CLDR) que porte Babel."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale

# CLDR also names groups and reserved codes, which are nobody's country of birth.
PAS_DES_PAYS = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


@cache
def pays() -> tuple[tuple[str, str], ...]:
    """(code ISO 3166 à deux lettres, nom), la France d’abord, puis par ordre alphabétique."""
    noms = {
        code: str(nom)
        for code, nom in Locale("fr").territories.items()
        if len(code) == 2 and code.isalpha() and code not in PAS_DES_PAYS
    }
    return tuple(sorted(noms.items(), key=lambda p: (p[0] != "FR", _sans_accents(p[1]))))


@cache
def _par_code() -> dict[str, str]:
    return dict(pays())


def nom_du_pays(code: str) -> str:
    """Nom français du pays ; vide si le code est inconnu."""
    return _par_code().get(code, "")


def _sans_accents(nom: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", nom.casefold()) if not unicodedata.combining(c))
