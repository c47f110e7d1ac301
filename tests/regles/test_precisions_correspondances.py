"""From an old règlement to the new one: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registre.regles.cadre import Correspondance, LigneCorrespondance
from registre.regles.correspondances import se_passait, succession, traversee
from tests.regles.lecture_cas import cadre


def tableau(*lignes: tuple[tuple[str, ...], tuple[str, ...]]) -> Correspondance:
    connu = next(c for c in cadre().correspondances if c.lignes)
    return replace(connu, lignes=tuple(LigneCorrespondance(anciennes=a, nouvelles=n) for a, n in lignes))


@pytest.mark.passages("annexe1.rappel.correspondance", "R126", "L-48")
@pytest.mark.parametrize(
    ("lignes", "phrase"),
    [
        ([(("U1",), ("U2", "U3"))], "U1 donne U2 et U3."),
        ([(("U1",), ("U2", "U3", "U4"))], "U1 donne U2, U3 et U4."),
        ([(("U1", "U9"), ("U2",))], "U1 et U9 ensemble donnent U2."),
        ([(("U5",), ("U6",))], "son tableau ne dit rien de cette épreuve."),
    ],
)
def test_the_reason_why_a_unit_is_not_followed_is_told(lignes, phrase):
    suivie = traversee("U1", [tableau(*lignes)])
    assert suivie.unite is None
    assert suivie.explication.endswith(phrase)


@pytest.mark.passages("annexe1.rappel.correspondance", "R126")
@pytest.mark.parametrize(("session", "passe"), [(2019, False), (2020, True), (2024, True), (2025, False)])
def test_a_specialite_is_sat_from_its_first_session_to_its_last_included(session, passe):
    bornee = replace(
        cadre().specialites["logistique"], premiere_session=2020, derniere_session=2024, session_rattrapage=None
    )
    assert se_passait(bornee, session) == passe
    assert se_passait(replace(bornee, session_rattrapage=2025), 2025)
    assert se_passait(replace(bornee, premiere_session=None, derniere_session=None), session)


@pytest.mark.passages("annexe1.rappel.correspondance", "R39")
def test_a_succession_is_found_through_any_branch_and_never_turns_in_circles():
    def relie(ancien: str, nouveau: str) -> Correspondance:
        return replace(tableau(), ancien=ancien, nouveau=nouveau)

    tables = [relie(a, n) for a, n in ("ab", "ac", "ba", "bd", "ce", "ec")]
    assert [(c.ancien, c.nouveau) for c in succession("a", "e", tables)] == [("a", "c"), ("c", "e")]
    assert succession("a", "z", tables) == ()
    assert succession("e", "a", tables) == ()


@pytest.mark.passages("annexe1.rappel.correspondance", "L-48")
def test_an_unknown_path_and_an_unread_table_are_told_apart():
    assert "sous quel règlement" in traversee("U1", []).explication
    assert "nous n’avons pas le tableau" in traversee("U1", [replace(tableau(), lignes=None)]).explication
