"""The brake: it slows guesses down and never shuts the owner out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse

from registre.commun.models import Courriel
from registre.comptes.frein import cle_de, reseau
from registre.comptes.models import Essai
from tests.comptes.conftest import creer_par_le_site, lien_du_dernier_courriel, se_connecter
from tests.conftest import MOT_DE_PASSE

pytestmark = pytest.mark.django_db

LE = datetime(2025, 11, 7, 15, 50, tzinfo=UTC)  # ten minutes before closing
FAUX = "Faux*en.Juin"


@pytest.mark.passages("S7")
def test_delay_grows_after_five_failures(compte):
    with time_machine.travel(LE, tick=False) as horloge:
        for _ in range(5):
            assert se_connecter(Client(), compte.email, FAUX).status_code == 200
        for attente in (60, 120, 240, 480, 900, 900):
            trop = se_connecter(Client(), compte.email, FAUX)
            assert (trop.status_code, trop["Retry-After"]) == (429, str(attente))
            assert "Trop d’essais" in trop.content.decode()
            horloge.shift(timedelta(seconds=attente - 1))
            assert se_connecter(Client(), compte.email, MOT_DE_PASSE).status_code == 429
            horloge.shift(timedelta(seconds=1))
            assert se_connecter(Client(), compte.email, FAUX).status_code == 200


@pytest.mark.passages("S7")
@pytest.mark.parametrize("adresse", ["candidat1@exemple.fr", "inconnu@exemple.fr"])
def test_25_tries_in_24_hours_and_not_one_more(compte, adresse):
    acceptes = 0
    with time_machine.travel(LE, tick=False) as horloge:
        for _ in range(24 * 12):
            acceptes += se_connecter(Client(), adresse, FAUX).status_code == 200
            horloge.shift(timedelta(minutes=5))
        assert acceptes == 25
        # The first tries have now left the window.
        assert se_connecter(Client(), adresse, FAUX).status_code == 200


@pytest.mark.passages("S8")
def test_owner_gets_in_on_a_known_device_while_an_attacker_hammers(compte):
    proprietaire, attaquant = Client(), Client()
    with time_machine.travel(LE, tick=False) as horloge:
        assert se_connecter(proprietaire, compte.email).status_code == 302
        proprietaire.post(reverse("account_logout"))
        assert "appareil" in proprietaire.cookies
        for n in range(100):
            horloge.shift(timedelta(seconds=5))
            attaque = se_connecter(attaquant, compte.email, FAUX, REMOTE_ADDR=f"198.51.100.{n}")
        assert attaque.status_code == 429

        assert se_connecter(proprietaire, compte.email, FAUX).status_code == 200
        assert se_connecter(proprietaire, compte.email).status_code == 302


@pytest.mark.passages("S8")
def test_owner_without_a_known_device_gets_in_by_the_mailed_link(compte):
    neuf = Client()
    for _ in range(6):
        se_connecter(Client(), compte.email, FAUX)
    assert se_connecter(neuf, compte.email).status_code == 429

    neuf.post(reverse("account_reset_password"), {"courriel": compte.email})
    neuf.get(lien_du_dernier_courriel())
    nouveau = {"mot_de_passe": "Tulipe*en.Juin", "confirmation_mot_de_passe": "Tulipe*en.Juin"}
    assert neuf.post(reverse("account_reset_password_from_key"), nouveau).status_code == 302

    assert se_connecter(neuf, compte.email, "Tulipe*en.Juin").status_code == 302


@pytest.mark.passages("S7", "S8")
def test_a_known_device_has_a_limit_of_its_own_and_serves_no_other_compte(compte, creer_compte):
    appareil, autre = Client(), creer_compte()
    se_connecter(appareil, compte.email)
    appareil.post(reverse("account_logout"))

    for _ in range(5):
        se_connecter(appareil, compte.email, FAUX)
    assert se_connecter(appareil, compte.email).status_code == 429
    for _ in range(5):
        se_connecter(Client(), autre.email, FAUX)
    assert se_connecter(appareil, autre.email).status_code == 429


@pytest.mark.passages("S8", "S45")
def test_a_forged_device_cookie_is_worth_nothing(compte):
    for _ in range(5):
        se_connecter(Client(), compte.email, FAUX)
    faussaire = Client()
    faussaire.cookies["appareil"] = f'{{"{compte.pk}": "x"}}:1abc:fausse'

    assert se_connecter(faussaire, compte.email).status_code == 429


@pytest.mark.passages("S18")
def test_device_cookie_is_out_of_reach_of_scripts(compte):
    temoin = se_connecter(Client(), compte.email).cookies["appareil"]

    assert temoin["httponly"]
    assert temoin["samesite"] == "Lax"
    assert temoin["path"] == "/"
    assert not temoin["domain"]


@pytest.mark.passages("L9")
def test_150_candidats_behind_one_address_are_never_slowed(creer_compte):
    comptes = [creer_compte(email=f"eleve{n}@lycee.fr") for n in range(150)]
    with time_machine.travel(LE, tick=False) as horloge:
        for n, compte in enumerate(comptes):
            client = Client(REMOTE_ADDR="203.0.113.7")
            if n % 5 == 0:  # one in five mistypes first
                assert se_connecter(client, compte.email, FAUX).status_code == 200
            assert se_connecter(client, compte.email).status_code == 302
            horloge.shift(timedelta(seconds=6))


@pytest.mark.passages("S7")
def test_one_network_is_stopped_at_600_anonymous_demands(client):
    with time_machine.travel(LE, tick=False) as horloge:
        cle = cle_de("reseau", "2001:db8:1:1::/64")
        Essai.objects.bulk_create(Essai(cle=cle, le=LE) for _ in range(599))
        assert se_connecter(client, "a", "x", REMOTE_ADDR="2001:db8:1:1::1").status_code == 200
        assert se_connecter(client, "b", "x", REMOTE_ADDR="2001:db8:1:1:ffff::2").status_code == 429
        assert se_connecter(client, "b", "x", REMOTE_ADDR="2001:db8:1:2::1").status_code == 200
        assert creer_par_le_site(Client(REMOTE_ADDR="2001:db8:1:1::3")).status_code == 429
        horloge.shift(timedelta(minutes=15, seconds=1))
        assert se_connecter(client, "b", "x", REMOTE_ADDR="2001:db8:1:1::2").status_code == 200


@pytest.mark.passages("S30")
@pytest.mark.parametrize(
    ("adresse", "relais", "vu"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody we trust: his word is ignored
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what the client wrote comes first
        ("10.0.0.1", "198.51.100.1, 10.0.0.1", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "n’importe quoi", "inconnu"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("2001:db8::5", "", "2001:db8::/64"),
    ],
)
def test_the_network_is_told_only_by_a_trusted_proxy(settings, adresse, relais, vu):
    settings.MANDATAIRES_DE_CONFIANCE = ["10.0.0.1"]
    demande = RequestFactory().get("/", REMOTE_ADDR=adresse, HTTP_X_FORWARDED_FOR=relais)

    assert reseau(demande) == vu


@pytest.mark.passages("S7")
def test_reset_mails_are_three_an_hour_and_nobody_is_told(compte, client):
    with time_machine.travel(LE, tick=False) as horloge:
        for _ in range(5):
            reponse = client.post(reverse("account_reset_password"), {"courriel": compte.email})
            assert reponse["Location"] == reverse("account_reset_password_done")
        assert Courriel.objects.count() == 3
        horloge.shift(timedelta(hours=1, seconds=1))
        client.post(reverse("account_reset_password"), {"courriel": compte.email})
        assert Courriel.objects.count() == 4


@pytest.mark.passages("S7")
def test_mails_of_one_sort_do_not_eat_the_share_of_another(compte, client):
    for _ in range(4):
        creer_par_le_site(client, courriel=compte.email)
    client.post(reverse("account_reset_password"), {"courriel": compte.email})

    assert Courriel.objects.latest("pk").sujet == "Choisissez un nouveau mot de passe"
    assert Courriel.objects.count() == 4


@pytest.mark.passages("P15")
def test_what_is_counted_names_nobody(compte):
    se_connecter(Client(), compte.email, FAUX, REMOTE_ADDR="203.0.113.7")

    cles = " ".join(Essai.objects.values_list("cle", flat=True))
    assert Essai.objects.count() == 2
    assert compte.email not in cles
    assert "203.0.113" not in cles


@pytest.mark.passages("S7")
def test_a_stolen_session_is_no_place_to_guess_the_password(compte, connecte):
    saisie = {"actuel": FAUX, "mot_de_passe": "Tulipe*en.Juin", "confirmation_mot_de_passe": "Tulipe*en.Juin"}
    for _ in range(5):
        assert connecte.post(reverse("account_change_password"), saisie).status_code == 200
    assert connecte.post(reverse("account_change_password"), saisie).status_code == 429
