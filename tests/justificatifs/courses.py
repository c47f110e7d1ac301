"""Interleavings chosen, not hoped for: another act done whole just before the n-th statement or call to the vault.

The instants inside a transaction are left out: there, the other act would wait for the lock, and it is as if it came
after. ``a_la_fois`` of ``test_concurrence`` tries those with real threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections

from registre.justificatifs.fichiers.disque import Disque
from tests.justificatifs.test_concurrence import REFUS


def reponse(acte: Callable[[], Any]) -> Any:
    """What the act answers, or the refusal it meets."""
    try:
        return acte()
    except REFUS as refus:
        return refus


@dataclass
class Aiguillage:
    """Counts the instants of one act, in its own thread; at the ``cible``-th, ``autre`` is done whole elsewhere."""

    autre: Callable[[], Any] | None = None
    cible: int = 0
    vus: int = 0
    fait: Any = None
    fil: int = field(default_factory=threading.get_ident)

    def instant(self) -> None:
        if threading.get_ident() != self.fil or connection.in_atomic_block:
            return
        self.vus += 1
        if self.vus == self.cible and self.autre:
            with ThreadPoolExecutor(1) as ailleurs:
                self.fait = ailleurs.submit(self._faire, self.autre).result()

    @staticmethod
    def _faire(autre: Callable[[], Any]) -> Any:
        try:
            return reponse(autre)
        finally:
            connections.close_all()


class DisqueAiguille(Disque):
    """A disk whose calls are instants too."""

    aiguillage: Aiguillage | None = None

    def _instant(self) -> None:
        if self.aiguillage:
            self.aiguillage.instant()

    def save(self, *args: Any, **kwargs: Any) -> str:
        self._instant()
        return super().save(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> Any:
        self._instant()
        return super().open(*args, **kwargs)

    def delete(self, name: str) -> None:
        self._instant()
        super().delete(name)


@contextmanager
def aiguille(aiguillage: Aiguillage) -> Iterator[None]:
    def requete(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        aiguillage.instant()
        return execute(sql, params, many, context)

    DisqueAiguille.aiguillage = aiguillage
    try:
        with connection.execute_wrapper(requete):
            yield
    finally:
        DisqueAiguille.aiguillage = None


def nombre_d_instants(acte: Callable[[], Any]) -> int:
    """Does the act alone."""
    compte = Aiguillage()
    with aiguille(compte):
        reponse(acte)
    return compte.vus


def entrelacer(acte: Callable[[], Any], autre: Callable[[], Any], cible: int) -> tuple[Any, Any]:
    """Does ``acte``, and ``autre`` just before its ``cible``-th instant; after it, if it has fewer of them."""
    aiguillage = Aiguillage(autre, cible)
    with aiguille(aiguillage):
        premiere = reponse(acte)
    seconde = aiguillage.fait if aiguillage.vus >= cible else reponse(autre)
    return premiere, seconde
