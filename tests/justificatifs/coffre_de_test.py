"""What the vault of the run holds, and a disk that fails when it is told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from registre.justificatifs.fichiers.disque import Disque


def objets() -> set[str]:
    """The keys of every object of the vault."""
    racine = Path(default_storage.location)
    return {f.relative_to(racine).as_posix() for f in racine.rglob("*") if f.is_file()}


class DisqueCapricieux(Disque):
    """A disk whose n-th call, and all the next ones if ``reste``, end in an error of the system."""

    appels = 0
    a_partir_de = 0
    reste = True

    def _compter(self) -> None:
        classe = type(self)
        classe.appels += 1
        if classe.appels == classe.a_partir_de or (classe.reste and classe.appels > classe.a_partir_de > 0):
            raise OSError(5, "panne injectée")

    def save(self, *args: Any, **kwargs: Any) -> str:
        self._compter()
        return super().save(*args, **kwargs)

    def delete(self, name: str) -> None:
        if not type(self).reste:
            self._compter()
        super().delete(name)
