"""Le code que le téléphone d’un agent montrerait : en démonstration seulement, personne n’a ce téléphone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from registre.comptes import second_facteur
from registre.comptes.models import SecondFacteur


@dataclass(frozen=True)
class CodeDuMoment:
    """``reste`` : secondes avant le code suivant. ``attente`` : avant que celui-ci soit accepté, en général 0."""

    code: str
    reste: int
    attente: int


class HorsDemonstration(Exception):
    """Un code ne se montre qu’en démonstration."""


def code_du_moment(secret: str, dernier_pas: int, maintenant: datetime) -> CodeDuMoment:
    """Le premier code que le site acceptera : celui du moment, ou le suivant s’il vient de servir.

    :raises HorsDemonstration: hors démonstration.
    """
    if not settings.EN_DEMO:
        raise HorsDemonstration
    ici, secondes = second_facteur.pas_a(maintenant), int(maintenant.timestamp())
    pas = max(ici, dernier_pas + 1)
    accepte_a = (pas - second_facteur.ECART) * second_facteur.PAS
    return CodeDuMoment(
        code=second_facteur.code_du_pas(secret, pas),
        reste=(pas + 1) * second_facteur.PAS - secondes,
        attente=max(0, accepte_a - secondes),
    )


def codes_par_compte(emails: list[str]) -> dict[str, CodeDuMoment]:
    """Le code de chacun de ces comptes qui a un second facteur, par adresse."""
    facteurs = SecondFacteur.objects.filter(compte__email__in=emails).select_related("compte")
    return {f.compte.email: _code_de(f) for f in facteurs}


def code_attendu(request: HttpRequest) -> CodeDuMoment | None:
    """Le code que la page demande au compte connecté, si elle en demande un : l’ancien, ou celui à installer."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    if page == "second_facteur_installation" and second_facteur.A_INSTALLER in request.session:
        return code_du_moment(second_facteur.proposer(request), 0, timezone.now())
    if page in ("second_facteur", "second_facteur_codes"):
        facteur = SecondFacteur.objects.filter(compte=request.user).first()
        return _code_de(facteur) if facteur else None
    return None


def _code_de(facteur: SecondFacteur) -> CodeDuMoment:
    return code_du_moment(second_facteur.dechiffrer(facteur.secret), facteur.dernier_pas, timezone.now())
