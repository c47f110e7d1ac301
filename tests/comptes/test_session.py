"""How long a session lasts, and what becomes of what was being typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from registre.comptes.models import PostEnAttente
from tests.comptes.conftest import se_connecter
from tests.conftest import MOT_DE_PASSE

pytestmark = pytest.mark.django_db

LE = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
ETAPE, SANS = "/essai/etape/", "/essai/sans/"
SAISIE = {"nom": "Dürand", "langues": ["anglais", "occitan"], "mot_de_passe": "secret", "repere": ""}


def ouverte(client: Client) -> bool:
    return client.get(reverse("mon_compte")).status_code == 200


@pytest.mark.passages("S16")
@pytest.mark.parametrize(("ecart", "reste_ouverte"), [(-1, True), (0, False), (1, False)])
def test_session_ends_after_30_minutes_without_action(compte, ecart, reste_ouverte):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        horloge.shift(timedelta(minutes=30, seconds=ecart))
        assert ouverte(client) is reste_ouverte


@pytest.mark.passages("S16")
@pytest.mark.parametrize(
    ("role", "heures", "ecart", "reste_ouverte"),
    [
        ("candidat", 12, -1, True),
        ("candidat", 12, 0, False),
        ("gestionnaire", 10, -1, True),
        ("gestionnaire", 10, 0, False),
    ],
)
def test_session_has_an_absolute_end_by_role(compte, role, heures, ecart, reste_ouverte):
    compte.role, compte.academie = role, "clermont-ferrand"
    compte.save()
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        for _ in range(heures * 3 - 1):
            horloge.shift(timedelta(minutes=20))
            client.post(reverse("prolonger"))
        horloge.shift(timedelta(minutes=20, seconds=ecart))
        assert (client.post(reverse("prolonger")).status_code == 200) is reste_ouverte


@pytest.mark.passages("S16", "A12")
def test_prolonger_moves_the_end_and_tells_what_is_left(compte):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        horloge.shift(timedelta(minutes=28))
        assert client.post(reverse("prolonger")).json() == {"reste": 1800}
        horloge.shift(timedelta(minutes=29))
        page = client.get(reverse("mon_compte")).content.decode()
        assert 'data-reste="1800"' in page
        assert f'data-prolonger="{reverse("prolonger")}"' in page


@pytest.mark.passages("S16")
def test_last_action_is_written_once_a_minute_at_most(compte, django_assert_num_queries):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        horloge.shift(timedelta(seconds=59))
        avant = Session.objects.get().session_data
        client.post(reverse("prolonger"))
        assert Session.objects.get().session_data == avant
        horloge.shift(timedelta(seconds=1))
        client.post(reverse("prolonger"))
        assert Session.objects.get().session_data != avant


@pytest.mark.passages("S16")
def test_session_cookie_ends_with_the_browser(compte):
    temoin = se_connecter(Client(), compte.email).cookies["sessionid"]
    assert (temoin["max-age"], temoin["expires"]) == ("", "")


def fermer(horloge: time_machine.Traveller) -> None:
    horloge.shift(timedelta(minutes=31))


def se_reconnecter(client: Client, arrivee: str, courriel: str) -> str:
    page = client.get(arrivee)
    saisie = {"courriel": courriel, "mot_de_passe": MOT_DE_PASSE, "next": page.context["next"]}
    return client.post(reverse("account_login"), saisie)["Location"]


@pytest.mark.passages("F35", "A12", "S16")
def test_what_was_sent_after_the_end_comes_back_after_the_connexion(compte):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        fermer(horloge)
        sortie = client.post(ETAPE, SAISIE)
        assert sortie["Location"] == f"{reverse('account_login')}?next={ETAPE}"
        assert "Ce que vous veniez d’envoyer est conservé" in client.get(sortie["Location"]).content.decode()

        assert se_reconnecter(client, sortie["Location"], compte.email) == ETAPE
        rendue = client.get(ETAPE).content.decode()
        assert "nom=D%C3%BCrand" in rendue
        assert "langues=anglais&amp;langues=occitan" in rendue
        assert "secret" not in rendue
        assert "csrf" not in rendue.split("</form>")[1]

        # It stays until it is saved.
        assert "nom=" in client.get(ETAPE).content.decode()
        client.post(ETAPE, {"nom": "Durand"})
        assert client.get(ETAPE).content.decode().endswith("rien")
        assert not PostEnAttente.objects.exists()


@pytest.mark.passages("F35")
def test_what_is_kept_is_unreadable_in_the_database(compte):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        fermer(horloge)
        client.post(ETAPE, SAISIE)
        assert b"rand" not in bytes(PostEnAttente.objects.get().corps)


@pytest.mark.passages("F35")
def test_what_was_sent_is_for_the_same_compte_and_the_same_page_only(compte, creer_compte):
    autre = creer_compte()
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        fermer(horloge)
        sortie = client.post(ETAPE, SAISIE)
        se_reconnecter(client, sortie["Location"], autre.email)
        assert client.get(ETAPE).content.decode().endswith("rien")
        assert PostEnAttente.objects.count() == 1


@pytest.mark.passages("F35")
@pytest.mark.parametrize(("ecart", "rendue"), [(-1, True), (0, False)])
def test_what_was_sent_is_kept_two_hours(compte, ecart, rendue):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        fermer(horloge)
        sortie = client.post(ETAPE, SAISIE)
        horloge.shift(timedelta(hours=2, seconds=ecart))
        se_reconnecter(client, sortie["Location"], compte.email)
        assert ("nom=" in client.get(ETAPE).content.decode()) is rendue


@pytest.mark.passages("F35")
def test_a_wiped_session_loses_nothing_thanks_to_the_repere(compte, connecte):
    formulaire = connecte.get(ETAPE).content.decode()
    repere = formulaire.split('name="repere" value="')[1].split('"')[0]
    Session.objects.all().delete()

    sortie = connecte.post(ETAPE, {**SAISIE, "repere": repere})
    se_reconnecter(connecte, sortie["Location"], compte.email)

    rendue = connecte.get(ETAPE).content.decode().split("</form>")[1]
    assert "nom=D%C3%BCrand" in rendue
    assert "repere" not in rendue


def test_nothing_is_kept_from_a_stranger_or_for_another_view(compte):
    with time_machine.travel(LE, tick=False) as horloge:
        Client().post(ETAPE, {**SAISIE, "repere": "1:faux:faux"})
        client = Client()
        se_connecter(client, compte.email)
        fermer(horloge)
        client.post(SANS, SAISIE)
        client.get(ETAPE)
    assert not PostEnAttente.objects.exists()


@pytest.mark.passages("S20", "F35")
def test_nothing_is_kept_without_the_csrf_token(compte):
    with time_machine.travel(LE, tick=False) as horloge:
        client = Client(enforce_csrf_checks=True)
        client.force_login(compte)
        client.get(ETAPE)
        fermer(horloge)
        assert client.post(ETAPE, SAISIE).status_code == 403
        assert not PostEnAttente.objects.exists()
        client.force_login(compte)
        client.get(ETAPE)
        fermer(horloge)
        jeton = client.cookies["csrftoken"].value
        assert client.post(ETAPE, {**SAISIE, "csrfmiddlewaretoken": jeton}).status_code == 302
        assert PostEnAttente.objects.count() == 1


def test_purger_comptes_erases_what_has_expired_and_nothing_else(compte):
    from django.core.management import call_command

    from registre.comptes.models import Essai, Lien

    def compter() -> tuple[int, ...]:
        return Lien.objects.count(), Essai.objects.count(), PostEnAttente.objects.count(), Session.objects.count()

    with time_machine.travel(LE, tick=False) as horloge:
        client = Client()
        se_connecter(client, compte.email)
        fermer(horloge)
        client.post(ETAPE, SAISIE)
        client.post(reverse("account_reset_password"), {"courriel": compte.email})
        avant = compter()
        assert min(avant) >= 1
        call_command("purger_comptes")
        assert compter() == avant
        horloge.shift(timedelta(days=8, hours=1))
        call_command("purger_comptes")
        assert compter() == (0, 0, 0, 0)
