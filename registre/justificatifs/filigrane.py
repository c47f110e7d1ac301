"""Le filigrane des pages montrées au service : qui regarde, quand. Il est dans l’image, pas posé dessus (P16)."""

from __future__ import annotations

import io
import math
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from registre.documents.polices import DOSSIER_DSFR, opentype

ANGLE = 30  # degrees
OPACITE = 62  # of 255: the paper stays readable under it, and it survives a photocopy
GRIS = (90, 90, 90)
QUALITE = 85  # of a JPEG
LARGEUR_DE_REFERENCE = 45  # the letters are a forty-fifth of the width of the page


def marquer(octets: bytes, texte: str, *, tourner: int = 0) -> bytes:
    """L’image en JPEG, redressée de ``tourner`` degrés (0, 90, 180, 270, sens horaire), ``texte`` répété partout.

    Hors rotation, la taille ne change pas. ``octets`` : une page faite par ``fichiers.traitement``.
    """
    with Image.open(io.BytesIO(octets)) as ouverte:
        image = ouverte.convert("RGB")
    if tourner:
        image = image.rotate(-tourner, expand=True)
    _poser(image, texte)
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", quality=QUALITE)
    return sortie.getvalue()


def _poser(image: Image.Image, texte: str) -> None:
    """Répète le texte en lignes obliques décalées, sans laisser de place assez grande pour un visage."""
    largeur, hauteur = image.size
    corps = max(largeur // LARGEUR_DE_REFERENCE, 12)
    ligne = _ligne(texte, corps)
    pas, interligne = _longueur(texte, corps) * 1.08, corps * 5
    sinus, cosinus = math.sin(math.radians(ANGLE)), math.cos(math.radians(ANGLE))
    portee = int(math.hypot(largeur, hauteur))
    for rang in range(-portee // interligne, portee // interligne + 1):
        for colonne in range(-int(portee / pas) - 1, int(portee / pas) + 2):
            le_long = (colonne + (rang % 2) / 2) * pas
            x = largeur / 2 + le_long * cosinus + rang * interligne * sinus - ligne.width / 2
            y = hauteur / 2 - le_long * sinus + rang * interligne * cosinus - ligne.height / 2
            if -ligne.width < x < largeur and -ligne.height < y < hauteur:
                image.paste(GRIS, (int(x), int(y)), ligne)


@lru_cache(maxsize=16)
def _ligne(texte: str, corps: int) -> Image.Image:
    """The text once, slanted, as a mask."""
    droite = Image.new("L", (_longueur(texte, corps), corps * 3 // 2), 0)
    ImageDraw.Draw(droite).text((0, 0), texte, font=_police(corps), fill=OPACITE)
    return droite.rotate(ANGLE, resample=Image.Resampling.BILINEAR, expand=True)


def _longueur(texte: str, corps: int) -> int:
    return math.ceil(_police(corps).getlength(texte))


@lru_cache(maxsize=8)
def _police(corps: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_marianne()), corps)


@lru_cache(maxsize=1)
def _marianne() -> bytes:
    return opentype((DOSSIER_DSFR / "Marianne-Bold.woff").read_bytes())
