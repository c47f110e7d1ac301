"""The code of a signed recap is read on what a candidate sends, whatever he did to the page, and in bounded time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bench import codes as banc
from registre.documents import sceau
from registre.documents.rendu import pdf
from registre.justificatifs.fichiers.codes import lire_codes
from tests.documents.fabrique import contenu, document

RACINE = Path(__file__).parents[2]
RECAPITULATIF = pytest.mark.passages("validation.c-deposer-dcandt01", "validation.refaire-apres-modification")
DOUZE_MEGAPIXELS = (4000, 3000)
ADRESSE = "https://www.exemple.fr/une-page?qui=n-est-pas-de-nous"
PREMIERE_PASSE = (
    "scan 100 dpi, JPEG 40",
    "scan 200 dpi, noir ou blanc",
    "télécopie",
    "photo moyenne : fuite 15 %, 25°, flou 1",
    "photo tête en bas ou couchée",
    "photo de messagerie, 110 dpi, JPEG 50",
    "trait de stylo sur un code",
    "photo qui coupe un code",
)
AUTRES_PASSES = (
    "photo extrême : flou 3, bougé 7",
    "trait bleu de 0,85 mm sur les deux",
    "trait noir de 0,5 mm sur les deux",
    "tache sur les deux",
)


@pytest.fixture(scope="module")
def recapitulatif() -> Iterator[banc.Page]:
    with banc.cle_fixe():
        yield banc.page(1)


def _qr(texte: str, cote: int) -> Image.Image:
    barre = zxingcpp.create_barcode(texte, zxingcpp.QRCode, ec_level="M")
    points = memoryview(zxingcpp.write_barcode_to_image(barre, scale=4, add_quiet_zones=True))
    image = Image.frombytes("L", (points.shape[1], points.shape[0]), points.tobytes())
    return image.resize((cote, cote), Image.Resampling.NEAREST).convert("RGB")


def _avec_une_adresse(image: Image.Image) -> Image.Image:
    """The same picture above a strip that carries the code of somebody else."""
    feuille = Image.new("RGB", (image.width, image.height + 260), "white")
    feuille.paste(image, (0, 0))
    feuille.paste(_qr(ADRESSE, 240), (10, image.height + 10))
    return feuille


@cache
def _premiere_lue_aux_autres_essais(page: banc.Page, degradation: str) -> Image.Image:
    for _, image in banc.echantillons(degradation, 30, [page]):
        if not lire_codes(image, budget=0):
            return image
    raise AssertionError(f"« {degradation} » se lit du premier coup")


@RECAPITULATIF
@pytest.mark.parametrize("degradation", PREMIERE_PASSE)
def test_a_page_scanned_or_photographed_as_people_do_is_read_at_once(recapitulatif, degradation):
    for page, image in banc.echantillons(degradation, 1, [recapitulatif]):
        assert lire_codes(image, budget=0) == [page.code]
        assert sceau.lire(page.code) == (page.numero, page.version)


@RECAPITULATIF
@pytest.mark.parametrize("degradation", AUTRES_PASSES)
def test_a_page_not_read_at_once_is_read_by_the_further_tries(recapitulatif, degradation):
    image = _premiere_lue_aux_autres_essais(recapitulatif, degradation)
    assert lire_codes(image) == [recapitulatif.code]


@RECAPITULATIF
@pytest.mark.parametrize("angle", [0, 90, 180, 270, 45, 200])
def test_the_page_is_read_in_any_orientation(recapitulatif, angle):
    image = recapitulatif.dessinee(100).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    assert lire_codes(image) == [recapitulatif.code]


@RECAPITULATIF
def test_both_the_first_page_and_the_page_of_the_signature_are_enough_alone(recapitulatif):
    lignes = [{"libelle": f"Ligne {n}", "valeur": f"valeur {n} " * 12} for n in range(60)]
    long = contenu(
        numero=recapitulatif.numero,
        version=recapitulatif.version,
        sections=[{"titre": "Longue", "lignes": lignes, "tableaux": []}],
    )
    pages = banc.dessiner(pdf(document(long)), 100)
    assert len(pages) > 1
    assert lire_codes(pages[0]) == lire_codes(pages[-1]) == [recapitulatif.code]


@RECAPITULATIF
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK"])
def test_the_mode_of_the_picture_does_not_matter(recapitulatif, mode):
    assert lire_codes(recapitulatif.dessinee(150).convert(mode)) == [recapitulatif.code]


@RECAPITULATIF
def test_the_code_of_somebody_else_does_not_hide_ours(recapitulatif):
    lus = lire_codes(_avec_une_adresse(recapitulatif.dessinee(150)))
    assert sorted(lus) == sorted([recapitulatif.code, ADRESSE])


@RECAPITULATIF
def test_the_code_of_somebody_else_does_not_stop_the_further_tries(recapitulatif):
    image = _avec_une_adresse(_premiere_lue_aux_autres_essais(recapitulatif, "trait noir de 0,5 mm sur les deux"))
    assert lire_codes(image, budget=0) == [ADRESSE]
    assert lire_codes(image) == [ADRESSE, recapitulatif.code]


@RECAPITULATIF
def test_two_recaps_on_one_picture_are_both_read(recapitulatif):
    autre = banc.page(2)
    gauche, droite = recapitulatif.dessinee(100), autre.dessinee(100)
    cote_a_cote = Image.new("RGB", (2 * gauche.width, gauche.height), "white")
    cote_a_cote.paste(gauche, (0, 0))
    cote_a_cote.paste(droite, (gauche.width, 0))
    assert sorted(lire_codes(cote_a_cote)) == sorted([recapitulatif.code, autre.code])


def test_a_page_with_no_code_gives_nothing():
    lignes = [Image.new("RGB", (1200, 8), "black")] * 20
    feuille = Image.new("RGB", (1556, 2200), "white")
    for n, ligne in enumerate(lignes):
        feuille.paste(ligne, (150, 200 + 90 * n))
    assert lire_codes(feuille) == []


@pytest.mark.parametrize("taille", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
def test_a_picture_of_a_strange_shape_gives_nothing(taille):
    assert lire_codes(Image.new("RGB", taille, "white")) == []


@pytest.mark.parametrize("genre", ["blanche", "bruit"])
def test_a_picture_of_twelve_megapixels_without_a_code_takes_less_than_a_second_and_a_half(genre):
    image = Image.new("RGB", DOUZE_MEGAPIXELS, "white")
    if genre == "bruit":
        octets = banc.Hasard(1).randbytes(3 * image.width * image.height)
        image = Image.frombytes("RGB", DOUZE_MEGAPIXELS, octets)
    debut = time.process_time()
    assert lire_codes(image) == []
    assert time.process_time() - debut < 1.5


SANS_RIEN_OUVRIR = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from PIL import Image
from registre.justificatifs.fichiers.codes import lire_codes
largeur, hauteur = int(sys.argv[2]), int(sys.argv[3])
image = Image.frombytes("RGB", (largeur, hauteur), sys.stdin.buffer.read())
vierge = Image.new("RGB", (800, 600), "white")
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
try:
    open(sys.executable)
except OSError:
    pass
else:
    raise SystemExit("un fichier s'ouvre encore")
print(lire_codes(image), lire_codes(vierge), sorted({"django", "numpy"} & set(sys.modules)))
"""


@RECAPITULATIF
def test_the_reading_opens_no_file_and_needs_neither_django_nor_numpy(recapitulatif):
    image = _premiere_lue_aux_autres_essais(recapitulatif, "trait noir de 0,5 mm sur les deux")
    lecture = subprocess.run(
        [sys.executable, "-I", "-c", SANS_RIEN_OUVRIR, str(RACINE), *map(str, image.size)],
        input=image.convert("RGB").tobytes(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert lecture.stdout.decode().strip() == f"{[recapitulatif.code]} [] []"
