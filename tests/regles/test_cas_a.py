"""The reference cases of the calendar, account, conditions, qualification, languages, EPS and states."""

from __future__ import annotations

from types import ModuleType

import pytest

from registre.regles import calendrier as regles_calendrier
from registre.regles import compte as regles_compte
from registre.regles import conditions as regles_conditions
from registre.regles import depot as regles_depot
from registre.regles import eps as regles_eps
from registre.regles import fichiers as regles_fichiers
from registre.regles import langues as regles_langues
from registre.regles import lecture as regles_lecture
from registre.regles import qualification as regles_qualification
from registre.regles import recapitulatif_signe as regles_recapitulatif_signe
from registre.regles import saisies_de_piece as regles_saisies_de_piece
from tests.regles.lecture_cas import cas_de, codes_ecrits, lire_cas, motifs_attendus, motifs_de_l_en_tete, tenu

MODULES: dict[str, tuple[ModuleType, ...]] = {
    "calendrier": (regles_calendrier,),
    "compte": (regles_compte,),
    "conditions": (regles_conditions,),
    "depot": (regles_depot, regles_fichiers, regles_recapitulatif_signe, regles_saisies_de_piece),
    "eps": (regles_eps,),
    "forme_de_passage": (regles_qualification,),
    "langues": (regles_langues,),
    "lecture": (regles_lecture,),
}
CHAPITRES = ("calendrier", "compte", "conditions", "eps", "etats", "forme_de_passage", "langues", "lecture")


@pytest.mark.parametrize("cas", cas_de(*CHAPITRES))
def test_each_reference_case_holds_and_each_refusal_speaks(cas):
    motifs = tenu(cas).motifs
    assert all(m.message.endswith(".") and m.sources for m in motifs)


@pytest.mark.parametrize("cas", cas_de("compte", genre="formulaire"))
def test_a_refusal_of_the_account_form_names_a_field_of_the_form(cas):
    assert {m.champ for m in tenu(cas).motifs} <= cas.situation.keys()


@pytest.mark.parametrize("fichier", MODULES)
def test_each_motif_code_is_declared_in_the_header_in_order_and_refused_by_a_case(fichier):
    declares = tuple(code for module in MODULES[fichier] for code in module.MOTIFS)
    assert motifs_de_l_en_tete(fichier) == declares
    assert motifs_attendus(fichier) == set(declares)


@pytest.mark.parametrize("module", [module for modules in MODULES.values() for module in modules])
def test_a_rule_writes_no_motif_code_that_its_module_does_not_declare(module):
    assert codes_ecrits(module) <= set(module.MOTIFS)


@pytest.mark.parametrize("fichier", sorted(MODULES))
def test_each_kind_of_case_has_an_accepting_case(fichier):
    cas = lire_cas(fichier)
    refuses = {c.id for c in cas if c.attendu.get("motifs") or "motif" in c.attendu}
    assert {c.genre for c in cas} == {c.genre for c in cas if c.id not in refuses}
