"""Lire et écrire les décisions du service sur les acquis d’une candidature."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from registre.inscription.models import Candidature, DecisionDAcquis
from registre.regles.acquis import DecisionDuService, ExamenDeLigne, LigneAcquis
from registre.regles.cadre import Cadre
from registre.regles.calendrier import date_en_francais
from registre.regles.etapes import Examen
from registre.regles.explication_acquis import nom_de_l_unite
from registre.regles.instruction import ligne_nue
from registre.regles.recapitulatif import LIBELLES_TITRES
from registre.regles.vocabulaire import MotifAcquis, Octroi

CHAMPS = (
    *("motif", "unite", "libre", "specialite", "session", "note", "langue"),
    *("diplome", "specialite_detenue", "unite_comportee", "annee"),
)


def decisions_du_service(candidature: Candidature, cadre: Cadre) -> tuple[DecisionDuService, ...]:
    """Toutes les décisions, dans l’ordre où elles ont été prises. Une requête."""
    return tuple(decision_lue(d, cadre) for d in toutes(candidature))


def toutes(candidature: Candidature) -> list[DecisionDAcquis]:
    return sorted(candidature.decisions_d_acquis.select_related("par"), key=lambda d: d.pk)


def decision_lue(decision: DecisionDAcquis, cadre: Cadre) -> DecisionDuService:
    """La décision telle que les règles la lisent."""
    return DecisionDuService(
        ligne=ligne_de_json(decision.demande),
        accordee=decision.accordee,
        motif=decision.motif,
        le=decision.le.astimezone(ZoneInfo(cadre.calendrier.fuseau)).date(),
        octroi=Octroi(decision.octroi) if decision.octroi else None,
    )


def ligne_en_json(ligne: LigneAcquis) -> dict[str, Any]:
    """Ce que la ligne dit, sans ce qui est vide. Une note s’écrit en décimal, jamais en flottant."""
    dites = {champ: getattr(ligne_nue(ligne), champ) for champ in CHAMPS}
    dites = {c: v for c, v in dites.items() if v not in (None, False) or (c == "unite_comportee" and v is False)}
    return dites | ({"note": f"{ligne.note.normalize():f}"} if ligne.note is not None else {})


def ligne_de_json(dites: dict[str, Any]) -> LigneAcquis:
    note = {"note": Decimal(dites["note"])} if "note" in dites else {}
    return LigneAcquis(**(dites | note | {"motif": MotifAcquis(dites["motif"])}))


def cle_de_la_demande(octroi: Octroi | None, ligne: LigneAcquis) -> str:
    """Un nom court et stable de la demande : ce que porte son formulaire."""
    dites = json.dumps([octroi or "", ligne_en_json(ligne)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(dites.encode()).hexdigest()[:16]


def cle_de(examen: ExamenDeLigne) -> str:
    return cle_de_la_demande(examen.instruite.octroi if examen.instruite else None, examen.ligne)


def dernieres(candidature: Candidature, cadre: Cadre) -> dict[str, list[DecisionDAcquis]]:
    """L’histoire de chaque demande décidée, la dernière d’abord, par nom de demande."""
    par_cle: dict[str, list[DecisionDAcquis]] = {}
    for decision in reversed(toutes(candidature)):
        lue = decision_lue(decision, cadre)
        par_cle.setdefault(cle_de_la_demande(lue.octroi, lue.ligne), []).append(decision)
    return par_cle


def montrees(examen: Examen) -> list[dict[str, Any]]:
    """Les décisions qui ont un effet sur cette inscription, dites au candidat et au service."""
    if examen.acquis is None or examen.specialite is None:
        return []
    return [
        {
            "titre": LIBELLES_TITRES[e.ligne.motif],
            "unite": nom_de_l_unite(
                (e.decision and e.decision.unite) or e.ligne.unite, examen.specialite, examen.cadre
            ),
            "accordee": e.instruite.accordee,
            "le": date_en_francais(e.instruite.le),
            "motif": e.instruite.motif,
        }
        for e in examen.acquis.lignes
        if e.instruite
    ]
