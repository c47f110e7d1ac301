"""Dans l’atelier : une photo JPEG redressée et réécrite sans rien d’autre que l’image."""

from __future__ import annotations

import io
import struct
import warnings

# Pillow imports its parts when it first needs them: here, since nothing can be opened once the limits are set.
from PIL import Image, ImageFile, ImageOps, ImagePalette, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin

PIXELS = 50_000_000
PASSES = 100  # scans of a progressive picture; ordinary ones have about ten
COTE_DE_PAGE = 2_200  # pixels, long side of what is shown
QUALITE = 88
QUALITE_DE_PAGE = 80
DEBUT_DE_PASSE = b"\xff\xda"
ORIENTATION = 0x0112
PARTIES = (ImageFile, ImagePalette, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin)

Image.preinit()
Image.MAX_IMAGE_PIXELS = PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Refus(Exception):
    """Le fichier est refusé. ``code`` est celui de :func:`registre.regles.depot.refus_de_fichier`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def photo(octets: bytes) -> Image.Image:
    """L’image, droite, en couleurs (RGB) ou en gris (L), sans métadonnées.

    Une image dont des blocs sont faux mais qui va jusqu’au bout est gardée, comme dans une visionneuse ; une image
    à laquelle il manque des lignes est refusée.

    :raises Refus: ``fichier_abime`` ou ``fichier_trop_complexe``.
    """
    if octets.count(DEBUT_DE_PASSE) > PASSES:
        raise Refus("fichier_trop_complexe")
    try:
        with Image.open(io.BytesIO(octets), formats=["JPEG"]) as lue:
            lue.load()
            droite = _redressee(lue)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bombe:
        raise Refus("fichier_trop_complexe") from bombe
    except (OSError, SyntaxError, ValueError, struct.error) as panne:
        raise Refus("fichier_abime") from panne
    if droite.mode not in ("RGB", "L"):
        droite = droite.convert("RGB")
    droite.info.clear()  # Pillow writes the comment and the profile back from here
    return droite


def _redressee(image: Image.Image) -> Image.Image:
    """The picture as the camera meant it. Unreadable EXIF data say nothing: the picture stays as it is."""
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return image.copy()


def en_jpeg(image: Image.Image, qualite: int = QUALITE) -> bytes:
    """Les octets JPEG d’une image RGB ou L, sans métadonnées."""
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", quality=qualite)
    return sortie.getvalue()


def page(image: Image.Image) -> tuple[bytes, int, int]:
    """L’image telle qu’elle est montrée : ses octets, sa largeur et sa hauteur en pixels."""
    montree = image
    if max(image.size) > COTE_DE_PAGE:
        rapport = COTE_DE_PAGE / max(image.size)
        taille = (max(1, round(image.width * rapport)), max(1, round(image.height * rapport)))
        montree = image.resize(taille, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return en_jpeg(montree, QUALITE_DE_PAGE), montree.width, montree.height
