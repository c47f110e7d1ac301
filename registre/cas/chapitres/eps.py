"""Chapitre ``eps`` : le choix du candidat, le certificat d'inaptitude, le jour de l'épreuve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from registre.cas.adaptateur import Adaptateur, Observe, juge
from registre.regles.cadre import Cadre
from registre.regles.citation import codes
from registre.regles.eps import (
    CertificatMedical,
    ChoixEps,
    effets_eps,
    issue_du_jour,
    motifs_certificat,
    motifs_eps,
)
from registre.regles.vocabulaire import CasEps


@dataclass(frozen=True, kw_only=True)
class Choix:
    voie: str
    cas: CasEps | None = None
    activites: tuple[str, ...] = ()
    handicap: bool = False
    inaptitude_partielle: bool = False
    motif_dispense: str | None = None
    accord_gestionnaire: bool = False


def choix(s: Choix, cadre: Cadre) -> Observe:
    saisi = ChoixEps(
        cas=s.cas,
        activites=s.activites,
        justifiee=s.handicap or s.inaptitude_partielle,
        motif_dispense=s.motif_dispense,
        accord_gestionnaire=s.accord_gestionnaire,
    )
    effets = effets_eps(s.cas) if s.cas else None
    return juge(
        motifs_eps(saisi, s.voie, cadre.eps),
        coefficient_neutralise=effets.coefficient_neutralise if effets else None,
        convocation_eps=effets.convocation_eps if effets else None,
    )


@dataclass(frozen=True, kw_only=True)
class CertificatEcrit:
    valable_jusquau: date | None = None
    signature: bool
    cachet: bool


@dataclass(frozen=True, kw_only=True)
class Certificat:
    certificat: CertificatEcrit
    date_epreuve: date


def certificat(s: Certificat, cadre: Cadre) -> Observe:
    lu = CertificatMedical(
        valable_jusquau=s.certificat.valable_jusquau,
        signature=s.certificat.signature,
        cachet=s.certificat.cachet,
    )
    motifs = motifs_certificat(lu, s.date_epreuve, cadre.eps)
    piece = "non_conforme" if motifs else "conforme"
    return Observe({"motifs": codes(motifs), "piece": piece}, tuple(motifs))


@dataclass(frozen=True, kw_only=True)
class Jour:
    cas: CasEps
    presences: dict[str, bool]
    absence_eps: Literal["zero", "eliminatoire"] | None = None


def jour(s: Jour, cadre: Cadre) -> Observe:
    issue = issue_du_jour(s.cas, s.presences, s.absence_eps or cadre.jury.absence_eps)
    return Observe({"decision": issue.decision, "remplacement": issue.remplacement})


ADAPTATEURS = (
    Adaptateur(chapitre="eps", genre="choix", situation=Choix, observer=choix, parametres=("eps",)),
    Adaptateur(chapitre="eps", genre="certificat", situation=Certificat, observer=certificat, parametres=("eps",)),
    Adaptateur(chapitre="eps", genre="jour", situation=Jour, observer=jour, parametres=("jury",)),
)
