"""Chapitre ``correspondances`` : ce que devient une ancienne unité dans le nouveau règlement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registre.cas.adaptateur import Adaptateur, Observe, dit
from registre.regles.cadre import Cadre, Correspondance, LigneCorrespondance
from registre.regles.correspondances import Traversee, succession, traversee
from registre.regles.vocabulaire import Certitude


@dataclass(frozen=True, kw_only=True)
class Tableau:
    """Sans ``lignes`` : le tableau n'a pas été lu."""

    ancien: str
    nouveau: str
    lignes: tuple[LigneCorrespondance, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``tableaux`` : ceux que le cas donne, à la place de ceux de la session."""

    ancien: str
    nouveau: str
    unite: str
    tableaux: tuple[Tableau, ...]


def observer(s: Situation, cadre: Cadre) -> Observe:
    tableaux = [
        Correspondance(
            ancien=t.ancien,
            nouveau=t.nouveau,
            lignes=t.lignes,
            source=("L-48",),
            certitude=Certitude.LECTURE,
            verifie_le=date(cadre.session, 1, 1),
        )
        for t in s.tableaux
    ]
    chemin = succession(s.ancien, s.nouveau, tableaux)
    suivie = traversee(s.unite, chemin)
    return Observe(
        {
            "chemin": [chemin[0].ancien, *(c.nouveau for c in chemin)] if chemin else [],
            "suite": _suite(suivie),
            "unite": suivie.unite or None,
            "reformes": len(suivie.franchissements),
            "dit": [suivie.explication.replace("\u00a0", " ")] if suivie.unite is None else [],
        }
    )


def _suite(suivie: Traversee) -> str:
    if suivie.unite is None:
        return "a_instruire"
    return "suivie" if suivie.unite else "sans_equivalent"


ADAPTATEURS = (
    Adaptateur(
        chapitre="correspondances",
        situation=Situation,
        observer=observer,
        comparaisons={"dit": dit},
        sinon={"unite": None},
    ),
)
