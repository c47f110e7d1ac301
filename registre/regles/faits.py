"""Ce qu'une pièce prouve : les réponses de la version enregistrée à lire à côté d'elle.

Quelle pièce prouve quoi est dans les paramètres de la session (``Piece.prouve``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registre.regles.cadre import Fait, ParametresAcquis
from registre.regles.citation import applique
from registre.regles.conditions import age
from registre.regles.pieces import DE_LA_VOIE
from registre.regles.recapitulatif import LIBELLES_TITRES
from registre.regles.vocabulaire import MotifAcquis

# For each fact: the step of the récapitulatif that tells it, and its lines there. The age is told by no line.
LIGNES: Mapping[Fait, tuple[str, tuple[str, ...]]] = {
    "identite": (
        "identification",
        ("Nom de famille (nom de naissance)", "Nom d’usage", "Prénoms", "Date de naissance", "Pays de naissance"),
    ),
    "domicile": ("identification", ("Domicile",)),
    "nationalite": ("identification", ("Nationalité française",)),
    "jdc": ("candidature", ("Recensement ou Journée défense et citoyenneté",)),
    "voie": ("candidature", ("Type de candidature", "Condition remplie")),
    "etablissement": ("candidature", ("Établissement",)),
    "eps": ("epreuves", ("Éducation physique et sportive (EPS)", "Activités d’EPS")),
}
TABLEAUX: Mapping[Fait, tuple[str, str]] = {
    "passages": ("candidature", "Présentations antérieures"),
    "acquis": ("acquis", "Demandes"),
}
TITRE = "Titre"


@dataclass(frozen=True, kw_only=True)
class FaitDeclare:
    """Une réponse, dans les mots du récapitulatif."""

    libelle: str
    valeur: str


@dataclass(frozen=True, kw_only=True)
class FaitsDeLaPiece:
    """``tableaux`` : ceux du récapitulatif, réduits aux lignes que la pièce prouve."""

    lignes: tuple[FaitDeclare, ...]
    tableaux: tuple[Mapping[str, Any], ...]


@applique("pieces.statut.par-le-gestionnaire", "recapitulatif.verifier", "L-44")
def faits_de_la_piece(
    prouve: Collection[Fait], contenu: Mapping[str, Any], enregistree_le: date, titres: Collection[str] = ()
) -> FaitsDeLaPiece:
    """Les réponses que la pièce prouve, dans l'ordre de ``prouve`` ; l'état civil, si rien n'est dit.

    ``contenu`` est celui de la version enregistrée. ``enregistree_le`` : le jour du premier enregistrement, auquel
    l'âge se compte (L-43). ``titres`` : ceux des demandes d'acquis que cette pièce appuie ; vide, toutes.
    """
    lignes: list[FaitDeclare] = []
    tableaux: list[Mapping[str, Any]] = []
    choisis: tuple[Fait, ...] = tuple(prouve) or ("identite",)
    for fait in choisis:
        if fait == "age":
            lignes.append(_age(contenu, enregistree_le))
        elif fait in TABLEAUX:
            tableaux += _tableaux(contenu, *TABLEAUX[fait], titres if fait == "acquis" else ())
        else:
            lignes += _lignes(contenu, *LIGNES[fait])
    return FaitsDeLaPiece(lignes=tuple(lignes), tableaux=tuple(tableaux))


APPELEE_PAR: Mapping[str, tuple[Fait, ...]] = {
    "jdc": ("nationalite", "age"),
    **{cle: ("voie",) for cles, _ in DE_LA_VOIE.values() for cle in cles},
}
"""Les réponses qui font demander une pièce, quand le candidat peut déclarer qu'elle ne le concerne pas."""


@applique("conditions.recensement-jdc", "L-43", "L-44", "L-71")
def reponses_contraires(cle: str, contenu: Mapping[str, Any], enregistree_le: date) -> tuple[FaitDeclare, ...]:
    """Les réponses enregistrées que contredit « Cette pièce ne me concerne pas », dit d'une pièce demandée."""
    faits = APPELEE_PAR.get(cle)
    return faits_de_la_piece(faits, contenu, enregistree_le).lignes if faits else ()


@applique("L-44")
def titres_appuyes(cle: str, acquis: ParametresAcquis) -> tuple[str, ...]:
    """Les titres des demandes d'acquis qui appellent la pièce ``cle``, dans les mots du récapitulatif."""
    codes = {p.code for p in acquis.possibilites if cle in p.pieces}
    return tuple(LIBELLES_TITRES[m] for m in MotifAcquis if m.value in codes)


def etapes_prouvees(prouve: Collection[Fait]) -> frozenset[str]:
    """Les étapes du récapitulatif où se lisent ces faits ; vide si rien n'est dit : toutes peuvent servir."""
    return frozenset({"age": "identification"}.get(f) or (TABLEAUX.get(f) or LIGNES[f])[0] for f in prouve)


def _age(contenu: Mapping[str, Any], le: date) -> FaitDeclare:
    naissance = date.fromisoformat(contenu["identite"]["date_de_naissance"])
    return FaitDeclare(libelle="Âge au premier enregistrement", valeur=f"{age(naissance, le)}\u00a0ans")


def _sections(contenu: Mapping[str, Any], etape: str) -> Iterable[Mapping[str, Any]]:
    return (s for s in contenu["sections"] if s["etape"] == etape)


def _lignes(contenu: Mapping[str, Any], etape: str, libelles: tuple[str, ...]) -> list[FaitDeclare]:
    dites = {x["libelle"]: x["valeur"] for s in _sections(contenu, etape) for x in s["lignes"]}
    return [FaitDeclare(libelle=nom, valeur=dites[nom]) for nom in libelles if nom in dites]


def _tableaux(
    contenu: Mapping[str, Any], etape: str, titre: str, appuyes: Collection[str]
) -> Iterable[Mapping[str, Any]]:
    for tableau in (t for s in _sections(contenu, etape) for t in s["tableaux"] if t["titre"] == titre):
        gardees = [x for x in tableau["lignes"] if not appuyes or x[tableau["entetes"].index(TITRE)] in appuyes]
        if gardees:
            yield {**tableau, "lignes": gardees}
