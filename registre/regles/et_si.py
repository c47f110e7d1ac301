"""La page « Et si ? » : de notes tapées à un relevé, puis au résultat que donnent les règles du jury.

Rien n'est gardé. Noms des champs : ``specialite`` ; ``etat_<unité>`` et ``note_<unité>`` ; ``note_eps_<n>`` pour
chaque activité ; ``coefficient_<unité>`` quand nos données ne l'ont pas ; ``autre<n>_intitule`` (son code), ``_note``
et ``_coefficient`` pour une unité professionnelle qui leur manque ; ``note_lvf`` ; ``oral_<groupe>`` (l'unité
choisie) et ``note_oral_<groupe>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from registre.regles.cadre import Cadre, Epreuve, Mention, Specialite, Unite
from registre.regles.citation import Motif, applique
from registre.regles.consequences import accessibles
from registre.regles.decisions import BeneficeDeNote, unites_toutes_connues
from registre.regles.etapes import Examen
from registre.regles.explication import nom_de_la_ligne, trace_de_la_deliberation
from registre.regles.jury import Bareme, DecisionDuJury, Deliberation, deliberation
from registre.regles.lecture import lire_note, motif_de_lecture
from registre.regles.moyenne import Moyenne, ecrit, moyenne_generale, moyenne_professionnelle
from registre.regles.note_necessaire import NoteNecessaire, note_necessaire
from registre.regles.notes import (
    EPS,
    NOTEES,
    EtatNote,
    LigneDeNotes,
    NoteFacultative,
    OralDeControle,
    Releve,
    ligne_de,
    motifs_releve,
    releve_de,
)
from registre.regles.saisie import LONGUEUR_MAXIMALE, Saisie, texte
from registre.regles.trace import Pas, Trace
from registre.regles.vocabulaire import CasEps, EtatUnite, FormeDePassage, NatureUnite

CHAMP = re.compile(
    r"specialite|(etat|note|coefficient|oral|note_oral)_[a-zA-Z0-9_-]{1,60}|autre[0-9]_(intitule|note|coefficient)"
)
AUTRES_UNITES = 3  # lines offered for units missing from our data
MOTIFS = (
    "specialite_manquante",
    "etat_manquant",
    "coefficient_manquant",
    "coefficient_illisible",
    "note_gardee_insuffisante",
    "aucune_note_tapee",
    "matiere_manquante",
)
_COEFFICIENT = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?")
_SUIVI = {
    EtatUnite.INAPTE: EtatNote.INAPTE,
    EtatUnite.DISPENSE: EtatNote.DISPENSE,
    EtatUnite.NON_PRESENTEE: EtatNote.NON_PRESENTEE,
}


@dataclass(frozen=True, kw_only=True)
class Essai:
    """Ce qui a été tapé, lu. ``releve`` ne se calcule que sans motif.

    ``manquantes`` : les unités sans note tapée ; dans ``releve``, elles restent à passer.
    ``coefficients_tapes`` : les clés des unités dont le coefficient vient du candidat. ``unites_incompletes`` : nos
    données n'ont pas toutes les épreuves de la spécialité.
    """

    releve: Releve
    oraux: tuple[OralDeControle, ...] = ()
    motifs: tuple[Motif, ...] = ()
    manquantes: tuple[LigneDeNotes, ...] = ()
    coefficients_tapes: frozenset[str] = frozenset()
    unites_incompletes: bool = False


@dataclass(frozen=True, kw_only=True)
class Attente:
    """Ce que disent déjà les notes tapées, quand il en manque.

    ``moyenne`` : celle de ces seules notes. ``besoins`` : pour chaque objectif, la note qu'il faut aux autres.
    """

    moyenne: Moyenne | None
    besoins: tuple[tuple[Mention, NoteNecessaire], ...]


@dataclass(frozen=True, kw_only=True)
class Resultat:
    """Ce que le jury déciderait. ``second`` : après les oraux tapés, si le candidat passe le contrôle."""

    premier: Deliberation
    second: Deliberation | None = None
    moyenne_professionnelle: Moyenne | None = None
    motifs: tuple[Motif, ...] = ()

    @property
    def final(self) -> Deliberation:
        return self.second or self.premier


@applique("annexe1.benefice.moyenne", "annexe1.dispense.effet", "R60", "L-25")
def saisie_de_depart(examen: Examen) -> dict[str, str]:
    """Ce que l'inscription du candidat dit déjà : sa spécialité, ses notes gardées, ses dispenses, son EPS."""
    if examen.specialite is None:
        return {}
    saisie = {"specialite": examen.specialite.slug}
    acquis = examen.acquis.par_unite if examen.acquis else {}
    for cle, etat in (examen.epreuves.etats if examen.epreuves else {}).items():
        saisie[f"etat_{cle}"] = _SUIVI.get(etat, EtatNote.NOTE).value
        decision = acquis.get(cle)
        if etat is EtatUnite.NOTE_GARDEE and decision and isinstance(decision.acquis, BeneficeDeNote):
            saisie[f"etat_{cle}"] = EtatNote.NOTE_GARDEE.value
            saisie[f"note_{cle}"] = str(decision.acquis.note).replace(".", ",")
    return saisie


@applique("etapes.ordre", "R43")
def specialite_a_choisir() -> Motif:
    """Les épreuves et leurs coefficients dépendent de la spécialité."""
    return Motif("specialite_manquante", "specialite", "Choisissez une spécialité.", ("etapes.ordre",))


def activites_notees(examen: Examen) -> int:
    """Le nombre de notes d'EPS : une par activité, moins si l'épreuve est adaptée (R80)."""
    eps = examen.epreuves.eps if examen.epreuves else None
    parametres = examen.cadre.eps
    return parametres.nombre_adapte if eps and eps.cas is CasEps.ADAPTEE else parametres.nombre


def etats_possibles(unite: Unite, forme_de_passage: FormeDePassage | None) -> tuple[EtatNote, ...]:
    """Ce que le candidat peut dire d'une unité ; seule la forme globale ne laisse rien à passer plus tard (L-60)."""
    communs = (EtatNote.NOTE, EtatNote.NOTE_GARDEE, EtatNote.DISPENSE, EtatNote.ABSENCE)
    inapte = (EtatNote.INAPTE,) if unite.matiere == EPS else ()
    plus_tard = () if forme_de_passage is FormeDePassage.GLOBALE else (EtatNote.NON_PRESENTEE,)
    return (*communs, *inapte, *plus_tard)


@applique("R36", "R43", "R80", "L-38", "L-59", "L-61")
def lire(
    saisie: Saisie, specialite: Specialite, forme_de_passage: FormeDePassage | None, activites: int, cadre: Cadre
) -> Essai:
    """Le relevé que forment les notes tapées, et tout ce qui ne se lit pas. Une note vide est une note qui manque."""
    motifs: list[Motif] = []
    tapees = [
        _ligne(saisie, unite, epreuve, forme_de_passage, activites, cadre, motifs)
        for epreuve in specialite.epreuves
        for unite in epreuve.unites
        if unite.cle
    ]
    manquantes = tuple(ligne for ligne in tapees if ligne.etat in NOTEES and ligne.valeur is None)
    lignes = [replace(x, etat=EtatNote.NON_PRESENTEE) if x in manquantes else x for x in tapees]
    autres = {} if unites_toutes_connues(specialite) else _autres_unites(saisie, cadre, motifs)
    lvf = _note(saisie, "note_lvf", cadre, motifs) if texte(saisie, "note_lvf") else None
    facultative = None if lvf is None else NoteFacultative(etat=EtatNote.NOTE, note=lvf)
    connues = releve_de(specialite, lignes, facultative)
    releve = replace(connues, lignes=(*connues.lignes, *autres.values()))
    oraux = _oraux(saisie, cadre, motifs)
    if not motifs and manquantes and all(x.neutralisee or x.etat is EtatNote.NON_PRESENTEE for x in releve.lignes):
        message = "Tapez au moins une note, par exemple 12,5, puis cliquez sur «\u00a0Calculer\u00a0»."
        motifs.append(Motif("aucune_note_tapee", "", message, ("R55",)))
    if not motifs:
        champs = {ligne.cle: f"autre{n}_intitule" for n, ligne in autres.items()}
        motifs = [
            replace(m, champ=champs.get(m.champ, f"note_{m.champ}"))
            for m in motifs_releve(releve, cadre.moyenne, cadre.eps)
        ]
    tapes = {x.cle for x in autres.values()} | {u.cle for u in specialite.unites if u.coefficient is None}
    return Essai(
        releve=releve,
        oraux=oraux,
        motifs=tuple(motifs),
        manquantes=manquantes,
        coefficients_tapes=frozenset(tapes),
        unites_incompletes=not unites_toutes_connues(specialite),
    )


def _ligne(
    saisie: Saisie,
    unite: Unite,
    epreuve: Epreuve,
    forme_de_passage: FormeDePassage | None,
    activites: int,
    cadre: Cadre,
    motifs: list[Motif],
) -> LigneDeNotes:
    cle = unite.cle
    etat = _etat(saisie, unite, forme_de_passage, motifs)
    ligne = ligne_de(unite, epreuve, etat)
    par_activite = unite.matiere == EPS and etat is EtatNote.NOTE
    champs = [f"note_eps_{n}" for n in range(1, activites + 1)] if par_activite else [f"note_{cle}"]
    tapee = etat in NOTEES and any(texte(saisie, champ) for champ in champs)
    compte = tapee or etat is EtatNote.ABSENCE
    if unite.coefficient is None and (compte or texte(saisie, f"coefficient_{cle}")) and not ligne.neutralisee:
        ligne = replace(ligne, coefficient=_coefficient(saisie, f"coefficient_{cle}", motifs))
    if not tapee:
        return ligne
    notes = [_note(saisie, champ, cadre, motifs) for champ in champs]
    if par_activite:
        return replace(ligne, notes_activites=tuple(n for n in notes if n is not None))
    if etat is EtatNote.NOTE_GARDEE and notes[0] is not None:
        motifs += note_gardee_suffisante(notes[0], champs[0], forme_de_passage, cadre)
    return replace(ligne, note=notes[0])


def _etat(saisie: Saisie, unite: Unite, forme_de_passage: FormeDePassage | None, motifs: list[Motif]) -> EtatNote:
    champ = f"etat_{unite.cle}"
    lu = texte(saisie, champ) or EtatNote.NOTE.value
    trouve = next((e for e in etats_possibles(unite, forme_de_passage) if e.value == lu), None)
    if trouve is None:
        motifs.append(Motif("etat_manquant", champ, "Choisissez une situation dans la liste.", ("L-60",)))
    return trouve or EtatNote.NOTE


def _note(saisie: Saisie, champ: str, cadre: Cadre, motifs: list[Motif]) -> Decimal | None:
    lu = lire_note(texte(saisie, champ), cadre.moyenne.note_decimales)
    if lu.code:
        motifs.append(motif_de_lecture(lu.code, champ))
    return lu.valeur


def _coefficient(saisie: Saisie, champ: str, motifs: list[Motif]) -> Decimal | None:
    """Un nombre plus grand que zéro, à virgule ou à point."""
    tape = texte(saisie, champ)
    if not tape:
        message = "Nous ne connaissons pas ce coefficient. Indiquez celui de votre règlement d’examen."
        motifs.append(Motif("coefficient_manquant", champ, message, ("L-38", "L-61")))
        return None
    trouve = _COEFFICIENT.fullmatch(tape)
    coefficient = Decimal(f"{trouve[1]}.{trouve[2] or 0}") if trouve else Decimal(0)
    if not coefficient:
        message = "Écrivez le coefficient en chiffres, plus grand que zéro, par exemple 2,5."
        motifs.append(Motif("coefficient_illisible", champ, message, ("R62",)))
        return None
    return coefficient


@applique("annexe1.benefice.definition", "R34", "L-11")
def note_gardee_suffisante(
    note: Decimal, champ: str, forme_de_passage: FormeDePassage | None, cadre: Cadre
) -> list[Motif]:
    """Une note gardée vaut au moins le minimum de la session, sauf report permis sous la forme progressive."""
    minimum = cadre.acquis.benefice_note_minimale
    reportable = forme_de_passage is FormeDePassage.PROGRESSIVE and cadre.forme_de_passage.progressive_report_sous_10
    if note >= minimum or reportable:
        return []
    message = f"Une note gardée vaut au moins {ecrit(minimum)}. En dessous, vous repassez l’épreuve."
    return [Motif("note_gardee_insuffisante", champ, message, ("annexe1.benefice.definition", "R34"))]


def _autres_unites(saisie: Saisie, cadre: Cadre, motifs: list[Motif]) -> dict[int, LigneDeNotes]:
    """Les unités que nos données n'ont pas, par rang : professionnelles, car toutes les générales y sont."""
    lignes = {}
    for n in range(1, AUTRES_UNITES + 1):
        prefixe = f"autre{n}_"
        if any(texte(saisie, f"{prefixe}{quoi}") for quoi in ("intitule", "note", "coefficient")):
            lignes[n] = LigneDeNotes(
                epreuve="",
                unite=texte(saisie, f"{prefixe}intitule")[:LONGUEUR_MAXIMALE] or f"supplémentaire {n}",
                nature=NatureUnite.PROFESSIONNELLE,
                coefficient=_coefficient(saisie, f"{prefixe}coefficient", motifs),
                etat=EtatNote.NOTE,
                note=_note(saisie, f"{prefixe}note", cadre, motifs),
            )
    return lignes


def _oraux(saisie: Saisie, cadre: Cadre, motifs: list[Motif]) -> tuple[OralDeControle, ...]:
    """Les oraux essayés : une matière et sa note dans chaque groupe rempli."""
    oraux = []
    for groupe in cadre.jury.controle_groupes:
        unite, champ = texte(saisie, f"oral_{groupe.code}"), f"note_oral_{groupe.code}"
        if not unite and texte(saisie, champ):
            message = "Choisissez la matière de cette note, ou effacez la note."
            motifs.append(Motif("matiere_manquante", f"oral_{groupe.code}", message, ("R74", "L-17")))
        elif unite:
            oraux.append(OralDeControle(unite=unite, note=_note(saisie, champ, cadre, motifs)))
    return tuple(oraux)


def trace_de_l_essai(essai: Essai, trouve: Resultat, cadre: Cadre) -> Trace:
    """Pourquoi ce résultat, et d'abord ce qui n'y vient pas de nous : épreuves et coefficients du candidat (L-61)."""
    oraux = essai.oraux if trouve.second else ()
    trace = trace_de_la_deliberation(trouve.final, essai.releve, cadre, oraux)
    avant = []
    if essai.unites_incompletes:
        texte_du_pas = (
            "Nous n’avons pas toutes les épreuves de cette spécialité. "
            "Ce résultat ne vaut que si vous avez ajouté celles qui manquent."
        )
        avant.append(Pas(code="unites_incompletes", texte=texte_du_pas, sources=("L-61",)))
    tapes = [
        f"{nom_de_la_ligne(x, cadre)} ({ecrit(x.coefficient)})"
        for x in essai.releve.lignes
        if x.cle in essai.coefficients_tapes and x.coefficient is not None
    ]
    if tapes:
        texte_du_pas = f"Ces coefficients sont les vôtres, nous ne les connaissons pas\u00a0: {', '.join(tapes)}."
        avant.append(Pas(code="coefficients_tapes", texte=texte_du_pas, sources=("L-38", "L-61")))
    return replace(trace, pas=(*avant, *trace.pas))


@applique("R36", "R55", "R56", "R70", "R71", "R75", "L-14")
def resultat(essai: Essai, bareme: Bareme) -> Resultat:
    """La décision que donneraient ces notes, par les mêmes règles que le jury ; l'essai est sans motif.

    Des oraux tapés ne comptent que si le premier groupe mène au contrôle.
    """
    premier = deliberation(essai.releve, bareme)
    professionnelle = moyenne_professionnelle(essai.releve)
    if premier.decision is not DecisionDuJury.CONTROLE or not essai.oraux:
        return Resultat(premier=premier, moyenne_professionnelle=professionnelle)
    second = deliberation(essai.releve, bareme, essai.oraux)
    if second.obstacles:
        motifs = tuple(_sur_le_champ(m, premier) for m in second.obstacles)
        return Resultat(premier=premier, moyenne_professionnelle=professionnelle, motifs=motifs)
    return Resultat(premier=premier, second=second, moyenne_professionnelle=professionnelle)


@applique("R55", "R57", "L-11", "L-13", "L-14", "L-38")
def en_attente(essai: Essai, bareme: Bareme) -> Attente:
    """Ce que disent déjà les notes tapées : leur moyenne, et la note qu'il faut à celles qui manquent."""
    tapees = tuple(x for x in essai.releve.lignes if x.etat is not EtatNote.NON_PRESENTEE)
    besoins = [
        (o, note_necessaire(essai.releve, o.seuil, bareme.moyenne)) for o in accessibles(essai.releve, bareme.jury)
    ]
    return Attente(
        moyenne=moyenne_generale(replace(essai.releve, lignes=tapees), bareme.moyenne),
        besoins=tuple((objectif, besoin) for objectif, besoin in besoins if besoin),
    )


def _sur_le_champ(motif: Motif, premier: Deliberation) -> Motif:
    """Un motif sur les oraux, adressé au champ de son groupe ; sinon à la page."""
    groupes = premier.choix_controle
    groupe = next((g for g, unites in groupes.items() if motif.champ == g or motif.champ in unites), None)
    return replace(motif, champ=f"oral_{groupe}" if groupe else "")
