"""Un fichier faux est refusé : l'erreur nomme le fichier, le chemin, le type attendu et ce qui a été trouvé."""

from __future__ import annotations

from pathlib import Path

import pytest

from registre.parametres.chargeur import DOSSIER_DE_BASE, ParametresInvalides, Probleme, charger

from .dossiers import EXAMEN, copie_de_la_base, couche, remplacer

CLERMONT = "academies/clermont-ferrand.toml"


def problemes(*dossiers: Path) -> list[Probleme]:
    with pytest.raises(ParametresInvalides) as erreur:
        charger(dossiers)
    return list(erreur.value.problemes)


def seul_probleme(*dossiers: Path) -> Probleme:
    (probleme,) = problemes(*dossiers)
    return probleme


@pytest.mark.parametrize(
    ("nom", "ancien", "nouveau", "chemin", "dits"),
    [
        pytest.param(
            CLERMONT,
            '  { code = "espagnol", libelle = "Espagnol" },\n  { code = "italien"',
            '  { code = "espagnol" },\n  { code = "italien"',
            "langues.obligatoires[2].libelle",
            ["clé manquante", "texte"],
            id="clé manquante dans une liste",
        ),
        pytest.param(
            CLERMONT,
            "creation_hors_periode = true\n",
            "",
            "compte.creation_hors_periode",
            ["clé manquante", "vrai ou faux"],
            id="clé manquante dans une table",
        ),
        pytest.param(
            "national.toml",
            "taille_maximale = 5242880",
            'taille_maximale = "5 Mo"',
            "pieces.taille_maximale",
            ["nombre entier", "5 Mo", "texte"],
            id="mauvais type",
        ),
        pytest.param(
            "national.toml",
            'seuil_admission = "10"',
            "seuil_admission = 10.0",
            "jury.seuil_admission",
            ["nombre décimal entre guillemets", "10.0"],
            id="flottant",
        ),
        pytest.param(
            "national.toml",
            'mode = "recapitulatif_signe"',
            'mode = "fax"',
            "validation.mode",
            ["recapitulatif_signe", "en_ligne", "fax"],
            id="valeur hors de la liste fermée",
        ),
        pytest.param(
            "national.toml",
            "ages = [16, 25]",
            "ages = [16, 25, 30]",
            "conditions.jdc.ages",
            ["liste de 2", "nombre entier", "une liste de 3"],
            id="liste trop longue",
        ),
        pytest.param(
            CLERMONT,
            'fuseau = "Europe/Paris"',
            'fuseau = "Europe/Paris"\nfuseaux = []',
            "calendrier.fuseaux",
            ["clé inconnue", "fuseau, inscription"],
            id="clé inconnue",
        ),
        pytest.param(
            CLERMONT,
            "ouvre_le = 2025-10-06T09:00:00+02:00\nferme_le = 2025-11-07T17:00:00+01:00",
            "ouvre_le = 2025-10-06T09:00:00\nferme_le = 2025-11-07T17:00:00+01:00",
            "calendrier.inscription.ouvre_le",
            ["date et heure avec fuseau", "2025-10-06T09:00:00", "sans fuseau"],
            id="date sans fuseau",
        ),
        pytest.param(
            CLERMONT,
            "ferme_le = 2025-11-07T17:00:00+01:00",
            "ferme_le = 2025-10-05T17:00:00+02:00",
            "calendrier.inscription",
            ["la période finit avant de commencer"],
            id="période inversée",
        ),
        pytest.param(
            "specialites/cuisine.toml",
            'secteur = "tertiaire"',
            'secteur = "primaire"',
            "secteur",
            ["industriel", "tertiaire", "a_trancher", "primaire"],
            id="spécialité",
        ),
        pytest.param(
            "specialites/cuisine.toml",
            'libelle = "Gestion appliquée", nature = "professionnelle"',
            'libelle = "Gestion appliquée", nature = "autre"',
            "epreuves[1].unites[0].nature",
            ["generale", "professionnelle", "autre"],
            id="unité d'une spécialité",
        ),
    ],
)
def test_a_wrong_value_names_file_path_and_expected_type(
    tmp_path: Path, nom: str, ancien: str, nouveau: str, chemin: str, dits: list[str]
) -> None:
    racine = copie_de_la_base(tmp_path)
    remplacer(racine, nom, ancien, nouveau)
    probleme = seul_probleme(racine)
    assert probleme.fichier == str(racine / EXAMEN / nom)
    assert probleme.chemin == chemin
    for dit in dits:
        assert dit in probleme.message
    assert str(probleme) in str(ParametresInvalides([probleme]))


@pytest.mark.parametrize(
    ("nom", "ancien", "nouveau", "chemin", "dits"),
    [
        pytest.param(
            "dispenses.toml",
            'matiere = "francais", diplome = "dtms"',
            'matiere = "francais", diplome = "cap"',
            "cases[14].diplome",
            ["bac-general", "cap"],
            id="diplôme inconnu",
        ),
        pytest.param(
            "dispenses.toml",
            'matiere = "francais", diplome = "dtms"',
            'matiere = "latin", diplome = "dtms"',
            "cases[14].matiere",
            ["francais", "latin"],
            id="matière inconnue",
        ),
        pytest.param(
            "dispenses.toml",
            'ancien = "melec-2016"',
            'ancien = "melec-1998"',
            "correspondances[18].ancien",
            ["melec-1998"],
            id="spécialité inconnue d'une correspondance",
        ),
        pytest.param(
            "dispenses.toml",
            '{ anciennes = ["U32"], nouvelles = ["U2"] }',
            '{ anciennes = ["U32"], nouvelles = ["U99"] }',
            "correspondances[22].lignes[1].nouvelles",
            ["U99"],
            id="unité inconnue d'une correspondance",
        ),
        pytest.param(
            CLERMONT,
            '  { code = "portugais", libelle = "Portugais" },',
            '  { code = "anglais", libelle = "Portugais" },',
            "langues.facultatives",
            ["anglais", "deux fois"],
            id="langue en double",
        ),
        pytest.param(
            "national.toml",
            '  { code = "recapitulatif", libelle = "Récapitulatif" },\n]\nsource',
            "]\nsource",
            "etapes.liste",
            ["recapitulatif"],
            id="dernière étape",
        ),
        pytest.param(
            "national.toml",
            'source = ["R114", "R115", "R116", "R117", "L-20"]',
            'source = ["R114", "un texte"]',
            "durees.source",
            ["identifiant attendu", "un texte"],
            id="source mal formée",
        ),
        pytest.param(
            CLERMONT,
            'departement = "43"',
            'departement = "42"',
            "candidature.etablissements[2].departement",
            ["43", "42"],
            id="département hors de l'académie",
        ),
        pytest.param(
            "specialites/cuisine.toml",
            '{ code = "U22", sous_epreuve = "E22"',
            '{ code = "U21", sous_epreuve = "E22"',
            "epreuves",
            ["U21", "deux fois"],
            id="deux unités du même nom",
        ),
        pytest.param(
            "specialites/cuisine.toml",
            '{ code = "U22", sous_epreuve = "E22", ',
            "{ ",
            "epreuves[1].unites[1]",
            ["matière ou code attendu"],
            id="unité sans nom",
        ),
        pytest.param(
            "specialites/cuisine.toml",
            'nature = "professionnelle", coefficient = "8", ',
            'nature = "professionnelle", ',
            "epreuves[2].unites[0].coefficient",
            ["coefficients_connus"],
            id="coefficient absent d'une spécialité qui les dit connus",
        ),
    ],
)
def test_an_incoherent_value_names_file_and_path(
    tmp_path: Path, nom: str, ancien: str, nouveau: str, chemin: str, dits: list[str]
) -> None:
    racine = copie_de_la_base(tmp_path)
    remplacer(racine, nom, ancien, nouveau)
    trouves = {p.chemin: p for p in problemes(racine)}
    assert {p.fichier for p in trouves.values()} == {str(racine / EXAMEN / nom)}
    for dit in dits:
        assert dit in trouves[chemin].message


@pytest.mark.passages("R15")
def test_a_missing_case_of_the_tableau_is_named(tmp_path: Path) -> None:
    racine = copie_de_la_base(tmp_path)
    fichier = racine / EXAMEN / "dispenses.toml"
    lignes = fichier.read_text(encoding="utf-8").splitlines(keepends=True)
    fichier.write_text("".join(x for x in lignes if '"eps", diplome = "dtms"' not in x), encoding="utf-8")
    assert seul_probleme(racine) == (str(fichier), "cases", "case manquante\u00a0: eps × dtms")


def test_a_toml_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    racine = couche(tmp_path, CLERMONT, '[calendrier]\nfuseau = "Europe/Paris\n')
    probleme = seul_probleme(DOSSIER_DE_BASE, racine)
    assert probleme.fichier == str(racine / EXAMEN / CLERMONT)
    assert "syntaxe TOML" in probleme.message
    assert "ligne 2" in probleme.message


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    racine = couche(tmp_path, "specialites/aepa.toml", "")
    (racine / EXAMEN / "specialites/aepa.toml").write_bytes(b'libelle = "\xe9"')
    probleme = seul_probleme(DOSSIER_DE_BASE, racine)
    assert probleme.fichier.endswith("specialites/aepa.toml")
    assert "illisible" in probleme.message


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    racine = copie_de_la_base(tmp_path)
    remplacer(racine, "national.toml", "decimales = 2\nnote_decimales = 2", 'decimales = "deux"')
    remplacer(racine, CLERMONT, "nombre = 2", "nombre = true")
    remplacer(racine, "specialites/agora.toml", "ouverte = true", "ouverte = 1")
    assert {p.chemin for p in problemes(racine)} == {
        "moyenne.decimales",
        "moyenne.note_decimales",
        "eps.nombre",
        "ouverte",
    }


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    racine = copie_de_la_base(tmp_path)
    (racine / EXAMEN / "national.toml").unlink()
    assert seul_probleme(racine) == (f"{EXAMEN}/national.toml", "", "fichier manquant")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "n’existe pas" in seul_probleme(DOSSIER_DE_BASE, tmp_path / "absent").message


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "aucun fichier" in seul_probleme(tmp_path).message


def test_the_slug_is_the_name_of_the_file(tmp_path: Path) -> None:
    racine = couche(tmp_path, "specialites/cuisine.toml", 'slug = "patisserie"\n')
    assert seul_probleme(DOSSIER_DE_BASE, racine).chemin == "slug"


def test_the_session_comes_from_the_path(tmp_path: Path) -> None:
    racine = couche(tmp_path, CLERMONT, "session = 2027\n")
    assert seul_probleme(DOSSIER_DE_BASE, racine).chemin == "session"
