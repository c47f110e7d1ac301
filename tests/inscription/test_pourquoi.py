"""« Pourquoi ? » : the candidate reads what the rules concluded of his registration, with their texts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registre.commun.sources import reference
from registre.inscription.models import Candidature
from tests.inscription.scenario import LE, adresse, connecter, creer_candidat, enregistrer, heure_du_registre, remplir

pytestmark = pytest.mark.django_db

ACQUIS = {
    "candidature": {
        "voie": "deja-presente",
        "formation_suivie": "oui",
        "passages-0-session": "2023",
        "passages-0-academie": "Lyon",
        "passages-0-specialite": "agora",
        "passages-0-forme_de_passage": "globale",
        "passages-0-resultat": "ajourne",
    },
    "acquis": {
        "possibilites": ["benefice", "diplome"],
        "p2023_u_francais": "oui",
        "p2023_n_francais": "12,5",
        "p2023_u_U2": "oui",
        "p2023_n_U2": "13",
        "d0_diplome": "bac-general",
        "d0_u_langue-vivante-a": "oui",
        "perte_comprise": "oui",
    },
}


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def client():
    return connecter(creer_candidat())


def lire(client) -> str:
    reponse = client.get(adresse("pourquoi"))
    assert reponse.status_code == 200
    return html.unescape(reponse.content.decode())


def visible(page: str) -> str:
    """What a reader sees: no tag, no attribute."""
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1].split("</main>", 1)[0]))


def test_nothing_typed_has_nothing_to_explain(client):
    page = lire(client)
    assert "Il n’y a encore rien à expliquer." in page
    assert "registre-trace" not in page


def test_a_draft_is_explained_as_it_stands(client):
    remplir(client, epreuves={"lvb": "anglais"})
    page = visible(lire(client))
    assert "Votre inscription n’est pas encore enregistrée." in page
    assert "La langue vivante B doit être différente" in page
    assert "Cette étape reste à compléter." in page


@pytest.mark.passages("annexe1.benefice.moyenne", "annexe1.dispense.effet", "L-25")
def test_the_last_recorded_version_is_explained_claim_by_claim(client):
    remplir(client, **ACQUIS)
    enregistrer(client)
    page = visible(lire(client))
    numero = Candidature.objects.get().numero
    for attendu in (
        numero,
        "dans sa version 1",
        "Vous remplissez les conditions d’inscription.",
        "Bénéfice de note\u00a0: U51 - Français",
        "votre note, 12,5, compte dans la moyenne avec son coefficient, 2,5",
        "Dispense par diplôme\u00a0: U41 - Langue vivante A",
        "son coefficient, 2, ne compte pas dans la moyenne",
        "jusqu’à la session 2028 comprise",
        "Votre situation demande 5\u00a0pièces.",
    ):
        assert attendu in page, attendu


def test_the_draft_is_not_explained_once_a_version_is_recorded(client):
    remplir(client)
    enregistrer(client)
    remplir(client, **ACQUIS)
    assert "Bénéfice de note" not in visible(lire(client))
    enregistrer(client)
    assert "Bénéfice de note" in visible(lire(client))


@pytest.mark.passages("R96", "L-68")
def test_the_page_says_nothing_of_handicap(client):
    remplir(client)
    enregistrer(client)
    assert "handicap" not in visible(lire(client)).lower()


def test_references_read_as_texts_once_a_trace_and_never_by_their_identifier(client):
    remplir(client, **ACQUIS)
    enregistrer(client)
    page = lire(client)
    assert not re.search(r"\b(?:R\d{1,3}|L-\d\d)\b", visible(page))
    assert reference("R59").texte in page
    for trace in page.split('<div class="registre-trace">')[1:]:
        lues = re.findall(r'data-reference="([^"]+)"', trace)
        assert lues
        assert len(lues) == len(set(lues))
        titres = re.findall(r'class="registre-reference">([^<]+)<', trace)
        assert len(titres) == len({titre.casefold() for titre in titres})


def test_the_disclosure_beside_a_field_shows_no_identifier_either(client):
    remplir(client, identification={"domicile_code_postal": "75011"})
    page = client.get(adresse("etape", etape="identification")).content.decode()
    pourquoi = re.search(r'<details class="registre-pourquoi">.*?</details>', page, re.S).group()
    assert reference("conditions.domicile").texte in html.unescape(pourquoi)
    assert "(conditions.domicile)" not in pourquoi
    assert "L-62" not in visible(f"<main>{pourquoi}</main>")


def test_the_pages_of_the_candidature_lead_to_it(client):
    remplir(client)
    assert adresse("pourquoi") in client.get(adresse("candidature")).content.decode()
    enregistrer(client)
    assert adresse("pourquoi") in client.get(adresse("candidature")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_claims(client):
    remplir(client)
    enregistrer(client)
    lire(client)  # the message of the registration leaves the session
    with CaptureQueriesContext(connection) as sans:
        lire(client)
    remplir(client, **ACQUIS)
    enregistrer(client)
    lire(client)
    with CaptureQueriesContext(connection) as avec:
        lire(client)
    assert len(avec) == len(sans) <= 6, [q["sql"] for q in avec]


def test_another_candidate_never_reads_it(client):
    remplir(client, **ACQUIS)
    enregistrer(client)
    autre = connecter(creer_candidat("autre@demo.example"))
    assert "Il n’y a encore rien à expliquer." in lire(autre)


def test_the_command_and_the_page_say_the_same(client, capsys):
    remplir(client, **ACQUIS)
    enregistrer(client)
    call_command("explain_candidature", Candidature.objects.get().numero)
    dit = capsys.readouterr().out
    page = html.unescape(client.get(adresse("pourquoi")).content.decode())
    conclusions = re.findall(r'class="registre-trace__conclusion">([^<]+)<', page)
    assert conclusions
    assert all(c in dit for c in conclusions)
