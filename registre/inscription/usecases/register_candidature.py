"""ENREGISTRER : la candidature est prise en compte, une version est figée, un numéro est donné."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.documents.numeros import numero_inscription
from registre.inscription import brouillons
from registre.inscription.confirmation import emettre_confirmation
from registre.inscription.demande_de_pieces import emettre_demande
from registre.inscription.models import (
    Brouillon,
    Candidature,
    MotCherche,
    ReponseConsentement,
    VersionDeCandidature,
)
from registre.inscription.pieces import garder_les_pieces_demandees
from registre.regles.cadre import Cadre
from registre.regles.calendrier import acte_permis
from registre.regles.citation import Motif
from registre.regles.conditions import motifs_candidature_unique
from registre.regles.etapes import Examen
from registre.regles.recapitulatif import contenu, differences, empreinte, empreinte_visible
from registre.regles.recherche import mots_cherches


class RegistreFerme(Exception):
    """La demande est arrivée hors de la période d’inscription ; le brouillon reste."""

    def __init__(self, motif: Motif) -> None:
        super().__init__(motif.message)
        self.motif = motif


class SaisieRefusee(Exception):
    """Des étapes restent à remplir ou à corriger."""

    def __init__(self, motifs: Sequence[Motif]) -> None:
        super().__init__("saisie refusée")
        self.motifs = list(motifs)


class RecapitulatifChange(Exception):
    """Le brouillon n’est plus celui que le candidat a vérifié."""


@dataclass(frozen=True)
class Enregistrement:
    candidature: Candidature
    version: VersionDeCandidature
    nouvelle: bool  # False when nothing had changed since the last version


def register_candidature(compte: Compte, cadre: Cadre, *, vu: str, le: datetime) -> Enregistrement:
    """Enregistre le brouillon tel qu’il a été vérifié.

    ``vu`` est l’empreinte visible du récapitulatif montré : elle rend l’acte idempotent, car un double envoi
    porte la même et trouve la version déjà faite. ``le`` est l’instant d’arrivée de la demande.

    :raises RegistreFerme: hors période ; :raises SaisieRefusee: si une règle s’y oppose ;
    :raises RecapitulatifChange: si le brouillon a changé depuis que la page a été montrée.
    """
    with transaction.atomic():
        # The identity must not change between what was seen and what is frozen. Its key is not locked: an act on the
        # pieces, which holds the candidature, writes rows that refer to the account, and must not wait for us.
        compte = Compte.objects.select_for_update(no_key=True).get(pk=compte.pk)
        brouillon = brouillons.verrouiller(compte, cadre, le)
        candidature = brouillon.candidature
        derniere = candidature.versions.get(numero=candidature.derniere_version) if candidature else None
        if candidature and derniere and candidature.empreinte_visible == vu == _visible(brouillon, compte, cadre, le):
            return Enregistrement(candidature, derniere, nouvelle=False)

        if motif := acte_permis("modifier" if candidature else "enregistrer", le, cadre.calendrier):
            raise RegistreFerme(motif)
        examen = brouillons.examen(brouillon, compte, cadre, le)
        motifs = [m for etape in examen.motifs.values() for m in etape] + _une_seule(compte, cadre, candidature)
        if motifs:
            raise SaisieRefusee(motifs)
        fige = contenu(examen, brouillons.identite(compte))
        if empreinte_visible(fige) != vu:
            raise RecapitulatifChange

        candidature = candidature or _nouvelle_candidature(brouillon, compte, cadre, examen, le)
        version = _nouvelle_version(candidature, fige, examen, compte, le)
        garder_les_pieces_demandees(candidature, version, compte, cadre)
        consigner(
            "candidature_modifiee" if derniere else "candidature_enregistree",
            le=le,
            acteur=compte,
            objet=f"candidature:{candidature.numero}",
            version=version.numero,
            empreinte=version.empreinte,
        )

        changements = differences(derniere.contenu, fige) if derniere else []
        demande = emettre_demande(candidature, version, compte, cadre, le)
        emettre_confirmation(candidature, version, changements, compte, cadre, le, avec=demande)
    return Enregistrement(candidature, version, nouvelle=True)


def _visible(brouillon: Brouillon, compte: Compte, cadre: Cadre, le: datetime) -> str:
    return empreinte_visible(contenu(brouillons.examen(brouillon, compte, cadre, le), brouillons.identite(compte)))


def _une_seule(compte: Compte, cadre: Cadre, candidature: Candidature | None) -> list[Motif]:
    autres = Candidature.objects.filter(compte=compte, session=cadre.session, examen=cadre.examen)
    if candidature:
        autres = autres.exclude(pk=candidature.pk)
    return motifs_candidature_unique(autres.values_list("etat", flat=True))


def _nouvelle_candidature(
    brouillon: Brouillon, compte: Compte, cadre: Cadre, examen: Examen, le: datetime
) -> Candidature:
    candidature = Candidature.objects.create(
        compte=compte,
        academie=cadre.academie,
        session=cadre.session,
        examen=cadre.examen,
        enregistree_le=le,
        forme_de_passage=examen.forme_de_passage,
    )
    candidature.numero = numero_inscription(cadre, candidature.pk)
    mots = mots_cherches(compte.nom_de_famille, compte.nom_usage, compte.prenoms)
    MotCherche.objects.bulk_create(MotCherche(candidature=candidature, mot=mot) for mot in mots)
    brouillon.candidature, brouillon.forme_enregistree = candidature, candidature.forme_de_passage
    brouillon.save(update_fields=["candidature", "forme_enregistree"])
    if compte.identite_figee_le is None:
        compte.identite_figee_le = le
        compte.save(update_fields=["identite_figee_le"])
    return candidature


def _nouvelle_version(
    candidature: Candidature, fige: dict[str, Any], examen: Examen, compte: Compte, le: datetime
) -> VersionDeCandidature:
    candidature.derniere_version += 1
    candidature.specialite = examen.specialite.slug if examen.specialite else ""
    candidature.empreinte_visible = empreinte_visible(fige)
    candidature.save(update_fields=["numero", "derniere_version", "specialite", "empreinte_visible"])
    version = VersionDeCandidature.objects.create(
        candidature=candidature,
        numero=candidature.derniere_version,
        contenu=fige,
        empreinte=empreinte(fige),
        enregistree_le=le,
    )
    ReponseConsentement.objects.bulk_create(
        ReponseConsentement(
            version=version,
            code=code,
            reponse={True: "oui", False: "non", None: ""}[reponse],
            le=le,
            auteur=compte,
        )
        for code, reponse in examen.candidature.consentements.items()
    )
    return version
