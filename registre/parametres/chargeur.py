"""Lire les paramètres : des fichiers TOML vers des :class:`~registre.regles.cadre.Cadre` validés.

Un dossier de paramètres contient, par session et par examen::

    2026/bac-pro/national.toml               commun à toutes les académies
    2026/bac-pro/dispenses.toml              diplômes, cases, brevets professionnels, correspondances
    2026/bac-pro/specialites/<slug>.toml     une spécialité par fichier
    2026/bac-pro/specialites-fermees.toml    une table par spécialité fermée
    2026/bac-pro/academies/<academie>.toml   une académie : un cadre par fichier

Plusieurs dossiers se superposent, dans l'ordre donné. Un fichier du même chemin complète ou remplace celui
du dossier précédent : les tables se fondent clé par clé, toute autre valeur (liste comprise) remplace
l'ancienne en entier. Un dossier peut donc ajouter une session ou une académie, ou ne changer qu'une valeur ;
il ne peut pas retirer une clé.
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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from registre.parametres.ecarts import (
    Chemin,
    cle_inconnue,
    ecrire_chemin,
    expliquer,
    lire_chemin,
    montrer,
    syntaxe_en_francais,
    valeur_en,
    valeurs_interdites,
)
from registre.regles.cadre import Cadre, Correspondance, Sourcee, Specialite

DOSSIER_DE_BASE = Path(__file__).parent / "donnees"

Cle = tuple[str, int, str]

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
        problemes.append(Probleme(lieux or "(aucun dossier)", "", "aucun fichier de paramètres d’académie trouvé"))
    if problemes:
        raise ParametresInvalides(problemes)
    return cadres


def _sessions_et_examens(dossiers: Iterable[Path], problemes: list[Probleme]) -> list[tuple[int, str]]:
    trouves: set[tuple[int, str]] = set()
    for dossier in dossiers:
        if not dossier.is_dir():
            problemes.append(Probleme(str(dossier), "", "ce dossier de paramètres n’existe pas"))
            continue
        for examen in dossier.glob("[0-9][0-9][0-9][0-9]/*"):
            if examen.is_dir():
                trouves.add((int(examen.parent.name), examen.name))
    return sorted(trouves)


# --- Lire et fondre les fichiers --------------------------------------------------------------------


class _Table:
    """Des valeurs TOML fondues, et le fichier d'où vient chacune, pour dire où corriger."""

    def __init__(self, sinon: str) -> None:
        self.valeurs: dict[str, Any] = {}
        self._fichiers: dict[Chemin, str] = {}
        self._sinon = sinon

    def fondre(self, ajout: Mapping[str, Any], fichier: str) -> None:
        """Ajoute ``ajout`` : les tables clé par clé, le reste en remplacement."""
        self._fondre(self.valeurs, ajout, fichier, ())

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

    def fichier(self, chemin: Chemin) -> str:
        """Le fichier qui a fixé ``chemin``, ou la table qui devrait le contenir."""
        for longueur in range(len(chemin), 0, -1):
            if chemin[:longueur] in self._fichiers:
                return self._fichiers[chemin[:longueur]]
        return self._sinon


class _Examen:
    """Les fichiers d'une session d'un examen, tous dossiers superposés."""

    def __init__(self, dossiers: Sequence[Path], session: int, examen: str, problemes: list[Probleme]) -> None:
        self.session, self.examen, self.problemes = session, examen, problemes
        self.racine = f"{session}/{examen}"
        self.racines = [d / str(session) / examen for d in dossiers]
        self._tables: dict[str, _Table] = {}
        self._illisible = False

    def cadres(self) -> Iterator[Cadre]:
        """Un cadre par académie ; les problèmes s'ajoutent à ``problemes`` et privent de cadre."""
        avant = len(self.problemes)
        specialites = self._specialites()
        communs = self._communs()
        academies = sorted({f.stem for r in self.racines for f in r.glob("academies/*.toml")})
        if not academies:
            self._probleme(f"{self.racine}/academies", "", "aucune académie pour cette session")
        for academie in academies:
            table = self._table_du_cadre(academie, communs)
            if self._illisible:
                continue  # tout ce que le fichier contient semblerait manquer
            cadre = self._cadre(academie, table)
            if cadre is None or len(self.problemes) > avant:
                continue
            cadre = dataclasses.replace(cadre, specialites=specialites)
            for chemin, message in _incoherences(cadre):
                self._probleme(*self._localiser(lire_chemin(chemin), table), message)
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
                self._illisible = True
                self._probleme(montre, "", f"syntaxe TOML, {syntaxe_en_francais(erreur)}")
            except (OSError, UnicodeDecodeError) as erreur:
                self._illisible = True
                self._probleme(montre, "", f"fichier illisible ({erreur.__class__.__name__})")
            else:
                yield montre, contenu

    def _communs(self) -> list[tuple[str, dict[str, Any]]]:
        """Ce qui vaut pour toutes les académies, dans l'ordre où le fondre."""
        for nom in ("national.toml", "dispenses.toml"):
            if not any((r / nom).exists() for r in self.racines):
                self._illisible = True
                self._probleme(f"{self.racine}/{nom}", "", "fichier manquant")
        return [*self._lire("national.toml"), *self._lire_dispenses()]

    def _lire_dispenses(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for fichier, contenu in self._lire("dispenses.toml"):
            for cle in sorted(contenu.keys() - _DANS_LE_FICHIER_DISPENSES):
                self._probleme(fichier, cle, cle_inconnue(_DANS_LE_FICHIER_DISPENSES))
            rang = {cle: contenu[cle] for cle in contenu if cle in _DANS_LE_FICHIER_DISPENSES - {"correspondances"}}
            yield fichier, {"dispenses": rang} | {c: contenu[c] for c in contenu if c == "correspondances"}

    def _table_du_cadre(self, academie: str, communs: list[tuple[str, dict[str, Any]]]) -> _Table:
        table = _Table(f"{self.racine}/national.toml ou academies/{academie}.toml")
        for fichier, contenu in (*communs, *self._lire(f"academies/{academie}.toml")):
            table.fondre(contenu, fichier)
        return table

    def _cadre(self, academie: str, table: _Table) -> Cadre | None:
        for reserve in ("session", "examen", "academie", "specialites"):
            if reserve in table.valeurs:
                message = "clé inconnue\u00a0: cette valeur vient du chemin des fichiers"
                self._probleme(table.fichier((reserve,)), reserve, message)
                del table.valeurs[reserve]
        identite = {"session": self.session, "examen": self.examen, "academie": academie}
        return self._valider(Cadre, {academie: table.valeurs | identite}, {academie: table}).get(academie)

    def _specialites(self) -> dict[str, Specialite]:
        self._tables = self._tables_des_specialites()
        for table in self._tables.values():
            if "slug" in table.valeurs:
                self._probleme(table.fichier(("slug",)), "slug", "clé inconnue\u00a0: le slug est le nom du fichier")
            for cle, message in _appliquer_lvb(table.valeurs):
                self._probleme(table.fichier((cle,)), cle, message)
        valeurs = {slug: table.valeurs | {"slug": slug} for slug, table in self._tables.items()}
        return self._valider(Specialite, valeurs, self._tables)

    def _tables_des_specialites(self) -> dict[str, _Table]:
        tables: dict[str, _Table] = {}
        for fichier, contenu in self._lire("specialites-fermees.toml"):
            for slug, valeurs in contenu.items():
                if isinstance(valeurs, dict):
                    tables.setdefault(slug, _Table(fichier)).fondre(valeurs, fichier)
                else:
                    self._probleme(fichier, slug, f"attendu\u00a0: table\u00a0; trouvé\u00a0: {montrer(valeurs)}")
        for slug in sorted({f.stem for r in self.racines for f in r.glob("specialites/*.toml")}):
            for fichier, contenu in self._lire(f"specialites/{slug}.toml"):
                tables.setdefault(slug, _Table(fichier)).fondre(contenu, fichier)
        return dict(sorted(tables.items()))

    def _localiser(self, chemin: Chemin, table: _Table) -> tuple[str, str]:
        """Le fichier d'une valeur du cadre, et son chemin dans ce fichier."""
        if chemin[0] == "specialites":
            return self._tables[str(chemin[1])].fichier(chemin[2:]), ecrire_chemin(chemin[2:])
        # dispenses.toml n'a pas de table « dispenses » : elle est dans son nom.
        return table.fichier(chemin), ecrire_chemin(chemin[1:] if chemin[0] == "dispenses" else chemin)

    def _valider(self, classe: type, valeurs: Mapping[str, Any], tables: Mapping[str, _Table]) -> dict[str, Any]:
        """Les objets ``classe`` par clé, ou rien : chaque écart devient un problème de son fichier."""
        interdits: set[tuple[str, Chemin]] = set()
        for cle, contenu in valeurs.items():
            for chemin, message in valeurs_interdites(contenu):
                interdits.add((cle, chemin))
                self._probleme(*self._localiser(chemin, tables[cle]), message)
        try:
            objets: dict[str, Any] = _ADAPTATEURS[classe].validate_json(to_json(valeurs), strict=True)
        except ValidationError as erreurs:
            for detail in erreurs.errors(include_url=False):
                cle, chemin = str(detail["loc"][0]), detail["loc"][1:]
                if any(c == cle and interdit[: len(chemin)] == chemin for c, interdit in interdits):
                    continue  # déjà dit
                message = expliquer(classe, detail, chemin, valeur_en(valeurs[cle], chemin))
                self._probleme(*self._localiser(chemin, tables[cle]), message)
            return {}
        return {} if interdits else objets


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
        yield "lvb_source", "clé manquante\u00a0: texte attendu, qui dit d’où vient la valeur de lvb"
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
        yield "lvb", "lvb est vrai, mais aucune épreuve ne porte d’unité de langue vivante B\u00a0: ajoutez-la"


def _listes_d_unites(specialite: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    epreuves = specialite.get("epreuves")
    for epreuve in epreuves if isinstance(epreuves, list) else []:
        unites = epreuve.get("unites") if isinstance(epreuve, dict) else None
        if isinstance(unites, list) and all(isinstance(u, dict) for u in unites):
            yield unites


# --- La cohérence d'un cadre ------------------------------------------------------------------------

Ecart = tuple[str, str]  # chemin dans le cadre, message


def _incoherences(cadre: Cadre) -> Iterator[Ecart]:
    """Ce que les types ne disent pas : les renvois d'une table à l'autre, les listes sans doublon."""
    yield from _ecarts_des_etapes(cadre)
    yield from _ecarts_des_pieces(cadre)
    yield from _ecarts_du_jury(cadre)
    yield from _ecarts_des_dispenses(cadre)
    yield from _ecarts_de_l_academie(cadre)
    yield from _sans_doublon("specialites", (s.code_diplome for s in cadre.specialites.values()))
    for specialite in cadre.specialites.values():
        yield from _ecarts_d_une_specialite(cadre, specialite)
    yield from _ecarts_des_sources(cadre)


def _ecarts_des_etapes(c: Cadre) -> Iterator[Ecart]:
    codes = [e.code for e in c.etapes.liste]
    yield from _sans_doublon("etapes.liste", codes)
    if codes[-1:] != ["recapitulatif"]:
        yield "etapes.liste", "la dernière étape attendue est «\u00a0recapitulatif\u00a0»"
    yield from _sans_doublon("categories.liste", (x.code for x in c.categories.liste))
    yield from _sans_doublon("conditions.jdc.preuves", (x.code for x in c.conditions.jdc.preuves))
    yield from _sans_doublon("conditions.voies", (x.code for x in c.conditions.voies))
    minimum, limite = c.conditions.jdc.ages
    if minimum >= limite:
        yield (
            "conditions.jdc.ages",
            f"le premier âge est attendu inférieur au second\u00a0; trouvé\u00a0: {minimum}, {limite}",
        )


def _ecarts_des_pieces(c: Cadre) -> Iterator[Ecart]:
    pieces = [p.cle for p in c.pieces.liste]
    regroupements = [r.code for r in c.pieces.regroupements]
    yield from _sans_doublon("pieces.liste", pieces)
    yield from _sans_doublon("pieces.regroupements", regroupements)
    for i, piece in enumerate(c.pieces.liste):
        yield from _connus(f"pieces.liste[{i}].regroupement", [piece.regroupement], regroupements)
    yield from _sans_doublon("pieces.raisons_non_conforme", (r.code for r in c.pieces.raisons_non_conforme))
    for i, raison in enumerate(c.pieces.raisons_non_conforme):
        yield from _connus(f"pieces.raisons_non_conforme[{i}].pieces", raison.pieces, pieces)
    yield from _sans_doublon("acquis.possibilites", (x.code for x in c.acquis.possibilites))
    for i, possibilite in enumerate(c.acquis.possibilites):
        yield from _connus(f"acquis.possibilites[{i}].pieces", possibilite.pieces, pieces)


def _ecarts_du_jury(c: Cadre) -> Iterator[Ecart]:
    yield from _sans_doublon("matieres", (x.code for x in c.matieres))
    yield from _connus("acquis.autre_specialite_matieres", c.acquis.autre_specialite_matieres, c.libelles_matieres)
    yield from _connus("structure.coefficients", c.structure.coefficients, c.libelles_matieres)
    for i, cas in enumerate(c.structure.particuliers):
        yield from _connus(f"structure.particuliers[{i}].specialite", [cas.specialite], c.specialites)
        yield from _connus(f"structure.particuliers[{i}].matiere", [cas.matiere], c.libelles_matieres)
    seuils = [m.seuil for m in c.jury.mentions]
    if seuils != sorted(set(seuils)):
        yield (
            "jury.mentions",
            f"les seuils sont attendus croissants\u00a0; trouvé\u00a0: {', '.join(map(str, seuils))}",
        )


def _ecarts_des_dispenses(c: Cadre) -> Iterator[Ecart]:
    d = c.dispenses
    diplomes = [x.code for x in d.diplomes]
    yield from _sans_doublon("dispenses.diplomes", diplomes)
    for i, case in enumerate(d.cases):
        yield from _connus(f"dispenses.cases[{i}].diplome", [case.diplome], diplomes)
        yield from _connus(f"dispenses.cases[{i}].matiere", [case.matiere], c.libelles_matieres)
    cases = [(x.matiere, x.diplome) for x in d.cases]
    yield from _sans_doublon("dispenses.cases", (f"{matiere} × {diplome}" for matiere, diplome in cases))
    du_tableau = [x.code for x in d.diplomes if x.au_tableau]
    attendues = {(m.code, diplome) for m in c.matieres if not m.ancienne for diplome in du_tableau}
    for matiere, diplome in sorted(attendues - set(cases)):
        yield "dispenses.cases", f"case manquante\u00a0: {matiere} × {diplome}"
    yield from _sans_doublon("dispenses.professionnelles", (x.diplome for x in d.professionnelles))
    for i, pro in enumerate(d.professionnelles):
        yield from _connus(f"dispenses.professionnelles[{i}].specialites", pro.specialites, c.specialites)
    for i, lien in enumerate(c.correspondances):
        yield from _ecarts_d_une_correspondance(c, f"correspondances[{i}]", lien)


def _ecarts_d_une_correspondance(c: Cadre, chemin: str, lien: Correspondance) -> Iterator[Ecart]:
    """Les deux spécialités existent ; les unités citées aussi, quand les épreuves sont connues."""
    for bout, cote, slug in (("ancien", "anciennes", lien.ancien), ("nouveau", "nouvelles", lien.nouveau)):
        yield from _connus(f"{chemin}.{bout}", [slug], c.specialites)
        specialite = c.specialites.get(slug)
        if specialite is None or not specialite.epreuves:
            continue
        codes = {u.code for u in specialite.unites if u.code}
        for i, ligne in enumerate(lien.lignes or ()):
            yield from _connus(f"{chemin}.lignes[{i}].{cote}", getattr(ligne, cote), sorted(codes))


def _ecarts_de_l_academie(c: Cadre) -> Iterator[Ecart]:
    yield from _sans_doublon("langues.obligatoires", (x.code for x in c.langues.obligatoires))
    yield from _sans_doublon("langues.facultatives", (x.code for x in c.langues.facultatives))
    yield from _sans_doublon("consentements.liste", (x.code for x in c.consentements.liste))
    yield from _sans_doublon("candidature.etablissements", (e.code for e in c.candidature.etablissements))
    for i, etablissement in enumerate(c.candidature.etablissements):
        if etablissement.departement:
            chemin = f"candidature.etablissements[{i}].departement"
            yield from _connus(chemin, [etablissement.departement], c.conditions.domicile.departements)
    for nom, nombre in (("activites", c.eps.nombre), ("activites_adaptees", c.eps.nombre_adapte)):
        codes = [x.code for x in getattr(c.eps, nom)]
        yield from _sans_doublon(f"eps.{nom}", codes)
        if not 1 <= nombre <= len(codes):
            yield f"eps.{nom}", f"au moins {max(nombre, 1)} activité(s) attendue(s)\u00a0; trouvé\u00a0: {len(codes)}"
    yield from _connus("eps.dispense_voies", c.eps.dispense_voies, [v.code for v in c.conditions.voies])
    mdp = c.compte.mot_de_passe
    if not 1 <= mdp.longueur_minimale <= mdp.longueur_maximale:
        message = f"trouvé\u00a0: de {mdp.longueur_minimale} à {mdp.longueur_maximale} caractères"
        yield "compte.mot_de_passe", f"la longueur minimale est attendue inférieure à la maximale\u00a0; {message}"


def _ecarts_d_une_specialite(c: Cadre, specialite: Specialite) -> Iterator[Ecart]:
    """Chaque unité a un nom (matière ou code) unique ; ce que la spécialité dit connaître est là."""
    ici = f"specialites.{specialite.slug}"
    for e, epreuve in enumerate(specialite.epreuves):
        for u, unite in enumerate(epreuve.unites):
            chemin = f"{ici}.epreuves[{e}].unites[{u}]"
            if not unite.cle:
                yield chemin, "matière ou code attendu\u00a0; l’unité n’a ni l’un ni l’autre"
            if unite.matiere:
                yield from _connus(f"{chemin}.matiere", [unite.matiere], c.libelles_matieres)
            if specialite.coefficients_connus and unite.coefficient is None:
                yield f"{chemin}.coefficient", "coefficient attendu, puisque coefficients_connus est vrai"
    yield from _sans_doublon(f"{ici}.epreuves", (u.cle for u in specialite.unites if u.cle))
    if specialite.epreuves_connues and not specialite.epreuves:
        yield f"{ici}.epreuves_connues", "epreuves_connues est vrai, mais la spécialité n’a pas d’épreuve"
    if specialite.lva_imposee:
        langues = [x.code for x in c.langues.obligatoires]
        yield from _connus(f"{ici}.lva_imposee", [specialite.lva_imposee], langues)


def _ecarts_des_sources(c: Cadre) -> Iterator[Ecart]:
    for chemin, table in tables_sourcees(c):
        if not table.source:
            yield f"{chemin}.source", "au moins une source attendue"
        for source in table.source:
            if not _SOURCE.fullmatch(source):
                message = f"identifiant attendu (R12, L-03, passage.de.la-notice)\u00a0; trouvé\u00a0: {source}"
                yield f"{chemin}.source", message


def tables_sourcees(objet: Any, chemin: str = "") -> Iterator[tuple[str, Sourcee]]:
    """Toutes les tables qui portent une source, avec leur chemin."""
    if isinstance(objet, Sourcee):
        yield chemin, objet
    if dataclasses.is_dataclass(objet):
        for champ in dataclasses.fields(objet):
            yield from tables_sourcees(getattr(objet, champ.name), f"{chemin}.{champ.name}".lstrip("."))
    elif isinstance(objet, dict):
        for cle, valeur in objet.items():
            yield from tables_sourcees(valeur, f"{chemin}.{cle}")
    elif isinstance(objet, tuple):
        for i, valeur in enumerate(objet):
            yield from tables_sourcees(valeur, f"{chemin}[{i}]")


def _doublons(valeurs: Iterable[str]) -> list[str]:
    return [v for v, n in Counter(valeurs).items() if n > 1]


def _sans_doublon(chemin: str, valeurs: Iterable[str]) -> Iterator[Ecart]:
    for valeur in _doublons(valeurs):
        yield chemin, f"«\u00a0{valeur}\u00a0» y est deux fois"


def _connus(chemin: str, valeurs: Iterable[str], connus: Iterable[str]) -> Iterator[Ecart]:
    possibles = list(connus)
    for valeur in valeurs:
        if valeur not in possibles:
            liste = ", ".join(possibles[:15]) + ("…" if len(possibles) > 15 else "")
            yield chemin, f"une valeur connue est attendue ({liste})\u00a0; trouvé\u00a0: «\u00a0{valeur}\u00a0»"
