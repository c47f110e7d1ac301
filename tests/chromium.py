"""Finds Chromium for the journeys, or installs it: the system's, else Debian's package, else Playwright's own."""

from __future__ import annotations

import shutil
import subprocess
import sys

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def trouver() -> str | None:
    return next((chemin for nom in NOMS if (chemin := shutil.which(nom))), None)


def installer() -> None:
    if shutil.which("apt-get"):
        commandes = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
        if all(subprocess.run(c, check=False, stdout=subprocess.DEVNULL).returncode == 0 for c in commandes):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if trouver() is None:
        installer()
