"""Two phones, or the PC and the phone, on one link, on real connections: no photo comes after the end.

``REGISTRE_ENTRELACEMENTS`` sets the number of random schedules of each race, as for the other races.
"""

from __future__ import annotations

from typing import Any

import pytest

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.comptes.models import Compte, Essai
from registre.justificatifs import passerelles
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.models import Assemblage, PageAssemblee, Passerelle
from registre.justificatifs.passerelles import PASSERELLE_FERMEE, Secrets
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.claim_passerelle import claim_passerelle
from registre.justificatifs.usecases.open_passerelle import open_passerelle
from registre.justificatifs.usecases.revoke_passerelle import revoke_passerelle
from registre.justificatifs.usecases.withdraw_photo import withdraw_photo
from tests.inscription.scenario import LE
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.scenario import jpeg
from tests.justificatifs.test_concurrence import ENTRELACEMENTS, a_la_fois, reussis

pytestmark = pytest.mark.django_db(transaction=True)
TRAITEMENT = 0.6  # seconds: a photo spends most of its time in the child process


def ouvrir(compte: Compte) -> tuple[Passerelle, Secrets]:
    """A new link, nothing arrived, nothing counted."""
    for modele in (Assemblage, Essai):
        modele.objects.all().delete()
    return open_passerelle(compte, principal(), "identite", le=LE, maintenant=LE)


def photographier(passerelle: Passerelle, marque: str) -> Any:
    compte = passerelle.assemblage.candidature.compte
    return add_pages(compte, principal(), "identite", f"{marque}.jpg", jpeg(marque), passerelle=passerelle, le=LE)


@pytest.mark.passages("F28", "S27")
def test_no_photo_is_written_after_the_link_is_revoked(candidat):
    fins = set()
    for _ in range(max(3, ENTRELACEMENTS // 4)):
        passerelle, _ = ouvrir(candidat)
        avant = objets()
        dernier = Evenement.objects.order_by("pk").last().pk
        envoi, ferme = a_la_fois(
            lambda p=passerelle: photographier(p, "recto"),
            lambda: revoke_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE),
            retard=TRAITEMENT,
        )
        actes = list(Evenement.objects.filter(pk__gt=dernier).order_by("pk").values_list("acte", flat=True))
        assert ferme is True
        if isinstance(envoi, DepotRefuse):
            assert envoi.motifs == [PASSERELLE_FERMEE]
            assert actes == ["passerelle_fermee"]
            assert not PageAssemblee.objects.exists()
            assert objets() == avant  # nothing is left in the vault
        else:
            assert actes == ["photo_du_telephone", "passerelle_fermee"]
            assert PageAssemblee.objects.count() == 1
        fins.add(tuple(actes))
    if ENTRELACEMENTS >= 60:  # enough schedules to meet both sides of the race
        assert len(fins) == 2


@pytest.mark.passages("F28")
def test_of_two_phones_that_type_one_code_one_is_linked(candidat):
    for _ in range(ENTRELACEMENTS):
        passerelle, tires = ouvrir(candidat)
        jetons = a_la_fois(*[lambda c=tires.code: claim_passerelle(c, le=LE, maintenant=LE)] * 2)
        [gagnant] = [j for j in jetons if j]
        assert passerelles.par_jeton(gagnant, LE) == passerelle


@pytest.mark.passages("F28", "S31")
def test_two_phones_never_bring_a_twenty_first_page(candidat):
    passerelle, _ = ouvrir(candidat)
    modele = photographier(passerelle, "premiere").pages[0]
    for rang in range(2, Assemblage.PAGES_PAR_ASSEMBLAGE):
        modele.pk, modele.rang, modele.reference = None, rang, PageAssemblee().reference
        modele.save()
    resultats = a_la_fois(
        lambda: photographier(passerelle, "vingt"), lambda: photographier(passerelle, "vingt et une")
    )
    assert len(reussis(resultats)) == 1
    assert PageAssemblee.objects.count() == Assemblage.PAGES_PAR_ASSEMBLAGE
    rangs = list(PageAssemblee.objects.values_list("rang", flat=True))
    assert sorted(rangs) == list(range(1, Assemblage.PAGES_PAR_ASSEMBLAGE + 1))


@pytest.mark.passages("F28")
def test_two_clicks_on_the_last_photo_take_back_one(candidat):
    for _ in range(max(3, ENTRELACEMENTS // 4)):
        passerelle, _ = ouvrir(candidat)
        photographier(passerelle, "recto")
        [verso] = photographier(passerelle, "verso").pages
        faits = a_la_fois(*[lambda p=passerelle, r=verso.reference: withdraw_photo(p, r, le=LE)] * 2)
        assert sorted(faits) == [False, True]
        assert [p.nom for p in PageAssemblee.objects.all()] == ["recto.jpg"]


@pytest.mark.passages("F28")
def test_of_links_opened_at_once_one_works(candidat):
    for _ in range(max(3, ENTRELACEMENTS // 4)):
        ouvrir(candidat)
        ouverts = a_la_fois(*[lambda: open_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE)] * 3)
        vivants = [tires for _, tires in ouverts if passerelles.par_jeton(tires.jeton, LE)]
        assert len(vivants) == 1
        assert Passerelle.objects.count() == 1
