"""Adresses du service, montées sous ``gestion/``. Chaque vue porte ``pour_gestionnaire``."""

from django.urls import path

from registre.gestion import views, views_acquis
from registre.justificatifs import urls_gestion as justificatifs

urlpatterns = [
    path("<slug:academie>/", views.accueil, name="gestion_accueil"),
    path("<slug:academie>/candidatures/", views.candidatures, name="gestion_candidatures"),
    path("<slug:academie>/candidatures/<slug:numero>/", views.candidature, name="gestion_candidature"),
    path("<slug:academie>/candidatures/<slug:numero>/relance", views.relance, name="gestion_relance"),
    path("<slug:academie>/candidatures/<slug:numero>/acquis", views_acquis.acquis, name="gestion_acquis"),
    path("<slug:academie>/documents/<uuid:reference>/pdf", views.document_pdf, name="gestion_document_pdf"),
    *justificatifs.urlpatterns,
]
