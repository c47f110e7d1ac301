"""Two pages where nothing is decided yet: what each acquis changes, at step 4, and « Et si ? »."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.releve import ORDINATEUR, PETIT, TELEPHONE, Pages, capturer, debordement
from tests.parcours.serveur import Serveur
from tests.parcours.test_affichage import COUPES, ESPACER
from tests.parcours.test_etats import declarer_un_passage

ET_SI = f"{gestes.ESPACE}et-si"
UNITES = ("economie-droit", "mathematiques", "prevention-sante-environnement", "francais", "arts-appliques")
NOTES = {f"note_{u}": "8" for u in (*UNITES, "histoire-geographie-emc", "langue-vivante-a", "langue-vivante-b")}
NOTES |= {"note_U2": "11", "note_U31": "11,5", "note_U32": "11", "note_eps_1": "8", "note_eps_2": "9"}


def ne_coupe_rien(page: Page, etat: str) -> None:
    """On the smallest screen, then with spaced text: nothing is cut, nothing scrolls sideways."""
    page.set_viewport_size(PETIT)
    capturer(page, f"{etat}-320")
    defauts = debordement(page) + page.evaluate(COUPES)
    page.evaluate(ESPACER)
    defauts += debordement(page) + page.evaluate(COUPES)
    page.set_viewport_size(ORDINATEUR)
    assert defauts == [], "\n".join(defauts)


def arriver_aux_acquis(page: Page, adresse: str, specialite: str = "agora") -> None:
    gestes.se_connecter(page, adresse)
    gestes.remplir_jusqu_a(page, "candidature")
    gestes.remplir_candidature(page)
    gestes.cocher(page, "deja_passe", "oui")
    declarer_un_passage(page, 0, "2024", specialite)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "qualification")
    gestes.cocher(page, "specialite", specialite)
    gestes.cocher(page, "forme_de_passage", "progressive")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "acquis")
    gestes.cocher(page, "possibilites", "benefice")
    gestes.cocher(page, "possibilites", "diplome")
    gestes.cliquer(page, "Afficher les cases à remplir")


def demander(page: Page) -> None:
    gestes.cocher(page, "p2024_u_francais", "oui")
    gestes.taper(page, {"p2024_n_francais": "14", "p2024_n_mathematiques": "11,5"})
    gestes.choisir(page, "d0_diplome", "bac-general")
    gestes.cliquer(page, "Voir ce que cela change")
    expect(page).to_have_url(re.compile(r"/etape/acquis#consequences$"))


@pytest.mark.passages("annexe1.attention.perdue", "annexe1.benefice.moyenne", "annexe1.dispense.moyenne", "A1", "A17")
def test_what_each_acquis_changes_is_read_before_saving(
    ouvrir: Callable[..., Page], pages: Pages, serveur: Serveur
) -> None:
    page = ouvrir()
    arriver_aux_acquis(page, "consequences@exemple.fr")
    demander(page)
    section = page.locator("#consequences")
    expect(section.locator("tbody tr").first).to_contain_text("9,56\u00a0/\u00a020")
    expect(section).to_contain_text("Cette note est définitivement perdue.")
    expect(section).to_contain_text("Cette note sert jusqu’à la session 2029")
    expect(section).to_contain_text("U41 - Langue vivante A\u00a0: dispense au titre d’un diplôme")
    pages.verifier(page, "consequences")
    for detail in section.locator("summary").all():
        detail.click()
    expect(section).to_contain_text("Chaque note gardée est multipliée par son coefficient.")
    pages.verifier(page, "consequences-ouvertes")
    ne_coupe_rien(page, "consequences")
    # The other choice, then the first again: looking binds to nothing.
    gestes.cocher(page, "p2024_u_mathematiques", "oui")
    gestes.cliquer(page, "Voir ce que cela change")
    expect(page.locator("#consequences tbody tr").first).to_contain_text("9,47\u00a0/\u00a020")
    assert serveur.executer(
        "SELECT count(*) FROM inscription_candidature c JOIN comptes_compte p ON p.id = c.compte_id "
        "WHERE p.email = 'consequences@exemple.fr'"
    ) == [(0,)]
    page.locator("#consequences").get_by_role("link", name="Et si").click()
    expect(page.locator("h1")).to_contain_text("Et si")


def test_what_each_acquis_changes_without_javascript_nor_coefficients(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir(java_script_enabled=False)
    arriver_aux_acquis(page, "consequences.sans.script@exemple.fr", "melec")
    gestes.cocher(page, "p2024_u_francais", "oui")
    gestes.taper(page, {"p2024_n_francais": "14"})
    gestes.cliquer(page, "Voir ce que cela change")
    section = page.locator("#consequences")
    expect(section).to_contain_text("Nous ne pouvons calculer aucune note ici")
    expect(section).to_contain_text("U31")
    expect(section).not_to_contain_text("/\u00a020")
    pages.verifier(page, "consequences-sans-coefficients", axe=False)


@pytest.mark.passages("epreuves.controle.ect-3", "epreuves.facultatives.lvf", "A1", "A6", "A17")
def test_et_si_tells_the_decision_and_why_and_keeps_nothing(
    ouvrir: Callable[..., Page], pages: Pages, serveur: Serveur
) -> None:
    page = ouvrir()
    gestes.se_connecter(page, "etsi@exemple.fr")
    page.goto(ET_SI)
    pages.verifier(page, "et-si-vide")
    gestes.choisir(page, "specialite", "agora")
    gestes.cliquer(page, "Afficher les épreuves de cette spécialité")
    pages.verifier(page, "et-si-epreuves")
    gestes.cliquer(page, "Calculer")
    gestes.attendre_erreurs(page, "Tapez au moins une note")
    expect(page.locator("#erreurs li")).to_have_count(1)
    gestes.taper(page, {**NOTES, "note_U2": "onze", "note_francais": ""})
    gestes.cliquer(page, "Calculer")
    gestes.attendre_erreurs(page, "Note sur 20, U2 - ", "Écrivez la note en chiffres")
    assert gestes.suivre_les_liens_d_erreur(page) == ["id_note_U2"]
    expect(page.locator('[name="note_U2"]')).to_have_value("onze")
    pages.verifier(page, "et-si-erreurs")
    gestes.taper(page, {"note_U2": "11"})
    gestes.cliquer(page, "Calculer")
    resultat = page.locator("#resultat")
    expect(resultat).to_contain_text("Pas encore de résultat\u00a0: il manque 1\u00a0note.")
    pages.verifier(page, "et-si-en-attente")
    gestes.taper(page, {"note_francais": "8"})
    gestes.cliquer(page, "Calculer")
    expect(resultat).to_contain_text("Vous passez l’épreuve de contrôle.")
    expect(resultat).to_contain_text("Moyenne des unités professionnelles")
    pages.verifier(page, "et-si-controle")
    gestes.choisir(page, "oral_scientifique", "U12")
    gestes.choisir(page, "oral_general", "U51")
    gestes.taper(page, {"note_oral_scientifique": "14", "note_oral_general": "16"})
    page.locator('[name="note_oral_general"]').press("Enter")
    expect(page.locator("#resultat")).to_contain_text("Vous avez le diplôme après l’épreuve de contrôle.")
    pages.verifier(page, "et-si-second-groupe")
    ne_coupe_rien(page, "et-si")
    assert "note" not in page.url
    assert serveur.executer(
        "SELECT count(*) FROM inscription_brouillon b JOIN comptes_compte p ON p.id = b.compte_id "
        "WHERE p.email = 'etsi@exemple.fr'"
    ) == [(0,)]
    assert "note_U2" not in serveur.trace


def test_et_si_without_javascript_takes_the_coefficients_that_the_visitor_types(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir(java_script_enabled=False)
    gestes.se_connecter(page, "etsi.sans.script@exemple.fr")
    page.goto(ET_SI)
    gestes.choisir(page, "specialite", "melec")
    gestes.cliquer(page, "Afficher les épreuves de cette spécialité")
    expect(page.locator("main")).to_contain_text("Nous ne connaissons pas tous les coefficients")
    for champ in page.locator('input[name^="note_"]:not([name="note_lvf"]):not([name="note_eps"])').all():
        champ.fill("12")
    for champ in page.locator('input[name^="coefficient_"]').all():
        champ.fill("3,5")
    gestes.taper(page, {"autre1_intitule": "U32", "autre1_note": "15", "autre1_coefficient": "4"})
    gestes.cliquer(page, "Calculer")
    expect(page.locator("#resultat")).to_contain_text("Ces coefficients sont les vôtres")
    expect(page.locator("#resultat")).to_contain_text("Vous avez le diplôme, avec la mention Assez bien.")
    page.set_viewport_size(TELEPHONE)
    pages.verifier(page, "et-si-sans-script", axe=False)
