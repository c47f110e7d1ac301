"""Le second facteur : des codes à six chiffres, des codes de secours, et la marque d’une session qui l’a passé (S12).

Les codes suivent la RFC 6238 (TOTP, SHA-1, six chiffres, pas de 30 secondes) : ce que toutes les applications
savent faire. Ils suivent l’heure réelle. Un code du pas précédent ou du suivant est accepté.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
import zxingcpp
from django.http import HttpRequest

from registre.commun.cles import chiffre, cle
from registre.comptes.models import Compte

PAS = 30  # seconds
ECART = 1  # steps accepted before and after the current one
EMETTEUR = "Registre"  # what the app shows above the code
USAGE = "second-facteur"
PASSE, A_INSTALLER = "facteur_passe", "facteur_a_installer"  # keys of the web session

NOMBRE_DE_CODES = 10
LONGUEUR = 16  # 16 letters among 32: 80 bits
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # neither I nor O, read as 1 and 0


# --- Codes à six chiffres ---------------------------------------------------------------------------


def pas_a(instant: datetime) -> int:
    """Numéro du pas de 30 secondes où tombe ``instant``."""
    return int(instant.timestamp()) // PAS


def code_du_pas(secret: str, pas: int) -> str:
    return pyotp.TOTP(secret).generate_otp(pas)


def pas_du_code(secret: str, code: str, instant: datetime) -> int | None:
    """Le pas dont ``code`` est le code, s’il est accepté à cet instant ; le plus récent si deux pas ont le même."""
    lu = "".join(code.split()).encode()
    ici = pas_a(instant)
    candidats = range(ici + ECART, ici - ECART - 1, -1)
    # Each one is compared, whatever the first answers: the time taken says nothing.
    exacts = [pas for pas in candidats if hmac.compare_digest(code_du_pas(secret, pas).encode(), lu)]
    return exacts[0] if exacts else None


# --- Le secret ----------------------------------------------------------------------------------------


def nouveau_secret() -> str:
    """160 bits au hasard, en base 32 : ce que l’application garde."""
    return pyotp.random_base32()


def chiffrer(secret: str) -> bytes:
    return chiffre(USAGE).encrypt(secret.encode())


def dechiffrer(garde: bytes | memoryview) -> str:
    return chiffre(USAGE).decrypt(bytes(garde)).decode()


def par_groupes(texte: str) -> str:
    """Par groupes de quatre, pour la recopie."""
    return " ".join(texte[n : n + 4] for n in range(0, len(texte), 4))


def image(secret: str, compte: Compte) -> str:
    """Le code QR que l’application photographie, en adresse ``data:``."""
    adresse = pyotp.TOTP(secret).provisioning_uri(name=compte.email, issuer_name=EMETTEUR)
    barre = zxingcpp.create_barcode(adresse, zxingcpp.QRCode, ec_level="M")
    svg = zxingcpp.write_barcode_to_svg(barre, scale=1, add_quiet_zones=True)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def proposer(request: HttpRequest) -> str:
    """Le secret à installer pendant cette session du site, tiré au premier appel. Il n’est gardé que là, chiffré."""
    if A_INSTALLER not in request.session:
        request.session[A_INSTALLER] = chiffrer(nouveau_secret()).decode()
    return dechiffrer(request.session[A_INSTALLER].encode())


# --- Codes de secours ---------------------------------------------------------------------------------


def nouveaux_codes_de_secours() -> list[str]:
    return ["".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR)) for _ in range(NOMBRE_DE_CODES)]


def empreinte_du_code(code: str) -> str:
    """Ce qui est gardé d’un code de secours ; espaces, tirets et minuscules ne comptent pas."""
    lu = "".join(code.split()).replace("-", "").upper()
    return hmac.new(cle("code-de-secours"), lu.encode(), hashlib.sha256).hexdigest()


def montres(codes: Sequence[str]) -> list[str]:
    return [par_groupes(code) for code in codes]


# --- La session du site -------------------------------------------------------------------------------


def exige(compte: Compte) -> bool:
    """Le service, toujours ; les candidats, jamais (ADR 0010)."""
    return compte.est_gestionnaire


def est_passe(request: HttpRequest) -> bool:
    """Cette session a passé le second facteur qui est installé aujourd’hui."""
    facteur = request.user.facteur
    return bool(facteur) and request.session.get(PASSE) == facteur


def marquer_passe(request: HttpRequest, compte: Compte) -> None:
    """La session peut davantage : elle change de clé, l’ancienne ne vaut plus rien (S15)."""
    request.session.cycle_key()
    request.session[PASSE] = compte.facteur
    request.session.pop(A_INSTALLER, None)
    request.user, request.facteur_a_passer = compte, False
