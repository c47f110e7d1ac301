"""La file de l’antivirus : chaque fichier déposé y entre, un processus à part l’en sort (ADR 0012).

Un fichier est pris par un bail (``analyse_reprise_le``) : un seul UPDATE décide, sur toute base. Qui meurt en route
laisse finir son bail, et le fichier est repris. Le dépôt n’attend jamais ; c’est le service qui attend.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from registre.justificatifs.antivirus import AnalyseImpossible, Antivirus, AntivirusMuet
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import FichierDepose
from registre.justificatifs.usecases.record_analyse import record_analyse

Analyse = FichierDepose.Analyse
traces = logging.getLogger(__name__)

BAIL = timedelta(minutes=5)  # longer than the two questions of a file at their slowest
RETOUR = timedelta(minutes=5)  # before a file that could not be scanned is tried again: the others go first
ATTENTE_MAXIMALE = timedelta(minutes=15)  # from there on, somebody must look (F17)


# --- Mettre dans la file ------------------------------------------------------------------------------------


def heure_reelle() -> datetime:
    """L’heure de la file : comme un bail de courriel, une attente ne se simule pas."""
    return timezone.now()


def au_depot() -> dict[str, Any]:
    """Les champs d’un nouveau fichier : à analyser, ou sans objet si le site n’a pas d’antivirus."""
    if not settings.ANTIVIRUS:
        return {"analyse": Analyse.SANS_OBJET}
    return {"analyse": Analyse.EN_ATTENTE, "analyse_depuis": heure_reelle()}


def mettre_les_anciens() -> int:
    """Met dans la file les fichiers déposés quand le site n’avait pas d’antivirus ; rend leur nombre.

    Le service ne les voit plus jusqu’à leur analyse.
    """
    anciens = FichierDepose.objects.filter(analyse=Analyse.SANS_OBJET)
    return anciens.update(analyse=Analyse.EN_ATTENTE, analyse_depuis=heure_reelle(), analyse_reprise_le=None)


@dataclass(frozen=True)
class EtatDeLaFile:
    """``depuis`` : quand le plus ancien y est entré. ``repousses`` : ceux que l’antivirus n’a pas pu analyser."""

    nombre: int
    repousses: int
    depuis: datetime | None

    def age(self, maintenant: datetime) -> timedelta:
        return maintenant - self.depuis if self.depuis else timedelta(0)

    def trop_vieille(self, maintenant: datetime) -> bool:
        """Quelqu’un doit regarder."""
        return self.age(maintenant) > ATTENTE_MAXIMALE


def etat_de_la_file(maintenant: datetime) -> EtatDeLaFile:
    """Ce qui attend l’antivirus en ce moment."""
    attente = FichierDepose.objects.filter(analyse=Analyse.EN_ATTENTE)
    compte = attente.aggregate(
        nombre=Count("pk"),
        repousses=Count("pk", filter=Q(analyse_reprise_le__gt=maintenant)),
        depuis=Min("analyse_depuis"),
    )
    return EtatDeLaFile(**compte)


@dataclass
class Veilleur:
    """Dit dans les traces, une fois par période, que des fichiers attendent trop longtemps."""

    dit_le: datetime | None = None

    def regarder(self, maintenant: datetime) -> None:
        etat = etat_de_la_file(maintenant)
        if not etat.trop_vieille(maintenant) or (self.dit_le and maintenant - self.dit_le < ATTENTE_MAXIMALE):
            return
        self.dit_le = maintenant
        minutes = etat.age(maintenant) // timedelta(minutes=1)
        traces.error("antivirus : %s fichiers attendent, le plus ancien depuis %s minutes", etat.nombre, minutes)


# --- Analyser -----------------------------------------------------------------------------------------------


@dataclass
class Bilan:
    """Ce qu’un passage a fait. ``muet`` : l’antivirus ou le stockage ne répond pas, la file attend."""

    sains: int = 0
    rejetes: int = 0
    repousses: int = 0
    disparus: int = 0
    muet: bool = False

    @property
    def vide(self) -> bool:
        return not (self.sains or self.rejetes or self.repousses or self.disparus)


def analyser_dus(
    antivirus: Antivirus,
    maintenant: Callable[[], datetime] = heure_reelle,
    lot: int = 100,
    continuer: Callable[[], bool] = lambda: True,
) -> Bilan:
    """Analyse au plus ``lot`` fichiers. À appeler hors transaction, par autant de processus qu’on veut.

    ``maintenant`` donne l’heure réelle, relue à chaque fichier. Si l’antivirus ne répond pas, rien n’est perdu ni
    compté : les fichiers restent dus. Un fichier qu’il ne sait pas analyser passe derrière les autres.
    """
    bilan = Bilan()
    for numero in _dus(maintenant()).values_list("pk", flat=True)[:lot]:
        if bilan.muet or not continuer():
            break
        if fichier := _prendre(numero, maintenant()):
            _traiter(fichier, antivirus, maintenant, bilan)
    return bilan


def _dus(maintenant: datetime) -> QuerySet[FichierDepose]:
    libre = Q(analyse_reprise_le=None) | Q(analyse_reprise_le__lte=maintenant)
    dus = FichierDepose.objects.filter(libre, analyse=Analyse.EN_ATTENTE)
    return dus.order_by(F("analyse_reprise_le").asc(nulls_first=True), "pk")


def _prendre(numero: int, maintenant: datetime) -> FichierDepose | None:
    """Takes the lease, or ``None``: another worker was faster, or the file is gone."""
    pris = _dus(maintenant).order_by().filter(pk=numero).update(analyse_reprise_le=maintenant + BAIL)
    return FichierDepose.objects.filter(pk=numero).first() if pris else None


def _traiter(fichier: FichierDepose, antivirus: Antivirus, maintenant: Callable[[], datetime], bilan: Bilan) -> None:
    try:
        sain = all(antivirus.est_sain(coffre.lire(cle)) for cle in (fichier.original, fichier.copie))
    except coffre.CoffreEnPanne as panne:
        _rendre(fichier, panne, bilan)
    except AntivirusMuet as muet:
        # Is it the antivirus, or this file, that always cuts it short? One file must not hold up the others.
        if antivirus.repond():
            _repousser(fichier, muet, maintenant(), bilan)
        else:
            _rendre(fichier, muet, bilan)
    except (AnalyseImpossible, coffre.ObjetPerdu, coffre.ObjetAltere) as raison:
        _repousser(fichier, raison, maintenant(), bilan)
    else:
        if not record_analyse(fichier, sain=sain, maintenant=maintenant()):
            bilan.disparus += 1
        elif sain:
            bilan.sains += 1
        else:
            bilan.rejetes += 1


def _rendre(fichier: FichierDepose, panne: Exception, bilan: Bilan) -> None:
    traces.warning("antivirus ou stockage muet : %s", panne)
    _sous_bail(fichier).update(analyse_reprise_le=None)
    bilan.muet = True


def _repousser(fichier: FichierDepose, raison: Exception, maintenant: datetime, bilan: Bilan) -> None:
    if not _sous_bail(fichier).update(analyse_reprise_le=maintenant + RETOUR):
        bilan.disparus += 1  # deleted, or replaced before it was sent: its objects may be gone too
        return
    traces.warning("fichier %s pas analysé : %s %s", fichier.reference, type(raison).__name__, raison)
    bilan.repousses += 1


def _sous_bail(fichier: FichierDepose) -> QuerySet[FichierDepose]:
    """The row, if the lease is still ours: each lease ends at its own instant."""
    return FichierDepose.objects.filter(
        pk=fichier.pk, analyse=Analyse.EN_ATTENTE, analyse_reprise_le=fichier.analyse_reprise_le
    )
