"""F23: four real processes, four hundred requests, the real clock passing the closing instant."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.pannes.invariants import Inscription, brouillons, inscriptions, instant, lire, violations
from tests.pannes.site import Candidat, Reponse, Site

pytestmark = pytest.mark.sans_base

NOMBRE, AUTOUR = 400, 2.0
FILS = 256  # enough for each request to leave at its moment, however long the queue
PARIS = ZoneInfo("Europe/Paris")
ARRIVEE = re.compile(r"arrivée le \w+ (\d+)\S*\s(\w+) \d{4} à (\d+)\sh\s(\d\d)\smin\s(\d\d)\ss \(heure de Paris\)")


@dataclass(frozen=True)
class Essai:
    candidat: Candidat
    envoye: float  # seconds since the epoch, just before connecting
    recu: float  # just after the last byte
    reponse: Reponse
    marque: str  # the X-Request-Start of the front proxy, "" when the request came without


def servir_jusqu_a_la_cloture(site: Site) -> datetime:
    """Serves a register that closes in a few seconds; on a machine too busy for that, a little later."""
    for delai in (10, 40):
        cloture = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=delai)
        site.ouvrir_jusqu_a(cloture)
        site.servir(ouvriers=4, fils=2)
        if datetime.now(UTC) < cloture - timedelta(seconds=AUTOUR + 1):
            return cloture
        site.arreter()
    raise AssertionError("the server was too long to start: nothing would be shown")


def envoyer(site: Site, candidats: list[Candidat], cloture: float) -> list[Essai]:
    """Each at its moment. One in two carries the stamp of the front proxy, whose part this client plays."""

    def un(rang: int) -> Essai:
        time.sleep(max(0.0, cloture - AUTOUR + 2 * AUTOUR * rang / len(candidats) - time.time()))
        envoye = time.time()
        marque = f"t={envoye:.6f}" if rang % 2 else ""
        entetes = {"X-Request-Start": marque} if marque else {}
        reponse = site.enregistrer(candidats[rang], **entetes)
        return Essai(candidats[rang], envoye, time.time(), reponse, marque)

    with ThreadPoolExecutor(FILS) as fils:
        return list(fils.map(un, range(len(candidats))))


def figer_les_ouvriers(site: Site, cloture: float) -> None:
    """All the workers stop just before the closing instant and come back after it: a queue straddles it."""
    ouvriers = site.ouvriers()
    time.sleep(max(0.0, cloture - 0.3 - time.time()))
    for ouvrier in ouvriers:
        os.kill(ouvrier, signal.SIGSTOP)
    time.sleep(max(0.0, cloture + 0.4 - time.time()))
    for ouvrier in ouvriers:
        os.kill(ouvrier, signal.SIGCONT)


@pytest.mark.passages("F23", "F25", "F26", "inscription.hors-periode", "L-31")
def test_four_processes_put_400_requests_on_the_side_of_the_closing_instant_where_they_arrived(
    monter: Callable[..., Site],
) -> None:
    # The host lives in another zone: only Paris shows, only UTC is stored.
    site = monter(REGISTRE_MANDATAIRES="127.0.0.1", TZ="Pacific/Noumea")
    candidats = site.preparer(NOMBRE)
    avant = brouillons(site.base)
    cloture = servir_jusqu_a_la_cloture(site)
    t = cloture.timestamp()
    gel = threading.Thread(target=figer_les_ouvriers, args=(site, t))
    gel.start()
    essais = envoyer(site, candidats, t)
    gel.join()
    site.arreter()

    acceptes = [e for e in essais if e.reponse.enregistree]
    refuses = [e for e in essais if e.reponse.statut == 403]
    assert len(acceptes) + len(refuses) == NOMBRE, {e.reponse.statut for e in essais}
    assert min(len(acceptes), len(refuses)) > NOMBRE // 8
    en_base = inscriptions(site.base)
    assert set(en_base) == {e.candidat.compte for e in acceptes}
    for essai in acceptes:
        accepte_du_bon_cote(essai, en_base[essai.candidat.compte], cloture)
    for essai in refuses:
        refuse_du_bon_cote(essai, cloture)
    # The queue was real: some were sent before the closing instant and answered after it.
    assert any(e.envoye < t < e.recu for e in acceptes if e.marque)

    assert violations(site.base) == []
    assert {len(i.versions) for i in en_base.values()} == {1}
    destinataires = [d for (d,) in lire(site.base, "SELECT destinataire FROM commun_courriel")]
    assert sorted(destinataires) == sorted(e.candidat.courriel for e in acceptes)
    assert brouillons(site.base) == avant


def accepte_du_bon_cote(essai: Essai, inscrite: Inscription, cloture: datetime) -> None:
    t, le = cloture.timestamp(), inscrite.enregistree_le
    assert le < cloture
    assert essai.envoye < t, "sent after the closing instant"
    assert instant(inscrite.versions[1]) == le
    if essai.marque:
        assert le == datetime.fromtimestamp(float(essai.marque[2:]), UTC)
    else:
        assert essai.envoye <= le.timestamp() <= essai.recu


def refuse_du_bon_cote(essai: Essai, cloture: datetime) -> None:
    """The page tells the arrival; it is after the closing instant, and between sending and answer."""
    assert essai.recu > cloture.timestamp(), "answered before the closing instant"
    dite = ARRIVEE.search(essai.reponse.page)
    assert dite, essai.reponse.page[:3000]
    jour, heure = int(dite[1]), tuple(map(int, dite.groups()[2:]))
    tot = essai.envoye if essai.marque else max(essai.envoye, cloture.timestamp())
    possibles = [datetime.fromtimestamp(s, PARIS) for s in range(int(tot), int(essai.recu) + 1)]
    assert (jour, heure) in {(p.day, (p.hour, p.minute, p.second)) for p in possibles}
    assert datetime.fromtimestamp(float(essai.marque[2:]), UTC) >= cloture if essai.marque else True
    assert "ce.bacpro@ac-clermont.fr" in essai.reponse.page
    assert "conservé dans votre brouillon" in essai.reponse.page
