"""Adresses du service, montées sous ``gestion/``. Chaque vue porte ``pour_gestionnaire``."""

from django.urls import path

from registre.gestion import views

urlpatterns = [
    path("<slug:academie>/", views.accueil, name="gestion_accueil"),
]
