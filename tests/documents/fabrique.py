"""Documents to test with: invented people, every kind of block."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from registre.comptes.models import Compte
from registre.documents.dates import a_la_seconde
from registre.documents.empreinte import empreinte
from registre.documents.models import CONFIRMATION, Document

LE = datetime(2025, 11, 7, 15, 5, 12, tzinfo=UTC)  # 16:05:12 in Paris
NUMERO = "2026-000123-K"

_CONTENU: dict[str, Any] = {
    "titre": "Confirmation d’inscription",
    "sous_titre": "Baccalauréat professionnel, session 2026",
    "numero": NUMERO,
    "numero_candidat": "C-000045-X",
    "version": 1,
    "enregistree_le": LE.isoformat(),
    "enregistree_le_texte": a_la_seconde(LE),
    "academie": "Clermont-Ferrand",
    "service": {
        "nom": "Service des examens",
        "courriel": "examens@ac-exemple.fr",
        "telephones": ["04 00 00 00 01"],
    },
    "sections": [
        {
            "titre": "Identification",
            "lignes": [
                {"libelle": "Nom de famille", "valeur": "Łukaszewicz-Đặng"},
                {"libelle": "Prénoms", "valeur": "Zoé, Kaʻimi, Ἀλέξανδρος"},
                {"libelle": "Né le", "valeur": "30 mai 1998"},
            ],
            "tableaux": [],
        },
        {
            "titre": "Épreuves",
            "lignes": [],
            "tableaux": [
                {
                    "titre": "Épreuves obligatoires",
                    "entetes": ["Unité", "Épreuve", "Situation"],
                    "lignes": [
                        ["U11", "Économie et droit", "Inscrit"],
                        ["U2", "Étude d’une situation professionnelle", "Bénéfice\u00a0: 12,50"],
                    ],
                }
            ],
        },
    ],
    "avertissements": ["Signez ce document, puis déposez-le en ligne."],
    "mineur": False,
    "differences": [],
}


def contenu(**changements: Any) -> dict[str, Any]:
    return copy.deepcopy(_CONTENU) | changements


def document(contenu_fige: dict[str, Any], **changements: Any) -> Document:
    """A document in memory, with no row."""
    champs = {
        "genre": CONFIRMATION,
        "titre": contenu_fige["titre"],
        "candidature": contenu_fige["numero"],
        "academie": "clermont-ferrand",
        "session": 2026,
        "examen": "bac-pro",
        "version": contenu_fige["version"],
        "contenu": contenu_fige,
        "empreinte": empreinte(contenu_fige),
        "emis_le": LE,
    }
    return Document(**(champs | changements))


def compte(email: str = "zoe@exemple.fr", role: str = "candidat") -> Compte:
    return Compte.objects.create(email=email, role=role, cree_le=LE, active_le=LE)
