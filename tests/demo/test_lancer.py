"""``make demo``: one command serves everything, and leaves nothing behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from registre.demo.lancer import RACINE, commandes, environnement, port_refuse, secret
from registre.demo.personnes import PERSONNES

pytestmark = pytest.mark.sans_base
DELAI = 180  # seconds, generous for a busy machine: the first start treats every piece of the scenario


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def enfants(pid: int) -> list[int]:
    liste = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [e for n in liste for e in (int(n), *enfants(int(n)))]


def vivant(pid: int) -> bool:
    try:
        etat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return etat != "Z"


class Serveur:
    def __init__(self, dossier: Path) -> None:
        self.port = port_libre()
        self.adresse = f"http://127.0.0.1:{self.port}"
        commande = [sys.executable, "-m", "registre.demo.lancer", "--port", str(self.port), "--dossier", str(dossier)]
        self.processus = subprocess.Popen(
            commande, cwd=RACINE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def attendre(self) -> None:
        fin = time.monotonic() + DELAI
        while time.monotonic() < fin and self.processus.poll() is None:
            try:
                assert self.lire("/sante/") == "ok"
            except OSError:
                time.sleep(0.2)
            else:
                return
        pytest.fail(f"the site did not start: {self.arreter()}")

    def lire(self, chemin: str) -> str:
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connexion.request("GET", chemin)
            return connexion.getresponse().read().decode()
        finally:
            connexion.close()

    def arreter(self, signal_d_arret: int = signal.SIGTERM) -> str:
        if self.processus.poll() is None:
            self.processus.send_signal(signal_d_arret)
        return self.processus.communicate(timeout=DELAI)[0]


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo avec espace")


@pytest.fixture
def serveur(dossier: Path) -> Iterator[Serveur]:
    lance = Serveur(dossier)
    try:
        lance.attendre()
        yield lance
    finally:
        lance.arreter()


def courriels_partis(serveur: Serveur) -> None:
    """Waits until the mail worker has marked every mail."""
    fin = time.monotonic() + DELAI
    while "à envoyer" in serveur.lire("/demo/courriels/") and time.monotonic() < fin:
        time.sleep(0.5)
    liste = serveur.lire("/demo/courriels/")
    assert "à envoyer" not in liste
    assert "envoyé" in liste


@pytest.mark.parametrize("signal_d_arret", [signal.SIGINT, signal.SIGTERM])
def test_the_site_is_served_and_a_signal_stops_every_process(serveur: Serveur, signal_d_arret: int) -> None:
    page = serveur.lire("/demo/")
    assert all(p.email in page for p in PERSONNES)
    assert "registre-demo" in page
    courriels_partis(serveur)
    descendants = enfants(serveur.processus.pid)
    assert len(descendants) >= 4  # the server, its two workers, the mail worker
    sortie = serveur.arreter(signal_d_arret)
    assert serveur.processus.returncode == 0
    assert [p for p in descendants if vivant(p)] == []
    assert all(p.email in sortie and p.mot_de_passe in sortie for p in PERSONNES)
    assert f"{serveur.adresse}/" in sortie


def test_everything_stops_when_one_process_dies(serveur: Serveur) -> None:
    descendants = enfants(serveur.processus.pid)
    courriels = next(p for p in descendants if b"envoyer_courriels" in Path(f"/proc/{p}/cmdline").read_bytes())
    os.kill(courriels, signal.SIGKILL)
    sortie = serveur.processus.communicate(timeout=DELAI)[0]
    assert serveur.processus.returncode == 1
    assert "Arrêt imprévu\u00a0: l’envoi des courriels" in sortie
    assert [p for p in descendants if vivant(p)] == []


def test_a_port_in_use_is_said_in_french(tmp_path: Path) -> None:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        port = prise.getsockname()[1]
        commande = [sys.executable, "-m", "registre.demo.lancer", "--port", str(port), "--dossier", str(tmp_path)]
        fait = subprocess.run(commande, cwd=RACINE, capture_output=True, text=True, check=False, timeout=DELAI)
    assert fait.returncode == 1
    assert fait.stderr == f"Le port {port} est déjà utilisé. Choisissez-en un autre\u00a0: make demo PORT={port + 1}\n"
    assert port_refuse(70_000) == "Le port est un nombre de 1 à 65535."
    assert port_refuse(port_libre()) == ""


def test_a_secret_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    fichier = tmp_path / "cle"
    tire = secret(fichier)
    assert len(tire) == 64
    assert secret(fichier) == tire
    assert stat.S_IMODE(fichier.stat().st_mode) == 0o600
    assert secret(tmp_path / "autre") != tire


def test_the_settings_of_the_caller_do_not_leak_into_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRE_MODE", "production")
    monkeypatch.setenv("REGISTRE_SMTP_HOTE", "smtp.example")
    monkeypatch.setenv("DATABASE_URL", "postgres://ailleurs.example/registre")
    monkeypatch.setenv("REGISTRE_PARAMETRES", "ici")
    env = environnement(8123, tmp_path)
    assert env["REGISTRE_MODE"] == "demo"
    assert "REGISTRE_SMTP_HOTE" not in env
    assert env["DATABASE_URL"].startswith("sqlite:///")
    assert env["REGISTRE_URL_PUBLIQUE"] == "http://127.0.0.1:8123"
    assert env["REGISTRE_PARAMETRES"] == "ici"


def test_the_antivirus_worker_runs_only_when_an_antivirus_is_set(tmp_path, monkeypatch):
    monkeypatch.delenv("REGISTRE_ANTIVIRUS", raising=False)
    assert "REGISTRE_ANTIVIRUS" not in environnement(8000, tmp_path)
    assert len(commandes(8000, environnement(8000, tmp_path))) == 2
    monkeypatch.setenv("REGISTRE_ANTIVIRUS", "unix:///run/clamd.ctl")
    servies = commandes(8000, environnement(8000, tmp_path))
    assert [c[-1] for c in servies.values() if c[-1].startswith("analyser")] == ["analyser_fichiers"]
