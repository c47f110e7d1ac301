"""Pages de la démonstration : qui peut se connecter, l’heure du registre, la messagerie de tout le monde."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registre.commun.cadres import principal
from registre.commun.horloge import instant
from registre.commun.models import Courriel
from registre.demo import etats
from registre.demo.moments import Moment, moments
from registre.demo.usecases.move_horloge import move_horloge
from registre.demo.usecases.reset_demo import reset_demo
from registre.regles.calendrier import en_heure_de_paris

PAR_PAGE = 50


@never_cache
@login_not_required
@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """Qui peut se connecter. Les codes du moment y sont : la page ne se garde pas."""
    contexte = {
        "personnes": etats.personnes(instant(request)),
        "moments": list(moments(principal().calendrier).values()),
    }
    return render(request, "demo/accueil.html", contexte)


@login_not_required
@require_POST
def horloge(request: HttpRequest) -> HttpResponse:
    """Avance l’heure. Un moment déjà passé demande de tout refaire : ce sera dit, et fait."""
    moment = moments(principal().calendrier).get(request.POST.get("moment", ""))
    if moment is None:
        raise Http404
    if not move_horloge(moment, arrivee=request.arrivee, le=instant(request)):
        return _tout_refaire(request, moment)
    messages.success(request, f"L’heure a avancé. Pour le site, nous sommes {_dit(moment)}.")
    return redirect(_suite(request))


@login_not_required
@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    return _tout_refaire(request, None)


def _tout_refaire(request: HttpRequest, moment: Moment | None) -> HttpResponse:
    logout(request)  # the row of this web session is about to go, with all the others
    moment = reset_demo(moment, arrivee=request.arrivee)
    messages.success(
        request,
        f"La démonstration est remise à zéro et votre session est fermée. Pour le site, nous sommes {_dit(moment)}.",
    )
    return redirect("demo_accueil")


def _dit(moment: Moment) -> str:
    return en_heure_de_paris(moment.instant, principal().calendrier.fuseau, secondes=True)


def _suite(request: HttpRequest) -> str:
    """La page d’où vient la demande, si c’est une page de ce site."""
    suite = request.POST.get("suite", "")
    if suite.startswith("/") and url_has_allowed_host_and_scheme(suite, {request.get_host()}):
        return suite
    return "demo_accueil"


@login_not_required
@require_safe
def courriels(request: HttpRequest) -> HttpResponse:
    tous = Courriel.objects.only("destinataire", "sujet", "etat", "redige_le").order_by("-pk")
    page = Paginator(tous, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/courriels.html", {"page": page})


@login_not_required
@require_safe
def courriel(request: HttpRequest, numero: int) -> HttpResponse:
    trouve = get_object_or_404(Courriel, pk=numero)
    return render(request, "demo/courriel.html", {"courriel": trouve, "expediteur": settings.DEFAULT_FROM_EMAIL})
