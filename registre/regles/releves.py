"""Ce que Registre sait déjà du candidat : ses relevés de notes, ses inscriptions, et les droits qui en viennent.

Rien n'est demandé à sa place (R12) : un droit connu se propose, et le candidat dit s'il le demande (L-54).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from registre.regles.acquis import PassageConnu
from registre.regles.acquis_saisis import LIGNES_LIBRES, titre_du_passage, unites_du_passage
from registre.regles.benefices import DemandeDeBenefice, benefice_de_note, refus
from registre.regles.cadre import Cadre, Specialite
from registre.regles.candidature import HORS_LISTE, PASSAGES, Candidature
from registre.regles.citation import Motif, applique
from registre.regles.conditions import PREMIERE_SESSION, PassageAnterieur
from registre.regles.decisions import (
    LANGUES_VIVANTES,
    Decision,
    InscriptionIntermediaire,
    NoteAnterieure,
    ReglementDesAcquis,
    unite_designee,
    unites_toutes_connues,
)
from registre.regles.dispenses import DemandeDeDispense, dispense_demandee
from registre.regles.lecture import lire_note
from registre.regles.moyenne import ecrit
from registre.regles.notes import EPS, NOTEES, EtatNote, note_correcte
from registre.regles.saisie import Saisie, lignes, oui_ou_non, texte, valeurs
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Nature, Resultat, Statut

MOTIFS = (
    "session_impossible",
    "specialite_inconnue",
    "releve_vide",
    "unite_inconnue",
    "unite_en_double",
    "note_manquante",
    "note_de_trop",
    "note_invalide",
    "langue_inconnue",
    "langue_de_trop",
    "eps_seule",
    "note_d_une_autre_session",
)
UNITE = re.compile(r"[a-zA-Z0-9-]{1,60}")
_DEMANDE = re.compile(r"(?:p[0-9]{4}|d[0-9]|v)_u_(.+)")
SANS_NOTE = {
    EtatNote.DISPENSE: "Dispense à cette session\u00a0: il n’y a pas de note à garder.",
    EtatNote.INAPTE: "Inapte à cette session\u00a0: il n’y a pas de note à garder.",
    EtatNote.ABSENCE: "Absence à cette session\u00a0: il n’y a pas de note à garder.",
    EtatNote.NON_PRESENTEE: "Épreuve non présentée à cette session\u00a0: il n’y a pas de note à garder.",
}


@dataclass(frozen=True, kw_only=True)
class LigneConnue:
    """Une unité d'un relevé. ``unite`` : son code, vide s'il est inconnu ; ``matiere`` : vide si professionnelle."""

    unite: str = ""
    matiere: str = ""
    etat: EtatNote
    note: Decimal | None = None
    langue: str = ""

    @property
    def cle(self) -> str:
        """Nom stable de l'unité, le même que dans les saisies : la matière, sinon le code."""
        return self.matiere or self.unite


@dataclass(frozen=True, kw_only=True)
class ReleveConnu:
    """Le relevé d'une session passée. ``academie`` et ``specialite`` sont des codes."""

    session: int
    academie: str
    specialite: str
    forme_de_passage: FormeDePassage
    resultat: Resultat
    lignes: tuple[LigneConnue, ...]

    @property
    def passage(self) -> PassageConnu:
        return PassageConnu(
            session=self.session,
            specialite=self.specialite,
            resultat=self.resultat,
            forme_de_passage=self.forme_de_passage,
        )


@dataclass(frozen=True, kw_only=True)
class InscriptionConnue:
    """Une inscription enregistrée à une session antérieure. ``acquis`` : sa saisie de l'étape 4."""

    session: int
    academie: str
    specialite: str
    forme_de_passage: FormeDePassage
    acquis: Saisie


@dataclass(frozen=True, kw_only=True)
class Connu:
    """Tout ce que Registre sait d'avant la session. Vide pour qui se présente la première fois."""

    releves: tuple[ReleveConnu, ...] = ()
    inscriptions: tuple[InscriptionConnue, ...] = ()


RIEN = Connu()


@dataclass(frozen=True, kw_only=True)
class PresentationConnue:
    """Une présentation antérieure. ``resultat`` vaut ``None`` quand seule l'inscription est connue."""

    session: int
    academie: str
    specialite: str
    forme_de_passage: FormeDePassage
    resultat: Resultat | None

    def est_dite_par(self, passage: PassageAnterieur) -> bool:
        """Le candidat a déclaré la même spécialité, la même forme et le même résultat pour cette session."""
        return (
            passage.session == self.session
            and passage.specialite == self.specialite
            and passage.forme_de_passage is self.forme_de_passage
            and self.resultat in (None, passage.resultat)
        )


@dataclass(frozen=True, kw_only=True)
class DroitConnu:
    """Une ligne d'un relevé et ce qu'elle donne à cette session, si le candidat le demande.

    ``a_une_case`` : l'étape 4 a une case pour cette unité ; sans elle, la note se demande par une ligne libre.
    """

    releve: ReleveConnu
    ligne: LigneConnue
    titre: MotifAcquis
    decision: Decision
    a_une_case: bool

    @property
    def ouvert(self) -> bool:
        """Le candidat peut demander ce droit : il serait accordé, ou étudié par le service."""
        return self.decision.statut is not Statut.REFUSE

    @property
    def proposable(self) -> bool:
        return self.ouvert and self.a_une_case


# --- Le relevé lui-même -----------------------------------------------------------------------------


def ligne_connue(
    designation: str, specialite: Specialite, etat: EtatNote, note: Decimal | None = None, langue: str = ""
) -> LigneConnue:
    """La ligne d'une unité désignée par son code, sa matière ou les mots de la notice."""
    unite = unite_designee(designation, specialite)
    return LigneConnue(
        unite=(unite.code or "") if unite else designation,
        matiere=(unite.matiere or "") if unite else "",
        etat=etat,
        note=note,
        langue=langue,
    )


@applique("R34", "R43", "L-38", "L-59", "L-61", "L-63")
def motifs_du_releve(releve: ReleveConnu, cadre: Cadre) -> list[Motif]:
    """Un relevé se garde si sa session, sa spécialité, ses unités et ses notes ont un sens.

    Champs : ``session``, ``specialite``, ``lignes`` ou ``lignes-<rang>``. Une unité absente de nos données n'est
    refusée que si nous connaissons toutes celles de la spécialité.
    """
    motifs = []
    if not PREMIERE_SESSION <= releve.session <= cadre.session:
        message = f"La session doit être comprise entre {PREMIERE_SESSION} et {cadre.session}. Vérifiez l’année."
        motifs.append(Motif("session_impossible", "session", message, ("L-63",)))
    specialite = cadre.specialites.get(releve.specialite)
    if specialite is None:
        message = f"La spécialité «\u00a0{releve.specialite}\u00a0» n’est pas dans les paramètres. Vérifiez son code."
        return [*motifs, Motif("specialite_inconnue", "specialite", message, ("L-63",))]
    if not releve.lignes:
        motifs.append(Motif("releve_vide", "lignes", "Un relevé a au moins une ligne.", ("R43",)))
    vues: set[str] = set()
    for rang, ligne in enumerate(releve.lignes):
        if ligne.cle in vues:
            message = f"L’unité {ligne.cle} est deux fois dans ce relevé. Gardez une seule ligne."
            motifs.append(Motif("unite_en_double", f"lignes-{rang}", message, ("R43",)))
        vues.add(ligne.cle)
        motifs += _motifs_de_la_ligne(ligne, f"lignes-{rang}", specialite, cadre)
    return motifs


def _motifs_de_la_ligne(ligne: LigneConnue, champ: str, specialite: Specialite, cadre: Cadre) -> list[Motif]:
    motifs = []
    inconnue = ligne.cle not in specialite.par_cle and unites_toutes_connues(specialite)
    if not UNITE.fullmatch(ligne.cle) or inconnue:
        message = f"L’unité «\u00a0{ligne.cle}\u00a0» n’est pas dans la spécialité «\u00a0{specialite.slug}\u00a0»."
        motifs.append(Motif("unite_inconnue", champ, message, ("R43", "L-61")))
    if ligne.etat in NOTEES and ligne.note is None:
        motifs.append(Motif("note_manquante", champ, "La note manque.", ("L-59",)))
    if ligne.etat not in NOTEES and ligne.note is not None:
        message = "Une unité qui n’a pas été notée ne porte pas de note. Corrigez la note ou l’état."
        motifs.append(Motif("note_de_trop", champ, message, ("L-59",)))
    if ligne.note is not None and not note_correcte(ligne.note, cadre.moyenne):
        message = f"Une note va de 0 à 20, avec {cadre.moyenne.note_decimales} décimales au plus."
        motifs.append(Motif("note_invalide", champ, message, ("L-59",)))
    if ligne.langue and ligne.matiere not in LANGUES_VIVANTES:
        message = "Seule une langue vivante A ou B porte une langue. Videz cette case."
        motifs.append(Motif("langue_de_trop", champ, message, ("L-46",)))
    elif ligne.langue and ligne.langue not in (*cadre.libelles_langues, "autre"):
        message = (
            f"La langue «\u00a0{ligne.langue}\u00a0» n’est pas dans la liste\u00a0: un code, ou «\u00a0autre\u00a0»."
        )
        motifs.append(Motif("langue_inconnue", champ, message, ("L-46",)))
    if ligne.etat is EtatNote.INAPTE and ligne.matiere != EPS:
        motifs.append(Motif("eps_seule", champ, "Seule l’EPS a une inaptitude. Corrigez l’état.", ("L-55",)))
    return motifs


# --- Les présentations, à l'étape 2 -----------------------------------------------------------------


@applique("etapes.qualification.forme-conservee", "L-63")
def presentations_connues(
    releves: Iterable[ReleveConnu], inscriptions: Iterable[InscriptionConnue], session: int
) -> tuple[PresentationConnue, ...]:
    """Les présentations d'avant ``session``, la dernière d'abord ; à une même session, le relevé l'emporte."""
    par_session = {
        i.session: PresentationConnue(
            session=i.session,
            academie=i.academie,
            specialite=i.specialite,
            forme_de_passage=i.forme_de_passage,
            resultat=None,
        )
        for i in inscriptions
    }
    par_session |= {
        r.session: PresentationConnue(
            session=r.session,
            academie=r.academie,
            specialite=r.specialite,
            forme_de_passage=r.forme_de_passage,
            resultat=r.resultat,
        )
        for r in releves
    }
    return tuple(par_session[s] for s in sorted(par_session, reverse=True) if s < session)


@applique("etapes.qualification.forme-conservee", "R12", "L-63")
def passages_proposes(
    saisie: Saisie, lu: Candidature, connues: Sequence[PresentationConnue], academies: dict[str, str], cadre: Cadre
) -> dict[str, Any]:
    """Ce qui se propose à l'étape 2 : les présentations connues, si le candidat n'en a tapé aucune ni répondu non.

    ``academies`` : code -> nom. Rend des champs à montrer, jamais une saisie à garder telle quelle.
    """
    if not connues or lignes(saisie, "passages") or lu.deja_passe is False:
        return {}
    proposes: dict[str, Any] = {} if texte(saisie, "deja_passe") else {"deja_passe": "oui"}
    for rang, p in enumerate(connues[:PASSAGES]):
        proposes |= {
            f"passages-{rang}-session": str(p.session),
            f"passages-{rang}-academie": academies.get(p.academie, p.academie),
            f"passages-{rang}-specialite": p.specialite if p.specialite in cadre.specialites else HORS_LISTE,
            f"passages-{rang}-forme_de_passage": p.forme_de_passage.value,
            f"passages-{rang}-resultat": p.resultat.value if p.resultat else "",
        }
    return proposes


# --- Les droits, à l'étape 4 ------------------------------------------------------------------------


@applique(
    "etapes.acquis.cinq-possibilites",
    "annexe1.benefice.definition",
    "annexe1.dispense.autre-specialite",
    *("R12", "R24", "R34", "L-03", "L-19", "L-54"),
)
def droits_connus(
    releves: Sequence[ReleveConnu], inscriptions: Sequence[InscriptionConnue], specialite: Specialite, cadre: Cadre
) -> tuple[DroitConnu, ...]:
    """Ce que chaque ligne des relevés donne à cette session, à la demande : note gardée, dispense, ou rien."""
    reglement = ReglementDesAcquis.du_cadre(cadre, specialite)
    return tuple(
        _droit(
            ligne,
            releve,
            inscriptions_intermediaires(ligne.cle, releve.passage, releves, inscriptions, cadre),
            reglement,
            cadre,
        )
        for releve in sorted(releves, key=lambda r: -r.session)
        if releve.session < cadre.session
        for ligne in releve.lignes
    )


def _droit(
    ligne: LigneConnue,
    releve: ReleveConnu,
    intermediaires: tuple[InscriptionIntermediaire, ...],
    reglement: ReglementDesAcquis,
    cadre: Cadre,
) -> DroitConnu:
    titre = titre_du_passage(releve.passage, reglement.specialite, cadre)
    note = NoteAnterieure(
        specialite=releve.specialite,
        session=releve.session,
        resultat=releve.resultat,
        unite=ligne.unite or ligne.cle,
        matiere=ligne.matiere or None,
        note=ligne.note,
        langue=ligne.langue or None,
        forme_de_passage=releve.forme_de_passage,
        inscriptions_intermediaires=intermediaires,
    )
    if ligne.etat is EtatNote.NOTE_GARDEE:
        decision = refus(
            "note_d_une_autre_session",
            "session",
            "Cette note vient d’une session plus ancienne. Elle se demande avec cette session-là.",
            "R34",
            "L-19",
        )
    elif titre is MotifAcquis.BENEFICE:
        decision = benefice_de_note(DemandeDeBenefice(note=note), reglement)
    else:
        decision = dispense_demandee(DemandeDeDispense(titre=titre, unite=ligne.cle, note=note), reglement)
    cases = {cle for cle, _, _ in unites_du_passage(releve.passage, reglement.specialite, cadre)}
    return DroitConnu(releve=releve, ligne=ligne, titre=titre, decision=decision, a_une_case=ligne.cle in cases)


@applique("annexe1.attention.perdue", "R27", "L-54")
def inscriptions_intermediaires(
    unite: str,
    passage: PassageConnu,
    releves: Iterable[ReleveConnu],
    inscriptions: Iterable[InscriptionConnue],
    cadre: Cadre,
) -> tuple[InscriptionIntermediaire, ...]:
    """Les inscriptions faites depuis ``passage`` où la note de ``unite`` (sa clé) pouvait être demandée, et l'a été.

    Une inscription que Registre ne connaît pas, ou qu'il ne sait pas lire, ne fait rien perdre. Ce qui pouvait être
    demandé alors est jugé avec les listes de cette session-ci, les seules que nous ayons.
    """
    demandes: dict[int, bool] = {}
    for i in inscriptions:
        if passage.session < i.session < cadre.session and _pouvait_demander(unite, passage, i.specialite, cadre):
            demandes[i.session] = demandes.get(i.session) or _demandee(unite, passage, i.acquis)
    for r in releves:
        etat = next((x.etat for x in r.lignes if x.cle == unite), None)
        # The number of a professional unit means nothing in another spécialité (R126).
        comparable = unite in cadre.libelles_matieres or r.specialite == passage.specialite
        if etat in (None, EtatNote.INAPTE) or not comparable or not passage.session < r.session < cadre.session:
            continue
        if _pouvait_demander(unite, passage, r.specialite, cadre):
            gardee = etat in (EtatNote.NOTE_GARDEE, EtatNote.DISPENSE)
            demandes[r.session] = demandes.get(r.session) or gardee
    return tuple(InscriptionIntermediaire(session=s, demande=demandes[s]) for s in sorted(demandes))


def _pouvait_demander(unite: str, passage: PassageConnu, presentee: str, cadre: Cadre) -> bool:
    specialite = cadre.specialites.get(presentee)
    return specialite is not None and unite in {cle for cle, _, _ in unites_du_passage(passage, specialite, cadre)}


def _demandee(unite: str, passage: PassageConnu, acquis: Saisie) -> bool:
    """L'unité a été demandée à cette inscription. Une ligne libre peut la désigner : on ne conclut pas à une perte."""
    libres = any(texte(acquis, f"p{passage.session}_x{n}_intitule") for n in range(LIGNES_LIBRES))
    return libres or unite_demandee(acquis, unite)


def unite_demandee(acquis: Saisie, cle: str) -> bool:
    """L'unité a été demandée, à un titre ou à un autre : elle ne se demande qu'une fois (L-15), rien n'est perdu."""
    return any((lu := _DEMANDE.fullmatch(champ)) and lu[1] == cle and oui_ou_non(acquis, champ) for champ in acquis)


@applique("etapes.acquis.cinq-possibilites", "annexe1.tableau.a-la-demande", "R12", "L-54")
def notes_proposees(
    saisie: Saisie, commencee: bool, droits: Iterable[DroitConnu], passages: Iterable[PassageConnu]
) -> dict[str, Any]:
    """Ce qui se propose à l'étape 4 : les notes et leur langue, jamais la demande, que seul le candidat coche.

    Un champ que le candidat a tapé, même vidé, n'est pas proposé. ``commencee`` : l'étape a déjà été gardée ;
    avant cela, les possibilités où il a des droits sont ouvertes.
    """
    sessions = {(p.session, p.specialite) for p in passages}
    declares = [d for d in droits if d.proposable and (d.releve.session, d.releve.specialite) in sessions]
    proposes: dict[str, Any] = {}
    if declares and not commencee and not valeurs(saisie, "possibilites"):
        proposes["possibilites"] = sorted({d.titre.value for d in declares})
    for d in declares:
        prefixe, cle = f"p{d.releve.session}", d.ligne.cle
        voulus = {f"{prefixe}_n_{cle}": note_ecrite(d.ligne.note)}
        if d.ligne.langue and d.titre is MotifAcquis.BENEFICE:
            voulus[f"{prefixe}_l_{cle}"] = d.ligne.langue
        proposes |= {champ: valeur for champ, valeur in voulus.items() if champ not in saisie}
    return proposes


def note_ecrite(note: Decimal | None) -> str:
    """« 12,5 » : sans zéro inutile, avec une virgule (L-59). Vide sans note."""
    return "" if note is None else f"{note.normalize():f}".replace(".", ",")


def note_differente(tapee: str, connue: Decimal | None, cadre: Cadre) -> bool:
    """Le candidat a tapé une note lisible, qui n'est pas celle du relevé."""
    lue = lire_note(tapee, cadre.moyenne.note_decimales).valeur
    return lue is not None and lue != connue


def effet_en_clair(droit: DroitConnu, cadre: Cadre) -> str:
    """Ce que la note donne, dit au candidat."""
    decision, etat = droit.decision, droit.ligne.etat
    if etat in SANS_NOTE:
        return SANS_NOTE[etat]
    if droit.ouvert:
        return _effet_d_un_droit(droit)
    benefice = droit.titre is MotifAcquis.BENEFICE
    minimum = cadre.acquis.benefice_note_minimale if benefice else cadre.acquis.autre_specialite_note_minimale
    duree = cadre.acquis.benefice_duree_sessions if benefice else cadre.acquis.autre_specialite_duree_sessions
    dits = {
        "note_inferieure_a_10": f"Moins de {ecrit(minimum)}\u00a0: vous passez cette épreuve.",
        "perimee": f"Elle servait jusqu’à la session {droit.releve.session + duree}\u00a0: vous passez cette épreuve.",
        "pas_ajourne": "Vous avez eu le diplôme à cette session\u00a0: cette note ne se garde pas.",
        "unite_absente_de_la_specialite": "Votre spécialité n’a pas cette épreuve.",
        "sans_correspondance": "Le nouveau règlement n’a pas d’épreuve équivalente.",
    }
    return dits.get(decision.motif, decision.message)


def _effet_d_un_droit(droit: DroitConnu) -> str:
    decision = droit.decision
    terme = f"jusqu’à la session {decision.derniere_session}"
    effet = (
        f"Vous pouvez la garder {terme}."
        if decision.nature is Nature.BENEFICE
        else f"Elle peut vous dispenser de cette épreuve {terme}."
    )
    return " ".join(p for p in (effet, decision.message) if p)  # a granted decision has no message
