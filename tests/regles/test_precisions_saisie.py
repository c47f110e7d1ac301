"""What was typed in a step: read whatever it is, one behaviour a test."""

from __future__ import annotations

import pytest

from registre.regles.citation import codes
from registre.regles.saisie import LONGUEUR_MAXIMALE, lignes, oui_ou_non, texte, texte_correct, valeurs


@pytest.mark.parametrize(
    ("brut", "lu"),
    [
        ("  2  rue\tHaute ", "2 rue Haute"),
        ("e\u0301tage", "étage"),
        (["premier", "dernier "], "dernier"),
        ([], ""),
        ([12], ""),
        (12, ""),
        (None, ""),
        ({"a": "b"}, ""),
    ],
)
def test_a_text_is_read_with_its_blanks_folded_and_anything_else_is_empty(brut, lu):
    assert texte({"voie": brut}, "voie") == lu
    assert texte({}, "voie") == ""


@pytest.mark.parametrize(
    ("brut", "lues"),
    [
        (["a", "b"], ("a", "b")),
        (("a", "b"), ("a", "b")),
        ("a", ("a",)),
        ("", ()),
        (["a", "", 3, "b"], ("a", "b")),
        (12, ()),
        (None, ()),
    ],
)
def test_the_boxes_ticked_are_read_in_their_order(brut, lues):
    assert valeurs({"activites": brut}, "activites") == lues
    assert valeurs({}, "activites") == ()


@pytest.mark.parametrize(
    ("brut", "reponse"), [("oui", True), (" oui ", True), ("non", False), ("", None), ("Oui", None), (True, None)]
)
def test_only_oui_and_non_are_answers(brut, reponse):
    assert oui_ou_non({"handicap": brut}, "handicap") is reponse


def test_the_lines_that_hold_something_are_read_by_growing_number():
    saisie = {
        "passages-10-session": "2020",
        "passages-2-session": "2024",
        "passages-2-academie": "lyon",
        "passages-3-session": "",
        "passages-4-session": [""],
        "passages-5-session": [],
        "passages-x-session": "2019",
        "passages-6-session-x": "2019",
        "passage-7-session": "2019",
        "autres-passages-8-session": "2019",
        "passages-1000-session": "2019",
    }
    assert lignes(saisie, "passages") == [
        ("passages-2", {"session": "2024", "academie": "lyon"}),
        ("passages-10", {"session": "2020"}),
    ]


@pytest.mark.parametrize(
    ("brut", "attendus"),
    [
        ("x" * LONGUEUR_MAXIMALE, []),
        ("x" * (LONGUEUR_MAXIMALE + 1), ["texte_trop_long"]),
        ("2 rue\x00 Haute", ["texte_illisible"]),
        ("2 rue\ue000 Haute", ["texte_illisible"]),
        ("2 rue\u0378 Haute", ["texte_illisible"]),
        ("2 rue\ud800 Haute", ["texte_illisible"]),
        ("2, rue de l’Œuf — bât. B", []),
        ("", []),
    ],
)
def test_a_text_too_long_or_with_what_no_one_types_is_refused_beside_its_field(brut, attendus):
    motifs = texte_correct({"voie": brut}, "voie", "L-66", "R1")
    assert codes(motifs) == attendus
    assert all((m.champ, m.sources) == ("voie", ("L-66", "R1")) and m.message.endswith(".") for m in motifs)
