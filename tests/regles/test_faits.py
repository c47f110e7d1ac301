"""What a piece proves: the recorded answers to read beside it, and those that « not concerned » contradicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registre.cas.chapitres.etapes import Situation, examen
from registre.regles.faits import (
    LIGNES,
    TABLEAUX,
    etapes_prouvees,
    faits_de_la_piece,
    reponses_contraires,
    titres_appuyes,
)
from registre.regles.recapitulatif import LIBELLES_TITRES, contenu
from registre.regles.vocabulaire import MotifAcquis
from tests.regles import personnes
from tests.regles.lecture_cas import cadre

CADRE = cadre()
LE = date(2025, 10, 20)
IDENTITE = replace(personnes.IDENTITE, nom_usage="", date_de_naissance=date(2008, 3, 14))
BENEFICE, DIPLOME = (LIBELLES_TITRES[m] for m in (MotifAcquis.BENEFICE, MotifAcquis.DIPLOME))


def version(**changements: dict[str, Any]) -> dict[str, Any]:
    return contenu(examen(Situation(**changements), CADRE), IDENTITE)


def deux_titres() -> dict[str, Any]:
    """A kept mark of 2024 and a dispense by diploma."""
    return version(
        candidature=personnes.PASSE,
        qualification={"specialite": "agora"},
        acquis={
            "possibilites": ["benefice", "diplome"],
            "p2024_u_mathematiques": "oui",
            "p2024_n_mathematiques": "12",
            "d0_diplome": "bac-general",
            "d0_u_francais": "oui",
        },
    )


def lignes(prouve: list[str], fige: dict[str, Any] | None = None) -> dict[str, str]:
    return {x.libelle: x.valeur for x in faits_de_la_piece(prouve, fige or version(), LE).lignes}


@pytest.mark.passages("pieces.statut.par-le-gestionnaire", "recapitulatif.verifier", "L-44")
def test_the_answers_to_read_beside_a_piece_are_those_it_proves_in_the_words_of_the_recap():
    assert lignes(["domicile"]) == {"Domicile": "12 rue des Tanneurs, 63000 Clermont-Ferrand"}
    assert list(lignes(["nationalite", "identite"])) == [
        "Nationalité française",
        "Nom de famille (nom de naissance)",
        "Prénoms",
        "Date de naissance",
        "Pays de naissance",
    ]
    assert lignes([]) == lignes(["identite"])
    assert lignes(["identite"])["Nom de famille (nom de naissance)"] == "Roche"
    preuve = CADRE.conditions.jdc.preuves[0]
    eps, jdc = lignes(["eps"]), lignes(["jdc"], version(candidature={"preuve_jdc": preuve.code}))
    assert "Danse" in eps["Activités d’EPS"]
    assert jdc == {"Recensement ou Journée défense et citoyenneté": preuve.libelle}


@pytest.mark.passages("conditions.recensement-jdc", "L-43")
def test_the_age_is_the_one_of_the_first_recording():
    assert lignes(["age", "domicile"]) == {"Âge au premier enregistrement": "17\u00a0ans"} | lignes(["domicile"])
    veille, jour = (faits_de_la_piece(["age"], version(), date(2026, 3, j)).lignes for j in (13, 14))
    assert [x.valeur for x in (*veille, *jour)] == ["17\u00a0ans", "18\u00a0ans"]


@pytest.mark.passages("recapitulatif.verifier", "L-44")
def test_of_the_tables_only_what_the_piece_supports_is_kept():
    fige = deux_titres()
    faits = faits_de_la_piece(["passages", "acquis"], fige, LE)
    assert faits.lignes == ()
    assert [t["titre"] for t in faits.tableaux] == ["Présentations antérieures", "Demandes"]
    assert [len(t["lignes"]) for t in faits.tableaux] == [1, 2]

    [demandes] = faits_de_la_piece(["acquis"], fige, LE, [DIPLOME]).tableaux
    assert [x[demandes["entetes"].index("Titre")] for x in demandes["lignes"]] == [DIPLOME]
    assert demandes["titre"] == "Demandes"
    passages, demandes = faits_de_la_piece(["passages", "acquis"], fige, LE, [BENEFICE]).tableaux
    assert len(passages["lignes"]) == len(demandes["lignes"]) == 1
    assert faits_de_la_piece(["acquis"], fige, LE, [LIBELLES_TITRES[MotifAcquis.VAE]]).tableaux == ()


@pytest.mark.passages("pieces.statut.par-le-gestionnaire")
def test_each_fact_is_found_in_the_recap_at_the_step_that_is_said():
    fige = deux_titres()
    ou = {ligne["libelle"]: section["etape"] for section in fige["sections"] for ligne in section["lignes"]} | {
        tableau["titre"]: section["etape"] for section in fige["sections"] for tableau in section["tableaux"]
    }
    for fait, (etape, libelles) in LIGNES.items():
        assert etapes_prouvees([fait]) == {etape}
        assert {ou[nom] for nom in libelles if nom in ou} <= {etape}
    for fait, (etape, titre) in TABLEAUX.items():
        assert etapes_prouvees([fait]) == {etape} == {ou[titre]}
    assert etapes_prouvees(["age"]) == {"identification"}
    assert etapes_prouvees(["age", "acquis"]) == {"identification", "acquis"}
    assert etapes_prouvees([]) == frozenset()


@pytest.mark.passages("conditions.recensement-jdc", "L-43", "L-44", "L-71")
def test_not_concerned_is_held_against_the_answers_that_asked_for_the_piece():
    fige = version()
    dites = {x.libelle: x.valeur for x in reponses_contraires("jdc", fige, LE)}
    assert dites == {"Nationalité française": "oui", "Âge au premier enregistrement": "17\u00a0ans"}
    voie = lignes(["voie"])
    assert list(voie) == ["Type de candidature", "Condition remplie"]
    for cle in ("releve-notes-examen", "assiduite-distance", "certificats-travail"):
        assert {x.libelle: x.valeur for x in reponses_contraires(cle, fige, LE)} == voie
    assert reponses_contraires("domicile", fige, LE) == ()
    assert reponses_contraires("sans-reponse", fige, LE) == ()


@pytest.mark.passages("L-44")
def test_a_piece_supports_the_titles_of_the_possibilities_that_ask_for_it():
    par_piece: dict[str, list[str]] = {}
    for possibilite in CADRE.acquis.possibilites:
        for cle in possibilite.pieces:
            par_piece.setdefault(cle, []).append(LIBELLES_TITRES[MotifAcquis(possibilite.code)])
    assert par_piece
    for cle, titres in par_piece.items():
        assert sorted(titres_appuyes(cle, CADRE.acquis)) == sorted(titres)
    assert titres_appuyes("identite", CADRE.acquis) == ()
