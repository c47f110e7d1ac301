"""Activer un compte : l’adresse de messagerie est vérifiée."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes import liens
from registre.comptes.models import Compte, Lien

DE_LA_DEMANDE = (
    "civilite",
    "nom_de_famille",
    "nom_usage",
    "prenoms",
    "date_de_naissance",
    "pays_de_naissance",
    "password",
)


def activate_compte(jeton: str, *, le: datetime) -> Compte | None:
    """Active le compte avec les données de la demande qui a envoyé ce lien ; ``None`` si le lien ne vaut plus rien."""
    with transaction.atomic():
        lien = liens.consommer(Lien.Usage.ACTIVATION, jeton)
        if lien is None or lien.compte.active_le is not None:
            return None
        compte = lien.compte
        for champ in DE_LA_DEMANDE:
            if champ in lien.donnees:
                setattr(compte, champ, lien.donnees[champ])
        compte.active_le = le
        compte.save()
        liens.eteindre(compte)
        consigner("compte_active", le=le, acteur=compte, objet=f"compte:{compte.pk}")
    return compte
