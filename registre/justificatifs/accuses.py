"""L’accusé de dépôt d’un dossier : un seul tant qu’il dirait la même chose."""

from __future__ import annotations

from datetime import datetime

from registre.documents.models import Document
from registre.justificatifs.documents import ACCUSE, emettre_accuse, fichiers_deposes, manques
from registre.justificatifs.pieces_vues import Dossier
from registre.regles.cadre import Cadre


def dernier_accuse(dossier: Dossier) -> Document | None:
    accuses = Document.objects.filter(candidature=dossier.candidature.numero, genre=ACCUSE)
    return accuses.order_by("-emis_le", "-pk").first()


def accuse_du_depot(dossier: Dossier, cadre: Cadre, le: datetime) -> Document:
    """L’accusé de ce qui est déposé : le dernier émis s’il dirait la même chose, sinon un nouveau.

    À appeler sous le verrou de la candidature : deux demandes à la fois n’en font qu’un.
    """
    dernier = dernier_accuse(dossier)
    dirait = {"fichiers": fichiers_deposes(dossier), "manques": manques(dossier)}
    if dernier and {cle: dernier.contenu.get(cle) for cle in dirait} == dirait:
        return dernier
    return emettre_accuse(dossier, cadre, le)
