"""S31, F14, F15, F17, F18: deposits at real servers under faults: a broken vault, killed workers, slow clients."""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import re
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from registre.regles.fichiers import refus_de_fichier
from tests.pannes.invariants import lire, violations
from tests.pannes.site import CADRE, DELAI, DEPOTS, Candidat, Site, adresse_de_depot
from tests.pannes.stockage import PANNES, ordonner

OBJETS = 3  # of a photograph: as sent, the copy, the page
FICHIERS = """SELECT p.cle, f.original, f.copie, f.pages, f.empreinte FROM justificatifs_fichierdepose f
              JOIN justificatifs_piecejustificative p ON p.id = f.piece_id"""


def photo(graine: int, cote: int = 1200) -> bytes:
    """A photograph that does not compress: about a megabyte at its usual size."""
    bruit = Image.frombytes("RGB", (cote, cote), random.Random(graine).randbytes(3 * cote * cote))  # noqa: S311
    sortie = io.BytesIO()
    bruit.save(sortie, "JPEG", quality=80)
    return sortie.getvalue()


def inscrits(site: Site, nombre: int, **service: int) -> list[Candidat]:
    """Candidates registered at a served site."""
    candidats = site.preparer(nombre)
    site.servir(**service)
    for candidat in candidats:
        assert site.enregistrer(candidat).enregistree
    return candidats


def objets(site: Site) -> set[str]:
    racine = site.dossier / "fichiers"
    return {str(c.relative_to(racine)) for c in racine.rglob("*") if c.is_file()}


def nommes(site: Site) -> list[set[str]]:
    """The keys of each file that the database holds."""
    return [{o, c, *(p["cle"] for p in json.loads(pages))} for _, o, c, pages, _ in lire(site.base, FICHIERS)]


def montre(site: Site, candidat: Candidat) -> int:
    """How many files the candidate sees."""
    page = site.demander("GET", DEPOTS, candidat)
    assert page.statut == 200
    return len(re.findall("<code>[0-9a-f]{64}</code>", page.page))


def provisoires(site: Site) -> list[Path]:
    return list(Path(site.environnement["TMPDIR"]).iterdir())


def vieillir(site: Site) -> None:
    hier = time.time() - 25 * 3600
    for cle in objets(site):
        os.utime(site.dossier / "fichiers" / cle, (hier, hier))


# --- F14: the vault fails ---------------------------------------------------------------------------------------


@pytest.mark.sans_base
@pytest.mark.passages("F14", "F19")
def test_when_the_vault_fails_the_candidate_is_told_nothing_is_kept_and_a_retry_works(site: Site) -> None:
    (candidat, autre) = inscrits(site, 2)
    dit = refus_de_fichier("stockage_en_panne").message
    for rang, panne in enumerate([*PANNES, "plein", "dossier"]):
        octets = photo(rang, 300)
        avant = objets(site)
        dossier, ailleurs = site.dossier / "fichiers", site.dossier / "ailleurs"
        if panne == "dossier":  # the disk is gone: something else is in its place
            dossier.rename(ailleurs)
            dossier.write_text("")
        else:
            ordonner(site.dossier, panne)
        refusee = site.deposer(candidat, octets)
        assert refusee.statut == 200, panne
        assert dit in refusee.page, panne
        assert len(nommes(site)) == rang, panne  # no row
        for chemin, qui in ((CADRE, autre), (DEPOTS, candidat), ("/", None), ("/sante/", None)):
            assert site.demander("GET", chemin, qui).statut in (200, 302), (panne, chemin)
        if panne == "dossier":
            dossier.unlink()
            ailleurs.rename(dossier)
        else:
            ordonner(site.dossier, "")
        restes = objets(site) - avant
        # A disk that refuses everything refuses to erase too; one that is full does not.
        assert not restes or panne != "plein", panne
        assert site.deposer(candidat, octets).statut == 302, panne
        assert montre(site, candidat) == rang + 1, panne
    assert violations(site.base) == []
    vieillir(site)
    site.faire("manage.py", "ranger_coffre")
    assert objets(site) == set().union(*nommes(site))
    site.faire("manage.py", "verifier_coffre")


@pytest.mark.sans_base
@pytest.mark.passages("F14")
def test_a_slow_vault_holds_up_the_deposit_alone(site: Site) -> None:
    lent, presse, nouveau = site.preparer(3)
    site.servir()
    for candidat in (lent, presse):
        assert site.enregistrer(candidat).enregistree
    ordonner(site.dossier, "lent 2")
    with ThreadPoolExecutor(1) as fil:
        depot = fil.submit(site.deposer, lent, photo(1, 300))
        time.sleep(1.5)
        durees = []
        while not depot.done():
            debut = time.monotonic()
            assert site.demander("GET", CADRE, presse).statut == 200
            if not durees:
                assert site.enregistrer(nouveau).enregistree  # the database is not held meanwhile
            durees.append(time.monotonic() - debut)
    assert depot.result().statut == 302
    assert len(durees) > 1, "the deposit was not slow: nothing was tried"
    assert max(durees) < 2
    assert len(nommes(site)) == 1


# --- F17: kill -9 -----------------------------------------------------------------------------------------------


def tuer_les_ouvriers(site: Site) -> list[int]:
    """SIGKILL to each worker; the master makes others. Returns the processes that the workers had started."""
    enfants = []
    for ouvrier in site.ouvriers():
        for fil in Path(f"/proc/{ouvrier}/task").iterdir():
            enfants += [int(n) for n in (fil / "children").read_text().split()]
        os.kill(ouvrier, signal.SIGKILL)
    return enfants


def attendre_la_fin(processus: Iterable[int]) -> None:
    """Orphans end alone."""
    fin = time.monotonic() + 40
    while any(Path(f"/proc/{p}").exists() for p in processus):
        assert time.monotonic() < fin, "a workshop goes on without its parent"
        time.sleep(0.1)


def obstine(site: Site, candidat: Candidat, octets: bytes) -> None:
    """The candidate sends again until he has an answer."""
    fin = time.monotonic() + DELAI
    while time.monotonic() < fin:
        try:
            reponse = site.deposer(candidat, octets)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            assert reponse.statut == 302, reponse.page[:3000]
            return
    raise AssertionError("no answer for two minutes")


def entiers(site: Site) -> None:
    """Every file that the database names is whole, and the site shows each candidate at most one."""
    presents = objets(site)
    for cles in nommes(site):
        assert len(cles) == OBJETS
        assert cles <= presents
    site.faire("manage.py", "verifier_coffre")
    assert violations(site.base) == []
    assert provisoires(site) == []


@pytest.mark.sans_base
@pytest.mark.passages("F15", "F17")
def test_workers_killed_at_any_moment_of_an_upload_leave_no_half_piece_and_a_retry_works(site: Site) -> None:
    candidats = inscrits(site, 10)
    octets = photo(0)
    assert len(octets) > 900_000
    # 0, 50, 99 % of the body, its last byte missing; then all of it, killed while the file is treated and put away.
    parts = [0.0, 0.5, 0.99, None, 0.0, 0.05, 0.2, 0.4, 0.7, 1.0]
    for rang, (candidat, part) in enumerate(zip(candidats, parts, strict=True)):
        requete, debut = site.octets_de_depot(candidat, octets)
        longueur = len(requete) if rang > 3 else len(requete) - 1
        if rang < 3:
            longueur = debut + int((len(requete) - debut) * part)
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as prise:
            prise.sendall(requete[:longueur])
            time.sleep(part if rang > 3 else 0.2)
            enfants = tuer_les_ouvriers(site)
        deposees = len(nommes(site))
        assert deposees in ((rang,) if rang <= 3 else (rang, rang + 1)), part  # never without the whole body
        obstine(site, candidat, octets)
        assert montre(site, candidat) == 1
        assert site.demander("GET", CADRE, candidat).statut == 200
        attendre_la_fin(enfants)
    entiers(site)
    assert len(nommes(site)) == 10
    vieillir(site)
    site.faire("manage.py", "ranger_coffre")
    assert objets(site) == set().union(*nommes(site))


@pytest.mark.sans_base
@pytest.mark.passages("F15", "F17")
def test_a_worker_killed_between_any_two_objects_leaves_orphans_that_the_reaper_takes(site: Site) -> None:
    candidats = inscrits(site, OBJETS + 1)
    ordres = [f"tuer {n}" for n in range(1, OBJETS + 1)] + [f"tuer-apres {OBJETS}"]  # the last: before the row
    for rang, (candidat, ordre) in enumerate(zip(candidats, ordres, strict=True)):
        octets = photo(rang, 300)
        ordonner(site.dossier, ordre)
        with pytest.raises((OSError, http.client.HTTPException)):
            site.deposer(candidat, octets)
        ordonner(site.dossier, "")
        assert len(nommes(site)) == rang
        obstine(site, candidat, octets)
        assert montre(site, candidat) == 1
    entiers(site)
    orphelins = objets(site) - set().union(*nommes(site))
    assert len(orphelins) == 0 + 1 + 2 + 3
    assert "0 objets effacés" in site.faire("manage.py", "ranger_coffre")  # too young: they might be in flight
    vieillir(site)
    assert "6 objets effacés, 12 gardés" in site.faire("manage.py", "ranger_coffre")
    assert objets(site) == set().union(*nommes(site))
    entiers(site)


@pytest.mark.sans_base
@pytest.mark.passages("F17", "F18")
def test_a_client_that_vanishes_leaves_nothing_and_frees_its_thread(site: Site) -> None:
    (candidat,) = inscrits(site, 1, ouvriers=1, fils=4)
    octets = photo(0)
    for part in (0.1, 0.5, 0.9, 0.99, 0.9999, 0.99999):
        requete, debut = site.octets_de_depot(candidat, octets)
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as prise:
            prise.sendall(requete[: debut + int((len(requete) - debut) * part)])
            if part > 0.99:  # a clean end, half a body: the server could take it for a whole one
                prise.shutdown(socket.SHUT_WR)
                assert b" 400 " in prise.recv(65_536).split(b"\r\n")[0]
    debut_de_la_page = time.monotonic()
    assert montre(site, candidat) == 0
    assert time.monotonic() - debut_de_la_page < 3
    assert (nommes(site), objets(site), provisoires(site)) == ([], set(), [])
    assert site.deposer(candidat, octets).statut == 302
    assert montre(site, candidat) == 1


# --- S31: the door ----------------------------------------------------------------------------------------------


def zeros(octets: int) -> Iterator[bytes]:
    while octets > 0:
        yield b"0" * min(65_536, octets)
        octets -= 65_536


def parler(site: Site, entetes: str, morceaux: Iterable[bytes], attente: float = 0.0, chemin: str = "") -> tuple:
    """Sends a body as told; returns the status, the title and how long it took."""
    debut = time.monotonic()
    recu = b""
    tete = f"POST {chemin or adresse_de_depot('identite')} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as prise:
        prise.sendall(f"{tete}Content-Type: multipart/form-data; boundary=x\r\n{entetes}\r\n\r\n".encode())
        prise.settimeout(attente or 20)
        try:
            for morceau in morceaux:
                prise.sendall(morceau)
                if attente:
                    try:
                        recu = prise.recv(65_536)
                    except TimeoutError:
                        continue
                    break
        except (ConnectionResetError, BrokenPipeError):
            pass  # cut at the door: the answer is already here
        prise.settimeout(20)
        try:
            while morceau := prise.recv(65_536):
                recu += morceau
        except ConnectionResetError:
            pass
    page = recu.decode(errors="replace")
    titre = page.partition("<h1>")[2].partition("</h1>")[0]
    return int(page[9:12] or 0), titre, time.monotonic() - debut


@pytest.mark.sans_base
@pytest.mark.passages("S31", "F18")
def test_heavy_endless_lying_and_slow_bodies_cost_no_worker(site: Site) -> None:
    site.preparer(0)
    site.servir(ouvriers=1, fils=4)
    [ouvrier] = site.ouvriers()
    mo = 2**20
    for taille in (30, 60, 200):
        statut, titre, duree = parler(site, f"Content-Length: {taille * mo}", zeros(taille * mo))
        assert (statut, titre) == (413, "Envoi trop lourd"), taille
        assert duree < 10
    statut, _, duree = parler(site, f"Content-Length: {200 * mo}", zeros(200 * mo), chemin="/compte/connexion/")
    assert (statut, duree < 5) == (413, True)
    sans_fin = (b"10000\r\n" + b"0" * 65_536 + b"\r\n" for _ in repeat(None))
    statut, _, duree = parler(site, "Transfer-Encoding: chunked", sans_fin)
    assert (statut in (400, 403, 411), duree < 8) == (True, True)
    # Twice as many slow clients as threads: each is let go after the delay (3 s here), and the site answers again.
    lents: list[tuple[str, Iterable[bytes], float]] = [
        (f"Content-Length: {mo}", [b"0" * 100], 0.0),  # announces more than it sends
        (f"Content-Length: {mo}", repeat(b"0"), 0.5),  # two bytes a second
        (f"Content-Length: {20 * mo}", repeat(b"0" * 5_000), 0.1),  # 50 kB/s
        (f"Content-Length: {30 * mo}", [b"0"], 0.0),  # refused, and sends nothing to throw away
    ] * 2
    with ThreadPoolExecutor(len(lents)) as fils:
        attendus = [fils.submit(parler, site, *lent) for lent in lents]
        time.sleep(0.5)
        debut = time.monotonic()
        assert site.demander("GET", "/sante/").statut == 200
        assert time.monotonic() - debut < 20
        fins = [a.result() for a in attendus]
    assert {statut for statut, _, _ in fins} <= {400, 413}, fins
    assert max(duree for _, _, duree in fins) < 20
    assert fins[0][1] == "Envoi interrompu"
    assert site.ouvriers() == [ouvrier], "the worker that took them is alive"
    debut = time.monotonic()
    assert site.demander("GET", "/sante/").statut == 200
    assert time.monotonic() - debut < 1
    for ligne in Path(f"/proc/{ouvrier}/status").read_text().splitlines():
        if ligne.startswith("VmHWM"):
            assert int(ligne.split()[1]) < 300_000, "kB: refused bodies are not kept"
    assert provisoires(site) == []


@pytest.mark.navigateur
@pytest.mark.passages("S31", "L-29")
def test_a_real_browser_shows_the_refusal_of_a_body_too_heavy(site: Site, page: Page, tmp_path: Path) -> None:
    (candidat,) = inscrits(site, 1)
    gros = tmp_path / "gros.pdf"
    page.context.add_cookies(
        [{"name": "sessionid", "value": candidat.session, "url": f"http://127.0.0.1:{site.port}"}]
    )
    for mo, attendu in ((6, "Mes justificatifs"), (30, "Envoi trop lourd"), (100, "Envoi trop lourd")):
        with gros.open("wb") as fichier:
            fichier.truncate(mo * 2**20)
        page.goto(f"http://127.0.0.1:{site.port}{DEPOTS}")
        formulaire = page.locator(f"form[action='{adresse_de_depot('identite')}']").first
        formulaire.locator("input[type=file]").set_input_files(gros)
        with page.expect_navigation():
            formulaire.evaluate("f => HTMLFormElement.prototype.submit.call(f)")
        assert page.locator("h1").inner_text() == attendu, mo
        if mo == 6:
            assert "6\u00a0Mo" in page.locator("main").inner_text()
    assert nommes(site) == []
