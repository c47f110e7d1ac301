"""H3: the headers of every page, in every state, for every role; the pages of refusals and failures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import get_resolver, reverse

from registre.documents import rendu
from tests.inscription import scenario
from tests.securite.outils import ANONYME, ROLES, connecter

pytestmark = pytest.mark.django_db

FERMEES = {"default-src": "'none'", "object-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}


def directives(reponse: Any) -> dict[str, str]:
    return dict(
        d.strip().partition(" ")[::2] for d in reponse.headers.get("Content-Security-Policy", "").split(";") if d
    )


def defauts(reponse: Any) -> list[str]:
    """What is missing from the headers of an answer, whatever it is."""
    csp, trouves = directives(reponse), []
    if not csp:
        trouves.append("sans CSP")
    if any(mot in str(csp) for mot in ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "http:", "https:", "*")):
        trouves.append(f"CSP trop large : {csp}")
    if "sandbox" not in csp:
        trouves += [f"CSP {d}" for d, valeur in FERMEES.items() if csp.get(d) != valeur]
        trouves += ["CSP form-action"] if csp.get("form-action") != "'self'" else []
    elif csp.get("default-src") != "'none'" or csp.get("frame-ancestors") != "'none'":
        trouves.append("CSP sandbox")
    if reponse.headers.get("X-Content-Type-Options") != "nosniff":
        trouves.append("nosniff")
    # "strict-origin": the path holds a token, and under "no-referrer" the forms of the page would carry a null origin.
    if reponse.headers.get("Referrer-Policy") not in ("same-origin", "no-referrer", "strict-origin"):
        trouves.append("Referrer-Policy")
    if reponse.headers.get("X-Frame-Options") != "DENY":
        trouves.append("X-Frame-Options")
    if not re.fullmatch(r"[0-9a-f-]{36}", reponse.headers.get("X-Request-Id", "")):
        trouves.append("X-Request-Id")
    return trouves


def cookies_trop_ouverts(client: Client) -> list[str]:
    return [
        nom
        for nom, c in client.cookies.items()
        if not (c["httponly"] and c["samesite"] in ("Lax", "Strict") and c["path"] == "/" and not c["domain"])
    ]


# --- Every page, every role ---------------------------------------------------------------------------


@pytest.mark.passages("S19", "S18", "S57")
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_carries_the_strict_headers(monde, role):
    rapport = []
    for adresse, chemin in monde.pages():
        for methode in ("get", "post", "put"):
            client = Client(raise_request_exception=False) if role == ANONYME else connecter(monde.comptes[role])
            reponse = getattr(client, methode)(chemin)
            ici = defauts(reponse)
            personnel = role != ANONYME or chemin.startswith("/compte/")
            if personnel and "no-store" not in reponse.headers.get("Cache-Control", ""):
                ici.append("sans no-store")
            ici += [f"témoin {nom}" for nom in cookies_trop_ouverts(client)]
            rapport += [f"{methode.upper()} {adresse.nom} ({reponse.status_code}) : {d}" for d in ici]
    assert not rapport, "\n".join(rapport)


@pytest.mark.passages("S19")
def test_every_state_of_the_inscription_carries_them_too(heure, creer_compte):
    """Each step empty, wrong, crossed with another tab, closed, saved; the récapitulatif; the refused saving."""
    client = scenario.connecter(creer_compte())
    etapes = [*scenario.SAISIES, "recapitulatif"]
    reponses = [scenario.poster(client, "identification", {"domicile_voie": ""})]
    for etape, champs in scenario.SAISIES.items():
        reponses += [
            client.get(scenario.adresse("etape", etape=etape)),
            scenario.poster(client, etape, dict.fromkeys(champs, "n’importe quoi")),
            client.get(scenario.adresse("etape", etape=etape)),
            scenario.poster(client, etape, champs, action="brouillon"),
            scenario.poster(client, etape, champs),
            scenario.poster(client, etape, {"domicile_voie": "x", "voie": "x", "lva": "x"}, revision="0"),
            scenario.poster(client, etape, champs),
        ]
    reponses += [client.get(scenario.adresse("etape", etape=e)) for e in etapes]
    reponses += [client.post(scenario.adresse("enregistrer"), {"vu": "0"}), scenario.enregistrer(client)]
    with scenario.heure_du_registre(scenario.CLOTURE):
        client.force_login(creer_compte())
        reponses += [client.get(scenario.adresse("etape", etape=e)) for e in etapes]
        reponses += [scenario.poster(client, "identification", {}), client.post(scenario.adresse("enregistrer"))]
    assert {r.status_code for r in reponses} >= {200, 302, 403, 409}
    assert [(r.wsgi_request.path, d) for r in reponses for d in defauts(r)] == []
    assert [r.wsgi_request.path for r in reponses if "no-store" not in r.headers["Cache-Control"]] == []


@pytest.mark.passages("S19", "S36")
def test_a_download_is_sandboxed_and_never_kept(monde):
    reponse = monde.client("candidat").get(reverse("document_pdf", kwargs={"reference": monde.document.reference}))
    assert reponse.status_code == 200
    assert reponse.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in directives(reponse)
    assert "no-store" in reponse.headers["Cache-Control"]
    assert defauts(reponse) == []


@pytest.mark.passages("S19")
@pytest.mark.parametrize("fichier", ["registre/registre.css", "registre/registre.js", "dsfr/dist/favicon/favicon.svg"])
def test_static_files_carry_them_and_nothing_else_is_listed(client, fichier):
    reponse = client.get(f"/static/{fichier}")
    assert reponse.status_code == 200
    reponse.close()
    assert defauts(reponse) == []
    for autre in ("/static/", "/static/registre/", "/static/../config/settings.py", "/static/%2e%2e/manage.py"):
        assert client.get(autre).status_code == 404


@pytest.mark.passages("S48")
@pytest.mark.parametrize(
    "chemin",
    [
        "/.git/HEAD",
        "/.env",
        "/admin/",
        "/api/",
        "/debug/",
        "/__debug__/",
        "/metrics",
        "/server-status",
        "/manage.py",
        "/pyproject.toml",
        "/var/registre.sqlite3",
        "/docs/",
        "/.well-known/",
        "/swagger",
        "/phpinfo.php",
        "/backup.sql",
    ],
)
def test_nothing_answers_at_the_usual_places(client, chemin):
    assert client.get(chemin).status_code == 404


@pytest.mark.passages("S48")
def test_the_health_page_only_says_ok_and_trace_is_refused(client):
    assert client.get(reverse("sante")).content == b"ok"
    assert client.trace(reverse("accueil")).status_code == 405


# --- Pages of refusals and failures -------------------------------------------------------------------


def est_une_page_d_erreur(reponse: Any, statut: int, titre: str) -> None:
    assert reponse.status_code == statut
    page = reponse.content.decode()
    assert '<html lang="fr"' in page
    assert page.count("<h1>") == 1
    assert f"<h1>{titre}</h1>" in page
    assert re.search(rf"<title>\s*{titre} - Registre", page)
    assert '<main class="fr-container fr-py-4w" id="contenu"' in page
    assert f"<code>{reponse.headers['X-Request-Id']}</code>" in page
    assert not re.search(
        r"Traceback|Exception|Error|django|registre\.[a-z]+\.|site-packages|\.py|SELECT|panne-secrete", page
    )
    assert defauts(reponse) == []


@pytest.fixture
def refusees(monde, settings) -> dict[str, Any]:
    """One answer for each page of refusal."""
    settings.CORPS_MAXIMAL = 50_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000, 100
    candidat, connexion = monde.client("candidat"), reverse("account_login")
    beaucoup = {f"champ{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    return {
        "hote": Client().get("/", headers={"host": "pirate.example"}),
        "gros": candidat.post(scenario.adresse("etape", etape="identification"), {"domicile_voie": "x" * 20_000}),
        "anonyme gros": Client().post(connexion, {"courriel": "x" * 20_000}),
        "nombreux": Client().post(connexion, "&".join(beaucoup), content_type="application/x-www-form-urlencoded"),
        "jeton": Client(enforce_csrf_checks=True).post(connexion),
        "role": monde.client("gestionnaire").get(reverse("mes_documents")),
        "absente": candidat.get("/nulle/part"),
        "absente pour anonyme": Client().get("/nulle/part"),
        "absente pour le service": monde.client("administrateur").get("/nulle/part"),
    }


@pytest.mark.passages("S54", "S14")
def test_each_page_of_refusal_is_french_plain_and_names_its_request(refusees):
    attendues = {
        "hote": (400, "Demande non comprise"),
        "gros": (413, "Envoi trop lourd"),
        "anonyme gros": (413, "Envoi trop lourd"),
        "nombreux": (400, "Demande non comprise"),
        "jeton": (403, "Page expirée"),
        "role": (403, "Accès refusé"),
        "absente": (404, "Page introuvable"),
        "absente pour anonyme": (404, "Page introuvable"),
        "absente pour le service": (404, "Page introuvable"),
    }
    for cas, (statut, titre) in attendues.items():
        est_une_page_d_erreur(refusees[cas], statut, titre)


@pytest.mark.passages("S54", "S7", "F21")
def test_the_pages_that_ask_to_wait_carry_the_headers_and_say_how_long(monde, monkeypatch):
    def en_panne(*args: Any) -> None:
        raise rendu.MoteurEnPanne("panne-secrete")

    monkeypatch.setattr(rendu, "pdf", en_panne)
    pdf = monde.client("candidat").get(reverse("document_pdf", kwargs={"reference": monde.document.reference}))
    faux = {"courriel": "inscrite@exemple.fr", "mot_de_passe": "Faux*en.Juin"}
    essais = [Client().post(reverse("account_login"), faux) for _ in range(6)]
    for reponse, statut in ((pdf, 503), (essais[-1], 429)):
        assert reponse.status_code == statut
        assert int(reponse.headers["Retry-After"]) > 0
        assert defauts(reponse) == []
        assert "no-store" in reponse.headers["Cache-Control"]
        assert "<h1" in reponse.content.decode()
        assert "panne-secrete" not in reponse.content.decode()


class JamaisLu:
    """A body that must not be read."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("le corps a été lu")

    readline = read


@pytest.mark.passages("S31", "S54")
@pytest.mark.parametrize(
    "sorte", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"]
)
def test_a_heavy_body_is_refused_before_it_is_read(sorte):
    client = Client()
    chemins = [reverse("accueil"), reverse("account_login"), "/nulle/part", "/static/registre/registre.css"]
    for chemin in chemins:
        reponse = client.request(
            REQUEST_METHOD="POST",
            PATH_INFO=chemin,
            CONTENT_TYPE=sorte,
            CONTENT_LENGTH="6000000",
            **{"wsgi.input": JamaisLu()},
        )
        est_une_page_d_erreur(reponse, 413, "Envoi trop lourd")


@pytest.mark.passages("S54")
def test_an_exception_in_any_view_gives_the_failure_page(monde, monkeypatch):
    """The fault is injected in place of the view itself, behind its guards."""
    for adresse, chemin in monde.pages():
        vue = adresse.vue

        def en_panne(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("panne-secrete")

        for attribut in ("login_required", "reprenable"):
            if hasattr(vue, attribut):
                setattr(en_panne, attribut, getattr(vue, attribut))
        patron = next(p for p in _patrons(get_resolver()) if p.name == adresse.nom)
        with monkeypatch.context() as panne:
            panne.setattr(patron, "callback", en_panne)
            for role in ("candidat", "gestionnaire"):
                reponse = monde.client(role).get(chemin)
                est_une_page_d_erreur(reponse, 500, "Une erreur est survenue")
                assert "no-store" in reponse.headers["Cache-Control"]


def _patrons(noeud: Any) -> Iterator[Any]:
    for enfant in noeud.url_patterns:
        yield from _patrons(enfant) if hasattr(enfant, "url_patterns") else [enfant]


@pytest.mark.passages("S54")
@pytest.mark.parametrize("faute", [SuspiciousOperation("panne-secrete"), PermissionError("panne-secrete")])
def test_the_text_of_an_exception_is_never_shown(client, monkeypatch, faute):
    from registre.commun import views

    def en_panne(*args: Any) -> None:
        raise faute

    monkeypatch.setattr(views, "_services", en_panne)
    client.raise_request_exception = False
    reponse = client.get(reverse("ouverture_des_services"))
    assert reponse.status_code in (400, 500)
    assert "panne-secrete" not in reponse.content.decode()


@pytest.mark.passages("S54", "F9")
def test_the_failure_page_shows_when_the_database_is_down(monde):
    client = monde.client("candidat")
    client.raise_request_exception = False

    def base_en_panne(execute: Any, *args: Any) -> None:
        raise DatabaseError("panne-secrete")

    with connection.execute_wrapper(base_en_panne):
        reponses = [client.get(reverse(nom)) for nom in ("mes_candidatures", "accueil", "sante")]
        reponses.append(client.get("/nulle/part"))
    for reponse in reponses:
        est_une_page_d_erreur(reponse, 500, "Une erreur est survenue")
    assert client.get(reverse("mes_candidatures")).status_code == 200
