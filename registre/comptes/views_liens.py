"""Arriver par un lien reçu par courriel."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from registre.comptes.models import Lien

JETON = "jeton_"  # prefix of the keys of the web session
PAGES = {
    Lien.Usage.ACTIVATION: ("account_confirm_email", "account_resend_activation"),
    Lien.Usage.MOT_DE_PASSE: ("account_reset_password_from_key", "account_reset_password"),
    Lien.Usage.ADRESSE: ("account_confirm_address", "account_email"),
}


@login_not_required
@require_safe
def lien(request: HttpRequest, usage: Lien.Usage, jeton: str) -> HttpResponse:
    """Range le jeton dans la session et mène aussitôt à une adresse sans jeton (S28). Ne consomme rien."""
    request.session[JETON + usage.value] = jeton
    response = redirect(PAGES[usage][0])
    response["Referrer-Policy"] = "no-referrer"
    return response


def lien_mort(request: HttpRequest, usage: Lien.Usage) -> HttpResponse:
    """Le lien a déjà servi, a expiré, ou n’a jamais existé : la page ne dit pas lequel et propose d’en demander un."""
    contexte = {"usage": usage.value, "nouveau": PAGES[usage][1]}
    return render(request, "comptes/lien_mort.html", contexte, status=410)
