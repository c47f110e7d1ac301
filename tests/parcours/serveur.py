"""The site, served to the journeys as it is served to people: gunicorn, its own process, its own database."""

from __future__ import annotations

import os
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
DANS_LA_PERIODE = datetime(2025, 10, 20, 8, 0, tzinfo=UTC)
DEMARRAGE = 60  # seconds, on a machine shared with other work


@dataclass
class Serveur:
    """A server in demonstration mode, whose clock the tests may move."""

    dossier: Path
    adresse: str
    processus: subprocess.Popen[bytes]

    @property
    def base(self) -> Path:
        return self.dossier / "base.sqlite3"

    @property
    def trace(self) -> str:
        """What the server has written: requests and errors."""
        return (self.dossier / "serveur.log").read_text(encoding="utf-8", errors="replace")

    def executer(self, requete: str, *valeurs: object) -> list[tuple[object, ...]]:
        """Runs one request on the server's database, from outside."""
        with closing(sqlite3.connect(self.base, timeout=20)) as lien, lien:
            return lien.execute(requete, valeurs).fetchall()

    def regler_horloge(self, instant: datetime) -> None:
        """From now on, the register believes that it is ``instant``."""
        ecart = int((instant - datetime.now(UTC)).total_seconds())
        self.executer(
            "INSERT INTO commun_decalagehorloge (id, secondes) VALUES (1, ?) "
            "ON CONFLICT (id) DO UPDATE SET secondes = excluded.secondes",
            ecart,
        )

    def lien_recu(self, destinataire: str) -> str:
        """The link of the last mail written to this address, as the outbox holds it."""
        lignes = self.executer(
            "SELECT texte FROM commun_courriel WHERE destinataire = ? ORDER BY id DESC LIMIT 1", destinataire
        )
        assert lignes, f"Aucun courriel pour {destinataire}"
        trouve = re.search(r"https?://\S+/compte/lien/\S+", str(lignes[0][0]))
        assert trouve, lignes[0][0]
        return trouve.group()

    def arreter(self) -> None:
        self.processus.terminate()
        self.processus.wait(timeout=20)


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def demarrer(dossier: Path) -> Serveur:
    """Creates the database, fills it, starts the server and waits for its first answer."""
    port = _port_libre()
    adresse = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "REGISTRE_MODE": "demo",
        "DATABASE_URL": f"sqlite:///{dossier / 'base.sqlite3'}",
        "REGISTRE_VAR": str(dossier),
        "REGISTRE_URL_PUBLIQUE": adresse,
        "REGISTRE_CLE_SECRETE": secrets.token_urlsafe(48),
        "REGISTRE_CLE_MAITRE": secrets.token_urlsafe(48),
    }
    for commande in (
        ["manage.py", "migrate", "--verbosity", "0"],
        ["manage.py", "createcachetable"],
        ["-m", "tests.parcours.preparer"],
    ):
        subprocess.run([sys.executable, *commande], cwd=RACINE, env=env, check=True, stdout=subprocess.DEVNULL)
    options = f"--bind 127.0.0.1:{port} --threads 4 --timeout 60 --no-control-socket --access-logfile -"
    gunicorn = ["-m", "gunicorn", "config.wsgi", *options.split()]
    with (dossier / "serveur.log").open("wb") as sortie:
        processus = subprocess.Popen(
            [sys.executable, *gunicorn], cwd=RACINE, env=env, stdout=sortie, stderr=subprocess.STDOUT
        )
    serveur = Serveur(dossier, adresse, processus)
    serveur.regler_horloge(DANS_LA_PERIODE)
    _attendre(serveur)
    return serveur


def _attendre(serveur: Serveur) -> None:
    limite = time.monotonic() + DEMARRAGE
    while time.monotonic() < limite:
        try:
            with urllib.request.urlopen(f"{serveur.adresse}/sante/", timeout=5) as reponse:  # noqa: S310
                if reponse.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    serveur.arreter()
    raise RuntimeError(serveur.trace)
