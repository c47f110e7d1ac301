"""À l’étape 4, ce que chaque choix change se lit avant d’enregistrer."""

from __future__ import annotations

import re
from html import unescape

import pytest

from registre.inscription.models import Brouillon
from tests.inscription.scenario import (
    LE,
    adresse,
    connecter,
    creer_candidat,
    heure_du_registre,
    passe,
    poster,
    saisies,
)

pytestmark = pytest.mark.django_db
DEJA_PASSE = {
    "voie": "deja-presente",
    "formation_suivie": "oui",
    **passe(),
}
ACQUIS = {
    "possibilites": ["benefice", "diplome"],
    "p2024_u_francais": "oui",
    "p2024_n_francais": "14",
    "p2024_n_mathematiques": "11,5",
    "d0_diplome": "bac-general",
    "d0_u_arts-appliques": "oui",
}


@pytest.fixture(autouse=True)
def _dans_la_periode():
    with heure_du_registre(LE):
        yield


@pytest.fixture
def client():
    return connecter(creer_candidat())


def arriver(client, specialite: str = "agora") -> None:
    """Up to step 4, for a candidate who failed in 2024."""
    passe = DEJA_PASSE | {"passages-0-specialite": specialite}
    remplies = saisies(candidature=passe, qualification={"specialite": specialite})
    for etape in ("identification", "candidature", "qualification"):
        poster(client, etape, remplies[etape])


def voir(client, acquis: dict) -> str:
    """Presses « Voir ce que cela change » and reads the section that comes back."""
    reponse = poster(client, "acquis", acquis, "consequences")
    assert reponse.headers["Location"] == f"{adresse('etape', etape='acquis')}#consequences"
    page = client.get(adresse("etape", etape="acquis")).content.decode()
    assert "<title>Erreur" not in page  # looking is not leaving the step
    trouvee = re.search(r'<section class="registre-bloc" id="consequences".*?</section>', page, re.DOTALL)
    assert trouvee
    return trouvee.group()


def texte(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_without_possibilite_the_section_does_not_show(client):
    arriver(client)
    poster(client, "acquis", {"possibilites": ["aucun"]}, "consequences")
    assert 'id="consequences"' not in client.get(adresse("etape", etape="acquis")).content.decode()


def test_the_draft_is_saved_and_nothing_is_registered_by_looking(client):
    arriver(client)
    voir(client, ACQUIS)
    brouillon = Brouillon.objects.get()
    assert brouillon.saisies["acquis"]["p2024_n_mathematiques"] == "11,5"
    assert brouillon.candidature is None


@pytest.mark.passages("annexe1.attention.perdue", "annexe1.benefice.duree", "L-54", "R27")
def test_each_choice_says_what_it_changes_until_when_and_what_is_lost(client):
    arriver(client)
    lu = texte(voir(client, ACQUIS))
    assert "U51 - Français : note de 14, session 2024 Demandée" in lu
    assert "Votre note, 14, compte avec le coefficient 2,5." in lu
    assert "Cette note sert jusqu’à la session 2029, si vous la demandez à chaque inscription." in lu
    assert "U12 - Mathématiques : note de 11,5, session 2024 Pas demandée" in lu
    assert lu.count("Cette note est définitivement perdue.") == 2
    assert "Son coefficient, 1, ne compte plus : la moyenne se fait sur 24 au lieu de 25." in lu
    assert "Cette dispense n’a pas de date de fin." in lu
    assert "les coefficients qui comptent font 24 en tout. Vos dispenses en retirent 1." in lu
    assert "U41 - Langue vivante A : dispense au titre d’un diplôme Pas demandée" in lu


@pytest.mark.passages("annexe1.benefice.moyenne", "annexe1.dispense.moyenne")
def test_the_note_necessaire_is_told_for_each_objectif_with_the_best_and_the_worst(client):
    arriver(client)
    acquis = {"possibilites": ["benefice"], "p2024_u_francais": "oui", "p2024_n_francais": "14"}
    section = voir(client, acquis)
    lignes = [
        [texte(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", ligne)]
        for ligne in re.findall(r"<tr>(<td.*?)</tr>", section)
    ]
    # 25 coefficients; French kept at 14 × 2,5 leaves 22,5: (10 × 25 - 35) / 22,5 = 9,555…
    assert lignes[0] == ["Avoir le diplôme (10 de moyenne)", "9,56 / 20", "9,56 / 20", "10 / 20"]
    assert lignes[1] == ["Mention Assez bien (12 de moyenne)", "11,78 / 20", "11,78 / 20", "12 / 20"]
    assert lignes[3] == ["Mention Très bien (16 de moyenne)", "16,23 / 20", "16 / 20", "16,23 / 20"]
    assert "Comment ces notes sont calculées" in section
    assert "215 points" in texte(section)


def test_the_best_combination_is_named_and_its_risk_is_said(client):
    arriver(client)
    lu = texte(voir(client, ACQUIS))
    assert (
        "Avoir le diplôme : garder U12 - Mathématiques (11,5), U51 - Français (14) et demander la dispense pour" in lu
    )
    assert "Ne pas garder une note pour viser une mention est un risque" in lu


@pytest.mark.passages("L-38", "L-61")
def test_unknown_coefficients_are_named_and_no_figure_is_shown(client):
    arriver(client, "melec")
    acquis = {"possibilites": ["benefice"], "p2024_u_francais": "oui", "p2024_n_francais": "14"}
    lu = texte(voir(client, acquis))
    assert "Nous ne pouvons calculer aucune note ici" in lu
    assert "U31" in lu
    assert "/ 20" not in lu
    assert "Cette note sert jusqu’à la session 2029" in lu
    assert "Votre note, 14, compte avec le coefficient 2,5." in lu


def test_a_claim_that_the_service_will_study_says_so(client):
    arriver(client)
    acquis = {
        "possibilites": ["benefice"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "14",
        "p2024_x0_intitule": "Épreuve perdue",
        "p2024_x0_note": "13",
    }
    lu = texte(voir(client, acquis))
    assert "Épreuve perdue : note de 13, session 2024" in lu
    assert "Le service étudiera cette demande." in lu
    assert "Nous ne savons pas encore à quelle épreuve elle correspond" in lu


def test_an_eps_already_declared_inapte_leaves_the_coefficients(client):
    arriver(client)
    acquis = {"possibilites": ["benefice"], "p2024_u_francais": "oui", "p2024_n_francais": "14"}
    acquis |= {"perte_comprise": "oui"}
    poster(client, "acquis", acquis)
    poster(client, "epreuves", {"lva": "anglais", "lvb": "espagnol", "eps_cas": "inapte"}, "quitter")
    assert "9,54 / 20" in texte(voir(client, acquis))  # (240 - 35) / 21,5
