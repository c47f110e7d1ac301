"""Pictures that are no piece as they are, made here: the kinds that phones, screens and sites give."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image, ImageDraw


def dessin(taille: tuple[int, int] = (300, 400), mode: str = "RGB", marque: str = "") -> Image.Image:
    """A red corner at the top left of a white sheet: which way is up can be seen."""
    image = Image.new("RGB", taille, "white")
    trait = ImageDraw.Draw(image)
    trait.rectangle((0, 0, taille[0] // 2, taille[1] // 4), fill="red")
    trait.text((10, taille[1] // 2), f"SPECIMEN {marque}", fill="black")
    return image.convert(mode)


def en(image: Image.Image, format_voulu: str, **options: Any) -> bytes:
    sortie = io.BytesIO()
    image.save(sortie, format_voulu, **options)
    return sortie.getvalue()


@cache
def heic(marque: str = "", taille: tuple[int, int] = (320, 400)) -> bytes:
    sortie = io.BytesIO()
    pillow_heif.from_pillow(dessin(taille, marque=marque)).save(sortie, quality=80)
    return sortie.getvalue()


@cache
def rafale() -> bytes:
    """Three pictures in one HEIC, the second being the one that readers show."""
    ensemble = pillow_heif.HeifFile()
    for couleur in ("blue", "red", "green"):
        ensemble.add_from_pillow(Image.new("RGB", (200, 100), couleur))
    sortie = io.BytesIO()
    ensemble.save(sortie, quality=90, primary_index=1)
    return sortie.getvalue()


def png(marque: str = "", **options: Any) -> bytes:
    return en(dessin(marque=marque), "PNG", **options)


def webp(marque: str = "") -> bytes:
    return en(dessin(marque=marque), "WEBP", quality=90)


def animee(format_voulu: str) -> bytes:
    autres = [Image.new("RGB", (80, 80), couleur) for couleur in ("red", "green")]
    return en(Image.new("RGB", (80, 80), "blue"), format_voulu, save_all=True, append_images=autres, duration=100)


@cache
def photo_lourde() -> bytes:
    """A JPEG of more than 5 Mo: noise weighs."""
    return en(Image.effect_noise((2600, 2200), 120).convert("RGB"), "JPEG", quality=96)


@cache
def pdf_lourd(pages: int = 3) -> bytes:
    """A PDF of more than 5 Mo, of scans too fine."""
    document = pikepdf.new()
    for numero in range(pages):
        octets = en(Image.effect_noise((1700, 2300), 100 + numero).convert("L"), "JPEG", quality=97)
        page = document.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(
            document, octets, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1700, Height=2300,
            ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=document.make_indirect(image)))
        page.obj.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /Im Do Q")
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()


def pdf_de(pages: int) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 300))
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()
