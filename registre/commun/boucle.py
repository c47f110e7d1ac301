"""La boucle des commandes qui travaillent sans fin : un passage, une pause, jusqu’à un signal d’arrêt."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

PAUSE = 5  # seconds between two looks when nothing is due
PAUSE_SI_MUET = 30  # seconds before knocking again at a silent server


@dataclass(frozen=True)
class Passage:
    """``dit`` : ce qui a été fait, vide s’il n’y avait rien. ``muet`` : le serveur dont il dépend ne répond pas."""

    dit: str = ""
    muet: bool = False


def tourner(
    passer: Callable[[Callable[[], bool]], Passage], dire: Callable[[str], object], *, une_fois: bool = False
) -> None:
    """Appelle ``passer`` jusqu’à SIGTERM ou SIGINT ; ``une_fois`` : jusqu’à ce qu’il n’ait plus rien à faire.

    ``passer`` reçoit une question, « faut-il continuer ? », à poser avant chaque chose : celle qui est commencée
    finit.
    """
    arret = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for numero in (signal.SIGTERM, signal.SIGINT):
            signal.signal(numero, lambda *_: arret.set())
    while not arret.is_set():
        passage = passer(lambda: not arret.is_set())
        if passage.dit:
            dire(passage.dit)
        if not passage.dit or passage.muet:
            if une_fois:
                break
            close_old_connections()
            arret.wait(PAUSE_SI_MUET if passage.muet else PAUSE)
