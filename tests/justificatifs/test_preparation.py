"""Pages made of the pictures that phones and screens give, then one file of them: by the workshop, in its limits."""

from __future__ import annotations

import io
import threading
from hashlib import sha256

import pikepdf
import pytest
from PIL import Image

from registre.justificatifs.fichiers import preparation, traitement
from registre.justificatifs.fichiers.coffre import ObjetPerdu
from registre.justificatifs.fichiers.preparation import PageAReunir, PagePreparee, preparer, reunir
from registre.justificatifs.fichiers.traitement import FichierRefuse, traiter
from registre.justificatifs.models import Assemblage
from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.cadre import ParametresPieces
from registre.regles.fichiers import dit_du_fichier_prepare, refus_de_fichier
from tests.justificatifs import corpus
from tests.justificatifs import images_a_preparer as i

pytestmark = [pytest.mark.sans_base, pytest.mark.passages("S33", "S35")]
MARGE_D_HORLOGE = 90  # seconds: the machine of the tests is not ours alone
MAXIMUM = 5_242_880
TOLERANCE = 40  # of a colour, after a JPEG


@pytest.fixture(scope="module")
def pieces() -> ParametresPieces:
    return charger([DOSSIER_DE_BASE])[("clermont-ferrand", 2026, "bac-pro")].pieces


@pytest.fixture(autouse=True)
def _horloge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)


def faire(pieces: ParametresPieces, octets: bytes, nom: str, maximum: int = 20) -> tuple[PagePreparee, ...]:
    return preparer(octets, nom, pieces, maximum=maximum)


def refus(pieces: ParametresPieces, octets: bytes, nom: str, maximum: int = 20) -> str:
    with pytest.raises(FichierRefuse) as leve:
        faire(pieces, octets, nom, maximum)
    return leve.value.motif.code


def lue(octets: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(octets))
    image.load()
    return image


def couleur(octets: bytes, x: float, y: float) -> tuple[int, int, int]:
    image = lue(octets).convert("RGB")
    pixel = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    return pixel  # type: ignore[return-value]


def pres_de(vue: tuple[int, int, int], voulue: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= TOLERANCE for a, b in zip(vue, voulue, strict=True))


ROUGE, BLANC = (255, 0, 0), (255, 255, 255)


# --- Pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "octets"),
    [
        ("IMG_1.HEIC", i.heic()),
        ("capture.png", i.png()),
        ("site.webp", i.webp()),
        ("photo.jpg", i.en(i.dessin(), "JPEG")),
        ("cmjn.jpg", i.en(i.dessin(mode="CMYK"), "JPEG")),
        ("palette.png", i.en(i.dessin().quantize(16), "PNG")),
        ("sans-extension", i.heic()),
    ],
)  # fmt: skip
def test_a_picture_becomes_one_upright_page_without_metadata(pieces, nom, octets):
    [page] = faire(pieces, octets, nom)
    image = lue(page.image)
    assert (image.format, image.mode in ("RGB", "L"), image.size) == ("JPEG", True, (page.largeur, page.hauteur))
    assert pres_de(couleur(page.image, 0.1, 0.1), ROUGE)
    assert pres_de(couleur(page.image, 0.9, 0.9), BLANC)
    assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert max(lue(page.vignette).size) <= 560
    assert page.mesures["cote"] == max(image.size)


@pytest.mark.parametrize("format_voulu", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white_and_never_black(pieces, format_voulu):
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 50, 50))
    [page] = faire(pieces, i.en(image, format_voulu, lossless=True), f"x.{format_voulu.lower()}")
    assert pres_de(couleur(page.image, 0.1, 0.1), ROUGE)
    assert pres_de(couleur(page.image, 0.9, 0.9), BLANC)


def test_a_transparent_colour_of_a_palette_becomes_white(pieces):
    image = i.dessin().quantize(8)
    [page] = faire(pieces, i.en(image, "PNG", transparency=image.getpixel((1, 1))), "x.png")
    assert pres_de(couleur(page.image, 0.1, 0.1), BLANC)


def test_sixteen_bits_of_grey_keep_their_shades(pieces):
    lignes = [65_535] * 5_000 + [30_000] * 5_000
    image = Image.frombytes("I;16", (100, 100), b"".join(v.to_bytes(2, "little") for v in lignes))
    [page] = faire(pieces, i.en(image, "PNG"), "scan.png")
    assert couleur(page.image, 0.5, 0.1)[0] > 240
    assert 100 < couleur(page.image, 0.5, 0.9)[0] < 135


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_turned_by_its_exif_is_turned_once(pieces, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    droite = i.dessin((300, 400))
    gestes = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what the camera did to the picture
    prise = droite.transpose(Image.Transpose(gestes[orientation])) if orientation > 1 else droite
    for format_voulu in ("PNG", "WEBP", "JPEG"):
        [page] = faire(pieces, i.en(prise, format_voulu, exif=exif), f"x.{format_voulu.lower()}")
        assert (page.largeur, page.hauteur) == (300, 400), format_voulu
        assert pres_de(couleur(page.image, 0.1, 0.1), ROUGE), format_voulu


def test_of_a_burst_the_picture_that_readers_show_is_the_page(pieces):
    [page] = faire(pieces, i.rafale(), "rafale.heic")
    assert pres_de(couleur(page.image, 0.5, 0.5), ROUGE)


def test_a_large_picture_is_kept_at_three_hundred_dots_per_inch_of_a_sheet(pieces):
    [page] = faire(pieces, i.en(i.dessin((3000, 4000)), "JPEG"), "photo.jpg")
    assert (page.largeur, page.hauteur) == (2631, 3508)


def test_a_heavy_pdf_gives_its_pages_at_two_hundred_dots_per_inch(pieces):
    lourd = i.pdf_lourd()
    assert len(lourd) > MAXIMUM
    pages = faire(pieces, lourd, "scan.pdf")
    assert [(p.largeur, p.hauteur) for p in pages] == [(1653, 2339)] * 3


# --- Refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("S32")
@pytest.mark.parametrize(
    ("nom", "octets", "code"),
    [
        ("photo.jpg", i.png(), "contenu_different"),
        ("capture.png", i.heic(), "contenu_different"),
        ("scan.pdf", i.webp(), "contenu_different"),
        ("scan.tiff", i.en(i.dessin(), "TIFF"), "format_refuse"),
        ("x.gif", i.en(i.dessin(), "GIF"), "format_refuse"),
        ("vide.heic", b"", "fichier_vide"),
        ("apng.png", i.animee("PNG"), "image_animee"),
        ("anime.webp", i.animee("WEBP"), "image_animee"),
        ("coupe.heic", i.heic()[: len(i.heic()) // 2], "fichier_abime"),
        ("faux.heic", corpus.heic(), "fichier_abime"),
        ("coupe.png", i.png()[:-200], "fichier_abime"),
        ("coupe.webp", i.webp()[: len(i.webp()) // 2], "fichier_abime"),
        ("bombe.png", i.en(Image.new("1", (30_000, 30_000)), "PNG"), "fichier_trop_complexe"),
        ("bombe.webp", i.en(Image.new("L", (9_000, 9_000)), "WEBP", quality=1), "fichier_trop_complexe"),
        ("plate.webp", i.en(Image.new("L", (9_000, 9_000)), "WEBP", lossless=True), "fichier_trop_complexe"),
        ("claire.webp", i.en(Image.new("RGBA", (9_000, 9_000)), "WEBP", quality=1), "fichier_trop_complexe"),
        ("gros.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 26_214_400, "fichier_trop_gros"),
    ],
)  # fmt: skip
def test_what_cannot_become_pages_is_refused_with_its_reason(pieces, nom, octets, code):
    assert refus(pieces, octets, nom) == code


def test_a_pdf_that_acts_or_is_locked_is_refused_as_in_a_deposit(pieces):
    par_nom = {cas.nom: cas.octets for cas in corpus.corpus()}
    assert refus(pieces, par_nom["actif-javascript-ouverture"], "a.pdf") == "fichier_actif"
    assert refus(pieces, par_nom["mot-de-passe-4"], "b.pdf") == "fichier_protege"


def test_a_document_with_more_pages_than_there_is_room_for_is_refused_before_they_are_drawn(pieces):
    assert refus(pieces, i.pdf_de(21), "x.pdf") == "trop_de_pages"
    assert len(faire(pieces, i.pdf_de(3), "x.pdf", maximum=3)) == 3
    assert refus(pieces, i.pdf_de(4), "x.pdf", maximum=3) == "trop_de_pages"


# --- One file ---------------------------------------------------------------------------------------------------


def page_de(taille: tuple[int, int] = (300, 400), rotation: int = 0) -> PageAReunir:
    return PageAReunir(i.en(i.dessin(taille), "JPEG", quality=88), rotation)


def test_one_page_is_a_jpeg_untouched_when_it_is_light_and_upright():
    page = page_de()
    assert reunir([page], MAXIMUM) == ("jpeg", page.octets)


@pytest.mark.parametrize(("rotation", "x", "y"), [(0, 0.1, 0.1), (90, 0.9, 0.1), (180, 0.9, 0.9), (270, 0.1, 0.9)])
def test_a_turned_page_is_turned_clockwise(pieces, rotation, x, y):
    for nombre in (1, 2):
        format_rendu, octets = reunir([page_de(rotation=rotation)] * nombre, MAXIMUM)
        traite = traiter(octets, f"x.{format_rendu}", pieces, lire_les_codes=False)
        assert len(traite.pages) == nombre
        for page in traite.pages:
            assert pres_de(couleur(page.octets, x, y), ROUGE)


def test_several_pages_are_one_pdf_in_their_order_of_whole_sheets(pieces):
    format_rendu, octets = reunir([page_de(), page_de((400, 300)), page_de(rotation=90)], MAXIMUM)
    assert format_rendu == "pdf"
    with pikepdf.open(io.BytesIO(octets)) as document:
        tailles = [tuple(float(n) for n in page.mediabox[2:]) for page in document.pages]
    assert [largeur < hauteur for largeur, hauteur in tailles] == [True, False, False]
    assert all(max(t) <= 842 for t in tailles)
    assert traiter(octets, "x.pdf", pieces, lire_les_codes=False).format == "pdf"


def test_the_same_pages_make_the_same_bytes():
    faits = {sha256(reunir([page_de(), page_de(rotation=180)], MAXIMUM)[1]).hexdigest() for _ in range(2)}
    assert len(faits) == 1


@pytest.mark.passages("depot.taille-maximale", "L-29")
@pytest.mark.parametrize("nombre", [1, 4])
def test_heavy_pages_are_reduced_under_the_limit_and_stay_over_150_dots_per_inch(pieces, nombre):
    [page] = faire(pieces, i.photo_lourde(), "photo.jpg")
    lourdes = [PageAReunir(page.image, 0)] * nombre
    maximum = len(page.image) * nombre // 3
    format_rendu, octets = reunir(lourdes, maximum)
    assert maximum // 3 < len(octets) <= maximum
    if format_rendu == "jpeg":
        assert max(lue(octets).size) >= 1754
    else:
        with pikepdf.open(io.BytesIO(octets)) as document:
            images = [obj for obj in document.objects if isinstance(obj, pikepdf.Stream) and "/Width" in obj]
        assert len(images) == 4
        assert all(max(int(im.Width), int(im.Height)) >= 1754 for im in images)


def test_pages_that_would_be_unreadable_are_refused_with_what_to_do(pieces):
    [page] = faire(pieces, i.photo_lourde(), "photo.jpg")
    with pytest.raises(FichierRefuse) as leve:
        reunir([PageAReunir(page.image, 0)] * 3, 200_000)
    assert leve.value.motif.code == "document_trop_lourd"
    assert "Retirez des pages" in leve.value.motif.message


def test_the_limits_of_a_deposit_hold_for_what_is_prepared(pieces, monkeypatch):
    """Twenty large pages, turned: the slowest there is."""
    passages = []
    lancer = preparation.lancer
    monkeypatch.setattr(preparation, "lancer", lambda *a: passages.append(lancer(*a)) or passages[-1])
    [page] = faire(pieces, i.en(i.dessin((3000, 4000)), "JPEG", quality=92), "photo.jpg")
    assert reunir([PageAReunir(page.image, 90)] * 20, MAXIMUM)[0] == "pdf"
    assert all(p.cpu < traitement.CPU and not p.trop_long for p in passages)


def test_the_pages_of_a_document_are_read_once_its_turn_has_come():
    """Twelve waiting ones would hold twelve times eighty megabytes."""
    lues: list[int] = []

    def pages():
        for rang in range(3):
            lues.append(rang)
            yield page_de()

    with traitement.une_place():
        fil = threading.Thread(target=lambda: reunir(pages(), MAXIMUM))
        fil.start()
        fil.join(timeout=0.3)
        assert fil.is_alive()
        assert lues == []
    fil.join(timeout=60)
    assert not fil.is_alive()
    assert lues == [0, 1, 2]


def test_a_page_that_cannot_be_read_starts_no_workshop_and_gives_the_place_back(monkeypatch):
    def pages():
        yield page_de()
        raise ObjetPerdu("seconde")

    with monkeypatch.context() as sans_atelier:
        sans_atelier.setattr(preparation, "lancer", lambda *_: pytest.fail("the workshop was started"))
        with pytest.raises(ObjetPerdu):
            reunir(pages(), MAXIMUM)
    assert reunir([page_de()], MAXIMUM)[0] == "jpeg"


def test_the_heaviest_document_that_can_be_prepared_is_answered_within_the_limits():
    """Pages of noise, the worst there is for a JPEG, as many as one document may hold in the vault."""
    page = i.en(Image.effect_noise((1240, 1754), 200).convert("RGB").resize((2480, 3508)), "JPEG", quality=88)
    nombre = min(Assemblage.PAGES_PAR_ASSEMBLAGE, Assemblage.OCTETS_PAR_ASSEMBLAGE // len(page))
    assert nombre * len(page) > 0.9 * Assemblage.OCTETS_PAR_ASSEMBLAGE
    with pytest.raises(FichierRefuse) as leve:
        reunir([PageAReunir(page, 90)] * nombre, MAXIMUM)
    assert leve.value.motif.code == "document_trop_lourd"
    assert reunir([PageAReunir(page, 90)] * nombre, 4 * MAXIMUM)[0] == "pdf"


# --- The rule that offers it ------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.taille-et-formats-annonces", "L-29")
@pytest.mark.parametrize(
    ("nom", "format_trouve", "octets", "fait"),
    [
        ("a.heic", "heic", 1_000, "est une image HEIC (photo d’iPhone)\u00a0: nous l’avons mis au bon format."),
        ("a.jpg", "jpeg", 6_000_000, "pèse plus de 5\u00a0Mo\u00a0: nous l’avons allégé."),
        (
            "a.webp",
            "webp",
            6_000_000,
            "est une image WebP (souvent prise sur un site) et pèse plus de 5\u00a0Mo\u00a0: "
            "nous l’avons mis au bon format et allégé.",
        ),
    ],
)
def test_what_is_said_of_a_prepared_file_is_what_was_done_and_what_is_left(pieces, nom, format_trouve, octets, fait):
    dit = dit_du_fichier_prepare(nom, format_trouve, octets, pieces, presentes=0, total=1)
    assert dit.startswith(f"«\u00a0{nom}\u00a0» {fait}")
    assert dit.endswith("Rien n’est encore déposé\u00a0: regardez le document, puis déposez-le.")
    assert "s’ajoute" not in dit
    suite = dit_du_fichier_prepare(nom, format_trouve, octets, pieces, presentes=2, total=3)
    assert "Il s’ajoute au document déjà en préparation, qui a maintenant 3\u00a0pages." in suite


def test_the_words_of_the_limit_are_its_number():
    assert f"{Assemblage.PAGES_PAR_ASSEMBLAGE} au plus" in refus_de_fichier("trop_de_pages").message
