"""Every mail of the site, as the outbox holds it: its HTML is judged like a page, its text says the same (A14)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.preparer import MOT_DE_PASSE
from tests.parcours.releve import ORDINATEUR, TELEPHONE, capturer, debordement, passer_axe, structure
from tests.parcours.serveur import Serveur

ADRESSE = "courriels@exemple.fr"
NOUVELLE = "courriels.nouvelle@exemple.fr"
AUTRE_MOT_DE_PASSE = "Callune*57"
# All the mails that a candidate can receive, in the order in which the journey below provokes them.
SUJETS = (
    "Activez votre compte",
    "Vous avez déjà un compte",
    "Choisissez un nouveau mot de passe",
    "Votre mot de passe a changé",
    "Confirmation d’inscription",
    "Modification d’inscription",
    "Désinscription",
    "Confirmez votre nouvelle adresse mail",
    "Changement d’adresse mail demandé",
    "L’adresse mail de votre compte a changé",
    "L’adresse mail de votre compte a changé",  # to the old address and to the new one
)
# A mail is shown inside the page of a mailbox, which has its own landmarks: it must bring none.
# Without a single style sheet, which is checked too, nothing can lock its orientation: axe cannot tell.
PAS_UNE_PAGE = ("landmark-one-main", "region", "css-orientation-lock")
VAGUES = re.compile(r"(cliquez )?(ici|lien|cliquez|en savoir plus|suite)", re.IGNORECASE)


@pytest.mark.passages("A14", "A1", "compte.courriel-a-chaque-document", "modification.courriel")
def test_every_mail_is_accessible_in_html_and_complete_in_text(ouvrir: Callable[..., Page], serveur: Serveur) -> None:
    provoquer(ouvrir(), serveur)
    courriels = serveur.executer(
        "SELECT destinataire, sujet, texte, html FROM commun_courriel WHERE destinataire IN (?, ?) ORDER BY id",
        ADRESSE,
        NOUVELLE,
    )
    assert tuple(str(c[1]).split("\u00a0")[0] for c in courriels) == SUJETS
    page, defauts = ouvrir(), []
    for destinataire, sujet, texte, html in courriels:
        assert re.fullmatch(r"[^\s,;<>@]+@[^\s,;<>@]+", str(destinataire))
        page.set_content(str(html))
        vus = juger(page, str(sujet)) + juger_les_liens(page, serveur.adresse, str(texte))
        vus += comparer(page, f"{sujet}\n{texte}")
        defauts += [f"{sujet} : {d}" for d in vus]
    assert defauts == [], "\n".join(defauts)


def provoquer(page: Page, serveur: Serveur) -> None:
    """A life of an account, by its pages: each act writes its mails."""
    creer(page)
    gestes.activer(page, serveur, ADRESSE)
    creer(page)
    page.goto("/compte/mot-de-passe/oublie/")
    gestes.taper(page, {"courriel": ADRESSE})
    gestes.cliquer(page, "Recevoir le lien")
    page.goto(serveur.lien_recu(ADRESSE))
    gestes.taper(page, {"mot_de_passe": AUTRE_MOT_DE_PASSE, "confirmation_mot_de_passe": AUTRE_MOT_DE_PASSE})
    gestes.cliquer(page, "Changer le mot de passe")
    gestes.se_connecter(page, ADRESSE, AUTRE_MOT_DE_PASSE)
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    enregistrer_modifier_et_retirer(page)
    page.goto("/compte/adresse/")
    gestes.taper(page, {"courriel": NOUVELLE, "confirmation_courriel": NOUVELLE, "actuel": AUTRE_MOT_DE_PASSE})
    gestes.cliquer(page, "Envoyer le lien")
    expect(page.locator("h1")).to_have_text("Mon compte")
    page.goto(serveur.lien_recu(NOUVELLE))
    gestes.cliquer(page, "Confirmer cette adresse")
    expect(page.locator("main")).to_contain_text("Votre adresse est changée.")


def creer(page: Page) -> None:
    page.goto("/compte/creation/")
    gestes.creer_compte(page, ADRESSE, mot_de_passe=MOT_DE_PASSE)
    expect(page.locator("h1")).to_have_text("Vérifiez vos messages")


def enregistrer_modifier_et_retirer(page: Page) -> None:
    gestes.remplir_jusqu_a(page, "recapitulatif")
    gestes.cliquer(page, "ENREGISTRER")
    page.goto(gestes.etape("identification"))
    page.locator("#id_domicile_voie").fill("8 place de Jaude")
    gestes.cliquer(page, "Suivant")
    page.goto(gestes.etape("recapitulatif"))
    gestes.cliquer(page, "ENREGISTRER")
    expect(page.locator('main [role="status"]').first).to_contain_text("version 2")
    page.get_by_role("link", name="Me désinscrire").click()
    gestes.cliquer(page, "Me désinscrire")
    expect(page.locator("main")).to_contain_text("ne compte plus.")


def juger(page: Page, sujet: str) -> list[str]:
    defauts = structure(page)
    for nom, taille in (("1280", ORDINATEUR), ("360", TELEPHONE)):
        page.set_viewport_size(taille)
        defauts += debordement(page)
        defauts += [d for d in passer_axe(page) if not d.startswith(PAS_UNE_PAGE)]
        capturer(page, f"courriel-{sujet}-{nom}")
    if page.locator("html").get_attribute("lang") != "fr" or page.title() != sujet:
        defauts.append(f"langue ou titre : {page.title()}")
    if page.locator("h1").count() != 1:
        defauts.append("il faut un seul titre de niveau 1")
    # Mailboxes drop them all, and an image fetched from afar tells when the mail is read.
    defauts += page.locator("img, svg, script, link, style, iframe, form, [background], [srcset]").all_inner_texts()
    return defauts


def juger_les_liens(page: Page, origine: str, texte: str) -> list[str]:
    defauts = []
    liens = [(a.inner_text().strip(), a.get_attribute("href") or "") for a in page.locator("a").all()]
    for libelle, cible in liens:
        if len(libelle) < 8 or VAGUES.fullmatch(libelle):
            defauts.append(f"lien peu clair : {libelle}")
        if cible == f"mailto:{libelle}":
            continue
        if not cible.startswith(f"{origine}/"):
            defauts.append(f"lien vers ailleurs : {cible}")
        if cible not in texte.splitlines():
            defauts.append(f"lien absent du texte, ou pas seul sur sa ligne : {cible}")
    autres = set(re.findall(r"https?://\S+", texte)) - {cible for _, cible in liens}
    return defauts + [f"lien du texte seul : {a}" for a in sorted(autres)]


def comparer(page: Page, texte: str) -> list[str]:
    """Both parts have the same words: hence the same numbers, dates and hours.

    Left out: the letters of a list, which HTML draws, and the texts of links, which the text part may tell otherwise.
    """
    en_html, en_texte = mots(page.locator("body").inner_text()), mots(re.sub(r"https?://\S+", " ", texte))
    sauf = mots(" ".join(page.locator('a[href^="http"]').all_inner_texts())) | {
        *"abcd"[: page.locator("ol li").count()]
    }
    assert len(en_html & en_texte) > 30
    return [f"dans une seule partie : {mot}" for mot in sorted((en_html ^ en_texte) - sauf)]


def mots(texte: str) -> set[str]:
    return set(re.findall(r"\w[\w’@.\-]*\w|\w", texte.casefold()))
