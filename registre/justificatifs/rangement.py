"""Le coffre comparé à la base : les objets que plus rien ne nomme, et ceux qui manquent ou qui ont changé.

Un dépôt range ses objets, puis écrit la ligne qui les nomme. Une clé n’est nommée que par le dépôt qui vient de la
tirer au hasard, dans les minutes qui suivent : un objet plus vieux qu’un jour et sans ligne n’en aura jamais. Un
assemblage que personne n’a touché depuis un jour est oublié avec ses pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain

from django.core.files.storage import default_storage
from django.db import transaction

from registre.justificatifs.assemblages import supprimer
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.coffre import NOM, CoffreEnPanne, ObjetAltere, ObjetPerdu
from registre.justificatifs.models import Assemblage, FichierDepose, PageAssemblee

AGE = timedelta(hours=24)  # real time; thousands of times the longest deposit
BEAUCOUP = 100  # objects: from there on, erasing more than half of the vault is taken for a mistake


class TropAEffacer(Exception):
    """Le rangement effacerait plus de la moitié du coffre : la base n’est sans doute pas la bonne."""


@dataclass(frozen=True)
class Inventaire:
    """Ce que le coffre contient. ``etrangers`` : ce qui n’a pas un nom du coffre, et qu’on laisse."""

    anciens: frozenset[str]
    recents: frozenset[str]
    etrangers: tuple[str, ...]


@dataclass(frozen=True)
class Rangement:
    effaces: int
    gardes: int
    recents: int
    restes: int  # objects that the storage refused to erase
    etrangers: tuple[str, ...]
    assemblages: int  # left aside for a day, and forgotten


def ranger_le_coffre(maintenant: datetime, *, quand_meme: bool = False) -> Rangement:
    """Efface les objets de plus de 24 heures que rien ne nomme. Peut tourner deux fois à la fois.

    ``maintenant`` est l’heure réelle : l’âge d’un objet est celui que lui donne le stockage.

    :raises TropAEffacer: si c’est plus de la moitié d’un coffre de plus de cent objets, sauf ``quand_meme``.
    :raises CoffreEnPanne: si le stockage ne se laisse pas lire ; rien n’est effacé.
    """
    oublies = oublier_les_assemblages(maintenant - AGE)
    inventaire = inventorier(maintenant - AGE)
    # The order matters: a deposit that ends in between has young objects, or its row is seen.
    orphelins = inventaire.anciens - cles_nommees()
    total = len(inventaire.anciens) + len(inventaire.recents)
    if len(orphelins) > max(BEAUCOUP, total / 2) and not quand_meme:
        raise TropAEffacer(f"{len(orphelins)} objets sur {total} ne sont nommés par aucune ligne de cette base.")
    restes = effacer(orphelins)
    return Rangement(
        effaces=len(orphelins) - restes,
        gardes=len(inventaire.anciens) - len(orphelins),
        recents=len(inventaire.recents),
        restes=restes,
        etrangers=inventaire.etrangers,
        assemblages=oublies,
    )


def oublier_les_assemblages(limite: datetime) -> int:
    """Supprime les assemblages que personne n’a touchés depuis ``limite``, un par un ; rend leur nombre.

    Un lien de téléphone qui valait encore après ``limite`` compte comme un geste du candidat.
    Leurs objets s’effacent aussitôt ; ceux que le stockage refuse n’ont plus de nom.
    """
    oublies = 0
    for pk in list(Assemblage.objects.filter(modifie_le__lt=limite).values_list("pk", flat=True)):
        with transaction.atomic():
            ancien = Assemblage.objects.select_for_update().filter(pk=pk, modifie_le__lt=limite).first()
            # Asked once its row is held: a link is opened under the same lock.
            if ancien and not ancien.passerelles.filter(expire_le__gt=limite).exists():
                supprimer(ancien)
                oublies += 1
    return oublies


def inventorier(limite: datetime) -> Inventaire:
    """Tous les objets du coffre ; ``anciens`` : écrits avant ``limite``.

    :raises CoffreEnPanne: si le stockage ne se laisse pas lire.
    """
    anciens, recents, etrangers = set(), set(), []
    try:
        for nom in _noms():
            if not NOM.fullmatch(nom):
                etrangers.append(nom)
                continue
            try:
                ecrit_le = default_storage.get_modified_time(nom)
            except FileNotFoundError:  # erased in between
                continue
            (anciens if ecrit_le < limite else recents).add(nom)
    except OSError as panne:
        raise CoffreEnPanne("inventaire impossible") from panne
    return Inventaire(frozenset(anciens), frozenset(recents), tuple(sorted(etrangers)))


def _noms() -> Iterator[str]:
    """Every name of the storage, two levels deep; a vault that has never been used has none."""
    try:
        dossiers, fichiers = default_storage.listdir("")
    except FileNotFoundError:
        return
    yield from fichiers
    for dossier in dossiers:
        sous_dossiers, fichiers = default_storage.listdir(dossier)
        yield from (f"{dossier}/{nom}" for nom in (*fichiers, *sous_dossiers))


def cles_nommees() -> set[str]:
    """Toutes les clés de coffre que nomme la base."""
    fichiers = FichierDepose.objects.only("original", "copie", "pages")
    pages = PageAssemblee.objects.only("cle_image", "cle_vignette")
    assemblages = Assemblage.objects.only("resultat")
    nommees = {cle for nommant in chain(fichiers.iterator(), pages.iterator()) for cle in nommant.cles}
    return nommees | {cle for assemblage in assemblages.iterator() for cle in assemblage.cles_du_resultat}


def effacer(cles: Iterable[str]) -> int:
    """Efface ces objets ; rend le nombre de ceux que le stockage a refusé d’effacer."""
    restes = 0
    for cle in cles:
        try:
            coffre.effacer_un(cle)
        except CoffreEnPanne:
            restes += 1
    return restes


# --- Vérifier ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Defaut:
    """Un objet qui n’est plus ce qui a été rangé. ``role`` : « original », « copie », « page 2 »."""

    numero: str
    piece: str
    fichier: str
    role: str
    nature: str

    def __str__(self) -> str:
        return f"{self.numero} / {self.piece} / {self.fichier} : {self.role}, {self.nature}"


def verifier_le_coffre() -> Iterator[tuple[int, list[Defaut]]]:
    """Relit chaque objet nommé par la base ; rend, fichier par fichier, le nombre d’objets lus et les défauts.

    L’original doit avoir l’empreinte notée au dépôt. Un fichier supprimé pendant la lecture n’a pas de défaut.

    :raises CoffreEnPanne: si le stockage ne peut pas répondre : cela ne dit rien des objets.
    """
    tous = FichierDepose.objects.select_related("piece__candidature")
    # One short query a file: a cursor kept open for hours would hold the database back.
    for pk in list(FichierDepose.objects.order_by("pk").values_list("pk", flat=True)):
        if fichier := tous.filter(pk=pk).first():
            defauts = list(_defauts(fichier))
            if defauts and not tous.filter(pk=pk).exists():
                defauts = []
            yield len(fichier.cles), defauts


def _defauts(fichier: FichierDepose) -> Iterator[Defaut]:
    roles = ["original", "copie", *(f"page {n}" for n in range(1, len(fichier.pages) + 1))]
    for role, cle in zip(roles, fichier.cles, strict=True):
        if nature := _nature(cle, fichier.empreinte if role == "original" else None):
            numero = fichier.piece.candidature.numero or ""
            yield Defaut(numero, fichier.piece.cle, str(fichier.reference), role, nature)


def _nature(cle: str, empreinte: str | None) -> str:
    """What is wrong with this object; empty when nothing is."""
    try:
        octets = coffre.lire(cle)
    except ObjetPerdu:
        return "perdu"
    except ObjetAltere:
        return "altéré"
    return "empreinte différente" if empreinte and sha256(octets).hexdigest() != empreinte else ""
