"""Adresses du contrôle des pièces, montées par le service sous ``gestion/<academie>/``."""

from django.urls import path

from registre.justificatifs import views_gestion as views

CONTROLE = "<slug:academie>/controle/"
FICHIER = f"{CONTROLE}fichier/<uuid:fichier>/"

urlpatterns = [
    path(CONTROLE, views.controle, name="controle"),
    path(f"{FICHIER}page/<int:page>", views.controle_page, name="controle_page"),
    path(f"{FICHIER}original", views.controle_original, name="controle_original"),
    path(f"{CONTROLE}<slug:numero>/demander", views.controle_demande, name="controle_demande"),
    path(f"{CONTROLE}<slug:numero>/<slug:piece>/", views.controle_piece, name="controle_piece"),
]
