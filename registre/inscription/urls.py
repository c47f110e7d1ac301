"""Adresses de l’inscription. L’académie, la session et l’examen sont dans le chemin."""

from django.urls import path

from registre.inscription import views_candidat as views
from registre.inscription import views_et_si, views_pourquoi

CADRE = "inscription/<slug:academie>/<int:session>/<slug:examen>/"

urlpatterns = [
    path("candidatures/", views.mes_candidatures, name="mes_candidatures"),
    path(CADRE, views.candidature, name="candidature"),
    path(f"{CADRE}etape/<slug:etape>", views.etape, name="etape"),
    path(f"{CADRE}enregistrer", views.enregistrer, name="enregistrer"),
    path(f"{CADRE}pourquoi", views_pourquoi.pourquoi, name="pourquoi"),
    path(f"{CADRE}et-si", views_et_si.et_si, name="et_si"),
    path(f"{CADRE}desinscription", views.desinscription, name="desinscription"),
]
