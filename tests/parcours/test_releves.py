"""A candidate who sat in 2024 comes back: his presentation and his marks are there, and nothing is asked for him."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from registre.commun.cadres import principal
from registre.documents.numeros import numero_candidat
from registre.inscription.lecture_releves import COLONNES
from tests.parcours import gestes
from tests.parcours.releve import Pages
from tests.parcours.serveur import RACINE, Serveur

NOTES = {"U51": ("12,5", ""), "U52": ("8", ""), "U12": ("14", ""), "U41": ("13", "anglais"), "U7": ("", "")}


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.attention.perdue", "R12", "L-54", "A1", "A6", "A17")
def test_known_marks_are_proposed_with_javascript(ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages) -> None:
    page = ouvrir()
    revenir(page, serveur, "revenue@exemple.fr")
    aller_aux_presentations(page)
    expect(page.locator("[name=passages-0-session]")).to_be_visible()
    pages.verifier(page, "releves-etape-2-proposee")
    completer_les_presentations(page)
    expect(page.get_by_role("region", name="Notes connues, session 2024")).to_contain_text(
        "Vous pouvez la garder jusqu’à la session 2029."
    )
    pages.verifier(page, "releves-etape-4-proposee")
    gestes.cliquer(page, "Suivant")  # without a word on any note
    gestes.sur_l_etape(page, "acquis")
    gestes.attendre_erreurs(page, "Français", "Répondez par oui ou par non.")
    gestes.suivre_les_liens_d_erreur(page)
    pages.verifier(page, "releves-etape-4-sans-reponse")
    page.locator("[name=p2024_n_mathematiques]").fill("15")
    repondre(page)
    expect(page.locator("#etat-brouillon")).to_contain_text("Brouillon enregistré", timeout=8000)
    page.reload()
    expect(page.locator("[name=p2024_n_mathematiques]")).to_have_value("15")
    expect(page.locator("main")).to_contain_text("Registre connaît une autre note\u00a0: 14.")
    pages.verifier(page, "releves-etape-4-repondue")
    finir(page)


@pytest.mark.passages("R12", "L-54", "A5")
def test_known_marks_are_proposed_without_javascript(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    page = ouvrir(java_script_enabled=False)
    revenir(page, serveur, "revenue.sans.script@exemple.fr")
    aller_aux_presentations(page)
    pages.verifier(page, "sans-script-releves-etape-2", axe=False)
    completer_les_presentations(page)
    gestes.cliquer(page, "Suivant")
    gestes.attendre_erreurs(page, "Répondez par oui ou par non.")
    pages.verifier(page, "sans-script-releves-etape-4", axe=False)
    repondre(page)
    finir(page)


def revenir(page: Page, serveur: Serveur, adresse: str) -> None:
    """He has an account; the office loads his transcript with its command."""
    page.goto("/compte/creation/")
    gestes.creer_compte(page, adresse)
    gestes.activer(page, serveur, adresse)
    charger_le_releve(serveur, adresse)
    gestes.se_connecter(page, adresse)


def charger_le_releve(serveur: Serveur, adresse: str) -> None:
    ((compte,),) = serveur.executer("SELECT id FROM comptes_compte WHERE email = ?", adresse)
    commun = [
        numero_candidat(principal(), int(str(compte))),
        gestes.COMPTE["nom"],
        *("clermont-ferrand", "2024", "bac-pro", "agora", "globale", "ajourne"),
    ]
    lignes = [[*commun, u, note, "" if note else "absence", langue] for u, (note, langue) in NOTES.items()]
    fichier = serveur.dossier / "releves.csv"
    fichier.write_text("\n".join(";".join(x) for x in [COLONNES, *lignes]), encoding="utf-8")
    env = os.environ | {"REGISTRE_MODE": "demo", "DATABASE_URL": f"sqlite:///{serveur.base}"}
    commande = [sys.executable, "manage.py", "importer_releves", str(fichier)]
    fait = subprocess.run(commande, cwd=RACINE, env=env, capture_output=True, text=True)
    assert "nouveaux : 1" in fait.stdout, fait.stdout + fait.stderr


def aller_aux_presentations(page: Page) -> None:
    gestes.remplir_jusqu_a(page, "candidature")
    expect(page.locator("main")).to_contain_text("Présentation connue de Registre, session 2024.")
    expect(page.locator("[name=passages-0-session]")).to_have_value("2024")
    expect(page.locator("[name=passages-0-specialite]")).to_have_value("agora")
    expect(page.locator("[name=passages-0-resultat]")).to_have_value("ajourne")


def completer_les_presentations(page: Page) -> None:
    """Everything but the presentation, which is not typed again."""
    gestes.cocher(page, "voie", "deja-presente")
    gestes.cocher(page, "formation_suivie", "oui")
    gestes.choisir(page, "etablissement", "sans-etablissement-63")
    gestes.cocher(page, "handicap", "non")
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "qualification")
    gestes.remplir_qualification(page)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "acquis")
    expect(page.locator("[name=p2024_n_francais]")).to_have_value("12,5")
    expect(page.locator("[name=p2024_n_histoire-geographie-emc]")).to_have_value("")
    expect(page.locator("[name=p2024_l_langue-vivante-a]")).to_have_value("anglais")
    assert page.locator('input[type=radio][name^="p2024_u_"]:checked').count() == 0


def repondre(page: Page) -> None:
    for unite, reponse in {"francais": "oui", "mathematiques": "non", "langue-vivante-a": "oui"}.items():
        gestes.cocher(page, f"p2024_u_{unite}", reponse)
    page.locator("label[for=id_perte_comprise]").click()


def finir(page: Page) -> None:
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "epreuves")
    expect(page.locator("main")).to_contain_text("Bénéfice (12,5 / 20, session 2024)")
    expect(page.locator("main")).to_contain_text("Bénéfice (13 / 20, session 2024)")
    assert page.locator("main").inner_text().count("Bénéfice (") == 2
