"""The watermark: burnt everywhere, light, the page keeps its size."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from registre.justificatifs.filigrane import marquer

pytestmark = [pytest.mark.sans_base, pytest.mark.passages("P16")]
TEXTE = "Registre, académie de Clermont-Ferrand, agent 12, 20/10/2025 10:05"


def page(couleur: str, taille: tuple[int, int] = (1240, 1754)) -> bytes:
    sortie = io.BytesIO()
    Image.new("RGB", taille, couleur).save(sortie, "JPEG", quality=95)
    return sortie.getvalue()


def ouvrir(octets: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(octets))
    assert image.format == "JPEG"
    return image.convert("L")


@pytest.mark.parametrize("taille", [(1240, 1754), (1754, 1240), (200, 150), (90, 120)])
def test_the_page_keeps_its_size(taille):
    assert ouvrir(marquer(page("white", taille), TEXTE)).size == taille


@pytest.mark.parametrize("couleur", ["white", "black"])
def test_no_place_as_large_as_a_face_is_left_without_a_mark(couleur):
    nu, marque = ouvrir(page(couleur)), ouvrir(marquer(page(couleur), TEXTE))
    ecart = ImageChops.difference(nu, marque)
    cote = 1240 // 5
    sans = [
        (x, y)
        for x in range(0, 1240 - cote, cote // 2)
        for y in range(0, 1754 - cote, cote // 2)
        if ImageStat.Stat(ecart.crop((x, y, x + cote, y + cote))).extrema[0][1] < 12
    ]
    assert sans == []


def test_the_page_stays_readable_under_it():
    marque = ouvrir(marquer(page("white"), TEXTE))
    assert min(ImageStat.Stat(marque).extrema[0]) > 170  # never near the black of a text
    assert ImageStat.Stat(marque).mean[0] > 240


def test_another_officer_or_another_minute_gives_another_mark():
    blanche = page("white")
    assert len({marquer(blanche, t) for t in (TEXTE, TEXTE.replace("12", "13"), TEXTE.replace(":05", ":06"))}) == 3
    assert marquer(blanche, TEXTE) == marquer(blanche, TEXTE)


@pytest.mark.parametrize(("tourner", "coin"), [(90, (2, 0)), (180, (2, 3)), (270, (0, 3))])
def test_turning_is_clockwise_and_the_mark_is_put_after(tourner, coin):
    droite = Image.new("RGB", (900, 600), "white")
    droite.paste("black", (0, 0, 100, 100))  # top left
    sortie = io.BytesIO()
    droite.save(sortie, "JPEG", quality=95)
    tournee = ouvrir(marquer(sortie.getvalue(), TEXTE, tourner=tourner))
    assert tournee.size == ((600, 900) if tourner != 180 else (900, 600))
    x, y = 30 if coin[0] == 0 else tournee.width - 30, 30 if coin[1] == 0 else tournee.height - 30
    assert tournee.getpixel((x, y)) < 100


def test_the_mark_is_written_with_accents_of_our_own_font():
    """A letter that the font had not would be drawn like any other it has not."""
    e, autre = (marquer(page("white"), texte) for texte in ("é" * 20, "\ue000" * 20))
    assert e != autre
