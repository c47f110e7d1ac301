"""Chapitre ``langues`` : LVA, LVB, LVF."""

from __future__ import annotations

from dataclasses import dataclass

from registre.cas.adaptateur import Adaptateur, Observe, juge
from registre.regles.cadre import Cadre
from registre.regles.langues import ChoixDeLangue, motifs_langues


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``specialite`` nomme la situation ; la règle n'en lit que ``lvb_obligatoire`` et ``lva_imposee``."""

    specialite: str
    lvb_obligatoire: bool | None = None
    lva_imposee: str | None = None
    lva: ChoixDeLangue | None = None
    lvb: ChoixDeLangue | None = None
    lvf: ChoixDeLangue | None = None


def observer(s: Situation, cadre: Cadre) -> Observe:
    return juge(motifs_langues(s.lva, s.lvb, s.lvf, s.lvb_obligatoire, cadre.langues, lva_imposee=s.lva_imposee))


ADAPTATEURS = (Adaptateur(chapitre="langues", situation=Situation, observer=observer, parametres=("langues",)),)
