"""Créer un compte, ou répondre comme si l’adresse était libre (S9)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes import frein
from registre.comptes.etat_civil import etat_civil
from registre.comptes.models import Compte, Lien
from registre.comptes.mots_de_passe import tel_que_hache
from registre.comptes.usecases.send_activation import envoyer_l_activation
from registre.regles.compte import SaisieCompte, courriel_normalise


def create_compte(saisie: SaisieCompte, *, demande: str, le: datetime) -> None:
    """Crée le compte, à activer par courriel. ``saisie`` est déjà acceptée par les règles.

    Une adresse déjà activée ne change rien : son propriétaire est prévenu. Une adresse non activée reçoit un
    nouveau lien, qui porte l’état civil et le mot de passe de **cette** demande : la demande d’un tiers ne
    change pas ce que le lien du propriétaire activera. ``demande`` identifie le formulaire affiché ; envoyé
    deux fois, il ne fait qu’un compte et qu’un courriel.
    """
    # Hashed outside the transaction, and in every case: the answer takes as long for a known address.
    donnees = {**etat_civil(saisie), "password": make_password(tel_que_hache(saisie.mot_de_passe))}
    with transaction.atomic():
        email = courriel_normalise(saisie.courriel)
        compte, cree = Compte.objects.get_or_create(email=email, defaults={"cree_le": le, **donnees})
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if cree:
            consigner("compte_cree", le=le, acteur=compte, objet=f"compte:{compte.pk}")
        if compte.active_le is not None:
            _prevenir_le_proprietaire(compte, demande, le)
        elif not Lien.objects.filter(compte=compte, donnees__demande=demande).exists():
            envoyer_l_activation(compte, {**donnees, "demande": demande}, le)


def _prevenir_le_proprietaire(compte: Compte, demande: str, le: datetime) -> None:
    if not compte.is_active or not frein.courriel_permis("deja", compte.pk):
        return
    mettre_en_attente(
        cle=f"deja-un-compte:{compte.pk}:{demande}",
        destinataire=compte.email,
        gabarit="deja_un_compte",
        contexte={
            "connexion": adresse_publique("account_login"),
            "mot_de_passe": adresse_publique("account_reset_password"),
        },
        compte=compte,
        le=le,
    )
