"""La note qu'il faut aux épreuves qui restent à passer, la même pour toutes, pour atteindre une moyenne.

Avec S le seuil visé, P les points des notes gardées, C les coefficients comptés et R ceux des épreuves à passer, elle
vaut (S × C - P) / R, exactement. Montrée, elle est arrondie vers le haut : elle suffit toujours.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from registre.regles.cadre import Cadre, ParametresMoyenne
from registre.regles.citation import applique
from registre.regles.explication import HORS_DU_CALCUL, SOURCES_HORS_DU_CALCUL, nom_de_la_ligne, pluriel
from registre.regles.moyenne import ecrit, points_de_la_facultative
from registre.regles.notes import NOTE_MAXIMALE, LigneDeNotes, Releve
from registre.regles.trace import Pas, Tableau, Trace


class Sort(StrEnum):
    """Ce que vaut un objectif, vu de ce qui reste à passer."""

    A_OBTENIR = "a_obtenir"
    ATTEINT = "atteint"  # whatever the marks to come
    HORS_D_ATTEINTE = "hors_d_atteinte"


@dataclass(frozen=True, kw_only=True)
class NoteNecessaire:
    """Ce qu'il faut aux épreuves à passer pour que la moyenne atteigne ``seuil``.

    ``points`` : ceux des notes gardées ; ``coefficients`` : tous ceux qui comptent ; ``a_passer`` : ceux des épreuves
    à passer, zéro quand il n'en reste pas.
    """

    seuil: Decimal
    points: Fraction
    coefficients: Fraction
    a_passer: Fraction

    @property
    def manque(self) -> Fraction:
        """Les points qui manquent ; négatif quand il y en a de trop."""
        return Fraction(self.seuil) * self.coefficients - self.points

    @property
    def note(self) -> Fraction | None:
        """La note exacte, qui peut sortir de 0 à 20 ; ``None`` quand il ne reste rien à passer."""
        return self.manque / self.a_passer if self.a_passer else None

    @property
    def sort(self) -> Sort:
        note = self.note
        if note is None:
            return Sort.ATTEINT if self.manque <= 0 else Sort.HORS_D_ATTEINTE
        if note <= 0:
            return Sort.ATTEINT
        return Sort.HORS_D_ATTEINTE if note > NOTE_MAXIMALE else Sort.A_OBTENIR

    def arrondie(self, decimales: int) -> Decimal | None:
        """La plus petite note à ``decimales`` décimales qui suffit : arrondie vers le haut."""
        note = self.note
        return None if note is None else Decimal(-(-note * 10**decimales // 1)).scaleb(-decimales)


@applique("annexe1.dispense.effet", "annexe1.benefice.moyenne", "R55", "R57", "R59", "R60", "L-14", "L-38")
def note_necessaire(releve: Releve, seuil: Decimal, parametres: ParametresMoyenne) -> NoteNecessaire | None:
    """La note qui, mise à chaque unité encore à passer, donne exactement ``seuil`` de moyenne.

    Rend ``None`` si un coefficient compté n'est pas connu, ou si aucune unité ne compte.
    """
    comptees = [ligne for ligne in releve.lignes if not ligne.neutralisee]
    if not comptees or any(ligne.coefficient is None for ligne in comptees):
        return None
    points = points_de_la_facultative(releve.lvf, parametres.facultative_seuil)
    a_passer = Fraction(0)
    for ligne in comptees:
        valeur = ligne.valeur
        if valeur is None:
            a_passer += coefficient_de(ligne)
        else:
            points += valeur * coefficient_de(ligne)
    coefficients = Fraction(sum(map(coefficient_de, comptees)))
    return NoteNecessaire(seuil=seuil, points=points, coefficients=coefficients, a_passer=a_passer)


def coefficient_de(ligne: LigneDeNotes) -> Fraction:
    """Le coefficient exact ; zéro quand il n'est pas connu."""
    return Fraction(ligne.coefficient or 0)


def en_clair(besoin: NoteNecessaire, decimales: int) -> str:
    """« 9,73 / 20 », « déjà atteint » ou « impossible », dit au candidat."""
    if besoin.sort is Sort.ATTEINT:
        return "déjà atteint"
    note = besoin.arrondie(decimales)
    if besoin.sort is Sort.HORS_D_ATTEINTE or note is None:
        return f"impossible\u00a0: il faudrait plus de {NOTE_MAXIMALE}" if besoin.a_passer else "impossible"
    return f"{ecrit(note)}\u00a0/\u00a0{NOTE_MAXIMALE}"


@applique("annexe1.benefice.moyenne", "annexe1.dispense.moyenne", "R55", "R59", "R60", "L-14")
def trace_de_la_note_necessaire(releve: Releve, besoin: NoteNecessaire, cadre: Cadre) -> Trace:
    """Comment se trouve la note qu'il faut : les coefficients, les points gardés, ce qui manque."""
    seuil, decimales = ecrit(besoin.seuil), cadre.moyenne.note_decimales
    pas = [
        Pas(
            code="coefficients_comptes",
            texte="Les coefficients des épreuves qui comptent font, en tout\u00a0:",
            valeur=ecrit(besoin.coefficients),
            sources=("R55",),
        )
    ]
    for etat, quoi in HORS_DU_CALCUL.items():
        noms = ", ".join(nom_de_la_ligne(ligne, cadre) for ligne in releve.lignes if ligne.etat is etat)
        if noms:
            texte = f"Ne compte pas, ni son coefficient ({quoi})\u00a0: {noms}."
            pas.append(Pas(code="coefficients_retires", texte=texte, sources=SOURCES_HORS_DU_CALCUL[etat]))
    gardees = [ligne for ligne in releve.lignes if ligne.valeur is not None]
    if gardees:
        pas.append(
            Pas(
                code="points_gardes",
                texte="Chaque note gardée est multipliée par son coefficient. Cela fait, en points\u00a0:",
                valeur=ecrit(besoin.points),
                sources=("annexe1.benefice.moyenne", "R60"),
                tableau=_points(gardees, cadre),
            )
        )
    pas += [
        Pas(
            code="points_voulus",
            texte=f"Pour avoir {seuil} de moyenne, il faut {seuil} × {ecrit(besoin.coefficients)} points, soit\u00a0:",
            valeur=ecrit(Fraction(besoin.seuil) * besoin.coefficients),
            sources=("L-14",),
        ),
        _dernier_pas(besoin, decimales),
    ]
    conclusion = f"{seuil} de moyenne\u00a0: {en_clair(besoin, decimales)}."
    return Trace(objet=f"Comment avoir {seuil} de moyenne", conclusion=conclusion, pas=tuple(pas))


def _points(lignes: list[LigneDeNotes], cadre: Cadre) -> Tableau:
    return Tableau(
        entetes=("Épreuve", "Note", "Coefficient", "Points"),
        lignes=tuple(
            (
                nom_de_la_ligne(ligne, cadre),
                ecrit(valeur),
                ecrit(coefficient_de(ligne)),
                ecrit(valeur * coefficient_de(ligne)),
            )
            for ligne in lignes
            if (valeur := ligne.valeur) is not None
        ),
    )


def _dernier_pas(besoin: NoteNecessaire, decimales: int) -> Pas:
    if besoin.manque <= 0:
        texte = "Vous avez déjà ces points, quelles que soient vos notes aux épreuves à passer."
        return Pas(code="note_necessaire", texte=texte, sources=("L-14",))
    manque = pluriel(ecrit(besoin.manque), "point")
    if not besoin.a_passer:
        texte = f"Il manque {manque} et il ne reste aucune épreuve à passer."
        return Pas(code="note_necessaire", texte=texte, sources=("L-14",))
    texte = f"Il manque {manque}, à partager entre des épreuves de coefficient {ecrit(besoin.a_passer)} en tout."
    if besoin.sort is Sort.HORS_D_ATTEINTE:
        texte += f" Même avec {NOTE_MAXIMALE} partout, ce n’est pas possible."
        return Pas(code="note_necessaire", texte=texte, sources=("L-14",))
    texte += " La division est arrondie vers le haut, pour que la note suffise\u00a0:"
    return Pas(code="note_necessaire", texte=texte, valeur=en_clair(besoin, decimales), sources=("L-14", "L-59"))
