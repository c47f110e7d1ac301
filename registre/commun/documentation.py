"""Les pages de ``docs/`` tirées du code et des données : ce qui fonde chaque règle, ce qui change chaque état.

Chaque page est une fonction pure de ce qu’elle montre ; :func:`pages` les réunit. Elles se lisent par un service
d’examen : en français, sans ouvrir le code.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import registre.regles
from registre.cas.lecture import Cas, lire_cas
from registre.commun import etats_en_markdown, sources
from registre.parametres.chargeur import ParametresInvalides
from registre.regles.citation import REGLES, Regle


@dataclass(frozen=True, slots=True)
class Textes:
    """Ce que les règles citent, dans l’ordre où la page le montre."""

    passages: tuple[sources.Passage, ...]
    faits: tuple[sources.Reference, ...]
    lectures: tuple[sources.Lecture, ...]
    a_venir: tuple[sources.AVenir, ...]


def pages(dossier_des_cas: Path) -> dict[str, str]:
    """Le contenu de chaque page, par nom de fichier de ``docs/``."""
    textes = Textes(sources.notice(), sources.faits(), sources.lectures(), sources.a_venir())
    return {
        "etats.md": etats_en_markdown.page(),
        "lectures.md": sources.lectures_en_markdown(),
        "regles.md": regles_en_markdown(regles_du_site(), cas_du_dossier(dossier_des_cas), textes),
    }


def regles_du_site() -> tuple[Regle, ...]:
    """Toutes les règles de ``registre.regles``, dans l’ordre de leurs noms."""
    for module in pkgutil.walk_packages(registre.regles.__path__, "registre.regles."):
        importlib.import_module(module.name)
    return tuple(sorted(REGLES.values(), key=lambda r: r.nom))


def cas_du_dossier(dossier: Path) -> tuple[Cas, ...]:
    """Les cas de référence d’un dossier.

    :raises ParametresInvalides: avec tous les problèmes trouvés, si un fichier est faux.
    :raises FileNotFoundError: si le dossier n’a aucun fichier de cas.
    """
    fichiers = sorted(dossier.glob("*.toml"))
    if not fichiers:
        raise FileNotFoundError(dossier)
    lus = [lire_cas(f.read_text(encoding="utf-8"), f.name) for f in fichiers]
    problemes = [p for lu in lus for p in lu.problemes]
    if problemes:
        raise ParametresInvalides(problemes)
    return tuple(cas for lu in lus for cas in lu.cas)


# --- docs/regles.md ---------------------------------------------------------------------------------


def regles_en_markdown(regles: Iterable[Regle], cas: Iterable[Cas], textes: Textes) -> str:
    """Le contenu de ``docs/regles.md`` : chaque passage, fait et lecture, ses règles, ses cas."""
    regles, cas = tuple(regles), tuple(cas)
    liens = _Liens(regles, cas)
    parties = [
        _ENTETE.format(regles=len(regles), cas=len(cas), passages=len(textes.passages)),
        "## La notice\n",
        *_la_notice(textes.passages, liens),
        "## Les textes\n\nLes lois, les arrêtés et les pages officielles que le projet applique, reformulés.\n",
        _tableau("Fait", ((f.id, f"{f.texte} *{f.titre}.*") for f in _par_numero(textes.faits)), liens),
        "## Les lectures\n\nCe que le projet retient quand les textes se taisent ou se contredisent\u00a0: la réponse "
        "est dans [lectures.md](lectures.md).\n",
        _tableau("Lecture", ((lec.id, lec.question) for lec in textes.lectures), liens),
        "## Les passages sans règle\n",
        _sans_regle(textes, liens),
        "## Les règles qu’aucun cas ne touche\n",
        _sans_cas(regles, liens),
    ]
    return "\n".join(parties)


_ENTETE = """# Règles

Chaque passage de la notice, chaque texte, chaque lecture\u00a0: les règles qui l’appliquent, et les cas de référence
qui le prouvent. {passages} passages, {regles} règles, {cas} cas.

- Une **règle** est une fonction de [registre/regles](../registre/regles)\u00a0; son nom mène à son fichier. La phrase
  qui la suit dit ce qu’elle fait.
- Un **cas** est une situation et le résultat attendu, dans [tests/regles/cas](../tests/regles/cas/LISEZMOI.md).
  «\u00a0langues 05 à 07\u00a0» désigne les cas `langues.05`, `langues.06` et `langues.07`.
- Un tiret dans la colonne des règles\u00a0: un paramètre, une page, un document ou un courriel y répond.
  Une case vide dans celle des cas\u00a0: aucun cas n’en parle\u00a0; si c’est un passage, un autre test le prouve.

Page tirée du code, de `sources/` et des cas par `python manage.py ecrire_docs`\u00a0: elle ne se modifie pas à la
main.
"""


class _Liens:
    """Les règles et les cas qui citent une source."""

    def __init__(self, regles: tuple[Regle, ...], cas: tuple[Cas, ...]) -> None:
        self.regles: dict[str, list[Regle]] = defaultdict(list)
        self.cas: dict[str, list[Cas]] = defaultdict(list)
        for regle in regles:
            for source in dict.fromkeys(regle.sources):
                self.regles[source].append(regle)
        for un_cas in cas:
            for source in dict.fromkeys(un_cas.source):
                self.cas[source].append(un_cas)


def _la_notice(passages: Iterable[sources.Passage], liens: _Liens) -> Iterator[str]:
    for section, groupe in groupby(passages, key=lambda p: p.section):
        yield f"### {section}\n"
        yield _tableau("Passage", ((p.id, p.enonce) for p in groupe), liens)


def _tableau(titre: str, lignes: Iterable[tuple[str, str]], liens: _Liens) -> str:
    """Une ligne par source : ce qu’elle dit, les règles qui l’appliquent, les cas qui la citent."""
    corps = [
        f"| `{id}`<br>{cellule(texte)} | {_regles(liens.regles.get(id, []))} | {_cas(liens.cas.get(id, []))} |"
        for id, texte in lignes
    ]
    return "\n".join((f"| {titre} | Règles | Cas |", "| --- | --- | --- |", *corps, ""))


def _regles(regles: Iterable[Regle]) -> str:
    return "<br>".join(f"{_nom(r)}\u00a0: {cellule(r.enonce)}" for r in regles) or "–"


def _nom(regle: Regle) -> str:
    module = regle.fonction.__module__.replace(".", "/")
    return f"[{regle.nom}](../{module}.py)"


def _cas(cas: Iterable[Cas]) -> str:
    par_fichier: dict[str, list[str]] = defaultdict(list)
    for c in cas:
        par_fichier[c.fichier].append(c.id)
    return "<br>".join(
        f"[{nom}](../tests/regles/cas/{fichier}) {_numeros(id.removeprefix(f'{nom}.') for id in ids)}"
        for fichier, ids in par_fichier.items()
        for nom in (fichier.removesuffix(".toml"),)
    )


def _numeros(numeros: Iterable[str]) -> str:
    """``01, 02, 03, 07`` devient « 01 à 03, 07 ». Un nom qui n’est pas un nombre reste tel quel."""
    series: list[list[str]] = []
    for numero in numeros:
        derniere = series[-1][-1] if series else ""
        if numero.isdigit() and derniere.isdigit() and int(numero) == int(derniere) + 1:
            series[-1].append(numero)
        else:
            series.append([numero])
    return ", ".join(f"{s[0]} à {s[-1]}" if len(s) > 2 else ", ".join(s) for s in series)


def _sans_regle(textes: Textes, liens: _Liens) -> str:
    """Les passages dont la nature est d’être une règle, et qu’aucune règle n’applique."""
    sujets = {p: groupe.sujet for groupe in textes.a_venir for p in groupe.passages}
    restes = [p for p in textes.passages if p.nature == "regle" and p.id not in liens.regles]
    if not restes:
        return "Chaque passage de la notice qui énonce une règle a la sienne.\n"
    lignes = [
        f"- `{p.id}`\u00a0: {p.enonce} *{'À venir, avec le sujet ' + sujets[p.id] if p.id in sujets else _AUTREMENT}.*"
        for p in restes
    ]
    return "\n".join((_RESTES, *lignes, ""))


_AUTREMENT = "Tenu par un paramètre, une page ou un document"
_RESTES = "Ces passages énoncent une règle, et aucune fonction ne les applique\u00a0:\n"


def _sans_cas(regles: Iterable[Regle], liens: _Liens) -> str:
    seules = [r for r in regles if not any(s in liens.cas for s in r.sources)]
    if not seules:
        return "Aucune\u00a0: chaque règle a au moins une source qu’un cas de référence cite.\n"
    lignes = [f"- {_nom(r)}\u00a0: {r.enonce}" for r in seules]
    return "\n".join(("Aucun cas ne cite l’une de leurs sources\u00a0; d’autres tests les vérifient.\n", *lignes, ""))


def _par_numero(faits: Iterable[sources.Reference]) -> list[sources.Reference]:
    """R2 avant R10, R10 avant R10b."""
    return sorted(faits, key=lambda f: (int("".join(re.findall(r"\d", f.id))), f.id))


def cellule(texte: str) -> str:
    """Un texte dans une case de tableau : une barre verticale n’y coupe pas la ligne."""
    return " ".join(texte.split()).replace("|", "\\|")
