"""Le formulaire de la page « Et si ? » : une ligne par unité, prête à montrer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html

from registre.commun.formulaires import ChoixTelQuel, Formulaire, texte
from registre.inscription.forms import VIDE
from registre.inscription.pages import specialites_offertes
from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre, Specialite, Unite
from registre.regles.controle import Choix
from registre.regles.decisions import unites_toutes_connues
from registre.regles.et_si import AUTRES_UNITES, etats_possibles
from registre.regles.moyenne import ecrit
from registre.regles.notes import EPS, EtatNote
from registre.regles.vocabulaire import FormeDePassage

ANCIENNE_NOTE_D_EPS = f"note_{EPS}"
LIBELLES = {
    EtatNote.NOTE: "Je la passe et j’ai une note",
    EtatNote.NOTE_GARDEE: "Je garde une ancienne note",
    EtatNote.DISPENSE: "J’en ai la dispense",
    EtatNote.INAPTE: "Je suis inapte",
    EtatNote.ABSENCE: "Je manque l’épreuve, sans justification",
    EtatNote.NON_PRESENTEE: "Je la passe à une autre session",
}
FORME_A_CHOISIR = "Je la passe à une autre session, sous la forme progressive"


@dataclass(frozen=True, kw_only=True)
class Reglages:
    """Ce dont dépendent les champs : la spécialité (``None`` : à choisir), la forme, les activités d’EPS notées."""

    cadre: Cadre
    specialite: Specialite | None
    forme_de_passage: FormeDePassage | None
    activites: int


class EtSiForm(Formulaire):
    """``groupes`` : (titre, champs, ancienne note) de chaque unité. ``choix`` : les matières du contrôle."""

    facultatifs = frozenset({"note_lvf"})

    def __init__(self, reglages: Reglages, choix: Choix | None = None, **kwargs: Any) -> None:
        cadre = reglages.cadre
        offertes = [(s.slug, s.libelle) for s, _ in specialites_offertes(cadre)]
        self.base_fields = {"specialite": ChoixTelQuel(label="Spécialité", choix=[*VIDE, *offertes])}
        self._groupes: list[tuple[str, list[str]]] = []
        self._autres: list[tuple[str, list[str]]] = []
        self._oraux: list[tuple[str, list[str]]] = []
        if reglages.specialite:
            self._unites(reglages, reglages.specialite)
            self.base_fields["note_lvf"] = texte(
                "Note de langue facultative, sur 20",
                f"Seuls les points au-dessus de {ecrit(cadre.moyenne.facultative_seuil)} comptent.",
                inputmode="decimal",
            )
            self._controle(choix or {}, reglages.specialite, cadre)
        super().__init__(**kwargs)

    def _unites(self, reglages: Reglages, specialite: Specialite) -> None:
        for cle, unite in specialite.par_cle.items():
            libelle = libelle_unite(cle, specialite, reglages.cadre)
            champs = self._champs_de_l_unite(unite, libelle, reglages)
            self.base_fields |= champs
            coefficient = "inconnu" if unite.coefficient is None else ecrit(unite.coefficient)
            self._groupes.append((f"{libelle} (coefficient {coefficient})", [*champs]))
        if not unites_toutes_connues(specialite):
            for n in range(1, AUTRES_UNITES + 1):
                champs = _champs_d_une_autre(n)
                self.base_fields |= champs
                self._autres.append((f"Autre unité professionnelle, {n}", [*champs]))

    def _champs_de_l_unite(self, unite: Unite, nom: str, reglages: Reglages) -> dict[str, forms.Field]:
        cle = unite.cle
        forme = reglages.forme_de_passage
        libelles = LIBELLES if forme else LIBELLES | {EtatNote.NON_PRESENTEE: FORME_A_CHOISIR}
        etats = [(e.value, libelles[e]) for e in etats_possibles(unite, forme)]
        champs: dict[str, forms.Field] = {f"etat_{cle}": ChoixTelQuel(label=_dit("Situation", nom), choix=etats)}
        if unite.matiere == EPS:
            for n in range(1, reglages.activites + 1):
                champs[f"note_eps_{n}"] = texte(_dit(f"Note de l’activité {n}", nom), inputmode="decimal")
            champs[f"note_{cle}"] = texte(_dit("Ancienne note gardée, sur 20", nom), inputmode="decimal")
        else:
            champs[f"note_{cle}"] = texte(_dit("Note sur 20", nom), inputmode="decimal")
        if unite.coefficient is None:
            champs[f"coefficient_{cle}"] = texte(_dit("Votre coefficient", nom), inputmode="decimal")
        return champs

    def _controle(self, choix: Choix, specialite: Specialite, cadre: Cadre) -> None:
        par_code = {u.code or u.cle: cle for cle, u in specialite.par_cle.items()}
        for groupe in cadre.jury.controle_groupes:
            unites = choix.get(groupe.code, ())
            if not unites:
                continue
            offertes = [(u, libelle_unite(par_code[u], specialite, cadre)) for u in unites]
            champs: dict[str, forms.Field] = {
                f"oral_{groupe.code}": ChoixTelQuel(label="Matière de l’oral", choix=[*VIDE, *offertes]),
                f"note_oral_{groupe.code}": texte("Note de l’oral, sur 20", inputmode="decimal"),
            }
            self.base_fields |= champs
            self._oraux.append((groupe.libelle, [*champs]))

    def _lies(self, groupes: list[tuple[str, list[str]]]) -> list[tuple[str, list[forms.BoundField]]]:
        return [(titre, [self[nom] for nom in noms]) for titre, noms in groupes]

    @property
    def groupes(self) -> list[tuple[str, list[forms.BoundField], forms.BoundField | None]]:
        """L’ancienne note d’EPS est à part : elle ne sert qu’à qui la garde."""
        return [
            (titre, [c for c in champs if c.name != ANCIENNE_NOTE_D_EPS], _ancienne(champs))
            for titre, champs in self._lies(self._groupes)
        ]

    @property
    def eps_gardee(self) -> bool:
        """L’ancienne note d’EPS est choisie, tapée ou à corriger : son champ est montré ouvert."""
        champ = self[ANCIENNE_NOTE_D_EPS]
        return bool(champ.value() or champ.errors) or self[f"etat_{EPS}"].value() == EtatNote.NOTE_GARDEE

    @property
    def autres(self) -> list[tuple[str, list[forms.BoundField]]]:
        return self._lies(self._autres)

    @property
    def oraux(self) -> list[tuple[str, list[forms.BoundField]]]:
        return self._lies(self._oraux)


def _ancienne(champs: list[forms.BoundField]) -> forms.BoundField | None:
    return next((c for c in champs if c.name == ANCIENNE_NOTE_D_EPS), None)


def _dit(visible: str, nom: str) -> str:
    """Le nom de l’unité se lit dans la liste des erreurs ; près du champ, le cadre le dit déjà."""
    return format_html('{}<span class="registre-dit-par-le-cadre">, {}</span>', visible, nom)


def _champs_d_une_autre(n: int) -> dict[str, forms.Field]:
    return {
        f"autre{n}_intitule": texte(f"Autre unité {n}\u00a0: son code, par exemple U32"),
        f"autre{n}_note": texte(f"Autre unité {n}\u00a0: note sur 20", inputmode="decimal"),
        f"autre{n}_coefficient": texte(f"Autre unité {n}\u00a0: votre coefficient", inputmode="decimal"),
    }
