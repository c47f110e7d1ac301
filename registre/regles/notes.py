"""Les notes d'un candidat à une session : ce sur quoi se calculent la moyenne et la décision du jury.

Les nombres sont exacts : décimaux en entrée, fractions dans les calculs, jamais de flottants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from registre.regles.cadre import Epreuve, Eps, ParametresMoyenne, Specialite, Unite
from registre.regles.citation import Motif, applique
from registre.regles.eps import nombre_en_clair
from registre.regles.vocabulaire import NatureUnite

NOTE_MAXIMALE = 20
EPS = "eps"
MOTIFS = (
    "unite_en_double",
    "note_manquante",
    "note_invalide",
    "note_de_trop",
    "coefficient_invalide",
    "eps_seule",
    "nombre_de_notes_d_eps",
    "etat_impossible",
)


class EtatNote(StrEnum):
    """Ce que devient une unité au moment de calculer."""

    NOTE = "note"
    NOTE_GARDEE = "note_gardee"
    DISPENSE = "dispense"
    INAPTE = "inapte"  # EPS seulement
    ABSENCE = "absence"  # injustifiée
    NON_PRESENTEE = "non_presentee"  # forme progressive : à passer à une autre session


NOTEES = frozenset({EtatNote.NOTE, EtatNote.NOTE_GARDEE})
NEUTRALISEES = frozenset({EtatNote.DISPENSE, EtatNote.INAPTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneDeNotes:
    """Une unité obligatoire et sa note, de 0 à 20.

    ``notes_activites`` remplace ``note`` pour l'EPS de la session : leur moyenne exacte est la note (R80).
    ``coefficient`` et ``nature`` valent ``None`` quand le règlement ne les donne pas dans nos données (L-38).
    ``unite`` est le code (U11), ou la matière d'une unité générale dont le code n'est pas connu.
    ``session_obtention`` : celle d'une note gardée, si elle est connue ; la moyenne ne la lit pas.
    """

    epreuve: str
    unite: str
    matiere: str | None = None
    nature: NatureUnite | None = None
    coefficient: Decimal | None = None
    etat: EtatNote
    note: Decimal | None = None
    notes_activites: tuple[Decimal, ...] = ()
    libelle: str = ""
    session_obtention: int | None = None

    @property
    def cle(self) -> str:
        """Nom stable de l'unité, le même que dans les saisies : la matière, sinon le code."""
        return self.matiere or self.unite

    @property
    def intitule(self) -> str:
        return self.libelle or f"Unité {self.unite}"

    @property
    def neutralisee(self) -> bool:
        """L'unité n'entre ni dans les points ni dans les coefficients (R59, R61)."""
        return self.etat in NEUTRALISEES

    @property
    def valeur(self) -> Fraction | None:
        """La note comptée. Une absence vaut zéro (L-12) ; ``None`` : aucune note ne compte, ou elle manque."""
        if self.etat is EtatNote.ABSENCE:
            return Fraction(0)
        if self.etat not in NOTEES:
            return None
        if self.notes_activites:
            return sum(map(Fraction, self.notes_activites), Fraction(0)) / len(self.notes_activites)
        return None if self.note is None else Fraction(self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFacultative:
    """La langue facultative : une note de 0 à 20, de la session ou gardée, ou une absence, sans effet (L-12)."""

    etat: EtatNote
    note: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OralDeControle:
    """Un oral du second groupe : l'unité choisie et sa note, ou une absence (L-42)."""

    unite: str
    etat: EtatNote = EtatNote.NOTE
    note: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Releve:
    """Toutes les unités obligatoires de la spécialité, chacune une fois, et la langue facultative s'il y en a une."""

    lignes: tuple[LigneDeNotes, ...]
    lvf: NoteFacultative | None = None

    @property
    def a_une_note_gardee(self) -> bool:
        """Une note d'une autre session compte, facultative comprise : la session peut refuser la mention (L-13)."""
        return any(x.etat is EtatNote.NOTE_GARDEE for x in (*self.lignes, *((self.lvf,) if self.lvf else ())))


def ligne_de(unite: Unite, epreuve: Epreuve, etat: EtatNote, note: Decimal | None = None) -> LigneDeNotes:
    """La ligne d'une unité du référentiel."""
    return LigneDeNotes(
        epreuve=epreuve.code,
        unite=unite.code or unite.cle,
        matiere=unite.matiere,
        nature=unite.nature,
        coefficient=unite.coefficient,
        etat=etat,
        note=note,
        libelle=unite.intitule,
    )


@applique("R33", "R43", "R80", "L-55", "L-59")
def motifs_releve(releve: Releve, parametres: ParametresMoyenne, eps: Eps) -> tuple[Motif, ...]:
    """Un relevé est calculable si chaque unité y est une fois, avec la note que son état demande.

    Une note est un décimal de 0 à 20, avec deux décimales au plus. Seule l'EPS a des activités ou une inaptitude.
    """
    noms = {ligne.cle: ligne.intitule for ligne in releve.lignes}
    cles, codes = Counter(ligne.cle for ligne in releve.lignes), Counter(ligne.unite for ligne in releve.lignes)
    doubles = dict.fromkeys(x.cle for x in releve.lignes if cles[x.cle] > 1 or codes[x.unite] > 1)
    motifs = [
        Motif("unite_en_double", cle, f"{noms[cle]} est deux fois dans le relevé. Gardez une ligne.", ("R43",))
        for cle in doubles
    ]
    for ligne in releve.lignes:
        motifs += [*_motifs_de_la_ligne(ligne, parametres), *notes_par_activite(ligne, eps)]
    if releve.lvf is not None:
        lvf = releve.lvf
        motifs += _note_ou_absence("lvf", "langue facultative", lvf.etat, lvf.note, parametres, gardee=True)
    return tuple(motifs)


@applique("R74", "R75", "L-42", "L-59")
def motifs_oraux(oraux: Iterable[OralDeControle], parametres: ParametresMoyenne) -> tuple[Motif, ...]:
    """Un oral de contrôle porte une note de 0 à 20, ou une absence."""
    return tuple(m for o in oraux for m in _note_ou_absence(o.unite, f"unité {o.unite}", o.etat, o.note, parametres))


def _note_ou_absence(
    champ: str, nom: str, etat: EtatNote, note: Decimal | None, parametres: ParametresMoyenne, *, gardee: bool = False
) -> list[Motif]:
    """``gardee`` : la note peut venir d'une autre session, ce qu'un oral de contrôle ne peut pas."""
    if etat not in (EtatNote.NOTE, EtatNote.ABSENCE) and not (gardee and etat is EtatNote.NOTE_GARDEE):
        message = f"{nom[:1].upper()}{nom[1:]}\u00a0: saisissez une note, ou une absence."
        return [Motif("etat_impossible", champ, message, ("R58", "R75", "L-42"))]
    return _motifs_des_notes(champ, nom, etat, note, (), parametres)


def _motifs_de_la_ligne(ligne: LigneDeNotes, parametres: ParametresMoyenne) -> list[Motif]:
    motifs = _motifs_des_notes(ligne.cle, ligne.intitule, ligne.etat, ligne.note, ligne.notes_activites, parametres)
    if ligne.matiere != EPS and (ligne.notes_activites or ligne.etat is EtatNote.INAPTE):
        message = f"{ligne.intitule}\u00a0: seule l’EPS a des activités ou une inaptitude. Corrigez la ligne."
        motifs.append(Motif("eps_seule", ligne.cle, message, ("R80", "L-55")))
    if ligne.coefficient is not None and ligne.coefficient <= 0:
        message = f"{ligne.intitule}\u00a0: le coefficient doit être plus grand que zéro."
        motifs.append(Motif("coefficient_invalide", ligne.cle, message, ("R62",)))
    return motifs


def _motifs_des_notes(
    champ: str,
    nom: str,
    etat: EtatNote,
    note: Decimal | None,
    activites: tuple[Decimal, ...],
    parametres: ParametresMoyenne,
) -> list[Motif]:
    notes = [*activites] if note is None else [note, *activites]
    if etat not in NOTEES:
        message = f"{nom[:1].upper()}{nom[1:]}\u00a0: une unité qui n’a pas été notée ne porte pas de note."
        return [Motif("note_de_trop", champ, message, ("L-59",))] if notes else []
    if not notes:
        message = f"{nom[:1].upper()}{nom[1:]}\u00a0: la note manque. Saisissez-la."
        return [Motif("note_manquante", champ, message, ("L-59",))]
    if (note is not None and activites) or not all(note_correcte(n, parametres) for n in notes):
        message = (
            f"{nom[:1].upper()}{nom[1:]}\u00a0: une note va de 0 à {NOTE_MAXIMALE}, "
            f"avec {parametres.note_decimales} décimales au plus."
        )
        return [Motif("note_invalide", champ, message, ("L-59",))]
    return []


@applique("epreuves.eps.apte", "epreuves.eps.adaptee", "R80", "L-55")
def notes_par_activite(ligne: LigneDeNotes, eps: Eps) -> list[Motif]:
    """L'EPS de la session a une note par activité : deux, ou une seule pour l'épreuve adaptée.

    Le relevé ne dit pas laquelle des deux épreuves a été passée, et peut ne donner que la note finale. Une note gardée
    vient d'une autre session, qui avait ses propres activités.
    """
    notees = len(ligne.notes_activites)
    if ligne.matiere != EPS or ligne.etat is not EtatNote.NOTE or notees in (0, eps.nombre, eps.nombre_adapte):
        return []
    message = (
        f"{ligne.intitule}\u00a0: notez {nombre_en_clair(eps.nombre)}, "
        f"ou {nombre_en_clair(eps.nombre_adapte)} si l’épreuve est adaptée."
    )
    return [Motif("nombre_de_notes_d_eps", ligne.cle, message, ("R80", "L-55"))]


def note_correcte(note: Decimal, parametres: ParametresMoyenne) -> bool:
    """Un décimal fini de 0 à 20, sans plus de décimales que la session n'en admet (L-59)."""
    if not note.is_finite() or not 0 <= note <= NOTE_MAXIMALE:
        return False
    return note == round(note, parametres.note_decimales)


def releve_de(specialite: Specialite, lignes: Iterable[LigneDeNotes], lvf: NoteFacultative | None = None) -> Releve:
    """Le relevé dans l'ordre du règlement ; une unité dont rien n'est dit est ``non_presentee``."""
    par_cle = {ligne.cle: ligne for ligne in lignes}
    return Releve(
        lignes=tuple(
            par_cle.get(unite.cle) or ligne_de(unite, epreuve, EtatNote.NON_PRESENTEE)
            for epreuve in specialite.epreuves
            for unite in epreuve.unites
            if unite.cle
        ),
        lvf=lvf,
    )
