"""Ouvrir, ou prolonger, le lien par lequel le téléphone du candidat ajoute des photos à une pièce."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.justificatifs import passerelles
from registre.justificatifs.actes import DepotRefuse, dossier_du_candidat, piece_du_dossier
from registre.justificatifs.assemblages import ouvrir
from registre.justificatifs.models import Passerelle
from registre.justificatifs.passerelles import Secrets
from registre.justificatifs.pieces_vues import Dossier
from registre.regles.cadre import Cadre


def open_passerelle(
    compte: Compte, cadre: Cadre, cle: str, *, le: datetime, maintenant: datetime
) -> tuple[Passerelle, Secrets]:
    """Ouvre un lien de 15 minutes pour cette pièce ; celui d’avant ne vaut plus rien.

    ``maintenant`` est l’heure réelle, celle des liens ; ``le``, le temps du registre, celui du dépôt.

    :raises DepotRefuse: si la pièce ou la période s’oppose à un dépôt.
    """
    tires = passerelles.tirer()
    with transaction.atomic():
        dossier = _dossier_ouvert(compte, cadre, cle, le)
        assemblage = ouvrir(dossier.candidature, cle)
        Passerelle.objects.filter(assemblage=assemblage).delete()
        passerelle = Passerelle.objects.create(
            assemblage=assemblage,
            secret_empreinte=passerelles.empreinte_du_jeton(tires.jeton),
            code_court=passerelles.empreinte_du_code(tires.code),
            cree_le=maintenant,
            expire_le=maintenant + passerelles.DUREE,
            session_empreinte=compte.get_session_auth_hash(),
        )
        consigner("passerelle_ouverte", le=le, acteur=compte, objet=_objet(dossier), piece=cle)
    return passerelle, tires


def renew_passerelle(
    compte: Compte, cadre: Cadre, cle: str, *, le: datetime, maintenant: datetime
) -> Passerelle | None:
    """Donne 15 minutes de plus, à compter de maintenant, au lien qui marche ; ``None`` s’il n’y en a plus.

    :raises DepotRefuse: si la pièce ou la période s’oppose à un dépôt.
    """
    with transaction.atomic():
        dossier = _dossier_ouvert(compte, cadre, cle, le)
        passerelle = passerelles.derniere(dossier.candidature, cle)
        if passerelle is None or not passerelles.marche(passerelle, maintenant):
            return None
        passerelle.expire_le = maintenant + passerelles.DUREE
        passerelle.save(update_fields=["expire_le"])
        consigner("passerelle_prolongee", le=le, acteur=compte, objet=_objet(dossier), piece=cle)
    return passerelle


def _dossier_ouvert(compte: Compte, cadre: Cadre, cle: str, le: datetime) -> Dossier:
    dossier = dossier_du_candidat(compte, cadre, le, verrouille=True)
    if motif := piece_du_dossier(dossier, cle).motif_deposer:
        raise DepotRefuse([motif])
    return dossier


def _objet(dossier: Dossier) -> str:
    return f"candidature:{dossier.candidature.numero}"
