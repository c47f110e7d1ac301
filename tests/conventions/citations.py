"""Collects who cites which source: rules, parameters, pages, documents on one side, tests and cases on the other.

Pure functions over the tree; ``test_tracabilite.py`` turns what they find into verdicts.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import registre.regles
from registre.commun import sources
from registre.regles.cadre import Cadre, Sourcee
from registre.regles.citation import REGLES

RACINE = Path(__file__).resolve().parents[2]

# Acceptance bars: letter -> highest number. They name qualities of the whole, not passages of a text.
BARRES = {"S": 61, "F": 38, "A": 17, "P": 18, "L": 12}

COMMENTAIRES = {
    ".html": re.compile(r"\{#\s*passages:(.*?)#\}"),
    ".txt": re.compile(r"\{#\s*passages:(.*?)#\}"),
    ".typ": re.compile(r"^\s*//\s*passages:(.*)$", re.MULTILINE),
    ".js": re.compile(r"^\s*//\s*passages:(.*)$", re.MULTILINE),
    ".py": re.compile(r"^\s*#\s*passages:(.*)$", re.MULTILINE),
}


@dataclasses.dataclass(frozen=True)
class Citation:
    """``id`` is cited at ``lieu`` (a rule, a table of parameters, a file and line)."""

    id: str
    lieu: str


def est_barre(id: str) -> bool:
    """True for the name of an acceptance bar (``S7``, ``A6``): only tests may cite those."""
    trouve = re.fullmatch(r"([A-Z])([1-9]\d*)", id)
    return bool(trouve) and int(trouve[2]) <= BARRES.get(trouve[1], 0)


def inconnues(citations: Iterable[Citation], *, barres_admises: bool = False) -> list[str]:
    """The citations that name nothing, as readable lines; empty when all is well."""
    return sorted(
        f"{c.lieu} : {c.id}"
        for c in citations
        if not sources.existe(c.id) and not (barres_admises and est_barre(c.id))
    )


def passages_sans(citations: Iterable[Citation], passages: Iterable[str], exemptes: Iterable[str]) -> list[str]:
    """The passages that no citation names, those exempted left out, in the order of the notice."""
    cites = {c.id for c in citations} | set(exemptes)
    return [p for p in passages if p not in cites]


# --- Who applies ------------------------------------------------------------------------------------


def des_regles() -> list[Citation]:
    """Sources of every declared rule, and those written in the code next to a message."""
    declarees = regles_declarees()
    ecrites = [c for f in _fichiers("registre/regles", ".py") for c in des_chaines(f.read_text(), _lieu(f))]
    ailleurs = [c for f in _fichiers("registre", ".py") for c in des_motifs(f.read_text(), _lieu(f))]
    return declarees + ecrites + ailleurs


def des_chaines(code: str, lieu: str) -> list[Citation]:
    """Every string of a rule's module that has the shape of a source: tables of messages hold some."""
    chapitres = "|".join(sorted({p.split(".")[0] for p in sources.passages()}))
    forme = re.compile(rf"L-\d+|R\d+b?|(?:{chapitres})\.[a-z0-9.-]+")
    return [
        Citation(n.value, f"{lieu}:{n.lineno}")
        for n in ast.walk(ast.parse(code))
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and forme.fullmatch(n.value)
    ]


def des_motifs(code: str, lieu: str) -> list[Citation]:
    """Sources written in a call: fourth argument of ``Motif``, or a ``sources=`` keyword of any call."""
    citations = []
    for noeud in ast.walk(ast.parse(code)):
        if not isinstance(noeud, ast.Call):
            continue
        valeurs = [k.value for k in noeud.keywords if k.arg == "sources"]
        if getattr(noeud.func, "id", "") == "Motif":
            valeurs += noeud.args[3:4]
        for valeur in valeurs:
            if isinstance(valeur, ast.Tuple | ast.List):
                citations += [Citation(t, f"{lieu}:{noeud.lineno}") for t in _textes(valeur.elts)]
    return citations


def des_parametres(cadres: Iterable[Cadre]) -> list[Citation]:
    """Sources of every table of parameters of the given frames."""
    return [
        Citation(id, f"paramètres {c.academie} {c.session}, {type(t).__name__}")
        for c in cadres
        for t in tables_sourcees(c)
        for id in t.source
    ]


def des_pages() -> list[Citation]:
    """``passages:`` comments of the templates, documents, mails and modules of the package."""
    return [
        c for suffixe in COMMENTAIRES for f in _fichiers("registre", suffixe) for c in des_commentaires(f, _lieu(f))
    ]


def des_commentaires(fichier: Path, lieu: str) -> list[Citation]:
    texte = fichier.read_text(encoding="utf-8")
    return [
        Citation(id, f"{lieu}:{texte.count(chr(10), 0, trouve.start()) + 1}")
        for trouve in COMMENTAIRES[fichier.suffix].finditer(texte)
        for id in re.split(r"[\s,]+", trouve[1].strip())
        if id
    ]


# --- Who proves -------------------------------------------------------------------------------------


def des_cas() -> list[Citation]:
    """``source`` of every case file."""
    return [c for f in sorted(RACINE.glob("tests/**/cas/*.toml")) for c in des_tables_de_cas(f.read_text(), _lieu(f))]


def des_tables_de_cas(toml: str, lieu: str) -> list[Citation]:
    return [
        Citation(id, f"{lieu} {cas.get('id')}") for cas in tomllib.loads(toml).get("cas", []) for id in cas["source"]
    ]


# --- Passages that command a rule ---------------------------------------------------------------------

MANQUES = ("regle", "cas_qui_accepte", "cas_qui_refuse")


def passages_de_regle() -> list[str]:
    """The passages of the notice whose nature is ``regle``, in its order."""
    lus = tomllib.loads((sources.DOSSIER / "passages.toml").read_text(encoding="utf-8"))["passage"]
    return [p["id"] for p in lus if p["nature"] == "regle"]


def sans_cas() -> dict[str, set[str]]:
    """Each exception of ``sources/sans_cas.toml``: the passage, and what it lacks for the reason it gives.

    :raises ValueError: if a passage is listed twice, or an exception has no reason or lacks nothing known.
    """
    exceptions: dict[str, set[str]] = {}
    for ligne in tomllib.loads((sources.DOSSIER / "sans_cas.toml").read_text(encoding="utf-8"))["sans_cas"]:
        manque = set(ligne["manque"])
        if ligne["passage"] in exceptions or not ligne["raison"].strip() or not manque or manque - set(MANQUES):
            raise ValueError(f"sans_cas.toml : exception mal écrite : {ligne['passage']}")
        exceptions[ligne["passage"]] = manque
    return exceptions


def refuse(attendu: dict[str, Any]) -> bool:
    """The case expects something to be refused, in the words of its kind."""
    return (
        any(attendu.get(cle) for cle in ("motifs", "motif", "refusees"))
        or any(
            attendu.get(cle) is False for cle in ("acceptee", "accepte", "permis", "permise", "possible", "nouvelle")
        )
        or attendu.get("statut") == "refuse"
        or attendu.get("suite") == "sans_equivalent"
        or attendu.get("piece") == "non_conforme"
        or attendu.get("recapitulatif") == "a_refaire"
        or attendu.get("decision") in ("elimine", "ajourne", "ajourne_second_groupe", "partiel")
    )


def accepte(attendu: dict[str, Any]) -> bool:
    """The case expects something to be accepted: nothing is refused, or something else of the same case is granted."""
    return not refuse(attendu) or any(attendu.get(cle) for cle in ("accordees", "benefices", "dispenses"))


def manques_des_passages(
    passages: Iterable[str], regles: Iterable[Citation], cas: Iterable[dict[str, Any]]
) -> dict[str, set[str]]:
    """What each passage lacks among ``MANQUES``: a rule that applies it, a case that accepts, a case that refuses."""
    tenus: dict[str, set[str]] = {passage: set() for passage in passages}
    trouves = [(c.id, "regle") for c in regles]
    for un in cas:
        sens = [nom for nom, vrai in zip(MANQUES[1:], (accepte, refuse), strict=True) if vrai(un["attendu"])]
        trouves += [(id, nom) for id in un["source"] for nom in sens]
    for id, nom in trouves:
        if id in tenus:
            tenus[id].add(nom)
    return {passage: set(MANQUES) - tenu for passage, tenu in tenus.items() if tenu != set(MANQUES)}


def regles_declarees() -> list[Citation]:
    """Sources of every rule declared by ``applique``, and those alone."""
    for module in pkgutil.walk_packages(registre.regles.__path__, "registre.regles."):
        importlib.import_module(module.name)
    return [Citation(id, f"règle {r.nom}") for r in REGLES.values() for id in r.sources]


def tous_les_cas() -> list[dict[str, Any]]:
    """Every case of every file."""
    fichiers = sorted(RACINE.glob("tests/**/cas/*.toml"))
    return [cas for f in fichiers for cas in tomllib.loads(f.read_text(encoding="utf-8")).get("cas", [])]


def des_tests() -> list[Citation]:
    """Arguments of every ``pytest.mark.passages`` of the test-suite."""
    return [c for f in _fichiers("tests", ".py") for c in des_marqueurs(f.read_text(encoding="utf-8"), _lieu(f))]


def des_marqueurs(code: str, lieu: str) -> list[Citation]:
    """The ids of the markers written in ``code``. ``*cas.source`` is a case's own, read from its file.

    :raises ValueError: if an argument is not a literal string: the table of traceability must be readable.
    """
    citations = []
    for noeud in ast.walk(ast.parse(code)):
        if isinstance(noeud, ast.Call) and ast.unparse(noeud.func) == "pytest.mark.passages":
            if [ast.unparse(a) for a in noeud.args] == ["*cas.source"]:
                continue
            textes = _textes(noeud.args)
            if len(textes) != len(noeud.args) or not textes:
                raise ValueError(f"{lieu}:{noeud.lineno} : le marqueur passages ne prend que des chaînes écrites")
            citations += [Citation(t, f"{lieu}:{noeud.lineno}") for t in textes]
    return citations


def _textes(noeuds: Iterable[ast.expr]) -> list[str]:
    return [n.value for n in noeuds if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def tables_sourcees(objet: Any) -> Iterator[Sourcee]:
    """Every table of parameters below ``objet``, itself included."""
    if isinstance(objet, Sourcee):
        yield objet
    if dataclasses.is_dataclass(objet):
        enfants: Iterable[Any] = (getattr(objet, f.name) for f in dataclasses.fields(objet))
    elif isinstance(objet, dict):
        enfants = objet.values()
    elif isinstance(objet, tuple):
        enfants = objet
    else:
        return
    for enfant in enfants:
        yield from tables_sourcees(enfant)


def _fichiers(dossier: str, suffixe: str) -> list[Path]:
    return sorted(f for f in (RACINE / dossier).rglob(f"*{suffixe}") if "node_modules" not in f.parts)


def _lieu(fichier: Path) -> str:
    return fichier.relative_to(RACINE).as_posix()
