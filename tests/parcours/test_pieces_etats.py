"""Every state of the pieces that the journeys do not meet by themselves, judged at each width and in dark colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import refuses
from tests.parcours.gestes_pieces import ATTENTE, JUSTIFICATIFS
from tests.parcours.preparer_pieces import COLLEGUE, RECAPITULATIF
from tests.parcours.releve import ORDINATEUR, PETIT, Pages, capturer, debordement, passer_axe
from tests.parcours.serveur import Serveur

CANDIDAT, AGENT = "etats.pieces@exemple.fr", "agent.etats@exemple.fr"
CLOS = datetime(2025, 11, 10, 8, 0, tzinfo=UTC)


@pytest.mark.passages("A1", "A4", "A8", "A17", "pieces.statut.non-conforme", "pieces.statut.conforme", "L-08", "L-30")
def test_every_status_is_told_in_words_and_its_page_is_clean(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    page = ouvrir()
    gestes_pieces.mes_pieces(page, CANDIDAT)
    statuts = {
        RECAPITULATIF: "Version dépassée.",
        "identite": "Le numéro de la carte est caché par le doigt.",
        "domicile": "Conforme",
        "certificats-travail": "Reçue",
        "certificat-medical-eps": "Déposée.",
    }
    for cle, texte in statuts.items():
        expect(gestes_pieces.piece(page, cle)).to_contain_text(texte)
    plus_demandees = page.locator('section[aria-labelledby="plus-demandees"]')
    expect(plus_demandees.locator("#piece-certificat-medical-eps")).to_be_visible()
    pages.verifier(page, "pieces-tous-les-statuts")

    serveur.regler_horloge(CLOS)
    page.reload()
    expect(page.locator("main")).to_contain_text("Le dépôt en ligne est clos")
    expect(page.locator("main")).to_contain_text("Le service a rouvert pour vous le dépôt")
    expect(page.locator('input[type="file"]')).to_have_count(1)  # the piece whose window was reopened
    pages.verifier(page, "pieces-closes-une-rouverte")


@pytest.mark.passages("A1", "A6", "A17", "depot.taille-maximale")
def test_every_refusal_is_told_near_the_field(ouvrir: Callable[..., Page], pages: Pages) -> None:
    """The page filters what it can see; the server says the rest. One state, all the codes."""
    page = ouvrir()
    gestes_pieces.mes_pieces(page, CANDIDAT)
    mauvais = refuses()
    gestes_pieces.deposer(page, "identite", *mauvais.values())
    lignes = gestes_pieces.refus(page, "identite", *mauvais)
    for ligne in lignes.all():
        assert len(ligne.inner_text()) > 40, ligne.inner_text()
    pages.verifier(page, "pieces-refus-de-chaque-code")
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg", "verso.jpg"]  # the refused deposit stays


@pytest.mark.passages("A1", "A5", "S31")
def test_an_envelope_too_heavy_gets_a_page_that_says_what_to_do(
    ouvrir: Callable[..., Page], pages: Pages, tmp_path: Path
) -> None:
    page = ouvrir(java_script_enabled=False)
    gestes_pieces.mes_pieces(page, "lent@exemple.fr")
    lourd = tmp_path / "photo.jpg"
    lourd.write_bytes(bytes(27 * 2**20))
    gestes_pieces.champ(page, "identite").set_input_files(lourd)
    gestes_pieces.piece(page, "identite").get_by_role("button", name=re.compile("^Ajouter")).click()
    expect(page.locator("h1")).to_have_text("Envoi trop lourd", timeout=ATTENTE)
    expect(page.locator("main")).to_contain_text("Rien n’a été déposé par cet envoi.")
    expect(page.locator("main")).to_contain_text("un par un")
    pages.verifier(page, "erreur-413-depot", axe=False)


@pytest.fixture
def file_vide(serveur: Serveur) -> Iterator[None]:
    """Nothing waits: for the time of a test, no piece has been sent."""
    envoyees = serveur.executer("SELECT id, envoyee_le FROM justificatifs_piecejustificative")
    serveur.executer("UPDATE justificatifs_piecejustificative SET envoyee_le = NULL")
    yield
    for identifiant, envoyee_le in envoyees:
        serveur.executer(
            "UPDATE justificatifs_piecejustificative SET envoyee_le = ? WHERE id = ?", envoyee_le, identifiant
        )


@pytest.mark.usefixtures("file_vide")
@pytest.mark.passages("A1", "A17")
def test_an_empty_queue_says_so(ouvrir: Callable[..., Page], pages: Pages) -> None:
    page = ouvrir()
    gestes_pieces.au_service(page, COLLEGUE)
    page.goto(gestes_pieces.CONTROLE)
    expect(page.locator("main")).to_contain_text("Aucune pièce n’attend de contrôle.")
    pages.verifier(page, "file-vide")


@pytest.mark.passages("A1", "A4", "A6", "A7", "L-08", "P16", "pieces.statut.par-le-gestionnaire")
def test_the_pages_of_the_office_in_their_rarer_states_and_in_dark_colours(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    numero = gestes_pieces.numero(serveur, CANDIDAT)
    gestes_pieces.reserver_le_reste(serveur, CANDIDAT)
    page = ouvrir(color_scheme="dark")
    gestes_pieces.au_service(page, AGENT)
    for chemin in (gestes_pieces.CONTROLE, f"{gestes_pieces.GESTION}candidatures/{numero}/"):
        page.goto(chemin)
        pages.verifier(page, f"sombre-{chemin}")
    rouvrir(page, pages, numero)
    demander_un_original(page, pages, numero)
    gestes_pieces.controler(page, numero, "identite")
    page.set_viewport_size(PETIT)
    assert debordement(page) == []
    page.set_viewport_size(ORDINATEUR)
    page.emulate_media(forced_colors="active")
    assert passer_axe(page, forcees=True) == []
    capturer(page, "controle-forcees")


def rouvrir(page: Page, pages: Pages, numero: str) -> None:
    gestes_pieces.controler(page, numero, "domicile")
    page.locator("summary", has_text="Rouvrir le dépôt").click()
    gestes.cliquer(page, "Rouvrir")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "sombre-rouvrir-erreurs")
    gestes.suivre_les_liens_d_erreur(page)
    gestes.taper(page, {"ferme_le": "20/11/2025", "heure": "17 h"})
    page.locator("#rouvrir-motif").fill("Facture à son nouveau nom.")
    gestes.cliquer(page, "Rouvrir")
    expect(page.locator('main [role="status"]').first).to_contain_text("rouvert")
    expect(page.locator("main")).to_contain_text("déjà rouvert jusqu’au 20 novembre 2025")


def demander_un_original(page: Page, pages: Pages, numero: str) -> None:
    gestes_pieces.controler(page, numero, "certificats-travail")
    page.locator("summary", has_text="Télécharger un fichier d’origine").click()
    page.get_by_role("button", name=re.compile("^Télécharger l’original")).click()
    gestes.attendre_erreurs(page, "Dites pourquoi")
    pages.verifier(page, "sombre-original-sans-motif")


@pytest.mark.passages("A4", "A7", "A1")
def test_the_pages_of_the_candidate_stand_dark_and_forced_colours_and_a_zoom(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(color_scheme="dark")
    gestes_pieces.mes_pieces(page, CANDIDAT)
    defauts = []
    for chemin in (JUSTIFICATIFS, f"{JUSTIFICATIFS}piece/identite"):
        page.goto(chemin)
        defauts += [f"{chemin} sombre : {d}" for d in passer_axe(page)]
        capturer(page, f"sombre-{chemin}")
        page.set_viewport_size(PETIT)
        defauts += [f"{chemin} 320 : {d}" for d in debordement(page)]
        page.set_viewport_size(ORDINATEUR)
        page.emulate_media(forced_colors="active")
        defauts += [f"{chemin} forcées : {d}" for d in passer_axe(page, forcees=True)]
        page.emulate_media(forced_colors="none")
    assert defauts == [], "\n".join(defauts)
