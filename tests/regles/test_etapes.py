"""The steps together, by cases (cas/etapes.toml) and by properties."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.regles import acquis_saisis, candidature, epreuves, etapes, identification
from registre.regles.etapes import Contexte, Examen, etape_accessible, examiner, premiere_etape_incomplete
from registre.regles.recapitulatif import contenu, differences, empreinte_visible, inchange
from tests.inscription.scenario import SAISIES
from tests.regles import personnes
from tests.regles.lecture_cas import cas_de, lire_cas, motifs_de_l_en_tete, tenu

pytestmark = pytest.mark.sans_base
NAISSANCE = date(1990, 3, 14)
IDENTITE = replace(personnes.IDENTITE, nom_usage="")
MODULES = (identification, candidature, etapes, acquis_saisis, epreuves)


def examen_de(cadre: Any, saisies: dict[str, Any], **contexte: Any) -> Examen:
    defauts = {"date_de_naissance": NAISSANCE, "jour": date(2025, 10, 20), "handicap_repondu": True}
    return examiner(saisies, Contexte(cadre=cadre, **(defauts | contexte)))


@pytest.mark.parametrize("cas", cas_de("etapes", "recapitulatif"))
def test_etapes(cas):
    tenu(cas)


def test_each_motif_code_of_the_steps_has_a_refusing_case():
    declares = {code for module in MODULES for code in module.MOTIFS}
    refuses = {m.split("/")[1] for cas in lire_cas("etapes") for m in cas.attendu.get("motifs", [])}
    assert declares == set(motifs_de_l_en_tete("etapes"))
    assert declares <= refuses


@pytest.mark.parametrize("module", MODULES)
def test_a_step_writes_no_motif_code_that_it_does_not_declare(module):
    ecrits = set(re.findall(r'Motif\(\s*"([a-z_]+)"', Path(module.__file__).read_text(encoding="utf-8")))
    assert ecrits <= set(module.MOTIFS)


# --- Properties ---------------------------------------------------------------------------------------

REPONSES = ["", "oui", "non", "anglais", "espagnol", "portugais", "lsf", "globale", "progressive", "agora", "mfer"]
REPONSES += [
    "aepa",
    "apte",
    "inapte",
    "dispense",
    "adaptee",
    "2024",
    "1899",
    "12,5",
    "9",
    "63000",
    "75001",
    "<b>",
    "\x00",
]
CHAMPS = {
    "identification": list(identification.CHAMPS),
    "candidature": [
        *("voie", "deja_passe", "formation_suivie", "salarie_trois_ans", "etablissement", "preuve_jdc"),
        *(f"passages-0-{c}" for c in ("session", "specialite", "forme_de_passage", "resultat", "academie")),
    ],
    "qualification": ["specialite", "forme_de_passage"],
    "acquis": ["possibilites", "perte_comprise", "p2024_u_francais", "p2024_n_francais", "d0_diplome", "v_annee"],
    "epreuves": ["lva", "lvb", "lvf", "eps_cas", "eps_activites", "presentee_francais", "presentee_U2"],
}
valeurs = st.one_of(st.sampled_from(REPONSES), st.text(max_size=12), st.lists(st.sampled_from(REPONSES), max_size=3))
saisies_quelconques = st.fixed_dictionaries(
    {},
    optional={
        etape: st.dictionaries(st.sampled_from(champs), valeurs, max_size=6).map(
            lambda c, e=etape: {**SAISIES[e], **c}
        )
        for etape, champs in CHAMPS.items()
    },
)


@pytest.mark.passages("recapitulatif.enregistrer", "etapes.ordre")
@settings(max_examples=300, deadline=None)
@given(saisies=saisies_quelconques)
def test_an_accepted_registration_breaks_no_rule_when_replayed_from_its_frozen_content(saisies, cadre):
    examen = examen_de(cadre, saisies)
    if not examen.complet:
        assert premiere_etape_incomplete(examen) is not None
        return
    fige = contenu(examen, IDENTITE)
    rejoue = examen_de(cadre, fige["saisies"])
    assert rejoue.complet
    assert inchange(fige, contenu(rejoue, IDENTITE))
    etats = set(fige["unites"].values())
    assert etats <= {"inscrit", "dispense", "note_gardee", "inapte", "non_presentee"}
    assert len(fige["unites"]) == len(examen.specialite.par_cle)
    langues = [c.langue for c in (examen.epreuves.lva, examen.epreuves.lvb, examen.epreuves.lvf) if c and c.langue]
    assert len(langues) == len(set(langues))


@settings(max_examples=100, deadline=None)
@given(saisies=saisies_quelconques, ordre=st.permutations(list(CHAMPS)))
def test_any_order_of_visiting_the_steps_ends_in_the_same_verdict(saisies, ordre, cadre):
    melangees = {etape: saisies[etape] for etape in ordre if etape in saisies}
    assert examen_de(cadre, melangees).motifs == examen_de(cadre, saisies).motifs


@settings(max_examples=200, deadline=None)
@given(
    saisies=st.dictionaries(st.sampled_from(list(CHAMPS)), st.dictionaries(st.text(max_size=30), valeurs, max_size=8))
)
def test_nonsense_never_raises_and_every_motif_speaks(saisies, cadre):
    examen = examen_de(cadre, saisies)
    for motifs in examen.motifs.values():
        for motif in motifs:
            assert motif.message
            assert motif.sources
            assert motif.message.endswith((".", "\u00a0?"))


@pytest.mark.passages("etapes.ordre")
def test_a_step_opens_only_when_all_before_are_complete(cadre):
    examen = examen_de(cadre, {k: v for k, v in SAISIES.items() if k != "qualification"})
    codes = [e.code for e in cadre.etapes.liste]
    assert [c for c in codes if etape_accessible(examen, c)] == ["identification", "candidature", "qualification"]
    complet = examen_de(cadre, SAISIES)
    assert all(etape_accessible(complet, c) for c in codes)


@pytest.mark.passages("modification.nouvelle-version", "L-30")
def test_differences_tell_what_changes_and_only_that(cadre):
    avant = contenu(examen_de(cadre, SAISIES), IDENTITE)
    apres_saisies = deepcopy(SAISIES)
    apres_saisies["epreuves"] |= {"lvf": "italien", "eps_cas": "inapte", "eps_activites": []}
    apres_saisies["identification"]["domicile_commune"] = " Clermont-Ferrand "
    apres = contenu(examen_de(cadre, apres_saisies), IDENTITE)
    libelles = [d["libelle"] for d in differences(avant, apres)]
    assert "Éducation physique et sportive (EPS)" in libelles
    assert any("facultative" in x for x in libelles)
    assert not any("Domicile" in x for x in libelles)
    assert not inchange(avant, apres)
    assert empreinte_visible(avant) != empreinte_visible(apres)


@pytest.mark.passages("recapitulatif.verifier", "etapes.candidature.handicap", "L-68", "P8")
def test_the_recapitulatif_shows_every_answer_but_the_handicap_one(cadre):
    saisies = deepcopy(SAISIES)
    saisies["candidature"]["handicap"] = "oui"
    fige = contenu(examen_de(cadre, saisies), IDENTITE)
    texte = str(fige["sections"])
    for attendu in ("12 rue des Tanneurs", "Anglais", "Espagnol", "Danse", "Globale", "ECT-3", "E7"):
        assert attendu in texte
    assert "andicap" not in texte
