"""La page « Et si ? » : les règles du jury sur des notes tapées, et rien de gardé."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from registre.regles.notes import EtatNote
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
)

pytestmark = pytest.mark.django_db
GENERALES = ("economie-droit", "mathematiques", "prevention-sante-environnement", "francais", "arts-appliques")
UNITES = (*GENERALES, "histoire-geographie-emc", "langue-vivante-a", "langue-vivante-b", "U2", "U31", "U32")

PROGRESSIVE = {f"presentee_{cle}": "oui" for cle in UNITES}


@pytest.fixture(autouse=True)
def _dans_la_periode():
    with heure_du_registre(LE):
        yield


@pytest.fixture
def client():
    return connecter(creer_candidat())


def notes(note: str, **changements: str) -> dict[str, str]:
    """The same mark everywhere in AGOrA, some fields changed."""
    champs = {"specialite": "agora", "action": "calculer", "note_eps_1": note, "note_eps_2": note}
    champs |= {f"note_{cle}": note for cle in UNITES}
    return champs | changements


def essayer(client, champs: dict[str, str]) -> str:
    reponse = client.post(adresse("et_si"), champs)
    assert reponse.status_code == 200
    return reponse.content.decode()


def valeur(page: str, champ: str) -> str:
    trouve = re.search(rf'<input[^>]*name="{champ}"[^>]*>', page)
    assert trouve, champ
    lu = re.search(r'value="([^"]*)"', trouve.group())
    return lu.group(1) if lu else ""


def tout_compte() -> dict[str, int]:
    return {m.__name__: m._base_manager.count() for m in apps.get_models() if m._meta.app_label != "sessions"}


def test_the_page_opens_before_any_answer_and_asks_for_the_specialite(client):
    page = client.get(adresse("et_si")).content.decode()
    assert "Rien de ce que vous tapez ici n’est gardé" in page
    assert 'name="note_U2"' not in page
    assert "Choisissez une spécialité." in essayer(client, {"action": "calculer"})
    assert "Choisissez une spécialité." in essayer(client, {"action": "calculer", "specialite": "nulle-part"})


def test_the_page_starts_from_what_the_brouillon_says(client):
    remplir(
        client,
        candidature={
            "voie": "deja-presente",
            "formation_suivie": "oui",
            **passe(),
        },
        acquis={
            "possibilites": ["benefice", "diplome"],
            "p2024_u_francais": "oui",
            "p2024_n_francais": "12,5",
            "d0_diplome": "bac-general",
            "d0_u_arts-appliques": "oui",
            "perte_comprise": "oui",
        },
        epreuves={"eps_cas": "inapte"},
    )
    page = client.get(adresse("et_si")).content.decode()
    assert valeur(page, "note_francais") == "12,5"
    choisis = dict(re.findall(r'<select[^>]*name="etat_([^"]+)"[^>]*>.*?value="(\w+)" selected', page))
    assert choisis["francais"] == EtatNote.NOTE_GARDEE
    assert choisis["arts-appliques"] == EtatNote.DISPENSE
    assert choisis["eps"] == EtatNote.INAPTE
    assert choisis["U2"] == EtatNote.NOTE
    assert 'value="agora" selected' in page
    assert "non_presentee" not in page  # forme globale


def test_the_same_mark_everywhere_is_the_average_and_gives_the_decision_and_the_mention(client):
    page = essayer(client, notes("14,5"))
    assert page.count("14,50&nbsp;/&nbsp;20") == 2  # general and professional
    assert "Vous avez le diplôme, avec la mention Bien." in page
    assert "Chaque note est multipliée par son coefficient." in page
    assert valeur(page, "note_U2") == "14,5"


@pytest.mark.passages("epreuves.controle.ect-3", "R71", "R74", "R75")
def test_between_eight_and_ten_the_control_opens_and_its_orals_can_be_tried(client):
    champs = notes("8", note_U2="11", note_U31="11", note_U32="11")
    page = essayer(client, champs)
    assert "Vous passez l’épreuve de contrôle." in page
    assert 'name="oral_scientifique"' in page
    assert 'name="oral_general"' in page
    page = essayer(client, champs | {"oral_general": "U51", "note_oral_general": "20"})
    assert "Il manque une matière dans ce groupe." in page
    assert "<title>Erreur" in page
    oraux = {"oral_general": "U51", "note_oral_general": "20", "oral_scientifique": "U12"}
    page = essayer(client, champs | oraux | {"note_oral_scientifique": "treize"})
    assert "Écrivez la note en chiffres" in page
    assert valeur(page, "note_oral_scientifique") == "treize"
    page = essayer(client, champs | oraux | {"note_oral_scientifique": "20"})
    assert "Vous avez le diplôme après l’épreuve de contrôle." in page
    assert "Moyenne après l’épreuve de contrôle" in page


def test_orals_typed_for_a_control_that_no_longer_opens_are_kept_and_ignored(client):
    oraux = {"oral_general": "U51", "note_oral_general": "20"}
    page = essayer(client, notes("12", **oraux))
    assert "Vous avez le diplôme, avec la mention Assez bien." in page
    assert valeur(page, "note_oral_general") == "20"
    assert "<title>Erreur" not in page


@pytest.mark.passages("epreuves.eps.absence-eliminatoire")
def test_an_absence_counts_zero_and_at_eps_eliminates(client):
    page = essayer(client, notes("10", etat_U2="absence"))
    assert "8,40&nbsp;/&nbsp;20" in page  # (250 - 40) / 25
    assert "Votre absence est éliminatoire\u00a0: vous n’avez pas le diplôme à cette session." in essayer(
        client, notes("20", etat_eps="absence")
    )


def test_the_two_activites_of_eps_are_averaged_and_the_facultative_adds_its_points(client):
    page = essayer(client, notes("10", note_eps_1="5", note_eps_2="10", note_lvf="12,5"))
    assert "10,00&nbsp;/&nbsp;20" in page  # 250 - 2,5 + 2,5


@pytest.mark.parametrize(
    ("champ", "tape", "attendu"),
    [
        ("note_eps_2", "", "Indiquez la note, par exemple 12,5."),
        ("note_U2", "20,5", "Une note va de 0 à 20."),
        ("note_U2", "12,345", "trop de chiffres"),
        ("note_eps_2", "douze", "Écrivez la note en chiffres"),
        ("note_lvf", "-3", "Écrivez la note en chiffres"),
        ("etat_U2", "inapte", "Choisissez une situation"),
    ],
)
def test_what_cannot_be_read_is_said_next_to_its_field_and_stays_typed(client, champ, tape, attendu):
    page = essayer(client, notes("12", **{champ: tape}))
    assert "<title>Erreur" in page
    assert f'href="#id_{champ}"' in page
    assert attendu in page
    assert "Avec ces notes" not in page
    if champ.startswith("note"):
        assert valeur(page, champ) == tape
    assert valeur(page, "note_francais") == "12"


@pytest.mark.passages("L-38", "L-61")
def test_unknown_coefficients_are_named_and_those_typed_are_told_to_be_the_candidats(client):
    champs = {"specialite": "melec", "action": "specialite"}
    page = essayer(client, champs)
    assert "Nous ne connaissons pas tous les coefficients de cette spécialité." in page
    assert "<title>Erreur" not in page
    inconnus = re.findall(r'name="coefficient_([^"]+)"', page)
    assert {"U2", "U31", "mathematiques"} <= {*inconnus}
    unites = re.findall(r'name="note_([\w-]+)"', page)
    champs = {"specialite": "melec", "action": "calculer"} | {f"note_{u}": "12" for u in unites if u != "lvf"}
    assert "Nous ne connaissons pas ce coefficient." in essayer(client, champs)
    champs |= {f"coefficient_{u}": "3,5" for u in inconnus}
    champs |= {"autre1_intitule": "U32", "autre1_note": "15", "autre1_coefficient": "4"}
    page = essayer(client, champs)
    assert "Ces coefficients sont les vôtres, nous ne les connaissons pas" in page
    assert "Unité U32 (4)" in page
    assert "ce résultat est faux" in page
    assert "Vous avez le diplôme, avec la mention Assez bien." in page
    page = essayer(client, champs | {"autre1_intitule": "U2"})
    assert "Unité U2 est deux fois dans le relevé." in page
    assert 'href="#id_autre1_intitule"' in page


@pytest.mark.passages("R36", "L-11", "L-14")
def test_some_marks_are_enough_to_say_what_the_others_need(client):
    page = essayer(client, notes("12", note_U2="", note_francais=""))
    assert "<title>Erreur" not in page
    assert "Pas encore de résultat&nbsp;: il manque 2&nbsp;notes." in page
    assert "Leur moyenne, à elles seules, est 12,00&nbsp;/&nbsp;20." in page
    assert re.search(r"<dt>Avoir le diplôme \(10 de moyenne\)</dt><dd>[\d,]+\s/\s20</dd>", page)
    assert "<li>U51 - Français</li>" in page


def test_with_no_mark_one_message_says_what_to_do(client):
    page = essayer(client, {"specialite": "agora", "action": "calculer"})
    sommaire = re.search(r'id="erreurs".*?</ul>', page, re.DOTALL)[0]
    assert sommaire.count("<li>") == 1
    assert "Tapez au moins une note" in sommaire


def test_each_error_names_its_unite_and_the_old_mark_of_eps_is_folded_until_it_serves(client):
    page = essayer(client, notes("12", note_francais="douze"))
    sommaire = re.sub("<[^>]+>", "", re.search(r'id="erreurs".*?</ul>', page, re.DOTALL)[0])
    assert "Note sur 20, U51 - Français" in sommaire
    plie = r'<details class="registre-pourquoi"( open)?><summary>Je garde une ancienne note</summary>'
    assert re.findall(plie, page) == [""]
    assert re.findall(plie, essayer(client, notes("12", etat_eps="note_gardee", note_eps="14"))) == [" open"]


def test_changing_the_specialite_keeps_what_was_typed_for_both(client):
    page = essayer(client, notes("12", action="specialite", specialite="cuisine", note_francais="17"))
    assert valeur(page, "note_francais") == "17"
    assert re.search(r'<input type="hidden" name="note_economie-droit" value="12">', page)


@pytest.mark.passages("S20")
def test_nothing_typed_is_stored_nor_journaled_nor_put_in_the_address(client):
    for etape in ("identification", "candidature", "qualification"):
        poster(client, etape, SAISIES[etape])
    avant = tout_compte()
    reponse = client.post(adresse("et_si"), notes("14,5"))
    assert reponse.status_code == 200
    assert tout_compte() == avant
    assert "14,5" not in reponse.request["QUERY_STRING"]
    assert "no-store" in reponse.headers["Cache-Control"]


def test_the_page_is_linked_from_the_candidature_and_from_the_list(client):
    poster(client, "identification", SAISIES["identification"])
    lien = f'href="{adresse("et_si")}"'
    assert lien in client.get(adresse("candidature")).content.decode()
    assert lien in client.get("/candidatures/").content.decode()


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.attention.perdue", "L-11", "L-19")
def test_without_the_diploma_the_page_tells_what_can_be_kept_next_time(client):
    remplir(client)
    page = essayer(client, notes("7", note_francais="12,5"))
    assert "Et ensuite\u00a0?" in page
    assert "Une note peut être gardée." in page
    assert "Vous pourrez garder votre note jusqu’à la session 2031\u00a0: U51 - Français." in page
    assert "si vous le demandez à chaque inscription" in page
    assert "Vous aurez à repasser\u00a0: U11 - Économie-droit, U12 - Mathématiques, U2 - " in page
    assert "Et ensuite" not in essayer(client, notes("14"))


@pytest.mark.passages("etapes.qualification.progressive", "L-11")
def test_with_no_form_chosen_the_page_says_what_depends_on_it(client):
    page = essayer(client, notes("7", note_francais="12,5"))
    assert "Vous pourrez garder votre note jusqu’à la session 2031\u00a0: U51 - Français." in page
    assert "sauf peut-être sous la forme progressive\u00a0: U11 - Économie-droit" in page
    assert "Vous n’avez pas encore choisi votre forme de passage, à l’étape 3." in page
    assert "Je la passe à une autre session, sous la forme progressive" in page


@pytest.mark.passages("etapes.qualification.progressive", "R35", "R36", "L-11")
def test_under_the_progressive_form_what_waits_is_told_and_a_mark_below_ten_is_for_the_office(client):
    remplir(client, qualification={"forme_de_passage": "progressive"}, epreuves=PROGRESSIVE)
    page = essayer(client, notes("7", etat_francais="non_presentee", note_francais=""))
    assert "Vous aurez encore à passer\u00a0: U51 - Français." in page
    assert "sauf si le service accepte de garder votre note\u00a0: U11 - Économie-droit" in page
    assert "Aucune note ne peut être gardée." in page
