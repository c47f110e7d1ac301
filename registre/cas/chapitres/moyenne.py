"""Chapitre ``moyenne`` : moyenne exacte, accès au contrôle, second groupe, mention, décision."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from registre.cas.adaptateur import Adaptateur, Observe
from registre.regles.cadre import Cadre
from registre.regles.citation import codes
from registre.regles.jury import Bareme, Deliberation, PointsDuJury, deliberation
from registre.regles.moyenne import Moyenne, moyenne_professionnelle
from registre.regles.notes import LigneDeNotes, NoteFacultative, OralDeControle, Releve


@dataclass(frozen=True, kw_only=True)
class Situation:
    """``specialite`` nomme la situation : les coefficients sont dans les lignes.

    ``points_du_jury`` : sa décision au groupe que le cas juge en dernier ; ``points_avant_controle`` : celle du
    premier groupe, quand le cas a des oraux.
    """

    specialite: str
    lignes: tuple[LigneDeNotes, ...]
    lvf: NoteFacultative | None = None
    controle: tuple[OralDeControle, ...] = ()
    points_du_jury: Decimal | None = None
    points_avant_controle: Decimal | None = None

    def deliberation(self, bareme: Bareme) -> Deliberation:
        """Ce que le jury décide de cette situation."""
        points, avant = (
            None if x is None else PointsDuJury(points=x) for x in (self.points_du_jury, self.points_avant_controle)
        )
        return deliberation(
            Releve(lignes=self.lignes, lvf=self.lvf),
            bareme,
            self.controle,
            points_premier_groupe=avant if self.controle else points,
            points_second_groupe=points if self.controle else None,
        )


def observer(s: Situation, cadre: Cadre) -> Observe:
    releve = Releve(lignes=s.lignes, lvf=s.lvf)
    bareme = Bareme.du_cadre(cadre)
    rendue = s.deliberation(bareme)
    decimales = cadre.moyenne.decimales
    motifs = rendue.obstacles + (rendue.acces.motifs if rendue.acces else ())
    return Observe(
        {
            "points": rendue.moyenne and rendue.moyenne.points,
            "coefficients": rendue.moyenne and rendue.moyenne.coefficients,
            **_figures("moyenne", rendue.moyenne, decimales),
            **_figures("moyenne_professionnelle", moyenne_professionnelle(releve), decimales),
            **_resultat(rendue),
            "points_second_groupe": rendue.moyenne_second_groupe and rendue.moyenne_second_groupe.points,
            **_figures("moyenne_second_groupe", rendue.moyenne_second_groupe, decimales),
            "obstacles": codes(rendue.obstacles),
            "motifs_controle": codes(rendue.acces.motifs) if rendue.acces else [],
        },
        motifs,
    )


def _figures(cle: str, moyenne: Moyenne | None, decimales: int) -> dict[str, str | None]:
    if moyenne is None:
        return {cle: None, f"{cle}_affichee": None}
    valeur = moyenne.valeur
    return {cle: f"{valeur.numerator}/{valeur.denominator}", f"{cle}_affichee": moyenne.affichee(decimales)}


def _resultat(rendue: Deliberation) -> dict[str, Any]:
    return {
        "choix_controle": rendue.choix_controle,
        "decision": rendue.decision or "",
        "decision_premier_groupe": rendue.premier_groupe or rendue.decision or "",
        "mention": rendue.mention,
    }


def meme_nombre(attendu: Any, obtenu: Any) -> bool:
    """La même valeur exacte, quelle que soit l'écriture : « 25 » et « 25.0 »."""
    if not isinstance(attendu, str) or obtenu is None:
        return bool(attendu == obtenu)
    try:
        return Fraction(Decimal(attendu)) == Fraction(obtenu)
    except (InvalidOperation, ValueError, OverflowError):
        return False


_NOMBRES = ("points", "coefficients", "points_second_groupe")

ADAPTATEURS = (
    Adaptateur(
        chapitre="moyenne",
        situation=Situation,
        observer=observer,
        parametres=("jury", "moyenne", "eps"),
        comparaisons=dict.fromkeys(_NOMBRES, meme_nombre),
    ),
)
