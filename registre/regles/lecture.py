"""Lire ce qui a été tapé : dates, notes, années, codes postaux.

Ces lecteurs ne jugent que l'écriture. Chacun rend :class:`Lu` : la valeur lue, ou ``None`` et le code du motif ;
:func:`motif_de_lecture` en fait un motif adressé au candidat. Aucun texte ne leur fait lever d'exception.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from registre.regles.citation import Motif

T = TypeVar("T")


class Lu(NamedTuple, Generic[T]):
    """Une valeur lue, ou ``None`` et le code qui dit pourquoi."""

    valeur: T | None
    code: str | None = None


_MESSAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "date_manquante": (
        "Indiquez la date, par exemple 30/05/1998.",
        ("compte.champ.date-de-naissance",),
    ),
    "date_illisible": (
        "Écrivez le jour, le mois et l’année sur quatre chiffres, par exemple 30/05/1998.",
        ("compte.champ.date-de-naissance",),
    ),
    "date_inexistante": (
        "Cette date n’existe pas dans le calendrier. Vérifiez le jour et le mois.",
        ("compte.champ.date-de-naissance",),
    ),
    "note_manquante": ("Indiquez la note, par exemple 12,5.", ("L-59",)),
    "note_illisible": ("Écrivez la note en chiffres, par exemple 12,5.", ("L-59",)),
    "note_hors_bornes": ("Une note va de 0 à 20. Vérifiez votre relevé de notes.", ("L-59",)),
    "note_trop_precise": ("La note a trop de chiffres après la virgule. Recopiez celle du relevé.", ("L-59",)),
    "annee_manquante": ("Indiquez l’année, par exemple 2024.", ("L-63",)),
    "annee_illisible": ("Écrivez l’année sur quatre chiffres, par exemple 2024.", ("L-63",)),
    "code_postal_manquant": ("Indiquez le code postal de votre domicile.", ("L-62",)),
    "code_postal_illisible": ("Écrivez le code postal en cinq chiffres, par exemple 63000.", ("L-62",)),
}

MOTIFS = tuple(_MESSAGES)

_DATE = re.compile(r"([0-9]{1,2}) ?[/\-. ] ?([0-9]{1,2}) ?[/\-. ] ?([0-9]{4})")
_NOTE = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,20}))?")
_ANNEE = re.compile(r"[0-9]{4}")
_CODE_POSTAL = re.compile(r"[0-9]{5}")


def _sans_blancs_autour(texte: str) -> str:
    return re.sub(r"\s+", " ", texte).strip()


def lire_date(texte: str) -> Lu[date]:
    """Lit une date tapée jour, mois, année : « 30/05/1998 », aussi avec tirets, points ou espaces.

    Codes : ``date_manquante``, ``date_illisible``, ``date_inexistante``.
    """
    propre = _sans_blancs_autour(texte)
    if not propre:
        return Lu(None, "date_manquante")
    trouve = _DATE.fullmatch(propre)
    if trouve is None:
        return Lu(None, "date_illisible")
    jour, mois, annee = (int(partie) for partie in trouve.groups())
    try:
        return Lu(date(annee, mois, jour))
    except ValueError:
        return Lu(None, "date_inexistante")


def lire_note(texte: str, decimales: int) -> Lu[Decimal]:
    """Lit une note de 0 à 20, à virgule ou à point, ``decimales`` chiffres au plus après la virgule (L-59).

    Codes : ``note_manquante``, ``note_illisible``, ``note_hors_bornes``, ``note_trop_precise``.
    """
    propre = _sans_blancs_autour(texte)
    if not propre:
        return Lu(None, "note_manquante")
    trouve = _NOTE.fullmatch(propre)
    if trouve is None:
        return Lu(None, "note_illisible")
    entier, fraction = trouve.group(1), trouve.group(2) or ""
    note = Decimal(f"{entier}.{fraction}")
    if note > 20:
        return Lu(None, "note_hors_bornes")
    if len(fraction) > decimales:
        return Lu(None, "note_trop_precise")
    return Lu(note)


def lire_annee(texte: str) -> Lu[int]:
    """Lit une année sur quatre chiffres. Codes : ``annee_manquante``, ``annee_illisible``."""
    propre = _sans_blancs_autour(texte)
    if not propre:
        return Lu(None, "annee_manquante")
    if _ANNEE.fullmatch(propre) is None:
        return Lu(None, "annee_illisible")
    return Lu(int(propre))


def lire_code_postal(texte: str) -> Lu[str]:
    """Lit un code postal français, les espaces mis à part : « 63 000 » vaut « 63000 ».

    Codes : ``code_postal_manquant``, ``code_postal_illisible``.
    """
    propre = _sans_blancs_autour(texte).replace(" ", "")
    if not propre:
        return Lu(None, "code_postal_manquant")
    if _CODE_POSTAL.fullmatch(propre) is None:
        return Lu(None, "code_postal_illisible")
    return Lu(propre)


def motif_de_lecture(code: str, champ: str) -> Motif:
    """Le motif d'une lecture refusée.

    :raises KeyError: si ``code`` n'est pas un code de lecture.
    """
    message, sources = _MESSAGES[code]
    return Motif(code, champ, message, sources)
