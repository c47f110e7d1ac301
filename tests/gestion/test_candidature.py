"""The page of a candidature: everything of it, nothing of another, nothing on handicap; the reminder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.comptes.models import Compte
from registre.documents import rendu
from registre.documents.models import Document
from registre.documents.numeros import numero_candidat
from registre.inscription.models import Candidature
from registre.inscription.usecases.record_releve import record_releve
from registre.inscription.usecases.withdraw_candidature import withdraw_candidature
from tests.inscription.scenario import LE, heure_du_registre
from tests.inscription.test_releves import releve
from tests.justificatifs.scenario import (
    accepter,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    envoyer,
    modifier,
    refuser,
    tout_fournir,
)

PASSAGE_DE_2024 = {
    "passages-0-session": "2024",
    "passages-0-academie": "Clermont-Ferrand",
    "passages-0-specialite": "agora",
    "passages-0-forme_de_passage": "globale",
    "passages-0-resultat": "ajourne",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def bureau(gestionnaire, connecter):
    return connecter(gestionnaire)


@pytest.fixture
def roche():
    return candidat_inscrit()


def adresse(compte) -> str:
    numero = Candidature.objects.filter(compte=compte).latest("pk").numero
    return reverse("gestion_candidature", kwargs={"academie": "clermont-ferrand", "numero": numero})


def texte(page) -> str:
    return page.content.decode().replace("&nbsp;", "\u00a0").replace("&#x27;", "'")


@pytest.mark.passages("L-67", "pieces.date-de-depot", "compte.courriel-a-chaque-document")
def test_the_page_shows_identity_choices_pieces_documents_and_mails(bureau, roche):
    deposer(roche, nom="carte d’identité.pdf")
    envoyer(roche)
    page = texte(bureau.get(adresse(roche)))
    for attendu in (
        "Roche",
        "Camille Anne",
        "14/03/1990",
        numero_candidat(principal(), roche.pk),
        "camille.roche@demo.example",
        "12 rue des Tanneurs",
        "carte d’identité.pdf",
        "Envoyée, à contrôler",
        "Confirmation d’inscription, version 1",
        "à envoyer",
        "Candidature enregistrée",
        "Pièces envoyées au service",
    ):
        assert attendu in page


@pytest.mark.passages("L-30", "modification.nouvelle-version")
def test_versions_are_shown_with_what_changed_between_two(bureau, roche):
    modifier(roche)
    modifier(roche, "epreuves", lvf="portugais")
    page = bureau.get(adresse(roche))
    assert [v.version.numero for v in page.context["versions"]] == [3, 2, 1]
    troisieme, deuxieme, premiere = (v.changements for v in page.context["versions"])
    assert "Italien" in str(deuxieme)
    assert "Portugais" in str(troisieme)
    assert premiere == []


@pytest.mark.passages("P8", "S26", "L-68")
def test_the_answer_on_handicap_is_not_there(bureau):
    """Two candidates who differ by this answer alone have the same choices on their page, and not a word of it."""
    choix = []
    for n, reponse in enumerate(("oui", "non")):
        compte = candidat_inscrit(f"c{n}@demo.example", candidature={"handicap": reponse})
        page = bureau.get(adresse(compte))
        assert "handicap" not in texte(page).lower()
        choix.append(str(page.context["dossier"].version.contenu["sections"]).replace(compte.email, ""))
    assert choix[0] == choix[1]


@pytest.mark.passages("P7", "P14")
def test_opening_the_page_is_written_and_shown_to_the_next_reader(bureau, gestionnaire, roche):
    bureau.get(adresse(roche))
    assert Evenement.objects.get(acte="candidature_consultee").acteur == gestionnaire
    suivante = bureau.get(adresse(roche))
    assert [ligne.quoi for ligne in suivante.context["consultations"]] == ["Dossier consulté"] * 2
    assert "Dossier consulté" not in [ligne.quoi for ligne in suivante.context["actes"]]


def test_every_act_of_the_journal_of_a_candidature_has_french_words(bureau, roche):
    agent = creer_agent("decideur@exemple.fr")
    tout_fournir(roche)
    refuser(agent, roche)
    accepter(agent, roche, "domicile")
    deposer(roche)
    modifier(roche)
    bureau.post(adresse(roche) + "relance", {"message": "Vite."}, follow=True)
    withdraw_candidature(roche, principal(), le=LE)
    page = bureau.get(adresse(roche))
    dits = {ligne.quoi for ligne in page.context["actes"]}
    assert len(dits) >= 8
    assert not [quoi for quoi in dits if "_" in quoi]
    precisions = {ligne.precisions for ligne in page.context["actes"]}
    assert not [p for p in precisions if "{" in p or "_" in p]


def test_who_acted_is_named(bureau, roche):
    agent = creer_agent("decideur@exemple.fr", nom="Lefort")
    tout_fournir(roche)
    accepter(agent, roche)
    lignes = bureau.get(adresse(roche)).context["actes"]
    [conforme] = [ligne for ligne in lignes if ligne.quoi == "Pièce conforme"]
    assert conforme.par == "Alix Lefort, service"
    [depot, *_] = [ligne for ligne in lignes if ligne.quoi == "Fichier déposé"]
    assert depot.par == f"{roche.nom_complet}, titulaire du dossier", "a woman is no « candidat »"
    assert "identité" in conforme.precisions.lower()


def test_the_number_of_queries_does_not_grow_with_the_history(bureau, roche):
    deposer(roche)
    envoyer(roche)
    bureau.get(adresse(roche))
    with CaptureQueriesContext(connection) as avant:
        bureau.get(adresse(roche))
    agent = creer_agent("decideur@exemple.fr")
    for n in range(3):
        refuser(agent, roche, commentaire=f"Non {n}")
        deposer(roche, octets=None, nom=f"{n}.pdf")
        modifier(roche, "epreuves", lvf=("italien", "portugais", "italien")[n])
        envoyer(roche)
    with CaptureQueriesContext(connection) as apres:
        bureau.get(adresse(roche))
    assert len(apres) <= len(avant) + 2  # the decisions and the windows are read when there are some


# --- Reminder -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("documents.relance-de-pieces", "L-33")
def test_a_reminder_shows_first_what_it_will_say_then_becomes_a_document_and_a_mail(bureau, gestionnaire, roche):
    deposer(roche)
    envoyer(roche)
    page = bureau.get(adresse(roche))
    assert len(page.context["manques"]) == 3
    for manque in page.context["manques"]:
        assert manque in texte(page)
    reponse = bureau.post(adresse(roche) + "relance", {"message": "Il ne reste que trois jours."}, follow=True)
    assert "La relance est mise à disposition" in texte(reponse)
    document = Document.objects.get(genre="relance-pieces")
    assert "Il ne reste que trois jours." in str(document.contenu)
    assert Courriel.objects.filter(cle=f"document:{document.reference}").count() == 1
    assert "relance de pièces" in [ligne.precisions for ligne in reponse.context["actes"]]


def test_an_identical_reminder_sent_again_says_when_the_first_left(bureau, roche):
    bureau.post(adresse(roche) + "relance", {"message": "Vite."}, follow=True)
    with heure_du_registre(LE + timedelta(minutes=3)):
        page = texte(bureau.post(adresse(roche) + "relance", {"message": "Vite."}, follow=True))
    assert "Une relance identique vient d’être envoyée" in page
    assert "La relance est mise à disposition" not in page
    assert Document.objects.filter(genre="relance-pieces").count() == 1


def test_an_awaited_piece_leads_to_the_paper_received(bureau, roche):
    deposer(roche)
    page = texte(bureau.get(adresse(roche)))
    chemin = f"/gestion/clermont-ferrand/controle/{candidature_de(roche).numero}"
    assert f'href="{chemin}/domicile/#reception">Enregistrer un papier reçu' in page
    assert f'href="{chemin}/identite/">Contrôler' in page
    assert 'id="reception"' in texte(bureau.get(f"{chemin}/domicile/"))


def test_a_message_too_long_comes_back_with_what_was_typed(bureau, roche):
    long = "mot " * 300
    page = bureau.post(adresse(roche) + "relance", {"message": long})
    assert "Raccourcissez le message" in texte(page)
    assert long.strip() in texte(page)
    assert "<title>Erreur" in texte(page)
    assert not Document.objects.filter(genre="relance-pieces").exists()


def test_nothing_missing_means_nothing_to_remind(bureau, roche):
    tout_fournir(roche)
    assert "Rien ne manque dans ce dossier" in texte(bureau.get(adresse(roche)))
    assert "Rien ne manque dans ce dossier" in texte(bureau.post(adresse(roche) + "relance"))
    assert not Document.objects.filter(genre="relance-pieces").exists()


@pytest.mark.passages("L-49")
def test_a_withdrawn_candidature_is_read_but_not_reminded(bureau, roche):
    chemin = adresse(roche)
    withdraw_candidature(roche, principal(), le=LE)
    page = bureau.get(chemin)
    assert "Retirée" in texte(page)
    assert "Relancer" not in texte(page)
    assert "ne compte plus" in texte(bureau.post(chemin + "relance"))


# --- Documents and mails --------------------------------------------------------------------------------------------


@pytest.mark.passages("S36", "P7")
def test_the_office_opens_the_pdf_of_the_candidate_and_it_is_written(bureau, gestionnaire, roche):
    document = Document.objects.filter(candidature=candidature_de(roche).numero).first()
    reponse = bureau.get(f"/gestion/clermont-ferrand/documents/{document.reference}/pdf")
    assert reponse.content == rendu.pdf(document)
    assert reponse.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in reponse.headers["Content-Security-Policy"]
    assert Evenement.objects.get(acte="document_consulte").acteur == gestionnaire


def test_a_document_that_no_longer_matches_its_seal_is_not_shown(bureau, roche):
    document = Document.objects.filter(candidature=candidature_de(roche).numero).first()
    Document.objects.filter(pk=document.pk).update(empreinte="0" * 64)
    reponse = bureau.get(f"/gestion/clermont-ferrand/documents/{document.reference}/pdf")
    assert reponse.status_code == 503
    assert not Evenement.objects.filter(acte="document_consulte").exists()


def test_the_delivery_of_each_mail_is_told_and_the_mails_of_the_account_are_not(bureau, roche):
    Courriel.objects.update(etat=Courriel.Etat.ABANDONNE, erreur="boîte pleine")
    Courriel.objects.create(
        cle="mot-de-passe:1",
        compte=roche,
        destinataire=roche.email,
        sujet="Choisir un nouveau mot de passe",
        message_id="<x@exemple.fr>",
        redige_le=LE,
        prochain_essai_le=LE,
    )
    page = texte(bureau.get(adresse(roche)))
    assert "non distribué" in page
    assert "boîte pleine" in page
    assert "nouveau mot de passe" not in page


def test_a_wrong_number_is_not_found(bureau, creer_compte, roche):
    assert bureau.get("/gestion/clermont-ferrand/candidatures/2026-999999-X/").status_code == 404
    assert Compte.objects.count() == 2


# --- Marks that Registre knows ------------------------------------------------------------------------------


def test_a_note_other_than_the_one_registre_knows_is_shown_to_the_office(bureau):
    compte = candidat_inscrit(
        candidature={"deja_passe": "oui", **PASSAGE_DE_2024},
        acquis={
            "possibilites": ["benefice"],
            "p2024_u_francais": "oui",
            "p2024_n_francais": "16",
            "perte_comprise": "oui",
        },
    )
    assert 'id="ecarts-de-notes"' not in texte(bureau.get(adresse(compte)))
    record_releve(compte, principal(), releve(), le=LE)
    page = texte(bureau.get(adresse(compte)))
    assert (
        "U51 - Français, session 2024\u00a0: note connue de Registre, 12,5\u00a0; note écrite à l’étape 4, 16." in page
    )
