"""The corpus through the workshop: right side, right code, clean copy, nothing left running."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pikepdf
import pypdfium2
import pytest
import typst
import zxingcpp
from PIL import Image

from registre.justificatifs.fichiers import atelier, images, pdf, traitement
from registre.justificatifs.fichiers.traitement import FichierRefuse, FichierTraite, Passage, traiter
from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles.cadre import ParametresPieces
from tests.justificatifs import corpus as c

pytestmark = [pytest.mark.sans_base, pytest.mark.passages("S31", "S33")]
TOUS = c.corpus()
TOLERANCE = 40  # of a colour, after a JPEG or a change of colour space
MARGE_D_HORLOGE = 90  # seconds: the machine of the tests is not ours alone


@pytest.fixture(scope="module")
def pieces() -> ParametresPieces:
    return charger([DOSSIER_DE_BASE])[("clermont-ferrand", 2026, "bac-pro")].pieces


@pytest.fixture
def passages(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Passage]]:
    """What each stay in the workshop cost. The clock is generous: limits of computing and memory are the real ones."""
    vus: list[Passage] = []
    passer = traitement.passer_a_l_atelier

    def compter(octets: bytes, format_trouve: str, *, lire_les_codes: bool) -> Passage:
        vus.append(passer(octets, format_trouve, lire_les_codes=lire_les_codes))
        return vus[-1]

    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)
    monkeypatch.setattr(traitement, "passer_a_l_atelier", compter)
    return vus


def issue(cas: c.Cas, pieces: ParametresPieces) -> tuple[str, FichierTraite | None]:
    try:
        return "accepte", traiter(cas.octets, cas.nom_envoye, pieces, lire_les_codes=False)
    except FichierRefuse as refus:
        return refus.motif.code, None


@pytest.mark.passages("S32", "S35", "P10", "F15", "depot.jpeg", "depot.pdf", "L-29")
@pytest.mark.parametrize("cas", TOUS, ids=lambda cas: cas.nom)
def test_each_kind_of_file_gets_its_answer_and_a_clean_copy(
    cas: c.Cas, pieces: ParametresPieces, passages: list[Passage]
) -> None:
    code, traite = issue(cas, pieces)

    assert code in cas.attendu
    for passage in passages:
        assert passage.cpu <= traitement.CPU + 1
        # A process starts with the peak of the one that made it: the memory of a long run of tests is not the file's.
        herite = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        assert passage.memoire <= max(traitement.MEMOIRE, herite)
        assert not passage.trop_long
    if traite is not None:
        verifier_la_copie(cas, traite)


def verifier_la_copie(cas: c.Cas, traite: FichierTraite) -> None:
    assert len(traite.pages) == cas.pages
    for page in traite.pages:
        with ouvrir(page.octets) as image:
            assert image.size == (page.largeur, page.hauteur)
            assert max(image.size) <= images.COTE_DE_PAGE
    sans_metadonnees(traite.pages[0].octets)
    with ouvrir(traite.pages[0].octets) as montree:
        if cas.coins:
            aux_coins(montree)
        if cas.visible:
            assert any(
                proche(couleur, cas.visible) for _, couleur in montree.getcolors(montree.width * montree.height)
            )
    if traite.format == "jpeg":
        sans_metadonnees(traite.copie)
        if cas.coins:
            with ouvrir(traite.copie) as copie:
                aux_coins(copie)
    else:
        pdf_propre(traite.copie, cas.pages)


def ouvrir(octets: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(octets), formats=["JPEG"])
    image.load()
    return image


def proche(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(abs(x - y) <= TOLERANCE for x, y in zip(a, b, strict=True))


def aux_coins(image: Image.Image) -> None:
    """The four colours where the picture had them, seen upright."""
    largeur, hauteur = image.size
    assert largeur > hauteur
    for rang, couleur in enumerate(c.COINS):
        x = largeur // 10 if rang % 2 == 0 else largeur - largeur // 10
        y = hauteur // 10 if rang < 2 else hauteur - hauteur // 10
        assert proche(image.convert("RGB").getpixel((x, y)), couleur), (rang, image.getpixel((x, y)))


def sans_metadonnees(octets: bytes) -> None:
    """Nothing but the picture: no mark of the sender, no application mark but JFIF's, no comment, no trailer."""
    assert c.MARQUEUR not in octets
    assert octets.endswith(b"\xff\xd9")
    position = 2
    while octets[position + 1] != 0xDA:
        assert octets[position + 1] == 0xE0 or not (
            0xE1 <= octets[position + 1] <= 0xEF or octets[position + 1] == 0xFE
        )
        position += 2 + int.from_bytes(octets[position + 2 : position + 4], "big")
    # Whatever follows the first end of picture would be a trailer.
    assert octets.index(b"\xff\xd9", position) == len(octets) - 2


ACTIVES = (
    b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/AA", b"/XFA", b"/RichMedia", b"/GoToR",
    b"/SubmitForm", b"/ImportData", b"/Annots", b"/AcroForm", b"/Metadata", b"/PieceInfo", b"/Names", b"/URI",
    b"/Outlines", b"/Encrypt", b"/Info",
)  # fmt: skip


def pdf_propre(octets: bytes, pages: int) -> None:
    """Every object of the copy, written out in full: no active part, no metadata, no password, the same pages."""
    with pikepdf.open(io.BytesIO(octets)) as copie:
        assert not copie.get_warnings()
        assert not copie.is_encrypted
        assert len(copie.pages) == pages
        a_plat = io.BytesIO()
        copie.save(
            a_plat,
            qdf=True,
            compress_streams=False,  # else the drawing orders stay out of sight
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            static_id=True,
        )
        for objet in copie.objects:
            filtre = str(objet.get("/Filter")) if isinstance(objet, pikepdf.Stream) else ""
            if filtre == "/DCTDecode":
                sans_metadonnees(objet.read_raw_bytes())
            if "JPX" in filtre:
                assert filtre == "/JPXDecode", "under another compression, nobody has looked inside"
                assert c.MARQUEUR not in objet.read_raw_bytes()
    texte = a_plat.getvalue()
    assert c.MARQUEUR not in texte
    assert [cle for cle in ACTIVES if cle + b" " in texte or cle + b"\n" in texte] == []


# --- The limits ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("geste", ["open('/etc/hostname')", "socket.socket()", "os.pipe()"])
def test_the_workshop_can_open_neither_a_file_nor_a_connection(geste: str) -> None:
    limiter = "from registre.justificatifs.fichiers import atelier; atelier.se_limiter(5, 600_000_000)"
    essai = f"import os, socket; {limiter}; {geste}"
    fin = subprocess.run([sys.executable, "-c", essai], capture_output=True, text=True, check=False)
    assert fin.returncode == 1
    assert "Too many open files" in fin.stderr


def _a_l_atelier(monkeypatch: pytest.MonkeyPatch, corps: str) -> Passage:
    """The real parent, in front of a workshop that misbehaves once its limits are set."""
    monkeypatch.setattr(
        traitement,
        "AMORCE",
        "import sys; sys.path.insert(0, sys.argv[1]); import os, time\n"
        "from registre.justificatifs.fichiers import atelier\n"
        f"sys.stdin.buffer.read(); atelier.se_limiter(int(sys.argv[-2]), int(sys.argv[-1]))\n{corps}",
    )
    return traitement.passer_a_l_atelier(b"abc", "jpeg", lire_les_codes=False)


def test_a_file_that_never_ends_is_stopped_by_its_share_of_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traitement, "CPU", 2)
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)

    passage = _a_l_atelier(monkeypatch, "while True: pass")

    assert 1 < passage.cpu < 3.5
    with pytest.raises(FichierRefuse, match="fichier_trop_complexe"):
        traitement._lu(passage, "jpeg")


def test_a_file_that_wants_all_the_memory_is_too_complex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)
    passage = _a_l_atelier(
        monkeypatch,
        "try: tas = [bytearray(50_000_000) for _ in range(100)]\n"
        "except MemoryError: atelier.ecrire({'refus': 'fichier_trop_complexe'}, iter(()))",
    )
    with pytest.raises(FichierRefuse, match="fichier_trop_complexe"):
        traitement._lu(passage, "jpeg")


def test_the_clock_stops_the_workshop_and_does_not_blame_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traitement, "DUREE", 2)
    debut = time.monotonic()

    passage = _a_l_atelier(monkeypatch, "time.sleep(60)")

    assert passage.trop_long
    assert timedelta(seconds=time.monotonic() - debut) < timedelta(seconds=20)
    with pytest.raises(FichierRefuse, match="service_occupe"):
        traitement._lu(passage, "jpeg")


@pytest.mark.parametrize(
    ("corps", "code"),
    [
        ("os.abort()", "fichier_trop_complexe"),
        ("import signal; os.kill(os.getpid(), signal.SIGSEGV)", "fichier_trop_complexe"),
        ("import signal; os.kill(os.getpid(), signal.SIGKILL)", "service_occupe"),
        ("os._exit(0)", "service_occupe"),
        ("os._exit(3)", "service_occupe"),
        ("os.write(1, b'{\"copie\": 10, \"pages\": [], \"codes\": []}\\nabc'); os.abort()", "fichier_trop_complexe"),
        ("os.write(1, b'{\"cop'); os.abort()", "fichier_trop_complexe"),
        ("atelier.ecrire({'imprevu': 'TypeError pdf.py:1'}, iter(()))", "fichier_abime"),
    ],
)  # fmt: skip
def test_a_workshop_that_breaks_down_gives_a_refusal_and_never_an_error(
    monkeypatch: pytest.MonkeyPatch, corps: str, code: str
) -> None:
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)
    passage = _a_l_atelier(monkeypatch, corps)
    with pytest.raises(FichierRefuse, match=code):
        traitement._lu(passage, "jpeg")


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traitement, "SORTIE", 1_000_000)
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)

    passage = _a_l_atelier(monkeypatch, "while True: os.write(1, b'{}\\n' * 10_000)")

    assert len(passage.sortie) == 1_000_001
    with pytest.raises(FichierRefuse, match="fichier_trop_complexe"):
        traitement._lu(passage, "jpeg")


def test_nothing_stays_running_not_even_what_the_workshop_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)
    passage = _a_l_atelier(
        monkeypatch,
        "petit = os.fork()\n"
        "if petit == 0:\n    os.close(1); time.sleep(60)\n"
        "os.write(1, b'%d %d' % (os.getpid(), petit)); os._exit(0)",
    )

    for pid in map(int, passage.sortie.split()):
        assert fini(pid), pid


def fini(pid: int) -> bool:
    """Gone, or dead and waiting for the first process of the machine to notice."""
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat") as etat:
                if etat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.passages("S40")
def test_the_workshop_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRE_CLE_MAITRE", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)

    passage = _a_l_atelier(monkeypatch, "import json; os.write(1, json.dumps(dict(os.environ)).encode()); os._exit(0)")

    assert set(json.loads(passage.sortie)) <= {"PATH", "LC_ALL", "LC_CTYPE"}


def test_a_full_workshop_makes_others_wait_then_says_the_service_is_busy(
    monkeypatch: pytest.MonkeyPatch, pieces: ParametresPieces
) -> None:
    monkeypatch.setattr(traitement, "ATTENTE", 0.2)
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)
    occupe, libre = threading.Event(), threading.Event()

    def tenir() -> None:
        with traitement.une_place():
            occupe.set()
            libre.wait(30)

    autre = threading.Thread(target=tenir)
    autre.start()
    occupe.wait(30)
    with pytest.raises(FichierRefuse, match="service_occupe"):
        traiter(c.jpeg(), "photo.jpg", pieces, lire_les_codes=False)
    libre.set()
    autre.join()

    assert traiter(c.jpeg(), "photo.jpg", pieces, lire_les_codes=False).format == "jpeg"


def test_a_refusal_gives_the_place_back(pieces: ParametresPieces, passages: list[Passage]) -> None:
    for _ in range(traitement.A_LA_FOIS + 1):
        with pytest.raises(FichierRefuse, match="fichier_abime"):
            traiter(c.jpeg()[:40], "photo.jpg", pieces, lire_les_codes=False)
    assert len(os.listdir("/proc/self/fd")) < 200


# --- Codes -----------------------------------------------------------------------------------------------------
def code_imprime(texte: str) -> Image.Image:
    code = zxingcpp.create_barcode(texte, zxingcpp.QRCode)
    trame = code.to_image(scale=6)
    page = Image.new("L", (1_240, 1_754), 255)
    page.paste(Image.frombytes("L", trame.shape[::-1], bytes(trame)), (700, 200))
    return page


@pytest.mark.passages("validation.b-signer")
@pytest.mark.parametrize("format_envoye", ["jpeg", "pdf"])
@pytest.mark.parametrize("page_du_code", [0, 2])
def test_the_code_is_read_on_any_page_only_when_asked(
    pieces: ParametresPieces, passages: list[Passage], format_envoye: str, page_du_code: int
) -> None:
    texte = "26-0000001/2/ABCDEFGHIJKLMNOP"
    page = code_imprime(texte)
    if format_envoye == "jpeg":
        octets, nom = c.encode(page.rotate(90 * page_du_code, expand=True)), "photo.jpg"
    else:
        blanche = Image.new("L", page.size, 255)
        suite = [page if rang == page_du_code else blanche for rang in range(3)]
        octets, nom = c.encode(suite[0], "PDF", save_all=True, append_images=suite[1:], resolution=150), "scan.pdf"

    assert traiter(octets, nom, pieces, lire_les_codes=True).codes == (texte,)
    assert traiter(octets, nom, pieces, lire_les_codes=False).codes == ()


# --- Parts -----------------------------------------------------------------------------------------------------
@pytest.mark.passages("P10")
@pytest.mark.parametrize(
    "fabrique", [c.avec_position, c.jpeg_garni, c.mpo, c.adobe_rgb, lambda: c.progressif_aux_passes(20)]
)
def test_metadata_are_taken_out_of_a_jpeg_without_changing_a_pixel(fabrique: c.Callable[[], bytes]) -> None:
    octets = fabrique()
    propre = images.jpeg_sans_metadonnees(octets)

    assert c.MARQUEUR not in propre
    assert len(propre) < len(octets) or c.MARQUEUR not in octets
    with ouvrir(octets) as avant, ouvrir(propre) as apres:
        assert avant.tobytes() == apres.tobytes()
        assert "exif" not in apres.info
        assert "comment" not in apres.info


@pytest.mark.passages("P10")
def test_metadata_are_taken_out_of_a_jpeg_2000() -> None:
    octets = c.encode(c.mire(), "JPEG2000")
    garni = octets + c.boite(b"uuid", b"\0" * 16 + c.MARQUEUR) + c.boite(b"xml ", c.MARQUEUR)

    propre = images.jp2_sans_metadonnees(garni)

    assert c.MARQUEUR not in propre
    with Image.open(io.BytesIO(propre)) as apres, Image.open(io.BytesIO(octets)) as avant:
        assert apres.tobytes() == avant.tobytes()


def test_the_report_says_where_the_workshop_broke_and_none_of_the_words_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traitement, "DUREE", MARGE_D_HORLOGE)
    corps = f"sys.excepthook = atelier._imprevu\nraise KeyError('{c.MARQUEUR.decode()}')"

    passage = _a_l_atelier(monkeypatch, corps)

    assert c.MARQUEUR not in passage.sortie
    assert json.loads(passage.sortie) == {"imprevu": "KeyError <string>:5", "blocs": []}
    assert atelier.PRIORITE > 0


def test_each_page_keeps_its_own_stamp_when_pages_share_their_resources() -> None:
    pages = list(pdf.pages(pdf.copie_propre(c.fait(c.tampons_partages, pages=3))))

    for page, couleur in zip(pages, ((255, 0, 255), (0, 255, 255), (0, 0, 0)), strict=True):
        assert proche(page.getpixel((page.width // 2, page.height // 2)), couleur)


@pytest.mark.passages("S35")
def test_every_line_of_a_filled_field_stays_readable_in_the_copy() -> None:
    remplir = partial(c.formulaire, a_dessiner=True, texte="Première\nDeuxième\nTroisième", Ff=1 << 12)

    with pypdfium2.PdfDocument(pdf.copie_propre(c.fait(remplir))) as copie:
        lu = copie[0].get_textpage().get_text_range()

    assert lu.split() == ["Première", "Deuxième", "Troisième"]


@pytest.mark.passages("S35")
def test_the_copy_of_a_composed_document_looks_the_same_to_the_last_pixel() -> None:
    octets = typst.compile(COMPOSE.encode(), pdf_standards=["a-2a", "ua-1"])

    copie = pdf.copie_propre(octets)

    for avant, apres in zip(pdf.pages(octets), pdf.pages(copie), strict=True):
        assert avant.tobytes() == apres.tobytes()


@pytest.mark.passages("S35", "P10")
@pytest.mark.parametrize("agir", c.PAROLES.values(), ids=c.PAROLES)
def test_words_leave_the_drawing_orders_and_not_a_pixel_moves(agir: c.Callable[[pikepdf.Pdf], None]) -> None:
    octets = c.fait(agir)

    copie = pdf.copie_propre(octets)

    pdf_propre(copie, pages=1)  # opens every stream: the words are out of sight under their compression
    for avant, apres in zip(pdf.pages(octets), pdf.pages(copie), strict=True):
        assert avant.tobytes() == apres.tobytes()


def test_what_looks_like_a_comment_in_a_string_or_in_a_picture_is_kept() -> None:
    with pikepdf.open(io.BytesIO(pdf.copie_propre(c.fait(c.sosies)))) as copie:
        ordres = copie.pages[0].Contents.read_bytes()

    assert c.SOSIE in ordres
    assert c.POINTS_SOSIES in ordres


def test_a_page_keeps_its_marks_without_what_they_said() -> None:
    ordres = b"/P<</MCID 0/A<<>>>>BDC /OC /MC0 BDC EMC /N <<>> DP BI /W 1 /H 1 /DP <</K -1>> ID a EI EMC"
    with pikepdf.open(io.BytesIO(pdf.copie_propre(c.fait(c.dit(ordres))))) as copie:
        lus = copie.pages[0].Contents.read_bytes()

    assert lus.split() == b"/P BMC /OC /MC0 BDC EMC /N MP BI /W 1 /H 1 /DP <</K -1>> ID a EI EMC".split()


COMPOSE = """
#set document(title: "Essai")
#set text(lang: "fr")
= Relevé de notes
#lorem(80)
#rect(fill: gradient.linear(red, blue), width: 100%, height: 3cm)
#box(fill: rgb(255, 0, 0, 80), inset: 1cm)[transparent #link("http://127.0.0.1")[lien]]
#box(fill: tiling(size: (20pt, 20pt))[#line(end: (100%, 100%))], width: 5cm, height: 3cm)
#table(columns: 3, ..range(30).map(str))
#pagebreak()
Fin
"""


@pytest.mark.passages("validation.c-deposer-dcandt01")
def test_another_code_on_the_first_page_does_not_hide_ours_on_the_last(pieces):
    notre = "2026-000001-Z/2/ABCDEFGHIJKLMNOP"
    premiere, derniere = code_imprime("https://exemple.fr/rien"), code_imprime(notre)
    document = io.BytesIO()
    premiere.save(document, "PDF", save_all=True, append_images=[Image.new("L", premiere.size, 255), derniere])
    assert notre in traiter(document.getvalue(), "trois-pages.pdf", pieces, lire_les_codes=True).codes
