"""The calendar: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from registre.regles import calendrier as regles
from registre.regles.cadre import Calendrier

SECONDE = timedelta(seconds=1)


def dit(texte: str) -> str:
    return texte.replace("\u00a0", " ")


def message(acte: str, instant: datetime, calendrier: Calendrier) -> str:
    motif = regles.acte_permis(acte, instant, calendrier)
    assert motif is not None
    return dit(motif.message)


@pytest.mark.passages("inscription.periode", "pieces.periode-de-depot", "L-31")
@pytest.mark.parametrize(("ouvert", "nom"), [(regles.registre_ouvert, "inscription"), (regles.depot_ouvert, "depot")])
def test_the_registre_and_the_deposit_are_open_during_their_own_period_only(ouvert, nom, calendrier):
    periode = getattr(calendrier, nom)
    instants = (periode.ouvre_le - SECONDE, periode.ouvre_le, periode.ferme_le - SECONDE, periode.ferme_le)
    assert [ouvert(calendrier, instant) for instant in instants] == [False, True, True, False]


@pytest.mark.passages("inscription.periode", "inscription.hors-periode", "pieces.periode-de-depot", "L-31")
@pytest.mark.parametrize(("acte", "nom"), [("enregistrer", "inscription"), ("deposer", "depot")])
def test_a_refusal_out_of_the_period_says_when_it_opens_and_when_it_closed(acte, nom, calendrier):
    periode, fuseau = getattr(calendrier, nom), calendrier.fuseau
    avant, apres = periode.ouvre_le - SECONDE, periode.ferme_le
    assert dit(regles.en_heure_de_paris(periode.ouvre_le, fuseau)) in message(acte, avant, calendrier)
    assert dit(regles.fin_affichee(periode, fuseau)) in message(acte, apres, calendrier)


@pytest.mark.passages("pieces.statut.nouveau-depot", "L-08")
def test_a_reopened_window_includes_its_opening_and_excludes_its_end(calendrier):
    debut = calendrier.depot.ferme_le + timedelta(days=3)
    fenetre = regles.Reouverture("identite", debut, debut + timedelta(days=2))
    instants = (debut - SECONDE, debut, fenetre.ferme_le - SECONDE, fenetre.ferme_le)
    refus = [regles.acte_permis("deposer", instant, calendrier, fenetre, "identite") for instant in instants]
    assert [motif is None for motif in refus] == [False, True, True, False]


@pytest.mark.passages("L-31")
def test_an_hour_is_told_without_its_seconds_unless_asked():
    heure = datetime(2025, 11, 7, 16, 59, 58, tzinfo=UTC)
    assert dit(regles.heure_en_francais(heure)) == "16 h 59"
    assert dit(regles.heure_en_francais(heure, secondes=True)) == "16 h 59 min 58 s"


@pytest.mark.passages("L-31")
def test_an_academie_far_away_has_its_own_hour_and_names_its_own_city():
    instant = datetime(2025, 11, 7, 16, 0, tzinfo=UTC)
    martinique = dit(regles.en_heure_de_paris(instant, "America/Martinique"))
    assert martinique == "le vendredi 7 novembre 2025 à 12 h (heure de Martinique)"
    deux_mots = dit(regles.en_heure_de_paris(instant, "America/Argentina/Buenos_Aires"))
    assert deux_mots.endswith("(heure de Buenos Aires)")


@pytest.mark.passages("L-31")
@pytest.mark.parametrize(
    ("fin", "affichee"),
    [
        ((2025, 11, 8, 0, 0), "le vendredi 7 novembre 2025 à 23 h 59 (heure de Martinique)"),
        ((2025, 11, 7, 19, 0), "le vendredi 7 novembre 2025 à 19 h (heure de Martinique)"),  # 0 h in Paris
        ((2025, 11, 8, 0, 30), "le samedi 8 novembre 2025 à 0 h 30 (heure de Martinique)"),
    ],
)
def test_only_an_end_at_midnight_of_its_own_academie_is_told_the_day_before(fin, affichee, calendrier):
    fuseau = "America/Martinique"
    ferme_le = datetime(*fin, tzinfo=ZoneInfo(fuseau))
    periode = replace(calendrier.depot, ouvre_le=ferme_le - timedelta(days=30), ferme_le=ferme_le)
    assert dit(regles.fin_affichee(periode, fuseau)) == affichee


def test_a_duration_never_tells_more_than_two_units():
    duree = timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert dit(regles.duree_en_francais(duree)) == "1 jour et 2 heures"
