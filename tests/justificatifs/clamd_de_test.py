"""A clamd that speaks the protocol and obeys: what it finds, how slowly, where it cuts. It is not our code: it stands
for a program of the machine, on a real socket.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

LIMITE = 30 * 2**20  # bytes, StreamMaxLength


@dataclass
class Clamd:
    """``humeur(octets)`` decides of each scan: "" to answer what the bytes deserve, else a way to misbehave.

    The ways: "coupe" (hangs up), "muet" (never answers), "gouttes" (a byte a moment), "sans-fin" (an answer that never
    stops), and the words of REPONSES. Over ``limite`` bytes it says so before their end, and hangs up.
    """

    chemin: Path | None = None  # of a Unix socket; else TCP
    virus: bytes = b"VIRUS-DE-TEST"
    delai: float = 0.0
    limite: int = LIMITE
    humeur: Callable[[bytes], str] = lambda _: ""
    vus: Counter[str] = field(default_factory=Counter)  # SHA-256 of what was scanned to its end
    apres_lecture: Callable[[], None] = lambda: None
    port: int = 0

    def __enter__(self) -> Clamd:
        self.arret, self.fils, self.prises = threading.Event(), [], []
        if self.chemin:
            self.ecoute = socket.socket(socket.AF_UNIX)
            self.ecoute.bind(str(self.chemin))
        else:
            self.ecoute = socket.socket()
            self.ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.ecoute.bind(("127.0.0.1", self.port))
            self.port = self.ecoute.getsockname()[1]
        self.ecoute.listen(50)
        self.ecoute.settimeout(0.05)
        self._lancer(self._accueillir)
        return self

    def __exit__(self, *_: object) -> None:
        self.fermer()

    def fermer(self) -> None:
        """Nobody listens any more, and what was being said is cut."""
        self.arret.set()
        self.ecoute.close()
        for prise in self.prises:
            with contextlib.suppress(OSError):
                prise.shutdown(socket.SHUT_RDWR)
        for fil in self.fils:
            fil.join(10)
        if self.chemin:
            self.chemin.unlink(missing_ok=True)

    @property
    def adresse(self) -> str:
        return f"unix://{self.chemin}" if self.chemin else f"tcp://127.0.0.1:{self.port}"

    def _lancer(self, quoi: Callable[..., None], *args: object) -> None:
        fil = threading.Thread(target=quoi, args=args, daemon=True)
        self.fils.append(fil)
        fil.start()

    def _accueillir(self) -> None:
        while not self.arret.is_set():
            try:
                prise, _ = self.ecoute.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            prise.settimeout(30)
            self.prises.append(prise)
            self._lancer(self._servir, prise)

    def _servir(self, prise: socket.socket) -> None:
        with prise, contextlib.suppress(OSError, EOFError):
            lecture = prise.makefile("rb")
            commande = b""
            while not commande.endswith(b"\0"):
                commande += _exactement(lecture, 1)
            if commande == b"zPING\0":
                prise.sendall(b"PONG\0")
            elif commande == b"zINSTREAM\0":
                self._analyser(prise, lecture)
            else:
                prise.sendall(b"UNKNOWN COMMAND\0")

    def _analyser(self, prise: socket.socket, lecture: object) -> None:
        octets = b""
        while taille := struct.unpack(">L", _exactement(lecture, 4))[0]:
            octets += _exactement(lecture, taille)
            if len(octets) > self.limite:
                prise.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.apres_lecture()
        self.arret.wait(self.delai)
        humeur = self.humeur(octets)
        if humeur:
            self._deraper(prise, humeur)
            return
        self.vus[sha256(octets).hexdigest()] += 1
        prise.sendall(b"stream: Essai.Virus FOUND\0" if self.virus in octets else b"stream: OK\0")

    def _deraper(self, prise: socket.socket, humeur: str) -> None:
        if humeur == "muet":
            self.arret.wait(60)
        elif humeur == "gouttes":
            for octet in b"stream: OK":  # true, but never ended in time
                prise.sendall(bytes([octet]))
                time.sleep(0.1)
        elif humeur == "sans-fin":
            while not self.arret.is_set():
                prise.sendall(b"stream: " + b"A" * 65536)
        elif humeur in REPONSES:
            prise.sendall(REPONSES[humeur])


REPONSES = {
    "charabia": b"HTTP/1.1 200 OK\0",
    "erreur": b"stream: Can't allocate memory ERROR\0",
    "vide": b"\0",
    "presque": b"stream: OK\n",  # no NUL, then hangs up
    "deux-mots": b"stream: OK FOUND ERROR?\0",
}


def _exactement(lecture: object, nombre: int) -> bytes:
    lu = lecture.read(nombre)
    if len(lu) < nombre:
        raise EOFError
    return lu
