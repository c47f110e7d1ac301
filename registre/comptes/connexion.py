"""Ouvrir et fermer la session du site : qui peut entrer, par quelle porte, et où aller ensuite."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from registre.comptes.models import Compte
from registre.comptes.mots_de_passe import tel_que_hache
from registre.regles.compte import courriel_normalise, motifs_courriel

MOTEUR = "registre.comptes.connexion.Moteur"
DEBUT, DERNIERE_ACTION = "ouverte_a", "vue_a"  # keys of the web session, seconds since the epoch, real time
LONGUEUR_LUE = 128  # no accepted password is longer; what is cut fails anyway


class Moteur(BaseBackend):
    """Qui est derrière une session : un compte utilisable, dont l’adresse est vérifiée."""

    def get_user(self, user_id: int) -> Compte | None:
        return Compte.objects.filter(pk=user_id, is_active=True, active_le__isnull=False).first()


def adresse_lue(texte: str) -> str | None:
    """L’adresse telle que les comptes la gardent, ``None`` si ce n’en est pas une."""
    return None if motifs_courriel(texte) else courriel_normalise(texte)


def compte_de(adresse: str | None) -> Compte | None:
    return Compte.objects.filter(email=adresse).first() if adresse else None


def mot_de_passe_exact(compte: Compte | None, mot_de_passe: str) -> bool:
    """Vérifie un mot de passe ; un compte inconnu coûte le même hachage (S9)."""
    lu = tel_que_hache(mot_de_passe[: LONGUEUR_LUE + 1])
    if compte is None:
        make_password(lu)
        return False
    return check_password(lu, compte.password, setter=lambda clair: _rehacher(compte, clair))


def _rehacher(compte: Compte, clair: str) -> None:
    """A stronger cost was chosen since: the hash follows at the next login."""
    compte.password = make_password(clair)
    compte.save(update_fields=["password"])


def ouvrir_session(request: HttpRequest, compte: Compte) -> None:
    """Ouvre la session sous une nouvelle clé ; l’ancienne ne vaut plus rien."""
    login(request, compte, backend=MOTEUR)
    dater(request)


def dater(request: HttpRequest) -> None:
    maintenant = timezone.now().timestamp()
    request.session[DEBUT] = request.session[DERNIERE_ACTION] = maintenant


def suite_sure(request: HttpRequest, suite: str) -> str:
    """La page demandée avant la connexion, si c’est un chemin de ce site ; sinon l’accueil du rôle (S21).

    L’adresse d’un bouton (se déconnecter, prolonger) n’est pas une page : on n’y revient pas.
    """
    if suite.partition("?")[0] in (reverse("account_logout"), reverse("prolonger")):
        return accueil_du_role(request)
    chemin = suite.startswith("/") and not suite.startswith("//") and suite.isprintable() and "\\" not in suite
    if chemin and url_has_allowed_host_and_scheme(suite, {request.get_host()}, require_https=request.is_secure()):
        return suite
    return accueil_du_role(request)


def accueil_du_role(request: HttpRequest) -> str:
    """La page d’accueil du compte ; « Mon compte » pour un compte de service sans académie."""
    if not request.user.is_authenticated or request.user.est_candidat:
        return reverse("mes_candidatures")
    if request.user.academie:
        return reverse("gestion_accueil", kwargs={"academie": request.user.academie})
    return reverse("mon_compte")
