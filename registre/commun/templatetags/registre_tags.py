"""Étiquettes de gabarits partagées."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms, template
from django.utils import timezone
from django.utils.formats import date_format

from registre.commun.composants import genre
from registre.commun.formulaires import erreur_dite, erreurs_du_champ
from registre.commun.sources import Reference, par_texte

register = template.Library()


@register.filter
def erreurs(champ: forms.BoundField) -> list[dict[str, Any]]:
    return erreurs_du_champ(champ)


@register.filter
def erreurs_generales(formulaire: forms.Form) -> list[dict[str, Any]]:
    return [erreur_dite(e) for e in formulaire.non_field_errors().as_data()]


@register.filter
def heure_de_paris(instant: datetime) -> str:
    """« 7 novembre 2025 à 16 h 05 », heure de Paris."""
    local = timezone.localtime(instant)
    return f"{date_format(local, 'j F Y')} à {local.hour}\u00a0h\u00a0{local.minute:02d}"


@register.filter
def accord(nombre: int, formes: str = ",s") -> str:
    """La fin du mot qui suit un nombre : « 0 pièce », « 1 pièce », « 2 pièces ». Le pluriel commence à deux."""
    singulier, pluriel = formes.split(",")
    return pluriel if nombre >= 2 else singulier


@register.filter
def sous(ligne: list[str], entetes: list[str]) -> list[tuple[str, str]]:
    """Les cellules d’une ligne, chacune avec l’en-tête de sa colonne."""
    return list(zip(entetes, ligne, strict=True))


@register.filter
def ancre(champ: forms.BoundField) -> str:
    """Identifiant HTML à viser : le champ lui-même, ou son groupe de boutons."""
    return champ.auto_id if genre(champ.field.widget) in ("radio", "cases") else champ.id_for_label


@register.filter
def textes(sources: Iterable[str]) -> list[tuple[str, list[Reference]]]:
    """Les textes que désignent ces identifiants, dans la forme que montre ``composants/textes.html``."""
    return par_texte(sources)
