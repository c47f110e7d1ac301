"""F19: no room left for the database, the vault and the log at once; then room again, without a restart."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pannes.invariants import lire
from tests.pannes.site import CADRE, DEPOTS, Site
from tests.pannes.test_depots import montre, nommes, photo
from tests.pannes.test_preparations import du_pc, du_telephone, entier, montrees

PLEIN, LIBRE = 1, resource.RLIM_INFINITY  # bytes that a file may hold: past that, a write fails as on a full disk


@pytest.fixture
def site(monter: Callable[..., Site], tmp_path: Path) -> Site:
    options = json.dumps({"location": str(tmp_path / "site0" / "fichiers")})
    return monter(REGISTRE_COFFRE="registre.justificatifs.fichiers.disque.Disque", REGISTRE_COFFRE_OPTIONS=options)


def limiter(site: Site, octets: int) -> None:
    for ouvrier in site.ouvriers():
        resource.prlimit(ouvrier, resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))


@pytest.mark.sans_base
@pytest.mark.passages("F19")
def test_a_full_disk_is_told_on_a_clean_page_spoils_nothing_and_heals_by_itself(site: Site) -> None:
    inscrit, nouveau, mobile = site.preparer(3)
    site.servir()
    for candidat in (inscrit, mobile):
        assert site.enregistrer(candidat).enregistree
    assert site.deposer(inscrit, photo(0, 300)).statut == 302
    ouvriers, voies = site.ouvriers(), [du_pc(inscrit), du_telephone(site, mobile)]

    limiter(site, PLEIN)
    for _ in range(3):
        depot = site.deposer(inscrit, photo(1, 300))
        enregistrement = site.enregistrer(nouveau)
        for reponse in (depot, enregistrement, *(v.ajouter(site, photo(2, 300)) for v in voies)):
            assert reponse.statut == 503
            assert "Attendez une minute et recommencez" in reponse.page
    assert site.demander("GET", DEPOTS, inscrit).statut in (200, 503)  # looking writes when the session was last seen
    assert site.demander("GET", "/").statut == 200

    limiter(site, LIBRE)
    assert site.ouvriers() == ouvriers
    assert len(nommes(site)) == 1
    assert lire(site.base, "PRAGMA integrity_check") == [("ok",)]
    assert site.deposer(inscrit, photo(1, 300)).statut == 302
    assert montre(site, inscrit) == 2
    assert site.enregistrer(nouveau).enregistree
    assert site.demander("GET", CADRE, nouveau).statut == 200
    for voie in voies:
        assert montrees(site, voie.candidat) == 0
        assert voie.ajouter(site, photo(2, 300)).statut == 302
        assert montrees(site, voie.candidat) == 1
    entier(site)
