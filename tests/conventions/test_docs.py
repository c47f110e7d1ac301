"""The pages of ``docs/`` say what the tree says."""

from __future__ import annotations

import re
import tomllib

from registre.commun.sources import lectures_en_markdown
from tests.conventions.citations import RACINE


def test_docs_lectures_is_fresh():
    assert (RACINE / "docs/lectures.md").read_text(encoding="utf-8") == lectures_en_markdown()


def test_each_dependency_has_its_reason_and_each_reason_its_dependency():
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
    declarees = [*projet["project"]["dependencies"]]
    for extra in (*projet["project"].get("optional-dependencies", {}).values(), *projet["dependency-groups"].values()):
        declarees += extra
    assert sorted(_raisons()) == sorted(_nom(d) for d in declarees)


def test_each_reason_is_a_sentence():
    assert [nom for nom, raison in _raisons().items() if len(raison.split()) < 4] == []


def test_each_adr_has_its_three_parts_and_a_number_of_its_own():
    pages = sorted((RACINE / "docs/adr").glob("*.md"))
    numeros = [p.name[:4] for p in pages]
    assert numeros == [f"{n:04}" for n in range(1, len(pages) + 1)]
    parties = ("## Contexte", "## Décision", "## Conséquences")
    assert [p.name for p in pages if not all(t in p.read_text(encoding="utf-8") for t in parties)] == []


def test_each_name_of_the_glossaire_exists_in_the_code():
    code = "\n".join(f.read_text(encoding="utf-8") for f in (RACINE / "registre").rglob("*.py"))
    noms = re.findall(r"`([^`]+)`", (RACINE / "docs/glossaire.md").read_text(encoding="utf-8"))
    assert len(noms) > 20
    assert sorted({n for n in noms if not re.search(rf"\b{re.escape(n)}\b", code)}) == []


def _raisons() -> dict[str, str]:
    texte = (RACINE / "docs/dependances.md").read_text(encoding="utf-8")
    lignes = re.findall(r"^- `([^`]+)`\s*: (.+)$", texte, re.MULTILINE)
    assert len({nom for nom, _ in lignes}) == len(lignes), "une dépendance a deux lignes"
    return dict(lignes)


def _nom(exigence: str) -> str:
    """``django-allauth[mfa]>=65`` -> ``django-allauth``."""
    return re.split(r"[\[<>=~! ;]", exigence, maxsplit=1)[0]
