"""Passerelles : le lien de courte durée par lequel un téléphone, sans connexion, ajoute des pages à un assemblage.

Le jeton (256 bits) est dans l’adresse ; le code court se tape sur le téléphone. Les deux sont tirés au hasard, et la
base ne garde que leurs empreintes. L’ordinateur qui a ouvert le lien les garde chiffrés dans sa session du site, pour
les montrer encore. Ouvrir l’adresse ne consomme rien. Toutes les durées courent sur l’heure réelle.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from registre.commun.cadres import tous
from registre.commun.cles import chiffre, cle
from registre.documents import sceau
from registre.inscription.models import Candidature
from registre.justificatifs.models import PageAssemblee, Passerelle
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif

DUREE = timedelta(minutes=15)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30 characters that are not taken for one another
LONGUEUR_DU_CODE = 8
ESSAIS_DE_CODE = (10, timedelta(hours=1))  # wrong codes from one network
ENVOIS_PAR_LIEN = (60, DUREE)  # requests that bring photos, by one link
GARDES = "passerelles"  # key of the web session
GARDES_AU_PLUS = 5

PASSERELLE_FERMEE = Motif(
    "passerelle_fermee", "photo", "Ce lien ne marche plus\u00a0: rien n’est ajouté.", ("pieces.bouton-ajouter",)
)
TROP_D_ENVOIS = Motif(
    "envois_trop_nombreux",
    "photo",
    "Vous avez ajouté trop de photos en peu de temps. Attendez quelques minutes, puis recommencez.",
    ("pieces.bouton-ajouter",),
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Ce que seuls l’ordinateur et le téléphone connaissent."""

    jeton: str
    code: str

    @property
    def code_lisible(self) -> str:
        """« ABCD-EFGH »."""
        return f"{self.code[:4]}-{self.code[4:]}"


def tirer() -> Secrets:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR_DU_CODE))
    return Secrets(jeton=nouveau_jeton(), code=code)


def nouveau_jeton() -> str:
    return secrets.token_urlsafe(32)


def empreinte_du_jeton(jeton: str) -> str:
    return hashlib.sha256(jeton.encode()).hexdigest()


def empreinte_du_code(code: str) -> str:
    """Empreinte à clé : un code est trop court pour une empreinte seule. Espaces, tirets et casse ne comptent pas."""
    lu = "".join(code.split()).replace("-", "").upper()
    return hmac.new(cle("passerelle-code"), lu.encode(), hashlib.sha256).hexdigest()


# --- Trouver ------------------------------------------------------------------------------------------------


def _vivantes(maintenant: datetime) -> QuerySet[Passerelle]:
    """Ni fermés, ni expirés, d’une candidature enregistrée et d’un compte ouvert."""
    return Passerelle.objects.filter(
        revoquee_le=None,
        expire_le__gt=maintenant,
        assemblage__candidature__etat=Candidature.Etat.ENREGISTREE,
        assemblage__candidature__compte__is_active=True,
    ).select_related("assemblage__candidature__compte")


def par_jeton(jeton: str, maintenant: datetime) -> Passerelle | None:
    """Le lien que ce jeton ouvre. L’index ne voit que l’empreinte : le temps de la recherche n’apprend rien."""
    return _du_meme_compte(_vivantes(maintenant).filter(secret_empreinte=empreinte_du_jeton(jeton)).first())


def par_code(code: str, maintenant: datetime) -> Passerelle | None:
    """Le lien que ce code ouvre, s’il n’a pas encore servi."""
    return _du_meme_compte(_vivantes(maintenant).filter(code_court=empreinte_du_code(code)).first())


def _du_meme_compte(passerelle: Passerelle | None) -> Passerelle | None:
    """Un nouveau mot de passe, une nouvelle adresse ou un autre second facteur ferme aussi les liens (S3)."""
    if passerelle is None:
        return None
    compte = passerelle.assemblage.candidature.compte
    memes = hmac.compare_digest(passerelle.session_empreinte, compte.get_session_auth_hash())
    return passerelle if memes else None


def derniere(candidature: Candidature, piece: str) -> Passerelle | None:
    """Le dernier lien de cette pièce, qu’il marche encore ou non."""
    siennes = Passerelle.objects.filter(assemblage__candidature=candidature, assemblage__cle=piece)
    return siennes.select_related("assemblage__candidature__compte").order_by("-pk").first()


def marche(passerelle: Passerelle | None, maintenant: datetime) -> bool:
    """Vrai si ce lien, lu à l’instant, n’est ni fermé ni expiré."""
    ouverte = passerelle is not None and passerelle.revoquee_le is None and passerelle.expire_le > maintenant
    return ouverte and _du_meme_compte(passerelle) is not None


def toujours_ouverte(passerelle: Passerelle) -> bool:
    """Relit le lien, sous le verrou de sa candidature : il n’a pas été fermé ni repris pendant l’envoi.

    L’heure d’arrivée de l’envoi a déjà décidé de l’expiration.
    """
    memes = Passerelle.objects.filter(pk=passerelle.pk, secret_empreinte=passerelle.secret_empreinte, revoquee_le=None)
    return _du_meme_compte(memes.select_related("assemblage__candidature__compte").first()) is not None


def cadre_de(passerelle: Passerelle) -> Cadre | None:
    return tous().get(passerelle.assemblage.candidature.cle)


def photos(passerelle: Passerelle) -> list[PageAssemblee]:
    """Les pages arrivées par ce lien, de la plus ancienne à la plus récente : il n’en montre pas d’autre."""
    pages = PageAssemblee.objects.filter(
        assemblage=passerelle.assemblage_id,
        origine=PageAssemblee.Origine.TELEPHONE,
        ajoutee_le__gte=passerelle.cree_le,
    )
    return list(pages.order_by("ajoutee_le", "pk"))


# --- Montrer ------------------------------------------------------------------------------------------------


def adresse_du_lien(jeton: str) -> str:
    """Adresse complète, faite avec ``URL_PUBLIQUE`` : jamais avec l’en-tête ``Host`` de la demande (S14)."""
    return settings.URL_PUBLIQUE + reverse("telephone_lien", kwargs={"jeton": jeton})


def adresse_du_code() -> str:
    return settings.URL_PUBLIQUE + reverse("telephone_code")


def image_du_lien(jeton: str) -> str:
    """Le code QR que le téléphone photographie, en adresse ``data:``."""
    svg, _ = sceau.qr(adresse_du_lien(jeton))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def minutes_restantes(passerelle: Passerelle, maintenant: datetime) -> int:
    """Arrondies vers le haut ; zéro quand c’est fini."""
    return max(0, -(-(passerelle.expire_le - maintenant) // timedelta(minutes=1)))


# --- La session du site ---------------------------------------------------------------------------------------


def garder(request: HttpRequest, passerelle: Passerelle, tires: Secrets) -> None:
    """Range les secrets, chiffrés, dans la session de l’ordinateur qui a ouvert le lien."""
    gardes = dict(request.session.get(GARDES, {}))
    gardes[str(passerelle.pk)] = chiffre("passerelle").encrypt(f"{tires.jeton} {tires.code}".encode()).decode()
    request.session[GARDES] = dict(list(gardes.items())[-GARDES_AU_PLUS:])


def gardes(request: HttpRequest, passerelle: Passerelle) -> Secrets | None:
    """Les secrets de ce lien, si cette session l’a ouvert et que son jeton vaut encore."""
    chiffres = request.session.get(GARDES, {}).get(str(passerelle.pk), "")
    try:
        jeton, code = chiffre("passerelle").decrypt(chiffres.encode()).decode().split(" ")
    except InvalidToken:
        return None
    valable = hmac.compare_digest(empreinte_du_jeton(jeton), passerelle.secret_empreinte)
    return Secrets(jeton=jeton, code=code) if valable else None
