"""La réponse à la rubrique « Handicap » : chiffrée, seule dans sa table (L-68)."""

from __future__ import annotations

from datetime import datetime

from registre.commun.cles import chiffre
from registre.comptes.models import Compte
from registre.inscription.models import ReponseHandicap
from registre.regles.cadre import Cadre


def garder_reponse(compte: Compte, cadre: Cadre, reponse: str, le: datetime) -> None:
    """Garde « oui » ou « non ». Une réponse identique n’est pas réécrite."""
    if lire_reponse(compte, cadre) == reponse:
        return
    ReponseHandicap.objects.update_or_create(
        compte=compte,
        academie=cadre.academie,
        session=cadre.session,
        examen=cadre.examen,
        # Both answers have the same length, so that the size of the cipher text says nothing.
        defaults={"chiffre": chiffre("handicap").encrypt(reponse.encode()), "modifiee_le": le},
    )


def lire_reponse(compte: Compte, cadre: Cadre) -> str:
    """« oui », « non », ou vide sans réponse. À n’appeler que pour le candidat lui-même ou le référent handicap."""
    ligne = ReponseHandicap.objects.filter(
        compte=compte, academie=cadre.academie, session=cadre.session, examen=cadre.examen
    ).first()
    return chiffre("handicap").decrypt(bytes(ligne.chiffre)).decode() if ligne else ""
