"""Mettre un document à la disposition d’un candidat, et l’en prévenir : un seul fait, une seule transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.documents.dates import a_la_seconde
from registre.documents.empreinte import empreinte
from registre.documents.models import CONFIRMATION, Document
from registre.regles.cadre import Cadre, Piece


def emettre(
    *,
    compte: Compte,
    genre: str,
    titre: str,
    candidature: str,
    version: int | None,
    contenu: dict[str, Any],
    le: datetime,
    cadre: Cadre,
    acteur: Compte | None = None,
    annonce: bool = True,
    annonce_avec: Document | None = None,
    details: Sequence[str] = (),
) -> Document:
    """Fige le document, met son courriel dans la boîte d’envoi, l’écrit au journal.

    À appeler dans la transaction de l’acte qui fait naître le document. ``contenu`` : voir
    ``registre.documents.presentation``. ``le`` : instant de l’acte, temps du registre. ``acteur`` : l’agent qui
    l’a demandé, s’il y en a un. ``details`` : des lignes du courriel, sans rien de personnel.
    Deux documents nés du même acte font un seul courriel : le premier est émis sans ``annonce``, le second
    l’annonce avec lui (``annonce_avec``).

    :raises django.db.IntegrityError: si cette version du document existe déjà.
    :raises TypeError: si ``contenu`` porte autre chose que textes, entiers, booléens, listes et tables.
    """
    document = Document.objects.create(
        compte=compte,
        genre=genre,
        titre=titre,
        candidature=candidature,
        academie=cadre.academie,
        session=cadre.session,
        examen=cadre.examen,
        version=version,
        contenu=contenu,
        empreinte=empreinte(contenu),
        emis_le=le,
    )
    if annonce:
        mettre_en_attente(
            cle=f"document:{document.reference}",
            destinataire=compte.email,
            gabarit="document",
            contexte=_contexte(document, cadre) | {"avec": _lien(annonce_avec), "details": details},
            compte=compte,
            le=le,
        )
    consigner(
        "document_mis_a_disposition",
        le=le,
        acteur=acteur,
        objet=f"document:{document.reference}",
        candidature=candidature,
        genre=genre,
        version=version,
        empreinte=document.empreinte,
    )
    return document


def _lien(document: Document | None) -> dict[str, str] | None:
    if document is None:
        return None
    return {"titre": document.titre, "adresse": adresse_publique("document", document.reference)}


def _contexte(document: Document, cadre: Cadre) -> dict[str, Any]:
    """Ce que le courriel dit : un document est là, où, et ce qu’il reste à faire. Rien de personnel."""
    confirmation = document.genre == CONFIRMATION
    return {
        "objet": _objet(document, cadre),
        "document": document,
        "adresse": adresse_publique("document", document.reference),
        "instant": a_la_seconde(document.emis_le),
        "cadre": cadre,
        "service": cadre.contacts.service,
        "modification": confirmation and (document.version or 1) > 1,
        "piece_signee": _piece_signee(cadre) if confirmation else None,
        "formats": " ou ".join(f.upper() for f in cadre.pieces.formats),
    }


def _objet(document: Document, cadre: Cadre) -> str:
    """« Modification d’inscription : » à partir de la deuxième version (R119)."""
    if document.genre != CONFIRMATION:
        return document.titre
    quoi = "Modification d’inscription" if (document.version or 1) > 1 else "Confirmation d’inscription"
    return f"{quoi}\u00a0: {cadre.examen_libelle}"


def _piece_signee(cadre: Cadre) -> Piece | None:
    """La pièce qui attend la confirmation signée, quand la session en veut une (L-56)."""
    if cadre.validation.mode != "recapitulatif_signe":
        return None
    return next((p for p in cadre.pieces.liste if p.cle == "recapitulatif-signe"), None)
