"""Ce que le candidat tape quand il garde un fichier malgré un avis."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from registre.commun.formulaires import Formulaire
from registre.justificatifs.pieces_vues import FichierVu
from registre.regles.citation import Motif
from registre.regles.qualite import RAISON_MAXIMALE


class GarderForm(Formulaire):
    """« Garder ce fichier quand même », et pourquoi."""

    pourquoi = forms.CharField(
        required=False,
        label="Pourquoi vous gardez ce fichier",
        help_text="Par exemple\u00a0: le document d’origine est abîmé, ou vous n’en avez pas d’autre.",
        widget=forms.Textarea(attrs={"rows": "2", "maxlength": str(RAISON_MAXIMALE)}),
    )

    def __init__(self, fichier: FichierVu, *, pourquoi: str = "", motifs: Iterable[Motif] = ()) -> None:
        super().__init__({"pourquoi": pourquoi}, motifs=motifs, auto_id=f"garder-{fichier.reference}-%s")
