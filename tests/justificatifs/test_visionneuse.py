"""The officer's viewer: what a piece proves beside it, the neighbouring pieces, what is not shown yet."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.commun.cadres import principal, tous
from registre.commun.models import Evenement
from registre.justificatifs.models import FichierDepose
from registre.regles.cadre import Fait
from registre.regles.faits import LIGNES, TABLEAUX, etapes_prouvees, faits_de_la_piece, titres_appuyes
from tests.justificatifs.scenario import (
    candidature_de,
    deposer,
    dossier,
    envoyer,
    jpeg,
    texte,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heure")]
ACADEMIE = "clermont-ferrand"
FAITS = get_args(Fait)
CONTENU: dict[str, Any] = {
    "identite": {"date_de_naissance": "2008-03-14"},
    "sections": [
        {
            "etape": "identification",
            "lignes": [
                {"libelle": "Nom de famille (nom de naissance)", "valeur": "Roche"},
                {"libelle": "Domicile", "valeur": "12 rue des Tanneurs"},
                {"libelle": "Téléphone", "valeur": "0473000000"},
                {"libelle": "Nationalité française", "valeur": "oui"},
            ],
            "tableaux": [],
        },
        {
            "etape": "acquis",
            "lignes": [],
            "tableaux": [
                {
                    "titre": "Demandes",
                    "entetes": ["Épreuve ou unité", "Titre", "Origine", "Suite"],
                    "lignes": [
                        ["Français", "Bénéfice de note", "12 / 20", "accordée"],
                        ["Anglais", "Dispense par diplôme", "BTS", "à instruire"],
                    ],
                }
            ],
        },
    ],
}


def adresse(compte: Any, cle: str = "identite") -> str:
    valeurs = {"academie": ACADEMIE, "numero": candidature_de(compte).numero, "piece": cle}
    return reverse("controle_piece", kwargs=valeurs)


# --- What a piece proves ---------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.statut.par-le-gestionnaire", "L-44")
def test_each_piece_shows_what_it_proves_and_nothing_else():
    jour = date(2025, 10, 8)
    domicile = faits_de_la_piece(["domicile"], CONTENU, jour)
    assert [(f.libelle, f.valeur) for f in domicile.lignes] == [("Domicile", "12 rue des Tanneurs")]
    jdc = faits_de_la_piece(["age", "nationalite"], CONTENU, jour)
    assert [f.valeur for f in jdc.lignes] == ["17\u00a0ans", "oui"]
    assert [f.valeur for f in faits_de_la_piece(["age"], CONTENU, date(2026, 3, 14)).lignes] == ["18\u00a0ans"]
    rien = faits_de_la_piece([], CONTENU, jour)
    assert [f.valeur for f in rien.lignes] == ["Roche"]


@pytest.mark.passages("L-44")
def test_a_diploma_is_read_beside_the_requests_it_supports_alone():
    acquis = principal().acquis
    assert titres_appuyes("diplome", acquis) == ("Dispense par diplôme",)
    assert set(titres_appuyes("releve-notes-examen", acquis)) == {
        "Bénéfice de note",
        "Dispense après échec dans une autre spécialité",
    }
    [tableau] = faits_de_la_piece(["acquis"], CONTENU, date(2025, 10, 8), titres_appuyes("diplome", acquis)).tableaux
    assert [ligne[0] for ligne in tableau["lignes"]] == ["Anglais"]
    [tous_les_titres] = faits_de_la_piece(["acquis"], CONTENU, date(2025, 10, 8)).tableaux
    assert len(tous_les_titres["lignes"]) == 2
    assert faits_de_la_piece(["acquis"], CONTENU, date(2025, 10, 8), ["Autre"]).tableaux == ()


@settings(max_examples=40, deadline=None)
@given(prouve=st.lists(st.sampled_from(FAITS), unique=True), titres=st.lists(st.sampled_from(["Bénéfice de note"])))
def test_any_choice_of_facts_shows_only_answers_of_the_version(prouve, titres):
    faits = faits_de_la_piece(prouve, CONTENU, date(2025, 10, 8), titres)
    dites = {x["valeur"] for s in CONTENU["sections"] for x in s["lignes"]} | {"17\u00a0ans"}
    assert {f.valeur for f in faits.lignes} <= dites
    assert "0473000000" not in {f.valeur for f in faits.lignes}
    assert all(e in {"identification", "candidature", "acquis", "epreuves"} for e in etapes_prouvees(prouve))


def test_the_words_of_the_facts_are_those_of_the_récapitulatif_and_every_piece_says_what_it_proves(candidat):
    assert {*LIGNES, *TABLEAUX, "age"} == set(FAITS)
    sections = {s["etape"]: s for s in dossier(candidat).version.contenu["sections"]}
    for etape, libelles in LIGNES.values():
        dites = {x["libelle"] for x in sections[etape]["lignes"]}
        # The « usual name » and the proof of the JDC are told only by those who have one.
        rares = {"Nom d’usage", "Recensement ou Journée défense et citoyenneté"}
        assert set(libelles) - rares <= dites
    for cadre in tous().values():
        assert [p.cle for p in cadre.pieces.liste if not p.prouve] == ["recapitulatif-signe"]


# --- The page ----------------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.statut.par-le-gestionnaire")
def test_the_facts_come_from_the_recorded_version_and_the_work_certificate_shows_the_way(bureau, candidat):
    identite = bureau.get(adresse(candidat))
    assert [f.libelle for f in identite.context["faits"].lignes] == [
        "Nom de famille (nom de naissance)",
        "Prénoms",
        "Date de naissance",
        "Pays de naissance",
        "Nationalité française",
    ]
    travail = bureau.get(adresse(candidat, "certificats-travail"))
    assert "Condition remplie" in [f.libelle for f in travail.context["faits"].lignes]
    assert "12 rue des Tanneurs" not in texte(travail).split("Les réponses enregistrées")[0]


def test_the_next_and_the_former_piece_of_the_dossier_are_one_link_away(bureau, candidat):
    ordre = ["recapitulatif-signe", "identite", "domicile", "certificats-travail"]
    for rang, cle in enumerate(ordre):
        voisines = bureau.get(adresse(candidat, cle)).context["voisines"]
        avant, apres = voisines["precedente"], voisines["suivante"]
        assert (avant.cle if avant else None) == (ordre[rang - 1] if rang else None)
        assert (apres.cle if apres else None) == (ordre[rang + 1] if rang < 3 else None)
    page = texte(bureau.get(adresse(candidat)))
    assert f'href="{adresse(candidat, "domicile")}" data-touche="j"' in page
    assert f'href="{adresse(candidat, "recapitulatif-signe")}" data-touche="k"' in page
    assert "<kbd>j</kbd> pièce suivante du dossier" in page


def test_a_page_needs_no_download_and_its_mark_names_the_service_the_officer_and_the_day(bureau, agent, candidat):
    deposer(candidat, octets=jpeg("recto"), nom="recto.jpg")
    envoyer(candidat)
    page = bureau.get(adresse(candidat))
    image = bureau.get(page.context["pages"][0].adresse)
    assert image["Content-Type"] == "image/jpeg"
    assert "Content-Disposition" not in image
    [vue] = Evenement.objects.filter(acte="piece_vue")
    assert vue.acteur == agent


@pytest.mark.parametrize("analyse", ["en_attente", "infectee"])
def test_what_the_antivirus_has_not_cleared_is_never_shown_nor_downloaded(bureau, candidat, analyse):
    deposer(candidat, octets=jpeg("recto"), nom="recto.jpg")
    envoyer(candidat)
    fichier = FichierDepose.objects.get()
    FichierDepose.objects.update(analyse=analyse)
    page = bureau.get(adresse(candidat))
    assert page.context["pages"] == []
    assert ("Analyse en cours" if analyse == "en_attente" else "rejeté par le contrôle de sécurité") in texte(page)
    valeurs = {"academie": ACADEMIE, "fichier": fichier.reference}
    assert bureau.get(reverse("controle_page", kwargs=valeurs | {"page": 1})).status_code in (409, 410)
    original = bureau.post(reverse("controle_original", kwargs=valeurs), {"motif": "Image illisible."})
    assert original.status_code in (409, 410)
    assert not Evenement.objects.filter(acte__in=("piece_vue", "original_telecharge")).exists()


@pytest.mark.passages("L-69")
def test_what_the_measures_say_and_why_the_candidate_kept_the_file_are_shown_as_facts(bureau, candidat):
    deposer(candidat, octets=jpeg("recto"), nom="recto.jpg")
    envoyer(candidat)
    avis = [{"page": 1, "code": "floue", "niveau": "alerte"}]
    FichierDepose.objects.update(avis=avis, garde_malgre="Le papier est abîmé.")
    page = texte(bureau.get(adresse(candidat)))
    assert "data-avis" in page
    assert "Le papier est abîmé." in page
