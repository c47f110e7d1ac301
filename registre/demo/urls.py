"""Adresses de la démonstration, montées sous ``demo/`` en mode démonstration seulement."""

from django.urls import path

from registre.demo import views

urlpatterns = [
    path("", views.accueil, name="demo_accueil"),
    path("horloge", views.horloge, name="demo_horloge"),
    path("reset", views.reset, name="demo_reset"),
    path("courriels/", views.courriels, name="demo_courriels"),
    path("courriels/<int:numero>/", views.courriel, name="demo_courriel"),
]
