"""``manage.py check_parametres`` : une ligne par spécialité, ce qui manque, et un code de sortie qui se fie."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.parametres.dossiers import couche

# Une spécialité inventée, entière et juste.
MARIONNETTES = """
libelle = "Métiers de la marionnette"
code_diplome = "49999901"
secteur = "industriel"
lvb = false
lvb_source = "inventé pour ce test"
ouverte = true
epreuves_connues = true
coefficients_connus = true
premiere_session = 2026
source = ["R62"]
certitude = "texte_lu"
verifie_le = 2026-11-27
""" + "".join(
    f"""
[[epreuves]]
code = "{epreuve}"
coefficient = "{coefficient}"
unites_completes = true
unites = [{unites}]
"""
    for epreuve, coefficient, unites in [
        ("E1", "3", '{ code = "U11", matiere = "mathematiques", nature = "generale", coefficient = "1.5", '
         'certitude = "texte_lu" }, { code = "U12", matiere = "physique-chimie", nature = "generale", '
         'coefficient = "1.5", certitude = "texte_lu" }'),
        ("E2", "4", '{ code = "U2", libelle = "Construire", nature = "professionnelle", coefficient = "4", '
         'certitude = "texte_lu" }'),
        ("E3", "6", '{ code = "U3", libelle = "Jouer", nature = "professionnelle", coefficient = "6", '
         'certitude = "texte_lu" }'),
        *((code, coefficient, f'{{ code = "U{code[1:]}", matiere = "{matiere}", nature = "generale", '
           f'coefficient = "{coefficient}", certitude = "texte_general" }}')
          for code, coefficient, matiere in [
              ("E4", "2", "langue-vivante-a"), ("E5", "2.5", "francais"), ("E6", "1", "arts-appliques"),
              ("E7", "1", "eps")]),
    ]
)  # fmt: skip
FICHIER = "specialites/metiers-marionnette.toml"


def lancer(*arguments: object) -> tuple[str, int, str]:
    """Ce que la commande écrit, son code de sortie, et ce qu'elle reproche."""
    sortie = io.StringIO()
    try:
        call_command("check_parametres", *map(str, arguments), stdout=sortie)
    except CommandError as erreur:
        return sortie.getvalue(), erreur.returncode, str(erreur)
    return sortie.getvalue(), 0, ""


def paragraphe(texte: str, slug: str) -> list[str]:
    (trouve,) = [p for p in texte.split("\n\n") if p.startswith(f"{slug}\u00a0:")]
    return trouve.splitlines()


@pytest.mark.passages("L-38")
def test_the_parameters_of_the_site_are_checked_by_default():
    texte, code, _ = lancer()
    assert code == 0
    assert texte.startswith("Session 2026, bac-pro, Clermont-Ferrand\n")
    assert paragraphe(texte, "cuisine") == [
        "cuisine\u00a0: Cuisine",
        "  ouverte à l’inscription, épreuves connues, coefficients connus, sommes justes, "
        "coefficients généraux conformes",
    ]
    melec = paragraphe(texte, "melec")
    assert "coefficients à compléter" in melec[1]
    assert "  - E2, U2\u00a0: présence à confirmer\u00a0; coefficient à compléter avant la délibération" in melec
    assert "pas à l’inscription" in paragraphe(texte, "aepa")[1]
    assert texte.endswith("  erreurs\u00a0: 0\n")


def test_a_folder_is_checked_on_top_of_the_base(tmp_path):
    texte, code, _ = lancer(couche(tmp_path, FICHIER, MARIONNETTES))
    assert code == 0
    assert paragraphe(texte, "metiers-marionnette")[1:] == paragraphe(texte, "cuisine")[1:]
    assert "  spécialités\u00a0: 151\n" in texte


def test_the_folders_of_the_site_are_checked_without_an_argument(tmp_path, settings):
    settings.DOSSIERS_DE_PARAMETRES = [couche(tmp_path, FICHIER, MARIONNETTES)]
    assert "metiers-marionnette" in lancer()[0]


@pytest.mark.passages("L-38")
def test_a_contradiction_is_said_first_and_gives_code_1(tmp_path):
    faux = MARIONNETTES.replace('coefficient = "6"\nunites', 'coefficient = "7"\nunites')
    texte, code, dit = lancer(couche(tmp_path, FICHIER, faux))
    assert (code, dit) == (1, "1 contradiction dans les paramètres.")
    assert paragraphe(texte, "metiers-marionnette")[2:] == [
        "  - ERREUR E3\u00a0: les unités font 6, l’épreuve a le coefficient 7"
    ]


@pytest.mark.passages("L-38")
def test_what_is_missing_is_a_warning_with_code_0(tmp_path):
    partiel = MARIONNETTES.replace("coefficients_connus = true", "coefficients_connus = false").replace(
        ' coefficient = "6", ', " "
    )
    texte, code, _ = lancer(couche(tmp_path, FICHIER, partiel))
    assert code == 0
    assert paragraphe(texte, "metiers-marionnette")[2:] == [
        "  - E3, U3 Jouer\u00a0: coefficient à compléter avant la délibération"
    ]


@pytest.mark.passages("L-38")
def test_coefficients_connus_without_a_coefficient_is_a_wrong_file(tmp_path):
    texte, code, dit = lancer(couche(tmp_path, FICHIER, MARIONNETTES.replace(' coefficient = "6", ', " ")))
    assert (texte, code) == ("", 2)
    assert "metiers-marionnette.toml, epreuves[2].unites[0].coefficient" in dit
    assert "coefficients_connus est vrai" in dit


@pytest.mark.parametrize(
    ("nom", "contenu", "dits"),
    [
        (FICHIER, 'libelle = "', ["metiers-marionnette.toml", "syntaxe TOML"]),
        (
            "national.toml",
            "[structure.coefficients]\nlatin = []\n",
            ["national.toml", "structure.coefficients", "latin"],
        ),
        ("specialite/cuisine.toml", "lvb = false\n", ["aucun fichier de paramètres"]),
    ],
)
def test_a_wrong_folder_is_said_in_french_with_code_2(tmp_path, nom, contenu, dits):
    texte, code, dit = lancer(couche(tmp_path, nom, contenu))
    assert (texte, code) == ("", 2)
    assert [d for d in dits if d not in dit] == []


def test_a_file_at_the_wrong_place_is_not_passed_over(tmp_path):
    couche(tmp_path, FICHIER, MARIONNETTES)
    _, code, dit = lancer(couche(tmp_path, "cuisine.toml", "lvb = true\n"))
    assert code == 2
    assert "n’est pas lu" in dit


def test_a_folder_that_does_not_exist_is_said():
    _, code, dit = lancer(Path("nulle-part"))
    assert code == 2
    assert "n’existe pas" in dit


def test_json_says_the_same_as_the_text(tmp_path):
    faux = MARIONNETTES.replace('coefficient = "6"\nunites', 'coefficient = "7"\nunites')
    texte, code, _ = lancer(couche(tmp_path, FICHIER, faux), "--format=json")
    assert code == 1
    (bilan,) = json.loads(texte)
    assert (bilan["session"], bilan["examen"], bilan["academies"]) == (2026, "bac-pro", ["Clermont-Ferrand"])
    assert bilan["totaux"]["erreurs"] == 1
    specialites = {s["slug"]: s for s in bilan["specialites"]}
    marionnette = specialites["metiers-marionnette"]
    assert marionnette["sommes"][2] == {"epreuve": "E3", "coefficient": "7", "unites": "6", "juste": False}
    assert marionnette["sommes_justes"] is False
    assert [(c["code"], c["gravite"], c["lieu"]) for c in marionnette["constats"]] == [
        ("somme_fausse", "erreur", "E3")
    ]
    assert specialites["aepa"]["sommes_justes"] is None
