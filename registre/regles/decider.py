"""Ce qui s'oppose à une décision du service, la saisie, la demande et toute l'inscription ensemble."""

from __future__ import annotations

from dataclasses import replace

from registre.regles.acquis import DecisionDuService
from registre.regles.citation import Motif, applique
from registre.regles.decisions import ReglementDesAcquis
from registre.regles.etapes import Examen, examiner
from registre.regles.instruction import (
    decision_compatible,
    demande_a_decider,
    ligne_d_octroi,
    ligne_nue,
    motifs_de_l_octroi,
    motifs_de_la_decision,
)
from registre.regles.vocabulaire import Octroi


def demande_decidee(octroi: Octroi | None, decision: DecisionDuService, examen: Examen) -> DecisionDuService:
    """La même décision, sur la demande telle que les règles la reconnaissent."""
    ligne = ligne_d_octroi(octroi, decision.ligne, examen.cadre.dispenses) if octroi else decision.ligne
    return replace(decision, ligne=ligne_nue(ligne), octroi=octroi)


@applique("etapes.acquis.cinq-possibilites", "L-03", "L-04", "L-11", "L-47", "L-48")
def motifs_pour_decider(examen: Examen, decision: DecisionDuService, sens: str) -> list[Motif]:
    """Tout ce qui s'oppose à la décision. Reprendre ce qui a été octroyé est toujours possible.

    ``examen`` : la version enregistrée, avec les décisions déjà prises ; sa spécialité est connue.
    """
    motifs = motifs_de_la_decision(sens, decision.motif)
    if examen.acquis is None or examen.specialite is None:
        return motifs
    if decision.octroi is None:
        motifs += demande_a_decider(decision.ligne, examen.acquis)
    elif sens != "refuser":
        passages = examen.candidature.passages_complets
        reglement = ReglementDesAcquis.du_cadre(examen.cadre, examen.specialite)
        motifs += motifs_de_l_octroi(decision.octroi, decision.ligne, examen.acquis, passages, reglement)
    return motifs or _incompatible(examen, decision)


def _incompatible(avant: Examen, decision: DecisionDuService) -> list[Motif]:
    decisions = (*avant.contexte.decisions, decision)
    apres = examiner(avant.saisies, replace(avant.contexte, decisions=decisions))
    return decision_compatible(*([m for etape in e.motifs.values() for m in etape] for e in (avant, apres)))
