"""Chapitre ``etapes`` : ce que les règles disent d'une saisie entière."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from registre.cas.adaptateur import Adaptateur, Observe, partie
from registre.regles.acquis import DecisionDuService, LigneAcquis
from registre.regles.cadre import Cadre
from registre.regles.decider import demande_decidee, motifs_pour_decider
from registre.regles.etapes import Contexte, Examen, examiner, premiere_etape_incomplete
from registre.regles.releves import Connu, InscriptionConnue, ReleveConnu
from registre.regles.vocabulaire import FormeDePassage, Octroi, Statut

_ORDINAIRE = tomllib.loads((Path(__file__).parents[1] / "reponses_ordinaires.toml").read_text(encoding="utf-8"))
SAISIES: dict[str, dict[str, Any]] = _ORDINAIRE["saisies"]
NAISSANCE: date = _ORDINAIRE["naissance"]
JOUR: date = _ORDINAIRE["jour"]

Saisie = dict[str, Any]
NomDEtape = Literal["identification", "candidature", "qualification", "acquis", "epreuves"]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Ce qui change des réponses ordinaires, étape par étape ; ``vides`` : les étapes laissées sans réponse.

    ``inscriptions`` et ``releves`` : ce que Registre sait des sessions d'avant. ``decisions`` : celles du service.
    """

    identification: Saisie = field(default_factory=dict)
    candidature: Saisie = field(default_factory=dict)
    qualification: Saisie = field(default_factory=dict)
    acquis: Saisie = field(default_factory=dict)
    epreuves: Saisie = field(default_factory=dict)
    vides: tuple[NomDEtape, ...] = ()
    naissance: date = NAISSANCE
    handicap_repondu: bool = True
    forme_enregistree: FormeDePassage | None = None
    inscriptions: tuple[InscriptionConnue, ...] = ()
    releves: tuple[ReleveConnu, ...] = ()
    decisions: tuple[DecisionDuService, ...] = ()

    def saisies(self) -> dict[str, Saisie]:
        changees = {etape: champs | getattr(self, etape) for etape, champs in deepcopy(SAISIES).items()}
        return {etape: champs for etape, champs in changees.items() if etape not in self.vides}


def examen(s: Situation, cadre: Cadre) -> Examen:
    contexte = Contexte(
        cadre=cadre,
        date_de_naissance=s.naissance,
        jour=JOUR,
        handicap_repondu=s.handicap_repondu,
        forme_enregistree=s.forme_enregistree,
        connu=Connu(releves=s.releves, inscriptions=s.inscriptions),
        decisions=s.decisions,
    )
    return examiner(s.saisies(), contexte)


def observer(s: Situation, cadre: Cadre) -> Observe:
    juge = examen(s, cadre)
    decisions = juge.acquis.par_unite if juge.acquis else {}
    return Observe(
        {
            "motifs": [f"{etape}/{m.code}" for etape, motifs in juge.motifs.items() for m in motifs],
            "premiere": premiere_etape_incomplete(juge),
            "etats": juge.epreuves.etats if juge.epreuves else {},
            "a_instruire": [cle for cle, d in decisions.items() if d.statut is Statut.A_INSTRUIRE],
        },
        tuple(m for motifs in juge.motifs.values() for m in motifs),
    )


@dataclass(frozen=True, kw_only=True)
class Instruction(Situation):
    """Une décision du service sur cette inscription. ``octroi`` : ce qu'il accorde de lui-même ; sinon une demande."""

    ligne: LigneAcquis
    sens: str = ""
    motif: str = ""
    octroi: Octroi | None = None


def instruction(s: Instruction, cadre: Cadre) -> Observe:
    """Acceptée, ce que l'inscription devient ; refusée, pourquoi."""
    avant = examen(s, cadre)
    decision = DecisionDuService(ligne=s.ligne, accordee=s.sens == "accorder", motif=s.motif, le=JOUR)
    decision = demande_decidee(s.octroi, decision, avant)
    motifs = motifs_pour_decider(avant, decision, s.sens)
    decisions = s.decisions if motifs else (*s.decisions, decision)
    apres = observer(replace(s, decisions=decisions), cadre)
    juges = {f"{m.champ}: {m.code}" for m in motifs}
    return Observe({**apres.valeurs, "motifs": sorted(juges), "acceptee": not motifs}, tuple(motifs))


ADAPTATEURS = (
    Adaptateur(
        chapitre="etapes",
        situation=Situation,
        observer=observer,
        parametres=("acquis",),
        comparaisons={"etats": partie},
    ),
    Adaptateur(
        chapitre="instruction",
        situation=Instruction,
        observer=instruction,
        parametres=("acquis", "forme_de_passage"),
        comparaisons={"etats": partie},
        sinon={"motifs": []},
    ),
)
