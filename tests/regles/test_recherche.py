"""What the office types, and what a name is looked for by."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registre.regles.recherche import LONGUEUR_D_UN_MOT, NOMBRE_DE_MOTS, Numero, lire_recherche, mots_cherches

INSCRIPTION, CANDIDAT = ["{session}-{sequence:06d}"], ["C-{sequence:06d}"]


def lire(texte):
    return lire_recherche(texte, inscription=INSCRIPTION, candidat=CANDIDAT)


def trouve(tape, *noms):
    """Whether each word typed is the beginning of a word of the person."""
    connus = mots_cherches(*noms)
    mots = lire(tape).mots
    return bool(mots) and all(any(c.startswith(d) for c in connus for d in debuts) for debuts in mots)


@pytest.mark.parametrize(
    "tape", ["2026-000123-K", "2026-000123-k", " 2026 000123 K ", "2026000123k", "2026 - 000123".replace(" - ", "-")]
)
def test_a_registration_number_is_read_with_or_without_marks(tape):
    lue = lire(tape)
    assert lue.inscription == Numero(2026, 123, "K" if "k" in tape.lower() else "")
    assert (lue.mots, lue.naissance, lue.candidat) == ((), None, None)


@pytest.mark.parametrize("sequence", ["000250", "1000250"])
@pytest.mark.parametrize("controle", ["3", "K"])
@pytest.mark.parametrize("separe", ["-", " ", ""])
def test_a_check_character_that_is_a_digit_is_not_taken_for_the_number(sequence, controle, separe):
    assert lire(separe.join(("2026", sequence, controle))).inscription == Numero(2026, int(sequence), controle)


@pytest.mark.parametrize("tape", ["C-000045-Z", "c000045z", "c 000045 z", "C-000045"])
def test_a_candidate_number_is_read(tape):
    lue = lire(tape)
    assert lue.candidat == Numero(None, 45, "Z" if "z" in tape.lower() else "")
    assert lue.inscription is None


@pytest.mark.parametrize(
    "tape",
    [
        *("14/03/1990", "1990-03-14", "14-03-1990", "14.3.1990", "14 03 1990", "né le 14/03/1990", "14031990"),
        *("14 mars 1990", "14 MARS 1990", "le 14 mars 1990", "Roche 14 mars 1990 Camille"),
    ],
)
def test_a_birth_date_is_read_in_each_usual_writing(tape):
    assert lire(tape).naissance == date(1990, 3, 14)


@pytest.mark.parametrize(
    ("tape", "attendue"),
    [
        ("21 novembre 1990", date(1990, 11, 21)),
        ("21 nov. 1990", date(1990, 11, 21)),
        ("1er février 1990", date(1990, 2, 1)),
        ("1 fevrier 1990", date(1990, 2, 1)),
        ("31 août 1990", date(1990, 8, 31)),
        ("2 juil 1990", date(1990, 7, 2)),
        ("2 jui 1990", None),  # June or July
        ("12 Marsan 1990", None),
    ],
)
def test_a_month_is_read_in_letters_whole_or_shortened(tape, attendue):
    lue = lire(tape)
    assert lue.naissance == attendue
    assert (lue.mots == ()) == (attendue is not None)


def test_eight_digits_stay_apart_from_a_number():
    lue = lire("2026-000123-K 21111990")
    assert (lue.inscription, lue.naissance) == (Numero(2026, 123, "K"), date(1990, 11, 21))
    assert lire("2026000123").naissance is None


@pytest.mark.parametrize("tape", ["31021990", "31 février 1990"])
def test_an_impossible_date_is_said_in_each_writing(tape):
    assert lire(tape).date_impossible


def test_a_date_that_does_not_exist_is_said_and_the_rest_is_kept():
    lue = lire("roche 31/02/1990")
    assert (lue.naissance, lue.date_impossible, lue.mots) == (None, True, (("roche",),))


def test_everything_combines_in_any_order():
    lue = lire("14/03/1990 2026-000123 Roche camille")
    assert (lue.inscription, lue.naissance) == (Numero(2026, 123), date(1990, 3, 14))
    assert lue.mots == (("roche",), ("camille",))


@pytest.mark.parametrize(
    ("tape", "noms"),
    [
        ("roche", ("Roche", "", "Camille Anne")),
        ("ROC cam", ("Roche", "", "Camille Anne")),
        ("anne roche", ("Roche", "", "Camille Anne")),
        ("camilleanne", ("Roche", "", "Camille Anne")),
        ("fevre", ("Fèvre", "", "Zoé")),
        ("FÈVRE ZOE", ("Fevre", "", "Zoé")),
        ("mercier", ("Roche", "Mercier", "Camille")),
        ("estaing", ("d’Estaing", "", "Louis")),
        ("d'estaing", ("d’Estaing", "", "Louis")),
        ("d’Estaing", ("Destaing", "", "Louis")),
        ("destaing", ("d’Estaing", "", "Louis")),
        ("goff", ("Le Goff", "", "Yann")),
        ("le goff", ("Le Goff", "", "Yann")),
        ("legoff", ("Le Goff", "", "Yann")),
        ("Le Goff", ("Legoff", "", "Yann")),
        ("de la tour", ("De La Tour", "", "Yann")),
        ("tour", ("de la Tour", "", "Yann")),
        ("jean pierre", ("Petit", "", "Jean-Pierre")),
        ("jeanpierre", ("Petit", "", "Jean-Pierre")),
        ("pierre", ("Petit", "", "Jean-Pierre")),
        ("oeuvrard", ("Œuvrard", "", "Léa")),
        ("Lukasz", ("Nowak", "", "Łukasz")),
        ("de", ("De", "", "Anh")),
    ],
)
def test_a_name_is_found_without_accents_particules_or_marks(tape, noms):
    assert trouve(tape, *noms)


@pytest.mark.parametrize(
    ("tape", "noms"),
    [
        ("ochе", ("Roche", "", "Camille")),
        ("oche", ("Roche", "", "Camille")),
        ("roche louis", ("Roche", "", "Camille")),
        ("rochefort", ("Roche", "", "Camille")),
    ],
)
def test_a_word_matches_from_its_beginning_only(tape, noms):
    assert not trouve(tape, *noms)


@pytest.mark.parametrize("tape", ["", "   ", "'", "-- //", "\x00"])
def test_nothing_to_look_for_is_empty(tape):
    assert lire(tape).vide


@given(st.text(max_size=300))
def test_any_text_is_read_without_error_and_stays_small(texte):
    lue = lire(texte)
    assert len(lue.mots) <= NOMBRE_DE_MOTS
    assert all(0 < len(d) <= LONGUEUR_D_UN_MOT and d.isalnum() for debuts in lue.mots for d in debuts)


@given(st.text(alphabet=st.characters(categories=("Ll", "Lu"), max_codepoint=0x17F), min_size=1, max_size=30))
def test_a_name_finds_itself_whatever_its_case(nom):
    assert trouve(nom.upper(), nom.lower()) or not mots_cherches(nom)
