"""Le cadre de signature d’un récapitulatif est-il vide ? Il se trouve par le code imprimé à sa gauche.

La place du cadre est celle de ``registre/documents/gabarits/confirmation.typ``. Loin du code, la perspective n’est
plus sûre : les traits du cadre sont donc suivis de proche en proche. S’ils ne se voient pas, rien n’est dit.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops

from registre.justificatifs.fichiers.codes import CodeTrouve, Point
from registre.justificatifs.fichiers.mesures import traits

COTE_DU_CODE = 25.0  # mm, as registre.documents.rendu draws it
LIGNES = (-4.0, 5.0, 7.0, 31.0)  # mm below the top of the code: the two rows of the frame, the second for signing
GAUCHE, DROITE = 35.0, 170.0  # mm right of the left of the code
ETIQUETTE = 6.5  # mm under the upper line: the printed words « Signature du candidat »
RETRAIT = 1.5  # mm: ink nearer to a line may be the line itself
FENETRE = 5.0  # mm: how far along the lines are averaged to be seen
PAS = 4  # pixels for a mm in the straightened picture
MARGE = 8.0  # mm around the frame
TRAIT_DE_STYLO = 10  # pixels: thinner is ink
ENCRE = 0.2  # share of the light of the paper: an ink darker than that
LIGNE = 0.03  # the same, for the mean of a printed line along a window
NOIR_DE_LIGNE = 0.15  # the same: darker is ink or words, and counts no more
COLONNE_PLEINE = 0.7
JEU = 12  # pixels: how far from its place the frame beside the code may be
ECART = 3  # pixels: how far from its line a window may find it
AMORTI = 0.4  # how fast the slope of a line follows what is seen
PERDUES = 4  # windows in a row without a line: the frame is over
PLUS_BAS, PLUS_HAUT = 0.7, 1.4  # how the height of the frame may change along it
FENETRES_SURES = 0.6  # share of the windows where both lines must be seen
LARGEUR_SURE = 80.0  # mm of frame that must be seen


def homographie(de: Sequence[Point], vers: Sequence[Point]) -> list[float]:
    """Les 8 nombres de la perspective qui mène quatre points à quatre autres, comme ``Image.transform`` les veut."""
    lignes = []
    for (u, v), (x, y) in zip(de, vers, strict=True):
        lignes.append([u, v, 1, 0, 0, 0, -x * u, -x * v, x])
        lignes.append([0, 0, 0, u, v, 1, -y * u, -y * v, y])
    for n in range(8):
        pivot = max(range(n, 8), key=lambda k: abs(lignes[k][n]))
        lignes[n], lignes[pivot] = lignes[pivot], lignes[n]
        lignes[n] = [c / lignes[n][n] for c in lignes[n]]
        for k in range(8):
            if k != n:
                lignes[k] = [a - lignes[k][n] * b for a, b in zip(lignes[k], lignes[n], strict=True)]
    return [ligne[8] for ligne in lignes]


@dataclass(frozen=True, slots=True)
class Fenetre:
    """A few mm of the frame, in pixels of the straightened picture: its two lines, and whether both were seen."""

    gauche: int
    haut: float
    bas: float
    sure: bool


def encre_du_cadre(image: Image.Image, codes: Sequence[CodeTrouve]) -> float | None:
    """La part du cadre de signature de cette page couverte d’encre ; ``None`` s’il n’y en a pas, ou pas de sûr.

    La plus grande, si deux codes en montrent un : mieux vaut ne rien dire que de dire vide à tort.
    """
    parts = [encre(image, code.coins) for code in codes if code.est_le_notre]
    return max((part for part in parts if part is not None), default=None)


def encre(image: Image.Image, coins: Sequence[Point]) -> float | None:
    """La part du cadre de signature couverte d’encre ; ``None`` si ce cadre ne se voit pas à droite de ce code."""
    redresse = _redresse(image, coins)
    if redresse is None:
        return None
    noirs = traits(redresse, 0, TRAIT_DE_STYLO)  # the frame is all paper, however dark the shadow
    fenetres = _suivre(noirs)
    vues = sum(fenetre.sure for fenetre in fenetres)
    if vues * FENETRE < LARGEUR_SURE or vues < FENETRES_SURES * len(fenetres):
        return None
    return round(statistics.fmean(_encre(noirs, fenetre) for fenetre in fenetres), 4)


def _redresse(image: Image.Image, coins: Sequence[Point]) -> Image.Image | None:
    """The frame as it was printed, ``PAS`` pixels for a mm, in the darkest of the three colours: ink is often blue."""
    cote = min(math.dist(coins[n], coins[(n + 1) % 4]) for n in range(4))
    reduction = max(1, int(cote / (COTE_DU_CODE * PAS)))
    if cote < COTE_DU_CODE:
        return None
    if reduction > 1:
        image = image.reduce(reduction)
    if image.mode == "RGB":
        rouge, vert, bleu = image.split()
        image = ImageChops.darker(ImageChops.darker(rouge, vert), bleu)
    gauche, haut = GAUCHE - MARGE, LIGNES[0] - MARGE
    code = [(x * COTE_DU_CODE, y * COTE_DU_CODE) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    places = [((x - gauche) * PAS, (y - haut) * PAS) for x, y in code]
    vus = [(x / reduction, y / reduction) for x, y in coins]
    taille = (round((DROITE - GAUCHE + 2 * MARGE) * PAS), round((LIGNES[-1] - LIGNES[0] + 2 * MARGE) * PAS))
    coefficients = homographie(places, vus)
    return image.convert("L").transform(
        taille, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR, fillcolor=0
    )


def _suivre(noirs: Image.Image) -> list[Fenetre]:
    """The two lines of the frame, followed from the code to the right until they are no longer seen."""
    largeur = round(FENETRE * PAS)
    debut = round((MARGE + 1.5) * PAS)
    haut, hauteur = _pres_du_code(_profil(noirs, debut, 2 * largeur))
    if hauteur == 0:
        return []
    fenetres: list[Fenetre] = []
    pente = pente_bas = 0.0
    bas = haut + hauteur
    for gauche in range(debut, noirs.width - largeur, largeur):
        profil = _profil(noirs, gauche, largeur)
        haut_vu, bas_vu = _ligne_pres_de(profil, haut + pente), _ligne_pres_de(profil, bas + pente_bas)
        sure = haut_vu is not None and bas_vu is not None
        nouveau_haut = haut + pente if haut_vu is None else haut_vu
        nouveau_bas = bas + pente_bas if bas_vu is None else bas_vu
        if fenetres:  # the lines are straight: their slope only settles
            pente += (nouveau_haut - haut - pente) * AMORTI
            pente_bas += (nouveau_bas - bas - pente_bas) * AMORTI
        haut, bas = nouveau_haut, nouveau_bas
        if not PLUS_BAS < (bas - haut) / hauteur < PLUS_HAUT:
            break  # what is followed is no longer the frame
        fenetres.append(Fenetre(gauche, haut, bas, sure))
        if len(fenetres) >= PERDUES and not any(f.sure for f in fenetres[-PERDUES:]):
            break
    while fenetres and not fenetres[-1].sure:
        fenetres.pop()
    return fenetres[:-1]  # the last one may hold the right side of the frame


def _pres_du_code(profil: list[float]) -> tuple[float, float]:
    """(top, height) of the frame beside the code, in pixels, where the four printed lines fit best; 0: nowhere."""
    origine = (MARGE - LIGNES[0]) * PAS
    meilleur, place = 4 * LIGNE, (0.0, 0.0)
    for dixiemes in range(94, 107):
        lignes = [origine + ligne * PAS * dixiemes / 100 for ligne in LIGNES]
        for decale in range(-JEU, JEU + 1):
            vus = [_autour(profil, ligne + decale) for ligne in lignes]
            if min(vus) > LIGNE and sum(vus) > meilleur:
                meilleur, place = sum(vus), (lignes[2] + decale, lignes[3] - lignes[2])
    return place


def _ligne_pres_de(profil: list[float], attendue: float) -> float | None:
    """Where the printed line is, near where it is expected; ``None`` if nothing there is dark enough."""
    places = range(max(0, round(attendue) - ECART), min(len(profil), round(attendue) + ECART + 1))
    place = max(places, key=lambda y: profil[y] - abs(y - attendue) * 0.004, default=None)
    return place if place is not None and profil[place] > LIGNE else None


def _autour(profil: list[float], y: float) -> float:
    return max(profil[max(0, round(y) - 1) : round(y) + 2], default=0.0)


def _profil(noirs: Image.Image, gauche: int, largeur: int) -> list[float]:
    """For each row, how much darker it is along a window than the rows 1 mm away: a line stands out, words do not."""
    colonne = noirs.crop((gauche, 0, gauche + largeur, noirs.height)).resize((1, noirs.height), Image.Resampling.BOX)
    valeurs = [min(valeur / 255, NOIR_DE_LIGNE) for valeur in colonne.tobytes()]
    bord = [NOIR_DE_LIGNE] * PAS
    entourees = [*bord, *valeurs, *bord]
    return [v - max(entourees[y], entourees[y + 2 * PAS]) for y, v in enumerate(valeurs)]


def _encre(noirs: Image.Image, fenetre: Fenetre) -> float:
    """The share of the window that is ink, under the printed words and away from the lines."""
    echelle = (fenetre.bas - fenetre.haut) / (LIGNES[3] - LIGNES[2])
    haut, bas = round(fenetre.haut + ETIQUETTE * echelle), round(fenetre.bas - RETRAIT * echelle)
    largeur = round(FENETRE * PAS)
    dedans = noirs.crop((fenetre.gauche, haut, fenetre.gauche + largeur, bas))
    encres = dedans.point(lambda v: 255 if v > 255 * ENCRE else 0)
    colonnes = encres.resize((largeur, 1), Image.Resampling.BOX).tobytes()
    # A column dark from end to end is the line between two frames.
    return statistics.fmean(0 if c > 255 * COLONNE_PLEINE else c / 255 for c in colonnes)
