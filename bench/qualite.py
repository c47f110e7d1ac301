"""``python -m bench.qualite [--echantillons 100]`` : les avis de qualité disent-ils ce qu’il faut, et rien d’autre ?

Draws the kinds of papers that candidates send (confirmation, letter, certificate of three lines, pay slip, identity
card), scans and photographs them well, then badly in one way at a time, and asks the rules about each. Everything is
synthetic and comes from one seed. Prints, for each way, how many samples get an alert, which, and how many get the
hint that was expected; then the spread of each measure, from which the thresholds were chosen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO

if __name__ == "__main__":  # the tests that borrow from here have an environment of their own
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["REGISTRE_MODE"] = "test"
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

    import django

    django.setup()

import typst
from PIL import Image

from bench import codes as banc
from bench.codes import Hasard, bruit, compresser, dessiner, flou, ombre, poser
from registre.documents.polices import polices
from registre.justificatifs.fichiers import pdf
from registre.justificatifs.fichiers.mesures import mesurer
from registre.regles.qualite import ALERTE, avis_de_page

GRAINE = 2026
PHRASES = (
    "Je soussignée atteste que la personne nommée ci-dessous travaille dans notre entreprise.",
    "Ce certificat est remis à l’intéressé pour faire valoir ce que de droit.",
    "Le contrat a commencé le premier septembre et il est toujours en cours.",
    "Emploi occupé : agent polyvalent, à temps plein, selon la convention collective.",
    "Fait pour servir et valoir, sans rature ni surcharge.",
)
A4 = '#set page("a4", margin: 20mm)\n#set text(font: "Marianne", size: {taille}pt)\n'


# --- Les papiers --------------------------------------------------------------------------------------------
def _imprime(source: str) -> bytes:
    return typst.Compiler(font_paths=polices(), ignore_system_fonts=True).compile(source.encode(), format="pdf")


@lru_cache(maxsize=64)
def papier(genre: str, rang: int) -> bytes:
    """The PDF of one paper of this kind; its length changes with ``rang``."""
    if genre == "confirmation":
        return banc.page(rang).octets
    lignes = [PHRASES[(rang + n) % len(PHRASES)] for n in range(40)]
    if genre == "lettre":
        return _imprime(A4.format(taille=10) + "= Lettre\n" + "\n\n".join(lignes[: 8 + 3 * (rang % 8)]))
    if genre == "attestation":
        return _imprime(A4.format(taille=12) + "*Attestation*\n\n" + "\n\n".join(lignes[: 2 + rang % 3]))
    if genre == "bulletin":
        cellules = ", ".join(f"[{n * 37 % 4000},{n % 100:02d}]" for n in range(200 + 20 * (rang % 5)))
        return _imprime(A4.format(taille=7) + f"= Bulletin de paie\n#table(columns: 5, stroke: 0.3pt, {cellules})")
    return _imprime(
        '#set page(width: 85.6mm, height: 54mm, margin: 4mm, fill: rgb("#dfe6ee"))\n'
        '#set text(font: "Marianne", size: 7pt)\n*CARTE DE DEMONSTRATION*\n'
        '#grid(columns: (24mm, 1fr), gutter: 3mm, rect(width: 22mm, height: 28mm, fill: gradient.linear(rgb("#b98"), '
        f'rgb("#543"))), [Nom : ESSAI {rang}\\ Prénoms : Camille, Alix\\ Née le : 30.05.19{60 + rang % 40}\\ '
        f"à : Ville-d’Essai\\ N° : {rang * 7919 % 10**9:09d}\\ Taille : 1,6{rang % 10} m])"
    )


GENRES = ("confirmation", "lettre", "attestation", "bulletin", "carte")


@lru_cache(maxsize=48)
def _dessin(genre: str, rang: int, dpi: int) -> Image.Image:
    return dessiner(papier(genre, rang), dpi)[0]


def feuille(genre: str, hasard: Hasard, dpi: int) -> Image.Image:
    return _dessin(genre, 1 + hasard.randrange(6), dpi).copy()


def _en_pdf(image: Image.Image, dpi: int, qualite: int = 60) -> Image.Image:
    """The scan as a PDF of one picture, drawn as the workshop draws it."""
    tampon = BytesIO()
    image.save(tampon, "PDF", resolution=dpi, **({} if image.mode == "1" else {"quality": qualite}))
    return next(pdf.pages(tampon.getvalue()))


# --- Les prises de vue ----------------------------------------------------------------------------------------
def _numerisee(genre: str, hasard: Hasard) -> Image.Image:
    dpi = hasard.choice((150, 150, 200))
    image = feuille(genre, hasard, dpi)
    image = image.rotate(hasard.uniform(-2, 2), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    image = flou(image, hasard.uniform(0.2, 0.8))
    if hasard.random() < 0.3:  # the lid of the scanner, seen along a side
        noir = hasard.randint(1, 6)
        image.paste((20, 20, 20), (0, 0, noir, image.height) if hasard.random() < 0.5 else (0, 0, image.width, noir))
    if hasard.random() < 0.25:
        gris = image.convert("L")
        return _en_pdf(gris.point(lambda v: 255 * (v > 150)).convert("1"), dpi)
    return _en_pdf(bruit(image, hasard, hasard.uniform(0, 0.05)), dpi, hasard.randint(50, 90))


def _posee(image: Image.Image, hasard: Hasard) -> Image.Image:
    """On a plain table, or on one of light wood whose veins run to the sides of the picture."""
    angle, graine = hasard.uniform(-8, 8), hasard.random()
    posee = poser(image, Hasard(graine), fuite=0.08, angle=angle)
    if hasard.random() < 0.6:
        return posee
    place = poser(Image.new("L", image.size, 255), Hasard(graine), fuite=0.08, angle=angle).point(
        lambda v: 255 * (v > 200)
    )
    veines = Image.frombytes("L", (4, 160), hasard.randbytes(640)).point(lambda v: 120 + v * 90 // 255)
    bois = veines.resize(posee.size, Image.Resampling.BICUBIC)
    return Image.composite(posee, bois.convert(posee.mode), place)


def _photographiee(genre: str, hasard: Hasard, *, nettete: float | None = None) -> Image.Image:
    """``nettete``: the radius of the blur, in mm on the paper."""
    dpi = hasard.choice((300, 400)) if genre == "carte" else hasard.choice((150, 150, 200, 250))
    image = feuille(genre, hasard, dpi)
    if hasard.random() < 0.5:
        image = image.convert("L")
    image = _posee(image, hasard)
    image = ombre(image, hasard, fond=hasard.uniform(0.55, 0.95), nette=hasard.random() < 0.3)
    image = flou(image, (hasard.uniform(0.03, 0.12) if nettete is None else nettete) * dpi / 25.4)
    return bruit(image, hasard, hasard.uniform(0.01, 0.05))


def bonne(genre: str, hasard: Hasard) -> Image.Image:
    if hasard.random() < 0.5:
        return _numerisee(genre, hasard)
    return compresser(_photographiee(genre, hasard), hasard.randint(50, 92))


def sombre(genre: str, hasard: Hasard) -> Image.Image:
    part = hasard.uniform(0.1, 0.28)
    image = _photographiee(genre, hasard).point(lambda v: round(v * part))
    return compresser(bruit(image, hasard, 0.02), 70)


def claire(genre: str, hasard: Hasard) -> Image.Image:
    """Too much light: black becomes light grey, and all that is lighter becomes white."""
    noir = hasard.uniform(185, 225)
    image = _photographiee(genre, hasard).point(lambda v: min(255, round(noir + v * 0.45)))
    return compresser(image, 70)


def floue(genre: str, hasard: Hasard) -> Image.Image:
    return compresser(_photographiee(genre, hasard, nettete=hasard.uniform(0.55, 1.2)), hasard.randint(50, 90))


def blanche(genre: str, hasard: Hasard) -> Image.Image:
    """The back of the sheet: nothing on it, whatever is on the other side."""
    dpi = hasard.choice((100, 150, 200))
    image = Image.new("L", feuille(genre, hasard, dpi).size, hasard.randint(225, 255))
    if hasard.random() < 0.5:
        return _en_pdf(bruit(image, hasard, hasard.uniform(0, 0.06)), dpi)
    image = poser(image, hasard, fuite=0.08, angle=hasard.uniform(-8, 8))
    image = ombre(image, hasard, fond=hasard.uniform(0.55, 0.95), nette=hasard.random() < 0.3)
    return compresser(bruit(image, hasard, hasard.uniform(0.01, 0.05)), 60)


def petite(genre: str, hasard: Hasard) -> Image.Image:
    image = _photographiee(genre, hasard)
    image.thumbnail((hasard.randint(240, 600),) * 2, Image.Resampling.LANCZOS)
    return compresser(image, 75)


def coupee(genre: str, hasard: Hasard) -> Image.Image:
    """Framed through the writing: a side of the picture goes through the words."""
    dpi = 150 if genre != "carte" else 300
    image = flou(feuille(genre, hasard, dpi).convert("L"), 0.08 * dpi / 25.4)
    image = image.rotate(hasard.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=240)
    largeur, hauteur = image.size
    gauche = round(largeur * hasard.uniform(0.16, 0.4))
    boite = (gauche, 0, largeur, hauteur) if hasard.random() < 0.7 else (0, 0, round(largeur * 0.5), hauteur)
    image = ombre(image.crop(boite), hasard, fond=hasard.uniform(0.6, 0.95), nette=False)
    return compresser(bruit(image, hasard, 0.03), 70)


PRISES: dict[str, Callable[[str, Hasard], Image.Image]] = {
    "bonne": bonne,
    "sombre": sombre,
    "claire": claire,
    "floue": floue,
    "blanche": blanche,
    "petite": petite,
    "coupee": coupee,
}


def echantillons(prise: str, nombre: int) -> Iterator[tuple[str, Image.Image]]:
    """``nombre`` pictures, every kind of paper in turn, always the same for the same name."""
    for n in range(nombre):
        genre = GENRES[n % len(GENRES)]
        image = PRISES[prise](genre, Hasard(f"{GRAINE}/qualite/{prise}/{n}"))
        image.load()
        yield genre, image


def main() -> None:
    lecteur = argparse.ArgumentParser(description="Avis de qualité sur de bonnes et de mauvaises images.")
    lecteur.add_argument("--echantillons", type=int, default=100, help="images par défaut ; deux fois plus de bonnes")
    nombre = lecteur.parse_args().echantillons
    from registre.commun.cadres import principal  # once Django is ready

    qualite = principal().qualite
    os.nice(10)
    etendues: dict[str, dict[str, list[float]]] = {}
    print("| Images | Nombre | Avec une alerte | Avec l’avis attendu | Autres avis | Temps médian (ms) |")
    print("| --- | ---: | ---: | ---: | --- | ---: |")
    with banc.cle_fixe():
        for prise in PRISES:
            alertes = attendus = total = 0
            autres: Counter[str] = Counter()
            temps: list[float] = []
            mesures: dict[str, list[float]] = {}
            for _, image in echantillons(prise, 2 * nombre if prise == "bonne" else nombre):
                debut = time.process_time()
                prises = mesurer(image)
                temps.append(time.process_time() - debut)
                avis = avis_de_page(prises, qualite)
                total += 1
                alertes += any(a.niveau == ALERTE for a in avis)
                attendus += any(a.code == prise for a in avis)
                autres.update(f"{a.code} ({a.niveau})" for a in avis if a.code != prise)
                for nom, valeur in prises.items():
                    mesures.setdefault(nom, []).append(valeur)
            etendues[prise] = mesures
            dits = ", ".join(f"{quoi} {n}" for quoi, n in autres.most_common()) or "aucun"
            attendu = "" if prise == "bonne" else attendus
            duree = 1000 * statistics.median(temps)
            print(f"| {prise} | {total} | {alertes} | {attendu} | {dits} | {duree:.0f} |", flush=True)
    print("\n| Images | cote | papier | ecriture | nettete | bords |\n| --- | --- | --- | --- | --- | --- |")
    for prise, mesures in etendues.items():
        bornes = [f"{min(v):g} à {max(v):g}" for v in mesures.values()]
        print(f"| {prise} | {' | '.join(bornes)} |")


if __name__ == "__main__":
    main()
