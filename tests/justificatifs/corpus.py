"""Every kind of file a candidate may send, made here: ``python -m tests.justificatifs.corpus <folder>``.

Nothing is downloaded and nothing is random: the same bytes come out of every run. ``MARQUEUR`` is written wherever
something must not survive (metadata, comments, trailers, scripts, attachments).
"""

from __future__ import annotations

import io
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

MARQUEUR = b"MARQUEUR-5f3a"
MO = 1_048_576
LIMITE = 5 * MO
ACCEPTE = ("accepte",)
ABIME = ("fichier_abime",)
ACTIF = ("fichier_actif",)
PROTEGE = ("fichier_protege",)
COMPLEXE = ("fichier_trop_complexe",)
TYPE = ("format_refuse",)
AUTRE = ("contenu_different",)
PIEGE = ("fichier_trop_complexe", "fichier_abime")
COINS = ((220, 20, 20), (20, 160, 20), (20, 20, 220), (240, 200, 20))  # top left, top right, bottom left, bottom right


@dataclass(frozen=True)
class Cas:
    """One file. ``attendu``: ``accepte`` or the codes of the refusals that are right. ``fabrique`` makes its bytes.

    ``pages``: pages of the copy kept. ``coins``: the first page shows ``COINS``, upright. ``visible``: colour that
    must be seen somewhere on the first page (a filled field, a stamp). ``lourd``: takes seconds of the workshop.
    ``preparees``: pages that the site makes of it, when it is refused as a piece for its kind or its weight.
    """

    nom: str
    nom_envoye: str
    fabrique: Callable[[], bytes]
    attendu: tuple[str, ...]
    pages: int = 1
    coins: bool = False
    visible: tuple[int, int, int] | None = None
    lourd: bool = False
    preparees: int = 0

    @property
    def octets(self) -> bytes:
        return self.fabrique()


# --- Pictures ---------------------------------------------------------------------------------------------------
def mire(largeur: int = 320, hauteur: int = 240) -> Image.Image:
    """Four coloured quarters: any turn or mirror shows."""
    image = Image.new("RGB", (largeur, hauteur))
    for rang, couleur in enumerate(COINS):
        x, y = (rang % 2) * largeur // 2, (rang // 2) * hauteur // 2
        image.paste(couleur, (x, y, x + largeur // 2, y + hauteur // 2))
    return image


def grain(largeur: int, hauteur: int) -> Image.Image:
    """A picture with detail, always the same."""
    ligne = bytes((i * i * 7 + i * 31) % 251 for i in range(largeur * 3 + hauteur * 3))
    return Image.frombytes("RGB", (largeur, hauteur), b"".join(ligne[y : y + largeur * 3] for y in range(hauteur)))


def encode(image: Image.Image, format_pillow: str = "JPEG", **options: object) -> bytes:
    sortie = io.BytesIO()
    image.save(sortie, format_pillow, **options)
    return sortie.getvalue()


def jpeg(**options: object) -> bytes:
    return encode(mire(), **({"quality": 90} | options))


DEFAIRE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def oriente(orientation: int) -> bytes:
    """Stored turned, with the EXIF mark that says how to turn it back."""
    image = mire()
    if orientation in DEFAIRE:
        image = image.transpose(DEFAIRE[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(image, quality=90, exif=exif)


def avec_position() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = MARQUEUR.decode(), MARQUEUR
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 46.0, 38.0), 3: "E", 4: (3.0, 5.0, 13.0), 29: MARQUEUR.decode()})
    return jpeg(exif=exif, comment=MARQUEUR, xmp=b"<r>" + MARQUEUR + b"</r>")


def mpo() -> bytes:
    return encode(mire(), "MPO", save_all=True, append_images=[mire(320, 240).rotate(180)], quality=90)


def segment(marque: int, contenu: bytes) -> bytes:
    return bytes((0xFF, marque)) + struct.pack(">H", len(contenu) + 2) + contenu


def jpeg_garni() -> bytes:
    """Every application mark, several comments, and a trailer."""
    marques = b"".join(segment(m, b"Photoshop 3.0\0" + MARQUEUR) for m in (0xE1, 0xE2, 0xE4, 0xED, 0xEF, 0xFE, 0xFE))
    octets = jpeg()
    return octets[:2] + marques + octets[2:] + b"<script>" + MARQUEUR + b"</script>"


def adobe_rgb() -> bytes:
    """RGB without the usual change of colours: only the Adobe mark says so."""
    return encode(mire(), quality=95, keep_rgb=True, subsampling=0)


def retaille(octets: bytes, taille: int) -> bytes:
    """The same JPEG, of exactly ``taille`` bytes."""
    return octets + b"\0" * (taille - len(octets))


def abime_au_milieu(octets: bytes, pas: int = 997) -> bytes:
    """One bit turned in the coded picture, now and then; never a byte that begins or follows a mark."""
    sortie = bytearray(octets)
    debut = octets.index(b"\xff\xda") + 20
    for i in range(debut, len(octets) - 20, pas):
        if 0xFF not in octets[i - 1 : i + 2] and sortie[i] ^ 1 != 0xFF:
            sortie[i] ^= 1
    return bytes(sortie)


def dimensions_fausses(largeur: int, hauteur: int) -> bytes:
    octets = bytearray(jpeg())
    cadre = octets.index(b"\xff\xc0")
    octets[cadre + 5 : cadre + 9] = struct.pack(">HH", hauteur, largeur)
    return bytes(octets)


def progressif_aux_passes(passes: int, cote: int = 64) -> bytes:
    octets = encode(mire(cote, cote), progressive=True, quality=90)
    debut, fin = octets.rindex(b"\xff\xda"), octets.rindex(b"\xff\xd9")
    return octets[:debut] + octets[debut:fin] * (passes - octets.count(b"\xff\xda") + 1) + octets[fin:]


# --- Other formats ----------------------------------------------------------------------------------------------
def boite(genre: bytes, contenu: bytes) -> bytes:
    return struct.pack(">I", len(contenu) + 8) + genre + contenu


def heic() -> bytes:
    """The opening boxes of a picture taken by a phone; no picture inside."""
    return boite(b"ftyp", b"heic\0\0\0\0mif1heic") + boite(b"meta", b"\0" * 40) + boite(b"mdat", b"\0" * 64)


def archive(*noms: str) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as boites:
        for nom in noms:
            boites.writestr(zipfile.ZipInfo(nom), MARQUEUR)
    return sortie.getvalue()


HTML = b"<!DOCTYPE html><html><script>document.title='" + MARQUEUR + b"'</script></html>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>'
    + MARQUEUR
    + b"</text></svg>"
)


# --- PDF, written byte by byte ----------------------------------------------------------------------------------
PAGE_BRUTE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 320 240] /Resources << >> /Contents 4 0 R >>"
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
ARBRE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def dessin() -> bytes:
    """The quarters of ``mire`` as four rectangles of a page of 320 by 240 points."""
    lignes = []
    for rang, couleur in enumerate(COINS):
        r, v, b = (f"{c / 255:.4f}" for c in couleur)
        lignes.append(f"{r} {v} {b} rg {(rang % 2) * 160} {120 - (rang // 2) * 120} 160 120 re f")
    return "\n".join(lignes).encode()


def flux(contenu: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(contenu), extra, contenu)


def brut(*objets: bytes, version: str = "1.4", bande: bytes = b"", sans_table: bool = False) -> bytes:
    """A PDF whose objects 1, 2, 3… are these; object 1 is its catalogue."""
    sortie = bytearray(f"%PDF-{version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
    places = []
    for numero, objet in enumerate(objets, 1):
        places.append(len(sortie))
        sortie += b"%d 0 obj\n%s\nendobj\n" % (numero, objet)
    debut = len(sortie)
    if not sans_table:
        sortie += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1)
        sortie += b"".join(b"%010d 00000 n \n" % place for place in places)
    sortie += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, bande, debut)
    return bytes(sortie)


def simple(version: str = "1.4", **options: object) -> bytes:
    return brut(CATALOGUE, ARBRE, PAGE_BRUTE, flux(dessin()), version=version, **options)


# --- PDF, by pikepdf --------------------------------------------------------------------------------------------
def document(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(320, 240))
        pdf.pages[-1].Contents = pdf.make_stream(dessin())
    return pdf


def enregistre(pdf: pikepdf.Pdf, **options: object) -> bytes:
    sortie = io.BytesIO()
    pdf.save(sortie, **({"static_id": True} | options))
    return sortie.getvalue()


def fait(agir: Callable[[pikepdf.Pdf], None], *, pages: int = 1, **options: object) -> bytes:
    pdf = document(pages)
    agir(pdf)
    return enregistre(pdf, **options)


def pose_image(pdf: pikepdf.Pdf, image: Stream) -> None:
    """The picture over the whole page, and nothing else."""
    page = pdf.pages[0]
    page.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.Contents = pdf.make_stream(b"q 320 0 0 240 0 0 cm /Im0 Do Q")


def image_de(
    pdf: pikepdf.Pdf, octets: bytes, largeur: int, hauteur: int, espace: Name, filtre: object, bits: int = 8
) -> Stream:
    return Stream(
        pdf, octets, Type=Name.XObject, Subtype=Name.Image, Width=largeur, Height=hauteur,
        ColorSpace=espace, BitsPerComponent=bits, Filter=filtre,
    )  # fmt: skip


def scan_jpeg(pdf: pikepdf.Pdf) -> None:
    """The usual scan: one JPEG a page, with the metadata of the device in it."""
    image = image_de(pdf, avec_position() + MARQUEUR, 320, 240, Name.DeviceRGB, Name.DCTDecode)
    image.Metadata = pdf.make_stream(MARQUEUR)
    pose_image(pdf, image)


def scan_jpeg_compresse(pdf: pikepdf.Pdf) -> None:
    octets = zlib.compress(avec_position())
    pose_image(pdf, image_de(pdf, octets, 320, 240, Name.DeviceRGB, Array([Name.FlateDecode, Name.DCTDecode])))


def scan_en_ligne(pdf: pikepdf.Pdf) -> None:
    """A JPEG written among the drawing orders, with a comment."""
    entete = b"q 320 0 0 240 0 0 cm BI /W 320 /H 240 /CS /RGB /BPC 8 /F /DCT ID "
    pdf.pages[0].Contents = pdf.make_stream(entete + jpeg(comment=MARQUEUR) + b"\nEI Q")


def scan_jpeg_2000_compresse(pdf: pikepdf.Pdf) -> None:
    """A JPEG 2000 under another compression, with a box of metadata."""
    octets = encode(mire(), "JPEG2000") + boite(b"uuid", b"\0" * 16 + MARQUEUR)
    filtres = Array([Name.FlateDecode, Name.JPXDecode])
    pose_image(pdf, image_de(pdf, zlib.compress(octets), 320, 240, Name.DeviceRGB, filtres))


def scan_1_bit(pdf: pikepdf.Pdf) -> None:
    image = Image.new("1", (320, 240), 1)
    image.paste(0, (40, 40, 280, 60))
    pose_image(pdf, image_de(pdf, zlib.compress(image.tobytes()), 320, 240, Name.DeviceGray, Name.FlateDecode, 1))


def scan_ccitt(pdf: pikepdf.Pdf) -> None:
    """Group 4, as office copiers write it: the strip of a TIFF is the very stream."""
    image = Image.new("1", (320, 240), 1)
    image.paste(0, (40, 40, 280, 60))
    tiff = encode(image, "TIFF", compression="group4")
    with Image.open(io.BytesIO(tiff)) as lue:
        debut, longueur = lue.tag_v2[273][0], lue.tag_v2[279][0]
    code = image_de(pdf, tiff[debut : debut + longueur], 320, 240, Name.DeviceGray, Name.CCITTFaxDecode, 1)
    code.DecodeParms = Dictionary(K=-1, Columns=320, Rows=240)
    pose_image(pdf, code)


def tourne(pdf: pikepdf.Pdf) -> None:
    """A page lying on its side, which its own mark turns upright."""
    page = pdf.pages[0]
    page.MediaBox = Array([0, 0, 240, 320])
    page.Contents = pdf.make_stream(b"0 1 -1 0 240 0 cm\n" + dessin())
    page.Rotate = 90


def bavard(pdf: pikepdf.Pdf) -> None:
    """Metadata everywhere a document may hold some."""
    marque = String(MARQUEUR.decode())
    pdf.docinfo["/Author"] = marque
    pdf.Root.Metadata = pdf.make_stream(b"<r>" + MARQUEUR + b"</r>")
    pdf.Root.PieceInfo = Dictionary(Registre=Dictionary(Private=marque))
    pdf.Root.Lang = marque
    page = pdf.pages[0]
    page.PieceInfo = Dictionary(Registre=Dictionary(Private=marque))
    page.Metadata = pdf.make_stream(MARQUEUR)
    page.Thumb = image_de(pdf, MARQUEUR, 1, 1, Name.DeviceGray, Name.FlateDecode)
    page.Resources = Dictionary(Properties=Dictionary(P0=Dictionary(Secret=marque)), Inconnu=marque)
    police = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Metadata=pdf.make_stream(MARQUEUR)
    )
    page.Resources.Font = Dictionary(F0=police, AF=police, EF=police, XFA0=police)


def lien(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([annotation(Name.Link, A=Dictionary(S=Name.URI, URI=String("http://127.0.0.1/")))])


def annotation(genre: Name, **cles: object) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=genre, Rect=Array([110, 80, 210, 160]), **cles)


def apparence(pdf: pikepdf.Pdf, couleur: bytes) -> Dictionary:
    forme = Stream(
        pdf, couleur + b" rg 0 0 100 80 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 80])
    )
    return Dictionary(N=pdf.make_indirect(forme))


def tampon(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([pdf.make_indirect(annotation(Name.Stamp, F=4, AP=apparence(pdf, b"1 0 1")))])


def formulaire(pdf: pikepdf.Pdf, *, a_dessiner: bool = False, texte: str = "DUPONT Zoé", **cles: object) -> None:
    """One text field, filled. ``a_dessiner``: without an appearance, left to the reader to draw."""
    champ = annotation(
        Name.Widget, FT=Name.Tx, T=String("nom"), V=String(texte), F=4,
        DA=String("1 0 1 rg /Helv 14 Tf"), P=pdf.pages[0].obj, **cles,
    )  # fmt: skip
    if not a_dessiner:
        champ.AP = apparence(pdf, b"1 0 1")
    champ = pdf.make_indirect(champ)
    pdf.pages[0].Annots = Array([champ])
    police = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(
            Fields=Array([champ]), NeedAppearances=a_dessiner, DA=String("/Helv 12 Tf 0 g"),
            DR=Dictionary(Font=Dictionary(Helv=police)),
        )
    )  # fmt: skip


def tampons_partages(pdf: pikepdf.Pdf) -> None:
    """Pages that share their resources, each with a stamp of its own."""
    ressources = pdf.make_indirect(Dictionary())
    for page, couleur in zip(pdf.pages, (b"1 0 1", b"0 1 1", b"0 0 0"), strict=True):
        page.Resources = ressources
        page.Annots = Array([annotation(Name.Stamp, F=4, AP=apparence(pdf, couleur))])


def cadre_sans_apparence(pdf: pikepdf.Pdf) -> None:
    """A filled square that only the reader draws, on a blank page."""
    pdf.pages[0].Contents = pdf.make_stream(b"")
    pdf.pages[0].Annots = Array([annotation(Name.Square, F=4, IC=Array([1, 0, 1]), C=Array([1, 0, 1]))])


def calque_cache(pdf: pikepdf.Pdf) -> None:
    """A layer that is switched off would cover the page in black if it showed."""
    marque = String(MARQUEUR.decode())
    usage = Dictionary(
        CreatorInfo=Dictionary(Creator=marque, Subtype=Name.Artwork),
        User=Dictionary(Type=Name.Ind, Name=marque),
        View=Dictionary(ViewState=Name.OFF),
    )
    calque = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Brouillon"), Usage=usage))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([calque]), D=Dictionary(OFF=Array([calque]), Order=Array([calque])))
    page = pdf.pages[0]
    page.Resources = Dictionary(Properties=Dictionary(MC0=calque))
    page.Contents = pdf.make_stream(dessin() + b"\n/OC /MC0 BDC 0 g 0 0 320 240 re f EMC")


# --- PDF, words written among the drawing orders ------------------------------------------------------------------
POLICE = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
EN_COMMENTAIRE = b"%% %s\n" % MARQUEUR
SOSIE = "(100 % sûr << /A) Tj".encode("cp1252")  # neither a comment nor a dictionary: a string that is drawn
POINTS_SOSIES = b"%<</A (b)>> % DP" * 9  # the points of a picture


def dit(*parties: bytes, **ressources: object) -> Callable[[pikepdf.Pdf], None]:
    """A page whose drawing orders are in these parts."""

    def agir(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.Contents = Array([pdf.make_stream(partie) for partie in parties])
        page.Resources = Dictionary(**ressources)

    return agir


def commentaire_en_forme(pdf: pikepdf.Pdf) -> None:
    forme = Stream(pdf, EN_COMMENTAIRE + dessin(), Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 320, 240])
    dit(b"/F Do", XObject=Dictionary(F=forme))(pdf)


def commentaire_en_motif(pdf: pikepdf.Pdf) -> None:
    motif = Stream(
        pdf, EN_COMMENTAIRE + dessin(), Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1,
        BBox=[0, 0, 320, 240], XStep=320, YStep=240, Resources=Dictionary(),
    )  # fmt: skip
    dit(b"/Pattern cs /M scn 0 0 320 240 re f", Pattern=Dictionary(M=motif))(pdf)


def commentaire_en_glyphe(pdf: pikepdf.Pdf) -> None:
    glyphe = pdf.make_stream(b"320 0 d0\n" + EN_COMMENTAIRE + dessin())
    police = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=[0, 0, 320, 240], FontMatrix=[1, 0, 0, 1, 0, 0],
        CharProcs=Dictionary(a=glyphe), Encoding=Dictionary(Differences=[97, Name.a]), FirstChar=97, LastChar=97,
        Widths=[320], Resources=Dictionary(),
    )  # fmt: skip
    dit(b"BT /F 1 Tf (a) Tj ET", Font=Dictionary(F=police))(pdf)


def sosies(pdf: pikepdf.Pdf) -> None:
    image = b"q 90 0 0 90 115 75 cm BI /W 12 /H 12 /BPC 8 /CS /G ID " + POINTS_SOSIES + b"\nEI Q"
    texte = b"BT 0 g /F 9 Tf 120 40 Td " + SOSIE + b" ET"
    dit(dessin(), EN_COMMENTAIRE + image, texte, Font=Dictionary(F=POLICE))(pdf)


PAROLES: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "commentaire": dit(EN_COMMENTAIRE + dessin() + b" % " + MARQUEUR),
    "commentaire-forme": commentaire_en_forme,
    "commentaire-motif": commentaire_en_motif,
    "commentaire-glyphe": commentaire_en_glyphe,
    "texte-de-remplacement": dit(b"/Span <</ActualText (%s) /E [<<>>]>> BDC\n%s EMC" % (MARQUEUR, dessin())),
    "texte-en-deux-parties": dit(b"/Span <</ActualText (%s)" % MARQUEUR, b"/MCID 0 >> BDC\n%s EMC" % dessin()),
    "point-marque": dit(b"/Note <</Contents (%s)>> DP\n%s" % (MARQUEUR, dessin())),
    "sosies": sosies,
}


# --- PDF, active ------------------------------------------------------------------------------------------------
def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('" + MARQUEUR.decode() + "')"))


def joint(pdf: pikepdf.Pdf) -> Dictionary:
    fichier = Stream(pdf, MARQUEUR, Type=Name.EmbeddedFile)
    return Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=pdf.make_indirect(fichier)))


def au_catalogue(**cles: Callable[[pikepdf.Pdf], object]) -> Callable[[pikepdf.Pdf], None]:
    def agir(pdf: pikepdf.Pdf) -> None:
        for cle, valeur in cles.items():
            pdf.Root["/" + cle] = valeur(pdf)

    return agir


def sur_la_page(genre: Name, **cles: Callable[[pikepdf.Pdf], object]) -> Callable[[pikepdf.Pdf], None]:
    """A direct annotation: none of its parts is a numbered object."""

    def agir(pdf: pikepdf.Pdf) -> None:
        valeurs = {cle: valeur(pdf) for cle, valeur in cles.items()}
        pdf.pages[0].Annots = Array([annotation(genre, **valeurs)])

    return agir


def action(**cles: object) -> Callable[[pikepdf.Pdf], object]:
    return lambda _: Dictionary(**cles)


def a_la_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.Named, N=Name.Print))


def au_plan(pdf: pikepdf.Pdf) -> None:
    entree = pdf.make_indirect(Dictionary(Title=String("Début"), A=script()))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=entree, Last=entree, Count=1))


def au_xobjet(pdf: pikepdf.Pdf) -> None:
    """An associated file on a picture, far from the catalogue."""
    image = image_de(pdf, zlib.compress(b"\0" * 300), 10, 10, Name.DeviceRGB, Name.FlateDecode)
    image.AF = Array([joint(pdf)])
    pose_image(pdf, image)


ACTIFS: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "javascript-noms": au_catalogue(
        Names=lambda _: Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))
    ),
    "javascript-ouverture": au_catalogue(OpenAction=lambda _: script()),
    "javascript-annotation": sur_la_page(Name.Link, A=lambda _: script()),
    "javascript-a-la-suite": sur_la_page(
        Name.Link, A=action(S=Name.GoTo, D=String("x"), Next=Array([Dictionary(S=Name.GoTo, Next=script())]))
    ),
    "javascript-plan": au_plan,
    "javascript-champ": partial(formulaire, AA=Dictionary(K=script())),
    "ouverture-imprimer": au_catalogue(OpenAction=action(S=Name.Named, N=Name.Print)),
    "ouverture-lance": au_catalogue(OpenAction=action(S=Name.Launch, F=String("cmd.exe"))),
    "action-de-page": a_la_page,
    "lance": sur_la_page(Name.Link, A=action(S=Name.Launch, F=String("/bin/sh"))),
    "joints": au_catalogue(
        Names=lambda pdf: Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a"), joint(pdf)])))
    ),
    "joint-associe": au_catalogue(AF=lambda pdf: Array([joint(pdf)])),
    "joint-associe-image": au_xobjet,
    "joint-annotation": sur_la_page(Name.FileAttachment, FS=joint),
    "porte-documents": au_catalogue(Collection=action(Type=Name.Collection)),
    "richmedia": sur_la_page(Name.RichMedia, RichMediaContent=action(Type=Name.RichMediaContent)),
    "ecran": sur_la_page(Name.Screen, A=action(S=Name.Rendition, OP=0)),
    "film": sur_la_page(Name.Movie, Movie=action(F=String("a.avi"))),
    "son": sur_la_page(Name.Sound, Sound=lambda pdf: pdf.make_stream(b"\0")),
    "trois-dimensions": sur_la_page(Name("/3D"), **{"3DD": lambda pdf: pdf.make_stream(b"U3D")}),
    "xfa": au_catalogue(AcroForm=lambda pdf: Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))),
    "gotor": sur_la_page(Name.Link, A=action(S=Name.GoToR, F=String(r"\\127.0.0.1\a.pdf"), D=Array([0, Name.Fit]))),
    "gotoe": sur_la_page(Name.Link, A=action(S=Name.GoToE, D=String("x"), T=Dictionary(R=Name.C))),
    "envoi": sur_la_page(Name.Link, A=action(S=Name.SubmitForm, F=String("http://127.0.0.1:9/"))),
    "import": sur_la_page(Name.Link, A=action(S=Name.ImportData, F=String("a.fdf"))),
}  # fmt: skip


# --- PDF, traps -------------------------------------------------------------------------------------------------
def page_a_contenu(contenu: bytes, extra: bytes = b"") -> bytes:
    return brut(CATALOGUE, ARBRE, PAGE_BRUTE, flux(contenu, extra))


def deplie(morceau: bytes, fois: int) -> bytes:
    """What unfolds to ``morceau`` so many times: its compressed form is repeated, never the whole computed."""
    compresse = zlib.compressobj(9, zlib.DEFLATED, -15)
    bloc = compresse.compress(morceau) + compresse.flush(zlib.Z_FULL_FLUSH)
    somme = 1
    for _ in range(fois):
        somme = zlib.adler32(morceau, somme)
    return b"\x78\xda" + bloc * fois + b"\x03\x00" + struct.pack(">I", somme)


def bombe(mo: int) -> bytes:
    """A content stream that unfolds to so many megabytes of blanks."""
    return page_a_contenu(deplie(b" " * MO, mo), b"/Filter /FlateDecode")


def bombe_double(mo: int) -> bytes:
    return page_a_contenu(zlib.compress(deplie(b"\0" * MO, mo), 9), b"/Filter [/FlateDecode /FlateDecode]")


def image_demesuree(cote: int, bits: int) -> bytes:
    """A picture of 30 000 by 30 000 pixels whose data are all there when it has two tones."""
    contenu = deplie(b"\x55" * (cote * bits // 8), cote if bits == 1 else 1)
    entete = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent %d"
    page = PAGE_BRUTE.replace(b"/Resources << >>", b"/Resources << /XObject << /Im0 5 0 R >> >>")
    dessin_image = flux(b"q 320 0 0 240 0 0 cm /Im0 Do Q")
    image = flux(contenu, entete % (cote, cote, bits) + b" /Filter /FlateDecode")
    return brut(CATALOGUE, ARBRE, page, dessin_image, image)


def operations(nombre: int) -> bytes:
    return page_a_contenu(
        zlib.compress(b"0 0 320 240 re f 0 0 m 9 9 300 200 5 5 c S\n" * nombre, 9), b"/Filter /FlateDecode"
    )


FORME = b"/Type /XObject /Subtype /Form /BBox [0 0 320 240] /Resources << /XObject << /X %d 0 R >> >>"
AVEC_X = PAGE_BRUTE.replace(b"/Resources << >>", b"/Resources << /XObject << /X 5 0 R >> >>")


def formes_en_boucle() -> bytes:
    return brut(
        CATALOGUE, ARBRE, AVEC_X, flux(dessin() + b"\n/X Do"), flux(b"/X Do", FORME % 6), flux(b"/X Do", FORME % 5)
    )


def formes_multipliees(etages: int) -> bytes:
    """Each form draws the next one ten times."""
    formes = [flux(b"/X Do " * 10, FORME % (6 + n)) for n in range(etages)]
    return brut(
        CATALOGUE,
        ARBRE,
        AVEC_X,
        flux(b"/X Do"),
        *formes,
        flux(b"0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
    )


def pages_en_boucle() -> bytes:
    return brut(CATALOGUE, b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>", PAGE_BRUTE, flux(dessin()))


def pages_vers_le_haut() -> bytes:
    noeud = b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>"
    return brut(CATALOGUE, ARBRE, noeud, flux(dessin()))


def pages_profondes(etages: int) -> bytes:
    noeuds = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 6) for n in range(etages)]
    fin = PAGE_BRUTE.replace(b"2 0 R", b"%d 0 R" % (etages + 4))
    return brut(CATALOGUE, b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>", b"null", flux(dessin()), *noeuds, fin)


def imbrique(profondeur: int, ouvre: bytes = b"[", ferme: bytes = b"]") -> bytes:
    page = PAGE_BRUTE.replace(
        b"/Resources << >>", b"/Resources << /ColorSpace << /C " + ouvre * profondeur + ferme * profondeur + b" >> >>"
    )
    return brut(CATALOGUE, ARBRE, page, flux(dessin()))


def motif_en_boucle() -> bytes:
    motif = (
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.01 /YStep 0.01"
        b" /Resources << /Pattern << /P 5 0 R >> >>"
    )
    page = PAGE_BRUTE.replace(b"/Resources << >>", b"/Resources << /Pattern << /P 5 0 R >> >>")
    peint = b"/Pattern cs /P scn 0 0 320 240 re f"
    return brut(CATALOGUE, ARBRE, page, flux(peint), flux(peint, motif))


def table_en_boucle() -> bytes:
    octets = simple(bande=b"/Prev 99999")
    return octets.replace(b"/Prev 99999", b"/Prev %5d" % octets.index(b"xref\n0"))


def longueur_sur_soi() -> bytes:
    octets = flux(dessin())
    return brut(CATALOGUE, ARBRE, PAGE_BRUTE, re.sub(rb"/Length \d+", b"/Length 4 0 R", octets))


def page_immense() -> bytes:
    return brut(CATALOGUE, ARBRE, PAGE_BRUTE.replace(b"[0 0 320 240]", b"[0 0 14400000 14400000]"), flux(dessin()))


# --- The list ---------------------------------------------------------------------------------------------------
def _bonnes_images() -> Iterator[Cas]:
    yield Cas("jpeg", "photo.jpg", jpeg, ACCEPTE, coins=True)
    yield Cas("jpeg-gris", "photo.jpg", lambda: encode(mire().convert("L")), ACCEPTE)
    yield Cas("jpeg-cmjn", "photo.jpg", lambda: encode(mire().convert("CMYK"), quality=95), ACCEPTE, coins=True)
    yield Cas("jpeg-progressif", "photo.jpg", partial(jpeg, progressive=True), ACCEPTE, coins=True)
    yield Cas("jpeg-adobe-app14", "photo.jpg", adobe_rgb, ACCEPTE, coins=True)
    for orientation in range(1, 9):
        yield Cas(f"jpeg-orientation-{orientation}", "photo.jpg", partial(oriente, orientation), ACCEPTE, coins=True)
    yield Cas("jpeg-orientation-absurde", "photo.jpg", partial(oriente, 99), ACCEPTE, coins=True)
    yield Cas("jpeg-position", "photo.jpg", avec_position, ACCEPTE, coins=True)
    yield Cas(
        "jpeg-exif-casse",
        "photo.jpg",
        partial(jpeg, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + MARQUEUR),
        ACCEPTE,
        coins=True,
    )
    yield Cas("jpeg-mpo", "photo.jpg", mpo, ACCEPTE, coins=True)
    yield Cas("jpeg-garni", "photo.jpg", jpeg_garni, ACCEPTE, coins=True)
    yield Cas("jpeg-zip", "photo.jpg", lambda: jpeg() + archive("a.txt"), ACCEPTE, coins=True)
    yield Cas("jpeg-pdf", "photo.jpg", lambda: jpeg(comment=simple() + MARQUEUR) + simple(), ACCEPTE, coins=True)
    yield Cas("jpeg-html", "photo.jpg", partial(jpeg, comment=HTML), ACCEPTE, coins=True)
    yield Cas("jpeg-bits-faux", "photo.jpg", lambda: abime_au_milieu(encode(grain(640, 480))), ACCEPTE)
    yield Cas("jpeg-sans-fin", "photo.jpg", lambda: jpeg()[:-2], ACCEPTE, coins=True)
    yield Cas("jpeg-etroit", "photo.jpg", lambda: encode(Image.new("RGB", (20_000, 1))), ACCEPTE)
    yield Cas("jpeg-12-mp", "photo.jpg", lambda: encode(mire(4_000, 3_000)), ACCEPTE, coins=True)
    yield Cas("jpeg-48-mp", "photo.jpg", lambda: encode(mire(8_000, 6_000)), ACCEPTE, coins=True, lourd=True)
    for nom in ("PHOTO.JPG", "photo.jpeg", "photo", "releve.pdf.jpg", "releve.2024"):
        yield Cas(f"jpeg-nomme-{nom}", nom, jpeg, ACCEPTE, coins=True)


def _tailles() -> Iterator[Cas]:
    for nom, taille, attendu in (
        ("moins-1", LIMITE - 1, ACCEPTE),
        ("juste", LIMITE, ACCEPTE),
        ("plus-1", LIMITE + 1, ("fichier_trop_gros",)),
    ):
        faites = int(attendu != ACCEPTE)
        photo, scan = partial(lambda t: retaille(jpeg(), t), taille), partial(gros_pdf, taille)
        yield Cas(f"taille-jpeg-{nom}", "photo.jpg", photo, attendu, coins=True, preparees=faites)
        yield Cas(f"taille-pdf-{nom}", "scan.pdf", scan, attendu, coins=True, preparees=faites)
    yield Cas("vide", "photo.jpg", bytes, ("fichier_vide",))


def gros_pdf(taille: int) -> bytes:
    """A PDF of exactly this size: a stream that no page uses makes the weight."""
    reste = taille - len(brut(CATALOGUE, ARBRE, PAGE_BRUTE, flux(dessin()), flux(b"0" * 5_000_000)))
    return brut(CATALOGUE, ARBRE, PAGE_BRUTE, flux(dessin()), flux(b"0" * (5_000_000 + reste)))


def _mauvaises_images() -> Iterator[Cas]:
    yield Cas("jpeg-coupe", "photo.jpg", lambda: encode(grain(640, 480))[:-9_000], ABIME)
    yield Cas("jpeg-coupe-progressif", "photo.jpg", lambda: encode(grain(640, 480), progressive=True)[:-9_000], ABIME)
    yield Cas("jpeg-entete-seul", "photo.jpg", lambda: jpeg()[:20], ABIME)
    yield Cas("jpeg-trois-octets", "photo.jpg", lambda: b"\xff\xd8\xff", ABIME)
    yield Cas("jpeg-bruit", "photo.jpg", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, ABIME)
    yield Cas("jpeg-900-mp", "photo.jpg", partial(dimensions_fausses, 30_000, 30_000), COMPLEXE)
    yield Cas("jpeg-56-mp", "photo.jpg", lambda: encode(Image.new("L", (7_500, 7_500))), COMPLEXE)
    yield Cas("jpeg-dimensions-fausses", "photo.jpg", partial(dimensions_fausses, 6_000, 6_000), (*ABIME, *ACCEPTE))
    yield Cas("jpeg-1500-passes", "photo.jpg", partial(progressif_aux_passes, 1_500), COMPLEXE)
    larges = partial(progressif_aux_passes, 95, 6_400)
    yield Cas("jpeg-95-passes-larges", "photo.jpg", larges, (*COMPLEXE, *ACCEPTE), lourd=True)


def _autres_formats() -> Iterator[Cas]:
    image = mire()
    contenus: dict[str, Callable[[], bytes]] = {
        "png": partial(encode, image, "PNG"),
        "webp": partial(encode, image, "WEBP"),
        "avif": partial(encode, image, "AVIF"),
        "tiff": partial(encode, image, "TIFF"),
        "gif": partial(encode, image, "GIF"),
        "bmp": partial(encode, image, "BMP"),
        "heic": heic,
        "docx": partial(archive, "[Content_Types].xml", "word/document.xml"),
        "zip": partial(archive, "a.pdf"),
        "html": lambda: HTML,
        "svg": lambda: SVG,
        "txt": lambda: "Relevé de notes".encode(),
        "bin": lambda: bytes(range(256)),
    }
    for extension, contenu in contenus.items():
        yield Cas(f"{extension}-en-pdf", "releve.pdf", contenu, TYPE)
        yield Cas(f"{extension}-en-jpg", "releve.jpg", contenu, TYPE)
        faites = int(extension in ("png", "webp"))  # this HEIC has no picture inside
        yield Cas(f"{extension}-sous-son-nom", f"releve.{extension}", contenu, TYPE, preparees=faites)
    yield Cas("jpeg-nomme-pdf", "photo.jpg.pdf", jpeg, AUTRE)
    yield Cas("pdf-nomme-jpg", "scan.jpg", simple, AUTRE)
    yield Cas("pdf-nomme-exe", "scan.pdf.exe", simple, AUTRE)
    yield Cas("pdf-nomme-html", "scan.html", simple, AUTRE)
    yield Cas("html-puis-pdf", "scan.pdf", lambda: HTML + b"\n" + simple(), TYPE)
    yield Cas("bruit-puis-pdf", "scan.pdf", lambda: b"\x01\x02" * 20 + simple(), TYPE)
    yield Cas("zip-puis-pdf", "scan.pdf", lambda: archive("a.txt") + simple(), TYPE)
    yield Cas("gif-puis-html", "photo.jpg", lambda: b"GIF89a/*" + HTML, TYPE)


def _bons_pdf() -> Iterator[Cas]:
    for version in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"):
        yield Cas(f"pdf-{version}", "scan.pdf", partial(simple, version), ACCEPTE, coins=True)
    flux_d_objets = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    yield Cas(
        "pdf-flux-d-objets", "scan.pdf", lambda: enregistre(document(2), **flux_d_objets), ACCEPTE, 2, coins=True
    )
    yield Cas("pdf-linearise", "scan.pdf", lambda: enregistre(document(3), linearize=True), ACCEPTE, 3, coins=True)
    for revision in (2, 3, 4, 6):
        secret = pikepdf.Encryption(
            owner="proprietaire", user="", R=revision, aes=revision >= 4, metadata=revision >= 4
        )
        options = {"encryption": secret, "static_id": False, "deterministic_id": False}
        yield Cas(
            f"pdf-chiffre-sans-mot-{revision}",
            "scan.pdf",
            lambda o=options: enregistre(document(), **o),
            ACCEPTE,
            coins=True,
        )
    for nom, agir in {
        "scan-jpeg": scan_jpeg,
        "scan-jpeg-compresse": scan_jpeg_compresse,
        "scan-en-ligne": scan_en_ligne,
        "scan-jpeg-2000-compresse": scan_jpeg_2000_compresse,
        "tourne": tourne,
        "bavard": bavard,
        "calque-cache": calque_cache,
    }.items():
        yield Cas(f"pdf-{nom}", "scan.pdf", partial(fait, agir), ACCEPTE, coins=True)
    for nom, agir in PAROLES.items():
        yield Cas(f"pdf-{nom}", "scan.pdf", partial(fait, agir), ACCEPTE, coins=True)
    yield Cas("pdf-scan-1-bit", "scan.pdf", partial(fait, scan_1_bit), ACCEPTE)
    yield Cas("pdf-scan-ccitt", "scan.pdf", partial(fait, scan_ccitt), ACCEPTE)
    yield Cas("pdf-lien", "scan.pdf", partial(fait, lien), ACCEPTE, coins=True)
    yield Cas("pdf-tampon", "scan.pdf", partial(fait, tampon), ACCEPTE, coins=True, visible=(255, 0, 255))
    yield Cas(
        "pdf-tampons-partages",
        "scan.pdf",
        partial(fait, tampons_partages, pages=3),
        ACCEPTE,
        3,
        coins=True,
        visible=(255, 0, 255),
    )
    cadre = partial(fait, cadre_sans_apparence)
    yield Cas("pdf-cadre-sans-apparence", "scan.pdf", cadre, ACCEPTE, visible=(255, 0, 255))
    yield Cas("pdf-formulaire", "scan.pdf", partial(fait, formulaire), ACCEPTE, coins=True, visible=(255, 0, 255))
    a_dessiner = partial(fait, partial(formulaire, a_dessiner=True))
    yield Cas("pdf-formulaire-a-dessiner", "scan.pdf", a_dessiner, ACCEPTE, coins=True, visible=(255, 0, 255))
    yield Cas(
        "pdf-ouvre-sur-une-page",
        "scan.pdf",
        partial(fait, au_catalogue(OpenAction=lambda pdf: Array([pdf.pages[0].obj, Name.Fit]))),
        ACCEPTE,
        coins=True,
    )
    yield Cas("pdf-60-pages", "scan.pdf", lambda: enregistre(document(60)), ACCEPTE, 60, coins=True, lourd=True)
    yield Cas("pdf-blancs-devant", "scan.pdf", lambda: b"\r\n \n" + simple(), ACCEPTE, coins=True)
    yield Cas("pdf-bom-devant", "scan.pdf", lambda: b"\xef\xbb\xbf" + simple(), ACCEPTE, coins=True)
    yield Cas("pdf-zip-derriere", "scan.pdf", lambda: simple() + archive("a.txt"), ACCEPTE, coins=True)
    yield Cas(
        "pdf-html-dedans",
        "scan.pdf",
        lambda: simple().replace(b"%\xe2", b"%" + HTML + b"\n%\xe2", 1),
        ACCEPTE,
        coins=True,
    )
    yield Cas("pdf-sans-table", "scan.pdf", partial(simple, sans_table=True), ACCEPTE, coins=True)
    yield Cas(
        "pdf-table-fausse",
        "scan.pdf",
        lambda: re.sub(rb"startxref\n\d+", b"startxref\n7", simple()),
        ACCEPTE,
        coins=True,
    )
    yield Cas("pdf-fin-perdue", "scan.pdf", lambda: simple().rsplit(b"startxref", 1)[0], ACCEPTE, coins=True)
    yield Cas("pdf-page-immense", "scan.pdf", page_immense, ACCEPTE)
    yield Cas("pdf-sans-extension", "scan", simple, ACCEPTE, coins=True)


def _mauvais_pdf() -> Iterator[Cas]:
    for nom, agir in ACTIFS.items():
        yield Cas(f"actif-{nom}", "scan.pdf", partial(fait, agir), ACTIF)
    cache = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    yield Cas("actif-dans-un-flux", "scan.pdf", partial(fait, ACTIFS["javascript-ouverture"], **cache), ACTIF)
    yield Cas(
        "actif-sans-mot",
        "scan.pdf",
        partial(fait, ACTIFS["lance"], encryption=pikepdf.Encryption(owner="p", user="")),
        ACTIF,
    )
    deguise = CATALOGUE[:-2] + b"/Open#41ction << /S /J#61vaScript /#4aS (1) >> >>"
    yield Cas("actif-noms-deguises", "scan.pdf", lambda: brut(deguise, ARBRE, PAGE_BRUTE, flux(dessin())), ACTIF)
    for revision in (3, 4, 6):
        secret = pikepdf.Encryption(owner="p", user="secret", R=revision, aes=revision >= 4, metadata=revision >= 4)
        yield Cas(
            f"mot-de-passe-{revision}", "scan.pdf", lambda s=secret: enregistre(document(), encryption=s), PROTEGE
        )
    yield Cas("pdf-signature-seule", "scan.pdf", lambda: b"%PDF-1.4\n", ABIME)
    yield Cas("pdf-bruit", "scan.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400, ABIME)
    yield Cas("pdf-sans-page", "scan.pdf", lambda: enregistre(pikepdf.new()), ABIME)
    yield Cas("pdf-sans-catalogue", "scan.pdf", lambda: brut(b"null", ARBRE, PAGE_BRUTE, flux(dessin())), ABIME)
    for part in (10, 30, 50, 70, 90):
        yield Cas(f"pdf-coupe-{part}", "scan.pdf", lambda p=part: coupe(p), ABIME)
    yield Cas("pdf-texte-coupe", "scan.pdf", lambda: coupe(60, pages=1), ABIME)
    for nom, ordres in {
        "illisibles": b"rien",
        "dictionnaire-sans-fin": zlib.compress(dessin() + b" /P <</A (b) BDC"),
        "image-sans-points": zlib.compress(dessin() + b" BI /A <</B (c)>>"),
    }.items():
        yield Cas(f"pdf-ordres-{nom}", "scan.pdf", partial(page_a_contenu, ordres, b"/Filter /FlateDecode"), ABIME)
    yield Cas("pdf-61-pages", "scan.pdf", lambda: enregistre(document(61)), COMPLEXE)


def coupe(part: int, pages: int = 4) -> bytes:
    """Only the first ``part`` hundredths of a scan of several pages."""
    pdf = document(pages)
    for page in pdf.pages:
        image = image_de(pdf, encode(grain(400, 300)), 400, 300, Name.DeviceRGB, Name.DCTDecode)
        page.Resources = Dictionary(XObject=Dictionary(Im0=image))
        page.Contents = pdf.make_stream(b"q 320 0 0 240 0 0 cm /Im0 Do Q")
    octets = enregistre(pdf)
    return octets[: len(octets) * part // 100]


def _pieges() -> Iterator[Cas]:
    oui_ou_non = (*PIEGE, "accepte")
    yield Cas("piege-pages-en-boucle", "scan.pdf", pages_en_boucle, PIEGE)
    yield Cas("piege-pages-vers-le-haut", "scan.pdf", pages_vers_le_haut, PIEGE)
    yield Cas("piege-pages-profondes", "scan.pdf", partial(pages_profondes, 5_000), oui_ou_non)
    yield Cas("piege-formes-en-boucle", "scan.pdf", formes_en_boucle, oui_ou_non)
    yield Cas("piege-formes-multipliees", "scan.pdf", partial(formes_multipliees, 9), PIEGE, lourd=True)
    yield Cas("piege-motif-en-boucle", "scan.pdf", motif_en_boucle, oui_ou_non, lourd=True)
    yield Cas("piege-tableaux-imbriques", "scan.pdf", partial(imbrique, 200_000), oui_ou_non)
    yield Cas("piege-dictionnaires-imbriques", "scan.pdf", partial(imbrique, 100_000, b"<</a", b">>"), oui_ou_non)
    yield Cas("piege-table-en-boucle", "scan.pdf", table_en_boucle, oui_ou_non)
    yield Cas("piege-longueur-sur-soi", "scan.pdf", longueur_sur_soi, oui_ou_non)
    yield Cas("piege-1-go", "scan.pdf", partial(bombe, 1_024), COMPLEXE, lourd=True)
    yield Cas("piege-compresse-deux-fois", "scan.pdf", partial(bombe_double, 1_024), COMPLEXE, lourd=True)
    yield Cas("piege-30000-pixels", "scan.pdf", partial(image_demesuree, 30_000, 8), COMPLEXE)
    yield Cas("piege-30000-pixels-1-bit", "scan.pdf", partial(image_demesuree, 30_000, 1), COMPLEXE)
    yield Cas("piege-operations", "scan.pdf", partial(operations, 3_000_000), COMPLEXE, lourd=True)


NOMS_HOSTILES = (
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow.jpg", "photo\x00.jpg",
    "photo\r\nSet-Cookie: a=1.jpg",
    "gpj.\u202e\u2066exe.jpg", "photo\U0001f600.jpg", "a" * 296 + ".jpg", "é" * 300, "\"><svg onload=alert(1)>.jpg",
    "l'\"`$(id)`.jpg", "CON", "NUL.jpg", "-rf.jpg", ".htaccess", "...", "   ", "", "photo.jpg.", "e\u0301te\u0301.jpg",
    "{{7*7}}{%debug%}.jpg", "=1+1.jpg", "%2e%2e%2fphoto.jpg", "\ufeff\u200b\u00ad.jpg", "\ud800.jpg",
)  # fmt: skip


def _noms() -> Iterator[Cas]:
    for rang, nom in enumerate(NOMS_HOSTILES):
        yield Cas(f"nom-{rang:02d}", nom, jpeg, ACCEPTE, coins=True)


def corpus() -> list[Cas]:
    """All of them, in a fixed order. The names are unique."""
    parties = (_bonnes_images, _tailles, _mauvaises_images, _autres_formats, _bons_pdf, _mauvais_pdf, _pieges, _noms)
    return [cas for partie in parties for cas in partie()]


def main(dossier: Path) -> None:
    dossier.mkdir(parents=True, exist_ok=True)
    for cas in corpus():
        (dossier / re.sub(r"[^\w.-]", "_", cas.nom)).write_bytes(cas.octets)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
