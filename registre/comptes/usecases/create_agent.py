"""Créer un compte du service : son titulaire choisit son mot de passe, puis installe son second facteur."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from registre.commun.cadres import tous
from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes import liens
from registre.comptes.models import Compte, Lien
from registre.regles.compte import courriel_normalise, motifs_courriel, motifs_nom, nom_normalise


@dataclass(frozen=True, kw_only=True)
class SaisieAgent:
    """Ce qui est donné d’un agent. ``academie`` : le code de l’académie, par exemple « clermont-ferrand »."""

    email: str
    nom: str
    prenoms: str
    academie: str
    role: str = Compte.Role.GESTIONNAIRE
    referent_handicap: bool = False


class AgentRefuse(Exception):
    """Le compte ne peut pas être créé ; le message dit pourquoi, en français."""


def create_agent(saisie: SaisieAgent, *, le: datetime) -> Compte:
    """Crée un compte du service sans mot de passe, et envoie à son adresse le lien pour le choisir.

    :raises AgentRefuse: adresse ou nom mal écrits, académie sans session, adresse qui a déjà un compte.
    """
    _verifier(saisie)
    with transaction.atomic():
        compte, cree = Compte.objects.get_or_create(
            email=courriel_normalise(saisie.email),
            defaults={
                "role": Compte.Role(saisie.role),
                "academie": saisie.academie,
                "referent_handicap": saisie.referent_handicap,
                "nom_de_famille": nom_normalise(saisie.nom),
                "prenoms": nom_normalise(saisie.prenoms),
                "password": make_password(None),
                "cree_le": le,
                "active_le": le,
            },
        )
        if not cree:
            raise AgentRefuse("Cette adresse a déjà un compte.")
        droits = {"role": saisie.role, "academie": saisie.academie, "referent_handicap": saisie.referent_handicap}
        consigner("compte_cree", le=le, acteur=None, objet=f"compte:{compte.pk}", **droits)
        _envoyer_le_lien(compte, le)
    return compte


def _verifier(saisie: SaisieAgent) -> None:
    academies = sorted({cadre.academie for cadre in tous().values()})
    if saisie.academie not in academies:
        raise AgentRefuse(
            f"Aucune session n’est déclarée pour cette académie. Déclarées\u00a0: {', '.join(academies)}."
        )
    motifs = [
        *motifs_courriel(saisie.email),
        *motifs_nom(saisie.nom, "nom", obligatoire=True),
        *motifs_nom(saisie.prenoms, "prenoms", obligatoire=True),
    ]
    if motifs:
        raise AgentRefuse(" ".join(motif.message for motif in motifs))


def _envoyer_le_lien(compte: Compte, le: datetime) -> None:
    jeton = liens.creer(compte, Lien.Usage.MOT_DE_PASSE)
    mettre_en_attente(
        cle=liens.cle_du_courriel(jeton),
        destinataire=compte.email,
        gabarit="compte_du_service",
        contexte={
            "lien": liens.adresse_du_lien(Lien.Usage.MOT_DE_PASSE, jeton),
            "mot_de_passe": adresse_publique("account_reset_password"),
        },
        compte=compte,
        le=le,
    )
