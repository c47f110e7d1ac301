"""Dire à un candidat sans diplôme ce que chaque épreuve devient à sa prochaine inscription."""

from __future__ import annotations

from collections.abc import Sequence

from registre.regles.cadre import Cadre
from registre.regles.explication import nom_de_la_ligne
from registre.regles.moyenne import ecrit
from registre.regles.progression import Suite, SuiteDUneUnite
from registre.regles.trace import Pas, Trace

MOTS = {
    Suite.A_PASSER: "Vous aurez encore à passer",
    Suite.A_REPASSER: "Vous aurez à repasser",
    Suite.A_INSTRUIRE: "Vous aurez à repasser, sauf si le service accepte de garder votre note",
    Suite.SELON_LA_FORME: "Vous aurez à repasser, sauf peut-être sous la forme progressive",
    Suite.DISPENSEE: "Vous pourrez redemander une dispense pour",
    Suite.INAPTITUDE: "Vous aurez à passer, sauf avec un nouveau certificat médical",
}
SOURCES = ("annexe1.benefice.definition", "annexe1.benefice.duree", "L-11", "L-19")


def trace_de_la_suite(suites: Sequence[SuiteDUneUnite], cadre: Cadre) -> Trace | None:
    """Ce qui se garde et ce qui se repasse, chaque sort une fois avec ses unités ; ``None`` si rien ne suit."""
    if not suites:
        return None
    par_sort: dict[str, list[str]] = {}
    for x in suites:
        par_sort.setdefault(_sort(x), []).append(nom_de_la_ligne(x.ligne, cadre))
    pas = [
        Pas(code="suite_du_parcours", texte=f"{sort}\u00a0: {', '.join(noms)}.", sources=SOURCES)
        for sort, noms in par_sort.items()
    ]
    if any(x.suite is Suite.SELON_LA_FORME for x in suites):
        pas.append(_forme_a_choisir(cadre))
    gardees = sum(x.suite is Suite.A_GARDER for x in suites)
    if gardees:
        pas.append(
            Pas(
                code="suite_a_demander",
                texte="Une note se garde si vous le demandez à chaque inscription. Sinon, elle est perdue.",
                sources=("annexe1.attention.perdue", "R27", "L-54"),
            )
        )
    peuvent = {0: "Aucune note ne peut être gardée", 1: "Une note peut être gardée"}
    debut = peuvent.get(gardees, f"{gardees}\u00a0notes peuvent être gardées")
    anciennes = any(x.suite is Suite.A_GARDER and x.jusqua is None for x in suites)
    fin = ", si les anciennes sont encore valables." if anciennes else "."
    return Trace(
        objet="Et ensuite\u00a0?",
        conclusion=f"{debut}{fin}",
        pas=tuple(pas),
    )


def _forme_a_choisir(cadre: Cadre) -> Pas:
    texte = (
        "Vous n’avez pas encore choisi votre forme de passage, à l’étape 3. Sous la forme progressive, le service "
        f"peut garder une note de moins de {ecrit(cadre.acquis.benefice_note_minimale)}."
    )
    return Pas(code="forme_a_choisir", texte=texte, sources=("etapes.qualification.progressive", "L-11"))


def _sort(x: SuiteDUneUnite) -> str:
    if x.suite is not Suite.A_GARDER:
        return MOTS[x.suite]
    if x.jusqua is None:
        return "Vous pourrez garder encore votre ancienne note, tant qu’elle est valable"
    return f"Vous pourrez garder votre note jusqu’à la session {x.jusqua}"
