"""F1, F2, F10 over the network: double clicks, cut connections that are tried again, a mail server that is down."""

from __future__ import annotations

import re
import signal
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.commun.puits import Puits, ouvrir
from tests.pannes.invariants import inscriptions, lire, violations
from tests.pannes.site import CADRE, DELAI, Candidat, Site, corps, entetes_de, port_libre

pytestmark = pytest.mark.sans_base

NUMERO = re.compile(r'registre-numero">([^<]+)</dd>\s*<dt>Version</dt><dd>(\d+)')
SMTP = {"REGISTRE_COURRIEL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "REGISTRE_SMTP_HOTE": "127.0.0.1"}


def numero_montre(site: Site, candidat: Candidat) -> tuple[str, int]:
    """The number and version that the candidate reads on his page."""
    page = site.demander("GET", CADRE, candidat).page
    lu = NUMERO.search(page)
    assert lu, page[:3000]
    return lu[1], int(lu[2])


def octets_d_enregistrer(site: Site, candidat: Candidat) -> tuple[bytes, int]:
    """The request as it travels, and where its body starts."""
    contenu = corps({"vu": candidat.vu})
    entetes = {"Host": f"127.0.0.1:{site.port}", "Content-Length": str(len(contenu)), **entetes_de(candidat)}
    tete = f"POST {CADRE}enregistrer HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in entetes.items()) + "\r\n"
    return tete.encode() + contenu, len(tete)


def envoyer_puis_couper(site: Site, octets: bytes, attente: float) -> None:
    """Sends, waits, and resets the connection without reading the answer."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as prise:
        prise.sendall(octets)
        time.sleep(attente)
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.passages("F1", "F2", "recapitulatif.numero-inscription")
def test_double_clicks_and_cut_connections_tried_again_give_one_number_one_version_one_mail(
    monter: Callable[..., Site],
) -> None:
    site = monter()
    presse, *coupes = site.preparer(1 + 27)
    site.servir(ouvriers=4, fils=2)

    with ThreadPoolExecutor(20) as fils:  # F1
        reponses = list(fils.map(lambda _: site.enregistrer(presse), range(20)))
    assert all(r.enregistree for r in reponses), {r.statut for r in reponses}
    assert numero_montre(site, presse)[1] == 1

    def couper_et_reessayer(rang: int) -> set[tuple[str, int]]:  # F2
        candidat = coupes[rang]
        octets, debut = octets_d_enregistrer(site, candidat)
        # Inside the headers, inside the body, before the last byte, then whole.
        longueurs = [debut // 2, debut, (debut + len(octets)) // 2, len(octets) - 1, *[len(octets)] * 5]
        envoyer_puis_couper(site, octets[: longueurs[rang % 9]], 0.01 * (rang // 9) * (rang % 9))
        montres = set()
        for _ in range(2):  # the client tries again, then the candidate reloads the page he posted
            assert site.enregistrer(candidat).enregistree
            montres.add(numero_montre(site, candidat))
        return montres

    with ThreadPoolExecutor(9) as fils:
        montres = list(fils.map(couper_et_reessayer, range(len(coupes))))
    site.arreter()
    en_base = inscriptions(site.base)
    assert [m for m in montres if len(m) != 1] == []
    assert [m.pop() for m in montres] == [(en_base[c.compte].numero, 1) for c in coupes]
    assert len(en_base) == 28
    assert {len(i.versions) for i in en_base.values()} == {1}
    assert violations(site.base) == []
    assert lire(site.base, "SELECT count(*) FROM commun_courriel") == [(28,)]


@pytest.mark.passages("F10")
def test_a_dead_mail_server_stops_no_registration_and_each_mail_leaves_once_after_its_return(
    monter: Callable[..., Site],
) -> None:
    port = port_libre()  # nobody listens there
    site = monter(**SMTP, REGISTRE_SMTP_PORT=str(port))
    candidats = site.preparer(30)
    site.servir()
    traces = site.dossier / "facteur.log"
    with traces.open("wb") as sortie:
        facteur = site.lancer("manage.py", "envoyer_courriels", stderr=sortie)
    try:
        with ThreadPoolExecutor(6) as fils:
            reponses = list(fils.map(site.enregistrer, candidats))
        assert all(r.enregistree for r in reponses), {r.statut for r in reponses}
        fin = time.monotonic() + DELAI
        while "serveur de courriel muet" not in traces.read_text() and time.monotonic() < fin:
            time.sleep(0.1)
        assert "serveur de courriel muet" in traces.read_text()
        en_attente = "SELECT etat, tentatives, bail_jusqu_a, count(*) FROM commun_courriel GROUP BY 1, 2, 3"
        assert lire(site.base, en_attente) == [("a_envoyer", 0, None, 30)]
        assert facteur.poll() is None, "the mail worker waits for the server, it does not die"
    finally:
        facteur.send_signal(signal.SIGTERM)
        assert facteur.wait(30) == 0
    with ouvrir(Puits(port=port)) as puits:
        site.faire("manage.py", "envoyer_courriels", "--une-fois")
    assert Counter(d for r in puits.recus for d in r.destinataires) == Counter(c.courriel for c in candidats)
    assert lire(site.base, "SELECT DISTINCT etat FROM commun_courriel") == [("envoye",)]
    assert violations(site.base) == []
