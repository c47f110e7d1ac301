from typing import Any

from django.apps import AppConfig
from django.core import checks


def parametres_valides(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Un paramètre faux arrête toute commande, avec son fichier et son chemin."""
    from registre.commun.cadres import tous
    from registre.parametres.chargeur import ParametresInvalides

    try:
        tous()
    except ParametresInvalides as erreur:
        return [checks.Error(str(erreur), id="registre.E001")]
    return []


class CommunConfig(AppConfig):
    name = "registre.commun"

    def ready(self) -> None:
        checks.register(parametres_valides)
