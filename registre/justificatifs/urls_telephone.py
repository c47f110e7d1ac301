"""Adresses de « Photographier avec mon téléphone » : celles de l’ordinateur, puis celles que le téléphone ouvre."""

from django.urls import path

from registre.justificatifs import views_passerelle, views_telephone

PIECE = "justificatifs/<slug:academie>/<int:session>/<slug:examen>/piece/<slug:piece>/telephone"
LIEN = "telephone/<str:jeton>"

urlpatterns = [
    path(PIECE, views_passerelle.telephone, name="telephone"),
    path(f"{PIECE}/prolonger", views_passerelle.telephone_prolonger, name="telephone_prolonger"),
    path(f"{PIECE}/revoquer", views_passerelle.telephone_revoquer, name="telephone_revoquer"),
    path(f"{PIECE}/courriel", views_passerelle.telephone_courriel, name="telephone_courriel"),
    path(f"{PIECE}/etat", views_passerelle.telephone_etat, name="telephone_etat"),
    path("telephone", views_telephone.telephone_code, name="telephone_code"),
    path(LIEN, views_telephone.telephone_lien, name="telephone_lien"),
    path(f"{LIEN}/retirer", views_telephone.telephone_retirer, name="telephone_retirer"),
    path(f"{LIEN}/fini", views_telephone.telephone_fini, name="telephone_fini"),
    path(f"{LIEN}/vignette/<uuid:reference>", views_telephone.telephone_vignette, name="telephone_vignette"),
]
