"""What the technical traces say, and what they never say."""

from __future__ import annotations

import io
import json
import logging
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from registre.commun import views
from registre.commun.courriels import envoyer_dus
from registre.commun.models import Courriel, Evenement
from registre.commun.traces import Json
from registre.comptes.models import Compte
from tests.comptes.conftest import formulaire, lien_du_dernier_courriel
from tests.inscription import scenario

ADRESSE = "lea.nouvelle@exemple.fr"
MOT_DE_PASSE = formulaire()["mot_de_passe"]


@pytest.fixture
def flux() -> Iterator[io.StringIO]:
    """Everything that is traced, from the most talkative level, as production writes it."""
    tampon = io.StringIO()
    sortie = logging.StreamHandler(tampon)
    sortie.setFormatter(Json())
    racine = logging.getLogger()
    niveau = racine.level
    racine.addHandler(sortie)
    racine.setLevel(logging.DEBUG)
    yield tampon
    racine.setLevel(niveau)
    racine.removeHandler(sortie)


def lignes(flux: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(ligne) for ligne in flux.getvalue().splitlines()]


@pytest.mark.passages("S52")
@pytest.mark.parametrize(
    "texte", ["a\r\nb", "\x1b[31mrouge", "\u2028\u2029", '{"le": "faux"}\n{"niveau": "ERROR"}', "\0"]
)
def test_a_trace_is_one_json_line_whatever_it_says(flux, texte):
    logging.getLogger("registre.essai").warning("reçu %s", texte)
    [ligne] = lignes(flux)
    assert ligne["message"] == f"reçu {texte}"
    assert ligne["niveau"] == "WARNING"
    assert ligne["le"].endswith("+00:00")
    assert flux.getvalue().isascii()
    assert flux.getvalue().count("\n") == 1


@pytest.mark.passages("S52", "P15")
def test_a_trace_masks_addresses_and_links_even_in_an_exception(flux):
    try:
        raise IntegrityError("Key (email)=(lea.nouvelle+bac@exemple.co.uk) already exists")
    except IntegrityError:
        logging.getLogger("registre.essai").exception("refus de /compte/lien/mot-de-passe/AbC-dEf_123/ pour o’n@ex.fr")
    tout = flux.getvalue()
    assert "exemple" not in tout
    assert "AbC-dEf_123" not in tout
    assert "ex.fr" not in tout
    assert "IntegrityError" in tout


class EnPanne(EmailBackend):
    """A mail server that quotes the address it refuses, as they do."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({m.to[0]: (550, f"no such user {m.to[0]}".encode()) for m in messages})


@pytest.mark.passages("S52", "P15", "P8", "F12")
@pytest.mark.django_db
def test_a_whole_journey_leaves_no_secret_in_the_traces(heure, flux, monkeypatch, settings):
    """Creation, activation, wrong and right login, six steps, saving, refusals, failures, mail that bounces."""
    client = Client(raise_request_exception=False)
    client.post(reverse("account_signup"), formulaire())
    lien = lien_du_dernier_courriel()
    assert client.post(lien).status_code == 405
    client.get(lien)
    client.post(reverse("account_confirm_email"))
    client.post(reverse("account_login"), {"courriel": ADRESSE, "mot_de_passe": "Faux*en.Juin"})
    client.post(reverse("account_login"), {"courriel": ADRESSE, "mot_de_passe": MOT_DE_PASSE})
    scenario.poster(client, "identification", scenario.SAISIES["identification"])
    scenario.poster(client, "candidature", scenario.SAISIES["candidature"], handicap="oui")
    for etape in ("qualification", "acquis", "epreuves"):
        scenario.poster(client, etape, scenario.SAISIES[etape])
    assert scenario.enregistrer(client).status_code == 302
    temoin = client.cookies["sessionid"].value
    client.get("/nulle/part?courriel=" + ADRESSE)
    Client(enforce_csrf_checks=True).post(reverse("account_login"), {"mot_de_passe": MOT_DE_PASSE})
    client.get("/", headers={"host": f"{ADRESSE}.example"})
    with monkeypatch.context() as panne:
        compte = Compte.objects.get()

        def en_panne(*args: Any) -> None:
            raise RuntimeError(f"{compte.email} {lien}")

        panne.setattr(views, "_services", en_panne)
        assert client.get(reverse("ouverture_des_services")).status_code == 500
    settings.EMAIL_BACKEND = f"{__name__}.EnPanne"
    assert envoyer_dus().abandonnes == Courriel.objects.count() > 0

    tout, jeton = flux.getvalue(), lien.rstrip("/").rpartition("/")[2]
    assert {ligne["niveau"] for ligne in lignes(flux)} >= {"WARNING", "ERROR"}
    interdits = {
        "mot de passe": MOT_DE_PASSE,
        "mot de passe tenté": "Faux*en.Juin",
        "adresse": ADRESSE,
        "nom": "Nguy",
        "jeton": jeton,
        "témoin de session": temoin,
        "rue": "Tanneurs",
        "téléphone": "06 39 98",
        "handicap": "handicap",
        "naissance": "1998",
    }
    assert [nom for nom, valeur in interdits.items() if valeur in tout] == []


@pytest.mark.passages("S52")
@pytest.mark.django_db
def test_the_journal_names_each_act_of_the_journey_and_no_secret(heure):
    client = Client()
    client.post(reverse("account_signup"), formulaire())
    client.get(lien_du_dernier_courriel())
    client.post(reverse("account_confirm_email"))
    client.post(reverse("account_login"), {"courriel": ADRESSE, "mot_de_passe": "Faux*en.Juin"})
    client.post(reverse("account_login"), {"courriel": ADRESSE, "mot_de_passe": MOT_DE_PASSE})
    scenario.remplir(client)
    scenario.enregistrer(client)
    client.post(scenario.adresse("desinscription"))
    client.post(reverse("account_logout"))
    actes = list(Evenement.objects.order_by("pk").values_list("acte", flat=True))
    assert actes == [
        "compte_cree",
        "compte_active",
        "connexion_refusee",
        "connexion",
        "candidature_enregistree",
        "document_mis_a_disposition",  # the demande de pièces
        "document_mis_a_disposition",  # the confirmation
        "candidature_retiree",
        "deconnexion",
    ]
    for evenement in Evenement.objects.all():
        assert len(evenement.demande) == 36
        ecrit = f"{evenement.objet} {evenement.details}"
        assert not [
            s for s in (ADRESSE, MOT_DE_PASSE, "Faux*en.Juin", "Nguy", "Tanneurs", "handicap", "1998") if s in ecrit
        ]


@pytest.mark.passages("S52")
@pytest.mark.django_db
def test_the_request_id_of_the_page_is_the_one_of_the_trace(client, flux):
    reponse = client.get("/nulle/part")
    [trace] = [ligne for ligne in lignes(flux) if "/nulle/part" in ligne["message"]]
    assert trace["demande"] == reponse.headers["X-Request-Id"]
