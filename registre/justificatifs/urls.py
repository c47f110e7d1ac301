"""Adresses de « Mes justificatifs » : l’académie, la session et l’examen dans le chemin ; un fichier, sa référence."""

from django.urls import path

from registre.justificatifs import views_candidat as views

CADRE = "justificatifs/<slug:academie>/<int:session>/<slug:examen>/"
FICHIER = "justificatifs/fichier/<uuid:fichier>/"

urlpatterns = [
    path("justificatifs/", views.mes_justificatifs, name="mes_justificatifs"),
    path(f"{FICHIER}page/<int:page>", views.page_de_fichier, name="page_de_fichier"),
    path(f"{FICHIER}copie", views.copie_de_fichier, name="copie_de_fichier"),
    path(CADRE, views.justificatifs, name="justificatifs"),
    path(f"{CADRE}piece/<slug:piece>", views.voir_piece, name="voir_piece"),
    path(f"{CADRE}piece/<slug:piece>/deposer", views.deposer_piece, name="deposer_piece"),
    path(f"{CADRE}piece/<slug:piece>/supprimer", views.supprimer_fichier, name="supprimer_fichier"),
    path(f"{CADRE}regroupement/<slug:regroupement>/envoyer", views.envoyer_regroupement, name="envoyer_regroupement"),
    path(f"{CADRE}accuse", views.accuse_de_depot, name="accuse_de_depot"),
]
