"""Good scans and photographs get no alert; each way of spoiling one gets its own hint (bench/qualite.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from bench import codes as banc
from bench import qualite as banc_qualite
from registre.commun.cadres import principal
from registre.justificatifs.fichiers.mesures import mesurer
from registre.regles.qualite import ALERTE, INFO, avis_de_page

AVIS = pytest.mark.passages("pieces.exemple.non-conforme", "L-69")
MAUVAISES = ("sombre", "floue", "blanche", "petite")


@pytest.fixture(scope="module", autouse=True)
def _cle_fixe() -> Iterator[None]:
    with banc.cle_fixe():
        yield


def _avis(image: Image.Image) -> list[tuple[str, str]]:
    return [(a.code, a.niveau) for a in avis_de_page(mesurer(image), principal().qualite)]


@AVIS
def test_good_scans_and_photographs_of_each_kind_of_paper_get_no_alert():
    for genre, image in banc_qualite.echantillons("bonne", 10):
        assert [code for code, niveau in _avis(image) if niveau == ALERTE] == [], genre


@AVIS
@pytest.mark.parametrize("prise", MAUVAISES)
def test_each_way_of_spoiling_a_picture_gets_its_hint_on_each_kind_of_paper(prise):
    for genre, image in banc_qualite.echantillons(prise, 5):
        assert (prise, ALERTE) in _avis(image), genre


@AVIS
def test_a_picture_with_too_much_light_is_said_pale_or_blank_if_nothing_is_left():
    for genre, image in banc_qualite.echantillons("claire", 5):
        assert {code for code, _ in _avis(image)} & {"claire", "blanche"}, genre


@AVIS
def test_writing_that_runs_out_of_the_picture_is_said_cut():
    feuille = Image.new("L", (900, 1200), 245)
    crayon = ImageDraw.Draw(feuille)
    for ligne in range(20):
        crayon.text((200, 60 + 50 * ligne), "Une ligne assez longue pour finir loin du bord", fill=20, font_size=20)
    assert _avis(feuille) == []
    assert _avis(feuille.crop((0, 0, 480, 1200))) == [("coupee", INFO)]


@AVIS
def test_the_lid_of_a_scanner_along_a_side_is_no_writing():
    feuille = Image.new("L", (900, 1200), 245)
    ImageDraw.Draw(feuille).text((200, 300), "Une ligne", fill=20, font_size=30)
    feuille.paste(15, (0, 0, 5, 1200))
    assert mesurer(feuille)["bords"] == 0


@pytest.mark.parametrize("taille", [(1, 1), (1, 4000), (4000, 1), (3, 2), (40, 40)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_picture_of_a_strange_shape_is_measured_too(taille, mode):
    mesures = mesurer(Image.new(mode, taille))
    assert mesures["cote"] == max(taille)
    assert all(isinstance(valeur, int | float) for valeur in mesures.values())


@pytest.mark.parametrize("genre", ["blanche", "bruit"])
def test_a_picture_of_twelve_megapixels_is_measured_in_less_than_half_a_second(genre):
    import time

    image = Image.new("RGB", (4000, 3000), "white")
    if genre == "bruit":
        image = Image.frombytes("RGB", (4000, 3000), banc.Hasard(1).randbytes(36_000_000))
    debut = time.process_time()
    mesurer(image)
    assert time.process_time() - debut < 0.5
