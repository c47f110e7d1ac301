"""Se connecter, se déconnecter."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest

from registre.commun.journal import consigner
from registre.comptes import appareil, frein
from registre.comptes.connexion import adresse_lue, compte_de, mot_de_passe_exact, ouvrir_session
from registre.comptes.models import Compte


def open_session(request: HttpRequest, adresse: str, mot_de_passe: str, *, le: datetime) -> Compte | None:
    """Ouvre la session si l’adresse et le mot de passe vont ensemble, sur un compte activé et utilisable.

    ``None`` dans tous les autres cas, sans dire lequel (S9).

    :raises registre.comptes.frein.TropDEssais: si l’essai arrive trop tôt.
    """
    lue = adresse_lue(adresse)
    compte = compte_de(lue)
    essai = _compter(request, lue or adresse, compte)
    exact = mot_de_passe_exact(compte, mot_de_passe)
    if compte is None or not exact or compte.active_le is None or not compte.is_active:
        consigner("connexion_refusee", le=le, acteur=None, objet="compte:" + (str(compte.pk) if compte else "inconnu"))
        return None
    essai.reussi()
    with transaction.atomic():
        ouvrir_session(request, compte)
        consigner("connexion", le=le, acteur=compte, objet=f"compte:{compte.pk}")
    return compte


def close_session(request: HttpRequest, *, le: datetime) -> None:
    """Ferme la session côté serveur : son témoin ne vaut plus rien."""
    with transaction.atomic():
        compte = request.user
        consigner("deconnexion", le=le, acteur=compte, objet=f"compte:{compte.pk}")
        logout(request)


def _compter(request: HttpRequest, adresse: str, compte: Compte | None) -> frein.Jeton:
    connu = appareil.numero(request, compte)
    if connu is not None:
        return frein.essayer(frein.cle_de("appareil", connu))
    frein.compter_le_reseau(request)
    return frein.essayer(frein.cle_de("adresse", adresse))
