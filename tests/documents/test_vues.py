"""« Mes documents » : the candidate's own, in page and in PDF, and nobody else's."""

from __future__ import annotations

import re
import threading
import uuid

import pytest
from django.urls import reverse

from registre.documents import rendu
from registre.documents.models import Document
from tests.comptes.facteur import connecter_agent
from tests.documents.fabrique import NUMERO, compte, contenu, document

pytestmark = pytest.mark.django_db
AUTRE_NUMERO = "2026-000124-J"


@pytest.fixture
def candidat(client):
    zoe = compte()
    client.force_login(zoe)
    return zoe


def emis(pour, version: int = 1, numero: str = NUMERO, **changements) -> Document:
    d = document(contenu(version=version, numero=numero), compte=pour, **changements)
    d.save()
    return d


def adresses(d: Document | uuid.UUID) -> list[str]:
    reference = d.reference if isinstance(d, Document) else d
    return [reverse(nom, kwargs={"reference": reference}) for nom in ("document", "document_pdf")]


@pytest.mark.passages("documents.mes-documents", "documents.deux-origines", "documents.au-fil-de-la-session")
def test_mes_documents_lists_each_version_and_says_which_one_is_the_last(client, candidat):
    emis(candidat)
    emis(candidat, 2)
    page = client.get(reverse("mes_documents")).content.decode()
    assert "Confirmation d’inscription, version 1" in page
    assert page.count("version remplacée") == 1
    assert page.count("dernière version") == 1
    assert page.index("dernière version") < page.index("version remplacée")
    assert "Baccalauréat professionnel, session 2026, académie de Clermont-Ferrand" in page
    assert "au fil de la session" in page


@pytest.mark.passages("compte.aucun-envoi-postal", "documents.mes-documents")
def test_mes_documents_says_when_there_is_none(client, candidat):
    page = client.get(reverse("mes_documents")).content.decode()
    assert "Vous n’avez pas encore de document" in page
    assert "Aucun document n’est envoyé par la poste" in page


@pytest.mark.passages("documents.par-candidature")
def test_mes_documents_shows_those_of_the_chosen_candidature(client, candidat):
    emis(candidat)
    emis(candidat, numero=AUTRE_NUMERO)
    adresse = reverse("mes_documents")
    toutes = client.get(adresse).content.decode()
    assert toutes.count("<section") == 2
    choisie = client.get(adresse, {"candidature": AUTRE_NUMERO}).content.decode()
    assert choisie.count("<section") == 1
    assert f'<span class="registre-insecable">{AUTRE_NUMERO}</span>' in choisie
    assert client.get(adresse, {"candidature": "2026-999999-X"}).status_code == 404


@pytest.mark.passages("S24")
def test_a_document_of_another_and_one_that_does_not_exist_get_the_same_answer(client, candidat):
    d_un_autre = emis(compte("autre@exemple.fr"), numero=AUTRE_NUMERO)
    for nom in ("document", "document_pdf"):
        sien, aucun = (client.get(reverse(nom, kwargs={"reference": r})) for r in (d_un_autre.reference, uuid.uuid4()))
        assert sien.status_code == aucun.status_code == 404
        assert _sans_repere(sien) == _sans_repere(aucun)
    assert AUTRE_NUMERO not in client.get(reverse("mes_documents")).content.decode()
    assert client.get(reverse("mes_documents"), {"candidature": AUTRE_NUMERO}).status_code == 404


@pytest.mark.passages("S23")
def test_documents_are_for_candidates_who_are_logged_in(client):
    d = emis(compte())
    pages = [reverse("mes_documents"), *adresses(d)]
    assert [client.get(p).status_code for p in pages] == [302] * 3
    connecter_agent(compte("agent@exemple.fr", role="gestionnaire"), client)
    assert [client.get(p).status_code for p in pages] == [403] * 3


def test_documents_are_only_read(client, candidat):
    d = emis(candidat)
    assert [client.post(p).status_code for p in (reverse("mes_documents"), *adresses(d))] == [405] * 3


@pytest.mark.passages("documents.confirmation-inscription", "validation.a-imprimer")
def test_the_page_of_a_document_shows_its_content_and_the_button(client, candidat):
    page = client.get(adresses(emis(candidat))[0]).content.decode()
    assert "VISUALISER/IMPRIMER" in page
    assert NUMERO in page
    assert "Łukaszewicz-Đặng" in page
    assert "Cette version est remplacée" not in page


@pytest.mark.passages("modification.nouvelle-version")
def test_the_page_of_a_replaced_version_says_so(client, candidat):
    premier = emis(candidat)
    emis(candidat, 2)
    assert "Cette version est remplacée" in client.get(adresses(premier)[0]).content.decode()


@pytest.mark.passages("S41")
def test_typed_text_is_escaped_in_the_page(client, candidat):
    d = document(contenu(sous_titre="<img src=http://127.0.0.1:9/x>"), compte=candidat)
    d.save()
    page = client.get(adresses(d)[0]).content.decode()
    assert "<img" not in page
    assert "&lt;img src=http://127.0.0.1:9/x&gt;" in page


@pytest.mark.passages("documents.confirmation-inscription", "S41")
def test_the_pdf_is_served_inline_with_a_name_of_ours_and_strict_headers(client, candidat):
    d = emis(candidat, 2)
    reponse = client.get(adresses(d)[1])
    assert reponse.content == rendu.pdf(d)
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Content-Disposition"] == f'inline; filename="confirmation-inscription-{NUMERO}-v2.pdf"'
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in reponse["Cache-Control"]
    assert reponse["X-Frame-Options"] == "DENY"
    directives = {d.strip() for d in reponse["Content-Security-Policy"].split(";")}
    assert directives == {"default-src 'none'", "frame-ancestors 'none'", "sandbox"}


@pytest.mark.passages("F21")
def test_when_the_engine_fails_the_page_says_en_preparation_and_then_the_pdf_is_there(
    client, candidat, tmp_path, monkeypatch
):
    d = emis(candidat)
    with monkeypatch.context() as panne:
        (tmp_path / "confirmation.typ").write_text('#panic("en panne")')
        panne.setattr(rendu, "GABARITS", tmp_path)
        panne.setattr(rendu, "_local", threading.local())
        reponse = client.get(adresses(d)[1])
        assert reponse.status_code == 503
        assert reponse["Retry-After"] == "60"
        assert "style-src 'self'" in reponse["Content-Security-Policy"]
        assert "en préparation" in reponse.content.decode()
        assert client.get(adresses(d)[0]).status_code == 200
    assert client.get(adresses(d)[1]).content.startswith(b"%PDF")


@pytest.mark.parametrize("nombre", [1, 12])
def test_the_number_of_queries_does_not_depend_on_the_number_of_documents(
    client, candidat, django_assert_num_queries, nombre
):
    for n in range(nombre):
        emis(candidat, n % 3 + 1, numero=f"2026-{n // 3:06d}-K")
    d = Document.objects.first()
    client.get(reverse("mes_documents"))  # the first page of a session dates it
    for page in (reverse("mes_documents"), *adresses(d)):
        with django_assert_num_queries(3):  # session, account, documents
            assert client.get(page).status_code == 200


def _sans_repere(reponse) -> str:
    """The page without what is drawn at random for each answer."""
    page = reponse.content.decode().replace(reponse["X-Request-Id"], "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
