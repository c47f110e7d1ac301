"""Pieces from the first deposit to the last decision, with JavaScript: candidate, officer, candidate again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours import gestes, gestes_pieces
from tests.parcours.fichiers import choisi, image, photo, refuses, scan
from tests.parcours.gestes_pieces import ATTENTE, BOUTON, JUSTIFICATIFS
from tests.parcours.preparer_pieces import RECAPITULATIF
from tests.parcours.releve import Pages
from tests.parcours.serveur import Serveur

CANDIDAT = "depot@exemple.fr"


@pytest.mark.passages(
    "A1", "A4", "A6", "A9", "A17", "S38", "pieces.mes-justificatifs", "pieces.depot-en-ligne", "pieces.bouton-ajouter",
    "pieces.bouton-supprimer", "pieces.date-de-depot", "pieces.envoi", "validation.c-deposer-dcandt01", "L-52",
)  # fmt: skip
def test_a_candidate_deposits_looks_deletes_replaces_signs_and_sends(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    voisin = ouvrir()
    gestes_pieces.mes_pieces(voisin, "voisin@exemple.fr")
    d_un_autre = gestes_pieces.confirmation(voisin, 1)

    page = ouvrir()
    gestes_pieces.mes_pieces(page, CANDIDAT)
    pages.verifier(page, "pieces-aucune")
    envoyer_trop_tot(page, pages)
    deposer_par_le_champ(page, pages)
    lacher_plusieurs_fichiers(page, pages)
    relire(page, pages)
    supprimer_et_remplacer(page)
    deposer_le_recapitulatif(page, pages, d_un_autre)
    tout_envoyer(page, pages)
    lire_l_accuse(page, pages, serveur)


def envoyer_trop_tot(page: Page, pages: Pages) -> None:
    gestes_pieces.envoyer(page, "identite")
    gestes.attendre_erreurs(page, "Il manque encore", "Document justifiant l’identité")
    pages.verifier(page, "pieces-envoi-refuse")
    page.locator("#erreurs a").first.click()
    expect(page.locator("#envoyer-identite")).to_be_focused()
    expect(page.locator("#refus-identite")).to_contain_text("Il manque encore")
    page.goto(JUSTIFICATIFS)


def deposer_par_le_champ(page: Page, pages: Pages) -> None:
    with page.expect_file_chooser() as choix:
        gestes_pieces.champ(page, "identite").click()
    assert choix.value.is_multiple()
    choix.value.set_files([image("recto.jpg"), image("verso.jpg")])
    gestes_pieces.piece(page, "identite").get_by_role("button", name=re.compile("^Ajouter")).click()
    recus = gestes_pieces.recus(page, "identite", 2)
    for recu in recus.all():
        # Said to the second, in Paris time.
        expect(recu).to_contain_text("Arrivée : le lundi 20 octobre 2025 à 10 h")
        expect(recu).to_contain_text(re.compile(r"\d\d min \d\d s \(heure de Paris\)".replace(" ", r"\s")))
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg", "verso.jpg"]
    expect(gestes_pieces.piece(page, "identite")).to_be_focused()
    expect(page.locator("#annonces")).to_have_text("Transfert terminé.")
    expect(page).to_have_url(re.compile(rf"{JUSTIFICATIFS}$"))
    resume = gestes_pieces.piece(page, "identite").locator("summary", has_text="Preuve du dépôt").first
    resume.click()
    expect(gestes_pieces.piece(page, "identite").locator("code").first).to_have_text(re.compile("^[0-9a-f]{64}$"))
    pages.verifier(page, "pieces-deposee-recu")


def lacher_plusieurs_fichiers(page: Page, pages: Pages) -> None:
    """Good ones are kept; each bad one is named, whether the page or the server sees that it is bad."""
    mauvais = refuses()
    gestes_pieces.lacher(
        page,
        "domicile",
        scan("facture.pdf"),
        choisi("note.txt", b"Rien"),
        mauvais["format_refuse"],
        scan("suite.pdf"),
    )
    lignes = gestes_pieces.refus(page, "domicile", "format_refuse", "format_refuse")
    assert {"note.txt", "capture.jpg"} == {
        n for n in ("note.txt", "capture.jpg") if n in " ".join(lignes.all_inner_texts())
    }
    expect(lignes.filter(has_text="note.txt")).to_contain_text("Enregistrer en PDF")
    expect(gestes_pieces.champ(page, "domicile")).to_be_focused()
    assert gestes_pieces.noms(page, "domicile") == ["facture.pdf", "suite.pdf"]
    assert page.title().startswith("Erreur")
    pages.verifier(page, "pieces-lachees-deux-refusees")


def relire(page: Page, pages: Pages) -> None:
    gestes_pieces.piece(page, "identite").get_by_role("link", name="Voir ce que le service verra").click()
    expect(page.locator("main")).to_contain_text("Le service verra exactement ces images.")
    gestes_pieces.images_dessinees(page, "img.justificatifs-image", 2)
    pages.verifier(page, "pieces-voir")
    page.get_by_role("link", name="Revenir à la liste des pièces").click()


def supprimer_et_remplacer(page: Page) -> None:
    domicile = gestes_pieces.piece(page, "domicile")
    domicile.get_by_role("button", name="Supprimer suite.pdf").click()
    expect(domicile.locator("[data-recu]")).to_contain_text("«\u00a0suite.pdf\u00a0» est supprimé.")
    assert gestes_pieces.noms(page, "domicile") == ["facture.pdf"]
    identite = gestes_pieces.piece(page, "identite")
    identite.locator("summary", has_text="Remplacer verso.jpg").click()
    assert identite.locator('input[type="file"]').nth(1).evaluate("champ => champ.multiple") is False
    identite.locator('input[type="file"]').nth(1).set_input_files(image("verso-net.jpg"))
    identite.get_by_role("button", name="Remplacer verso.jpg").click()
    gestes_pieces.recus(page, "identite")
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg", "verso-net.jpg"]
    # Two files for the place of one: the second is named, near the field that is still there.
    identite.locator("summary", has_text="Remplacer verso-net.jpg").click()
    deux = (image("verso-droit.jpg"), image("en-trop.jpg"))
    gestes_pieces.lacher(page, "identite", *deux, sur="li:nth-child(2) form[data-depot]")
    expect(gestes_pieces.refus(page, "identite", "fichier_en_trop")).to_contain_text("en-trop.jpg")
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg", "verso-droit.jpg"]
    # The same file once more, as after a double click: nothing is added.
    gestes_pieces.deposer(page, "identite", image("recto.jpg"))
    expect(gestes_pieces.recus(page, "identite")).to_contain_text("déjà là")
    assert gestes_pieces.noms(page, "identite") == ["recto.jpg", "verso-droit.jpg"]


def deposer_le_recapitulatif(page: Page, pages: Pages, d_un_autre: bytes) -> None:
    ancienne, derniere = gestes_pieces.confirmation(page, 1), gestes_pieces.confirmation(page, 2)
    recapitulatif = gestes_pieces.piece(page, RECAPITULATIF)

    gestes_pieces.deposer(page, RECAPITULATIF, choisi("ancienne.pdf", ancienne))
    lignes = gestes_pieces.refus(page, RECAPITULATIF, "recapitulatif_version_depassee")
    expect(lignes.first).to_contain_text("Mes documents")
    expect(recapitulatif.locator('a[href^="/documents/"]')).to_be_visible()
    pages.verifier(page, "pieces-recapitulatif-ancien")

    gestes_pieces.deposer(page, RECAPITULATIF, choisi("autre.pdf", d_un_autre))
    gestes_pieces.refus(page, RECAPITULATIF, "recapitulatif_d_une_autre_candidature")
    pages.verifier(page, "pieces-recapitulatif-d-un-autre")

    gestes_pieces.deposer(page, RECAPITULATIF, choisi("sans-code.jpg", photo("sans code")))
    gestes_pieces.recus(page, RECAPITULATIF)
    alertes = recapitulatif.locator(".fr-alert--warning:not([data-avis])")
    expect(alertes.filter(has_text="Nous n’avons pas pu lire le code carré (QR)")).to_have_count(1)
    recapitulatif.get_by_role("button", name="Supprimer sans-code.jpg").click()
    expect(recapitulatif.locator("[data-recu]")).to_contain_text("est supprimé")

    gestes_pieces.deposer(page, RECAPITULATIF, choisi("signee.pdf", derniere))
    gestes_pieces.recus(page, RECAPITULATIF)
    expect(recapitulatif).to_contain_text("est bien votre dernière version")
    expect(recapitulatif).to_contain_text("Code QR lu\u00a0: c’est la version\u00a02.")
    expect(alertes).to_have_count(0)
    pages.verifier(page, "pieces-recapitulatif-bon")


def tout_envoyer(page: Page, pages: Pages) -> None:
    for code in ("recapitulatif", "identite", "domicile"):
        expect(page.locator("#dossier > .fr-alert--warning", has_text=gestes_pieces.GROUPES[code])).to_contain_text(
            "elles ne sont pas envoyées"
        )
        gestes_pieces.envoyer(page, code)
        gestes_pieces.envoye(page, code)
        assert (
            gestes_pieces.piece(page, {"recapitulatif": RECAPITULATIF}.get(code, code)).locator("button").count() == 0
        )
    gestes_pieces.deposer(page, "certificats-travail", scan("certificats.pdf"))
    gestes_pieces.recus(page, "certificats-travail")
    gestes_pieces.envoyer(page, "conditions")
    gestes_pieces.envoye(page, "conditions")
    expect(page.get_by_role("button", name=BOUTON)).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Vous n’avez rien d’autre à faire pour l’instant.")
    pages.verifier(page, "pieces-tout-envoye")


def lire_l_accuse(page: Page, pages: Pages, serveur: Serveur) -> None:
    sujet, texte = gestes_pieces.dernier_courriel(serveur, CANDIDAT)
    assert "ccusé" in sujet + texte, (sujet, texte)
    gestes.cliquer(page, "Accusé de dépôt")
    expect(page.locator("main")).to_contain_text("certificats.pdf")
    expect(page.locator("main")).to_contain_text(re.compile(r"([0-9a-f]{16}\s){3}[0-9a-f]{16}"))
    pages.verifier(page, "accuse-de-depot")
    gestes.ouvrir_le_pdf(page, page.get_by_role("link", name="VISUALISER/IMPRIMER").click)


CONTROLEE = "controle@exemple.fr"
AGENT = "agent.script@exemple.fr"


@pytest.mark.passages(
    "A1", "A4", "A6", "A17", "pieces.statut.par-le-gestionnaire", "pieces.statut.recue", "pieces.statut.non-conforme",
    "pieces.statut.conforme", "pieces.statut.nouveau-depot", "pieces.validees-verrouillees",
    "documents.relance-de-pieces", "validation.refaire-apres-modification", "L-30",
)  # fmt: skip
def test_an_officer_controls_the_candidate_answers_and_the_officer_sees_it(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    numero = gestes_pieces.numero(serveur, CONTROLEE)
    gestes_pieces.reserver_le_reste(serveur, CONTROLEE)
    agent = ouvrir()
    gestes_pieces.au_service(agent, AGENT)
    chercher(agent, pages, numero)
    controler(agent, pages, numero)

    page = ouvrir()
    gestes_pieces.mes_pieces(page, CONTROLEE)
    lire_les_decisions(page, pages)
    redeposer(page)

    relancer(agent, pages, serveur, numero)
    lire_la_relance(page)
    controler_de_nouveau(agent, numero)
    modifier_son_inscription(page, pages)
    gestes_pieces.controler(agent, numero, RECAPITULATIF)
    expect(agent.locator("main")).to_contain_text("L’inscription a été modifiée depuis.")
    pages.verifier(agent, "controle-depasse")


def chercher(agent: Page, pages: Pages, numero: str) -> None:
    for texte in ("elodie de la tour", "LA TOUR D'AUVERGNE", "16/03/1990"):
        gestes_pieces.chercher(agent, texte)
        expect(agent.get_by_role("link", name=numero)).to_be_visible()
        assert texte not in agent.url
    expect(agent.locator("table")).not_to_contain_text("16/03/1990")
    pages.verifier(agent, "recherche-avec-resultat")
    gestes_pieces.chercher(agent, "Personne De Ce Nom")
    expect(agent.locator("main")).to_contain_text("Aucune candidature de votre académie")
    pages.verifier(agent, "recherche-sans-resultat")
    gestes_pieces.chercher(agent, numero)
    expect(agent.locator("h1")).to_have_text(re.compile(f"Candidature {numero}"))
    for titre in ("Pièces", "Versions", "Documents remis", "Courriels de cette candidature", "Journal"):
        expect(agent.get_by_role("heading", name=titre, exact=True)).to_be_visible()
    pages.verifier(agent, "fiche-de-candidature")


def controler(agent: Page, pages: Pages, numero: str) -> None:
    """The queue gives the oldest first: the récapitulatif, then identity, home, certificates."""
    agent.goto(gestes_pieces.CONTROLE)
    pages.verifier(agent, "file-pleine")
    gestes.cliquer(agent, "Contrôler la pièce suivante")
    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/{RECAPITULATIF}/$"))
    expect(agent.locator("main")).to_contain_text("Lu\u00a0: version 1.")
    zoomer_et_tourner(agent)
    pages.verifier(agent, "controle-recapitulatif")
    gestes.cliquer(agent, "Conforme, et pièce suivante")

    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/identite/$"))
    gestes_pieces.images_dessinees(agent, "img.controle-image", 2)
    gestes.cliquer(agent, "Non conforme")
    gestes.attendre_erreurs(agent)
    pages.verifier(agent, "controle-sans-raison")
    gestes.suivre_les_liens_d_erreur(agent)
    gestes.cocher(agent, "raison", "identite-perimee")
    agent.locator('[name="commentaire"]').fill("Elle a expiré en 2019.")
    gestes.cliquer(agent, "Non conforme, et pièce suivante")

    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/domicile/$"))
    gestes.cocher(agent, "raison", "autre")
    agent.locator('[name="commentaire"]').fill("Cette facture est celle d’un garage.\nDéposez celle du logement.")
    gestes.cliquer(agent, "Non conforme, et pièce suivante")

    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/certificats-travail/$"))
    agent.locator("#recevoir-recue_le").fill("14/10/2025")
    gestes.cliquer(agent, "Reçue")
    expect(agent.locator('main [role="status"]').first).to_contain_text("la pièce est reçue")
    pages.verifier(agent, "controle-recue")


def zoomer_et_tourner(agent: Page) -> None:
    vue = agent.locator("img.controle-image").first
    expect(vue).to_have_js_property("complete", True)
    avant = vue.bounding_box()
    agent.get_by_role("link", name="Agrandir").click()
    expect(agent.locator("#reglage")).to_have_text("150\u00a0%")
    apres = vue.bounding_box()
    assert avant is not None
    assert apres is not None
    assert apres["width"] > avant["width"] * 1.4
    proportion = "i => i.naturalWidth / i.naturalHeight"
    debout = vue.evaluate(proportion)
    agent.get_by_role("link", name="Tourner").click()
    expect(agent.locator("#reglage")).to_have_text("150\u00a0%, tournée de 90\u00a0degrés")
    expect(vue).to_have_attribute("src", re.compile(r"tourner=90$"))
    agent.wait_for_function(
        "debout => { const i = document.querySelector('img.controle-image');"
        " return i.complete && Math.abs(i.naturalHeight / i.naturalWidth - debout) < 0.05; }",
        arg=debout,
        timeout=ATTENTE,
    )


def lire_les_decisions(page: Page, pages: Pages) -> None:
    attendus = {RECAPITULATIF: "Conforme", "identite": "Non conforme", "domicile": "Non conforme"}
    for cle, statut in {**attendus, "certificats-travail": "Reçue"}.items():
        expect(gestes_pieces.piece(page, cle).locator(".fr-badge").first).to_have_text(statut)
    recapitulatif = gestes_pieces.piece(page, RECAPITULATIF)
    expect(recapitulatif.locator("dl")).to_contain_text("Date de validation")
    expect(recapitulatif.locator("button, input")).to_have_count(0)
    identite, domicile = gestes_pieces.piece(page, "identite"), gestes_pieces.piece(page, "domicile")
    expect(identite).to_contain_text("La pièce d’identité n’est plus valable.")
    expect(identite).to_contain_text("Elle a expiré en 2019.")
    expect(domicile).to_contain_text("Cette facture est celle d’un garage.")
    expect(gestes_pieces.piece(page, "certificats-travail").locator("dl")).to_contain_text("14 octobre 2025")
    pages.verifier(page, "pieces-apres-le-controle")


def redeposer(page: Page) -> None:
    """A new deposit takes the place of the refused one, and the button is to be pressed again."""
    gestes_pieces.deposer(page, "identite", image("carte-neuve.jpg"))
    gestes_pieces.recus(page, "identite")
    assert gestes_pieces.noms(page, "identite") == ["carte-neuve.jpg"]
    expect(gestes_pieces.piece(page, "identite")).to_contain_text("Ce que le service avait dit")
    expect(gestes_pieces.piece(page, "identite")).to_contain_text("Elle a expiré en 2019.")
    expect(gestes_pieces.piece(page, "identite").locator(".fr-alert--warning:not([data-avis])")).to_contain_text(
        "Le dépôt précédent avait 2\u00a0fichiers. Vérifiez que tout y est."
    )
    gestes_pieces.envoyer(page, "identite")
    gestes_pieces.envoye(page, "identite")
    gestes_pieces.piece(page, "identite").get_by_role("link", name="Voir ce que le service verra").click()
    expect(page.locator("main")).to_contain_text("Fichier remplacé, recto.jpg")


def relancer(agent: Page, pages: Pages, serveur: Serveur, numero: str) -> None:
    agent.goto(f"{gestes_pieces.GESTION}candidatures/{numero}/")
    agent.locator('[name="message"]').fill("Il ne manque que votre facture.")
    gestes.cliquer(agent, "Envoyer la relance")
    expect(agent.locator('main [role="status"]').first).to_contain_text("La relance est mise à disposition")
    expect(agent.locator("main")).to_contain_text("Relance", ignore_case=True)
    pages.verifier(agent, "fiche-apres-relance")
    _, texte = gestes_pieces.dernier_courriel(serveur, CONTROLEE)
    assert "elance" in texte, texte


def lire_la_relance(page: Page) -> None:
    page.goto("/documents/")
    page.get_by_role("link", name=re.compile("elance")).first.click()
    expect(page.locator("main")).to_contain_text("Il ne manque que votre facture.")
    expect(page.locator("main")).to_contain_text("Justificatif de domicile")
    expect(page.locator("main")).not_to_contain_text("identité")


def controler_de_nouveau(agent: Page, numero: str) -> None:
    """What was just received is still to be decided; the new identity card comes first."""
    agent.goto(gestes_pieces.CONTROLE)
    gestes.cliquer(agent, "Contrôler la pièce suivante")
    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/identite/$"))
    expect(agent.locator("main")).to_contain_text("Fichiers remplacés depuis (2)")
    gestes.cliquer(agent, "Conforme, et pièce suivante")
    expect(agent).to_have_url(re.compile(rf"/controle/{numero}/certificats-travail/$"))


def modifier_son_inscription(page: Page, pages: Pages) -> None:
    gestes_pieces.modifier_ses_langues(page, "italien")
    page.goto(JUSTIFICATIFS)
    recapitulatif = gestes_pieces.piece(page, RECAPITULATIF)
    expect(recapitulatif).to_contain_text("Version dépassée.")
    expect(recapitulatif.locator('input[type="file"]')).to_be_visible()
    expect(gestes_pieces.piece(page, "identite").locator(".fr-badge").first).to_have_text("Conforme")
    pages.verifier(page, "pieces-depassee")


@pytest.mark.passages("A1", "A6", "F31")
def test_officers_and_a_candidate_at_once_never_overwrite_each_other(
    ouvrir: Callable[..., Page], serveur: Serveur, pages: Pages
) -> None:
    candidat = "concurrence@exemple.fr"
    numero = gestes_pieces.numero(serveur, candidat)
    gestes_pieces.reserver_le_reste(serveur, candidat)
    premier, second = ouvrir(), ouvrir()
    gestes_pieces.au_service(premier, "agent.premier@exemple.fr")
    gestes_pieces.au_service(second, "agent.second@exemple.fr")
    gestes_pieces.controler(premier, numero, "identite")
    gestes.cliquer(premier, "Me réserver cette pièce")
    expect(premier.locator(".fr-badge", has_text="Réservée pour vous")).to_be_visible()

    gestes_pieces.controler(second, numero, "identite")
    expect(second.locator("main")).to_contain_text(
        re.compile(r"Garnier contrôle cette pièce, encore (9|10).minutes", re.I)
    )
    expect(second.get_by_role("button", name="Conforme", exact=True)).to_have_count(0)
    pages.verifier(second, "controle-tenue-par-un-autre")

    gestes.cocher(premier, "raison", "illisible")
    premier.locator('[name="commentaire"]').fill("Le coin est coupé.")
    page = ouvrir()
    gestes.se_connecter(page, candidat)
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    gestes_pieces.modifier_ses_langues(page, "italien")
    with premier.expect_response(lambda reponse: reponse.request.method == "POST") as attendue:
        gestes.cliquer(premier, "Non conforme")
    assert attendue.value.status == 409
    gestes.attendre_erreurs(premier, "Cette pièce a changé pendant que vous la regardiez")
    expect(premier.locator('[name="commentaire"]')).to_have_value("Le coin est coupé.")
    expect(premier.locator('input[name="raison"][value="illisible"]')).to_be_checked()
    expect(premier.get_by_role("region", name="Ce qui a changé")).to_contain_text("Dernière version")
    pages.verifier(premier, "controle-409")
    gestes.cliquer(premier, "Non conforme")
    expect(premier.locator('main [role="status"]').first).to_contain_text("non conforme")
    page.goto(JUSTIFICATIFS)
    expect(gestes_pieces.piece(page, "identite")).to_contain_text("Le coin est coupé.")
