"""Chapitre ``progression`` : ce que chaque unité devient à la prochaine inscription, sans diplôme obtenu."""

from __future__ import annotations

from dataclasses import dataclass

from registre.cas.adaptateur import Adaptateur, Observe, partie
from registre.regles.cadre import Cadre
from registre.regles.controle import releve_apres_controle
from registre.regles.jury import Bareme, deliberation
from registre.regles.notes import LigneDeNotes, OralDeControle, Releve
from registre.regles.progression import suite_du_parcours
from registre.regles.vocabulaire import FormeDePassage


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``session`` : celle du relevé ; ``forme_de_passage`` : absente, le candidat ne l'a pas choisie."""

    session: int
    lignes: tuple[LigneDeNotes, ...]
    forme_de_passage: FormeDePassage | None = None
    controle: tuple[OralDeControle, ...] = ()


def observer(s: Situation, cadre: Cadre) -> Observe:
    releve = Releve(lignes=s.lignes)
    resultat = deliberation(releve, Bareme.du_cadre(cadre), s.controle)
    apres = releve_apres_controle(releve, s.controle)
    suites = suite_du_parcours(apres, resultat, s.session, s.forme_de_passage, cadre.forme_de_passage, cadre.acquis)
    return Observe(
        {
            "decision": resultat.decision or "",
            "suites": {x.ligne.unite: x.suite.value for x in suites},
            "jusqua": {x.ligne.unite: x.jusqua for x in suites if x.jusqua is not None},
        }
    )


ADAPTATEURS = (
    Adaptateur(
        chapitre="progression",
        situation=Situation,
        observer=observer,
        parametres=("forme_de_passage", "acquis", "jury"),
        comparaisons={"suites": partie, "jusqua": partie},
    ),
)
