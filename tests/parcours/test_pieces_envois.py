"""An upload that is slow, left, or sent by a finished session: what is said, how often, and that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import choisi, image, lourde, scan
from tests.parcours.gestes_pieces import ATTENTE, JUSTIFICATIFS
from tests.parcours.releve import Pages

ADRESSE = "lent@exemple.fr"
DEBIT = 250_000  # bytes a second: a poor phone
# What a screen reader would be given: each new text of each live region, and the percentage at that moment.
ECOUTER = """() => {
  window.__dites = [];
  const vives = "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]";
  new MutationObserver((changements) => {
    for (const { target } of changements) {
      const zone = (target.nodeType === 1 ? target : target.parentElement)?.closest(vives);
      const texte = zone?.textContent.trim();
      if (texte && window.__dites.at(-1)?.texte !== texte) {
        window.__dites.push({ texte, part: document.querySelector("progress")?.value ?? null });
      }
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""


def ralentir(page: Page, debit: int = DEBIT) -> None:
    reseau = page.context.new_cdp_session(page)
    reseau.send("Network.enable")
    limites = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": debit}
    reseau.send("Network.emulateNetworkConditions", limites)


@pytest.mark.passages("A9", "A1")
def test_a_slow_upload_is_told_at_most_once_every_fifth(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, ADRESSE)
    page.evaluate(ECOUTER)
    ralentir(page)
    fichier = choisi("grande.jpg", lourde())
    gestes_pieces.deposer(page, "identite", fichier)
    barre = gestes_pieces.piece(page, "identite").locator("progress")
    expect(barre).to_be_visible()
    expect(barre).to_have_accessible_name(re.compile("Transfert de «.grande.jpg.»"))
    page.wait_for_function("() => document.querySelector('progress')?.value >= 40", timeout=ATTENTE)
    assert page.evaluate("window.__dites.length") >= 2
    gestes_pieces.recus(page, "identite")
    dites = page.evaluate("window.__dites")
    pendant = [d["texte"] for d in dites if "%" in d["texte"]]
    parts = [int(re.findall(r"(\d+)\s%", texte)[0]) for texte in pendant]
    assert parts == sorted(set(parts)), dites
    assert 3 <= len(parts) <= 6, dites  # the start, then at most one for each fifth
    assert all(apres - avant >= 20 for avant, apres in pairwise(parts)), dites
    apres = [d["texte"] for d in dites if "%" not in d["texte"]]
    assert len(apres) == len(set(apres)) <= 3, dites  # checked, finished, and the receipt
    assert "Transfert terminé." in apres


@pytest.mark.passages("A1", "F14")
def test_leaving_during_an_upload_warns_and_staying_finishes_it(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, ADRESSE)
    avertis: list[str] = []

    def rester(dialogue: Dialog) -> None:
        avertis.append(dialogue.type)
        dialogue.dismiss()

    page.on("dialog", rester)
    ralentir(page, 150_000)
    gestes_pieces.deposer(page, "domicile", choisi("longue.jpg", lourde(700)))
    expect(page.locator("progress")).to_be_visible()
    pages.verifier(page, "pieces-pendant-l-envoi", axe=False)
    page.get_by_role("link", name="Mon compte").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert avertis == ["beforeunload"]
    gestes_pieces.recus(page, "domicile")
    page.get_by_role("link", name="Mon compte").click()
    expect(page.locator("h1")).to_have_text("Mon compte")
    assert avertis == ["beforeunload"]


@pytest.mark.passages("A1", "A9", "F14")
def test_what_is_asked_during_an_upload_is_held_said_and_works_once_the_upload_has_failed(
    ouvrir: Callable[..., Page], pages: Pages
) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, ADRESSE)
    tenus: list[Route] = []
    page.route("**/deposer", lambda route: tenus.append(route))
    gestes_pieces.deposer(page, "identite", image("coupee.jpg"))
    expect(page.locator("progress")).to_be_visible()
    identite = gestes_pieces.piece(page, "identite")
    photographier = identite.get_by_role("button", name=re.compile("^Photographier avec mon téléphone"))
    photographier.click(no_wait_after=True)
    annonces = page.locator("#annonces")
    expect(annonces).to_contain_text("Un transfert est en cours.")
    expect(annonces).to_be_in_viewport()
    pages.verifier(page, "pieces-retenues-pendant-l-envoi")
    tenus[0].fulfill(status=503, content_type="text/html", body="<h1>Service Unavailable</h1>")
    gestes_pieces.refus(page, "identite", "panne")
    expect(annonces).to_have_class("fr-sr-only")

    # Files that are dropped meanwhile: the same words.
    gestes_pieces.deposer(page, "identite", image("coupee.jpg"))
    expect(page.locator("progress")).to_be_visible()
    gestes_pieces.lacher(page, "domicile", image("autre.jpg"))
    expect(annonces).to_contain_text("Un transfert est en cours.")
    tenus[1].fulfill(status=503, content_type="text/html", body="<h1>Service Unavailable</h1>")
    gestes_pieces.refus(page, "identite", "panne")
    photographier.click()
    expect(page.locator("h1")).to_have_text("Photographier avec mon téléphone")


@pytest.mark.passages("A1", "A12", "F35")
@pytest.mark.parametrize("script", [True, False])
def test_an_upload_without_a_session_leads_to_the_login_and_asks_for_the_file_again(
    ouvrir: Callable[..., Page], pages: Pages, script: bool
) -> None:
    page = ouvrir(java_script_enabled=script)
    gestes_pieces.mes_pieces(page, ADRESSE)
    page.context.clear_cookies(name="sessionid")
    gestes_pieces.deposer(page, "certificats-travail", scan("certificats.pdf"))
    if script:
        lignes = gestes_pieces.refus(page, "certificats-travail", "session")
        expect(lignes.first).to_contain_text("Votre session est finie.")
        expect(lignes.first).to_contain_text("déposez de nouveau")
        pages.verifier(page, "pieces-session-finie")
        page.reload()
    expect(page.locator("h1")).to_have_text("J’ai un compte, je me connecte")
    gestes.se_connecter(page, ADRESSE)
    expect(page).to_have_url(re.compile(rf"{JUSTIFICATIFS}(#piece-certificats-travail)?$"))
    if not script:
        expect(page.locator("main")).to_contain_text("Déposez de nouveau vos fichiers.")
        pages.verifier(page, "pieces-session-finie-sans-script", axe=False)
    assert gestes_pieces.noms(page, "certificats-travail") == []
    gestes_pieces.deposer(page, "certificats-travail", scan("certificats.pdf"))
    gestes_pieces.recus(page, "certificats-travail")
    gestes_pieces.piece(page, "certificats-travail").get_by_role("button", name=re.compile("^Supprimer")).click()
    expect(gestes_pieces.piece(page, "certificats-travail")).to_contain_text("est supprimé")
