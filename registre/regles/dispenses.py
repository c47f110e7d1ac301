"""Annexe 1, « Dispenses » : par diplôme, après un échec dans une autre spécialité, par VAE, professionnelles.

Une dispense ne s'accorde qu'à la demande du candidat, unité par unité (R12).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from registre.regles.benefices import (
    a_instruire,
    acquis_d_une_autre_specialite,
    droit_perdu,
    note_encore_valable,
    note_reportable,
    refus,
    unite_absente,
)
from registre.regles.cadre import Diplome, DispenseProfessionnelle, Dispenses, ParametresAcquis, Unite
from registre.regles.citation import applique
from registre.regles.correspondances import succession
from registre.regles.decisions import (
    Decision,
    Dispense,
    InscriptionIntermediaire,
    NoteAnterieure,
    ReglementDesAcquis,
    unite_designee,
    unites_toutes_connues,
)
from registre.regles.vocabulaire import MotifAcquis, Statut

RELEVE_DU_DIPLOME = "releve-notes-diplome"

MOTIFS = (
    "diplome_hors_tableau",
    "unite_absente_de_la_specialite",
    "meme_specialite",
    "specialite_detenue_manquante",
    "diplome_sans_cette_dispense",
    "unite_non_comportee",
    "pas_ajourne",
    "aucune_note",
    "note_inferieure_a_10",
    "perimee",
    "note_perdue",
    "specialite_non_visee",
    "unite_non_visee",
    "dispense_sans_effet",
    "certification_europeenne_fermee",
    "attestation_de_blocs_fermee",
    "unite_comportee_inconnue",
    "instruction_du_service",
    "unite_professionnelle_autre_specialite",
    "unite_inconnue",
    "certification_europeenne",
    "attestation_de_blocs",
)


@dataclass(frozen=True, kw_only=True)
class DemandeDeDispense:
    """Une unité dont le candidat demande à être dispensé, et à quel titre.

    ``unite`` est la clé de l'unité présentée, son code, ou les mots de la notice (« E1-A ») ; ce sont les
    mots du candidat si ``libre``. Selon le titre : ``diplome`` (code), ``specialite_detenue`` (slug du bac
    pro détenu) et ``unite_comportee`` (``None`` : le candidat ne sait pas) ; ``note`` d'une autre
    spécialité ; ``annee`` de la décision du jury de VAE.
    """

    titre: MotifAcquis
    unite: str
    libre: bool = False
    diplome: str | None = None
    specialite_detenue: str | None = None
    unite_comportee: bool | None = None
    note: NoteAnterieure | None = None
    annee: int | None = None
    inscriptions_intermediaires: tuple[InscriptionIntermediaire, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DispensesDemandees:
    """Les demandes rangées par leur sort, et les pièces qu'elles font naître (sans doublon, triées)."""

    accordees: tuple[tuple[DemandeDeDispense, Decision], ...]
    a_instruire: tuple[tuple[DemandeDeDispense, Decision], ...]
    refusees: tuple[tuple[DemandeDeDispense, Decision], ...]
    pieces: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DispenseOuverte:
    """Une unité que le diplôme ouvre à dispense dans la spécialité.

    ``si_comportee`` : seulement si le diplôme comportait l'unité (case à astérisque). ``instruction`` : le
    service décide (L-26).
    """

    unite: str
    si_comportee: bool = False
    instruction: bool = False


@applique("annexe1.dispense.trois-cas", "annexe1.tableau.a-la-demande", "R12", "R13")
def dispenses_demandees(demandes: Iterable[DemandeDeDispense], reglement: ReglementDesAcquis) -> DispensesDemandees:
    """Les dispenses accordées, à instruire et refusées ; sans demande, rien n'est accordé."""
    jugees = [(demande, dispense_demandee(demande, reglement)) for demande in demandes]

    def du_statut(statut: Statut) -> tuple[tuple[DemandeDeDispense, Decision], ...]:
        return tuple((demande, decision) for demande, decision in jugees if decision.statut is statut)

    return DispensesDemandees(
        accordees=du_statut(Statut.ACCORDE),
        a_instruire=du_statut(Statut.A_INSTRUIRE),
        refusees=du_statut(Statut.REFUSE),
        pieces=tuple(sorted({piece for _, decision in jugees for piece in decision.pieces})),
    )


@applique("annexe1.dispense.trois-cas", "annexe1.dispense-professionnelle.principe", "L-15")
def dispense_demandee(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """Le sort d'une demande de dispense, au premier motif, selon le titre invoqué."""
    regles = {
        MotifAcquis.DIPLOME: dispense_par_diplome,
        MotifAcquis.AUTRE_SPECIALITE: dispense_apres_echec,
        MotifAcquis.VAE: dispense_par_vae,
        MotifAcquis.PROFESSIONNELLE: dispense_professionnelle,
    }
    decision = regles[demande.titre](demande, reglement)
    if decision.statut is Statut.REFUSE:
        return decision
    return replace(decision, pieces=(*reglement.pieces_de(demande.titre), *decision.pieces))


@applique(
    "annexe1.dispense.definition",
    "annexe1.tableau.diplome-detenu",
    "annexe1.tableau.epreuves",
    "annexe1.tableau.etoile",
    *("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R14", "R15", "R16", "R17", "R18"),
    *("L-07", "L-22", "L-47"),
)
def dispense_par_diplome(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """La case du tableau de l'annexe 1, pour l'unité et le diplôme détenu."""
    diplome = next((d for d in reglement.dispenses.diplomes if d.code == demande.diplome), None)
    if diplome is None:
        return _diplome_hors_tableau()
    if diplome.europeen:
        return dispense_par_certification_europeenne(demande, reglement)
    if diplome.attestation_de_blocs:
        return dispense_par_attestation_de_blocs(demande, reglement)
    unite = None if demande.libre else unite_designee(demande.unite, reglement.specialite)
    if unite is None:
        return unite_absente("R16")
    if diplome.specialite_demandee and (refuse := _meme_specialite(demande.specialite_detenue, reglement)):
        return refuse
    case = reglement.dispenses.tableau.get((unite.cle, diplome.code))
    if case is None or case.valeur == "-":
        return refus(
            "diplome_sans_cette_dispense",
            "diplome",
            "Ce diplôme ne dispense pas de cette épreuve. Retirez la demande : vous passerez cette épreuve.",
            "annexe1.tableau.diplome-detenu",
            "L-22",
        )
    if perdue := _dispense_perdue(demande, None, reglement):
        return perdue
    dispense = Dispense(unite=unite.cle, titre=MotifAcquis.DIPLOME)
    if case.valeur == "G":
        return Decision(statut=Statut.ACCORDE, acquis=dispense, sources=case.source)
    return _case_a_asterisque(demande.unite_comportee, dispense)


@applique("R10", "R13", "L-47")
def dispense_par_certification_europeenne(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """Une certification d'un autre pays d'Europe : fermée par défaut ; ouverte, le service instruit, texte en main.

    L'arrêté de 2019 n'a été lu qu'en partie : ni les unités, ni la preuve du français (B1+) ne sont sûres. Seules
    les unités générales du tableau qu'il modifie peuvent donc se demander.
    """
    if not reglement.acquis.diplome_europeen:
        return refus(
            "certification_europeenne_fermee",
            "diplome",
            "Ce formulaire ne prend pas les diplômes étrangers. Retirez la demande et écrivez au service d’examen.",
            "R10",
            "L-47",
        )
    unite = None if demande.libre else unite_designee(demande.unite, reglement.specialite)
    if unite is None:
        return unite_absente("R10", "R16")
    if unite.cle not in _generales(reglement):
        return _sans_cette_dispense("R10")
    if perdue := _dispense_perdue(demande, None, reglement):
        return perdue
    return a_instruire(
        Dispense(unite=unite.cle, titre=MotifAcquis.DIPLOME),
        "certification_europeenne",
        "diplome",
        "Le service étudiera votre certification. Il vous demandera aussi la preuve de votre niveau de français.",
        "R10",
        "L-47",
    )


@applique("R26", "L-54")
def dispense_par_attestation_de_blocs(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """L'attestation de blocs : passé les cinq ans, la dispense sans terme d'une unité encore au règlement.

    Hors de la notice, elle est fermée par défaut. Ouverte, le service lit sur l'attestation l'unité et la date.
    """
    if not reglement.acquis.attestation_blocs:
        return refus(
            "attestation_de_blocs_fermee",
            "diplome",
            "Ce formulaire ne prend pas les attestations de blocs. Retirez la demande et écrivez au service d’examen.",
            "R26",
        )
    unite = None if demande.libre else unite_designee(demande.unite, reglement.specialite)
    if unite is None:
        return unite_absente("R26", "R16")
    if perdue := _dispense_perdue(demande, None, reglement):
        return perdue
    return a_instruire(
        Dispense(unite=unite.cle, titre=MotifAcquis.DIPLOME),
        "attestation_de_blocs",
        "diplome",
        "Le service lira sur votre attestation l’épreuve et la date.",
        "R26",
    )


def _case_a_asterisque(unite_comportee: bool | None, dispense: Dispense) -> Decision:
    """La case « G* » : la dispense ne vaut que si le diplôme comportait l'unité."""
    sources = ("annexe1.tableau.etoile",)
    if unite_comportee is None:
        decision = a_instruire(
            dispense,
            "unite_comportee_inconnue",
            "unite_comportee",
            "Cette dispense vaut si votre diplôme comportait l’épreuve. Le service lira son relevé de notes.",
            *sources,
        )
        return replace(decision, pieces=(RELEVE_DU_DIPLOME,))
    if not unite_comportee:
        return refus(
            "unite_non_comportee",
            "unite_comportee",
            "Votre diplôme ne comportait pas cette épreuve. Retirez la demande : vous passerez cette épreuve.",
            *sources,
        )
    return Decision(statut=Statut.ACCORDE, acquis=dispense, sources=sources, pieces=(RELEVE_DU_DIPLOME,))


def _meme_specialite(autre: str | None, reglement: ReglementDesAcquis) -> Decision | None:
    """Le refus quand le bac pro détenu est celui que le candidat présente, même sous son ancien règlement."""
    presentee = reglement.specialite.slug
    if autre is None:
        return refus(
            "specialite_detenue_manquante",
            "specialite_detenue",
            "Indiquez la spécialité du baccalauréat professionnel que vous détenez.",
            "R18",
        )
    if autre == presentee or succession(autre, presentee, reglement.correspondances):
        return refus(
            "meme_specialite",
            "specialite_detenue",
            "Le baccalauréat professionnel détenu doit être d’une autre spécialité. Retirez la demande.",
            "R18",
            "L-48",
        )
    return None


@applique("annexe1.dispense.autre-specialite", "annexe1.dispense.autre-specialite.duree", "R24", "L-03", "L-19")
def dispense_apres_echec(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """Ajourné dans une autre spécialité avec au moins 10 à la même unité générale : dispense, cinq ans."""
    note = demande.note
    if note is None:
        return refus("aucune_note", "note", "Indiquez la note obtenue dans l’autre spécialité.", "L-03")
    specialite = reglement.specialite
    if note.matiere and not note.libre and note.matiere not in specialite.matieres:
        return unite_absente("R16", "L-03")
    presentee = specialite.slug
    if note.specialite == presentee or succession(note.specialite, presentee, reglement.correspondances):
        return refus(
            "meme_specialite",
            "specialite",
            "C’est la spécialité que vous présentez. Demandez un bénéfice de note, non une dispense.",
            "annexe1.dispense.autre-specialite",
            "L-48",
        )
    acquis = reglement.acquis
    return (
        note_reportable(note, acquis.autre_specialite_note_minimale)
        or note_encore_valable(note, reglement.session, acquis.autre_specialite_duree_sessions)
        or acquis_d_une_autre_specialite(note, reglement)
    )


@applique("annexe1.dispense.vae", "R25", "L-04", "L-19", "L-54")
def dispense_par_vae(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """Une unité validée par un jury de VAE : dispense jusqu'à l'année de la décision + durée comprise.

    Comme une note, elle sert à partir de la session qui suit : une décision de 2021 à 2025 pour 2026 (L-19).
    """
    unite, inconnue = _unite_de_la_specialite(demande, reglement)
    if unite is None and not inconnue:
        return unite_absente("R16")
    duree = reglement.acquis.vae_duree_sessions
    annee = demande.annee
    if annee is None or not annee < reglement.session <= annee + duree:
        return refus(
            "perimee",
            "annee",
            f"Pour la session {reglement.session}, la décision du jury doit être de {reglement.session - duree} à "
            f"{reglement.session - 1}. Corrigez l’année, ou écrivez au service.",
            "annexe1.dispense.vae",
            "L-04",
            "L-19",
        )
    if perdue := _dispense_perdue(demande, annee, reglement):
        return perdue
    dispense = Dispense(
        unite=unite.cle if unite else demande.unite, titre=MotifAcquis.VAE, derniere_session=annee + duree
    )
    if unite is None:
        return a_instruire(
            dispense,
            "unite_inconnue",
            "unite",
            "Nous ne connaissons pas encore cette épreuve. Le service lira la décision du jury et décidera.",
            "L-61",
        )
    return Decision(statut=Statut.ACCORDE, acquis=dispense, sources=("annexe1.dispense.vae", "L-04"))


@applique(
    "annexe1.dispense-professionnelle.principe",
    "annexe1.dispense-professionnelle.bp-froid",
    "annexe1.dispense-professionnelle.bp-menuisier",
    "annexe1.dispense-professionnelle.bp-charpentier",
    "annexe1.dispense-professionnelle.bp-electricien",
    "R19",
    "R20",
    "R21",
    "R22",
    "R23",
    "L-26",
)
def dispense_professionnelle(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> Decision:
    """Les unités qu'un brevet professionnel de la notice ouvre dans sa spécialité, et dans elle seule."""
    titres = [d for d in reglement.dispenses.professionnelles if d.diplome == demande.diplome]
    if not titres:
        return _diplome_hors_tableau()
    specialite = reglement.specialite
    if not _peut_exister(demande, titres, reglement):
        return unite_absente("R16")
    vises = [d for d in titres if specialite.slug in d.specialites]
    if not vises:
        return refus(
            "specialite_non_visee",
            "diplome",
            "Ce brevet professionnel ne dispense d’aucune épreuve de votre spécialité. Retirez la demande.",
            "annexe1.dispense-professionnelle.principe",
            "L-26",
        )
    unite = unite_designee(demande.unite, specialite)
    titre = next((d for d in vises if not demande.libre and _vise(d, demande.unite, unite, reglement)), None)
    if titre is None:
        return refus(
            "unite_non_visee",
            "unite",
            "Ce brevet professionnel ne dispense pas de cette épreuve. Retirez la demande.",
            "annexe1.dispense-professionnelle.principe",
        )
    if titre.derniere_session is not None and reglement.session > titre.derniere_session:
        return refus(
            "dispense_sans_effet",
            "diplome",
            f"Cette dispense n’a plus d’effet depuis la session {titre.derniere_session}. Retirez la demande.",
            "L-26",
        )
    if perdue := _dispense_perdue(demande, None, reglement):
        return perdue
    dispense = Dispense(unite=unite.cle if unite else demande.unite, titre=MotifAcquis.PROFESSIONNELLE)
    if titre.instruction:
        return a_instruire(
            dispense,
            "instruction_du_service",
            "unite",
            "Le service examinera cette demande avec votre diplôme, car le règlement a changé.",
            *titre.source,
            "L-26",
        )
    return Decision(statut=Statut.ACCORDE, acquis=dispense, sources=titre.source)


@applique(
    "annexe1.tableau.epreuves", "annexe1.tableau.a-la-demande", "annexe1.dispense-professionnelle.principe", "R16"
)
def dispenses_ouvertes(diplome: str, reglement: ReglementDesAcquis) -> tuple[DispenseOuverte, ...]:
    """Ce que le diplôme ouvre dans la spécialité présentée, dans l'ordre des épreuves, avant toute demande."""
    if any(d.code == diplome and d.europeen for d in reglement.dispenses.diplomes):
        ouverte = reglement.acquis.diplome_europeen
        generales = _generales(reglement) if ouverte else frozenset()
        unites = reglement.specialite.unites
        return tuple(DispenseOuverte(unite=u.cle, instruction=True) for u in unites if u.cle in generales)
    if any(d.code == diplome and d.attestation_de_blocs for d in reglement.dispenses.diplomes):
        connues = reglement.specialite.par_cle if reglement.acquis.attestation_blocs else ()
        return tuple(DispenseOuverte(unite=cle, instruction=True) for cle in connues)
    tableau = reglement.dispenses.tableau
    du_tableau = [
        DispenseOuverte(unite=unite.cle, si_comportee=case.valeur == "G*")
        for unite in reglement.specialite.unites
        if (case := tableau.get((unite.cle, diplome))) and case.valeur != "-"
    ]
    professionnelles = [
        DispenseOuverte(unite=unite, instruction=titre.instruction)
        for titre in reglement.dispenses.professionnelles
        if titre.diplome == diplome and reglement.specialite.slug in titre.specialites
        if titre.derniere_session is None or reglement.session <= titre.derniere_session
        for unite in titre.unites
    ]
    return (*du_tableau, *professionnelles)


def diplomes_offerts(dispenses: Dispenses, acquis: ParametresAcquis) -> tuple[Diplome, ...]:
    """Les diplômes du tableau, et ceux que la session admet en plus (L-47, R26)."""
    return tuple(
        d
        for d in dispenses.diplomes
        if (acquis.diplome_europeen or not d.europeen) and (acquis.attestation_blocs or not d.attestation_de_blocs)
    )


def _generales(reglement: ReglementDesAcquis) -> frozenset[str]:
    """Les unités générales du tableau de l'annexe 1."""
    return frozenset(matiere for matiere, _ in reglement.dispenses.tableau)


def _dispense_perdue(
    demande: DemandeDeDispense, obtenue: int | None, reglement: ReglementDesAcquis
) -> Decision | None:
    inscriptions = demande.inscriptions_intermediaires
    return droit_perdu(inscriptions, obtenue, reglement.session, "cette dispense", "unite")


def _sans_cette_dispense(*sources: str) -> Decision:
    return refus(
        "diplome_sans_cette_dispense",
        "diplome",
        "Ce diplôme ne dispense pas de cette épreuve. Retirez la demande\u00a0: vous passerez cette épreuve.",
        *sources,
    )


def _diplome_hors_tableau() -> Decision:
    return refus(
        "diplome_hors_tableau",
        "diplome",
        "Ce diplôme n’ouvre aucune dispense. Retirez la demande, ou écrivez au service d’examen.",
        "annexe1.dispense.definition",
        "R14",
    )


def _unite_de_la_specialite(demande: DemandeDeDispense, reglement: ReglementDesAcquis) -> tuple[Unite | None, bool]:
    """L'unité, et si elle peut exister sans que nos données la donnent (L-61)."""
    if demande.libre:
        return None, True
    unite = unite_designee(demande.unite, reglement.specialite)
    inconnue = demande.unite not in _generales(reglement) and not unites_toutes_connues(reglement.specialite)
    return unite, inconnue


def _peut_exister(
    demande: DemandeDeDispense, titres: Iterable[DispenseProfessionnelle], reglement: ReglementDesAcquis
) -> bool:
    """L'unité est connue, ou citée par la notice, ou nos données sont incomplètes."""
    unite, inconnue = _unite_de_la_specialite(demande, reglement)
    return inconnue or unite is not None or any(demande.unite in titre.unites for titre in titres)


def _vise(
    titre: DispenseProfessionnelle, designation: str, unite: Unite | None, reglement: ReglementDesAcquis
) -> bool:
    """Le titre cite l'unité, dans les mots de la notice ou par une unité que ces mots désignent."""
    if designation in titre.unites:
        return True
    return unite is not None and any(unite_designee(mots, reglement.specialite) == unite for mots in titre.unites)
