"""Dans l’atelier : un PDF reconstruit avec le seul contenu de ses pages, et l’image de chaque page.

La copie est un document neuf. N’y entre que ce que les tables ci-dessous nomment : ce qui est inconnu reste dehors.
"""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Iterator, Mapping

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Array, Dictionary, Name, Object, Stream, Token, TokenType
from PIL import Image

from registre.justificatifs.fichiers.images import (
    COTE_DE_PAGE,
    PIXELS,
    Refus,
    jp2_sans_metadonnees,
    jpeg_sans_metadonnees,
)
from registre.justificatifs.fichiers.parties_actives import refuser_les_parties_actives

PAGES = 60
POINTS_PAR_POUCE = 72
RESOLUTION = 200  # dots per inch of what is shown
PIXELS_A_DEUX_TONS = 160_000_000  # a page at 1200 dots per inch
REFERENCE = re.compile(rb"\b(\d{1,9}) (\d{1,5}) R\b")
APERCU = 0.01  # of the size in points: nobody sees it
IMAGE_DEPLIEE = 60_000_000  # bytes of one picture found under a compression

FLUX_DEPLIE = 160_000_000  # bytes of one stream that qpdf unfolds: a picture of PIXELS points in colours has 150
TROP_LONG = "memory limit"  # what qpdf says of a longer one

# --- What a page needs, and nothing else. "…" : anything below, less INTERDITS. "*x" : a dictionary of x. ----------
TABLES: Mapping[str, Mapping[str, str]] = {
    "page": {
        "/Type": "", "/Parent": "", "/MediaBox": "…", "/CropBox": "…", "/Rotate": "", "/UserUnit": "",
        "/Resources": "ressources", "/Contents": "contenu", "/Group": "…",
    },
    "ressources": {
        "/ExtGState": "*etat", "/ColorSpace": "*…", "/Pattern": "*motif", "/Shading": "*…", "/XObject": "*dessin",
        "/Font": "*police", "/Properties": "*propriete", "/ProcSet": "…",
    },
    "contenu": {},
    "image": {
        "/Type": "", "/Subtype": "", "/Width": "", "/Height": "", "/ColorSpace": "…", "/BitsPerComponent": "",
        "/Intent": "", "/ImageMask": "", "/Mask": "dessin", "/Decode": "…", "/Interpolate": "", "/SMask": "dessin",
        "/SMaskInData": "", "/Matte": "…", "/Name": "", "/OC": "propriete",
    },
    "forme": {
        "/Type": "", "/Subtype": "", "/FormType": "", "/BBox": "…", "/Matrix": "…", "/Resources": "ressources",
        "/Group": "…", "/OC": "propriete", "/Name": "",
    },
    "motif": {
        "/Type": "", "/PatternType": "", "/PaintType": "", "/TilingType": "", "/BBox": "…", "/XStep": "", "/YStep": "",
        "/Resources": "ressources", "/Matrix": "…", "/Shading": "…", "/ExtGState": "etat",
    },
    "etat": {
        "/Type": "", "/LW": "", "/LC": "", "/LJ": "", "/ML": "", "/D": "…", "/RI": "", "/OP": "", "/op": "",
        "/OPM": "", "/Font": "polices", "/BG": "…", "/BG2": "…", "/UCR": "…", "/UCR2": "…", "/TR": "…", "/TR2": "…",
        "/HT": "…", "/FL": "", "/SM": "", "/SA": "", "/BM": "…", "/SMask": "masque", "/CA": "", "/ca": "",
        "/AIS": "", "/TK": "",
    },
    "masque": {"/Type": "", "/S": "", "/G": "dessin", "/BC": "…", "/TR": "…"},
    "police": {
        "/Type": "", "/Subtype": "", "/Name": "", "/BaseFont": "", "/FirstChar": "", "/LastChar": "", "/Widths": "…",
        "/FontDescriptor": "…", "/Encoding": "…", "/ToUnicode": "…", "/FontBBox": "…", "/FontMatrix": "…",
        "/CharProcs": "*contenu", "/Resources": "ressources", "/DescendantFonts": "polices", "/CIDSystemInfo": "…",
        "/DW": "", "/W": "…", "/DW2": "…", "/W2": "…", "/CIDToGIDMap": "…",
    },
    "calque": {"/Type": "", "/Name": "", "/Intent": "…", "/Usage": "usage"},
    "usage": {"/Print": "visible", "/View": "visible", "/Export": "visible"},
    "visible": {"/Subtype": "", "/PrintState": "", "/ViewState": "", "/ExportState": ""},
    "calques": {"/Type": "", "/OCGs": "propriete", "/P": "", "/VE": "…"},
    "reglage": {"/OCGs": "propriete", "/D": "reglage", "/BaseState": "", "/ON": "propriete", "/OFF": "propriete",
                "/Intent": "…", "/AS": "…"},
}  # fmt: skip
DESSINS = ("contenu", "forme", "motif")  # whose data are drawing orders, pictures aside
# A JPEG written among the drawing orders.
JPEG_DU_DESSIN = re.compile(rb"(\bID[ \t\r\n])(\xff\xd8\xff.*?\xff\xd9)(?=\s*EI\b)", re.DOTALL)
SANS_PROPRIETES = {b"BDC": b"BMC", b"DP": b"MP"}  # the same mark, said without a dictionary
FILTRE = {"/Filter": "…", "/DecodeParms": "…", "/Length": ""}
INTERDITS = frozenset({
    "/Metadata", "/PieceInfo", "/AF", "/LastModified", "/Thumb", "/Ref", "/OPI", "/AA", "/JS", "/Annots", "/Names",
    "/EF", "/URI", "/XFA", "/OpenAction", "/Alternates", "/StructParent", "/StructParents", "/StructTreeRoot",
})  # fmt: skip
FICHIER_EXTERIEUR = ("/F", "/FFilter", "/FDecodeParms")  # of a stream whose data would be elsewhere


def preparer() -> None:
    """À faire avant les limites : la bibliothèque ouvre alors la source de hasard que veut le chiffrement AES-256.

    Elle reçoit aussi sa propre limite : d’un flux sans fin, elle dit alors qu’il est trop long, et non abîmé.
    """
    pikepdf.settings.set_qpdf_limits(flate_max_memory=FLUX_DEPLIE)
    with pikepdf.new() as rien:
        rien.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="rien", user=""))


def copie_propre(octets: bytes) -> bytes:
    """Le même document, sans mot de passe vide, sans partie active, sans métadonnées ; autant de pages.

    Les champs remplis et les annotations visibles sont fondus dans leur page. Un fichier que sa structure réparée
    laisse entier est accepté ; une page, un texte ou une photo coupés ne le sont pas.

    :raises Refus: ``fichier_protege``, ``fichier_actif``, ``fichier_abime`` ou ``fichier_trop_complexe``.
    """
    try:
        with pikepdf.open(io.BytesIO(octets)) as source:
            repare = bool(source.get_warnings())  # asking empties the list
            if repare:
                _refuser_ce_qui_manque(octets, source)
            _refuser_les_nombres(source, repare=repare)
            refuser_les_parties_actives(source)
            if not any(_a_fondre(page) for page in source.pages):
                return _recopie(source, repare=repare)
            fondu = _annotations_fondues(source)
        with pikepdf.open(io.BytesIO(fondu)) as source:
            return _recopie(source, repare=repare)
    except pikepdf.PasswordError as protege:
        raise Refus("fichier_protege") from protege
    except pikepdf.DataDecodingError as panne:
        raise Refus("fichier_trop_complexe" if TROP_LONG in str(panne) else "fichier_abime") from panne
    except (pikepdf.PdfError, pikepdf.QpdfRuntimeError, pikepdf.ForeignObjectError, pypdfium2.PdfiumError) as panne:
        raise Refus("fichier_abime") from panne
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bombe:
        raise Refus("fichier_trop_complexe") from bombe
    except (ValueError, TypeError, KeyError, AttributeError, OSError, SyntaxError, zlib.error) as panne:
        raise Refus("fichier_abime") from panne  # an object is not of the kind that its place wants


def _refuser_ce_qui_manque(octets: bytes, source: pikepdf.Pdf) -> None:
    """An object that the damage took away reads as if it had never been asked for: only the bytes still name it."""
    for numero, generation in set(REFERENCE.findall(octets)):
        if source.get_object(int(numero), int(generation)) is None:
            raise Refus("fichier_abime")


def _refuser_les_nombres(source: pikepdf.Pdf, *, repare: bool) -> None:
    nombre = len(source.pages)
    if nombre > PAGES:
        raise Refus("fichier_trop_complexe")
    if nombre == 0 or (repare and source.Root.Pages.get("/Count") != nombre):
        raise Refus("fichier_abime")


def _a_fondre(page: pikepdf.Page) -> bool:
    """Something is drawn over the page: a filled field, a stamp, a highlight. A link shows nothing of its own."""
    annotations = page.get("/Annots")
    return isinstance(annotations, Array) and any(
        isinstance(annotation, Dictionary) and annotation.get("/Subtype") not in (Name.Link, Name.Popup)
        for annotation in annotations
    )


def _annotations_fondues(source: pikepdf.Pdf) -> bytes:
    """What the reader sees over the page becomes part of it, text of the fields left undrawn included.

    PDFium draws them as readers do; qpdf would lose the fields of several lines and the highlights.
    """
    entree, sortie = io.BytesIO(), io.BytesIO()
    source.save(entree)
    document = pypdfium2.PdfDocument(entree.getvalue())
    document.init_forms()
    for numero in range(len(document)):
        page = document[numero]
        page.render(scale=APERCU, draw_annots=True)  # gives a look to the annotations that have none yet
        if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_FAIL:
            raise Refus("fichier_abime")
        page.close()
    document.save(sortie)
    document.close()
    return sortie.getvalue()


def _recopie(source: pikepdf.Pdf, *, repare: bool) -> bytes:
    """The new document, with the pages of the source once they are cleaned."""
    nettoyage = _Nettoyage(repare=repare)
    sortie = io.BytesIO()
    with pikepdf.new() as copie:
        for page in source.pages:
            nettoyage.faire(page.obj, "page")
        for page in source.pages:
            copie.pages.append(page)
        if isinstance(calques := source.Root.get("/OCProperties"), Dictionary):
            # Without them, a layer that was hidden would show.
            nettoyage.faire(calques, "reglage")
            copie.Root.OCProperties = copie.copy_foreign(source.make_indirect(calques))
        refuser_les_parties_actives(copie)
        copie.save(
            sortie,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            deterministic_id=True,
        )
    return sortie.getvalue()


class _Nettoyage:
    """Retire de la source, sur place, tout ce que les tables ne nomment pas.

    ``repare`` : la structure du fichier a dû être réparée ; rien de ce que montre une page ne doit alors manquer.
    """

    def __init__(self, *, repare: bool) -> None:
        self.repare = repare
        self.vus: set[tuple[tuple[int, int], str]] = set()
        self.flux_vus: set[tuple[int, int]] = set()
        self.a_faire: list[tuple[Object, str]] = []

    def faire(self, objet: Object, table: str) -> None:
        self.a_faire.append((objet, table))
        while self.a_faire:
            self._un(*self.a_faire.pop())

    def _un(self, objet: object, table: str) -> None:
        if not table or not isinstance(objet, Array | Dictionary | Stream):
            return
        if objet.is_indirect:
            if (objet.objgen, table) in self.vus:
                return
            self.vus.add((objet.objgen, table))
        if isinstance(objet, Array):
            self.a_faire.extend((enfant, table) for enfant in objet)
            return
        if isinstance(objet, Stream):
            self._flux(objet)
            if _precise(objet, table) in DESSINS:
                _nettoyer_le_dessin(objet)
        if table == "…":
            self._tout_sauf_les_interdits(objet)
        elif table.startswith("*"):
            self.a_faire.extend((enfant, table[1:]) for _, enfant in objet.items())
        else:
            self._selon(objet, _precise(objet, table))

    def _selon(self, objet: Object, table: str) -> None:
        if table == "page":
            pikepdf.Page(objet).contents_coalesce()  # a dictionary may begin in a part and end in the next
        gardes = {**TABLES[table], **FILTRE} if isinstance(objet, Stream) else TABLES[table]
        for cle in list(objet.keys()):
            if cle not in gardes:
                del objet[cle]
            else:
                self.a_faire.append((objet[cle], gardes[cle]))
        if table == "image":
            _refuser_une_image_demesuree(objet)
        if table == "page" and self.repare and "/Contents" not in objet:
            raise Refus("fichier_abime")

    def _tout_sauf_les_interdits(self, objet: Object) -> None:
        exterieurs = FICHIER_EXTERIEUR if isinstance(objet, Stream) else ()
        for cle in list(objet.keys()):
            if cle in INTERDITS or cle in exterieurs:
                del objet[cle]
            else:
                self.a_faire.append((objet[cle], "…"))

    def _flux(self, flux: Stream) -> None:
        if flux.objgen in self.flux_vus:
            return
        self.flux_vus.add(flux.objgen)
        filtres = _filtres(flux)
        if "/DCTDecode" in filtres or "/DCT" in filtres:
            parametres = flux.get("/DecodeParms")  # those of the JPEG say how its colours are coded
            dernier = parametres[-1] if isinstance(parametres, Array) and len(parametres) else parametres
            propre = jpeg_sans_metadonnees(_image_nue(flux, filtres))
            flux.write(
                propre, filter=Name.DCTDecode, decode_parms=dernier if isinstance(dernier, Dictionary) else None
            )
        elif filtres and filtres[-1] == "/JPXDecode":
            flux.write(jp2_sans_metadonnees(_image_nue(flux, filtres)), filter=Name.JPXDecode)
        if self.repare:
            _lire_jusqu_au_bout(flux, filtres)


def _nettoyer_le_dessin(flux: Stream) -> None:
    """The same drawing, without what only the sender's software reads: comments, properties, data of the JPEGs.

    One that cannot be read is refused: nobody knows what else it says.
    """
    lu = octets = flux.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    if b"%" in octets or b"<<" in octets:  # most drawings have neither, and a token costs a call
        octets = _sans_paroles(flux)
    octets = JPEG_DU_DESSIN.sub(_jpeg_propre, octets)
    if octets != lu:
        flux.write(octets)


def _jpeg_propre(trouve: re.Match[bytes]) -> bytes:
    """A JPEG inside the drawing keeps its length, blanks at its end: a PDF 2.0 may have written that length."""
    return trouve[1] + jpeg_sans_metadonnees(trouve[2]).ljust(len(trouve[2]), b"\n")


def _sans_paroles(flux: Stream) -> bytes:
    filtre = _SansParoles()
    octets = pikepdf.Page(Dictionary(Contents=flux)).get_filtered_contents(filtre)
    if filtre.profondeur or filtre.entete:  # one that never ends
        raise Refus("fichier_abime")
    return octets


class _SansParoles(pikepdf.TokenFilter):
    """Laisse passer les ordres de dessin tels qu’ils sont écrits, sauf les commentaires et les dictionnaires.

    Un dictionnaire n’a de place que devant ``BDC`` et ``DP``, qui ne dessinent rien, et dans l’en-tête d’une image.
    """

    def __init__(self) -> None:
        super().__init__()
        self.profondeur = 0  # dictionaries still open
        self.ote = False  # a dictionary was taken from the order being read
        self.entete = False  # of an inline picture: its dictionary says how it is coded

    def handle_token(self, token: Token) -> Token | None:
        genre, texte = token.type_, token.raw_value
        if genre == TokenType.comment:
            return None
        if self.entete:
            self.entete = texte != b"ID"
            return token
        if genre == TokenType.dict_open:
            self.profondeur, self.ote = self.profondeur + 1, True
            return Token(TokenType.space, b" ")  # what stood on either side must not join
        if self.profondeur:
            self.profondeur -= genre == TokenType.dict_close
            return None
        if genre == TokenType.word:
            self.entete = texte == b"BI"
            if self.ote:
                self.ote = False
                return Token(TokenType.word, SANS_PROPRIETES.get(texte, texte))
        return token


def _refuser_une_image_demesuree(image: Object) -> None:
    """Readers leave out, without a word, a picture they have no room for."""
    deux_tons = image.get("/ImageMask", False) or image.get("/BitsPerComponent", 8) == 1
    if int(image.get("/Width", 0)) * int(image.get("/Height", 0)) > (PIXELS_A_DEUX_TONS if deux_tons else PIXELS):
        raise Refus("fichier_trop_complexe")


def _precise(objet: Object, table: str) -> str:
    """A drawing is a picture or a form, a property a layer or a set of them; anything else keeps nothing."""
    if table == "dessin":
        return "image" if objet.get("/Subtype") == Name.Image else "forme"
    if table == "propriete":
        return "calques" if objet.get("/Type") == Name.OCMD else "calque"
    return "police" if table == "polices" else table


def _filtres(flux: Stream) -> list[str]:
    filtre = flux.get("/Filter")
    if isinstance(filtre, Array):
        return [str(f) for f in filtre]
    return [str(filtre)] if isinstance(filtre, Name) else []


def _image_nue(flux: Stream, filtres: list[str]) -> bytes:
    """The JPEG or the JPEG 2000 itself, out of the compressions it was put under."""
    octets = flux.read_raw_bytes()
    for filtre in filtres[:-1]:
        if filtre in ("/FlateDecode", "/Fl"):
            octets = zlib.decompressobj().decompress(octets, IMAGE_DEPLIEE)
        elif filtre in ("/ASCII85Decode", "/A85"):
            octets = base64.a85decode(octets.strip().removesuffix(b"~>"))
        elif filtre in ("/ASCIIHexDecode", "/AHx"):
            octets = bytes.fromhex(octets.split(b">")[0].decode("ascii"))
        else:
            raise Refus("fichier_trop_complexe")
    return octets


def _lire_jusqu_au_bout(flux: Stream, filtres: list[str]) -> None:
    if filtres in (["/DCTDecode"], ["/DCT"]):
        with Image.open(io.BytesIO(flux.read_raw_bytes()), formats=["JPEG"]) as image:
            image.load()
    elif all(filtre in ("/FlateDecode", "/Fl") for filtre in filtres):
        flux.read_bytes(pikepdf.StreamDecodeLevel.generalized)


def nombre_de_pages(octets: bytes) -> int:
    """Le nombre de pages d’une copie propre."""
    with pikepdf.open(io.BytesIO(octets)) as copie:
        return len(copie.pages)


def pages(octets: bytes, cote: int = COTE_DE_PAGE) -> Iterator[Image.Image]:
    """L’image de chaque page d’une copie propre, dans l’ordre, en RGB ou en gris, de ``cote`` pixels au plus.

    :raises Refus: ``fichier_abime`` si une page ne se dessine pas.
    """
    try:
        document = pypdfium2.PdfDocument(octets)
        for numero in range(len(document)):
            page = document[numero]
            echelle = min(RESOLUTION / POINTS_PAR_POUCE, cote / max(*page.get_size(), 1))
            trame = page.render(scale=echelle, draw_annots=False, may_draw_forms=False)
            image = trame.to_pil()
            page.close()
            yield image if image.mode in ("RGB", "L") else image.convert("RGB")
    except pypdfium2.PdfiumError as panne:
        raise Refus("fichier_abime") from panne
