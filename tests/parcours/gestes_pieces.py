"""What candidates and officers do with pieces, in one way with and without JavaScript."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.parcours import gestes
from tests.parcours.preparer_pieces import COLLEGUE
from tests.parcours.serveur import Serveur

JUSTIFICATIFS = "/justificatifs/clermont-ferrand/2026/bac-pro/"
GESTION = "/gestion/clermont-ferrand/"
CONTROLE = f"{GESTION}controle/"
BOUTON = "J’ai fourni toutes mes pièces"
GROUPES = {"recapitulatif": "Récapitulatif", "identite": "Identité", "domicile": "Domicile"}
ATTENTE = 30_000  # milliseconds: files are read in another process, on a machine shared with other work


# --- The candidate ------------------------------------------------------------------------------------------


def mes_pieces(page: Page, adresse: str) -> None:
    gestes.se_connecter(page, adresse)
    expect(page.locator("h1")).to_have_text("Mes candidatures")
    page.goto(JUSTIFICATIFS)
    expect(page.locator("h1")).to_have_text("Mes justificatifs")


def piece(page: Page, cle: str) -> Locator:
    return page.locator(f"#piece-{cle}")


def champ(page: Page, cle: str) -> Locator:
    return page.locator(f"#depot-{cle}-fichier")


def deposer(page: Page, cle: str, *fichiers: FilePayload) -> None:
    """Chooses files, then sends them with « Ajouter »."""
    champ(page, cle).set_input_files(list(fichiers))
    piece(page, cle).get_by_role("button", name=re.compile("^Ajouter")).click()


def recus(page: Page, cle: str, nombre: int = 1) -> Locator:
    """Waits for the receipts, near the piece."""
    trouves = piece(page, cle).locator("[data-recu]")
    expect(trouves).to_have_count(nombre, timeout=ATTENTE)
    return trouves


def noms(page: Page, cle: str) -> list[str]:
    """The names of the files of a piece, in their order."""
    return piece(page, cle).locator(".justificatifs-fichiers .justificatifs-nom strong").all_inner_texts()


def lacher(page: Page, cle: str, *fichiers: FilePayload, sur: str = "> form") -> None:
    """Drops files on the field of a piece, or on the form ``sur`` in it, as from a folder of the computer."""
    contenus = [
        {"nom": f["name"], "type": f["mimeType"], "octets": base64.b64encode(f["buffer"]).decode()} for f in fichiers
    ]
    paquet = page.evaluate_handle(PAQUET, contenus)
    formulaire = f"#piece-{cle} {sur}"
    for evenement in ("dragover", "drop"):
        page.dispatch_event(formulaire, evenement, {"dataTransfer": paquet})


PAQUET = """(fichiers) => {
  const paquet = new DataTransfer();
  for (const { nom, type, octets } of fichiers) {
    const lus = Uint8Array.from(atob(octets), (c) => c.charCodeAt(0));
    paquet.items.add(new File([lus], nom, { type }));
  }
  return paquet;
}"""


def refus(page: Page, cle: str, *codes: str) -> Locator:
    """Waits for these refusals near the field, which says that it is wrong and where it is told."""
    lignes = piece(page, cle).locator(f"#depot-{cle}-fichier_error [data-code]")
    expect(lignes).to_have_count(len(codes), timeout=ATTENTE)
    assert sorted(str(ligne.get_attribute("data-code")) for ligne in lignes.all()) == sorted(codes)
    expect(champ(page, cle)).to_have_attribute("aria-invalid", "true")
    assert f"depot-{cle}-fichier_error" in str(champ(page, cle).get_attribute("aria-describedby")).split()
    return lignes


def envoyer(page: Page, code: str) -> None:
    """« J’ai fourni toutes mes pièces »."""
    page.locator(f"#envoyer-{code}").click()


def envoye(page: Page, code: str) -> None:
    expect(page.locator(f"#groupe-{code}")).to_contain_text("Vos pièces sont envoyées au service.")
    expect(page.locator(f"#groupe-{code}")).to_contain_text("Vous ne pouvez plus les modifier.")
    expect(page.locator(f"#envoyer-{code}")).to_have_count(0)


def images_dessinees(page: Page, selecteur: str, nombre: int) -> None:
    """Every picture is there, and drawn: lazy ones are brought on the screen."""
    images = page.locator(selecteur)
    expect(images).to_have_count(nombre)
    for image in images.all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("i => i.naturalWidth") > 50, image.get_attribute("src")


def confirmation(page: Page, version: int) -> bytes:
    """The bytes of one's own confirmation, as « Mes documents » gives them."""
    page.goto("/documents/")
    lien = page.get_by_role("link", name=re.compile(f"Confirmation d’inscription.*version {version}")).first
    page.goto(str(lien.get_attribute("href")))
    pdf = page.get_by_role("link", name="VISUALISER/IMPRIMER").get_attribute("href")
    octets = page.context.request.get(str(pdf)).body()
    assert octets.startswith(b"%PDF-")
    page.goto(JUSTIFICATIFS)
    return octets


def modifier_ses_langues(page: Page, langue: str) -> None:
    """One more version of the inscription."""
    page.goto(gestes.etape("epreuves"))
    gestes.choisir(page, "lvf", langue)
    gestes.cliquer(page, "Suivant")
    gestes.sur_l_etape(page, "recapitulatif")
    gestes.cliquer(page, "ENREGISTRER")
    expect(page.locator('main [role="status"]').first).to_contain_text("enregistrée")


# --- The office ---------------------------------------------------------------------------------------------


def au_service(page: Page, adresse: str) -> None:
    gestes.se_connecter_au_service(page, adresse)
    expect(page).to_have_url(re.compile(r"/gestion/clermont-ferrand/$"))


def chercher(page: Page, texte: str) -> None:
    page.goto(f"{GESTION}candidatures/")
    gestes.taper(page, {"q": texte})
    gestes.cliquer(page, "Chercher")


def controler(page: Page, numero: str, cle: str) -> None:
    page.goto(f"{CONTROLE}{numero}/{cle}/")


def numero(serveur: Serveur, adresse: str) -> str:
    """The number of inscription of a candidate."""
    lignes = serveur.executer(
        "SELECT numero FROM inscription_candidature JOIN comptes_compte ON comptes_compte.id = compte_id "
        "WHERE email = ? AND etat = 'enregistree'",
        adresse,
    )
    return str(lignes[0][0])


def reserver_le_reste(serveur: Serveur, candidat: str) -> None:
    """A colleague holds every piece of the queue but those of this candidate, which are free."""
    jusqu_a = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    serveur.executer(
        "UPDATE justificatifs_piecejustificative SET reservee_jusqu_a = ?, "
        "reservee_par_id = (SELECT id FROM comptes_compte WHERE email = ?)",
        jusqu_a,
        COLLEGUE,
    )
    serveur.executer(
        "UPDATE justificatifs_piecejustificative SET reservee_jusqu_a = NULL, reservee_par_id = NULL "
        "WHERE candidature_id IN (SELECT inscription_candidature.id FROM inscription_candidature "
        "JOIN comptes_compte ON comptes_compte.id = compte_id WHERE email = ?)",
        candidat,
    )


def dernier_courriel(serveur: Serveur, adresse: str) -> tuple[str, str]:
    """Subject and text of the last mail written to this address."""
    sujet, texte = serveur.executer(
        "SELECT sujet, texte FROM commun_courriel WHERE destinataire = ? ORDER BY id DESC LIMIT 1", adresse
    )[0]
    return str(sujet), str(texte)
