"""La réponse de l’antivirus sur un fichier : sain, le service le voit ; rejeté, il ne le verra jamais."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from registre.commun.cadres import tous
from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.horloge import decalage
from registre.commun.journal import consigner
from registre.inscription.models import Candidature
from registre.justificatifs import demandes
from registre.justificatifs.models import FichierDepose, PieceJustificative

Analyse = FichierDepose.Analyse
traces = logging.getLogger(__name__)


def record_analyse(fichier: FichierDepose, *, sain: bool, maintenant: datetime) -> bool:
    """Écrit la réponse ; faux si le fichier n’attend plus : supprimé entre-temps, ou déjà analysé.

    Un fichier rejeté qui est encore en place change la révision de sa pièce : l’agent qui décidait d’après une page
    plus ancienne est arrêté. Le candidat est prévenu. Ni le journal ni les pages ne disent ce qui a été reconnu.

    :param maintenant: l’heure réelle.
    """
    with transaction.atomic():
        # Any act on a piece takes its candidature first.
        Candidature.objects.select_for_update(of=("self",)).filter(pieces__fichiers=fichier.pk).first()
        relu = FichierDepose.objects.filter(pk=fichier.pk, analyse=Analyse.EN_ATTENTE)
        relu = relu.select_related("piece__candidature__compte").first()
        if relu is None:
            return False

        relu.analyse, relu.analysee_le, relu.analyse_reprise_le = (
            Analyse.SAINE if sain else Analyse.INFECTEE,
            maintenant,
            None,
        )
        relu.save(update_fields=["analyse", "analysee_le", "analyse_reprise_le"])
        if not sain:
            _rejeter(relu, maintenant + decalage())
    return True


def _rejeter(fichier: FichierDepose, le: datetime) -> None:
    piece, candidature = fichier.piece, fichier.piece.candidature
    if fichier.remplace_le is None:
        PieceJustificative.objects.filter(pk=piece.pk).update(revision=F("revision") + 1)
        _prevenir(fichier, candidature, le)
    traces.warning("fichier %s rejeté par l’antivirus", fichier.reference)
    consigner(
        "fichier_rejete",
        le=le,
        acteur=None,
        objet=f"candidature:{candidature.numero}",
        piece=piece.cle,
        fichier=str(fichier.reference),
    )


def _prevenir(fichier: FichierDepose, candidature: Candidature, le: datetime) -> None:
    """A mail: the answer may come long after the candidate has left the page. It names the group, not the piece."""
    cadre = tous().get(candidature.cle)
    if cadre is None or candidature.etat != Candidature.Etat.ENREGISTREE:
        return
    groupes = {p.cle: p.regroupement for p in cadre.pieces.liste}
    libelles = {r.code: r.libelle for r in cadre.pieces.regroupements}
    # A piece asked later by the office is in no group of the parameters.
    regroupement = libelles.get(groupes.get(fichier.piece.cle, ""), demandes.GROUPE)
    mettre_en_attente(
        cle=f"fichier-rejete:{fichier.reference}",
        destinataire=candidature.compte.email,
        gabarit="fichier_rejete",
        contexte={
            "numero": candidature.numero,
            "examen": cadre.examen_libelle,
            "session": cadre.session,
            "regroupement": regroupement,
            "adresse": adresse_publique(
                "justificatifs", academie=cadre.academie, session=cadre.session, examen=cadre.examen
            ),
            "service": cadre.contacts.service,
        },
        compte=candidature.compte,
        le=le,
    )
