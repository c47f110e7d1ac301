"""Mutation check of the rules: mutmut changes them one spot at a time, and the tests of tests/regles must fail.

``python -m bench.mutation`` checks every module of registre/regles, ``python -m bench.mutation jury eps`` two of them.
It works on a copy of the tree. A survivor that docs/mutation.md justifies is expected; any other fails the run.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

RACINE = Path(__file__).parent.parent
COPIE = Path(tempfile.gettempdir()) / "registre-mutation"
COPIES = ("config", "docs", "registre", "sources", "tests")
REGLES = Path("registre/regles")
JUSTIFIES = RACINE / "docs/mutation.md"
# Decorators mutmut would not see through; written as a call after the function, they mean the same.
DECORATEURS = frozenset({"applique", "property", "cached_property"})
# A code, a key, a field name: logic. The other texts are words for the candidate, or references.
MOT_DE_CODE = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
VIVANTS = frozenset({"survived", "no tests", "suspicious", "segfault", "not checked"})
LENT = 0.05  # seconds
TIRAGES = 25
# That test reads the source of the rules, where mutmut writes all its mutants.
SANS_LECTURE_DU_SOURCE = "not writes_no_motif_code"
CONFIGURATION = """
[tool.mutmut]
source_paths = ["registre"]
only_mutate = [{modules}]
also_copy = ["config", "docs", "sources"]
pytest_add_cli_args_test_selection = ["tests/regles", "-k", "{sans_lecture}"]
pytest_add_cli_args = ["--hypothesis-profile=mutation"]
timeout_multiplier = 10.0
use_git_change_detection = false

[tool.pytest.ini_options]
addopts = "-p tests.base_de_test --strict-markers -q -p no:cacheprovider"
markers = ["passages(*ids):", "navigateur:", "sans_base:"]
"""


def sans_decorateurs(source: str) -> str:
    """The same module, where ``@applique(…) def f`` is written ``def f`` then ``f = applique(…)(f)``."""
    lignes = source.splitlines()
    fonctions = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and len(n.decorator_list) == 1
    ]
    for fonction in sorted(fonctions, key=lambda n: n.lineno, reverse=True):
        decorateur = fonction.decorator_list[0]
        nom = decorateur.func if isinstance(decorateur, ast.Call) else decorateur
        if not isinstance(nom, ast.Name) or nom.id not in DECORATEURS:
            continue
        appel = f"{' ' * fonction.col_offset}{fonction.name} = {ast.unparse(decorateur)}({fonction.name})"
        lignes.insert(fonction.end_lineno or 0, appel)
        del lignes[decorateur.lineno - 1 : fonction.lineno - 1]
    return "\n".join(lignes) + "\n"


def copier(modules: list[str]) -> None:
    """A fresh copy of the tree, its rules written so that mutmut can change every function."""
    shutil.rmtree(COPIE, ignore_errors=True)
    for nom in COPIES:
        shutil.copytree(RACINE / nom, COPIE / nom, ignore=shutil.ignore_patterns("__pycache__"))
    for module in (COPIE / REGLES).glob("*.py"):
        module.write_text(sans_decorateurs(module.read_text(encoding="utf-8")), encoding="utf-8")
    (COPIE / "pyproject.toml").write_text(
        CONFIGURATION.format(
            modules=", ".join(f'"{REGLES / module}.py"' for module in modules), sans_lecture=SANS_LECTURE_DU_SOURCE
        ),
        encoding="utf-8",
    )


def muter_le_texte(noeud: Any) -> Iterator[Any]:
    """One mutant for a word of code, none for a sentence: replaces mutmut's three for any text."""
    valeur = noeud.raw_value if hasattr(noeud, "raw_value") else ""
    if MOT_DE_CODE.fullmatch(valeur):
        yield noeud.with_changes(value=f"{noeud.prefix}{noeud.quote}XX{valeur}XX{noeud.quote}")


def retirer_un_argument(appel: Any) -> Iterator[Any]:
    """mutmut's mutants without an argument, but where the argument is a text that is not a word of code."""
    from libcst import Name, SimpleString

    for rang, arg in enumerate(appel.args):
        if isinstance(arg.value, SimpleString) and not MOT_DE_CODE.fullmatch(str(arg.value.raw_value)):
            continue
        avant, apres = appel.args[:rang], appel.args[rang + 1 :]
        if not arg.star and getattr(arg.value, "value", "") != "None":
            yield appel.with_changes(args=[*avant, arg.with_changes(value=Name("None")), *apres])
        if len(appel.args) > 1:
            yield appel.with_changes(args=[*avant, *apres])


def moins_de_tirages(test: Any) -> None:
    """A property test draws less here: a survivor is looked at anyway, and a mutant killed stays killed."""
    import hypothesis

    if reglage := getattr(test, "_hypothesis_internal_use_settings", None):
        moins = hypothesis.settings(reglage, max_examples=min(reglage.max_examples, TIRAGES))
        test._hypothesis_internal_use_settings = moins


def preparer_mutmut() -> None:
    """In the copy only: our mutations of texts, tests drawn the same each time, and pytest collected once.

    mutmut starts pytest again for each mutant; collecting once in the parent makes a mutant ten times cheaper.
    """
    import hypothesis
    import libcst
    from _pytest.config import _prepareconfig
    from _pytest.main import Session
    from mutmut.mutation import file_mutation, mutators
    from mutmut.mutation.trampoline import set_mutant_under_test
    from mutmut.runners.harness import PytestRunner
    from mutmut.state import state
    from mutmut.utils.file_utils import change_cwd
    from mutmut.workers import isolation

    remplaces = (mutators.operator_string, mutators.operator_arg_removal)
    file_mutation.mutation_operators = [
        *(o for o in file_mutation.mutation_operators if o[1] not in remplaces),
        (libcst.SimpleString, muter_le_texte),
        (libcst.Call, retirer_un_argument),
    ]
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]  # no shrinking: a failure is enough
    hypothesis.settings.register_profile(
        "mutation",
        phases=phases,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    class Collecte(PytestRunner):
        def run_forced_fail(self) -> int:
            resultat = super().run_forced_fail()
            set_mutant_under_test("")
            with change_cwd("mutants"):
                options = ["--rootdir=.", "-x", "-p", "no:randomly", *self._pytest_add_cli_args]
                config = _prepareconfig([*options, *self._pytest_add_cli_args_test_selection])
                config._do_configure()
                self.session = Session.from_config(config)
                config.hook.pytest_sessionstart(session=self.session)
                config.hook.pytest_collection(session=self.session)
                self.tests = {test.nodeid: test for test in self.session.items}
                for test in self.session.items:
                    moins_de_tirages(test.obj)
                # The tests that reach the fewest functions first, the slow ones last: they fail sooner.
                portee = Counter(nom for noms in state().tests_by_mangled_function_name.values() for nom in noms)
                durees = state().duration_by_test
                self.rang = {nom: (durees[nom] > LENT, portee[nom]) for nom in self.tests}
                # The parameters are read once for all mutants: nextitem keeps the fixtures of the session alive. It is
                # another test, else the first one stays set up, and a mutant it judges first looks killed.
                premier = next(test for test in self.session.items if "cadre" in test.fixturenames)
                suivant = next(test for test in self.session.items if test is not premier)
                config.hook.pytest_runtest_protocol(item=premier, nextitem=suivant)
            # Without mutant, the collected tests must pass: else every mutant would look killed.
            if isolation.run_in_fork(self.executer, list(self.tests)):
                raise SystemExit("les tests collectés échouent sans mutant")
            return resultat

        def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
            if mutant_name is not None and not mutant_name.startswith("registre.regles.cadre."):
                return self.executer(sorted(tests, key=self.rang.__getitem__))
            sys.modules["tests.regles.lecture_cas"].cadre.cache_clear()  # the parameters, read with the mutant
            return super().run_tests(mutant_name=mutant_name, tests=tests)

        def executer(self, tests: Iterable[str]) -> int:
            os.chdir("mutants")
            self.session.items = [self.tests[nom] for nom in tests]
            self.session._setupstate.teardown_exact(self.session.items[0])
            try:
                self.session.config.hook.pytest_runtestloop(session=self.session)
            except (Session.Failed, Session.Interrupted):
                return 1
            return int(self.session.testsfailed > 0)

    isolation.PytestRunner = Collecte


@dataclass(frozen=True)
class Mutant:
    """A changed spot: the function that holds it, its lines before and after, and what became of it."""

    module: str
    fonction: str
    avant: str
    apres: str
    sort: str

    @property
    def cle(self) -> tuple[str, str, str]:
        return f"{self.module}.{self.fonction}", self.avant, self.apres


def appelees_a_l_import() -> set[str]:
    """The functions that a module of the rules calls when it is imported, before any test."""
    return {
        getattr(noeud.func, "id", "")
        for module in REGLES.glob("*.py")
        for instruction in ast.parse(module.read_text(encoding="utf-8")).body
        if not isinstance(instruction, ast.FunctionDef | ast.ClassDef)
        for noeud in ast.walk(instruction)
        if isinstance(noeud, ast.Call)
    }


def tue_a_neuf(nom: str, tests: Iterable[str]) -> bool:
    """The same check in a new process, for a function whose calls are over when the tests start."""
    commande = [sys.executable, "-m", "pytest", "-x", "-p", "no:randomly", *tests]
    env = {**os.environ, "MUTANT_UNDER_TEST": nom, "PYTHONPATH": "."}
    return subprocess.run(commande, cwd="mutants", env=env, capture_output=True, check=False).returncode != 0


def reprendre_a_neuf(module: str, sorts: dict[str, str], processus: int) -> None:
    """Checks again, by the tests that reach the module, each mutant left alive in a function called at import."""
    from mutmut.state import state
    from mutmut.utils.format_utils import orig_function_and_class_names_from_key

    a_l_import = appelees_a_l_import()
    vivants = [
        n for n, s in sorts.items() if s in VIVANTS and orig_function_and_class_names_from_key(n)[0] in a_l_import
    ]
    atteints = state().tests_by_mangled_function_name.items()
    tests = sorted({t for nom, ts in atteints if nom.startswith(f"registre.regles.{module}.") for t in ts})
    if vivants and tue_a_neuf("", tests):
        raise SystemExit(f"les tests de {module} échouent sans mutant")
    with ThreadPool(processus) as fils:
        tues = fils.map(lambda nom: tue_a_neuf(nom, tests), vivants)
    sorts |= {nom: "killed" for nom, tue in zip(vivants, tues, strict=True) if tue}


def executer(modules: list[str], processus: int) -> list[Mutant]:
    """Runs mutmut in the copy and reads its results."""
    os.chdir(COPIE)
    sys.path[0] = str(COPIE)  # mutmut replaces it by the mutated tree
    os.environ |= {"REGISTRE_MODE": "test", "PYTEST_ADDOPTS": "--assert=plain --tb=no"}  # a failure needs no words
    from mutmut import __main__ as mutmut
    from mutmut import stats
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.utils.format_utils import orig_function_and_class_names_from_key

    preparer_mutmut()
    if not sys.stdout.isatty():
        mutmut.print_status = stats.print_status = lambda *_, **__: None  # no counter that turns
    mutmut._run([], processus)
    mutants = []
    for module in modules:
        lus = SourceFileMutationData(path=REGLES / f"{module}.py")
        lus.load()
        sorts = {nom: stats.status_by_exit_code[code] for nom, code in lus.exit_code_by_key.items()}
        reprendre_a_neuf(module, sorts, processus)
        for nom, sort in sorts.items():
            fonction, classe = orig_function_and_class_names_from_key(nom)
            lignes = get_diff_for_mutant(nom, path=lus.path).splitlines()[2:] if sort in VIVANTS else []
            avant, apres = (" ".join(x[1:].strip() for x in lignes if x[0] == signe) for signe in "-+")
            mutants.append(Mutant(module, f"{classe}.{fonction}" if classe else fonction, avant, apres, sort))
    return mutants


def justifies() -> set[tuple[str, str, str]]:
    """The survivors of docs/mutation.md: « - `module.fonction` : `avant` → `après` — raison »."""
    texte = JUSTIFIES.read_text(encoding="utf-8") if JUSTIFIES.exists() else ""
    return set(re.findall(r"^- `([^`]+)` : `([^`]+)` → `([^`]*)` — .+$", texte, re.MULTILINE))


def main() -> int:
    analyse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    analyse.add_argument("modules", nargs="*", help="modules de registre/regles, tous par défaut")
    analyse.add_argument("--processus", type=int, default=os.cpu_count() or 1)
    options = analyse.parse_args()
    modules = options.modules or sorted(f.stem for f in (RACINE / REGLES).glob("*.py"))
    debut = time.monotonic()
    copier(modules)
    mutants = executer(modules, options.processus)
    attendus = justifies()
    restants = [m for m in mutants if m.sort in VIVANTS and m.cle not in attendus]
    for m in restants:
        print(f"- `{m.module}.{m.fonction}` : `{m.avant}` → `{m.apres}` — {m.sort}")
    survivants = {m.cle for m in mutants if m.sort in VIVANTS}
    for fonction, avant, apres in sorted(attendus - survivants):
        if fonction.split(".")[0] in modules:
            print(f"justifié pour rien, à retirer de docs/mutation.md : `{fonction}` : `{avant}` → `{apres}`")
    print(f"{'module':24}{'mutants':>8}{'tués':>8}{'justifiés':>10}{'restants':>9}")
    for module, total in sorted(Counter(m.module for m in mutants).items()):
        reste = sum(m.module == module for m in restants)
        admis = sum(m.module == module and m.sort in VIVANTS and m.cle in attendus for m in mutants)
        print(f"{module:24}{total:8}{total - reste - admis:8}{admis:10}{reste:9}")
    print(f"{len(mutants)} mutants en {time.monotonic() - debut:.0f} s, {len(restants)} restants")
    return 1 if restants else 0


if __name__ == "__main__":
    sys.exit(main())
