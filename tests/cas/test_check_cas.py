"""``python manage.py check_cas``: what an exam office reads, and the exit code a script reads."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registre.commun import cadres
from tests.cas.ecriture import BON, D_UN_AUTRE_CHAPITRE, ecrire
from tests.conventions.citations import RACINE
from tests.regles.lecture_cas import DOSSIER

pytestmark = pytest.mark.sans_base
FAUX = BON.replace('langue = "anglais" }', 'langue = "klingon" }').replace("acceptee = true", "")


def dire(*chemins: Path, **options: Any) -> str:
    """What the command writes when all the cases hold."""
    sortie = StringIO()
    call_command("check_cas", *map(str, chemins), stdout=sortie, **options)
    return sortie.getvalue().replace("\u00a0", " ")


def dire_l_echec(*chemins: Path, **options: Any) -> str:
    """What the command writes before it fails."""
    sortie = StringIO()
    with pytest.raises(CommandError, match="ne sont pas tenus"):
        call_command("check_cas", *map(str, chemins), stdout=sortie, **options)
    return sortie.getvalue().replace("\u00a0", " ")


def test_a_folder_of_cases_that_hold_gives_one_line_each_and_succeeds(tmp_path):
    ecrire(tmp_path, BON + D_UN_AUTRE_CHAPITRE, "notre académie.toml")
    ecrire(tmp_path, BON.replace("langues.01", "langues.02"), "autre/cas.toml")
    assert dire(tmp_path).splitlines() == [
        "Paramètres : clermont-ferrand, session 2026, bac-pro.",
        "tenu        langues.02  anglais, sans LVB",
        "tenu        langues.01  anglais, sans LVB",
        "tenu        lecture.01  une date",
        "Cas tenus : 3 sur 3.",
    ]


def test_all_the_reference_cases_hold_by_the_command():
    lignes = dire(DOSSIER).splitlines()
    assert lignes[-1] == f"Cas tenus : {len(lignes) - 2} sur {len(lignes) - 2}."
    assert all(ligne.startswith("tenu ") for ligne in lignes[1:-1])


def test_a_wrong_expectation_names_the_key_the_expected_and_the_obtained(tmp_path):
    fichier = ecrire(tmp_path, FAUX + D_UN_AUTRE_CHAPITRE.replace("1990-03-14", "1990-03-15"))
    langues = 'motifs : attendu [] ; obtenu ["lva_hors_liste"].'
    lecture = 'valeur : attendu "1990-03-15" ; obtenu "1990-03-14".'
    assert dire_l_echec(fichier).splitlines()[1:] == [
        f"différent   langues.01  anglais, sans LVB — {langues} ({fichier}, ligne 2)",
        f"différent   lecture.01  une date — {lecture} ({fichier}, ligne 16)",
        "Cas tenus : 0 sur 2.",
    ]


def test_an_expectation_that_is_left_out_is_not_compared_but_a_refusal_always_is(tmp_path):
    permis = """
[[cas]]
id = "calendrier.01"
nom = "avant l'ouverture"
source = ["L-08"]
situation = { acte = "enregistrer", instant = 2025-10-06T08:59:59+02:00 }
attendu = { permis = false }
"""
    assert "motif : attendu rien ; obtenu" in dire_l_echec(ecrire(tmp_path, permis))


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ("[[cas]", "syntaxe TOML, ligne 1, colonne 6 : il manque « ] » à la fin de l’en-tête"),
        ('[[cas]]\nid = "langues.1', "syntaxe TOML, fin du fichier : il manque un guillemet à la fin d’un texte"),
        ("[[cas]]\nid = langues", "syntaxe TOML, ligne 2, colonne 6 : valeur illisible ; un texte s’écrit"),
        ("", "aucun cas : un cas s’écrit sous une ligne [[cas]]"),
        ("auteur = 'x'" + BON, "auteur : clé inconnue : un fichier ne contient que des [[cas]]"),
        (BON.replace("source", "sources"), "ligne 2, cas langues.01, cas.source : clé manquante"),
        (BON.replace("source", "sources"), "ligne 2, cas langues.01, cas.sources : clé inconnue ; clés possibles"),
        (BON.replace('["L-46"]', "[]"), "ligne 2, cas langues.01, cas.source : aucune référence"),
        (BON + BON, "ligne 16 : l’identifiant langues.01 sert deux fois"),
        ("cas = [3]", "cas n° 1, cas : attendu : table ; trouvé : 3 (nombre entier)"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_with_its_place(tmp_path, texte, dit):
    fichier = ecrire(tmp_path, texte)
    [ligne] = [x for x in dire_l_echec(fichier).splitlines() if dit in x]
    assert ligne.startswith(f"illisible   {fichier}")


def test_a_file_that_is_not_utf8_is_said(tmp_path):
    (tmp_path / "latin.toml").write_bytes(b'nom = "\xe9"')
    assert "ce fichier n’est pas un texte en UTF-8 (octet 8)" in dire_l_echec(tmp_path)


def test_an_ill_written_case_does_not_hide_the_others(tmp_path):
    sortie = dire_l_echec(ecrire(tmp_path, BON.replace("nom =", "name =") + D_UN_AUTRE_CHAPITRE))
    assert "tenu        lecture.01" in sortie
    assert "Cas tenus : 1 sur 1." in sortie


@pytest.mark.parametrize(
    ("avant", "apres", "dit"),
    [
        ("langues.01", "notes.01", "id : chapitre inconnu : « notes » ; chapitres possibles : acquis, benefices"),
        ('"L-46"]', '"L-46"]\ngenre = "note"', "genre : genre inconnu : « note » ; genres possibles : aucun."),
        ("lva =", "lvz =", "situation.lvz : clé inconnue ; clés possibles : lva, lva_imposee"),
        ('specialite = "agora"', "", "situation.specialite : clé manquante ; attendu : texte."),
        ('"inscrit"', '"inscri"', "situation.lva.etat : attendu : une valeur parmi « inscrit », « dispense »"),
        ("= false", '= "non"', "situation.lvb_obligatoire : attendu : vrai ou faux (true, false) ; trouvé : « non »"),
        ("= false", "= 1.5", "situation.lvb_obligatoire : attendu : nombre décimal entre guillemets ; trouvé : 1.5"),
        (
            "acceptee",
            "acceptée".replace("é", "e") + "_",
            "attendu.acceptee_ : clé inconnue ; clés possibles : acceptee",
        ),
        ("[cas.attendu]", "[cas.parametres]\nx = 1\n[cas.attendu]", "parametres.x : clé inconnue ; clés possibles"),
    ],
)
def test_a_case_that_cannot_run_says_what_to_correct_and_counts_as_failed(tmp_path, avant, apres, dit):
    sortie = dire_l_echec(ecrire(tmp_path, BON.replace(avant, apres)))
    [ligne] = [x for x in sortie.splitlines() if x.startswith("impossible")]
    assert dit in ligne
    assert "Cas tenus : 0 sur 1." in sortie


def test_a_place_where_nothing_is_or_an_empty_folder_is_said(tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("check_cas", str(tmp_path / "absent"))
    with pytest.raises(CommandError, match=r"aucun fichier \.toml"):
        call_command("check_cas", str(tmp_path))


def test_json_has_every_result_and_every_problem(tmp_path):
    fichier = ecrire(tmp_path, FAUX + D_UN_AUTRE_CHAPITRE + '[[cas]]\nid = "eps.1"\n')
    rendu = json.loads(dire_l_echec(fichier, format="json"))
    faux, bon = rendu["cas"]
    assert rendu["parametres"] == {"academie": "clermont-ferrand", "session": 2026, "examen": "bac-pro"}
    assert (rendu["tenus"], rendu["total"]) == (1, 2)
    assert faux["differences"] == [{"cle": "motifs", "attendu": [], "obtenu": ["lva_hors_liste"]}]
    assert (faux["id"], faux["tenu"], faux["lieu"], faux["fichier"]) == ("langues.01", False, "ligne 2", str(fichier))
    assert (bon["id"], bon["tenu"], bon["differences"], bon["probleme"]) == ("lecture.01", True, [], "")
    assert {p["chemin"].split(", ")[-1] for p in rendu["problemes"]} == {
        "cas.nom",
        "cas.source",
        "cas.situation",
        "cas.attendu",
    }


def test_an_office_chooses_its_parameters_and_an_unknown_choice_is_said(tmp_path, settings):
    autre = tmp_path / "parametres" / "2026" / "bac-pro" / "academies" / "dijon.toml"
    clermont = RACINE / "registre/parametres/donnees/2026/bac-pro/academies/clermont-ferrand.toml"
    ecrire(autre.parent, clermont.read_text(encoding="utf-8"), autre.name)
    settings.DOSSIERS_DE_PARAMETRES = [tmp_path / "parametres"]
    cadres.tous.cache_clear()
    try:
        cas = ecrire(tmp_path / "cas", BON)
        assert dire(cas, academie="dijon").startswith("Paramètres : dijon, session 2026, bac-pro.")
        assert dire(cas).startswith("Paramètres : clermont-ferrand, session 2026, bac-pro.")
        with pytest.raises(CommandError, match=r"Aucun paramètre pour ce choix.*dijon, session 2026, bac-pro"):
            dire(cas, session=2031)
    finally:
        cadres.tous.cache_clear()


@pytest.mark.parametrize(("texte", "code"), [(BON, 0), (FAUX, 1), ("[[cas]", 1)])
def test_the_exit_code_is_zero_only_when_all_hold_and_there_is_no_traceback(tmp_path, texte, code):
    commande = [sys.executable, "manage.py", "check_cas", str(ecrire(tmp_path, texte))]
    fini = subprocess.run(commande, cwd=RACINE, capture_output=True, text=True, check=False)
    assert fini.returncode == code
    assert "Traceback" not in fini.stdout + fini.stderr
