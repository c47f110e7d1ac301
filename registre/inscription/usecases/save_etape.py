"""Garder une étape telle qu’elle vient d’être tapée, valide ou non."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription import brouillons
from registre.inscription.handicap import garder_reponse
from registre.inscription.models import Brouillon
from registre.regles.cadre import Cadre
from registre.regles.etapes import champ_de_l_etape, etape_accessible, premiere_etape_incomplete


class SaisieConcurrente(Exception):
    """L’étape a été enregistrée ailleurs depuis que cette page a été ouverte (F27)."""

    def __init__(self, brouillon: Brouillon, proposee: dict[str, Any]) -> None:
        super().__init__("saisie concurrente")
        self.brouillon = brouillon
        self.proposee = proposee


class EtapeFermee(Exception):
    """L’étape n’a jamais été abordée et celles d’avant ne sont pas remplies (``etapes.ordre``)."""

    def __init__(self, a_remplir: str) -> None:
        super().__init__(a_remplir)
        self.a_remplir = a_remplir


@dataclass(frozen=True)
class Sauvegarde:
    brouillon: Brouillon
    avant: dict[str, Any]  # the draft as it was, to tell what this change reopens


def save_etape(
    compte: Compte,
    cadre: Cadre,
    etape: str,
    saisie: Mapping[str, Any],
    *,
    le: datetime,
    revision: int | None,
    quittee: bool,
    handicap: str = "",
) -> Sauvegarde:
    """Écrit la saisie d’une étape dans le brouillon. Un brouillon n’est pas un acte : il n’a pas de ligne au journal.

    ``revision`` : celle que la page montrait, ``None`` pour ne pas comparer. ``handicap`` va dans sa table.

    :raises EtapeFermee: si l’étape ne s’ouvre pas encore ; une étape déjà abordée se garde toujours.
    :raises SaisieConcurrente: si l’étape a changé depuis et que les valeurs diffèrent ; rien n’est écrit.
    """
    propre = {champ: valeur for champ, valeur in saisie.items() if champ_de_l_etape(etape, champ)}
    with transaction.atomic():
        brouillon = brouillons.verrouiller(compte, cadre, le)
        if etape not in brouillon.saisies:
            examen = brouillons.examen(brouillon, compte, cadre, le)
            if not etape_accessible(examen, etape):
                raise EtapeFermee(premiere_etape_incomplete(examen) or etape)
        courante = brouillon.revisions.get(etape, 0)
        ancienne = brouillon.saisies.get(etape, {})
        if revision is not None and revision != courante and ancienne != propre:
            raise SaisieConcurrente(brouillon, propre)
        avant = brouillon.saisies

        brouillon.saisies = {**brouillon.saisies, etape: propre}
        if ancienne != propre or etape not in avant:
            brouillon.revisions = {**brouillon.revisions, etape: courante + 1}
        if quittee and etape not in brouillon.quittees:
            brouillon.quittees = [*brouillon.quittees, etape]
        if handicap in ("oui", "non"):
            garder_reponse(compte, cadre, handicap, le)
            brouillon.handicap_repondu = True
        brouillon.modifie_le = le
        brouillon.save(update_fields=["saisies", "revisions", "quittees", "handicap_repondu", "modifie_le"])
    return Sauvegarde(brouillon, avant)
