"""Chapitre ``calendrier`` : ce qui est permis à un instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registre.cas.adaptateur import Adaptateur, Observe, refus
from registre.regles.cadre import Cadre
from registre.regles.calendrier import Acte, Reouverture, acte_permis


@dataclass(frozen=True, kw_only=True)
class Situation:
    acte: Acte
    instant: datetime
    piece: str | None = None
    reouverture: Reouverture | None = None


def observer(s: Situation, cadre: Cadre) -> Observe:
    motif = acte_permis(s.acte, s.instant, cadre.calendrier, s.reouverture, s.piece)
    return refus(motif, permis=motif is None)


ADAPTATEURS = (Adaptateur(chapitre="calendrier", situation=Situation, observer=observer, sinon={"motif": None}),)
