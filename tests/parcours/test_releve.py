"""The record of a page is not blind: each thing that it must see, put in a page on purpose, is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.parcours.releve import TELEPHONE, Releve, debordement, passer_axe
from tests.parcours.serveur import Serveur


@pytest.fixture
def releve(serveur: Serveur) -> Releve:
    return Releve(serveur.adresse)


@pytest.fixture
def page(browser: Browser, serveur: Serveur, releve: Releve) -> Iterator[Page]:
    contexte = browser.new_context(base_url=serveur.adresse, viewport=TELEPHONE)
    contexte.on("page", releve.suivre)
    ouverte = contexte.new_page()
    ouverte.goto("/")
    yield ouverte
    contexte.close()


@pytest.mark.passages("S19")
def test_an_inline_script_is_blocked_and_recorded(page: Page, releve: Releve) -> None:
    page.evaluate("""() => {
      const s = document.createElement("script");
      s.textContent = "window.__execute = 1";
      document.body.append(s);
    }""")
    assert page.evaluate("window.__execute") is None
    assert page.evaluate("window.__violations")[0].startswith("script-src")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        releve.verifier()


@pytest.mark.passages("P11")
def test_a_foreign_host_is_recorded_even_when_it_is_blocked(page: Page, releve: Releve) -> None:
    with page.expect_event("console"):
        page.evaluate(
            """() => { document.body.append(Object.assign(new Image(), {src: "http://127.0.0.2:9/x.png"})) }"""
        )
    with pytest.raises(AssertionError):
        releve.verifier()


@pytest.mark.passages("A1", "A4")
def test_an_unnamed_field_a_pale_text_and_a_wide_box_are_found(page: Page) -> None:
    assert passer_axe(page) == []
    assert debordement(page) == []
    page.evaluate("""() => {
      const pale = Object.assign(document.createElement("p"), { textContent: "pâle" });
      pale.style.color = "#bbb";
      const large = document.createElement("div");
      large.style.cssText = "width: 900px; height: 1px";
      document.querySelector("main").append(document.createElement("input"), pale, large);
    }""")
    trouves = " ".join(passer_axe(page))
    assert "label" in trouves
    assert "color-contrast" in trouves
    assert debordement(page) != []
