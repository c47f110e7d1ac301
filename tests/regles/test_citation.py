"""A rule says what it applies: declared once, with its sources and its statement, under the name of its module."""

from __future__ import annotations

from typing import Any

import pytest

from registre.regles import citation
from registre.regles.citation import Motif, Regle, applique, codes


@pytest.fixture(autouse=True)
def _vide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citation, "REGLES", {})


def fonction(
    docstring: str | None = "Ce que\n    dit la règle.\n\n    Le reste.", module: str = "registre.regles.jury"
) -> Any:
    def seuil() -> int:
        return 10

    seuil.__doc__, seuil.__module__ = docstring, module
    return seuil


def test_a_rule_is_registered_whole_and_stays_the_function_it_was():
    seuil = fonction()
    assert applique("R55", "L-14")(seuil) is seuil
    assert {"jury.seuil": Regle("jury.seuil", "Ce que dit la règle.", ("R55", "L-14"), seuil)} == citation.REGLES
    applique("R55")(fonction(module="registre.regles.eps"))
    assert list(citation.REGLES) == ["jury.seuil", "eps.seuil"]


@pytest.mark.parametrize(
    ("sources", "docstring"), [((), "Ce que dit la règle."), (("R55",), None), (("R55",), " \n ")]
)
def test_a_rule_without_source_or_statement_is_refused_by_its_name(sources, docstring):
    with pytest.raises(ValueError, match=r"règle mal déclarée : jury\.seuil"):
        applique(*sources)(fonction(docstring))
    assert citation.REGLES == {}


def test_a_name_is_taken_once():
    applique("R55")(fonction())
    with pytest.raises(ValueError, match=r"règle mal déclarée : jury\.seuil"):
        applique("R56")(fonction())


def test_the_codes_of_the_motifs_keep_their_order():
    assert codes([Motif("b", "", "Deux."), Motif("a", "", "Un.")]) == ["b", "a"]
