"""Toutes les adresses du site. Le tableau des droits est dans tests/conventions/roles.toml."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("registre.commun.urls")),
    path("compte/", include("registre.comptes.urls")),
    path("", include("registre.inscription.urls")),
    path("", include("registre.justificatifs.urls")),
    path("", include("registre.justificatifs.urls_telephone")),
    path("documents/", include("registre.documents.urls")),
    path("gestion/", include("registre.gestion.urls")),
]
if settings.EN_DEMO:
    urlpatterns.append(path("demo/", include("registre.demo.urls")))

handler400 = "registre.commun.views.demande_invalide"
handler403 = "registre.commun.views.acces_refuse"
handler404 = "registre.commun.views.introuvable"
handler500 = "registre.commun.views.erreur_interne"
