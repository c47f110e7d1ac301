"""Langues vivantes : LVA et LVB de l'épreuve E4, langue facultative (LVF).

Une langue compte dans les comparaisons quand elle est présentée ou que sa note est gardée. Une langue dispensée
ou non présentée à cette session ne limite ni les autres langues ni la LVF (L-46).
"""

from __future__ import annotations

from dataclasses import dataclass

from registre.regles.cadre import Choix, Langues
from registre.regles.citation import Motif, applique
from registre.regles.vocabulaire import EtatUnite

MOTIFS = (
    "specialite_non_ouverte",
    "lva_manquante",
    "lva_hors_liste",
    "lvb_manquante",
    "lvb_hors_liste",
    "lva_et_lvb_identiques",
    "lvb_sans_objet",
    "lvf_hors_liste",
    "lvf_egale_lva",
    "lvf_egale_lvb",
)

_AVEC_LANGUE = frozenset({EtatUnite.INSCRIT, EtatUnite.NOTE_GARDEE})


@dataclass(frozen=True, slots=True)
class ChoixDeLangue:
    """Une langue à l'onglet 5. ``langue`` : code choisi, ou langue de la note gardée ; ``None`` si rien n'est dit."""

    etat: EtatUnite
    langue: str | None = None


def _langue(choix: ChoixDeLangue | None) -> str | None:
    """La langue qui compte dans les comparaisons (L-46), ``None`` s'il n'y en a pas."""
    return choix.langue or None if choix is not None and choix.etat in _AVEC_LANGUE else None


def _manque(choix: ChoixDeLangue | None) -> bool:
    return choix is None or (choix.etat in _AVEC_LANGUE and not choix.langue)


def _hors_liste(choix: ChoixDeLangue | None, permises: tuple[str, ...]) -> bool:
    """Seule une langue présentée est jugée sur la liste de l'académie : une note gardée garde la sienne (L-46)."""
    if choix is None or choix.etat != EtatUnite.INSCRIT or not choix.langue:
        return False
    return choix.langue not in permises


def _codes(liste: tuple[Choix, ...]) -> tuple[str, ...]:
    return tuple(choix.code for choix in liste)


def _noms(liste: tuple[Choix, ...]) -> str:
    return ", ".join(choix.libelle for choix in liste)


@applique("L-35", "L-38")
def lvb_etablie(specialite_lvb: bool | None) -> list[Motif]:
    """Une spécialité dont on ne sait pas si la LVB y est obligatoire n'est pas ouverte à l'inscription."""
    if specialite_lvb is not None:
        return []
    message = "Cette spécialité n’est pas ouverte à l’inscription. Écrivez au service gestionnaire."
    return [Motif("specialite_non_ouverte", "", message, ("L-35", "L-38"))]


@applique("epreuves.langues.lva", "L-46")
def lva_choisie(lva: ChoixDeLangue | None) -> list[Motif]:
    """Toutes les spécialités ont une langue vivante A."""
    if not _manque(lva):
        return []
    message = "Choisissez votre langue vivante A. Si vous gardez une note, indiquez la langue de cette note."
    return [Motif("lva_manquante", "lva", message, ("epreuves.langues.lva",))]


@applique("epreuves.langues.offre", "L-36", "L-46")
def lva_dans_l_offre(lva: ChoixDeLangue | None, langues: Langues, lva_imposee: str | None) -> list[Motif]:
    """La LVA présentée est une langue obligatoire de l'académie, ou celle que la spécialité impose."""
    permises = tuple(c for c in langues.obligatoires if lva_imposee in (None, c.code))
    if not _hors_liste(lva, _codes(permises)):
        return []
    message = f"Choisissez votre langue vivante A parmi\u00a0: {_noms(permises)}."
    return [Motif("lva_hors_liste", "lva", message, ("epreuves.langues.offre", "L-36"))]


@applique("epreuves.langues.lvb", "L-46")
def lvb_choisie(lvb: ChoixDeLangue | None, specialite_lvb: bool) -> list[Motif]:
    """Une spécialité à deux langues obligatoires demande une langue vivante B."""
    if not specialite_lvb or not _manque(lvb):
        return []
    message = "Choisissez votre langue vivante B. Si vous gardez une note, indiquez la langue de cette note."
    return [Motif("lvb_manquante", "lvb", message, ("epreuves.langues.lvb",))]


@applique("epreuves.langues.offre", "L-46")
def lvb_dans_l_offre(lvb: ChoixDeLangue | None, specialite_lvb: bool, langues: Langues) -> list[Motif]:
    """La LVB présentée est une langue obligatoire de l'académie."""
    if not specialite_lvb or not _hors_liste(lvb, _codes(langues.obligatoires)):
        return []
    message = f"Choisissez votre langue vivante B parmi\u00a0: {_noms(langues.obligatoires)}."
    return [Motif("lvb_hors_liste", "lvb", message, ("epreuves.langues.offre",))]


@applique("epreuves.langues.lva-lvb-differentes", "L-27", "L-46")
def lva_et_lvb_differentes(lva: ChoixDeLangue | None, lvb: ChoixDeLangue | None, specialite_lvb: bool) -> list[Motif]:
    """La LVA et la LVB sont deux langues différentes."""
    if not specialite_lvb or _langue(lva) is None or _langue(lva) != _langue(lvb):
        return []
    message = "La langue vivante B doit être différente de la langue vivante A. Changez l’une des deux."
    return [Motif("lva_et_lvb_identiques", "lvb", message, ("epreuves.langues.lva-lvb-differentes",))]


@applique("epreuves.langues.lvb", "epreuves.langues.lvb-exceptions", "L-35")
def lvb_seulement_si_obligatoire(lvb: ChoixDeLangue | None, specialite_lvb: bool) -> list[Motif]:
    """Une spécialité à une seule langue obligatoire n'a pas de LVB."""
    if specialite_lvb or lvb is None:
        return []
    message = "Cette spécialité n’a pas de langue vivante B. Retirez la langue vivante B."
    sources = ("epreuves.langues.lvb", "epreuves.langues.lvb-exceptions", "L-35")
    return [Motif("lvb_sans_objet", "lvb", message, sources)]


@applique("epreuves.facultatives.lvf", "epreuves.facultatives.offre")
def lvf_dans_l_offre(lvf: ChoixDeLangue | None, langues: Langues) -> list[Motif]:
    """La langue facultative présentée est une langue facultative de l'académie."""
    if not _hors_liste(lvf, _codes(langues.facultatives)):
        return []
    message = f"Choisissez votre langue facultative parmi\u00a0: {_noms(langues.facultatives)}."
    return [Motif("lvf_hors_liste", "lvf", message, ("epreuves.facultatives.offre",))]


@applique("epreuves.facultatives.lvf-industriel", "epreuves.facultatives.lvf-tertiaire", "L-27", "L-28", "L-46")
def lvf_differente_de_lva(lvf: ChoixDeLangue | None, lva: ChoixDeLangue | None, langues: Langues) -> list[Motif]:
    """La langue facultative diffère de la LVA."""
    if "lva" not in langues.lvf_differente_de or _langue(lvf) is None or _langue(lvf) != _langue(lva):
        return []
    message = "La langue facultative doit être différente de la langue vivante A. Choisissez-en une autre."
    sources = ("epreuves.facultatives.lvf-industriel", "epreuves.facultatives.lvf-tertiaire", "L-27", "L-28")
    return [Motif("lvf_egale_lva", "lvf", message, sources)]


@applique("epreuves.facultatives.lvf-tertiaire", "L-27", "L-28", "L-46")
def lvf_differente_de_lvb(
    lvf: ChoixDeLangue | None, lvb: ChoixDeLangue | None, specialite_lvb: bool, langues: Langues
) -> list[Motif]:
    """La langue facultative diffère de la LVB, quand la spécialité en a une."""
    concernee = specialite_lvb and "lvb" in langues.lvf_differente_de
    if not concernee or _langue(lvf) is None or _langue(lvf) != _langue(lvb):
        return []
    message = "La langue facultative doit être différente de la langue vivante B. Choisissez-en une autre."
    return [Motif("lvf_egale_lvb", "lvf", message, ("epreuves.facultatives.lvf-tertiaire", "L-27"))]


def motifs_langues(
    lva: ChoixDeLangue | None,
    lvb: ChoixDeLangue | None,
    lvf: ChoixDeLangue | None,
    specialite_lvb: bool | None,
    langues: Langues,
    lva_imposee: str | None = None,
) -> list[Motif]:
    """Tous les motifs des trois langues, dans l'ordre de ``MOTIFS``. Champs : ``lva``, ``lvb``, ``lvf``."""
    inconnue = lvb_etablie(specialite_lvb)
    if specialite_lvb is None:
        return inconnue
    return [
        *lva_choisie(lva),
        *lva_dans_l_offre(lva, langues, lva_imposee),
        *lvb_choisie(lvb, specialite_lvb),
        *lvb_dans_l_offre(lvb, specialite_lvb, langues),
        *lva_et_lvb_differentes(lva, lvb, specialite_lvb),
        *lvb_seulement_si_obligatoire(lvb, specialite_lvb),
        *lvf_dans_l_offre(lvf, langues),
        *lvf_differente_de_lva(lvf, lva, langues),
        *lvf_differente_de_lvb(lvf, lvb, specialite_lvb, langues),
    ]
