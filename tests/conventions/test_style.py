"""The house style, as tests: what a reviewer would otherwise have to say again."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.citations import RACINE

CODE = sorted(f for d in ("registre", "config") for f in (RACINE / d).rglob("*.py") if "migrations" not in f.parts)
GABARITS = sorted((RACINE / "registre").rglob("templates/**/*.html"))
COURRIELS = [g for g in GABARITS if "courriels" in g.parts]
PAGES = [g for g in GABARITS if g not in COURRIELS]
SEULES = {"base.html", "erreur_interne.html"}  # the frame of all pages, and the one that needs no frame


def lieu(fichier: Path) -> str:
    return fichier.relative_to(RACINE).as_posix()


def noeuds(fichier: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(fichier.read_text(encoding="utf-8")))


def appels(nom: str) -> list[str]:
    """Where something called ``nom`` is called, as a function or as a method."""
    return [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.Call) and nom in (getattr(n.func, "id", ""), getattr(n.func, "attr", ""))
    ]


# --- Code ----------------------------------------------------------------------------------------------


def test_there_are_no_signals():
    imports = [
        lieu(f)
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.ImportFrom) and (n.module or "").split(".")[-1] in ("signals", "dispatch")
    ]
    assert imports == []
    assert appels("receiver") == []


def test_no_model_overrides_save_or_delete():
    surcharges = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        if f.name == "models.py"
        for n in noeuds(f)
        if isinstance(n, ast.FunctionDef) and n.name in ("save", "delete", "clean", "full_clean")
    ]
    assert surcharges == []


@pytest.mark.passages("S40")
@pytest.mark.parametrize("nom", ["raw", "extra", "RawSQL", "eval", "exec", "system", "popen"])
def test_dangerous_calls_are_not_used(nom):
    assert appels(nom) == []


@pytest.mark.passages("S39")
def test_only_a_text_of_the_code_is_declared_safe():
    declares = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.Call)
        and getattr(n.func, "id", getattr(n.func, "attr", "")) in ("SafeString", "mark_safe")
        and not (len(n.args) == 1 and isinstance(n.args[0], ast.Constant))
    ]
    assert declares == []


@pytest.mark.passages("S39")
def test_markup_is_formatted_from_a_text_of_the_code():
    formates = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.Call)
        and getattr(n.func, "id", getattr(n.func, "attr", "")) in ("format_html", "format_html_join")
        and not all(isinstance(a, ast.Constant) for a in n.args[: 2 if "join" in ast.unparse(n.func) else 1])
    ]
    assert formates == []


@pytest.mark.passages("S40")
def test_sql_is_never_built_from_text():
    """``cursor.execute`` takes a text written in the code, and nothing else."""
    construits = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.Call)
        and getattr(n.func, "attr", "") in ("execute", "executemany")
        and not (n.args and isinstance(n.args[0], ast.Constant))
    ]
    assert construits == []


@pytest.mark.passages("S40")
def test_what_a_user_sends_is_never_spread_into_a_query():
    for f in CODE:
        for n in noeuds(f):
            if isinstance(n, ast.Call) and getattr(n.func, "attr", "") in ("filter", "exclude", "get", "create"):
                etales = [ast.unparse(k.value) for k in n.keywords if k.arg is None]
                assert not [e for e in etales if re.search(r"POST|GET|request", e)], f"{lieu(f)}:{n.lineno}"


@pytest.mark.passages("S40")
def test_no_shell_is_ever_asked():
    coupables = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.keyword) and n.arg == "shell" and getattr(n.value, "value", True)
    ]
    assert coupables == []


def test_nothing_catches_every_exception():
    larges = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        for n in noeuds(f)
        if isinstance(n, ast.ExceptHandler)
        and (n.type is None or ast.unparse(n.type) in ("Exception", "BaseException"))
    ]
    assert larges == []


def test_the_clock_is_read_in_one_place_by_the_inscription_and_the_documents():
    """Business time comes from ``horloge``; only accounts, mails, the journal and reservations run on real time."""
    reels = {"commun/horloge.py", "commun/middleware.py", "commun/courriels.py", "justificatifs/reservations.py"}
    reels.add("justificatifs/management/commands/ranger_coffre.py")  # the age of an object
    reels.add("justificatifs/analyses.py")  # leases, as for mails
    lectures = [
        f"{lieu(f)}:{n.lineno}"
        for f in CODE
        if lieu(f).removeprefix("registre/") not in reels
        and not lieu(f).startswith(("registre/comptes", "registre/demo"))
        for n in noeuds(f)
        if isinstance(n, ast.Call)
        and ast.unparse(n.func) in ("timezone.now", "datetime.now", "date.today", "time.time")
    ]
    assert lectures == []


def test_a_use_case_is_one_act():
    """A module of ``usecases`` holds the act it is named for, and at most its request and what it shares."""
    fichiers = sorted(f for f in (RACINE / "registre").rglob("usecases/*.py") if f.name != "__init__.py")
    assert fichiers
    for f in fichiers:
        arbre = ast.parse(f.read_text(encoding="utf-8"))
        publiques = [n.name for n in arbre.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
        assert f.stem in publiques, f"{lieu(f)} ne porte pas l’acte qu’il nomme"
        assert ast.get_docstring(arbre), lieu(f)
        assert len(publiques) <= 3, f"{lieu(f)} : {publiques}"
        sans_doc = [
            n.name
            for n in arbre.body
            if isinstance(n, ast.FunctionDef) and not n.name.startswith("_") and not ast.get_docstring(n)
        ]
        assert sans_doc == [], lieu(f)


def test_every_view_is_decorated_with_its_methods():
    permis = {"require_safe", "require_POST", "require_http_methods"}
    sans = []
    for f in CODE:
        if not re.fullmatch(r"views(_\w+)?\.py", f.name):
            continue
        for n in ast.parse(f.read_text(encoding="utf-8")).body:
            if not isinstance(n, ast.FunctionDef) or n.name.startswith("_") or n.name in PAGES_D_ERREUR:
                continue
            premier = n.args.args[0] if n.args.args else None
            annotation = ast.unparse(premier.annotation) if premier and premier.annotation else ""
            if annotation == "HttpRequest" and not permis & {_nom(d) for d in n.decorator_list}:
                sans.append(f"{lieu(f)}:{n.name}")
    assert sans == []


PAGES_D_ERREUR = {
    *("demande_invalide", "acces_refuse", "jeton_refuse", "introuvable", "methode_refusee", "erreur_interne"),
    *("lien_mort", "envoi_coupe"),
}


def _nom(decorateur: ast.expr) -> str:
    fonction = decorateur.func if isinstance(decorateur, ast.Call) else decorateur
    return ast.unparse(fonction).rpartition(".")[2]


# --- Templates -----------------------------------------------------------------------------------------


@pytest.mark.passages("S19")
@pytest.mark.parametrize("gabarit", PAGES, ids=lieu)
def test_a_page_has_no_inline_style_script_or_handler(gabarit):
    texte = re.sub(r"\{#.*?#\}", "", gabarit.read_text(encoding="utf-8"))
    assert not re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", texte)
    assert [b for b in re.findall(r"<script[^>]*>", texte) if "src=" not in b] == []


@pytest.mark.passages("S39", "S41")
@pytest.mark.parametrize("gabarit", GABARITS, ids=lieu)
def test_a_template_never_turns_escaping_off(gabarit):
    texte = gabarit.read_text(encoding="utf-8")
    assert not re.findall(r"\|\s*safe\b|\|\s*safeseq|autoescape off", texte)
    # An attribute without quotes can be left by a space.
    assert not re.findall(r"<[a-z][^>]*\s[\w-]+=\{\{", texte)


def test_every_page_extends_the_frame_and_has_a_title_and_one_h1():
    for page in PAGES:
        texte = page.read_text(encoding="utf-8")
        if page.name in SEULES or "<html" in texte:
            assert page.name in SEULES, lieu(page)
            continue
        if "{% extends" not in texte:
            assert "{% block" not in texte, f"{lieu(page)} : un morceau n’a pas de bloc"
            continue
        parent = re.search(r'\{% extends "([^"]+)" %\}', texte)
        assert parent, lieu(page)
        if parent[1] == "base.html" and "{% block contenu %}" in texte:
            assert "{% block titre %}" in texte, lieu(page)
            assert texte.count("<h1") >= 1, lieu(page)


@pytest.mark.passages("S20")
def test_every_form_that_posts_carries_its_token():
    for page in GABARITS:
        texte = page.read_text(encoding="utf-8")
        for debut in re.finditer(r"<form[^>]*method=\"post\"", texte):
            fin = texte.index("</form>", debut.end())
            assert "{% csrf_token %}" in texte[debut.end() : fin], lieu(page)


@pytest.mark.parametrize("gabarit", GABARITS, ids=lieu)
def test_french_text_is_well_typed(gabarit):
    texte = _texte_visible(gabarit.read_text(encoding="utf-8"))
    droites = re.findall(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]", texte)
    assert droites == [], "apostrophe droite"
    collees = re.findall(r"[^\s\u00a0\u202f][ ]?[;!?»](?=\s|$)", texte)
    assert collees == [], "espace insécable avant ; ! ? »"
    assert re.findall(r"\w\.\.\.", texte) == [], "points de suspension"


def test_french_sentences_of_the_code_are_well_typed():
    """Messages, labels and help texts; docstrings are for readers of the code."""
    fautes = [
        f"{lieu(f)}:{n.lineno} : {n.value[:60]}"
        for f in CODE
        if "management" not in f.parts and f.name != "sources.py"  # a terminal and a Markdown page
        for n in _textes_ecrits(f)
        if " " in n.value and re.search(r"[a-zà-ÿ] [:;!?»](?=\s|$)|« |[a-zà-ÿ]'[a-zà-ÿ]|\w\.\.\.", n.value)
    ]
    assert fautes == []


def _textes_ecrits(fichier: Path) -> Iterator[ast.Constant]:
    """The strings that may be shown: neither docstrings, nor traces, nor exceptions of the machinery, nor helps."""
    arbre = ast.parse(fichier.read_text(encoding="utf-8"))
    tus: set[int] = set()
    for n in ast.walk(arbre):
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant):
            tus.add(id(n.value))
        if isinstance(n, ast.Raise | ast.Assert) or (
            isinstance(n, ast.Call) and ast.unparse(n.func).startswith(("traces.", "re.", "models.", "self.stdout"))
        ):
            tus |= {id(m) for m in ast.walk(n)}
    yield from (
        n for n in ast.walk(arbre) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in tus
    )


def _texte_visible(html: str) -> str:
    """Text between the tags, without template code, entities kept."""
    html = re.sub(r"\{% comment.*?endcomment %\}", " ", html, flags=re.DOTALL)
    html = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", html, flags=re.DOTALL)
    html = re.sub(r"<(?:script|style)\b.*?</(?:script|style)>", " ", html, flags=re.DOTALL)
    html = re.sub(r"&\w+;", " ", html.replace("&nbsp;", "\u00a0"))
    return re.sub(r"<[^>]+>", " ", html, flags=re.DOTALL)


# --- Repository ------------------------------------------------------------------------------------------


def test_no_path_of_a_machine_and_no_registry_address_is_written():
    interdits = re.compile(
        r"(?<![\w/.<])/(?:home|root|Users|work|tmp|mnt|opt)/[\w.-]+|index-url|extra-index|\bpypi\.org|registry\.npmjs|"
        r"https?://[\w.-]*(?:artifactory|nexus|devpi|proxy\.golang)"
    )
    ignores = {"tests/conventions/test_style.py"}
    trouves = []
    for fichier in _suivis():
        nom = lieu(fichier)
        octets = fichier.read_bytes()
        if nom in ignores or b"\0" in octets[:1024]:
            continue
        for n, ligne in enumerate(octets.decode("utf-8", "replace").splitlines(), 1):
            trouves += [f"{nom}:{n} : {m[0]}" for m in interdits.finditer(ligne)]
    assert trouves == []


def test_nothing_is_left_to_do_in_silence():
    a_faire = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    ignores = {"tests/conventions/test_style.py"}
    restes = [
        f"{lieu(f)}:{n}"
        for f in _suivis()
        if f.suffix in (".py", ".html", ".js", ".css", ".toml", ".typ", ".md") and lieu(f) not in ignores
        for n, ligne in enumerate(f.read_text(encoding="utf-8").splitlines(), 1)
        if a_faire.search(ligne)
    ]
    assert restes == []


def _suivis() -> list[Path]:
    """What git follows, or would follow."""
    commande = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    noms = subprocess.run(commande, cwd=RACINE, capture_output=True, check=True).stdout.decode().split("\0")
    return [RACINE / n for n in noms if n and (RACINE / n).is_file()]
