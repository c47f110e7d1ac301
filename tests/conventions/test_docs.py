"""The pages of ``docs/`` say what the tree says."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registre.cas.lecture import Cas
from registre.commun import etats_en_markdown, sources
from registre.commun.documentation import Textes, pages, regles_du_site, regles_en_markdown
from registre.parametres.chargeur import ParametresInvalides
from registre.regles.citation import Regle
from registre.regles.etats import TRANSITIONS, TRANSITIONS_DE_PIECE, ActePiece, Acteur, EtatCandidature, EtatPiece
from registre.regles.vocabulaire import Certitude
from tests.conventions.citations import RACINE

CAS = RACINE / "tests/regles/cas"


@pytest.mark.parametrize("nom", ["etats.md", "lectures.md", "regles.md"])
def test_a_generated_page_is_fresh(nom: str):
    ecrite = (RACINE / "docs" / nom).read_text(encoding="utf-8")
    assert ecrite == pages(CAS)[nom], f"docs/{nom} est dépassée : python manage.py ecrire_docs"


def test_ecrire_docs_writes_every_generated_page(tmp_path: Path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    shutil.copytree(CAS, tmp_path / "tests/regles/cas")
    call_command("ecrire_docs", verbosity=0)
    ecrites = {f.name: f.read_text(encoding="utf-8") for f in (tmp_path / "docs").iterdir()}
    assert ecrites == pages(CAS)


def test_ecrire_docs_writes_nothing_without_its_cases(tmp_path: Path, settings):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="Aucun fichier de cas"):
        call_command("ecrire_docs")
    (tmp_path / "tests/regles/cas").mkdir(parents=True)
    (tmp_path / "tests/regles/cas/langues.toml").write_text("[[cas]]\nid = 'langues.01'\n", encoding="utf-8")
    with pytest.raises(ParametresInvalides):
        pages(tmp_path / "tests/regles/cas")
    with pytest.raises(CommandError, match=r"langues\.toml"):
        call_command("ecrire_docs")


# --- docs/regles.md ---------------------------------------------------------------------------------------


def regle(nom: str, enonce: str, *citees: str) -> Regle:
    def fonction() -> None: ...

    fonction.__module__ = "registre.regles.langues"
    return Regle(nom, enonce, citees, fonction)


def cas(id: str, *citees: str) -> Cas:
    fichier = f"{id.partition('.')[0]}.toml"
    return Cas(
        id=id, nom="", genre="", source=citees, situation={}, attendu={}, parametres={}, fichier=fichier, lieu=""
    )


TEXTES = Textes(
    passages=(
        sources.Passage("b.deux", "Deuxième partie", "ecran", "La page le dit."),
        sources.Passage("a.un", "Première partie", "regle", "Une langue | deux langues."),
        sources.Passage("a.seul", "Première partie", "regle", "Nul ne l’applique."),
        sources.Passage("a.tard", "Première partie", "regle", "Plus tard."),
    ),
    faits=tuple(sources.Reference(id, "Un arrêté", f"Dit {id}.", Certitude.TEXTE_LU) for id in ("R10", "R9b", "R9")),
    lectures=(sources.Lecture("L-01", "Laquelle ?", "Celle-ci.", ()),),
    a_venir=(sources.AVenir("examen", "Tout.", ("a.tard",)),),
)


def page_d_essai() -> str:
    regles = (
        regle("langues.une", "Une langue | au moins.", "a.un", "L-01"),
        regle("langues.autre", "Une autre.", "a.un", "R9"),
        regle("langues.seule", "Personne ne la prouve.", "R10"),
    )
    lus = (
        *(cas(f"langues.{n}", "a.un", "a.un") for n in ("01", "02", "03", "07", "08", "W1")),
        cas("eps.09", "a.un", "R9"),
        cas("eps.10", "R9"),
    )
    return regles_en_markdown(regles, lus, TEXTES)


def ligne(page: str, id: str) -> list[str]:
    (trouvee,) = [x for x in page.splitlines() if x.startswith(f"| `{id}`")]
    return re.split(r"(?<!\\)\|", trouvee.strip("|"))


def test_a_passage_shows_its_rules_and_its_cases():
    passage, regles, cites = (x.strip() for x in ligne(page_d_essai(), "a.un"))
    assert passage == r"`a.un`<br>Une langue \| deux langues."
    lien = "../registre/regles/langues.py"
    assert regles.split("<br>") == [
        f"[langues.une]({lien})\u00a0: Une langue \\| au moins.",
        f"[langues.autre]({lien})\u00a0: Une autre.",
    ]
    assert cites.split("<br>") == [
        "[langues](../tests/regles/cas/langues.toml) 01 à 03, 07, 08, W1",
        "[eps](../tests/regles/cas/eps.toml) 09",
    ]


def test_a_source_without_rule_nor_case_is_still_shown():
    page = page_d_essai()
    assert [x.strip() for x in ligne(page, "b.deux")[1:]] == ["–", ""]
    assert [x.strip() for x in ligne(page, "R9b")[1:]] == ["–", ""]
    assert "eps.toml) 09, 10" in ligne(page, "R9")[2]
    assert "langues.une" in ligne(page, "L-01")[1]


def test_sources_come_in_the_order_of_the_notice_then_by_number():
    page = page_d_essai()
    montres = re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)
    assert montres == ["b.deux", "a.un", "a.seul", "a.tard", "R9", "R9b", "R10", "L-01"]
    assert page.index("### Deuxième partie") < page.index("### Première partie") < page.index("## Les textes")


def test_what_has_no_rule_or_no_case_is_listed():
    page = page_d_essai()
    restes = page[page.index("## Les passages sans règle") :]
    assert "- `a.seul`\u00a0: Nul ne l’applique. *Tenu par un paramètre, une page ou un document.*" in restes
    assert "- `a.tard`\u00a0: Plus tard. *À venir, avec le sujet examen.*" in restes
    assert "`b.deux`" not in restes
    assert re.findall(r"^- \[([^\]]+)\]", restes, re.MULTILINE) == ["langues.seule"]


def test_every_table_of_the_page_has_three_columns():
    rangs = [x for x in pages(CAS)["regles.md"].splitlines() if x.startswith("|")]
    assert len(rangs) > len(sources.passages())
    assert [x for x in rangs if len(re.findall(r"(?<!\\)\|", x)) != 4] == []


def test_every_link_of_the_generated_pages_leads_to_a_file():
    liens = {lien for contenu in pages(CAS).values() for lien in re.findall(r"\]\(([^)#]+)\)", contenu)}
    assert len(liens) > 20
    assert sorted(lien for lien in liens if not (RACINE / "docs" / lien).exists()) == []


def test_every_rule_of_the_project_is_shown():
    page = pages(CAS)["regles.md"]
    assert [r.nom for r in regles_du_site() if f"[{r.nom}](" not in page] == []


# --- docs/etats.md ----------------------------------------------------------------------------------------


def test_every_state_and_act_has_a_french_name():
    assert set(etats_en_markdown.ETATS) == set(EtatCandidature)
    assert set(etats_en_markdown.ACTES) == {t.acte for t in TRANSITIONS}
    assert set(etats_en_markdown.ETATS_DE_PIECE) == set(EtatPiece)
    assert set(etats_en_markdown.ACTES_DE_PIECE) == set(ActePiece)
    assert set(etats_en_markdown.ACTEURS) == set(Acteur)


def test_the_page_of_states_says_each_transition_of_a_candidature():
    rangs = [x for x in etats_en_markdown.page().split("## Une pièce")[0].splitlines() if x.startswith("| ")]
    assert len(rangs) == 2 + len(TRANSITIONS)
    assert "| enregistrée | annuler | le service | annulée | `L-51`, `dossier.incomplet-annulation` |" in rangs
    assert "| brouillon | enregistrer | le candidat | enregistrée | `recapitulatif.enregistrer` |" in rangs
    assert "Rien ne fait sortir de ces états\u00a0: retirée, écartée, annulée." in etats_en_markdown.page()


def test_the_page_of_states_gathers_the_transitions_of_a_piece():
    depot, renvoi = (
        next(t for t in TRANSITIONS_DE_PIECE if (t.etat, t.acte, t.envoyee) == cle and not t.depassee)
        for cle in ((EtatPiece.AUCUNE, ActePiece.DEPOSER, False), (EtatPiece.NON_CONFORME, ActePiece.DEPOSER, True))
    )
    rangs = [x for x in etats_en_markdown.page((), (depot, renvoi)).splitlines() if "le candidat |" in x]
    assert rangs == [
        "| aucun fichier | déposer un fichier | le candidat | déposée, non envoyée | inchangés | "
        "`pieces.depot-en-ligne`, `pieces.bouton-ajouter`, `L-52` |",
        "| Non conforme | déposer un fichier | le candidat | déposée, non envoyée | remplacés | "
        "`pieces.statut.nouveau-depot`, `L-52` |",
    ]
    refus = [x for x in etats_en_markdown.page().splitlines() if "noter «\u00a0Non conforme\u00a0»" in x]
    assert [x.split(" | ")[0] for x in refus] == ["| déposée, envoyée<br>Reçue<br>Non conforme<br>Conforme"] * 2


# --- The other pages --------------------------------------------------------------------------------------


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
