"""Les avis de qualité d’une image, pour les gabarits : en faits pour le service, en données pour le navigateur."""

from __future__ import annotations

import json
from decimal import Decimal

from django import template

from registre.justificatifs.pieces_vues import FichierVu
from registre.regles.cadre import Cadre
from registre.regles.qualite import ALERTE, depuis_table, mots_pour_le_navigateur

register = template.Library()


@register.filter
def faits_de_qualite(fichier: FichierVu) -> list[str]:
    """« page 2 floue » : ce que nos mesures signalent, une ligne par avis."""
    avis = depuis_table(fichier.avis)
    return [f"page\u00a0{a.page} {a.fait}" if fichier.pages > 1 else a.fait for a in avis]


@register.filter
def a_une_alerte(fichier: FichierVu) -> bool:
    """Vrai si l’un des avis attendait une réponse du candidat."""
    return any(a.niveau == ALERTE for a in depuis_table(fichier.avis))


@register.simple_tag
def seuils_de_qualite(cadre: Cadre) -> str:
    """Les seuils et les mots, pour que le navigateur dise avant l’envoi ce que le serveur dira après."""
    seuils = {nom: float(v) for nom, v in vars(cadre.qualite).items() if isinstance(v, int | Decimal)}
    return json.dumps({"seuils": seuils, "mots": mots_pour_le_navigateur()}, ensure_ascii=False)
