"""A site of its own: a database file, settings in the environment, a gunicorn that can be killed."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

RACINE = Path(__file__).resolve().parents[2]
CADRE = "/inscription/clermont-ferrand/2026/bac-pro/"
DEPOTS = "/justificatifs/clermont-ferrand/2026/bac-pro/"
DELAI = 120  # seconds, generous for a busy machine
CSRF = "pannes" + "0" * 26  # the double-submit cookie of these clients: 32 letters and digits


@dataclass(frozen=True)
class Candidat:
    """What the browser of a candidate holds, and the fingerprint of the récapitulatif shown to him."""

    compte: int
    courriel: str
    session: str
    vu: str


@dataclass(frozen=True)
class Reponse:
    statut: int
    page: str
    suite: str  # the Location header, or ""

    @property
    def enregistree(self) -> bool:
        """The act is acknowledged: the answer leads to the page of the candidature."""
        return self.statut == 302 and self.suite == CADRE


@dataclass
class Site:
    dossier: Path
    reglages: dict[str, str] = field(default_factory=dict)
    port: int = 0
    processus: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = self.port or port_libre()
        self.base = self.dossier / "registre.sqlite3"
        self.traces = self.dossier / "gunicorn.log"
        herite = {n: v for n, v in os.environ.items() if not n.startswith(("REGISTRE_", "DATABASE_URL", "PYTEST_"))}
        self.environnement = herite | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "REGISTRE_MODE": "test",
            "REGISTRE_CLE_SECRETE": secrets.token_urlsafe(48),
            "REGISTRE_CLE_MAITRE": secrets.token_urlsafe(48),
            "REGISTRE_VAR": str(self.dossier),
            "REGISTRE_STATIQUES": str(self.dossier),
            "REGISTRE_PARAMETRES": str(self.dossier / "parametres"),
            "DATABASE_URL": f"sqlite:///{self.base}",
            **self.reglages,
        }
        self.ouvrir_jusqu_a(datetime.now(UTC) + timedelta(hours=1))

    # --- Prepare ----------------------------------------------------------------------------------------

    def ouvrir_jusqu_a(self, cloture: datetime) -> None:
        """The office's own way to set the closing instant: a folder of parameters laid over the project's."""
        fichier = self.dossier / "parametres/2026/bac-pro/academies/clermont-ferrand.toml"
        fichier.parent.mkdir(parents=True, exist_ok=True)
        fichier.write_text(
            f"[calendrier.inscription]\nouvre_le = 2025-10-06T09:00:00+02:00\nferme_le = {cloture.isoformat()}\n"
            f"[calendrier.depot]\nferme_le = {(cloture + timedelta(days=1)).isoformat()}\n"
        )

    def lancer(self, *commande: str, **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, *commande], cwd=RACINE, env=self.environnement, **options)

    def faire(self, *commande: str) -> str:
        """Runs a command to its end and returns what it printed."""
        fait = subprocess.run(
            [sys.executable, *commande],
            cwd=RACINE,
            env=self.environnement,
            capture_output=True,
            text=True,
            check=False,
            timeout=DELAI,
        )
        assert fait.returncode == 0, fait.stderr[-2000:]
        return fait.stdout

    def preparer(self, nombre: int) -> list[Candidat]:
        sortie = self.faire("-m", "tests.pannes.preparer", str(nombre))
        return [Candidat(**json.loads(ligne)) for ligne in sortie.splitlines()]

    # --- Serve, and stop --------------------------------------------------------------------------------

    def servir(self, ouvriers: int = 2, fils: int = 4) -> None:
        options = f"--worker-class gthread --workers {ouvriers} --threads {fils} --no-control-socket"
        adresse = f"--bind 127.0.0.1:{self.port} --graceful-timeout 5 --log-level warning"
        # In its own session: its process group can be killed whole, as a power cut does.
        with self.traces.open("ab") as traces:
            self.processus = self.lancer(
                "-m",
                "gunicorn",
                "config.wsgi",
                *options.split(),
                *adresse.split(),
                stderr=traces,
                start_new_session=True,
            )
        fin = time.monotonic() + DELAI
        while time.monotonic() < fin and self.processus.poll() is None:
            try:
                if self.demander("GET", "/sante/").statut == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise AssertionError(f"the site did not start: {self.traces.read_text()[-2000:]}")

    def ouvriers(self) -> list[int]:
        """The processes that answer."""
        maitre = self.processus.pid
        return enfants(maitre)

    def couper_le_courant(self) -> None:
        """SIGKILL to the master and its workers at once."""
        os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait(DELAI)

    def arreter(self) -> None:
        if self.processus is None or self.processus.poll() is not None:
            return
        self.processus.terminate()
        try:
            self.processus.wait(15)
        except subprocess.TimeoutExpired:
            self.couper_le_courant()

    # --- Speak to it ------------------------------------------------------------------------------------

    def demander(
        self,
        methode: str,
        chemin: str,
        candidat: Candidat | None = None,
        champs: dict[str, Any] | None = None,
        **entetes: str,
    ) -> Reponse:
        """One request on its own connection.

        :raises OSError: if the connection is refused or cut; :raises http.client.HTTPException: same.
        """
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DELAI)
        try:
            connexion.request(
                methode, chemin, corps(champs) if champs is not None else None, entetes_de(candidat) | entetes
            )
            recue = connexion.getresponse()
            return Reponse(recue.status, recue.read().decode(), recue.headers.get("Location", ""))
        finally:
            connexion.close()

    def enregistrer(self, candidat: Candidat, vu: str = "", **entetes: str) -> Reponse:
        return self.demander("POST", f"{CADRE}enregistrer", candidat, {"vu": vu or candidat.vu}, **entetes)

    # --- Pieces -----------------------------------------------------------------------------------------

    def deposer(self, candidat: Candidat, octets: bytes, piece: str = "identite") -> Reponse:
        """Deposits one file, as the form does without JavaScript."""
        return self.deposer_ensemble(candidat, [("carte.jpg", octets)], piece)

    def deposer_ensemble(
        self, candidat: Candidat, fichiers: Iterable[tuple[str, bytes]], piece: str, genre: str = "image/jpeg"
    ) -> Reponse:
        """Deposits files in one form, each under its name; ``genre`` is the type that the client claims."""
        return self.envoyer_fichiers(candidat, adresse_de_depot(piece), fichiers, genre=genre)

    def envoyer_fichiers(
        self,
        candidat: Candidat,
        chemin: str,
        fichiers: Iterable[tuple[str, bytes]],
        *,
        champ: str = "fichier",
        genre: str = "image/jpeg",
    ) -> Reponse:
        """Sends files to any address, in the field ``champ``."""
        contenu = corps_de_depots(fichiers, genre, champ)
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DELAI)
        try:
            connexion.request("POST", chemin, contenu, entetes_de(candidat) | MULTIPART)
            recue = connexion.getresponse()
            return Reponse(recue.status, recue.read().decode(), recue.headers.get("Location", ""))
        finally:
            connexion.close()

    def telecharger(self, chemin: str, candidat: Candidat) -> tuple[int, Message, bytes]:
        """What is served at this address: the status, the headers, the bytes."""
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DELAI)
        try:
            connexion.request("GET", chemin, headers=entetes_de(candidat))
            recue = connexion.getresponse()
            return recue.status, recue.headers, recue.read()
        finally:
            connexion.close()

    def octets_de_depot(
        self, candidat: Candidat, octets: bytes, piece: str = "identite", chemin: str = "", champ: str = "fichier"
    ) -> tuple[bytes, int]:
        """The same request as it travels, and where its body starts; ``chemin``: elsewhere than to the deposit."""
        contenu = corps_de_depots([("carte.jpg", octets)], "image/jpeg", champ)
        entetes = {"Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(contenu))}
        lignes = "".join(f"{n}: {v}\r\n" for n, v in (entetes | entetes_de(candidat) | MULTIPART).items())
        tete = f"POST {chemin or adresse_de_depot(piece)} HTTP/1.1\r\n{lignes}\r\n".encode()
        return tete + contenu, len(tete)


def enfants(pid: int) -> list[int]:
    """The processes that this one has started, from any of its threads, and that are not yet gone."""
    listes = [fil / "children" for fil in Path(f"/proc/{pid}/task").iterdir()]
    return [int(n) for liste in listes for n in liste.read_text().split()]


MULTIPART = {"Content-Type": "multipart/form-data; boundary=limite-de-pannes"}


def adresse_de_depot(piece: str) -> str:
    return f"{DEPOTS}piece/{piece}/deposer"


def corps_de_depots(fichiers: Iterable[tuple[str, bytes]], genre: str, nom_du_champ: str = "fichier") -> bytes:
    """The token, then the files; their names are written as browsers write them."""
    separation, champ = b"--limite-de-pannes\r\n", b"Content-Disposition: form-data; name="
    parts = [b'%s%s"csrfmiddlewaretoken"\r\n\r\n%s\r\n' % (separation, champ, CSRF.encode())]
    for nom, octets in fichiers:
        entier = nom.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # no half of a character
        envoye = entier.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode()
        entetes = b'"%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
        entetes %= (nom_du_champ.encode(), envoye, genre.encode())
        parts += [separation, champ, entetes, octets, b"\r\n"]
    return b"".join([*parts, b"--limite-de-pannes--\r\n"])


def corps(champs: dict[str, Any]) -> bytes:
    return urlencode({**champs, "csrfmiddlewaretoken": CSRF}, doseq=True).encode()


def entetes_de(candidat: Candidat | None) -> dict[str, str]:
    if candidat is None:
        return {}
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={candidat.session}; csrftoken={CSRF}",
    }


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]
