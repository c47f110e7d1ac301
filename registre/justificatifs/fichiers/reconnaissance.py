"""Le format d’un fichier d’après ses premiers octets, jamais d’après son nom ni ce que dit le navigateur."""

from __future__ import annotations

import codecs
import re

BOM = b"\xef\xbb\xbf"
BLANCS = b" \t\r\n\f\x00"
TETE = 1_024  # bytes looked at for what has no signature at offset 0
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"BM", "bmp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"{\\rtf", "office"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "zip"),
    (b"Rar!\x1a\x07", "zip"),
    (b"\x1f\x8b", "zip"),
)
MARQUES_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
MARQUES_AVIF = (b"avif", b"avis")
DANS_UN_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.", b"word/", b"xl/", b"ppt/")
SVG = re.compile(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!doctype svg[^>]*>\s*)?<svg[\s/>]", re.IGNORECASE | re.DOTALL)
HTML = re.compile(
    rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype html|html|head|body|script|title|meta|iframe|div)\b",
    re.IGNORECASE | re.DOTALL,
)


def format_reconnu(octets: bytes) -> str:
    """Le code du format : ``pdf``, ``jpeg``, ``png``, ``heic``, ``avif``, ``webp``, ``tiff``, ``gif``, ``bmp``,
    ``zip``, ``office``, ``html``, ``svg``, ``texte``, ``inconnu`` ou ``vide``.

    La signature est attendue au tout début : un PDF caché plus loin dans un autre fichier n’en est pas un. Des
    blancs ou une marque d’ordre des octets sont tolérés devant ``%PDF-``, comme le font tous les lecteurs.
    """
    if not octets:
        return "vide"
    tete = octets[:TETE]
    sans_blanc = tete.removeprefix(BOM).lstrip(BLANCS)
    if sans_blanc.startswith(b"%PDF-"):
        return "pdf"
    for signature, code in SIGNATURES:
        if tete.startswith(signature):
            return "office" if code == "zip" and any(m in tete for m in DANS_UN_OFFICE) else code
    if tete[4:8] == b"ftyp" and (marque := _marque(tete)):
        return marque
    if tete.startswith(b"RIFF") and tete[8:12] == b"WEBP":
        return "webp"
    return _texte(tete, sans_blanc)


def _marque(tete: bytes) -> str:
    """HEIC ou AVIF, qui ont la même enveloppe : la marque principale le dit, ou la liste des marques compatibles."""
    principale, compatibles = tete[8:12], tete[16 : int.from_bytes(tete[:4])]
    if principale in MARQUES_AVIF or (principale in (b"mif1", b"msf1") and b"avif" in compatibles):
        return "avif"
    return "heic" if principale in MARQUES_HEIC else ""


def _texte(tete: bytes, sans_blanc: bytes) -> str:
    if SVG.match(sans_blanc):
        return "svg"
    if HTML.match(sans_blanc):
        return "html"
    try:
        caracteres = codecs.getincrementaldecoder("utf-8")().decode(tete)  # a character cut at TETE is no fault
    except UnicodeDecodeError:
        return "inconnu"
    return "texte" if all(c.isprintable() or c in "\t\r\n\f" for c in caracteres) else "inconnu"
