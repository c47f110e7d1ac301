"""Requests that no page of ours would send: fields of the models, steps out of order, choices that are not offered."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from django.apps import apps
from django.forms.models import model_to_dict
from django.test import Client, RequestFactory
from django.urls import reverse

from registre.commun.cadres import cadre_ou_404
from registre.commun.courriels import adresse_publique
from registre.commun.middleware import arrivee
from registre.commun.models import Courriel
from registre.comptes.models import Compte
from registre.documents.models import CONFIRMATION, Document
from registre.inscription import brouillons
from registre.inscription.models import Brouillon, Candidature, VersionDeCandidature
from registre.regles.cadre import Cadre
from registre.regles.etapes import champ_de_l_etape
from registre.regles.recapitulatif import contenu, empreinte_visible
from tests.comptes.conftest import formulaire
from tests.conftest import MOT_DE_PASSE
from tests.inscription import scenario

pytestmark = pytest.mark.django_db


# --- S26: fields of the models -------------------------------------------------------------------------


def champs_des_modeles() -> dict[str, str]:
    """Every field of every model of ours, with a value that would matter if it were believed."""
    valeurs = {
        "role": "administrateur",
        "etat": "retiree",
        "numero": "2026-999999-X",
        "academie": "lyon",
        "is_active": "0",
        "referent_handicap": "1",
        "session": "2019",
        "version": "9",
        "derniere_version": "9",
        "forme_de_passage": "progressive",
        "email": "pirate@exemple.fr",
        "compte": "1",
        "acteur": "1",
    }
    noms = {
        f.attname if por else f.name
        for modele in apps.get_models()
        if modele.__module__.startswith("registre.")
        for f in modele._meta.concrete_fields
        for por in (False, True)
    }
    return {nom: valeurs.get(nom, "1999-01-01") for nom in noms} | {"validated_by": "1", "is_superuser": "1"}


def figes(compte: Compte) -> dict[str, Any]:
    """What no form of a candidate owns."""
    compte.refresh_from_db()
    champs = ("id", "role", "referent_handicap", "academie", "is_active", "cree_le", "active_le", "identite_figee_le")
    return {c: getattr(compte, c) for c in champs}


def lignes(modele: Any) -> list[dict[str, Any]]:
    return [model_to_dict(o) | {"pk": o.pk} for o in modele.objects.order_by("pk")]


@pytest.fixture
def inscrit(heure, creer_compte) -> tuple[Client, Compte]:
    compte = creer_compte()
    client = scenario.connecter(compte)
    scenario.remplir(client)
    scenario.enregistrer(client)
    return client, compte


@pytest.mark.passages("S26")
def test_the_creation_of_an_account_believes_its_own_fields_only(client, heure):
    client.post(reverse("account_signup"), {**champs_des_modeles(), **formulaire()})
    [compte] = Compte.objects.all()
    assert compte.email == "lea.nouvelle@exemple.fr"
    assert (compte.role, compte.academie, compte.referent_handicap) == ("candidat", "", False)
    assert compte.is_active
    assert compte.active_le is None
    assert compte.identite_figee_le is None
    assert compte.cree_le == scenario.LE
    assert Courriel.objects.get().destinataire == "lea.nouvelle@exemple.fr"


@pytest.mark.passages("S26")
@pytest.mark.parametrize(
    ("nom", "saisie"),
    [
        ("identite", {k: v for k, v in formulaire().items() if "mot_de_passe" not in k and "courriel" not in k}),
        (
            "account_change_password",
            {
                "actuel": MOT_DE_PASSE,
                "mot_de_passe": "Autre*phrase.42",
                "confirmation_mot_de_passe": "Autre*phrase.42",
            },
        ),
        (
            "account_email",
            {"actuel": MOT_DE_PASSE, "courriel": "neuf@exemple.fr", "confirmation_courriel": "neuf@exemple.fr"},
        ),
        ("prolonger", {}),
    ],
)
def test_the_forms_of_the_account_believe_their_own_fields_only(heure, creer_compte, nom, saisie):
    compte, autre = creer_compte(), creer_compte()
    avant, voisin = figes(compte), lignes(Compte)[1]
    adresse = compte.email
    reponse = scenario.connecter(compte).post(
        reverse(nom), {**champs_des_modeles(), "compte": str(autre.pk), **saisie}
    )
    assert reponse.status_code in (200, 302)
    assert figes(compte) == avant
    assert compte.email == adresse
    assert lignes(Compte)[1] == voisin


@pytest.mark.passages("S26", "S27")
@pytest.mark.parametrize("etape", list(scenario.SAISIES))
def test_a_step_keeps_the_fields_of_this_step_only(inscrit, etape):
    client, compte = inscrit
    avant = {m: lignes(m) for m in (Candidature, VersionDeCandidature, Document)}
    fige = figes(compte)
    etrangers = champs_des_modeles() | {c: "x" for e, s in scenario.SAISIES.items() if e != etape for c in s}
    etrangers = {c: v for c, v in etrangers.items() if not champ_de_l_etape(etape, c)}
    scenario.poster(client, etape, {**etrangers, **scenario.SAISIES[etape]})
    brouillon = Brouillon.objects.get()
    assert {c: v for c, v in brouillon.saisies[etape].items() if v} == {
        c: v for c, v in scenario.SAISIES[etape].items() if v
    }
    assert (brouillon.compte, brouillon.cle) == (compte, tuple(scenario.CLE.values()))
    assert {m: lignes(m) for m in avant} == avant
    assert figes(compte) == fige


@pytest.mark.passages("S26", "S27")
def test_saving_believes_the_fingerprint_only(heure, creer_compte):
    compte = creer_compte()
    client = scenario.connecter(compte)
    scenario.remplir(client)
    client.post(scenario.adresse("enregistrer"), {**champs_des_modeles(), "vu": scenario.vu(client)})
    candidature = Candidature.objects.get()
    assert (candidature.compte, candidature.cle) == (compte, tuple(scenario.CLE.values()))
    assert (candidature.etat, candidature.derniere_version) == ("enregistree", 1)
    assert candidature.enregistree_le == candidature.versions.get().enregistree_le == scenario.LE
    assert candidature.numero != "2026-999999-X"
    assert candidature.forme_de_passage == "globale"
    assert Document.objects.get(genre=CONFIRMATION).compte == compte


@pytest.mark.passages("S26", "S27")
def test_withdrawing_touches_the_named_candidature_only(inscrit, creer_compte):
    client, _ = inscrit
    autre = scenario.connecter(creer_compte())
    scenario.remplir(autre)
    scenario.enregistrer(autre)
    premiere, seconde = lignes(Candidature)
    client.post(scenario.adresse("desinscription"), {**champs_des_modeles(), "numero": seconde["numero"]})
    apres = lignes(Candidature)
    assert apres[1] == seconde
    assert {c for c in premiere if premiere[c] != apres[0][c]} == {"etat", "retiree_le"}
    assert apres[0]["retiree_le"] == scenario.LE


# --- S29: order of the steps, choices that are not offered ----------------------------------------------


@pytest.mark.passages("S29")
def test_steps_out_of_order_keep_nothing_and_saving_first_registers_nothing(heure, creer_compte):
    client = scenario.connecter(creer_compte())
    for etape in ("epreuves", "acquis", "qualification", "candidature"):
        reponse = scenario.poster(client, etape, scenario.SAISIES[etape])
        assert reponse.url == scenario.adresse("etape", etape="identification")
    assert not Brouillon.objects.exclude(saisies={}).exists()
    for vu in ("", "0" * 64, _vu_calcule(client)):
        reponse = client.post(scenario.adresse("enregistrer"), {"vu": vu})
        assert reponse.url == scenario.adresse("etape", etape="identification")
    assert not Candidature.objects.exists()


@pytest.mark.passages("S29")
def test_a_step_or_an_exam_that_does_not_exist_is_not_found(heure, creer_compte):
    client = scenario.connecter(creer_compte())
    for changement in ({"etape": "resultats"}, {"etape": "identification", "session": 2025}):
        assert client.post(scenario.adresse("etape", **changement), {}).status_code == 404
    for changement in ({"academie": "lyon"}, {"examen": "bac-general"}, {"session": 2031}):
        assert client.post(scenario.adresse("enregistrer", **changement), {"vu": "x"}).status_code == 404
    assert not Brouillon.objects.exists()


# (step, fields): each alone makes the registration impossible, whatever the page would have shown.
FORGEES: dict[str, tuple[str, dict[str, Any]]] = {
    "domicile dans une autre académie": ("identification", {"domicile_code_postal": "75001"}),
    "catégorie hors liste": ("identification", {"categorie": "zz"}),
    "nationalité ni oui ni non": ("identification", {"nationalite_francaise": "peut-etre"}),
    "voie inconnue": ("candidature", {"voie": "voisin-du-recteur"}),
    "pas trois ans de travail": ("candidature", {"salarie_trois_ans": "non"}),
    "établissement hors liste": ("candidature", {"etablissement": "lycee-imaginaire"}),
    "passage sans session": ("candidature", {"deja_passe": "oui", "passages-0-academie": "Lyon"}),
    "passage à venir": (
        "candidature",
        scenario.passe(session="2031"),
    ),
    "spécialité inconnue": ("qualification", {"specialite": "astrologie"}),
    "forme de passage inconnue": ("qualification", {"forme_de_passage": "accelere"}),
    "possibilité inconnue": ("acquis", {"possibilites": ["passe-droit"]}),
    "aucun et diplôme ensemble": ("acquis", {"possibilites": ["aucun", "diplome"]}),
    "note gardée d’un passage jamais déclaré": (
        "acquis",
        {"possibilites": ["benefice"], "p2024_u_U11": "oui", "p2024_n_U11": "20"},
    ),
    "dispense sans diplôme": ("acquis", {"possibilites": ["diplome"], "d0_u_francais": "oui"}),
    "deux fois la même langue": ("epreuves", {"lva": "espagnol", "lvb": "espagnol"}),
    "langue facultative déjà obligatoire": ("epreuves", {"lvf": "anglais"}),
    "langue hors liste": ("epreuves", {"lva": "klingon"}),
    "apte sans activité": ("epreuves", {"eps_activites": []}),
    "trois activités": ("epreuves", {"eps_activites": ["danse", "tennis-de-table", "demi-fond"]}),
    "activité hors liste": ("epreuves", {"eps_activites": ["danse", "petanque"]}),
    "deux fois la même activité": ("epreuves", {"eps_activites": ["danse", "danse"]}),
    "cas d’EPS inconnu": ("epreuves", {"eps_cas": "fatigue"}),
    "EPS non présentée en forme globale": ("epreuves", {"eps_cas": "non_presentee"}),
}


def _vu_calcule(client: Client) -> str:
    """The fingerprint that the page would carry if it were shown: an attacker may compute it."""
    compte = Compte.objects.get(pk=client.session["_auth_user_id"])
    cadre = _cadre()
    brouillon = brouillons.lire(compte, cadre, scenario.LE)
    return empreinte_visible(
        contenu(brouillons.examen(brouillon, compte, cadre, scenario.LE), brouillons.identite(compte))
    )


def _cadre() -> Cadre:
    return cadre_ou_404(**scenario.CLE)


def _tenter(client: Client, forgees: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    """Posts the usual draft with these fields changed, then tries to save it with the right fingerprint."""
    changements: dict[str, dict[str, Any]] = {}
    for etape, champs in forgees:
        changements.setdefault(etape, {}).update(champs)
    for etape, champs in changements.items():
        scenario.poster(client, etape, scenario.SAISIES[etape] | champs)
    client.post(scenario.adresse("enregistrer"), {"vu": _vu_calcule(client)})


@pytest.mark.passages("S29")
@pytest.mark.parametrize("cas", FORGEES)
def test_a_forged_choice_is_never_registered(heure, creer_compte, cas):
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)
    _tenter(client, (FORGEES[cas],))
    assert not Candidature.objects.exists()
    for etape in scenario.SAISIES:
        scenario.poster(client, etape, scenario.SAISIES[etape])
    client.post(scenario.adresse("enregistrer"), {"vu": _vu_calcule(client)})
    assert Candidature.objects.count() == 1, "le même dossier, sans la saisie forgée, s’enregistre"


@pytest.mark.passages("S29")
def test_two_forged_choices_do_not_excuse_each_other(heure, creer_compte):
    """Every pair. The draft is written at once, as each step alone was posted above; only the saving is asked."""
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)
    for une, autre in combinations(FORGEES, 2):
        changements: dict[str, dict[str, Any]] = {FORGEES[une][0]: dict(FORGEES[une][1])}
        changements.setdefault(FORGEES[autre][0], {}).update(FORGEES[autre][1])
        Brouillon.objects.update(saisies=scenario.saisies(**changements))
        client.post(scenario.adresse("enregistrer"), {"vu": _vu_calcule(client)})
        assert not Candidature.objects.exists(), f"{une} + {autre}"


@pytest.mark.passages("S29", "S27")
def test_a_closed_specialite_is_never_registered(heure, creer_compte):
    fermees = [s.slug for s in _cadre().specialites.values() if not s.ouverte_a_l_inscription]
    assert len(fermees) > 20
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)
    for slug in fermees[:: max(1, len(fermees) // 25)]:
        _tenter(client, (("qualification", {"specialite": slug}),))
        assert not Candidature.objects.exists(), slug


@pytest.mark.passages("S29", "S27")
def test_the_forme_de_passage_of_a_registration_never_changes(inscrit):
    client, _ = inscrit
    _tenter(client, (("qualification", {"forme_de_passage": "progressive"}),))
    assert Candidature.objects.get().forme_de_passage == "globale"
    assert VersionDeCandidature.objects.get().contenu["forme_de_passage"] == "globale"


@pytest.mark.passages("S29")
def test_an_epreuve_is_left_out_only_where_it_may_be(inscrit):
    """In the forme globale every épreuve is taken, and states that are not offered are not read."""
    client, _ = inscrit
    avant = VersionDeCandidature.objects.get().contenu["unites"]
    forge = {f"presentee_{cle}": v for cle in avant for v in ["non"]} | {"presentee_inconnue": "oui"}
    _tenter(client, (("epreuves", forge),))
    assert VersionDeCandidature.objects.order_by("-numero").first().contenu["unites"] == avant


# --- S30: doubled parameters, headers that only a proxy may send ------------------------------------------


@pytest.mark.passages("S30")
def test_a_doubled_parameter_is_judged_as_it_is_kept(heure, creer_compte):
    """The value that is judged and the value that is registered are the same one."""
    client = scenario.connecter(creer_compte())
    scenario.remplir(client)
    scenario.poster(client, "epreuves", scenario.SAISIES["epreuves"] | {"lva": ["anglais", "espagnol"]})
    client.post(scenario.adresse("enregistrer"), {"vu": _vu_calcule(client)})
    assert not Candidature.objects.exists()
    scenario.poster(client, "epreuves", scenario.SAISIES["epreuves"] | {"lva": ["klingon", "anglais"]})
    client.post(
        f"{scenario.adresse('enregistrer')}?vu=0&session=2019&academie=lyon", {"vu": ["0", _vu_calcule(client)]}
    )
    [version] = VersionDeCandidature.objects.all()
    assert version.contenu["saisies"]["epreuves"]["lva"] == "anglais"
    assert (version.contenu["session"], version.contenu["academie"]) == (2026, "clermont-ferrand")


@pytest.mark.passages("S30", "S20")
def test_the_query_string_is_no_form(heure, creer_compte):
    client = scenario.connecter(creer_compte())
    client.post(f"{scenario.adresse('etape', etape='identification')}?domicile_voie=pirate&action=suivant", {})
    assert "domicile_voie" not in Brouillon.objects.get().saisies["identification"]


def _vue_par(remote_addr: str, **entetes: str) -> Any:
    vue = {}

    def fin(request: Any) -> dict[str, str]:
        vue["request"] = request
        return {}

    arrivee(fin)(RequestFactory().get("/", REMOTE_ADDR=remote_addr, headers=entetes))
    return vue["request"]


DE_MANDATAIRE = {
    "x-request-start": "t=1759734000.5",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "pirate.example",
}


@pytest.mark.passages("S30", "F23")
def test_what_a_stranger_says_in_the_name_of_a_proxy_is_ignored(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.MANDATAIRES_DE_CONFIANCE = ["10.0.0.1"]
    avant = datetime.now(UTC)
    request = _vue_par("203.0.113.50", **DE_MANDATAIRE)
    assert avant <= request.arrivee <= datetime.now(UTC)
    assert not request.is_secure()
    assert request.get_host() == "testserver"
    assert not any(nom.startswith(("HTTP_X_FORWARDED", "HTTP_X_REQUEST_START")) for nom in request.META)


@pytest.mark.passages("S30", "F23")
def test_what_the_trusted_proxy_says_is_believed_except_the_host(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.MANDATAIRES_DE_CONFIANCE = ["10.0.0.1"]
    request = _vue_par("10.0.0.1", **DE_MANDATAIRE)
    assert request.arrivee == datetime(2025, 10, 6, 7, 0, 0, 500_000, tzinfo=UTC)
    assert request.is_secure()
    assert request.get_host().partition(":")[0] == "testserver"


@pytest.mark.passages("S30")
@pytest.mark.parametrize("heure_dite", ["t=", "hier", "t=nan", "t=inf", "t=-1e99", "t=1759734000000000", "t=1;2"])
def test_an_unreadable_stamp_of_the_proxy_falls_back_to_our_clock(settings, heure_dite):
    settings.MANDATAIRES_DE_CONFIANCE = ["10.0.0.1"]
    avant = datetime.now(UTC)
    assert avant <= _vue_par("10.0.0.1", **{"x-request-start": heure_dite}).arrivee <= datetime.now(UTC)


# --- S14: the host of a request never makes a link -----------------------------------------------------------


@pytest.mark.passages("S14")
def test_links_in_mails_and_documents_come_from_the_configured_address(heure, creer_compte, settings):
    settings.ALLOWED_HOSTS = ["*"]
    entetes = {"host": "pirate.example", "x-forwarded-host": "pirate.example", "forwarded": "host=pirate.example"}
    compte = creer_compte()
    client = scenario.connecter(compte)
    scenario.remplir(client)
    client.post(scenario.adresse("enregistrer"), {"vu": scenario.vu(client)}, headers=entetes)
    anonyme = Client()
    anonyme.post(reverse("account_signup"), formulaire(), headers=entetes)
    anonyme.post(reverse("account_reset_password"), {"courriel": compte.email}, headers=entetes)
    client.post(scenario.adresse("desinscription"), headers=entetes)
    assert Courriel.objects.count() == 4
    for courriel in Courriel.objects.all():
        assert "pirate" not in courriel.texte + courriel.html + courriel.sujet
    [document] = Document.objects.filter(genre=CONFIRMATION)
    assert "pirate" not in str(document.contenu)
    lien = adresse_publique("document", reference=document.reference)
    assert lien.startswith(f"{settings.URL_PUBLIQUE}/documents/")
    assert any(lien in c.texte for c in Courriel.objects.all())
