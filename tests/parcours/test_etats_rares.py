"""Rarer states, judged like the others: refusals, an engine down, details open, countdown, the officer's keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.parcours import gestes
from tests.parcours.clavier import ARRETS, Clavier
from tests.parcours.preparer import AGENT, MOT_DE_PASSE_AGENT
from tests.parcours.releve import TELEPHONE, Pages, structure
from tests.parcours.serveur import Serveur

PRES_DE_LA_FIN = datetime(2025, 11, 7, 15, 50, tzinfo=UTC)  # ten minutes: the seconds are shown
# The form of connection, with more than a browser would ever send.
ENVOYER = """([nombre, taille]) => {
  const formulaire = document.querySelector("main form");
  for (let i = 0; i < nombre; i += 1) {
    const champ = Object.assign(document.createElement("input"), { name: `c${i}`, value: "x".repeat(taille) });
    champ.type = "hidden";
    formulaire.append(champ);
  }
  formulaire.submit();
}"""


@pytest.mark.passages("A1", "A17", "S31")
@pytest.mark.parametrize(
    ("statut", "nombre", "taille", "titre"),
    [(400, 1600, 1, "Demande non comprise"), (413, 1, 1_100_000, "Envoi trop lourd")],
)
def test_a_request_too_big_gets_a_page_that_says_what_to_do(
    ouvrir: Callable[..., Page], pages: Pages, statut: int, nombre: int, taille: int, titre: str
) -> None:
    page = ouvrir()
    page.goto("/compte/connexion/")
    with page.expect_navigation() as attendue:
        page.evaluate(ENVOYER, [nombre, taille])
    assert attendue.value.status == statut
    expect(page.locator("h1")).to_have_text(titre)
    expect(page.locator("main")).to_contain_text("recommencez")
    pages.verifier(page, f"erreur-{statut}")


@pytest.mark.passages("A1", "A17")
def test_an_address_made_for_a_button_gets_a_page_and_not_a_blank(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    page.goto("/compte/deconnexion/")
    gestes.se_connecter(page, "autre@exemple.fr")  # does not lead back to that address
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    reponse = page.goto("/compte/deconnexion/")
    assert reponse is not None
    expect(page.locator("h1")).to_have_text("Cette adresse ne s’ouvre pas directement")
    assert reponse.status == 405
    assert reponse.headers["allow"] == "POST"
    pages.verifier(page, "erreur-405")


@pytest.fixture
def documents_alteres(serveur: Serveur) -> Iterator[None]:
    """The engine refuses to print a content that is no longer the one that was issued."""
    serveur.executer("UPDATE documents_document SET empreinte = 'x' || empreinte")
    yield
    serveur.executer("UPDATE documents_document SET empreinte = substr(empreinte, 2)")


def inscrire(page: Page, adresse: str) -> None:
    """Connects the candidate and registers him, unless another test of the run has done it."""
    gestes.se_connecter(page, adresse)
    page.goto(gestes.etape("recapitulatif"))
    if not page.url.endswith("recapitulatif"):
        gestes.remplir_jusqu_a(page, "recapitulatif")
        gestes.cliquer(page, "ENREGISTRER")


def deplier(page: Page, cadre: str = "main") -> int:
    """Opens all the details of this part of the page, one click each, and gives their number."""
    fermes: list[Locator] = page.locator(f"{cadre} details:not([open]):visible > summary").all()
    for resume in reversed(fermes):  # the last first: the list is read again at each click
        resume.click()
    expect(page.locator(f"{cadre} details:not([open]):visible")).to_have_count(0)
    return len(fermes)


@pytest.mark.passages("A1", "A17", "documents.confirmation-inscription")
def test_the_pieces_of_a_registered_candidate_and_a_pdf_that_cannot_be_made(
    ouvrir: Callable[..., Page], pages: Pages, request: pytest.FixtureRequest
) -> None:
    page = ouvrir()
    inscrire(page, "pieces@exemple.fr")
    page.goto(gestes.ESPACE)
    expect(page.get_by_role("heading", name="Les pièces demandées")).to_be_visible()
    assert deplier(page) >= 2
    pages.verifier(page, "pieces-a-preparer-depliees")
    request.getfixturevalue("documents_alteres")
    page.goto("/documents/")
    document = page.locator("main section a").first.get_attribute("href")
    reponse = page.goto(f"{document}pdf")
    assert reponse is not None
    assert reponse.status == 503
    assert int(reponse.headers["retry-after"]) > 0
    expect(page.locator("h1")).to_have_text("Document en préparation")
    pages.verifier(page, "erreur-503-document")
    page.get_by_role("link", name="Lire la page du document").click()
    expect(page.locator("h1")).to_have_text("Confirmation d’inscription")


@pytest.mark.passages("A1", "inscription.ne-pas-attendre")
def test_the_countdown_after_a_withdrawal_moves_without_being_announced(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    page = ouvrir()
    inscrire(page, "retiree@exemple.fr")
    page.goto(f"{gestes.ESPACE}desinscription")
    gestes.cliquer(page, "Me désinscrire")
    serveur.regler_horloge(PRES_DE_LA_FIN)
    for chemin, etat in (("/candidatures/", "retiree-pres-de-la-fin"), (gestes.etape("identification"), "decompte")):
        page.goto(chemin)
        decompte = page.locator("[data-decompte]")
        expect(decompte).to_have_count(1)
        avant = decompte.inner_text()
        assert re.search(r"\d", avant)
        expect(decompte).not_to_have_text(avant, timeout=8000)
        vivants = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], [role=timer], output"
        assert not decompte.evaluate("(e, quoi) => !!e.closest(quoi)", vivants)
        pages.verifier(page, etat)


@pytest.mark.passages("A1", "A6", "A17", "etapes.qualification.progressive")
def test_a_search_without_result_and_the_steps_of_a_progressive_forme(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir()
    gestes.se_connecter(page, "progressive@exemple.fr")
    gestes.remplir_jusqu_a(page, "qualification")
    page.locator("#id_recherche").fill("astronaute")
    expect(page.locator("#nombre-de-specialites")).to_have_text("0 spécialité")
    pages.verifier(page, "etape-3-filtre-sans-resultat")
    gestes.cliquer(page, "Chercher")
    expect(page.locator("main")).to_contain_text("Aucune spécialité ne correspond.")
    pages.verifier(page, "etape-3-recherche-sans-resultat")
    page.locator("#id_recherche").fill("")
    gestes.cliquer(page, "Chercher")
    gestes.cocher(page, "specialite", gestes.SPECIALITE)
    gestes.cocher(page, "forme_de_passage", "progressive")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "acquis")
    gestes.remplir_acquis(page)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "epreuves")
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    assert deplier(page) > 3
    pages.verifier(page, "etape-5-progressive-erreurs-depliees")
    gestes.suivre_les_liens_d_erreur(page)
    remplir_les_epreuves(page)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "recapitulatif")
    pages.verifier(page, "etape-6-progressive")
    relire_les_tableaux_en_fiches(page)


def remplir_les_epreuves(page: Page) -> None:
    noms = page.evaluate("[...new Set([...document.querySelectorAll('[name^=presentee_]')].map((e) => e.name))]")
    assert len(noms) > 3
    for nom in noms:
        gestes.cocher(page, nom, "oui")
    gestes.remplir_epreuves(page)


def relire_les_tableaux_en_fiches(page: Page) -> None:
    """On a phone, each row is a card: every cell shows the name of its column, and the headers stay in the tree."""
    page.set_viewport_size(TELEPHONE)
    tableaux = page.locator("main table")
    assert tableaux.count() >= 1
    for tableau in tableaux.all():
        entetes = tableau.locator("th")
        assert entetes.count() >= 2
        assert all(
            e.evaluate("e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true })")
            for e in entetes.all()
        )
        # A table drawn as blocks must still be told as a table.
        assert tableau.evaluate("t => [...t.querySelectorAll('td:not(:empty)')].every((c) => c.dataset.entete)")
        colonnes = page.get_by_role("table", name=tableau.locator("caption").inner_text()).get_by_role("columnheader")
        assert colonnes.count() == entetes.count()


@pytest.mark.passages("A1", "A17")
def test_the_bar_of_the_demonstration_open_is_clean(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    for chemin in ("/compte/creation/", "/demo/"):
        page.goto(chemin)
        assert deplier(page, ".registre-demo") == 1
        expect(page.get_by_role("button", name="Remettre à zéro")).to_be_visible()
        pages.verifier(page, f"barre-ouverte-{chemin}")


@pytest.mark.passages("A3", "A7")
def test_the_officer_works_with_the_keyboard_alone(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir()
    clavier = Clavier(page)
    page.goto("/compte/connexion/")
    clavier.au_contenu()
    clavier.taper("courriel", AGENT)
    clavier.taper("mot_de_passe", MOT_DE_PASSE_AGENT)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Double authentification")
    clavier.au_contenu()
    clavier.taper("code", gestes.code_du_moment(page))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/gestion/clermont-ferrand/$"))
    clavier.au_contenu()
    parcourus = []
    for _ in range(ARRETS):
        clavier.tabuler()
        if clavier.est_sur("body"):
            break
        if clavier.est_sur("main details:not([open]) > summary"):  # the tables of the end are folded
            page.keyboard.press("Enter")
        parcourus.append(page.evaluate("document.activeElement.getAttribute('aria-labelledby') ?? ''"))
    assert clavier.est_sur("body"), "Le clavier ne sort pas de la page"
    assert any(nom.startswith("specialites-") for nom in parcourus), parcourus
    page.goto("/gestion/clermont-ferrand/")
    clavier.activer('nav a[href="/compte/"]')
    expect(page.locator("h1")).to_have_text("Mon compte")


@pytest.mark.passages("A1")
def test_the_judge_of_the_structure_sees_each_defect(ouvrir: Callable[..., Page]) -> None:
    """Put on purpose in a page that has none."""
    page = ouvrir()
    page.goto("/compte/connexion/")
    assert structure(page) == []
    page.set_content(
        '<h1>Titre</h1><h3 id="a">Saut</h3><p id="a"></p><label for="rien">Nom</label><a href="#nulle">Lien</a>'
        '<form><form></form><input aria-describedby="a perdu"></form><button>Seul</button>'
        '<a href="/"><label>Case <input type="checkbox"></label></a>'
    )
    vus = " ".join(structure(page))
    for faute in (
        "id double",
        "hors de tout formulaire : <button",
        "commande dans une commande",
        "étiquette sans champ",
        "aria-describedby sans cible",
        "ancre sans cible",
        "niveau de titre sauté",
    ):
        assert faute in vus, vus
