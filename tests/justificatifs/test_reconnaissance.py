"""The format of a file comes from its first bytes alone."""

from __future__ import annotations

import pytest
from PIL import Image

from registre.justificatifs.fichiers.reconnaissance import format_reconnu
from registre.regles.fichiers import FORMATS
from tests.justificatifs import corpus as c

PDF = c.simple()
pytestmark = pytest.mark.sans_base


@pytest.mark.passages("S32", "R95")
@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (b"", "vide"),
        (PDF, "pdf"),
        (b"\xef\xbb\xbf" + PDF, "pdf"),
        (b" \r\n\t" + PDF, "pdf"),
        (c.jpeg(), "jpeg"),
        (c.mpo(), "jpeg"),
        (c.encode(c.mire(), "PNG"), "png"),
        (c.encode(c.mire(), "WEBP"), "webp"),
        (c.encode(c.mire(), "TIFF"), "tiff"),
        (b"MM\x00*\x00\x00\x00\x08", "tiff"),
        (c.encode(c.mire(), "GIF"), "gif"),
        (c.encode(c.mire(), "BMP"), "bmp"),
        (c.heic(), "heic"),
        (c.boite(b"ftyp", b"mif1\0\0\0\0mif1heic"), "heic"),
        (c.encode(c.mire(), "AVIF"), "avif"),
        (c.boite(b"ftyp", b"avis\0\0\0\0"), "avif"),
        (c.boite(b"ftyp", b"mif1\0\0\0\0mif1avif"), "avif"),
        (c.boite(b"ftyp", b"mif1\0\0\0\0mif1") + b"avif", "heic"),
        (c.boite(b"ftyp", b"isom\0\0\0\0mp41"), "inconnu"),
        (c.archive("a.txt"), "zip"),
        (b"Rar!\x1a\x07\x01\x00", "zip"),
        (c.archive("[Content_Types].xml", "word/document.xml"), "office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "office"),
        (b"{\\rtf1\\ansi}", "office"),
        (c.HTML, "html"),
        (b"\n<!-- a --><html>", "html"),
        (c.SVG, "svg"),
        (b"<svg/onload=alert(1)>", "svg"),
        ("Relevé de notes".encode(), "texte"),
        (("é" * 2_000).encode(), "texte"),
        (b"a" + ("é" * 2_000).encode(), "texte"),
        (bytes(range(256)), "inconnu"),
        (b"\0" * 64, "inconnu"),
        (b"\xff\xd8", "inconnu"),
    ],
)
def test_the_first_bytes_tell_the_format(octets: bytes, attendu: str) -> None:
    assert format_reconnu(octets) == attendu


@pytest.mark.passages("S32")
@pytest.mark.parametrize(
    "devant", [c.HTML, c.archive("a.txt"), c.encode(Image.new("L", (2, 2)), "GIF"), b"\x01\x02", b"texte "]
)
def test_a_pdf_hidden_after_something_else_is_not_a_pdf(devant: bytes) -> None:
    assert format_reconnu(devant + PDF) != "pdf"


def test_every_format_found_has_words_for_the_candidat() -> None:
    trouves = {format_reconnu(cas.octets) for cas in c.corpus() if not cas.lourd and "taille" not in cas.nom}
    assert trouves - {"vide"} == set(FORMATS)
