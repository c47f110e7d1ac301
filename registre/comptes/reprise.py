"""Ne rien perdre quand la session finit pendant la saisie (F35, A12).

Une vue marquée ``@reprenable`` reçoit un POST d’une session qui vient de finir : la saisie est gardée, chiffrée,
deux heures, pour le même compte et la même page. Après la connexion, :func:`recuperer` la rend à la vue, qui la
montre ; :func:`oublier` l’efface quand elle est enregistrée.

Le compte est celui de la session finie. Si elle a disparu (déconnexion dans un autre onglet, sessions vidées), c’est
celui du champ caché ``repere``, signé, que pose ``{% repere_du_compte %}``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from registre.commun.cles import chiffre
from registre.comptes.models import Compte, PostEnAttente

DUREE = timedelta(hours=2)
CLE = "reprise"  # key of the web session
SEL = "registre.comptes.reprise"
REPERE = "repere"
JAMAIS_GARDES = ("csrfmiddlewaretoken", REPERE)


def reprenable(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marque une vue dont la saisie se garde. À poser au-dessus des autres décorateurs."""
    vue.reprenable = True
    return vue


def repere(compte: Compte) -> str:
    """Valeur signée du champ caché qui dit de quel compte est la saisie."""
    return signing.dumps(compte.pk, salt=SEL)


def garder(request: HttpRequest, compte: Compte | None) -> None:
    """Garde la saisie d’un POST arrivé sans session ; ``compte`` : celui de la session finie, s’il est connu."""
    proprietaire = compte or _compte_du_repere(request)
    if proprietaire is None:
        return
    saisie = request.POST.copy()
    for nom in [n for n in saisie if n in JAMAIS_GARDES or "mot_de_passe" in n]:
        del saisie[nom]
    chemin = request.path[:200]
    PostEnAttente.objects.filter(compte=proprietaire, chemin=chemin).delete()
    garde = PostEnAttente.objects.create(
        cle=secrets.token_urlsafe(32),
        compte=proprietaire,
        chemin=chemin,
        corps=chiffre("reprise").encrypt(saisie.urlencode().encode()),
        recu_le=timezone.now(),
    )
    request.session[CLE] = garde.cle


def recuperer(request: HttpRequest) -> QueryDict | None:
    """La saisie gardée pour ce compte et cette page, ``None`` s’il n’y en a pas. Ne l’efface pas."""
    garde = _garde(request)
    if garde is None:
        return None
    return QueryDict(chiffre("reprise").decrypt(bytes(garde.corps)))


def oublier(request: HttpRequest) -> None:
    """Efface la saisie gardée : la vue vient de l’enregistrer."""
    garde = _garde(request)
    if garde is not None:
        garde.delete()
        del request.session[CLE]


def _garde(request: HttpRequest) -> PostEnAttente | None:
    cle = request.session.get(CLE)
    if not cle or not request.user.is_authenticated:
        return None
    depuis = timezone.now() - DUREE
    gardes = PostEnAttente.objects.filter(cle=cle, compte=request.user, chemin=request.path, recu_le__gt=depuis)
    return gardes.first()


def _compte_du_repere(request: HttpRequest) -> Compte | None:
    try:
        numero = signing.loads(request.POST.get(REPERE, ""), salt=SEL, max_age=timedelta(hours=24))
    except signing.BadSignature:
        return None
    return Compte.objects.filter(pk=numero, is_active=True).first()
