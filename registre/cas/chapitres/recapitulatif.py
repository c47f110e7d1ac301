"""Chapitre ``recapitulatif`` : ce qui crée une nouvelle version, et ce qui change de l'une à l'autre."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from registre.cas.adaptateur import Adaptateur, Observe, partie
from registre.cas.chapitres.etapes import Situation as Reponses
from registre.cas.chapitres.etapes import examen
from registre.regles.cadre import Cadre
from registre.regles.recapitulatif import Identite, contenu, differences, inchange


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Les réponses déjà enregistrées, puis celles d'un nouvel enregistrement, écrites comme celles d'``etapes``."""

    avant: Reponses = field(default_factory=Reponses)
    apres: Reponses = field(default_factory=Reponses)


def observer(s: Situation, cadre: Cadre) -> Observe:
    avant, apres = _version(s.avant, cadre), _version(s.apres, cadre)
    lus = {_lu(d["libelle"]): _lu(d["apres"]) for d in differences(avant, apres)}
    return Observe({"nouvelle": not inchange(avant, apres), "changements": list(lus), "apres": lus})


def _lu(texte: str) -> str:
    """Le texte avec des espaces ordinaires, comme les cas l'écrivent."""
    return texte.replace("\u00a0", " ")


def _version(reponses: Reponses, cadre: Cadre) -> dict[str, Any]:
    identite = Identite(  # these cases never change it
        civilite="mme",
        nom_de_famille="Roche",
        nom_usage="",
        prenoms="Camille",
        date_de_naissance=reponses.naissance,
        pays_de_naissance="France",
        courriel="camille.roche@demo.example",
    )
    return contenu(examen(reponses, cadre), identite)


ADAPTATEURS = (
    Adaptateur(chapitre="recapitulatif", situation=Situation, observer=observer, comparaisons={"apres": partie}),
)
