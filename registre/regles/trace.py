"""Le chemin d'un résultat : ce qui a été constaté, calculé, conclu, avec les références.

Une trace est une donnée. Elle se construit à partir du résultat d'une règle, jamais à côté de lui, et un seul
rendu la montre dans les pages, un seul dans les documents. Chaque phrase s'adresse au candidat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tableau:
    """Des lignes de textes déjà mis en forme. Chaque ligne a autant de cases que ``entetes``."""

    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(ligne) != len(self.entetes) for ligne in self.lignes):
            raise ValueError("une ligne du tableau n’a pas le nombre de cases de l’en-tête")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pas:
    """Un pas du raisonnement.

    ``code`` est stable (``moyenne_generale``) ; ``texte`` est une phrase ; ``valeur`` est la figure à retenir,
    mise en forme (« 9,35 / 20 ») ; ``sources`` sont des identifiants de ``sources/*.toml``.
    """

    code: str
    texte: str
    sources: tuple[str, ...]
    valeur: str = ""
    tableau: Tableau | None = None

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"le pas «\u00a0{self.code}\u00a0» ne dit pas sur quoi il repose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Pourquoi ``objet`` (« Moyenne générale ») vaut ``conclusion`` : les pas, dans l'ordre du calcul."""

    objet: str
    conclusion: str
    pas: tuple[Pas, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Les références de tous les pas, sans doublon, dans l'ordre où elles servent."""
        return tuple(dict.fromkeys(source for pas in self.pas for source in pas.sources))

    def en_json(self) -> dict[str, Any]:
        """La trace en textes, listes et dictionnaires, prête à figer ou à imprimer."""
        return {
            "objet": self.objet,
            "conclusion": self.conclusion,
            "pas": [
                {
                    "code": p.code,
                    "texte": p.texte,
                    "valeur": p.valeur,
                    "sources": list(p.sources),
                    "tableau": p.tableau
                    and {"entetes": list(p.tableau.entetes), "lignes": [list(ligne) for ligne in p.tableau.lignes]},
                }
                for p in self.pas
            ],
        }
