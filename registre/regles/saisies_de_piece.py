"""Ce qui s’écrit sur une pièce : commentaire, réception, fenêtre rouverte, demande du service, déclaration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from registre.regles.citation import Motif, applique
from registre.regles.depot import SituationDePiece
from registre.regles.etats import EtatPiece

MOTIFS = (
    "commentaire_manquant",
    "commentaire_trop_long",
    "reception_future",
    "fin_manquante",
    "fin_passee",
    "motif_manquant",
    "motif_trop_long",
    "declaration_manquante",
    "declaration_trop_longue",
    "titre_manquant",
    "titre_trop_long",
    "raison_manquante",
    "raison_trop_longue",
    "echeance_manquante",
    "echeance_trop_proche",
    "piece_deja_demandee",
)

COMMENTAIRE_MAXIMAL = 1000
"""Longueur maximale du commentaire dit au candidat, en caractères."""
MOTIF_MAXIMAL = 300
"""Longueur maximale du motif d'une fenêtre rouverte, en caractères."""
DECLARATION_MAXIMALE = 300
"""Longueur maximale de ce que le candidat dit pour déclarer qu'une pièce ne le concerne pas, en caractères."""
TITRE_MAXIMAL = 120
"""Longueur maximale du titre d'une pièce demandée par le service, en caractères."""


@applique("pieces.statut.non-conforme", "R95")
def motifs_commentaire(commentaire: str) -> list[Motif]:
    """Le commentaire d'une pièce non conforme : le candidat doit savoir ce qui ne va pas.

    La notice le dit facultatif pour le service ; nous le demandons, car sans lui le candidat ne peut rien corriger.
    """
    source = ("pieces.statut.non-conforme",)
    if not commentaire.strip():
        message = "Dites à la personne ce qui ne va pas. Choisissez une raison, ou écrivez un commentaire."
        return [Motif("commentaire_manquant", "commentaire", message, source)]
    if len(commentaire) > COMMENTAIRE_MAXIMAL:
        message = (
            f"Le commentaire a {len(commentaire)}\u00a0caractères. "
            f"Raccourcissez-le à {COMMENTAIRE_MAXIMAL}\u00a0caractères au plus."
        )
        return [Motif("commentaire_trop_long", "commentaire", message, source)]
    return []


@applique("pieces.statut.par-le-gestionnaire", "R95")
def motifs_reception(recue_le: date | None, jour: date) -> list[Motif]:
    """La date de réception est facultative ; donnée, elle n'est pas après ``jour``, le jour même à Paris."""
    if recue_le is None or recue_le <= jour:
        return []
    message = "La date de réception est dans le futur. Donnez le jour où la pièce est arrivée, ou laissez vide."
    return [Motif("reception_future", "recue_le", message, ("pieces.statut.par-le-gestionnaire",))]


@applique("L-08")
def motifs_fenetre(ferme_le: datetime | None, motif: str, le: datetime) -> list[Motif]:
    """Une fenêtre rouverte a une fin, après ``le``, et un motif.

    :raises ValueError: si un des deux instants n'a pas de fuseau.
    """
    if le.tzinfo is None or (ferme_le is not None and ferme_le.tzinfo is None):
        raise ValueError("les deux instants portent un fuseau")
    motifs = []
    if ferme_le is None:
        message = "Donnez le jour et l’heure où le dépôt de cette pièce se referme."
        motifs.append(Motif("fin_manquante", "ferme_le", message, ("L-08",)))
    elif ferme_le <= le:
        message = "Cette fin est déjà passée. Donnez un jour et une heure à venir."
        motifs.append(Motif("fin_passee", "ferme_le", message, ("L-08",)))
    if not motif.strip():
        message = "Dites pourquoi vous rouvrez le dépôt de cette pièce."
        motifs.append(Motif("motif_manquant", "motif", message, ("L-08",)))
    elif len(motif) > MOTIF_MAXIMAL:
        message = f"Raccourcissez le motif à {MOTIF_MAXIMAL}\u00a0caractères au plus\u00a0: il en a {len(motif)}."
        motifs.append(Motif("motif_trop_long", "motif", message, ("L-08",)))
    return motifs


@applique("L-70")
def motifs_demande(titre: str, raison: str, derniere: date | None, jour: date) -> list[Motif]:
    """Une pièce demandée plus tard a un titre, une raison dite au candidat, et un dernier jour à partir du lendemain.

    ``derniere`` : ce dernier jour, compris ; ``jour`` : le jour même. Les deux à Paris.
    """
    motifs = []
    if not titre.strip():
        message = "Choisissez une pièce dans la liste, ou donnez un titre."
        motifs.append(Motif("titre_manquant", "titre", message, ("L-70",)))
    elif len(titre) > TITRE_MAXIMAL:
        message = f"Raccourcissez le titre à {TITRE_MAXIMAL}\u00a0caractères au plus\u00a0: il en a {len(titre)}."
        motifs.append(Motif("titre_trop_long", "titre", message, ("L-70",)))
    if not raison.strip():
        message = "Dites à la personne pourquoi vous lui demandez cette pièce."
        motifs.append(Motif("raison_manquante", "raison", message, ("L-70",)))
    elif len(raison) > MOTIF_MAXIMAL:
        message = f"Raccourcissez la raison à {MOTIF_MAXIMAL}\u00a0caractères au plus\u00a0: elle en a {len(raison)}."
        motifs.append(Motif("raison_trop_longue", "raison", message, ("L-70",)))
    return motifs + motifs_echeance(derniere, jour)


@applique("L-70")
def motifs_echeance(derniere: date | None, jour: date) -> list[Motif]:
    """Le dernier jour d'une demande, compris, est au plus tôt le lendemain de ``jour``, à Paris."""
    if derniere is None:
        message = "Donnez le dernier jour où cette pièce peut être fournie."
        return [Motif("echeance_manquante", "echeance", message, ("L-70",))]
    if derniere <= jour:
        message = "Laissez à la personne au moins jusqu’à demain. Donnez un jour à venir."
        return [Motif("echeance_trop_proche", "echeance", message, ("L-70",))]
    return []


@applique("L-70")
def motif_deja_demandee(titre: str, en_cours: Iterable[SituationDePiece]) -> Motif | None:
    """La même pièce est déjà attendue ou à contrôler (``en_cours`` : les pièces demandées), sous le même titre.

    Une pièce conforme peut être demandée de nouveau : elle a pu perdre sa valeur depuis.
    """
    noms = {p.libelle.casefold() for p in en_cours if p.requise and p.etat != EtatPiece.CONFORME}
    if titre.strip().casefold() not in noms:
        return None
    message = (
        "Cette pièce est déjà demandée à cette personne. Rouvrez son dépôt, ou prolongez la demande. "
        "S’il vous en faut une autre, donnez-lui un autre titre."
    )
    return Motif("piece_deja_demandee", "titre", message, ("L-70",))


@applique("L-71")
def motifs_declaration(dit: str) -> list[Motif]:
    """Ce que le candidat dit pour déclarer qu'une pièce ne le concerne pas."""
    if not dit.strip():
        message = "Dites en une phrase pourquoi cette pièce ne vous concerne pas."
        return [Motif("declaration_manquante", "dit", message, ("L-71",))]
    if len(dit) > DECLARATION_MAXIMALE:
        message = (
            f"Raccourcissez votre phrase à {DECLARATION_MAXIMALE}\u00a0caractères au plus\u00a0: elle en a {len(dit)}."
        )
        return [Motif("declaration_trop_longue", "dit", message, ("L-71",))]
    return []
