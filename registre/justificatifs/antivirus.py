"""Parler à clamd : « êtes-vous là ? » et « que pensez-vous de ces octets ? » (ADR 0012).

Une connexion par question, sur TCP ou sur une prise Unix. Chaque question a un temps total : ni un serveur qui répond
goutte à goutte, ni une réponse sans fin ne retiennent celui qui demande. Seul « OK » vaut « sain ».
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTION = 64 * 2**10  # bytes of one chunk of INSTREAM
REPONSE_MAXIMALE = 4096  # bytes: clamd says one short line


class AntivirusMuet(Exception):
    """Pas de réponse, ou pas celle de clamd : connexion refusée ou coupée, délai passé, réponse inconnue."""


class AnalyseImpossible(Exception):
    """clamd répond qu’il n’a pas pu analyser ces octets : trop gros pour sa limite, par exemple."""


@dataclass(frozen=True)
class Antivirus:
    """``adresse`` : ``tcp://hôte:port`` ou ``unix:///chemin``. ``delai`` : secondes pour une question entière."""

    adresse: str
    delai: float = 60
    delai_de_presence: float = 5

    def repond(self) -> bool:
        """clamd est là et parle."""
        try:
            return self._demander(b"zPING\0", (), self.delai_de_presence) == "PONG"
        except AntivirusMuet:
            return False

    def est_sain(self, octets: bytes) -> bool:
        """Faux si clamd reconnaît quelque chose.

        :raises AntivirusMuet: sans réponse ; :raises AnalyseImpossible: si clamd dit n’avoir pas pu.
        """
        reponse = self._demander(b"zINSTREAM\0", _portions(octets), self.delai)
        if reponse == "stream: OK":
            return True
        if reponse.endswith(" FOUND"):
            return False
        if reponse.endswith("ERROR"):
            raise AnalyseImpossible(reponse[:200])
        raise AntivirusMuet(f"réponse inconnue : {reponse[:200]!r}")

    def _demander(self, commande: bytes, suite: Iterable[bytes], delai: float) -> str:
        fin = time.monotonic() + delai
        try:
            with self._connexion(fin) as prise:
                try:
                    for octets in (commande, *suite):
                        prise.settimeout(_reste(fin))
                        prise.sendall(octets)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # over its limit, clamd says so and hangs up before the end: its word is still to read
                return _lire(prise, fin)
        except OSError as panne:  # TimeoutError included
            raise AntivirusMuet(f"{type(panne).__name__} {panne}") from panne

    def _connexion(self, fin: float) -> socket.socket:
        lieu = urlsplit(self.adresse)
        if lieu.scheme == "tcp":
            return socket.create_connection((lieu.hostname, lieu.port or 0), timeout=_reste(fin))
        prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            prise.settimeout(_reste(fin))
            prise.connect(lieu.path)
        except OSError:
            prise.close()
            raise
        return prise


def _portions(octets: bytes) -> Iterator[bytes]:
    for debut in range(0, len(octets), PORTION):
        portion = octets[debut : debut + PORTION]
        yield struct.pack(">L", len(portion)) + portion
    yield struct.pack(">L", 0)


def _lire(prise: socket.socket, fin: float) -> str:
    """One answer, up to its NUL."""
    recu = b""
    while b"\0" not in recu:
        prise.settimeout(_reste(fin))
        lu = prise.recv(REPONSE_MAXIMALE)
        if not lu:
            raise AntivirusMuet("connexion coupée avant la fin de la réponse")
        recu += lu
        if len(recu) > REPONSE_MAXIMALE:
            raise AntivirusMuet("réponse trop longue")
    return recu.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _reste(fin: float) -> float:
    """The seconds left, never 0: that would mean « do not wait »."""
    reste = fin - time.monotonic()
    if reste <= 0:
        raise TimeoutError("délai passé")
    return reste
