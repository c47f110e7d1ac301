"""Les fichiers que déposent les personnes de la démonstration : dessinés ici, marqués, sans rien de vrai.

Le récapitulatif signé fait exception à demi : c’est la confirmation de ce candidat, imprimée, signée d’un trait et
numérisée. Son code est le vrai, pour que le site le lise.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from registre.demo.personnes import Personne
from registre.documents import rendu
from registre.documents.models import Document
from registre.documents.polices import DOSSIER_DSFR, opentype

MARQUE = "SPÉCIMEN DE DÉMONSTRATION"
CARTE = (1100, 700)  # pixels
NUMERISATION = 130  # points an inch, enough for the code
FEUILLE = (1075, 1520)  # pixels: an A4 sheet at that resolution
CADRE_A_SIGNER = "Signature du candidat"
ENCRE, ROUGE, NOIR, GRIS = (28, 48, 140), (200, 30, 30), (40, 40, 50), (120, 120, 130)


class SansPlaceASigner(Exception):
    """La confirmation n’a pas de cadre « Signature du candidat »."""


def recto(qui: Personne) -> bytes:
    """Une carte d’identité qui n’existe pas, côté portrait, en JPEG."""
    carte = Image.new("RGB", CARTE, (222, 232, 240))
    dessin = ImageDraw.Draw(carte)
    dessin.rectangle((0, 0, CARTE[0], 90), fill=(60, 90, 140))
    dessin.text((40, 22), "CARTE D’IDENTITÉ INVENTÉE", fill="white", font=_police(40))
    dessin.rectangle((50, 150, 350, 540), fill=(245, 245, 248), outline=GRIS, width=3)
    dessin.ellipse((135, 200, 265, 350), fill=GRIS)
    dessin.pieslice((85, 370, 315, 700), 180, 360, fill=GRIS)
    lignes = (
        ("Nom", qui.nom.upper()),
        ("Prénoms", qui.prenoms),
        ("Naissance", qui.naissance),
        ("Numéro", "X0X0X0X0X"),
    )
    for rang, (libelle, valeur) in enumerate(lignes):
        dessin.text((400, 150 + rang * 105), libelle, fill=GRIS, font=_police(24))
        dessin.text((400, 180 + rang * 105), valeur, fill=NOIR, font=_police(38))
    return _jpeg(_marquee(carte))


def verso(qui: Personne) -> bytes:
    """L’autre côté de la même carte, en JPEG."""
    carte = Image.new("RGB", CARTE, (232, 238, 226))
    dessin = ImageDraw.Draw(carte)
    dessin.text((50, 60), "Adresse", fill=GRIS, font=_police(24))
    dessin.text((50, 95), "Adresse inventée, Auvergne", fill=NOIR, font=_police(34))
    dessin.text((50, 170), "Valable jusqu’au", fill=GRIS, font=_police(24))
    dessin.text((50, 205), "31/12/2031", fill=NOIR, font=_police(34))
    dessin.text((50, 560), f"<<{qui.nom.upper()}<<INVENTE<<<<<<<<<", fill=NOIR, font=_police(40))
    return _jpeg(_marquee(carte))


def carte_floue(qui: Personne) -> bytes:
    """Le recto, photographié de trop loin : on ne peut pas le lire, un agent le refusera."""
    with Image.open(io.BytesIO(recto(qui))) as nette:
        return _jpeg(nette.reduce(14).resize(CARTE, Image.Resampling.BICUBIC))


def feuille(titre: str, lignes: Sequence[str]) -> bytes:
    """Une attestation d’une page, en PDF."""
    page = Image.new("RGB", FEUILLE, "white")
    dessin = ImageDraw.Draw(page)
    dessin.text((90, 100), "Organisme inventé", fill=GRIS, font=_police(26))
    dessin.text((90, 230), titre, fill=NOIR, font=_police(40))
    for rang, ligne in enumerate(lignes):
        dessin.text((90, 360 + rang * 60), ligne, fill=NOIR, font=_police(28))
    dessin.text((90, 1250), "Ce papier n’a aucune valeur.", fill=GRIS, font=_police(24))
    return _pdf([_marquee(page)])


def recapitulatif_signe(confirmation: Document) -> bytes:
    """La confirmation imprimée, signée et numérisée, en PDF ; le code de ses pages se lit.

    :raises SansPlaceASigner: si elle n’a pas de cadre où signer.
    """
    pages, signee = [], False
    with pypdfium2.PdfDocument(rendu.pdf(confirmation)) as document:
        for page in document:
            image = page.render(scale=NUMERISATION / 72).to_pil().convert("RGB")
            if place := _place_a_signer(page):
                _signer(image, place)
                signee = True
            pages.append(image)
    if not signee:
        raise SansPlaceASigner(str(confirmation.reference))
    return _pdf(pages)


def _place_a_signer(page: pypdfium2.PdfPage) -> tuple[float, float] | None:
    """Where the label of the frame begins, in pixels of the scan."""
    textes = page.get_textpage()
    trouve = textes.search(CADRE_A_SIGNER).get_next()
    if trouve is None:
        return None
    gauche, bas, _, _ = textes.get_charbox(trouve[0])
    return gauche * NUMERISATION / 72, (page.get_height() - bas) * NUMERISATION / 72


def _signer(image: Image.Image, place: tuple[float, float]) -> None:
    """A scribble under the label, and the mark: nobody has signed this."""
    gauche, haut = place[0] + 40, place[1] + 45
    trait = [(gauche + 3 * n, haut + 24 * math.sin(n / 3.1) * math.cos(n / 11) - n / 6) for n in range(70)]
    dessin = ImageDraw.Draw(image)
    dessin.line(trait, fill=ENCRE, width=3, joint="curve")
    dessin.text((gauche + 240, haut), MARQUE, fill=ROUGE, font=_police(16))


def _marquee(image: Image.Image) -> Image.Image:
    """The mark across the whole picture, light enough to read what is under it."""
    police = _police(image.width // 18)
    _, _, largeur, hauteur = (math.ceil(cote) for cote in police.getbbox(MARQUE))
    texte = Image.new("L", (largeur, hauteur))
    ImageDraw.Draw(texte).text((0, 0), MARQUE, fill=150, font=police)
    texte = texte.rotate(22, expand=True, resample=Image.Resampling.BICUBIC)
    place = ((image.width - texte.width) // 2, (image.height - texte.height) // 2)
    image.paste(ROUGE, (*place, place[0] + texte.width, place[1] + texte.height), texte)
    return image


@cache
def _police(taille: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_marianne()), taille)


@cache
def _marianne() -> bytes:
    return opentype((DOSSIER_DSFR / "Marianne-Bold.woff").read_bytes())


def _jpeg(image: Image.Image) -> bytes:
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", quality=80)
    return sortie.getvalue()


def _pdf(pages: list[Image.Image]) -> bytes:
    sortie = io.BytesIO()
    pages[0].save(sortie, "PDF", save_all=True, append_images=pages[1:], resolution=NUMERISATION, quality=80)
    return sortie.getvalue()
