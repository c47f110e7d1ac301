"""Poor pictures in a real browser: hints before sending, and after; kept with a reason; never an obstacle."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from playwright.sync_api import Page, expect

from registre.commun.cadres import principal
from registre.justificatifs.fichiers.mesures import mesurer
from registre.regles.qualite import avis_de_page
from tests.parcours import gestes_pieces
from tests.parcours.fichiers import choisi
from tests.parcours.gestes_pieces import ATTENTE
from tests.parcours.releve import Pages

CANDIDAT, SANS_SCRIPT = "qualite@exemple.fr", "qualite.sans.script@exemple.fr"
POURQUOI = "C’est la seule copie que j’ai."
AVIS = pytest.mark.passages("A5", "A6", "pieces.exemple.non-conforme", "L-69")


def _page(nettete: float = 0, lumiere: float = 1) -> Image.Image:
    image = Image.new("RGB", (1200, 1600), (244, 243, 240))
    crayon = ImageDraw.Draw(image)
    for ligne in range(23):
        ecrit = f"Ligne {ligne} d’un document tout à fait lisible"
        crayon.text((120, 90 + 60 * ligne), ecrit, fill=(25, 25, 40), font_size=30)
    return ImageEnhance.Brightness(image.filter(ImageFilter.GaussianBlur(nettete))).enhance(lumiere)


def _jpeg(image: Image.Image) -> bytes:
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", quality=88)
    return sortie.getvalue()


IMAGES = {
    "nette": _page(),
    "floue": _page(nettete=6),
    "sombre": _page(lumiere=0.2),
    "petite": _page().resize((420, 560)),
    "blanche": Image.new("RGB", (1200, 1600), (240, 240, 240)),
    "coupee": _page().crop((320, 0, 1200, 1600)),
}


@AVIS
def test_the_browser_measures_as_the_server_does(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, CANDIDAT)
    seuils = principal().qualite
    for nom, image in IMAGES.items():
        octets = _jpeg(image)
        vues = page.evaluate(MESURER, list(octets))
        lue = Image.open(io.BytesIO(octets))
        attendues = mesurer(lue)
        for mesure, ecart in {"cote": 0, "papier": 4, "ecriture": 0.1, "nettete": 0.12}.items():
            assert vues["mesures"][mesure] == pytest.approx(attendues[mesure], abs=ecart), (nom, mesure)
        assert vues["avis"] == [f"{a.code}-{a.niveau}" for a in avis_de_page(attendues, seuils)], nom


MESURER = """async (octets) => {
  const adresse = document.querySelector('script[src*="mesures"]').src;
  const { mesurer, avis } = await import(adresse);
  const image = await createImageBitmap(new Blob([new Uint8Array(octets)], { type: "image/jpeg" }));
  const mesures = mesurer(image);
  const { seuils } = JSON.parse(document.querySelector("[data-qualite]").dataset.qualite);
  return { mesures, avis: avis(mesures, seuils) };
}"""


@AVIS
def test_a_poor_picture_is_said_before_and_after_then_kept_with_a_reason(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, CANDIDAT)
    conseils = page.locator("#depot-identite-fichier-avis")

    gestes_pieces.champ(page, "identite").set_input_files([choisi("nette.jpg", _jpeg(IMAGES["nette"]))])
    expect(conseils).to_be_attached(timeout=ATTENTE)
    expect(conseils.locator("p")).to_have_count(0)
    heic = {"name": "photo.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic"}
    gestes_pieces.champ(page, "identite").set_input_files([heic, choisi("floue.jpg", _jpeg(IMAGES["floue"]))])
    expect(conseils.locator("p")).to_have_count(1, timeout=ATTENTE)
    expect(conseils).to_contain_text("« floue.jpg », avant le dépôt : La page est floue.")
    expect(conseils).to_contain_text("Vous pouvez le déposer quand même.")
    pages.verifier(page, "pieces-avis-avant-envoi")

    gestes_pieces.champ(page, "identite").set_input_files([choisi("floue.jpg", _jpeg(IMAGES["floue"]))])
    gestes_pieces.piece(page, "identite").get_by_role("button", name=re.compile("^Ajouter")).click()
    gestes_pieces.recus(page, "identite")
    _garder(page, pages)


@AVIS
def test_the_same_without_javascript(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir(java_script_enabled=False)
    gestes_pieces.mes_pieces(page, SANS_SCRIPT)
    gestes_pieces.deposer(page, "identite", choisi("floue.jpg", _jpeg(IMAGES["floue"])))
    gestes_pieces.recus(page, "identite")
    _garder(page, pages, axe=False)  # axe is a script


def _garder(page: Page, pages: Pages, *, axe: bool = True) -> None:
    prefixe = "" if axe else "sans-script-"
    piece = gestes_pieces.piece(page, "identite")
    expect(piece.locator('[data-avis="floue"]')).to_contain_text("La page est floue. Posez le document à plat")
    rappel = page.locator("#groupe-identite [data-a-relire]")
    expect(rappel).to_contain_text("relisez nos avis sur floue.jpg")
    pages.verifier(page, f"{prefixe}pieces-avis", axe=axe)
    piece.locator("summary", has_text="Garder ce fichier quand même").click()
    piece.get_by_role("button", name=re.compile("^Garder ce fichier")).click()
    expect(page.locator("#erreurs")).to_contain_text("Dites en quelques mots pourquoi")
    pages.verifier(page, f"{prefixe}pieces-avis-sans-raison", axe=axe)
    piece.get_by_label(re.compile("^Pourquoi vous gardez")).fill(POURQUOI)
    piece.get_by_role("button", name=re.compile("^Garder ce fichier")).click()
    expect(piece).to_contain_text(f"Le service lira votre raison : « {POURQUOI} »")
    expect(rappel).to_have_count(0)
    pages.verifier(page, f"{prefixe}pieces-avis-garde", axe=axe)
