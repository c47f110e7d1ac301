"""Retrouver une candidature de l’académie : par numéro, par nom, par date de naissance.

Ce qui est cherché est personnel : il ne passe pas dans une adresse (S28). La session web le garde sous une clé, et
l’adresse ne porte que cette clé.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string

from registre.commun.cadres import tous
from registre.documents.numeros import verifier
from registre.inscription.models import Candidature, MotCherche
from registre.regles.recherche import Numero, Recherche, lire_recherche

LONGUEUR = 200  # characters read of what is typed
GARDEES = 10  # searches of a web session that can still be shown again
CLE = "recherches"


@dataclass(frozen=True)
class Trouvailles:
    """Les candidatures trouvées. ``avis`` : à savoir avant de s’y fier. ``exacte`` : un numéro entier a été tapé."""

    candidatures: QuerySet[Candidature]
    avis: tuple[str, ...] = ()
    exacte: bool = False


def retenir(session: SessionBase, texte: str) -> str:
    """Garde le texte cherché et rend sa clé."""
    cle = get_random_string(12)
    gardees = {**session.get(CLE, {}), cle: texte}
    session[CLE] = dict(list(gardees.items())[-GARDEES:])
    return cle


def rappeler(session: SessionBase, cle: str) -> str:
    """Le texte gardé sous cette clé ; vide s’il n’y en a plus."""
    return str(session.get(CLE, {}).get(cle, ""))


def toutes(academie: str) -> Trouvailles:
    """Les candidatures de l’académie, quand rien n’est cherché."""
    return Trouvailles(Candidature.objects.filter(academie=academie))


def chercher(academie: str, texte: str) -> Trouvailles:
    """Les candidatures de l’académie qui répondent à tout ce qui a été tapé."""
    gabarits = [cadre.numeros for cadre in tous().values() if cadre.academie == academie]
    d_inscription, de_candidat = [n.inscription for n in gabarits], [n.candidat for n in gabarits]
    lue = lire_recherche(texte, inscription=d_inscription, candidat=de_candidat)
    candidatures = Candidature.objects.filter(academie=academie)
    if lue.vide:
        return Trouvailles(candidatures.none(), _avis(lue))
    avis = _avis(lue)
    if lue.inscription:
        debuts = [f"{_ecrit(g, lue.inscription)}-" for g in dict.fromkeys(d_inscription)]
        candidatures = candidatures.filter(_qui_commence("numero", debuts))
        avis += _faute_de_frappe("d’inscription", lue.inscription, debuts)
    if lue.candidat:
        candidatures = candidatures.filter(compte_id=lue.candidat.sequence)
        avis += _faute_de_frappe("de candidat", lue.candidat, [f"{_ecrit(g, lue.candidat)}-" for g in de_candidat])
    if lue.naissance:
        candidatures = candidatures.filter(compte__date_de_naissance=lue.naissance)
    for mots in lue.mots:
        qui_en_ont_un = MotCherche.objects.filter(_qui_commence("mot", mots))
        candidatures = candidatures.filter(pk__in=qui_en_ont_un.values("candidature"))
    entier = lue.inscription is not None and lue.inscription.controle != ""
    return Trouvailles(candidatures, avis, exacte=entier and not avis)


def _ecrit(gabarit: str, numero: Numero) -> str:
    return gabarit.format(session=numero.session, sequence=numero.sequence)


def _qui_commence(champ: str, debuts: Iterable[str]) -> Q:
    condition = Q()
    for debut in debuts:
        condition |= Q((f"{champ}__startswith", debut))
    return condition


def _avis(lue: Recherche) -> tuple[str, ...]:
    if lue.date_impossible:
        return ("Cette date n’existe pas dans le calendrier. Elle n’a pas été cherchée.",)
    return ()


def _faute_de_frappe(quoi: str, numero: Numero, debuts: Iterable[str]) -> tuple[str, ...]:
    """Un dernier caractère qui ne va pas avec le numéro : un chiffre a peut-être été mal recopié."""
    if not numero.controle or any(verifier(debut + numero.controle) for debut in debuts):
        return ()
    return (f"Le dernier caractère de ce numéro {quoi} n’est pas le bon. Vérifiez le numéro sur le document.",)
