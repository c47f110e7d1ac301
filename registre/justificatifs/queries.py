"""Ce que les pages et les actes cherchent : la candidature de quelqu’un, la file de contrôle d’une académie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from registre.comptes.models import Compte
from registre.inscription.models import Candidature, PieceDemandee
from registre.justificatifs.models import FichierDepose, PieceJustificative
from registre.justificatifs.pieces_vues import RECAPITULATIF
from registre.regles.cadre import Cadre


def candidature_active(compte: Compte, cadre: Cadre) -> Candidature | None:
    """La candidature enregistrée du candidat dans ce cadre ; ``None`` s’il n’en a pas, ou plus."""
    return _actives(compte, cadre).select_related("compte").first()


def candidature_active_verrouillee(compte: Compte, cadre: Cadre) -> Candidature | None:
    """La même, verrouillée jusqu’à la fin de la transaction : tout acte sur ses pièces attend son tour ici."""
    return _actives(compte, cadre).select_for_update().first()


def _actives(compte: Compte, cadre: Cadre) -> QuerySet[Candidature]:
    return Candidature.objects.filter(
        compte=compte,
        academie=cadre.academie,
        session=cadre.session,
        examen=cadre.examen,
        etat=Candidature.Etat.ENREGISTREE,
    )


# --- La file de contrôle ------------------------------------------------------------------------------------

A_CONTROLER = (  # in the order they are taken
    PieceJustificative.Etat.DECLAREE,
    PieceJustificative.Etat.DEPOSEE,
    PieceJustificative.Etat.RECUE,
)


def a_controler(academie: str) -> QuerySet[PieceJustificative]:
    """Les pièces envoyées que le service de cette académie doit contrôler, dans l’ordre où il les prend.

    D’abord les déclarations « non concerné », puis celles que personne n’a ouvertes, puis les « Reçues » ; dans chaque
    état, la plus ancienne d’abord. Ni un récapitulatif dépassé ni une pièce que la dernière version ne demande plus
    n’y sont. Celles dont l’antivirus n’a pas vu tous les fichiers viennent à la fin : on ne peut encore rien en dire.
    """
    demandee = PieceDemandee.objects.filter(candidature=OuterRef("candidature"), cle=OuterRef("cle"))
    signee = Coalesce("version_signee", "version_au_depot")
    en_attente = FichierDepose.objects.filter(
        piece=OuterRef("pk"), remplace_le=None, analyse=FichierDepose.Analyse.EN_ATTENTE
    )
    return (
        PieceJustificative.objects.filter(
            Exists(demandee),
            candidature__academie=academie,
            candidature__etat=Candidature.Etat.ENREGISTREE,
            etat__in=A_CONTROLER,
            envoyee_le__isnull=False,
        )
        .annotate(signee=signee, analyse_en_cours=Exists(en_attente))
        .exclude(cle=RECAPITULATIF, signee__lt=F("candidature__derniere_version"))
        .order_by("analyse_en_cours", "etat", "envoyee_le", "pk")
    )


@dataclass(frozen=True)
class NombresDuControle:
    """L’état de la file : combien attendent, depuis quand, combien sont prises par un agent en ce moment."""

    a_controler: int
    reservees: int
    plus_ancienne: datetime | None


def nombres_du_controle(academie: str, *, maintenant: datetime) -> NombresDuControle:
    """Les nombres de l’accueil du service. ``maintenant`` : heure réelle, celle des réservations."""
    file = a_controler(academie)
    plus_ancienne = file.order_by().aggregate(depuis=Min("envoyee_le"))["depuis"]
    return NombresDuControle(
        a_controler=file.count(),
        reservees=file.filter(reservee_jusqu_a__gt=maintenant).count(),
        plus_ancienne=plus_ancienne,
    )
