"""``python -m bench.codes [--echantillons 100]`` : à quel point lit-on le code d’un récapitulatif abîmé ?

Draws real confirmation pages, spoils them by what printing, signing, scanning and photographing do, and reads them as
the deposit does: a scan goes through a PDF and comes back drawn, a photo is the JPEG itself. Everything is synthetic
and comes from one seed: the same command gives the same pictures. Prints, for each degradation, how many are read on
the picture as it is, how many with the further tries, how many texts are not the expected one, and the processor time.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

if __name__ == "__main__":  # the tests that borrow from here have an environment of their own
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["REGISTRE_MODE"] = "test"
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

    import django

    django.setup()

import pypdfium2
from django.test import override_settings
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from registre.commun.cles import cle
from registre.documents import sceau
from registre.documents.rendu import COTE_DU_CODE, pdf
from registre.justificatifs.fichiers.codes import lire_codes
from registre.justificatifs.fichiers.signature import homographie
from tests.documents.fabrique import contenu, document
from tests.documents.lecture_pdf import codes

GRAINE = 2026
PAGES = 10
COTE_RENDU = 2200
POUCE = 25.4
ENCRE_BLEUE, ENCRE_NOIRE = (35, 50, 140), (25, 25, 28)

Hasard = random.Random
Point = tuple[float, float]
Couleur = tuple[int, int, int]


@contextmanager
def cle_fixe() -> Iterator[None]:
    """A seal key that never changes, so that neither do the codes nor the pictures."""
    with override_settings(CLE_MAITRE="clé pour mesurer la lecture des codes"):
        cle.cache_clear()
        try:
            yield
        finally:
            cle.cache_clear()


# --- La page ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Page:
    """A page of paper: what it holds, and the code it carries."""

    octets: bytes
    numero: str
    version: int
    rang: int = 0

    @property
    def code(self) -> str:
        return sceau.code(self.numero, self.version)

    @property
    def places(self) -> tuple[Point, ...]:
        """(left, top) of each copy of the code, in mm, from top to bottom."""
        return _places(self.octets)

    def dessinee(self, dpi: int) -> Image.Image:
        return _dessinee(self.octets, dpi, self.rang).copy()


@lru_cache(maxsize=64)
def _dessinee(octets: bytes, dpi: int, rang: int) -> Image.Image:
    return dessiner(octets, dpi)[rang]


def dessiner(octets: bytes, dpi: int) -> list[Image.Image]:
    """The pages of a PDF, as pictures."""
    with pypdfium2.PdfDocument(octets) as lu:
        return [feuille.render(scale=dpi / 72).to_pil().convert("RGB") for feuille in lu]


@lru_cache(maxsize=64)
def _places(octets: bytes) -> tuple[Point, ...]:
    return tuple((gauche, haut) for _, gauche, haut, _ in codes(octets))


def page(rang: int) -> Page:
    """The ``rang``-th page: its number and its version, hence its code, differ from the others’."""
    numero, version = f"2026-{rang * 7919 % 1000000:06d}-K", 1 + rang % 3
    return Page(pdf(document(contenu(numero=numero, version=version))), numero, version)


@lru_cache(maxsize=2 * PAGES)
def de_plusieurs(seule: Page, rang: int) -> Page:
    """The first (0) or the last (-1) page of a confirmation that does not fit on one: it holds one code only."""
    lignes = [{"libelle": f"Rubrique {n}", "valeur": f"réponse {n}"} for n in range(70)]
    sections = [{"titre": "Épreuves", "lignes": lignes, "tableaux": []}]
    longue = contenu(numero=seule.numero, version=seule.version, sections=sections)
    return Page(pdf(document(longue)), seule.numero, seule.version, rang)


# --- Ce que la main fait ------------------------------------------------------------------------------
def _dans_le_code(hasard: Hasard, place: Point, dpi: int) -> Point:
    x, y = (c + hasard.uniform(0.1, 0.9) * COTE_DU_CODE for c in place)
    return x * dpi / POUCE, y * dpi / POUCE


def trait(image: Image.Image, hasard: Hasard, dpi: int, places: tuple[Point, ...], mm: float, encre: Couleur) -> None:
    """A pen line right through each code, in a direction of its own."""
    crayon = ImageDraw.Draw(image)
    for place in places:
        x, y = _dans_le_code(hasard, place, dpi)
        angle, long = hasard.uniform(0, math.tau), 30 * dpi / POUCE
        dx, dy = long * math.cos(angle), long * math.sin(angle)
        crayon.line([(x - dx, y - dy), (x + dx, y + dy)], fill=encre, width=round(mm * dpi / POUCE))


def signature(image: Image.Image, hasard: Hasard, dpi: int) -> None:
    """A signature over the frame beside the lower code."""
    mm = dpi / POUCE
    points = [(hasard.uniform(60, 190) * mm, hasard.uniform(175, 198) * mm) for _ in range(14)]
    ImageDraw.Draw(image).line(points, fill=ENCRE_BLEUE, width=round(0.6 * mm), joint="curve")


def tache(image: Image.Image, hasard: Hasard, dpi: int, places: tuple[Point, ...]) -> Image.Image:
    """A brown ring with soft edges over each code, as a cup leaves."""
    voile = Image.new("RGB", image.size, "white")
    crayon, mm = ImageDraw.Draw(voile), dpi / POUCE
    for place in places:
        x, y = _dans_le_code(hasard, place, dpi)
        rayon = hasard.uniform(12, 30) * mm
        crayon.ellipse((x - rayon, y - rayon, x + rayon, y + rayon), fill=(225, 200, 170))
        crayon.ellipse((x - rayon, y - rayon, x + rayon, y + rayon), outline=(120, 85, 50), width=round(3 * mm))
    return ImageChops.multiply(image, voile.filter(ImageFilter.GaussianBlur(0.8 * mm)))


def pli(image: Image.Image, hasard: Hasard, dpi: int, places: tuple[Point, ...]) -> Image.Image:
    """A fold across each code: one side shifts by a fraction of a mm and turns darker, the crease is white."""
    mm = dpi / POUCE
    for place in places:
        y = round(_dans_le_code(hasard, place, dpi)[1])
        dessous = image.crop((0, y, image.width, image.height))
        dessous = ImageEnhance.Brightness(dessous).enhance(hasard.uniform(0.6, 0.85))
        image.paste(dessous, (round(hasard.uniform(-0.6, 0.6) * mm), y))
        crayon = ImageDraw.Draw(image)
        crayon.line([(0, y), (image.width, y)], fill="white", width=max(1, round(0.4 * mm)))
    return image


# --- Ce que la lumière et l’appareil font -------------------------------------------------------------
def poser(image: Image.Image, hasard: Hasard, *, fuite: float, angle: float) -> Image.Image:
    """The page seen from aside, on a table: each corner moves by up to ``fuite`` of the width, then all turns."""
    largeur, hauteur = (float(cote) for cote in image.size)
    coins = [(0.0, 0.0), (largeur, 0.0), (largeur, hauteur), (0.0, hauteur)]
    jeu = fuite / 2 * largeur
    bouges = [(x + hasard.uniform(-jeu, jeu), y + hasard.uniform(-jeu, jeu)) for x, y in coins]
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    tournes = [(x * c - y * s, x * s + y * c) for x, y in bouges]
    gauche, haut = min(x for x, _ in tournes), min(y for _, y in tournes)
    bord = 0.03 * largeur
    cible = [(x - gauche + bord, y - haut + bord) for x, y in tournes]
    taille = tuple(round(max(p[k] for p in cible) + bord) for k in (0, 1))
    table = tuple(hasard.randint(60, 150) for _ in image.getbands())
    return image.transform(
        taille,
        Image.Transform.PERSPECTIVE,
        homographie(cible, coins),
        Image.Resampling.BILINEAR,
        fillcolor=table,
    )


def ombre(image: Image.Image, hasard: Hasard, *, fond: float, nette: bool) -> Image.Image:
    """Light that goes down to ``fond`` from one side to the other; ``nette`` is the edge of a hand’s shadow."""
    pente = Image.linear_gradient("L").rotate(hasard.choice((0, 90, 180, 270)))
    if nette:
        seuil = hasard.randint(80, 170)
        pente = pente.rotate(hasard.uniform(-20, 20), fillcolor=128).point(lambda v: 255 if v > seuil else 0)
    pente = pente.point(lambda v: round(255 * (fond + (1 - fond) * v / 255)))
    pente = pente.resize(image.size, Image.Resampling.BILINEAR)
    return ImageChops.multiply(image, pente.convert(image.mode))


def flou(image: Image.Image, rayon: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(rayon))


def bouge(image: Image.Image, hasard: Hasard, pixels: int) -> Image.Image:
    """The mean of copies shifted along a line of ``pixels``: a hand that moved."""
    angle = hasard.uniform(0, math.pi)
    pas = [n - (pixels - 1) / 2 for n in range(pixels)]
    somme = image
    for n, p in enumerate(pas):
        copie = ImageChops.offset(image, round(p * math.cos(angle)), round(p * math.sin(angle)))
        somme = copie if n == 0 else Image.blend(somme, copie, 1 / (n + 1))
    return somme


def pale(image: Image.Image, contraste: float) -> Image.Image:
    return ImageEnhance.Contrast(image).enhance(contraste)


def bruit(image: Image.Image, hasard: Hasard, force: float) -> Image.Image:
    grain = Image.frombytes("L", image.size, hasard.randbytes(image.width * image.height))
    return Image.blend(image, grain.convert(image.mode), force)


def compresser(image: Image.Image, qualite: int) -> Image.Image:
    tampon = BytesIO()
    image.save(tampon, "JPEG", quality=qualite)
    return Image.open(BytesIO(tampon.getvalue()))


def scanner(image: Image.Image, dpi: float, qualite: int = 60) -> Image.Image:
    """The scan as a PDF of one picture, drawn as the deposit draws it."""
    tampon = BytesIO()
    reglages = {} if image.mode == "1" else {"quality": qualite}
    image.save(tampon, "PDF", resolution=dpi, **reglages)
    with pypdfium2.PdfDocument(tampon.getvalue()) as lu:
        return lu[0].render(scale=COTE_RENDU / max(lu[0].get_size())).to_pil()


# --- Les dégradations ---------------------------------------------------------------------------------
def scan(
    page: Page, hasard: Hasard, *, dpi: int, qualite: int = 60, rayon: float = 0, angle: float = 0
) -> Image.Image:
    image = page.dessinee(dpi)
    signature(image, hasard, dpi)
    if angle:
        image = image.rotate(hasard.uniform(-angle, angle), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    return scanner(flou(image, rayon) if rayon else image, dpi, qualite)


def scan_un_bit(page: Page, hasard: Hasard) -> Image.Image:
    image = bruit(page.dessinee(200), hasard, 0.15)
    signature(image, hasard, 200)
    seuil = hasard.randint(90, 190)
    return scanner(image.convert("L").point(lambda v: 255 if v > seuil else 0).convert("1"), 200)


def scan_tourne(page: Page, hasard: Hasard) -> Image.Image:
    return scan(page, hasard, dpi=150, angle=2).rotate(hasard.choice((90, 180, 270)), expand=True)


def scan_pale(page: Page, hasard: Hasard) -> Image.Image:
    image = ImageOps.autocontrast(page.dessinee(150)).point(lambda v: 150 + v * 90 // 255)
    return scanner(bruit(image, hasard, 0.08), 150, 50)


def telecopie(page: Page, hasard: Hasard) -> Image.Image:
    """The ordinary resolution of a fax, 204 by 98 points an inch, black or white."""
    image = page.dessinee(204)
    signature(image, hasard, 204)
    basse = flou(image.convert("L"), 0.8).resize((image.width, image.height * 98 // 204), Image.Resampling.BOX)
    seuil = hasard.randint(110, 160)
    return scanner(
        basse.resize(image.size, Image.Resampling.NEAREST).point(lambda v: 255 * (v > seuil)).convert("1"), 204
    )


def photocopie(page: Page, hasard: Hasard) -> Image.Image:
    """A copy of a copy: blurred, darkened and thickened twice, in grey."""
    image = page.dessinee(150).convert("L")
    for _ in range(2):
        image = flou(image, 1.2).point(lambda v: max(0, min(255, (v - 90) * 2)))
    return scanner(bruit(image.convert("RGB"), hasard, 0.1), 150, 40)


def photo(
    page: Page,
    hasard: Hasard,
    *,
    dpi: int = 150,
    fuite: float = 0.08,
    angle: float = 10,
    tour: float = 0,
    rayon: float = 0.6,
    traine: int = 0,
    contraste: float = 1,
    fond: float = 0.6,
    nette: bool = False,
    grain: float = 0.03,
    qualite: int = 60,
    couleur: bool = False,
    abimer: Callable[[Image.Image, Hasard, int], Image.Image | None] | None = None,
) -> Image.Image:
    """``couleur`` costs three times as much to make, and only matters where ink and paper differ in hue."""
    image = page.dessinee(dpi)
    signature(image, hasard, dpi)
    if abimer:
        image = abimer(image, hasard, dpi) or image
    if not couleur:
        image = image.convert("L")
    image = poser(image, hasard, fuite=fuite, angle=tour + hasard.uniform(-angle, angle))
    image = ombre(image, hasard, fond=fond, nette=nette)
    image = flou(image, rayon)
    if traine:
        image = bouge(image, hasard, traine)
    if contraste != 1:
        image = pale(image, contraste)
    return compresser(bruit(image, hasard, grain), qualite).convert("RGB")


def photo_coupee(page: Page, hasard: Hasard) -> Image.Image:
    """Framed too tightly: the picture stops in the middle of one of the codes."""
    image = photo(page, hasard, angle=4, fuite=0.05)
    if hasard.random() < 0.5:
        return image.crop((0, round(image.height * hasard.uniform(0.1, 0.2)), image.width, image.height))
    return image.crop((round(image.width * hasard.uniform(0.1, 0.2)), 0, image.width, image.height))


def photo_barree(page: Page, hasard: Hasard, mm: float, encre: Couleur, *, combien: int = 2) -> Image.Image:
    places = tuple(hasard.sample(page.places, combien))
    return photo(page, hasard, dpi=150, couleur=True, abimer=lambda i, h, d: trait(i, h, d, places, mm, encre))


DURE: dict[str, Any] = {"fuite": 0.15, "angle": 35, "contraste": 0.5, "qualite": 40}
TOUT: dict[str, Any] = {"fuite": 0.2, "rayon": 1.2, "fond": 0.35, "nette": True, "grain": 0.06, "qualite": 40}
DEGRADATIONS: dict[str, Callable[[Page, Hasard], Image.Image]] = {
    "scan 100 dpi, JPEG 40": lambda p, h: scan(p, h, dpi=100, qualite=40),
    "scan 75 dpi, JPEG 30": lambda p, h: scan(p, h, dpi=75, qualite=30),
    "scan 150 dpi, JPEG 60": lambda p, h: scan(p, h, dpi=150),
    "scan 150 dpi, flou": lambda p, h: scan(p, h, dpi=150, qualite=40, rayon=1.5),
    "scan 200 dpi, noir ou blanc": scan_un_bit,
    "scan tourné de 90, 180 ou 270°": scan_tourne,
    "scan de travers, jusqu’à 12°": lambda p, h: scan(p, h, dpi=150, angle=12),
    "scan pâle": scan_pale,
    "télécopie": telecopie,
    "photocopie de photocopie, grise": photocopie,
    "photo, bord d’ombre net, JPEG 40": lambda p, h: photo(p, h, dpi=200, fond=0.35, nette=True, qualite=40),
    "photo moyenne : fuite 15 %, 25°, flou 1": lambda p, h: photo(p, h, fuite=0.15, angle=25, rayon=1, qualite=40),
    "photo 150 dpi, JPEG 40": lambda p, h: photo(p, h, qualite=40),
    "photo, perspective : fuite 25 %": lambda p, h: photo(p, h, fuite=0.25, angle=15),
    "photo, ombre nette aux trois quarts noire": lambda p, h: photo(p, h, fond=0.25, nette=True),
    "photo floue, rayon 1,5": lambda p, h: photo(p, h, rayon=1.5),
    "photo à grain fort": lambda p, h: photo(p, h, grain=0.15),
    "photo droite": lambda p, h: photo(p, h, tour=0),
    "photo tournée de 90°": lambda p, h: photo(p, h, tour=90),
    "photo tournée de 180°": lambda p, h: photo(p, h, tour=180),
    "photo tournée de 270°": lambda p, h: photo(p, h, tour=270),
    "photo de la première page de plusieurs": lambda p, h: photo(de_plusieurs(p, 0), h, qualite=40),
    "photo de la dernière page de plusieurs": lambda p, h: photo(de_plusieurs(p, -1), h, qualite=40),
    "photo de la dernière page, tout à la fois": lambda p, h: photo(de_plusieurs(p, -1), h, **TOUT),
    "photo, tout à la fois": lambda p, h: photo(p, h, tour=h.choice((0, 90, 180, 270)), **TOUT),
    "photo tête en bas ou couchée": lambda p, h: photo(p, h, tour=h.choice((90, 180, 270)), angle=15),
    "photo de messagerie, 110 dpi, JPEG 50": lambda p, h: photo(p, h, dpi=110, qualite=50),
    "photo pâle et sombre": lambda p, h: photo(p, h, contraste=0.3, fond=0.3, grain=0.06),
    "photo bougée, 5 pixels": lambda p, h: photo(p, h, traine=5),
    "photo dure : flou 2,2, bougé 5, pâle, 35°": lambda p, h: photo(p, h, rayon=2.2, traine=5, **DURE),
    "photo très dure : flou 2,6, bougé 6": lambda p, h: photo(p, h, rayon=2.6, traine=6, **DURE),
    "photo extrême : flou 3, bougé 7": lambda p, h: photo(p, h, rayon=3, traine=7, **DURE),
    "photo de loin, 75 dpi, flou 1": lambda p, h: photo(p, h, dpi=75, rayon=1),
    "photo 12 mégapixels, nette": lambda p, h: photo(p, h, dpi=300, rayon=1.2),
    "photo 12 mégapixels, floue": lambda p, h: photo(p, h, dpi=300, rayon=6, angle=25),
    "trait de stylo sur un code": lambda p, h: photo_barree(p, h, 0.85, ENCRE_NOIRE, combien=1),
    "trait bleu de 0,85 mm sur les deux": lambda p, h: photo_barree(p, h, 0.85, ENCRE_BLEUE),
    "trait noir de 0,5 mm sur les deux": lambda p, h: photo_barree(p, h, 0.5, ENCRE_NOIRE),
    "trait noir de 0,85 mm sur les deux": lambda p, h: photo_barree(p, h, 0.85, ENCRE_NOIRE),
    "tache sur les deux": lambda p, h: photo(p, h, couleur=True, abimer=lambda i, h, d: tache(i, h, d, p.places)),
    "pli dans les deux": lambda p, h: photo(p, h, couleur=True, abimer=lambda i, h, d: pli(i, h, d, p.places)),
    "photo qui coupe un code": photo_coupee,
}


def echantillons(nom: str, nombre: int, pages: list[Page]) -> Iterator[tuple[Page, Image.Image]]:
    """``nombre`` spoilt pages, always the same for the same name."""
    for n in range(nombre):
        prise = pages[n % len(pages)]
        yield prise, DEGRADATIONS[nom](prise, Hasard(f"{GRAINE}/{nom}/{n}"))


# --- La mesure ----------------------------------------------------------------------------------------
@dataclass
class Mesure:
    nombre: int = 0
    premiere: int = 0
    lus: int = 0
    faux: int = 0

    def __post_init__(self) -> None:
        self.temps: list[float] = []

    def ajouter(self, attendue: Page, image: Image.Image) -> None:
        """Counts as wrong any text that is not the one of the page, whether the seal would refuse it or not."""
        image.load()
        attendu = (attendue.numero, attendue.version)
        premiers = lire_codes(image, budget=0)
        debut = time.process_time()
        textes = lire_codes(image)
        self.temps.append(time.process_time() - debut)
        self.nombre += 1
        self.premiere += attendu in map(sceau.lire, premiers)
        self.lus += attendu in map(sceau.lire, textes)
        self.faux += any(texte != attendue.code for texte in textes)

    def ligne(self, nom: str) -> str:
        """A row of the table: shares of the samples in %, times in ms."""
        part = [f"{100 * compte / self.nombre:.0f}" for compte in (self.premiere, self.lus)]
        temps = [f"{1000 * t:.0f}" for t in (statistics.median(self.temps), max(self.temps))]
        return f"| {nom} | {part[0]} | {part[1]} | {self.faux} | {temps[0]} | {temps[1]} |"


def main() -> None:
    lecteur = argparse.ArgumentParser(description="Lecture du code d’un récapitulatif abîmé.")
    lecteur.add_argument("--echantillons", type=int, default=100, help="images par dégradation")
    nombre = lecteur.parse_args().echantillons
    os.nice(10)
    print(
        "| Dégradation | Telle quelle (%) | Avec les autres essais (%) | Faux | Temps médian (ms) | Temps max. (ms) |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with cle_fixe():
        pages = [page(rang) for rang in range(PAGES)]
        for nom in DEGRADATIONS:
            mesure = Mesure()
            for attendue, image in echantillons(nom, nombre, pages):
                mesure.ajouter(attendue, image)
            print(mesure.ligne(nom), flush=True)


if __name__ == "__main__":
    main()
