"""Ce qui se mesure sur l’image d’une page, dans l’atelier : la clarté, la netteté, le vide, ce qui touche les bords.

Ce module ne connaît que Pillow et ne juge rien : :mod:`registre.regles.qualite` dit ce que les mesures valent. Les
mêmes mesures se prennent dans le navigateur (``static/justificatifs/mesures.js``). ``python -m bench.qualite`` dit à
quel point elles séparent les bonnes images des mauvaises.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageMath, ImageOps

from registre.justificatifs.fichiers.codes import etendre, fermer

COTE_FIN = 1000  # pixels, long side where sharpness is measured
COTE_LARGE = 500  # pixels, long side where light, writing and edges are measured
EPAISSEUR = 13  # pixels at COTE_LARGE: what is dark and thinner is writing, not shadow or table
PAPIER = 0.45  # of the light of the paper: what is darker is the table
SEUIL_DE_TRAIT = 0.25  # share of the light of the paper around
PAPIER_AU_BORD = 0.8  # of the light of the paper, in the mean of a side that cuts some
BORD = 0.004  # of the long side: how far inside the picture its edge is looked at
TRAIT_COURT = 0.03  # of a side: a longer dark run along the edge is the edge of a sheet, not a cut word
VOISINAGE = 9  # pixels at COTE_FIN around an edge


def mesurer(image: Image.Image) -> dict[str, float]:
    """Les mesures d’une page, chacune sous son nom.

    ``cote`` : plus grand côté, en pixels. ``papier`` : clarté des parties claires, de 0 à 255. ``ecriture`` : ce que
    les traits les plus noirs ont de moins clair que le papier autour d’eux, de 0 à 1. ``nettete`` : la finesse des
    bords, de 0 à 1. ``bords`` : le plus grand nombre de traits coupés par un même côté de l’image.
    """
    gris = image.convert("L")
    fin = _au_plus(gris, COTE_FIN)
    large = _au_plus(fin, COTE_LARGE)  # every point of the page is read once: that is what costs
    papier = centile(large.histogram(), 0.9)
    noirs = traits(large, papier, EPAISSEUR)
    return {
        "cote": max(image.size),
        "papier": papier,
        "ecriture": round(centile(noirs.histogram(), 0.999) / 255, 3),
        "nettete": _nettete(fin),
        "bords": _traits_coupes(noirs, large, papier),
    }


def centile(histogramme: Sequence[int], part: float) -> int:
    """La plus petite valeur sous laquelle, elle comprise, il y a au moins cette part des points."""
    reste = part * sum(histogramme)
    for valeur, nombre in enumerate(histogramme):
        reste -= nombre
        if reste <= 0:
            return valeur
    return len(histogramme) - 1


def _au_plus(gris: Image.Image, cote: int) -> Image.Image:
    if max(gris.size) <= cote:
        return gris
    largeur, hauteur = (max(1, round(c * cote / max(gris.size))) for c in gris.size)
    # Halved or parted in whole numbers first, as the browser does, and twice as quick.
    return gris.resize((largeur, hauteur), Image.Resampling.BOX, reducing_gap=1.0)


def traits(gris: Image.Image, papier: int, epaisseur: int) -> Image.Image:
    """Ce que chaque chose sombre et plus fine que ``epaisseur`` a de moins clair que ce qui l’entoure.

    255 : noir, quelle que soit la lumière. Ce qui entoure doit être du papier, non la table.
    """
    # Black all around: a strip of table along a side is then as thick as the table.
    fond = ImageOps.crop(fermer(ImageOps.expand(gris, epaisseur, 0), epaisseur), epaisseur)
    noirs = ImageMath.lambda_eval(
        lambda a: a["convert"]((a["fond"] - a["gris"]) * 255 / (a["fond"] + 1), "L"), fond=fond, gris=gris
    )
    return ImageChops.darker(noirs, fond.point(lambda v: 0 if v < PAPIER * papier else 255))


def _nettete(gris: Image.Image) -> float:
    """The steepest edges over the height of the highest: neither the amount of writing nor its ink matters."""
    pentes = ImageChops.lighter(*(ImageChops.difference(gris, ImageChops.offset(gris, *p)) for p in ((1, 0), (0, 1))))
    hauteurs = ImageChops.subtract(
        etendre(gris, ImageChops.lighter, VOISINAGE), etendre(gris, ImageChops.darker, VOISINAGE)
    )
    pente, hauteur = centile(pentes.histogram(), 0.998), centile(hauteurs.histogram(), 0.995)
    return round(min(1, pente / max(hauteur, 1)), 3)


def _traits_coupes(noirs: Image.Image, gris: Image.Image, papier: int) -> int:
    """Only where the side of the picture is as light as paper: the veins of a wooden table are no writing."""
    largeur, hauteur = noirs.size
    pas = max(1, round(BORD * max(noirs.size)))
    if min(noirs.size) < 8 * pas:
        return 0
    cotes = [
        (0, pas, largeur, pas + 1),
        (0, hauteur - 1 - pas, largeur, hauteur - pas),
        (pas, 0, pas + 1, hauteur),
        (largeur - 1 - pas, 0, largeur - pas, hauteur),
    ]
    clairs = [c for c in cotes if centile(gris.crop(c).histogram(), 0.5) >= PAPIER_AU_BORD * papier]
    return max((_courts(noirs.crop(cote).tobytes()) for cote in clairs), default=0)


def _courts(ligne: bytes) -> int:
    """The number of short dark runs along a line."""
    courts = longueur = 0
    for valeur in (*ligne, 0):
        if valeur > 255 * SEUIL_DE_TRAIT:
            longueur += 1
        else:
            courts += 0 < longueur <= TRAIT_COURT * len(ligne)
            longueur = 0
    return courts
