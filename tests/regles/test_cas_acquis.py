"""The reference cases of step 4 and of the list of pieces."""

from __future__ import annotations

from typing import Any

import pytest

from registre.cas.lecture import Cas
from registre.regles import acquis, benefices, dispenses, instruction
from tests.regles.lecture_cas import cas_de, lire_cas, tenu


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.benefice.duree", "L-03", "L-11", "L-19", "L-48", "L-54")
@pytest.mark.parametrize("cas", cas_de("benefices"))
def test_benefice_de_note_decides_each_reference_case(cas: Cas) -> None:
    tenu(cas)


@pytest.mark.passages(
    "annexe1.dispense.definition",
    "annexe1.dispense.trois-cas",
    "annexe1.tableau.a-la-demande",
    "annexe1.tableau.etoile",
    "annexe1.dispense.autre-specialite",
    "annexe1.dispense.vae",
    "annexe1.dispense-professionnelle.principe",
    "annexe1.dispense-professionnelle.bp-froid",
    "annexe1.dispense-professionnelle.bp-menuisier",
    "annexe1.dispense-professionnelle.bp-charpentier",
    "annexe1.dispense-professionnelle.bp-electricien",
    "L-03",
    "L-04",
    "L-26",
)
@pytest.mark.parametrize("cas", cas_de("dispenses"))
def test_dispenses_demandees_sorts_each_reference_case(cas: Cas) -> None:
    tenu(cas)


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "annexe1.attention.perdue", "L-15", "L-25", "L-46", "L-63")
@pytest.mark.parametrize("cas", cas_de("acquis"))
def test_examen_des_acquis_judges_each_reference_case(cas: Cas) -> None:
    assert all(m.message and m.sources for m in tenu(cas).motifs)


@pytest.mark.passages("annexe1.dispense.vae", "L-03", "L-04", "L-11", "L-26", "L-47", "L-48", "L-61")
@pytest.mark.parametrize("cas", cas_de("instruction"))
def test_a_decision_of_the_office_is_judged_as_each_reference_case_says(cas: Cas) -> None:
    assert all(m.message and m.sources for m in tenu(cas).motifs)


@pytest.mark.passages("conditions.recensement-jdc", "L-02", "L-43", "L-44", "R53", "R96")
@pytest.mark.parametrize("cas", cas_de("pieces", genre="liste"))
def test_pieces_requises_lists_each_piece_once(cas: Cas) -> None:
    assert all(raison.message and raison.sources for raison in tenu(cas).motifs)


@pytest.mark.parametrize("cas", cas_de("correspondances"))
def test_traversee_follows_each_unite_of_the_reference_cases(cas: Cas) -> None:
    tenu(cas)


def codes_des_cas(*noms: str) -> set[str]:
    return {code for nom in noms for code in mots_du_fichier(nom)}


def mots_du_fichier(nom: str) -> set[str]:
    """Les codes de motifs que les résultats attendus d'un fichier nomment."""
    codes: set[str] = set()
    for cas in lire_cas(nom):
        attendu = cas.attendu
        codes.add(attendu.get("motif", ""))
        codes |= {motif.split(": ")[1] for motif in attendu.get("motifs", ())}
        juges = [*attendu.get("refusees", ()), *attendu.get("a_instruire", ())]
        codes |= {d["motif"] for d in juges if isinstance(d, dict)}
    return codes - {""}


@pytest.mark.parametrize(
    ("module", "fichiers"),
    [(benefices, ["benefices"]), (dispenses, ["dispenses"]), (acquis, ["acquis"]), (instruction, ["instruction"])],
    ids=["benefices", "dispenses", "acquis", "instruction"],
)
def test_each_motif_code_has_a_case(module: Any, fichiers: list[str]) -> None:
    assert set(module.MOTIFS) <= codes_des_cas(*fichiers)


def test_cases_name_only_declared_motif_codes() -> None:
    declares = {*benefices.MOTIFS, *dispenses.MOTIFS, *acquis.MOTIFS, *instruction.MOTIFS}
    assert codes_des_cas("benefices", "dispenses", "acquis", "instruction") <= declares
