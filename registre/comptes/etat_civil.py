"""De la saisie acceptée aux champs du compte."""

from __future__ import annotations

from typing import Any

from registre.comptes.models import Compte
from registre.regles.compte import SaisieCompte, nom_normalise
from registre.regles.lecture import lire_date


def etat_civil(saisie: SaisieCompte) -> dict[str, Any]:
    """Champs d’état civil de :class:`Compte`, tels qu’ils sont gardés ; ``saisie`` est acceptée par les règles."""
    return {
        "civilite": saisie.civilite,
        "nom_de_famille": nom_normalise(saisie.nom),
        "nom_usage": nom_normalise(saisie.nom_usage),
        "prenoms": nom_normalise(saisie.prenoms),
        "date_de_naissance": lire_date(saisie.date_de_naissance).valeur,
        "pays_de_naissance": saisie.pays_de_naissance,
    }


def saisie_de(compte: Compte) -> dict[str, str]:
    """L’état civil du compte, comme il se tape : de quoi remplir le formulaire."""
    naissance = compte.date_de_naissance
    date = naissance.strftime("%d/%m/%Y") if naissance else ""
    return {
        "civilite": compte.civilite,
        "nom": compte.nom_de_famille,
        "confirmation_nom": compte.nom_de_famille,
        "nom_usage": compte.nom_usage,
        "prenoms": compte.prenoms,
        "date_de_naissance": date,
        "confirmation_date_de_naissance": date,
        "pays_de_naissance": compte.pays_de_naissance,
    }
