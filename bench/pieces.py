"""``python -m bench.pieces [--tours 5]`` : le coût d’un dépôt, rapporté à celui des bibliothèques nues.

From the request to « déposé », through the whole site in this process and the workshop beside it. The bare libraries
do the same work on the same file, already loaded, without limits: open, clean, write again, draw the pages. The
12-megapixel photo and the 10-page scan are drawn here and differ at each turn.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["REGISTRE_MODE"] = "test"
DOSSIER = tempfile.TemporaryDirectory(prefix="registre-bench-")
os.environ["REGISTRE_VAR"] = DOSSIER.name
os.environ["DATABASE_URL"] = f"sqlite:///{DOSSIER.name}/bench.sqlite3"

import django  # noqa: E402 - the environment comes first

django.setup()

import pikepdf  # noqa: E402
import pypdfium2  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from PIL import Image, ImageDraw, ImageOps  # noqa: E402

from registre.commun.cadres import principal  # noqa: E402
from registre.justificatifs.fichiers import traitement  # noqa: E402
from registre.justificatifs.fichiers.reconnaissance import format_reconnu  # noqa: E402
from registre.justificatifs.models import FichierDepose  # noqa: E402
from tests.inscription.scenario import LE, connecter, heure_du_registre  # noqa: E402
from tests.justificatifs.corpus import grain  # noqa: E402
from tests.justificatifs.scenario import candidat_inscrit  # noqa: E402

COTE_DE_PAGE, QUALITE, QUALITE_DE_PAGE, RESOLUTION = 2_200, 88, 80, 200


def photo(tour: int) -> bytes:
    """12 megapixels, lying on its side as a phone stores it."""
    image = grain(400, 300).resize((4_000, 3_000), Image.Resampling.BICUBIC)
    ImageDraw.Draw(image).text((100, 100), f"tour {tour}", fill="black")
    exif = Image.Exif()
    exif[0x0112] = 6
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", quality=85, exif=exif)
    return sortie.getvalue()


def scan(tour: int) -> bytes:
    """10 pages of grey JPEG at 150 dots per inch, a little under 5 Mo."""
    page = grain(310, 438).convert("L").resize((1_240, 1_754), Image.Resampling.BICUBIC)
    pages = [page.copy() for _ in range(10)]
    for rang, image in enumerate(pages):
        ImageDraw.Draw(image).text((100, 100), f"tour {tour} page {rang}", fill=0)
    sortie = io.BytesIO()
    pages[0].save(sortie, "PDF", save_all=True, append_images=pages[1:], resolution=150, quality=70)
    return sortie.getvalue()


def _page(image: Image.Image) -> bytes:
    image.thumbnail((COTE_DE_PAGE, COTE_DE_PAGE))
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", quality=QUALITE_DE_PAGE)
    return sortie.getvalue()


def photo_nue(octets: bytes) -> None:
    with Image.open(io.BytesIO(octets)) as lue:
        droite = ImageOps.exif_transpose(lue)
    droite.save(io.BytesIO(), "JPEG", quality=QUALITE)
    _page(droite)


def scan_nu(octets: bytes) -> None:
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(octets)) as source:
        source.save(sortie)
    with pypdfium2.PdfDocument(sortie.getvalue()) as document:
        for page in document:
            echelle = min(RESOLUTION / 72, COTE_DE_PAGE / max(page.get_size()))
            _page(page.render(scale=echelle, draw_annots=False).to_pil())


def chronometre(acte: Callable[[], object]) -> float:
    debut = time.perf_counter()
    acte()
    return time.perf_counter() - debut


def deposer(client: Client, piece: str, nom: str, octets: bytes) -> None:
    cadre = principal()
    adresse = reverse("deposer_piece", args=(cadre.academie, cadre.session, cadre.examen, piece))
    reponse = client.post(adresse, {"fichier": SimpleUploadedFile(nom, octets)})
    assert reponse.status_code == 302, reponse.content.decode()


MEMOIRE = """
import sys
from registre.justificatifs.fichiers.traitement import passer_a_l_atelier
print(passer_a_l_atelier(sys.stdin.buffer.read(), sys.argv[1], lire_les_codes=False).memoire)
"""


def memoire(octets: bytes) -> float:
    """The peak of the workshop, in Mio. A process begins with the peak of its parent: this parent is a small one."""
    commande = [sys.executable, "-c", MEMOIRE, format_reconnu(octets)]
    fin = subprocess.run(commande, input=octets, capture_output=True, check=True)
    return int(fin.stdout) / 1_048_576


def mesurer(tours: int) -> None:
    client = connecter(candidat_inscrit())
    for nom, piece, fabrique, nu in (
        ("photo.jpg", "identite", photo, photo_nue),
        ("scan.pdf", "domicile", scan, scan_nu),
    ):
        nus, depots = [], []
        for tour in range(tours + 1):
            octets = fabrique(tour)
            # The two take turns, so that a busy moment of the machine falls on both.
            nus.append(chronometre(partial(nu, octets)))
            depots.append(chronometre(partial(deposer, client, piece, nom, octets)))
        nu_median, depot_median = statistics.median(nus[1:]), statistics.median(depots[1:])
        cout = traitement.passer_a_l_atelier(octets, format_reconnu(octets), lire_les_codes=False)
        print(
            f"{nom}, {len(octets) / 1_048_576:.1f} Mio : déposé en {depot_median:.2f} s, bibliothèques nues "
            f"{nu_median:.2f} s, rapport {depot_median / nu_median:.2f} ; atelier {cout.cpu:.2f} s de calcul, "
            f"{memoire(octets):.0f} Mio au plus haut"
        )
    print(f"{FichierDepose.objects.count()} fichiers déposés.")


def main() -> None:
    lecteur = argparse.ArgumentParser(prog="bench.pieces")
    lecteur.add_argument("--tours", type=int, default=3)
    choix = lecteur.parse_args()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with heure_du_registre(LE):
        mesurer(choix.tours)


if __name__ == "__main__":
    main()
