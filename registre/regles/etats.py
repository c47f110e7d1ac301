"""États d'une candidature : une table, et rien d'autre ne fait changer d'état.

Un brouillon n'est pas encore une candidature : son état est ``None``. Le calendrier dit quand le candidat peut
agir ; le gestionnaire n'y est pas tenu (L-49).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EtatCandidature(StrEnum):
    ENREGISTREE = "enregistree"
    RETIREE = "retiree"
    ECARTEE = "ecartee"
    ANNULEE = "annulee"


class Acteur(StrEnum):
    CANDIDAT = "candidat"
    GESTIONNAIRE = "gestionnaire"


@dataclass(frozen=True, slots=True)
class Transition:
    """De ``etat`` (``None`` : brouillon), ``acteur`` fait ``acte`` et la candidature passe à ``nouvel_etat``."""

    etat: EtatCandidature | None
    acte: str
    acteur: Acteur
    nouvel_etat: EtatCandidature
    sources: tuple[str, ...]


_E = EtatCandidature

TRANSITIONS = (
    Transition(None, "enregistrer", Acteur.CANDIDAT, _E.ENREGISTREE, ("recapitulatif.enregistrer",)),
    Transition(_E.ENREGISTREE, "modifier", Acteur.CANDIDAT, _E.ENREGISTREE, ("modification.periode", "L-30")),
    Transition(_E.ENREGISTREE, "desinscrire", Acteur.CANDIDAT, _E.RETIREE, ("L-49",)),
    Transition(_E.ENREGISTREE, "corriger", Acteur.GESTIONNAIRE, _E.ENREGISTREE, ("L-34",)),
    Transition(_E.ENREGISTREE, "retirer", Acteur.GESTIONNAIRE, _E.RETIREE, ("L-49",)),
    Transition(_E.ENREGISTREE, "ecarter", Acteur.GESTIONNAIRE, _E.ECARTEE, ("L-49",)),
    Transition(_E.ENREGISTREE, "annuler", Acteur.GESTIONNAIRE, _E.ANNULEE, ("L-51", "dossier.incomplet-annulation")),
)

ETATS_ACTIFS = frozenset({EtatCandidature.ENREGISTREE})
"""Une candidature retirée, écartée ou annulée ne compte plus (L-49)."""

_TABLE = {(t.etat, t.acte, t.acteur): t for t in TRANSITIONS}


def transition(etat: EtatCandidature | str | None, acte: str, acteur: Acteur | str) -> Transition | None:
    """La transition permise, ou ``None`` : l'acte n'est alors pas possible dans cet état pour cet acteur.

    :raises ValueError: si l'état ou l'acteur est inconnu.
    """
    return _TABLE.get((EtatCandidature(etat) if etat is not None else None, acte, Acteur(acteur)))
