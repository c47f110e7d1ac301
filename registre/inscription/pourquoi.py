"""Les traces d’une inscription : de sa version enregistrée, ou du brouillon en cours."""

from __future__ import annotations

from datetime import datetime

from registre.comptes.models import Compte
from registre.inscription import brouillons
from registre.inscription.models import Brouillon, Candidature, VersionDeCandidature
from registre.inscription.pieces import examen_de, pieces_de
from registre.regles.cadre import Cadre
from registre.regles.etapes import Examen
from registre.regles.explication_inscription import traces_de_l_inscription
from registre.regles.trace import Trace


def traces_de_la_version(
    candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre
) -> tuple[Trace, ...]:
    """Ce que les règles et les décisions du service disent de ce qui a été enregistré, relu avec le cadre."""
    return traces_de_l_examen(examen_de(candidature, version, compte, cadre))


def traces_de_l_examen(examen: Examen) -> tuple[Trace, ...]:
    return traces_de_l_inscription(examen, pieces_de(examen))


def traces_du_brouillon(brouillon: Brouillon, compte: Compte, cadre: Cadre, le: datetime) -> tuple[Trace, ...]:
    """Ce que les règles disent de ce qui est tapé pour l’instant."""
    return traces_de_l_examen(brouillons.examen(brouillon, compte, cadre, le))
