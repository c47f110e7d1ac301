"""H5: what people type is shown as they typed it, and is never read as markup, template, header or formula."""

from __future__ import annotations

import email.policy
import json
import re
from email import message_from_bytes
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from registre.commun.courriels import envoyer_dus, mettre_en_attente
from registre.commun.models import Courriel
from registre.comptes.models import Compte
from registre.documents import rendu
from registre.documents.models import CONFIRMATION, Document
from tests.comptes.conftest import formulaire
from tests.documents.fabrique import contenu, document
from tests.documents.lecture_pdf import texte as texte_du_pdf
from tests.inscription import scenario
from tests.securite.outils import adresses

pytestmark = pytest.mark.django_db

CHARGE = "\"'><svg onload=alert(1)><img src=//127.0.0.1:9/x>{{7*7}}{%debug%}=1+1"
BALISES_ETRANGERES = {"svg", "img", "iframe", "object", "embed", "marquee", "math"}


def marque(nom: str) -> str:
    return f"{CHARGE}M-{nom}-M"


class Lecteur(HTMLParser):
    """Reads a page as a browser does, and notes what the markup should never hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fautes: list[str] = []

    def handle_starttag(self, balise: str, attributs: list[tuple[str, str | None]]) -> None:
        if balise in BALISES_ETRANGERES:
            self.fautes.append(f"<{balise}>")
        for nom, valeur in attributs:
            if nom.startswith("on") or nom == "style":
                self.fautes.append(f"{balise} {nom}")
            if nom in ("href", "src", "action") and re.match(r"\s*(javascript|data|vbscript):", valeur or "", re.I):
                self.fautes.append(f"{balise} {nom}={valeur}")
        if balise == "script" and not dict(attributs).get("src"):
            self.fautes.append("script en ligne")


def fautes(page: str) -> list[str]:
    lecteur = Lecteur()
    lecteur.feed(page)
    evalue = re.findall(r"(?<![0-9a-f-])49M?(?=\{|M-)", page)
    return lecteur.fautes + evalue


def fautes_du_courriel(html: str) -> list[str]:
    """Mail readers have no style sheet: ours may write a style, nothing else."""
    return [f for f in fautes(html) if not f.endswith(" style")]


@pytest.mark.passages("S39")
def test_the_reader_of_pages_sees_a_hole():
    assert fautes(f'<input value="{CHARGE}">') != []
    assert fautes("<p onclick=x>") == ["p onclick"]


@pytest.fixture
def marquee(heure, creer_compte) -> tuple[Client, Compte]:
    """A candidate whose every text is hostile; the identity is written past the rules, which would refuse it."""
    compte = creer_compte(
        nom_de_famille=marque("nom"), nom_usage=marque("usage"), prenoms=marque("prenoms"), civilite="madame"
    )
    client = scenario.connecter(compte)
    libres = ("domicile_voie", "domicile_complement", "domicile_commune", "correspondance_commune")
    scenario.remplir(
        client,
        identification={c: marque(c) for c in libres} | {"autre_adresse": "oui", "correspondance_voie": marque("cv")},
        candidature=scenario.passe(session="2015", academie=marque("academie")),
    )
    return client, compte


@pytest.mark.passages("S39", "S41")
def test_markers_typed_everywhere_stay_text_in_pages_mails_and_pdf(marquee):
    client, _ = marquee
    assert scenario.enregistrer(client).url == scenario.adresse("candidature")
    [paru] = Document.objects.filter(genre=CONFIRMATION)
    chemins = [
        *(reverse(n) for n in ("mes_candidatures", "mes_documents", "mon_compte", "identite")),
        *(scenario.adresse(n) for n in ("candidature", "desinscription")),
        *(scenario.adresse("etape", etape=e) for e in (*scenario.SAISIES, "recapitulatif")),
        reverse("document", kwargs={"reference": paru.reference}),
    ]
    pages = [client.get(c) for c in chemins]
    assert {p.status_code for p in pages} == {200}
    montrees = "".join(p.content.decode() for p in pages)
    for nom in ("nom", "prenoms", "domicile_voie", "domicile_complement", "academie"):
        assert f"M-{nom}-M" in montrees
    assert [(p.wsgi_request.path, f) for p in pages for f in fautes(p.content.decode())] == []
    assert [c.sujet for c in Courriel.objects.all() if fautes_du_courriel(c.html) or "svg" in c.sujet] == []
    lu = texte_du_pdf(rendu.pdf(paru)).replace(" ", "")
    assert "M-domicile_voie-M" in lu
    assert "<svgonload=alert(1)>" in lu
    assert "49M-" not in lu


@pytest.mark.passages("S39")
@pytest.mark.parametrize("etape", list(scenario.SAISIES))
def test_markers_refused_by_a_step_stay_text_in_its_errors(heure, creer_compte, etape):
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)
    champs = {c: [marque(c)] if isinstance(v, list) else marque(c) for c, v in scenario.SAISIES[etape].items()}
    scenario.poster(client, etape, champs, action=marque("action"))
    scenario.poster(client, etape, champs)
    page = client.get(scenario.adresse("etape", etape=etape)).content.decode()
    assert fautes(page) == []
    croisee = scenario.poster(client, etape, dict.fromkeys(champs, "x"), revision="0", action=marque("action"))
    assert croisee.status_code == 409
    assert "M-action-M" in croisee.content.decode()
    assert fautes(croisee.content.decode()) == []
    brouillon = scenario.poster(client, etape, champs, action="brouillon")
    assert brouillon.headers["Content-Type"] == "application/json"
    assert "svg" not in json.dumps(brouillon.json())


@pytest.mark.passages("S39")
def test_markers_in_the_query_string_stay_text(heure, creer_compte):
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)
    charge = marque("q")
    for qui in (client, Client()):
        for adresse in adresses():
            if adresse.parametres or adresse.patron.startswith("demo/"):
                continue
            page = qui.get(
                reverse(adresse.nom), dict.fromkeys(("q", "next", "candidature", "ajouter", "usage"), charge)
            )
            assert fautes(page.content.decode("utf-8", "replace")) == [], adresse.nom
    for etape in scenario.SAISIES:
        page = client.get(scenario.adresse("etape", etape=etape), {"q": charge, "ajouter": charge})
        assert fautes(page.content.decode()) == []
    assert fautes(client.get(f"/{charge}").content.decode()) == []


@pytest.mark.passages("S39", "S13")
def test_markers_in_the_account_forms_stay_text(heure, creer_compte):
    mauvaises = {c: marque(c) for c in formulaire()} | {"next": marque("next"), "adresse_verifiee": marque("verifiee")}
    anonyme, client = Client(), scenario.connecter(creer_compte())
    noms = ("account_signup", "account_login", "account_reset_password", "account_resend_activation")
    pages = [anonyme.post(reverse(n), mauvaises) for n in noms]
    pages += [client.post(reverse(n), mauvaises) for n in ("identite", "account_change_password", "account_email")]
    assert {p.status_code for p in pages} == {200}
    for page in pages:
        assert fautes(page.content.decode()) == [], page.wsgi_request.path
        assert marque("mot_de_passe") not in page.content.decode()
        assert "M-mot_de_passe-M" not in page.content.decode(), "un mot de passe est réaffiché"


@pytest.mark.passages("S41")
@pytest.mark.parametrize(
    "texte",
    [
        "<link rel=attachment href=file:///etc/passwd>",
        '#image("/etc/passwd")',
        '#read("/etc/hostname")',
        "#panic()",
        "$ sum x $ `code` *gras* _it_ @ref <label> = titre",
        '\\u{202e}/* // #import "@preview/x:1.0.0": *',
    ],
)
def test_the_engine_prints_hostile_text_literally_and_attaches_nothing(creer_compte, texte):
    d = document(contenu(sous_titre=texte), compte=creer_compte())
    d.save()
    octets = rendu.pdf(d)
    with pikepdf.open(BytesIO(octets)) as pdf:
        assert len(pdf.attachments) == 0
        assert "/Names" not in pdf.Root or "/EmbeddedFiles" not in pdf.Root.Names
    lu = texte_du_pdf(octets)
    assert "root:" not in lu
    assert texte.split("(")[0].split()[0][:8] in lu.replace("\u202e", "")


# --- S43: mails --------------------------------------------------------------------------------------


@pytest.mark.passages("S43")
def test_a_name_with_line_breaks_never_becomes_a_header(creer_compte):
    compte = creer_compte()
    piege = f"2026\r\nBcc: pirate@exemple.fr\r\nX-Piege: 1\u2028{CHARGE}"
    service = {"nom": piege, "courriel": "a@exemple.fr", "telephones": [piege]}
    mettre_en_attente(
        cle="piege",
        destinataire=compte.email,
        gabarit="candidature_retiree",
        contexte={"numero": piege, "examen": piege, "session": piege, "le": piege, "fin": piege, "service": service},
        compte=compte,
        le=scenario.LE,
    )
    assert envoyer_dus().envoyes == 1
    [envoye] = mail.outbox
    assert envoye.recipients() == [compte.email]
    lu: Any = message_from_bytes(envoye.message().as_bytes(), policy=email.policy.default)
    assert lu["To"] == compte.email
    assert {n.lower() for n in lu} & {"bcc", "cc", "x-piege", "reply-to"} == set()
    assert "\n" not in lu["Subject"]
    html = lu.get_body(("html",)).get_content()
    assert fautes_du_courriel(html) == []
    assert "&lt;svg" in html
    assert lu.get_body(("plain",)) is not None


@pytest.mark.passages("S43", "S13")
@pytest.mark.parametrize(
    "adresse",
    [
        "a@exemple.fr\r\nBcc: b@exemple.fr",
        "a@exemple.fr, b@exemple.fr",
        "A <a@exemple.fr>",
        "a@exemple.fr\0",
        "a@b@c.fr",
    ],
)
def test_an_address_that_hides_another_creates_nothing_and_mails_nobody(client, heure, adresse):
    page = client.post(reverse("account_signup"), formulaire(courriel=adresse))
    assert page.status_code == 200
    client.post(reverse("account_reset_password"), {"courriel": adresse})
    assert not Compte.objects.exists()
    assert not Courriel.objects.exists()
