"""Créer son compte, l’activer."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.cadres import principal
from registre.commun.horloge import instant
from registre.commun.pays import pays
from registre.comptes.connexion import adresse_lue, compte_de
from registre.comptes.forms import Adresse, Creation
from registre.comptes.frein import compter_le_reseau
from registre.comptes.liens import trouver
from registre.comptes.models import Lien
from registre.comptes.mots_de_passe import courants
from registre.comptes.plancher import duree_plancher
from registre.comptes.usecases.activate_compte import activate_compte
from registre.comptes.usecases.create_compte import create_compte
from registre.comptes.usecases.send_activation import send_activation
from registre.comptes.views_liens import JETON, lien_mort
from registre.comptes.vues import frein_dit, montrer
from registre.regles.calendrier import creation_de_compte_permise
from registre.regles.citation import Motif
from registre.regles.compte import (
    SaisieCompte,
    courriel_normalise,
    motifs_compte,
    motifs_courriel,
    suggestion_de_courriel,
)

# Keys of the web session, for the page that follows and for a new link.
ADRESSE_DONNEE, DEMANDE = "adresse_donnee", "demande"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@duree_plancher
@frein_dit
def creation(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("mon_compte")
    le, cadre = instant(request), principal()
    ferme = creation_de_compte_permise(le, cadre.calendrier, cadre.compte.creation_hors_periode)
    if ferme is not None:
        return render(request, "comptes/creation_fermee.html", {"motif": ferme})
    if request.method != "POST":
        vide = Creation(initial={"demande": secrets.token_urlsafe(16)})
        return montrer(request, "comptes/creation.html", vide)
    compter_le_reseau(request)
    formulaire = Creation(request.POST)
    saisie = _adresse_choisie(formulaire.saisie, formulaire.tape("adresse_verifiee"))
    formulaire.dire(
        motifs_compte(saisie, cadre.compte, dict(pays()).keys(), courants(), le.date())
        or _question(formulaire, saisie)
    )
    if formulaire.errors:
        return montrer(request, "comptes/creation.html", formulaire)
    request.session[DEMANDE] = _demande(formulaire)
    create_compte(saisie, demande=request.session[DEMANDE], le=le)
    request.session[ADRESSE_DONNEE] = courriel_normalise(saisie.courriel)
    return redirect("account_email_verification_sent")


def _adresse_choisie(saisie: SaisieCompte, choisie: str) -> SaisieCompte:
    """The answer to « Vouliez-vous dire … ? » replaces the address, if it is the one that was suggested."""
    if choisie and choisie == suggestion_de_courriel(saisie.courriel, principal().compte.domaines_courants):
        return replace(saisie, courriel=choisie, confirmation_courriel=choisie)
    return saisie


def _question(formulaire: Creation, saisie: SaisieCompte) -> list[Motif]:
    """Asks about a mistyped domain, once: an answer for this very address is kept."""
    tapee = courriel_normalise(saisie.courriel)
    suggestion = suggestion_de_courriel(tapee, principal().compte.domaines_courants)
    if suggestion is None or formulaire.tape("adresse_verifiee") == tapee:
        return []
    formulaire.demander(tapee, suggestion)
    message = "Choisissez l’une des deux adresses, puis retapez votre mot de passe."
    return [Motif("courriel_a_verifier", "adresse_verifiee", message, sources=("compte.adresse-mail-consultee",))]


def _demande(formulaire: Creation) -> str:
    """Identifier of the displayed form; one is drawn when the browser sends none that looks like ours."""
    envoyee = formulaire.tape("demande")
    return envoyee if re.fullmatch(r"[A-Za-z0-9_-]{16,32}", envoyee) else secrets.token_urlsafe(16)


@login_not_required
@require_safe
def verifiez_vos_messages(request: HttpRequest) -> HttpResponse:
    return render(request, "comptes/verifiez_vos_messages.html", {"adresse": request.session.get(ADRESSE_DONNEE, "")})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@duree_plancher
@frein_dit
def renvoi_de_l_activation(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        vide = Adresse(initial={"courriel": request.session.get(ADRESSE_DONNEE, "")})
        return montrer(request, "comptes/renvoi_activation.html", vide)
    compter_le_reseau(request)
    formulaire = Adresse(request.POST)
    formulaire.dire(motifs_courriel(formulaire.tape("courriel")))
    if formulaire.errors:
        return montrer(request, "comptes/renvoi_activation.html", formulaire)
    adresse = adresse_lue(formulaire.tape("courriel"))
    compte = compte_de(adresse)
    if compte is not None:
        send_activation(compte, le=instant(request), demande=request.session.get(DEMANDE, ""))
    request.session[ADRESSE_DONNEE] = adresse
    return redirect("account_email_verification_sent")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """Le lien a été ouvert : un bouton active le compte. Ouvrir la page ne change rien."""
    jeton = request.session.get(JETON + Lien.Usage.ACTIVATION.value, "")
    if request.method != "POST":
        if trouver(Lien.Usage.ACTIVATION, jeton) is None:
            return lien_mort(request, Lien.Usage.ACTIVATION)
        return render(request, "comptes/activation.html")
    if activate_compte(jeton, le=instant(request)) is None:
        return lien_mort(request, Lien.Usage.ACTIVATION)
    request.session.pop(JETON + Lien.Usage.ACTIVATION.value)
    messages.success(request, "Votre compte est activé. Connectez-vous avec votre adresse mail et votre mot de passe.")
    return redirect("account_login")
