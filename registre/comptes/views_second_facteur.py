"""La double authentification du service : l’installer, la passer, refaire les codes de secours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registre.commun.horloge import instant
from registre.comptes import second_facteur as facteur
from registre.comptes.acces import pour_le_service, vers_le_second_facteur
from registre.comptes.connexion import suite_sure
from registre.comptes.forms import Saisi
from registre.comptes.forms_second_facteur import CodeDeSecours, CodeDuMoment, Installation
from registre.comptes.models import CodeDeSecours as CodeDeSecoursGarde
from registre.comptes.usecases.enroll_second_facteur import enroll_second_facteur
from registre.comptes.usecases.pass_par_code_de_secours import pass_par_code_de_secours
from registre.comptes.usecases.pass_second_facteur import pass_second_facteur
from registre.comptes.usecases.renew_codes_de_secours import renew_codes_de_secours
from registre.comptes.vues import frein_dit, montrer, motifs_mot_de_passe_actuel
from registre.regles.citation import Motif

Acte = Callable[..., bool]

VIDE = Motif("code_absent", "code", "Tapez le code.")
REFUSE = Motif("code_refuse", "code", "Ce code n’est pas accepté. Attendez le suivant, puis tapez-le.")
SECOURS_REFUSE = Motif("code_refuse", "code", "Ce code n’est pas accepté. Vérifiez-le, ou essayez-en un autre.")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_le_service
@frein_dit
def second_facteur(request: HttpRequest) -> HttpResponse:
    return _demander(request, "comptes/second_facteur.html", CodeDuMoment, pass_second_facteur, REFUSE)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_le_service
@frein_dit
def second_facteur_secours(request: HttpRequest) -> HttpResponse:
    gabarit = "comptes/second_facteur_secours.html"
    return _demander(request, gabarit, CodeDeSecours, pass_par_code_de_secours, SECOURS_REFUSE)


def _demander(request: HttpRequest, gabarit: str, sorte: type[Saisi], acte: Acte, refus: Motif) -> HttpResponse:
    suite = _suite(request)
    if not request.user.facteur:
        return redirect(vers_le_second_facteur(request, suite))
    if facteur.est_passe(request):
        return redirect(suite_sure(request, suite))
    if request.method != "POST":
        return montrer(request, gabarit, sorte(), next=suite)
    formulaire = sorte(request.POST)
    if _accepte(formulaire, refus, lambda code, le: acte(request, code, le=le), instant(request)):
        if acte is pass_par_code_de_secours:
            messages.warning(request, f"Ce code ne servira plus. {_restent(request)}")
        return redirect(suite_sure(request, suite))
    return montrer(request, gabarit, formulaire, next=suite)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_le_service
@frein_dit
def second_facteur_installation(request: HttpRequest) -> HttpResponse:
    """Installe une application ; la remplacer demande une session qui a passé l’ancienne, et le mot de passe."""
    suite, remplace = _suite(request), bool(request.user.facteur)
    if remplace and not facteur.est_passe(request):
        return redirect(vers_le_second_facteur(request, suite))
    secret = facteur.proposer(request)
    contexte = {
        "next": suite,
        "remplace": remplace,
        "image": facteur.image(secret, request.user),
        "secret": facteur.par_groupes(secret),
    }
    if request.method != "POST":
        return montrer(
            request, "comptes/second_facteur_installation.html", Installation(remplace=remplace), **contexte
        )
    formulaire = Installation(request.POST, remplace=remplace)
    if remplace:
        formulaire.dire(motifs_mot_de_passe_actuel(request.user, formulaire.tape("actuel")))
    codes: list[str] = []

    def installer(code: str, le: datetime) -> bool:
        codes.extend(enroll_second_facteur(request, code, le=le) or [])
        return bool(codes)

    if not formulaire.errors and _accepte(formulaire, REFUSE, installer, instant(request)):
        return _codes_montres(request, codes, suite)
    return montrer(request, "comptes/second_facteur_installation.html", formulaire, **contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_le_service
@frein_dit
def second_facteur_codes(request: HttpRequest) -> HttpResponse:
    """Refait les codes de secours, après un code de l’application."""
    contexte = {"restent": _nombre(request)}
    if request.method != "POST":
        return montrer(request, "comptes/second_facteur_codes.html", CodeDuMoment(), **contexte)
    formulaire = CodeDuMoment(request.POST)
    codes: list[str] = []

    def refaire(code: str, le: datetime) -> bool:
        codes.extend(renew_codes_de_secours(request.user, code, le=le) or [])
        return bool(codes)

    if _accepte(formulaire, REFUSE, refaire, instant(request)):
        return _codes_montres(request, codes, "")
    return montrer(request, "comptes/second_facteur_codes.html", formulaire, **contexte)


def _accepte(formulaire: Saisi, refus: Motif, acte: Callable[[str, datetime], bool], le: datetime) -> bool:
    """Essaie le code tapé ; un champ vide n’est pas un essai. Un refus est dit à côté du champ."""
    code = formulaire.tape("code")
    if not code.strip():
        formulaire.dire([VIDE])
        return False
    if acte(code, le):
        return True
    formulaire.dire([refus])
    return False


def _codes_montres(request: HttpRequest, codes: list[str], suite: str) -> HttpResponse:
    """La seule page qui montre les codes de secours : elle répond à l’envoi et n’a pas d’adresse à elle."""
    contexte = {"codes": facteur.montres(codes), "suite": suite_sure(request, suite)}
    return render(request, "comptes/second_facteur_codes_montres.html", contexte)


def _suite(request: HttpRequest) -> str:
    return request.POST.get("next", request.GET.get("next", ""))


def _nombre(request: HttpRequest) -> int:
    return CodeDeSecoursGarde.objects.filter(facteur__compte=request.user).count()


def _restent(request: HttpRequest) -> str:
    nombre = _nombre(request)
    if not nombre:
        return "C’était le dernier\u00a0: refaites-en dix dans «\u00a0Mon compte\u00a0»."
    return f"Il vous en reste {nombre}." if nombre > 3 else f"Il vous en reste {nombre}\u00a0: pensez à les refaire."
