"""The runner itself: it never breaks on what a person writes, and a case proves what it says."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registre.cas.execution import ADAPTATEURS, executer
from registre.cas.lecture import Cas
from registre.cas.validation import CasMalEcrit, avec_parametres
from tests.regles.lecture_cas import cadre, lire_cas

pytestmark = pytest.mark.sans_base
ETRANGES: list[Any] = [12, -1, 10**30, "texte", "", "1e5", "NaN", True, [], {}, [{}], ["x"], 1.5, date(1, 1, 1)]


def un_cas_de_chaque_genre() -> list[Any]:
    premiers = {(cas.chapitre, cas.genre): cas for chapitre, _ in ADAPTATEURS for cas in reversed(lire_cas(chapitre))}
    assert premiers.keys() == ADAPTATEURS.keys()
    return [pytest.param(cas, id=cas.id) for cas in premiers.values()]


def chemins(valeur: Any, ici: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a table, the first two items of a list."""
    paires = list(valeur.items()) if isinstance(valeur, dict) else []
    if isinstance(valeur, list):
        paires = list(enumerate(valeur[:2]))
    for cle, element in paires:
        yield (*ici, cle)
        yield from chemins(element, (*ici, cle))


def sans(table: dict[str, Any], chemin: tuple[Any, ...], *a_la_place: Any) -> dict[str, Any]:
    """The table without the value at ``chemin``, or with another in its place."""
    copie = deepcopy(table)
    ou: Any = copie
    for cle in chemin[:-1]:
        ou = ou[cle]
    if a_la_place:
        ou[chemin[-1]] = a_la_place[0]
    else:
        del ou[chemin[-1]]
    return copie


@pytest.mark.parametrize("cas", un_cas_de_chaque_genre())
def test_whatever_is_written_in_a_case_the_runner_answers(cas: Cas):
    for chemin in chemins(cas.situation):
        for situation in (sans(cas.situation, chemin), *(sans(cas.situation, chemin, e) for e in ETRANGES)):
            executer(replace(cas, situation=situation), cadre())
    for chemin in chemins(cas.attendu):
        for attendu in (sans(cas.attendu, chemin, e) for e in ETRANGES):
            executer(replace(cas, attendu=attendu), cadre())


@pytest.mark.parametrize("cas", un_cas_de_chaque_genre())
def test_a_case_whose_expectation_is_changed_no_longer_holds(cas: Cas):
    assert executer(cas, cadre()).tenu
    for cle in cas.attendu:
        change = executer(replace(cas, attendu={**cas.attendu, cle: "autre chose"}), cadre())
        assert [d.cle for d in change.differences] == [cle]


def test_a_case_that_changes_a_parameter_is_judged_with_it():
    [cas] = [c for c in lire_cas("moyenne") if c.parametres == {"absence_eps": "zero"}][:1]
    assert executer(cas, cadre()).tenu
    [decision, *_] = executer(replace(cas, parametres={}), cadre()).differences
    assert decision.obtenu != decision.attendu


@pytest.mark.parametrize(
    ("nom", "valeur", "dit"),
    [
        ("seuil", "10", "parametres.seuil\u00a0: clé inconnue"),
        ("absence_eps", "nul", "parametres.absence_eps\u00a0: attendu\u00a0: une valeur parmi"),
        ("seuil_admission", 10.5, "parametres.seuil_admission\u00a0: attendu\u00a0: nombre décimal entre guillemets"),
        ("mentions", [{"code": "bien"}], "parametres.mentions[0].libelle\u00a0: clé manquante"),
        ("source", ["R1"], "parametres.source\u00a0: clé inconnue"),
    ],
)
def test_a_parameter_that_cannot_be_changed_so_is_said(nom, valeur, dit):
    with pytest.raises(CasMalEcrit) as refus:
        avec_parametres(cadre(), ("jury",), {nom: valeur})
    assert dit in str(refus.value)


def test_a_number_holds_whatever_its_writing_and_a_table_says_the_key_that_differs():
    cas = lire_cas("moyenne")[0]
    ecrits = {**cas.attendu, "points": f"{cas.attendu['points']}0"}
    choix = {**cas.attendu["choix_controle"], "general": ["U51"]}
    resultat = executer(replace(cas, attendu=ecrits | {"choix_controle": choix}), cadre())
    assert [d.cle for d in resultat.differences] == ["choix_controle.general"]
