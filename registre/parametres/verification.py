"""Vérifier les spécialités d'un cadre : ce qui est connu, ce qui manque, ce qui se contredit (L-38).

Le chargeur refuse un fichier faux. Ici, les fichiers sont justes ; on dit ce que l'on peut en faire. Ce qui manque
est un avertissement : la spécialité se charge, et la moyenne attend. Une donnée qui en contredit une autre est une
erreur. Rien n'est complété ni corrigé.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from registre.parametres.chargeur import Cle, Probleme
from registre.regles.cadre import Cadre, Epreuve, Specialite, StructureNationale, Unite
from registre.regles.vocabulaire import Certitude

CERTITUDES_SURES = frozenset({Certitude.TEXTE_LU, Certitude.TEXTE_GENERAL, Certitude.NOTICE, Certitude.LECTURE})
"""Ce qui suffit pour délibérer ; le reste est à confirmer."""

_LU = re.compile(r"\d{4}/[^/]+/(?:(?:national|dispenses|specialites-fermees)|(?:specialites|academies)/[^/]+)\.toml")


class Gravite(StrEnum):
    ERREUR = "erreur"  # deux données se contredisent
    AVERTISSEMENT = "avertissement"  # il manque une donnée


@dataclass(frozen=True, slots=True)
class Constat:
    """Ce qui ne va pas. ``lieu`` nomme l'épreuve et l'unité ; il est vide si toute la spécialité est en cause."""

    code: str
    gravite: Gravite
    lieu: str
    message: str


@dataclass(frozen=True, slots=True)
class Somme:
    """Le coefficient d'une épreuve, et la somme de ses unités ; ``None`` : inconnu, ou unités incomplètes."""

    epreuve: str
    coefficient: Decimal | None
    unites: Decimal | None

    @property
    def juste(self) -> bool | None:
        """``None`` si la comparaison n'est pas possible."""
        return None if None in (self.coefficient, self.unites) else self.coefficient == self.unites


@dataclass(frozen=True, slots=True)
class EtatDeSpecialite:
    """Où en est une spécialité. Un booléen vaut ``None`` quand il manque de quoi répondre.

    ``generaux_justes`` : les coefficients généraux sont ceux du texte national (R62), qui ne vaut que pour les
    spécialités ouvertes.
    """

    slug: str
    libelle: str
    ouverte: bool
    ouverte_a_l_inscription: bool
    epreuves_connues: bool
    coefficients_connus: bool
    sommes: tuple[Somme, ...]
    generaux_justes: bool | None
    constats: tuple[Constat, ...]

    @property
    def sommes_justes(self) -> bool | None:
        return _tous(s.juste for s in self.sommes)

    @property
    def erreurs(self) -> tuple[Constat, ...]:
        return tuple(c for c in self.constats if c.gravite is Gravite.ERREUR)

    @property
    def avertissements(self) -> tuple[Constat, ...]:
        return tuple(c for c in self.constats if c.gravite is Gravite.AVERTISSEMENT)


@dataclass(frozen=True, slots=True)
class Bilan:
    """Les spécialités d'une session d'un examen, pour les académies qui ont les mêmes."""

    session: int
    examen: str
    academies: tuple[str, ...]
    specialites: tuple[EtatDeSpecialite, ...]

    @property
    def totaux(self) -> dict[str, int]:
        """Combien de spécialités, et combien de constats ; chaque clé se lit telle quelle."""
        ouvertes = [s for s in self.specialites if s.ouverte]
        return {
            "spécialités": len(self.specialites),
            "ouvertes à la session": len(ouvertes),
            "ouvertes à l’inscription": sum(s.ouverte_a_l_inscription for s in ouvertes),
            "ouvertes dont les épreuves sont connues": sum(s.epreuves_connues for s in ouvertes),
            "ouvertes dont les coefficients sont connus": sum(s.coefficients_connus for s in ouvertes),
            "ouvertes dont les sommes sont justes": sum(s.sommes_justes is True for s in ouvertes),
            "ouvertes dont les coefficients généraux sont justes": sum(s.generaux_justes is True for s in ouvertes),
            "avertissements": sum(len(s.avertissements) for s in self.specialites),
            "erreurs": sum(len(s.erreurs) for s in self.specialites),
        }


def bilans(cadres: Mapping[Cle, Cadre]) -> tuple[Bilan, ...]:
    """Un bilan par session et examen ; les académies dont toutes les spécialités ont le même état le partagent."""
    groupes: dict[tuple[int, str, tuple[EtatDeSpecialite, ...]], list[str]] = {}
    for cadre in cadres.values():
        groupes.setdefault((cadre.session, cadre.examen, verifier(cadre)), []).append(cadre.academie_libelle)
    return tuple(Bilan(session, examen, tuple(noms), etats) for (session, examen, etats), noms in groupes.items())


def verifier(cadre: Cadre) -> tuple[EtatDeSpecialite, ...]:
    """L'état de chaque spécialité du cadre, dans l'ordre de leurs noms de fichier."""
    return tuple(verifier_une_specialite(s, cadre.structure, cadre.session) for s in cadre.specialites.values())


def verifier_une_specialite(specialite: Specialite, structure: StructureNationale, session: int) -> EtatDeSpecialite:
    constats = (
        *_ouverture(specialite, session),
        *_epreuves(specialite, structure),
        *_coefficients(specialite),
        *(c for e in specialite.epreuves for c in _une_epreuve(specialite, structure, e)),
    )
    return EtatDeSpecialite(
        slug=specialite.slug,
        libelle=specialite.libelle,
        ouverte=specialite.ouverte,
        ouverte_a_l_inscription=specialite.ouverte_a_l_inscription,
        epreuves_connues=specialite.epreuves_connues,
        coefficients_connus=specialite.coefficients_connus,
        sommes=tuple(_somme(e) for e in specialite.epreuves),
        generaux_justes=_generaux_justes(specialite, structure),
        constats=constats,
    )


def fichiers_ignores(dossier: Path) -> tuple[Probleme, ...]:
    """Les fichiers TOML que le chargeur ne lit pas, mal nommés ou mal placés ; ou le dossier, s'il n'en lit aucun."""
    noms = sorted(f.relative_to(dossier).as_posix() for f in dossier.rglob("*.toml"))
    ignores = [n for n in noms if not _LU.fullmatch(n)]
    if len(ignores) == len(noms):
        attendu = "attendu, par exemple\u00a0: 2026/bac-pro/specialites/cuisine.toml"
        return (Probleme(str(dossier), "", f"aucun fichier de paramètres dans ce dossier ({attendu})"),)
    message = "ce fichier n’est pas lu\u00a0: ni son nom ni sa place ne sont ceux d’un fichier de paramètres"
    return tuple(Probleme(str(dossier / n), "", message) for n in ignores)


# --- La spécialité entière --------------------------------------------------------------------------


def _ouverture(s: Specialite, session: int) -> Iterator[Constat]:
    rattrapage = s.session_rattrapage == session
    presentable = rattrapage or (s.premiere_session or session) <= session <= (s.derniere_session or session)
    if s.ouverte and not presentable:
        yield _erreur("ouverte_hors_dates", f"ouverte est vrai, mais ses dates excluent la session {session}")
    if not s.ouverte and presentable:
        yield _manque("fermee_malgre_ses_dates", f"ouverte est faux, mais ses dates permettent la session {session}")
    if s.rattrapage_seul and not rattrapage:
        yield _erreur("rattrapage_sans_date", f"rattrapage_seul est vrai, mais session_rattrapage n’est pas {session}")


def _epreuves(s: Specialite, structure: StructureNationale) -> Iterator[Constat]:
    """Les épreuves attendues y sont, la LVB est tranchée, et ``epreuves_connues`` dit la même chose."""
    codes = [e.code for e in s.epreuves]
    absentes = [code for code in structure.epreuves if code not in codes]
    en_cause = _erreur if s.epreuves_connues else _manque
    if not s.epreuves_connues and not absentes and s.lvb is not None:
        yield _erreur("epreuves_connues_faux", "epreuves_connues est faux, mais les épreuves et la LVB sont connues")
    if s.ouverte or s.epreuves_connues:
        for code in absentes:
            yield en_cause("epreuve_absente", "épreuve absente du fichier", code)
        if s.lvb is None:
            yield en_cause("lvb_inconnue", "LVB inconnue\u00a0: écrire lvb et lvb_source pour ouvrir l’inscription")
    if s.ouverte:
        for code in codes:
            if code not in structure.epreuves:
                yield _erreur("epreuve_inattendue", "cette épreuve n’est pas dans la structure nationale", code)
    if s.lvb and any(u.matiere == "physique-chimie" and u.presence_certaine for u in s.unites):
        yield _erreur("lvb_et_physique_chimie", "lvb est vrai, mais une unité de physique-chimie est certaine (R123)")


def _coefficients(s: Specialite) -> Iterator[Constat]:
    """``coefficients_connus`` et les coefficients écrits disent la même chose (L-38)."""
    doutes = tuple(_raisons_de_douter(s))
    if s.coefficients_connus:
        if not s.epreuves_connues:
            yield _erreur("coefficients_sans_epreuves", "coefficients_connus est vrai, mais epreuves_connues est faux")
        for gravite, doute in doutes:
            constat = _erreur if gravite is Gravite.ERREUR else _manque
            yield constat("coefficients_douteux", f"coefficients_connus est vrai, mais {doute}")
    elif s.ouverte and s.epreuves and all(u.coefficient is not None for u in s.unites):
        if doutes:
            raisons = "\u00a0; ".join(doute for _, doute in doutes)
            message = f"coefficients écrits, à confirmer avant la délibération\u00a0: {raisons}"
            yield _manque("coefficients_a_confirmer", message)
        else:
            message = "coefficients_connus est faux, mais tous les coefficients sont écrits et sûrs"
            yield _erreur("coefficients_connus_faux", message)


def _raisons_de_douter(s: Specialite) -> Iterator[tuple[Gravite, str]]:
    """Pourquoi des coefficients écrits ne suffiraient pas, et si cela contredit ``coefficients_connus``."""
    incompletes = [e.code for e in s.epreuves if not e.unites_completes]
    incertaines = [u.code or u.cle for u in s.unites if not u.presence_certaine]
    faibles = [u.code or u.cle for u in s.unites if u.certitude not in CERTITUDES_SURES]
    sans_total = [e.code for e in s.epreuves if e.coefficient is None and e.unites_completes]
    if s.ouverte and s.reglement_a_jour == "non":
        yield Gravite.ERREUR, "le règlement lu est dépassé"
    if incompletes:
        yield Gravite.ERREUR, f"la liste des unités n’est pas complète ({', '.join(incompletes)})"
    if incertaines:
        yield Gravite.ERREUR, f"la présence d’unités n’est pas certaine ({', '.join(incertaines)})"
    if s.ouverte and faibles:
        yield Gravite.AVERTISSEMENT, f"des unités n’ont pas été lues dans le texte ({', '.join(faibles)})"
    if s.ouverte and sans_total:
        yield Gravite.AVERTISSEMENT, f"le coefficient de l’épreuve est inconnu ({', '.join(sans_total)})"


# --- Une épreuve, ses unités ------------------------------------------------------------------------


def _une_epreuve(s: Specialite, structure: StructureNationale, epreuve: Epreuve) -> Iterator[Constat]:
    somme = sum((u.coefficient for u in epreuve.unites if u.coefficient is not None), Decimal(0))
    entiere = _somme(epreuve)
    if entiere.juste is False:
        message = f"les unités font {_francais(somme)}, l’épreuve a le coefficient {_francais(entiere.coefficient)}"
        yield _erreur("somme_fausse", message, epreuve.code)
    elif entiere.unites is None and epreuve.coefficient is not None and somme > epreuve.coefficient:
        message = (
            f"les unités connues font déjà {_francais(somme)}, plus que l’épreuve ({_francais(epreuve.coefficient)})"
        )
        yield _erreur("somme_depassee", message, epreuve.code)
    if s.ouverte and not epreuve.unites_completes:
        yield _manque("unites_incompletes", "liste des unités à compléter", epreuve.code)
    for unite in epreuve.unites:
        yield from _une_unite(s, structure, unite, f"{epreuve.code}, {_nom(unite)}")


def _une_unite(s: Specialite, structure: StructureNationale, unite: Unite, lieu: str) -> Iterator[Constat]:
    if s.ouverte and not unite.presence_certaine and not s.coefficients_connus:
        yield _manque("presence_a_confirmer", "présence à confirmer", lieu)
    if s.ouverte and unite.nature is None:
        yield _manque("nature_inconnue", "générale ou professionnelle\u00a0? à compléter avant la délibération", lieu)
    if unite.coefficient is None:
        if s.ouverte:
            yield _manque("coefficient_inconnu", "coefficient à compléter avant la délibération", lieu)
        return
    if unite.coefficient <= 0:
        message = f"le coefficient {_francais(unite.coefficient)} n’est pas un nombre positif"
        yield _erreur("coefficient_negatif_ou_nul", message, lieu)
    permis = _permis(s, structure, unite)
    if permis == ():
        constat = _erreur if s.coefficients_connus else _manque
        yield constat("matiere_hors_structure", "matière absente de la structure nationale de la session", lieu)
    elif permis is not None and unite.coefficient not in permis:
        attendus = " ou ".join(map(_francais, permis))
        message = f"coefficient {_francais(unite.coefficient)}\u00a0; le texte national permet {attendus} (R62)"
        yield _erreur("coefficient_general_faux", message, lieu)


def _permis(s: Specialite, structure: StructureNationale, unite: Unite) -> tuple[Decimal, ...] | None:
    """Les coefficients que R62 permet à l'unité ; ``None`` si R62 ne la regarde pas."""
    if not s.ouverte or unite.matiere is None:
        return None
    return structure.coefficients_permis(s.slug, unite.matiere)


def _generaux_justes(s: Specialite, structure: StructureNationale) -> bool | None:
    permis = [(u.coefficient, p) for u in s.unites if (p := _permis(s, structure, u)) is not None]
    return _tous(None if coefficient is None else coefficient in p for coefficient, p in permis)


def _somme(epreuve: Epreuve) -> Somme:
    connus = [u.coefficient for u in epreuve.unites if u.coefficient is not None]
    entiere = epreuve.unites_completes and len(connus) == len(epreuve.unites)
    return Somme(epreuve.code, epreuve.coefficient, sum(connus, Decimal(0)) if entiere else None)


# --- Dire -------------------------------------------------------------------------------------------


def _tous(reponses: Iterable[bool | None]) -> bool | None:
    """Faux dès qu'une réponse est fausse, ``None`` s'il en manque une ou s'il n'y en a pas."""
    recues = tuple(reponses)
    if False in recues:
        return False
    return None if None in recues or not recues else True


def _erreur(code: str, message: str, lieu: str = "") -> Constat:
    return Constat(code, Gravite.ERREUR, lieu, message)


def _manque(code: str, message: str, lieu: str = "") -> Constat:
    return Constat(code, Gravite.AVERTISSEMENT, lieu, message)


def _nom(unite: Unite) -> str:
    return " ".join(x for x in (unite.code, unite.libelle) if x) or unite.cle


def _francais(nombre: Decimal | None) -> str:
    return str(nombre).replace(".", ",")
