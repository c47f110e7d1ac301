"""Chapitre ``etats`` : les actes sur une candidature."""

from __future__ import annotations

from dataclasses import dataclass

from registre.cas.adaptateur import Adaptateur, Observe
from registre.cas.validation import CasMalEcrit
from registre.regles.cadre import Cadre
from registre.regles.etats import TRANSITIONS, Acteur, EtatCandidature, transition

ACTES = sorted({t.acte for t in TRANSITIONS})


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``etat`` est absent pour un brouillon."""

    etat: EtatCandidature | None = None
    acte: str
    acteur: Acteur


def observer(s: Situation, _cadre: Cadre) -> Observe:
    if s.acte not in ACTES:
        raise CasMalEcrit(("situation.acte", f"acte inconnu\u00a0; actes possibles\u00a0: {', '.join(ACTES)}"))
    trouvee = transition(s.etat, s.acte, s.acteur)
    return Observe({"possible": trouvee is not None, "nouvel_etat": trouvee.nouvel_etat if trouvee else None})


ADAPTATEURS = (Adaptateur(chapitre="etats", situation=Situation, observer=observer, sinon={"nouvel_etat": None}),)
