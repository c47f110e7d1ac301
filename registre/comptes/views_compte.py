"""Mon compte : ce qu’il contient, ce que l’on peut y changer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.cadres import principal
from registre.commun.horloge import instant
from registre.commun.pays import nom_du_pays, pays
from registre.comptes.connexion import adresse_lue
from registre.comptes.etat_civil import saisie_de
from registre.comptes.forms import ChangementDAdresse, ChangementDeMotDePasse, EtatCivil
from registre.comptes.liens import trouver
from registre.comptes.models import Lien
from registre.comptes.mots_de_passe import motifs_nouveau_mot_de_passe
from registre.comptes.usecases.change_adresse import change_adresse, request_adresse
from registre.comptes.usecases.change_identite import IdentiteFigee, change_identite
from registre.comptes.usecases.change_mot_de_passe import change_mot_de_passe
from registre.comptes.views_liens import JETON, lien_mort
from registre.comptes.vues import frein_dit, montrer, motifs_mot_de_passe_actuel
from registre.regles.compte import SaisieCompte, courriel_confirme, motifs_courriel, motifs_etat_civil


@require_safe
def mon_compte(request: HttpRequest) -> HttpResponse:
    compte = request.user
    civilites = {c.code: c.libelle for c in principal().compte.civilites}
    contexte = {
        "compte": compte,
        "civilite": civilites.get(compte.civilite, ""),
        "pays": nom_du_pays(compte.pays_de_naissance),
    }
    if compte.facteur:
        contexte |= {"facteur": compte.second_facteur, "restent": compte.second_facteur.codes_de_secours.count()}
    return render(request, "comptes/mon_compte.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def identite(request: HttpRequest) -> HttpResponse:
    if not request.user.est_candidat or request.user.identite_figee_le is not None:
        return render(request, "comptes/identite_figee.html", status=403 if request.method == "POST" else 200)
    if request.method != "POST":
        return montrer(request, "comptes/identite.html", EtatCivil(initial=saisie_de(request.user)))
    le = instant(request)
    formulaire = EtatCivil(request.POST)
    formulaire.dire(motifs_etat_civil(formulaire.saisie, principal().compte, dict(pays()).keys(), le.date()))
    if formulaire.errors:
        return montrer(request, "comptes/identite.html", formulaire)
    try:
        change_identite(request.user, formulaire.saisie, le=le)
    except IdentiteFigee:
        return render(request, "comptes/identite_figee.html", status=403)
    messages.success(request, "Votre état civil est enregistré.")
    return redirect("mon_compte")


@require_http_methods(["GET", "HEAD", "POST"])
@frein_dit
def changement_de_mot_de_passe(request: HttpRequest) -> HttpResponse:
    compte = request.user
    if request.method != "POST":
        return montrer(request, "comptes/changement_mot_de_passe.html", ChangementDeMotDePasse(role=compte.role))
    formulaire = ChangementDeMotDePasse(request.POST, role=compte.role)
    nouveau = formulaire.tape("mot_de_passe")
    formulaire.dire(motifs_mot_de_passe_actuel(compte, formulaire.tape("actuel")))
    formulaire.dire(motifs_nouveau_mot_de_passe(compte, nouveau, formulaire.tape("confirmation_mot_de_passe")))
    if formulaire.errors:
        return montrer(request, "comptes/changement_mot_de_passe.html", formulaire)
    change_mot_de_passe(request, nouveau, le=instant(request))
    messages.success(request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
    return redirect("mon_compte")


@require_http_methods(["GET", "HEAD", "POST"])
@frein_dit
def changement_d_adresse(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return montrer(request, "comptes/changement_adresse.html", ChangementDAdresse())
    formulaire = ChangementDAdresse(request.POST)
    saisie = SaisieCompte(
        courriel=formulaire.tape("courriel"), confirmation_courriel=formulaire.tape("confirmation_courriel")
    )
    formulaire.dire(motifs_courriel(saisie.courriel))
    formulaire.dire(courriel_confirme(saisie))
    formulaire.dire(motifs_mot_de_passe_actuel(request.user, formulaire.tape("actuel")))
    if formulaire.errors:
        return montrer(request, "comptes/changement_adresse.html", formulaire)
    request_adresse(request.user, adresse_lue(saisie.courriel) or "", le=instant(request))
    messages.info(request, "Ouvrez le lien envoyé à la nouvelle adresse. D’ici là, rien ne change.")
    return redirect("mon_compte")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def nouvelle_adresse(request: HttpRequest) -> HttpResponse:
    """Le lien a été ouvert : un bouton remplace l’adresse."""
    usage = Lien.Usage.ADRESSE
    jeton = request.session.get(JETON + usage.value, "")
    if request.method != "POST":
        lien = trouver(usage, jeton)
        if lien is None:
            return lien_mort(request, usage)
        return render(request, "comptes/nouvelle_adresse.html", {"adresse": lien.donnees["adresse"]})
    if change_adresse(request, jeton, le=instant(request)) is None:
        return lien_mort(request, usage)
    request.session.pop(JETON + usage.value, None)
    messages.success(request, "Votre adresse est changée. Elle est désormais votre identifiant.")
    return redirect("mon_compte" if request.user.is_authenticated else "account_login")
