"""Le coffre : les octets des pièces, chiffrés un par un, sous des noms tirés au hasard.

Un objet : ``format (1 octet) | clé maîtresse (4 octets) | nonce (12 octets) | AES-256-GCM``. Sa clé est tirée de la
clé « fichiers » par HKDF, avec son nom : deux objets n’ont pas la même clé et aucune n’est écrite. L’en-tête et le nom
sont authentifiés : un objet changé, coupé ou mis à la place d’un autre ne s’ouvre pas. L’en-tête dit sous quelle clé
maîtresse l’objet est fermé, pour qu’un changement de clé puisse les reprendre un à un.

Tout passe par le stockage par défaut de Django. Il signale ses pannes par ``OSError`` : c’est la seule famille
d’erreurs attendue de lui (``FileNotFoundError`` pour un objet absent).
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from registre.commun.cles import cle as cle_d_usage

FORMAT = b"\x01"
CLE_MAITRESSE = slice(1, 5)
NONCE = slice(5, 17)
ENTETE = 17  # bytes before the ciphertext
NOM = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")

traces = logging.getLogger(__name__)


class CoffreEnPanne(Exception):
    """Le stockage ne répond pas, refuse ou manque de place : recommencer plus tard peut réussir."""


class ObjetPerdu(Exception):
    """Aucun objet sous ce nom."""


class ObjetAltere(Exception):
    """L’objet n’est pas celui qui a été rangé : octet changé, fin coupée, autre objet, autre clé maîtresse."""


def ranger(octets: bytes) -> str:
    """Range ``octets`` et rend leur clé de coffre, ``xx/<32 chiffres hexadécimaux>`` : 128 bits tirés au hasard.

    Au retour, les octets survivent à une coupure de courant : la ligne qui porte la clé peut être validée.

    :raises CoffreEnPanne: si le stockage n’a pas tout pris ; rien n’est à effacer.
    """
    nom = nouveau_nom()
    try:
        pris = default_storage.save(nom, ContentFile(fermer(nom, octets)))
    except OSError as panne:
        _effacer_si_possible(nom)  # what a full disk has kept of it
        raise CoffreEnPanne("écriture impossible") from panne
    if pris != nom:  # the storage has renamed it: it could not be opened
        _effacer_si_possible(pris)
        raise CoffreEnPanne("le stockage a changé le nom de l’objet")
    return nom


def lire(cle: str) -> bytes:
    """Les octets rangés sous ``cle``, vérifiés.

    :raises ObjetPerdu: s’il n’y a rien sous cette clé.
    :raises ObjetAltere: si ce qui s’y trouve n’est pas ce qui a été rangé.
    :raises CoffreEnPanne: si le stockage n’a pas pu le dire.
    """
    if not NOM.fullmatch(cle):
        raise ObjetPerdu(cle)
    try:
        with default_storage.open(cle) as objet:
            ferme = objet.read()
    except FileNotFoundError as absent:
        raise ObjetPerdu(cle) from absent
    except OSError as panne:
        raise CoffreEnPanne("lecture impossible") from panne
    return ouvrir(cle, ferme)


def effacer(cles: Iterable[str]) -> None:
    """Efface ce qui peut l’être, sans jamais échouer : une clé absente ne compte pas, une panne est tracée.

    Ce qui reste n’est plus nommé par personne, et ``ranger_coffre`` le prend. À appeler après la validation de la
    transaction qui oublie ces clés, jamais dedans.
    """
    for cle in cles:
        _effacer_si_possible(cle)


def effacer_un(cle: str) -> None:
    """Efface un objet, qu’il soit encore là ou non.

    :raises CoffreEnPanne: si le stockage refuse.
    """
    if not NOM.fullmatch(cle):
        raise ValueError(f"{cle!r} n’est pas une clé de coffre.")
    try:
        default_storage.delete(cle)
    except FileNotFoundError:
        return
    except OSError as panne:
        raise CoffreEnPanne("effacement impossible") from panne


def _effacer_si_possible(cle: str) -> None:
    try:
        effacer_un(cle)
    except (CoffreEnPanne, ValueError) as panne:
        traces.warning("objet du coffre non effacé : %s", panne)


# --- Fermer et ouvrir -------------------------------------------------------------------------------------


def nouveau_nom() -> str:
    """Un nom d’objet que personne ne devine. Deux chiffres de dossier : aucun dossier ne devient immense."""
    hasard = secrets.token_hex(16)
    return f"{hasard[:2]}/{hasard}"


def fermer(nom: str, octets: bytes) -> bytes:
    """L’objet à écrire sous ``nom``."""
    entete = FORMAT + _identifiant() + secrets.token_bytes(12)
    return entete + _serrure(nom).encrypt(entete[NONCE], octets, entete + nom.encode())


def ouvrir(nom: str, ferme: bytes) -> bytes:
    """Les octets de l’objet lu sous ``nom``.

    :raises ObjetAltere: s’il n’est pas tel qu’il a été fermé.
    """
    entete = ferme[:ENTETE]
    if len(entete) < ENTETE or entete[:1] != FORMAT:
        raise ObjetAltere(f"{nom} : en-tête inconnu")
    if entete[CLE_MAITRESSE] != _identifiant():
        raise ObjetAltere(f"{nom} : fermé sous une autre clé maîtresse, ou en-tête changé")
    try:
        return _serrure(nom).decrypt(entete[NONCE], ferme[ENTETE:], entete + nom.encode())
    except InvalidTag as faux:
        raise ObjetAltere(nom) from faux


def _serrure(nom: str) -> AESGCM:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=nom.encode(), info=b"registre/objet du coffre")
    return AESGCM(derivation.derive(cle_d_usage("fichiers")))


def _identifiant() -> bytes:
    """Désigne la clé maîtresse sans rien en apprendre."""
    return sha256(b"identifiant" + cle_d_usage("fichiers/identifiant")).digest()[:4]
