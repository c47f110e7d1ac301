"""Lire les paramètres : des fichiers TOML vers des :class:`~registre.regles.cadre.Cadre` validés.

Un dossier de paramètres contient, par session et par examen::

    2026/bac-pro/national.toml               commun à toutes les académies
    2026/bac-pro/dispenses.toml              diplômes, cases, brevets professionnels, correspondances
    2026/bac-pro/specialites/<slug>.toml     une spécialité par fichier
    2026/bac-pro/specialites-fermees.toml    une table par spécialité fermée
    2026/bac-pro/academies/<academie>.toml   une académie : un cadre par fichier

Plusieurs dossiers se superposent, dans l'ordre donné. Un fichier du même chemin complète ou remplace celui
du dossier précédent : les tables se fondent clé par clé, toute autre valeur (liste comprise) remplace
l'ancienne en entier. Un dossier peut donc ajouter une session ou une académie, ou ne changer qu'une valeur.
Un fichier d'académie se fond de la même façon par-dessus ``national.toml``.

Une spécialité dont la LVB n'est pas connue porte les deux unités possibles, physique-chimie et langue
vivante B, marquées ``presence_certaine = false``. Il suffit de fixer ``lvb`` et ``lvb_source`` : le chargeur
retire l'unité qui n'a plus lieu d'être et déclare les épreuves connues (voir :func:`_appliquer_lvb`).

Un nombre décimal s'écrit entre guillemets (``"2.5"``) : aucun flottant n'entre dans les règles.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
import types
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, to_json

from registre.regles import cadre as modele
from registre.regles.cadre import Cadre, Correspondance, Specialite

DOSSIER_DE_BASE = Path(__file__).parent / "donnees"

Cle = tuple[str, int, str]
Chemin = tuple[str | int, ...]

_SOURCE = re.compile(r"R\d+[a-z]?|L-\d\d|[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
_DANS_LE_FICHIER_DISPENSES = {"diplomes", "cases", "professionnelles", "correspondances"}


class Probleme(NamedTuple):
    """Une erreur : le fichier, le chemin dans le fichier (``langues.obligatoires[2].libelle``), ce qui ne va pas."""

    fichier: str
    chemin: str
    message: str

    def __str__(self) -> str:
        lieu = f"{self.fichier}, {self.chemin}" if self.chemin else self.fichier
        return f"{lieu}\u00a0: {self.message}"


class ParametresInvalides(Exception):
    """Les paramètres ne peuvent pas être chargés ; ``problemes`` les dit tous."""

    def __init__(self, problemes: Sequence[Probleme]) -> None:
        self.problemes = tuple(problemes)
        pluriel = "s" if len(self.problemes) > 1 else ""
        lignes = "\n".join(f"- {p}" for p in self.problemes)
        super().__init__(f"{len(self.problemes)} problème{pluriel} dans les paramètres\u00a0:\n{lignes}")


def charger(dossiers: Sequence[Path]) -> dict[Cle, Cadre]:
    """Les cadres des dossiers superposés, par (académie, session, examen).

    Les fichiers sont lus une seule fois par processus pour une même suite de dossiers.

    :raises ParametresInvalides: avec tous les problèmes trouvés, si un fichier manque, est illisible ou faux.
    """
    return dict(_charger(tuple(Path(d).resolve() for d in dossiers)))


@cache
def _charger(dossiers: tuple[Path, ...]) -> Mapping[Cle, Cadre]:
    problemes: list[Probleme] = []
    cadres: dict[Cle, Cadre] = {}
    for session, examen in _sessions_et_examens(dossiers, problemes):
        for cadre in _Examen(dossiers, session, examen, problemes).cadres():
            cadres[cadre.cle] = cadre
    if not cadres and not problemes:
        lieux = ", ".join(str(d) for d in dossiers)
        problemes.append(Probleme(lieux or "(aucun dossier)", "", "aucun fichier de paramètres d'académie trouvé"))
    if problemes:
        raise ParametresInvalides(problemes)
    return cadres


def _sessions_et_examens(dossiers: Iterable[Path], problemes: list[Probleme]) -> list[tuple[int, str]]:
    trouves: set[tuple[int, str]] = set()
    for dossier in dossiers:
        if not dossier.is_dir():
            problemes.append(Probleme(str(dossier), "", "ce dossier de paramètres n'existe pas"))
            continue
        for examen in dossier.glob("[0-9][0-9][0-9][0-9]/*"):
            if examen.is_dir():
                trouves.add((int(examen.parent.name), examen.name))
    return sorted(trouves)


# --- Lire et fondre les fichiers --------------------------------------------------------------------


class _Table:
    """Des valeurs TOML fondues, et le fichier d'où vient chacune, pour dire où corriger."""

    def __init__(self) -> None:
        self.valeurs: dict[str, Any] = {}
        self._fichiers: dict[Chemin, str] = {}

    def fondre(self, ajout: Mapping[str, Any], fichier: str, prefixe: Chemin = ()) -> None:
        """Ajoute ``ajout`` sous ``prefixe`` : les tables clé par clé, le reste en remplacement."""
        cible = self.valeurs
        for cle in prefixe:
            cible = cible.setdefault(str(cle), {})
        if prefixe:
            self._fichiers.setdefault(prefixe, fichier)
        self._fondre(cible, ajout, fichier, prefixe)

    def _fondre(self, cible: dict[str, Any], ajout: Mapping[str, Any], fichier: str, ici: Chemin) -> None:
        for cle, valeur in ajout.items():
            chemin = (*ici, cle)
            if isinstance(valeur, dict) and isinstance(cible.get(cle), dict):
                self._fondre(cible[cle], valeur, fichier, chemin)
            elif isinstance(valeur, dict):
                cible[cle] = {}
                self._fichiers[chemin] = fichier
                self._fondre(cible[cle], valeur, fichier, chemin)
            else:
                cible[cle] = valeur
                self._fichiers[chemin] = fichier

    def fichier(self, chemin: Chemin, sinon: str) -> str:
        """Le fichier qui a fixé ``chemin``, ou la table qui devrait le contenir."""
        for longueur in range(len(chemin), 0, -1):
            if chemin[:longueur] in self._fichiers:
                return self._fichiers[chemin[:longueur]]
        return sinon


class _Examen:
    """Les fichiers d'une session d'un examen, tous dossiers superposés."""

    def __init__(self, dossiers: Sequence[Path], session: int, examen: str, problemes: list[Probleme]) -> None:
        self.session, self.examen, self.problemes = session, examen, problemes
        self.racine = f"{session}/{examen}"
        self.racines = [d / str(session) / examen for d in dossiers]

    def cadres(self) -> Iterator[Cadre]:
        """Un cadre par académie ; les problèmes s'ajoutent à ``problemes`` et privent de cadre."""
        avant = len(self.problemes)
        specialites = self._specialites()
        communs = self._communs()
        academies = sorted({f.stem for r in self.racines for f in r.glob("academies/*.toml")})
        if not academies:
            self._probleme(f"{self.racine}/academies", "", "aucune académie pour cette session")
        for academie in academies:
            cadre = self._cadre(academie, communs)
            if cadre is not None and specialites is not None and len(self.problemes) == avant:
                cadre = dataclasses.replace(cadre, specialites=specialites)
                self.problemes.extend(_Coherence(cadre, self._lieu(academie)).problemes())
                if len(self.problemes) == avant:
                    yield cadre

    def _probleme(self, fichier: str, chemin: str, message: str) -> None:
        self.problemes.append(Probleme(fichier, chemin, message))

    def _lire(self, nom: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Les contenus du fichier ``nom`` dans chaque dossier qui l'a, avec le nom à montrer."""
        for racine in self.racines:
            fichier = racine / nom
            if not fichier.exists():
                continue
            montre = f"{self.racine}/{nom}" if fichier.is_relative_to(DOSSIER_DE_BASE) else str(fichier)
            try:
                contenu = tomllib.loads(fichier.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError as erreur:
                self._probleme(montre, "", f"syntaxe TOML\u00a0: {_en_francais(erreur)}")
            except (OSError, UnicodeDecodeError) as erreur:
                self._probleme(montre, "", f"fichier illisible ({erreur.__class__.__name__})")
            else:
                yield montre, contenu

    def _communs(self) -> list[tuple[str, dict[str, Any]]]:
        """Ce qui vaut pour toutes les académies, dans l'ordre où le fondre."""
        for nom in ("national.toml", "dispenses.toml"):
            if not any((r / nom).exists() for r in self.racines):
                self._probleme(f"{self.racine}/{nom}", "", "fichier manquant")
        return [*self._lire("national.toml"), *self._lire_dispenses()]

    def _lire_dispenses(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for fichier, contenu in self._lire("dispenses.toml"):
            for cle in sorted(contenu.keys() - _DANS_LE_FICHIER_DISPENSES):
                self._probleme(fichier, cle, _cle_inconnue(_DANS_LE_FICHIER_DISPENSES))
            rang = {cle: contenu[cle] for cle in contenu if cle in _DANS_LE_FICHIER_DISPENSES - {"correspondances"}}
            yield fichier, {"dispenses": rang} | {c: contenu[c] for c in contenu if c == "correspondances"}

    def _lieu(self, academie: str) -> str:
        return f"{self.racine}/academies/{academie}.toml"

    def _cadre(self, academie: str, communs: list[tuple[str, dict[str, Any]]]) -> Cadre | None:
        table = _Table()
        for fichier, contenu in communs:
            table.fondre(contenu, fichier)
        for fichier, contenu in self._lire(f"academies/{academie}.toml"):
            table.fondre(contenu, fichier)
        for reserve in ("session", "examen", "academie", "specialites"):
            if reserve in table.valeurs:
                lieu = table.fichier((reserve,), self._lieu(academie))
                self._probleme(lieu, reserve, "clé inconnue\u00a0: cette valeur vient du chemin des fichiers")
        identite = {"session": self.session, "examen": self.examen, "academie": academie}
        cadres = self._valider(Cadre, {academie: table.valeurs | identite}, {academie: table}, self._lieu(academie))
        return cadres[academie] if cadres else None

    def _specialites(self) -> dict[str, Specialite] | None:
        tables: dict[str, _Table] = {}
        for fichier, contenu in self._lire("specialites-fermees.toml"):
            for slug, valeurs in contenu.items():
                if isinstance(valeurs, dict):
                    tables.setdefault(slug, _Table()).fondre(valeurs, fichier)
                else:
                    self._probleme(fichier, slug, f"table attendue\u00a0; trouvé\u00a0: {_montrer(valeurs)}")
        for slug in sorted({f.stem for r in self.racines for f in r.glob("specialites/*.toml")}):
            for fichier, contenu in self._lire(f"specialites/{slug}.toml"):
                tables.setdefault(slug, _Table()).fondre(contenu, fichier)
        valeurs: dict[str, Any] = {}
        for slug, table in sorted(tables.items()):
            lieu = table.fichier(("libelle",), f"{self.racine}/specialites/{slug}.toml")
            if "slug" in table.valeurs:
                self._probleme(lieu, "slug", "clé inconnue\u00a0: le slug est le nom du fichier")
            for chemin, message in _appliquer_lvb(table.valeurs):
                self._probleme(table.fichier((chemin,), lieu), chemin, message)
            valeurs[slug] = table.valeurs | {"slug": slug}
        specialites = self._valider(Specialite, valeurs, tables, f"{self.racine}/specialites")
        if specialites is not None:
            for slug, specialite in specialites.items():
                lieu = tables[slug].fichier(("libelle",), f"{self.racine}/specialites/{slug}.toml")
                for chemin, message in _unites_incoherentes(specialite):
                    self._probleme(tables[slug].fichier((chemin,), lieu), chemin, message)
        return specialites

    def _valider(
        self, classe: type, valeurs: Mapping[str, Any], tables: Mapping[str, _Table], sinon: str
    ) -> dict[str, Any] | None:
        """Les objets ``classe`` par clé, ou ``None`` : chaque écart devient un problème de son fichier."""
        avant = len(self.problemes)
        for cle, valeur in valeurs.items():
            for chemin, message in _valeurs_interdites(valeur):
                self._probleme(tables[cle].fichier(chemin, sinon), _ecrire(chemin), message)
        try:
            objets: dict[str, Any] = _ADAPTATEURS[classe].validate_json(to_json(valeurs), strict=True)
        except ValidationError as erreurs:
            for detail in erreurs.errors(include_url=False):
                cle, chemin = str(detail["loc"][0]), _sans_les_types(classe, detail["loc"][1:])
                if any(isinstance(_valeur(valeurs[cle], chemin), t) for t in (float, time)):
                    continue  # déjà dit par _valeurs_interdites
                message = _expliquer(classe, detail, chemin, _valeur(valeurs[cle], chemin))
                self._probleme(tables[cle].fichier(chemin, sinon), _ecrire_dans_le_fichier(chemin), message)
            return None
        return objets if len(self.problemes) == avant else None


_ADAPTATEURS: dict[type, TypeAdapter[Any]] = {
    Cadre: TypeAdapter(dict[str, Cadre], config=ConfigDict(extra="forbid")),
    Specialite: TypeAdapter(dict[str, Specialite], config=ConfigDict(extra="forbid")),
}


# --- La LVB -----------------------------------------------------------------------------------------


def _appliquer_lvb(specialite: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Accorde les unités avec ``lvb``, et rend les contradictions.

    Il y a une langue vivante B si, et seulement si, il n'y a pas de physique-chimie (R123). ``lvb`` vrai
    retire donc une physique-chimie incertaine et rend la langue vivante B certaine ; ``lvb`` faux retire une
    langue vivante B incertaine. Rien d'autre n'est deviné : une unité certaine qui contredit ``lvb``, une
    langue vivante B que le fichier ne porte pas, une valeur sans sa source sont des erreurs. Sans
    ``epreuves_connues``, les épreuves sont connues quand la LVB l'est (L-38).
    """
    lvb = specialite.get("lvb")
    specialite.setdefault("epreuves_connues", lvb is not None)
    if not isinstance(lvb, bool):
        return
    if not specialite.get("lvb_source"):
        yield "lvb_source", "clé manquante\u00a0: texte attendu, qui dit d'où vient la valeur de lvb"
    absente = "physique-chimie" if lvb else "langue-vivante-b"
    presentes = []
    for unites in _listes_d_unites(specialite):
        unites[:] = [u for u in unites if u.get("matiere") != absente or u.get("presence_certaine", True)]
        for unite in unites:
            if lvb and unite.get("matiere") == "langue-vivante-b":
                unite["presence_certaine"] = True
        presentes += [u.get("matiere") for u in unites]
    if not lvb and "langue-vivante-b" in presentes:
        yield "lvb", "lvb est faux, mais une unité de langue vivante B est certaine"
    if lvb and presentes and "langue-vivante-b" not in presentes:
        yield "lvb", "lvb est vrai, mais aucune épreuve ne porte d'unité de langue vivante B\u00a0: ajoutez-la"


def _listes_d_unites(specialite: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    epreuves = specialite.get("epreuves")
    for epreuve in epreuves if isinstance(epreuves, list) else []:
        unites = epreuve.get("unites") if isinstance(epreuve, dict) else None
        if isinstance(unites, list) and all(isinstance(u, dict) for u in unites):
            yield unites


def _unites_incoherentes(specialite: Specialite) -> Iterator[tuple[str, str]]:
    """Chaque unité a un nom (matière ou code) unique dans sa spécialité ; une spécialité sue est entière."""
    for e, epreuve in enumerate(specialite.epreuves):
        for u, unite in enumerate(epreuve.unites):
            if not unite.cle:
                yield f"epreuves[{e}].unites[{u}]", "matière ou code attendu\u00a0: l'unité n'a ni l'un ni l'autre"
    for cle in _doublons(u.cle for u in specialite.unites if u.cle):
        yield "epreuves", f"deux unités portent le même nom «\u00a0{cle}\u00a0»"
    if specialite.coefficients_connus:
        for unite in specialite.unites:
            if unite.coefficient is None:
                message = (
                    f"coefficients_connus est vrai, mais l'unité «\u00a0{unite.cle}\u00a0» n'a pas de coefficient"
                )
                yield "coefficients_connus", message
    if specialite.epreuves_connues and not specialite.epreuves:
        yield "epreuves_connues", "epreuves_connues est vrai, mais la spécialité n'a pas d'épreuve"


# --- La cohérence d'un cadre ------------------------------------------------------------------------


class _Coherence:
    """Ce que les types ne disent pas : les renvois d'une table à l'autre, les listes sans doublon."""

    def __init__(self, cadre: Cadre, lieu: str) -> None:
        self.c, self.lieu = cadre, lieu
        self.racine = lieu.rsplit("/academies/", 1)[0]

    def problemes(self) -> Iterator[Probleme]:
        for fichier, ecarts in (
            (f"{self.racine}/national.toml", self._national()),
            (f"{self.racine}/dispenses.toml", self._dispenses()),
            (self.lieu, self._academie()),
            (f"{self.racine}/specialites", self._specialites()),
            (self.lieu, self._sources()),
        ):
            for chemin, message in ecarts:
                yield Probleme(fichier, chemin, message)

    def _national(self) -> Iterator[tuple[str, str]]:
        c = self.c
        codes = [e.code for e in c.etapes.liste]
        yield from _sans_doublon("etapes.liste", codes)
        if codes[-1:] != ["recapitulatif"]:
            yield "etapes.liste", "la dernière étape attendue est «\u00a0recapitulatif\u00a0»"
        yield from _sans_doublon("categories.liste", (x.code for x in c.categories.liste))
        yield from _sans_doublon("conditions.jdc.preuves", (x.code for x in c.conditions.jdc.preuves))
        yield from _sans_doublon("conditions.voies", (x.code for x in c.conditions.voies))
        yield from _sans_doublon("matieres", (x.code for x in c.matieres))
        yield from _sans_doublon("acquis.possibilites", (x.code for x in c.acquis.possibilites))
        yield from _connus("acquis.autre_specialite_matieres", c.acquis.autre_specialite_matieres, c.libelles_matieres)
        yield from _sans_doublon("pieces.liste", (p.cle for p in c.pieces.liste))
        pieces = {p.cle for p in c.pieces.liste}
        for i, possibilite in enumerate(c.acquis.possibilites):
            yield from _connus(f"acquis.possibilites[{i}].pieces", possibilite.pieces, pieces)
        regroupements = {r.code for r in c.pieces.regroupements}
        for i, piece in enumerate(c.pieces.liste):
            yield from _connus(f"pieces.liste[{i}].regroupement", [piece.regroupement], regroupements)
        minimum, limite = c.conditions.jdc.ages
        if minimum >= limite:
            yield "conditions.jdc.ages", "le premier âge attendu est inférieur au second"
        seuils = [m.seuil for m in c.jury.mentions]
        if seuils != sorted(set(seuils)):
            yield "jury.mentions", "les seuils attendus vont croissant"

    def _dispenses(self) -> Iterator[tuple[str, str]]:
        c, d = self.c, self.c.dispenses
        diplomes = {x.code for x in d.diplomes}
        yield from _sans_doublon("diplomes", (x.code for x in d.diplomes))
        for i, case in enumerate(d.cases):
            yield from _connus(f"cases[{i}].diplome", [case.diplome], diplomes)
            yield from _connus(f"cases[{i}].matiere", [case.matiere], c.libelles_matieres)
        cases = [(x.matiere, x.diplome) for x in d.cases]
        yield from _sans_doublon("cases", (f"{m} × {x}" for m, x in cases))
        attendues = {(m.code, x.code) for m in c.matieres if not m.ancienne for x in d.diplomes}
        for matiere, diplome in sorted(attendues - set(cases)):
            yield "cases", f"case manquante\u00a0: {matiere} × {diplome}"
        yield from _sans_doublon("professionnelles", (x.diplome for x in d.professionnelles))
        for i, pro in enumerate(d.professionnelles):
            yield from _connus(f"professionnelles[{i}].specialites", pro.specialites, c.specialites)
        for i, lien in enumerate(c.correspondances):
            yield from self._correspondance(f"correspondances[{i}]", lien)

    def _correspondance(self, chemin: str, lien: Correspondance) -> Iterator[tuple[str, str]]:
        yield from _connus(f"{chemin}.ancien", [lien.ancien], self.c.specialites)
        yield from _connus(f"{chemin}.nouveau", [lien.nouveau], self.c.specialites)
        for cote, slug in (("anciennes", lien.ancien), ("nouvelles", lien.nouveau)):
            specialite = self.c.specialites.get(slug)
            if specialite is None or not specialite.epreuves:
                continue
            codes = {u.code for u in specialite.unites if u.code} | {e.code for e in specialite.epreuves}
            for i, ligne in enumerate(lien.lignes or ()):
                yield from _connus(f"{chemin}.lignes[{i}].{cote}", getattr(ligne, cote), codes)

    def _academie(self) -> Iterator[tuple[str, str]]:
        c = self.c
        for nom in ("obligatoires", "facultatives"):
            yield from _sans_doublon(f"langues.{nom}", (x.code for x in getattr(c.langues, nom)))
        yield from _sans_doublon("candidature.etablissements", (e.code for e in c.candidature.etablissements))
        for i, etablissement in enumerate(c.candidature.etablissements):
            departement = [etablissement.departement] if etablissement.departement else []
            chemin = f"candidature.etablissements[{i}].departement"
            yield from _connus(chemin, departement, c.conditions.domicile.departements)
        yield from _sans_doublon("consentements.liste", (x.code for x in c.consentements.liste))
        for nom, nombre in (("activites", c.eps.nombre), ("activites_adaptees", c.eps.nombre_adapte)):
            codes = [x.code for x in getattr(c.eps, nom)]
            yield from _sans_doublon(f"eps.{nom}", codes)
            if not 1 <= nombre <= len(codes):
                yield f"eps.{nom}", f"il faut au moins {nombre} activité(s), et au moins une à choisir"
        yield from _connus("eps.dispense_voies", c.eps.dispense_voies, [v.code for v in c.conditions.voies])
        mdp = c.compte.mot_de_passe
        if not 1 <= mdp.longueur_minimale <= mdp.longueur_maximale:
            yield "compte.mot_de_passe", "la longueur minimale attendue est positive et inférieure à la maximale"

    def _specialites(self) -> Iterator[tuple[str, str]]:
        c = self.c
        langues = [x.code for x in c.langues.obligatoires]
        yield from _sans_doublon("code_diplome", (s.code_diplome for s in c.specialites.values()))
        for slug, specialite in c.specialites.items():
            imposee = [specialite.lva_imposee] if specialite.lva_imposee else []
            yield from _connus(f"{slug}.lva_imposee", imposee, langues)
            yield from _connus(f"{slug}.epreuves", sorted(specialite.matieres), c.libelles_matieres)

    def _sources(self) -> Iterator[tuple[str, str]]:
        for chemin, table in _tables_sourcees(self.c):
            if not table.source:
                yield f"{chemin}.source", "au moins une source attendue"
            for source in table.source:
                if not _SOURCE.fullmatch(source):
                    message = f"identifiant attendu (R12, L-03 ou passage.de.la-notice)\u00a0; trouvé\u00a0: {source}"
                    yield f"{chemin}.source", message


def _tables_sourcees(objet: Any, chemin: str = "") -> Iterator[tuple[str, modele.Sourcee]]:
    """Toutes les tables qui portent une source, avec leur chemin."""
    if isinstance(objet, modele.Sourcee):
        yield chemin, objet
    if dataclasses.is_dataclass(objet):
        for champ in dataclasses.fields(objet):
            yield from _tables_sourcees(getattr(objet, champ.name), f"{chemin}.{champ.name}".lstrip("."))
    elif isinstance(objet, dict):
        for cle, valeur in objet.items():
            yield from _tables_sourcees(valeur, f"{chemin}.{cle}")
    elif isinstance(objet, tuple):
        for i, valeur in enumerate(objet):
            yield from _tables_sourcees(valeur, f"{chemin}[{i}]")


def _doublons(valeurs: Iterable[str]) -> list[str]:
    return [v for v, n in Counter(valeurs).items() if n > 1]


def _sans_doublon(chemin: str, valeurs: Iterable[str]) -> Iterator[tuple[str, str]]:
    for valeur in _doublons(valeurs):
        yield chemin, f"«\u00a0{valeur}\u00a0» y est deux fois"


def _connus(chemin: str, valeurs: Iterable[str], connus: Iterable[str]) -> Iterator[tuple[str, str]]:
    possibles = list(connus)
    for valeur in valeurs:
        if valeur not in possibles:
            liste = ", ".join(possibles[:15]) + ("…" if len(possibles) > 15 else "")
            yield chemin, f"une valeur connue est attendue ({liste})\u00a0; trouvé\u00a0: «\u00a0{valeur}\u00a0»"


# --- Dire les erreurs en français -------------------------------------------------------------------


def _valeurs_interdites(valeur: Any, chemin: Chemin = ()) -> Iterator[tuple[Chemin, str]]:
    """Ce que TOML permet et que les règles n'acceptent pas : les flottants, les heures sans date."""
    if isinstance(valeur, float):
        yield chemin, f'nombre décimal entre guillemets attendu («\u00a0"2.5"\u00a0»)\u00a0; trouvé\u00a0: {valeur}'
    elif isinstance(valeur, time):
        yield chemin, f"date et heure avec fuseau attendue\u00a0; trouvé\u00a0: {valeur}"
    elif isinstance(valeur, dict):
        for cle, element in valeur.items():
            yield from _valeurs_interdites(element, (*chemin, cle))
    elif isinstance(valeur, list):
        for i, element in enumerate(valeur):
            yield from _valeurs_interdites(element, (*chemin, i))


def _expliquer(classe: type, detail: ErrorDetails, chemin: Chemin, trouve: Any) -> str:
    match detail["type"]:
        case "missing":
            return f"clé manquante\u00a0; attendu\u00a0: {_nommer(_type_en(classe, chemin))}"
        case "unexpected_keyword_argument":
            parent = _type_en(classe, chemin[:-1])
            return _cle_inconnue(f.name for f in dataclasses.fields(parent))
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            return f"attendu\u00a0: {_nommer(_type_en(classe, chemin))}\u00a0; trouvé\u00a0: {_montrer(trouve)}"


def _cle_inconnue(possibles: Iterable[str]) -> str:
    return f"clé inconnue\u00a0; clés possibles\u00a0: {', '.join(sorted(possibles))}"


def _ecrire(chemin: Chemin) -> str:
    """``("langues", "obligatoires", 2)`` devient ``langues.obligatoires[2]``."""
    return "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in chemin).lstrip(".")


def _ecrire_dans_le_fichier(chemin: Chemin) -> str:
    """Le chemin tel qu'il est dans son fichier : ``dispenses.toml`` n'a pas de table ``dispenses``."""
    return _ecrire(chemin[1:] if chemin[:1] == ("dispenses",) and len(chemin) > 1 else chemin)


def _valeur(valeurs: Any, chemin: Chemin) -> Any:
    for cle in chemin:
        try:
            valeurs = valeurs[cle]
        except (KeyError, IndexError, TypeError):
            return None
    return valeurs


def _montrer(valeur: Any) -> str:
    match valeur:
        case None:
            return "rien"
        case bool():
            return f"{str(valeur).lower()} (vrai ou faux)"
        case int():
            return f"{valeur} (nombre entier)"
        case str():
            return f"«\u00a0{valeur}\u00a0» (texte)"
        case datetime():
            fuseau = "avec fuseau" if valeur.tzinfo else "sans fuseau"
            return f"{valeur.isoformat()} (date et heure {fuseau})"
        case date():
            return f"{valeur.isoformat()} (date)"
        case list():
            return f"une liste de {len(valeur)}"
        case dict():
            return "une table"
        case _:
            return repr(valeur)


_NOMS_DES_TYPES = {
    str: "texte",
    int: "nombre entier",
    bool: "vrai ou faux (true, false)",
    Decimal: "nombre décimal entre guillemets",
    date: "date (2026-05-05)",
    datetime: "date et heure avec fuseau (2025-10-06T09:00:00+02:00)",
}


def _nommer(attendu: Any) -> str:
    """Un type, dit en français."""
    if attendu in _NOMS_DES_TYPES:
        return _NOMS_DES_TYPES[attendu]
    origine, arguments = typing.get_origin(attendu), typing.get_args(attendu)
    if origine is typing.Literal:
        return "une valeur parmi " + ", ".join(f"«\u00a0{a}\u00a0»" for a in arguments)
    if origine in (typing.Union, types.UnionType):
        return _nommer(next(a for a in arguments if a is not type(None)))
    if origine is tuple and Ellipsis not in arguments:
        return f"liste de {len(arguments)}\u00a0: " + ", ".join(_nommer(a) for a in arguments)
    if origine in (tuple, list):
        return f"liste ({_nommer(arguments[0])})"
    if isinstance(attendu, type) and issubclass(attendu, StrEnum):
        return "une valeur parmi " + ", ".join(f"«\u00a0{v}\u00a0»" for v in attendu)
    if dataclasses.is_dataclass(attendu):
        return "table (" + ", ".join(f.name for f in dataclasses.fields(attendu)) + ")"
    return "table"


@cache
def _champs(classe: type) -> dict[str, Any]:
    return typing.get_type_hints(classe)


def _pas(attendu: Any, cle: str | int) -> Any:
    """Le type de l'élément ``cle`` d'une valeur de type ``attendu``, ``None`` s'il n'y en a pas."""
    origine, arguments = typing.get_origin(attendu), typing.get_args(attendu)
    if origine in (typing.Union, types.UnionType):
        return _pas(next(a for a in arguments if a is not type(None)), cle)
    if isinstance(attendu, type) and dataclasses.is_dataclass(attendu):
        return _champs(attendu).get(str(cle))
    if origine is dict:
        return arguments[1]
    if origine is tuple and isinstance(cle, int):
        return arguments[0] if Ellipsis in arguments else arguments[min(cle, len(arguments) - 1)]
    return None


def _type_en(classe: type, chemin: Chemin) -> Any:
    attendu: Any = classe
    for cle in chemin:
        attendu = _pas(attendu, cle)
    return attendu


def _sans_les_types(classe: type, loc: tuple[int | str, ...]) -> Chemin:
    """Le chemin d'une erreur sans les noms de types que le validateur y ajoute."""
    chemin: list[int | str] = []
    attendu: Any = classe
    for cle in loc:
        suivant = _pas(attendu, cle)
        if suivant is None and cle != loc[-1]:
            continue
        chemin.append(cle)
        attendu = suivant
    return tuple(chemin)


_SYNTAXE = re.compile(r"^(?P<message>.*?) \(at (?:line (?P<ligne>\d+), column (?P<colonne>\d+)|end of document)\)$")


def _en_francais(erreur: tomllib.TOMLDecodeError) -> str:
    trouve = _SYNTAXE.match(str(erreur))
    if trouve is None:
        return str(erreur)
    if trouve["ligne"] is None:
        return f"fin du fichier inattendue ({trouve['message']})"
    return f"ligne {trouve['ligne']}, colonne {trouve['colonne']} ({trouve['message']})"
