"""Le composant d’un champ : libellé, aide, erreurs, saisie. Tout le balisage des formulaires est ici.

Écrit en Python, et non en gabarit : une page en montre des dizaines, et c’était la plus grande part de son temps
(``bench/``). Un autre exploitant change ce module et les gabarits de ``composants/``, rien d’autre.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

FACULTATIF = SafeString(' <span class="registre-facultatif">(facultatif)</span>')
RIEN = SafeString("")


def genre(widget: forms.Widget) -> str:
    """Genre de composant : cases, radio, case, cache, secret, fichier, liste ou texte."""
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
    if isinstance(widget, forms.FileInput):
        return "fichier"
    return "liste" if isinstance(widget, forms.Select) else "texte"


def champ(field: forms.BoundField, erreurs: list[dict[str, Any]]) -> SafeString:
    """Le champ entier. ``erreurs`` : messages et raisons, montrés à côté de lui."""
    sorte = genre(field.field.widget)
    if sorte == "cache":
        return format_html("{}", field)
    dites = (
        render_to_string("composants/erreurs_du_champ.html", {"listees": erreurs, "field": field}) if erreurs else RIEN
    )
    facultatif = RIEN if getattr(field.field, "obligatoire", True) else FACULTATIF
    aide = RIEN
    if field.help_text:
        aide = format_html('<span class="fr-hint-text" id="{}_helptext">{}</span>', field.auto_id, field.help_text)
    if sorte in ("radio", "cases"):
        return _groupe(field, sorte, dites, facultatif, aide)
    if sorte == "case":
        return format_html(
            '<div class="fr-fieldset__element"><div class="fr-checkbox-group{}">{}'
            '<label class="fr-label" for="{}">{}{}</label>{}</div></div>',
            " fr-checkbox-group--error" if erreurs else "",
            field,
            field.id_for_label,
            field.label,
            aide,
            dites,
        )
    classe = {"liste": "select", "fichier": "upload"}.get(sorte, "input")
    return format_html(
        '<div class="fr-{}-group{}"><label class="fr-label" for="{}">{}{}{}</label>{}{}</div>',
        classe,
        f" fr-{classe}-group--error" if erreurs else "",
        field.id_for_label,
        field.label,
        facultatif,
        aide,
        field,
        dites,
    )


def _groupe(
    field: forms.BoundField, sorte: str, dites: SafeString, facultatif: SafeString, aide: SafeString
) -> SafeString:
    """Boutons radio ou cases. Les erreurs viennent avant : après une longue liste, nul ne les voit."""
    decrit = field.aria_describedby
    return format_html(
        '<fieldset class="fr-fieldset{}" id="{}"{}{}{} tabindex="-1">'
        '<legend class="fr-fieldset__legend fr-fieldset__legend--regular">{}{}{}</legend>{}{}</fieldset>',
        " fr-fieldset--error" if dites else "",
        field.auto_id,
        SafeString(' role="radiogroup"') if sorte == "radio" else "",
        SafeString(' aria-invalid="true"') if dites and sorte == "radio" else "",
        format_html(' aria-describedby="{}"', decrit) if decrit else "",
        field.label,
        facultatif,
        aide,
        dites,
        field,
    )
