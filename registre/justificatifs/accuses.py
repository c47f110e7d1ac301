"""L’accusé de dépôt d’un dossier : un seul tant que la liste des fichiers n’a pas changé."""

from __future__ import annotations

from datetime import datetime

from registre.documents.models import Document
from registre.justificatifs.documents import ACCUSE, emettre_accuse, fichiers_deposes
from registre.justificatifs.dossier import Dossier
from registre.regles.cadre import Cadre


def dernier_accuse(dossier: Dossier) -> Document | None:
    accuses = Document.objects.filter(candidature=dossier.candidature.numero, genre=ACCUSE)
    return accuses.order_by("-emis_le", "-pk").first()


def accuse_du_depot(dossier: Dossier, cadre: Cadre, le: datetime) -> Document:
    """L’accusé de ce qui est déposé : le dernier émis s’il dit la même liste, sinon un nouveau.

    À appeler sous le verrou de la candidature : deux demandes à la fois n’en font qu’un.
    """
    dernier = dernier_accuse(dossier)
    if dernier and dernier.contenu["fichiers"] == fichiers_deposes(dossier):
        return dernier
    return emettre_accuse(dossier, cadre, le)
