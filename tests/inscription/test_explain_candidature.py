"""``explain_candidature`` : an operator prints why, from what was recorded, with no name in it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from registre.commun.models import Evenement
from registre.inscription.models import Candidature
from tests.inscription.scenario import LE, connecter, creer_candidat, enregistrer, heure_du_registre, remplir
from tests.inscription.test_pourquoi import ACQUIS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with heure_du_registre(LE):
        yield


@pytest.fixture
def numero() -> str:
    client = connecter(creer_candidat())
    remplir(client)
    enregistrer(client)
    remplir(client, **ACQUIS)
    enregistrer(client)
    return Candidature.objects.get().numero


def expliquer(capsys, *arguments: object, **options: object) -> str:
    call_command("explain_candidature", *arguments, **options)
    return capsys.readouterr().out


def test_the_last_version_is_printed_with_its_tables_and_texts(numero, capsys):
    dit = expliquer(capsys, numero)
    assert dit.startswith(f"Candidature {numero}, version 2\n")
    for attendu in (
        "Vous remplissez les conditions d’inscription.",
        "Bénéfice de note\u00a0: U51 - Français",
        "U51 - Français ",
        "| Bénéfice  | Bénéfice de note, 12,5 / 20, session 2023",
        "Les textes\u00a0:",
        "Notice, Bénéfices de notes",
    ):
        assert attendu in dit, attendu


def test_an_older_version_is_printed_on_demand(numero, capsys):
    dit = expliquer(capsys, numero, "--version", "1")
    assert dit.startswith(f"Candidature {numero}, version 1\n")
    assert "Bénéfice de note" not in dit


def test_json_is_the_trace_as_data(numero, capsys):
    lu = json.loads(expliquer(capsys, numero, "--format", "json"))
    assert (lu["candidature"], lu["version"]) == (numero, 2)
    objets = [trace["objet"] for trace in lu["traces"]]
    assert objets[0] == "Conditions d’inscription"
    assert lu["traces"][0]["pas"][0]["sources"] == ["conditions.domicile", "L-62"]


@pytest.mark.passages("L-68", "R96")
def test_no_name_no_address_no_handicap_is_printed(numero, capsys):
    dit = expliquer(capsys, numero) + expliquer(capsys, numero, format="json")
    for prive in ("Roche", "Camille", "camille.roche", "Tanneurs", "06 39", "1990", "handicap"):
        assert prive.lower() not in dit.lower(), prive


def test_the_reading_is_written_in_the_journal(numero, capsys):
    expliquer(capsys, numero)
    ligne = Evenement.objects.filter(acte="candidature_consultee").get()
    assert (ligne.acteur, ligne.objet, ligne.le) == (None, f"candidature:{numero}", LE)
    assert ligne.details == {"par": "explain_candidature", "version": 2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("2026-999999-A",), "Aucune candidature ne porte le numéro 2026-999999-A."),
        (("",), "Aucune candidature ne porte le numéro"),
    ],
)
def test_an_unknown_number_is_said_and_nothing_is_journaled(numero, arguments, message):
    with pytest.raises(CommandError, match=message) as refus:
        call_command("explain_candidature", *arguments)
    assert refus.value.returncode == 1
    assert not Evenement.objects.filter(acte="candidature_consultee").exists()


def test_an_unknown_version_is_said(numero):
    with pytest.raises(CommandError, match="n’a pas de version 3"):
        call_command("explain_candidature", numero, "--version", "3")
    assert not Evenement.objects.filter(acte="candidature_consultee").exists()


def test_a_session_that_is_no_longer_loaded_is_said(numero):
    Candidature.objects.update(session=2019)
    with pytest.raises(CommandError, match="paramètres de la session 2019"):
        call_command("explain_candidature", numero)


def test_a_number_typed_in_small_letters_is_found(numero, capsys):
    assert numero in expliquer(capsys, f" {numero.lower()} ")
