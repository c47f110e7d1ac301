"""La moyenne générale et la moyenne professionnelle, exactes.

points = somme des (note × coefficient) des unités qui ont une note, de la session ou gardée, plus les points de
la langue facultative au-dessus de 10 ; coefficients = somme des coefficients de ces mêmes unités. Un seuil se
compare aux points, jamais à une valeur arrondie (L-14). ``docs/moyenne.md`` le raconte, avec des exemples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from registre.regles.cadre import ParametresMoyenne
from registre.regles.citation import Motif, applique
from registre.regles.notes import NOTEES, EtatNote, LigneDeNotes, NoteFacultative, Releve
from registre.regles.vocabulaire import NatureUnite

DECIMALES_ECRITES = 4
MOTIFS = ("coefficient_inconnu", "unite_a_passer", "aucune_note")


@dataclass(frozen=True, slots=True)
class Moyenne:
    """``points`` / ``coefficients``, sur 20. ``coefficients`` est plus grand que zéro."""

    points: Fraction
    coefficients: Fraction

    @property
    def valeur(self) -> Fraction:
        return self.points / self.coefficients

    def atteint(self, seuil: Decimal) -> bool:
        """La moyenne vaut au moins ``seuil`` : les points sont comparés, sans arrondi (L-14)."""
        return self.points >= Fraction(seuil) * self.coefficients

    def affichee(self, decimales: int) -> str:
        """« 9,35 » : arrondie pour être lue, demi vers le haut. Ne sert à aucune comparaison."""
        return arrondi(self.valeur, decimales)


def arrondi(nombre: Fraction, decimales: int) -> str:
    """Un nombre positif, arrondi demi vers le haut, avec une virgule : 187/20 à deux décimales est « 9,35 »."""
    entier = (nombre.numerator * 10**decimales * 2 + nombre.denominator) // (2 * nombre.denominator)
    texte = f"{entier:0{decimales + 1}d}"
    return f"{texte[:-decimales]},{texte[-decimales:]}" if decimales else texte


def ecrit(nombre: Fraction | Decimal) -> str:
    """Un nombre positif tel qu'il est : « 233,75 », « 25 ». À quatre décimales si son écriture ne finit pas."""
    fraction = Fraction(nombre)
    finies = (n for n in range(DECIMALES_ECRITES + 1) if (fraction * 10**n).denominator == 1)
    return arrondi(fraction, next(finies, DECIMALES_ECRITES))


@applique("R33", "R57", "R58", "L-12")
def points_de_la_facultative(lvf: NoteFacultative | None, seuil: Decimal) -> Fraction:
    """Les points de la langue facultative au-dessus du seuil, une seule fois ; une absence n'en donne pas.

    Une note gardée en donne autant qu'une note de la session : elle se garde « pour ses points » (R33).
    """
    if lvf is None or lvf.etat not in NOTEES or lvf.note is None:
        return Fraction(0)
    return max(Fraction(0), Fraction(lvf.note) - Fraction(seuil))


@applique(
    "annexe1.dispense.effet",
    "annexe1.dispense.moyenne",
    "annexe1.benefice.moyenne",
    "epreuves.eps.inapte",
    "R55",
    "R59",
    "R60",
    "R61",
    "R62",
    "L-12",
    "L-14",
    "L-25",
)
def moyenne_generale(releve: Releve, parametres: ParametresMoyenne) -> Moyenne | None:
    """La moyenne des unités obligatoires, avec les points de la facultative.

    Une dispense ou une inaptitude retire l'unité et son coefficient. Une note gardée compte avec son coefficient.
    Une absence injustifiée vaut zéro, coefficient compté. Rend ``None`` si un coefficient compté n'est pas connu,
    si une unité reste à passer, ou si rien ne compte : :func:`obstacles_a_la_moyenne` dit pourquoi.
    """
    moyenne = _moyenne(releve.lignes)
    if moyenne is None:
        return None
    bonus = points_de_la_facultative(releve.lvf, parametres.facultative_seuil)
    return Moyenne(moyenne.points + bonus, moyenne.coefficients)


@applique("R72", "L-06")
def moyenne_professionnelle(releve: Releve) -> Moyenne | None:
    """La moyenne des unités professionnelles, notes gardées comprises, dispenses exclues, sans la facultative.

    Rend ``None`` si un coefficient ou la nature d'une unité manque, ou si aucune unité professionnelle ne compte.
    """
    if natures_inconnues(releve):
        return None
    return _moyenne(ligne for ligne in releve.lignes if ligne.nature is NatureUnite.PROFESSIONNELLE)


def natures_inconnues(releve: Releve) -> tuple[LigneDeNotes, ...]:
    """Les unités qui comptent et dont on ne sait pas si elles sont professionnelles (règlement non lu)."""
    return tuple(ligne for ligne in releve.lignes if ligne.nature is None and not ligne.neutralisee)


@applique("R37", "R55", "L-11", "L-38", "L-61")
def obstacles_a_la_moyenne(releve: Releve) -> tuple[Motif, ...]:
    """Ce qui empêche de calculer la moyenne : une unité à passer, un coefficient inconnu, aucune note qui compte.

    Le relevé est bien rempli (:func:`registre.regles.notes.motifs_releve`).
    """
    motifs = []
    for ligne in releve.lignes:
        if ligne.etat is EtatNote.NON_PRESENTEE:
            message = f"{ligne.intitule}\u00a0: il reste à passer cette unité."
            motifs.append(Motif("unite_a_passer", ligne.cle, message, ("R36", "L-11")))
        elif not ligne.neutralisee and ligne.coefficient is None:
            message = f"{ligne.intitule}\u00a0: le coefficient n’est pas connu."
            motifs.append(Motif("coefficient_inconnu", ligne.cle, message, ("L-38", "L-61")))
    if all(ligne.neutralisee for ligne in releve.lignes):
        message = "Aucune note ne compte\u00a0: il n’y a pas de moyenne. Le service d’examen vous dira la suite."
        motifs.append(Motif("aucune_note", "", message, ("R59",)))
    return tuple(motifs)


def _moyenne(lignes: Iterable[LigneDeNotes]) -> Moyenne | None:
    points = coefficients = Fraction(0)
    for ligne in lignes:
        if ligne.neutralisee:
            continue
        valeur = ligne.valeur
        if valeur is None or ligne.coefficient is None:
            return None
        coefficient = Fraction(ligne.coefficient)
        points += valeur * coefficient
        coefficients += coefficient
    return Moyenne(points, coefficients) if coefficients else None
