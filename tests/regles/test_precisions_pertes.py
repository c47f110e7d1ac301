"""What is lost for good: which earlier inscriptions could ask for a right, and whether they did (L-54)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis
from registre.regles.cadre import Cadre
from registre.regles.notes import EtatNote
from registre.regles.pertes import avec_les_inscriptions
from registre.regles.releves import Connu, InscriptionConnue, ReleveConnu, ligne_connue
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Resultat
from tests.regles.lecture_cas import cadre
from tests.regles.personnes import inscription

CADRE = cadre()
FROID = "tfca-technicien-froid-conditionnement-air"

pytestmark = pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54")


def avec_le_diplome(session: int, unite: str = "", specialite: str = "agora", **acquis: Any) -> InscriptionConnue:
    champs = {"possibilites": ["diplome"], "d0_diplome": "bac-general"} | acquis
    return inscription(session, specialite, **champs, **({f"d0_u_{unite}": "oui"} if unite else {}))


def portees(
    ligne: LigneAcquis,
    *inscriptions: InscriptionConnue,
    specialite: str = "agora",
    passages: tuple[PassageConnu, ...] = (),
    releves: tuple[ReleveConnu, ...] = (),
    cadre: Cadre = CADRE,
) -> list[tuple[int, bool]]:
    """(session, asked) of each earlier inscription that the line carries afterwards."""
    saisie = SaisieAcquis(lignes=(ligne,))
    connu = Connu(inscriptions=inscriptions, releves=releves)
    [portee] = avec_les_inscriptions(saisie, passages, connu, cadre.specialites[specialite], cadre).lignes
    return [(i.session, i.demande) for i in portee.inscriptions_intermediaires]


def par_diplome(unite: str = "francais", diplome: str = "bac-general", **champs: Any) -> LigneAcquis:
    return LigneAcquis(motif=MotifAcquis.DIPLOME, unite=unite, diplome=diplome, **champs)


# --- A diploma --------------------------------------------------------------------------------------------------


def test_a_diploma_could_serve_from_the_first_inscription_that_told_it_to_the_session_before():
    inscriptions = (
        avec_le_diplome(2026),
        inscription(2025),
        inscription(2022),
        avec_le_diplome(2023, "francais"),
        avec_le_diplome(2024, "mathematiques"),
    )
    assert portees(par_diplome(), *inscriptions) == [(2023, True), (2024, False), (2025, False)]


@pytest.mark.parametrize(
    ("acquis", "specialite_detenue", "tenu"),
    [
        ({"possibilites": ["diplome"], "d0_diplome": "bac-general"}, None, True),
        ({"possibilites": ["diplome"], "d3_diplome": "bac-general"}, None, True),
        ({"possibilites": ["diplome"], "d0_diplome": "bac-technologique"}, None, False),
        ({"possibilites": ["benefice"], "d0_diplome": "bac-general"}, None, False),  # the box was unticked afterwards
        ({"possibilites": ["diplome"], "d0_diplome": "bac-general"}, "melec", False),
        ({"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_specialite": "melec"}, "melec", True),
        ({"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_specialite": "mfer"}, "melec", False),
    ],
)
def test_only_an_inscription_that_told_this_very_diploma_says_that_it_was_held(acquis, specialite_detenue, tenu):
    ligne = par_diplome(specialite_detenue=specialite_detenue)
    assert portees(ligne, inscription(2024, **acquis)) == ([(2024, False)] if tenu else [])


@pytest.mark.parametrize(
    ("specialite", "unite", "perdue"),
    [
        ("agora", "francais", True),
        ("melec", "francais", True),  # a general unit is the same everywhere
        ("melec", "physique-chimie", False),  # AGORA has no such unit
        ("hors-liste", "francais", False),
        ("agora", "mathematiques", False),  # this diploma does not open it
    ],
)
def test_an_inscription_loses_only_what_its_own_specialite_opened(specialite, unite, perdue):
    ailleurs = avec_le_diplome(2024, specialite=specialite)
    assert portees(par_diplome(unite), ailleurs) == ([(2024, False)] if perdue else [])


def test_the_diploma_of_a_specialite_opens_nothing_in_that_specialite():
    ligne = par_diplome(diplome="bac-professionnel", specialite_detenue="melec")
    tenu = {"possibilites": ["diplome"], "d0_diplome": "bac-professionnel", "d0_specialite": "melec"}
    assert portees(ligne, inscription(2024, "melec", **tenu), inscription(2025, **tenu)) == [(2025, False)]


@pytest.mark.passages("R26", "R126")
def test_a_professional_unit_is_lost_in_its_own_specialite_only():
    """An attestation of blocs opens every unit, where the session admits it."""
    ouvert = replace(CADRE, acquis=replace(CADRE.acquis, attestation_blocs=True))
    [attestation] = [d.code for d in CADRE.dispenses.diplomes if d.attestation_de_blocs]
    tenue = {"possibilites": ["diplome"], "d0_diplome": attestation}
    inscriptions = inscription(2023, **tenue), inscription(2024, "logistique", **tenue)
    ligne = par_diplome("U31", attestation)
    assert portees(ligne, *inscriptions, cadre=ouvert) == [(2023, False)]
    assert portees(ligne, *inscriptions, cadre=ouvert, specialite="logistique") == [(2024, False)]
    assert portees(ligne, *inscriptions) == []


# --- A decision of a VAE jury -----------------------------------------------------------------------------------


def vae(unite: str = "francais", annee: int | None = 2022) -> LigneAcquis:
    return LigneAcquis(motif=MotifAcquis.VAE, unite=unite, annee=annee)


def test_a_vae_could_serve_two_sessions_after_its_year_or_from_the_inscription_that_told_it():
    dite = {"possibilites": ["vae"], "v_annee": "2022"}
    inscriptions = inscription(2025, **dite, v_u_francais="oui"), inscription(2024), inscription(2023)
    assert portees(vae(), *inscriptions) == [(2024, False), (2025, True)]
    assert portees(vae(), inscription(2023, **dite, v_u_mathematiques="oui")) == [(2023, False)]
    for autre in ({"v_annee": "2022"}, {"possibilites": ["vae"], "v_annee": "2021"}, {"possibilites": ["vae"]}):
        assert portees(vae(), inscription(2023, **autre)) == []
    assert portees(vae(annee=None), inscription(2024), inscription(2025)) == []


@pytest.mark.passages("R126")
def test_an_inscription_where_the_unit_was_not_is_passed_over_and_those_after_it_count():
    inscriptions = inscription(2024, "logistique"), inscription(2025)
    assert portees(vae("physique-chimie"), *inscriptions, specialite="melec") == []
    assert portees(vae("U31"), *inscriptions) == [(2025, False)]  # the U31 of « Logistique » is another unit
    assert portees(vae(), inscription(2024, "hors-liste"), inscription(2025)) == [(2025, False)]


# --- A mark -----------------------------------------------------------------------------------------------------


def note(unite: str, specialite: str = "agora", session: int = 2023) -> LigneAcquis:
    return LigneAcquis(
        motif=MotifAcquis.BENEFICE, unite=unite, specialite=specialite, session=session, note=Decimal(12)
    )


def passage(specialite: str | None = "agora", session: int = 2023) -> PassageConnu:
    return PassageConnu(session=session, specialite=specialite, resultat=Resultat.AJOURNE)


def test_a_typed_mark_is_lost_by_an_inscription_made_since_its_declared_session():
    oubli = inscription(2024)
    assert portees(note("francais"), oubli, passages=(passage(),)) == [(2024, False)]
    assert portees(note("U31"), oubli, passages=(passage(),)) == [(2024, False)]
    assert portees(note("U31"), inscription(2024, "melec"), passages=(passage(),)) == []
    for autres in ((), (passage("melec"),), (passage(session=2022),), (passage("hors-liste"),)):
        assert portees(note("francais"), oubli, passages=autres) == []
    sans_specialite = LigneAcquis(motif=MotifAcquis.BENEFICE, unite="francais", session=2023, note=Decimal(12))
    assert portees(sans_specialite, oubli, passages=(passage(None),)) == []


@pytest.mark.passages("R126")
def test_the_same_number_in_the_transcript_of_the_new_diploma_is_not_the_same_unit():
    releve = ReleveConnu(
        session=2024,
        academie="clermont-ferrand",
        specialite="mfer",
        forme_de_passage=FormeDePassage.GLOBALE,
        resultat=Resultat.AJOURNE,
        lignes=tuple(
            ligne_connue(unite, CADRE.specialites["mfer"], EtatNote.NOTE, Decimal(9), "") for unite in ("U2", "U51")
        ),
    )
    ancien = {"passages": (passage(FROID, 2022),), "releves": (releve,), "specialite": "mfer"}
    assert portees(note("francais", FROID, 2022), **ancien) == [(2024, False)]
    assert portees(note("U2", FROID, 2022), **ancien) == []


def test_words_of_the_candidate_name_no_unit_and_lose_nothing():
    libre = LigneAcquis(motif=MotifAcquis.VAE, unite="francais", libre=True, annee=2022)
    assert portees(libre, inscription(2024)) == []
