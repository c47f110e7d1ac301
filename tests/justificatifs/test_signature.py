"""A récapitulatif that is not signed is told from one that is, on scans and on photographs (bench/signature.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from bench import codes as banc
from bench import signature as banc_signature
from registre.commun.cadres import principal
from registre.documents.rendu import COTE_DU_CODE, pdf
from registre.justificatifs.fichiers import signature
from registre.justificatifs.fichiers.codes import trouver_codes
from registre.justificatifs.fichiers.signature import encre, encre_du_cadre, homographie
from tests.documents.fabrique import contenu, document

SIGNER = pytest.mark.passages("validation.b-signer", "validation.c-deposer-dcandt01", "L-69")
PRISES = (
    "scan 150 dpi",
    "scan couché ou à l’envers",
    "photo, perspective 15 %",
    "photo, bord d’ombre net",
    "photo 150 dpi, JPEG 40",
    "photo couchée ou à l’envers",
)


@pytest.fixture(scope="module", autouse=True)
def _cle_fixe() -> Iterator[None]:
    with banc.cle_fixe():
        yield


def _lue(image: Image.Image) -> float | None:
    return encre_du_cadre(image, trouver_codes(image))


@SIGNER
@pytest.mark.parametrize("prise", PRISES)
def test_a_blank_frame_is_told_from_a_signed_one(prise):
    seuil = float(principal().qualite.signature_encre)
    signees = [_lue(image) for image in banc_signature.echantillons(prise, 3, signee=True)]
    vides = [_lue(image) for image in banc_signature.echantillons(prise, 3, signee=False)]
    assert all(part is not None and part >= seuil for part in signees)
    assert all(part is not None and part < seuil for part in vides)


@SIGNER
def test_the_upper_code_alone_says_nothing_of_the_signature():
    page = banc.de_plusieurs(banc.page(1), 0)
    image = page.dessinee(150)
    [code] = trouver_codes(image)
    assert encre(image, code.coins) is None


@SIGNER
def test_a_document_that_is_not_signed_by_hand_has_no_frame():
    image = banc.dessiner(pdf(document(contenu(a_signer=False))), 150)[-1]
    assert trouver_codes(image)
    assert _lue(image) is None


@SIGNER
def test_the_place_of_the_frame_is_that_of_the_printed_document():
    """What the template draws, read on the paper: the four lines and the left side, in mm from the code."""
    dpi = 300
    image = banc.dessiner(pdf(document(contenu())), dpi)[-1].convert("L")
    coins = max((code.coins for code in trouver_codes(image)), key=lambda c: c[0][1])
    mm = dpi / 25.4
    gauche, haut = coins[0]
    assert (coins[1][0] - gauche) / mm == pytest.approx(COTE_DU_CODE, abs=0.3)
    assert signature.COTE_DU_CODE == COTE_DU_CODE
    colonne = round(gauche + 95 * mm)  # in the frame, right of the printed words
    sombres = [y for y in range(round(haut - 6 * mm), round(haut + 36 * mm)) if image.getpixel((colonne, y)) < 160]
    lignes = [y for y in sombres if y - 1 not in sombres]
    assert [(y - haut) / mm for y in lignes] == pytest.approx(signature.LIGNES, abs=0.5)
    rangee = round(haut + 25 * mm)
    sombres = [x for x in range(round(gauche + 27 * mm), image.width) if image.getpixel((x, rangee)) < 160]
    assert (sombres[0] - gauche) / mm == pytest.approx(signature.GAUCHE, abs=1)
    assert (sombres[-1] - gauche) / mm == pytest.approx(signature.DROITE, abs=1)


def test_the_perspective_brings_each_point_to_the_other():
    de = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
    vers = [(12.0, 7.0), (90.0, 20.0), (99.0, 130.0), (3.0, 88.0)]
    a, b, c, d, e, f, g, h = homographie(de, vers)
    for (u, v), (x, y) in zip(de, vers, strict=True):
        bas = g * u + h * v + 1
        assert ((a * u + b * v + c) / bas, (d * u + e * v + f) / bas) == pytest.approx((x, y))
