"""Two tabs, or the PC and the phone, on what is being prepared: one effect each, and nothing lost.

Each pair of acts is tried at chosen instants (:mod:`.courses`): one at random here, all of them with
``REGISTRE_INSTANTS=tous``.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.comptes.models import Compte, Essai
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre, traitement
from registre.justificatifs.models import (
    Assemblage,
    DecisionDePiece,
    FichierDepose,
    PageAssemblee,
    Passerelle,
    PieceJustificative,
)
from registre.justificatifs.rangement import Rangement, cles_nommees, ranger_le_coffre
from registre.justificatifs.usecases.abandon_assemblage import abandon_assemblage
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.add_pages import Ajout, add_pages
from registre.justificatifs.usecases.assemble_pages import assemble_pages
from registre.justificatifs.usecases.deposit_piece import Depot
from registre.justificatifs.usecases.move_page import move_page
from registre.justificatifs.usecases.open_passerelle import open_passerelle
from registre.justificatifs.usecases.remove_page import remove_page
from registre.justificatifs.usecases.revoke_passerelle import end_passerelle, revoke_passerelle
from registre.justificatifs.usecases.rotate_page import rotate_page
from registre.justificatifs.usecases.send_assemblage import send_assemblage
from registre.justificatifs.usecases.send_regroupement import send_regroupement
from registre.regles.citation import codes
from tests.inscription.scenario import LE
from tests.justificatifs import images_a_preparer as i
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.courses import entrelacer, nombre_d_instants
from tests.justificatifs.scenario import candidature_de, deposer, envoyer, piece, refuser, vu
from tests.justificatifs.test_concurrence import ENTRELACEMENTS, REFUS, a_la_fois, reussis
from tests.justificatifs.test_rangement import PROGRAMMES

pytestmark = pytest.mark.django_db(transaction=True)
INSTANTS = os.environ.get("REGISTRE_INSTANTS", "1")  # of each pair of acts; « tous » for the full proof
TOURS = max(2, ENTRELACEMENTS // 10)
NOMS = ("a.png", "b.png")


@pytest.fixture(autouse=True)
def _disque(settings: Any, tmp_path: Path) -> None:
    disque = {"BACKEND": "tests.justificatifs.courses.DisqueAiguille", "OPTIONS": {"location": tmp_path / "fichiers"}}
    settings.STORAGES = {**settings.STORAGES, "default": disque}


# --- What is there before each race -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Atelier:
    """An assembly of two pages and its document, seen; a link for the phone. Made once, put back for each race."""

    compte: Compte
    pages: list[tuple[dict[str, Any], bytes, bytes]]
    resultat: dict[str, Any]
    octets: list[bytes]
    passerelle: Passerelle

    @property
    def vu(self) -> str:
        return str(self.resultat["empreinte"])

    def references(self) -> list[UUID]:
        return list(PageAssemblee.objects.values_list("reference", flat=True))

    def remettre(self) -> Atelier:
        for modele in (DecisionDePiece, FichierDepose, PieceJustificative, Assemblage, Essai):
            modele.objects.all().delete()
        coffre.effacer(objets())
        Evenement.objects.filter(acte__in=("piece_deposee", "photo_du_telephone")).delete()
        assemblage = Assemblage.objects.create(candidature=candidature_de(self.compte), cle="identite")
        for champs, image, vignette in self.pages:
            cles = {"cle_image": coffre.ranger(image), "cle_vignette": coffre.ranger(vignette)}
            PageAssemblee.objects.create(assemblage=assemblage, **champs, **cles)
        cle, *images = [coffre.ranger(o) for o in self.octets]
        pages = [p | {"cle": c} for p, c in zip(self.resultat["pages"], images, strict=True)]
        assemblage.resultat = self.resultat | {"cle": cle, "pages": pages}
        assemblage.save()
        self.passerelle.pk = None
        self.passerelle.assemblage = assemblage
        self.passerelle.save()
        return self


@pytest.fixture
def atelier(candidat: Compte) -> Atelier:
    for nom in NOMS:
        ajouter(candidat, nom)
    fait = assemble_pages(candidat, principal(), "identite")
    gardes = ("rang", "rotation", "largeur", "hauteur", "avis", "origine", "nom", "taille", "empreinte")
    pages = [
        ({c: getattr(p, c) for c in gardes}, coffre.lire(p.cle_image), coffre.lire(p.cle_vignette))
        for p in fait.pages.all()
    ]
    octets = [coffre.lire(c) for c in fait.cles_du_resultat]
    passerelle, _ = open_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE)
    return Atelier(candidat, pages, fait.resultat, octets, passerelle)


def ajouter(compte: Compte, nom: str, **k: Any) -> Ajout:
    return add_pages(compte, principal(), "identite", nom, i.png(nom), le=LE, **k)


def sienne(nom: str) -> str:
    return sha256(i.png(nom)).hexdigest()


# --- The acts -----------------------------------------------------------------------------------------------------

Acte = Callable[[Atelier], Callable[[], Any]]


def _sur_la_premiere(acte: Callable[..., Any], *args: Any) -> Acte:
    def prepare(a: Atelier) -> Callable[[], Any]:
        reference = a.references()[0]
        return lambda: acte(a.compte, reference, *args)

    return prepare


def _sur_la_piece(acte: Callable[..., Any], **k: Any) -> Acte:
    return lambda a: lambda: acte(a.compte, principal(), "identite", **k)


ACTES: dict[str, Acte] = {
    "ajouter": lambda a: lambda: ajouter(a.compte, "c.png"),
    "ajouter autre": lambda a: lambda: ajouter(a.compte, "d.png"),
    "photographier": lambda a: lambda: ajouter(a.compte, "t.png", passerelle=a.passerelle),
    "tourner": _sur_la_premiere(rotate_page, "droite"),
    "retirer": _sur_la_premiere(remove_page),
    "descendre": _sur_la_premiere(move_page, "descendre"),
    "reunir": _sur_la_piece(assemble_pages),
    "envoyer": lambda a: lambda: send_assemblage(a.compte, principal(), "identite", a.vu, le=LE),
    "abandonner": _sur_la_piece(abandon_assemblage),
    "fermer le lien": _sur_la_piece(revoke_passerelle, le=LE, maintenant=LE),
    "rouvrir le lien": _sur_la_piece(open_passerelle, le=LE, maintenant=LE),
    "fini": lambda a: lambda: end_passerelle(a.passerelle, le=LE, maintenant=LE),
    "envoyer le regroupement": lambda a: lambda: send_regroupement(a.compte, principal(), "identite", le=LE),
}
DES_PAGES = ("tourner", "retirer", "descendre", "ajouter autre", "photographier", "abandonner")
AUTRES = {
    "envoyer": (*DES_PAGES, "envoyer", "reunir", "rouvrir le lien"),
    "reunir": (*DES_PAGES, "reunir", "envoyer"),
    "ajouter": ("ajouter", *DES_PAGES, "envoyer"),
    "photographier": (
        "photographier", "envoyer", "abandonner", "fermer le lien", "rouvrir le lien", "fini", "retirer",
    ),
}  # fmt: skip
# What one act may be told because of the other; anything else is a fault.
DITS = {
    "envoyer": {"assemblage_change", "assemblage_vide"},
    "reunir": {"assemblage_change", "assemblage_vide"},
    "photographier": {"passerelle_fermee"},
}


def _instants(combien: int) -> Iterable[int]:
    """Those that are tried, of all: one more is the other act after this one."""
    tous = range(1, combien + 2)
    return tous if INSTANTS == "tous" else random.sample(tous, int(INSTANTS))


@pytest.mark.passages("F28", "F15", "S31")
@pytest.mark.parametrize("un", AUTRES)
def test_two_acts_on_one_preparation_have_one_effect_each_and_lose_nothing(
    atelier: Atelier, un: str, monkeypatch: pytest.MonkeyPatch
):
    # Who reads the pages of a document has the place of the workshop: the other waits, then is told to come back.
    monkeypatch.setattr(traitement, "ATTENTE", 0.2)
    occupe = {"service_occupe"} if un == "reunir" else set()
    if un == "reunir":
        atelier = replace(atelier, octets=[], resultat={"pages": []})  # to be made again
    combien = nombre_d_instants(ACTES[un](preparer(atelier)))
    for deux in AUTRES[un]:
        for instant in _instants(combien):
            atelier = preparer(atelier)
            ici, la = entrelacer(ACTES[un](atelier), ACTES[deux](atelier), instant)
            ou = f"{deux} at instant {instant} of {un}"
            for nom, fait, dits in ((un, ici, set()), (deux, la, occupe)):
                if isinstance(fait, REFUS):
                    assert set(codes(fait.motifs)) <= DITS.get(nom, set()) | dits, ou
            verifier({un: ici, deux if deux != un else "bis": la}, ou)


def preparer(atelier: Atelier) -> Atelier:
    if atelier.octets:
        return atelier.remettre()
    modele = replace(atelier, octets=[b"x"], resultat={"empreinte": "", "pages": []}).remettre()
    assemblage = Assemblage.objects.get()
    coffre.effacer(assemblage.cles_du_resultat)
    Assemblage.objects.update(resultat=None)
    return replace(modele, octets=[], resultat={"empreinte": "0" * 64, "pages": []})


def verifier(faits: dict[str, Any], ou: str) -> None:
    """Every object is named and every name has its object; what was acknowledged is there, once."""
    assert objets() == cles_nommees(), ou
    deposes, pages = FichierDepose.objects.all(), list(PageAssemblee.objects.all())
    depots = [f for f in faits.values() if isinstance(f, Depot)]
    assert deposes.count() == len({d.fichier.pk for d in depots}) == sum(not d.deja for d in depots), ou
    assert Evenement.objects.filter(acte="piece_deposee").count() == deposes.count(), ou
    assert Assemblage.objects.count() <= 1, ou
    assert len({p.rang for p in pages}) == len(pages), ou
    empreintes = [p.empreinte for p in pages]
    assert len(set(empreintes)) == len(empreintes), ou
    parties = depots or faits.get("abandonner") is True
    for nom, fait in faits.items():
        if isinstance(fait, Ajout) and not faits.get("abandonner"):
            assert {p.empreinte for p in fait.pages} <= set(empreintes), (ou, nom)
    ajoutees = {p.empreinte for f in faits.values() if isinstance(f, Ajout) for p in f.pages}
    retiree = {faits["retirer"].empreinte} if isinstance(faits.get("retirer"), PageAssemblee) else set()
    if not parties:
        assert set(empreintes) == {sienne(n) for n in NOMS} - retiree | ajoutees, ou
    if faits.get("tourner") and not parties and not retiree:
        assert [p.rotation for p in pages if p.empreinte == sienne(NOMS[0])] == [90], ou
    if faits.get("descendre") and not parties:
        dans_l_ordre = [e for n in NOMS[::-1] if (e := sienne(n)) not in retiree]
        assert [p.empreinte for p in pages if p.empreinte not in ajoutees] == dans_l_ordre, ou
    for depot in depots:  # what is deposited is what was seen
        assert sha256(coffre.lire(depot.fichier.original)).hexdigest() == depot.fichier.empreinte, ou
    for reuni in (f for f in faits.values() if isinstance(f, Assemblage)):
        garde = Assemblage.objects.filter(pk=reuni.pk).first()
        if garde and garde.resultat:  # two tabs look at the same document
            assert garde.resultat["empreinte"] == reuni.resultat["empreinte"], ou


# --- Real threads ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("F28", "F30")
def test_five_clicks_at_once_on_the_document_deposit_it_once(atelier: Atelier):
    for _ in range(TOURS):
        atelier = atelier.remettre()
        depots = a_la_fois(*[ACTES["envoyer"](atelier)] * 5)
        assert sorted(d.deja for d in depots) == [False, True, True, True, True]
        assert len({d.fichier.pk for d in depots}) == FichierDepose.objects.count() == 1
        assert Evenement.objects.filter(acte="piece_deposee").count() == 1
        assert not Assemblage.objects.exists()
        assert objets() == cles_nommees()


@pytest.mark.passages("F28")
def test_everything_at_once_on_one_preparation_leaves_it_whole(atelier: Atelier):
    """Nobody waits for ever, nobody is told of a lost page, and the vault holds what the rows name."""
    for _ in range(TOURS):
        atelier = atelier.remettre()
        noms = ("tourner", "retirer", "descendre", "reunir", "envoyer", "photographier", "ajouter", "fermer le lien")
        faits = dict(zip(noms, a_la_fois(*[ACTES[n](atelier) for n in noms], retard=0.8), strict=True))
        for nom, fait in faits.items():
            if isinstance(fait, REFUS):
                assert set(codes(fait.motifs)) <= DITS.get(nom, set()), nom
        verifier(faits, "all at once")


@pytest.mark.passages("F28")
def test_conforme_and_a_prepared_document_after_non_conforme_never_both_win(atelier: Atelier, agent: Compte):
    """The officer corrects himself while the candidate sends what he has prepared."""
    candidat, gagnants = atelier.compte, set()
    for _ in range(TOURS):
        atelier = atelier.remettre()
        juge = deposer(candidat).fichier
        envoyer(candidat)
        refuser(agent, candidat)
        page = vu(candidat)
        decision, depot = a_la_fois(
            lambda page=page: accept_piece(agent, candidature_de(candidat), "identite", **page, le=LE),
            ACTES["envoyer"](atelier),
            retard=0.6,
        )
        assert len(reussis([decision, depot])) == 1
        vue = piece(candidat)
        gagnants.add(vue.etat)
        if vue.etat == "conforme":
            assert [f.reference for f in vue.fichiers] == [juge.reference]
            assert [f["empreinte"] for f in decision.fichiers] == [juge.empreinte]
            assert Assemblage.objects.get().resultat["empreinte"] == atelier.vu  # refused, and kept
        else:
            assert (vue.etat, vue.envoyee) == ("deposee", False)
            assert [f.empreinte for f in vue.fichiers] == [atelier.vu]
            assert not DecisionDePiece.objects.filter(etat="conforme").exists()
        assert objets() == cles_nommees()
    if TOURS >= 60:  # enough schedules to meet both sides of the race
        assert gagnants == {"conforme", "deposee"}


@pytest.mark.passages("F30", "L-52")
def test_no_prepared_document_enters_a_group_after_its_button(atelier: Atelier):
    for _ in range(TOURS):
        atelier = atelier.remettre()
        deposer(atelier.compte)
        depot, envoi, second = a_la_fois(
            ACTES["envoyer"](atelier), *[ACTES["envoyer le regroupement"](atelier)] * 2, retard=0.6
        )
        assert sorted([envoi.pieces, second.pieces]) == [(), ("identite",)]
        fichiers = piece(atelier.compte).fichiers
        assert piece(atelier.compte).envoyee
        assert len(fichiers) == (1 if isinstance(depot, DepotRefuse) else 2)
        assert {f["empreinte"] for f in envoi.accuse.contenu["fichiers"]} == {f.empreinte for f in fichiers}
        assert Assemblage.objects.count() == (1 if isinstance(depot, DepotRefuse) else 0)
        assert objets() == cles_nommees()


# --- F15: the reaper ------------------------------------------------------------------------------------------------

HEURE = timedelta(hours=1)


@pytest.mark.passages("F15")
def test_a_reaper_at_any_instant_of_a_slow_act_takes_nothing_that_it_needs(atelier: Atelier):
    """The act has lasted up to 23 hours when the reaper comes; what was there before may be of any age."""
    for nom in ("ajouter", "photographier", "envoyer", "reunir"):
        if nom == "reunir":
            atelier = replace(atelier, octets=[], resultat={"pages": []})
        combien = nombre_d_instants(ACTES[nom](preparer(atelier)))
        for _ in range(max(1, PROGRAMMES // 100)):
            atelier = preparer(atelier)
            un_rangement(atelier, nom, combien)


def un_rangement(atelier: Atelier, nom: str, combien: int) -> None:
    graine = secrets.randbits(32)
    hasard = random.Random(graine)  # noqa: S311 - moments, not secrets
    orphelin, avant = coffre.ranger(b"orphelin"), objets()
    oublie = hasard.random() < 0.3  # the preparation itself is a day old

    def ranger() -> Rangement:
        for cle in objets():
            age = (25 if cle in avant else 23 * hasard.random()) * HEURE
            quand = (timezone.now() - age).timestamp()
            os.utime(Path(default_storage.location) / cle, (quand, quand))
        if oublie:
            Assemblage.objects.update(modifie_le=timezone.now() - 25 * HEURE)
        return ranger_le_coffre(timezone.now(), quand_meme=True)

    fait, _ = entrelacer(ACTES[nom](atelier), ranger, hasard.randint(1, combien))
    if isinstance(fait, REFUS):
        assert oublie, graine
        assert set(codes(fait.motifs)) <= DITS.get(nom, set()), (graine, codes(fait.motifs))
    elif isinstance(fait, Depot):
        assert set(fait.fichier.cles) <= objets(), graine
    assert cles_nommees() == objets(), graine
    assert orphelin not in objets(), graine
