"""Chapitre ``etapes`` : ce que les règles disent d'une saisie entière."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from registre.cas.adaptateur import Adaptateur, Observe, partie
from registre.regles.cadre import Cadre
from registre.regles.etapes import Contexte, Examen, examiner, premiere_etape_incomplete
from registre.regles.vocabulaire import FormeDePassage, Statut

_ORDINAIRE = tomllib.loads((Path(__file__).parents[1] / "reponses_ordinaires.toml").read_text(encoding="utf-8"))
SAISIES: dict[str, dict[str, Any]] = _ORDINAIRE["saisies"]
NAISSANCE: date = _ORDINAIRE["naissance"]
JOUR: date = _ORDINAIRE["jour"]

Saisie = dict[str, Any]
NomDEtape = Literal["identification", "candidature", "qualification", "acquis", "epreuves"]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Ce qui change des réponses ordinaires, étape par étape ; ``vides`` : les étapes laissées sans réponse."""

    identification: Saisie = field(default_factory=dict)
    candidature: Saisie = field(default_factory=dict)
    qualification: Saisie = field(default_factory=dict)
    acquis: Saisie = field(default_factory=dict)
    epreuves: Saisie = field(default_factory=dict)
    vides: tuple[NomDEtape, ...] = ()
    naissance: date = NAISSANCE
    handicap_repondu: bool = True
    forme_enregistree: FormeDePassage | None = None

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


ADAPTATEURS = (Adaptateur(chapitre="etapes", situation=Situation, observer=observer, comparaisons={"etats": partie}),)
