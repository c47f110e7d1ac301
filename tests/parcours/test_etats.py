"""The states that a journey does not meet by itself: closed window, two tabs, lost session, refusals, breakdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.releve import Pages
from tests.parcours.serveur import Serveur

AVANT = datetime(2025, 10, 1, 8, 0, tzinfo=UTC)
DERNIER_JOUR = datetime(2025, 11, 7, 10, 0, tzinfo=UTC)
APRES = datetime(2025, 11, 8, 8, 0, tzinfo=UTC)


@pytest.mark.passages("inscription.hors-periode", "A1", "A17")
def test_pages_outside_the_period_say_when_and_keep_what_was_typed(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    page = ouvrir()
    gestes.se_connecter(page, "etats@exemple.fr")
    serveur.regler_horloge(AVANT)
    page.goto(gestes.etape("identification"))
    expect(page.locator("h1")).to_have_text("Les inscriptions ne sont pas encore ouvertes")
    pages.verifier(page, "pas-encore-ouvert")
    serveur.regler_horloge(DERNIER_JOUR)
    page.goto(gestes.etape("identification"))
    expect(page.locator("main")).to_contain_text("pour enregistrer")
    pages.verifier(page, "etape-1-dernier-jour")
    gestes.remplir_identification(page)
    serveur.regler_horloge(APRES)
    gestes.cliquer(page, "Suivant")
    expect(page.locator("h1")).to_have_text("Les inscriptions sont closes")
    expect(page.locator("main")).to_contain_text("Ce que vous avez tapé est conservé dans votre brouillon.")
    pages.verifier(page, "inscriptions-closes")
    page.goto(gestes.ESPACE)
    pages.verifier(page, "candidature-close")
    page.goto("/candidatures/")
    pages.verifier(page, "mes-candidatures-closes")


@pytest.mark.passages("etapes.ordre", "A1")
def test_two_tabs_on_the_same_step_lead_to_a_choice_and_lose_nothing(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    premier = ouvrir()
    gestes.se_connecter(premier, "conflit@exemple.fr")
    premier.goto(gestes.etape("identification"))
    second = premier.context.new_page()
    second.goto(gestes.etape("identification"))
    gestes.remplir_identification(second)
    gestes.cliquer(second, "Suivant")
    gestes.sur_l_etape(second, "candidature")
    gestes.remplir_identification(premier, domicile_voie="8 place de Jaude")
    premier.locator('select[name="categorie"]').select_option(index=1)
    expect(premier.locator("#etat-brouillon")).to_contain_text("modifiée ailleurs", timeout=8000)
    gestes.cliquer(premier, "Suivant")
    expect(premier.locator("h1")).to_have_text("Cette étape a été modifiée ailleurs")
    expect(premier.locator("main")).to_contain_text("8 place de Jaude")
    expect(premier.locator("main")).to_contain_text("12 rue des Tanneurs")
    expect(premier.locator("table")).to_contain_text("Catégorie socio-professionnelle")
    expect(premier.locator("table")).to_contain_text("Exploitants de l’agriculture")
    expect(premier.locator("table")).not_to_contain_text("domicile_voie")
    pages.verifier(premier, "conflit")
    gestes.cliquer(premier, "Garder ce que je viens de taper")
    gestes.sur_l_etape(premier, "candidature")
    premier.goto(gestes.etape("identification"))
    expect(premier.locator("#id_domicile_voie")).to_have_value("8 place de Jaude")


@pytest.mark.passages("A12", "A1")
def test_a_lost_session_gives_back_after_login_what_was_typed(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    gestes.se_connecter(page, "perdue@exemple.fr")
    page.goto(gestes.etape("identification"))
    gestes.remplir_identification(page, domicile_voie="3 impasse du Retour")
    page.context.clear_cookies(name="sessionid")
    expect(page.locator("#etat-brouillon")).to_contain_text("Votre session est finie", timeout=8000)
    gestes.cliquer(page, "Suivant")
    expect(page.locator("h1")).to_have_text("J’ai un compte, je me connecte")
    pages.verifier(page, "session-perdue")
    gestes.se_connecter(page, "perdue@exemple.fr")
    gestes.sur_l_etape(page, "identification")
    expect(page.locator("main")).to_contain_text("Ce que vous aviez tapé avant la fin de votre session est revenu.")
    expect(page.locator("#id_domicile_voie")).to_have_value("3 impasse du Retour")
    pages.verifier(page, "session-retrouvee")


@pytest.mark.passages("A1", "A17")
def test_refusals_and_unknown_pages_say_what_to_do(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    page.goto("/cette-page-n-existe-pas/")
    expect(page.locator("h1")).to_have_text("Page introuvable")
    pages.verifier(page, "erreur-404")
    page.goto("/compte/lien/activation/jeton-inconnu/")
    expect(page.locator("h1")).to_have_text("Ce lien n’est plus valable")
    pages.verifier(page, "lien-mort")
    page.goto("/compte/connexion/")
    page.context.clear_cookies(name="csrftoken")
    gestes.se_connecter(page, "autre@exemple.fr")
    expect(page.locator("h1")).to_have_text("Page expirée")
    pages.verifier(page, "erreur-403-jeton")
    for _ in range(6):
        page.goto("/compte/connexion/")
        gestes.se_connecter(page, "personne@exemple.fr", "pas-le-bon")
    expect(page.locator("main")).to_contain_text("essais")
    pages.verifier(page, "erreur-429")


@pytest.fixture
def panne(serveur: Serveur) -> Iterator[None]:
    """A true breakdown: a table of the database is out of reach."""
    serveur.executer("ALTER TABLE inscription_brouillon RENAME TO hors_service")
    yield
    serveur.executer("ALTER TABLE hors_service RENAME TO inscription_brouillon")


@pytest.mark.usefixtures("panne")
@pytest.mark.passages("A1")
def test_a_breakdown_shows_a_page_that_reassures(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    gestes.se_connecter(page, "autre@exemple.fr")
    expect(page.locator("h1")).to_have_text("Une erreur est survenue")
    expect(page.locator("main")).to_contain_text("ce que vous avez enregistré est conservé")
    pages.verifier(page, "erreur-500")


@pytest.mark.passages("A1", "A17")
def test_the_officer_arrives_at_the_gestion_page_and_has_no_candidature(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir()
    gestes.se_connecter_au_service(page)
    expect(page).to_have_url(re.compile(r"/gestion/clermont-ferrand/$"))
    pages.verifier(page, "gestion")
    page.goto(gestes.ESPACE)
    expect(page.locator("h1")).to_have_text("Accès refusé")
    pages.verifier(page, "erreur-403")


@pytest.mark.passages("A1", "A17")
@pytest.mark.parametrize(
    "chemin",
    [
        "/ouverture-des-services/",
        "/accessibilite/",
        "/donnees-personnelles/",
        "/mentions-legales/",
        "/compte/mot-de-passe/oublie/",
        "/compte/mot-de-passe/demande/",
        "/compte/activation/renvoi/",
        "/demo/",
        "/demo/courriels/",
    ],
)
def test_public_pages_are_clean(ouvrir: Callable[..., Page], pages: Pages, chemin: str) -> None:
    page = ouvrir()
    reponse = page.goto(chemin)
    assert reponse is not None
    assert reponse.status == 200
    pages.verifier(page, chemin)


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "A1", "A17")
def test_the_long_steps_of_a_candidate_with_acquis_are_clean(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    gestes.se_connecter(page, "acquis@exemple.fr")
    gestes.remplir_jusqu_a(page, "candidature")
    gestes.remplir_candidature(page)
    gestes.cocher(page, "deja_passe", "oui")
    declarer_un_passage(page, 0, "2024", "agora")
    gestes.cliquer(page, "Ajouter une présentation")
    declarer_un_passage(page, 1, "2023", "metiers-accueil")
    pages.verifier(page, "etape-2-deux-presentations")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "qualification")
    gestes.cocher(page, "specialite", gestes.SPECIALITE)
    gestes.cocher(page, "forme_de_passage", "progressive")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "acquis")
    for possibilite in ("benefice", "diplome", "autre-specialite", "vae"):
        gestes.cocher(page, "possibilites", possibilite)
    gestes.cliquer(page, "Afficher les cases à remplir")
    expect(page.locator("main")).to_contain_text("Notes de la session 2024")
    pages.verifier(page, "etape-4-toutes-possibilites")
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-4-toutes-erreurs")


def declarer_un_passage(page: Page, rang: int, session: str, specialite: str) -> None:
    prefixe = f"passages-{rang}"
    page.locator(f'[name="{prefixe}-session"]').fill(session)
    gestes.choisir(page, f"{prefixe}-specialite", specialite)
    gestes.choisir(page, f"{prefixe}-forme_de_passage", "progressive")
    gestes.choisir(page, f"{prefixe}-resultat", "ajourne")
    page.locator(f'[name="{prefixe}-academie"]').fill("Lyon")
