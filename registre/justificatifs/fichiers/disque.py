"""Le coffre sur un disque : un objet enregistré y est encore après une coupure de courant."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class Disque(FileSystemStorage):
    """Le stockage de Django, qui attend en plus que le disque ait tout écrit.

    La base n’annonce un dépôt qu’après l’avoir écrit sur le disque ; sans cette attente, une coupure garderait la
    ligne et perdrait la pièce. Un objet coupé au milieu de l’écriture n’est nommé par aucune ligne.
    """

    def _save(self, name: str, content: File) -> str:
        nom = super()._save(name, content)
        chemin = Path(self.path(nom))
        # The file, its entry in its folder, and the entry of that folder, which may be new.
        for ecrit in (chemin, chemin.parent, chemin.parent.parent):
            _attendre(ecrit)
        return nom


def _attendre(chemin: Path) -> None:
    descripteur = os.open(chemin, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
