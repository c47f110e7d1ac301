"""``python -m bench.enumeration`` : can a stopwatch tell whether an address has an account (S9, H4)? What does a
login cost (S6)?

Runs a real server on loopback, in demo mode (same floor of duration as production). For login, reset and sign-up,
sends 200 interleaved pairs (an address with an account, one without, in random order), one request at a time.
Prints, for each page, both medians, their difference (bar: 5 ms) and the Mann-Whitney p-value (bar: > 0.01). An
honest run misses the last one a time in a hundred: this is a measure, not a test. ``BENCH_PAIRES`` changes the
number of pairs. Takes about five minutes, since two of the three pages answer after a floor of 0.25 s.

Then prints what one argon2id hash costs, and by how much 50 logins at once swell the server.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["REGISTRE_MODE"] = "test"

import django

django.setup()

from registre.comptes.hachage import Argon2id  # noqa: E402
from tests.inscription.scenario import MOT_DE_PASSE  # noqa: E402
from tests.pannes.site import CSRF, Candidat, Reponse, Site  # noqa: E402

PAIRES = int(os.environ.get("BENCH_PAIRES", "200"))
CONNEXIONS = 50
FAUX = "Mauvais*Secret.77"
_rang = count(1)


def poster(site: Site, chemin: str, champs: dict[str, Any]) -> Reponse:
    """From a network of its own each time: the brake on networks is not what is measured."""
    rang = next(_rang)
    entetes = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={CSRF}",
        "X-Forwarded-For": f"10.{rang >> 16 & 255}.{rang >> 8 & 255}.{rang & 255}",
    }
    return site.demander("POST", chemin, None, champs, **entetes)


def connexion(site: Site, adresse: str, mot_de_passe: str = FAUX) -> Reponse:
    return poster(site, "/compte/connexion/", {"courriel": adresse, "mot_de_passe": mot_de_passe})


def creation(site: Site, adresse: str) -> Reponse:
    champs = {
        "civilite": "madame",
        "nom": "Vidal",
        "prenoms": "Lou",
        "date_de_naissance": "14/03/1990",
        "pays_de_naissance": "FR",
        "courriel": adresse,
        "mot_de_passe": FAUX,
    }
    confirmes = ("nom", "date_de_naissance", "courriel", "mot_de_passe")
    confirmations = {f"confirmation_{nom}": champs[nom] for nom in confirmes}
    return poster(site, "/compte/creation/", champs | confirmations)


def oubli(site: Site, adresse: str) -> Reponse:
    return poster(site, "/compte/mot-de-passe/oublie/", {"courriel": adresse})


# Sign-up last: it gives an account to the unknown addresses.
PAGES = {"connexion refusée": (connexion, 200), "mot de passe oublié": (oubli, 302), "création": (creation, 302)}


def mesurer(site: Site, page: str, connues: list[str]) -> dict[str, list[float]]:
    acte, attendu = PAGES[page]
    temps: dict[str, list[float]] = {"connue": [], "inconnue": []}
    for rang in range(-5, PAIRES):  # five pairs to warm up
        paire = [("connue", connues[rang]), ("inconnue", f"personne{rang + 5}@demo.example")]
        random.shuffle(paire)
        for sorte, adresse in paire:
            debut = time.perf_counter()
            reponse = acte(site, adresse)
            duree = time.perf_counter() - debut
            if reponse.statut != attendu:
                sys.exit(f"{page} : {reponse.statut} pour une adresse {sorte}")
            if rang >= 0:
                temps[sorte].append(duree)
    return temps


def mann_whitney(a: list[float], b: list[float]) -> float:
    """Two-sided p-value, by the normal approximation (right from about 20 values a side)."""
    rangs = {valeur: rang for rang, valeur in enumerate(sorted(a + b), 1)}
    u = sum(rangs[valeur] for valeur in a) - len(a) * (len(a) + 1) / 2
    ecart = (len(a) * len(b) * (len(a) + len(b) + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(u - len(a) * len(b) / 2) / ecart))


def cout_d_un_hachage() -> float:
    """Milliseconds of processor, median of twenty."""
    hachage, temps = Argon2id(), []
    for _ in range(20):
        debut = time.process_time()
        hachage.encode(MOT_DE_PASSE, hachage.salt())
        temps.append((time.process_time() - debut) * 1000)
    return statistics.median(temps)


def memoire(pids: list[int]) -> int:
    """Resident memory of these processes, in bytes."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE")


def connexions_a_la_fois(site: Site, candidats: list[Candidat]) -> tuple[float, float]:
    """Peak growth in MB while they all log in at once, and how long they took, in seconds."""
    pids = [site.processus.pid, *site.ouvriers()]
    avant = memoire(pids)
    pic, fini = [avant], threading.Event()

    def regarder() -> None:
        while not fini.wait(0.01):
            pic[0] = max(pic[0], memoire(pids))

    veilleur = threading.Thread(target=regarder)
    veilleur.start()
    debut = time.perf_counter()
    try:
        with ThreadPoolExecutor(CONNEXIONS) as fils:
            statuts = set(fils.map(lambda c: connexion(site, c.courriel, MOT_DE_PASSE).statut, candidats))
    finally:
        fini.set()
        veilleur.join()
    if statuts != {302}:
        sys.exit(f"connexions : {statuts}")
    return (pic[0] - avant) / 1e6, time.perf_counter() - debut


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="registre-bench-") as dossier:
        site = Site(Path(dossier), {"REGISTRE_MODE": "demo", "REGISTRE_MANDATAIRES": "127.0.0.1"})
        try:
            # The last fifty only log in, with their own password.
            candidats = site.preparer(PAIRES + 5 + CONNEXIONS)
            site.servir()
            connues = [c.courriel for c in candidats[:-CONNEXIONS]]
            print(f"{PAIRES} paires entrelacées ; médianes en millisecondes.\n")
            print("| page | adresse connue | inconnue | écart (5 au plus) | p (plus de 0,01) |")
            print("| --- | --- | --- | --- | --- |")
            for page in PAGES:
                temps = mesurer(site, page, connues)
                connue, inconnue = (statistics.median(t) * 1000 for t in temps.values())
                p = mann_whitney(*temps.values())
                print(f"| {page} | {connue:.1f} | {inconnue:.1f} | {connue - inconnue:+.1f} | {p:.3f} |", flush=True)
            croissance, duree = connexions_a_la_fois(site, candidats[-CONNEXIONS:])
        finally:
            site.arreter()
    print(f"\nUn hachage argon2id : {cout_d_un_hachage():.0f} ms de processeur (40 au plus).")
    print(f"{CONNEXIONS} connexions à la fois : {duree:.1f} s, +{croissance:.0f} Mo au plus haut (400 au plus).")


if __name__ == "__main__":
    main()
