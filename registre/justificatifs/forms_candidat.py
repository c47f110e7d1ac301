"""Ce que le candidat dépose et envoie : des fichiers pour une pièce, ou le clic qui envoie un regroupement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html

from registre.commun.formulaires import Formulaire
from registre.justificatifs.pieces_vues import PieceVue
from registre.regles.cadre import ParametresPieces
from registre.regles.citation import Motif
from registre.regles.fichiers import taille_en_mo
from registre.regles.qualite import RAISON_MAXIMALE
from registre.regles.saisies_de_piece import DECLARATION_MAXIMALE

EXTENSIONS = {"pdf": (".pdf", "application/pdf"), "jpeg": (".jpg", ".jpeg", "image/jpeg")}

EXTENSIONS_A_PREPARER = (
    *(extension for extensions in EXTENSIONS.values() for extension in extensions),
    ".heic", ".heif", "image/heic", "image/heif", ".png", "image/png", ".webp", "image/webp",
)  # fmt: skip


class ChoixDeFichiers(forms.FileInput):
    """Un choix de fichiers, plusieurs à la fois."""

    allow_multiple_selected = True


class DepotForm(Formulaire):
    """Ajouter des fichiers à une pièce, ou remplacer le fichier ``nom``.

    ``ancre`` : où mène un refus qui ne vise aucun fichier.
    """

    fichier = forms.FileField(required=False)

    def __init__(
        self,
        piece: PieceVue,
        pieces: ParametresPieces,
        *,
        remplace: UUID | None = None,
        nom: str = "",
        motifs: Iterable[Motif] = (),
    ) -> None:
        super().__init__({}, motifs=motifs, auto_id=f"depot-{remplace or piece.cle}-%s")
        self.ancre = f"piece-{piece.cle}"
        champ = self.fields["fichier"]
        champ.widget = ChoixDeFichiers(attrs=_attributs(pieces, plusieurs=remplace is None))
        visible, vise = ("Nouveau fichier", f"à la place de {nom}") if remplace else ("Vos fichiers", piece.libelle)
        champ.label = format_html('{}<span class="fr-sr-only">, {}</span>', visible, vise)
        champ.help_text = annonce(pieces, plusieurs=remplace is None)


class PagesForm(Formulaire):
    """Ajouter des photos et des fichiers à ce qui se prépare ; ``photo`` ouvre l’appareil photo d’un téléphone."""

    fichier = forms.FileField(required=False, label="Vos photos ou vos fichiers")
    photo = forms.FileField(required=False, label="Prendre une photo")
    ancre = "ajouter"

    def __init__(self, pieces: ParametresPieces, motifs: Iterable[Motif] = ()) -> None:
        super().__init__({}, motifs=motifs, auto_id="preparer-%s")
        accepte = {"class": "fr-upload", "accept": ",".join(EXTENSIONS_A_PREPARER), "multiple": True}
        self.fields["fichier"].widget = ChoixDeFichiers(attrs=accepte)
        self.fields["fichier"].help_text = (
            f"Photos JPEG, HEIC, PNG ou WebP, et PDF. {taille_en_mo(pieces.taille_a_preparer)} au plus à la fois. "
            "Vous pouvez en choisir plusieurs\u00a0: ils gardent leur ordre."
        )
        capture = {"class": "fr-upload", "accept": "image/*", "capture": "environment", "multiple": False}
        self.fields["photo"].widget = ChoixDeFichiers(attrs=capture)


class DocumentForm(Formulaire):
    """Déposer le document préparé ; dire pourquoi, si une page a un avis."""

    pourquoi = forms.CharField(
        required=False,
        label="Pourquoi vous le déposez quand même",
        help_text="Par exemple\u00a0: le papier est abîmé, vous n’avez pas de meilleur original.",
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(RAISON_MAXIMALE)}),
    )
    facultatifs = frozenset({"pourquoi"})
    ancre = "envoyer"


class DeclarationForm(Formulaire):
    """« Cette pièce ne me concerne pas » : une phrase qui dit pourquoi. ``dit`` : ce qui vient d’être tapé."""

    dit = forms.CharField(
        required=False,
        label="Pourquoi cette pièce ne vous concerne pas",
        help_text=f"Une phrase. {DECLARATION_MAXIMALE}\u00a0caractères au plus.",
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(DECLARATION_MAXIMALE)}),
    )

    def __init__(self, piece: PieceVue, dit: str = "", motifs: Iterable[Motif] = ()) -> None:
        super().__init__({"dit": dit}, motifs=motifs, auto_id=f"declaration-{piece.cle}-%s")
        self.ancre = f"piece-{piece.cle}"
        self.fields["dit"].label = format_html(
            '{}<span class="fr-sr-only">, {}</span>', self.fields["dit"].label, piece.libelle
        )


class EnvoiForm(Formulaire):
    """« J’ai fourni toutes mes pièces » : aucun champ, seulement ce qui l’empêche."""

    def __init__(self, code: str, motifs: Iterable[Motif] = ()) -> None:
        super().__init__({}, motifs=motifs, auto_id=f"envoi-{code}-%s")
        self.ancre = f"envoyer-{code}"


def annonce(pieces: ParametresPieces, *, plusieurs: bool = True) -> str:
    """La taille et les formats acceptés, dits près du champ."""
    formats = " ou ".join(f.upper() for f in pieces.formats)
    fin = " Plusieurs fichiers possibles\u00a0: ils gardent leur ordre." if plusieurs else ""
    return f"Format {formats}. {taille_en_mo(pieces.taille_maximale)} au plus par fichier.{fin}"


def _attributs(pieces: ParametresPieces, *, plusieurs: bool) -> dict[str, Any]:
    acceptes = ",".join(e for f in pieces.formats for e in EXTENSIONS[f])
    # Said even when false: this widget is multiple unless told otherwise.
    return {"class": "fr-upload", "accept": acceptes, "multiple": plusieurs}
