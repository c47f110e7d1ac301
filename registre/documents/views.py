"""« Mes documents » : le candidat lit et imprime les siens, et eux seuls."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registre.documents import queries, rendu
from registre.documents.models import Document
from registre.documents.presentation import presentation

traces = logging.getLogger(__name__)

ATTENTE = 60  # seconds
Vue = Callable[..., HttpResponse]


def _candidat_seul(vue: Vue) -> Vue:
    @wraps(vue)
    def gardee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.est_candidat:
            raise PermissionDenied
        return vue(request, *args, **kwargs)

    return gardee


@require_safe
@_candidat_seul
def mes_documents(request: HttpRequest) -> HttpResponse:
    """Les documents de la candidature choisie (``?candidature=``), ou de toutes."""
    toutes = queries.documents_par_candidature(request.user)
    choisie = request.GET.get("candidature", "")
    montrees = [c for c in toutes if choisie in ("", c.numero)]
    if choisie and not montrees:
        raise Http404
    contexte = {"toutes": toutes, "montrees": montrees, "choisie": choisie}
    return render(request, "documents/mes_documents.html", contexte)


@require_safe
@_candidat_seul
def document(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Le document en page : les mêmes mots que le PDF."""
    trouve = _document(request, reference)
    contexte = {"document": trouve, "presentation": presentation(trouve.contenu)}
    return render(request, "documents/document.html", contexte)


@require_safe
@_candidat_seul
def document_pdf(request: HttpRequest, reference: UUID) -> HttpResponse:
    trouve = _document(request, reference)
    try:
        octets = rendu.pdf(trouve)
    except rendu.MoteurEnPanne:
        traces.exception("document %s non rendu", trouve.reference)
        return _en_preparation(request, trouve)
    return _fichier(octets, trouve)


@csp({"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": []})
def _fichier(octets: bytes, document: Document) -> HttpResponse:
    """Le PDF, à lire sur place, sous un nom de notre fait. Rien de ce qu’il porte ne peut agir."""
    reponse = HttpResponse(octets, content_type="application/pdf")
    version = f"-v{document.version}" if document.version else ""
    reponse["Content-Disposition"] = f'inline; filename="{document.genre}-{document.candidature}{version}.pdf"'
    return reponse


def _document(request: HttpRequest, reference: UUID) -> Document:
    trouve = queries.document_du_compte(request.user, reference)
    if trouve is None:
        raise Http404
    return trouve


def _en_preparation(request: HttpRequest, document: Document) -> HttpResponse:
    reponse = render(request, "documents/en_preparation.html", {"document": document}, status=503)
    reponse["Retry-After"] = str(ATTENTE)
    return reponse
