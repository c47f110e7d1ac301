"""Chapitre « Pièces justificatives » : les pièces qu'une situation demande, chacune une seule fois, et pourquoi.

La liste du service l'emporte (L-44) : une pièce absente des paramètres n'est jamais demandée.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registre.regles.cadre import Jdc, ParametresPieces
from registre.regles.citation import applique
from registre.regles.conditions import jdc_exigee
from registre.regles.vocabulaire import CasEps, MotifAcquis


@dataclass(frozen=True, kw_only=True)
class SituationDesPieces:
    """Ce qui décide des pièces. La réponse sur le handicap n'en fait pas partie (R96).

    ``enregistree_le`` : jour du premier enregistrement, ou du jour même avant lui (L-43). ``eps`` ``DISPENSE``
    est la dispense au titre des trois ans ; celle par diplôme est dans ``acquis``. ``acquis`` : les paires
    (titre, pièce) de ``ExamenAcquis.pieces``. Une réponse inconnue vaut ``None`` et ne demande rien.
    """

    voie: str | None
    nationalite_francaise: bool | None
    date_naissance: date | None
    enregistree_le: date
    eps: CasEps | None = None
    acquis: tuple[tuple[MotifAcquis, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Raison:
    """Pourquoi une pièce est demandée : une phrase au candidat, et ses sources."""

    message: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PieceRequise:
    cle: str
    raisons: tuple[Raison, ...]


A_TOUS = {
    "recapitulatif-signe": Raison(
        message="Toute inscription demande le récapitulatif signé, dans sa dernière version.",
        sources=("validation.c-deposer-dcandt01", "R141", "L-30"),
    ),
    "identite": Raison(message="Toute inscription demande une preuve d’identité.", sources=("R53", "L-44")),
    "domicile": Raison(
        message="Toute inscription demande la preuve d’un domicile dans l’académie.", sources=("R48", "L-44", "L-62")
    ),
}

DE_LA_VOIE = {
    "deja-presente": (
        ("releve-notes-examen",),
        Raison(
            message="Vous avez déjà présenté cet examen.", sources=("conditions.voie.deja-presente", "R53", "L-44")
        ),
    ),
    "enseignement-a-distance": (
        ("inscription-distance", "assiduite-distance"),
        Raison(
            message="Vous préparez l’examen à distance.", sources=("conditions.voie.enseignement-a-distance", "R50")
        ),
    ),
    "trois-ans-activite": (
        ("certificats-travail",),
        Raison(
            message="Vous justifiez de trois ans d’activité professionnelle.",
            sources=("conditions.voie.trois-ans-activite", "R49"),
        ),
    ),
}

DE_L_EPS = {
    CasEps.INAPTE: (
        "certificat-medical-eps",
        Raison(
            message="Vous êtes inapte à l’éducation physique et sportive.",
            sources=("epreuves.eps.certificat-inaptitude", "L-39"),
        ),
    ),
    CasEps.ADAPTEE: (
        "certificat-medical-eps-adaptee",
        Raison(
            message="Vous demandez une épreuve adaptée d’éducation physique et sportive.",
            sources=("epreuves.eps.adaptee.certificat-type", "R84"),
        ),
    ),
    CasEps.DISPENSE: (
        "certificats-travail",
        Raison(
            message="Vous demandez la dispense d’éducation physique et sportive, après trois ans d’activité.",
            sources=("epreuves.eps.dispense", "L-02", "L-44"),
        ),
    ),
}

DES_ACQUIS = {
    MotifAcquis.BENEFICE: Raison(
        message="Vous demandez à garder une note.", sources=("annexe1.benefice.definition", "L-44")
    ),
    MotifAcquis.DIPLOME: Raison(
        message="Vous demandez une dispense par diplôme.",
        sources=("annexe1.tableau.diplome-detenu", "annexe1.tableau.etoile"),
    ),
    MotifAcquis.AUTRE_SPECIALITE: Raison(
        message="Vous demandez une dispense après un échec dans une autre spécialité.",
        sources=("annexe1.dispense.autre-specialite", "L-03"),
    ),
    MotifAcquis.VAE: Raison(
        message="Vous demandez une dispense après une validation des acquis de l’expérience (VAE).",
        sources=("annexe1.dispense.vae", "L-04"),
    ),
    MotifAcquis.PROFESSIONNELLE: Raison(
        message="Vous demandez une dispense d’épreuves professionnelles.",
        sources=("annexe1.dispense-professionnelle.principe",),
    ),
}

RAISON_JDC = Raison(
    message="Vous avez la nationalité française, et l’âge de la journée défense et citoyenneté.",
    sources=("conditions.recensement-jdc", "R91", "L-43"),
)


@applique("conditions.recensement-jdc", "R53", "R95", "L-16", "L-43", "L-44")
def pieces_requises(situation: SituationDesPieces, pieces: ParametresPieces, jdc: Jdc) -> tuple[PieceRequise, ...]:
    """Les pièces demandées, dans l'ordre des paramètres, chacune une fois avec toutes ses raisons."""
    demandees = list(_demandees(situation, jdc))
    return tuple(
        PieceRequise(cle=piece.cle, raisons=raisons)
        for piece in pieces.liste
        if (raisons := tuple(dict.fromkeys(raison for cle, raison in demandees if cle == piece.cle)))
    )


def _demandees(situation: SituationDesPieces, jdc: Jdc) -> Iterator[tuple[str, Raison]]:
    yield from A_TOUS.items()
    naissance = situation.date_naissance
    if naissance and jdc_exigee(situation.nationalite_francaise, naissance, situation.enregistree_le, jdc):
        yield "jdc", RAISON_JDC
    cles, raison = DE_LA_VOIE.get(situation.voie or "", ((), RAISON_JDC))
    yield from ((cle, raison) for cle in cles)
    for titre, cle in situation.acquis:
        yield cle, DES_ACQUIS[titre]
    if situation.eps in DE_L_EPS:
        yield DE_L_EPS[situation.eps]
