"""Changer d’adresse de messagerie : la nouvelle est vérifiée avant de devenir l’identifiant."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes import frein, liens
from registre.comptes.models import Compte, Lien
from registre.comptes.usecases.avertir import avertir


def request_adresse(compte: Compte, adresse: str, *, le: datetime) -> None:
    """Envoie un lien à la nouvelle adresse et prévient l’ancienne.

    Si la nouvelle adresse a déjà un compte, c’est son propriétaire qui est prévenu ; la page répond pareil.
    """
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(pk=compte.pk)
        if not frein.courriel_permis("adresse", compte.pk):
            return
        jeton = liens.creer(compte, Lien.Usage.ADRESSE, {"adresse": adresse})
        pris = Compte.objects.filter(email=adresse).exists()
        mettre_en_attente(
            cle=liens.cle_du_courriel(jeton),
            destinataire=adresse,
            gabarit="deja_un_compte" if pris else "nouvelle_adresse",
            contexte={
                "lien": liens.adresse_du_lien(Lien.Usage.ADRESSE, jeton),
                "connexion": adresse_publique("account_login"),
                "mot_de_passe": adresse_publique("account_reset_password"),
            },
            compte=None if pris else compte,
            le=le,
        )
        avertir(compte, compte.email, "changement_d_adresse_demande", le)


def change_adresse(request: HttpRequest, jeton: str, *, le: datetime) -> Compte | None:
    """Remplace l’adresse ; prévient l’ancienne et la nouvelle, éteint les liens, ferme les autres sessions.

    ``None`` si le lien ne vaut plus rien, ou si un autre compte a pris l’adresse entre-temps.
    """
    with transaction.atomic():
        lien = liens.consommer(Lien.Usage.ADRESSE, jeton)
        if lien is None:
            return None
        compte, ancienne = lien.compte, lien.compte.email
        if not _prendre(compte, lien.donnees["adresse"]):
            return None
        liens.eteindre(compte)
        consigner("adresse_change", le=le, acteur=compte, objet=f"compte:{compte.pk}")
        for adresse in (ancienne, compte.email):
            avertir(compte, adresse, "adresse_changee", le)
        if request.user == compte:
            update_session_auth_hash(request, compte)
    return compte


def _prendre(compte: Compte, adresse: str) -> bool:
    """The unique index decides between two accounts that want the same address at once."""
    compte.email = adresse
    try:
        with transaction.atomic():
            compte.save(update_fields=["email"])
    except IntegrityError:
        return False
    return True
