"""Names and contents that mean harm: nothing of them ever runs, on the candidate's pages nor on the office's."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import MARQUE, NOMS_BRUTS, NOMS_HOSTILES, choisi, hostiles, photo
from tests.parcours.gestes_pieces import ATTENTE, JUSTIFICATIFS
from tests.parcours.releve import Pages
from tests.parcours.serveur import Serveur

ADRESSE, AGENT = "hostile@exemple.fr", "agent.hostile@exemple.fr"
CACHES = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Scripts, handlers, frames and strange addresses that a page of ours never has.
ETRANGERS = """() => [...document.querySelectorAll("main *")].filter((e) =>
  e.matches("script, iframe, object, embed, svg, base, style")
  || [...e.attributes].some((a) => a.name.startsWith("on") || /^\\s*javascript:/i.test(a.value))
).map((e) => e.outerHTML.slice(0, 200))"""


def inoffensive(page: Page) -> None:
    assert page.evaluate(MARQUE) is None, page.url
    assert page.evaluate(ETRANGERS) == [], page.url


@pytest.mark.passages("S22", "S34", "S36", "S39", "A1")
def test_hostile_names_and_files_never_act_anywhere(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    page = ouvrir()
    dialogues: list[str] = []
    page.on("dialog", lambda dialogue: (dialogues.append(dialogue.message), dialogue.dismiss()))
    gestes_pieces.mes_pieces(page, ADRESSE)
    deposer_les_noms(page)
    pages.verifier(page, "pieces-noms-hostiles")
    refuser_les_contenus(page)
    pages.verifier(page, "pieces-contenus-hostiles")
    page.goto(f"{JUSTIFICATIFS}piece/identite")
    gestes_pieces.images_dessinees(page, "img.justificatifs-image", len(NOMS_HOSTILES))
    inoffensive(page)
    pages.verifier(page, "pieces-noms-hostiles-vues")
    ouvrir_les_copies(page)
    page.goto(JUSTIFICATIFS)
    gestes_pieces.envoyer(page, "identite")
    gestes_pieces.envoye(page, "identite")
    gestes.cliquer(page, "Accusé de dépôt")
    expect(page.locator("main")).to_contain_text("window.__execute")
    inoffensive(page)

    agent = ouvrir()
    agent.on("dialog", lambda dialogue: (dialogues.append(dialogue.message), dialogue.dismiss()))
    gestes_pieces.au_service(agent, AGENT)
    regarder_au_service(agent, pages, gestes_pieces.numero(serveur, ADRESSE))
    assert dialogues == []


def deposer_les_noms(page: Page) -> None:
    fichiers = [choisi(nom, photo(f"nom {rang}")) for rang, nom in enumerate(NOMS_HOSTILES)]
    gestes_pieces.deposer(page, "identite", *fichiers)
    gestes_pieces.recus(page, "identite", len(fichiers))
    inoffensive(page)
    montres = gestes_pieces.noms(page, "identite")
    assert len(montres) == len(NOMS_HOSTILES)
    for montre in montres:
        assert not CACHES.search(montre), ascii(montre)
        assert "/" not in montre
        assert len(montre) <= 100
    # What is harmless is shown as it is: people must know their own files.
    for nom in ("photo 😀.jpg", "passwd.jpg", "{{7*7}}{%debug%}=1+1.jpg", NOMS_HOSTILES[1]):
        assert nom in montres, montres
    # A browser writes a quote as %22; other clients send it as it is.
    assert gestes_pieces.noms(page, "certificats-travail") == list(NOMS_BRUTS)


def refuser_les_contenus(page: Page) -> None:
    mauvais = hostiles()
    gestes_pieces.deposer(page, "domicile", *mauvais)
    lignes = gestes_pieces.piece(page, "domicile").locator("[data-code]")
    expect(lignes).to_have_count(len(mauvais), timeout=ATTENTE)
    assert gestes_pieces.noms(page, "domicile") == []
    inoffensive(page)
    page.goto(JUSTIFICATIFS)
    # The server alone, without the page that filters first.
    jeton = page.locator('#piece-domicile [name="csrfmiddlewaretoken"]').first.input_value()
    for fichier in mauvais:
        envoi = {"csrfmiddlewaretoken": jeton, "fichier": fichier}
        reponse = page.context.request.post(
            f"{JUSTIFICATIFS}piece/domicile/deposer", multipart=envoi, headers={"Referer": page.url}
        )
        assert reponse.status == 200
        assert "data-code" in reponse.text(), fichier["name"]
    page.reload()
    assert gestes_pieces.noms(page, "domicile") == []


def ouvrir_les_copies(page: Page) -> None:
    """Each copy is a download, under a name of ours; a picture is served inert."""
    for lien in page.get_by_role("link", name=re.compile("^Télécharger")).all()[:3]:
        with page.expect_download() as attendu:
            lien.click()
        assert re.fullmatch(r"[\w-]+-identite-\d+\.jpg", attendu.value.suggested_filename)
    image = str(page.locator("img.justificatifs-image").first.get_attribute("src"))
    reponse = page.context.request.get(image)
    assert reponse.headers["content-type"] == "image/jpeg"
    assert "sandbox" in reponse.headers["content-security-policy"]
    assert reponse.headers["x-content-type-options"] == "nosniff"


def regarder_au_service(agent: Page, pages: Pages, numero: str) -> None:
    agent.goto(f"{gestes_pieces.GESTION}candidatures/{numero}/")
    expect(agent.locator("main")).to_contain_text("<svg onload=")
    inoffensive(agent)
    pages.verifier(agent, "fiche-noms-hostiles")
    gestes_pieces.controler(agent, numero, "certificats-travail")
    expect(agent.locator("figcaption").first).to_contain_text(NOMS_BRUTS[0])
    inoffensive(agent)
    gestes_pieces.controler(agent, numero, "identite")
    gestes_pieces.images_dessinees(agent, "img.controle-image", len(NOMS_HOSTILES))
    agent.locator("summary", has_text="Télécharger un fichier d’origine").click()
    inoffensive(agent)
    pages.verifier(agent, "controle-noms-hostiles")
    telecharger_un_original(agent)
    gestes.cocher(agent, "raison", "autre")
    texte = f'"><svg onload="{MARQUE}=9">{{{{7*7}}}}<script>{MARQUE}=10</script>'
    agent.locator('[name="commentaire"]').fill(texte)
    gestes.cliquer(agent, "Non conforme")
    expect(agent.locator("main")).to_contain_text(texte)
    inoffensive(agent)


def telecharger_un_original(agent: Page) -> None:
    motif = agent.locator('[name="motif"]').first
    motif.fill("<b>Image illisible</b>")
    with agent.expect_download() as attendu:
        agent.get_by_role("button", name=re.compile("^Télécharger l’original")).first.click()
    assert re.fullmatch(r"[\w-]+-identite-1\.jpeg", attendu.value.suggested_filename)
