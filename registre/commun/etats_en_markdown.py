"""``docs/etats.md`` : les tables de transition de ``registre.regles.etats``, lues par un service d’examen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from registre.regles.etats import (
    TRANSITIONS,
    TRANSITIONS_DE_PIECE,
    ActePiece,
    Acteur,
    EtatCandidature,
    EtatPiece,
    Transition,
    TransitionDePiece,
)

ETATS = {
    EtatCandidature.ENREGISTREE: "enregistrée",
    EtatCandidature.RETIREE: "retirée",
    EtatCandidature.ECARTEE: "écartée",
    EtatCandidature.ANNULEE: "annulée",
}
ACTES = {
    "enregistrer": "enregistrer",
    "modifier": "modifier",
    "desinscrire": "se désinscrire",
    "corriger": "corriger",
    "retirer": "retirer",
    "ecarter": "écarter",
    "annuler": "annuler",
}
ETATS_DE_PIECE = {
    EtatPiece.AUCUNE: "aucun fichier",
    EtatPiece.DECLAREE: "déclarée «\u00a0non concerné\u00a0»",
    EtatPiece.DEPOSEE: "déposée",
    EtatPiece.RECUE: "Reçue",
    EtatPiece.NON_CONFORME: "Non conforme",
    EtatPiece.CONFORME: "Conforme",
}
ACTES_DE_PIECE = {
    ActePiece.DEPOSER: "déposer un fichier",
    ActePiece.SUPPRIMER: "supprimer le dernier fichier ou la déclaration",
    ActePiece.DECLARER: "déclarer «\u00a0non concerné\u00a0»",
    ActePiece.ENVOYER: "envoyer ses pièces",
    ActePiece.RECEVOIR: "noter «\u00a0Reçue\u00a0»",
    ActePiece.ACCEPTER: "noter «\u00a0Conforme\u00a0»",
    ActePiece.REFUSER: "noter «\u00a0Non conforme\u00a0»",
    ActePiece.DISPENSER: "accepter la déclaration",
    ActePiece.EXIGER: "refuser la déclaration",
}
A_ENVOYER = (EtatPiece.DEPOSEE, EtatPiece.DECLAREE)
ACTEURS = {Acteur.CANDIDAT: "le candidat", Acteur.GESTIONNAIRE: "le service"}


def page(
    candidature: Iterable[Transition] = TRANSITIONS, pieces: Iterable[TransitionDePiece] = TRANSITIONS_DE_PIECE
) -> str:
    """Le contenu de ``docs/etats.md``."""
    candidature, pieces = tuple(candidature), tuple(pieces)
    return "\n".join(
        (
            _ENTETE,
            *_la_candidature(candidature),
            "## Une pièce\n",
            _PIECES,
            _table_des_pieces(t for t in pieces if not t.depassee),
            "## Le récapitulatif d’une ancienne version\n",
            _DEPASSEE,
            _table_des_pieces(t for t in pieces if t.depassee),
        )
    )


_ENTETE = """# États

Ce qui peut arriver à une candidature et à une pièce, et qui peut le faire. Ce qui n’est pas dans ces tables n’est
pas possible\u00a0: le site le refuse. Le calendrier limite de plus les actes du candidat\u00a0; le service n’y est
pas tenu.

La dernière colonne donne le passage de la notice ou le texte\u00a0: voir [regles.md](regles.md) et
[lectures.md](lectures.md).

Page tirée de `registre/regles/etats.py` par `python manage.py ecrire_docs`\u00a0: elle ne se modifie pas à la main.
"""

_PIECES = """Une pièce est «\u00a0envoyée\u00a0» quand le candidat a cliqué sur «\u00a0J’ai fourni toutes mes
pièces\u00a0», ou quand le service l’a reçue par la poste. Le service peut revenir sur ce qu’il a noté.
"""

_DEPASSEE = """Quand le candidat modifie son inscription, le récapitulatif déjà déposé n’est plus le bon. Le candidat
dépose le nouveau à sa place. Le service peut encore refuser l’ancien, jamais l’accepter.
"""


def _la_candidature(transitions: tuple[Transition, ...]) -> Iterator[str]:
    yield "## Une candidature\n"
    yield "Avant d’être enregistrée, elle n’est qu’un brouillon.\n"
    lignes = [
        (
            _etat(t.etat),
            ACTES[t.acte],
            ACTEURS[t.acteur],
            "inchangé" if t.etat == t.nouvel_etat else ETATS[t.nouvel_etat],
            _sources(t.sources),
        )
        for t in transitions
    ]
    yield _table(("État", "Acte", "Qui", "Nouvel état", "Source"), lignes)
    departs = {t.etat for t in transitions}
    finals = [nom for etat, nom in ETATS.items() if etat not in departs]
    if finals:
        yield f"Rien ne fait sortir de ces états\u00a0: {', '.join(finals)}.\n"


def _table_des_pieces(transitions: Iterable[TransitionDePiece]) -> str:
    """Une ligne par effet : les états d’où le même acte mène au même résultat sont réunis."""
    groupes: dict[tuple[str, ...], list[TransitionDePiece]] = defaultdict(list)
    for t in transitions:
        effet = (
            ACTES_DE_PIECE[t.acte],
            ACTEURS[t.acteur],
            _piece(t.nouvel_etat, (t.envoyee_apres,)),
            "remplacés" if t.remplace else "inchangés",
            _sources(t.sources),
        )
        groupes[effet].append(t)
    lignes = [(_departs(groupe), *effet) for effet, groupe in groupes.items()]
    return _table(("État", "Acte", "Qui", "Nouvel état", "Fichiers d’avant", "Source"), lignes)


def _departs(transitions: Iterable[TransitionDePiece]) -> str:
    envois: dict[EtatPiece, list[bool]] = defaultdict(list)
    for t in transitions:
        envois[t.etat].append(t.envoyee)
    return "<br>".join(_piece(etat, tuple(envoyees)) for etat, envoyees in envois.items())


def _piece(etat: EtatPiece, envoyees: tuple[bool, ...]) -> str:
    """« déposée, non envoyée », « déposée » si l’envoi n’y change rien. Ce que le service a noté vaut envoi."""
    nom = ETATS_DE_PIECE[etat]
    if etat is EtatPiece.AUCUNE or len(set(envoyees)) > 1 or (etat not in A_ENVOYER and envoyees[0]):
        return nom
    return f"{nom}, {'envoyée' if envoyees[0] else 'non envoyée'}"


def _etat(etat: EtatCandidature | None) -> str:
    return "brouillon" if etat is None else ETATS[etat]


def _sources(ids: Iterable[str]) -> str:
    return ", ".join(f"`{id}`" for id in ids)


def _table(entetes: tuple[str, ...], lignes: Iterable[tuple[str, ...]]) -> str:
    rangs = [entetes, tuple("---" for _ in entetes), *lignes]
    return "\n".join((*(f"| {' | '.join(cases)} |" for cases in rangs), ""))
