"""Le sceau d’un document : un code à lire par machine, que seul le registre peut écrire.

Le code vaut ``<numéro>/<version>/<sceau>``. Le sceau est fait des 80 premiers bits d’un HMAC-SHA256, écrits en
16 caractères base 32. Tout tient dans l’alphabet alphanumérique du QR code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import zxingcpp

from registre.commun.cles import cle

_CODE = re.compile(r"([0-9A-Z-]{1,30})/([1-9][0-9]{0,4})/([A-Z2-7]{16})", re.ASCII)
_COTE = re.compile(r'<svg width="(\d+)"')
MODULES_DE_MARGE = 4


def code(numero: str, version: int) -> str:
    """Le texte à mettre dans le QR code.

    :raises ValueError: si le numéro ou la version ne peuvent pas s’y écrire.
    """
    texte = f"{numero}/{version}/{_sceau(numero, version)}"
    if not _CODE.fullmatch(texte):
        raise ValueError(f"numéro impossible à sceller : {numero}/{version}")
    return texte


def lire(texte: str) -> tuple[str, int] | None:
    """(numéro, version) si le sceau est le nôtre, sinon ``None``."""
    trouve = _CODE.fullmatch(texte)
    if trouve is None:
        return None
    numero, version = trouve[1], int(trouve[2])
    return (numero, version) if hmac.compare_digest(trouve[3], _sceau(numero, version)) else None


def qr(texte: str) -> tuple[str, int]:
    """(SVG, nombre de modules d’un côté, marge comprise) du QR code de niveau M."""
    barre = zxingcpp.create_barcode(texte, zxingcpp.QRCode, ec_level="M")
    svg = zxingcpp.write_barcode_to_svg(barre, scale=1, add_quiet_zones=True)
    return svg, int(_COTE.search(svg)[1])


def _sceau(numero: str, version: int) -> str:
    marque = hmac.new(cle("sceau"), f"{numero}/{version}".encode(), hashlib.sha256).digest()
    return base64.b32encode(marque[:10]).decode()
