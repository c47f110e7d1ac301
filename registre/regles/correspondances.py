"""Annexe 1, « Rappel » : passer d'un ancien règlement au nouveau.

Un tableau relie plusieurs unités à plusieurs unités : même numéro ne veut pas dire même unité (R126).
"""

from __future__ import annotations

from collections.abc import Iterable

from registre.regles.cadre import Correspondance
from registre.regles.citation import applique


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


@applique("R126", "L-48")
def unite_correspondante(code: str, chemin: Iterable[Correspondance]) -> str | None:
    """Le code de la nouvelle unité ; chaîne vide si l'ancienne n'a pas d'équivalent ; ``None`` si on ne sait pas.

    On ne sait pas quand le tableau n'a pas été lu, ne dit rien de l'unité, ou en combine plusieurs : la
    règle de calcul n'est pas dans nos données.
    """
    for tableau in chemin:
        lignes = [ligne for ligne in tableau.lignes or () if ligne.anciennes == (code,)]
        if len(lignes) != 1 or len(lignes[0].nouvelles) > 1:
            return None
        if not lignes[0].nouvelles:
            return ""
        code = lignes[0].nouvelles[0]
    return code
