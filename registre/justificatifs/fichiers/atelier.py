"""L’atelier : le processus à part, borné, qui ouvre les fichiers envoyés. Lancé par :mod:`.traitement` seul.

Il reçoit les octets sur son entrée, écrit son compte rendu sur sa sortie, et ne peut rien ouvrir d’autre. Le compte
rendu est une ligne JSON, puis les octets annoncés : la copie, puis chaque page. Ni pickle, ni fichier.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

from PIL import Image

from registre.justificatifs.fichiers import images
from registre.justificatifs.fichiers.codes import NOTRE_CODE, lire_codes

CODES = 4  # seconds of computing after which no more page is searched: drawing the pages comes first
REVEIL = 120  # seconds of real time, should the parent be gone and its clock with it
PRIORITE = 10  # less than the pages of the site


@dataclass
class CompteRendu:
    """Ce que l’atelier a fait d’un fichier."""

    copie: bytes = b""
    pages: list[tuple[bytes, int, int]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


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
    return CompteRendu(images.en_jpeg(photo), [images.page(photo)], lire_codes(photo) if lire else [])


def traiter_pdf(octets: bytes, lire: bool) -> CompteRendu:
    """Le PDF reconstruit sans partie active, et l’image de chacune de ses pages, prise sur la copie."""
    from registre.justificatifs.fichiers import pdf

    rendu = CompteRendu(pdf.copie_propre(octets))
    a_relire: list[Image.Image] = []
    for image in pdf.pages(rendu.copie):
        rendu.pages.append(images.page(image))
        if lire and not _notre_code(rendu):
            rendu.codes += lire_codes(image, budget=0)
            a_relire = [*a_relire[:1], image]
    # The code is on the first page and on the last: only these are worth a second look, once all are drawn.
    for image in a_relire:
        if not _notre_code(rendu) and time.process_time() < CODES:
            rendu.codes += lire_codes(image)
    return rendu


def _notre_code(rendu: CompteRendu) -> bool:
    """Another QR code on a page must not hide ours on the next."""
    return any(map(NOTRE_CODE.fullmatch, rendu.codes))


def ecrire(entete: dict[str, object], blocs: Iterator[bytes]) -> None:
    """Le compte rendu sur la sortie, puis la fin du processus, sans rien défaire : le système reprend tout."""
    with os.fdopen(os.dup2(1, 1), "wb", closefd=False) as sortie:
        sortie.write(json.dumps(entete).encode() + b"\n")
        for bloc in blocs:
            sortie.write(bloc)
    os._exit(0)


def _imprevu(genre: type[BaseException], valeur: BaseException, trace: TracebackType | None) -> None:
    """Says where it broke, never with what: the message may hold words of the file."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    lieu = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    ecrire({"imprevu": f"{genre.__name__} {lieu}"}, iter(()))


def main() -> None:
    """``<format> <codes|-> <secondes> <octets>`` en arguments, le fichier sur l’entrée."""
    format_recu, codes, cpu, memoire = sys.argv[-4:]
    traitements: dict[str, Callable[[bytes, bool], CompteRendu]] = {"jpeg": traiter_jpeg, "pdf": traiter_pdf}
    if format_recu == "pdf":
        from registre.justificatifs.fichiers import pdf  # before the limits, and only when it is needed

        pdf.preparer()
    octets = sys.stdin.buffer.read()
    sys.excepthook = _imprevu
    se_limiter(int(cpu), int(memoire))
    try:
        rendu = traitements[format_recu](octets, codes == "codes")
    except images.Refus as refus:
        ecrire({"refus": refus.code}, iter(()))
    except (MemoryError, RecursionError):
        ecrire({"refus": "fichier_trop_complexe"}, iter(()))
    entete = {
        "copie": len(rendu.copie),
        "pages": [[len(page), largeur, hauteur] for page, largeur, hauteur in rendu.pages],
        "codes": rendu.codes,
    }
    ecrire(entete, iter([rendu.copie, *(page for page, _, _ in rendu.pages)]))
