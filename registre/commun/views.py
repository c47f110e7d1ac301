"""Pages publiques et pages d’erreur."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from registre.commun.cadres import principal, tous
from registre.commun.horloge import instant


@login_not_required
@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("mes_candidatures")
    return render(request, "accueil.html", {"services": _services(request)})


@login_not_required
@require_safe
def ouverture_des_services(request: HttpRequest) -> HttpResponse:
    return render(request, "ouverture_des_services.html", {"services": _services(request)})


def _services(request: HttpRequest) -> list[dict[str, object]]:
    le = instant(request)
    services = []
    for cadre in sorted(tous().values(), key=lambda c: (-c.session, c.academie)):
        periode = cadre.calendrier.inscription
        etat = "a_venir" if le < periode.ouvre_le else "ouvert" if le < periode.ferme_le else "clos"
        services.append({"cadre": cadre, "etat": etat})
    return services


@login_not_required
@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibilite.html")


@login_not_required
@require_safe
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    return render(request, "donnees_personnelles.html")


@login_not_required
@require_safe
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return render(request, "mentions_legales.html")


@login_not_required
@require_safe
def sante(request: HttpRequest) -> HttpResponse:
    """Dit « ok » quand la base répond, rien d’autre."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def _erreur(request: HttpRequest, statut: int, titre: str, explication: str, que_faire: str) -> HttpResponse:
    contexte = {"titre": titre, "explication": explication, "que_faire": que_faire}
    return render(request, "erreur.html", contexte, status=statut)


def demande_invalide(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, SessionInterrupted) and _base_en_panne(exception):
        return erreur_interne(request)
    if isinstance(exception, RequestDataTooBig):
        if request.path_info.startswith(settings.CHEMINS_DES_DEPOTS):
            return _depot_trop_lourd(request)
        return _erreur(
            request,
            413,
            "Envoi trop lourd",
            "Votre navigateur a envoyé plus de texte que ce formulaire n’en accepte.",
            "Revenez à la page précédente, raccourcissez vos réponses et recommencez.",
        )
    return _erreur(
        request,
        400,
        "Demande non comprise",
        "Le site n’a pas compris la demande envoyée par votre navigateur.",
        "Revenez à la page précédente et recommencez.",
    )


def _depot_trop_lourd(request: HttpRequest) -> HttpResponse:
    mo = principal().pieces.taille_maximale // 2**20
    return _erreur(
        request,
        413,
        "Envoi trop lourd",
        f"Vous avez envoyé trop de fichiers à la fois, ou un fichier trop lourd. Rien n’a été déposé par cet envoi. "
        f"Un fichier pèse {mo}\u00a0Mo au plus.",
        "Revenez à la page précédente et déposez vos fichiers un par un. Si un fichier est trop lourd, numérisez-le "
        "à 200 ou 300\u00a0points par pouce, ou enregistrez la photo en plus petit.",
    )


def envoi_coupe(request: HttpRequest) -> HttpResponse:
    """Le corps de la demande n’est pas arrivé en entier, ou pas assez vite : rien n’en est retenu.

    400 et non 408 : un navigateur qui reçoit 408 peut renvoyer seul la même demande.
    """
    return _erreur(
        request,
        400,
        "Envoi interrompu",
        "Votre envoi n’est pas arrivé en entier\u00a0: la connexion s’est coupée, ou elle est trop lente. "
        "Rien n’en a été retenu.",
        "Revenez à la page précédente et recommencez. Un fichier plus léger passe mieux sur une connexion lente.",
    )


def acces_refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _erreur(
        request,
        403,
        "Accès refusé",
        "Votre compte ne permet pas d’ouvrir cette page.",
        "Vérifiez que vous utilisez le bon compte.",
    )


def jeton_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _erreur(
        request,
        403,
        "Page expirée",
        "Cette page est restée ouverte trop longtemps, ou votre navigateur refuse les témoins de connexion.",
        "Rechargez la page, puis envoyez de nouveau vos réponses.",
    )


def introuvable(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _erreur(
        request,
        404,
        "Page introuvable",
        "Cette page n’existe pas, ou vous n’y avez pas accès.",
        "Vérifiez l’adresse, ou revenez à l’accueil.",
    )


def methode_refusee(request: HttpRequest) -> HttpResponse:
    return _erreur(
        request,
        405,
        "Cette adresse ne s’ouvre pas directement",
        "Elle ne sert qu’au bouton d’une page. Rien n’a changé.",
        "Revenez à la page précédente et utilisez son bouton.",
    )


def _base_en_panne(exception: BaseException | None) -> bool:
    """Vrai si la base est la cause, même derrière une autre erreur : la session se garde en base, elle aussi."""
    while exception is not None:
        if isinstance(exception, OperationalError):
            return True
        exception = exception.__cause__ or exception.__context__
    return False


def erreur_interne(request: HttpRequest) -> HttpResponse:
    """La page de la panne : elle ne lit ni la base, ni la session, ni le compte.

    Une base qui ne répond pas ou n’a plus de place (F19) est une panne qui passe : 503, à réessayer.
    """
    contexte = {
        "titre": "Une erreur est survenue",
        "explication": "Le site n’a pas pu répondre. Ce n’est pas de votre fait.",
        "que_faire": "Attendez une minute et recommencez\u00a0: ce que vous avez enregistré est conservé.",
        "service": principal().contacts.service,
        "repere": getattr(request, "identifiant", ""),
    }
    page = render_to_string("erreur_interne.html", contexte)
    entetes = {"Cache-Control": "no-store, private"}
    if _base_en_panne(sys.exc_info()[1]):
        return HttpResponse(page, status=503, headers=entetes | {"Retry-After": "60"})
    return HttpResponse(page, status=500, headers=entetes)
