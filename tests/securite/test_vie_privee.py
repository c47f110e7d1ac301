"""What the site keeps of a person: all of it documented, nothing more asked, the handicap answer nowhere else."""

from __future__ import annotations

import ast
import dataclasses
import re
import tomllib
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from registre.commun import sources
from registre.commun.models import Courriel
from registre.comptes import forms as formulaires_des_comptes
from registre.comptes.models import PostEnAttente
from registre.documents import rendu
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.handicap import lire_reponse
from registre.inscription.models import ReponseHandicap
from registre.regles.cadre import DureesDeConservation
from registre.regles.etapes import CHAMPS_PAR_ETAPE, champ_de_l_etape
from tests.conventions.citations import RACINE
from tests.inscription import scenario
from tests.securite.outils import lignes_par_table, sans_alea
from tests.securite.test_saisies_forgees import _cadre

DONNEES: dict[str, Any] = tomllib.loads((RACINE / "docs/donnees.toml").read_text(encoding="utf-8"))
FORMULAIRES: dict[str, dict[str, str]] = DONNEES.pop("formulaires")
CLASSES = {"ordinaire", "sensible", "piece", "technique"}
DUREES = {f.name for f in dataclasses.fields(DureesDeConservation)}
SERVICE = ("csrfmiddlewaretoken", "repere", "revision", "action", "vu", "next", "recherche")


def modeles() -> dict[str, Any]:
    return {m._meta.label: m for m in apps.get_models() if m.__module__.startswith("registre.")}


def tables() -> dict[str, dict[str, Any]]:
    return {f"{app}.{nom}": t for app, par_nom in DONNEES.items() for nom, t in par_nom.items()}


# --- P1: the register of data ---------------------------------------------------------------------------


@pytest.mark.passages("P1")
def test_every_field_of_every_model_is_in_the_register_and_every_row_is_a_field():
    champs = {f"{label}.{f.name}" for label, m in modeles().items() for f in m._meta.concrete_fields}
    decrits = {f"{label}.{nom}" for label, t in tables().items() for nom in t["champs"]}
    assert {"oubliés": champs - decrits, "sans champ": decrits - champs} == {"oubliés": set(), "sans champ": set()}


@pytest.mark.passages("P1", "P2")
def test_every_row_says_why_who_and_how_long():
    for label, table in tables().items():
        for nom, ligne in table["champs"].items():
            entiere = {"lecteurs": table["lecteurs"], "duree": table["duree"], **ligne}
            assert set(entiere) == {"lecteurs", "duree", "classe", "finalite"}, f"{label}.{nom}"
            assert entiere["classe"] in CLASSES, f"{label}.{nom}"
            assert len(entiere["finalite"].split()) >= 2, f"{label}.{nom}"
            assert entiere["lecteurs"], f"{label}.{nom}"
            duree = entiere["duree"]
            assert duree in DUREES or " " in duree or re.match(r"\d", duree), f"{label}.{nom} : {duree}"


@pytest.mark.passages("P1", "P8")
def test_secrets_and_health_are_classed_as_sensitive():
    sensibles = {
        f"{label}.{n}" for label, t in tables().items() for n, c in t["champs"].items() if c["classe"] == "sensible"
    }
    assert sensibles >= {
        "comptes.Compte.password",
        "comptes.Lien.empreinte",
        "comptes.PostEnAttente.corps",
        "comptes.SecondFacteur.secret",
        "comptes.CodeDeSecours.empreinte",
        "inscription.ReponseHandicap.chiffre",
        "inscription.ReponseHandicap.compte",
    }


# --- P11: nothing more is asked -----------------------------------------------------------------------


@pytest.mark.passages("P11")
def test_every_field_of_the_account_forms_is_asked_by_a_source():
    champs = {
        nom
        for classe in vars(formulaires_des_comptes).values()
        if isinstance(classe, type) and issubclass(classe, formulaires_des_comptes.Saisi)
        for nom in classe.base_fields
    }
    assert champs | {"adresse_verifiee"} == set(FORMULAIRES["compte"])


@pytest.mark.passages("P11", "S26")
def test_every_field_that_a_step_keeps_is_asked_by_a_source():
    """Fixed names are listed one by one; names built from a unit or a session, by their pattern."""
    for etape, permis in CHAMPS_PAR_ETAPE.items():
        decrits = FORMULAIRES[etape]
        # The answer on handicap goes to its own table, never into the step.
        refuses = [p for p in decrits if not champ_de_l_etape(etape, exemple(p))]
        assert refuses == (["handicap"] if etape == "candidature" else [])
        if isinstance(permis, tuple):
            assert set(permis) == set(decrits)


def exemple(patron: str) -> str:
    """A field name for a pattern of the register: « p*_u_* » -> « p2024_u_1 »."""
    avant, *apres = ("p2024" + patron[2:] if patron.startswith("p*") else patron).split("*")
    return avant + "".join(f"{'internet' if 'consentement' in avant else 1}{morceau}" for morceau in apres)


@pytest.mark.passages("P11")
@pytest.mark.django_db
def test_every_field_shown_by_a_step_is_documented(heure, creer_compte):
    client = scenario.connecter(creer_compte())
    tout = {"possibilites": ["benefice", "diplome", "vae"], "d0_diplome": "cap"}
    scenario.remplir(client, candidature=scenario.passe(), acquis=tout)
    for etape in scenario.SAISIES:
        page = client.get(scenario.adresse("etape", etape=etape))
        if page.status_code != 200:
            continue
        noms = set(re.findall(r'name="([^"]+)"', page.content.decode())) - {*SERVICE, "viewport", "format-detection"}
        assert noms
        assert [n for n in noms if not any(fnmatchcase(n, p) for p in FORMULAIRES[etape])] == [], etape


@pytest.mark.passages("P11")
def test_every_source_of_the_forms_exists():
    assert [s for f in FORMULAIRES.values() for s in f.values() if not sources.existe(s)] == []


@pytest.mark.passages("P11", "S19")
@pytest.mark.django_db
def test_no_page_loads_anything_from_another_host(monde):
    for role in ("anonyme", "candidat", "gestionnaire"):
        for adresse, chemin in monde.pages():
            page = monde.client(role).get(chemin)
            if "html" not in page.headers["Content-Type"]:
                continue
            corps = page.content.decode()
            charges = re.findall(
                r'<(?:script|img|iframe|link|source|form)\b[^>]*?\b(?:src|href|action)="([^"]+)"', corps
            )
            assert [u for u in charges if re.match(r"(\w+:)?//", u)] == [], adresse.nom
    feuilles = [f for f in (RACINE / "registre").rglob("*.css") if "://" in f.read_text(encoding="utf-8")]
    assert feuilles == []


# --- P12: the information page -----------------------------------------------------------------------


@pytest.mark.passages("P12")
@pytest.mark.django_db
def test_the_information_page_is_linked_from_the_creation_form_and_from_every_page(monde):
    lien = f'href="{reverse("donnees_personnelles")}"'
    contenu = monde.client("anonyme").get(reverse("account_signup")).content.decode()
    corps, _, pied = contenu.partition("<footer")
    assert lien in corps
    assert lien in pied
    for adresse, chemin in monde.pages():
        page = monde.client("candidat").get(chemin)
        if page.status_code == 200 and "<html" in page.content.decode("utf-8", "replace"):
            assert lien in page.content.decode(), adresse.nom


@pytest.mark.passages("P12", "P2", "P13")
@pytest.mark.django_db
def test_the_information_page_says_what_article_13_asks(client):
    page = client.get(reverse("donnees_personnelles")).content.decode().replace("&nbsp;", " ")
    for attendu in ("responsable", "mission d’intérêt public", "Qui les lit", "Combien de temps", "opposer", "mineur"):
        assert attendu in page
    for attendu in ("délégué à la protection des données", "cnil.fr", "Version du", "obligatoires"):
        assert attendu in page
    durees = _cadre().durees
    for duree in (durees.compte_sans_candidature, durees.brouillon_apres_cloture, durees.journaux_de_connexion):
        assert f" {duree} mois" in page


# --- P8: the handicap answer --------------------------------------------------------------------------


@pytest.fixture
def repondu(heure, creer_compte) -> tuple[Any, Any]:
    """A registered candidate who answered « non »; her browser and her account."""
    compte = creer_compte()
    client = scenario.connecter(compte)
    scenario.remplir(client)
    scenario.enregistrer(client)
    return client, compte


def pages_vues(client: Any) -> dict[str, str]:
    """Every page of the candidate and of the office, as text."""
    document = Document.objects.get(genre=CONFIRMATION)
    chemins = [reverse(n) for n in ("mes_candidatures", "mes_documents", "mon_compte", "identite")]
    chemins += [scenario.adresse(n) for n in ("candidature", "desinscription")]
    chemins += [scenario.adresse("etape", etape=e) for e in (*scenario.SAISIES, "recapitulatif")]
    chemins += [reverse("document", kwargs={"reference": document.reference})]
    return {c: sans_alea(client.get(c)) for c in chemins}


@pytest.mark.passages("P8", "etapes.candidature.handicap", "L-68")
@pytest.mark.django_db
def test_the_answer_changes_nothing_but_its_own_row_and_the_two_pages_of_the_candidate(repondu):
    """« oui » instead of « non »: whoever reads anything else cannot tell them apart."""
    client, compte = repondu
    lignes, pages, pdf = lignes_par_table(), pages_vues(client), rendu.pdf(Document.objects.get(genre=CONFIRMATION))
    scenario.poster(client, "candidature", scenario.SAISIES["candidature"], handicap="oui")
    scenario.enregistrer(client)
    assert lire_reponse(compte, _cadre()) == "oui"

    apres = lignes_par_table()
    assert [t for t in apres if apres[t] != lignes[t]] == ["inscription_reponsehandicap"]
    vues = pages_vues(client)
    differentes = {c for c in vues if vues[c] != pages[c]} - {reverse("mes_candidatures")}  # it shows a message once
    assert differentes == {scenario.adresse("etape", etape=e) for e in ("candidature", "recapitulatif")}
    assert rendu.pdf(Document.objects.get(genre=CONFIRMATION)) == pdf


@pytest.mark.passages("P8", "L-68")
@pytest.mark.django_db
def test_the_answer_is_kept_encrypted_and_its_size_says_nothing(repondu):
    client, _ = repondu
    non = bytes(ReponseHandicap.objects.get().chiffre)
    scenario.poster(client, "candidature", scenario.SAISIES["candidature"], handicap="oui")
    oui = bytes(ReponseHandicap.objects.get().chiffre)
    assert len(oui) == len(non)
    assert b"oui" not in oui
    assert b"non" not in non


@pytest.mark.passages("P8", "L-68")
@pytest.mark.django_db
def test_the_answer_typed_in_a_lost_session_is_kept_encrypted(heure, creer_compte):
    compte = creer_compte()
    client = scenario.connecter(compte)
    scenario.poster(client, "identification", scenario.SAISIES["identification"])
    page = client.get(scenario.adresse("etape", etape="candidature")).content.decode()
    [repere] = re.findall(r'name="repere" value="([^"]+)"', page)
    client.logout()
    scenario.poster(client, "candidature", {"repere": repere}, handicap="oui")
    assert b"handicap" not in bytes(PostEnAttente.objects.get().corps)
    assert not ReponseHandicap.objects.exists()


@pytest.mark.passages("P8", "L-68")
def test_only_the_pages_of_the_candidate_read_the_answer():
    """Whoever else wants it must come through here."""
    lecteurs = set()
    for fichier in (RACINE / "registre").rglob("*.py"):
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
            if isinstance(noeud, ast.alias | ast.Name | ast.Attribute):
                nom = getattr(noeud, "name", getattr(noeud, "id", getattr(noeud, "attr", "")))
                if nom in ("lire_reponse", "ReponseHandicap"):
                    lecteurs.add(fichier.relative_to(RACINE / "registre").as_posix())
    assert lecteurs == {"inscription/handicap.py", "inscription/pages.py"}


@pytest.mark.passages("P8", "P14")
@pytest.mark.django_db
@pytest.mark.parametrize("referent", [False, True])
def test_no_page_of_the_office_shows_the_answer(monde, referent):
    agent = monde.comptes["gestionnaire"]
    agent.referent_handicap = referent
    agent.save(update_fields=["referent_handicap"])
    scenario.poster(monde.client("candidat"), "candidature", scenario.SAISIES["candidature"], handicap="oui")
    for adresse, chemin in monde.pages():
        page = monde.client("gestionnaire").get(chemin)
        if page.status_code == 200 and adresse.nom != "donnees_personnelles":
            assert "handicap" not in page.content.decode("utf-8", "replace").lower(), adresse.nom


@pytest.mark.passages("P8", "P15", "S28")
@pytest.mark.django_db
def test_no_mail_tells_anything_personal(monde):
    compte = monde.comptes["candidat"]
    for courriel in Courriel.objects.all():
        tout = courriel.sujet + courriel.texte + courriel.html
        for personnel in (compte.nom_de_famille, compte.prenoms, "1998", "handicap", "rue des Tanneurs", "63000"):
            assert personnel not in tout


# --- S28: nothing personal in addresses and titles --------------------------------------------------------


@pytest.mark.passages("S28")
@pytest.mark.django_db
def test_nothing_personal_is_in_addresses_and_titles(monde):
    compte = monde.comptes["candidat"]
    client = monde.client("candidat")
    secrets = (compte.nom_de_famille, "Léa", "L%C3%A9a", compte.email, "inscrite", "1998")
    a_voir, vus = [chemin for _, chemin in monde.pages()], set()
    while a_voir:
        chemin = a_voir.pop()
        if chemin in vus or chemin.startswith(("/static", "/compte/lien")):
            continue
        vus.add(chemin)
        page = client.get(chemin)
        if page.headers.get("Location", "").startswith("/"):
            a_voir.append(page.headers["Location"].partition("#")[0])
        if "html" not in page.headers.get("Content-Type", ""):
            continue
        corps = page.content.decode()
        titre = re.search(r"<title>(.*?)</title>", corps, re.DOTALL)
        liens = re.findall(r'(?:href|action|src)="([^"]*)"', corps)
        for texte in ([titre[1]] if titre else []) + liens:
            assert not [s for s in secrets if s in texte], f"{chemin} : {texte}"
        a_voir += [u.partition("#")[0] for u in liens if u.startswith("/")]
    assert len(vus) > 20
