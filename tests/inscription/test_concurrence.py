"""Many requests at once, on real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from registre.commun.models import Courriel, Evenement
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.models import Brouillon, Candidature, VersionDeCandidature
from tests.inscription.scenario import (
    CLOTURE,
    LE,
    SAISIES,
    adresse,
    connecter,
    creer_candidat,
    heure_du_registre,
    poster,
    remplir,
    vu,
)

pytestmark = pytest.mark.django_db(transaction=True)


def en_parallele(acte, nombre):
    def un(n):
        try:
            return acte(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(nombre) as fils:
        return list(fils.map(un, range(nombre)))


@pytest.mark.passages("F1", "recapitulatif.numero-inscription")
def test_twenty_parallel_enregistrer_make_one_number_one_version_one_mail():
    with heure_du_registre(LE):
        candidat = creer_candidat()
        client = connecter(candidat)
        remplir(client)
        jeton = vu(client)
        clients = [connecter(candidat) for _ in range(20)]

        def enregistrer(n):
            return clients[n].post(adresse("enregistrer"), {"vu": jeton}, follow=True)

        reponses = en_parallele(enregistrer, 20)
    numero = Candidature.objects.get().numero
    assert [r.status_code for r in reponses] == [200] * 20
    assert all(numero in r.content.decode() for r in reponses)
    assert VersionDeCandidature.objects.count() == 1
    assert sorted(Document.objects.values_list("genre", flat=True)) == [CONFIRMATION, "demande-pieces"]
    assert Courriel.objects.count() == 1
    assert Evenement.objects.filter(acte="candidature_enregistree").count() == 1


def test_two_first_saves_of_a_draft_at_once_lose_nothing():
    with heure_du_registre(LE):
        clients = [connecter(creer_candidat()) for _ in range(1)] * 8
        reponses = en_parallele(
            lambda n: poster(clients[n], "identification", SAISIES["identification"], "brouillon").status_code, 8
        )
    assert set(reponses) == {200}
    assert Brouillon.objects.count() == 1


@pytest.mark.passages("F23")
def test_requests_around_the_closing_instant_fall_on_the_side_of_their_arrival():
    nombre, instants = 24, [CLOTURE + timedelta(milliseconds=100 * k) for k in range(-12, 12)]
    with heure_du_registre(LE):
        candidats = [creer_candidat(f"c{n}@demo.example") for n in range(nombre)]
        jetons = []
        for candidat in candidats:
            client = connecter(candidat)
            remplir(client)
            jetons.append(vu(client))
    statuts = []
    for candidat, jeton, instant in zip(candidats, jetons, instants, strict=True):
        with heure_du_registre(instant):
            statuts.append(connecter(candidat).post(adresse("enregistrer"), {"vu": jeton}).status_code)
    assert statuts == [302 if i < CLOTURE else 403 for i in instants]
    assert Candidature.objects.count() == nombre // 2
    assert set(Candidature.objects.values_list("enregistree_le", flat=True)) == {i for i in instants if i < CLOTURE}


def test_the_run_uses_the_database_it_says():
    import os

    attendu = "postgresql" if os.environ.get("REGISTRE_TEST_BASE") == "postgresql" else "sqlite"
    assert connection.vendor == attendu
