"""Opening a session: constant answers, safe redirections, keys that change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from hypothesis import HealthCheck, given
from hypothesis import settings as reglages
from hypothesis import strategies as st

from registre.commun.models import Courriel, Evenement
from registre.comptes.connexion import adresse_lue
from registre.comptes.hachage import Argon2id
from registre.comptes.models import Compte
from tests.comptes.conftest import creer_par_le_site, lien_du_dernier_courriel, se_connecter, sujets
from tests.comptes.facteur import connecter_agent
from tests.conftest import MOT_DE_PASSE

pytestmark = pytest.mark.django_db


class Compteur(Argon2id):
    """Our hasher, which also counts the times it is asked to work."""

    fois = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).fois += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        type(self).fois += 1
        return super().verify(password, encoded)


@pytest.fixture
def hachages(settings: Any) -> Callable[[Callable[[], Any]], int]:
    """How many hashes an act costs."""
    settings.PASSWORD_HASHERS = ["tests.comptes.test_connexion.Compteur"]

    def compter(acte: Callable[[], Any]) -> int:
        avant = Compteur.fois
        acte()
        return Compteur.fois - avant

    return compter


def nette(response: Any) -> tuple[Any, ...]:
    """Status, headers and body, without what is random in every answer."""
    entetes = {n: v for n, v in response.headers.items() if n != "X-Request-Id"}
    corps = re.sub(r'name="(csrfmiddlewaretoken|demande)" value="[^"]+"', "", response.content.decode())
    return response.status_code, entetes, sorted(response.cookies), corps


@pytest.mark.passages("S9")
def test_connexion_answers_the_same_for_a_wrong_password_an_unknown_address_and_a_waiting_compte(compte, creer_compte):
    creer_compte(email="attend@exemple.fr", active_le=None)
    creer_compte(email="eteint@exemple.fr", is_active=False)
    essais = [
        (compte.email, "Faux*en.Mai"),
        ("inconnu@exemple.fr", MOT_DE_PASSE),
        ("attend@exemple.fr", MOT_DE_PASSE),
        ("eteint@exemple.fr", MOT_DE_PASSE),
    ]

    reponses = []
    for adresse, mot_de_passe in essais:
        statut, entetes, cookies, corps = nette(se_connecter(Client(), adresse, mot_de_passe))
        del entetes["Content-Length"]  # the typed address is shown again
        reponses.append((statut, entetes, cookies, corps.replace(escape(adresse), "")))

    assert reponses[0][0] == 200
    assert all(r == reponses[0] for r in reponses)
    assert list(Evenement.objects.values_list("acte", flat=True)) == ["connexion_refusee"] * 4


@pytest.mark.passages("S9")
def test_connexion_hashes_as_much_for_an_unknown_address(hachages, compte):
    connu = hachages(lambda: se_connecter(Client(), compte.email, "Faux*en.Mai"))
    inconnu = hachages(lambda: se_connecter(Client(), "inconnu@exemple.fr", "Faux*en.Mai"))
    illisible = hachages(lambda: se_connecter(Client(), "pas une adresse\x00", "Faux*en.Mai"))

    assert connu == inconnu == illisible == 1


@pytest.mark.passages("S9", "compte.creation-unique")
def test_creation_answers_the_same_for_a_known_address_and_tells_its_owner(hachages, compte):
    reponses = {}
    travail = {}
    for adresse in (compte.email, "neuve@exemple.fr"):

        def creer(adresse: str = adresse) -> None:
            reponses[adresse] = nette(creer_par_le_site(Client(), courriel=adresse))

        travail[adresse] = hachages(creer)

    assert reponses[compte.email] == reponses["neuve@exemple.fr"]
    assert travail == {compte.email: 1, "neuve@exemple.fr": 1}
    assert sujets() == ["Vous avez déjà un compte", "Activez votre compte"]
    assert Courriel.objects.first().destinataire == compte.email
    compte.refresh_from_db()
    assert compte.nom_de_famille == "Durand"
    assert compte.check_password(MOT_DE_PASSE)


@pytest.mark.passages("S9")
@pytest.mark.parametrize("nom", ["account_reset_password", "account_resend_activation"])
def test_links_are_asked_for_with_one_and_the_same_answer(compte, creer_compte, nom):
    creer_compte(email="attend@exemple.fr", active_le=None)

    reponses = [
        nette(Client().post(reverse(nom), {"courriel": adresse}))
        for adresse in (compte.email, "attend@exemple.fr", "inconnu@exemple.fr")
    ]

    assert reponses[0][0] == 302
    assert all(r == reponses[0] for r in reponses)


@pytest.mark.passages("S9")
def test_answers_about_addresses_take_a_floor_of_time(compte, settings):
    import time

    settings.DUREE_PLANCHER = 0.3
    durees = []
    for adresse in (compte.email, "inconnu@exemple.fr"):
        debut = time.perf_counter()
        Client().post(reverse("account_reset_password"), {"courriel": adresse})
        durees.append(time.perf_counter() - debut)
    assert min(durees) >= 0.3


@pytest.mark.passages("S6")
def test_passwords_are_argon2id_with_the_agreed_costs(compte):
    parametres = Argon2id().decode(compte.password)

    assert identify_hasher(compte.password).algorithm == "argon2"
    assert parametres["variety"] == "argon2id"
    assert (parametres["memory_cost"], parametres["time_cost"], parametres["parallelism"]) == (19_456, 2, 1)


@pytest.mark.passages("S6")
def test_connexion_hashes_again_a_password_whose_cost_is_old(compte):
    class Ancien(Argon2id):
        time_cost = 1

    compte.password = Ancien().encode(MOT_DE_PASSE, "selselselselselselsel1")
    compte.save()

    assert se_connecter(Client(), compte.email).status_code == 302
    compte.refresh_from_db()
    assert Argon2id().decode(compte.password)["time_cost"] == 2


@pytest.mark.passages("S15")
def test_connexion_changes_the_key_and_deconnexion_kills_it(compte):
    client = Client()
    client.get(reverse("account_lien", args=["activation", "x" * 43]))
    avant = client.cookies["sessionid"].value
    se_connecter(client, compte.email)
    ouverte = client.cookies["sessionid"].value
    assert ouverte != avant

    sortie = client.post(reverse("account_logout"))
    assert sortie["Clear-Site-Data"] == '"cache", "storage"'

    for vieille in (avant, ouverte):
        client.cookies["sessionid"] = vieille
        assert client.get(reverse("mon_compte")).status_code == 302
    assert list(Evenement.objects.values_list("acte", flat=True)) == ["connexion", "deconnexion"]


@pytest.mark.passages("S15")
def test_a_disabled_compte_is_out_at_its_next_request(compte, connecte):
    assert connecte.get(reverse("mon_compte")).status_code == 200
    Compte.objects.filter(pk=compte.pk).update(is_active=False)

    assert connecte.get(reverse("mon_compte"))["Location"].startswith(reverse("account_login"))


@pytest.mark.passages("S20")
def test_every_change_wants_post_and_its_token(compte):
    client = Client(enforce_csrf_checks=True)
    client.force_login(compte)
    for nom in ("account_logout", "account_change_password", "account_email", "identite", "prolonger"):
        assert client.post(reverse(nom)).status_code == 403, nom
    anonyme = Client(enforce_csrf_checks=True)
    for nom in ("account_login", "account_signup", "account_confirm_email", "account_reset_password"):
        assert anonyme.post(reverse(nom)).status_code == 403, nom
    for nom in ("account_logout", "prolonger"):
        assert client.get(reverse(nom)).status_code == 405


@pytest.mark.passages("S13", "compte.adresse-mail-identifiant")
@pytest.mark.parametrize(
    ("tapee", "lue"),
    [
        ("MIKE@EXAMPLE.ORG", "mike@example.org"),
        ("oﬀice@example.org", "office@example.org"),  # ligature ff
        ("ſam@example.org", "sam@example.org"),  # long s
        ("ＬＥＡ@example.org", "lea@example.org"),  # full width
        ("lea+bac@example.org", "lea+bac@example.org"),
        ("mıke@example.org", None),  # dotless i: another letter
        ("mİke@example.org", None),  # capital dotted i
        ("straße@example.org", None),
        ("mike@exаmple.org", None),  # Cyrillic a
        ("mike@example.org\x00", None),
    ],
)
def test_addresses_that_look_alike_lead_to_the_stored_one_or_nowhere(creer_compte, tapee, lue):
    for adresse in ("mike@example.org", "office@example.org", "sam@example.org", "lea@example.org"):
        creer_compte(email=adresse)
    creer_compte(email="lea+bac@example.org")
    creer_compte(email="strasse@example.org")

    assert adresse_lue(tapee) == lue
    Client().post(reverse("account_reset_password"), {"courriel": tapee})
    assert list(Courriel.objects.values_list("destinataire", flat=True)) == ([lue] if lue else [])


HOSTILES = [
    "//mal.example",
    "///mal.example",
    "////mal.example/x",
    "https://mal.example",
    "http://mal.example",
    "HTTPS://mal.example",
    "https:mal.example",
    "http:/mal.example",
    "http:///mal.example",
    "https:/\\mal.example",
    "\\\\mal.example",
    "/\\mal.example",
    "\\/mal.example",
    "/\\/mal.example",
    "/\t/mal.example",
    "/\n/mal.example",
    "\t//mal.example",
    " //mal.example",
    " https://mal.example",
    "\x00//mal.example",
    "/\x00/mal.example",
    "/\x0b/mal.example",
    "\u2028//mal.example",
    "/\u00a0/mal.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "ftp://mal.example",
    "file:///etc/passwd",
    "blob:https://mal.example",
    "mal.example",
    "@mal.example",
    "https://testserver@mal.example",
    "https://testserver.mal.example",
    "https://mal.example#testserver",
    "https://mal.example?testserver",
    "http://[::1",
    "https://testserver:443@mal.example/",
    "；//mal.example",
    "/compte/\r\nSet-Cookie: x=1",
]


@pytest.mark.passages("S21")
@pytest.mark.parametrize("suite", HOSTILES)
def test_connexion_never_leads_elsewhere(compte, suite):
    response = Client().post(
        reverse("account_login"), {"courriel": compte.email, "mot_de_passe": MOT_DE_PASSE, "next": suite}
    )
    assert response["Location"] == reverse("mes_candidatures")


@pytest.mark.passages("S21")
def test_connexion_leads_back_to_the_page_asked_for(compte):
    client = Client()
    arrivee = client.get(reverse("account_email"))
    page = client.get(arrivee["Location"])
    assert f'name="next" value="{reverse("account_email")}"' in page.content.decode()
    response = client.post(
        arrivee["Location"],
        {"courriel": compte.email, "mot_de_passe": MOT_DE_PASSE, "next": reverse("account_email")},
    )
    assert response["Location"] == reverse("account_email")


@pytest.mark.passages("S14")
def test_links_in_mails_do_not_follow_the_host_header(compte):
    # What the server does not know is refused; what it knows is not copied into the mail either.
    Client().post(reverse("account_reset_password"), {"courriel": compte.email}, HTTP_HOST="mal.example")
    assert not Courriel.objects.exists()

    entetes = {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_HOST": "mal.example"}
    Client().post(reverse("account_reset_password"), {"courriel": compte.email}, **entetes)
    courriel = Courriel.objects.get()
    for texte in (courriel.texte, courriel.html):
        assert "http://127.0.0.1:8000/compte/lien/mot-de-passe/" in texte
        assert "localhost" not in texte
        assert "mal.example" not in texte


@pytest.mark.passages("S28")
def test_no_personal_word_or_token_stays_in_an_address(compte):
    client = Client()
    client.post(reverse("account_reset_password"), {"courriel": compte.email})
    lien = lien_du_dernier_courriel()
    arrivee = client.get(lien)

    assert lien.split("/")[-2] not in arrivee["Location"]
    assert arrivee["Referrer-Policy"] == "no-referrer"
    assert arrivee["Cache-Control"] == "no-store, private"
    assert "@" not in lien
    jeton = lien.split("/")[-2]
    assert jeton not in client.get(arrivee["Location"]).content.decode()


@pytest.mark.passages("S45")
def test_tokens_are_256_bits_and_only_their_print_is_kept(compte):
    from registre.comptes.models import Lien

    Client().post(reverse("account_reset_password"), {"courriel": compte.email})
    jeton = lien_du_dernier_courriel().split("/")[-2]

    assert len(jeton) == 43
    assert jeton not in str(Lien.objects.values().get())


def test_connexion_page_says_error_in_its_title_and_keeps_the_address(compte):
    html = se_connecter(Client(), compte.email, "Faux*en.Mai").content.decode()

    assert "<title>Erreur" in html
    assert f'value="{compte.email}"' in html
    assert "Faux*en.Mai" not in html


@pytest.mark.passages("S44")
@reglages(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    nom=st.sampled_from(["account_login", "account_reset_password", "account_resend_activation"]),
    courriel=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300),
    mot_de_passe=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300),
    suite=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50),
)
def test_anonymous_forms_never_fail_on_nonsense(compte, nom, courriel, mot_de_passe, suite):
    saisie = {"courriel": courriel, "mot_de_passe": mot_de_passe, "next": suite}
    assert Client().post(reverse(nom), saisie).status_code in (200, 302, 429)


def test_an_office_account_without_academie_lands_on_its_account_page(creer_compte):
    client = connecter_agent(creer_compte(email="agent@demo.example", role="administrateur", academie=""))
    for depart in (reverse("mes_candidatures"), reverse("account_login"), reverse("accueil")):
        reponse = client.get(depart, follow=True)
        assert (reponse.status_code, reponse.redirect_chain[-1][0]) == (200, reverse("mon_compte"))


@pytest.mark.parametrize("bouton", ["account_logout", "prolonger"])
def test_login_does_not_come_back_to_the_address_of_a_button(client, compte, bouton):
    suite = reverse(bouton)
    reponse = client.post(
        reverse("account_login"), {"courriel": compte.email, "mot_de_passe": MOT_DE_PASSE, "next": suite}
    )
    assert reponse.headers["Location"] == reverse("mes_candidatures")
