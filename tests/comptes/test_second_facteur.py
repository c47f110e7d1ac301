"""The second factor of the office: S12, and what S3, S7, S15 and S59 ask of it."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
import zxingcpp
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from PIL import Image, ImageDraw

from registre.commun.models import Courriel, Evenement
from registre.comptes import second_facteur as facteur
from registre.comptes.acces import SANS_SECOND_FACTEUR, pour_gestionnaire
from registre.comptes.frein import cle_de
from registre.comptes.models import CodeDeSecours, Compte, Essai, Lien, SecondFacteur
from registre.demo.codes import HorsDemonstration, code_du_moment
from tests.comptes.conftest import lien_du_dernier_courriel, se_connecter, sujets
from tests.comptes.facteur import connecter_agent, installer
from tests.conftest import MOT_DE_PASSE
from tests.securite.outils import adresses

LE = datetime(2025, 10, 20, 8, 0, 10, tzinfo=UTC)  # ten seconds into a step
GESTION = "/gestion/clermont-ferrand/"
PAGE, SECOURS, INSTALLATION, CODES = (
    "/compte/second-facteur/",
    "/compte/second-facteur/secours/",
    "/compte/second-facteur/installation/",
    "/compte/second-facteur/codes/",
)
CHANGE = "Votre double authentification a changé"


@pytest.fixture
def horloge() -> Iterator[Any]:
    with time_machine.travel(LE, tick=False) as arretee:
        yield arretee


@pytest.fixture
def a_mi_chemin(gestionnaire: Compte) -> tuple[Client, str]:
    """A browser that has given the password only, and the secret of the phone."""
    secret, client = installer(gestionnaire), Client()
    assert se_connecter(client, gestionnaire.email).status_code == 302
    return client, secret


def code(secret: str, pas: int = 0) -> str:
    """The code of the present step, or of a step before or after it."""
    return facteur.code_du_pas(secret, facteur.pas_a(datetime.now(UTC)) + pas)


def donner(client: Client, valeur: str, page: str = PAGE, **champs: str) -> Any:
    return client.post(page, {"code": valeur, **champs})


def entre(client: Client) -> bool:
    return client.get(GESTION).status_code == 200


def actes(*voulus: str) -> list[str]:
    return [a for a in Evenement.objects.order_by("pk").values_list("acte", flat=True) if not voulus or a in voulus]


def secret_montre(page: Any) -> str:
    """The key, read where the officer reads it."""
    return re.search(r'<code class="registre-code">([A-Z2-7 ]+)</code>', page.content.decode())[1].replace(" ", "")


def codes_montres(page: Any) -> list[str]:
    return re.findall(r'<li><code class="registre-code">([^<]+)</code>', page.content.decode())


def installer_par_les_pages(client: Client, **champs: str) -> tuple[str, list[str]]:
    secret = secret_montre(client.get(INSTALLATION))
    return secret, codes_montres(donner(client, code(secret), INSTALLATION, **champs))


# --- Ce qu’ouvre le mot de passe seul -----------------------------------------------------------------


def chemins() -> list[tuple[str, str]]:
    """Every address of the site, with values that its converters accept."""
    valeurs = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "usage_de_lien": "activation"}
    return [
        (a.nom, "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: valeurs.get(m[1] or "", "x"), a.patron))
        for a in adresses()
    ]


@pytest.mark.passages("S12", "S23", "S59")
@pytest.mark.parametrize("installe", [False, True])
@pytest.mark.parametrize("role", [Compte.Role.GESTIONNAIRE, Compte.Role.ADMINISTRATEUR])
def test_the_password_alone_opens_nothing_but_the_way_in_and_the_way_out(creer_compte, settings, role, installe):
    settings.ROOT_URLCONF = "tests.demo.urls"
    compte = creer_compte(role=role, academie="clermont-ferrand")
    if installe:
        installer(compte)
    ecarts, vus = [], 0
    for nom, chemin in chemins():
        assert resolve(chemin).url_name == nom, chemin
        for methode in ("get", "head", "post", "put", "delete") if nom not in SANS_SECOND_FACTEUR else ():
            client = Client(raise_request_exception=False)
            client.force_login(compte)
            reponse = getattr(client, methode)(chemin)
            attendu = PAGE if installe else INSTALLATION
            vus += 1
            if reponse.status_code != 302 or reponse.url.partition("?")[0] != attendu:
                ecarts.append(f"{methode} {chemin} : {reponse.status_code} {reponse.headers.get('Location')}")
    assert ecarts == []
    assert vus > 100


@pytest.mark.passages("S12")
def test_what_the_password_alone_opens_is_named_and_shows_nothing_of_the_office(gestionnaire, settings):
    settings.ROOT_URLCONF, settings.EN_DEMO = "tests.demo.urls", True
    noms = {a.nom for a in adresses()}
    assert noms >= SANS_SECOND_FACTEUR
    client = Client()
    client.force_login(gestionnaire)
    for nom in sorted(SANS_SECOND_FACTEUR - {"demo_courriel", "account_logout", "prolonger", "second_facteur"}):
        page = client.get(reverse(nom)).content.decode()
        assert reverse("gestion_accueil", kwargs={"academie": "clermont-ferrand"}) not in page, nom
    assert client.post(reverse("prolonger")).status_code == 200
    assert client.post(reverse("account_logout")).url == reverse("account_login")


@pytest.mark.passages("S12", "S59")
def test_a_view_of_the_office_refuses_by_itself_a_session_without_the_second_factor(gestionnaire, rf: RequestFactory):
    vue = pour_gestionnaire(lambda _request, academie: academie)
    demande = rf.get(GESTION)
    installer(gestionnaire)
    demande.user, demande.session = gestionnaire, {}
    with pytest.raises(PermissionDenied):
        vue(demande, academie="clermont-ferrand")
    demande.session = {facteur.PASSE: "celui d’avant"}
    with pytest.raises(PermissionDenied):
        vue(demande, academie="clermont-ferrand")
    demande.session = {facteur.PASSE: gestionnaire.facteur}
    assert vue(demande, academie="clermont-ferrand") == "clermont-ferrand"
    # Without a factor, an empty mark in the session is no mark.
    gestionnaire.facteur, demande.session = "", {facteur.PASSE: ""}
    with pytest.raises(PermissionDenied):
        vue(demande, academie="clermont-ferrand")


@pytest.mark.passages("S12", "S21")
def test_the_page_asked_for_comes_after_the_code_and_only_on_this_site(a_mi_chemin):
    client, secret = a_mi_chemin
    renvoi = client.get(f"{GESTION}?x=1")
    assert renvoi.url == f"{PAGE}?next=%2Fgestion%2Fclermont-ferrand%2F%3Fx%3D1"
    page = client.get(renvoi.url).content.decode()
    assert 'name="next" value="/gestion/clermont-ferrand/?x=1"' in page
    assert "/compte/second-facteur/secours/?next=%2Fgestion%2Fclermont-ferrand%2F%3Fx%3D1" in page
    assert client.post(reverse("account_change_password")).url == PAGE
    lien = reverse("account_lien", kwargs={"usage": "mot-de-passe", "jeton": "secret"})
    assert client.get(lien).url == PAGE
    assert donner(client, code(secret), next="https://ailleurs.example/").url == GESTION


@pytest.mark.passages("S12")
def test_candidates_have_no_second_factor_and_learn_nothing_of_it(connecte, compte):
    assert connecte.get(reverse("mon_compte")).status_code == 200
    assert "Double authentification" not in connecte.get(reverse("mon_compte")).content.decode()
    for page in (PAGE, SECOURS, INSTALLATION, CODES):
        assert connecte.get(page).status_code == 404
        assert connecte.post(page, {"code": "123456"}).status_code == 404
    assert not SecondFacteur.objects.exists()


# --- Installer ----------------------------------------------------------------------------------------


@pytest.mark.passages("S12", "S15", "S3")
def test_an_officer_installs_the_application_then_sees_ten_codes_once(gestionnaire, horloge):
    client, autre = Client(), Client()
    for navigateur in (client, autre):
        se_connecter(navigateur, gestionnaire.email)
    page = client.get(GESTION, follow=True)
    assert page.redirect_chain[-1][0].startswith(INSTALLATION)
    avant, secret = client.session.session_key, secret_montre(page)
    assert secret == secret_montre(client.get(INSTALLATION)), "la clé ne change pas quand la page se recharge"

    page = donner(client, code(secret), INSTALLATION, next=GESTION)
    assert page.status_code == 200
    assert len(set(codes_montres(page))) == 10
    assert f'href="{GESTION}"' in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"
    assert entre(client)
    assert client.session.session_key != avant
    ancien = Client()
    ancien.cookies["sessionid"] = avant
    assert ancien.get(GESTION).url.startswith(reverse("account_login"))
    assert autre.get(GESTION).url.startswith(reverse("account_login")), "les autres sessions sont fermées"
    assert [actes("second_facteur_installe"), sujets()] == [["second_facteur_installe"], [CHANGE]]
    for valeur in codes_montres(page):
        assert valeur not in client.get(reverse("mon_compte")).content.decode()


@pytest.mark.passages("S12", "S45")
def test_the_picture_holds_the_key_and_neither_is_kept_in_clear(gestionnaire, horloge):
    client = Client()
    se_connecter(client, gestionnaire.email)
    page = client.get(INSTALLATION)
    svg = base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page.content.decode())[1]).decode()
    lue = pyotp.parse_uri(_lire_qr(svg))
    secret = secret_montre(page)
    assert (lue.secret, lue.issuer, lue.name) == (secret, "Registre", gestionnaire.email)
    assert len(base64.b32decode(secret)) == 20
    assert secret not in str(dict(client.session))
    _, codes = installer_par_les_pages(client)
    garde = SecondFacteur.objects.get(compte=gestionnaire)
    assert secret.encode() not in bytes(garde.secret)
    assert facteur.dechiffrer(garde.secret) == secret
    gardees = set(CodeDeSecours.objects.values_list("empreinte", flat=True))
    assert not gardees & {c.replace(" ", "") for c in codes}
    assert secret not in str(dict(client.session)) + str(list(Evenement.objects.values()))


def _lire_qr(svg: str) -> str:
    """Draws the modules that the picture describes, and reads them."""
    cote = int(re.search(r'width="(\d+)"', svg)[1])
    image = Image.new("L", (cote * 8, cote * 8), 255)
    trait = ImageDraw.Draw(image)
    for x, y, large, haut in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", svg):
        x, y, large, haut = int(x), int(y), int(large), int(haut)
        trait.rectangle((x * 8, y * 8, (x + large) * 8 - 1, (y + haut) * 8 - 1), fill=0)
    return zxingcpp.read_barcode(image).text


@pytest.mark.passages("S12")
def test_nothing_is_installed_without_a_code_of_the_application(gestionnaire, horloge):
    client = Client()
    se_connecter(client, gestionnaire.email)
    secret = secret_montre(client.get(INSTALLATION))
    for faux in ("", "   ", "12345", code(pyotp.random_base32()), code(secret, -2), code(secret, 2), "é" * 6):
        page = donner(client, faux, INSTALLATION)
        assert page.status_code == 200
        assert 'id="id_code_error"' in page.content.decode()
        assert secret_montre(page) == secret
    assert not SecondFacteur.objects.exists()
    assert not entre(client)


@pytest.mark.passages("S12")
def test_an_installation_needs_the_token(gestionnaire):
    client = Client(enforce_csrf_checks=True)
    client.force_login(gestionnaire)
    for page in (PAGE, SECOURS, INSTALLATION, CODES):
        assert donner(client, "123456", page).status_code == 403


# --- Passer -------------------------------------------------------------------------------------------


@pytest.mark.passages("S12", "S15", "S59")
@pytest.mark.parametrize(("pas", "accepte"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_code_of_the_step_before_or_after_passes_no_further(horloge, a_mi_chemin, pas, accepte):
    client, secret = a_mi_chemin
    avant = client.session.session_key
    reponse = donner(client, code(secret, pas))
    assert reponse.status_code == (302 if accepte else 200)
    assert entre(client) is accepte
    assert (client.session.session_key != avant) is accepte
    assert actes("second_facteur_passe", "second_facteur_refuse") == [
        "second_facteur_passe" if accepte else "second_facteur_refuse"
    ]


@pytest.mark.passages("S12")
def test_every_session_of_the_site_asks_for_a_code_again(horloge, a_mi_chemin, gestionnaire):
    client, secret = a_mi_chemin
    donner(client, code(secret))
    assert entre(client)
    client.post(reverse("account_logout"))
    se_connecter(client, gestionnaire.email)
    assert client.get(GESTION).url.startswith(PAGE)


@pytest.mark.passages("S12")
def test_a_code_passes_once_and_no_older_one_after_it(gestionnaire, horloge):
    secret = installer(gestionnaire)

    def essai(pas: int) -> bool:
        client = Client()
        client.force_login(gestionnaire)
        donner(client, code(secret, pas))
        return entre(client)

    assert [essai(0), essai(0), essai(-1), essai(1), essai(1)] == [True, False, False, True, False]
    horloge.shift(timedelta(seconds=60))
    assert essai(0)


@pytest.mark.passages("S12")
def test_a_refused_code_never_says_why(horloge, a_mi_chemin, gestionnaire):
    client, secret = a_mi_chemin
    facteur_garde = SecondFacteur.objects.filter(compte=gestionnaire)
    facteur_garde.update(dernier_pas=facteur.pas_a(LE))
    pages = set()
    for refuse in (code(secret), code(secret, -2), "000000" if code(secret) != "000000" else "000001", "abc"):
        texte = donner(client, refuse).content.decode()
        texte = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|data-reste="\d+"', "", texte)
        pages.add(texte.replace(f'value="{refuse}"', ""))
    assert len(pages) == 1
    assert "Ce code n’est pas accepté." in pages.pop()


@pytest.mark.passages("S7", "S12")
def test_wrong_codes_are_slowed_down_whatever_the_page(horloge, a_mi_chemin, gestionnaire):
    client, secret = a_mi_chemin
    faux = code(pyotp.random_base32())
    for page in (PAGE, SECOURS, PAGE, SECOURS, PAGE):
        assert donner(client, faux, page).status_code == 200
    for page in (PAGE, SECOURS):
        trop = donner(client, code(secret), page)
        assert (trop.status_code, trop.headers["Retry-After"]) == (429, "60")
        assert "mot de passe" not in trop.content.decode().partition("<main")[2]
    assert not entre(client)
    assert actes("second_facteur_refuse") == ["second_facteur_refuse"] * 5
    horloge.shift(timedelta(seconds=60))
    assert donner(client, code(secret)).status_code == 302
    assert Essai.objects.filter(cle=cle_de("facteur", str(gestionnaire.pk))).count() == 5


@pytest.mark.passages("S7")
def test_an_empty_field_is_no_try(a_mi_chemin):
    client, _ = a_mi_chemin
    for _ in range(8):
        assert "Tapez le code." in donner(client, " ").content.decode()
    assert not Essai.objects.filter(cle__startswith="facteur").exists()
    assert actes("second_facteur_refuse") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("S12")
@pytest.mark.parametrize("sorte", ["code", "secours"])
def test_of_parallel_uses_of_one_code_one_passes(gestionnaire, sorte):
    secret = installer(gestionnaire)
    secours = facteur.nouveaux_codes_de_secours()[0]
    SecondFacteur.objects.get(compte=gestionnaire).codes_de_secours.create(
        empreinte=facteur.empreinte_du_code(secours)
    )
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(gestionnaire)
    depart, statuts = threading.Barrier(len(clients)), []
    valeur, page = (code(secret), PAGE) if sorte == "code" else (secours, SECOURS)

    def essayer(client: Client) -> None:
        depart.wait()
        try:
            statuts.append(donner(client, valeur, page).status_code)
        finally:
            connection.close()

    fils = [threading.Thread(target=essayer, args=(client,)) for client in clients]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    assert sorted(statuts) == [200, 200, 200, 302]
    assert sum(entre(client) for client in clients) == 1


# --- Codes de secours ---------------------------------------------------------------------------------


@pytest.mark.passages("S12", "S15")
def test_a_recovery_code_passes_once_and_the_number_left_is_shown(gestionnaire, horloge):
    client = Client()
    se_connecter(client, gestionnaire.email)
    _, codes = installer_par_les_pages(client)
    client.post(reverse("account_logout"))
    se_connecter(client, gestionnaire.email)
    avant = client.session.session_key
    assert donner(client, codes[0].lower().replace(" ", "-"), SECOURS).url == GESTION
    assert client.session.session_key != avant
    page = client.get(GESTION, follow=True).content.decode()
    assert "Il vous en reste 9." in page
    assert "Il vous reste 9&nbsp;codes de secours." in client.get(reverse("mon_compte")).content.decode()
    client.post(reverse("account_logout"))
    se_connecter(client, gestionnaire.email)
    assert donner(client, codes[0], SECOURS).status_code == 200
    assert not entre(client)
    assert donner(client, codes[1], SECOURS).status_code == 302
    [utilise, _] = Evenement.objects.filter(acte="code_de_secours_utilise").order_by("pk")
    assert utilise.details == {"restent": 9}


@pytest.mark.passages("S12", "S24")
def test_the_recovery_code_of_another_officer_passes_nothing(gestionnaire, creer_compte, horloge):
    autre, client = Client(), Client()
    collegue = creer_compte(email="collegue@exemple.fr", role="gestionnaire", academie="clermont-ferrand")
    se_connecter(autre, collegue.email)
    _, codes = installer_par_les_pages(autre)
    installer(gestionnaire)
    se_connecter(client, gestionnaire.email)
    assert donner(client, codes[0], SECOURS).status_code == 200
    assert not entre(client)
    assert CodeDeSecours.objects.count() == 10


@pytest.mark.passages("S12")
def test_the_last_recovery_codes_ask_to_be_made_again(gestionnaire, horloge):
    installer(gestionnaire)
    garde = SecondFacteur.objects.get(compte=gestionnaire)
    codes = facteur.nouveaux_codes_de_secours()[:2]
    for valeur in codes:
        garde.codes_de_secours.create(empreinte=facteur.empreinte_du_code(valeur))
    dits = []
    for valeur in codes:
        client = Client()
        client.force_login(gestionnaire)
        donner(client, valeur, SECOURS)
        dits.append(client.get(reverse("mon_compte")).content.decode())
    assert "Il vous en reste 1\u00a0: pensez à les refaire." in dits[0]
    assert "C’était le dernier" in dits[1]
    assert "Vous n’avez plus de code de secours" in dits[1]


@pytest.mark.passages("S12")
def test_recovery_codes_are_made_again_after_a_fresh_code_only(gestionnaire, horloge):
    client = Client()
    se_connecter(client, gestionnaire.email)
    secret, anciens = installer_par_les_pages(client)
    for refuse in (code(secret), anciens[0], ""):  # the code of the installation has served
        assert donner(client, refuse, CODES).status_code == 200
    assert CodeDeSecours.objects.count() == 10
    horloge.shift(timedelta(seconds=30))
    nouveaux = codes_montres(donner(client, code(secret), CODES))
    assert len(nouveaux) == 10
    assert not set(nouveaux) & set(anciens)
    assert entre(client), "cette session continue"
    assert sujets() == [CHANGE, CHANGE]
    assert "Vos codes de secours ont été refaits." in Courriel.objects.latest("pk").texte
    assert actes("codes_de_secours_refaits") == ["codes_de_secours_refaits"]
    autre = Client()
    se_connecter(autre, gestionnaire.email)
    assert donner(autre, anciens[0], SECOURS).status_code == 200
    assert donner(autre, nouveaux[0], SECOURS).status_code == 302


# --- Changer, retirer ---------------------------------------------------------------------------------


@pytest.mark.passages("S3", "S12", "S15")
def test_a_new_phone_wants_the_password_and_ends_every_other_session(gestionnaire, horloge):
    client, autre = Client(), connecter_agent(gestionnaire)
    ancien = facteur.dechiffrer(SecondFacteur.objects.get(compte=gestionnaire).secret)
    se_connecter(client, gestionnaire.email)
    assert client.get(INSTALLATION).url == PAGE, "il faut d’abord passer l’ancien"
    donner(client, code(ancien))
    secret = secret_montre(client.get(INSTALLATION))
    assert secret != ancien
    for faux in ({}, {"actuel": "pas le bon"}):
        page = donner(client, code(secret), INSTALLATION, **faux)
        assert "Le mot de passe actuel n’est pas le bon." in page.content.decode()
    assert entre(autre)
    page = donner(client, code(secret), INSTALLATION, actuel=MOT_DE_PASSE)
    assert len(codes_montres(page)) == 10
    assert entre(client)
    assert autre.get(GESTION).url.startswith(reverse("account_login"))
    assert sujets() == [CHANGE]
    assert "a été remplacée" in Courriel.objects.latest("pk").texte
    assert actes("second_facteur_remplace") == ["second_facteur_remplace"]
    horloge.shift(timedelta(seconds=30))
    neuf = Client()
    se_connecter(neuf, gestionnaire.email)
    assert donner(neuf, code(ancien)).status_code == 200
    assert donner(neuf, code(secret)).status_code == 302


@pytest.mark.passages("S3")
def test_a_new_password_keeps_the_second_factor_and_this_session(gestionnaire):
    client, autre = connecter_agent(gestionnaire), connecter_agent(gestionnaire)
    nouveau = "quatre vaches sous la pluie"
    saisie = {"actuel": MOT_DE_PASSE, "mot_de_passe": nouveau, "confirmation_mot_de_passe": nouveau}
    assert client.post(reverse("account_change_password"), saisie).status_code == 302
    assert entre(client)
    assert not entre(autre)
    neuf = Client()
    se_connecter(neuf, gestionnaire.email, nouveau)
    assert neuf.get(GESTION).url.startswith(PAGE)


@pytest.mark.passages("S3", "S12", "S43")
def test_the_command_removes_the_second_factor_closes_the_sessions_and_warns(gestionnaire, capsys):
    client, a_mi = connecter_agent(gestionnaire), Client()
    a_mi.force_login(gestionnaire)
    call_command("retirer_second_facteur", gestionnaire.email.upper())
    assert "Second facteur retiré" in capsys.readouterr().out
    assert not SecondFacteur.objects.exists()
    for navigateur in (client, a_mi):
        assert navigateur.get(GESTION).url.startswith(reverse("account_login"))
    assert sujets() == [CHANGE]
    assert "a été retirée" in Courriel.objects.get().texte
    assert actes("second_facteur_retire") == ["second_facteur_retire"]
    se_connecter(client, gestionnaire.email)
    assert client.get(GESTION).url.startswith(INSTALLATION)


@pytest.mark.parametrize(
    ("adresse", "dit"),
    [
        ("agent@exemple.fr", "n’a pas de second facteur"),
        ("personne@exemple.fr", "Aucun compte"),
        ("x", "Aucun compte"),
    ],
)
def test_the_command_says_when_there_is_nothing_to_remove(gestionnaire, adresse, dit):
    with pytest.raises(CommandError, match=dit):
        call_command("retirer_second_facteur", adresse)
    assert not Courriel.objects.exists()


# --- Créer un compte du service -----------------------------------------------------------------------


def creer_agent(**options: Any) -> None:
    saisie = {"email": "Paul.MOREL@ac-exemple.fr", "nom": "Morel", "prenoms": "Paul", "academie": "clermont-ferrand"}
    call_command("creer_agent", **(saisie | options))


@pytest.mark.passages("S11", "S10", "S12")
def test_a_new_officer_chooses_a_password_by_the_link_then_installs_the_second_factor(db, client):
    creer_agent(role="administrateur", referent_handicap=True)
    compte = Compte.objects.get()
    assert (compte.email, compte.role, compte.academie) == (
        "paul.morel@ac-exemple.fr",
        "administrateur",
        "clermont-ferrand",
    )
    assert compte.referent_handicap
    assert not compte.has_usable_password()
    assert sujets() == ["Votre compte du service est ouvert"]
    assert client.get(lien_du_dernier_courriel(), follow=True).status_code == 200
    phrase = "quatre vaches sous la pluie"
    saisie = {"mot_de_passe": phrase, "confirmation_mot_de_passe": phrase}
    assert client.post(reverse("account_reset_password_from_key"), saisie).url == reverse("account_login")
    se_connecter(client, compte.email, phrase)
    assert client.get(GESTION).url.startswith(INSTALLATION)
    assert len(installer_par_les_pages(client)[1]) == 10
    assert entre(client)
    cree = Evenement.objects.get(acte="compte_cree")
    assert cree.details == {"role": "administrateur", "academie": "clermont-ferrand", "referent_handicap": True}


@pytest.mark.passages("S11", "S13")
@pytest.mark.parametrize(
    ("options", "dit"),
    [
        ({"academie": "nulle-part"}, "clermont-ferrand"),
        ({"email": "sans-arobase"}, "adresse"),
        ({"nom": "1234"}, "."),
        ({"prenoms": ""}, "."),
        ({"email": "agent@exemple.fr"}, "déjà un compte"),
        ({"email": "ａgent@exemple.fr"}, "déjà un compte"),
    ],
)
def test_an_officer_is_refused_with_the_reason_and_nothing_is_written(gestionnaire, options, dit):
    with pytest.raises(CommandError, match=dit):
        creer_agent(**options)
    assert Compte.objects.count() == 1
    assert not Courriel.objects.exists()
    assert not Lien.objects.exists()
    gestionnaire.refresh_from_db()
    assert gestionnaire.nom_de_famille == "Martin"


def test_a_candidate_is_not_a_role_of_the_office(db):
    with pytest.raises(CommandError, match="candidat"):
        call_command("creer_agent", "--email=a@b.fr", "--nom=A", "--prenoms=B", "--academie=lyon", "--role=candidat")


# --- Démonstration ------------------------------------------------------------------------------------


@pytest.mark.passages("S11", "S48")
def test_a_code_is_shown_in_demonstration_mode_only(a_mi_chemin, settings):
    client, secret = a_mi_chemin
    assert "registre-demo__code" not in client.get(PAGE).content.decode()
    with pytest.raises(HorsDemonstration):
        code_du_moment(secret, 0, LE)
    settings.EN_DEMO, settings.ROOT_URLCONF = True, "tests.demo.urls"
    montre = re.search(r'registre-demo__code">(\d{6})<', client.get(PAGE).content.decode())[1]
    assert donner(client, montre).status_code == 302
    # The pages that ask for nothing show nothing.
    assert "registre-demo__code" not in client.get(GESTION).content.decode()


def test_the_code_shown_is_always_the_next_one_accepted(settings):
    settings.EN_DEMO = True
    secret, ici = facteur.nouveau_secret(), facteur.pas_a(LE)
    dus = [code_du_moment(secret, dernier, LE) for dernier in (0, ici - 1, ici, ici + 1)]
    assert [d.code for d in dus] == [facteur.code_du_pas(secret, p) for p in (ici, ici, ici + 1, ici + 2)]
    assert [(d.reste, d.attente) for d in dus] == [(20, 0), (20, 0), (50, 0), (80, 20)]


def test_the_demonstration_shows_the_code_of_an_application_being_installed(gestionnaire, settings):
    settings.EN_DEMO, settings.ROOT_URLCONF = True, "tests.demo.urls"
    client = Client()
    client.force_login(gestionnaire)
    page = client.get(INSTALLATION).content.decode()
    montre = re.search(r'registre-demo__code">(\d{6})<', page)[1]
    assert len(codes_montres(donner(client, montre, INSTALLATION))) == 10


# --- Règles de calcul ---------------------------------------------------------------------------------


@pytest.mark.sans_base
@pytest.mark.parametrize(
    ("instant", "attendu"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_rfc_6238(instant, attendu):
    secret = base64.b32encode(b"12345678901234567890").decode()
    le = datetime.fromtimestamp(instant, UTC)
    assert facteur.code_du_pas(secret, facteur.pas_a(le)) == attendu
    assert facteur.pas_du_code(secret, f" {attendu[:3]} {attendu[3:]} ", le) == instant // 30


@pytest.mark.sans_base
def test_recovery_codes_hold_eighty_bits_and_no_letter_read_as_another():
    assert len(set(facteur.ALPHABET)) == 32
    assert not set("IO01") & set(facteur.ALPHABET)
    codes: Callable[[], list[str]] = facteur.nouveaux_codes_de_secours
    assert len({c for _ in range(20) for c in codes()}) == 200
    assert all(len(c) == facteur.LONGUEUR == 16 for c in codes())
