"""Ce que le service tape pour décider d’un acquis."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from registre.commun.formulaires import ChoixTelQuel, Formulaire, texte
from registre.regles.acquis import LigneAcquis
from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre, Specialite
from registre.regles.citation import Motif
from registre.regles.instruction import MOTIF_MAXIMAL
from registre.regles.lecture import Lu, lire_annee, lire_note, motif_de_lecture
from registre.regles.vocabulaire import MotifAcquis, Octroi

SENS = (("accorder", "Accorder"), ("refuser", "Refuser"))
OCTROIS = {
    Octroi.VAE_ANCIENNE: "Une décision de VAE trop ancienne pour les règles",
    Octroi.NOTE_SOUS_10: "Le report d’une note trop basse pour les règles, en forme progressive",
    Octroi.DIPLOME_EUROPEEN: "Une dispense au titre d’une certification européenne",
}
OCTROI_A_CHOISIR = Motif("octroi_a_choisir", "octroi", "Choisissez ce que vous accordez.", ("L-04", "L-11", "L-47"))


def _motif() -> forms.CharField:
    return forms.CharField(
        label="Motif",
        help_text=f"La personne lira ce texte tel quel. {MOTIF_MAXIMAL}\u00a0caractères au plus.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class DecisionForm(Formulaire):
    """Accorder ou refuser une demande. ``cle`` : son nom."""

    sens = ChoixTelQuel(label="Votre décision", choix=SENS, radio=True)
    motif = _motif()

    def __init__(self, cle: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"d{cle}-%s", **kwargs)
        self.ancre = f"d{cle}"


class OctroiForm(Formulaire):
    """Accorder ce que les règles ne permettent pas de demander."""

    octroi = ChoixTelQuel(label="Ce que vous accordez", choix=tuple(OCTROIS.items()), radio=True)
    unite = ChoixTelQuel(label="Épreuve ou unité", choix=())
    annee = texte("Année de la décision du jury de VAE", "Pour une VAE. Exemple\u00a0: 2015.", inputmode="numeric")
    session = texte("Session de la note", "Pour un report de note. Exemple\u00a0: 2024.", inputmode="numeric")
    note = texte("Note sur 20", "Pour un report de note. Exemple\u00a0: 8,5.", inputmode="decimal")
    langue = ChoixTelQuel(label="Langue de la note", choix=(), help_text="Pour une langue vivante A ou B.")
    motif = _motif()
    facultatifs = frozenset({"annee", "session", "note", "langue"})
    ancre = "accorder"

    def __init__(self, specialite: Specialite, cadre: Cadre, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="accorder-%s", **kwargs)
        unites = [(cle, libelle_unite(cle, specialite, cadre)) for cle in specialite.par_cle]
        self.fields["unite"].widget.choices = [("", "Choisissez"), *unites]
        self.fields["langue"].widget.choices = [("", "Aucune"), *cadre.libelles_langues.items()]


def lire_octroi(tape: dict[str, str], cadre: Cadre) -> tuple[Octroi | None, LigneAcquis, list[Motif]]:
    """L’octroi choisi, la ligne qu’il décide, et ce qui ne se lit pas. Seuls comptent les champs de cet octroi."""
    choisi = tape.get("octroi", "")
    octroi = Octroi(choisi) if choisi in set(Octroi) else None
    annee: Lu[int] = Lu(None)
    session: Lu[int] = Lu(None)
    note: Lu[Decimal] = Lu(None)
    langue = ""
    if octroi is Octroi.VAE_ANCIENNE:
        annee = lire_annee(tape.get("annee", ""))
    elif octroi is Octroi.NOTE_SOUS_10:
        session, note = (
            lire_annee(tape.get("session", "")),
            lire_note(tape.get("note", ""), cadre.moyenne.note_decimales),
        )
        langue = tape.get("langue", "")
    ligne = LigneAcquis(
        motif=MotifAcquis.BENEFICE,
        unite=tape.get("unite", ""),
        annee=annee.valeur,
        session=session.valeur,
        note=note.valeur,
        langue=langue if langue in cadre.libelles_langues else None,
    )
    lues = {"annee": annee.code, "session": session.code, "note": note.code}
    motifs = [] if octroi else [OCTROI_A_CHOISIR]
    return octroi, ligne, motifs + [motif_de_lecture(code, champ) for champ, code in lues.items() if code]
