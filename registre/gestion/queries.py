"""Ce que l’accueil du service compte, pour une académie."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Sum

from registre.inscription.models import Candidature
from registre.justificatifs.models import PieceJustificative

Cle = tuple[int, str]  # session, examen


@dataclass(frozen=True, kw_only=True)
class Comptes:
    """Nombres d’une session d’un examen. ``versions`` : tous les enregistrements, candidatures retirées comprises."""

    enregistrees: int = 0
    retirees: int = 0
    versions: int = 0


def comptes_par_session(academie: str) -> dict[Cle, Comptes]:
    """Les nombres par (session, examen), en une requête ; rien pour une session sans candidature."""
    lignes = (
        Candidature.objects.filter(academie=academie)
        .values("session", "examen", "etat")
        .annotate(nombre=Count("pk"), versions=Sum("derniere_version"))
    )
    etats: dict[Cle, Counter[str]] = {}
    for ligne in lignes:
        par_etat = etats.setdefault((ligne["session"], ligne["examen"]), Counter())
        par_etat[ligne["etat"]] += ligne["nombre"]
        par_etat["versions"] += ligne["versions"]
    return {
        cle: Comptes(
            enregistrees=par_etat[Candidature.Etat.ENREGISTREE],
            retirees=par_etat[Candidature.Etat.RETIREE],
            versions=par_etat["versions"],
        )
        for cle, par_etat in etats.items()
    }


def pieces_par_etat(academie: str) -> dict[str, int]:
    """Combien de pièces sont dans chaque état, pour les candidatures qui comptent ; zéro pour un état sans pièce."""
    lignes = (
        PieceJustificative.objects.filter(
            candidature__academie=academie, candidature__etat=Candidature.Etat.ENREGISTREE
        )
        .values("etat")
        .annotate(nombre=Count("pk"))
    )
    return dict.fromkeys(PieceJustificative.Etat.values, 0) | {ligne["etat"]: ligne["nombre"] for ligne in lignes}
