"""Lire un brouillon, et en faire ce que les règles examinent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from registre.commun.pays import nom_du_pays
from registre.comptes.models import Compte
from registre.inscription import releves
from registre.inscription.instruction import decisions_du_service
from registre.inscription.models import Brouillon
from registre.regles.acquis import DecisionDuService
from registre.regles.cadre import Cadre
from registre.regles.etapes import Contexte, Examen, Saisies, examiner
from registre.regles.recapitulatif import Identite
from registre.regles.releves import RIEN, Connu
from registre.regles.saisie import valeurs
from registre.regles.vocabulaire import FormeDePassage


def lire(compte: Compte, cadre: Cadre, le: datetime) -> Brouillon:
    """Le brouillon ; un brouillon neuf, non écrit, s’il n’y en a pas. Sa candidature se lit quand on la demande."""
    return next(iter(_du_cadre(compte, cadre)), None) or _neuf(compte, cadre, le)


def verrouiller(compte: Compte, cadre: Cadre, le: datetime) -> Brouillon:
    """Le brouillon, verrouillé jusqu’à la fin de la transaction ; créé s’il n’existe pas."""
    trouve = next(iter(_du_cadre(compte, cadre).select_for_update()), None)
    if trouve is None:
        Brouillon.objects.bulk_create([_neuf(compte, cadre, le)], ignore_conflicts=True)  # two tabs may race here
        trouve = _du_cadre(compte, cadre).select_for_update().get()
    return trouve


def _du_cadre(compte: Compte, cadre: Cadre) -> QuerySet[Brouillon]:
    return Brouillon.objects.filter(compte=compte, academie=cadre.academie, session=cadre.session, examen=cadre.examen)


def _neuf(compte: Compte, cadre: Cadre, le: datetime) -> Brouillon:
    return Brouillon(compte=compte, academie=cadre.academie, session=cadre.session, examen=cadre.examen, modifie_le=le)


def examen(brouillon: Brouillon, compte: Compte, cadre: Cadre, le: datetime, saisies: Saisies | None = None) -> Examen:
    """Tout ce que les règles disent du brouillon. Les sessions d’avant se lisent s’il y a un acquis."""
    saisies = brouillon.saisies if saisies is None else saisies
    demandes = set(valeurs(saisies.get("acquis", {}), "possibilites")) - {"aucun"}
    connu = releves.connu(compte, cadre) if demandes else RIEN
    return examiner(saisies, contexte(brouillon, compte, cadre, le, connu=connu))


def avec_les_decisions(brouillon: Brouillon, examen: Examen) -> Examen:
    """Le brouillon avec ce que le service a décidé : pour en montrer l’effet, jamais pour enregistrer (ADR 0014)."""
    if brouillon.candidature is None:
        return examen
    decisions = decisions_du_service(brouillon.candidature, examen.cadre)
    return examiner(examen.saisies, replace(examen.contexte, decisions=decisions)) if decisions else examen


def contexte(
    brouillon: Brouillon,
    compte: Compte,
    cadre: Cadre,
    le: datetime,
    *,
    connu: Connu = RIEN,
    decisions: tuple[DecisionDuService, ...] = (),
) -> Contexte:
    """Ce que les règles savent de la personne, en plus de ce qu’elle tape. Aucune requête."""
    candidature = brouillon.candidature
    return Contexte(
        cadre=cadre,
        date_de_naissance=compte.date_de_naissance,
        jour=timezone.localdate(candidature.enregistree_le if candidature else le),
        handicap_repondu=brouillon.handicap_repondu,
        forme_enregistree=FormeDePassage(brouillon.forme_enregistree) if brouillon.forme_enregistree else None,
        connu=connu,
        decisions=decisions,
    )


def identite(compte: Compte) -> Identite:
    return Identite(
        civilite=compte.civilite,
        nom_de_famille=compte.nom_de_famille,
        nom_usage=compte.nom_usage,
        prenoms=compte.prenoms,
        date_de_naissance=compte.date_de_naissance,
        pays_de_naissance=nom_du_pays(compte.pays_de_naissance),
        courriel=compte.email,
    )
