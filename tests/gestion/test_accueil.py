"""The office's landing page: only its académie, real numbers, what is missing and how to complete it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.gestion import queries, specialites, urls
from registre.inscription.models import Candidature
from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from tests.comptes.facteur import connecter_agent
from tests.inscription.scenario import LE, heure_du_registre
from tests.justificatifs.scenario import accepter, candidat_inscrit, creer_agent, refuser, tout_fournir

ICI = "/gestion/clermont-ferrand/"


@pytest.fixture
def agent(gestionnaire: Compte, connecter: Callable[[Compte], Client]) -> Client:
    return connecter(gestionnaire)


@pytest.fixture
def inscrire(creer_compte: Callable[..., Compte]) -> Callable[..., Candidature]:
    """Adds the row of a candidature: what is counted here is rows, whatever they hold."""
    faits: Iterator[int] = iter(range(1, 1000))

    def ajouter(**champs: Any) -> Candidature:
        n = next(faits)
        valeurs = {
            "compte": creer_compte(),
            "academie": "clermont-ferrand",
            "session": 2026,
            "examen": "bac-pro",
            "numero": f"2026-{n:06d}-X",
            "enregistree_le": LE,
            "derniere_version": 1,
            "specialite": "agora",
            "forme_de_passage": "globale",
            "empreinte_visible": "0" * 64,
        }
        return Candidature.objects.create(**(valeurs | champs))

    return ajouter


# --- Cloisonnement ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Compte.Role.GESTIONNAIRE, Compte.Role.ADMINISTRATEUR])
def test_the_service_of_the_academie_enters(
    creer_compte: Callable[..., Compte], connecter: Callable[[Compte], Client], role: str
) -> None:
    client = connecter(creer_compte(role=role, academie="clermont-ferrand"))
    page = client.get(ICI)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store, private"


def _sans_repere(page: Any) -> str:
    """Without what differs from one answer to the next: its reference, its CSRF token."""
    texte = page.content.decode().replace(page.headers["X-Request-Id"], "")
    return re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", texte)


@pytest.mark.parametrize("role", [Compte.Role.GESTIONNAIRE, Compte.Role.ADMINISTRATEUR])
def test_another_academie_looks_like_an_unknown_one(
    creer_compte: Callable[..., Compte], connecter: Callable[[Compte], Client], role: str
) -> None:
    client = connecter(creer_compte(role=role, academie="lyon"))
    with heure_du_registre(LE):
        refus, inconnue = client.get(ICI), client.get("/gestion/nulle-part/")
    assert refus.status_code == inconnue.status_code == 404
    assert _sans_repere(refus) == _sans_repere(inconnue)


def test_a_candidat_gets_the_same_answer_as_for_an_unknown_address(connecte: Client) -> None:
    with heure_du_registre(LE):
        refus, inconnue = connecte.get(ICI), connecte.get("/gestion/nulle-part/")
    assert refus.status_code == inconnue.status_code == 404
    assert _sans_repere(refus) == _sans_repere(inconnue)


def test_a_candidat_whose_compte_names_the_academie_stays_out(
    creer_compte: Callable[..., Compte], connecter: Callable[[Compte], Client]
) -> None:
    assert connecter(creer_compte(academie="clermont-ferrand")).get(ICI).status_code == 404


def test_an_anonymous_visitor_is_sent_to_the_login_page(client: Client, db: None) -> None:
    assert client.get(ICI).headers["Location"] == f"{reverse('account_login')}?next={ICI}"


def test_every_page_of_gestion_is_reserved_to_the_service() -> None:
    for motif in urls.urlpatterns:
        assert isinstance(motif, URLPattern)
        assert getattr(motif.callback, "reservee_au_service", False), motif.name
        assert str(motif.pattern).startswith("<slug:academie>/")


def test_an_academie_without_a_session_says_so(
    creer_compte: Callable[..., Compte], connecter: Callable[[Compte], Client]
) -> None:
    client = connecter(creer_compte(role=Compte.Role.GESTIONNAIRE, academie="lyon"))
    page = client.get("/gestion/lyon/")
    assert "Aucune session n’est réglée pour votre académie" in page.content.decode()


# --- Nombres ------------------------------------------------------------------------------------------


def test_candidatures_versions_and_withdrawals_are_counted_for_this_academie_only(
    agent: Client, inscrire: Callable[..., Candidature]
) -> None:
    inscrire(derniere_version=3)
    inscrire()
    inscrire(etat=Candidature.Etat.RETIREE, derniere_version=2)
    inscrire(academie="lyon", derniere_version=9)
    inscrire(session=2025, derniere_version=9)
    (session,) = agent.get(ICI).context["sessions"]
    assert session["comptes"] == queries.Comptes(enregistrees=2, retirees=1, versions=6)


def test_a_session_without_candidature_counts_zero(agent: Client) -> None:
    (session,) = agent.get(ICI).context["sessions"]
    assert session["comptes"] == queries.Comptes(enregistrees=0, retirees=0, versions=0)


def test_the_number_of_queries_does_not_grow(
    agent: Client, inscrire: Callable[..., Candidature], django_assert_num_queries: Any
) -> None:
    agent.get(ICI)  # the first page writes the date of the session
    with django_assert_num_queries(7):  # session, compte, numbers, queue (3), states of the pieces
        agent.get(ICI)
    for _ in range(5):
        inscrire()
    with django_assert_num_queries(7):
        agent.get(ICI)


@pytest.mark.parametrize(
    ("le", "inscription", "depot"),
    [
        (datetime(2025, 10, 6, 6, 59, tzinfo=UTC), "pas encore ouvert", "pas encore ouvert"),
        (LE, "ouvert, ferme le vendredi 7\u00a0novembre", "ouvert, ferme le vendredi 7\u00a0novembre"),
        (datetime(2025, 11, 7, 16, 0, tzinfo=UTC), "période finie depuis", "ouvert, ferme"),
        (datetime(2025, 11, 7, 23, 0, tzinfo=UTC), "période finie depuis", "période finie depuis"),
    ],
)
def test_the_windows_are_told(
    gestionnaire: Compte, connecter: Callable[[Compte], Client], le: datetime, inscription: str, depot: str
) -> None:
    with heure_du_registre(le):
        (session,) = connecter(gestionnaire).get(ICI).context["sessions"]
    assert session["inscription"].startswith(inscription)
    assert session["depot"].startswith(depot)


# --- Spécialités ----------------------------------------------------------------------------------------


@pytest.mark.passages("L-35", "L-38")
def test_the_specialites_without_their_lvb_are_listed_with_the_file_to_write(agent: Client) -> None:
    page = agent.get(ICI)
    (session,) = page.context["sessions"]
    fermees = {s.slug for s in principal().specialites.values() if s.ouverte and not s.ouverte_a_l_inscription}
    assert {x["specialite"].slug for x in session["a_completer"]} == fermees
    assert len(fermees) == 13
    texte = page.content.decode()
    assert "2026/bac-pro/specialites/aepa.toml" in texte
    assert "13&nbsp;spécialités de la session ne sont pas encore ouvertes" in texte
    assert texte.index("Dépôt des pièces") < texte.index("<summary>Spécialités à compléter (13)</summary>")


@pytest.mark.passages("L-35", "L-38")
@pytest.mark.sans_base
def test_the_file_that_the_page_gives_opens_each_specialite(tmp_path: Path) -> None:
    lignes = specialites.a_completer(principal())
    for ligne in lignes:
        fichier = tmp_path / ligne["fichier"]
        fichier.parent.mkdir(parents=True, exist_ok=True)
        fichier.write_text(ligne["contenu"], encoding="utf-8")
    complete = charger([DOSSIER_DE_BASE, tmp_path])[principal().cle]
    for ligne in lignes:
        assert complete.specialites[ligne["specialite"].slug].ouverte_a_l_inscription
    assert specialites.a_completer(complete) == []


@pytest.mark.sans_base
def test_a_specialite_without_its_epreuves_says_that_they_are_missing() -> None:
    cadre = principal()
    sans = replace(cadre.specialites["agora"], epreuves_connues=False)
    lignes = specialites.a_completer(replace(cadre, specialites={"agora": sans}))
    assert [ligne["manque"] for ligne in lignes] == ["la liste des épreuves"]


def test_the_table_tells_what_is_known_of_each_specialite_of_the_session(agent: Client) -> None:
    (session,) = agent.get(ICI).context["sessions"]
    slugs = [s.slug for s in session["specialites"]]
    assert sorted(slugs) == sorted(s.slug for s in principal().specialites.values() if s.ouverte)
    assert slugs.index("aepa") < slugs.index("agora") < slugs.index("logistique")


# --- Pièces ---------------------------------------------------------------------------------------------


def test_the_state_of_the_control_is_counted_for_this_academie_only(agent: Client) -> None:
    officer = creer_agent("decideur@exemple.fr")
    with heure_du_registre(LE):
        for n, cle in enumerate(("identite", "domicile")):
            candidat = candidat_inscrit(f"c{n}@demo.example")
            tout_fournir(candidat)
            refuser(officer, candidat, cle)
            accepter(officer, candidat, "certificats-travail")
        page = connecter_agent(Compte.objects.get(email="agent@exemple.fr")).get(ICI)
        ailleurs = creer_agent("ailleurs@exemple.fr", academie="lyon")
        ailleurs.active_le = LE
        ailleurs.save(update_fields=["active_le"])
        autre = connecter_agent(ailleurs).get("/gestion/lyon/")
    assert page.context["controle"].a_controler == 4
    assert page.context["controle"].plus_ancienne == LE
    assert (page.context["pieces"]["non_conforme"], page.context["pieces"]["conforme"]) == (2, 2)
    assert "à redéposer" in page.content.decode()
    assert autre.context["controle"].a_controler == 0
    assert set(autre.context["pieces"].values()) == {0}


def test_the_page_leads_to_the_search_and_to_the_queue(agent: Client) -> None:
    texte = agent.get(ICI).content.decode()
    assert 'action="/gestion/clermont-ferrand/candidatures/"' in texte
    assert 'href="/gestion/clermont-ferrand/controle/"' in texte
    assert "ne fait pas encore" not in texte
