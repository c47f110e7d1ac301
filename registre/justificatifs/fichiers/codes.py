"""Les codes d’un récapitulatif signé, lus sur l’image d’une page : un scan rendu, ou une photo redressée.

Ce module ne connaît que Pillow et zxing-cpp, n’ouvre aucun fichier et ne sait rien des sceaux : celui qui l’appelle
vérifie ce qui est lu.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

NOTRE_CODE = re.compile(r"[0-9A-Z-]{1,30}/[1-9][0-9]{0,4}/[A-Z2-7]{16}", re.ASCII)
"""La forme de ce que ``registre.documents.sceau.code`` écrit ; la justesse du sceau ne se juge pas ici."""

BUDGET = 1.0
"""Secondes de processeur après lesquelles aucun nouvel essai ne commence."""

COTE_MAX = 4200
"""Au-delà, l’image est réduite d’abord : en pixels, sur le plus grand côté."""


def lire_codes(image: Image.Image) -> list[str]:
    """Les textes des QR codes trouvés, sans doublon, dans l’ordre où ils ont été lus.

    S’arrête au premier essai qui trouve un texte de la forme du nôtre ; les autres QR codes lus jusque-là sont
    rendus avec lui. Rend une liste vide s’il n’y en a aucun. Prend moins de 1,5 s de processeur à 12 mégapixels.
    """
    fin = time.process_time() + BUDGET
    textes: list[str] = []
    for essai in _essais(image):
        textes += (texte for texte in _lus(essai) if texte not in textes)
        if any(map(NOTRE_CODE.fullmatch, textes)) or time.process_time() > fin:
            break
    return textes


def _lus(image: Image.Image) -> list[str]:
    return [barre.text for barre in zxingcpp.read_barcodes(image, formats=zxingcpp.QRCode)]


def _essais(image: Image.Image) -> Iterator[Image.Image]:
    gris = image.convert("L")
    if max(gris.size) > COTE_MAX:
        gris.thumbnail((COTE_MAX, COTE_MAX), Image.Resampling.BOX)
    yield gris
    for prepare in _PREPARATIONS:
        yield prepare(gris)


def _nette(gris: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(gris.filter(ImageFilter.UnsharpMask(radius=3, percent=200, threshold=0)), cutoff=1)


def _doublee(gris: Image.Image) -> Image.Image:
    """Only worth it while it stays a picture of ordinary size."""
    echelle = min(2.0, COTE_MAX / max(gris.size))
    taille = tuple(round(cote * echelle) for cote in gris.size)
    return _nette(gris.resize(taille, Image.Resampling.BICUBIC))


_PREPARATIONS: tuple[Callable[[Image.Image], Image.Image], ...] = (_nette, _doublee)
