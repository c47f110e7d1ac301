"""Donner au candidat l’accusé de ce qu’il a déposé : instants, liste, empreintes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.comptes.models import Compte
from registre.documents.models import Document
from registre.justificatifs.accuses import accuse_du_depot
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat
from registre.justificatifs.documents import fichiers_deposes
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif

RIEN_DE_DEPOSE = Motif(
    "rien_de_depose", "", "Vous n’avez encore rien déposé. Déposez un fichier d’abord.", ("pieces.date-de-depot",)
)


def issue_accuse(compte: Compte, cadre: Cadre, *, le: datetime) -> Document:
    """Met l’accusé à disposition ; si rien n’a changé depuis le dernier, c’est lui, et aucun courriel ne part.

    La période n’y fait rien : on a toujours droit à la preuve de ce qu’on a déposé.

    :raises DepotRefuse: si rien n’est déposé, ou sans candidature enregistrée.
    """
    with transaction.atomic():
        dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)

        if not fichiers_deposes(dossier):
            raise DepotRefuse([RIEN_DE_DEPOSE])

        # Writing the document puts its mail in the outbox and its line in the journal.
        return accuse_du_depot(dossier, cadre, le)
