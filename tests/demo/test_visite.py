"""The guided tour of a piece names files, addresses and names that exist; the README names every person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import resolve

from registre.demo.personnes import PERSONNES

pytestmark = pytest.mark.sans_base
RACINE = Path(__file__).resolve().parents[2]
DOSSIERS = ("", "justificatifs", "justificatifs/fichiers", "justificatifs/usecases")
FONCTIONS_D_UN_MOT = {"charger", "lire", "ranger", "traiter", "controle", "decider"}


def chapitre() -> str:
    visite = (RACINE / "docs/visite.md").read_text(encoding="utf-8")
    return visite.split("## 7. Une pièce, du dépôt au contrôle")[1].split("\n## ")[0]


def fichiers(chemin: str) -> list[Path]:
    """Under ``registre/``; the tour shortens the path of a file next to the one just named."""
    return [f for d in DOSSIERS if (f := RACINE / "registre" / d / chemin).is_file()]


def test_every_file_of_the_chapitre_exists() -> None:
    nommes = set(re.findall(r"[\w/]+\.py", chapitre())) - {"manage.py"}
    assert len(nommes) > 20
    assert [n for n in nommes if not fichiers(n)] == []


def test_every_name_given_with_its_file_is_in_that_file() -> None:
    paires = re.findall(r"([\w/]+\.py)`?,?\s+`?([A-Za-z_]+)\b(?!\.py)", chapitre())
    paires = [(f, nom) for f, nom in paires if f != "manage.py" and ("_" in nom or nom in FONCTIONS_D_UN_MOT)]
    assert len(paires) >= 15
    absents = [p for p in paires if not any(re.search(rf"\b{p[1]}\b", f.read_text("utf-8")) for f in fichiers(p[0]))]
    assert absents == []


@pytest.mark.parametrize(
    ("adresse", "nom"),
    [
        ("/justificatifs/clermont-ferrand/2026/bac-pro/piece/recapitulatif-signe/deposer", "deposer_piece"),
        ("/justificatifs/clermont-ferrand/2026/bac-pro/regroupement/recapitulatif/envoyer", "envoyer_regroupement"),
        ("/gestion/clermont-ferrand/controle/", "controle"),
        ("/gestion/clermont-ferrand/controle/2026-000001-Z/recapitulatif-signe/", "controle_piece"),
    ],
)
def test_every_address_of_the_chapitre_leads_to_the_view_it_names(adresse: str, nom: str) -> None:
    assert resolve(adresse).url_name == nom
    assert adresse.rpartition("/bac-pro")[2].replace("2026-000001-Z", "<numéro>") in chapitre()


def test_the_tables_and_the_exception_of_the_chapitre_exist() -> None:
    modeles = (RACINE / "registre/justificatifs/models.py").read_text(encoding="utf-8")
    tables = re.findall(r"^\| `(\w+)` \|", chapitre(), re.MULTILINE)
    assert sorted(tables) == sorted(re.findall(r"^class (\w+)\(models\.Model\)", modeles, re.MULTILINE))
    assert "class PieceChangee(" in (RACINE / "registre/justificatifs/controle.py").read_text(encoding="utf-8")


def test_the_readme_names_every_person_of_the_demonstration() -> None:
    lisezmoi = (RACINE / "README.md").read_text(encoding="utf-8")
    assert [p.email for p in PERSONNES if p.email not in lisezmoi] == []
    assert [p.mot_de_passe for p in PERSONNES if p.mot_de_passe not in lisezmoi] == []
