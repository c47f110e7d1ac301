"""Traiter un fichier envoyé : ce qui en est gardé, montré et lu, ou la raison de le refuser.

Les octets d’un candidat ne sont jamais ouverts dans le serveur web. Un processus à part (:mod:`.atelier`) le fait,
sans secret dans son environnement, avec des limites de calcul, de mémoire et de temps ; il est tué avec son groupe.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from registre.justificatifs.fichiers.noms import nom_affiche
from registre.justificatifs.fichiers.reconnaissance import format_reconnu
from registre.regles.cadre import ParametresPieces
from registre.regles.citation import Motif
from registre.regles.fichiers import motifs_fichier, refus_de_fichier

RACINE = Path(__file__).resolve().parents[3]
CPU = 10  # seconds of computing for one file
MEMOIRE = 600_000_000  # bytes of address space: what stays in memory cannot be more
DUREE = 15  # seconds of real time for one file
ATTENTE = 20  # seconds a deposit waits for its turn in this process
A_LA_FOIS = 1  # files treated at the same time by one web process
EN_LIGNE = 12  # files treated or waiting in one web process: its other threads are for the pages
SORTIE = 80_000_000  # bytes read back from the workshop
ENVIRONNEMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}  # nothing of ours: no secret, no address of a base
DU_DEHORS = (signal.SIGKILL, signal.SIGTERM, signal.SIGALRM)  # ends that the system or an operator decides
AMORCE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from registre.justificatifs.fichiers.atelier import main; main()"
)

_places = threading.BoundedSemaphore(A_LA_FOIS)
_ligne = threading.BoundedSemaphore(EN_LIGNE)
_journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageImage:
    """Une page telle qu’elle est montrée : un JPEG, sa taille en pixels, ce qui y a été mesuré."""

    octets: bytes
    largeur: int
    hauteur: int
    mesures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FichierTraite:
    """Ce que le site garde d’un fichier : ``format`` pdf ou jpeg, la copie nettoyée, ses pages, les codes lus."""

    format: str
    copie: bytes
    pages: tuple[PageImage, ...]
    codes: tuple[str, ...]


class FichierRefuse(Exception):
    """Le fichier est refusé pour ce ``motif``, dit au candidat."""

    def __init__(self, motif: Motif) -> None:
        super().__init__(motif.code)
        self.motif = motif


@dataclass(frozen=True, slots=True)
class Passage:
    """Ce qu’a donné un passage à l’atelier : sa sortie, sa fin, et ce qu’il a coûté."""

    sortie: bytes
    code_de_sortie: int  # negative: the signal that ended it
    trop_long: bool
    cpu: float  # seconds
    memoire: int  # bytes, at the highest


def traiter(octets: bytes, nom: str, pieces: ParametresPieces, *, lire_les_codes: bool) -> FichierTraite:
    """Reconnaît, ouvre, nettoie et dessine le fichier ``octets`` envoyé sous ``nom``.

    ``lire_les_codes`` : chercher les codes imprimés sur ses pages, pour le récapitulatif signé.

    :raises FichierRefuse: avec le motif à montrer au candidat.
    """
    format_trouve = format_reconnu(octets)
    if motifs := motifs_fichier(nom_affiche(nom), format_trouve, len(octets), pieces):
        raise FichierRefuse(motifs[0])
    with une_place():
        passage = passer_a_l_atelier(octets, format_trouve, lire_les_codes=lire_les_codes)
    return _lu(passage, format_trouve)


@contextmanager
def une_place() -> Iterator[None]:
    """Waits for one's turn. Nobody joins a long line: the threads that wait show no page to the others."""
    if not _ligne.acquire(blocking=False):
        raise FichierRefuse(refus_de_fichier("service_occupe"))
    try:
        if not _places.acquire(timeout=ATTENTE):
            raise FichierRefuse(refus_de_fichier("service_occupe"))
        try:
            yield
        finally:
            _places.release()
    finally:
        _ligne.release()


def passer_a_l_atelier(octets: bytes, format_trouve: str, *, lire_les_codes: bool) -> Passage:
    """Le passage d’un fichier déposé, voir :func:`lancer`."""
    return lancer([octets], "traiter", format_trouve, "codes" if lire_les_codes else "-")


def lancer(morceaux: Iterable[bytes], acte: str, format_trouve: str, reglage: str) -> Passage:
    """Lance l’atelier sur ces octets, lit au plus ``SORTIE`` octets, et ne laisse rien tourner derrière lui.

    :raises FichierRefuse: ``service_occupe`` quand la machine ne peut pas lancer de processus.
    """
    demande = [acte, format_trouve, reglage, str(CPU), str(MEMOIRE)]
    commande = [sys.executable, "-I", "-c", AMORCE, str(RACINE), *demande]
    try:
        # Own interpreter, own code, no shell: nothing of the candidate is in the command.
        enfant = subprocess.Popen(  # noqa: S603  # nosec B603
            commande,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONNEMENT,
            cwd="/",
            start_new_session=True,
        )
    except OSError as panne:
        _journal.error("l’atelier ne démarre pas\u00a0: %s", type(panne).__name__)
        raise FichierRefuse(refus_de_fichier("service_occupe")) from panne
    sonne = threading.Event()
    gong = threading.Timer(DUREE, _au_gong, (enfant.pid, sonne))
    gong.daemon = True
    gong.start()
    sortie = b""
    try:
        sortie = _echanger(enfant, morceaux)
    finally:
        gong.cancel()
        gong.join()
        _tuer(enfant.pid)
        _, etat, couts = os.wait4(enfant.pid, 0)
        enfant.returncode = os.waitstatus_to_exitcode(etat)
    cpu = couts.ru_utime + couts.ru_stime
    return Passage(sortie, enfant.returncode, sonne.is_set(), cpu, couts.ru_maxrss * 1024)


def _echanger(enfant: subprocess.Popen[bytes], morceaux: Iterable[bytes]) -> bytes:
    """Gives the file, then reads the answer: the workshop writes nothing before it has read everything."""
    if enfant.stdin is None or enfant.stdout is None:
        raise ValueError("l’atelier se lance avec deux tubes")
    with enfant.stdout as lecture:
        try:
            with enfant.stdin as ecriture:
                for morceau in morceaux:
                    ecriture.write(morceau)
        except BrokenPipeError:
            return b""  # it died before it had read: its end says why
        return lecture.read(SORTIE + 1)


def _au_gong(groupe: int, sonne: threading.Event) -> None:
    sonne.set()
    _tuer(groupe)


def _tuer(groupe: int) -> None:
    try:
        os.killpg(groupe, signal.SIGKILL)
    except ProcessLookupError:
        return  # already gone


def _lu(passage: Passage, format_trouve: str) -> FichierTraite:
    dit, (copie, *images) = compte_rendu(passage, format_trouve)
    pages = tuple(PageImage(octets, *page) for octets, page in zip(images, dit["pages"], strict=True))
    return FichierTraite(format_trouve, copie, pages, tuple(dit["codes"]))


def compte_rendu(passage: Passage, format_trouve: str) -> tuple[dict[str, Any], list[bytes]]:
    """Ce que dit l’atelier et les octets qu’il rend ; sans réponse, ce que dit sa fin.

    :raises FichierRefuse: avec le motif à montrer au candidat.
    """
    entete, _, corps = passage.sortie.partition(b"\n")
    if len(passage.sortie) > SORTIE:
        raise FichierRefuse(refus_de_fichier("fichier_trop_complexe"))
    if not entete or not passage.sortie[len(entete) :]:
        raise FichierRefuse(refus_de_fichier(_fin_sans_reponse(passage)))
    dit = json.loads(entete)
    if "refus" in dit:
        raise FichierRefuse(refus_de_fichier(dit["refus"]))
    if "imprevu" in dit:
        _journal.error("l’atelier n’a pas su traiter un fichier %s\u00a0: %s", format_trouve, dit["imprevu"])
        raise FichierRefuse(refus_de_fichier("fichier_abime"))
    longueurs = dit.get("blocs", [])
    if len(corps) != sum(longueurs):
        raise FichierRefuse(refus_de_fichier(_fin_sans_reponse(passage)))
    fins = accumulate(longueurs)
    return dit, [corps[fin - longueur : fin] for fin, longueur in zip(fins, longueurs, strict=True)]


def _fin_sans_reponse(passage: Passage) -> str:
    """A file that eats its share is to blame; a machine too busy, or a broken installation, is not its fault."""
    if passage.cpu >= CPU - 1:
        return "fichier_trop_complexe"
    if passage.trop_long or passage.code_de_sortie >= 0 or -passage.code_de_sortie in DU_DEHORS:
        _journal.error("l’atelier s’est arrêté sans réponse\u00a0: %s", passage.code_de_sortie)
        return "service_occupe"
    return "fichier_trop_complexe"  # memory refused to a library, or a crash in it
