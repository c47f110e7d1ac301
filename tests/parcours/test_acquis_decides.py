"""The officer decides a claim, grants what cannot be claimed; the candidate reads it. With and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.releve import Pages
from tests.parcours.test_pourquoi import lire, tout_ouvrir

MOTIF = "Le relevé du baccalauréat technologique porte l’espagnol."


def s_inscrire(page: Page, adresse: str) -> str:
    """A candidate whose claim the rules leave to the office, registered. Gives the number."""
    gestes.se_connecter(page, adresse)
    gestes.remplir_jusqu_a(page, "acquis")
    gestes.cocher(page, "possibilites", "diplome")
    gestes.cliquer(page, "Afficher les cases à remplir")
    gestes.choisir(page, "d0_diplome", "bac-technologique")
    gestes.cliquer(page, "Afficher les dispenses ouvertes")
    gestes.cocher(page, "d0_u_langue-vivante-b", "oui")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "epreuves")
    gestes.remplir_epreuves(page)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "recapitulatif")
    gestes.cliquer(page, "ENREGISTRER")
    return page.locator(".registre-numero").inner_text()


@pytest.mark.passages("annexe1.tableau.etoile", "L-04", "L-48", "A1", "A4", "A6")
@pytest.mark.parametrize(
    ("javascript", "adresse"), [(True, "decision@exemple.fr"), (False, "decision.sans.script@exemple.fr")]
)
def test_the_officer_decides_and_the_candidate_reads(
    ouvrir: Callable[..., Page], pages: Pages, javascript: bool, adresse: str
) -> None:
    def voir(vue: Page, etat: str) -> None:
        if javascript:  # axe is a script
            pages.verifier(vue, f"acquis-{etat}")

    page = ouvrir(java_script_enabled=javascript)
    numero = s_inscrire(page, adresse)
    agent = ouvrir(java_script_enabled=javascript)
    gestes.se_connecter_au_service(agent)
    agent.goto(f"/gestion/clermont-ferrand/candidatures/{numero}/")
    expect(agent.locator("main")).to_contain_text("1 demande à instruire.")
    voir(agent, "fiche")
    agent.get_by_role("link", name="Décider").click()
    expect(agent.locator("main")).to_contain_text("Cette dispense vaut si votre diplôme comportait l’épreuve.")
    voir(agent, "a-decider")

    bloc = agent.locator("section.registre-bloc")
    bloc.get_by_role("button", name="Enregistrer la décision").click()
    expect(agent.locator("#erreurs")).to_contain_text("Écrivez le motif de votre décision.")
    voir(agent, "erreurs")
    bloc.get_by_text("Accorder", exact=True).click()
    bloc.get_by_label("Motif").fill(MOTIF)
    bloc.get_by_role("button", name="Enregistrer la décision").click()
    expect(agent.locator("main")).to_contain_text("C’est accordé.")

    agent.get_by_text("Une décision de VAE trop ancienne").click()
    agent.get_by_label("Épreuve ou unité").select_option("francais")
    agent.get_by_label("Année de la décision").fill("2015")
    agent.locator("#accorder-motif").fill("Décision admise par le service.")
    agent.get_by_role("button", name="Accorder", exact=True).click()
    expect(agent.locator("section.registre-bloc")).to_have_count(2)
    voir(agent, "decides")

    page.goto(gestes.ESPACE)
    expect(page.locator("main")).to_contain_text("Ce que le service a décidé")
    expect(page.locator("main")).to_contain_text(MOTIF)
    voir(page, "candidat")
    lire(page)
    traces = page.locator(".registre-trace")
    expect(traces.filter(has_text="Accordée par le service.")).to_have_count(2)
    expect(traces.filter(has_text="Dispense par diplôme\u00a0:")).to_contain_text("U42 - Langue vivante B")
    tout_ouvrir(page)
    voir(page, "pourquoi")
