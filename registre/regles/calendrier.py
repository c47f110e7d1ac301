"""Calendrier : ce qui est permis à un instant, et comment le dire.

L'instant qui compte est celui où le serveur reçoit la demande (L-31) ; il est donné, jamais lu à une horloge.
Les périodes excluent leur fin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from registre.regles.cadre import Calendrier, Periode, Regroupement
from registre.regles.citation import Motif, applique

MOTIFS = ("inscription_pas_encore_ouverte", "inscription_close", "depot_pas_encore_ouvert", "depot_clos")

_INSECABLE = "\u00a0"
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


class Acte(StrEnum):
    """Ce qu'une personne demande à faire, du point de vue du calendrier."""

    ENREGISTRER = "enregistrer"
    MODIFIER = "modifier"
    DESINSCRIRE = "desinscrire"
    DEPOSER = "deposer"
    SUPPRIMER = "supprimer"
    ENVOYER = "envoyer"
    CONSULTER = "consulter"
    CREER_COMPTE = "creer-compte"


ACTES_D_INSCRIPTION = frozenset({Acte.ENREGISTRER, Acte.MODIFIER, Acte.DESINSCRIRE})
ACTES_DE_DEPOT = frozenset({Acte.DEPOSER, Acte.SUPPRIMER, Acte.ENVOYER})


@dataclass(frozen=True, slots=True)
class Reouverture:
    """Fenêtre [ouvre_le, ferme_le[ donnée par le gestionnaire à une candidature, pour une pièce (L-08)."""

    piece: str
    ouvre_le: datetime
    ferme_le: datetime


@dataclass(frozen=True, slots=True)
class TempsRestant:
    """Durées jusqu'aux deux clôtures ; zéro quand elles sont passées."""

    inscription: timedelta
    depot: timedelta


def _exiger_un_fuseau(instant: datetime) -> None:
    if instant.tzinfo is None:
        raise ValueError("l'instant porte un fuseau")


@applique("inscription.periode", "inscription.hors-periode", "modification.periode", "L-31", "L-49", "R104")
def inscription_dans_la_periode(instant: datetime, calendrier: Calendrier) -> Motif | None:
    """On enregistre, modifie ou retire sa candidature pendant la période d'inscription, fin exclue."""
    periode = calendrier.inscription
    if instant < periode.ouvre_le:
        ouverture = en_heure_de_paris(periode.ouvre_le, calendrier.fuseau)
        message = f"Le registre des inscriptions n’est pas encore ouvert. Revenez {ouverture}."
        return Motif("inscription_pas_encore_ouverte", "", message, ("inscription.periode", "L-31"))
    if instant >= periode.ferme_le:
        fin = fin_affichee(periode, calendrier.fuseau)
        message = (
            f"Le registre des inscriptions est fermé depuis {fin}. "
            "Aucune inscription ni modification n’est plus acceptée. "
            "Pour toute question, écrivez au service gestionnaire."
        )
        return Motif("inscription_close", "", message, ("inscription.hors-periode", "modification.periode", "L-31"))
    return None


@applique("pieces.periode-de-depot", "pieces.statut.nouveau-depot", "L-08")
def depot_dans_la_periode(
    acte: Acte, instant: datetime, calendrier: Calendrier, reouverture: Reouverture | None, piece: str | None
) -> Motif | None:
    """On dépose, supprime ou envoie ses pièces pendant la période de dépôt, ou dans la fenêtre rouverte."""
    periode = calendrier.depot
    if instant < periode.ouvre_le:
        ouverture = en_heure_de_paris(periode.ouvre_le, calendrier.fuseau)
        message = f"Le dépôt des pièces n’est pas encore ouvert. Revenez {ouverture}."
        return Motif("depot_pas_encore_ouvert", "", message, ("pieces.periode-de-depot", "L-08"))
    if instant < periode.ferme_le or _rouverte(acte, instant, reouverture, piece):
        return None
    message = (
        f"Le dépôt des pièces est fermé depuis {fin_affichee(periode, calendrier.fuseau)}. "
        "Si une pièce manque encore, écrivez au service gestionnaire."
    )
    return Motif("depot_clos", "", message, ("pieces.periode-de-depot", "L-08"))


def _rouverte(acte: Acte, instant: datetime, reouverture: Reouverture | None, piece: str | None) -> bool:
    if reouverture is None or not reouverture.ouvre_le <= instant < reouverture.ferme_le:
        return False
    # L'envoi porte sur tout le regroupement : il est à refaire dès qu'une de ses pièces est rouverte (L-52).
    return acte == Acte.ENVOYER or reouverture.piece == piece


@applique("compte.creation-unique", "L-57")
def creation_de_compte_permise(instant: datetime, calendrier: Calendrier, creation_hors_periode: bool) -> Motif | None:
    """Un compte se crée hors de la période d'inscription, si le paramètre de la session le permet."""
    return None if creation_hors_periode else inscription_dans_la_periode(instant, calendrier)


def acte_permis(
    acte: Acte | str,
    instant: datetime,
    calendrier: Calendrier,
    reouverture: Reouverture | None = None,
    piece: str | None = None,
    *,
    creation_hors_periode: bool = True,
) -> Motif | None:
    """Ce qui empêche ``acte`` à ``instant``, ou ``None`` s'il est permis. Consulter l'est toujours (L-57).

    ``creation_hors_periode`` est le paramètre ``compte.creation_hors_periode``.

    :raises ValueError: si l'acte est inconnu ou si l'instant n'a pas de fuseau.
    """
    acte = Acte(acte)
    _exiger_un_fuseau(instant)
    if acte in ACTES_D_INSCRIPTION:
        return inscription_dans_la_periode(instant, calendrier)
    if acte in ACTES_DE_DEPOT:
        return depot_dans_la_periode(acte, instant, calendrier, reouverture, piece)
    if acte == Acte.CREER_COMPTE:
        return creation_de_compte_permise(instant, calendrier, creation_hors_periode)
    return None


def registre_ouvert(calendrier: Calendrier, instant: datetime) -> bool:
    """Vrai pendant la période d'inscription, fin exclue."""
    return acte_permis(Acte.ENREGISTRER, instant, calendrier) is None


def depot_ouvert(calendrier: Calendrier, instant: datetime) -> bool:
    """Vrai pendant la période de dépôt, fin exclue, sans compter les réouvertures."""
    return acte_permis(Acte.DEPOSER, instant, calendrier) is None


@applique("pieces.periode-de-depot", "pieces.exemple.identite", "R95", "R106")
def calendrier_du_regroupement(calendrier: Calendrier, regroupement: Regroupement) -> Calendrier:
    """Le calendrier tel qu'il vaut pour un regroupement : sa propre période de dépôt, s'il en a une."""
    return replace(calendrier, depot=regroupement.periode) if regroupement.periode else calendrier


@applique("L-08")
def temps_restant(calendrier: Calendrier, instant: datetime) -> TempsRestant:
    """Le temps qui reste pour s'inscrire, et pour signer et déposer.

    :raises ValueError: si l'instant n'a pas de fuseau.
    """
    _exiger_un_fuseau(instant)
    zero = timedelta(0)
    return TempsRestant(
        inscription=max(calendrier.inscription.ferme_le - instant, zero),
        depot=max(calendrier.depot.ferme_le - instant, zero),
    )


# --- Dire une date, une heure, une durée ------------------------------------------------------------


def date_en_francais(jour: date) -> str:
    """« vendredi 7 novembre 2025 » ; le premier du mois se dit « 1er »."""
    numero = "1er" if jour.day == 1 else str(jour.day)
    return f"{_JOURS[jour.weekday()]} {numero}{_INSECABLE}{_MOIS[jour.month - 1]} {jour.year}"


def heure_en_francais(heure: datetime, *, secondes: bool = False) -> str:
    """« 17 h », « 8 h 05 », ou « 16 h 59 min 59 s » ; l'heure est prise telle qu'elle est donnée."""
    texte = f"{heure.hour}{_INSECABLE}h"
    if secondes:
        return f"{texte}{_INSECABLE}{heure.minute:02d}{_INSECABLE}min{_INSECABLE}{heure.second:02d}{_INSECABLE}s"
    return f"{texte}{_INSECABLE}{heure.minute:02d}" if heure.minute else texte


def en_heure_de_paris(instant: datetime, fuseau: str, *, secondes: bool = False) -> str:
    """« le vendredi 7 novembre 2025 à 17 h (heure de Paris) ».

    ``fuseau`` est celui du calendrier ; sa ville est nommée, quelle qu'elle soit.

    :raises ValueError: si l'instant n'a pas de fuseau.
    """
    _exiger_un_fuseau(instant)
    local = instant.astimezone(ZoneInfo(fuseau))
    ville = fuseau.rpartition("/")[2].replace("_", " ")
    return f"le {date_en_francais(local)} à {heure_en_francais(local, secondes=secondes)} (heure de {ville})"


@applique("L-31")
def fin_affichee(periode: Periode, fuseau: str) -> str:
    """Une fin à 0 h, exclue, s'affiche « 23 h 59 » la veille ; les autres s'affichent telles quelles."""
    fin = periode.ferme_le.astimezone(ZoneInfo(fuseau))
    a_minuit = (fin.hour, fin.minute, fin.second) == (0, 0, 0)
    return en_heure_de_paris(periode.ferme_le - timedelta(minutes=1) if a_minuit else periode.ferme_le, fuseau)


def duree_en_francais(duree: timedelta) -> str:
    """Les deux plus grandes unités d'une durée : « 2 jours et 3 heures », « 4 minutes et 10 secondes »."""
    secondes = max(int(duree.total_seconds()), 0)
    parties = []
    for nom, taille in (("jour", 86_400), ("heure", 3_600), ("minute", 60), ("seconde", 1)):
        nombre, secondes = divmod(secondes, taille)
        if nombre:
            parties.append(f"{nombre}{_INSECABLE}{nom}{'s' if nombre > 1 else ''}")
    return " et ".join(parties[:2]) or f"0{_INSECABLE}seconde"
