"""An invented candidate, and what is known of her earlier sessions, for the tests that read whole inscriptions."""

from __future__ import annotations

from datetime import date
from typing import Any

from registre.regles.recapitulatif import Identite
from registre.regles.releves import InscriptionConnue
from registre.regles.vocabulaire import FormeDePassage

IDENTITE = Identite(
    civilite="madame",
    nom_de_famille="Roche",
    nom_usage="Vernet",
    prenoms="Camille Anne",
    date_de_naissance=date(1990, 3, 14),
    pays_de_naissance="France",
    courriel="camille.roche@demo.example",
)
# Step 2 of one who failed once.
PASSE = {
    "deja_passe": "oui",
    "passages-0-session": "2024",
    "passages-0-specialite": "agora",
    "passages-0-forme_de_passage": "globale",
    "passages-0-resultat": "ajourne",
    "passages-0-academie": "Lyon",
}


def inscription(session: int = 2025, specialite: str = "agora", **acquis: Any) -> InscriptionConnue:
    """``acquis``: what was typed at step 4 then."""
    return InscriptionConnue(
        session=session,
        academie="clermont-ferrand",
        specialite=specialite,
        forme_de_passage=FormeDePassage.GLOBALE,
        acquis=acquis,
    )
