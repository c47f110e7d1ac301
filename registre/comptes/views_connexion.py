"""Se connecter, se déconnecter, prolonger, retrouver un mot de passe."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registre.commun.horloge import instant
from registre.comptes import appareil
from registre.comptes.connexion import accueil_du_role, adresse_lue, compte_de, suite_sure
from registre.comptes.forms import Adresse, Connexion, NouveauMotDePasse
from registre.comptes.frein import compter_le_reseau
from registre.comptes.liens import trouver
from registre.comptes.middleware import FINIE
from registre.comptes.models import Lien
from registre.comptes.mots_de_passe import motifs_nouveau_mot_de_passe
from registre.comptes.plancher import duree_plancher
from registre.comptes.reprise import CLE as REPRISE
from registre.comptes.usecases.open_session import close_session, open_session
from registre.comptes.usecases.reset_mot_de_passe import request_reset, reset_mot_de_passe
from registre.comptes.views_liens import JETON, lien_mort
from registre.comptes.vues import frein_dit, montrer
from registre.regles.citation import Motif
from registre.regles.compte import motifs_courriel

REFUS = (
    "Cette adresse et ce mot de passe ne vont pas ensemble, ou le compte n’est pas encore activé. "
    "Vérifiez les deux, ou demandez un nouveau mot de passe."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@frein_dit
def connexion(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(accueil_du_role(request))
    suite = request.POST.get("next", request.GET.get("next", ""))
    contexte = {"next": suite, "finie": request.session.get(FINIE), "gardee": REPRISE in request.session}
    if request.method != "POST":
        return montrer(request, "comptes/connexion.html", Connexion(), **contexte)
    formulaire = Connexion(request.POST)
    compte = open_session(request, formulaire.tape("courriel"), formulaire.tape("mot_de_passe"), le=instant(request))
    if compte is None:
        sources = ("inscription.compte-active", "compte.adresse-mail-identifiant")
        formulaire.dire([Motif("connexion_refusee", "", REFUS, sources)])
        return montrer(request, "comptes/connexion.html", formulaire, **contexte)
    request.session.pop(FINIE, None)
    response = redirect(suite_sure(request, suite))
    appareil.reconnaitre(request, response, compte)
    return response


@require_POST
def deconnexion(request: HttpRequest) -> HttpResponse:
    close_session(request, le=instant(request))
    messages.success(request, "Votre session est fermée.")
    response = redirect("account_login")
    # Not "cookies": the known-device cookie must survive, it protects the owner from a lockout.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
def prolonger(request: HttpRequest) -> JsonResponse:
    """La session continue : le passage par le site suffit. Rend les secondes qui restent."""
    return JsonResponse({"reste": request.reste_de_session})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@duree_plancher
@frein_dit
def mot_de_passe_oublie(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return montrer(request, "comptes/mot_de_passe_oublie.html", Adresse())
    compter_le_reseau(request)
    formulaire = Adresse(request.POST)
    formulaire.dire(motifs_courriel(formulaire.tape("courriel")))
    if formulaire.errors:
        return montrer(request, "comptes/mot_de_passe_oublie.html", formulaire)
    request_reset(compte_de(adresse_lue(formulaire.tape("courriel"))), le=instant(request))
    return redirect("account_reset_password_done")


@login_not_required
@require_safe
def mot_de_passe_demande(request: HttpRequest) -> HttpResponse:
    return render(request, "comptes/mot_de_passe_demande.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def nouveau_mot_de_passe(request: HttpRequest) -> HttpResponse:
    usage = Lien.Usage.MOT_DE_PASSE
    jeton = request.session.get(JETON + usage.value, "")
    lien = trouver(usage, jeton)
    if lien is None:
        return lien_mort(request, usage)
    role = lien.compte.role
    if request.method != "POST":
        return montrer(request, "comptes/nouveau_mot_de_passe.html", NouveauMotDePasse(role=role))
    formulaire = NouveauMotDePasse(request.POST, role=role)
    mot_de_passe = formulaire.tape("mot_de_passe")
    formulaire.dire(
        motifs_nouveau_mot_de_passe(lien.compte, mot_de_passe, formulaire.tape("confirmation_mot_de_passe"))
    )
    if formulaire.errors:
        return montrer(request, "comptes/nouveau_mot_de_passe.html", formulaire)
    compte = reset_mot_de_passe(jeton, mot_de_passe, le=instant(request))
    if compte is None:
        return lien_mort(request, usage)
    request.session.pop(JETON + usage.value, None)
    messages.success(request, "Votre mot de passe est changé. Connectez-vous avec le nouveau.")
    response = redirect(reverse("account_login"))
    # The mailbox was a second proof: this device is the owner's.
    appareil.reconnaitre(request, response, compte)
    return response
