"""Le frein : compter les essais sans donner à un tiers le moyen de fermer la porte au propriétaire du compte.

Connexion : par adresse tapée (existante ou non, la réponse est la même), ou par appareil quand le navigateur
s’est déjà connecté à ce compte. Les deux comptes sont séparés : qui essaie des mots de passe depuis ailleurs ne
bloque pas l’appareil du propriétaire (S8). Par réseau : large, une salle d’examen partage une adresse (L9).
Le frein suit l’heure réelle. Un essai refusé ne compte pas.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from registre.commun.cles import cle as cle_derivee
from registre.comptes.models import Essai

JOUR = timedelta(hours=24)
ESSAIS_LIBRES = 5
ESSAIS_PAR_JOUR = 25
PREMIERE_ATTENTE = timedelta(minutes=1)
ATTENTE_LA_PLUS_LONGUE = timedelta(minutes=15)
PAR_RESEAU = (600, timedelta(minutes=15))
COURRIELS = (3, timedelta(hours=1))


@dataclass(frozen=True)
class TropDEssais(Exception):
    """Il faut attendre ``secondes`` avant l’essai suivant."""

    secondes: int


@dataclass(frozen=True, slots=True)
class Jeton:
    """Un essai accepté, compté comme un échec tant qu’il n’est pas :func:`reussi`."""

    essai: Essai

    def reussi(self) -> None:
        self.essai.delete()


def cle_de(sorte: str, valeur: str) -> str:
    """Clé de comptage qui ne laisse lire ni l’adresse de messagerie ni l’adresse du réseau."""
    return f"{sorte}:{hmac.new(cle_derivee('frein'), valeur.encode(), hashlib.sha256).hexdigest()[:40]}"


def essayer(cle: str) -> Jeton:
    """Compte un essai de mot de passe, avant de le vérifier.

    Cinq essais libres, puis une attente qui double à chaque échec, puis 25 essais au plus sur 24 heures.

    :raises TropDEssais: si l’essai arrive trop tôt.
    """
    maintenant = timezone.now()
    # Counted before it is checked: of two simultaneous tries each one sees the other.
    essai = Essai.objects.create(cle=cle, le=maintenant)
    echecs = list(
        Essai.objects.filter(cle=cle, le__gt=maintenant - JOUR)
        .exclude(pk=essai.pk)
        .order_by("-le")
        .values_list("le", flat=True)[:ESSAIS_PAR_JOUR]
    )
    libre_a = _libre_a(echecs)
    if libre_a is not None and maintenant < libre_a:
        essai.delete()
        raise TropDEssais(_secondes(libre_a - maintenant))
    return Jeton(essai)


def _libre_a(echecs: list[datetime]) -> datetime | None:
    """Instant du prochain essai permis ; ``echecs`` du plus récent au plus ancien, sur 24 heures."""
    if len(echecs) >= ESSAIS_PAR_JOUR:
        return echecs[ESSAIS_PAR_JOUR - 1] + JOUR
    if len(echecs) < ESSAIS_LIBRES:
        return None
    attente = PREMIERE_ATTENTE * 2 ** (len(echecs) - ESSAIS_LIBRES)
    return echecs[0] + min(attente, ATTENTE_LA_PLUS_LONGUE)


def compter_le_reseau(request: HttpRequest) -> None:
    """Compte une demande anonyme venue de ce réseau (IPv4 entière, /64 en IPv6).

    :raises TropDEssais: au-delà du débit permis.
    """
    nombre, fenetre = PAR_RESEAU
    if not permis(cle_de("reseau", reseau(request)), nombre, fenetre):
        raise TropDEssais(_secondes(fenetre))


def compter(cle: str, nombre: int, fenetre: timedelta) -> Jeton:
    """Compte un essai avant de le vérifier ; il cesse de compter s’il est réussi.

    :raises TropDEssais: s’il y a eu ``nombre`` échecs pendant la ``fenetre``.
    """
    maintenant = timezone.now()
    # Counted before it is checked: of two simultaneous tries each one sees the other.
    essai = Essai.objects.create(cle=cle, le=maintenant)
    echecs = Essai.objects.filter(cle=cle, le__gt=maintenant - fenetre).exclude(pk=essai.pk).order_by("-le")
    autres = list(echecs.values_list("le", flat=True)[:nombre])
    if len(autres) >= nombre:
        essai.delete()
        raise TropDEssais(_secondes(autres[-1] + fenetre - maintenant))
    return Jeton(essai)


def permis(cle: str, nombre: int, fenetre: timedelta) -> bool:
    """Vrai, et l’essai est compté, s’il y en a eu moins de ``nombre`` pendant la ``fenetre``."""
    maintenant = timezone.now()
    if Essai.objects.filter(cle=cle, le__gt=maintenant - fenetre).count() >= nombre:
        return False
    Essai.objects.create(cle=cle, le=maintenant)
    return True


def courriel_permis(sorte: str, compte_id: int) -> bool:
    """Trois courriels par heure, par compte et par sorte, sans le dire à celui qui demande."""
    return permis(f"courriel:{sorte}:{compte_id}", *COURRIELS)


def reseau(request: HttpRequest) -> str:
    """Le réseau du client ; ``X-Forwarded-For`` n’est lu que si un mandataire de confiance nous parle."""
    adresse = request.META.get("REMOTE_ADDR", "")
    if adresse in settings.MANDATAIRES_DE_CONFIANCE:
        relais = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        # The last one was written by the proxy we trust; those before it are the client's word.
        adresse = next((a for a in reversed(relais) if a and a not in settings.MANDATAIRES_DE_CONFIANCE), adresse)
    try:
        ip = ipaddress.ip_address(adresse)
    except ValueError:
        return "inconnu"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _secondes(duree: timedelta) -> int:
    """Au moins une seconde, arrondie vers le haut."""
    return max(1, -(-duree // timedelta(seconds=1)))
