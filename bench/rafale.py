"""``python -m bench.rafale [--depots 60] [--clients 8]`` : les pages des autres pendant une rafale de dépôts.

A real gunicorn on loopback. Readers open pages of their own without a stop: first while nothing else happens, then
while candidates deposit, then quiet again. Pages are compared with the quiet pages of the same run, before and after.
The generator shares the two cores with the server.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from bench.pieces import photo, scan
from tests.pannes.site import CADRE, DEPOTS, Candidat, Site

PIECES = ("identite", "domicile", "certificats-travail")
PAUSE = 0.05  # seconds between two pages of one reader
LECTEURS = 2
CALME = 15  # seconds of each quiet part
FIN = 120  # seconds after which no other deposit begins
REPRISE = 2  # seconds before a candidate who was told that the service is busy sends again


@dataclass
class Lectures:
    """Times of the pages, in seconds, and what was not a page."""

    temps: list[float] = field(default_factory=list)
    erreurs: Counter[str] = field(default_factory=Counter)


@dataclass
class Depots:
    """Times of the deposits that were kept; ``occupes``: sent again after « réessayez »."""

    temps: list[float] = field(default_factory=list)
    occupes: int = 0
    erreurs: Counter[str] = field(default_factory=Counter)


def lire(site: Site, lecteur: Candidat, fini: threading.Event, lectures: Lectures) -> None:
    while not fini.is_set():
        for chemin in (CADRE, DEPOTS):
            debut = time.perf_counter()
            try:
                statut = site.demander("GET", chemin, lecteur).statut
            except (OSError, http.client.HTTPException) as erreur:
                lectures.erreurs[type(erreur).__name__] += 1
            else:
                lectures.temps.append(time.perf_counter() - debut)
                if statut != 200:
                    lectures.erreurs[str(statut)] += 1
            fini.wait(PAUSE)


def deposer(
    site: Site, candidat: Candidat, fichier: tuple[str, bytes], piece: str, depots: Depots, fin: float
) -> None:
    """One file, sent until it is kept, as a candidate would."""
    while time.monotonic() < fin:
        debut = time.perf_counter()
        try:
            reponse = site.deposer_ensemble(candidat, [fichier], piece)
        except (OSError, http.client.HTTPException) as erreur:
            depots.erreurs[type(erreur).__name__] += 1
            return
        if reponse.statut == 302:
            depots.temps.append(time.perf_counter() - debut)
            return
        codes = _codes(reponse.page, piece) if reponse.statut == 200 else [str(reponse.statut)]
        if codes != ["service_occupe"]:
            depots.erreurs.update(codes)
            return
        depots.occupes += 1
        time.sleep(REPRISE)
    depots.erreurs["trop tard"] += 1


def _codes(page: str, piece: str) -> list[str]:
    """The refusals written next to the field."""
    bloc = re.search(rf'id="depot-{piece}-fichier_error".*?</div>', page, re.DOTALL)
    return re.findall(r'data-code="(\w+)"', bloc[0]) if bloc else ["page sans refus"]


def rafale(site: Site, candidats: list[Candidat], nombre: int) -> tuple[Depots, float]:
    """``nombre`` deposits, a photograph and a scan by turns; each candidate sends his one after the other."""
    modeles = (("photo.jpg", photo(0)), ("scan.pdf", scan(0)))
    depots, rangs, fin = Depots(), count(), time.monotonic() + FIN

    def envoyer(candidat: Candidat) -> None:
        while (rang := next(rangs)) < nombre and time.monotonic() < fin:
            nom, octets = modeles[rang % 2]
            fichier = (nom, octets + b"%%%d\n" % rang)  # another file, whose trailer is thrown away
            deposer(site, candidat, fichier, PIECES[rang // 2 % len(PIECES)], depots, fin)

    debut = time.perf_counter()
    with ThreadPoolExecutor(len(candidats)) as fils:
        for tache in [fils.submit(envoyer, candidat) for candidat in candidats]:
            tache.result()
    return depots, time.perf_counter() - debut


def dire(nom: str, temps: list[float]) -> tuple[float, float]:
    """Prints and returns the median and the 95th percentile."""
    milieu, haut = median(temps), quantiles(temps, n=20)[-1]
    print(f"  {nom:<20} {len(temps):>5}   médiane {milieu * 1000:>6.0f} ms   p95 {haut * 1000:>6.0f} ms   "
          f"au plus {max(temps) * 1000:>6.0f} ms")  # fmt: skip
    return milieu, haut


def mesurer(site: Site, choix: argparse.Namespace) -> None:
    tous = site.preparer(choix.clients + LECTEURS)
    site.servir(choix.ouvriers, choix.fils)
    for candidat in tous:
        if not site.enregistrer(candidat).enregistree:
            raise SystemExit("Un candidat n’a pas pu s’inscrire.")
    lecteurs, candidats = tous[:LECTEURS], tous[LECTEURS:]
    parties: dict[str, Lectures] = {}
    for partie in ("avant, au calme", "pendant la rafale", "après, au calme"):
        fini, lectures = threading.Event(), Lectures()
        parties[partie] = lectures
        with ThreadPoolExecutor(LECTEURS) as fils:
            taches = [fils.submit(lire, site, lecteur, fini, lectures) for lecteur in lecteurs]
            try:
                if partie.startswith("pendant"):
                    depots, duree = rafale(site, candidats, choix.depots)
                else:
                    time.sleep(CALME)
            finally:
                fini.set()
            for tache in taches:
                tache.result()

    charge = " ".join(f"{c:.1f}" for c in os.getloadavg())
    print(f"{choix.clients} candidats, {choix.ouvriers} processus × {choix.fils} fils, charge de la machine {charge}")
    print(f"Pages de {LECTEURS} autres candidats :")
    mesures = {partie: dire(partie, lectures.temps) for partie, lectures in parties.items()}
    calme = [t for partie, lectures in parties.items() if "calme" in partie for t in lectures.temps]
    milieu, haut = median(calme), quantiles(calme, n=20)[-1]
    pendant = mesures["pendant la rafale"]
    print(f"  rapport de la rafale au calme : médiane {pendant[0] / milieu:.1f}, p95 {pendant[1] / haut:.1f}")
    print("Dépôts :")
    dire("gardés", depots.temps)
    print(f"  {len(depots.temps)} en {duree:.0f} s : {len(depots.temps) / duree:.1f} par seconde ; "
          f"{depots.occupes} fois « réessayez »")  # fmt: skip
    erreurs = depots.erreurs + sum((v.erreurs for v in parties.values()), Counter())
    print(f"Erreurs : {dict(erreurs) or 'aucune'}")


def main() -> None:
    lecteur = argparse.ArgumentParser(prog="bench.rafale")
    lecteur.add_argument("--depots", type=int, default=60)
    lecteur.add_argument("--clients", type=int, default=8)
    lecteur.add_argument("--ouvriers", type=int, default=2)
    lecteur.add_argument("--fils", type=int, default=16)
    choix = lecteur.parse_args()
    with tempfile.TemporaryDirectory(prefix="registre-bench-") as dossier:
        site = Site(Path(dossier), {"REGISTRE_COFFRE_OPTIONS": f'{{"location": "{dossier}/fichiers"}}'})
        try:
            mesurer(site, choix)
        finally:
            site.arreter()


if __name__ == "__main__":
    main()
