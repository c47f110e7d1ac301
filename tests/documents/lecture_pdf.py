"""What a reader sees of a PDF: its words and its codes."""

from __future__ import annotations

import pypdfium2
import zxingcpp


def texte(octets: bytes) -> str:
    """The words of all pages, one space between two."""
    with pypdfium2.PdfDocument(octets) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return " ".join(" ".join(pages).split())


def codes(octets: bytes) -> list[tuple[str, float, float, float]]:
    """(text, left, top, width), in mm, of each QR code of the pages drawn at 200 dpi."""
    pas = 25.4 / 200
    trouves = []
    with pypdfium2.PdfDocument(octets) as pdf:
        for page in pdf:
            image = page.render(scale=200 / 72).to_pil().convert("L")
            for code in zxingcpp.read_barcodes(image, formats=zxingcpp.QRCode):
                p = code.position
                trouves.append(
                    (code.text, p.top_left.x * pas, p.top_left.y * pas, (p.top_right.x - p.top_left.x) * pas)
                )
    return sorted(trouves, key=lambda c: c[2])


def hors_marges(octets: bytes, marge: float) -> list[str]:
    """Characters that stand closer than ``marge`` points to a side of their page, or beyond it."""
    trouves = []
    for page in pypdfium2.PdfDocument(octets):
        textes = page.get_textpage()
        largeur = page.get_width()
        for n in range(textes.count_chars()):
            gauche, _, droite, _ = textes.get_charbox(n)
            if droite > gauche and not (marge <= gauche and droite <= largeur - marge):
                trouves.append(textes.get_text_range(n, 1))
    return trouves
