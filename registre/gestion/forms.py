"""Formulaires du service qui ne portent pas sur une seule pièce."""

from __future__ import annotations

from django import forms

from registre.commun.formulaires import Formulaire, Texte


class FormulaireDeRecherche(Formulaire):
    q = forms.CharField(
        label="Chercher un candidat",
        help_text="Son nom, sa date de naissance ou un numéro. Exemples\u00a0: 2026-000123-K, Petit Jeanne, "
        "Petit 30/05/1998.",
        required=False,
        strip=False,
        widget=Texte(attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": "200"}),
    )


class FormulaireDeRelance(Formulaire):
    message = forms.CharField(
        label="Message ajouté à la relance",
        help_text="La personne lira la liste des pièces qui manquent, puis ce message.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )
    facultatifs = frozenset({"message"})
    ancre = "relancer"
