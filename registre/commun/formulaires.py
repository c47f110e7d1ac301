"""Des formulaires qui relient et qui montrent ; le verdict vient des règles (ADR 0003)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registre.commun import composants
from registre.commun.sources import Reference, par_texte
from registre.regles.citation import Motif


def texte_poste(request: HttpRequest, champ: str) -> str:
    """Le texte d’un champ : sans caractère nul (PostgreSQL le refuse), ni retours de formulaire, ni blancs autour."""
    return request.POST.get(champ, "").replace("\x00", "").replace("\r\n", "\n").strip()


class ChampLie(forms.BoundField):
    """Un champ relié qui se montre par notre composant."""

    def as_field_group(self) -> SafeString:
        return composants.champ(self, erreurs_du_champ(self))


def erreurs_du_champ(champ: forms.BoundField) -> list[dict[str, Any]]:
    """Erreurs d’un champ : message, code, raisons."""
    return [erreur_dite(e) for e in champ.errors.as_data()] if champ.errors else []


def erreur_dite(erreur: forms.ValidationError) -> dict[str, Any]:
    motif = getattr(erreur, "motif", None)
    return {"message": " ".join(erreur.messages), "code": erreur.code, "raisons": raisons(motif) if motif else []}


class Formulaire(forms.Form):
    """Formulaire de Registre : classes du système de design, motifs des règles à côté des champs.

    ``facultatifs`` : noms des champs dont le libellé porte « (facultatif) ». Les champs n’ont pas de
    validation propre (``required=False``) : ce que le candidat tape est gardé tel quel.
    """

    bound_field_class = ChampLie
    use_required_attribute = False
    facultatifs: frozenset[str] = frozenset()

    def __init__(self, *args: Any, motifs: Iterable[Motif] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.motifs = list(motifs)
        for nom, champ in self.fields.items():
            champ.obligatoire = nom not in self.facultatifs
            champ.widget.attrs.setdefault("class", _classe(champ.widget))

    def full_clean(self) -> None:
        """Puts the motifs of the rules where Django keeps its errors; syntax was the rules' business too."""
        super().full_clean()
        for motif in self.motifs:
            champ = motif.champ.removeprefix(f"{self.prefix}-") if self.prefix else motif.champ
            erreur = forms.ValidationError(motif.message, code=motif.code, params={})
            erreur.motif = motif
            self.add_error(champ if champ in self.fields else None, erreur)

    def dire(self, motifs: Iterable[Motif]) -> None:
        """Ajoute des motifs et refait le point."""
        self.motifs.extend(motifs)
        self._errors = None


# --- Composants de saisie -----------------------------------------------------------------------------
# Django renders each option of a list through its own template; at 150 options a list, that was most of the time
# of a page (bench/). These write the same elements at once, escaped by format_html.


class Texte(forms.TextInput):
    def render(self, name: str, value: Any, attrs: Any = None, **_: Any) -> SafeString:
        valeur = {} if value in (None, "") else {"value": value}
        return format_html(
            "<input{}>", flatatt({"type": "text", "name": name, **valeur, **self.build_attrs(self.attrs, attrs)})
        )


class Liste(forms.Select):
    def render(self, name: str, value: Any, attrs: Any = None, **_: Any) -> SafeString:
        choix = tuple(self.choices)
        options = _options(choix, *_connus([value], choix))
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options
        )


def _connus(donnees: Iterable[Any], choix: tuple[tuple[str, str], ...]) -> list[str]:
    """The typed values that are offered. The others select nothing, and must not become keys of the caches below:
    a browser may send a million characters for any of them.
    """
    codes = {code for code, _ in choix}
    return [v for v in ("" if d is None else str(d) for d in donnees) if v in codes]


@lru_cache(maxsize=1024)
def _options(choix: tuple[tuple[str, str], ...], choisi: str = "") -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, " selected" if code == choisi else "", libelle) for code, libelle in choix),
    )


class Boutons(forms.RadioSelect):
    genre = "radio"

    def render(self, name: str, value: Any, attrs: Any = None, **_: Any) -> SafeString:
        donnees = value if isinstance(value, (list, tuple)) else [value]
        fixes = flatatt({k: v for k, v in (attrs or {}).items() if k.startswith("aria-")})
        base = (attrs or {}).get("id", f"id_{name}")
        choix = tuple(self.choices)
        return _boutons(self.genre, name, choix, frozenset(_connus(donnees, choix)), base, fixes)


@lru_cache(maxsize=1024)
def _boutons(
    genre: str, nom: str, choix: tuple[tuple[str, str], ...], choisis: frozenset[str], base: str, fixes: SafeString
) -> SafeString:
    return format_html_join(
        "",
        '<div class="fr-fieldset__element"><div class="fr-{}-group">'
        '<input type="{}" name="{}" value="{}" id="{}_{}"{}{}>'
        '<label class="fr-label" for="{}_{}">{}</label></div></div>',
        (
            (genre, genre, nom, code, base, n, " checked" if code in choisis else "", fixes, base, n, libelle)
            for n, (code, libelle) in enumerate(choix)
        ),
    )


class Cases(forms.CheckboxSelectMultiple):
    genre = "checkbox"
    render = Boutons.render


def _classe(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
        return "fr-select"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxInput, forms.CheckboxSelectMultiple)):
        return ""
    return "fr-input"


def texte(libelle: str, aide: str = "", **attrs: str) -> forms.CharField:
    """Champ de texte court, gardé tel que tapé."""
    return forms.CharField(label=libelle, help_text=aide, required=False, strip=False, widget=Texte(attrs=attrs))


class ChoixTelQuel(forms.CharField):
    """Liste ou boutons radio dont la valeur n’est pas jugée ici : la règle dira si elle est offerte."""

    def __init__(self, *, choix: Iterable[tuple[str, str]], radio: bool = False, **kwargs: Any) -> None:
        widget = Boutons if radio else Liste
        super().__init__(required=False, widget=widget(choices=list(choix)), **kwargs)


class ChoixMultiplesTelsQuels(forms.Field):
    """Cases à cocher dont les valeurs ne sont pas jugées ici."""

    def __init__(self, *, choix: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(required=False, widget=Cases(choices=list(choix)), **kwargs)


def raisons(motif: Motif) -> list[tuple[str, list[Reference]]]:
    """Références d’un motif, prêtes à être montrées sous « Pourquoi ? »."""
    return par_texte(motif.sources)
