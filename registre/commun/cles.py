"""Clés dérivées : une clé maîtresse, une clé par usage.

Chaque usage (chiffrement d’une réponse, sceau d’un document…) a sa propre clé, tirée de ``CLE_MAITRE``
par HKDF-SHA256 : connaître l’une n’apprend rien des autres.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache(maxsize=32)
def cle(usage: str) -> bytes:
    """Clé de 32 octets propre à ``usage`` (« handicap », « sceau »…)."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"registre/{usage}".encode())
    return derivation.derive(settings.CLE_MAITRE.encode())


def chiffre(usage: str) -> Fernet:
    """Chiffrement authentifié pour ``usage`` ; un octet changé lève ``InvalidToken``."""
    return Fernet(base64.urlsafe_b64encode(cle(usage)))
