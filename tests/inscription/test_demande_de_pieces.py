"""The demande de pièces: issued with the registration, renewed only when the list changes."""

from __future__ import annotations

import dataclasses

import pytest

from registre.commun.cadres import principal
from registre.commun.models import Courriel
from registre.documents import rendu
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.demande_de_pieces import GENRE, sections, voies
from registre.inscription.models import Candidature
from registre.inscription.pieces import pieces_demandees
from tests.documents.controle_pdf import defauts
from tests.documents.lecture_pdf import texte
from tests.inscription.scenario import (
    LE,
    SAISIES,
    adresse,
    connecter,
    creer_candidat,
    enregistrer,
    heure_du_registre,
    poster,
    remplir,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    with heure_du_registre(LE):
        client = connecter(creer_candidat())
        remplir(client)
        enregistrer(client)
        yield client


def demandes() -> list[Document]:
    return list(Document.objects.filter(genre=GENRE).order_by("version"))


@pytest.mark.passages("documents.demande-de-pieces", "pieces.depot-en-ligne", "pieces.periode-de-depot", "L-16")
def test_the_demande_names_each_piece_its_reason_its_period_and_how_to_give_it(client):
    [demande] = demandes()
    assert demande.contenu["pieces"] == ["recapitulatif-signe", "identite", "domicile", "certificats-travail"]
    page = client.get(f"/documents/{demande.reference}/").content.decode().replace("\u00a0", " ")
    for attendu in (
        "Demande de pièces justificatives",
        "Récapitulatif de votre candidature signé (DCANDT01)",
        "Vous justifiez de trois ans d’activité professionnelle.",
        "À déposer en ligne, dans « Mes justificatifs »",
        "d’ici le vendredi 7 novembre 2025 à 23 h 59 (heure de Paris)",
        "5 Mo au plus",
        "J’ai fourni toutes mes pièces",
    ):
        assert attendu in page, attendu
    assert "(None)" not in page


@pytest.mark.passages("A13", "documents.demande-de-pieces")
def test_the_demande_is_an_accessible_pdf_that_says_what_the_page_says_and_carries_no_code(client):
    [demande] = demandes()
    octets = rendu.pdf(demande)
    assert defauts(octets) == []
    assert "Certificats de travail" in " ".join(texte(octets).split())
    assert "qr" not in rendu._donnees(demande)
    assert "Signature" not in texte(octets)


@pytest.mark.passages("compte.courriel-a-chaque-document", "documents.demande-de-pieces")
def test_one_mail_announces_both_documents_of_a_registration(client):
    courriel = Courriel.objects.get()
    [demande] = demandes()
    confirmation = Document.objects.get(genre=CONFIRMATION)
    for partie in (courriel.texte, courriel.html):
        assert f"/documents/{confirmation.reference}/" in partie
        assert f"/documents/{demande.reference}/" in partie
        assert "Demande de pièces justificatives" in partie


@pytest.mark.passages("L-30", "documents.demande-de-pieces")
def test_a_modification_renews_the_demande_only_when_it_changes_the_list(client):
    poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
    enregistrer(client)
    assert [d.version for d in demandes()] == [1]
    dernier = Courriel.objects.latest("pk")
    assert "Demande de pièces" not in dernier.texte
    poster(client, "epreuves", SAISIES["epreuves"] | {"eps_cas": "inapte", "eps_activites": []})
    enregistrer(client)
    assert [d.version for d in demandes()] == [1, 3]
    assert "certificat-medical-eps" in demandes()[1].contenu["pieces"]
    liste = client.get("/documents/").content.decode()
    assert "version remplacée" in liste


@pytest.mark.passages("P8", "R96")
def test_the_mail_names_no_piece_that_tells_health(client):
    poster(client, "epreuves", SAISIES["epreuves"] | {"eps_cas": "inapte", "eps_activites": []})
    enregistrer(client)
    assert all("médical" not in c.texte + c.html for c in Courriel.objects.all())


@pytest.mark.passages("pieces.non-dematerialisee", "R95")
def test_a_piece_sent_by_post_has_its_address_and_its_date(client):
    cadre = principal()
    piece = next(p for p in cadre.pieces.liste if p.cle == "domicile")
    postale = dataclasses.replace(piece, dematerialisee=False)
    regroupement = next(r for r in cadre.pieces.regroupements if r.code == "domicile")
    [phrase] = voies([postale], regroupement, cadre)
    assert "par la poste" in phrase
    assert "Rectorat de Clermont-Ferrand" in phrase
    assert "7\u00a0novembre 2025 à 23\u00a0h\u00a059" in phrase


@pytest.mark.passages("R95", "pieces.exemple.identite")
def test_a_group_with_its_own_period_shows_it(client):
    cadre = principal()
    depot = cadre.calendrier.depot
    tardif = dataclasses.replace(depot, ferme_le=depot.ferme_le.replace(day=21))
    regroupements = tuple(
        dataclasses.replace(r, periode=tardif) if r.code == "identite" else r for r in cadre.pieces.regroupements
    )
    autre = dataclasses.replace(cadre, pieces=dataclasses.replace(cadre.pieces, regroupements=regroupements))
    candidature = Candidature.objects.get()
    requises = pieces_demandees(candidature, candidature.versions.get(), candidature.compte, autre)
    phrases = {s["titre"]: s["paragraphes"][0] for s in sections(requises, autre)}
    assert "20\u00a0novembre 2025 à 23\u00a0h\u00a059" in phrases["Identité"]
    assert "7\u00a0novembre 2025 à 23\u00a0h\u00a059" in phrases["Domicile"]


@pytest.mark.passages("documents.deux-origines")
def test_the_demande_stands_in_mes_documents_of_the_candidature(client):
    page = client.get("/documents/").content.decode()
    assert "Demande de pièces justificatives, version 1" in page
    assert adresse("candidature")  # the page of the candidature leads there
