"""Pieces as a deposit leaves them, their objects in the vault, without the child process that reads real files."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any

from PIL import Image

from registre.inscription.models import Candidature
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import FichierDepose, PieceJustificative
from tests.inscription.scenario import LE


def deposee(candidature: Candidature, cle: str, fichiers: int = 1, **champs: Any) -> PieceJustificative:
    """One piece with its files « page 1.jpg », « page 2.jpg »; any field of the piece may be given."""
    etat = {"etat": "deposee", "deposee_le": LE, "version_au_depot": candidature.derniere_version, **champs}
    piece = PieceJustificative.objects.create(candidature=candidature, cle=cle, **etat)
    sortie = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(sortie, "JPEG")
    octets = sortie.getvalue()
    for rang in range(1, fichiers + 1):
        FichierDepose.objects.create(
            piece=piece,
            rang=rang,
            nom=f"page {rang}.jpg",
            format="jpeg",
            taille=len(octets),
            place=3 * len(octets),
            empreinte=sha256(f"{cle}{rang}".encode()).hexdigest(),
            original=coffre.ranger(octets),
            copie=coffre.ranger(octets),
            pages=[{"cle": coffre.ranger(octets), "largeur": 300, "hauteur": 200}],
            depose_le=LE,
        )
    return piece
