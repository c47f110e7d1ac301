"""Annexe 1, « Rappel » : passer d'un ancien règlement au nouveau.

Un tableau relie plusieurs unités à plusieurs unités : même numéro ne veut pas dire même unité (R126). Il est daté
par les deux règlements qu'il relie : la session d'une note dit sous lequel elle a été obtenue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registre.regles.cadre import Correspondance, LigneCorrespondance, Specialite
from registre.regles.citation import applique


@dataclass(frozen=True, kw_only=True)
class Franchissement:
    """Une réforme franchie, ou celle qui arrête : ``tableau``, et sa ligne ; ``None`` s'il ne dit rien de l'unité."""

    tableau: Correspondance
    ligne: LigneCorrespondance | None


@dataclass(frozen=True, kw_only=True)
class Traversee:
    """Ce que devient une ancienne unité d'une réforme à l'autre, dans leur ordre.

    ``unite`` est le code de la nouvelle ; elle est vide si l'ancienne n'a pas d'équivalent, et vaut ``None`` si on ne
    sait pas : le dernier franchissement dit alors pourquoi.
    """

    franchissements: tuple[Franchissement, ...]
    unite: str | None

    @property
    def explication(self) -> str:
        """La phrase au candidat quand ``unite`` vaut ``None`` : ce que dit, ou ne dit pas, le dernier tableau."""
        if not self.franchissements:
            return "Nous ne savons pas sous quel règlement cette note a été obtenue."
        arret = self.franchissements[-1]
        if arret.tableau.lignes is None:
            return "Le règlement a changé, et nous n’avons pas le tableau qui relie les épreuves."
        if arret.ligne is None:
            return "Le règlement a changé, et son tableau ne dit rien de cette épreuve."
        anciennes, nouvelles = (_enumeration(codes) for codes in (arret.ligne.anciennes, arret.ligne.nouvelles))
        verbe = "ensemble donnent" if len(arret.ligne.anciennes) > 1 else "donne"
        return f"Dans le nouveau règlement, {anciennes} {verbe} {nouvelles}."


@applique("annexe1.rappel.correspondance", "R39", "L-48")
def succession(ancien: str, nouveau: str, correspondances: Iterable[Correspondance]) -> tuple[Correspondance, ...]:
    """Les tableaux à suivre, dans l'ordre, pour aller d'une spécialité à celle qui l'a remplacée.

    Le résultat est vide quand les deux spécialités ne se succèdent pas.
    """
    tableaux = tuple(correspondances)
    chemins: list[tuple[Correspondance, ...]] = [(c,) for c in tableaux if c.ancien == ancien]
    vues = {ancien}
    while chemins:
        chemin = chemins.pop(0)
        atteinte = chemin[-1].nouveau
        if atteinte == nouveau:
            return chemin
        if atteinte not in vues:
            vues.add(atteinte)
            chemins += [(*chemin, c) for c in tableaux if c.ancien == atteinte]
    return ()


@applique("annexe1.rappel.correspondance", "R126", "L-48")
def reglement_d_origine(
    specialite: str,
    session: int,
    correspondances: Iterable[Correspondance],
    specialites: Mapping[str, Specialite],
) -> str | None:
    """La spécialité (slug) sous laquelle une note de ``session`` a été obtenue, d'après les dates des règlements.

    Le candidat peut nommer le nouveau règlement pour une note de l'ancien : les deux ont souvent le même nom.
    Le résultat vaut ``None`` quand aucun règlement, ou plusieurs, se passaient à cette session.
    """
    dite = specialites.get(specialite)
    if dite is None or se_passait(dite, session):
        return specialite
    tableaux = tuple(correspondances)
    anciens = {
        s.slug
        for s in specialites.values()
        if s.slug != specialite and se_passait(s, session) and succession(s.slug, specialite, tableaux)
    }
    return anciens.pop() if len(anciens) == 1 else None


def se_passait(specialite: Specialite, session: int) -> bool:
    """La spécialité avait une session cette année-là ; une borne inconnue n'empêche rien."""
    derniere = specialite.session_rattrapage or specialite.derniere_session
    return (specialite.premiere_session or session) <= session <= (derniere or session)


@applique("annexe1.rappel.correspondance", "R126", "L-48")
def traversee(code: str, chemin: Iterable[Correspondance]) -> Traversee:
    """Ce que devient l'unité, réforme après réforme, jusqu'à la première qui ne la suit pas.

    On ne sait pas quand aucun chemin n'est donné, ou quand le tableau n'a pas été lu, ne dit rien de l'unité, ou en
    combine plusieurs : aucun texte lu ne donne de règle de calcul.
    """
    franchis: list[Franchissement] = []
    suivie: str | None = None
    for tableau in chemin:
        ligne = _ligne(code, tableau)
        franchis.append(Franchissement(tableau=tableau, ligne=ligne))
        if ligne is None or len(ligne.anciennes) > 1 or len(ligne.nouvelles) > 1:
            return Traversee(franchissements=tuple(franchis), unite=None)
        code = suivie = ligne.nouvelles[0] if ligne.nouvelles else ""
        if not code:
            break
    return Traversee(franchissements=tuple(franchis), unite=suivie)


def _ligne(code: str, tableau: Correspondance) -> LigneCorrespondance | None:
    """La ligne qui suit l'unité ; celle de l'unité seule l'emporte sur un groupe où elle est avec d'autres."""
    lignes = [x for x in tableau.lignes or () if code in x.anciennes]
    seule = tuple(unite for x in lignes if x.anciennes == (code,) for unite in x.nouvelles)
    if any(x.anciennes == (code,) for x in lignes):
        return LigneCorrespondance(anciennes=(code,), nouvelles=seule)
    return lignes[0] if lignes else None


def _enumeration(codes: tuple[str, ...]) -> str:
    """« U32 », « U32 et U33 », « U31, U32 et U33 »."""
    return " et ".join(filter(None, (", ".join(codes[:-1]), codes[-1])))
