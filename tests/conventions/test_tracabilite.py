"""The notice is held both ways: nothing cites a source that does not exist, no passage is left without an answer."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from datetime import date
from pathlib import Path

import pytest

from registre.commun import sources
from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.cadre import Cadre, ParametresValidation, Voie
from registre.regles.vocabulaire import Certitude
from tests.conventions import citations as c


@pytest.fixture(scope="module")
def appliquees() -> list[c.Citation]:
    return [*c.des_regles(), *c.des_parametres(charger([DOSSIER_DE_BASE]).values()), *c.des_pages()]


@pytest.fixture(scope="module")
def prouvees() -> list[c.Citation]:
    return [*c.des_tests(), *c.des_cas()]


@pytest.fixture(scope="module")
def a_venir() -> set[str]:
    return {p for groupe in sources.a_venir() for p in groupe.passages}


def test_every_source_cited_by_the_code_exists(appliquees):
    assert c.inconnues(appliquees) == []


def test_every_source_cited_by_a_test_or_a_case_exists(prouvees):
    assert c.inconnues(prouvees, barres_admises=True) == []


def test_every_passage_is_held_by_a_rule_a_parameter_a_page_or_a_document(appliquees, a_venir):
    oublies = c.passages_sans(appliquees, sources.passages(), a_venir)
    assert not oublies, "\n".join(oublies)


def test_every_passage_is_proved_by_a_test_or_a_case(prouvees, a_venir):
    oublies = c.passages_sans(prouvees, sources.passages(), a_venir)
    assert not oublies, "\n".join(oublies)


def test_passages_a_venir_exist_and_are_listed_once(a_venir):
    listes = [p for groupe in sources.a_venir() for p in groupe.passages]
    assert a_venir <= set(sources.passages())
    assert len(listes) == len(a_venir)


def test_ids_of_sources_are_unique():
    tables = [tomllib.loads((sources.DOSSIER / f"{f}.toml").read_text()) for f in ("passages", "faits", "lectures")]
    ids = [t["id"] for fichier in tables for table in fichier.values() if isinstance(table, list) for t in table]
    assert len(ids) == len(set(ids))


def test_every_parametre_of_a_lecture_is_a_field_of_the_cadre():
    absents = [f"{lec.id} : {p}" for lec in sources.lectures() for p in lec.parametres if not _est_un_champ(p)]
    assert absents == []


# --- Each passage of nature « regle » -----------------------------------------------------------------


def test_each_passage_of_regle_has_a_rule_an_accepting_and_a_refusing_case(a_venir):
    manques = c.manques_des_passages(c.passages_de_regle(), c.regles_declarees(), c.tous_les_cas())
    exceptions = c.sans_cas()
    oublies = [
        f"{passage} : {manque}"
        for passage, attendus in manques.items()
        if passage not in a_venir
        for manque in sorted(attendus - exceptions.get(passage, set()))
    ]
    assert not oublies, "\n".join(oublies)


def test_each_exception_of_sans_cas_is_still_needed():
    manques = c.manques_des_passages(c.passages_de_regle(), c.regles_declarees(), c.tous_les_cas())
    superflues = [
        f"{passage} : {manque}"
        for passage, exemptes in c.sans_cas().items()
        for manque in sorted(exemptes - manques.get(passage, set()))
    ]
    assert not superflues, "\n".join(superflues)


# --- The checks themselves can fail -----------------------------------------------------------------


def test_a_made_up_citation_is_reported_with_its_place():
    rapport = c.inconnues([c.Citation("conditions.domicile", "ici"), c.Citation("conditions.lune", "là")])
    assert rapport == ["là : conditions.lune"]


def test_a_bar_is_no_source_for_the_code_but_is_one_for_a_test():
    citation = [c.Citation("S7", "ici")]
    assert c.inconnues(citation) == ["ici : S7"]
    assert c.inconnues(citation, barres_admises=True) == []
    assert c.inconnues([c.Citation("S62", "ici")], barres_admises=True) == ["ici : S62"]


def test_a_passage_that_nobody_names_is_reported():
    assert c.passages_sans([c.Citation("a", "ici")], ["a", "b", "c"], exemptes=["c"]) == ["b"]


def test_what_a_passage_lacks_is_reported_until_a_rule_and_both_cases_cite_it():
    regle = [c.Citation("a", "règle x")]
    refus = {"source": ["a", "b"], "attendu": {"acceptee": False, "motifs": ["x"]}}
    accord = {"source": ["a"], "attendu": {"acceptee": True, "motifs": []}}
    assert c.manques_des_passages(["a"], [], []) == {"a": {"regle", "cas_qui_accepte", "cas_qui_refuse"}}
    assert c.manques_des_passages(["a", "b"], regle, [refus]) == {
        "a": {"cas_qui_accepte"},
        "b": {"regle", "cas_qui_accepte"},
    }
    assert c.manques_des_passages(["a"], regle, [refus, accord]) == {}


@pytest.mark.parametrize(
    ("attendu", "accepte", "refuse"),
    [
        ({"permis": True}, True, False),
        ({"permis": False, "motif": "inscription_close"}, False, True),
        ({"possible": False}, False, True),
        ({"motifs": [], "pieces": ["diplome"]}, True, False),
        ({"accordees": ["eps"], "refusees": [{"demande": "francais", "motif": "note_perdue"}]}, True, True),
        ({"accordees": [], "refusees": [{"demande": "francais", "motif": "note_perdue"}]}, False, True),
        ({"statut": "a_instruire", "motif": "unite_inconnue"}, False, True),
        ({"decision": "elimine", "remplacement": False}, False, True),
        ({"decision": "admis"}, True, False),
        ({"piece": "non_conforme", "motifs": ["cachet_manquant"]}, False, True),
    ],
)
def test_a_case_accepts_or_refuses_in_the_words_of_its_kind(attendu, accepte, refuse):
    assert (c.accepte(attendu), c.refuse(attendu)) == (accepte, refuse)


def test_made_up_citations_are_found_in_each_kind_of_file(tmp_path: Path):
    assert c.des_motifs('Motif("c", "", "m", ("x.un",))\nf(sources=("x.deux",))', "m.py") == [
        c.Citation("x.un", "m.py:1"),
        c.Citation("x.deux", "m.py:2"),
    ]
    assert c.des_chaines('M = {"c": ("Voir L-99.", ("conditions.lune", "L-99"))}', "r.py") == [
        c.Citation("conditions.lune", "r.py:1"),
        c.Citation("L-99", "r.py:1"),
    ]
    assert c.des_marqueurs('@pytest.mark.passages("x.un", "S7")\ndef test_x(): ...', "t.py") == [
        c.Citation("x.un", "t.py:1"),
        c.Citation("S7", "t.py:1"),
    ]
    assert c.des_tables_de_cas('[[cas]]\nid = "k.1"\nsource = ["x.un"]', "k.toml") == [
        c.Citation("x.un", "k.toml k.1")
    ]
    page = tmp_path / "page.html"
    page.write_text("<p>\n{# passages: x.un x.deux #}", encoding="utf-8")
    assert c.des_commentaires(page, "page.html") == [
        c.Citation("x.un", "page.html:2"),
        c.Citation("x.deux", "page.html:2"),
    ]
    document = tmp_path / "lettre.typ"
    document.write_text("// passages: x.trois\n", encoding="utf-8")
    assert c.des_commentaires(document, "lettre.typ") == [c.Citation("x.trois", "lettre.typ:1")]


def test_tables_of_parameters_are_found_at_any_depth():
    source = {"source": ("L-56",), "certitude": Certitude.LECTURE, "verifie_le": date(2025, 9, 1)}
    validation = ParametresValidation(mode="en_ligne", **source)
    voie = Voie(code="deja-presente", libelle="", type_de_candidature="individuel", aide="", **source)
    assert list(c.tables_sourcees(({"un": validation}, (voie,)))) == [validation, voie]


def test_a_marker_that_hides_its_passages_is_refused():
    with pytest.raises(ValueError, match="chaînes écrites"):
        c.des_marqueurs("@pytest.mark.passages(*PASSAGES)\ndef test_x(): ...", "t.py")


def test_an_unknown_source_raises_key_error():
    assert not sources.existe("R999")
    with pytest.raises(KeyError):
        sources.reference("R999")


def _est_un_champ(chemin: str) -> bool:
    """Follow a dotted path through the types of ``Cadre``, going into lists and tables."""
    types_suivis = [Cadre]
    for nom in chemin.split("."):
        champs = [
            typing.get_type_hints(t)[nom] for t in types_suivis if nom in {f.name for f in dataclasses.fields(t)}
        ]
        if not champs:
            return False
        types_suivis = [t for champ in champs for t in _dataclasses_de(champ)]
    return True


def _dataclasses_de(annotation: object) -> list[type]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return [annotation] if dataclasses.is_dataclass(annotation) else []
    return [t for argument in typing.get_args(annotation) for t in _dataclasses_de(argument)]
