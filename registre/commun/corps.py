"""Le corps d’une demande : lu en un temps borné, en entier ou pas du tout.

Un serveur WSGI rend un corps coupé comme s’il était fini : un fichier à moitié reçu passerait pour entier. Et un
client qui n’envoie rien tiendrait un fil du serveur sans fin.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.http import HttpRequest

MORCEAU = 65_536  # bytes


class Flux(Protocol):
    """Ce que Django lit d’une demande."""

    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int | None = None, /) -> bytes: ...


class EnvoiCoupe(OSError):
    """Le corps s’est arrêté avant la longueur annoncée, ou n’était pas là à temps."""


class Corps:
    """Lit ``longueur`` octets de ``flux``.

    :raises EnvoiCoupe: à la lecture, si le flux finit avant.
    """

    def __init__(self, flux: Flux, longueur: int) -> None:
        self.flux = flux
        self.reste = longueur

    def read(self, size: int | None = -1) -> bytes:
        voulus = self.reste if size is None or size < 0 else min(size, self.reste)
        lus = self.flux.read(voulus) if voulus else b""
        if len(lus) < voulus:
            raise EnvoiCoupe(f"il manque {self.reste - len(lus)} octets")
        self.reste -= len(lus)
        return lus

    def readline(self, size: int | None = None) -> bytes:
        ligne = self.flux.readline(size)
        if not ligne and self.reste:
            raise EnvoiCoupe(f"il manque {self.reste} octets")
        self.reste -= len(ligne)
        return ligne

    def close(self) -> None:
        """Rien à fermer : le flux est au serveur."""


@contextmanager
def delai_de_lecture(request: HttpRequest, secondes: float) -> Iterator[None]:
    """Passé ce délai, la lecture de la prise finit : qui lit dans ce bloc reçoit la fin au lieu d’attendre.

    La prise reste ouverte en écriture, pour la réponse. Elle n’est connue que sous gunicorn ; sous un autre serveur,
    le délai est à lui demander.
    """
    prise = request.META.get("gunicorn.socket")
    if prise is None:
        yield
        return
    garde = threading.Timer(secondes, _finir, [prise])
    garde.daemon = True
    garde.start()
    try:
        yield
    finally:
        garde.cancel()


def _finir(prise: socket.socket) -> None:
    try:
        prise.shutdown(socket.SHUT_RD)
    except OSError:  # the client has left in between
        return


def vider(flux: Flux, octets: int, secondes: float) -> None:
    """Lit et jette jusqu’à ``octets`` : un navigateur n’écoute la réponse qu’après avoir tout envoyé."""
    fin = time.monotonic() + secondes
    try:
        while octets > 0 and time.monotonic() < fin and (lus := flux.read(min(octets, MORCEAU))):
            octets -= len(lus)
    except OSError:  # nobody listens any more
        return


def ne_plus_servir(request: HttpRequest) -> None:
    """On ne sait plus où commencerait la demande suivante sur cette connexion : gunicorn la ferme après la réponse."""
    if "gunicorn.socket" in request.META:
        request.META["wsgi.input"].failed = True
