"""Dire à un candidat sans diplôme ce que chaque épreuve devient à sa prochaine inscription."""

from __future__ import annotations

from collections.abc import Sequence

from registre.regles.cadre import Cadre
from registre.regles.explication import nom_de_la_ligne
from registre.regles.progression import Suite, SuiteDUneUnite
from registre.regles.trace import Pas, Tableau, Trace

MOTS = {
    Suite.A_PASSER: "À passer\u00a0: vous ne l’avez pas encore présentée.",
    Suite.A_REPASSER: "À repasser.",
    Suite.A_INSTRUIRE: "À repasser. Demandez au service s’il peut garder cette note.",
    Suite.DISPENSEE: "La dispense est à redemander.",
}


def trace_de_la_suite(suites: Sequence[SuiteDUneUnite], cadre: Cadre) -> Trace | None:
    """Ce qui se garde et ce qui se repasse ; ``None`` si rien ne suit."""
    if not suites:
        return None
    lignes = tuple((nom_de_la_ligne(x.ligne, cadre), _mots(x)) for x in suites)
    gardees = sum(x.suite is Suite.A_GARDER for x in suites)
    pas = [
        Pas(
            code="suite_du_parcours",
            texte="Voici ce que chaque épreuve devient à votre prochaine inscription.",
            sources=("annexe1.benefice.definition", "annexe1.benefice.duree", "L-11", "L-19"),
            tableau=Tableau(("Épreuve", "À la prochaine inscription"), lignes),
        )
    ]
    if gardees:
        pas.append(
            Pas(
                code="suite_a_demander",
                texte="Une note se garde si vous le demandez à chaque inscription. Sinon, elle est perdue.",
                sources=("annexe1.attention.perdue", "R27", "L-54"),
            )
        )
    conclusion = {0: "Aucune note ne peut être gardée.", 1: "Une note peut être gardée."}
    return Trace(
        objet="Et ensuite\u00a0?",
        conclusion=conclusion.get(gardees, f"{gardees}\u00a0notes peuvent être gardées."),
        pas=tuple(pas),
    )


def _mots(x: SuiteDUneUnite) -> str:
    if x.suite is not Suite.A_GARDER:
        return MOTS[x.suite]
    if x.jusqua is None:
        return "Vous pourrez la redemander, tant qu’elle est encore valable."
    return f"Vous pourrez garder cette note jusqu’à la session {x.jusqua}."
