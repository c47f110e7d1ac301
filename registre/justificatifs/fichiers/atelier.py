"""L’atelier : le processus à part, borné, qui ouvre les fichiers envoyés. Lancé par :mod:`.traitement` seul.

Il reçoit les octets sur son entrée, écrit son compte rendu sur sa sortie, et ne peut rien ouvrir d’autre. Le compte
rendu est une ligne JSON, puis les octets qu’elle annonce, bloc par bloc. Ni pickle, ni fichier. Il sait traiter un
fichier déposé, faire les pages d’un fichier à préparer, et réunir des pages gardées.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

from PIL import Image

from registre.justificatifs.fichiers import images, reduction
from registre.justificatifs.fichiers.autres_images import image_lue, preparer_le_heic
from registre.justificatifs.fichiers.codes import BUDGET, NOTRE_CODE, trouver_codes
from registre.justificatifs.fichiers.mesures import mesurer
from registre.justificatifs.fichiers.signature import encre_du_cadre

MESURES = 6  # seconds of computing after which no more page is measured
CODES = 4  # seconds of computing after which no more page is searched: drawing the pages comes first
REVEIL = 120  # seconds of real time, should the parent be gone and its clock with it
PRIORITE = 10  # less than the pages of the site


@dataclass
class CompteRendu:
    """Ce que l’atelier a fait d’un fichier déposé."""

    copie: bytes = b""
    pages: list[tuple[bytes, int, int]] = field(default_factory=list)
    mesures: list[dict[str, float]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def ajouter(self, image: Image.Image) -> None:
        """Une page de plus, telle qu’elle est montrée."""
        self.pages.append(images.page(image))
        self.mesures.append(mesures_de(image))

    def lire(self, image: Image.Image, rang: int, budget: float) -> None:
        """Les codes de la page ``rang``, et ce que vaut le cadre à signer qu’ils font trouver."""
        trouves = trouver_codes(image, budget=budget)
        self.codes = list(dict.fromkeys([*self.codes, *(code.texte for code in trouves)]))
        encre = encre_du_cadre(image, trouves)
        if encre is not None and self.mesures[rang]:
            self.mesures[rang]["signature"] = encre


def mesures_de(image: Image.Image) -> dict[str, float]:
    """Drawing every page comes before measuring the last ones."""
    return mesurer(image) if time.process_time() < MESURES else {}


def se_limiter(cpu: int, memoire: int) -> None:
    """Met les limites, une fois les bibliothèques chargées : plus aucun fichier ni connexion ne peut s’ouvrir.

    ``cpu`` en secondes ; ``memoire`` en octets d’adresses.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.alarm(REVEIL)
    os.nice(PRIORITE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def traiter_jpeg(octets: bytes, lire: bool) -> CompteRendu:
    """La photo redressée, réécrite, et son image de page."""
    photo = images.photo(octets)
    rendu = CompteRendu(images.en_jpeg(photo))
    rendu.ajouter(photo)
    if lire:
        rendu.lire(photo, 0, BUDGET)
    return rendu


def traiter_pdf(octets: bytes, lire: bool) -> CompteRendu:
    """Le PDF reconstruit sans partie active, et l’image de chacune de ses pages, prise sur la copie."""
    from registre.justificatifs.fichiers import pdf

    rendu = CompteRendu(pdf.copie_propre(octets))
    a_relire: list[tuple[int, Image.Image]] = []
    for rang, image in enumerate(pdf.pages(rendu.copie)):
        rendu.ajouter(image)
        # After the code is found, for the frame to sign: it is on the last page.
        if lire and (not _notre_code(rendu) or time.process_time() < CODES):
            rendu.lire(image, rang, budget=0)
            a_relire = [*a_relire[:1], (rang, image)]
    # The code is on the first page and on the last: only these are worth a second look, once all are drawn.
    for rang, image in a_relire:
        if not _notre_code(rendu) and time.process_time() < CODES:
            rendu.lire(image, rang, BUDGET)
    return rendu


def _notre_code(rendu: CompteRendu) -> bool:
    """Another QR code on a page must not hide ours on the next."""
    return any(map(NOTRE_CODE.fullmatch, rendu.codes))


def _images(octets: bytes, format_recu: str, maximum: int) -> Iterator[Image.Image]:
    if format_recu != "pdf":
        yield image_lue(octets, format_recu)
        return
    from registre.justificatifs.fichiers import pdf

    copie = pdf.copie_propre(octets)
    if pdf.nombre_de_pages(copie) > maximum:
        raise images.Refus("trop_de_pages")
    yield from pdf.pages(copie, reduction.COTE_RENDU)


# --- Les actes : chacun écrit son compte rendu --------------------------------------------------------------


def traiter(octets: bytes, format_recu: str, reglage: str) -> None:
    """Un fichier déposé ; ``reglage`` : « codes » pour chercher ceux du récapitulatif."""
    rendu = (traiter_jpeg if format_recu == "jpeg" else traiter_pdf)(octets, reglage == "codes")
    dits = [[largeur, hauteur, m] for (_, largeur, hauteur), m in zip(rendu.pages, rendu.mesures, strict=True)]
    ecrire({"pages": dits, "codes": rendu.codes}, [rendu.copie, *(page for page, _, _ in rendu.pages)])


def preparer(octets: bytes, format_recu: str, reglage: str) -> None:
    """Les pages d’un fichier que le site ne garde pas tel quel ; ``reglage`` : leur nombre le plus grand."""
    dits: list[list[object]] = []
    blocs: list[bytes] = []
    for image in _images(octets, format_recu, int(reglage)):
        page, montree = reduction.gardee(image)
        dits.append([page.largeur, page.hauteur, mesures_de(montree)])
        blocs += [page.image, page.vignette]
    ecrire({"pages": dits}, blocs)


def reunir(octets: bytes, format_recu: str, reglage: str) -> None:
    """Des pages gardées en un fichier de ``reglage`` octets au plus. Chacune : sa longueur, son tour, ses octets."""
    entree, pages = io.BytesIO(octets), []
    while annonce := entree.readline():
        longueur, rotation = map(int, annonce.split())
        pages.append(reduction.Page(entree.read(longueur), rotation))
    format_rendu, document = reduction.reunies(pages, int(reglage))
    ecrire({"format": format_rendu}, [document])


def ecrire(entete: dict[str, object], blocs: Iterable[bytes]) -> None:
    """Le compte rendu sur la sortie, puis la fin du processus, sans rien défaire : le système reprend tout."""
    a_rendre = list(blocs)
    with os.fdopen(os.dup2(1, 1), "wb", closefd=False) as sortie:
        sortie.write(json.dumps(entete | {"blocs": [len(bloc) for bloc in a_rendre]}).encode() + b"\n")
        for bloc in a_rendre:
            sortie.write(bloc)
    os._exit(0)


def _imprevu(genre: type[BaseException], valeur: BaseException, trace: TracebackType | None) -> None:
    """Says where it broke, never with what: the message may hold words of the file."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    lieu = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    ecrire({"imprevu": f"{genre.__name__} {lieu}"}, ())


def main() -> None:
    """``<acte> <format|-> <réglage> <secondes> <octets>`` en arguments, le fichier sur l’entrée."""
    acte, format_recu, reglage, cpu, memoire = sys.argv[-5:]
    actes: dict[str, Callable[[bytes, str, str], None]] = {"traiter": traiter, "preparer": preparer, "reunir": reunir}
    if format_recu == "pdf":
        from registre.justificatifs.fichiers import pdf  # before the limits, and only when it is needed

        pdf.preparer()
    elif format_recu == "heic":
        preparer_le_heic()
    elif acte == "reunir":
        import pikepdf  # noqa: F401 - before the limits too
    octets = sys.stdin.buffer.read()
    sys.excepthook = _imprevu
    se_limiter(int(cpu), int(memoire))
    try:
        actes[acte](octets, format_recu, reglage)
    except images.Refus as refus:
        ecrire({"refus": refus.code}, ())
    except (MemoryError, RecursionError):
        ecrire({"refus": "fichier_trop_complexe"}, ())
