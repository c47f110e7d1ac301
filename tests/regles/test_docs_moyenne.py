"""The tables of ``docs/moyenne.md`` say what the reference cases expect."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from registre.regles.moyenne import ecrit
from tests.conventions.citations import RACINE
from tests.regles.lecture_cas import lire_cas

ISSUES = {
    "admis": "admis",
    "controle": "contrôle",
    "ajourne": "ajourné",
    "elimine": "éliminé",
    "partiel": "partiel",
    "admis_second_groupe": "admis au second groupe",
    "ajourne_second_groupe": "ajourné au second groupe",
}
PAGE = (RACINE / "docs/moyenne.md").read_text(encoding="utf-8")
LIGNES = [[c.strip() for c in x.strip("|\n").split("|")] for x in re.findall(r"^\| moyenne\..*$", PAGE, re.MULTILINE)]


def attendu_en_page(attendu: dict[str, Any], mentions: dict[str, str]) -> list[str]:
    suffixe = "_second_groupe" if "points_second_groupe" in attendu else ""
    mention = f", {mentions[attendu['mention']].lower()}" if attendu["mention"] else ""
    return [
        ecrit(Decimal(attendu[f"points{suffixe}"])) if "points" in attendu else "",
        ecrit(Decimal(attendu["coefficients"])) if "coefficients" in attendu else "",
        attendu.get(f"moyenne{suffixe}_affichee", ""),
        ISSUES[attendu["decision"]] + mention,
    ]


@pytest.mark.parametrize("ligne", LIGNES, ids=[x[0] for x in LIGNES])
def test_each_row_is_the_reference_case_it_names(ligne, cadre):
    cas = {c.id: c for c in lire_cas("moyenne")}[ligne[0]]
    mentions = {m.code: m.libelle for m in cadre.jury.mentions}
    assert ligne[2:] == attendu_en_page(cas.attendu, mentions)


def test_the_page_shows_each_decision_but_no_case_twice():
    assert len({x[0] for x in LIGNES}) == len(LIGNES)
    assert {x[5].split(",")[0] for x in LIGNES} == set(ISSUES.values())
