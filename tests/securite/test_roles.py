"""H1: every address of the site, asked by every role with every method, answers what the table says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from registre.commun.models import Evenement
from tests.conventions.citations import RACINE
from tests.securite.outils import ANONYME, ROLES, Adresse, Monde, adresses, connecter, empreinte_de_la_base

TABLE: dict[str, dict[str, Any]] = tomllib.loads((RACINE / "tests/conventions/roles.toml").read_text(encoding="utf-8"))
GROUPES = {
    "tous": ROLES,
    "connectes": ROLES[1:],
    "service": ("gestionnaire", "gestionnaire_ailleurs", "administrateur"),
}
STATUTS = {"ok": 200, "mort": 410, "interdit": 403, "introuvable": 404, "methode": 405}
ACTES = {"get": "lire", "head": "lire", "post": "envoyer", "put": "", "delete": ""}


def attendu(nom: str, methode: str, role: str) -> str:
    """What the table promises; a method that is not listed is refused, and an unknown visitor logs in first."""
    ligne = TABLE[nom].get(ACTES[methode])
    if ligne is None:
        return "connexion" if _de(TABLE[nom]["lire"], ANONYME) == "connexion" and role == ANONYME else "methode"
    return _de(ligne, role)


def _de(ligne: dict[str, str], role: str) -> str:
    if role in ligne:
        return ligne[role]
    [reponse] = [ligne[g] for g, membres in GROUPES.items() if g in ligne and role in membres]
    return reponse


def obtenu(reponse: Any) -> str:
    if reponse.status_code == 302:
        nom = resolve(reponse.url.partition("?")[0].partition("#")[0]).url_name
        return "connexion" if nom == "account_login" and "next=" in reponse.url else f"vers {nom}"
    return next((mot for mot, statut in STATUTS.items() if statut == reponse.status_code), str(reponse.status_code))


def demandes(monde: Monde, methodes: tuple[str, ...]) -> Iterator[tuple[Adresse, str, str, str]]:
    for adresse, chemin in monde.pages():
        for role in ROLES:
            for methode in methodes:
                yield adresse, chemin, role, methode


def demander(monde: Monde, chemin: str, role: str, methode: str) -> Any:
    """One request from a new browser; whatever it did is undone."""
    with transaction.atomic():
        client = Client(raise_request_exception=False) if role == ANONYME else connecter(monde.comptes[role])
        reponse = getattr(client, methode)(chemin)
        transaction.set_rollback(True)
    return reponse


@pytest.mark.passages("S23", "S11")
def test_every_address_has_its_row_and_every_row_its_address():
    noms = [a.nom for a in adresses()]
    assert sorted(noms) == sorted(set(noms)), "deux adresses portent le même nom"
    assert sorted(noms) == sorted(TABLE)


@pytest.mark.passages("S23")
def test_a_row_answers_for_each_role_exactly_once():
    manques = [
        f"{nom} {acte} {role}"
        for nom, ligne in TABLE.items()
        for acte, reponses in ligne.items()
        if acte != "demo"
        for role in ROLES
        if role not in reponses and sum(role in GROUPES.get(g, ()) for g in reponses) != 1
    ]
    assert manques == []


@pytest.mark.passages("S23")
def test_only_the_views_that_the_table_opens_to_anonymous_are_public():
    publiques = {a.nom for a in adresses() if not getattr(a.vue, "login_required", True)}
    assert publiques == {nom for nom in TABLE if _de(TABLE[nom]["lire"], ANONYME) != "connexion"}


@pytest.mark.passages("S23", "S20")
@pytest.mark.django_db
def test_each_role_gets_what_the_table_says_from_each_address(monde):
    ecarts = []
    for adresse, chemin, role, methode in demandes(monde, tuple(ACTES)):
        reponse = obtenu(demander(monde, chemin, role, methode))
        promis = attendu(adresse.nom, methode, role)
        if reponse != promis:
            ecarts.append(f"{methode.upper()} {chemin} ({adresse.nom}) par {role} : {reponse}, attendu {promis}")
    assert not ecarts, "\n".join(ecarts)


@pytest.mark.passages("S11", "S48")
def test_the_demonstration_is_mounted_only_in_its_mode(client, db):
    de_demo = [a for a in adresses() if a.patron.startswith("demo/")]
    assert {a.nom for a in de_demo} == {nom for nom, ligne in TABLE.items() if ligne.get("demo")}
    for adresse in de_demo:
        assert client.get("/" + re.sub(r"<\w+:\w+>", "1", adresse.patron)).status_code == 404


@pytest.mark.passages("S11", "S23")
@pytest.mark.django_db
def test_the_demonstration_answers_what_the_table_says(monde, settings):
    """In its own mode. Resetting it empties every table: its own tests do that."""
    settings.EN_DEMO, settings.ROOT_URLCONF = True, "tests.demo.urls"
    ecarts = []
    for adresse in (a for a in adresses() if a.patron.startswith("demo/")):
        chemin = "/" + adresse.patron.replace("<int:numero>", "999999")
        for role in ROLES:
            for methode in ACTES:
                if (adresse.nom, methode) == ("demo_reset", "post"):
                    continue
                reponse = obtenu(demander(monde, chemin, role, methode))
                promis = attendu(adresse.nom, methode, role)
                if reponse != promis:
                    ecarts.append(f"{methode.upper()} {chemin} par {role} : {reponse}, attendu {promis}")
    assert not ecarts, "\n".join(ecarts)


# What an officer reads of a person is written in the journal, one line a reading, or is not shown (P7, P14).
CONSULTATIONS = {
    "gestion_candidature": "candidature_consultee",
    "gestion_acquis": "candidature_consultee",
    "gestion_document_pdf": "document_consulte",
    "controle_piece": "candidature_consultee",
    "controle_page": "piece_vue",
}


@pytest.mark.passages("S20", "P7", "P14")
@pytest.mark.django_db
def test_get_and_head_change_no_row(monde):
    """But for the line of the journal that says who has read: that one exactly, for who may read only."""
    coupables = []
    for adresse, chemin, role, methode in demandes(monde, ("get", "head")):
        with transaction.atomic():
            client = Client(raise_request_exception=False) if role == ANONYME else connecter(monde.comptes[role])
            avant = empreinte_de_la_base()  # logging in dates the account
            dernier = Evenement.objects.order_by("pk").last()
            lu = getattr(client, methode)(chemin).status_code == 200
            lignes = Evenement.objects.filter(pk__gt=dernier.pk)
            attendues = [CONSULTATIONS[adresse.nom]] if lu and adresse.nom in CONSULTATIONS else []
            if [e.acte for e in lignes] != attendues or any(e.acteur != monde.comptes[role] for e in lignes):
                coupables.append(f"{methode.upper()} {adresse.nom} par {role} : {[e.acte for e in lignes]}")
            lignes.delete()
            if empreinte_de_la_base() != avant:
                coupables.append(f"{methode.upper()} {adresse.nom} par {role}")
            transaction.set_rollback(True)
    assert coupables == []


@pytest.mark.passages("S20")
@pytest.mark.django_db
def test_a_post_without_its_token_is_refused_everywhere_and_changes_nothing(monde):
    acceptes = []
    for adresse, chemin, role, _ in demandes(monde, ("post",)):
        client = Client(enforce_csrf_checks=True)
        if role != ANONYME:
            client.force_login(monde.comptes[role])
        avant = empreinte_de_la_base()
        reponse = client.post(chemin, {"etape": "x"})
        if reponse.status_code != 403 or empreinte_de_la_base() != avant:
            acceptes.append(f"{adresse.nom} par {role} : {reponse.status_code}")
        assert "Page expirée" in reponse.content.decode()
    assert acceptes == []


@pytest.mark.passages("S20")
def test_no_view_is_exempt_from_the_token():
    assert [a.nom for a in adresses() if getattr(a.vue, "csrf_exempt", False)] == []
    sources = [f for d in ("registre", "config") for f in (RACINE / d).rglob("*.py")]
    assert [f.name for f in sources if "csrf_exempt" in f.read_text(encoding="utf-8")] == []
