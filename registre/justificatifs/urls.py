"""Adresses de « Mes justificatifs » : l’académie, la session et l’examen dans le chemin ; un fichier, sa référence."""

from django.urls import path

from registre.justificatifs import views_candidat as views
from registre.justificatifs import views_preparer

CADRE = "justificatifs/<slug:academie>/<int:session>/<slug:examen>/"
PREPARER = f"{CADRE}piece/<slug:piece>/preparer"
ASSEMBLEE = "justificatifs/page-assemblee/<uuid:reference>/<slug:genre>"
FICHIER = "justificatifs/fichier/<uuid:fichier>/"

urlpatterns = [
    path("justificatifs/", views.mes_justificatifs, name="mes_justificatifs"),
    path(f"{FICHIER}page/<int:page>", views.page_de_fichier, name="page_de_fichier"),
    path(f"{FICHIER}copie", views.copie_de_fichier, name="copie_de_fichier"),
    path(CADRE, views.justificatifs, name="justificatifs"),
    path(f"{CADRE}piece/<slug:piece>", views.voir_piece, name="voir_piece"),
    path(f"{CADRE}piece/<slug:piece>/deposer", views.deposer_piece, name="deposer_piece"),
    path(f"{CADRE}piece/<slug:piece>/non-concerne", views.non_concerne, name="non_concerne"),
    path(f"{CADRE}piece/<slug:piece>/supprimer", views.supprimer_fichier, name="supprimer_fichier"),
    path(f"{CADRE}piece/<slug:piece>/garder", views.garder_fichier, name="garder_fichier"),
    path(f"{CADRE}piece/<slug:piece>/deplacer", views.deplacer_fichier, name="deplacer_fichier"),
    path(PREPARER, views_preparer.preparer_piece, name="preparer_piece"),
    path(f"{PREPARER}/page/<uuid:reference>/<slug:geste>", views_preparer.preparer_page, name="preparer_page"),
    path(f"{PREPARER}/verifier", views_preparer.preparer_verifier, name="preparer_verifier"),
    path(f"{PREPARER}/verifier/<int:page>", views_preparer.preparer_document, name="preparer_document"),
    path(f"{PREPARER}/envoyer", views_preparer.preparer_envoyer, name="preparer_envoyer"),
    path(f"{PREPARER}/abandonner", views_preparer.preparer_abandonner, name="preparer_abandonner"),
    path(ASSEMBLEE, views_preparer.page_assemblee, name="page_assemblee"),
    path(f"{CADRE}regroupement/<slug:regroupement>/envoyer", views.envoyer_regroupement, name="envoyer_regroupement"),
    path(f"{CADRE}accuse", views.accuse_de_depot, name="accuse_de_depot"),
]
