"""Étiquettes de gabarits des comptes."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registre.comptes import reprise

register = template.Library()


@register.simple_tag(takes_context=True)
def repere_du_compte(context: dict[str, Any]) -> SafeString:
    """Champ caché à poser dans le formulaire d’une vue ``@reprenable``."""
    compte = context["request"].user
    return format_html('<input type="hidden" name="{}" value="{}">', reprise.REPERE, reprise.repere(compte))
