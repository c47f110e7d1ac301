"""Déposer le document préparé : il l’est tel que le candidat l’a vu, et l’assemblage disparaît."""

from __future__ import annotations

from datetime import datetime

from registre.comptes.models import Compte
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat, piece_du_dossier
from registre.justificatifs.assemblages import assemblage_de, oublier_le_resultat
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage
from registre.justificatifs.usecases.assemble_pages import EXTENSIONS
from registre.justificatifs.usecases.deposit_piece import Depot, deja_depose, deposit_piece
from registre.regles.cadre import Cadre
from registre.regles.fichiers import refus_de_fichier


def send_assemblage(
    compte: Compte, cadre: Cadre, cle: str, empreinte: str, *, garde_malgre: str = "", le: datetime
) -> Depot:
    """Dépose le résultat de l’assemblage dont le candidat a vu l’``empreinte``. Deux clics ne font qu’un fichier.

    :raises DepotRefuse: si les pages ont changé, ou si le dépôt est refusé ; l’assemblage est alors gardé.
    """
    dossier = dossier_du_candidat(compte, cadre, le, verrouille=False)
    piece = piece_du_dossier(dossier, cle)
    assemblage = assemblage_de(dossier.candidature, cle)
    if assemblage is None or not assemblage.resultat or assemblage.resultat["empreinte"] != empreinte:
        return _deja_envoye(compte, cadre, cle, empreinte, le)
    try:
        octets = coffre.lire(assemblage.resultat["cle"])
    except (coffre.ObjetPerdu, coffre.ObjetAltere):  # another tab has sent or changed it; if not, it is really lost
        oublier_le_resultat(assemblage)
        return _deja_envoye(compte, cadre, cle, empreinte, le)
    except coffre.CoffreEnPanne as panne:
        raise DepotRefuse([refus_de_fichier("stockage_en_panne")]) from panne
    # The file to replace may have been deleted since: the document then goes after the others.
    remplace = assemblage.remplace if assemblage.remplace in [f.reference for f in piece.fichiers] else None
    return deposit_piece(
        compte,
        cadre,
        cle,
        _nom(assemblage),
        octets,
        remplace=remplace,
        assemblage=assemblage,
        garde_malgre=garde_malgre,
        le=le,
    )


def _deja_envoye(compte: Compte, cadre: Cadre, cle: str, empreinte: str, le: datetime) -> Depot:
    """Le fichier que l’autre clic a déposé, dans le dossier tel qu’il est maintenant.

    :raises DepotRefuse: si rien de tel n’est déposé : le document est à regarder de nouveau.
    """
    dossier = dossier_du_candidat(compte, cadre, le, verrouille=False)
    if deja := deja_depose(piece_du_dossier(dossier, cle), empreinte):
        return deja
    reste = assemblage_de(dossier.candidature, cle)
    raise DepotRefuse([refus_de_fichier("assemblage_change" if reste else "assemblage_vide")])


def _nom(assemblage: Assemblage) -> str:
    """That of the first page's file, with the ending of what it became."""
    premiere = assemblage.pages.first()
    debut = premiere.nom.rpartition(".")[0] or premiere.nom if premiere else "document"
    return f"{debut}.{EXTENSIONS[assemblage.resultat['format']]}"
