"""Dans l’atelier : un PDF reconstruit avec le seul contenu de ses pages, et l’image de chaque page."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pypdfium2
from PIL import Image

from registre.justificatifs.fichiers.images import COTE_DE_PAGE, Refus

PAGES = 60
POINTS_PAR_POUCE = 72
RESOLUTION = 200  # dots per inch of what is shown
CLES_DE_PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group")


def copie_propre(octets: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(octets)) as source, pikepdf.new() as copie:
            if len(source.pages) == 0:
                raise Refus("fichier_abime")
            if len(source.pages) > PAGES:
                raise Refus("fichier_trop_complexe")
            for page in source.pages:
                for cle in list(page.keys()):
                    if cle not in CLES_DE_PAGE and cle not in ("/Type", "/Parent"):
                        del page[cle]
                copie.pages.append(page)
            sortie = io.BytesIO()
            copie.save(sortie)
            return sortie.getvalue()
    except pikepdf.PasswordError as protege:
        raise Refus("fichier_protege") from protege
    except pikepdf.PdfError as panne:
        raise Refus("fichier_abime") from panne


def pages(octets: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(octets)
        for numero in range(len(document)):
            page = document[numero]
            largeur, hauteur = page.get_size()
            echelle = min(RESOLUTION / POINTS_PAR_POUCE, COTE_DE_PAGE / max(largeur, hauteur, 1))
            image = page.render(scale=echelle, draw_annots=False, may_draw_forms=False).to_pil()
            page.close()
            yield image if image.mode in ("RGB", "L") else image.convert("RGB")
    except pypdfium2.PdfiumError as panne:
        raise Refus("fichier_abime") from panne
