"""Zoom, narrow screens, spaced text, dark and forced colours: nothing is lost on the main pages (A4, A7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.parcours import gestes
from tests.parcours.releve import ORDINATEUR, PETIT, capturer, debordement, passer_axe

CANDIDAT = "affichage@exemple.fr"
PUBLIQUES = ("/", "/compte/creation/", "/compte/connexion/", "/ouverture-des-services/")
ZOOM_200 = {"width": 640, "height": 450}

# WCAG 1.4.12, RGAA 10.12: line height, spacing of letters, words and paragraphs.
ESPACER = """() => {
  const feuille = new CSSStyleSheet();
  feuille.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }
  `);
  document.adoptedStyleSheets = [feuille];
}"""
# Boxes that hide what overflows them, those for screen readers only left out.
COUPES = """() => [...document.querySelectorAll("main *, header *, nav *, footer *")].filter((e) => {
  const s = getComputedStyle(e);
  if (e.offsetWidth <= 1 || e.offsetHeight <= 1 || e.matches("input, select, option")) return false;
  const cache = (v) => v === "hidden" || v === "clip";
  return (cache(s.overflowX) && e.scrollWidth > e.clientWidth + 1)
    || (cache(s.overflowY) && e.scrollHeight > e.clientHeight + 1);
}).map((e) => `coupé : ${e.outerHTML.slice(0, 120)}`)"""


def inscrire(page: Page) -> None:
    """Connects the candidate; the first test of the run also fills and saves, the others find it done."""
    gestes.se_connecter(page, CANDIDAT)
    page.goto(gestes.etape("recapitulatif"))
    if not page.url.endswith("recapitulatif"):
        gestes.remplir_jusqu_a(page, "recapitulatif")
        gestes.cliquer(page, "ENREGISTRER")


def parcourir(page: Page) -> Iterator[str]:
    """Opens the main pages one after the other, the public ones first, and gives their addresses."""
    for chemin in PUBLIQUES:
        page.goto(chemin)
        yield chemin
    inscrire(page)
    page.goto("/documents/")
    document = str(page.locator("main section a").first.get_attribute("href"))
    etapes = [gestes.etape(nom) for nom in (*gestes.REMPLIR, "recapitulatif")]
    outils = [f"{gestes.ESPACE}{nom}" for nom in ("et-si", "pourquoi")]
    for chemin in ["/candidatures/", gestes.ESPACE, *etapes, *outils, "/documents/", document, "/compte/"]:
        page.set_viewport_size(ORDINATEUR)
        page.goto(chemin)
        yield re.sub("[0-9a-f-]{36}", "confirmation", chemin)


@pytest.mark.passages("A4")
def test_zoom_and_spaced_text_cut_nothing_and_never_scroll_sideways(ouvrir: Callable[..., Page]) -> None:
    page, defauts = ouvrir(), []
    for chemin in parcourir(page):
        for taille in (ZOOM_200, PETIT):
            page.set_viewport_size(taille)
            defauts += [f"{chemin} {taille['width']} : {d}" for d in debordement(page) + page.evaluate(COUPES)]
        page.evaluate(ESPACER)
        for taille in (PETIT, ORDINATEUR):
            page.set_viewport_size(taille)
            defauts += [f"{chemin} espacé {taille['width']} : {d}" for d in debordement(page) + page.evaluate(COUPES)]
        capturer(page, f"espace-{chemin}")
    assert defauts == [], "\n".join(defauts)


@pytest.mark.passages("A7")
def test_dark_colours_keep_every_contrast(ouvrir: Callable[..., Page]) -> None:
    page, defauts = ouvrir(color_scheme="dark"), []
    for chemin in parcourir(page):
        assert page.locator("html").get_attribute("data-fr-theme") == "dark"
        defauts += [f"{chemin} : {d}" for d in passer_axe(page)]
        capturer(page, f"sombre-{chemin}")
    assert defauts == [], "\n".join(defauts)


@pytest.mark.passages("A7")
def test_forced_colours_keep_fields_tabs_and_focus_drawn(ouvrir: Callable[..., Page]) -> None:
    """A box drawn only by its background vanishes: each field needs a border or an outline of the system's colours."""
    page, defauts = ouvrir(forced_colors="active"), []
    for chemin in parcourir(page):
        defauts += [f"{chemin} : {d}" for d in passer_axe(page, forcees=True)]
        defauts += [f"{chemin} : {d}" for d in page.evaluate(SANS_BORD)]
        capturer(page, f"forcees-{chemin}")
    assert defauts == [], "\n".join(defauts)


SANS_BORD = """() => [...document.querySelectorAll(".fr-input, .fr-select, .fr-btn, .registre-onglets li")]
  .filter((e) => e.offsetWidth > 1 && !e.closest(".registre-entree") && !e.matches(".registre-entree"))
  .filter((e) => {
    const s = getComputedStyle(e);
    return parseFloat(s.borderBottomWidth) === 0 && (s.outlineStyle === "none" || parseFloat(s.outlineWidth) === 0)
      && s.backgroundColor === getComputedStyle(document.body).backgroundColor && s.boxShadow === "none";
  }).map((e) => `sans bord : ${e.outerHTML.slice(0, 120)}`)"""


@pytest.mark.passages("A10")
def test_fields_about_oneself_name_their_autocomplete_token(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir()
    page.goto("/compte/creation/")
    attendus = {
        "nom": "family-name",
        "prenoms": "given-name",
        "date_de_naissance": "bday",
        "pays_de_naissance": "country",
        "courriel": "email",
        "mot_de_passe": "new-password",
    }
    assert {n: page.locator(f'[name="{n}"]').get_attribute("autocomplete") for n in attendus} == attendus
    gestes.se_connecter(page, CANDIDAT)
    page.goto(gestes.etape("identification"))
    attendus = {
        "domicile_voie": "address-line1",
        "domicile_complement": "address-line2",
        "domicile_code_postal": "postal-code",
        "domicile_commune": "address-level2",
        "telephone_mobile": "tel",
    }
    assert {n: page.locator(f'[name="{n}"]').get_attribute("autocomplete") for n in attendus} == attendus


@pytest.mark.passages("A8")
def test_states_are_told_in_words(ouvrir: Callable[..., Page]) -> None:
    """Tabs and badges carry their state as text: colour and place are never alone."""
    page = ouvrir()
    inscrire(page)
    page.goto(gestes.etape("epreuves"))
    onglets = page.locator(".registre-onglets li")
    assert onglets.count() == 6
    for onglet in onglets.all():
        assert "(" in onglet.inner_text() or onglet.locator('[aria-current="step"]').count() == 1
    page.goto("/candidatures/")
    assert page.locator(".fr-badge").first.inner_text().strip().lower() == "enregistrée"
