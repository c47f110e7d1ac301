"""Les codes d’un récapitulatif signé, lus sur l’image d’une page : un scan rendu, ou une photo redressée.

Ce module ne connaît que Pillow et zxing-cpp, n’ouvre aucun fichier et ne sait rien des sceaux : celui qui l’appelle
vérifie ce qui est lu. Ce que chaque essai apporte se mesure par ``python -m bench.codes``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

NOTRE_CODE = re.compile(r"[0-9A-Z-]{1,30}/[1-9][0-9]{0,4}/[A-Z2-7]{16}", re.ASCII)
"""La forme de ce que ``registre.documents.sceau.code`` écrit ; la justesse du sceau ne se juge pas ici."""

BUDGET = 0.9
"""Secondes de processeur après lesquelles aucun nouvel essai ne commence ; le plus long en prend 0,4."""

COTE_MAX = 4200
"""Au-delà, l’image est réduite d’abord : en pixels, sur le plus grand côté."""

Point = tuple[float, float]
Preparation = Callable[[Image.Image], Image.Image]
Melange = Callable[[Image.Image, Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class CodeTrouve:
    """Un QR code : son texte, et ses coins, en pixels, depuis son haut gauche, dans le sens des aiguilles."""

    texte: str
    coins: tuple[Point, ...]

    @property
    def est_le_notre(self) -> bool:
        """Vrai s’il a la forme de nos codes."""
        return NOTRE_CODE.fullmatch(self.texte) is not None


def lire_codes(image: Image.Image, *, budget: float = BUDGET) -> list[str]:
    """Les textes des QR codes trouvés, sans doublon, dans l’ordre où ils ont été lus : voir :func:`trouver_codes`."""
    return list(dict.fromkeys(code.texte for code in trouver_codes(image, budget=budget)))


def trouver_codes(image: Image.Image, *, budget: float = BUDGET) -> list[CodeTrouve]:
    """Les QR codes trouvés, dans l’ordre où ils ont été lus ; le nôtre est imprimé deux fois.

    S’arrête au premier essai qui trouve un texte de la forme du nôtre ; les autres QR codes lus jusque-là sont
    rendus avec lui. Rend une liste vide s’il n’y en a aucun. Prend moins de 1,5 s de processeur à 12 mégapixels.

    :param budget: secondes de processeur après lesquelles aucun nouvel essai ne commence ; à 0, l’image n’est lue
        que telle quelle.
    """
    fin = time.process_time() + budget
    trouves: list[CodeTrouve] = []
    for essai in _essais(image):
        connus = {code.texte for code in trouves}
        trouves += [code for code in _lus(essai, max(image.size) / max(essai.size)) if code.texte not in connus]
        if any(code.est_le_notre for code in trouves) or time.process_time() >= fin:
            break
    return trouves


def _lus(gris: Image.Image, echelle: float) -> list[CodeTrouve]:
    """Model 2 only: a Micro QR code has few enough checks to be seen in a blurred picture where there is none."""
    lus = []
    for trouve in zxingcpp.read_barcodes(gris, formats=zxingcpp.QRCodeModel2):
        p = trouve.position
        coins = (p.top_left, p.top_right, p.bottom_right, p.bottom_left)
        lus.append(CodeTrouve(trouve.text, tuple((c.x * echelle, c.y * echelle) for c in coins)))
    return lus


def _essais(image: Image.Image) -> Iterator[Image.Image]:
    if max(image.size) > COTE_MAX:
        image = _au_cote(image, COTE_MAX)
    yield image.convert("L")
    encre_palie = _encre_palie(image)
    for cote, prepare in _PREPARATIONS:
        yield prepare(_au_cote(encre_palie, cote))


def _encre_palie(image: Image.Image) -> Image.Image:
    """The lightest of the three colours: blue ink and brown stains fade, the black of the code stays."""
    if image.mode != "RGB":
        return image.convert("L")
    rouge, vert, bleu = image.split()
    return ImageChops.lighter(ImageChops.lighter(rouge, vert), bleu)


def _au_cote(image: Image.Image, cote: int) -> Image.Image:
    """The same picture, its longest side being ``cote`` pixels: the sizes of the tries fit a page that fills it."""
    echelle = cote / max(image.size)
    largeur, hauteur = (max(1, round(c * echelle)) for c in image.size)
    return image.resize((largeur, hauteur), Image.Resampling.BICUBIC)


def _nette(rayon: float, gris: Image.Image) -> Image.Image:
    return gris.filter(ImageFilter.UnsharpMask(radius=rayon, percent=300, threshold=0))


def fermer(gris: Image.Image, pixels: int) -> Image.Image:
    """L’image sans ce qui est sombre et plus fin que ``pixels`` : un trait s’en va, un bord d’ombre reste."""
    return _en_place(etendre(etendre(gris, ImageChops.lighter, pixels), ImageChops.darker, pixels), pixels)


def _sans_griffure(pixels: int, gris: Image.Image) -> Image.Image:
    """Without what is light and thinner than ``pixels``: the crease of a fold."""
    return _en_place(etendre(etendre(gris, ImageChops.darker, pixels), ImageChops.lighter, pixels), pixels)


def _en_place(gris: Image.Image, pixels: int) -> Image.Image:
    """The picture moved back to where it was before two spreads of ``pixels``."""
    return ImageChops.offset(gris, 1 - pixels, 1 - pixels)


def etendre(gris: Image.Image, melange: Melange, pixels: int) -> Image.Image:
    """Each pixel becomes the ``melange`` of a square of ``pixels``, by doubling: far quicker than a rank filter.

    The picture moves by half as much, right and down, and wraps around its sides.
    """
    for horizontal in (True, False):
        fait = 1
        while fait < pixels:
            pas = min(fait, pixels - fait)
            decale = ImageChops.offset(gris, pas if horizontal else 0, 0 if horizontal else pas)
            gris, fait = melange(gris, decale), fait + pas
    return gris


_PREPARATIONS: tuple[tuple[int, Preparation], ...] = (
    (1600, partial(_nette, 3)),
    (2200, partial(fermer, pixels=6)),
    (2200, partial(_sans_griffure, 4)),
    (2200, partial(fermer, pixels=4)),
    (2200, partial(fermer, pixels=7)),
    (4000, partial(_nette, 6)),
)
"""(plus grand côté en pixels, préparation), de la plus utile à la plus coûteuse."""

# Handing points over makes Pillow load one more module, the first time: here, while files may still be opened.
_lus(Image.new("L", (1, 1)), 1)
