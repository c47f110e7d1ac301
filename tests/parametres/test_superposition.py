"""Superposer des dossiers : une autre session, une autre académie, une valeur changée, sans une ligne de code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from registre.parametres.chargeur import DOSSIER_DE_BASE, ParametresInvalides, charger
from registre.regles.cadre import Cadre

from .dossiers import EXAMEN, couche

CLERMONT = ("clermont-ferrand", 2026, "bac-pro")


def clermont(couche_ajoutee: Path) -> Cadre:
    return charger([DOSSIER_DE_BASE, couche_ajoutee])[CLERMONT]


def test_an_overlay_replaces_one_value_and_keeps_its_neighbours(tmp_path: Path) -> None:
    contenu = "[calendrier.inscription]\nferme_le = 2025-11-14T17:00:00+01:00\n"
    avant = charger([DOSSIER_DE_BASE])[CLERMONT].calendrier
    apres = clermont(couche(tmp_path, "academies/clermont-ferrand.toml", contenu)).calendrier
    assert apres.inscription.ferme_le.isoformat() == "2025-11-14T17:00:00+01:00"
    assert apres.inscription.ouvre_le == avant.inscription.ouvre_le
    assert apres.depot == avant.depot


def test_an_overlay_replaces_a_whole_list(tmp_path: Path) -> None:
    contenu = '[langues]\nobligatoires = [{ code = "anglais", libelle = "Anglais" }]\n'
    langues = clermont(couche(tmp_path, "academies/clermont-ferrand.toml", contenu)).langues
    assert [x.code for x in langues.obligatoires] == ["anglais"]
    assert len(langues.facultatives) == 6


def test_an_academie_may_differ_from_the_national_values(tmp_path: Path) -> None:
    contenu = '[validation]\nmode = "en_ligne"\n'
    assert clermont(couche(tmp_path, "academies/clermont-ferrand.toml", contenu)).validation.mode == "en_ligne"


def test_an_overlay_adds_an_academie(tmp_path: Path) -> None:
    texte = (DOSSIER_DE_BASE / EXAMEN / "academies/clermont-ferrand.toml").read_text(encoding="utf-8")
    texte = texte.replace('academie_libelle = "Clermont-Ferrand"', 'academie_libelle = "Lyon"')
    texte = texte.replace("ce.bacpro@ac-clermont.fr", "ce.bacpro@example.org")
    cadres = charger([DOSSIER_DE_BASE, couche(tmp_path, "academies/lyon.toml", texte)])
    assert sorted(cadres) == [CLERMONT, ("lyon", 2026, "bac-pro")]
    assert cadres["lyon", 2026, "bac-pro"].academie_libelle == "Lyon"
    assert cadres["lyon", 2026, "bac-pro"].contacts.service.courriel == "ce.bacpro@example.org"
    assert cadres[CLERMONT].contacts.service.courriel == "ce.bacpro@ac-clermont.fr"


def test_an_overlay_adds_a_session(tmp_path: Path) -> None:
    shutil.copytree(DOSSIER_DE_BASE / "2026", tmp_path / "2027")
    fichier = tmp_path / "2027/bac-pro/academies/clermont-ferrand.toml"
    texte = fichier.read_text(encoding="utf-8")
    texte = texte.replace("ouvre_le = 2025", "ouvre_le = 2026").replace("ferme_le = 2025", "ferme_le = 2026")
    fichier.write_text(texte, encoding="utf-8")
    cadres = charger([DOSSIER_DE_BASE, tmp_path])
    assert sorted(cadres) == [CLERMONT, ("clermont-ferrand", 2027, "bac-pro")]
    assert cadres["clermont-ferrand", 2027, "bac-pro"].calendrier.inscription.ouvre_le.year == 2026
    assert cadres[CLERMONT].calendrier.inscription.ouvre_le.year == 2025


@pytest.mark.passages("L-35", "L-38")
@pytest.mark.parametrize(
    ("lvb", "presente", "absente"),
    [("true", "langue-vivante-b", "physique-chimie"), ("false", "physique-chimie", "langue-vivante-b")],
)
def test_saying_the_lvb_opens_the_specialite(tmp_path: Path, lvb: str, presente: str, absente: str) -> None:
    contenu = f'lvb = {lvb}\nlvb_source = "règlement lu par le service"\nlvb_certitude = "texte_lu"\n'
    assert not charger([DOSSIER_DE_BASE])[CLERMONT].specialites["aepa"].ouverte_a_l_inscription
    aepa = clermont(couche(tmp_path, "specialites/aepa.toml", contenu)).specialites["aepa"]
    assert aepa.epreuves_connues
    assert aepa.ouverte_a_l_inscription
    assert presente in aepa.matieres
    assert absente not in aepa.matieres
    assert aepa.libelle == "Animation – enfance et personnes âgées (AEPA)"
    if lvb == "true":
        assert aepa.par_cle["langue-vivante-b"].presence_certaine


def refus(couche_ajoutee: Path) -> tuple[str, str]:
    with pytest.raises(ParametresInvalides) as erreur:
        charger([DOSSIER_DE_BASE, couche_ajoutee])
    (probleme,) = erreur.value.problemes
    return probleme.chemin, probleme.message


def test_saying_the_lvb_requires_its_source(tmp_path: Path) -> None:
    contenu = 'lvb = true\nlvb_source = ""\n'
    chemin, message = refus(couche(tmp_path, "specialites/aepa.toml", contenu))
    assert chemin == "lvb_source"
    assert "texte attendu" in message


def test_a_lvb_without_its_unite_is_refused(tmp_path: Path) -> None:
    chemin, message = refus(couche(tmp_path, "specialites/cuisine.toml", "lvb = true\n"))
    assert chemin == "lvb"
    assert "ajoutez-la" in message


def test_a_certain_unite_that_contradicts_the_lvb_is_refused(tmp_path: Path) -> None:
    chemin, message = refus(couche(tmp_path, "specialites/agora.toml", "lvb = false\n"))
    assert chemin == "lvb"
    assert "certaine" in message
