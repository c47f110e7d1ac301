"""The files that candidates choose in the journeys: good ones, refused ones, and ones that mean harm."""

from __future__ import annotations

import io
import os
from functools import cache

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

from tests.justificatifs import corpus
from tests.justificatifs.scenario import pdf_d_une_page

TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "html": "text/html", "txt": "text/plain"}


@cache
def photo(marque: str, taille: tuple[int, int] = (600, 420)) -> bytes:
    """A small JPEG that says ``marque``."""
    image = Image.new("RGB", taille, "#dfe8f0")
    ImageDraw.Draw(image).text((30, 30), f"SPECIMEN {marque}", fill="#202040", font_size=36)
    sortie = io.BytesIO()
    image.save(sortie, "JPEG")
    return sortie.getvalue()


@cache
def lourde(cote: int = 1000) -> bytes:
    """A JPEG of noise, which weighs: about 1.3 Mo for 1,000 pixels."""
    sortie = io.BytesIO()
    Image.frombytes("RGB", (cote, cote), os.urandom(cote * cote * 3)).save(sortie, "JPEG", quality=90)
    return sortie.getvalue()


def choisi(nom: str, octets: bytes) -> FilePayload:
    """A file as the chooser of the browser gives it: its type comes from its name."""
    return {"name": nom, "mimeType": TYPES.get(nom.rpartition(".")[2], "application/octet-stream"), "buffer": octets}


def scan(nom: str = "scan.pdf") -> FilePayload:
    return choisi(nom, pdf_d_une_page(nom))


def image(nom: str = "photo.jpg") -> FilePayload:
    return choisi(nom, photo(nom))


def _du_corpus(nom: str) -> bytes:
    return next(cas for cas in corpus.corpus() if cas.nom == nom).octets


def refuses() -> dict[str, FilePayload]:
    """One file for each code that the server answers, by code."""
    return {
        "fichier_vide": choisi("vide.pdf", b""),
        "fichier_trop_gros": choisi("gros.jpg", b"\xff\xd8\xff\xe0" + b"\0" * corpus.LIMITE),
        "format_refuse": choisi("capture.jpg", _du_corpus("png-en-jpg")),
        "contenu_different": choisi("scan.jpg", pdf_d_une_page("deguise")),
        "fichier_abime": choisi("coupe.jpg", _du_corpus("jpeg-coupe")),
        "fichier_protege": choisi("secret.pdf", _du_corpus("mot-de-passe-4")),
        "fichier_actif": choisi("actif.pdf", _du_corpus("actif-javascript-ouverture")),
        "fichier_trop_complexe": choisi("geant.jpg", _du_corpus("jpeg-900-mp")),
    }


# Each would act if a page, a header or a browser took it for anything but text.
MARQUE = "window.__execute"
NOMS_HOSTILES = (
    f'"><svg onload="{MARQUE}=1">.jpg',
    f"'><img src=x onerror={MARQUE}=2>.jpg",
    f"</script><script>{MARQUE}=3</script>.jpg",
    f"javascript:{MARQUE}=4.jpg",
    "gpj.\u202e\u2066exe.jpg",
    "é" * 300 + ".jpg",
    "photo 😀.jpg",
    "../../../../etc/passwd.jpg",
    'l\'image "d’identité" `id`.jpg',
    "{{7*7}}{%debug%}=1+1.jpg",
)
# With their quotes: sent by something else than a browser.
NOMS_BRUTS = (f'"><svg onload="{MARQUE}=1">.jpg', f"\" onerror='{MARQUE}=2' x=\".jpg")


def hostiles() -> list[FilePayload]:
    """Pages and drawings with a script, sent as what the site takes; a PDF with a script that opens with it."""
    page = f"<!doctype html><script>{MARQUE}=5</script><img src=x onerror='{MARQUE}=6'>".encode()
    dessin = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{MARQUE}=7"><script>{MARQUE}=8</script></svg>'.encode()
    return [
        choisi("page.jpg", page),
        choisi("page.pdf", page),
        choisi("dessin.jpg", dessin),
        choisi("script.pdf", _du_corpus("actif-javascript-ouverture")),
        choisi("double.pdf", page + pdf_d_une_page("double")),
    ]
