"""The account: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registre.regles.citation import codes
from registre.regles.compte import (
    LONGUEUR_COURRIEL,
    LONGUEUR_NOM,
    LONGUEUR_PARTIE_LOCALE,
    Identite,
    SaisieCompte,
    identite_saisie,
    mot_de_passe_impersonnel,
    mot_de_passe_rare,
    motifs_courriel,
    motifs_date_de_naissance,
    motifs_etat_civil,
    motifs_nom,
    suggestion_de_courriel,
)

LE = date(2025, 10, 6)
SAISIE = SaisieCompte(
    civilite="madame",
    nom="Roche",
    confirmation_nom="Roche",
    prenoms="Camille Anne",
    date_de_naissance="14/03/1990",
    confirmation_date_de_naissance="14/03/1990",
    pays_de_naissance="FR",
    courriel="camille.roche@exemple.fr",
)


@pytest.mark.passages("compte.champ.nom-de-famille", "compte.champ.prenoms")
def test_a_name_may_have_exactly_its_longest_length():
    assert motifs_nom("x" * LONGUEUR_NOM, "nom", obligatoire=True) == []
    assert codes(motifs_nom("x" * (LONGUEUR_NOM + 1), "nom", obligatoire=True)) == ["nom_trop_long"]


@pytest.mark.passages("compte.champ.nom-de-famille", "compte.champ.prenoms")
@pytest.mark.parametrize(("champ", "autre"), [("prenoms", "nom-de-famille"), ("nom", "prenoms")])
def test_the_refusal_of_a_name_cites_the_passage_of_its_own_field(champ, autre):
    (motif,) = motifs_nom("", champ, obligatoire=True)
    assert f"compte.champ.{autre}" not in motif.sources
    assert len(motif.sources) == 2


@pytest.mark.passages("compte.champ.nom-usage")
@pytest.mark.parametrize(("nom_usage", "champs"), [("", []), ("Mercier", []), ("M3rcier", ["nom_usage"])])
def test_the_nom_d_usage_is_optional_and_judged_like_a_name(nom_usage, champs, compte):
    motifs = motifs_etat_civil(replace(SAISIE, nom_usage=nom_usage), compte, {"FR"}, LE)
    assert [m.champ for m in motifs] == champs


@pytest.mark.passages("compte.champ.date-de-naissance")
@pytest.mark.parametrize(
    ("naissance", "plausible"),
    [("06/10/2015", True), ("07/10/2015", False), ("07/10/1914", True), ("06/10/1914", False), ("05/10/1914", False)],
)
def test_a_candidate_is_from_10_to_110_years_old_included(naissance, plausible):
    assert (motifs_date_de_naissance(naissance, LE) == []) == plausible


@pytest.mark.passages("compte.champ.adresse-mail", "R132")
def test_an_address_may_have_exactly_its_longest_lengths():
    def refuse(local: int, total: int) -> bool:
        domaine = ".".join(["d" * 60] * 4)
        adresse = f"{'a' * local}@{domaine}"[: total - 3] + ".fr"
        assert len(adresse) == total
        return motifs_courriel(adresse) != []

    assert not refuse(40, LONGUEUR_COURRIEL)
    assert refuse(40, LONGUEUR_COURRIEL + 1)
    assert not refuse(LONGUEUR_PARTIE_LOCALE, 100)
    assert refuse(LONGUEUR_PARTIE_LOCALE + 1, 100)


@pytest.mark.passages("compte.adresse-mail-consultee")
@pytest.mark.parametrize(
    ("tape", "suggestion"),
    [
        ("camille@gmial.com", "camille@gmail.com"),
        ("camille@roche@gmial.com", "camille@roche@gmail.com"),
        ("camille@gmail.com", None),
        ("@gmial.com", None),
        ("gmial.com", None),
        ("", None),
    ],
)
def test_only_a_domain_that_is_nearly_a_common_one_is_suggested(tape, suggestion, compte):
    assert suggestion_de_courriel(tape, compte.domaines_courants) == suggestion


@pytest.mark.passages("L-32")
@pytest.mark.parametrize(
    ("mot_de_passe", "refuse"),
    [
        ("Violette*en.Mai", False),
        ("Violette*1990", True),
        ("Violette*140390", True),
        ("Violette*19900314", True),
        ("Violette*900314", True),
        ("Violette*00314", False),
        ("Violette*0314", False),
        ("Roche*en.Mai", True),
        ("Mercier*en.Mai", True),
        ("Anne*en.Mai", True),
        ("exemple.fr*en.Mai", True),
        ("exemple*en.Mai", False),  # the domain counts whole only
    ],
)
def test_a_password_holds_nothing_of_the_form_that_names_the_candidate(mot_de_passe, refuse):
    identite = identite_saisie(replace(SAISIE, nom_usage="Mercier"))
    assert (mot_de_passe_impersonnel(mot_de_passe, identite) != []) == refuse
    assert mot_de_passe_impersonnel(mot_de_passe, Identite()) == []


@pytest.mark.passages("L-32")
@pytest.mark.parametrize(
    ("mot_de_passe", "refuse"),
    [("123soleil", True), ("123soleil99", True), ("99doudou99", True), ("123lune99", False), ("99soleil", False)],
)
def test_a_common_password_is_found_under_the_digits_that_follow_or_surround_it(mot_de_passe, refuse, compte):
    courants = frozenset({"123soleil", "doudou"})
    assert (mot_de_passe_rare(mot_de_passe, compte.mot_de_passe, courants) != []) == refuse
