"""The steps through the site: kept when left, refused out of order, shown with their reasons."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from registre.inscription.models import Brouillon, ReponseHandicap
from tests.inscription.scenario import (
    LE,
    SAISIES,
    adresse,
    connecter,
    creer_candidat,
    heure_du_registre,
    passe,
    poster,
    remplir,
    saisies,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dans_la_periode():
    with heure_du_registre(LE):
        yield


@pytest.fixture
def candidat():
    return creer_candidat()


@pytest.fixture
def client(candidat):
    return connecter(candidat)


def page(client, etape, **params):
    return client.get(adresse("etape", etape=etape), params)


@pytest.mark.passages("etapes.onglets")
def test_the_six_tabs_are_numbered_in_order_and_the_current_one_is_marked(client):
    contenu = page(client, "identification").content.decode()
    rangs = [contenu.index(f"{n} - {x}") for n, x in enumerate(["Identification", "Informations candidature"], 1)]
    rangs += [contenu.index(f"{n} - {x}") for n, x in enumerate(["Qualification présentée", "Acquis"], 3)]
    rangs += [contenu.index(f"{n} - {x}") for n, x in enumerate(["Épreuves", "Récapitulatif"], 5)]
    assert rangs == sorted(rangs)
    assert '<span aria-current="step">1 - Identification</span>' in contenu


@pytest.mark.passages("etapes.ordre", "S29")
@pytest.mark.parametrize("etape", ["candidature", "qualification", "acquis", "epreuves", "recapitulatif"])
def test_a_step_cannot_be_opened_nor_posted_before_the_previous_ones(client, etape):
    assert page(client, etape).headers["Location"] == adresse("etape", etape="identification")
    if etape != "recapitulatif":
        reponse = poster(client, etape, SAISIES[etape])
        assert reponse.headers["Location"] == adresse("etape", etape="identification")
    assert not Brouillon.objects.exists()


@pytest.mark.parametrize("action", ["suivant", "precedent", "quitter", "brouillon", "ajouter"])
def test_an_invalid_step_is_kept_as_typed_whatever_the_way_out(client, action):
    poster(client, "identification", {"domicile_voie": "  4 bis, rue Ⅻ «x» ", "domicile_code_postal": "75"}, action)
    saisie = Brouillon.objects.get().saisies["identification"]
    assert saisie == {"domicile_voie": "  4 bis, rue Ⅻ «x» ", "domicile_code_postal": "75"}


@pytest.mark.passages("A6", "etapes.identification.adresse-et-contacts")
def test_errors_come_back_next_to_their_fields_with_what_was_typed_and_why(client):
    poster(client, "identification", {"domicile_code_postal": "75011", "domicile_voie": "1 rue X"})
    reponse = page(client, "candidature")
    assert reponse.headers["Location"] == adresse("etape", etape="identification")
    contenu = page(client, "identification").content.decode()
    assert "<title>Erreur - Étape 1 sur 6" in contenu
    assert 'value="75011"' in contenu
    assert 'aria-describedby="id_domicile_code_postal_helptext id_domicile_code_postal_error"' in contenu
    assert 'aria-invalid="true"' in contenu
    assert 'href="#id_domicile_code_postal"' in contenu
    assert "Inscrivez-vous auprès de l’académie de votre domicile" in contenu
    assert "Pourquoi&nbsp;?" in contenu
    assert "conditions.domicile" in contenu


def test_errors_do_not_show_before_the_step_was_left_once(client):
    poster(client, "identification", {"domicile_voie": "1 rue X"}, "brouillon")
    contenu = page(client, "identification").content.decode()
    assert "Erreur" not in contenu
    assert 'value="1 rue X"' in contenu


@pytest.mark.passages("etapes.candidature.handicap", "P8", "L-68")
def test_the_handicap_answer_lives_apart_encrypted_and_comes_back_to_its_candidate(client):
    poster(client, "identification", SAISIES["identification"])
    poster(client, "candidature", SAISIES["candidature"], handicap="oui")
    brouillon = Brouillon.objects.get()
    assert "handicap" not in brouillon.saisies["candidature"]
    assert brouillon.handicap_repondu
    chiffre = bytes(ReponseHandicap.objects.get().chiffre)
    assert b"oui" not in chiffre
    contenu = page(client, "candidature").content.decode()
    coche = re.search(r'<input[^>]*name="handicap"[^>]*value="oui"[^>]*>', contenu)
    assert coche
    assert "checked" in coche.group()
    assert "ne remplace pas le dossier de demande" in contenu
    assert "https://www.ac-clermont.fr/amenagements-des-epreuves-d-examens-121720" in contenu


@pytest.mark.passages("F27")
def test_two_tabs_on_one_step_meet_on_a_page_that_shows_both_values(client):
    poster(client, "identification", {"domicile_commune": "Riom"}, revision="0")
    reponse = poster(client, "identification", {"domicile_commune": "Thiers"}, revision="0")
    assert reponse.status_code == 409
    contenu = reponse.content.decode()
    assert "Riom" in contenu
    assert "Thiers" in contenu
    assert Brouillon.objects.get().saisies["identification"] == {"domicile_commune": "Riom"}
    poster(client, "identification", {"domicile_commune": "Thiers"}, revision=str(reponse.context["revision"]))
    assert Brouillon.objects.get().saisies["identification"] == {"domicile_commune": "Thiers"}


def test_the_same_values_from_two_tabs_are_no_conflict(client):
    poster(client, "identification", {"domicile_commune": "Riom"}, revision="0")
    assert poster(client, "identification", {"domicile_commune": "Riom"}, revision="0").status_code == 302


def test_typing_is_saved_without_leaving_the_page_and_says_when(client):
    reponse = poster(client, "identification", {"domicile_commune": "Riom"}, "brouillon", revision="0")
    assert reponse.json() == {"revision": 1, "heure": "10\u00a0h"}
    croise = poster(client, "identification", {"domicile_commune": "Thiers"}, "brouillon", revision="0")
    assert croise.status_code == 409


@pytest.mark.passages("etapes.ordre")
def test_changing_the_specialite_reopens_the_steps_that_depend_on_it_and_says_so(client):
    remplir(client)
    poster(client, "qualification", {"specialite": "mfer", "forme_de_passage": "globale"})
    reponse = client.get(adresse("etape", etape="recapitulatif"), follow=True)
    assert reponse.redirect_chain[-1][0] == adresse("etape", etape="epreuves")
    contenu = reponse.content.decode()
    assert "Ce changement rouvre une étape déjà remplie" in contenu
    assert "5 Épreuves" in contenu
    assert Brouillon.objects.get().saisies["epreuves"]["lvb"] == "espagnol"


def test_leaving_and_resuming_on_another_device_finds_the_same_step(client, candidat):
    poster(client, "identification", SAISIES["identification"])
    ailleurs = connecter(candidat)
    reponse = ailleurs.get(adresse("candidature"))
    assert adresse("etape", etape="candidature") in reponse.content.decode()


@pytest.mark.passages("etapes.qualification.specialite")
def test_the_specialite_is_found_by_any_of_its_words_without_accents(client):
    for etape in ("identification", "candidature"):
        poster(client, etape, SAISIES[etape])
    reponse = page(client, "qualification", q="electricite connectes")
    contenu = reponse.content.decode()
    assert 'value="melec"' in contenu
    assert 'value="cuisine"' not in contenu
    assert "1 spécialité" in contenu
    suite = poster(client, "qualification", {"forme_de_passage": "globale"}, "chercher", recherche="cuisine")
    assert suite.headers["Location"].endswith("?q=cuisine#recherche")
    assert Brouillon.objects.get().saisies["qualification"] == {"forme_de_passage": "globale"}


@pytest.mark.passages("L-35", "L-38")
def test_a_specialite_waiting_for_its_languages_is_not_offered_but_named(client):
    for etape in ("identification", "candidature"):
        poster(client, etape, SAISIES[etape])
    contenu = page(client, "qualification").content.decode()
    assert 'value="aepa"' not in contenu
    assert "enfance et personnes âgées" in contenu


@pytest.mark.passages("etapes.qualification.forme-conservee", "etapes.qualification.forme-definitive")
def test_a_candidate_who_failed_is_offered_the_same_forme_only(client):
    echec = passe(forme_de_passage="progressive")
    poster(client, "identification", SAISIES["identification"])
    poster(client, "candidature", SAISIES["candidature"] | echec)
    contenu = page(client, "qualification").content.decode()
    assert 'name="forme_de_passage" value="progressive"' in contenu
    assert 'name="forme_de_passage" value="globale"' not in contenu
    assert "Vous gardez obligatoirement la même forme de passage" in contenu


@pytest.mark.passages("annexe1.attention.perdue", "L-54", "etapes.acquis.cinq-possibilites")
def test_step_four_shows_the_five_possibilities_and_warns_before_what_is_lost(client):
    echec = passe()
    for etape, champs in saisies(candidature=echec).items():
        if etape in ("identification", "candidature", "qualification"):
            poster(client, etape, champs)
    notes = {"possibilites": ["benefice"], "p2024_u_francais": "oui", "p2024_n_francais": "12,5"}
    poster(client, "acquis", notes | {"p2024_n_mathematiques": "14"}, "actualiser")
    contenu = page(client, "acquis").content.decode()
    assert contenu.count('name="possibilites"') == 5
    assert "est définitivement perdue" in contenu
    assert "Notes que vous allez perdre" in contenu
    poster(client, "acquis", notes | {"p2024_n_mathematiques": "14", "perte_comprise": "oui"})
    retenu = client.get(adresse("etape", etape="epreuves"), follow=True)
    assert retenu.redirect_chain[-1][0] == adresse("etape", etape="acquis")
    assert "Vous avez écrit 14 sans cocher la demande" in retenu.content.decode()
    assert 'name="perte_comprise"' in contenu
    poster(client, "acquis", notes | {"perte_comprise": "oui"})
    arbre = page(client, "epreuves").content.decode()
    assert "<strong>Bénéfice</strong> (12,5 / 20, session 2024)" in arbre


@pytest.mark.passages("epreuves.obligatoires.inscrit", "epreuves.controle.ect-3", "L-21", "epreuves.eps.date-et-lieu")
@pytest.mark.passages("epreuves.langues.e4-ecrit-et-oral", "epreuves.eps.contact", "epreuves.eps.livrets")
@pytest.mark.passages("epreuves.eps.adaptee.certificat-type")
def test_step_five_shows_e1_to_e7_the_control_line_and_what_the_notice_says_of_eps(client):
    for etape in ("identification", "candidature", "qualification", "acquis"):
        poster(client, etape, SAISIES[etape])
    contenu = page(client, "epreuves").content.decode()
    for code in ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "ECT-3"):
        assert f">{code}" in contenu
    assert contenu.count("<strong>Inscrit</strong>") >= 12
    assert "L’épreuve E4 comporte un écrit et un oral" in contenu
    assert "le mardi 5\u00a0mai 2026, département\u00a0: Puy-de-Dôme" in contenu
    assert "04.73.99.35.02" in contenu
    assert "ce.deceps@ac-clermont.fr" in contenu
    assert "toute absence est éliminatoire" in contenu
    assert "Des livrets" in contenu


@pytest.mark.passages("S26")
def test_fields_that_are_not_of_the_step_do_not_enter_the_draft(client):
    intrus = {"numero": "2026-000001-Z", "etat": "retiree", "compte": "1", "saisies": "{}", "handicap_repondu": "on"}
    poster(client, "identification", SAISIES["identification"] | intrus)
    assert set(Brouillon.objects.get().saisies["identification"]) == set(SAISIES["identification"])


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40, "٣"])
def test_a_forged_revision_never_breaks_the_page(client, revision):
    assert poster(client, "identification", SAISIES["identification"], revision=revision).status_code in (302, 409)


def test_queries_of_a_step_are_few_and_constant(client, django_assert_num_queries):
    remplir(client)
    with django_assert_num_queries(3):  # web session, account, draft with its candidature
        page(client, "epreuves")
    with django_assert_num_queries(6):  # web session, account; lock, write, and the two savepoints of the test
        poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})


class Formulaire(HTMLParser):
    """What a browser would send back, were the form submitted as it is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.champs: dict[str, list[str]] = {}
        self.dedans, self.liste = False, None
        self.feed(page)

    def handle_starttag(self, balise, attributs):
        a = dict(attributs)
        if balise == "form":
            self.dedans = "data-brouillon" in a
        if not self.dedans:
            return
        if balise == "select":
            self.liste = a["name"]
        elif balise == "option" and self.liste and "selected" in a:
            self.champs[self.liste] = [a["value"]]
        elif balise == "input" and (a["type"] in ("text", "hidden") or "checked" in a):
            self.champs.setdefault(a["name"], []).append(a.get("value", ""))

    def handle_endtag(self, balise):
        if balise == "form":
            self.dedans = False
        if balise == "select":
            self.liste = None


ECHEC = passe()
ACQUIS = {
    "possibilites": ["benefice", "diplome", "vae"],
    "perte_comprise": "oui",
    "p2024_u_francais": "oui",
    "p2024_n_francais": "12,5",
    "p2024_n_mathematiques": "8",
    "p2024_x0_intitule": "Projet",
    "p2024_x0_note": "13",
    "d0_diplome": "bac-technologique",
    "d0_u_langue-vivante-b": "oui",
    "d0_c_langue-vivante-b": "oui",
    "v_annee": "2023",
    "v_u_U31": "oui",
}


@pytest.mark.parametrize("etape", list(SAISIES))
def test_a_page_sent_back_as_it_is_shown_loses_and_changes_nothing(client, etape):
    remplir(client, candidature=ECHEC, acquis=ACQUIS, epreuves={"lvf": "portugais", "lvb": ""})
    avant = Brouillon.objects.get().saisies[etape]
    renvoi = Formulaire(page(client, etape).content.decode()).champs
    assert renvoi.pop("revision")
    poster(client, etape, renvoi, "brouillon")
    apres = Brouillon.objects.get().saisies[etape]
    vide = ("", [], None)
    assert {c: v for c, v in apres.items() if v not in vide} == {c: v for c, v in avant.items() if v not in vide}


@pytest.mark.passages("F35", "A12")
def test_a_session_lost_while_typing_comes_back_to_the_same_step_with_what_was_typed(client, candidat):
    poster(client, "identification", SAISIES["identification"])
    repere = Formulaire(page(client, "candidature").content.decode()).champs["repere"][0]
    client.session.flush()
    perdu = poster(client, "candidature", SAISIES["candidature"], handicap="oui", repere=repere, revision="0")
    assert perdu.status_code == 302
    assert "/compte/connexion/" in perdu.headers["Location"]
    client.force_login(candidat)
    retour = page(client, "candidature")
    champs = Formulaire(retour.content.decode()).champs
    assert champs["voie"] == ["trois-ans-activite"]
    assert champs["handicap"] == ["oui"]
    assert "avant la fin de votre session" in retour.content.decode()
    assert "candidature" not in Brouillon.objects.get().saisies  # a GET changes nothing
    poster(client, "candidature", {c: v for c, v in champs.items() if c != "handicap"}, handicap="oui")
    assert Brouillon.objects.get().saisies["candidature"]["voie"] == "trois-ans-activite"
    assert "avant la fin de votre session" not in page(client, "candidature").content.decode()
