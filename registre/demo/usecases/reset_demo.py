"""Remettre la démonstration à zéro."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.core.management import call_command
from django.db import transaction

from registre.commun.cadres import principal
from registre.demo import scenario
from registre.demo.moments import DEPART, Moment, moments
from registre.demo.usecases.move_horloge import regler_horloge
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.rangement import inventorier


def reset_demo(moment: Moment | None = None, *, arrivee: datetime) -> Moment:
    """Efface tout, refait les personnes inventées, et met l’horloge à ``moment`` (le milieu de la période).

    À un moment plus ancien, les personnes n’ont fait que ce qu’elles avaient eu le temps de faire. Tout le monde
    est déconnecté : les sessions du site sont effacées aussi. Le coffre ne garde que les pièces de ces personnes.
    """
    moment = moment or moments(principal().calendrier)[DEPART]
    with transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
        _vider_le_coffre(arrivee)
        scenario.jouer(moment.instant)
        regler_horloge(moment.instant, arrivee=arrivee)
    return moment


def _vider_le_coffre(arrivee: datetime) -> None:
    """Plans to erase every object of the vault: no row names one, and what follows brings its own.

    Under the lock of the base, so that nobody else fills the vault meanwhile; erased only if all this is kept.
    """
    inventaire = inventorier(arrivee)
    objets = inventaire.anciens | inventaire.recents
    transaction.on_commit(partial(coffre.effacer, objets))
