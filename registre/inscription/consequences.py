"""Ce que la page « Acquis » dit de chaque choix avant d’enregistrer : les figures des règles, mises en phrases."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre, Specialite
from registre.regles.consequences import (
    Consequences,
    Effet,
    Situation,
    Variante,
    acquis_possibles,
    consequences,
    nom_de_l_objectif,
    releve_prevu,
    situation_de,
)
from registre.regles.decisions import Acquis, BeneficeDeNote
from registre.regles.etapes import Examen
from registre.regles.moyenne import ecrit
from registre.regles.note_necessaire import Sort, en_clair, trace_de_la_note_necessaire
from registre.regles.vocabulaire import MotifAcquis

TITRES = {
    MotifAcquis.DIPLOME: "dispense au titre d’un diplôme",
    MotifAcquis.AUTRE_SPECIALITE: "dispense après un échec dans une autre spécialité",
    MotifAcquis.VAE: "dispense par VAE",
    MotifAcquis.PROFESSIONNELLE: "dispense au titre d’un diplôme professionnel",
}


def montrees(saisie: Mapping[str, Any], examen: Examen) -> dict[str, Any] | None:
    """Tout ce que la page montre ; ``None`` si le candidat n’a rien à demander. ``saisie`` : l’étape 4."""
    situation = situation_de(examen)
    if situation is None:
        return None
    cadre, demandes = examen.cadre, examen.acquis.par_unite if examen.acquis else {}
    passages = examen.candidature.passages_complets
    contexte = examen.contexte
    possibles = acquis_possibles(
        saisie, passages, demandes, situation.specialite, cadre, contexte.connu, contexte.decisions
    )
    if not possibles:
        return None
    lu = consequences(possibles, situation)
    specialite = situation.specialite
    return {
        "chiffres": lu.chiffres,
        "inconnus": [libelle_unite(cle, specialite, cadre) for cle in lu.inconnus],
        "coefficients": ecrit(lu.actuelle.coefficients) if lu.actuelle else "",
        "neutralises": ecrit(lu.actuelle.neutralises) if lu.actuelle and lu.actuelle.neutralises else "",
        "tableau": [_ligne(n, lu, cadre) for n in range(len(lu.objectifs))] if lu.chiffres else [],
        "conseils": _conseils(lu, specialite, cadre),
        "effets": [_effet(e, lu, specialite, cadre) for e in lu.effets],
        "seuil": ecrit(cadre.jury.seuil_admission),
        "trace": _trace(lu, situation, cadre),
    }


def _trace(lu: Consequences, situation: Situation, cadre: Cadre) -> Any:
    besoin = lu.actuelle.pour(cadre.jury.seuil_admission) if lu.actuelle else None
    if lu.actuelle is None or besoin is None:
        return None
    releve = releve_prevu(lu.actuelle.demandes, situation)
    return trace_de_la_note_necessaire(releve, besoin, cadre)


def _ligne(rang: int, lu: Consequences, cadre: Cadre) -> list[str]:
    """Un objectif : la note qu’il faut avec les choix du candidat, au mieux, au pire."""
    objectif = lu.objectifs[rang]
    extremes = next((x for x in lu.extremes if x.objectif == objectif), None)
    nom = nom_de_l_objectif(objectif)
    return [
        f"{nom} ({ecrit(objectif.seuil)} de moyenne)",
        _besoin(lu.actuelle, rang, lu, cadre),
        _besoin(extremes.meilleure if extremes else None, rang, lu, cadre),
        _besoin(extremes.pire if extremes else None, rang, lu, cadre),
    ]


def _besoin(variante: Variante | None, rang: int, lu: Consequences, cadre: Cadre) -> str:
    besoin = variante.pour(lu.objectifs[rang].seuil) if variante else None
    return en_clair(besoin, cadre.moyenne.note_decimales) if besoin else "sans objet"


def _conseils(lu: Consequences, specialite: Specialite, cadre: Cadre) -> list[str]:
    """Les choix qui demandent le moins, pour chaque objectif ; rien s’il n’y a qu’une possibilité."""
    if len(lu.effets) < 2:
        return []
    phrases = []
    for extremes in lu.extremes:
        objectif = extremes.objectif
        nom = nom_de_l_objectif(objectif)
        choix = _choix_en_clair(extremes.meilleure, specialite, cadre)
        if lu.actuelle and _exigence(lu.actuelle, objectif.seuil) == _exigence(extremes.meilleure, objectif.seuil):
            choix = "vos choix sont les meilleurs"
        phrases.append(f"{nom}\u00a0: {choix}.")
    return phrases


def _exigence(variante: Variante, seuil: Decimal) -> tuple[Fraction | None, Sort] | None:
    besoin = variante.pour(seuil)
    return besoin and (besoin.note, besoin.sort)


def _choix_en_clair(variante: Variante, specialite: Specialite, cadre: Cadre) -> str:
    gardees = [_nom(a, specialite, cadre) for a in variante.demandes if isinstance(a, BeneficeDeNote)]
    dispenses = [_nom(a, specialite, cadre) for a in variante.demandes if not isinstance(a, BeneficeDeNote)]
    morceaux = []
    if gardees:
        morceaux.append(f"garder {', '.join(gardees)}")
    if dispenses:
        morceaux.append(f"demander la dispense pour {', '.join(dispenses)}")
    return " et ".join(morceaux) or "ne rien demander, et tout passer"


def _nom(acquis: Acquis, specialite: Specialite, cadre: Cadre) -> str:
    nom = libelle_unite(acquis.unite, specialite, cadre)
    return f"{nom} ({ecrit(acquis.note)})" if isinstance(acquis, BeneficeDeNote) else nom


def _effet(effet: Effet, lu: Consequences, specialite: Specialite, cadre: Cadre) -> dict[str, Any]:
    """Un acquis : ce qui se passe s’il est demandé, ce qui se passe sinon."""
    possibilite = effet.possibilite
    acquis, garde = possibilite.acquis, isinstance(possibilite.acquis, BeneficeDeNote)
    rangs = range(len(lu.objectifs)) if lu.chiffres and effet.si_demande else range(0)
    return {
        "titre": f"{libelle_unite(acquis.unite, specialite, cadre)}\u00a0: {_nature(acquis)}",
        "garde": garde,
        "demande": possibilite.demande,
        "a_instruire": possibilite.a_instruire,
        "si_oui": [*_si_demande(effet, specialite), _validite(acquis, cadre)],
        "sinon": _sinon(acquis, specialite),
        "calculable": bool(effet.si_demande),
        "besoin_oui": _besoin(effet.si_demande, 0, lu, cadre),
        "besoin_non": _besoin(effet.sinon, 0, lu, cadre),
        "lignes": [
            [_ligne(n, lu, cadre)[0], _besoin(effet.si_demande, n, lu, cadre), _besoin(effet.sinon, n, lu, cadre)]
            for n in rangs
        ],
    }


def _nature(acquis: Acquis) -> str:
    if isinstance(acquis, BeneficeDeNote):
        return f"note de {ecrit(acquis.note)}, session {acquis.session}"
    return TITRES[acquis.titre]


def _coefficient(acquis: Acquis, specialite: Specialite) -> str:
    """« 2,5 » ; vide quand il n’est pas connu."""
    unite = specialite.par_cle.get(acquis.unite)
    return ecrit(unite.coefficient) if unite and unite.coefficient is not None else ""


def _si_demande(effet: Effet, specialite: Specialite) -> list[str]:
    acquis = effet.possibilite.acquis
    coefficient = _coefficient(acquis, specialite)
    if isinstance(acquis, BeneficeDeNote):
        suite = f"le coefficient {coefficient}" if coefficient else "son coefficient"
        return ["Vous ne repassez pas l’épreuve.", f"Votre note, {ecrit(acquis.note)}, compte avec {suite}."]
    suite = f"Son coefficient, {coefficient}, ne compte plus" if coefficient else "Son coefficient ne compte plus"
    if effet.si_demande and effet.sinon:
        avec, sans = ecrit(effet.si_demande.coefficients), ecrit(effet.sinon.coefficients)
        suite += f"\u00a0: la moyenne se fait sur {avec} au lieu de {sans}"
    return ["Vous ne passez pas l’épreuve.", f"{suite}."]


def _validite(acquis: Acquis, cadre: Cadre) -> str:
    quoi = "Cette note" if isinstance(acquis, BeneficeDeNote) else "Cette dispense"
    if acquis.derniere_session is None:
        return f"{quoi} n’a pas de date de fin. Il faut la demander à chaque inscription."
    if acquis.derniere_session <= cadre.session:
        return f"{quoi} sert pour la dernière fois à la session {cadre.session}."
    return f"{quoi} sert jusqu’à la session {acquis.derniere_session}, si vous la demandez à chaque inscription."


def _sinon(acquis: Acquis, specialite: Specialite) -> list[str]:
    coefficient = _coefficient(acquis, specialite)
    suite = f", avec le coefficient {coefficient}" if coefficient else ""
    if isinstance(acquis, BeneficeDeNote):
        return [
            "Cette note est définitivement perdue.",
            f"Vous repassez l’épreuve{suite}. Seule votre nouvelle note compte, même si elle est plus basse.",
        ]
    return ["Cette dispense est définitivement perdue.", f"Vous passez l’épreuve{suite}."]
