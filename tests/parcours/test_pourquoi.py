"""« Pourquoi ? » : read by the candidate with and without JavaScript, and by the officer on the same words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.releve import ORDINATEUR, PETIT, Pages, capturer, debordement
from tests.parcours.test_affichage import COUPES, ESPACER
from tests.parcours.test_etats import declarer_un_passage

POURQUOI = f"{gestes.ESPACE}pourquoi"


def s_inscrire(page: Page, adresse: str) -> None:
    """A candidate who keeps a mark and claims a dispense."""
    gestes.se_connecter(page, adresse)
    gestes.remplir_jusqu_a(page, "candidature")
    gestes.remplir_candidature(page)
    gestes.cocher(page, "deja_passe", "oui")
    declarer_un_passage(page, 0, "2024", "agora")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "qualification")
    gestes.cocher(page, "specialite", "agora")
    gestes.cocher(page, "forme_de_passage", "progressive")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "acquis")
    gestes.cocher(page, "possibilites", "benefice")
    gestes.cocher(page, "possibilites", "diplome")
    gestes.cliquer(page, "Afficher les cases à remplir")
    gestes.cocher(page, "p2024_u_francais", "oui")
    gestes.taper(page, {"p2024_n_francais": "12,5"})
    gestes.choisir(page, "d0_diplome", "bac-general")
    gestes.cliquer(page, "Afficher les cases à remplir")
    gestes.cocher(page, "d0_u_langue-vivante-a", "oui")
    gestes.cocher(page, "perte_comprise", "oui")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "epreuves")


def lire(page: Page) -> None:
    """From the page of the candidature, by its link."""
    page.goto(gestes.ESPACE)
    page.locator(f'main a[href="{POURQUOI}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pourquoi\u00a0?")


def tout_ouvrir(page: Page) -> None:
    for texte in page.locator(".registre-trace summary").all():
        texte.click()


@pytest.mark.passages("annexe1.benefice.moyenne", "annexe1.dispense.effet", "A1", "A4")
def test_the_candidate_reads_why_and_the_officer_reads_the_same(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    s_inscrire(page, "pourquoi@exemple.fr")
    lire(page)  # a draft
    expect(page.locator("main")).to_contain_text("Votre inscription n’est pas encore enregistrée.")
    expect(page.get_by_role("heading", name="Épreuves", exact=True)).to_have_count(0)  # not reached
    pages.verifier(page, "pourquoi-brouillon")
    page.goto(gestes.etape("epreuves"))
    finir(page)
    lire(page)
    traces = page.locator(".registre-trace")
    expect(traces.filter(has_text="Bénéfice de note\u00a0: U51 - Français")).to_contain_text(
        "12,5 sur 20, session 2024"
    )
    expect(traces.filter(has_text="Dispense par diplôme\u00a0:")).to_contain_text("Baccalauréat général")
    pages.verifier(page, "pourquoi")
    tout_ouvrir(page)
    expect(traces.first).to_contain_text("Le candidat a son domicile dans l’académie")
    pages.verifier(page, "pourquoi-ouvert")
    ne_coupe_rien(page)
    dites = traces.locator(".registre-trace__conclusion").all_inner_texts()
    numero = re.search(r"\d{4}-\d{6}-\w", page.locator("main").inner_text())
    assert numero
    agent = ouvrir()
    gestes.se_connecter_au_service(agent)
    agent.goto(f"/gestion/clermont-ferrand/candidatures/{numero.group()}/#pourquoi")
    agent.get_by_text("Montrer les explications").click()
    tout_ouvrir(agent)
    lues = agent.locator(".registre-trace .registre-trace__conclusion")
    expect(lues).to_have_text(dites)
    pages.verifier(agent, "pourquoi-du-service")


def finir(page: Page) -> None:
    """Progressive form: what is not settled by step 4 is presented, then everything is recorded."""
    for bouton in page.locator('input[name^="presentee_"][value="oui"]').all():
        page.locator(f'label[for="{bouton.get_attribute("id")}"]').click()
    gestes.choisir(page, "lvb", "espagnol")
    gestes.cocher(page, "eps_cas", "apte")
    gestes.cocher(page, "eps_activites", "danse")
    gestes.cocher(page, "eps_activites", "tennis-de-table")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "recapitulatif")
    gestes.cliquer(page, "ENREGISTRER")


def ne_coupe_rien(page: Page) -> None:
    """On the smallest screen, then with spaced text: nothing is cut, nothing scrolls sideways."""
    page.set_viewport_size(PETIT)
    capturer(page, "pourquoi-320")
    defauts = debordement(page) + page.evaluate(COUPES)
    page.evaluate(ESPACER)
    defauts += debordement(page) + page.evaluate(COUPES)
    page.set_viewport_size(ORDINATEUR)
    assert defauts == [], "\n".join(defauts)


@pytest.mark.passages("A5")
def test_the_same_page_is_whole_without_javascript(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir(java_script_enabled=False)
    s_inscrire(page, "pourquoi.sans.script@exemple.fr")
    finir(page)
    lire(page)
    expect(page.locator(".registre-trace")).to_have_count(6)
    page.locator(".registre-trace summary").first.click()
    expect(page.locator(".registre-trace").first).to_contain_text("Le candidat a son domicile dans l’académie")
    pages.verifier(page, "pourquoi-sans-script", axe=False)
