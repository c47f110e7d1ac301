"""Ce qui relie un genre de cas à une règle : la situation qu'il lit, et ce que la règle en dit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from registre.cas.validation import CasMalEcrit
from registre.regles.cadre import Cadre, Specialite
from registre.regles.citation import Motif, codes


@dataclass(frozen=True)
class Observe:
    """Ce que la règle rend pour une situation.

    ``valeurs`` a toutes les clés que ``[cas.attendu]`` peut nommer, ``None`` quand il n'y a rien. ``motifs``
    sont les refus eux-mêmes, avec leurs messages.
    """

    valeurs: Mapping[str, Any]
    motifs: tuple[Motif, ...] = ()


Comparaison = Callable[[Any, Any], bool]


@dataclass(frozen=True, kw_only=True)
class Adaptateur:
    """Un genre de cas d'un chapitre.

    ``parametres`` : les tables du cadre que ces cas peuvent changer. ``comparaisons`` : les clés qui ne se comparent
    pas par égalité. ``sinon`` : ce qu'un cas attend quand il ne le dit pas.
    """

    chapitre: str
    situation: type
    observer: Callable[[Any, Cadre], Observe]
    genre: str = ""
    parametres: tuple[str, ...] = ()
    comparaisons: Mapping[str, Comparaison] = field(default_factory=dict)
    sinon: Mapping[str, Any] = field(default_factory=dict)


# --- Observer ---------------------------------------------------------------------------------------


def juge(motifs: Iterable[Motif], **autres: Any) -> Observe:
    """Une saisie acceptée, ou refusée avec ses motifs dans leur ordre."""
    motifs = tuple(motifs)
    return Observe({"motifs": codes(motifs), "acceptee": not motifs, **autres}, motifs)


def refus(motif: Motif | None, **autres: Any) -> Observe:
    """Un acte permis, ou refusé pour un seul motif."""
    return Observe({"motif": motif.code if motif else None, **autres}, (motif,) if motif else ())


def specialite(cadre: Cadre, slug: str) -> Specialite:
    """La spécialité que le cas nomme.

    :raises CasMalEcrit: si la session ne la connaît pas.
    """
    try:
        return cadre.specialites[slug]
    except KeyError:
        raise CasMalEcrit(("situation.specialite", f"la session ne connaît pas la spécialité {slug}")) from None


# --- Comparer ---------------------------------------------------------------------------------------


def memes_elements(attendu: Any, obtenu: Any) -> bool:
    """Les mêmes éléments, sans ordre."""
    return isinstance(attendu, list) and sorted(map(repr, attendu)) == sorted(map(repr, obtenu))


def partie(attendu: Any, obtenu: Any) -> bool:
    """Une table dont seules les clés attendues comptent."""
    return isinstance(attendu, dict) and {c: obtenu.get(c) for c in attendu} == attendu


def dit(attendu: Any, obtenu: Any) -> bool:
    """Chacun des mots attendus est dans un des messages."""
    return isinstance(attendu, list) and all(str(mots) in " ".join(obtenu) for mots in attendu)


def ne_dit_pas(attendu: Any, obtenu: Any) -> bool:
    """Aucun des mots n'est dans les messages."""
    return isinstance(attendu, list) and not any(str(mots) in " ".join(obtenu) for mots in attendu)
