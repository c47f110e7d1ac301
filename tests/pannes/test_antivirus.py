"""S37: an antivirus that is silent, down, or back, and workers killed: no deposit waits, no file is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.justificatifs.clamd_de_test import Clamd
from tests.pannes.invariants import lire, violations
from tests.pannes.site import DELAI, DEPOTS, Candidat, Site
from tests.pannes.test_depots import inscrits, photo

ETATS = "SELECT analyse, COUNT(*) FROM justificatifs_fichierdepose GROUP BY analyse"
EMPREINTES = "SELECT empreinte FROM justificatifs_fichierdepose"
SOUS_BAIL = "SELECT COUNT(*) FROM justificatifs_fichierdepose WHERE analyse_reprise_le IS NOT NULL"
ANALYSER = ("manage.py", "analyser_fichiers")


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with Clamd() as ouvert:
        yield ouvert


@pytest.fixture
def site(monter: Callable[..., Site], clamd: Clamd) -> Site:
    return monter(REGISTRE_ANTIVIRUS=clamd.adresse)


def etats(site: Site) -> dict[str, int]:
    return dict(lire(site.base, ETATS))


def deposer_tous(site: Site, candidats: list[Candidat], cote: int = 300) -> list[float]:
    """Each deposits one photograph; gives the seconds that each deposit took."""
    durees = []
    for rang, candidat in enumerate(candidats):
        debut = time.monotonic()
        assert site.deposer(candidat, photo(rang, cote)).statut == 302
        durees.append(time.monotonic() - debut)
    return durees


def attendre(vrai: Callable[[], bool], quoi: str) -> None:
    fin = time.monotonic() + DELAI
    while not vrai():
        assert time.monotonic() < fin, quoi
        time.sleep(0.05)


def vieillir(site: Site, **champs: timedelta) -> None:
    """Moves instants of the waiting files into the past: the hour that the test does not wait."""
    with closing(sqlite3.connect(site.base, timeout=20)) as connexion, connexion:
        for champ, duree in champs.items():
            avant = str((datetime.now(UTC) - duree).replace(tzinfo=None))
            requete = f"UPDATE justificatifs_fichierdepose SET {champ} = ? WHERE {champ} IS NOT NULL"  # noqa: S608
            connexion.execute(f"{requete} AND analyse = 'en_attente'", [avant])


@pytest.mark.sans_base
@pytest.mark.passages("S37")
def test_a_silent_antivirus_delays_no_deposit_and_after_an_hour_down_the_queue_drains(
    site: Site, clamd: Clamd
) -> None:
    clamd.humeur = lambda _: "muet"
    candidats = inscrits(site, 6)
    en_route = site.lancer(*ANALYSER)
    try:
        durees = deposer_tous(site, candidats[:3])
        clamd.fermer()
        durees += deposer_tous(site, candidats[3:])
        for candidat in candidats:
            assert site.demander("GET", DEPOTS, candidat).statut == 200
    finally:
        en_route.kill()
        en_route.wait(DELAI)
    vieillir(site, analyse_depuis=timedelta(hours=1))
    etat = site.lancer(*ANALYSER, "--etat", stderr=subprocess.PIPE, text=True)
    _, dit = etat.communicate(timeout=DELAI)
    assert etat.returncode == 1
    assert "6 fichiers attendent" in dit
    assert "60\u00a0minutes" in dit
    assert max(durees) < 5  # an antivirus that never answers would have held them a minute
    assert etats(site) == {"en_attente": 6}

    vieillir(site, analyse_reprise_le=timedelta(minutes=10))
    with Clamd(port=clamd.port) as revenu:
        assert "6 sains" in site.faire(*ANALYSER, "--une-fois")
        assert "Aucun fichier" in site.faire(*ANALYSER, "--etat")
        assert {e for (e,) in lire(site.base, EMPREINTES)} <= set(revenu.vus)
    assert etats(site) == {"saine": 6}
    assert violations(site.base) == []


@pytest.mark.sans_base
@pytest.mark.passages("S37", "F17")
def test_a_worker_killed_in_the_middle_of_a_scan_loses_nothing_and_shows_nothing_early(
    site: Site, clamd: Clamd
) -> None:
    candidats = inscrits(site, 4)
    deposer_tous(site, candidats)
    vus = iter(range(100))
    ouvriers: list[subprocess.Popen[bytes]] = []

    def tuer_au_quatrieme() -> None:
        """The second object of the second file: its worker dies before the answer."""
        if next(vus) == 3:
            os.kill(ouvriers[0].pid, signal.SIGKILL)
            ouvriers[0].wait(DELAI)

    clamd.apres_lecture = tuer_au_quatrieme
    clamd.delai = 0.05
    ouvriers.append(site.lancer(*ANALYSER))
    attendre(lambda: ouvriers[0].poll() is not None, "the worker is still there")
    assert ouvriers[0].returncode == -signal.SIGKILL
    assert etats(site) == {"saine": 1, "en_attente": 3}
    assert "2 sains" in site.faire(*ANALYSER, "--une-fois")  # the third is under the lease of the dead
    assert etats(site) == {"saine": 3, "en_attente": 1}
    vieillir(site, analyse_reprise_le=timedelta(seconds=1))
    assert "1 sains" in site.faire(*ANALYSER, "--une-fois")
    assert etats(site) == {"saine": 4}


@pytest.mark.sans_base
@pytest.mark.passages("S37")
def test_three_workers_at_once_scan_each_file_once_and_forget_none(site: Site, clamd: Clamd) -> None:
    candidats = inscrits(site, 8)
    clamd.virus = photo(3, 300)[-40:]
    deposer_tous(site, candidats)
    clamd.delai = 0.1
    with ThreadPoolExecutor(3) as fils:
        sorties = list(fils.map(lambda _: site.faire(*ANALYSER, "--une-fois"), range(3)))
    assert etats(site) == {"saine": 7, "infectee": 1}
    assert {clamd.vus[e] for (e,) in lire(site.base, EMPREINTES)} == {1}
    assert sum("sains" in s for s in sorties) >= 2  # the work was shared
    assert lire(site.base, "SELECT COUNT(*) FROM commun_evenement WHERE acte = 'fichier_rejete'") == [(1,)]
    rejetes = [c for c in candidats if "rejeté par le contrôle" in site.demander("GET", DEPOTS, c).page]
    assert rejetes == [candidats[3]]


@pytest.mark.sans_base
def test_a_worker_asked_to_stop_finishes_its_file_and_leaves_cleanly(site: Site, clamd: Clamd) -> None:
    deposer_tous(site, inscrits(site, 3))
    clamd.delai = 0.2
    ouvrier = site.lancer(*ANALYSER)
    attendre(lambda: sum(clamd.vus.values()) >= 1, "nothing is scanned")
    ouvrier.terminate()
    assert ouvrier.wait(DELAI) == 0
    assert lire(
        site.base, "SELECT COUNT(*) FROM justificatifs_fichierdepose WHERE analyse_reprise_le IS NOT NULL"
    ) == [(0,)]
    assert etats(site)["saine"] >= 1
