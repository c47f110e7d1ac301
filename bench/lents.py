"""``python -m bench.lents [--lents 200] [--secondes 60]`` : les pages des autres pendant des envois lents (F18, L7).

Two hundred clients send a photograph at 50 kB/s; some vanish in the middle. The same readers open pages of their own:
first while nothing happens, then meanwhile. The server is the documented one. It is tried behind nginx, with the very
configuration that ``docs/exploitation.md`` gives, then alone; without nginx on the machine, only alone. An upload of
4,9 MB outlasts the measure: what is measured is slow clients, not the treatment of what they send (that is
``bench.rafale``). All on loopback; the generator shares the cores with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from bench.pieces import photo
from bench.rafale import LECTEURS, Lectures, dire, lire
from tests.justificatifs.scenario import jpeg
from tests.pannes.invariants import instant
from tests.pannes.invariants import lire as lire_la_base
from tests.pannes.site import Candidat, Site, port_libre

DOCUMENTATION = Path(__file__).resolve().parents[1] / "docs/exploitation.md"
DEBIT = 50_000  # bytes a second
MORCEAU = 0.1  # seconds between two pieces
ATTENTE_DE_PAGE = 20  # seconds after which a reader gives up
PARTIS = 0.2  # of the slow clients vanish in the middle


def configuration(dossier: Path, port: int, serveur: int) -> Path:
    """The configuration of the documentation, its folders and ports replaced by ours."""
    blocs = re.findall(r"```nginx\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)
    if len(blocs) != 1:
        raise SystemExit("docs/exploitation.md ne donne pas une configuration de nginx.")
    http_seul = (
        blocs[0]
        .replace("127.0.0.1:8000", f"127.0.0.1:{serveur}")
        .replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
        .replace("server_name registre.ac-exemple.fr;", "server_name 127.0.0.1;")
        .replace("/var/lib/registre/envois", str(dossier / "envois"))
        .replace("/var/log/nginx/registre.log", str(dossier / "acces.log"))
    )
    # All our clients come from one address; no certificate on loopback.
    http_seul = re.sub(r"\n *ssl_[^\n]*", "", http_seul)
    http_seul = re.sub(r"limit_conn (\w+) \d+;", r"limit_conn \1 1000;", http_seul)
    fichier = dossier / "nginx.conf"
    dossiers = "\n".join(f"{n}_temp_path {dossier}/{n};" for n in ("proxy", "fastcgi", "uwsgi", "scgi"))
    fichier.write_text(
        f"pid {dossier}/nginx.pid;\nerror_log {dossier}/erreurs.log;\nworker_processes 2;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\n{dossiers}\n{http_seul}\n}}\n"
    )
    return fichier


@dataclass
class Envois:
    """What became of the slow uploads."""

    fins: Counter[str] = field(default_factory=Counter)
    octets: int = 0


async def envoyer_lentement(port: int, requete: bytes, part: float, fin: float, envois: Envois) -> None:
    """Sends at ``DEBIT``, up to ``part`` of it; then reads the answer, or vanishes."""
    try:
        lecture, ecriture = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        envois.fins["connexion refusée"] += 1
        return
    pas = int(DEBIT * MORCEAU)
    try:
        for debut in range(0, int(len(requete) * part), pas):
            if time.monotonic() > fin:
                envois.fins["encore en cours à la fin de la mesure"] += 1
                return
            ecriture.write(requete[debut : debut + pas])
            await ecriture.drain()
            envois.octets += pas
            await asyncio.sleep(MORCEAU)
        if part < 1:
            envois.fins["parti au milieu"] += 1
            return
        reponse = await asyncio.wait_for(lecture.read(64), max(1, fin - time.monotonic()))
        envois.fins[reponse[9:12].decode() or "coupé"] += 1
    except (OSError, TimeoutError):
        envois.fins["coupé ou sans réponse"] += 1
    finally:
        ecriture.close()


def envoyer_tous(port: int, requetes: list[bytes], duree: float) -> Envois:
    envois, fin = Envois(), time.monotonic() + duree
    hasard = random.Random(0)  # noqa: S311 - who vanishes, not a secret

    async def tous() -> None:
        parts = [hasard.uniform(0.1, 0.4) if hasard.random() < PARTIS else 1.0 for _ in requetes]
        await asyncio.gather(
            *(envoyer_lentement(port, r, p, fin, envois) for r, p in zip(requetes, parts, strict=True))
        )

    asyncio.run(tous())
    return envois


def impatient(site: Site) -> None:
    """Readers do not wait two minutes for a page."""
    import tests.pannes.site as reglages

    reglages.DELAI = ATTENTE_DE_PAGE
    if site.demander("GET", "/sante/").statut != 200:
        raise SystemExit("Le site ne répond pas.")


def mesurer(
    site: Site, port: int, lecteurs: list[Candidat], candidats: list[Candidat], choix: argparse.Namespace
) -> None:
    """Quiet, then the slow uploads; prints the ratio."""
    serveur, site.port = site.port, port
    # What follows the picture is thrown away.
    requetes, modeles = [], [photo(n).ljust(choix.octets, b"0") for n in range(4)]
    for rang in range(choix.lents):
        octets = modeles[rang % 4] + b"%%%d\n" % rang
        requetes.append(site.octets_de_depot(candidats[rang % len(candidats)], octets)[0])
    parties: dict[str, Lectures] = {}
    for partie in ("au calme", "pendant les envois"):
        fini, lectures = threading.Event(), Lectures()
        parties[partie] = lectures
        with ThreadPoolExecutor(LECTEURS) as fils:
            taches = [fils.submit(lire, site, lecteur, fini, lectures) for lecteur in lecteurs]
            try:
                if partie == "au calme":
                    time.sleep(choix.calme)
                else:
                    envois = envoyer_tous(port, requetes, choix.secondes)
            finally:
                fini.set()
            for tache in taches:
                tache.result()
    hauts = []
    for partie, lectures in parties.items():
        if len(lectures.temps) > 1:
            hauts.append(dire(partie, lectures.temps)[1])
        else:
            print(f"  {partie:<20} {len(lectures.temps)} page")
        if lectures.erreurs:
            print(f"    sans page : {dict(lectures.erreurs)}")
    if len(hauts) == 2 and not parties["pendant les envois"].erreurs:
        medianes = [quantiles(v.temps, n=2)[0] for v in parties.values()]
        print(f"  rapport au calme : médiane {medianes[1] / medianes[0]:.2f}, p95 {hauts[1] / hauts[0]:.2f}")
    print(f"  envois : {dict(envois.fins)}, {envois.octets / 1e6:.0f} Mo")
    site.port = serveur


def heure_retenue(site: Site, port: int, candidat: Candidat) -> None:
    """A deposit counts from when it began, however slow it is: the proxy says when (``X-Request-Start``)."""
    requete, _ = site.octets_de_depot(candidat, jpeg("lent").ljust(400_000, b"0"), "domicile")
    debut, envois = datetime.now(UTC), Envois()
    asyncio.run(envoyer_lentement(port, requete, 1.0, time.monotonic() + 60, envois))
    fin = datetime.now(UTC)
    ligne = "SELECT depose_le FROM justificatifs_fichierdepose ORDER BY id DESC LIMIT 1"
    retenues = [instant(le) for (le,) in lire_la_base(site.base, ligne)]
    ecart = (retenues[0] - debut).total_seconds() if retenues else float("nan")
    print(f"  un envoi de {(fin - debut).total_seconds():.0f} s ({dict(envois.fins)}) : heure retenue {ecart:.1f} s "
          f"après son début")  # fmt: skip


def attendre_le_calme(site: Site) -> None:
    """The slow ones of before are let go after the delay of the door."""
    fin = time.monotonic() + 120
    while time.monotonic() < fin:
        try:
            debut = time.monotonic()
            if site.demander("GET", "/sante/").statut == 200 and time.monotonic() - debut < 1:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(1)
    raise SystemExit("Le site ne s’est pas remis en deux minutes.")


def main() -> None:
    lecteur = argparse.ArgumentParser(prog="bench.lents")
    lecteur.add_argument("--lents", type=int, default=200)
    lecteur.add_argument("--secondes", type=float, default=60)
    lecteur.add_argument("--calme", type=float, default=15)
    lecteur.add_argument("--octets", type=int, default=4_900_000, help="poids d’un envoi")
    lecteur.add_argument("--ouvriers", type=int, default=2)
    lecteur.add_argument("--fils", type=int, default=16)
    choix = lecteur.parse_args()
    with tempfile.TemporaryDirectory(prefix="registre-bench-") as dossier:
        Path(dossier).chmod(0o755)
        port = port_libre()
        reglages = {
            "REGISTRE_COFFRE_OPTIONS": f'{{"location": "{dossier}/fichiers"}}',
            "REGISTRE_MANDATAIRES": "127.0.0.1",
        }
        site = Site(Path(dossier), reglages)
        nginx = None
        try:
            tous = site.preparer(LECTEURS + 20)
            site.servir(choix.ouvriers, choix.fils)
            for candidat in tous:
                if not site.enregistrer(candidat).enregistree:
                    raise SystemExit("Un candidat n’a pas pu s’inscrire.")
            impatient(site)
            lecteurs, candidats = tous[:LECTEURS], tous[LECTEURS:]
            charge = " ".join(f"{c:.1f}" for c in os.getloadavg())
            print(f"{choix.lents} clients à {DEBIT // 1000} ko/s, {choix.ouvriers} processus × {choix.fils} fils, "
                  f"charge de la machine {charge}")  # fmt: skip
            programme = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
            if programme:
                fichier = configuration(Path(dossier), port, site.port)
                commande = [programme, "-c", str(fichier), "-p", dossier, "-g", "daemon off;"]
                nginx = subprocess.Popen(commande, stderr=subprocess.DEVNULL)
                time.sleep(1)
                if nginx.poll() is not None:
                    raise SystemExit((Path(dossier) / "erreurs.log").read_text())
                print("Derrière nginx :")
                mesurer(site, port, lecteurs, candidats, choix)
                attendre_le_calme(site)
                heure_retenue(site, port, candidats[-1])
            else:
                print("nginx n’est pas installé : le site est essayé seul.")
            print("Sans mandataire :")
            mesurer(site, site.port, lecteurs, candidats, choix)
            attendre_le_calme(site)
            print("Le site répond de nouveau.")
        finally:
            if nginx is not None:
                nginx.terminate()
                nginx.wait(10)
            site.arreter()


if __name__ == "__main__":
    main()
