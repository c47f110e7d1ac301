"""Chercher une personne : les mots d’un nom, et ce que le service tape pour la retrouver.

Un nom se cherche sans accent, sans particule, sans trait d’union ni apostrophe, par le début de chacun de ses mots.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registre.regles.citation import applique
from registre.regles.lecture import lire_date

LONGUEUR_D_UN_MOT = 60  # characters kept of a word; two people who differ only after it are both found
NOMBRE_DE_MOTS = 8  # words read in a search
PARTICULES = frozenset({"d", "de", "del", "des", "di", "du", "el", "l", "la", "le", "les", "van", "von"})

# Letters that no decomposition takes apart.
_LETTRES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ʻ": ""})
_ISO = re.compile(r"\b([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\b")
_COMPACTE = re.compile(r"\b([0-9]{2})([0-9]{2})([0-9]{4})\b(?!-?[0-9])")
_EN_LETTRES = re.compile(r"\b([0-9]{1,2})(?:er)? ([^\W\d_]{3,9})\.? ([0-9]{4})\b(?!-?[0-9])", re.IGNORECASE)
_MOIS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_JOUR = re.compile(r"\b[0-9]{1,2} ?[/\-. ] ?[0-9]{1,2} ?[/\-. ] ?[0-9]{4}\b(?!-?[0-9])")


@dataclass(frozen=True, slots=True)
class Numero:
    """Un numéro lu. ``controle`` vide : le caractère de contrôle n’a pas été tapé."""

    session: int | None
    sequence: int
    controle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recherche:
    """Ce qui a été reconnu. Tout doit convenir à la fois.

    ``mots`` : pour chaque mot tapé, les débuts qui conviennent (« goff » ou « legoff » pour « Le Goff »).
    ``date_impossible`` : une date a été tapée, qui n’est pas au calendrier.
    """

    inscription: Numero | None = None
    candidat: Numero | None = None
    naissance: date | None = None
    mots: tuple[tuple[str, ...], ...] = ()
    date_impossible: bool = False

    @property
    def vide(self) -> bool:
        return not (self.inscription or self.candidat or self.naissance or self.mots)


def morceaux(texte: str) -> list[str]:
    """Les mots d’un nom, en lettres sans accent et chiffres : « D’Aubigné-Roux » donne d, aubigne, roux."""
    decompose = unicodedata.normalize("NFKD", texte.casefold().translate(_LETTRES))
    nu = "".join(c for c in decompose if unicodedata.category(c) != "Mn").translate(_LETTRES)
    return re.findall(r"[^\W_]+", nu)


@applique("compte.champ.nom-de-famille", "compte.champ.nom-usage", "compte.champ.prenoms")
def mots_cherches(*noms: str) -> tuple[str, ...]:
    """Ce que la recherche connaît d’une personne : la suite des mots de chaque nom, à partir de chacun d’eux.

    « Le Goff » donne « goff » et « legoff » : le début de l’un ou de l’autre le trouve, écrit d’un mot ou de deux.
    """
    suites = {"".join(mots[rang:])[:LONGUEUR_D_UN_MOT] for mots in map(morceaux, noms) for rang in range(len(mots))}
    return tuple(sorted(suites))


def lire_recherche(texte: str, *, inscription: Iterable[str], candidat: Iterable[str]) -> Recherche:
    """Reconnaît dans ``texte`` un numéro, une date de naissance et des mots, dans n’importe quel ordre.

    ``inscription`` et ``candidat`` : les gabarits de numéros des sessions (« {session}-{sequence:06d} »).
    """
    reste = " ".join(unicodedata.normalize("NFKC", texte).split())
    d_inscription, reste = _numero(reste, inscription)
    de_candidat, reste = _numero(reste, candidat)
    naissance, impossible, reste = _date(reste)
    return Recherche(
        inscription=d_inscription,
        candidat=de_candidat,
        naissance=naissance,
        mots=_mots(reste),
        date_impossible=impossible,
    )


def _numero(texte: str, gabarits: Iterable[str]) -> tuple[Numero | None, str]:
    for gabarit in dict.fromkeys(gabarits):
        if trouve := _patron(gabarit).search(texte):
            lu = trouve.groupdict()
            session = int(lu["session"]) if lu.get("session") else None
            numero = Numero(session, int(lu["sequence"]), (lu["controle"] or "").upper())
            return numero, f"{texte[: trouve.start()]} {texte[trouve.end() :]}"
    return None, texte


def _patron(gabarit: str) -> re.Pattern[str]:
    """L’expression d’un gabarit : tirets et blancs facultatifs, casse libre, caractère de contrôle facultatif."""
    expression = ""
    for partie in re.split(r"(\{[^}]*\}|-)", gabarit):
        if partie.startswith("{session"):
            expression += "(?P<session>[0-9]{4})"
        elif partie.startswith("{sequence"):
            # Six digits filled with zeros, or more without: « 20260002503 » is number 250 and its check character.
            expression += "(?P<sequence>[0-9]{6}|[1-9][0-9]{6,8}?)"
        elif partie == "-":
            expression += "[- ]?"
        else:
            expression += re.escape(partie)
    # A character stuck to the digits is the check character only when no other one stands apart after it.
    controle = r"[- ]?(?P<controle>[0-9a-z])\b(?:(?<=[- ].)|(?![- ][0-9a-z]\b))"
    return re.compile(rf"\b{expression}(?:{controle}|\b)", re.IGNORECASE)


def _date(texte: str) -> tuple[date | None, bool, str]:
    trouve, ecrite = _date_ecrite(texte)
    if trouve is None:
        return None, False, texte
    lue = lire_date(ecrite).valeur
    return lue, lue is None, f"{texte[: trouve.start()]} {texte[trouve.end() :]}"


def _date_ecrite(texte: str) -> tuple[re.Match[str] | None, str]:
    """L’endroit d’une date, et cette date écrite jour, mois, année : « 21111990 », « 21 novembre 1990 »…"""
    if trouve := _ISO.search(texte):
        return trouve, "/".join(reversed(trouve.groups()))
    if trouve := _JOUR.search(texte):
        return trouve, trouve[0]
    for trouve in _EN_LETTRES.finditer(texte):
        if mois := _mois(trouve[2]):
            return trouve, f"{trouve[1]}/{mois}/{trouve[3]}"
    if trouve := _COMPACTE.search(texte):
        return trouve, "/".join(trouve.groups())
    return None, ""


def _mois(mot: str) -> int | None:
    """Le rang d’un mois, entier ou abrégé sans équivoque : « nov » est novembre, « jui » n’est pas un mois."""
    debut = "".join(morceaux(mot))
    rangs = [rang for rang, mois in enumerate(_MOIS, start=1) if mois.startswith(debut)]
    return rangs[0] if len(rangs) == 1 else None


def _mots(texte: str) -> tuple[tuple[str, ...], ...]:
    """Les particules ne comptent pas, sauf collées au mot qui les suit ; seules, elles sont un nom comme un autre."""
    mots: list[tuple[str, ...]] = []
    particules = ""
    for mot in morceaux(texte):
        if mot in PARTICULES:
            particules += mot
            continue
        debuts = dict.fromkeys((mot, particules + mot))
        mots.append(tuple(debut[:LONGUEUR_D_UN_MOT] for debut in debuts))
        particules = ""
    if not mots and particules:
        mots.append((particules[:LONGUEUR_D_UN_MOT],))
    return tuple(mots[:NOMBRE_DE_MOTS])
