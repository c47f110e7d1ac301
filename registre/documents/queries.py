"""Tout ce que les pages de documents lisent : deux requêtes au plus, quel que soit le nombre de documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from registre.commun.cadres import tous
from registre.comptes.models import Compte
from registre.documents.models import Document


@dataclass(frozen=True)
class LigneDeDocument:
    """Une ligne de « Mes documents ». ``remplacee`` : une version plus récente existe."""

    reference: UUID
    titre: str
    version: int | None
    emis_le: datetime
    remplacee: bool


@dataclass(frozen=True)
class DocumentsDeCandidature:
    numero: str
    libelle: str
    documents: list[LigneDeDocument]


def documents_par_candidature(compte: Compte) -> list[DocumentsDeCandidature]:
    """Les documents du compte, groupés par candidature, la plus récente d’abord ; dans chacune, le dernier d’abord."""
    lignes = _avec_remplacement(Document.objects.filter(compte=compte)).defer("contenu")
    ordre = lignes.order_by("-session", "-candidature", "-emis_le", "-pk")
    return [
        _groupe(numero, list(documents)) for numero, documents in groupby(ordre, key=lambda ligne: ligne.candidature)
    ]


def document_du_compte(compte: Compte, reference: UUID) -> Document | None:
    """Le document, s’il existe et s’il est à ce compte : les deux absences ne se distinguent pas."""
    return _avec_remplacement(Document.objects.filter(compte=compte, reference=reference)).first()


def _avec_remplacement(documents: QuerySet[Document]) -> QuerySet[Document]:
    plus_recents = Document.objects.filter(
        candidature=OuterRef("candidature"), genre=OuterRef("genre"), version__gt=OuterRef("version")
    )
    return documents.annotate(remplacee=Exists(plus_recents))


def _groupe(numero: str, documents: Iterable[Document]) -> DocumentsDeCandidature:
    premier, *_ = documents
    return DocumentsDeCandidature(
        numero=numero,
        libelle=_libelle(premier),
        documents=[LigneDeDocument(d.reference, d.titre, d.version, d.emis_le, d.remplacee) for d in documents],
    )


def _libelle(document: Document) -> str:
    """Examen, session et académie ; leurs codes si le cadre n’est plus chargé."""
    cadre = tous().get((document.academie, document.session, document.examen))
    examen = cadre.examen_libelle if cadre else document.examen
    academie = cadre.academie_libelle if cadre else document.academie
    return f"{examen[:1].upper()}{examen[1:]}, session {document.session}, académie de {academie}"
