"""The whole journey of a candidate, with JavaScript, mistakes included; each page and state met is judged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes
from tests.parcours.preparer import MOT_DE_PASSE
from tests.parcours.releve import Pages
from tests.parcours.serveur import Serveur

ADRESSE = "zoe@exemple.fr"


@pytest.mark.passages("A1", "A4", "A6", "A10", "A11", "A17", "S19", "P11")
def test_the_whole_journey_with_javascript(ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages) -> None:
    page = ouvrir()
    creer_un_compte_apres_des_fautes(page, serveur, pages)
    remplir_les_cinq_etapes(page, pages)
    numero = enregistrer(page, pages)
    lire_ses_documents(page, pages, numero)
    modifier(page, pages, numero)
    se_desinscrire(page, pages, numero)


def creer_un_compte_apres_des_fautes(page: Page, serveur: Serveur, pages: Pages) -> None:
    page.goto("/")
    pages.verifier(page, "accueil")
    page.get_by_role("link", name="Je n’ai pas de compte, je le crée").click()
    pages.verifier(page, "creation-vide")
    fautes = {"confirmation_nom": "Lefebvre", "date_de_naissance": "31/02/1998", "mot_de_passe": "court"}
    gestes.creer_compte(page, ADRESSE, **fautes)
    gestes.attendre_erreurs(page, "Confirmation du nom", "Date de naissance", "Mot de passe")
    pages.verifier(page, "creation-erreurs")
    vises = gestes.suivre_les_liens_d_erreur(page)
    assert {"id_confirmation_nom", "id_date_de_naissance", "id_mot_de_passe"} <= set(vises)
    # What was typed is kept, mistakes too; a password never comes back in a page.
    expect(page.locator("#id_date_de_naissance")).to_have_value("31/02/1998")
    expect(page.locator("#id_courriel")).to_have_value(ADRESSE)
    expect(page.locator('input[name="civilite"][value="madame"]')).to_be_checked()
    for nom in ("mot_de_passe", "confirmation_mot_de_passe"):
        expect(page.locator(f"#id_{nom}")).to_have_value("")
    gestes.creer_compte(page, ADRESSE)
    expect(page.locator("h1")).to_have_text("Vérifiez vos messages")
    pages.verifier(page, "verifiez-vos-messages")
    page.goto(serveur.lien_recu(ADRESSE))
    pages.verifier(page, "activation")
    gestes.cliquer(page, "Activer mon compte")
    gestes.se_connecter(page, ADRESSE, "pas-le-bon")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "connexion-erreur")
    gestes.se_connecter(page, ADRESSE)
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    pages.verifier(page, "mes-candidatures-vide")


def remplir_les_cinq_etapes(page: Page, pages: Pages) -> None:
    page.get_by_role("link", name="M’inscrire").click()
    pages.verifier(page, "candidature-a-commencer")
    page.get_by_role("link", name="Commencer mon inscription").click()
    gestes.sur_l_etape(page, "identification")
    pages.verifier(page, "etape-1-vide")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "identification")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-1-erreurs-vide")
    gestes.remplir_identification(page, domicile_code_postal="69001", domicile_commune="Lyon")
    expect(page.locator("#etat-brouillon")).to_contain_text("Brouillon enregistré", timeout=8000)
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-1-erreurs")
    gestes.suivre_les_liens_d_erreur(page)
    expect(page.locator("#id_domicile_commune")).to_have_value("Lyon")
    page.locator(".registre-pourquoi summary").first.click()
    pages.verifier(page, "etape-1-pourquoi")
    gestes.remplir_identification(page)
    gestes.cliquer(page, "Suivant")

    remplir_l_etape_2(page, pages)
    remplir_l_etape_3(page, pages)

    gestes.sur_l_etape(page, "acquis")
    pages.verifier(page, "etape-4-vide")
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-4-erreurs")
    gestes.suivre_les_liens_d_erreur(page)
    gestes.remplir_acquis(page)
    gestes.cliquer(page, "Suivant")

    gestes.sur_l_etape(page, "epreuves")
    pages.verifier(page, "etape-5-vide")
    gestes.choisir(page, "lva", "anglais")
    gestes.choisir(page, "lvb", "anglais")
    gestes.cocher(page, "eps_cas", "apte")
    gestes.cocher(page, "eps_activites", "danse")
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-5-erreurs")
    gestes.suivre_les_liens_d_erreur(page)
    gestes.choisir(page, "lvb", "espagnol")
    gestes.cocher(page, "eps_activites", "tennis-de-table")
    gestes.cliquer(page, "Suivant")


def remplir_l_etape_2(page: Page, pages: Pages) -> None:
    gestes.sur_l_etape(page, "candidature")
    pages.verifier(page, "etape-2-vide")
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-2-erreurs")
    gestes.suivre_les_liens_d_erreur(page)
    gestes.remplir_candidature(page)
    pages.verifier(page, "etape-2-remplie")
    # Leave in the middle, by the menu: what was typed comes back.
    expect(page.locator("#etat-brouillon")).to_contain_text("Brouillon enregistré", timeout=8000)
    gestes.cliquer(page, "Se déconnecter")
    pages.verifier(page, "connexion-apres-deconnexion")
    gestes.se_connecter(page, ADRESSE)
    pages.verifier(page, "mes-candidatures-commencee")
    page.get_by_role("link", name="Continuer mon inscription").click()
    page.goto(gestes.etape("candidature"))
    expect(page.locator('select[name="etablissement"]')).to_have_value("sans-etablissement-63")
    expect(page.locator('input[name="voie"][value="trois-ans-activite"]')).to_be_checked()
    gestes.cliquer(page, "Suivant")


def remplir_l_etape_3(page: Page, pages: Pages) -> None:
    gestes.sur_l_etape(page, "qualification")
    pages.verifier(page, "etape-3-vide")
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page)
    pages.verifier(page, "etape-3-erreurs")
    gestes.suivre_les_liens_d_erreur(page)
    page.locator("#id_recherche").press_sequentially("METIERS commerce")
    expect(page.locator("#nombre-de-specialites")).to_contain_text("spécialité")
    montrees = page.locator("#id_specialite .fr-fieldset__element:visible")
    assert 0 < montrees.count() < 20
    pages.verifier(page, "etape-3-filtree")
    page.locator("#id_recherche").press("Enter")  # searches, and does not leave the step
    page.locator("#id_recherche").fill("")
    gestes.remplir_qualification(page)
    gestes.cliquer(page, "Suivant")


def enregistrer(page: Page, pages: Pages) -> str:
    gestes.sur_l_etape(page, "recapitulatif")
    pages.verifier(page, "etape-6-recapitulatif")
    for libelle in ("Identification", "Informations candidature", "Qualification présentée", "Épreuves", "Handicap"):
        assert page.get_by_role("link", name=f"Modifier «\u00a0{libelle}").count() >= 1, libelle
    gestes.cliquer(page, "ENREGISTRER")
    expect(page.locator('main [role="status"]').first).to_contain_text("Votre inscription est enregistrée")
    pages.verifier(page, "candidature-enregistree")
    return page.locator(".registre-numero").first.inner_text()


def lire_ses_documents(page: Page, pages: Pages, numero: str) -> None:
    page.get_by_role("link", name="Mes documents").first.click()
    expect(page.locator("main")).to_contain_text(numero)
    pages.verifier(page, "mes-documents")
    page.locator("main section a").first.click()
    expect(page.locator("main")).to_contain_text("Lefèvre-Dubois", ignore_case=True)
    pages.verifier(page, "document")
    gestes.ouvrir_le_pdf(page, page.get_by_role("link", name="VISUALISER/IMPRIMER").click)


def modifier(page: Page, pages: Pages, numero: str) -> None:
    page.goto(gestes.ESPACE)
    page.get_by_role("link", name="Modifier mon inscription").click()
    gestes.sur_l_etape(page, "identification")
    page.locator("#id_domicile_voie").fill("8 place de Jaude")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "candidature")
    expect(page.locator("main")).to_contain_text("Vos changements ne sont pas encore enregistrés.")
    pages.verifier(page, "etape-2-changement-en-attente")
    page.goto(gestes.etape("recapitulatif"))
    tableau = page.get_by_role("region", name="Ce qui change")
    expect(tableau).to_contain_text("12 rue des Tanneurs")
    expect(tableau).to_contain_text("8 place de Jaude")
    pages.verifier(page, "etape-6-differences")
    gestes.cliquer(page, "ENREGISTRER")
    expect(page.locator('main [role="status"]').first).to_contain_text("version 2")
    expect(page.locator(".registre-numero").first).to_have_text(numero)
    page.goto("/documents/")
    expect(page.locator("main")).to_contain_text("version 2")
    pages.verifier(page, "mes-documents-deux-versions")


def se_desinscrire(page: Page, pages: Pages, numero: str) -> None:
    page.goto(gestes.ESPACE)
    page.get_by_role("link", name="Me désinscrire").click()
    pages.verifier(page, "desinscription")
    gestes.cliquer(page, "Me désinscrire")
    expect(page.locator("main")).to_contain_text(f"La candidature {numero} ne compte plus.")
    pages.verifier(page, "mes-candidatures-retiree")
    page.goto("/compte/")
    pages.verifier(page, "mon-compte")
    for nom in ("mot-de-passe", "adresse", "identite"):
        page.goto(f"/compte/{nom}/")
        pages.verifier(page, f"compte-{nom}")
    assert MOT_DE_PASSE not in page.content()
