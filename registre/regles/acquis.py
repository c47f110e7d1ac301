"""Étape 4, « Acquis » : toutes les lignes du candidat, jugées ensemble.

Chaque ligne demande une unité à un titre (L-15). L'ordre des lignes ne compte jamais, et une ligne refusée
ne change rien aux unités.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from registre.regles.benefices import DemandeDeBenefice, benefice_de_note
from registre.regles.cadre import Specialite
from registre.regles.citation import Motif, applique
from registre.regles.correspondances import succession
from registre.regles.decisions import (
    LANGUES_VIVANTES,
    Decision,
    InscriptionIntermediaire,
    NoteAnterieure,
    ReglementDesAcquis,
    unite_designee,
)
from registre.regles.dispenses import DemandeDeDispense, dispense_demandee
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Octroi, Resultat, Statut

MOTIFS = (
    "possibilite_manquante",
    "aucun_avec_demandes",
    "possibilite_unique",
    "unite_demandee_deux_fois",
    "unite_manquante",
    "session_manquante",
    "session_invalide",
    "note_manquante",
    "note_invalide",
    "specialite_manquante",
    "langue_manquante",
    "diplome_manquant",
    "specialite_detenue_manquante",
    "annee_manquante",
    "annee_invalide",
    "pas_ajourne",
)

NOTE_MAXIMALE = 20
D_UN_RELEVE = (MotifAcquis.BENEFICE, MotifAcquis.AUTRE_SPECIALITE)


@dataclass(frozen=True, kw_only=True)
class PassageConnu:
    """Une présentation déclarée à l'étape 2, dont la session et le résultat sont connus.

    ``specialite`` (slug) vaut ``None`` si elle n'est pas de notre liste.
    """

    session: int
    specialite: str | None
    resultat: Resultat
    forme_de_passage: FormeDePassage | None = None


@dataclass(frozen=True, kw_only=True)
class LigneAcquis:
    """Une unité et le titre auquel elle est demandée.

    ``unite`` : pour une note (bénéfice, autre spécialité), l'unité telle qu'elle est dans ``specialite``,
    celle du relevé ; sinon l'unité de la spécialité présentée. C'est sa clé, son code ou les mots de la
    notice, ou les mots du candidat si ``libre``. ``specialite`` vide, pour un bénéfice, veut dire celle de
    la présentation déclarée. ``demande`` faux : le candidat a ce droit et ne le demande pas.
    ``champ_prefixe`` s'ajoute devant le nom du champ dans les motifs.
    """

    motif: MotifAcquis
    unite: str
    libre: bool = False
    demande: bool = True
    specialite: str | None = None
    session: int | None = None
    resultat: Resultat | None = None
    note: Decimal | None = None
    langue: str | None = None
    diplome: str | None = None
    specialite_detenue: str | None = None
    unite_comportee: bool | None = None
    annee: int | None = None
    inscriptions_intermediaires: tuple[InscriptionIntermediaire, ...] = ()
    champ_prefixe: str = ""

    def motif_sur(self, champ: str, code: str, message: str, *sources: str) -> Motif:
        """Un motif adressé au champ de cette ligne."""
        return Motif(code, f"{self.champ_prefixe}{champ}", message, sources)


@dataclass(frozen=True, kw_only=True)
class SaisieAcquis:
    """L'étape 4 telle que saisie. ``aucun`` : le candidat a coché « aucun acquis »."""

    aucun: bool = False
    lignes: tuple[LigneAcquis, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecisionDuService:
    """Ce que le service a dit d'une demande à instruire, ou ce qu'il accorde de lui-même (``octroi``).

    Elle vaut pour cette ``ligne`` et pour elle seule : une demande changée est une autre demande.
    """

    ligne: LigneAcquis
    accordee: bool
    motif: str
    le: date
    octroi: Octroi | None = None


@dataclass(frozen=True, kw_only=True)
class ExamenDeLigne:
    """Une ligne, la décision (``None`` si elle est incomplète ou non demandée) et ses motifs.

    ``instruite`` : la décision du service, quand il a dit ce que les règles lui laissaient.
    """

    ligne: LigneAcquis
    decision: Decision | None
    motifs: tuple[Motif, ...] = ()
    instruite: DecisionDuService | None = None


@dataclass(frozen=True, kw_only=True)
class ExamenAcquis:
    """Le résultat de l'étape 4.

    ``par_unite`` : pour chaque unité demandée sans empêchement, la décision (accordée ou à instruire) ; la
    clé est celle de l'unité, ou les mots du candidat. ``motifs`` : tout ce qui reste à corriger. ``pieces`` :
    (titre, clé de la pièce), sans doublon. ``perdus`` : les droits que le candidat a et ne demande pas.
    """

    lignes: tuple[ExamenDeLigne, ...]
    motifs: tuple[Motif, ...]
    par_unite: dict[str, Decision] = field(default_factory=dict)
    pieces: tuple[tuple[MotifAcquis, str], ...] = ()
    perdus: tuple[Decision, ...] = ()


@applique("etapes.acquis.cinq-possibilites", "annexe1.attention.perdue", "R44", "L-15", "L-25", "L-54", "L-63")
def examen_des_acquis(
    saisie: SaisieAcquis, passages: Iterable[PassageConnu], reglement: ReglementDesAcquis
) -> ExamenAcquis:
    """L'étape entière : ce qui est accordé, à instruire, à corriger, les pièces, les droits perdus."""
    passages = tuple(passages)
    examens = [examen_de_ligne(ligne, passages, reglement) for ligne in saisie.lignes if ligne.demande]
    uniques = _sans_doublon(examens)
    oublies = [_decision(ligne, passages, reglement) for ligne in saisie.lignes if not ligne.demande]
    return ExamenAcquis(
        lignes=tuple(uniques),
        motifs=(*possibilites_coherentes(saisie, reglement), *(m for e in uniques for m in e.motifs)),
        par_unite=decisions_par_unite(uniques),
        pieces=pieces_des_demandes(uniques),
        perdus=tuple(sorted((d for d in oublies if d and d.acquis), key=repr)),
    )


def decisions_par_unite(examens: Iterable[ExamenDeLigne]) -> dict[str, Decision]:
    """Les demandes sans empêchement, par unité."""
    return {e.decision.unite: e.decision for e in examens if e.decision and e.decision.unite and not e.motifs}


def pieces_des_demandes(examens: Iterable[ExamenDeLigne]) -> tuple[tuple[MotifAcquis, str], ...]:
    """(titre, clé de la pièce) de chaque demande sans empêchement, sans doublon."""
    retenues = ((e.ligne.motif, e.decision) for e in examens if e.decision and not e.motifs)
    return tuple(sorted({(motif, cle) for motif, decision in retenues for cle in decision.pieces}))


@applique("etapes.acquis.cinq-possibilites", "R44", "L-15")
def possibilites_coherentes(saisie: SaisieAcquis, reglement: ReglementDesAcquis) -> tuple[Motif, ...]:
    """« Aucun acquis » exclut toute demande, sans lui il en faut une ; une au plus si la session le dit."""
    demandees = {_possibilite(ligne.motif) for ligne in saisie.lignes if ligne.demande}
    source = ("etapes.acquis.cinq-possibilites", "L-15")
    if saisie.aucun and demandees:
        message = "Vous avez choisi « aucun acquis ». Retirez vos demandes, ou changez ce choix."
        return (Motif("aucun_avec_demandes", "possibilite", message, source),)
    if not saisie.aucun and not saisie.lignes:
        message = (
            "Choisissez une possibilité. Si vous n’avez ni note à garder ni dispense, choisissez « aucun acquis »."
        )
        return (Motif("possibilite_manquante", "possibilite", message, source),)
    if reglement.acquis.choix_unique and len(demandees) > 1:
        message = "Gardez une seule possibilité. Écrivez au service d’examen pour demander les autres."
        return (Motif("possibilite_unique", "possibilite", message, source),)
    return ()


@applique("etapes.acquis.cinq-possibilites", "R34", "R18", "L-04", "L-19", "L-46", "L-59")
def ligne_complete(ligne: LigneAcquis, reglement: ReglementDesAcquis) -> tuple[Motif, ...]:
    """Les champs qui manquent à une ligne, ou qui n'ont pas de sens, selon le titre invoqué."""
    motifs = []
    if not ligne.unite.strip():
        motifs.append(ligne.motif_sur("unite", "unite_manquante", "Indiquez l’épreuve demandée.", "L-41"))
    if ligne.motif in D_UN_RELEVE:
        motifs += _releve_incomplet(ligne, reglement)
    elif ligne.motif is MotifAcquis.VAE:
        motifs += _vae_incomplete(ligne, reglement)
    elif not ligne.diplome:
        message = "Choisissez le diplôme que vous détenez."
        motifs.append(ligne.motif_sur("diplome", "diplome_manquant", message, "annexe1.tableau.diplome-detenu"))
    elif ligne.motif is MotifAcquis.DIPLOME and not ligne.specialite_detenue and _d_une_specialite(ligne, reglement):
        message = "Indiquez la spécialité du baccalauréat professionnel que vous détenez."
        motifs.append(ligne.motif_sur("specialite_detenue", "specialite_detenue_manquante", message, "R18"))
    return tuple(motifs)


def _d_une_specialite(ligne: LigneAcquis, reglement: ReglementDesAcquis) -> bool:
    return any(d.code == ligne.diplome and d.specialite_demandee for d in reglement.dispenses.diplomes)


def _releve_incomplet(ligne: LigneAcquis, reglement: ReglementDesAcquis) -> list[Motif]:
    motifs = []
    if ligne.session is None:
        message = "Indiquez la session, c’est-à-dire l’année où vous avez obtenu cette note."
        motifs.append(ligne.motif_sur("session", "session_manquante", message, "L-19"))
    elif ligne.session >= reglement.session:
        message = f"La note doit venir d’une session antérieure à {reglement.session}. Corrigez l’année."
        motifs.append(ligne.motif_sur("session", "session_invalide", message, "L-19"))
    if ligne.note is None:
        message = "Indiquez la note, telle qu’elle est sur votre relevé."
        motifs.append(ligne.motif_sur("note", "note_manquante", message, "annexe1.benefice.definition"))
    elif not ligne.note.is_finite() or not 0 <= ligne.note <= NOTE_MAXIMALE:
        motifs.append(ligne.motif_sur("note", "note_invalide", "La note va de 0 à 20. Corrigez-la.", "L-59"))
    if ligne.motif is MotifAcquis.AUTRE_SPECIALITE and not ligne.specialite:
        message = "Indiquez la spécialité où vous avez obtenu cette note."
        motifs.append(ligne.motif_sur("specialite", "specialite_manquante", message, "L-03"))
    gardee = ligne.motif is MotifAcquis.BENEFICE or reglement.acquis.autre_specialite_mode == "note_conservee"
    if gardee and not ligne.langue and _matiere(ligne, ligne.specialite or "", reglement) in LANGUES_VIVANTES:
        message = "Indiquez la langue de cette note : vos autres langues devront être différentes."
        motifs.append(ligne.motif_sur("langue", "langue_manquante", message, "L-46"))
    return motifs


def _vae_incomplete(ligne: LigneAcquis, reglement: ReglementDesAcquis) -> list[Motif]:
    if ligne.annee is None:
        message = "Indiquez l’année de la décision du jury de VAE (validation des acquis de l’expérience)."
        return [ligne.motif_sur("annee", "annee_manquante", message, "L-04")]
    if ligne.annee >= reglement.session:
        message = f"La décision du jury doit être d’une année antérieure à {reglement.session}. Corrigez l’année."
        return [ligne.motif_sur("annee", "annee_invalide", message, "L-04", "L-19")]
    return []


def examen_de_ligne(
    ligne: LigneAcquis, passages: tuple[PassageConnu, ...], reglement: ReglementDesAcquis
) -> ExamenDeLigne:
    """Une demande seule, au premier empêchement."""
    manques = ligne_complete(ligne, reglement)
    if manques:
        return ExamenDeLigne(ligne=ligne, decision=None, motifs=manques)
    decision = _decision(ligne, passages, reglement)
    if decision is None:
        message = (
            f"Déclarez d’abord votre présentation de {ligne.session} à l’étape 2, ou retirez la demande. "
            "Seules se gardent les notes d’une session sans diplôme."
        )
        motif = ligne.motif_sur("session", "pas_ajourne", message, "annexe1.benefice.definition", "L-63")
        return ExamenDeLigne(ligne=ligne, decision=None, motifs=(motif,))
    if decision.statut is Statut.REFUSE:
        motif = ligne.motif_sur(decision.champ, decision.motif, decision.message, *decision.sources)
        return ExamenDeLigne(ligne=ligne, decision=decision, motifs=(motif,))
    return ExamenDeLigne(ligne=ligne, decision=decision)


def _decision(
    ligne: LigneAcquis, passages: tuple[PassageConnu, ...], reglement: ReglementDesAcquis
) -> Decision | None:
    """La décision sur une ligne ; ``None`` si elle est incomplète ou si sa présentation n'est pas déclarée."""
    if ligne_complete(ligne, reglement):
        return None
    note = None
    if ligne.motif in D_UN_RELEVE:
        note = _note_du_releve(ligne, passages, reglement)
        if note is None:
            return None
        if ligne.motif is MotifAcquis.BENEFICE:
            return benefice_de_note(DemandeDeBenefice(note=note), reglement)
    return dispense_demandee(
        DemandeDeDispense(
            titre=ligne.motif,
            unite=ligne.unite,
            libre=ligne.libre,
            diplome=ligne.diplome,
            specialite_detenue=ligne.specialite_detenue,
            unite_comportee=ligne.unite_comportee,
            note=note,
            annee=ligne.annee,
            inscriptions_intermediaires=ligne.inscriptions_intermediaires,
        ),
        reglement,
    )


def _note_du_releve(
    ligne: LigneAcquis, passages: tuple[PassageConnu, ...], reglement: ReglementDesAcquis
) -> NoteAnterieure | None:
    """La note avec la présentation déclarée qui la porte ; ``None`` si aucune ne la porte."""
    portees = [p for p in passages if p.session == ligne.session and _porte(p, ligne, reglement)]
    if not portees or ligne.session is None:
        return None
    # Une présentation sans succès l'emporte ; le tri rend le résultat indépendant de l'ordre de saisie.
    passage = min(portees, key=lambda p: (p.resultat is Resultat.ADMIS, p.specialite is None, repr(p)))
    specialite = ligne.specialite or passage.specialite or reglement.specialite.slug
    resultat = Resultat.ADMIS if ligne.resultat is Resultat.ADMIS else passage.resultat
    source = _specialite(specialite, reglement)
    unite = unite_designee(ligne.unite, source) if source and not ligne.libre else None
    return NoteAnterieure(
        specialite=specialite,
        session=ligne.session,
        resultat=resultat,
        unite=(unite.code if unite else None) or ligne.unite,
        matiere=_matiere(ligne, specialite, reglement),
        note=ligne.note,
        libre=ligne.libre,
        langue=ligne.langue,
        forme_de_passage=passage.forme_de_passage,
        inscriptions_intermediaires=ligne.inscriptions_intermediaires,
    )


def _porte(passage: PassageConnu, ligne: LigneAcquis, reglement: ReglementDesAcquis) -> bool:
    """La présentation peut porter la note : même spécialité, ou spécialité qui n'est pas de notre liste."""
    if passage.specialite is None:
        return True
    if ligne.specialite:
        return passage.specialite == ligne.specialite
    return _meme_reglement(passage.specialite, reglement)


def _meme_reglement(specialite: str | None, reglement: ReglementDesAcquis) -> bool:
    """La spécialité présentée, ou celle qu'elle a remplacée ; une spécialité inconnue peut l'être."""
    presentee = reglement.specialite.slug
    return specialite in (None, presentee) or bool(succession(specialite or "", presentee, reglement.correspondances))


def _specialite(slug: str, reglement: ReglementDesAcquis) -> Specialite | None:
    return reglement.specialite if slug in ("", reglement.specialite.slug) else reglement.specialites.get(slug)


def _matiere(ligne: LigneAcquis, specialite: str, reglement: ReglementDesAcquis) -> str | None:
    """La matière de l'unité du relevé, si elle est générale ; la clé d'une unité générale est sa matière."""
    if ligne.libre:
        return None
    source = _specialite(specialite, reglement)
    unite = unite_designee(ligne.unite, source) if source else None
    if unite:
        return unite.matiere
    return ligne.unite if any(matiere == ligne.unite for matiere, _ in reglement.dispenses.tableau) else None


def _sans_doublon(examens: list[ExamenDeLigne]) -> list[ExamenDeLigne]:
    """Marque chaque ligne qui demande une unité déjà demandée ; une ligne refusée ne compte pas."""
    demandes = Counter(_cle(e) for e in examens if not e.motifs)

    def marquee(examen: ExamenDeLigne) -> ExamenDeLigne:
        if examen.motifs or demandes[_cle(examen)] < 2:
            return examen
        message = "Vous demandez deux fois cette épreuve. Gardez une seule demande."
        motif = examen.ligne.motif_sur("unite", "unite_demandee_deux_fois", message, "L-15", "L-25")
        return ExamenDeLigne(ligne=examen.ligne, decision=examen.decision, motifs=(motif,))

    return [marquee(examen) for examen in examens]


def _cle(examen: ExamenDeLigne) -> str:
    unite = examen.decision.unite if examen.decision else None
    return " ".join((unite or "").casefold().split())


def _possibilite(motif: MotifAcquis) -> MotifAcquis:
    """Un titre professionnel relève des dispenses par diplôme (L-15)."""
    return MotifAcquis.DIPLOME if motif is MotifAcquis.PROFESSIONNELLE else motif
