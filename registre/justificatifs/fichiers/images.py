"""Dans l’atelier : une photo JPEG redressée et réécrite sans rien d’autre que l’image."""

from __future__ import annotations

import io
import re
import struct
import warnings

# Pillow imports its parts when it first needs them: here, since nothing can be opened once the limits are set.
from PIL import Image, ImageChops, ImageFile, ImageOps, ImagePalette, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin

PIXELS = 50_000_000
PASSES = 100  # scans of a progressive picture; ordinary ones have about ten
COTE_DE_PAGE = 2_200  # pixels, long side of what is shown
QUALITE = 88
QUALITE_DE_PAGE = 80
DEBUT_DE_PASSE = b"\xff\xda"
FIN_D_IMAGE = b"\xff\xd9"
BRUIT = bytes(range(1, 128)) * 4  # reads as picture data
MARQUE = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")  # neither a stuffed byte nor a restart mark
FIN, APP0, APP14, COMMENTAIRE = 0xD9, 0xE0, 0xEE, 0xFE
BOITES_DE_JP2 = (b"jP  ", b"ftyp", b"jp2h", b"jp2c")
PARTIES = (ImageFile, ImagePalette, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin)

Image.preinit()
Image.MAX_IMAGE_PIXELS = PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Refus(Exception):
    """Le fichier est refusé. ``code`` est celui de :func:`registre.regles.fichiers.refus_de_fichier`."""

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
        sans_fin = octets.find(FIN_D_IMAGE, octets.rfind(DEBUT_DE_PASSE)) < 0
        droite = _ouverte(_avec_sa_fin(octets) if sans_fin else octets)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bombe:
        raise Refus("fichier_trop_complexe") from bombe
    except (OSError, SyntaxError, ValueError, struct.error) as panne:
        raise Refus("fichier_abime") from panne
    if droite.mode not in ("RGB", "L"):
        droite = droite.convert("RGB")
    droite.info.clear()  # Pillow writes the comment and the profile back from here
    return droite


def _ouverte(octets: bytes) -> Image.Image:
    with Image.open(io.BytesIO(octets), formats=["JPEG"]) as lue:
        lue.load()
        return redressee(lue)


def _avec_sa_fin(octets: bytes) -> bytes:
    """The closing mark put back where it alone is missing.

    Whatever is added after a complete picture changes nothing; where lines are missing, it would fill them.
    """
    avec_du_bruit, telle_quelle = (_ouverte(octets + ajout + FIN_D_IMAGE) for ajout in (BRUIT, b""))
    if ImageChops.difference(avec_du_bruit, telle_quelle).getbbox() is not None:
        raise OSError("des lignes manquent")
    return octets + FIN_D_IMAGE


def redressee(image: Image.Image, *, sur_place: bool = False) -> Image.Image:
    """The picture as the camera meant it. Unreadable EXIF data say nothing: the picture stays as it is.

    ``sur_place`` spares the memory of a copy, for a picture that needs none.
    """
    try:
        return ImageOps.exif_transpose(image, in_place=sur_place) or image
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return image if sur_place else image.copy()


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


def jpeg_sans_metadonnees(octets: bytes) -> bytes:
    """Le même JPEG au pixel près, sans commentaire, sans marque d’application, sans rien après sa fin.

    Restent la marque JFIF, sans vignette, et celle d’Adobe, qui disent comment les couleurs sont codées.
    """
    debut = octets.find(b"\xff\xd8")
    if debut < 0:
        return octets
    sortie = bytearray(b"\xff\xd8")
    position = debut + 2
    while (marque := MARQUE.search(octets, position)) is not None:
        # What lies between two segments is the coded picture after a scan has begun, and noise before.
        if DEBUT_DE_PASSE in sortie:
            sortie += octets[position : marque.start()]
        code = marque[1][0]
        if code == FIN:
            return bytes(sortie) + FIN_D_IMAGE
        longueur = int.from_bytes(octets[marque.end() : marque.end() + 2], "big")
        position = marque.end() + max(longueur, 2)
        sortie += _segment(code, octets[marque.end() : position])
    if DEBUT_DE_PASSE in sortie:
        sortie += octets[position:]
    return bytes(sortie)


def _segment(code: int, contenu: bytes) -> bytes:
    if code == APP0 and contenu[2:7] == b"JFIF\0":
        return b"\xff\xe0\x00\x10" + contenu[2:14] + b"\0\0"
    if (APP0 <= code < APP0 + 16 or code == COMMENTAIRE) and not (code == APP14 and contenu[2:7] == b"Adobe"):
        return b""
    return bytes((0xFF, code)) + contenu


def jp2_sans_metadonnees(octets: bytes) -> bytes:
    """La même image JPEG 2000, sans les boîtes où se rangent textes, positions et identifiants."""
    if octets[4:8] != b"jP  ":
        return octets  # the bare codestream has no boxes
    sortie = bytearray()
    position = 0
    while position + 8 <= len(octets):
        longueur = int.from_bytes(octets[position : position + 4], "big")
        if longueur == 1:
            longueur = int.from_bytes(octets[position + 8 : position + 16], "big")
        fin = position + max(longueur, 8) if longueur else len(octets)
        if octets[position + 4 : position + 8] in BOITES_DE_JP2:
            sortie += octets[position:fin]
        position = fin
    return bytes(sortie)
