"""Finding a candidature: what is typed, the list, its filters; nothing personal in an address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.documents.numeros import numero_candidat
from registre.gestion import listes
from registre.gestion.masques import courriel_masque, naissance_masquee
from registre.inscription.models import Candidature, MotCherche, PieceDemandee
from registre.inscription.usecases.withdraw_candidature import withdraw_candidature
from registre.regles.recherche import mots_cherches
from tests.inscription.scenario import LE, heure_du_registre
from tests.justificatifs.scenario import (
    PIECES,
    RECAPITULATIF,
    accepter,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    envoyer,
    modifier,
    refuser,
    tout_fournir,
)

pytestmark = pytest.mark.django_db
LISTE = "/gestion/clermont-ferrand/candidatures/"


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def bureau(gestionnaire, connecter):
    return connecter(gestionnaire)


@pytest.fixture
def roche():
    return candidat_inscrit()


@pytest.fixture
def ajouter(creer_compte):
    """Another candidature, its words as a registration writes them."""

    def creer(**champs):
        compte = creer_compte(**champs)
        n = Candidature.objects.count() + 500
        candidature = Candidature.objects.create(
            compte=compte,
            academie="clermont-ferrand",
            session=2026,
            examen="bac-pro",
            numero=f"2026-{n:06d}-X",
            enregistree_le=LE,
            derniere_version=1,
            specialite="agora",
            forme_de_passage="globale",
            empreinte_visible="0" * 64,
        )
        MotCherche.objects.bulk_create(
            MotCherche(candidature=candidature, mot=mot)
            for mot in mots_cherches(compte.nom_de_famille, compte.nom_usage, compte.prenoms)
        )
        PieceDemandee.objects.create(candidature=candidature, cle="identite")
        return candidature

    return creer


def cherchees(bureau, texte):
    page = bureau.post(LISTE, {"q": texte}, follow=True)
    return [x.candidature.compte.nom_de_famille for x in page.context["lignes"]]


# --- What is typed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "texte",
    [
        "roche",
        "ROCHE camille",
        "anne roc",
        "14/03/1990",
        "1990-03-14 roche",
        "Roche 14/03/1990",
        "rôché",
        "14031990",
        "14 mars 1990",
    ],
)
def test_a_candidature_is_found_by_name_and_birth_date(bureau, roche, ajouter, texte):
    ajouter(nom_de_famille="Rochefort", prenoms="Paul", date_de_naissance=date(1991, 1, 1))
    ajouter(nom_de_famille="Durand", prenoms="Anne", date_de_naissance=date(1992, 1, 1))
    trouvees = cherchees(bureau, texte)
    assert "Roche" in trouvees
    assert "Durand" not in trouvees
    assert ("Rochefort" in trouvees) == (texte in ("roche", "rôché"))


@pytest.mark.parametrize("texte", ["legoff", "Le Goff", "goff yann", "GOFF"])
def test_either_name_is_found_with_or_without_its_particule(bureau, ajouter, texte):
    ajouter(nom_de_famille="Le Goff", nom_usage="d’Aubigné", prenoms="Yann")
    assert cherchees(bureau, texte) == ["Le Goff"]
    assert cherchees(bureau, "aubigne") == ["Le Goff"]


@pytest.mark.passages("recapitulatif.numero-inscription")
def test_a_whole_number_opens_the_candidature(bureau, roche):
    numero = candidature_de(roche).numero
    for tape in (numero, numero.lower(), numero.replace("-", ""), numero.replace("-", " ")):
        assert bureau.post(LISTE, {"q": tape}).url == f"{LISTE}{numero}/"


def test_a_number_without_its_last_character_lists_it(bureau, roche):
    assert cherchees(bureau, candidature_de(roche).numero[:-2]) == ["Roche"]


def test_a_number_mistyped_is_shown_with_a_warning_and_never_opened(bureau, roche):
    numero = candidature_de(roche).numero
    faux = numero[:-1] + ("A" if numero[-1] != "A" else "B")
    page = bureau.post(LISTE, {"q": faux}, follow=True)
    assert [x.candidature.numero for x in page.context["lignes"]] == [numero]
    assert "n’est pas le bon" in page.content.decode()


def test_a_candidate_number_is_found(bureau, roche):
    assert cherchees(bureau, numero_candidat(principal(), roche.pk)) == ["Roche"]
    assert cherchees(bureau, numero_candidat(principal(), roche.pk + 1)) == []


@pytest.mark.parametrize("texte", ["%", "_", "x' OR 1=1 --", "é" * 400, "31/02/1990"])
def test_what_means_nothing_finds_nothing(bureau, roche, texte):
    assert cherchees(bureau, texte) == []


@pytest.mark.parametrize("texte", ["", "   ", "\x00"])
def test_nothing_typed_lists_everything(bureau, roche, texte):
    assert bureau.post(LISTE, {"q": texte}).url == LISTE


@pytest.mark.passages("S28")
def test_what_is_looked_for_never_enters_an_address(bureau, roche):
    page = bureau.post(LISTE, {"q": "Roche 14/03/1990"}, follow=True)
    [(adresse, _)] = page.redirect_chain
    assert "oche" not in adresse.lower()
    assert "1990" not in adresse
    html = page.content.decode()
    assert "Roche 14/03/1990" in html  # kept in the field
    assert not [a for a in html.split('href="')[1:] if "oche" in a.split('"')[0].lower()]


def test_a_search_can_be_shown_again_until_it_is_forgotten(bureau, roche):
    adresse = bureau.post(LISTE, {"q": "roche"}).url
    assert [x.nom for x in bureau.get(adresse).context["lignes"]] == ["Roche Camille Anne"]
    for n in range(12):
        bureau.post(LISTE, {"q": f"autre{n}"})
    assert "Cette recherche n’est plus gardée" in bureau.get(adresse).content.decode()


def test_another_browser_cannot_read_my_search(bureau, roche, creer_compte, connecter):
    adresse = bureau.post(LISTE, {"q": "roche"}).url
    autre = creer_compte(role=Compte.Role.GESTIONNAIRE, academie="clermont-ferrand")
    assert connecter(autre).get(adresse).context["texte"] == ""


# --- The list -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("P14")
def test_the_list_masks_the_birth_date_and_the_address(bureau, roche):
    html = bureau.get(LISTE).content.decode()
    assert "Roche Camille Anne" in html
    assert "en 1990" in html
    assert "c…@demo.example" in html
    for entier in ("14/03/1990", "14 mars", "camille.roche@"):
        assert entier not in html


@pytest.mark.sans_base
def test_masks():
    assert courriel_masque("a@b.fr") == "a…@b.fr"
    assert naissance_masquee(None) == ""


@pytest.mark.passages("L-30", "L-51")
def test_the_state_of_the_pieces_follows_each_act(bureau, roche, creer_compte):
    agent = creer_agent("decideur@exemple.fr")

    def etat():
        [x] = bureau.get(LISTE).context["lignes"]
        return {nom: n for nom, n in vars(x.pieces).items() if n and nom != "demandees"}

    assert etat() == {"a_fournir": 4}
    assert "0 conforme sur 4" in bureau.get(LISTE).content.decode()
    deposer(roche)
    assert etat() == {"a_fournir": 3, "a_envoyer": 1}
    envoyer(roche)
    assert etat() == {"a_fournir": 3, "a_controler": 1}
    refuser(agent, roche)
    assert etat() == {"a_fournir": 3, "non_conformes": 1}
    accepter(agent, roche)
    deposer(roche, RECAPITULATIF)
    envoyer(roche, "recapitulatif")
    assert etat() == {"a_fournir": 2, "a_controler": 1, "conformes": 1}
    modifier(roche)
    assert etat() == {"a_fournir": 3, "conformes": 1}


def filtrees(bureau, filtre):
    return [x.candidature.compte.email for x in bureau.get(LISTE, {"filtre": filtre}).context["lignes"]]


@pytest.mark.passages("L-49", "L-51")
def test_each_filter_keeps_its_own(bureau, roche):
    complete, partie = candidat_inscrit("complete@demo.example"), candidat_inscrit("partie@demo.example")
    tout_fournir(complete)
    withdraw_candidature(partie, principal(), le=LE)
    assert filtrees(bureau, "") == ["partie@demo.example", "complete@demo.example", roche.email]
    assert filtrees(bureau, "a-controler") == ["complete@demo.example"]
    assert filtrees(bureau, "incomplet") == [roche.email]
    assert filtrees(bureau, "retirees") == ["partie@demo.example"]
    assert filtrees(bureau, "inconnu") == filtrees(bureau, "")

    agent = creer_agent("decideur@exemple.fr")
    refuser(agent, complete)
    assert filtrees(bureau, "incomplet") == ["complete@demo.example", roche.email]
    accepter(agent, complete)
    modifier(complete)  # the signed recap is no longer the last one
    assert filtrees(bureau, "incomplet") == ["complete@demo.example", roche.email]
    assert filtrees(bureau, "a-controler") == ["complete@demo.example"]


def test_the_list_is_paged_and_its_queries_are_constant(bureau, roche, ajouter):
    bureau.get(LISTE)
    with CaptureQueriesContext(connection) as une:
        bureau.get(LISTE)
    for n in range(60):
        ajouter(nom_de_famille=f"Nom{n}")
    with CaptureQueriesContext(connection) as beaucoup:
        premiere = bureau.get(LISTE)
    assert len(beaucoup) == len(une) <= 8
    assert [len(premiere.context["lignes"]), premiere.context["page"].paginator.num_pages] == [50, 2]
    assert [len(bureau.get(LISTE, {"page": p}).context["lignes"]) for p in ("2", "99", "x", "-1")] == [11, 11, 50, 11]


def test_a_long_list_says_that_it_stops(bureau, roche, ajouter, monkeypatch):
    monkeypatch.setattr(listes, "LIMITE", 3)
    for n in range(5):
        ajouter(nom_de_famille=f"Nom{n}")
    html = bureau.get(LISTE).content.decode()
    assert "La liste s’arrête aux 3 premières" in html


@pytest.mark.passages("S25")
def test_another_academie_finds_nothing(roche, creer_compte, connecter):
    ailleurs = connecter(creer_compte(role=Compte.Role.GESTIONNAIRE, academie="lyon"))
    for texte in ("roche", "14/03/1990", candidature_de(roche).numero, numero_candidat(principal(), roche.pk)):
        page = ailleurs.post("/gestion/lyon/candidatures/", {"q": texte}, follow=True)
        assert page.context["lignes"] == []


# --- What is kept for it ------------------------------------------------------------------------------------------


def test_a_registration_keeps_the_words_of_the_name_and_the_pieces_asked(roche):
    candidature = candidature_de(roche)
    mots = set(candidature.mots.values_list("mot", flat=True))
    assert mots == {"roche", "camilleanne", "anne"}
    assert set(candidature.demandees.values_list("cle", flat=True)) == set(PIECES)


@pytest.mark.passages("L-30")
def test_a_new_version_changes_the_pieces_asked(roche):
    modifier(roche, "epreuves", eps_cas="inapte", eps_activites=[])
    assert "certificat-medical-eps" in candidature_de(roche).demandees.values_list("cle", flat=True)
    modifier(roche)
    assert set(candidature_de(roche).demandees.values_list("cle", flat=True)) == set(PIECES)


def test_the_command_restores_the_pieces_asked(roche, capsys):
    candidature = candidature_de(roche)
    candidature.demandees.filter(cle="identite").delete()
    candidature.demandees.create(cle="jdc")
    for attendu in ("1 candidatures", "0 candidatures"):
        call_command("recalculer_pieces")
        assert attendu in capsys.readouterr().out
    assert set(candidature.demandees.values_list("cle", flat=True)) == set(PIECES)
