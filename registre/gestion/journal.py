"""Le journal, dit en français : qui, quand, quoi."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registre.commun.models import Evenement
from registre.comptes.models import Compte
from registre.documents.dates import a_la_seconde
from registre.regles.cadre import Cadre

ACTES = {
    "candidature_enregistree": "Candidature enregistrée",
    "candidature_modifiee": "Candidature modifiée",
    "candidature_retiree": "Candidature retirée",
    "document_mis_a_disposition": "Document mis à disposition",
    "piece_deposee": "Fichier déposé",
    "fichier_supprime": "Fichier supprimé",
    "fichier_deplace": "Fichier changé de place",
    "fichier_garde": "Fichier gardé malgré un avis",
    "passerelle_ouverte": "Lien pour téléphone ouvert",
    "passerelle_prolongee": "Lien pour téléphone prolongé",
    "passerelle_envoyee": "Lien pour téléphone envoyé par courriel",
    "passerelle_code_tape": "Lien pour téléphone ouvert par son code",
    "passerelle_fermee": "Lien pour téléphone fermé depuis l’ordinateur",
    "passerelle_finie": "Lien pour téléphone fermé depuis le téléphone",
    "photo_du_telephone": "Photo reçue du téléphone",
    "photo_retiree": "Photo retirée depuis le téléphone",
    "fichier_rejete": "Fichier rejeté par le contrôle de sécurité",
    "regroupement_envoye": "Pièces envoyées au service",
    "piece_recue": "Pièce reçue",
    "piece_conforme": "Pièce conforme",
    "piece_non_conforme": "Pièce non conforme",
    "piece_rouverte": "Dépôt d’une pièce rouvert",
    "piece_demandee": "Pièce demandée par le service",
    "demande_prolongee": "Délai d’une demande changé",
    "demande_retiree": "Demande d’une pièce retirée",
    "non_concerne_declare": "Déclaré non concerné par une pièce",
    "non_concerne_retire": "Déclaration «\u00a0non concerné\u00a0» retirée",
    "non_concerne_accepte": "Déclaration «\u00a0non concerné\u00a0» acceptée",
    "non_concerne_refuse": "Déclaration «\u00a0non concerné\u00a0» refusée",
    "acquis_accorde": "Acquis accordé",
    "acquis_refuse": "Acquis refusé",
    "candidature_consultee": "Dossier consulté",
    "document_consulte": "Document consulté",
    "piece_vue": "Page d’une pièce regardée",
    "original_telecharge": "Fichier d’origine téléchargé",
}
CONSULTATIONS = frozenset({"candidature_consultee", "document_consulte", "piece_vue"})


@dataclass(frozen=True, kw_only=True)
class Ligne:
    le: datetime
    par: str
    quoi: str
    precisions: str
    consultation: bool


def lignes(evenements: Iterable[Evenement], cadre: Cadre) -> list[Ligne]:
    """Les lignes à montrer, dans l’ordre reçu. Un acte sans nom français garde son code : rien n’est caché."""
    pieces = {p.cle: p.libelle for p in cadre.pieces.liste}
    return [
        Ligne(
            le=e.le,
            par=_par(e.acteur),
            quoi=ACTES.get(e.acte, e.acte),
            precisions=_precisions(e, pieces),
            consultation=e.acte in CONSULTATIONS,
        )
        for e in evenements
    ]


def _par(acteur: Compte | None) -> str:
    if acteur is None:
        return "le site"
    return f"{acteur.nom_complet}, {'service' if acteur.est_gestionnaire else 'titulaire du dossier'}"


def _precisions(evenement: Evenement, libelles: dict[str, str]) -> str:
    """Les détails qui se lisent ; les empreintes et les références restent dans la base."""
    details: dict[str, Any] = evenement.details
    cles = [*details.get("pieces", []), *([details["piece"]] if "piece" in details else [])]
    dits = [libelles.get(cle, cle) for cle in cles]
    if "genre" in details:
        dits.append(GENRES.get(details["genre"], details["genre"]))
    dits += [f"{mots} {details[nom]}" for nom, mots in DETAILS.items() if details.get(nom) not in (None, "")]
    if "ferme_le" in details:
        dits.append(f"jusqu’au {a_la_seconde(datetime.fromisoformat(details['ferme_le']))}")
    return ", ".join(dits)


GENRES = {
    "confirmation-inscription": "confirmation d’inscription",
    "demande-pieces": "demande de pièces justificatives",
    "accuse-depot": "accusé de dépôt",
    "relance-pieces": "relance de pièces",
}
DETAILS = {
    "acquis": "épreuve\u00a0:",
    "titre": "document\u00a0:",
    "version": "version",
    "page": "page",
    "motif": "motif\u00a0:",
    "raison": "raison\u00a0:",
}
