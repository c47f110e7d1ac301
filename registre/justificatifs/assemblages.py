"""Ce que les actes sur un assemblage partagent : le trouver, le verrouiller, oublier son résultat, le fermer.

Ses pages et son résultat sont au coffre. Leurs clés ne s’effacent qu’après la validation de la transaction qui les
oublie : un arrêt entre les deux ne laisse que des objets que ``ranger_coffre`` prendra.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage, PageAssemblee
from registre.regles.fichiers import refus_de_fichier


def assemblage_de(candidature: Candidature, cle: str) -> Assemblage | None:
    """Ce que le candidat prépare pour cette pièce ; ``None`` : rien."""
    return Assemblage.objects.filter(candidature=candidature, cle=cle).first()


def ouvrir(candidature: Candidature, cle: str, *, remplace: UUID | None = None) -> Assemblage:
    """L’assemblage de la pièce, créé s’il n’existe pas, verrouillé. Dans une transaction.

    ``remplace`` : le fichier dont il prendra la place ; ne change rien à un assemblage qui a déjà des pages.
    """
    assemblage, _ = Assemblage.objects.select_for_update().get_or_create(
        candidature=candidature, cle=cle, defaults={"remplace": remplace}
    )
    if remplace and not assemblage.pages.exists():
        assemblage.remplace = remplace
    return assemblage


def page_verrouillee(compte: Compte, reference: UUID) -> PageAssemblee | None:
    """La page de ce candidat, son assemblage verrouillé ; ``None`` : elle n’est pas, plus, ou pas à lui."""
    siennes = PageAssemblee.objects.filter(reference=reference, assemblage__candidature__compte=compte)
    numero = siennes.values_list("assemblage", flat=True).first()
    if numero is None or not Assemblage.objects.select_for_update().filter(pk=numero).exists():
        return None
    return siennes.select_related("assemblage").first()


def page_d_apres(compte: Compte, reference: UUID) -> PageAssemblee | None:
    """La page qui suit celle de ce candidat ; ``None`` : c’est la dernière, ou elle n’est pas là."""
    page = PageAssemblee.objects.filter(reference=reference, assemblage__candidature__compte=compte).first()
    return page and page.assemblage.pages.filter(rang__gt=page.rang).first()


def pages_en_preparation(candidature: Candidature) -> dict[str, int]:
    """Le nombre de pages qui se préparent, par pièce qui en a."""
    pages = PageAssemblee.objects.filter(assemblage__candidature=candidature)
    return dict(pages.values_list("assemblage__cle").annotate(nombre=Count("pk")))


def inchange(assemblage: Assemblage) -> bool:
    """Vrai s’il est encore là, et que ses pages sont celles qu’il avait quand on l’a lu."""
    return Assemblage.objects.filter(pk=assemblage.pk, modifie_le=assemblage.modifie_le).exists()


def oublier_le_resultat(assemblage: Assemblage) -> None:
    """Le document n’est plus lisible au coffre : il sera refait des pages, si elles n’ont pas changé d’ici là."""
    with transaction.atomic():
        memes = Assemblage.objects.select_for_update().filter(pk=assemblage.pk, modifie_le=assemblage.modifie_le)
        if verrouille := memes.first():
            toucher(verrouille)


def toucher(assemblage: Assemblage) -> None:
    """Ses pages changent : son résultat n’est plus le bon, et son âge repart de zéro."""
    effacer_apres(assemblage.cles_du_resultat)
    assemblage.resultat, assemblage.place_du_resultat = None, 0
    assemblage.save(update_fields=["resultat", "place_du_resultat", "modifie_le", "remplace"])


def clore(assemblage: Assemblage, empreinte: str) -> list[str] | None:
    """Supprime l’assemblage dont le résultat est envoyé ; rend les empreintes de ce qui avait été ajouté, par page.

    ``None`` : il est déjà parti, envoyé ou abandonné ailleurs.

    :raises DepotRefuse: si ses pages ont changé depuis.
    """
    verrouille = Assemblage.objects.select_for_update().filter(pk=assemblage.pk).first()
    if verrouille is None:
        return None
    if not verrouille.resultat or verrouille.resultat["empreinte"] != empreinte:
        raise DepotRefuse([refus_de_fichier("assemblage_change")])
    sources = list(verrouille.pages.values_list("empreinte", flat=True))
    supprimer(verrouille)
    return sources


def supprimer(assemblage: Assemblage) -> None:
    """Oublie l’assemblage et ses pages ; leurs objets s’effacent après la validation."""
    effacer_apres([*assemblage.cles_du_resultat, *(cle for page in assemblage.pages.all() for cle in page.cles)])
    assemblage.delete()


def effacer_apres(cles: Iterable[str]) -> None:
    a_effacer = list(cles)
    transaction.on_commit(lambda: coffre.effacer(a_effacer))
