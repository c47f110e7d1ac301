"""Ce que le service tape sur une pièce : une réception, une décision, une fenêtre rouverte, un motif."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from registre.commun.formulaires import ChoixTelQuel, Formulaire, texte
from registre.regles.cadre import ParametresPieces
from registre.regles.citation import Motif
from registre.regles.lecture import lire_date
from registre.regles.saisies_de_piece import COMMENTAIRE_MAXIMAL, MOTIF_MAXIMAL, TITRE_MAXIMAL

AUTRE = "autre"
JOUR = "Jour, mois, année. Exemple\u00a0: 30/10/2025."
_DATES_REFUSEES = {
    "date_illisible": "Écrivez le jour, le mois et l’année sur quatre chiffres, par exemple 30/10/2025.",
    "date_inexistante": "Cette date n’existe pas dans le calendrier. Vérifiez le jour et le mois.",
}
_SOURCES_DES_DATES = {
    "recue_le": ("pieces.statut.par-le-gestionnaire",),
    "ferme_le": ("L-08",),
    "echeance": ("L-70",),
}
_HEURE = re.compile(r"([0-9]{1,2}) ?(?:h|:) ?([0-9]{2})?")


class ReceptionForm(Formulaire):
    """« Reçue » : le jour où la pièce est arrivée."""

    recue_le = texte("Date de réception", JOUR, autocomplete="off")
    facultatifs = frozenset({"recue_le"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="recevoir-%s", **kwargs)


class ConformeForm(Formulaire):
    recue_le = texte("Date de réception", JOUR, autocomplete="off")
    facultatifs = frozenset({"recue_le"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="accepter-%s", **kwargs)


class NonConformeForm(Formulaire):
    """« Non conforme » : une raison de la liste, un commentaire, ou les deux."""

    raison = ChoixTelQuel(label="Raison", choix=(), radio=True)
    commentaire = forms.CharField(
        label="Commentaire",
        help_text="Il s’ajoute au texte de la raison choisie. La personne lira l’un puis l’autre, tels quels.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "4", "maxlength": str(COMMENTAIRE_MAXIMAL)}),
    )
    facultatifs = frozenset({"commentaire"})

    def __init__(
        self, *args: Any, pieces: ParametresPieces, cle: str, motifs: Iterable[Motif] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="refuser-%s", motifs=motifs, **kwargs)
        if not self["raison"].value():  # with nothing chosen, the choice is what comes first
            self.motifs = [replace(m, champ="raison") if m.code == "commentaire_manquant" else m for m in self.motifs]
        self.textes = {r.code: r.texte for r in pieces.raisons_pour(cle)}
        self.fields["raison"].widget.choices = [*self.textes.items(), (AUTRE, "Autre raison, écrite ci-dessous")]


class ReouvertureForm(Formulaire):
    """Une fenêtre de dépôt pour cette pièce de cette candidature."""

    ferme_le = texte("Dernier jour", JOUR, autocomplete="off")
    heure = texte("Heure de fin", "Exemple\u00a0: 17 h. Vide\u00a0: jusqu’à la fin de la journée.", autocomplete="off")
    motif = texte("Motif", "Il reste au journal du service.", autocomplete="off", maxlength=str(MOTIF_MAXIMAL))
    facultatifs = frozenset({"heure"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="rouvrir-%s", **kwargs)


class RefusDeDeclarationForm(Formulaire):
    """« Non concerné » refusé : le candidat lit pourquoi la pièce lui est demandée."""

    commentaire = forms.CharField(
        label="Pourquoi cette pièce le concerne",
        help_text="La personne lira ce texte tel quel, puis déposera la pièce.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(COMMENTAIRE_MAXIMAL)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="exiger-%s", **kwargs)


class DemandeForm(Formulaire):
    """Une pièce de plus : de la liste de la session, ou sous un titre libre."""

    modele = ChoixTelQuel(label="Pièce de la liste", choix=())
    titre = texte(
        "Titre",
        "Si la pièce n’est pas dans la liste, ou pour la préciser. La personne le lira.",
        autocomplete="off",
        maxlength=str(TITRE_MAXIMAL),
    )
    raison = forms.CharField(
        label="Pourquoi vous la demandez",
        help_text=f"La personne lira ce texte tel quel. {MOTIF_MAXIMAL}\u00a0caractères au plus.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(MOTIF_MAXIMAL)}),
    )
    echeance = texte("Dernier jour", f"À partir de demain. {JOUR}", autocomplete="off")
    bloquante = ChoixTelQuel(
        label="Sans elle, que devient le dossier\u00a0?",
        choix=(
            ("oui", "Il est incomplet après cette date\u00a0: elle est obligatoire"),
            ("non", "Il peut être complet\u00a0: elle est facultative"),
        ),
        radio=True,
    )
    non_concerne = ChoixTelQuel(
        label="Peut-elle ne pas le concerner\u00a0?",
        choix=(("non", "Non"), ("oui", "Oui\u00a0: il pourra le déclarer sur l’honneur, et vous déciderez")),
        radio=True,
    )
    facultatifs = frozenset({"modele", "titre"})

    def __init__(self, *args: Any, pieces: ParametresPieces, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="demander-%s", **kwargs)
        self.fields["modele"].widget.choices = [
            ("", "Une autre\u00a0: je donne son titre"),
            *((p.cle, p.libelle) for p in pieces.liste),
        ]


class ProlongationForm(Formulaire):
    """Un autre dernier jour pour une demande."""

    echeance = texte("Nouveau dernier jour", f"À partir de demain. {JOUR}", autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="prolonger-%s", **kwargs)


class OriginalForm(Formulaire):
    """Pourquoi le fichier d’origine est téléchargé. ``fichier`` : sa référence."""

    motif = texte(
        "Motif du téléchargement",
        "Il reste au journal, avec votre nom. Exemple\u00a0: image illisible à l’écran.",
        autocomplete="off",
        maxlength=str(MOTIF_MAXIMAL),
    )

    def __init__(self, fichier: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"original-{fichier}-%s", **kwargs)


def lire_jour(tape: str, champ: str) -> tuple[date | None, list[Motif]]:
    """Un jour facultatif : ce qui est tapé se lit, ou un motif dit comment l’écrire."""
    if not tape.strip():
        return None, []
    lu = lire_date(tape)
    return lu.valeur, [_date_refusee(lu.code, champ)] if lu.code else []


def lire_echeance(tape: str) -> tuple[date | None, list[Motif]]:
    """Le dernier jour d’une demande, compris."""
    jour, motifs = lire_jour(tape, "echeance")
    if jour is not None and not 2000 <= jour.year <= 2100:
        return None, [_date_refusee("date_illisible", "echeance")]
    return jour, motifs


def _date_refusee(code: str, champ: str) -> Motif:
    return Motif(code, champ, _DATES_REFUSEES[code], _SOURCES_DES_DATES[champ])


def lire_fin(jour: str, heure: str, fuseau: str) -> tuple[datetime | None, list[Motif]]:
    """L’instant où une fenêtre se ferme, exclu ; sans heure, la fin de la journée."""
    lu, motifs = lire_jour(jour, "ferme_le")
    if lu is None:
        return None, motifs
    if not 2000 <= lu.year <= 2100:
        return None, [_date_refusee("date_illisible", "ferme_le")]
    zone = ZoneInfo(fuseau)
    if not heure.strip():
        return datetime.combine(lu + timedelta(days=1), time(), zone), []
    trouve = _HEURE.fullmatch(heure.strip().lower())
    heures, minutes = (int(trouve[1]), int(trouve[2] or 0)) if trouve else (24, 0)
    if heures > 23 or minutes > 59:
        return None, [Motif("heure_illisible", "heure", "Écrivez l’heure, par exemple 17 h ou 17:30.", ("L-08",))]
    return datetime.combine(lu, time(heures, minutes), zone), []
