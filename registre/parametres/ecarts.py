"""Dire en français ce qui ne va pas dans un fichier TOML : l'endroit, ce qui est attendu, ce qui est trouvé.

Sert aux paramètres et aux cas de référence, que des services écrivent à la main.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails

Chemin = tuple[str | int, ...]

_PAS = re.compile(r"\[(?P<rang>\d+)\]|(?P<cle>[^.\[\]]+)")


def valeurs_interdites(valeur: Any, chemin: Chemin = ()) -> Iterator[tuple[Chemin, str]]:
    """Ce que TOML permet et que les règles n'acceptent pas : les flottants, les heures sans fuseau ou sans date."""
    if isinstance(valeur, float):
        yield chemin, f"attendu\u00a0: {_NOMS_DES_TYPES[Decimal]}\u00a0; trouvé\u00a0: {valeur} (virgule flottante)"
    elif isinstance(valeur, time) or (isinstance(valeur, datetime) and valeur.tzinfo is None):
        yield chemin, f"attendu\u00a0: {_NOMS_DES_TYPES[datetime]}\u00a0; trouvé\u00a0: {montrer(valeur)}"
    elif isinstance(valeur, dict):
        for cle, element in valeur.items():
            yield from valeurs_interdites(element, (*chemin, cle))
    elif isinstance(valeur, list):
        for i, element in enumerate(valeur):
            yield from valeurs_interdites(element, (*chemin, i))


def expliquer(classe: type, detail: ErrorDetails, chemin: Chemin, trouve: Any) -> str:
    match detail["type"]:
        case "missing":
            return f"clé manquante\u00a0; attendu\u00a0: {_nommer(_type_en(classe, chemin))}"
        case "unexpected_keyword_argument":
            parent = _type_en(classe, chemin[:-1])
            return cle_inconnue(f.name for f in dataclasses.fields(parent))
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            return f"attendu\u00a0: {_nommer(_type_en(classe, chemin))}\u00a0; trouvé\u00a0: {montrer(trouve)}"


def cle_inconnue(possibles: Iterable[str]) -> str:
    return f"clé inconnue\u00a0; clés possibles\u00a0: {', '.join(sorted(possibles))}"


def ecrire_chemin(chemin: Chemin) -> str:
    """``("langues", "obligatoires", 2)`` devient ``langues.obligatoires[2]``."""
    return "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in chemin).lstrip(".")


def lire_chemin(chemin: str) -> Chemin:
    """``langues.obligatoires[2]`` devient ``("langues", "obligatoires", 2)``."""
    return tuple(int(m["rang"]) if m["rang"] else m["cle"] for m in _PAS.finditer(chemin))


def valeur_en(valeurs: Any, chemin: Chemin) -> Any:
    for cle in chemin:
        try:
            valeurs = valeurs[cle]
        except (KeyError, IndexError, TypeError):
            return None
    return valeurs


def montrer(valeur: Any) -> str:
    match valeur:
        case None:
            return "rien"
        case bool():
            return f"{str(valeur).lower()} (vrai ou faux)"
        case int():
            return f"{valeur} (nombre entier)"
        case str():
            return f"«\u00a0{valeur}\u00a0» (texte)"
        case datetime():
            fuseau = "avec fuseau" if valeur.tzinfo else "sans fuseau"
            return f"{valeur.isoformat()} (date et heure {fuseau})"
        case date():
            return f"{valeur.isoformat()} (date)"
        case list():
            return f"une liste de {len(valeur)}"
        case dict():
            return "une table"
        case _:
            return repr(valeur)


_NOMS_DES_TYPES = {
    str: "texte",
    int: "nombre entier",
    bool: "vrai ou faux (true, false)",
    Decimal: "nombre décimal entre guillemets",
    date: "date (2026-05-05)",
    datetime: "date et heure avec fuseau (2025-10-06T09:00:00+02:00)",
}


def _nommer(attendu: Any) -> str:
    """Un type, dit en français."""
    if attendu in _NOMS_DES_TYPES:
        return _NOMS_DES_TYPES[attendu]
    origine, arguments = typing.get_origin(attendu), typing.get_args(attendu)
    if origine is typing.Literal:
        return "une valeur parmi " + ", ".join(f"«\u00a0{a}\u00a0»" for a in arguments)
    if origine in (typing.Union, types.UnionType):
        return _nommer(next(a for a in arguments if a is not type(None)))
    if origine is tuple and Ellipsis not in arguments:
        return f"liste de {len(arguments)}\u00a0: " + ", ".join(_nommer(a) for a in arguments)
    if origine in (tuple, list):
        return f"liste ({_nommer(arguments[0])})"
    if isinstance(attendu, type) and issubclass(attendu, StrEnum):
        return "une valeur parmi " + ", ".join(f"«\u00a0{v}\u00a0»" for v in attendu)
    if dataclasses.is_dataclass(attendu):
        return "table (" + ", ".join(f.name for f in dataclasses.fields(attendu)) + ")"
    return "table"


@cache
def _champs(classe: type) -> dict[str, Any]:
    return typing.get_type_hints(classe)


def _pas(attendu: Any, cle: str | int) -> Any:
    """Le type de l'élément ``cle`` d'une valeur de type ``attendu``, ``None`` s'il n'y en a pas."""
    origine, arguments = typing.get_origin(attendu), typing.get_args(attendu)
    if origine in (typing.Union, types.UnionType):
        return _pas(next(a for a in arguments if a is not type(None)), cle)
    if isinstance(attendu, type) and dataclasses.is_dataclass(attendu):
        return _champs(attendu).get(str(cle))
    if origine is dict:
        return arguments[1]
    if origine is tuple and isinstance(cle, int):
        return arguments[0] if Ellipsis in arguments else arguments[min(cle, len(arguments) - 1)]
    return None


def _type_en(classe: type, chemin: Chemin) -> Any:
    attendu: Any = classe
    for cle in chemin:
        attendu = _pas(attendu, cle)
    return attendu


_SYNTAXE = re.compile(
    r"^(?P<message>.*?) \(at (?:line (?P<ligne>\d+), column (?P<colonne>\d+)|end of document)\)$", re.S
)

# Le début du message de tomllib, et ce qu'il veut dire.
_SYNTAXES = {
    "Expected '='": "il manque «\u00a0=\u00a0» après le nom d’une clé",
    "Expected ']": "il manque «\u00a0]\u00a0» à la fin de l’en-tête",
    "Expected newline": "il y a quelque chose de trop sur cette ligne",
    "Cannot overwrite": "cette clé est écrite deux fois",
    "Duplicate inline": "cette clé est écrite deux fois",
    "Cannot declare": "cette table est écrite deux fois",
    "Cannot redefine": "cette table est écrite deux fois",
    "Cannot mutate": "cette table est déjà fermée",
    "Unclosed array": "il manque «\u00a0]\u00a0» à la fin d’une liste",
    "Unclosed inline": "il manque «\u00a0}\u00a0» à la fin d’une table",
    "Unterminated": "il manque un guillemet à la fin d’un texte",
    "Illegal character": "un texte n’est pas fermé, ou contient un signe interdit",
    "Unescaped": "dans un texte, «\u00a0\\\u00a0» s’écrit «\u00a0\\\\\u00a0»",
    "Invalid date": "cette date n’existe pas",
    "Invalid value": "valeur illisible\u00a0; un texte s’écrit entre guillemets",
}


def syntaxe_en_francais(erreur: tomllib.TOMLDecodeError) -> str:
    """« ligne 3, colonne 5 : valeur illisible »."""
    trouve = _SYNTAXE.match(str(erreur))
    message = trouve["message"] if trouve else ""
    raison = next((dite for debut, dite in _SYNTAXES.items() if message.startswith(debut)), "signe inattendu")
    if trouve is None or trouve["ligne"] is None:
        return f"fin du fichier\u00a0: {raison}"
    return f"ligne {trouve['ligne']}, colonne {trouve['colonne']}\u00a0: {raison}"
