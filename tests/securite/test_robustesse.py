"""S44: whatever is posted to a form, the site answers without failing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as essais
from hypothesis import strategies as st

from registre.commun import formulaires
from registre.comptes import liens
from registre.comptes.models import Compte, Lien
from registre.comptes.views_liens import JETON
from registre.inscription.models import Candidature
from tests.comptes.conftest import formulaire
from tests.conftest import MOT_DE_PASSE
from tests.inscription import scenario
from tests.securite.test_saisies_forgees import FORGEES

pytestmark = pytest.mark.django_db
FORME = "application/x-www-form-urlencoded"

ETRANGES = [
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",  # a lone surrogate, as raw bytes
    "\u202e\u200b\ufeff".encode(),
    b"9" * 400,
    b"-1",
    b"1e999",
    b"NaN",
    "٢٠٢٤".encode(),
    "²".encode(),
    b"29/02/2023",
    b"31/12/0000",
    b"99/99/99999",
    b"x" * 5000,
    b"\r\nA: b",
    "é".encode("latin-1"),
    b"%00%s%n",
    b"oui",
    b"' OR 1=1 --",
]
valeurs = st.one_of(
    st.sampled_from(ETRANGES),
    st.text(max_size=30).map(lambda t: t.encode()),
    st.binary(max_size=12),
)

COMPTE = dict(formulaire())
ACTUEL = {"actuel": MOT_DE_PASSE, "mot_de_passe": "Autre*phrase.42", "confirmation_mot_de_passe": "Autre*phrase.42"}
CHAMPS: dict[str, dict[str, Any]] = {
    "account_signup": COMPTE | {"demande": "x", "adresse_verifiee": "x"},
    "account_login": {"courriel": "a@exemple.fr", "mot_de_passe": MOT_DE_PASSE, "next": "/"},
    "account_reset_password": {"courriel": "a@exemple.fr"},
    "account_resend_activation": {"courriel": "a@exemple.fr"},
    "account_reset_password_from_key": ACTUEL,
    "identite": COMPTE,
    "account_change_password": ACTUEL,
    "account_email": {"actuel": MOT_DE_PASSE, "courriel": "b@exemple.fr", "confirmation_courriel": "b@exemple.fr"},
    "enregistrer": {"vu": "0" * 64},
    "desinscription": {"oui": "1"},
    **{f"etape {e}": champs for e, champs in scenario.SAISIES.items()},
}
PLUS = {
    "etape candidature": ["handicap", "preuve_jdc", *FORGEES["passage à venir"][1]],
    "etape acquis": [
        "perte_comprise",
        "v_annee",
        "p2024_u_U11",
        "p2024_n_U11",
        "p2024_x0_intitule",
        "p2024_x0_note",
        "d0_diplome",
    ],
    "etape epreuves": ["eps_activite_adaptee", "eps_justifiee", "presentee_U11"],
}
COMMUNS = ["action", "revision", "repere", "csrfmiddlewaretoken"]


@pytest.fixture
def navigateur(heure, settings, creer_compte) -> Callable[[str], tuple[Client, str]]:
    """For a form: a browser on its way to it, and its address. Hashing is made cheap: it is not what is tried."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    compte = creer_compte(password=make_password(MOT_DE_PASSE))
    client = scenario.connecter(compte)

    def ouvrir(nom: str) -> tuple[Client, str]:
        if nom.startswith("etape "):
            scenario.remplir(client)
            return client, scenario.adresse("etape", etape=nom.split()[1])
        if nom in ("enregistrer", "desinscription"):
            scenario.remplir(client)
            scenario.enregistrer(client)
            return client, scenario.adresse(nom)
        if nom in ("identite", "account_change_password", "account_email"):
            return client, reverse(nom)
        anonyme = Client()
        session = anonyme.session
        session[JETON + Lien.Usage.MOT_DE_PASSE.value] = liens.creer(compte, Lien.Usage.MOT_DE_PASSE)
        session.save()
        return anonyme, reverse(nom)

    return ouvrir


def envoyer(client: Client, chemin: str, paires: list[tuple[bytes, bytes]], n: int = 0) -> Any:
    corps = "&".join(f"{quote_from_bytes(c)}={quote_from_bytes(v)}" for c, v in paires)
    # One network an answer: the brake on networks is tried elsewhere.
    return client.post(
        chemin, corps, content_type=FORME, REMOTE_ADDR=f"10.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}"
    )


@pytest.mark.passages("S44")
@pytest.mark.parametrize("nom", CHAMPS)
def test_nonsense_never_makes_a_form_fail(navigateur, nom):
    """300 bodies a form: its own fields usual or strange, doubled, missing, with fields of nobody."""
    client, chemin = navigateur(nom)
    bons = {c: v[0] if isinstance(v, list) else v for c, v in CHAMPS[nom].items()}
    noms = [*CHAMPS[nom], *PLUS.get(nom, []), *COMMUNS]
    champ = st.one_of(
        st.sampled_from(noms).map(str.encode), st.sampled_from([b"", b"\0", b"role", b"__proto__", b"a[b]"])
    )
    gardes = st.sets(st.sampled_from(sorted(bons)))
    compteur: Iterator[int] = iter(range(10**6))

    @essais(
        max_examples=int(os.environ.get("REGISTRE_EXEMPLES", "80")),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(gardes=gardes, autres=st.lists(st.tuples(champ, valeurs), max_size=8))
    def essayer(gardes: set[str], autres: list[tuple[bytes, bytes]]) -> None:
        paires = [(c.encode(), str(bons[c]).encode()) for c in sorted(gardes)] + autres
        reponse = envoyer(client, chemin, paires, next(compteur))
        assert reponse.status_code < 500

    essayer()
    if nom.startswith("etape "):
        for etape in scenario.SAISIES:
            assert client.get(scenario.adresse("etape", etape=etape)).status_code in (200, 302)
        assert not Candidature.objects.exists()


@pytest.mark.passages("S44", "S31")
@pytest.mark.parametrize("nom", CHAMPS)
def test_extreme_bodies_are_refused_without_failing(navigateur, nom):
    client, chemin = navigateur(nom)
    client.get(chemin, follow=True)  # the cookie of the token
    client.handler.enforce_csrf_checks = True  # as in a browser: the token is looked for in the body
    premier = next(iter(CHAMPS[nom])).encode()
    assert client.post(chemin, premier.decode() + "=" + "x" * 10_000_000, content_type=FORME).status_code == 413
    nombreux = "&".join(f"champ{n}=1" for n in range(2_000))
    assert client.post(chemin, nombreux, content_type=FORME).status_code == 400
    client.handler.enforce_csrf_checks = False
    for corps, sorte in [
        (b"\xff\xfe\x00=%ZZ&&&=;", FORME),
        (b"a=1", f"{FORME}; charset=utf-7"),
        (b"a=1", f"{FORME}; charset=nulle-part"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', "multipart/form-data; boundary=x"),
        (b"rien", "multipart/form-data"),
        (b"rien", "multipart/form-data; boundary=" + "é" * 80),
        (b'{"role": "administrateur"}', "application/json"),
        (b"\0\1\2", "application/octet-stream"),
        (b"", ""),
    ]:
        assert client.generic("POST", chemin, corps, content_type=sorte).status_code < 500, (corps, sorte)


@pytest.mark.passages("S44")
def test_a_file_sent_where_none_is_asked_is_not_kept(navigateur, tmp_path):
    client, chemin = navigateur("etape identification")
    fichier = tmp_path / "piege.html"
    fichier.write_bytes(b"<script>alert(1)</script>")
    with fichier.open("rb") as f:
        reponse = client.post(chemin, {"domicile_voie": f, "photo": f})
    assert reponse.status_code < 500
    assert not list(tmp_path.glob("*.upload*"))


@pytest.mark.passages("S44")
@pytest.mark.parametrize("nom", ["Łukaszewicz", "O’Brien-N’Guyen", "Kaʻimi", "É", "d’Ô", "ŒUVRÉ", "Nguyễn"])
def test_real_names_are_kept_as_they_are(client, heure, nom):
    client.post(reverse("account_signup"), formulaire(nom=nom, prenoms=nom))
    [compte] = Compte.objects.all()
    assert compte.nom_de_famille == nom
    assert compte.prenoms == nom


@pytest.mark.passages("S44")
@pytest.mark.parametrize("date", ["29/02/1997", "31/04/1998", "00/01/1998", "1998-02-30", "29/02/1900", "12/13/1998"])
def test_a_date_that_does_not_exist_is_refused(client, heure, date):
    assert client.post(reverse("account_signup"), formulaire(date_de_naissance=date)).status_code == 200
    assert not Compte.objects.exists()


@pytest.mark.passages("S44")
def test_values_that_are_not_offered_are_not_remembered_by_the_process(heure, creer_compte):
    """The caches of lists and buttons grow with what the site offers, never with what is typed."""
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)

    def montrer(n: int) -> int:
        for etape, champs in {"identification": ("categorie",), "epreuves": ("lva", "eps_cas")}.items():
            scenario.poster(client, etape, scenario.SAISIES[etape] | dict.fromkeys(champs, f"valeur {n}"))
            client.get(scenario.adresse("etape", etape=etape))
            scenario.poster(client, etape, scenario.SAISIES[etape])
        return sum(c.cache_info().currsize for c in (formulaires._options, formulaires._boutons))

    taille = montrer(0)
    assert [montrer(n) for n in range(1, 6)] == [taille] * 5
