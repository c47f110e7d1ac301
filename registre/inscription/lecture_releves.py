"""Lire un fichier de relevés de sessions passées, et dire tout ce qui ne va pas, ligne par ligne.

Un fichier CSV en UTF-8, à points-virgules, dont la première ligne nomme les colonnes. Une ligne par unité ; les lignes
d’une même personne et d’une même session font un relevé.

- ``numero_candidat`` : le numéro de la personne, par exemple C-000123-V, avec son caractère de contrôle ;
- ``nom_de_famille`` : son nom de naissance, pour qu’un numéro juste mais d’un autre se voie ;
- ``academie``, ``session``, ``examen`` : clermont-ferrand ; 2024 ; bac-pro ;
- ``specialite`` : le code de la spécialité présentée, par exemple agora ;
- ``forme_de_passage`` : globale ou progressive ; ``resultat`` : ajourne, partiel, elimine ou admis ;
- ``unite`` : le code de l’unité (U51), ou la matière d’une unité générale (francais) ;
- ``note`` : de 0 à 20, à virgule ou à point ; vide si l’unité n’a pas été notée ;
- ``etat`` : note, note_gardee, dispense, inapte, absence ou non_presentee ; vide vaut note s’il y a une note ;
- ``langue`` : le code de la langue d’une langue vivante A ou B (anglais), vide sinon.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from registre.commun.cadres import tous
from registre.comptes.models import Compte
from registre.documents.numeros import numero_candidat, verifier
from registre.regles.cadre import Cadre
from registre.regles.lecture import lire_annee, lire_note, motif_de_lecture
from registre.regles.notes import EtatNote
from registre.regles.recherche import mots_cherches
from registre.regles.releves import LigneConnue, ReleveConnu, ligne_connue, motifs_du_releve
from registre.regles.vocabulaire import FormeDePassage, Resultat

COLONNES = (
    *("numero_candidat", "nom_de_famille", "academie", "session", "examen", "specialite"),
    *("forme_de_passage", "resultat", "unite", "note", "etat", "langue"),
)
DU_RELEVE = ("academie", "specialite", "forme_de_passage", "resultat")  # the same on every line of one transcript
Choix = TypeVar("Choix", bound=StrEnum)


@dataclass(frozen=True, order=True)
class Faute:
    """Ce qui ne va pas à une ligne du fichier, comptée depuis 1."""

    ligne: int
    message: str


@dataclass
class ReleveLu:
    """Un relevé du fichier, et la ligne où chaque unité est écrite."""

    compte: Compte
    cadre: Cadre
    releve: ReleveConnu
    rangs: list[int]


@dataclass
class _Groupe:
    compte: Compte
    cadre: Cadre
    session: int
    entete: dict[str, str]
    rangs: list[int] = field(default_factory=list)
    lignes: list[LigneConnue] = field(default_factory=list)


def lire_releves(fichier: Iterable[str]) -> tuple[list[ReleveLu], list[Faute]]:
    """Les relevés d’un fichier et ses fautes, dans l’ordre des lignes. Avec une faute, rien ne doit être écrit."""
    lecteur = csv.DictReader(fichier, delimiter=";", strict=True)
    try:
        if set(lecteur.fieldnames or ()) != set(COLONNES):
            return [], [Faute(1, f"Les colonnes attendues sont\u00a0: {' ; '.join(COLONNES)}.")]
        brutes = [(lecteur.line_num, brute) for brute in lecteur if any(brute.values())]
    except csv.Error:
        return [], [Faute(lecteur.line_num, "Cette ligne n’est pas du CSV : un guillemet n’est pas fermé.")]
    fautes: list[Faute] = []
    lignes = [(rang, _cellules(rang, brute, fautes)) for rang, brute in brutes]
    comptes = Compte.objects.filter(role=Compte.Role.CANDIDAT).in_bulk(
        {n for _, cellules in lignes if (n := _sequence(cellules["numero_candidat"]))}
    )
    groupes: dict[tuple[int, int, str], _Groupe] = {}
    for rang, cellules in lignes:
        _ranger(rang, cellules, comptes, groupes, fautes)
    lus = [_releve(groupe, fautes) for groupe in groupes.values()]
    if not lus and not fautes:
        fautes.append(Faute(1, "Le fichier n’a aucun relevé."))
    return [lu for lu in lus if lu], sorted(fautes)


def _cellules(rang: int, brute: dict[str | None, object], fautes: list[Faute]) -> dict[str, str]:
    if None in brute:
        fautes.append(Faute(rang, "Cette ligne a trop de cases."))
    return {nom: str(brute[nom] or "").strip() for nom in COLONNES}


def _sequence(numero: str) -> int | None:
    """La séquence d’un numéro de candidat ; ``None`` s’il n’en a pas la forme."""
    trouve = re.fullmatch(r"C-?([0-9]{1,9})-?[0-9A-Z]", numero.replace(" ", "").upper())
    return int(trouve.group(1)) if trouve else None


def _ranger(
    rang: int,
    cellules: dict[str, str],
    comptes: dict[int, Compte],
    groupes: dict[tuple[int, int, str], _Groupe],
    fautes: list[Faute],
) -> None:
    """Ajoute la ligne au relevé dont elle est, ou ses fautes à la liste."""
    dites: list[str] = []
    cadre = _cadre(cellules, dites)
    compte = _compte(cellules, comptes, cadre, dites)
    annee = lire_annee(cellules["session"])
    if annee.code:
        dites.append(motif_de_lecture(annee.code, "session").message)
    etat, note = _etat_et_note(cellules, cadre, dites)
    if compte and cadre and annee.valeur and etat and not dites:
        entete = {nom: cellules[nom] for nom in DU_RELEVE}
        cle = (compte.pk, annee.valeur, cadre.examen)
        groupe = groupes.setdefault(cle, _Groupe(compte, cadre, annee.valeur, entete))
        if differents := [nom for nom in DU_RELEVE if groupe.entete[nom] != entete[nom]]:
            dites.append(f"Cette ligne ne dit pas comme la ligne {groupe.rangs[0]}\u00a0: {', '.join(differents)}.")
        specialite = cadre.specialites.get(groupe.entete["specialite"])
        if specialite:  # the rule says when it is unknown
            groupe.lignes.append(ligne_connue(cellules["unite"], specialite, etat, note, cellules["langue"]))
        groupe.rangs.append(rang)
    fautes += [Faute(rang, message) for message in dites]


def _cadre(cellules: dict[str, str], dites: list[str]) -> Cadre | None:
    """Les paramètres de l’académie et de l’examen, de la session la plus récente."""
    lieu = (cellules["academie"], cellules["examen"])
    cadres = [c for c in tous().values() if (c.academie, c.examen) == lieu]
    if not cadres:
        dites.append(
            f"Aucune session n’est déclarée pour {lieu[0]!r} et {lieu[1]!r}. Vérifiez l’académie et l’examen."
        )
        return None
    return max(cadres, key=lambda c: c.session)


def _compte(
    cellules: dict[str, str], comptes: dict[int, Compte], cadre: Cadre | None, dites: list[str]
) -> Compte | None:
    numero = cellules["numero_candidat"]
    sequence = _sequence(numero)
    if sequence is None or not verifier(numero):
        dites.append(f"«\u00a0{numero}\u00a0» n’est pas un numéro de candidat\u00a0: vérifiez chaque caractère.")
        return None
    compte = comptes.get(sequence)
    if compte is None or (cadre and _nu(numero_candidat(cadre, sequence)) != _nu(numero)):
        dites.append(f"Aucun candidat n’a le numéro {numero}.")
        return None
    if mots_cherches(cellules["nom_de_famille"], "", "") != mots_cherches(compte.nom_de_famille, "", ""):
        dites.append(f"Le numéro {numero} n’est pas celui d’une personne de ce nom de famille.")
        return None
    return compte


def _nu(numero: str) -> str:
    return re.sub(r"[- ]", "", numero).upper()


def _etat_et_note(
    cellules: dict[str, str], cadre: Cadre | None, dites: list[str]
) -> tuple[EtatNote | None, Decimal | None]:
    note = None
    if cellules["note"] and cadre:
        lue = lire_note(cellules["note"], cadre.moyenne.note_decimales)
        note = lue.valeur
        if lue.code:
            dites.append(motif_de_lecture(lue.code, "note").message)
    if not cellules["etat"] and not cellules["note"]:
        dites.append("Cette ligne n’a ni note ni état.")
        return None, None
    return _parmi(EtatNote, cellules["etat"] or EtatNote.NOTE.value, "L’état", dites), note


def _parmi(enumeration: type[Choix], valeur: str, nom: str, dites: list[str]) -> Choix | None:
    if valeur not in {e.value for e in enumeration}:
        dites.append(f"{nom} «\u00a0{valeur}\u00a0» n’existe pas\u00a0: {', '.join(e.value for e in enumeration)}.")
        return None
    return enumeration(valeur)


def _releve(groupe: _Groupe, fautes: list[Faute]) -> ReleveLu | None:
    """Le relevé d’un groupe, jugé par les règles ; ``None`` s’il a une faute, ajoutée à la liste."""
    dites: list[str] = []
    forme = _parmi(FormeDePassage, groupe.entete["forme_de_passage"], "La forme de passage", dites)
    resultat = _parmi(Resultat, groupe.entete["resultat"], "Le résultat", dites)
    fautes += [Faute(groupe.rangs[0], message) for message in dites]
    if forme is None or resultat is None:
        return None
    releve = ReleveConnu(
        session=groupe.session,
        academie=groupe.cadre.academie,
        specialite=groupe.entete["specialite"],
        forme_de_passage=forme,
        resultat=resultat,
        lignes=tuple(groupe.lignes),
    )
    motifs = motifs_du_releve(releve, groupe.cadre)
    for motif in motifs:
        rang = re.fullmatch(r"lignes-([0-9]+)", motif.champ)
        fautes.append(Faute(groupe.rangs[int(rang.group(1)) if rang else 0], motif.message))
    return None if motifs else ReleveLu(groupe.compte, groupe.cadre, releve, groupe.rangs)
