"""Les polices des documents.

Marianne vient du paquet du système de design, en WOFF : c’est un OpenType dont chaque table est compressée. On
la rend à sa forme d’origine une fois par processus. Les polices libres du moteur (Libertinus, DejaVu, New
Computer Modern) prennent le relais pour les caractères qu’elle n’a pas.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from functools import lru_cache
from pathlib import Path

import dsfr
import typst

DOSSIER_DSFR = Path(dsfr.__file__).parent / "static" / "dsfr" / "dist" / "fonts"
STYLES = ("Regular", "Bold")
FAMILLES = ("Marianne", "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern")


@lru_cache(maxsize=1)
def polices() -> typst.Fonts:
    """Les polices permises : celles des paquets installés, jamais celles de la machine."""
    with tempfile.TemporaryDirectory(prefix="registre-polices-") as dossier:
        for style in STYLES:
            woff = (DOSSIER_DSFR / f"Marianne-{style}.woff").read_bytes()
            (Path(dossier) / f"Marianne-{style}.otf").write_bytes(opentype(woff))
        fontes = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[dossier])
        # A font is read from its file at its first use, then kept: use both before the folder goes.
        typst.Compiler(font_paths=fontes).compile(b'#set text(font: "Marianne")\na *b*', format="pdf")
    return fontes


def opentype(woff: bytes) -> bytes:
    """Décompresse un WOFF 1.0 (recommandation du W3C) en OpenType.

    :raises ValueError: si le fichier n’est pas un WOFF.
    """
    signature, saveur, _, nombre = struct.unpack(">4s4sIH", woff[:14])
    if signature != b"wOFF":
        raise ValueError("ce fichier n’est pas un WOFF")
    puissance = nombre.bit_length() - 1
    plage = 16 << puissance
    repertoire = saveur + struct.pack(">4H", nombre, plage, puissance, nombre * 16 - plage)
    corps = b""
    debut = len(repertoire) + 16 * nombre
    for rang in range(nombre):
        nom, place, compresse, taille, somme = struct.unpack(">4s4I", woff[44 + 20 * rang : 64 + 20 * rang])
        table = woff[place : place + compresse]
        if compresse < taille:
            table = zlib.decompress(table)
        repertoire += struct.pack(">4s3I", nom, somme, debut + len(corps), taille)
        corps += table + b"\0" * (-taille % 4)
    return repertoire + corps
