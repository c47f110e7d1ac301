"""Runs every measure and prints the ratios. Nothing is compared with another run or another machine."""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["REGISTRE_MODE"] = "test"
DOSSIER = tempfile.TemporaryDirectory(prefix="registre-bench-")
os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{DOSSIER.name}/bench.sqlite3")

import django  # noqa: E402 - the environment comes first

django.setup()

import time_machine  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import usuel  # noqa: E402
from registre.documents.empreinte import empreinte  # noqa: E402
from registre.documents.models import CONFIRMATION, Document  # noqa: E402
from registre.documents.rendu import pdf  # noqa: E402
from registre.inscription.models import Candidature  # noqa: E402
from tests.inscription.scenario import LE, MOT_DE_PASSE, SAISIES, adresse, creer_candidat, vu  # noqa: E402

TOURS = int(os.environ.get("BENCH_TOURS", "150"))


class Navigateur:
    """Calls the WSGI application straight: no socket, no client-side work inside the measure."""

    def __init__(self, application: Any, session: str) -> None:
        self.application, self.csrf = application, _get_new_csrf_string()
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.csrf}"

    def demande(self, methode: str, chemin: str, champs: dict[str, Any] | None = None) -> dict[str, Any]:
        corps = urlencode({**(champs or {}), "csrfmiddlewaretoken": self.csrf}, doseq=True).encode()
        chemin, _, requete = chemin.partition("?")
        return {
            "REQUEST_METHOD": methode,
            "PATH_INFO": chemin,
            "QUERY_STRING": requete,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookies,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(corps)) if methode == "POST" else "0",
            "wsgi.input": BytesIO(corps if methode == "POST" else b""),
            "wsgi.errors": BytesIO(),
            "wsgi.url_scheme": "http",
        }

    def envoyer(self, environ: dict[str, Any]) -> tuple[int, str]:
        recu: list[Any] = []
        reponse = self.application(environ, lambda statut, entetes: recu.extend((statut, entetes)))
        b"".join(reponse)
        reponse.close()
        return int(recu[0][:3]), dict(recu[1]).get("Location", "")


@contextmanager
def mesure(temps: list[float]) -> Iterator[None]:
    debut = time.perf_counter()
    yield
    temps.append(time.perf_counter() - debut)


def compter(acte: Callable[[], Any]) -> int:
    nombre = 0

    def un_de_plus(execute: Any, sql: str, *reste: Any) -> Any:
        nonlocal nombre
        nombre += not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))
        return execute(sql, *reste)

    with connection.execute_wrapper(un_de_plus):
        acte()
    return nombre


def session_de(compte: Any) -> str:
    client = Client()
    client.force_login(compte)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def preparer() -> tuple[Any, Any]:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with connection.schema_editor() as editeur:
        editeur.create_model(usuel.Fiche)
    registre = WSGIHandler()
    with override_settings(MIDDLEWARE=usuel.MIDDLEWARE):
        usuelle = WSGIHandler()
    return registre, usuelle


def document_neuf(n: int) -> Document:
    """A confirmation that the engine has never seen: it remembers what it has laid out."""
    document = Document.objects.filter(genre=CONFIRMATION).last()
    document.contenu["sections"][0]["lignes"][1]["valeur"] = f"Roche {n}"
    document.version = document.contenu["version"] = n + 2
    document.empreinte = empreinte(document.contenu)
    return document


FICHE = {
    "voie": "12 rue des Tanneurs",
    "code_postal": "63000",
    "commune": "Clermont-Ferrand",
    "autre_adresse": "non",
    "nationalite": "oui",
    "categorie": "99",
    "mobile": "06 39 98 01 23",
}


def mesurer() -> dict[str, Any]:
    registre, usuelle = preparer()
    temps: dict[str, list[float]] = {
        k: [] for k in ("rien", "usuel", "etape", "enregistrer", "inscription", "pdf", "connexion")
    }
    requetes: dict[str, int] = {}
    detail: dict[str, list[float]] = defaultdict(list)
    gc.disable()
    with time_machine.travel(LE, tick=True):
        for n in range(TOURS + 5):  # five to warm up
            un_tour(n, registre, usuelle, temps, detail, requetes)
            if n == 4:
                for liste in (*temps.values(), *detail.values()):
                    liste.clear()
            gc.collect()
        neufs = [document_neuf(n) for n in range(100)]
        debut = time.process_time()
        for document in neufs:
            with mesure(temps["pdf"]):
                pdf(document)
        rendus = 100 / (time.process_time() - debut)
    return {"temps": temps, "requetes": requetes, "detail": detail, "pdf_par_seconde": rendus}


def un_tour(
    n: int,
    registre: Any,
    usuelle: Any,
    temps: dict[str, list[float]],
    detail: dict[str, list[float]],
    requetes: dict[str, int],
) -> None:
    """One candidate: the yardsticks and a whole registration, one after the other."""
    candidat = creer_candidat(f"candidat{n}@demo.example")
    usuel.Fiche.objects.create(compte=candidat, **FICHE)
    session = session_de(candidat)
    ici, la = Navigateur(registre, session), Navigateur(usuelle, session)

    poste = la.demande("POST", "/fiche/", FICHE | {"commune": f"Riom {n}"})
    with mesure(temps["usuel"]):
        assert la.envoyer(poste)[0] == 302
    with mesure(temps["rien"]):
        assert la.envoyer(la.demande("GET", "/rien/"))[0] == 200

    total: list[float] = []
    for etape, champs in SAISIES.items():
        montrer = ici.demande("GET", adresse("etape", etape=etape))
        with mesure(total), mesure(detail[f"page {etape}"]):
            assert ici.envoyer(montrer)[0] == 200
        plus = {"action": "suivant", "revision": "0"} | ({"handicap": "non"} if etape == "candidature" else {})
        poste = ici.demande("POST", adresse("etape", etape=etape), champs | plus)
        with mesure(total), mesure(detail[f"POST {etape}"]):
            statut, suite = ici.envoyer(poste)
        assert (statut, suite != adresse("etape", etape=etape)) == (302, True), (etape, suite)
    recapitulatif = ici.demande("GET", adresse("etape", etape="recapitulatif"))
    with mesure(total), mesure(detail["page recapitulatif"]):
        assert ici.envoyer(recapitulatif)[0] == 200
    client = Client()
    client.force_login(candidat)
    jeton = vu(client)
    poste = ici.demande("POST", adresse("enregistrer"), {"vu": jeton})
    with mesure(total), mesure(temps["enregistrer"]), mesure(detail["ENREGISTRER"]):
        assert ici.envoyer(poste)[0] == 302
    document = Document.objects.get(genre=CONFIRMATION, candidature=Candidature.objects.get(compte=candidat).numero)
    suites = {
        "page de la candidature": adresse("candidature"),
        "Mes documents": "/documents/",
        "PDF servi": f"/documents/{document.reference}/pdf",
    }
    for nom, chemin in suites.items():
        demande = ici.demande("GET", chemin)
        with mesure(total), mesure(detail[nom]):
            assert ici.envoyer(demande)[0] == 200
    temps["inscription"].append(sum(total))
    anonyme = Navigateur(registre, "")
    poste = anonyme.demande(
        "POST", reverse("account_login"), {"courriel": candidat.email, "mot_de_passe": MOT_DE_PASSE}
    )
    with mesure(temps["connexion"]):
        assert anonyme.envoyer(poste)[0] == 302

    # A step saved again with another answer: the usual act of somebody who changes his mind.
    poste = ici.demande(
        "POST",
        adresse("etape", etape="identification"),
        SAISIES["identification"] | {"domicile_commune": f"Riom {n}", "action": "brouillon"},
    )
    with mesure(temps["etape"]):
        assert ici.envoyer(poste)[0] == 200
    if n == 4:
        compter_les_requetes(ici, la, candidat, requetes)


def compter_les_requetes(ici: Navigateur, la: Navigateur, candidat: Any, requetes: dict[str, int]) -> None:
    requetes["usuel"] = compter(lambda: la.envoyer(la.demande("POST", "/fiche/", FICHE)))
    etape = SAISIES["identification"] | {"action": "brouillon", "domicile_commune": "Thiers"}
    requetes["etape"] = compter(
        lambda: ici.envoyer(ici.demande("POST", adresse("etape", etape="identification"), etape))
    )
    requetes["page d’étape"] = compter(lambda: ici.envoyer(ici.demande("GET", adresse("etape", etape="epreuves"))))
    client = Client()
    client.force_login(candidat)
    jeton = vu(client)
    requetes["enregistrer"] = compter(lambda: ici.envoyer(ici.demande("POST", adresse("enregistrer"), {"vu": jeton})))


def dire(resultat: dict[str, Any]) -> None:
    medianes = {k: statistics.median(v) for k, v in resultat["temps"].items() if v}
    usuelle, nue = medianes["usuel"], medianes["rien"]
    base = connection.vendor
    print(f"Base : {base}. {TOURS} tours ; médianes. Unité : un POST usuel ({usuelle * 1000:.2f} ms ici).\n")
    print("| mesure | en POST usuels | en vues nues | requêtes SQL |")
    print("| --- | --- | --- | --- |")
    lignes = [
        ("POST usuel (ModelForm, 1 lecture, 1 écriture)", "usuel", "usuel"),
        ("garder une étape", "etape", "etape"),
        ("ENREGISTRER", "enregistrer", "enregistrer"),
        ("le PDF seul, jamais vu du moteur", "pdf", None),
        ("se connecter (argon2id, 19 MiB, 2 passes)", "connexion", None),
        ("l’inscription entière : 6 étapes, ENREGISTRER, 2 pages, le PDF", "inscription", None),
    ]
    for libelle, cle, req in lignes:
        nombre = resultat["requetes"].get(req, "") if req else ""
        print(f"| {libelle} | {medianes[cle] / usuelle:.2f} | {medianes[cle] / nue:.1f} | {nombre} |")
    print("\nOù passe l’inscription entière, en POST usuels :")
    for nom, valeurs in resultat["detail"].items():
        print(f"  {statistics.median(valeurs) / usuelle:5.2f}  {nom}")
    print(f"\nPage d’étape : {resultat['requetes']['page d’étape']} requêtes.")
    print(f"ENREGISTRER par seconde, un cœur : {1 / medianes['enregistrer']:.0f}.")
    print(f"Confirmations PDF par seconde de processeur, un cœur : {resultat['pdf_par_seconde']:.0f}.")


if __name__ == "__main__":
    gabarits = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]
    with override_settings(ROOT_URLCONF="bench.usuel", TEMPLATES=gabarits):
        dire(mesurer())
    DOSSIER.cleanup()
