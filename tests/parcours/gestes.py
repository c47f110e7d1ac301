"""What a candidate does on the pages, with a mouse and a keyboard, in one way with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.parcours.preparer import AGENT, MOT_DE_PASSE, MOT_DE_PASSE_AGENT
from tests.parcours.serveur import Serveur

ESPACE = "/inscription/clermont-ferrand/2026/bac-pro/"
COMPTE: dict[str, str] = {
    "nom": "Lefèvre-Dubois",
    "confirmation_nom": "Lefèvre-Dubois",
    "nom_usage": "",
    "prenoms": "Zoé Anaïs",
    "date_de_naissance": "30/05/1998",
    "confirmation_date_de_naissance": "30/05/1998",
    "mot_de_passe": MOT_DE_PASSE,
    "confirmation_mot_de_passe": MOT_DE_PASSE,
}
IDENTIFICATION = {
    "domicile_voie": "12 rue des Tanneurs",
    "domicile_code_postal": "63000",
    "domicile_commune": "Clermont-Ferrand",
    "telephone_mobile": "06 39 98 01 23",
}
SPECIALITE = "agora"


def etape(nom: str) -> str:
    return f"{ESPACE}etape/{nom}"


def sur_l_etape(page: Page, nom: str) -> None:
    """Waits for the page of this step; the fragment of a link to an error may remain in the address."""
    expect(page).to_have_url(re.compile(rf"/etape/{nom}([?#].*)?$"))


def taper(page: Page, champs: dict[str, str]) -> None:
    for nom, valeur in champs.items():
        page.locator(f'[name="{nom}"]').fill(valeur)


def cocher(page: Page, nom: str, valeur: str) -> None:
    """Clicks the label, as people do: the design system hides the button itself."""
    bouton = page.locator(f'input[name="{nom}"][value="{valeur}"]')
    page.locator(f'label[for="{bouton.get_attribute("id")}"]').click()
    expect(bouton).to_be_checked()


def choisir(page: Page, nom: str, valeur: str) -> None:
    page.locator(f'select[name="{nom}"]').select_option(valeur)


def cliquer(page: Page, nom: str) -> None:
    page.get_by_role("button", name=nom, exact=True).click()


def creer_compte(page: Page, adresse: str, **changements: str) -> None:
    """Fills the form of creation and sends it."""
    cocher(page, "civilite", "madame")
    choisir(page, "pays_de_naissance", "FR")
    taper(page, {**COMPTE, "courriel": adresse, "confirmation_courriel": adresse, **changements})
    cliquer(page, "Créer mon compte")


def activer(page: Page, serveur: Serveur, adresse: str) -> None:
    page.goto(serveur.lien_recu(adresse))
    cliquer(page, "Activer mon compte")


def se_connecter(page: Page, adresse: str, mot_de_passe: str = MOT_DE_PASSE) -> None:
    if not page.url.split("?")[0].endswith("/compte/connexion/"):
        page.goto("/compte/connexion/")
    taper(page, {"courriel": adresse, "mot_de_passe": mot_de_passe})
    cliquer(page, "Me connecter")


def se_connecter_au_service(page: Page, adresse: str = AGENT) -> None:
    """An officer gives the password, then the code that the demonstration shows."""
    se_connecter(page, adresse, MOT_DE_PASSE_AGENT)
    passer_le_facteur(page)


def passer_le_facteur(page: Page) -> None:
    """Types the code shown by the bar; when the last ones have just served, waits for the next one."""
    taper(page, {"code": code_du_moment(page)})
    cliquer(page, "Continuer")


def code_du_moment(page: Page) -> str:
    expect(page.locator(".registre-demo__code")).to_be_visible()
    while "accepté dans" in page.locator(".registre-demo").inner_text():
        page.wait_for_timeout(1000)
        page.reload()
    return page.locator(".registre-demo__code").inner_text()


def remplir_identification(page: Page, **changements: str) -> None:
    taper(page, {**IDENTIFICATION, **changements})
    cocher(page, "autre_adresse", "non")
    cocher(page, "nationalite_francaise", "oui")
    choisir(page, "categorie", "99")


def remplir_candidature(page: Page) -> None:
    cocher(page, "voie", "trois-ans-activite")
    cocher(page, "salarie_trois_ans", "oui")
    cocher(page, "domaine_en_rapport", "oui")
    cocher(page, "deja_passe", "non")
    choisir(page, "etablissement", "sans-etablissement-63")
    cocher(page, "handicap", "non")
    cocher(page, "consentement_internet", "oui")


def remplir_qualification(page: Page) -> None:
    cocher(page, "specialite", SPECIALITE)
    cocher(page, "forme_de_passage", "globale")


def remplir_acquis(page: Page) -> None:
    cocher(page, "possibilites", "aucun")


def remplir_epreuves(page: Page) -> None:
    choisir(page, "lva", "anglais")
    choisir(page, "lvb", "espagnol")
    cocher(page, "eps_cas", "apte")
    cocher(page, "eps_activites", "danse")
    cocher(page, "eps_activites", "tennis-de-table")


REMPLIR: dict[str, Any] = {
    "identification": remplir_identification,
    "candidature": remplir_candidature,
    "qualification": remplir_qualification,
    "acquis": remplir_acquis,
    "epreuves": remplir_epreuves,
}


def remplir_jusqu_a(page: Page, derniere: str) -> None:
    """Fills the steps in order and stops on ``derniere``, which is shown and not filled."""
    page.goto(etape("identification"))
    for nom, remplir in REMPLIR.items():
        sur_l_etape(page, nom)
        if nom == derniere:
            return
        remplir(page)
        cliquer(page, "Suivant")
    sur_l_etape(page, derniere)


def attendre_erreurs(page: Page, *messages: str) -> None:
    """The page is in error: the title says it, the summary has the focus and its links lead to the fields (A6)."""
    sommaire = page.locator("#erreurs")
    expect(sommaire).to_be_visible()
    assert page.title().startswith("Erreur"), page.title()
    expect(sommaire).to_be_focused()
    for message in messages:
        expect(sommaire).to_contain_text(message)


def suivre_les_liens_d_erreur(page: Page) -> list[str]:
    """Each link of the summary puts the focus on its field, which says that it is wrong and why."""
    vises = []
    for lien in page.locator("#erreurs a").all():
        cible = (lien.get_attribute("href") or "").removeprefix("#")
        lien.click()
        champ = page.locator(f'[id="{cible}"]')
        expect(champ).to_be_focused()
        decrit = (champ.get_attribute("aria-describedby") or "").split()
        erreurs = [i for i in decrit if i.endswith("_error")]
        assert len(erreurs) == 1, f"{cible} : aria-describedby={decrit}"
        expect(page.locator(f'[id="{erreurs[0]}"]')).to_be_visible()
        # ARIA lets a group of radio buttons be invalid, and each check box, not a group of check boxes.
        cases = champ.locator('input[type="checkbox"]')
        expect(cases.first if cases.count() else champ).to_have_attribute("aria-invalid", "true")
        vises.append(cible)
    return vises


def ouvrir_le_pdf(page: Page, suivre: Callable[[], None]) -> None:
    """``suivre`` follows the link: the browser shows a PDF; the same bytes are then taken with its cookies."""
    with page.expect_response(lambda reponse: reponse.url.endswith("/pdf")) as attendue:
        suivre()
    assert attendue.value.status == 200
    assert attendue.value.headers["content-type"] == "application/pdf"
    expect(page).to_have_url(re.compile(r"/pdf$"))
    octets = page.context.request.get(attendue.value.url).body()
    assert octets.startswith(b"%PDF-")
    assert len(octets) > 5_000
    page.goto("/documents/")
