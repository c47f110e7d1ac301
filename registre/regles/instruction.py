"""Ce que le service décide d'un acquis : une demande que les règles lui laissent, ou un octroi qu'une lecture permet.

Une décision est un fait à côté de la version enregistrée, qui ne change pas : elle entre dans les calculs quand on
lit la version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from registre.regles.acquis import (
    DecisionDuService,
    ExamenAcquis,
    ExamenDeLigne,
    LigneAcquis,
    PassageConnu,
    decisions_par_unite,
    examen_de_ligne,
    pieces_des_demandes,
)
from registre.regles.cadre import Dispenses
from registre.regles.citation import Motif, applique
from registre.regles.decisions import Decision, ReglementDesAcquis
from registre.regles.vocabulaire import MotifAcquis, Octroi, Statut

MOTIFS = (
    "decision_a_choisir",
    "motif_a_dire",
    "motif_trop_long",
    "demande_deja_reglee",
    "octroi_sans_objet",
    "octroi_impossible",
    "unite_deja_demandee",
    "decision_incompatible",
)

MOTIF_MAXIMAL = 600
"""Longueur maximale du motif d'une décision, que le candidat lit, en caractères."""

SOURCES = {
    Octroi.VAE_ANCIENNE: ("annexe1.dispense.vae", "R25", "L-04"),
    Octroi.NOTE_SOUS_10: ("etapes.qualification.progressive", "L-11"),
    Octroi.DIPLOME_EUROPEEN: ("R10", "L-47"),
}


def ligne_nue(ligne: LigneAcquis) -> LigneAcquis:
    """La demande elle-même : ni sa place dans la page, ni ce que Registre sait des inscriptions d'avant."""
    return replace(ligne, champ_prefixe="", inscriptions_intermediaires=())


@applique("etapes.acquis.cinq-possibilites", "L-03", "L-04", "L-11", "L-26", "L-47", "L-48", "L-61")
def acquis_instruits(
    examen: ExamenAcquis,
    decisions: Iterable[DecisionDuService],
    passages: Iterable[PassageConnu],
    reglement: ReglementDesAcquis,
) -> ExamenAcquis:
    """L'étape 4, où ce que le service a décidé remplace « à instruire », et où ses octrois s'ajoutent.

    La dernière décision sur une demande l'emporte. Une demande que les règles accordent ou refusent seules n'en
    dépend pas ; une décision sur une demande qui n'est plus là n'a pas d'effet. Un octroi cède à une demande du
    candidat sur la même unité.
    """
    dernieres = {(d.octroi, d.ligne): d for d in decisions}
    lignes = [_instruite(e, dernieres.get((None, ligne_nue(e.ligne)))) for e in examen.lignes]
    prises = set(decisions_par_unite(lignes))
    for decision in dernieres.values():
        octroi = decision.octroi and octroye(decision, tuple(passages), reglement)
        if not octroi or octroi.motifs or (octroi.decision and octroi.decision.unite in prises):
            continue
        lignes.append(octroi)
        prises |= set(decisions_par_unite([octroi]))
    return replace(
        examen,
        lignes=tuple(lignes),
        par_unite=decisions_par_unite(lignes),
        pieces=pieces_des_demandes(lignes),
    )


def a_decider(examen: ExamenAcquis) -> tuple[ExamenDeLigne, ...]:
    """Les demandes qui attendent le service, et celles qu'il a déjà décidées : il peut se corriger."""
    return tuple(e for e in examen.lignes if e.instruite or (_attend(e) and not e.motifs))


def en_attente(examen: ExamenAcquis) -> tuple[ExamenDeLigne, ...]:
    """Les demandes que le service n'a pas encore décidées."""
    return tuple(e for e in a_decider(examen) if not e.instruite)


def _attend(examen: ExamenDeLigne) -> bool:
    return examen.decision is not None and examen.decision.statut is Statut.A_INSTRUIRE


def _instruite(examen: ExamenDeLigne, decision: DecisionDuService | None) -> ExamenDeLigne:
    if decision is None or examen.decision is None or examen.motifs or not _attend(examen):
        return examen
    return replace(examen, decision=_dite(examen.decision, decision), instruite=decision)


def _dite(jugee: Decision, decision: DecisionDuService) -> Decision:
    """Accordée : l'acquis que la règle laissait au service. Refusée : le candidat passe l'épreuve, rien à fournir."""
    if decision.accordee:
        return replace(jugee, statut=Statut.ACCORDE, motif="", message="")
    return replace(
        jugee, statut=Statut.REFUSE, acquis=None, motif="refusee_par_le_service", message=decision.motif, pieces=()
    )


# --- Les octrois ------------------------------------------------------------------------------------


@applique("R10", "R25", "L-04", "L-11", "L-47")
def reglement_ouvert(octroi: Octroi, ligne: LigneAcquis, reglement: ReglementDesAcquis) -> ReglementDesAcquis:
    """Le règlement où une seule porte s'ouvre : celle que la lecture laisse au service. Tout le reste tient."""
    acquis = reglement.acquis
    if octroi is Octroi.NOTE_SOUS_10:
        return replace(reglement, report_sous_10=True)
    if octroi is Octroi.DIPLOME_EUROPEEN:
        return replace(reglement, acquis=replace(acquis, diplome_europeen=True))
    age = reglement.session - (ligne.annee or reglement.session)
    return replace(reglement, acquis=replace(acquis, vae_duree_sessions=max(acquis.vae_duree_sessions, age)))


def ligne_d_octroi(octroi: Octroi, ligne: LigneAcquis, dispenses: Dispenses) -> LigneAcquis:
    """La ligne avec le titre de l'octroi ; pour une certification européenne, le diplôme de la liste."""
    if octroi is Octroi.NOTE_SOUS_10:
        return replace(ligne, motif=MotifAcquis.BENEFICE)
    if octroi is Octroi.VAE_ANCIENNE:
        return replace(ligne, motif=MotifAcquis.VAE)
    code = next((d.code for d in dispenses.diplomes if d.europeen), None)
    return replace(ligne, motif=MotifAcquis.DIPLOME, diplome=code)


def octroye(
    decision: DecisionDuService, passages: tuple[PassageConnu, ...], reglement: ReglementDesAcquis
) -> ExamenDeLigne:
    """Ce que donne un octroi. Le service a la preuve en main : il n'appelle aucune pièce."""
    if decision.octroi is None:
        raise ValueError("cette décision n’est pas un octroi")
    jugee = examen_de_ligne(decision.ligne, passages, reglement_ouvert(decision.octroi, decision.ligne, reglement))
    if jugee.decision is None or jugee.motifs:
        return jugee
    dite = replace(_dite(jugee.decision, decision), pieces=(), sources=SOURCES[decision.octroi])
    return replace(jugee, decision=dite, instruite=decision)


@applique("L-03", "L-04", "L-11", "L-26", "L-47", "L-48")
def motifs_de_la_decision(sens: str, motif: str) -> list[Motif]:
    """Le service accorde ou refuse, et dit toujours pourquoi : le candidat le lit."""
    sources = ("L-03", "L-04", "L-11", "L-47")
    motifs = []
    if sens not in ("accorder", "refuser"):
        motifs.append(Motif("decision_a_choisir", "sens", "Choisissez d’accorder ou de refuser.", sources))
    if not motif.strip():
        message = "Écrivez le motif de votre décision. La personne le lira."
        motifs.append(Motif("motif_a_dire", "motif", message, sources))
    elif len(motif) > MOTIF_MAXIMAL:
        message = (
            f"Le motif a {len(motif)}\u00a0caractères. Raccourcissez-le à {MOTIF_MAXIMAL}\u00a0caractères au plus."
        )
        motifs.append(Motif("motif_trop_long", "motif", message, sources))
    return motifs


@applique("etapes.acquis.cinq-possibilites", "L-03", "L-48", "L-61")
def demande_a_decider(ligne: LigneAcquis, examen: ExamenAcquis) -> list[Motif]:
    """Seule une demande de la dernière version, que les règles laissent au service, se décide."""
    if any(ligne_nue(e.ligne) == ligne and not (e.instruite and e.instruite.octroi) for e in a_decider(examen)):
        return []
    message = "Cette demande n’est plus à décider\u00a0: l’inscription a changé. Relisez-la."
    return [Motif("demande_deja_reglee", "sens", message, ("L-48",))]


@applique("R10", "R25", "L-04", "L-11", "L-15", "L-47")
def motifs_de_l_octroi(
    octroi: Octroi,
    ligne: LigneAcquis,
    examen: ExamenAcquis,
    passages: Iterable[PassageConnu],
    reglement: ReglementDesAcquis,
) -> list[Motif]:
    """Ce qui s'oppose à un octroi : une ligne incomplète, une règle que la lecture n'ouvre pas, une autre demande.

    Ce que les règles accordent seules n'est pas un octroi : le candidat le demande.
    """
    passages, sources = tuple(passages), SOURCES[octroi]
    jugee = examen_de_ligne(ligne, passages, reglement_ouvert(octroi, ligne, reglement))
    if jugee.motifs:
        return [_dit_au_service(m, octroi) for m in jugee.motifs]
    ordinaire = examen_de_ligne(ligne, passages, reglement)
    if not ordinaire.motifs:
        message = "Les règles permettent cette demande sans décision du service. Elle se fait à l’étape 4."
        return [Motif("octroi_sans_objet", _CHAMP[octroi], message, sources)]
    unite = jugee.decision and jugee.decision.unite
    siennes = [e for e in examen.lignes if not (e.instruite and e.instruite.octroi)]
    if unite in decisions_par_unite(siennes):
        message = "Cette épreuve est déjà demandée à l’étape 4. Choisissez-en une autre."
        return [Motif("unite_deja_demandee", "unite", message, ("L-15",))]
    return []


_CHAMP = {Octroi.VAE_ANCIENNE: "annee", Octroi.NOTE_SOUS_10: "note", Octroi.DIPLOME_EUROPEEN: "unite"}
_AU_SERVICE = {
    "pas_ajourne": (
        "session",
        "L’étape 2 ne déclare pas de présentation sans succès de cette spécialité à cette session.",
    ),
    "note_inferieure_a_10": ("note", "Cette présentation est en forme globale\u00a0: sa note ne se reporte pas."),
    "perimee": ("session", "Cette note est trop ancienne pour la session. Elle ne peut plus être reportée."),
    "unite_absente_de_la_specialite": ("unite", "La spécialité présentée ne comporte pas cette épreuve."),
    "diplome_sans_cette_dispense": ("unite", "Une épreuve professionnelle n’a pas cette dispense."),
    "sans_correspondance": ("unite", "Le nouveau règlement n’a pas d’épreuve équivalente."),
}


def _dit_au_service(motif: Motif, octroi: Octroi) -> Motif:
    """Les motifs des règles parlent au candidat ; ceux qu'un octroi rencontre se disent à l'agent."""
    if motif.code not in _AU_SERVICE:
        return motif
    champ, message = _AU_SERVICE[motif.code]
    return Motif("octroi_impossible", champ, message, (*motif.sources, *SOURCES[octroi]))


@applique("L-27", "L-46", "L-60")
def decision_compatible(avant: Collection[Motif], apres: Collection[Motif]) -> list[Motif]:
    """Une décision ne doit pas rendre l'inscription fautive : langue gardée déjà prise, plus rien à passer.

    ``avant`` et ``apres`` : les motifs de toutes les étapes, sans la décision et avec elle.
    """
    return [
        Motif(
            "decision_incompatible",
            "sens",
            f"Cette décision ne va pas avec l’inscription. {m.message} Demandez d’abord à la personne de la modifier.",
            m.sources,
        )
        for m in apres
        if m not in avant
    ][:1]
