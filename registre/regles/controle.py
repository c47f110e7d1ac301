"""L'épreuve de contrôle (second groupe) : qui y accède, sur quelles matières, ce qu'elle change.

Depuis la session 2022, l'accès regarde la moyenne de toutes les unités professionnelles (R71) ; l'ancien test, sur
la seule épreuve pratique, n'existe plus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from registre.regles.cadre import ParametresJury
from registre.regles.citation import Motif, applique
from registre.regles.moyenne import Moyenne, ecrit, moyenne_professionnelle, natures_inconnues
from registre.regles.notes import EtatNote, LigneDeNotes, OralDeControle, Releve
from registre.regles.vocabulaire import NatureUnite

MOTIFS = (
    "nature_inconnue",
    "professionnelles_inconnues",
    "moyenne_professionnelle_insuffisante",
    "aucune_matiere",
)
MOTIFS_DES_CHOIX = ("choix_manquant", "choix_double", "choix_impossible")

Choix = Mapping[str, tuple[str, ...]]  # code du groupe -> unités que le candidat peut choisir


@dataclass(frozen=True, slots=True, kw_only=True)
class AccesAuControle:
    """``ouvert`` vaut ``None`` quand on ne sait pas (``motifs`` dit pourquoi). ``choix`` est vide s'il est fermé.

    ``professionnelles_dispensees`` : toutes les unités professionnelles sont dispensées, la condition tombe (R77).
    """

    ouvert: bool | None
    moyenne_professionnelle: Moyenne | None
    professionnelles_dispensees: bool
    choix: Choix
    motifs: tuple[Motif, ...] = ()


@applique("R71", "R73", "R77", "L-06", "L-17", "L-61")
def acces_au_controle(releve: Releve, jury: ParametresJury) -> AccesAuControle:
    """Un candidat dont la moyenne est entre les deux seuils passe le contrôle s'il a 10 aux unités professionnelles.

    La condition tombe quand toutes ses unités professionnelles sont dispensées ; sans aucune dans le relevé, on ne
    sait pas. Il faut une matière au choix au moins.
    """
    professionnelle = moyenne_professionnelle(releve)
    professionnelles = [x for x in releve.lignes if x.nature is not NatureUnite.GENERALE]
    dispensees = bool(professionnelles) and all(x.neutralisee for x in professionnelles)
    motifs = [
        Motif(
            "nature_inconnue",
            ligne.cle,
            f"{ligne.intitule}\u00a0: on ne sait pas si cette unité compte dans la moyenne professionnelle.",
            ("L-06", "L-61"),
        )
        for ligne in natures_inconnues(releve)
    ]
    if not professionnelles:
        message = "Aucune unité professionnelle n’est dans ce relevé\u00a0: on ne sait pas si le contrôle s’ouvre."
        motifs.append(Motif("professionnelles_inconnues", "", message, ("R71", "L-61")))
    choix = matieres_au_choix(releve, jury)
    if not motifs and not dispensees and not (professionnelle and professionnelle.atteint(jury.seuil_professionnel)):
        message = f"La moyenne des unités professionnelles est inférieure à {ecrit(jury.seuil_professionnel)}."
        motifs.append(Motif("moyenne_professionnelle_insuffisante", "", message, ("R71", "L-06")))
    if not any(choix.values()):
        message = "Toutes les matières de l’épreuve de contrôle sont dispensées\u00a0: il n’y a rien à y passer."
        motifs.append(Motif("aucune_matiere", "", message, ("R74", "L-17")))
    ferme = [m for m in motifs if m.code not in ("nature_inconnue", "professionnelles_inconnues")]
    return AccesAuControle(
        ouvert=False if ferme else None if motifs else True,
        moyenne_professionnelle=professionnelle,
        professionnelles_dispensees=dispensees,
        choix={} if motifs else choix,
        motifs=tuple(ferme or motifs),
    )


@applique("epreuves.controle.ect-3", "R74", "R78", "L-17", "L-42")
def matieres_au_choix(releve: Releve, jury: ParametresJury) -> Choix:
    """Dans chaque groupe, les unités que le candidat peut repasser à l'oral : jamais une unité dispensée."""
    return {
        groupe.code: tuple(x.unite for x in releve.lignes if x.matiere in groupe.matieres and _repassable(x, jury))
        for groupe in jury.controle_groupes
    }


@applique("R74", "L-17")
def motifs_choix(oraux: Iterable[OralDeControle], choix: Choix) -> tuple[Motif, ...]:
    """Un oral et un seul dans chaque groupe où il reste une matière, parmi celles qui sont au choix."""
    choisies = [o.unite for o in oraux]
    possibles = {unite for unites in choix.values() for unite in unites}
    motifs = [
        Motif("choix_impossible", unite, f"L’unité {unite} ne peut pas être choisie au contrôle.", ("R74", "L-17"))
        for unite in choisies
        if unite not in possibles
    ]
    for groupe, unites in choix.items():
        nombre = sum(unite in unites for unite in choisies)
        if nombre > 1:
            motifs.append(Motif("choix_double", groupe, "Une seule matière par groupe. Retirez-en une.", ("R74",)))
        elif unites and not nombre:
            motifs.append(Motif("choix_manquant", groupe, "Il manque une matière dans ce groupe.", ("R74",)))
    return tuple(motifs)


@applique("R75", "L-42")
def releve_apres_controle(releve: Releve, oraux: Iterable[OralDeControle]) -> Releve:
    """Le relevé où chaque unité repassée porte la meilleure de ses deux notes ; une absence laisse la première."""
    notes = {o.unite: o.note for o in oraux if o.etat is EtatNote.NOTE and o.note is not None}

    def meilleure(ligne: LigneDeNotes) -> LigneDeNotes:
        note = notes.get(ligne.unite)
        if note is None or Fraction(note) <= (ligne.valeur or Fraction(0)):
            return ligne
        return replace(ligne, etat=EtatNote.NOTE, note=note, notes_activites=())

    return Releve(lignes=tuple(meilleure(ligne) for ligne in releve.lignes), lvf=releve.lvf)


def _repassable(ligne: LigneDeNotes, jury: ParametresJury) -> bool:
    if ligne.neutralisee or ligne.etat is EtatNote.NON_PRESENTEE:
        return False
    return ligne.etat is not EtatNote.NOTE_GARDEE or jury.controle_sur_note_conservee
