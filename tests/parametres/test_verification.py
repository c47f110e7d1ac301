"""Ce que le site sait de chaque spécialité : ce qui manque est nommé, ce qui se contredit est une erreur."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.parametres.verification import (
    Bilan,
    EtatDeSpecialite,
    Gravite,
    bilans,
    fichiers_ignores,
    verifier,
    verifier_une_specialite,
)
from registre.regles.cadre import Cadre, Specialite, Unite
from registre.regles.vocabulaire import Certitude

from .dossiers import couche

CLERMONT = ("clermont-ferrand", 2026, "bac-pro")


@pytest.fixture(scope="module")
def cadre() -> Cadre:
    return charger([DOSSIER_DE_BASE])[CLERMONT]


@pytest.fixture(scope="module")
def bilan() -> Bilan:
    (bilan,) = bilans(charger([DOSSIER_DE_BASE]))
    return bilan


def etat(cadre: Cadre, specialite: Specialite) -> EtatDeSpecialite:
    return verifier_une_specialite(specialite, cadre.structure, cadre.session)


def avec_unite(specialite: Specialite, cle: str, **valeurs: Any) -> Specialite:
    """La spécialité, une unité changée."""

    def changer(unite: Unite) -> Unite:
        return replace(unite, **valeurs) if unite.cle == cle else unite

    epreuves = tuple(replace(e, unites=tuple(map(changer, e.unites))) for e in specialite.epreuves)
    return replace(specialite, epreuves=epreuves)


def avec_epreuve(specialite: Specialite, code: str, **valeurs: Any) -> Specialite:
    epreuves = tuple(replace(e, **valeurs) if e.code == code else e for e in specialite.epreuves)
    return replace(specialite, epreuves=epreuves)


def erreurs(cadre: Cadre, specialite: Specialite) -> list[tuple[str, str]]:
    return [(c.code, c.lieu) for c in etat(cadre, specialite).erreurs]


# --- Les paramètres livrés ----------------------------------------------------------------------------


@pytest.mark.passages("L-38", "R62", "R63")
def test_the_delivered_parameters_contradict_nothing(bilan: Bilan) -> None:
    assert [(s.slug, c) for s in bilan.specialites for c in s.erreurs] == []


@pytest.mark.passages("L-38")
def test_the_totals_are_those_of_the_referentiel(bilan: Bilan) -> None:
    totaux = bilan.totaux
    assert totaux["spécialités"] == 150
    assert totaux["ouvertes à la session"] == 100
    assert totaux["ouvertes à l’inscription"] == totaux["ouvertes dont les épreuves sont connues"] == 87
    assert totaux["ouvertes dont les coefficients sont connus"] == 10
    assert totaux["erreurs"] == 0
    assert totaux["avertissements"] == sum(len(s.avertissements) for s in bilan.specialites) > 0


def test_a_complete_specialite_has_nothing_left_to_say(cadre: Cadre) -> None:
    cuisine = etat(cadre, cadre.specialites["cuisine"])
    assert cuisine.constats == ()
    assert cuisine.sommes_justes is True
    assert cuisine.generaux_justes is True
    assert [str(s.unites) for s in cuisine.sommes] == ["5", "5", "9", "2", "5.0", "1", "1"]


@pytest.mark.passages("L-38")
def test_each_unknown_coefficient_is_named_with_its_epreuve(cadre: Cadre) -> None:
    assp = etat(cadre, cadre.specialites["assp"])
    inconnus = [c.lieu for c in assp.avertissements if c.code == "coefficient_inconnu"]
    attendus = [f"{e.code}, {u.code} {u.libelle}" for e in cadre.specialites["assp"].epreuves for u in e.unites]
    assert inconnus == [a for a in attendus if a.startswith(("E1, ", "E2, ", "E3, U31", "E3, U32", "E3, U33"))]
    assert all(c.gravite is Gravite.AVERTISSEMENT for c in assp.constats)
    assert assp.sommes_justes is None


def test_a_unite_without_number_is_named_by_its_label(cadre: Cadre) -> None:
    melec = etat(cadre, cadre.specialites["melec"])
    assert ("coefficient_inconnu", "E1, Mathématiques") in [(c.code, c.lieu) for c in melec.constats]
    assert ("presence_a_confirmer", "E3, U31") in [(c.code, c.lieu) for c in melec.constats]
    assert ("unites_incompletes", "E2") in [(c.code, c.lieu) for c in melec.constats]


@pytest.mark.passages("L-35")
def test_an_unknown_lvb_is_what_keeps_a_specialite_shut(cadre: Cadre) -> None:
    aepa = etat(cadre, cadre.specialites["aepa"])
    assert (aepa.ouverte, aepa.ouverte_a_l_inscription, aepa.epreuves_connues) == (True, False, False)
    assert "lvb_inconnue" in [c.code for c in aepa.avertissements]
    assert aepa.erreurs == ()


def test_coefficients_read_elsewhere_than_in_the_text_are_to_confirm(cadre: Cadre) -> None:
    mcv = [c for c in etat(cadre, cadre.specialites["mcv-option-a"]).constats if not c.lieu]
    assert [c.code for c in mcv] == ["coefficients_a_confirmer"]
    assert "U31" in mcv[0].message
    assert "inconnu (E3)" in mcv[0].message
    agora = etat(cadre, cadre.specialites["agora"])
    assert [(c.code, c.gravite) for c in agora.constats] == [("coefficients_douteux", Gravite.AVERTISSEMENT)]


def test_an_outdated_reglement_is_to_complete_not_wrong(cadre: Cadre) -> None:
    cuir = etat(cadre, cadre.specialites["metiers-du-cuir-option-chaussures"])
    assert cuir.erreurs == ()
    assert cuir.generaux_justes is False
    (a_confirmer,) = [c for c in cuir.constats if c.code == "coefficients_a_confirmer"]
    assert "dépassé" in a_confirmer.message


def test_a_shut_specialite_asks_for_nothing(bilan: Bilan) -> None:
    assert [s.slug for s in bilan.specialites if not s.ouverte and s.constats] == []


# --- Ce qui se contredit --------------------------------------------------------------------------------


@pytest.mark.passages("R62", "L-37")
def test_a_general_coefficient_outside_the_text_is_an_error(cadre: Cadre) -> None:
    cuisine = avec_epreuve(cadre.specialites["cuisine"], "E4", coefficient=Decimal(3))
    cuisine = avec_unite(cuisine, "langue-vivante-a", coefficient=Decimal(3))
    (constat,) = etat(cadre, cuisine).erreurs
    assert (constat.code, constat.lieu) == ("coefficient_general_faux", "E4, U4 Langue vivante")
    assert constat.message == "coefficient 3\u00a0; le texte national permet 2 (R62)"
    csr = cadre.specialites["commercialisation-services-restauration"]
    assert csr.par_cle["langue-vivante-a"].coefficient == 3
    assert etat(cadre, csr).generaux_justes is True


@pytest.mark.passages("R62")
def test_mathematiques_may_count_for_several_values(cadre: Cadre) -> None:
    permis = cadre.structure.coefficients_permis("cuisine", "mathematiques")
    assert permis == (Decimal(1), Decimal("1.5"), Decimal(2))
    for valeur, juste in (("1", True), ("1.5", True), ("2", True), ("2.5", False)):
        cuisine = avec_unite(cadre.specialites["cuisine"], "mathematiques", coefficient=Decimal(valeur))
        assert etat(cadre, cuisine).generaux_justes is juste


def test_an_old_specialite_keeps_its_own_coefficients(cadre: Cadre) -> None:
    fermee = next(s for s in cadre.specialites.values() if not s.ouverte and s.coefficients_connus)
    assert erreurs(cadre, avec_unite(fermee, "eps", coefficient=Decimal(1))) == []
    assert etat(cadre, fermee).generaux_justes is None


def test_unites_that_do_not_add_up_are_an_error(cadre: Cadre) -> None:
    cuisine = avec_epreuve(cadre.specialites["cuisine"], "E2", coefficient=Decimal(6))
    assert erreurs(cadre, cuisine) == [("somme_fausse", "E2")]
    assert etat(cadre, cuisine).sommes_justes is False


def test_known_unites_beyond_an_incomplete_epreuve_are_an_error(cadre: Cadre) -> None:
    cuir = cadre.specialites["metiers-du-cuir-option-chaussures"]
    assert erreurs(cadre, avec_epreuve(cuir, "E3", coefficient=Decimal(7))) == [("somme_depassee", "E3")]
    assert erreurs(cadre, avec_epreuve(cuir, "E3", coefficient=Decimal(9))) == []


@pytest.mark.parametrize("coefficient", ["0", "-1"])
def test_a_coefficient_is_positive(cadre: Cadre, coefficient: str) -> None:
    cuisine = avec_unite(cadre.specialites["cuisine"], "U11", coefficient=Decimal(coefficient))
    assert ("coefficient_negatif_ou_nul", "E1, U11 Technologie") in erreurs(cadre, cuisine)


@pytest.mark.passages("L-38")
@pytest.mark.parametrize(
    ("changement", "attendu"),
    [
        ({"coefficients_connus": False}, [("coefficients_connus_faux", "")]),
        ({"epreuves_connues": False}, [("epreuves_connues_faux", ""), ("coefficients_sans_epreuves", "")]),
        ({"lvb": None}, [("lvb_inconnue", "")]),
        ({"reglement_a_jour": "non"}, [("coefficients_douteux", "")]),
        ({"derniere_session": 2025}, [("ouverte_hors_dates", "")]),
        ({"premiere_session": 2027}, [("ouverte_hors_dates", "")]),
        ({"rattrapage_seul": True}, [("rattrapage_sans_date", "")]),
        ({"derniere_session": 2025, "session_rattrapage": 2026, "rattrapage_seul": True}, []),
    ],
)
def test_a_flag_that_its_data_contradict_is_an_error(
    cadre: Cadre, changement: dict[str, Any], attendu: list[tuple[str, str]]
) -> None:
    assert erreurs(cadre, replace(cadre.specialites["cuisine"], **changement)) == attendu


@pytest.mark.passages("L-38")
def test_coefficients_connus_stands_on_complete_and_certain_unites(cadre: Cadre) -> None:
    cuisine = cadre.specialites["cuisine"]
    assert erreurs(cadre, avec_epreuve(cuisine, "E1", unites_completes=False)) == [("coefficients_douteux", "")]
    assert erreurs(cadre, avec_unite(cuisine, "U11", presence_certaine=False)) == [("coefficients_douteux", "")]
    assert erreurs(cadre, avec_unite(cuisine, "U11", certitude=Certitude.DEDUIT)) == []


@pytest.mark.passages("R63")
def test_an_absent_epreuve_contradicts_epreuves_connues(cadre: Cadre) -> None:
    cuisine = cadre.specialites["cuisine"]
    sans_e6 = replace(cuisine, epreuves=tuple(e for e in cuisine.epreuves if e.code != "E6"))
    assert erreurs(cadre, sans_e6) == [("epreuve_absente", "E6")]
    inconnues = replace(sans_e6, epreuves_connues=False, coefficients_connus=False)
    assert ("epreuve_absente", Gravite.AVERTISSEMENT) in [(c.code, c.gravite) for c in etat(cadre, inconnues).constats]
    en_trop = replace(cuisine, epreuves=(*cuisine.epreuves, replace(cuisine.epreuves[-1], code="E8", unites=())))
    assert ("epreuve_inattendue", "E8") in erreurs(cadre, en_trop)


@pytest.mark.passages("R123")
def test_a_lvb_and_a_certain_physique_chimie_contradict_each_other(cadre: Cadre) -> None:
    agora = avec_unite(cadre.specialites["agora"], "langue-vivante-b", matiere="physique-chimie")
    assert ("lvb_et_physique_chimie", "") in erreurs(cadre, agora)


def test_a_shut_specialite_that_its_dates_would_open_is_a_warning(cadre: Cadre) -> None:
    fermee = etat(cadre, replace(cadre.specialites["cuisine"], ouverte=False))
    assert [(c.code, c.gravite) for c in fermee.constats] == [("fermee_malgre_ses_dates", Gravite.AVERTISSEMENT)]


def test_a_unite_that_is_neither_generale_nor_professionnelle_is_to_complete(cadre: Cadre) -> None:
    cuisine = etat(cadre, avec_unite(cadre.specialites["cuisine"], "U11", nature=None))
    assert [(c.code, c.lieu) for c in cuisine.avertissements] == [("nature_inconnue", "E1, U11 Technologie")]


# --- Propriétés -----------------------------------------------------------------------------------------


@given(slug=st.sampled_from(sorted(charger([DOSSIER_DE_BASE])[CLERMONT].specialites)), donnees=st.data())
def test_losing_a_coefficient_never_makes_a_specialite_look_better(slug: str, donnees: st.DataObject) -> None:
    cadre = charger([DOSSIER_DE_BASE])[CLERMONT]
    specialite = cadre.specialites[slug]
    if not specialite.unites:
        return
    cle = donnees.draw(st.sampled_from([u.cle for u in specialite.unites]))
    apres = etat(cadre, avec_unite(specialite, cle, coefficient=None))
    assert apres.sommes_justes is not True
    assert apres.generaux_justes is not True or specialite.par_cle[cle].matiere is None
    if specialite.ouverte:
        assert "coefficient_inconnu" in [c.code for c in apres.constats]


# --- Bilans, dossiers -----------------------------------------------------------------------------------


def test_academies_with_the_same_specialites_share_one_bilan(cadre: Cadre) -> None:
    lyon = replace(cadre, academie="lyon", academie_libelle="Lyon")
    sans_cuisine = {s: v for s, v in cadre.specialites.items() if s != "cuisine"}
    paris = replace(cadre, academie="paris", academie_libelle="Paris", specialites=sans_cuisine)
    rendus = bilans({c.cle: c for c in (cadre, lyon, paris)})
    assert [(b.academies, len(b.specialites)) for b in rendus] == [
        (("Clermont-Ferrand", "Lyon"), 150),
        (("Paris",), 149),
    ]
    assert rendus[0].specialites == verifier(cadre)


def test_a_file_that_is_not_read_is_named(tmp_path: Path) -> None:
    couche(tmp_path, "specialites/cuisine.toml", "lvb = false\n")
    assert fichiers_ignores(tmp_path) == ()
    couche(tmp_path, "specialite/aepa.toml", "lvb = true\n")
    (ignore,) = fichiers_ignores(tmp_path)
    assert ignore.fichier == str(tmp_path / "2026/bac-pro/specialite/aepa.toml")


def test_a_folder_without_any_parameter_is_named_once(tmp_path: Path) -> None:
    (vide,) = fichiers_ignores(tmp_path)
    assert vide.fichier == str(tmp_path)
    couche(tmp_path, "specialites/cuisine.toml", "lvb = false\n")
    (trop_bas,) = fichiers_ignores(tmp_path / "2026")
    assert "aucun fichier" in trop_bas.message


def test_every_file_of_the_project_is_read() -> None:
    assert fichiers_ignores(DOSSIER_DE_BASE) == ()
