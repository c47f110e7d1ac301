"""F3: workers, or everything at once, killed while candidates save and register. Nothing acknowledged is lost."""

from __future__ import annotations

import http.client
import os
import random
import re
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commun.puits import Puits, ouvrir
from tests.inscription.scenario import SAISIES
from tests.pannes.invariants import Inscription, brouillons, inscriptions, violations
from tests.pannes.site import CADRE, DELAI, Candidat, Reponse, Site, port_libre
from tests.pannes.test_reseau import SMTP, numero_montre

pytestmark = pytest.mark.sans_base

ARRETS = ("ouvrier", "ouvrier", "tout", "ouvrier", "ouvrier", "tout")
LANGUES = ("italien", "portugais", "")  # never twice the same: each round makes a version
VU = re.compile(r'name="vu" value="([0-9a-f]{64})"')


@dataclass
class Journal:
    """What one client knows: the acknowledged acts, and how many requests were cut."""

    candidat: Candidat
    numeros: set[str] = field(default_factory=set)
    version: int = 0
    langue: str = ""
    tours: int = 0
    coupees: int = 0


def obstine(journal: Journal, demande: Callable[[], Reponse]) -> Reponse:
    """Tries until there is an answer: a cut tells nothing, the same request is sent again."""
    fin = time.monotonic() + DELAI
    while time.monotonic() < fin:
        try:
            return demande()
        except (OSError, http.client.HTTPException):
            journal.coupees += 1
            time.sleep(0.05)
    raise AssertionError("no answer for two minutes")


def vivre(site: Site, candidat: Candidat, calme: threading.Event) -> Journal:
    """Registers, changes his mind, registers again, until the faults are over."""
    journal, vu = Journal(candidat), candidat.vu
    while True:
        reponse = obstine(journal, lambda vu=vu: site.enregistrer(candidat, vu))
        assert reponse.enregistree, (reponse.statut, reponse.suite)
        numero, journal.version = obstine_numero(journal, site)
        journal.numeros.add(numero)
        journal.tours += 1
        if calme.is_set():
            return journal
        journal.langue = LANGUES[journal.tours % 3 - 1]
        champs = SAISIES["epreuves"] | {"lvf": journal.langue, "action": "suivant"}
        gardee = obstine(
            journal, lambda champs=champs: site.demander("POST", f"{CADRE}etape/epreuves", candidat, champs)
        )
        assert gardee.statut == 302, gardee.page[:2000]
        recapitulatif = obstine(journal, lambda: site.demander("GET", f"{CADRE}etape/recapitulatif", candidat))
        vu = VU.search(recapitulatif.page)[1]


def obstine_numero(journal: Journal, site: Site) -> tuple[str, int]:
    lu: list[tuple[str, int]] = []

    def lire_la_page() -> Reponse:
        lu.append(numero_montre(site, journal.candidat))
        return Reponse(200, "", "")

    obstine(journal, lire_la_page)
    return lu[-1]


def nuire(site: Site, hasard: random.Random) -> None:
    for arret in ARRETS:
        time.sleep(hasard.uniform(0.2, 1.0))
        if arret == "ouvrier":
            os.kill(hasard.choice(site.ouvriers()), signal.SIGKILL)
        else:
            site.couper_le_courant()
            site.servir()


@pytest.mark.passages("F3", "F13")
def test_killing_processes_at_random_loses_no_acknowledged_save_and_doubles_nothing(
    monter: Callable[..., Site],
) -> None:
    graine = int.from_bytes(os.urandom(4))
    hasard = random.Random(graine)  # noqa: S311 - moments, not secrets
    port = port_libre()
    site = monter(**SMTP, REGISTRE_SMTP_PORT=str(port))
    candidats = site.preparer(30)
    site.servir()
    calme = threading.Event()
    with ThreadPoolExecutor(30) as fils:
        vies = [fils.submit(vivre, site, c, calme) for c in candidats]
        try:
            nuire(site, hasard)
        finally:
            calme.set()
    journaux = [v.result() for v in vies]
    site.arreter()

    assert sum(j.coupees for j in journaux) > 0, "no request was cut: nothing was tried"
    assert violations(site.base) == [], f"seed {graine}"
    en_base, tapes = inscriptions(site.base), brouillons(site.base)
    assert len(en_base) == 30
    for journal in journaux:
        inscrite = en_base[journal.candidat.compte]
        assert journal.numeros == {inscrite.numero}  # the same at each acknowledgement
        # One version a round: an act cut then tried again had its effect once.
        assert len(inscrite.versions) == journal.version == journal.tours
        assert tapes[journal.candidat.compte]["epreuves"]["lvf"] == journal.langue
    with ouvrir(Puits(port=port)) as puits:
        site.faire("manage.py", "envoyer_courriels", "--une-fois")
    recus = Counter(r.message["Message-ID"] for r in puits.recus)
    assert set(recus.values()) == {1}
    assert len(recus) == sum(j.tours for j in journaux)


AUCUNE = Inscription(0, "", datetime.min.replace(tzinfo=UTC), {})
DEGATS = {  # what the report must name, and the damage
    "dernière": "UPDATE inscription_candidature SET derniere_version = derniere_version + 1",
    "I4": "DELETE FROM inscription_reponseconsentement",
    "courriels": "DELETE FROM commun_courriel",
    "documents": "DELETE FROM documents_document",
    "journal": "DELETE FROM commun_evenement",
    "I12": """UPDATE inscription_versiondecandidature SET enregistree_le = '2020-01-01 00:00:00' WHERE numero = 2""",
    "I2": "UPDATE inscription_versiondecandidature SET empreinte = 'x'",
}


@pytest.mark.passages("F3")
def test_the_program_that_checks_the_invariants_sees_each_kind_of_damage(
    monter: Callable[..., Site], tmp_path: Path
) -> None:
    site = monter()
    (candidat,) = site.preparer(1)
    site.servir()
    calme = threading.Event()
    with ThreadPoolExecutor(1) as fils:
        vie = fils.submit(vivre, site, candidat, calme)
        while len(next(iter(inscriptions(site.base).values()), AUCUNE).versions) < 2 and not vie.done():
            time.sleep(0.05)
        calme.set()
        vie.result()
    site.arreter()
    assert violations(site.base) == []
    with closing(sqlite3.connect(site.base)) as connexion:
        connexion.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the copies below take the main file alone
    for attendu, degat in DEGATS.items():
        abimee = tmp_path / "abimee.sqlite3"
        shutil.copy(site.base, abimee)
        with closing(sqlite3.connect(abimee)) as connexion, connexion:
            connexion.execute("PRAGMA foreign_keys = OFF")
            connexion.execute(degat)
        assert any(attendu in v for v in violations(abimee)), attendu
