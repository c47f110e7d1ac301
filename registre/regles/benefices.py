"""Annexe 1, « Bénéfices de notes » : garder une note de 10 ou plus obtenue à une session antérieure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from registre.regles.cadre import Unite
from registre.regles.citation import applique
from registre.regles.correspondances import Traversee, reglement_d_origine, succession, traversee
from registre.regles.decisions import (
    LANGUES_VIVANTES,
    Acquis,
    BeneficeDeNote,
    Decision,
    Dispense,
    InscriptionIntermediaire,
    NoteAnterieure,
    ReglementDesAcquis,
    unite_designee,
    unites_toutes_connues,
)
from registre.regles.moyenne import ecrit
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Resultat, Statut

MOTIFS = (
    "non_demande",
    "pas_ajourne",
    "aucune_note",
    "note_inferieure_a_10",
    "perimee",
    "note_perdue",
    "sans_correspondance",
    "unite_absente_de_la_specialite",
    "langue_differente",
    "correspondance_non_connue",
    "unite_professionnelle_autre_specialite",
    "unite_inconnue",
)


@dataclass(frozen=True, kw_only=True)
class DemandeDeBenefice:
    """Une note que le candidat demande, ou non, à garder à cette inscription.

    ``langue_presentee`` est la langue choisie pour la même unité : elle ne compte que si la note d'une
    autre spécialité est conservée (L-03).
    """

    note: NoteAnterieure
    demande: bool = True
    langue_presentee: str | None = None


def refus(motif: str, champ: str, message: str, *sources: str) -> Decision:
    return Decision(statut=Statut.REFUSE, motif=motif, champ=champ, message=message, sources=sources)


def a_instruire(acquis: Acquis, motif: str, champ: str, message: str, *sources: str) -> Decision:
    return Decision(
        statut=Statut.A_INSTRUIRE, acquis=acquis, motif=motif, champ=champ, message=message, sources=sources
    )


@applique("annexe1.benefice.definition", "R34", "L-11", "L-63")
def note_reportable(note: NoteAnterieure, minimum: Decimal, report_sous_10: bool = False) -> Decision | None:
    """La note vient d'une présentation sans succès et vaut au moins le minimum ; sinon, le refus.

    Une note de la forme progressive compte dès 10 ; en dessous, seulement si ``report_sous_10``.
    """
    if note.resultat is Resultat.ADMIS:
        return refus(
            "pas_ajourne",
            "session",
            "Vous avez eu le diplôme à cette session. Ses notes ne se gardent pas\u00a0: retirez la demande.",
            "annexe1.benefice.definition",
        )
    if note.note is None or not note.note.is_finite():
        return refus(
            "aucune_note",
            "note",
            "Cette ligne de votre relevé ne porte pas de note. Il n’y a rien à garder : retirez la demande.",
            "annexe1.benefice.definition",
        )
    progressive = report_sous_10 and note.forme_de_passage is FormeDePassage.PROGRESSIVE
    if note.note < minimum and not progressive:
        return refus(
            "note_inferieure_a_10",
            "note",
            f"La note doit être d’au moins {ecrit(minimum)} sur 20. Retirez la demande : vous passerez cette épreuve.",
            "annexe1.benefice.definition",
            "R34",
        )
    return None


@applique("annexe1.benefice.duree", "annexe1.attention.perdue", "L-19", "L-54")
def note_encore_valable(note: NoteAnterieure, session: int, duree: int) -> Decision | None:
    """La note sert jusqu'à la session d'obtention + durée, si chaque inscription l'a demandée ; sinon, le refus."""
    if not note.session < session <= note.session + duree:
        return refus(
            "perimee",
            "session",
            f"Pour la session {session}, la note doit venir d’une session de {session - duree} à {session - 1}. "
            "Retirez la demande : vous passerez cette épreuve.",
            "annexe1.benefice.duree",
            "L-19",
        )
    return droit_perdu(note.inscriptions_intermediaires, note.session, session, "cette note", "session")


@applique("annexe1.attention.perdue", "R27", "L-54")
def droit_perdu(
    inscriptions: Iterable[InscriptionIntermediaire], obtenu: int | None, session: int, droit: str, champ: str
) -> Decision | None:
    """Un droit qu'une inscription faite depuis l'obtention n'a pas demandé est perdu ; sinon, rien.

    Ne pas s'inscrire ne fait rien perdre. ``obtenu`` vaut ``None`` si toute inscription donnée a suivi l'obtention.
    """
    oubliees = [i.session for i in inscriptions if (obtenu or 0) < i.session < session and not i.demande]
    if oubliees:
        return refus(
            "note_perdue",
            champ,
            f"Vous n’avez pas demandé {droit} à l’inscription de {min(oubliees)}. "
            "Ce droit est perdu\u00a0: vous passerez cette épreuve.",
            "annexe1.attention.perdue",
            "L-54",
        )
    return None


@applique("annexe1.benefice.definition", "annexe1.benefice.duree", "R32", "R34", "L-19", "L-41", "L-54")
def benefice_de_note(demande: DemandeDeBenefice, reglement: ReglementDesAcquis) -> Decision:
    """Le sort d'une note que le candidat demande à garder : accordée, refusée au premier motif, ou à instruire.

    Une note d'une autre spécialité donne une dispense, non un bénéfice (L-03).
    """
    note, presentee = demande.note, reglement.specialite.slug
    chemin = succession(note.specialite, presentee, reglement.correspondances)
    reglementaire = note.specialite == presentee or bool(chemin)
    acquis = reglement.acquis
    minimum = acquis.benefice_note_minimale if reglementaire else acquis.autre_specialite_note_minimale
    duree = acquis.benefice_duree_sessions if reglementaire else acquis.autre_specialite_duree_sessions
    if not demande.demande:
        return refus(
            "non_demande",
            "demande",
            "Vous ne demandez pas cette note. Demandez-la, ou elle sera perdue pour les sessions suivantes.",
            "R27",
            "annexe1.attention.perdue",
        )
    empechement = note_reportable(note, minimum, reglement.report_sous_10) or note_encore_valable(
        note, reglement.session, duree
    )
    if empechement:
        return empechement
    if not reglementaire:
        decision = acquis_d_une_autre_specialite(note, reglement, demande.langue_presentee)
        return _avec_pieces(decision, MotifAcquis.AUTRE_SPECIALITE, reglement)
    return _avec_pieces(_benefice(note, reglement), MotifAcquis.BENEFICE, reglement)


def _benefice(note: NoteAnterieure, reglement: ReglementDesAcquis) -> Decision:
    """L'unité présentée où la note s'inscrit : par matière si elle est générale, sinon par tableau (L-48)."""
    specialite = reglement.specialite
    # Une matière d'un règlement disparu n'est pas dans la liste nationale : seul le tableau peut la suivre.
    generale = note.matiere in specialite.matieres or note.matiere in reglement.acquis.autre_specialite_matieres
    origine = reglement_d_origine(note.specialite, note.session, reglement.correspondances, reglement.specialites)
    if note.libre:
        return _unite_inconnue(_garde(note, note.unite, reglement))
    if note.matiere and (generale or origine == specialite.slug):
        unite = specialite.par_cle.get(note.matiere)
    elif origine == specialite.slug:
        unite = unite_designee(note.unite, specialite)
    else:
        chemin = succession(origine, specialite.slug, reglement.correspondances) if origine else ()
        suivie = traversee(note.unite, chemin)
        if not suivie.unite:
            return _sans_suite(note, origine, suivie, reglement)
        unite = unite_designee(suivie.unite, specialite)
    if unite is None and not note.matiere and not unites_toutes_connues(specialite):
        return _unite_inconnue(_garde(note, note.unite, reglement))
    if unite is None:
        return unite_absente("R16", "L-48")
    return Decision(
        statut=Statut.ACCORDE,
        acquis=_garde(note, unite.cle, reglement),
        sources=("annexe1.benefice.definition", "R34", "L-19"),
    )


def _sans_suite(
    note: NoteAnterieure, origine: str | None, suivie: Traversee, reglement: ReglementDesAcquis
) -> Decision:
    """L'ancienne unité n'a pas d'équivalent : refus ; on ne sait pas ce qu'elle devient : le service instruit."""
    if suivie.unite == "":
        return refus(
            "sans_correspondance",
            "unite",
            f"Le nouveau règlement n’a pas d’épreuve équivalente à {note.unite}. Retirez la demande.",
            "annexe1.rappel.correspondance",
            "L-48",
        )
    return a_instruire(
        _garde(note, unite_d_origine(note, origine or note.specialite, reglement), reglement),
        "correspondance_non_connue",
        "unite",
        f"{suivie.explication} Le service lira votre relevé et décidera.",
        "L-48",
        "annexe1.rappel.correspondance",
    )


def unite_d_origine(note: NoteAnterieure, origine: str, reglement: ReglementDesAcquis) -> str:
    """« U2, Logistique » : même numéro ne veut pas dire même unité, une demande à instruire garde l'ancien nom."""
    source = reglement.specialites.get(origine)
    return f"{note.unite}, {source.libelle}" if source and not note.libre else note.unite


@applique("annexe1.dispense.autre-specialite", "annexe1.dispense.autre-specialite.duree", "R24", "R33", "L-03")
def acquis_d_une_autre_specialite(
    note: NoteAnterieure, reglement: ReglementDesAcquis, langue_presentee: str | None = None
) -> Decision:
    """Ce que donne une note, déjà jugée valable, d'une autre spécialité : une dispense de la même unité générale.

    Si la session retient la note conservée, c'est un bénéfice, et la langue doit être la même.
    """
    acquis = reglement.acquis
    conservee = acquis.autre_specialite_mode == "note_conservee"
    unite = reglement.specialite.par_cle.get(note.matiere or "")
    obtenu = (_garde if conservee else _dispense)(
        note, unite.cle if unite else unite_d_origine(note, note.specialite, reglement), reglement
    )
    if note.libre:
        return _unite_inconnue(obtenu)
    if not note.matiere or (unite and unite.cle not in acquis.autre_specialite_matieres):
        return a_instruire(
            obtenu,
            "unite_professionnelle_autre_specialite",
            "unite",
            "Une épreuve professionnelle d’une autre spécialité n’est pas dispensée d’office. Le service décidera.",
            "L-03",
        )
    if unite is None:
        return unite_absente("R16", "L-03")
    if conservee and _langue_differente(unite, note, langue_presentee):
        return refus(
            "langue_differente",
            "langue",
            "La note d’une langue se garde pour la même langue seulement. Retirez la demande ou changez de langue.",
            "L-03",
            "R33",
        )
    return Decision(statut=Statut.ACCORDE, acquis=obtenu, sources=("annexe1.dispense.autre-specialite", "R24", "L-03"))


def unite_absente(*sources: str) -> Decision:
    return refus(
        "unite_absente_de_la_specialite",
        "unite",
        "Votre spécialité ne comporte pas cette épreuve. Retirez la demande : elle n’aurait pas d’effet.",
        *sources,
    )


def _unite_inconnue(acquis: Acquis) -> Decision:
    return a_instruire(
        acquis,
        "unite_inconnue",
        "unite",
        "Nous ne connaissons pas encore cette épreuve. Le service lira votre relevé et décidera.",
        "L-61",
    )


def _langue_differente(unite: Unite, note: NoteAnterieure, langue_presentee: str | None) -> bool:
    return unite.cle in LANGUES_VIVANTES and langue_presentee is not None and note.langue != langue_presentee


def _garde(note: NoteAnterieure, unite: str, reglement: ReglementDesAcquis) -> BeneficeDeNote:
    return BeneficeDeNote(
        unite=unite,
        note=cast(Decimal, note.note),  # jugée avant par note_reportable
        session=note.session,
        derniere_session=note.session + reglement.acquis.benefice_duree_sessions,
        langue=note.langue if unite in LANGUES_VIVANTES else None,
    )


def _dispense(note: NoteAnterieure, unite: str, reglement: ReglementDesAcquis) -> Dispense:
    return Dispense(
        unite=unite,
        titre=MotifAcquis.AUTRE_SPECIALITE,
        derniere_session=note.session + reglement.acquis.autre_specialite_duree_sessions,
    )


def _avec_pieces(decision: Decision, titre: MotifAcquis, reglement: ReglementDesAcquis) -> Decision:
    pieces = () if decision.statut is Statut.REFUSE else reglement.pieces_de(titre)
    return replace(decision, pieces=pieces)
