"""La décision que les textes donnent au jury, au premier puis au second groupe.

Le jury est souverain (R109) : il peut ajouter des points. C'est sa décision, enregistrée à part ; aucune règle ne
l'invente, et la moyenne calculée reste lisible à côté.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from registre.regles.cadre import Cadre, Eps, ParametresJury, ParametresMoyenne
from registre.regles.citation import Motif, applique
from registre.regles.controle import AccesAuControle, Choix, acces_au_controle, motifs_choix, releve_apres_controle
from registre.regles.moyenne import Moyenne, moyenne_generale, obstacles_a_la_moyenne
from registre.regles.notes import EPS, EtatNote, OralDeControle, Releve, motifs_oraux, motifs_releve


class DecisionDuJury(StrEnum):
    """Les résultats possibles (chapitre 15 de la réglementation)."""

    ADMIS = "admis"
    CONTROLE = "controle"
    AJOURNE = "ajourne"
    ELIMINE = "elimine"
    PARTIEL = "partiel"
    ADMIS_SECOND_GROUPE = "admis_second_groupe"
    AJOURNE_SECOND_GROUPE = "ajourne_second_groupe"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsDuJury:
    """Des points que le jury ajoute au total, après coefficients, au groupe qu'il délibère ; ``motif`` est le sien.

    Ils ne passent pas d'un groupe à l'autre : au second, le jury décide de nouveau (L-73).
    """

    points: Decimal
    motif: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """Le résultat et les figures qui y mènent.

    ``decision`` vaut ``None`` quand on ne peut pas décider : ``obstacles`` dit pourquoi. ``moyenne`` est celle du
    premier groupe, ``moyenne_second_groupe`` celle d'après le contrôle ; les points du jury n'y sont pas.
    ``acces`` est renseigné quand la moyenne est entre les deux seuils.
    """

    decision: DecisionDuJury | None
    mention: str = ""
    moyenne: Moyenne | None = None
    acces: AccesAuControle | None = None
    premier_groupe: DecisionDuJury | None = None
    moyenne_second_groupe: Moyenne | None = None
    points_premier_groupe: PointsDuJury | None = None
    points_second_groupe: PointsDuJury | None = None
    absences_eliminatoires: tuple[str, ...] = ()
    obstacles: tuple[Motif, ...] = ()

    @property
    def choix_controle(self) -> Choix:
        """Les unités que le candidat peut choisir au contrôle, par groupe ; vide s'il n'y accède pas."""
        return self.acces.choix if self.acces and self.acces.ouvert else {}

    @property
    def deliberee_premier_groupe(self) -> Moyenne | None:
        """La moyenne du premier groupe que le jury compare aux seuils, avec les points qu'il y ajoute."""
        return self.moyenne and _avec_points(self.moyenne, self.points_premier_groupe)

    @property
    def deliberee_second_groupe(self) -> Moyenne | None:
        """De même après le contrôle."""
        return self.moyenne_second_groupe and _avec_points(self.moyenne_second_groupe, self.points_second_groupe)


@dataclass(frozen=True, kw_only=True)
class Bareme:
    """Les paramètres de la session que lit la délibération."""

    moyenne: ParametresMoyenne
    jury: ParametresJury
    eps: Eps

    @classmethod
    def du_cadre(cls, cadre: Cadre) -> Bareme:
        return cls(moyenne=cadre.moyenne, jury=cadre.jury, eps=cadre.eps)


def deliberation(
    releve: Releve,
    bareme: Bareme,
    oraux: Iterable[OralDeControle] = (),
    *,
    points_premier_groupe: PointsDuJury | None = None,
    points_second_groupe: PointsDuJury | None = None,
) -> Deliberation:
    """La décision du premier groupe, puis du second si les oraux sont donnés.

    Un relevé mal rempli, un coefficient inconnu ou un oral impossible donne ``decision=None`` et ses obstacles.
    """
    oraux = tuple(oraux)
    points = [p for p in (points_premier_groupe, points_second_groupe) if p]
    defauts = (
        *motifs_releve(releve, bareme.moyenne, bareme.eps),
        *motifs_oraux(oraux, bareme.moyenne),
        *motifs_points(points, bareme.moyenne),
    )
    if defauts:
        return Deliberation(decision=None, obstacles=defauts)
    premier = premier_groupe(releve, bareme, points_premier_groupe)
    sans_effet = (premier.moyenne is None and points_premier_groupe) or (not oraux and points_second_groupe)
    if sans_effet:
        return replace(premier, obstacles=(*premier.obstacles, _points_sans_objet()))
    if not oraux:
        return premier
    if premier.decision is not DecisionDuJury.CONTROLE:
        return replace(premier, obstacles=(*premier.obstacles, *_oraux_sans_objet(oraux)))
    impossibles = motifs_choix(oraux, premier.choix_controle)
    if impossibles:
        return replace(premier, obstacles=impossibles)
    return second_groupe(premier, releve, bareme, oraux, points_second_groupe)


@applique("R109", "L-59", "L-73")
def motifs_points(points: Iterable[PointsDuJury], parametres: ParametresMoyenne) -> tuple[Motif, ...]:
    """Le jury ajoute des points, il n'en retire pas : un nombre plus grand que zéro, écrit comme une note."""
    decimales = parametres.note_decimales
    message = f"Le jury ajoute un nombre de points plus grand que zéro, avec {decimales} décimales au plus."
    return tuple(
        Motif("points_invalides", "points_du_jury", message, ("R109", "L-59"))
        for p in points
        if not p.points.is_finite() or p.points <= 0 or p.points != round(p.points, decimales)
    )


@applique(
    "epreuves.eps.absence-eliminatoire",
    "etapes.qualification.progressive",
    "R36",
    "R37",
    "R55",
    "R56",
    "R70",
    "R79",
    "R103",
    "L-11",
    "L-12",
    "L-14",
)
def premier_groupe(releve: Releve, bareme: Bareme, points_du_jury: PointsDuJury | None = None) -> Deliberation:
    """Admis à 10 ; contrôle ou ajourné entre 8 et 10 ; ajourné en dessous. Aucune note n'est éliminatoire.

    L'absence à l'EPS d'un candidat inscrit élimine. Tant qu'une unité reste à passer, la décision est partielle et
    il n'y a pas de moyenne.
    """
    jury = bareme.jury
    absences = absences_eliminatoires(releve, jury)
    if absences:
        return Deliberation(decision=DecisionDuJury.ELIMINE, absences_eliminatoires=absences)
    obstacles = obstacles_a_la_moyenne(releve)
    if any(ligne.etat is EtatNote.NON_PRESENTEE for ligne in releve.lignes):
        return Deliberation(decision=DecisionDuJury.PARTIEL, obstacles=obstacles)
    moyenne = moyenne_generale(releve, bareme.moyenne)
    if obstacles or moyenne is None:
        return Deliberation(decision=None, obstacles=obstacles)
    deliberee = _avec_points(moyenne, points_du_jury)
    resultat = Deliberation(decision=DecisionDuJury.AJOURNE, moyenne=moyenne, points_premier_groupe=points_du_jury)
    if deliberee.atteint(jury.seuil_admission):
        return replace(resultat, decision=DecisionDuJury.ADMIS, mention=mention(deliberee, releve, jury))
    if not deliberee.atteint(jury.seuil_controle):
        return resultat
    acces = acces_au_controle(releve, jury)
    decisions = {True: DecisionDuJury.CONTROLE, False: DecisionDuJury.AJOURNE, None: None}
    inconnus = acces.motifs if acces.ouvert is None else ()
    return replace(resultat, decision=decisions[acces.ouvert], acces=acces, obstacles=inconnus)


@applique("R75", "R76", "L-42")
def second_groupe(
    premier: Deliberation,
    releve: Releve,
    bareme: Bareme,
    oraux: Iterable[OralDeControle],
    points_du_jury: PointsDuJury | None = None,
) -> Deliberation:
    """Après le contrôle : admis si la moyenne recalculée avec les meilleures notes atteint 10, sinon ajourné."""
    repris = releve_apres_controle(releve, oraux)
    moyenne = moyenne_generale(repris, bareme.moyenne)
    admis = moyenne is not None and _avec_points(moyenne, points_du_jury).atteint(bareme.jury.seuil_admission)
    return replace(
        premier,
        decision=DecisionDuJury.ADMIS_SECOND_GROUPE if admis else DecisionDuJury.AJOURNE_SECOND_GROUPE,
        premier_groupe=premier.decision,
        mention=mention(moyenne, repris, bareme.jury, apres_controle=True) if moyenne and admis else "",
        moyenne_second_groupe=moyenne,
        points_second_groupe=points_du_jury,
    )


@applique("R57", "R76", "R142", "L-13", "L-14")
def mention(moyenne: Moyenne, releve: Releve, jury: ParametresJury, *, apres_controle: bool = False) -> str:
    """Le code de la plus haute mention atteinte, vide s'il n'y en a pas. Jamais après le contrôle.

    Des notes gardées ne l'empêchent pas, sauf si la session le dit.
    """
    if (apres_controle and not jury.mention_apres_controle) or (
        releve.a_une_note_gardee and not jury.mention_notes_conservees
    ):
        return ""
    atteintes = [m for m in jury.mentions if moyenne.atteint(m.seuil)]
    return max(atteintes, key=lambda m: m.seuil).code if atteintes else ""


@applique("epreuves.eps.absence-eliminatoire", "R79", "R103", "L-12", "L-40")
def absences_eliminatoires(releve: Releve, jury: ParametresJury) -> tuple[str, ...]:
    """Les unités où une absence élimine : l'EPS, et les autres seulement si la session le dit."""
    return tuple(
        ligne.cle
        for ligne in releve.lignes
        if ligne.etat is EtatNote.ABSENCE
        and (jury.absence_eps if ligne.matiere == EPS else jury.absence_injustifiee) == "eliminatoire"
    )


def _avec_points(moyenne: Moyenne, points_du_jury: PointsDuJury | None) -> Moyenne:
    if points_du_jury is None:
        return moyenne
    return Moyenne(moyenne.points + Fraction(points_du_jury.points), moyenne.coefficients)


def _oraux_sans_objet(oraux: Iterable[OralDeControle]) -> tuple[Motif, ...]:
    message = "Cette note d’oral ne sert pas\u00a0: l’épreuve de contrôle n’est pas ouverte."
    return tuple(Motif("oral_sans_objet", o.unite, message, ("R71", "R74")) for o in oraux)


def _points_sans_objet() -> Motif:
    message = "Ces points du jury ne servent pas\u00a0: il n’y a pas de moyenne à ce groupe."
    return Motif("points_sans_objet", "points_du_jury", message, ("R109", "L-73"))
