"""Pages publiques du site."""

from django.urls import path

from registre.commun import views

urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("ouverture-des-services/", views.ouverture_des_services, name="ouverture_des_services"),
    path("accessibilite/", views.accessibilite, name="accessibilite"),
    path("donnees-personnelles/", views.donnees_personnelles, name="donnees_personnelles"),
    path("mentions-legales/", views.mentions_legales, name="mentions_legales"),
    path("sante/", views.sante, name="sante"),
]
