"""``python -m registre.demo.lancer`` : prépare la démonstration, la sert, et arrête tout ensemble.

Les réglages lisent l’environnement à leur chargement : ce module ne charge pas Django. Il prépare
l’environnement, puis lance la préparation, le serveur, l’envoi des courriels et, si un antivirus est réglé, l’analyse.
"""

from __future__ import annotations

import argparse
import errno
import os
import secrets
import signal
import socket
import subprocess  # nosec B404
import sys
import threading
from pathlib import Path
from urllib.parse import quote

RACINE = Path(__file__).resolve().parents[2]
HOTE = "127.0.0.1"
DELAI_D_ARRET = 10  # seconds left to the children before they are killed
PAUSE = 0.3
GARDES = {"REGISTRE_PARAMETRES", "REGISTRE_ANTIVIRUS"}


def environnement(port: int, var: Path) -> dict[str, str]:
    """L’environnement des commandes : celui de l’appelant ; de ses réglages de Registre, seuls ``GARDES`` restent."""
    herite = {nom: valeur for nom, valeur in os.environ.items() if nom in GARDES or not nom.startswith("REGISTRE_")}
    statiques = var / "statiques"
    statiques.mkdir(parents=True, exist_ok=True)
    return herite | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "REGISTRE_MODE": "demo",
        "REGISTRE_CLE_SECRETE": secret(var / "cle-secrete"),
        "REGISTRE_CLE_MAITRE": secret(var / "cle-maitre"),
        "REGISTRE_URL_PUBLIQUE": f"http://{HOTE}:{port}",
        "REGISTRE_HOTES": f"{HOTE},localhost",
        "REGISTRE_VAR": str(var),
        "REGISTRE_STATIQUES": str(statiques),
        "DATABASE_URL": f"sqlite:///{quote(str(var / 'registre.sqlite3'))}",
    }


def secret(fichier: Path) -> str:
    """Le secret gardé dans ``fichier``, tiré au hasard la première fois, lisible de son seul propriétaire."""
    try:
        descripteur = os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return fichier.read_text(encoding="ascii")
    with os.fdopen(descripteur, "w", encoding="ascii") as sortie:
        valeur = secrets.token_urlsafe(48)
        sortie.write(valeur)
    return valeur


def port_refuse(port: int) -> str:
    """Pourquoi on ne peut pas écouter sur ce port ; vide si on le peut."""
    with socket.socket() as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind((HOTE, port))
        except OverflowError:
            return "Le port est un nombre de 1 à 65535."
        except PermissionError:
            return f"Le port {port} est réservé au système. Choisissez-en un autre\u00a0: make demo PORT=8001"
        except OSError as panne:
            if panne.errno != errno.EADDRINUSE:
                raise
            return f"Le port {port} est déjà utilisé. Choisissez-en un autre\u00a0: make demo PORT={port + 1}"
    return ""


def commandes(port: int, env: dict[str, str]) -> dict[str, list[str]]:
    """Les commandes servies ensemble, par nom. Sans antivirus, rien n’est à analyser."""
    serveur = "-m gunicorn config.wsgi:application --worker-class gthread --workers 2 --threads 16"
    options = f"--bind {HOTE}:{port} --no-control-socket --graceful-timeout 5 --log-level warning"
    servies = {
        "le serveur": [sys.executable, *serveur.split(), *options.split()],
        "l’envoi des courriels": [sys.executable, "manage.py", "envoyer_courriels"],
    }
    if env.get("REGISTRE_ANTIVIRUS"):
        servies["l’analyse des fichiers"] = [sys.executable, "manage.py", "analyser_fichiers"]
    return servies


def servir(port: int, env: dict[str, str]) -> int:
    """Sert jusqu’à un signal d’arrêt, ou jusqu’à ce qu’une des commandes s’arrête ; rend le code de sortie."""
    arret = threading.Event()
    for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(numero, lambda *_: arret.set())
    # In their own session, they do not get the terminal's Ctrl-C: they are stopped once, from here.
    enfants = {
        nom: subprocess.Popen(commande, cwd=RACINE, env=env, start_new_session=True)  # noqa: S603  # nosec B603
        for nom, commande in commandes(port, env).items()
    }
    tombe = ""
    while not arret.wait(PAUSE) and not tombe:
        tombe = next((nom for nom, enfant in enfants.items() if enfant.poll() is not None), "")
    if tombe:
        print(f"Arrêt imprévu\u00a0: {tombe}, code {enfants[tombe].returncode}.", file=sys.stderr)  # noqa: T201
    for enfant in enfants.values():
        _arreter(enfant)
    return 1 if tombe else 0


def _arreter(enfant: subprocess.Popen[bytes]) -> None:
    if enfant.poll() is None:
        enfant.terminate()
    try:
        enfant.wait(DELAI_D_ARRET)
    except subprocess.TimeoutExpired:
        os.killpg(enfant.pid, signal.SIGKILL)
        enfant.wait()


def main(arguments: list[str] | None = None) -> int:
    lecteur = argparse.ArgumentParser(prog="registre.demo.lancer", description="Sert le site de démonstration.")
    lecteur.add_argument("--port", type=int, default=8000, help="port d’écoute sur 127.0.0.1")
    lecteur.add_argument("--dossier", type=Path, default=RACINE / "var" / "demo", help="base et secrets")
    lecteur.add_argument("--remettre-a-zero", action="store_true", help="effacer ce qui a été fait avant")
    choix = lecteur.parse_args(arguments)
    if refus := port_refuse(choix.port):
        print(refus, file=sys.stderr)  # noqa: T201
        return 1
    env = environnement(choix.port, choix.dossier.resolve())
    preparer = [sys.executable, "manage.py", "preparer_demo"]
    if choix.remettre_a_zero:
        preparer.append("--remettre-a-zero")
    # Its own files wait for no antivirus: pieces are validated while it prepares.
    sans_antivirus = env | {"REGISTRE_ANTIVIRUS": ""}
    prepare = subprocess.run(preparer, cwd=RACINE, env=sans_antivirus, check=False)  # noqa: S603  # nosec B603
    return prepare.returncode or servir(choix.port, env)


if __name__ == "__main__":
    sys.exit(main())
