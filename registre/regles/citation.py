"""Citer ses sources : une règle dit toujours quel passage ou quel texte elle applique.

Une règle est une fonction pure décorée par :func:`applique`. Elle rend des :class:`Motif`, jamais
d'exception : chaque motif porte le champ en cause, ce qu'il faut faire, et les références qui fondent
le refus, que la page montre sous « Pourquoi ? ».
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Motif:
    """Une raison de refuser, adressée au candidat.

    ``code`` est stable (``lva_manquante``) ; ``champ`` est le nom du champ en cause, vide quand le motif
    porte sur toute l'étape ; ``message`` est une phrase française qui dit quoi faire ; ``sources`` sont des
    identifiants de ``sources/*.toml``.
    """

    code: str
    champ: str
    message: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Regle:
    """Une règle enregistrée : son nom, son énoncé (première phrase de la docstring), ses sources."""

    nom: str
    enonce: str
    sources: tuple[str, ...]
    fonction: Callable[..., Any]


REGLES: dict[str, Regle] = {}


def applique(*sources: str) -> Callable[[F], F]:
    """Déclare les passages, faits (R…) et lectures (L-…) qu'une règle applique.

    :raises ValueError: si la règle n'a ni source ni docstring, ou si son nom est déjà pris.
    """

    def enregistrer(fonction: F) -> F:
        nom = f"{fonction.__module__.removeprefix('registre.regles.')}.{fonction.__name__}"
        enonce = (fonction.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
        if not sources or not enonce or nom in REGLES:
            raise ValueError(f"règle mal déclarée : {nom}")
        REGLES[nom] = Regle(nom, enonce, sources, fonction)
        return fonction

    return enregistrer


def codes(motifs: Iterable[Motif]) -> list[str]:
    """Les codes des motifs, dans leur ordre : la forme que comparent les cas de référence."""
    return [m.code for m in motifs]
