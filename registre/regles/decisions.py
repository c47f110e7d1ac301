"""Ce que rend l'examen d'une demande d'acquis : une décision, et l'acquis qu'elle donne.

Une :class:`Dispense` retire l'unité du calcul ; un :class:`BeneficeDeNote` y fait entrer la note gardée
avec son coefficient. Ce sont deux types, jamais un seul avec un drapeau (L-25).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from registre.regles.cadre import Cadre, Correspondance, Dispenses, ParametresAcquis, Specialite, Unite
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Nature, Resultat, Statut

LANGUES_VIVANTES = frozenset({"langue-vivante-a", "langue-vivante-b"})


@dataclass(frozen=True, kw_only=True)
class Dispense:
    """L'unité n'est pas passée et son coefficient est neutralisé (R59).

    ``unite`` est la clé de l'unité présentée, ou les mots du candidat si nous ne connaissons pas l'unité.
    ``derniere_session`` vaut ``None`` quand la dispense est sans terme.
    """

    nature: ClassVar[Nature] = Nature.DISPENSE
    unite: str
    titre: MotifAcquis
    derniere_session: int | None = None


@dataclass(frozen=True, kw_only=True)
class BeneficeDeNote:
    """L'unité n'est pas repassée : la note, de 0 à 20, entre avec son coefficient (R60).

    ``session`` est celle de la note ; ``langue``, celle d'une langue vivante gardée (L-46).
    """

    nature: ClassVar[Nature] = Nature.BENEFICE
    unite: str
    note: Decimal
    session: int
    derniere_session: int
    langue: str | None = None


Acquis = Dispense | BeneficeDeNote


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Le sort d'une demande.

    ``acquis`` est ce qui est accordé, ou ce qui le sera si le service instruit favorablement ; il vaut
    ``None`` pour un refus. ``motif`` est vide quand la demande est accordée. ``champ`` est le champ de la
    ligne en cause. ``pieces`` sont les clés des pièces que la demande fait naître, vides pour un refus.
    """

    statut: Statut
    acquis: Acquis | None = None
    motif: str = ""
    champ: str = ""
    message: str = ""
    sources: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()

    @property
    def nature(self) -> Nature | None:
        return self.acquis.nature if self.acquis else None

    @property
    def unite(self) -> str | None:
        return self.acquis.unite if self.acquis else None

    @property
    def derniere_session(self) -> int | None:
        return self.acquis.derniere_session if self.acquis else None


@dataclass(frozen=True, kw_only=True)
class InscriptionIntermediaire:
    """Une inscription faite depuis l'obtention, et si l'acquis y a été demandé (L-54)."""

    session: int
    demande: bool


@dataclass(frozen=True, kw_only=True)
class NoteAnterieure:
    """Une ligne d'un relevé de notes antérieur.

    ``unite`` est le code ou la clé de l'unité dans ``specialite`` (slug), ou les mots du candidat si
    ``libre``. ``matiere`` identifie une unité générale. ``note`` vaut ``None`` quand la ligne porte une
    absence ou une dispense.
    """

    specialite: str
    session: int
    resultat: Resultat
    unite: str
    matiere: str | None = None
    note: Decimal | None = None
    libre: bool = False
    langue: str | None = None
    forme_de_passage: FormeDePassage | None = None
    inscriptions_intermediaires: tuple[InscriptionIntermediaire, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReglementDesAcquis:
    """Tout ce que les règles des acquis lisent : la session, la spécialité présentée, les paramètres.

    ``specialites`` (par slug, ouvertes ou fermées) sert à lire une unité d'un ancien règlement.
    """

    session: int
    specialite: Specialite
    acquis: ParametresAcquis
    dispenses: Dispenses
    correspondances: tuple[Correspondance, ...]
    specialites: Mapping[str, Specialite] = field(default_factory=dict)
    report_sous_10: bool = False

    @classmethod
    def du_cadre(cls, cadre: Cadre, specialite: Specialite) -> ReglementDesAcquis:
        return cls(
            session=cadre.session,
            specialite=specialite,
            acquis=cadre.acquis,
            dispenses=cadre.dispenses,
            correspondances=cadre.correspondances,
            specialites=cadre.specialites,
            report_sous_10=cadre.forme_de_passage.progressive_report_sous_10,
        )

    def pieces_de(self, titre: MotifAcquis) -> tuple[str, ...]:
        """Les pièces d'une possibilité ; un titre professionnel relève des dispenses par diplôme (L-15)."""
        code = MotifAcquis.DIPLOME if titre is MotifAcquis.PROFESSIONNELLE else titre
        return tuple(
            p for possibilite in self.acquis.possibilites if possibilite.code == code.value for p in possibilite.pieces
        )


def unite_designee(designation: str, specialite: Specialite) -> Unite | None:
    """L'unité que désigne une clé, un code, une sous-épreuve ou les mots de la notice ; ``None`` si on ne sait pas.

    La notice mêle trois niveaux (L-26) : « E4 » est l'unique unité de son épreuve, « E1-A » la première de E1.
    """
    for unite in specialite.unites:
        if designation and designation in (unite.cle, unite.code, unite.sous_epreuve):
            return unite
    epreuve, _, lettre = designation.partition("-")
    unites = next((e.unites for e in specialite.epreuves if e.code == epreuve), ())
    if lettre:
        rang = "ABCDEF".find(lettre) if len(lettre) == 1 else -1
        return unites[rang] if 0 <= rang < len(unites) else None
    return unites[0] if len(unites) == 1 else None


def unites_toutes_connues(specialite: Specialite) -> bool:
    """Faux quand nos données ne donnent pas toutes les unités : une unité absente n'est alors pas un refus (L-61)."""
    return bool(specialite.epreuves) and all(epreuve.unites_completes for epreuve in specialite.epreuves)
