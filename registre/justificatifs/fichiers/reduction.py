"""Dans l’atelier : les pages d’un assemblage, gardées à la taille utile, puis réunies sous la taille permise.

Une page est gardée à 300 points par pouce au plus, pour une feuille A4. Le fichier réuni descend par paliers, en
dimensions puis en qualité ; sous 150 points par pouce, une écriture ordinaire ne se lit plus : il s’arrête avant.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from registre.justificatifs.fichiers.images import Refus, en_jpeg

COTE_GARDE = 3_508  # pixels, long side: A4 at 300 dots per inch
COTE_RENDU = 2_339  # pixels, long side of a page of a PDF: A4 at 200 dots per inch
QUALITE_GARDEE = 88
COTE_DE_VIGNETTE = 560
QUALITE_DE_VIGNETTE = 75
# Long side in pixels and quality, tried in turn after the pages as they are kept: 235, 200, then 150 dots per inch.
PALIERS = ((2_750, 82), (2_339, 75), (1_754, 75), (1_754, 60), (1_754, 45))
MARGE = 1.15  # of the place: what the other pages will weigh is only guessed
ENVELOPPE = 2_000  # bytes of a PDF for itself and for each page, at most
A4 = (595.28, 841.89)  # points
TOURS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True)
class Page:
    """Une page à réunir : son JPEG, et ce qu’il faut la tourner, en degrés, dans le sens d’une montre."""

    octets: bytes
    rotation: int


@dataclass(frozen=True)
class PageGardee:
    image: bytes
    vignette: bytes
    largeur: int
    hauteur: int


def gardee(image: Image.Image) -> tuple[PageGardee, Image.Image]:
    """La page gardée d’une image RGB ou L, et l’image elle-même, à sa taille."""
    montree = _au_plus(image, COTE_GARDE)
    petite = _au_plus(montree, COTE_DE_VIGNETTE)
    octets = en_jpeg(montree, QUALITE_GARDEE)
    return PageGardee(octets, en_jpeg(petite, QUALITE_DE_VIGNETTE), montree.width, montree.height), montree


def reunies(pages: Sequence[Page], maximum: int) -> tuple[str, bytes]:
    """Le format et les octets du fichier : un JPEG d’une seule page, un PDF de plusieurs, sous ``maximum`` octets.

    :raises Refus: ``document_trop_lourd`` si elles ne seraient plus lisibles.
    """
    place = maximum - ENVELOPPE * (len(pages) + 1) if len(pages) > 1 else maximum
    for palier in (None, *PALIERS):
        faites = _au_palier(pages, palier, place)
        if len(faites) == len(pages):
            return ("jpeg", faites[0]) if len(faites) == 1 else ("pdf", _pdf(faites))
    raise Refus("document_trop_lourd")


def _au_palier(pages: Sequence[Page], palier: tuple[int, int] | None, place: int) -> list[bytes]:
    """Fewer pages than asked once it is clear that they will not fit: the rest is not worth drawing.

    What is drawn, compared with the same pages as they were kept, tells what the others will weigh.
    """
    faites: list[bytes] = []
    en_tout, vus, pris = sum(len(page.octets) for page in pages), 0, 0
    for page, octets in zip(pages, _dessinees(pages, palier), strict=True):
        faites.append(octets)
        vus, pris = vus + len(page.octets), pris + len(octets)
        if pris > place or pris * en_tout > place * vus * MARGE:
            return faites[:-1]
    return faites


def _dessinees(pages: Sequence[Page], palier: tuple[int, int] | None) -> Iterator[bytes]:
    for page in pages:
        if palier is None and not page.rotation:
            yield page.octets
            continue
        cote, qualite = palier or (COTE_GARDE, QUALITE_GARDEE)
        with Image.open(io.BytesIO(page.octets), formats=["JPEG"]) as image:
            image.draft(None, _dans(image.size, cote))  # decoded at once at a size that is enough
            image.load()
            reduite = _au_plus(image, cote)
        yield en_jpeg(reduite.transpose(TOURS[page.rotation]) if page.rotation else reduite, qualite)


def _au_plus(image: Image.Image, cote: int) -> Image.Image:
    if max(image.size) <= cote:
        return image
    return image.resize(_dans(image.size, cote), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _dans(taille: tuple[int, int], cote: int) -> tuple[int, int]:
    """The same shape, whose long side is ``cote`` at most."""
    rapport = min(1, cote / max(taille))
    return max(1, round(taille[0] * rapport)), max(1, round(taille[1] * rapport))


def _pdf(images: Sequence[bytes]) -> bytes:
    """One page a picture, which fills it; no page is larger than A4, upright or lying."""
    import pikepdf

    sortie = io.BytesIO()
    with pikepdf.new() as document:
        for octets in images:
            with Image.open(io.BytesIO(octets), formats=["JPEG"]) as image:
                (largeur, hauteur), gris = image.size, image.mode == "L"
            page = document.add_blank_page(page_size=_en_points(largeur, hauteur))
            dessin = pikepdf.Stream(
                document,
                octets,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=largeur,
                Height=hauteur,
                ColorSpace=pikepdf.Name.DeviceGray if gris else pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=document.make_indirect(dessin)))
            x, y = page.mediabox[2], page.mediabox[3]
            page.obj.Contents = pikepdf.Stream(document, f"q {x} 0 0 {y} 0 0 cm /Page Do Q".encode())
        document.save(sortie, deterministic_id=True)
    return sortie.getvalue()


def _en_points(largeur: int, hauteur: int) -> tuple[float, float]:
    petit, grand = A4 if largeur <= hauteur else A4[::-1]
    echelle = min(petit / largeur, grand / hauteur)
    return round(largeur * echelle, 2), round(hauteur * echelle, 2)
