"""A disk that obeys: each process of the site reads its orders in a file, at each call."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

from django.core.files import File

from registre.justificatifs.fichiers.disque import Disque

PANNES = {"muet": errno.EIO, "lecture-seule": errno.EROFS, "refus": errno.EACCES, "delai": errno.ETIMEDOUT}


def ordonner(dossier: Path, ordre: str) -> None:
    """``ordre``: "" (none), one of PANNES, "plein", "lent <seconds>", "tuer <n>" or "tuer-apres <n>" (nth write), or
    "tuer-effacer" (the first object to erase)."""
    provisoire = dossier / "ordre.neuf"
    provisoire.write_text(ordre)
    provisoire.replace(dossier / "ordre")  # never seen half written


class DisqueCommande(Disque):
    """Orders are in the file ``ordre`` beside the vault."""

    ecritures = 0

    def _ordre(self) -> list[str]:
        fichier = Path(self.location).parent / "ordre"
        ordre = fichier.read_text().split() if fichier.exists() else []
        if ordre and ordre[0] in PANNES:
            numero = PANNES[ordre[0]]
            raise OSError(numero, os.strerror(numero))
        return ordre

    def _save(self, name: str, content: File) -> str:
        ordre = self._ordre()
        if ordre[:1] == ["lent"]:
            time.sleep(float(ordre[1]))
        if ordre[:1] == ["plein"]:
            chemin = Path(self.path(name))
            chemin.parent.mkdir(parents=True, exist_ok=True)
            chemin.write_bytes(content.read()[:1000])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if not ordre or ordre[0] not in ("tuer", "tuer-apres"):
            return super()._save(name, content)
        type(self).ecritures += 1
        derniere = self.ecritures == int(ordre[1])
        if derniere and ordre[0] == "tuer":
            os.kill(os.getpid(), signal.SIGKILL)
        nom = super()._save(name, content)
        if derniere:
            os.kill(os.getpid(), signal.SIGKILL)
        return nom

    def open(self, name: str, mode: str = "rb") -> File:
        self._ordre()
        return super().open(name, mode)

    def delete(self, name: str) -> None:
        if self._ordre() == ["tuer-effacer"]:
            os.kill(os.getpid(), signal.SIGKILL)
        super().delete(name)
