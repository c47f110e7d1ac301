"""Conditions of inscription: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

import pytest

from registre.regles.conditions import PassageAnterieur, motifs_domicile, motifs_etablissement, motifs_passages
from registre.regles.vocabulaire import FormeDePassage, Resultat


@pytest.mark.passages("conditions.domicile", "L-62")
def test_a_home_out_of_the_academie_is_told_which_departements_are_in(cadre):
    (motif,) = motifs_domicile("75001", cadre.conditions.domicile)
    noms = cadre.conditions.domicile.departements
    assert noms
    assert all(f"{nom} ({code})" in motif.message for code, nom in noms.items())


@pytest.mark.passages("conditions.voie.enseignement-a-distance", "L-53", "L-66")
def test_the_etablissement_asked_for_follows_from_the_voie(cadre):
    etablissements = cadre.candidature.etablissements
    organisme = next(e for e in etablissements if e.a_distance)
    sans = next(e for e in etablissements if not e.a_distance)
    (a_distance,) = motifs_etablissement(sans.code, "", "enseignement-a-distance", etablissements)
    (autre_voie,) = motifs_etablissement(organisme.code, "Cours", "deja-presente", etablissements)
    assert a_distance.code == autre_voie.code == "etablissement_contraire_a_la_voie"
    assert "Choisissez l’organisme" in a_distance.message
    assert "sans établissement" in autre_voie.message


@pytest.mark.passages("L-63")
@pytest.mark.parametrize(("annee", "possible"), [(1986, False), (1987, True), (2025, True), (2026, False)])
def test_a_past_session_is_between_the_first_bac_professionnel_and_the_last_session(annee, possible):
    passage = PassageAnterieur(
        examen="bac-professionnel",
        specialite="agora",
        session=annee,
        forme_de_passage=FormeDePassage.GLOBALE,
        resultat=Resultat.AJOURNE,
        academie="lyon",
    )
    motifs = motifs_passages([passage], 2026)
    assert (motifs == []) == possible
    assert all("entre 1987 et 2025" in motif.message for motif in motifs)
