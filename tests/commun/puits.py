"""A mail server on loopback that keeps what it receives: enough of SMTP for a real client."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Recu:
    destinataires: list[str]
    octets: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.octets, policy=email.policy.default)


@dataclass
class Puits:
    """``refus`` answers for an address; ``avant_accord`` runs between DATA and 250, and hangs up on ``False``."""

    port: int = 0
    recus: list[Recu] = field(default_factory=list)
    refus: dict[str, str] = field(default_factory=dict)
    refus_expediteur: str = ""
    avant_accord: Callable[[int], bool] = lambda _rang: True
    verrou: threading.Lock = field(default_factory=threading.Lock)


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        puits: Puits = self.server.puits
        self._dire("220 puits")
        destinataires: list[str] = []
        while ligne := self.rfile.readline().decode("utf-8", "replace").strip():
            verbe = ligne.upper()
            if verbe.startswith("EHLO"):
                self._dire("250 puits")
            elif verbe.startswith("MAIL"):
                destinataires = []
                self._dire(puits.refus_expediteur or "250 ok")
            elif verbe.startswith("RCPT"):
                adresse = ligne.partition("<")[2].partition(">")[0]
                if adresse not in puits.refus:
                    destinataires.append(adresse)
                self._dire(puits.refus.get(adresse, "250 ok"))
            elif verbe == "DATA":
                self._dire("354 go")
                octets = self._donnees()
                with puits.verrou:
                    puits.recus.append(Recu(destinataires, octets))
                    rang = len(puits.recus)
                if not puits.avant_accord(rang):
                    return
                self._dire("250 queued")
            elif verbe == "QUIT":
                self._dire("221 bye")
                return
            else:
                self._dire("250 ok" if verbe in ("RSET", "NOOP") else "502 no")

    def _donnees(self) -> bytes:
        lignes = []
        while (ligne := self.rfile.readline()) not in (b".\r\n", b""):
            lignes.append(ligne[1:] if ligne.startswith(b"..") else ligne)
        return b"".join(lignes)

    def _dire(self, ligne: str) -> None:
        self.wfile.write(f"{ligne}\r\n".encode())


class _Serveur(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed hangs up without a word: nothing to report."""


@contextmanager
def ouvrir(puits: Puits) -> Iterator[Puits]:
    with _Serveur(("127.0.0.1", puits.port), _Conversation) as serveur:
        serveur.puits = puits
        puits.port = serveur.server_address[1]
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        fil.start()
        yield puits
        serveur.shutdown()
        fil.join()
