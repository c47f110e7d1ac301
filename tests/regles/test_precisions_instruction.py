"""What the office decides of a right: each decision is whole, grants come one after the other, the rest is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from registre.cas.chapitres.etapes import Situation, examen
from registre.regles.acquis import (
    DecisionDuService,
    ExamenAcquis,
    LigneAcquis,
    PassageConnu,
    SaisieAcquis,
    examen_des_acquis,
)
from registre.regles.citation import Motif, codes
from registre.regles.decider import demande_decidee, motifs_pour_decider
from registre.regles.decisions import InscriptionIntermediaire, ReglementDesAcquis
from registre.regles.instruction import (
    MOTIF_MAXIMAL,
    SOURCES,
    a_decider,
    acquis_instruits,
    decision_compatible,
    en_attente,
    ligne_d_octroi,
    ligne_nue,
    motifs_de_la_decision,
    octroye,
    reglement_ouvert,
)
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Octroi, Resultat, Statut
from tests.regles.lecture_cas import cadre

CADRE = cadre()
AGORA = ReglementDesAcquis.du_cadre(CADRE, CADRE.specialites["agora"])
PROGRESSIF = PassageConnu(
    session=2024,
    specialite="agora",
    resultat=Resultat.AJOURNE,
    forme_de_passage=FormeDePassage.PROGRESSIVE,
)
POURQUOI = "Le relevé du baccalauréat porte cette langue."


def diplome(unite: str = "langue-vivante-b", **champs: Any) -> LigneAcquis:
    """« G* »: the office reads whether the diploma had the unit."""
    return LigneAcquis(motif=MotifAcquis.DIPLOME, unite=unite, diplome="bac-technologique", **champs)


def huit(unite: str = "francais") -> LigneAcquis:
    return LigneAcquis(motif=MotifAcquis.BENEFICE, unite=unite, session=2024, note=Decimal(8))


def vae(unite: str = "francais", annee: int | None = 2016) -> LigneAcquis:
    return LigneAcquis(motif=MotifAcquis.VAE, unite=unite, annee=annee)


def decision(ligne: LigneAcquis, *, accordee: bool = True, octroi: Octroi | None = None) -> DecisionDuService:
    return DecisionDuService(ligne=ligne, accordee=accordee, motif=POURQUOI, le=date(2025, 12, 1), octroi=octroi)


def demandes(*lignes: LigneAcquis) -> ExamenAcquis:
    return examen_des_acquis(SaisieAcquis(lignes=lignes), [PROGRESSIF], AGORA)


def instruits(lignes: list[LigneAcquis], *decisions: DecisionDuService) -> ExamenAcquis:
    return acquis_instruits(demandes(*lignes), decisions, [PROGRESSIF], AGORA)


# --- A claim left to the office ---------------------------------------------------------------------------------


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "L-48")
def test_a_claim_that_is_refused_gives_nothing_asks_for_nothing_and_says_why():
    refusee = instruits([diplome()], decision(diplome(), accordee=False))
    [ligne] = refusee.lignes
    assert ligne.decision.statut is Statut.REFUSE
    assert (ligne.decision.motif, ligne.decision.message) == ("refusee_par_le_service", POURQUOI)
    assert (ligne.decision.acquis, ligne.decision.pieces) == (None, ())
    assert demandes(diplome()).pieces
    assert refusee.pieces == ()


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "L-48")
def test_a_claim_that_is_granted_is_the_right_the_rule_left_open_with_its_pieces():
    accordee = instruits([diplome()], decision(diplome()))
    dite = accordee.par_unite["langue-vivante-b"]
    assert (dite.statut, dite.motif, dite.message) == (Statut.ACCORDE, "", "")
    assert dite.acquis.unite == "langue-vivante-b"
    assert accordee.pieces == demandes(diplome()).pieces
    assert (len(a_decider(accordee)), en_attente(accordee)) == (1, ())
    assert len(en_attente(demandes(diplome()))) == 1


@pytest.mark.passages("L-15", "L-25")
def test_a_unit_claimed_twice_waits_for_the_candidate_and_not_for_the_office():
    deux = demandes(diplome(), diplome("U42"))  # its code, then its name: one unit
    assert [codes(e.motifs) for e in deux.lignes] == [["unite_demandee_deux_fois"]] * 2
    assert a_decider(deux) == ()
    decidees = acquis_instruits(deux, [decision(diplome())], [PROGRESSIF], AGORA)
    assert [e.instruite for e in decidees.lignes] == [None, None]


def test_a_claim_is_the_same_wherever_it_stands_and_whatever_is_known_of_the_past():
    oubli = (InscriptionIntermediaire(session=2025, demande=False),)
    assert ligne_nue(diplome(champ_prefixe="d0_", inscriptions_intermediaires=oubli)) == diplome()


@pytest.mark.parametrize(
    ("sens", "motif", "attendus"),
    [
        ("accorder", POURQUOI, []),
        ("refuser", "x" * MOTIF_MAXIMAL, []),
        ("refuser", "x" * (MOTIF_MAXIMAL + 1), ["motif_trop_long"]),
        ("", "  ", ["decision_a_choisir", "motif_a_dire"]),
    ],
)
def test_a_decision_says_its_sense_and_its_reason_within_the_limit(sens, motif, attendus):
    assert codes(motifs_de_la_decision(sens, motif)) == attendus


def test_of_what_a_decision_would_break_the_first_is_said():
    connu, premier, second = (Motif(code, "x", f"Le {code}.", ("L-27",)) for code in ("connu", "premier", "second"))
    [dit] = decision_compatible([connu], [connu, premier, second])
    assert (dit.code, dit.champ, dit.sources) == ("decision_incompatible", "sens", ("L-27",))
    assert "Le premier." in dit.message
    assert decision_compatible([connu, premier], [premier]) == []


# --- What the office grants by itself ---------------------------------------------------------------------------


@pytest.mark.passages("R10", "R25", "L-04", "L-11", "L-47")
def test_a_grant_opens_one_door_as_far_as_it_must():
    assert reglement_ouvert(Octroi.NOTE_SOUS_10, huit(), AGORA) == replace(AGORA, report_sous_10=True)
    europeen = reglement_ouvert(Octroi.DIPLOME_EUROPEEN, diplome(), AGORA)
    assert europeen == replace(AGORA, acquis=replace(AGORA.acquis, diplome_europeen=True))
    durees = [
        reglement_ouvert(Octroi.VAE_ANCIENNE, vae(annee=annee), AGORA).acquis.vae_duree_sessions
        for annee in (2016, 2024, None)
    ]
    assert durees == [10, AGORA.acquis.vae_duree_sessions, AGORA.acquis.vae_duree_sessions]


@pytest.mark.passages("R10", "L-47")
def test_a_grant_has_the_title_of_its_reading_whatever_the_line_said():
    ligne = replace(vae(), motif=MotifAcquis.AUTRE_SPECIALITE)
    titres = {o: ligne_d_octroi(o, ligne, CADRE.dispenses).motif for o in Octroi}
    assert titres == {
        Octroi.VAE_ANCIENNE: MotifAcquis.VAE,
        Octroi.NOTE_SOUS_10: MotifAcquis.BENEFICE,
        Octroi.DIPLOME_EUROPEEN: MotifAcquis.DIPLOME,
    }
    [europeen] = [d.code for d in CADRE.dispenses.diplomes if d.europeen]
    sans = replace(CADRE.dispenses, diplomes=tuple(d for d in CADRE.dispenses.diplomes if not d.europeen))
    diplomes = [ligne_d_octroi(Octroi.DIPLOME_EUROPEEN, ligne, d).diplome for d in (CADRE.dispenses, sans)]
    assert diplomes == [europeen, None]


@pytest.mark.passages("annexe1.dispense.vae", "R25", "L-04")
def test_a_grant_is_a_right_without_pieces_that_cites_its_reading():
    prise = decision(vae(), octroi=Octroi.VAE_ANCIENNE)
    octroi = octroye(prise, (), AGORA)
    assert (octroi.decision.statut, octroi.decision.unite) == (Statut.ACCORDE, "francais")
    assert (octroi.decision.pieces, octroi.decision.sources) == ((), SOURCES[Octroi.VAE_ANCIENNE])
    assert octroi.instruite == prise
    incomplete = octroye(decision(vae(annee=None), octroi=Octroi.VAE_ANCIENNE), (), AGORA)
    assert (incomplete.decision, incomplete.instruite) == (None, None)
    assert incomplete.motifs
    hors_reglement = octroye(decision(vae("E99"), octroi=Octroi.VAE_ANCIENNE), (), AGORA)
    assert codes(hors_reglement.motifs) == ["unite_absente_de_la_specialite"]
    assert hors_reglement.instruite is None
    with pytest.raises(ValueError, match="pas un octroi"):
        octroye(decision(vae()), (), AGORA)


@pytest.mark.passages("L-04", "L-11", "L-15")
def test_grants_come_in_turn_and_yield_to_the_claims_and_to_those_before_them():
    sans_effet = decision(vae(annee=None), octroi=Octroi.VAE_ANCIENNE)
    premier = decision(vae("mathematiques"), octroi=Octroi.VAE_ANCIENNE)
    deja_octroyee = decision(huit("mathematiques"), octroi=Octroi.NOTE_SOUS_10)
    deja_demandee = decision(vae("langue-vivante-b"), octroi=Octroi.VAE_ANCIENNE)
    dernier = decision(huit(), octroi=Octroi.NOTE_SOUS_10)
    rendu = instruits([diplome()], sans_effet, premier, deja_octroyee, deja_demandee, dernier)
    assert [e.instruite and e.instruite.octroi for e in rendu.lignes] == [
        None,
        Octroi.VAE_ANCIENNE,
        Octroi.NOTE_SOUS_10,
    ]
    assert set(rendu.par_unite) == {"langue-vivante-b", "mathematiques", "francais"}
    assert rendu.par_unite["mathematiques"].acquis.titre is MotifAcquis.VAE
    assert rendu.par_unite["langue-vivante-b"].statut is Statut.A_INSTRUIRE


# --- The whole inscription --------------------------------------------------------------------------------------


def inscription(*decisions: DecisionDuService, **acquis: Any):
    return examen(Situation(acquis=acquis or {"possibilites": ["aucun"]}, decisions=decisions), CADRE)


@pytest.mark.passages("L-04", "L-15")
def test_what_was_granted_can_be_taken_back_even_when_it_could_no_longer_be_granted():
    octroi = demande_decidee(Octroi.VAE_ANCIENNE, decision(vae("langue-vivante-b")), inscription())
    assert motifs_pour_decider(inscription(), octroi, "accorder") == []
    # The candidate has claimed the same unit since.
    depuis = inscription(
        octroi, possibilites=["diplome"], d0_diplome="bac-technologique", **{"d0_u_langue-vivante-b": "oui"}
    )
    assert codes(motifs_pour_decider(depuis, octroi, "accorder")) == ["unite_deja_demandee"]
    assert motifs_pour_decider(depuis, replace(octroi, accordee=False), "refuser") == []


@pytest.mark.passages("L-04")
def test_all_that_is_wrong_with_a_grant_is_said_at_once():
    octroi = demande_decidee(Octroi.VAE_ANCIENNE, replace(decision(vae(annee=None)), motif=""), inscription())
    dits = codes(motifs_pour_decider(inscription(), octroi, ""))
    assert dits[:2] == ["decision_a_choisir", "motif_a_dire"]
    assert len(dits) > 2
