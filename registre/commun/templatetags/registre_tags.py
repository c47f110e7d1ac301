"""Étiquettes de gabarits partagées."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms, template
from django.utils import timezone
from django.utils.formats import date_format

from registre.commun.formulaires import raisons

register = template.Library()


@register.filter
def erreurs(champ: forms.BoundField) -> list[dict[str, Any]]:
    """Erreurs d’un champ : message, motif et ses raisons."""
    return [_erreur(e) for e in champ.errors.as_data()]


@register.filter
def erreurs_generales(formulaire: forms.Form) -> list[dict[str, Any]]:
    return [_erreur(e) for e in formulaire.non_field_errors().as_data()]


def _erreur(erreur: forms.ValidationError) -> dict[str, Any]:
    motif = getattr(erreur, "motif", None)
    return {
        "message": " ".join(erreur.messages),
        "code": erreur.code,
        "raisons": raisons(motif) if motif else [],
    }


@register.filter
def heure_de_paris(instant: datetime) -> str:
    """« 7 novembre 2025 à 16 h 05 », heure de Paris."""
    local = timezone.localtime(instant)
    return f"{date_format(local, 'j F Y')} à {local.hour}\u00a0h\u00a0{local.minute:02d}"


@register.filter
def widget_de(champ: forms.BoundField) -> str:
    """Genre de composant qui montre le champ."""
    widget = champ.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "cases"
    if isinstance(widget, forms.RadioSelect):
        return "radio"
    if isinstance(widget, forms.CheckboxInput):
        return "case"
    if isinstance(widget, forms.HiddenInput):
        return "cache"
    if isinstance(widget, forms.PasswordInput):
        return "secret"
    return "liste" if isinstance(widget, forms.Select) else "texte"


@register.filter
def ancre(champ: forms.BoundField) -> str:
    """Identifiant HTML à viser : le champ lui-même, ou son groupe de boutons."""
    return champ.auto_id if widget_de(champ) in ("radio", "cases") else champ.id_for_label
