"""Adresses des comptes, montées sous ``compte/``."""

from django.urls import path, register_converter

from registre.comptes import views_compte, views_connexion, views_creation, views_liens, views_second_facteur
from registre.comptes.models import Lien


class UsageDeLien:
    """« activation », « mot-de-passe » ou « adresse »."""

    regex = "|".join(Lien.Usage.values)

    def to_python(self, valeur: str) -> Lien.Usage:
        return Lien.Usage(valeur)

    def to_url(self, valeur: str) -> str:
        return valeur


register_converter(UsageDeLien, "usage_de_lien")

urlpatterns = [
    path("", views_compte.mon_compte, name="mon_compte"),
    path("creation/", views_creation.creation, name="account_signup"),
    path(
        "creation/verifiez-vos-messages/",
        views_creation.verifiez_vos_messages,
        name="account_email_verification_sent",
    ),
    path("activation/", views_creation.activation, name="account_confirm_email"),
    path("activation/renvoi/", views_creation.renvoi_de_l_activation, name="account_resend_activation"),
    path("connexion/", views_connexion.connexion, name="account_login"),
    path("deconnexion/", views_connexion.deconnexion, name="account_logout"),
    path("prolonger/", views_connexion.prolonger, name="prolonger"),
    path("mot-de-passe/oublie/", views_connexion.mot_de_passe_oublie, name="account_reset_password"),
    path("mot-de-passe/demande/", views_connexion.mot_de_passe_demande, name="account_reset_password_done"),
    path("mot-de-passe/nouveau/", views_connexion.nouveau_mot_de_passe, name="account_reset_password_from_key"),
    path("mot-de-passe/", views_compte.changement_de_mot_de_passe, name="account_change_password"),
    path("identite/", views_compte.identite, name="identite"),
    path("adresse/", views_compte.changement_d_adresse, name="account_email"),
    path("adresse/nouvelle/", views_compte.nouvelle_adresse, name="account_confirm_address"),
    path("second-facteur/", views_second_facteur.second_facteur, name="second_facteur"),
    path("second-facteur/secours/", views_second_facteur.second_facteur_secours, name="second_facteur_secours"),
    path(
        "second-facteur/installation/",
        views_second_facteur.second_facteur_installation,
        name="second_facteur_installation",
    ),
    path("second-facteur/codes/", views_second_facteur.second_facteur_codes, name="second_facteur_codes"),
    path("lien/<usage_de_lien:usage>/<slug:jeton>/", views_liens.lien, name="account_lien"),
]
