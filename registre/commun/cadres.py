"""Les cadres (session × examen × académie) chargés une fois par processus."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import Http404

from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.cadre import Cadre


@lru_cache(maxsize=1)
def tous() -> dict[tuple[str, int, str], Cadre]:
    """Tous les cadres, par (académie, session, examen).

    :raises registre.parametres.chargeur.ParametresInvalides: si un fichier est faux.
    """
    return charger([DOSSIER_DE_BASE, *settings.DOSSIERS_DE_PARAMETRES])


def cadre_ou_404(academie: str, session: int, examen: str) -> Cadre:
    try:
        return tous()[(academie, session, examen)]
    except KeyError:
        raise Http404 from None


def principal() -> Cadre:
    """Le cadre montré quand la page ne dépend d’aucune candidature : celui de la session la plus récente."""
    return max(tous().values(), key=lambda c: (c.session, c.academie == "clermont-ferrand"))
