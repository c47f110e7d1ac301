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
