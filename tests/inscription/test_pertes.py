"""What an earlier registration did not claim is lost: step 4 refuses it, next to its box, and says why (L-54)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registre.inscription.models import Candidature, VersionDeCandidature
from tests.inscription.scenario import (
    CLE,
    LE,
    adresse,
    connecter,
    creer_candidat,
    heure_du_registre,
    passe,
    poster,
    remplir,
)

pytestmark = pytest.mark.django_db

BENEFICE = {"possibilites": ["benefice"], "p2023_u_francais": "oui", "p2023_n_francais": "12", "perte_comprise": "oui"}
ECHEC = {"candidature": passe(session="2023")}


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def candidat():
    return creer_candidat()


def inscrit_en(session: int, compte, acquis) -> Candidature:
    """A registration of an earlier session, kept by Registre."""
    candidature = Candidature.objects.create(
        compte=compte,
        **(CLE | {"session": session}),
        numero=f"{session}-000001-A",
        enregistree_le=LE,
        derniere_version=1,
        specialite="agora",
        forme_de_passage="globale",
        empreinte_visible="",
    )
    VersionDeCandidature.objects.create(
        candidature=candidature,
        numero=1,
        contenu={"saisies": {"acquis": acquis}},
        empreinte="",
        enregistree_le=LE,
    )
    return candidature


def page_des_acquis(client) -> str:
    reponse = client.get(adresse("etape", etape="acquis"))
    assert reponse.status_code == 200
    return html.unescape(reponse.content.decode())


@pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54", "A6")
def test_a_mark_not_claimed_in_2025_is_refused_next_to_its_box(candidat):
    inscrit_en(2025, candidat, {"possibilites": ["aucun"]})
    client = connecter(candidat)
    remplir(client, **ECHEC, acquis=BENEFICE)
    page = page_des_acquis(client)
    assert "Vous n’avez pas demandé cette note à l’inscription de 2025." in page
    champ = re.search(r'<input[^>]*name="p2023_u_francais"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in champ
    assert client.get(adresse("etape", etape="epreuves")).headers["Location"] == adresse("etape", etape="acquis")


def test_the_same_mark_claimed_in_2025_is_kept(candidat):
    inscrit_en(2025, candidat, {"possibilites": ["benefice"], "p2023_u_francais": "oui", "p2023_n_francais": "12"})
    client = connecter(candidat)
    remplir(client, **ECHEC, acquis=BENEFICE)
    assert client.get(adresse("etape", etape="recapitulatif")).status_code == 200


def test_a_withdrawn_registration_and_that_of_another_lose_nothing(candidat):
    retiree = inscrit_en(2025, candidat, {"possibilites": ["aucun"]})
    retiree.etat = Candidature.Etat.RETIREE
    retiree.save()
    inscrit_en(2024, creer_candidat("autre@demo.example"), {"possibilites": ["aucun"]})
    client = connecter(candidat)
    remplir(client, **ECHEC, acquis=BENEFICE)
    assert client.get(adresse("etape", etape="recapitulatif")).status_code == 200


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
def test_a_dispense_of_a_diploma_already_used_in_2025_is_refused_next_to_its_box(candidat):
    inscrit_en(
        2025, candidat, {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_langue-vivante-a": "oui"}
    )
    client = connecter(candidat)
    deux = {"d0_diplome": "bac-general", "d0_u_langue-vivante-a": "oui", "d0_u_francais": "oui"}
    remplir(client, acquis={"possibilites": ["diplome"], **deux})
    page = page_des_acquis(client)
    assert "Vous n’avez pas demandé cette dispense à l’inscription de 2025." in page
    assert 'aria-invalid="true"' in re.search(r'<input[^>]*name="d0_u_francais"[^>]*>', page)[0]
    assert 'aria-invalid="true"' not in re.search(r'<input[^>]*name="d0_u_langue-vivante-a"[^>]*>', page)[0]
    poster(
        client, "acquis", {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_langue-vivante-a": "oui"}
    )
    assert client.get(adresse("etape", etape="epreuves")).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_earlier_registrations(candidat):
    client = connecter(candidat)
    remplir(client, **ECHEC, acquis=BENEFICE)

    def requetes() -> int:
        with CaptureQueriesContext(connection) as lues:
            page_des_acquis(client)
        return len(lues)

    inscrit_en(2025, candidat, BENEFICE)
    requetes()
    une = requetes()
    inscrit_en(2024, candidat, BENEFICE)
    assert requetes() == une
