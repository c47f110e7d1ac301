"""Ce que les vues des comptes partagent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registre.comptes.connexion import mot_de_passe_exact
from registre.comptes.frein import TropDEssais, cle_de, essayer
from registre.comptes.models import Compte
from registre.regles.citation import Motif


def montrer(request: HttpRequest, gabarit: str, formulaire: forms.Form, **contexte: Any) -> HttpResponse:
    """La page d’un formulaire ; « Erreur » en tête du titre quand il en porte."""
    en_erreur = formulaire.is_bound and bool(formulaire.errors)
    return render(request, gabarit, {"formulaire": formulaire, "en_erreur": en_erreur, **contexte})


def frein_dit(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Un essai de trop répond 429, en français, avec le temps d’attente."""

    @wraps(vue)
    def traiter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return vue(request, *args, **kwargs)
        except TropDEssais as trop:
            minutes = -(-trop.secondes // 60)
            response = render(request, "comptes/trop_d_essais.html", {"minutes": minutes}, status=429)
            response["Retry-After"] = str(trop.secondes)
            return response

    return traiter


def motifs_mot_de_passe_actuel(compte: Compte, mot_de_passe: str) -> list[Motif]:
    """Vérifie le mot de passe actuel, sous le frein : une session volée ne sert pas à le chercher.

    :raises registre.comptes.frein.TropDEssais: si l’essai arrive trop tôt.
    """
    essai = essayer(cle_de("actuel", str(compte.pk)))
    if mot_de_passe_exact(compte, mot_de_passe):
        essai.reussi()
        return []
    return [Motif("mot_de_passe_actuel_inexact", "actuel", "Le mot de passe actuel n’est pas le bon. Retapez-le.")]
