"""S14, S30: requests that no browser sends, written byte by byte to the real server."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable

import pytest

from tests.pannes.site import Site

pytestmark = pytest.mark.sans_base

MAUVAISES = {  # each must be refused, and nothing behind it be taken for a second request
    "longueur et morceaux": b"POST /compte/connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /sante/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "morceaux cachés": b"POST /compte/connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: \x0bchunked\r\n\r\n"
    b"0\r\n\r\nGET /sante/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "deux longueurs": b"POST /compte/connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
    b"Content-Length: 40\r\n\r\nGET /sante/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "espace avant les deux points": b"GET /sante/ HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
    "hôte étranger": b"GET /compte/connexion/ HTTP/1.1\r\nHost: pirate.example\r\n\r\n",
    "deux hôtes": b"GET /compte/connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: pirate.example\r\n\r\n",
}


def repondre(site: Site, octets: bytes) -> bytes:
    """All that the server answers before it closes, or in two seconds."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=2) as prise:
        prise.sendall(octets)
        recu = b""
        try:
            while morceau := prise.recv(65_536):
                recu += morceau
        except TimeoutError:
            pass
    return recu


@pytest.mark.passages("S14", "S30")
def test_malformed_and_foreign_requests_are_refused_once(monter: Callable[..., Site]) -> None:
    site = monter()
    site.servir(ouvriers=1)
    for nom, octets in MAUVAISES.items():
        statuts = re.findall(rb"HTTP/1\.[01] ([0-9]{3}) ", repondre(site, octets))
        assert statuts == [b"400"], (nom, statuts)
    saine = repondre(site, b"GET /sante/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert b" 200 " in saine.split(b"\r\n", 1)[0]


@pytest.mark.passages("S14", "S30")
def test_what_a_stranger_says_of_the_host_never_enters_a_page(monter: Callable[..., Site]) -> None:
    site = monter()
    site.servir(ouvriers=1)
    for ligne, entete in (
        (b"GET http://pirate.example/compte/connexion/ HTTP/1.1", b""),
        (b"GET /compte/connexion/ HTTP/1.1", b"X-Forwarded-Host: pirate.example\r\n"),
        (b"GET /compte/connexion/ HTTP/1.1", b"Forwarded: host=pirate.example\r\n"),
    ):
        reponse = repondre(site, ligne + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + entete + b"\r\n")
        statut = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", reponse)
        assert statut is not None
        assert statut.group(1) in (b"200", b"400")
        assert b"pirate.example" not in reponse
