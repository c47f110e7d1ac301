"""Dans l’atelier : les images que le site ne garde pas telles quelles, mais dont il sait faire des pages.

HEIC, PNG et WebP deviennent une image droite, en couleurs ou en gris, sur fond blanc. D’un HEIC qui porte plusieurs
images, seule compte la principale, celle que montre tout lecteur ; une image animée n’est pas un document.
"""

from __future__ import annotations

import io
import struct

from PIL import Image, PngImagePlugin, WebPImagePlugin

from registre.justificatifs.fichiers.images import PIXELS, Refus, photo, redressee

FORMATS = {"png": "PNG", "webp": "WEBP", "heic": "HEIF"}
PARTIES = (PngImagePlugin, WebPImagePlugin)  # imported before the limits
BLANC = (255, 255, 255)


def preparer_le_heic() -> None:
    """À faire avant les limites : la bibliothèque se charge, et n’ouvrira qu’un fil d’exécution."""
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)


def image_lue(octets: bytes, format_recu: str) -> Image.Image:
    """L’image d’un fichier ``jpeg``, ``heic``, ``png`` ou ``webp``, droite, RGB ou L, sans métadonnées.

    :raises Refus: ``fichier_abime``, ``fichier_trop_complexe`` ou ``image_animee``.
    """
    if format_recu == "jpeg":
        return photo(octets)
    if format_recu == "webp" and _pixels_d_un_webp(octets) > PIXELS:
        raise Refus("fichier_trop_complexe")  # its library takes eight bytes a pixel before it says how many there are
    try:
        with Image.open(io.BytesIO(octets), formats=[FORMATS[format_recu]]) as ouverte:
            if format_recu != "heic" and getattr(ouverte, "n_frames", 1) > 1:
                raise Refus("image_animee")
            ouverte.load()
            lue = _a_plat(redressee(ouverte, sur_place=True))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bombe:
        raise Refus("fichier_trop_complexe") from bombe
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error) as panne:
        raise Refus("fichier_abime") from panne
    lue.info.clear()
    return lue


def _pixels_d_un_webp(octets: bytes) -> int:
    """What the header announces, for its three kinds of picture."""
    genre, mot = octets[12:16], int.from_bytes
    if genre == b"VP8X":
        return (mot(octets[24:27], "little") + 1) * (mot(octets[27:30], "little") + 1)
    if genre == b"VP8L":
        bits = mot(octets[21:25], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    return (mot(octets[26:28], "little") & 0x3FFF) * (mot(octets[28:30], "little") & 0x3FFF)


def _a_plat(image: Image.Image) -> Image.Image:
    """Eight bits a colour, and white where nothing is drawn."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.convert("I").point(lambda v: v * (1 / 256)).convert("L")
    if image.has_transparency_data:
        couleurs = image if image.mode == "RGBA" else image.convert("RGBA")
        fond = Image.new("RGB", image.size, BLANC)
        fond.paste(couleurs, mask=couleurs.getchannel("A"))
        return fond
    return image if image.mode in ("RGB", "L") else image.convert("RGB")
