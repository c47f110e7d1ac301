"""The site's addresses, plus one step that keeps what it is sent, to try the resumption on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as du_site
from registre.comptes import reprise

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@reprise.reprenable
def etape(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        reprise.oublier(request)
        return JsonResponse({"enregistre": request.POST.dict()})
    gabarit = Template("{% load comptes_tags %}<form>{% csrf_token %}{% repere_du_compte %}</form>{{ gardee }}")
    gardee = reprise.recuperer(request)
    contexte = {"gardee": gardee.urlencode() if gardee is not None else "rien"}
    return HttpResponse(gabarit.render(RequestContext(request, contexte)))


def sans_reprise(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    *du_site,
    path("essai/etape/", etape),
    path("essai/sans/", sans_reprise),
]
