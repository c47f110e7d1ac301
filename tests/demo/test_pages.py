"""The bar moves the clock, the mailbox shows every mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.courriels import mettre_en_attente
from registre.commun.horloge import maintenant
from registre.commun.models import Courriel, DecalageHorloge
from registre.comptes.models import Compte
from registre.demo import etats
from registre.demo.moments import moments
from registre.demo.personnes import EN_COURS, NOUVELLE, PERSONNES
from registre.demo.templatetags.demo_tags import liens_du_site
from registre.inscription.models import Candidature
from registre.justificatifs.rangement import cles_nommees
from tests.justificatifs.coffre_de_test import objets

from .test_personnes import se_connecter

MOMENTS = moments(principal().calendrier)
SUITE = "/ouverture-des-services/"
PEU = timedelta(minutes=2)  # what a busy machine may take to fill the demonstration; moments are days apart


def ecart(code: str) -> timedelta:
    return maintenant() - MOMENTS[code].instant


def aller(client: Client, code: str, suite: str = SUITE) -> Any:
    return client.post("/demo/horloge", {"moment": code, "suite": suite}, follow=True)


@pytest.mark.parametrize("code", ["derniere-minute", "cloture", "depot-clos"])
def test_the_bar_moves_the_clock_forward_and_keeps_everything(demo: None, client: Client, code: str) -> None:
    numeros = set(Candidature.objects.values_list("numero", flat=True))
    page = aller(client, code)
    assert page.redirect_chain == [(SUITE, 302)]
    assert timedelta(0) <= ecart(code) < PEU
    assert "L’heure a avancé" in page.content.decode()
    assert set(Candidature.objects.values_list("numero", flat=True)) == numeros


def test_the_session_of_the_site_survives_a_move_and_the_register_closes(demo: None) -> None:
    client = se_connecter(EN_COURS)
    aller(client, "cloture", "/candidatures/")
    page = client.get("/candidatures/")
    assert page.status_code == 200
    assert "Les inscriptions sont closes" in page.content.decode()
    reponse = client.post("/inscription/clermont-ferrand/2026/bac-pro/enregistrer", {"vu": ""})
    assert reponse.status_code == 403


def test_an_earlier_moment_says_that_it_resets_then_resets(demo: None) -> None:
    client = se_connecter(EN_COURS)
    aller(client, "depot-clos")
    texte = client.get("/demo/").content.decode()
    assert texte.count("(remet à zéro)") == len(MOMENTS)
    page = aller(client, "ouverture")
    assert page.redirect_chain == [("/demo/", 302)]
    assert "remise à zéro et votre session est fermée" in page.content.decode()
    assert timedelta(0) <= ecart("ouverture") < PEU
    assert not Candidature.objects.exists()
    assert objets() == set()  # the vault followed
    assert client.get("/candidatures/").status_code == 302


def test_the_bar_says_which_moments_are_past(demo: None, client: Client) -> None:
    texte = client.get("/").content.decode()
    assert "Milieu&nbsp;(remet à zéro)" in texte
    assert "Dernière minute</button>" in texte
    assert "lundi 20\u00a0octobre 2025 à 10\u00a0h\u00a000\u00a0min" in texte


def test_the_reset_button_brings_the_start_back(demo: None, client: Client) -> None:
    avant = [(e["etat"], e["pieces"]) for e in etats.personnes(maintenant())]
    ranges = objets()
    se_connecter(NOUVELLE).post(
        "/inscription/clermont-ferrand/2026/bac-pro/etape/identification", {"domicile_voie": "1 rue Basse"}
    )
    aller(client, "cloture")
    assert [(e["etat"], e["pieces"]) for e in etats.personnes(maintenant())] != avant
    page = client.post("/demo/reset", follow=True)
    assert page.redirect_chain == [("/demo/", 302)]
    assert timedelta(0) <= ecart("milieu") < PEU
    assert DecalageHorloge.objects.count() == 1
    assert Compte.objects.count() == len(PERSONNES)
    assert [(e["etat"], e["pieces"]) for e in etats.personnes(maintenant())] == avant
    assert objets() == cles_nommees()
    assert objets().isdisjoint(ranges)


@pytest.mark.parametrize("suite", ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", ""])
def test_a_move_never_leads_to_another_site(demo: None, client: Client, suite: str) -> None:
    reponse = client.post("/demo/horloge", {"moment": "cloture", "suite": suite})
    assert reponse.headers["Location"] == "/demo/"


def test_an_unknown_moment_is_not_found_and_a_get_changes_nothing(demo: None, client: Client) -> None:
    assert client.post("/demo/horloge", {"moment": "demain"}).status_code == 404
    assert client.get("/demo/horloge").status_code == 405
    assert client.get("/demo/reset").status_code == 405


def test_a_move_needs_the_csrf_token(demo: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demo/horloge", {"moment": "cloture"}).status_code == 403
    assert strict.post("/demo/reset").status_code == 403


# --- Courriels --------------------------------------------------------------------------------------


def test_the_mailbox_lists_every_mail_with_its_state(demo: None, client: Client) -> None:
    Courriel.objects.filter(pk=Courriel.objects.earliest("pk").pk).update(etat=Courriel.Etat.ABANDONNE)
    texte = client.get("/demo/courriels/").content.decode()
    for courriel in Courriel.objects.all():
        assert reverse("demo_courriel", kwargs={"numero": courriel.pk}) in texte
    assert "non distribué" in texte
    assert "à envoyer" in texte


def test_the_link_of_a_mail_follows_the_public_address_and_activates_a_compte(
    demo: None, client: Client, settings: Any
) -> None:
    settings.URL_PUBLIQUE = "http://127.0.0.1:8123"
    inconnu = "nina.morel@demo.example"
    page = client.get("/compte/creation/")
    saisie = {
        "demande": page.context["formulaire"].initial["demande"],
        "civilite": "madame",
        "nom": "Morel",
        "confirmation_nom": "Morel",
        "prenoms": "Nina",
        "date_de_naissance": "01/02/2000",
        "confirmation_date_de_naissance": "01/02/2000",
        "pays_de_naissance": "FR",
        "courriel": inconnu,
        "confirmation_courriel": inconnu,
        "mot_de_passe": "Bruyere*42",
        "confirmation_mot_de_passe": "Bruyere*42",
    }
    assert client.post("/compte/creation/", saisie).status_code == 302
    numero = Courriel.objects.get(destinataire=inconnu).pk
    texte = client.get(f"/demo/courriels/{numero}/").content.decode()
    lien = texte.split('<a href="http://127.0.0.1:8123/compte/lien/activation/')[1].split('"')[0]
    client.get(f"/compte/lien/activation/{lien}", follow=True)
    client.post("/compte/activation/")
    assert Compte.objects.get(email=inconnu).active_le is not None


def test_an_unknown_mail_is_not_found(demo: None, client: Client) -> None:
    assert client.get("/demo/courriels/999999/").status_code == 404


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Allez sur https://ici.example/a?b=1&c=2.", '<a href="https://ici.example/a?b=1&amp;c=2">'),
        ("https://ici.example/\nPuis", '<a href="https://ici.example/">https://ici.example/</a>\nPuis'),
        ("(https://ici.example)", '(<a href="https://ici.example">https://ici.example</a>)'),
    ],
)
@pytest.mark.sans_base
def test_addresses_of_this_site_become_links(settings: Any, texte: str, attendu: str) -> None:
    settings.URL_PUBLIQUE = "https://ici.example"
    assert attendu in liens_du_site(texte)


@pytest.mark.sans_base
@pytest.mark.parametrize(
    "texte",
    [
        "https://ailleurs.example/",
        "https://ici.example.ailleurs.example/",
        "https://ici.example@ailleurs.example/",
        "https://ici.example:81/",
        '<script>alert("https://ici.exampleX")</script>',
        "javascript:alert(1)",
    ],
)
def test_nothing_else_becomes_a_link_and_html_is_escaped(settings: Any, texte: str) -> None:
    settings.URL_PUBLIQUE = "https://ici.example"
    rendu = liens_du_site(texte)
    assert "<a " not in rendu
    assert "<script" not in rendu


def test_the_mailbox_pages_beyond_fifty_mails(demo: None, client: Client) -> None:
    contexte = {"mot_de_passe": "https://ici.example/"}
    for n in range(50):
        mettre_en_attente(
            cle=f"essai:{n}",
            destinataire="nina.morel@demo.example",
            gabarit="mot_de_passe_change",
            contexte=contexte,
            compte=None,
            le=timezone.now(),
        )
    assert "page 1 sur 2" in client.get("/demo/courriels/").content.decode()
    assert "page 2 sur 2" in client.get("/demo/courriels/?page=2").content.decode()


# --- Hors démonstration -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_outside_the_demonstration_there_is_no_bar_and_no_address(client: Client) -> None:
    assert "registre-demo" not in client.get("/").content.decode()
    assert client.get("/demo/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo_accueil")
