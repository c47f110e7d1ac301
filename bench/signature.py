"""``python -m bench.signature [--echantillons 100]`` : voit-on qu’un récapitulatif n’est pas signé ?

Draws real confirmation pages, of one code or of two, signs them or not, scans and photographs them, finds the code as
the deposit does, and asks whether the frame is blank. Everything is synthetic and comes from one seed. Prints, for
each way: how many signed pages are said blank (false alarms), how many blank ones are not said so (misses), and for
how many of each the frame could not be seen, of which nothing is said.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import lru_cache

if __name__ == "__main__":  # the tests that borrow from here have an environment of their own
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["REGISTRE_MODE"] = "test"
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

    import django

    django.setup()

from PIL import Image, ImageDraw

from bench import codes as banc
from bench.codes import ENCRE_BLEUE, ENCRE_NOIRE, GRAINE, POUCE, Hasard, Page
from registre.documents.rendu import pdf
from registre.justificatifs.fichiers.codes import trouver_codes
from registre.justificatifs.fichiers.signature import encre_du_cadre
from tests.documents.fabrique import contenu, document

CRAYON = (105, 105, 110)


@lru_cache(maxsize=64)
def derniere_page(rang: int, *, seule: bool, mineur: bool) -> tuple[Page, int]:
    """The confirmation and the rank of its signed page; ``seule``: the page holds one code only, the lower."""
    numero, version = f"2026-{rang * 7919 % 1000000:06d}-K", 1 + rang % 12
    lignes = [{"libelle": f"Rubrique {n}", "valeur": f"réponse {n}"} for n in range(40 + rang % 9)]
    sections = {"sections": [{"titre": "Épreuves", "lignes": lignes, "tableaux": []}]} if seule else {}
    page = Page(pdf(document(contenu(numero=numero, version=version, mineur=mineur, **sections))), numero, version)
    return page, len(banc.dessiner(page.octets, 50)) - 1


@lru_cache(maxsize=24)
def _dessin(octets: bytes, rang: int, dpi: int) -> Image.Image:
    return banc.dessiner(octets, dpi)[rang]


@lru_cache(maxsize=64)
def _place(octets: bytes, rang: int) -> tuple[float, float]:
    """(left, top) of the lower code, in mm."""
    trouves = trouver_codes(_dessin(octets, rang, 200))
    x, y = max((code.coins[0] for code in trouves), key=lambda c: c[1])
    return x * POUCE / 200, y * POUCE / 200


def signer(image: Image.Image, hasard: Hasard, dpi: int, place: tuple[float, float], boites: int) -> None:
    """A signature of 12 to 60 mm in each frame, with a pen or a pencil, as people sign: sometimes over the lines."""
    mm = dpi / POUCE
    gauche, haut = place[0] + 36, place[1] + 8
    largeur = 132 / boites
    for boite in range(boites):
        long, tall = hasard.uniform(12, min(60, largeur - 4)), hasard.uniform(6, 16)
        x = gauche + boite * largeur + hasard.uniform(0, largeur - long)
        y = haut + hasard.uniform(9, 17)
        tours, pas = hasard.uniform(3, 8), 60
        points = []
        for n in range(pas):
            angle = math.tau * tours * n / pas
            points.append(
                (
                    (x + long * n / pas + 2 * math.cos(angle)) * mm,
                    (y + tall / 2 * math.sin(angle) * hasard.uniform(0.4, 1)) * mm,
                )
            )
        plume = ImageDraw.Draw(image)
        couleur = hasard.choice((ENCRE_BLEUE, ENCRE_BLEUE, ENCRE_NOIRE))
        plume.line(points, fill=couleur, width=max(1, round(hasard.uniform(0.35, 0.7) * mm)), joint="curve")


Prise = Callable[[Image.Image, Hasard, int], Image.Image]


def _scan(image: Image.Image, hasard: Hasard, dpi: int, angle: float = 2) -> Image.Image:
    image = image.rotate(hasard.uniform(-angle, angle), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    return banc.scanner(banc.flou(image, 0.5), dpi, 60)


def _un_bit(image: Image.Image, hasard: Hasard, dpi: int) -> Image.Image:
    seuil = hasard.randint(120, 190)
    return banc.scanner(image.convert("L").point(lambda v: 255 if v > seuil else 0).convert("1"), dpi)


def _photo(
    image: Image.Image,
    hasard: Hasard,
    dpi: int,
    *,
    fuite: float = 0.08,
    tour: float = 0,
    rayon: float = 0.6,
    fond: float = 0.6,
    nette: bool = False,
    grain: float = 0.03,
    qualite: int = 60,
) -> Image.Image:
    image = banc.poser(image, hasard, fuite=fuite, angle=tour + hasard.uniform(-10, 10))
    image = banc.flou(banc.ombre(image, hasard, fond=fond, nette=nette), rayon)
    return banc.compresser(banc.bruit(image, hasard, grain), qualite)


PRISES: dict[str, tuple[int, Prise]] = {
    "scan 150 dpi": (150, _scan),
    "scan de travers, jusqu’à 12°": (150, lambda i, h, d: _scan(i, h, d, 12)),
    "scan couché ou à l’envers": (150, lambda i, h, d: _scan(i, h, d).rotate(h.choice((90, 180, 270)), expand=True)),
    "scan 200 dpi, noir ou blanc": (200, _un_bit),
    "photo 150 dpi, JPEG 40": (150, lambda i, h, d: _photo(i, h, d, qualite=40)),
    "photo, perspective 15 %": (150, lambda i, h, d: _photo(i, h, d, fuite=0.15)),
    "photo, perspective 25 %": (150, lambda i, h, d: _photo(i, h, d, fuite=0.25)),
    "photo, bord d’ombre net": (150, lambda i, h, d: _photo(i, h, d, fond=0.4, nette=True)),
    "photo couchée ou à l’envers": (150, lambda i, h, d: _photo(i, h, d, tour=h.choice((90, 180, 270)))),
    "photo floue (rayon 1,5)": (150, lambda i, h, d: _photo(i, h, d, rayon=1.5)),
    "photo à grain fort": (150, lambda i, h, d: _photo(i, h, d, grain=0.1)),
    "photo de messagerie, 110 dpi": (110, lambda i, h, d: _photo(i, h, d, qualite=50)),
    "photo 12 mégapixels": (300, lambda i, h, d: _photo(i, h, d, rayon=1.2)),
    "tout à la fois, 150 dpi": (
        150,
        lambda i, h, d: _photo(i, h, d, fuite=0.15, rayon=1.2, fond=0.4, nette=True, grain=0.05, qualite=40),
    ),
}


def echantillons(nom: str, nombre: int, *, signee: bool) -> Iterator[Image.Image]:
    """``nombre`` pages, signed or not, the same otherwise."""
    dpi, prise = PRISES[nom]
    for n in range(nombre):
        hasard = Hasard(f"{GRAINE}/signature/{nom}/{n}")
        mineur = n % 3 == 2
        page, rang = derniere_page(1 + n % 7, seule=n % 2 == 0, mineur=mineur)
        image = _dessin(page.octets, rang, dpi).copy()
        if signee:
            signer(image, Hasard(f"main/{nom}/{n}"), dpi, _place(page.octets, rang), 1 + mineur)
        # Colour costs three times as much to make: every other picture is a grey one.
        image = prise(image if n % 4 < 2 else image.convert("L"), hasard, dpi)
        image.load()
        yield image


def main() -> None:
    lecteur = argparse.ArgumentParser(description="Cadre de signature vide.")
    lecteur.add_argument("--echantillons", type=int, default=100, help="images par prise de vue, signées puis non")
    nombre = lecteur.parse_args().echantillons
    from registre.commun.cadres import principal  # once Django is ready

    seuil = float(principal().qualite.signature_encre)
    os.nice(10)
    print(
        "| Prise de vue | Fausses alertes | Manquées | Cadre non vu, signé | Cadre non vu, vide "
        "| Encre min. si signé | Encre max. si vide | Temps médian (ms) |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with banc.cle_fixe():
        for nom in PRISES:
            mesures: dict[bool, list[float | None]] = {True: [], False: []}
            temps = []
            for signee, encres in mesures.items():
                for image in echantillons(nom, nombre, signee=signee):
                    debut = time.process_time()
                    encres.append(encre_du_cadre(image, trouver_codes(image)))
                    temps.append(time.process_time() - debut)
            signees, vides = ([e for e in mesures[cas] if e is not None] for cas in (True, False))
            print(
                f"| {nom} | {sum(e < seuil for e in signees)} | {sum(e >= seuil for e in vides)} "
                f"| {mesures[True].count(None)} | {mesures[False].count(None)} "
                f"| {min(signees, default=math.nan):.4f} | {max(vides, default=math.nan):.4f} "
                f"| {1000 * statistics.median(temps):.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
