"""Ce qui reste vrai pour toute saisie de l'étape 4."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.acquis import (
    DecisionDuService,
    LigneAcquis,
    PassageConnu,
    SaisieAcquis,
    examen_des_acquis,
)
from registre.regles.cadre import Cadre, Correspondance, LigneCorrespondance
from registre.regles.correspondances import succession, traversee
from registre.regles.decisions import BeneficeDeNote, Dispense, ReglementDesAcquis, unite_designee
from registre.regles.dispenses import DemandeDeDispense, diplomes_offerts, dispense_demandee, dispenses_ouvertes
from registre.regles.instruction import acquis_instruits, en_attente, ligne_nue
from registre.regles.vocabulaire import MotifAcquis, Octroi, Resultat, Statut

SPECIALITES = ("logistique", "agora", "melec", "cuisine", "tma-technicien-menuisier-agenceur")
UNITES = ("", "francais", "mathematiques", "langue-vivante-b", "U2", "U31", "U51", "E1-A", "E4", "E9-Z", "Épreuve")
DIPLOMES = (
    None,
    "bac-general",
    "bac-professionnel",
    "bac-technologique",
    "bp-menuisier",
    "bp-electricien",
    "certification-europeenne",
    "cap",
)
SLUGS = (None, "logistique", "agora", "melec-2016", "gestion-administration", "inconnue")

passages = st.lists(
    st.builds(
        PassageConnu,
        session=st.integers(2019, 2026),
        specialite=st.sampled_from(SLUGS),
        resultat=st.sampled_from(Resultat),
    ),
    max_size=3,
)
notes = st.none() | st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal(-1)]) | st.decimals(0, 20, places=2)
lignes = st.builds(
    LigneAcquis,
    motif=st.sampled_from(MotifAcquis),
    unite=st.sampled_from(UNITES),
    libre=st.booleans(),
    demande=st.booleans(),
    specialite=st.sampled_from(SLUGS),
    session=st.none() | st.integers(2018, 2027),
    note=notes,
    langue=st.sampled_from([None, "anglais"]),
    diplome=st.sampled_from(DIPLOMES),
    specialite_detenue=st.sampled_from(SLUGS),
    unite_comportee=st.sampled_from([None, True, False]),
    annee=st.none() | st.integers(2018, 2027),
)
saisies = st.lists(lignes, max_size=6)
reglages = settings(max_examples=40, deadline=None)


@cache
def cadre() -> Cadre:
    return charger([DOSSIER_DE_BASE])["clermont-ferrand", 2026, "bac-pro"]


def reglement_de(slug: str, session: int = 2026, **parametres: Any) -> ReglementDesAcquis:
    """The rules of the session for a spécialité, with the parameters of [acquis] that a test changes."""
    reglement = replace(ReglementDesAcquis.du_cadre(cadre(), cadre().specialites[slug]), session=session)
    return replace(reglement, acquis=replace(reglement.acquis, **parametres))


@reglages
@given(st.sampled_from(SPECIALITES), saisies, passages, st.randoms(use_true_random=False))
def test_order_of_lignes_and_passages_never_matters(
    slug: str, saisie: list[LigneAcquis], anterieurs: list[PassageConnu], hasard: random.Random
) -> None:
    reglement = reglement_de(slug)
    melangees, autres = hasard.sample(saisie, len(saisie)), hasard.sample(anterieurs, len(anterieurs))
    examen = examen_des_acquis(SaisieAcquis(lignes=tuple(saisie)), anterieurs, reglement)
    autre = examen_des_acquis(SaisieAcquis(lignes=tuple(melangees)), autres, reglement)
    assert (examen.par_unite, examen.pieces, examen.perdus) == (autre.par_unite, autre.pieces, autre.perdus)
    assert Counter(examen.motifs) == Counter(autre.motifs)


@reglages
@given(st.sampled_from(SPECIALITES), saisies, passages)
def test_a_ligne_with_a_motif_never_changes_a_unite(
    slug: str, saisie: list[LigneAcquis], anterieurs: list[PassageConnu]
) -> None:
    reglement = reglement_de(slug)
    examen = examen_des_acquis(SaisieAcquis(lignes=tuple(saisie)), anterieurs, reglement)
    saines = tuple(e.ligne for e in examen.lignes if not e.motifs)
    seules = examen_des_acquis(SaisieAcquis(lignes=saines), anterieurs, reglement)
    assert (seules.par_unite, seules.pieces) == (examen.par_unite, examen.pieces)
    assert len(examen.par_unite) == len(saines)


@reglages
@given(st.sampled_from(SPECIALITES), saisies, passages)
def test_each_ligne_is_either_granted_pending_or_explained(
    slug: str, saisie: list[LigneAcquis], anterieurs: list[PassageConnu]
) -> None:
    examen = examen_des_acquis(SaisieAcquis(lignes=tuple(saisie)), anterieurs, reglement_de(slug))
    for ligne in examen.lignes:
        decision = ligne.decision
        assert bool(ligne.motifs) or (decision and decision.statut is not Statut.REFUSE and decision.pieces)
        assert all(m.message and m.sources and m.champ for m in ligne.motifs)
        if decision and decision.statut is not Statut.REFUSE:
            assert isinstance(decision.acquis, BeneficeDeNote | Dispense)
            assert decision.derniere_session is None or decision.derniere_session >= 2026


@reglages
@given(st.integers(2015, 2026), st.integers(2026, 2035))
def test_a_note_serves_exactly_duree_sessions(obtenue: int, session: int) -> None:
    reglement = reglement_de("logistique", session)
    ligne = LigneAcquis(motif=MotifAcquis.BENEFICE, unite="U2", session=obtenue, note=Decimal(10))
    passage = PassageConnu(session=obtenue, specialite="logistique", resultat=Resultat.AJOURNE)
    examen = examen_des_acquis(SaisieAcquis(lignes=(ligne,)), [passage], reglement)
    assert ("U2" in examen.par_unite) == (obtenue < session <= obtenue + 5)


@pytest.mark.passages("annexe1.tableau.epreuves", "annexe1.tableau.diplome-detenu", "L-22", "R15")
def test_tableau_covers_the_99_cases_and_each_decides_as_it_says() -> None:
    dispenses = cadre().dispenses
    valeurs = Counter(case.valeur for case in dispenses.cases)
    assert (len(dispenses.tableau), valeurs) == (99, {"G": 48, "G*": 6, "-": 45})
    attendus = {
        ("G", None): Statut.ACCORDE,
        ("G", False): Statut.ACCORDE,
        ("G*", True): Statut.ACCORDE,
        ("G*", False): Statut.REFUSE,
        ("G*", None): Statut.A_INSTRUIRE,
        ("-", True): Statut.REFUSE,
    }
    for (matiere, diplome), case in dispenses.tableau.items():
        slug = next(s for s in ("logistique", "mfer") if matiere in cadre().specialites[s].matieres)
        for (valeur, comportee), statut in attendus.items():
            demande = DemandeDeDispense(
                titre=MotifAcquis.DIPLOME,
                unite=matiere,
                diplome=diplome,
                specialite_detenue="cuisine",
                unite_comportee=comportee,
            )
            if valeur == case.valeur:
                assert dispense_demandee(demande, reglement_de(slug)).statut is statut


@pytest.mark.passages("annexe1.tableau.epreuves", "R16", "L-26")
def test_dispenses_ouvertes_agree_with_the_decisions() -> None:
    for slug in SPECIALITES:
        reglement = reglement_de(slug)
        for diplome in filter(None, DIPLOMES):
            ouvertes = dispenses_ouvertes(diplome, reglement)
            titre = MotifAcquis.PROFESSIONNELLE if diplome.startswith("bp-") else MotifAcquis.DIPLOME
            for ouverte in ouvertes:
                demande = DemandeDeDispense(
                    titre=titre, unite=ouverte.unite, diplome=diplome, specialite_detenue="photographie"
                )
                instruite = ouverte.si_comportee or ouverte.instruction
                attendu = Statut.A_INSTRUIRE if instruite else Statut.ACCORDE
                assert dispense_demandee(demande, reglement).statut is attendu
    assert {o.unite for o in dispenses_ouvertes("bac-general", reglement_de("melec"))} == {
        "langue-vivante-a",
        "francais",
        "histoire-geographie-emc",
        "arts-appliques",
        "eps",
    }
    assert not dispenses_ouvertes("cap", reglement_de("melec"))
    assert not dispenses_ouvertes("certification-europeenne", reglement_de("melec"))
    admise = reglement_de("melec", diplome_europeen=True)
    instruites = dispenses_ouvertes("certification-europeenne", admise)
    assert {o.unite for o in instruites} == admise.specialite.matieres
    assert all(o.instruction for o in instruites)
    offerts = {d.code for d in diplomes_offerts(cadre().dispenses, cadre().acquis)}
    assert {d.code for d in diplomes_offerts(cadre().dispenses, admise.acquis)} - offerts == {
        "certification-europeenne"
    }
    assert not dispenses_ouvertes("bp-froid", reglement_de("tfca-technicien-froid-conditionnement-air"))


@pytest.mark.passages("annexe1.rappel.correspondance", "R126", "L-48")
def test_succession_follows_several_reglements_and_stops_when_unsure() -> None:
    modele = cadre().correspondances[0]

    def tableau(ancien: str, nouveau: str, *lignes: tuple[tuple[str, ...], tuple[str, ...]]) -> Correspondance:
        unites = tuple(LigneCorrespondance(anciennes=a, nouvelles=n) for a, n in lignes)
        return replace(modele, ancien=ancien, nouveau=nouveau, lignes=unites or None)

    lignes_lues = ((("U1",), ("U2",)), (("U3", "U4"), ("U5",)), (("U6",), ()), (("U7",), ("U8", "U9")))
    premier, second = tableau("a", "b", *lignes_lues), tableau("b", "c", (("U2",), ("U3",)))
    retour = tableau("b", "a")
    assert succession("a", "c", [second, retour, premier]) == (premier, second)
    assert succession("c", "a", [premier, second]) == ()
    assert succession("a", "z", [premier, retour]) == ()
    assert traversee("U1", (premier, second)).unite == "U3"
    assert traversee("U6", (premier, second)).unite == ""
    for code, dit in (("U3", "U3 et U4 ensemble donnent U5"), ("U7", "U7 donne U8 et U9"), ("U99", "ne dit rien")):
        suivie = traversee(code, (premier, second))
        assert suivie.unite is None
        assert len(suivie.franchissements) == 1
        assert dit in suivie.explication
    assert "nous n’avons pas le tableau" in traversee("U1", (tableau("a", "b"),)).explication


@pytest.mark.passages("R126", "L-48")
@reglages
@given(st.permutations(["U1", "U2", "U3", "U4"]), st.integers(0, 4), st.integers(1, 4))
def test_a_unite_crosses_as_many_reforms_as_its_tableaux_follow(
    nouveaux: list[str], coupe: int, reformes: int
) -> None:
    modele = cadre().correspondances[0]
    lignes = tuple(
        LigneCorrespondance(anciennes=(f"U{rang + 1}",), nouvelles=(code,)) for rang, code in enumerate(nouveaux)
    )
    chemin = tuple(
        replace(modele, ancien=str(n), nouveau=str(n + 1), lignes=None if n == coupe else lignes)
        for n in range(reformes)
    )
    suivie = traversee("U1", chemin)
    code = "U1"
    for _ in range(min(coupe, reformes)):
        code = nouveaux[int(code[1]) - 1]
    assert suivie.unite == (None if coupe < reformes else code)
    assert len(suivie.franchissements) == min(coupe + 1, reformes)


@pytest.mark.passages("L-26", "R23")
def test_unite_designee_reads_the_three_levels_of_the_notice() -> None:
    melec, logistique = cadre().specialites["melec"], cadre().specialites["logistique"]
    designations = {"E1-A": "mathematiques", "E1-B": "physique-chimie", "E2": "U2", "E4": "langue-vivante-a"}
    for designation, cle in designations.items():
        unite = unite_designee(designation, melec)
        assert unite is not None
        assert unite.cle == cle
    assert unite_designee("E12", logistique) == logistique.par_cle["mathematiques"]
    for inconnue in ("", "E3", "E1-Z", "E1-AB", "E1-", "U99"):
        assert unite_designee(inconnue, logistique) is None


# --- What the office decides ----------------------------------------------------------------------------

decisions = st.lists(
    st.builds(
        DecisionDuService,
        ligne=lignes.map(ligne_nue),
        accordee=st.booleans(),
        motif=st.just("Vu."),
        le=st.just(date(2025, 10, 20)),
        octroi=st.none() | st.sampled_from(Octroi),
    ),
    max_size=4,
)


@pytest.mark.passages("L-03", "L-04", "L-11", "L-47", "L-48", "L-61")
@given(st.sampled_from(SPECIALITES), st.lists(lignes, max_size=4), passages, decisions, st.booleans())
@settings(max_examples=300)
def test_a_decision_touches_only_what_the_rules_leave_to_the_office(slug, saisies, declares, prises, accordee):
    """Whatever is decided: what the rules grant or refuse alone stays, and no unit is settled twice."""
    regles = ReglementDesAcquis.du_cadre(cadre(), cadre().specialites[slug])
    avant = examen_des_acquis(SaisieAcquis(lignes=tuple(saisies)), declares, regles)
    siennes = [
        DecisionDuService(ligne=ligne_nue(e.ligne), accordee=accordee, motif="Vu.", le=date(2025, 10, 20))
        for e in en_attente(avant)
    ]
    apres = acquis_instruits(avant, [*prises, *siennes], declares, regles)
    assert apres.motifs == avant.motifs
    assert not en_attente(apres)  # each claim left to the office has its decision
    for unite, decision in avant.par_unite.items():
        if decision.statut is Statut.ACCORDE:
            assert apres.par_unite[unite] == decision
        elif accordee:
            assert apres.par_unite[unite].acquis == decision.acquis
        else:
            assert unite not in apres.par_unite or apres.par_unite[unite].statut is Statut.ACCORDE
    assert set(apres.pieces) <= set(avant.pieces)
    assert acquis_instruits(avant, (), declares, regles) == avant
    reglees = Counter(e.decision.unite for e in apres.lignes if e.decision and e.decision.acquis and not e.motifs)
    assert all(n == 1 for n in reglees.values())
