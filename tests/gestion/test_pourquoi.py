"""The officer reads, on the page of a candidature, the explanations that the candidate reads."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.urls import reverse

from registre.commun.cadres import principal
from registre.inscription.models import Candidature
from registre.inscription.pourquoi import traces_de_la_version
from tests.inscription.scenario import LE, creer_candidat, enregistrer, heure_du_registre, remplir
from tests.inscription.test_pourquoi import ACQUIS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def section(gestionnaire, connecter):
    candidat = connecter(creer_candidat())
    remplir(candidat, **ACQUIS)
    enregistrer(candidat)
    numero = Candidature.objects.get().numero
    reponse = connecter(gestionnaire).get(
        reverse("gestion_candidature", kwargs={"academie": "clermont-ferrand", "numero": numero})
    )
    assert reponse.status_code == 200
    page = html.unescape(reponse.content.decode())
    return page.split('id="pourquoi"', 1)[1].split('id="versions"', 1)[0]


def test_the_section_shows_every_trace_of_the_last_version(section):
    candidature = Candidature.objects.select_related("compte").get()
    traces = traces_de_la_version(candidature, candidature.versions.get(), candidature.compte, principal())
    assert len(traces) > 6
    for trace in traces:
        assert trace.objet in section
        assert trace.conclusion in section
        assert all(pas.texte in section for pas in trace.pas)
    assert f"Montrer les explications ({len(traces)})" in section


@pytest.mark.passages("R96", "L-68")
def test_the_section_says_nothing_of_handicap_and_no_identifier(section):
    visible = re.sub(r"<[^>]*>", " ", section)
    assert "handicap" not in visible.lower()
    assert not re.search(r"\b(?:R\d{1,3}|L-\d\d)\b", visible)
