"""What is said of a poor picture: to the candidate with what to do, to the office as a fact, and never a refusal."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFilter

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.comptes.models import Compte
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.models import FichierDepose, PieceJustificative
from registre.justificatifs.usecases.keep_fichier import keep_fichier
from registre.regles.citation import codes
from tests.comptes.facteur import connecter_agent
from tests.inscription import scenario
from tests.inscription.scenario import LE, heure_du_registre
from tests.justificatifs.scenario import (
    RECAPITULATIF,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    envoyer,
    modifier,
    recapitulatif,
)

pytestmark = pytest.mark.django_db
AVIS = pytest.mark.passages("pieces.exemple.non-conforme", "L-69")
POURQUOI = "C’est la seule copie que j’ai."


def photo(flou: float = 0, marque: str = "Une page bien lisible") -> bytes:
    """A page of writing, in focus or not."""
    image = Image.new("RGB", (1000, 1400), (243, 242, 240))
    crayon = ImageDraw.Draw(image)
    for ligne in range(24):
        crayon.text((120, 120 + 48 * ligne), f"{marque}, ligne {ligne}", fill=(25, 25, 30), font_size=26)
    sortie = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(flou)).save(sortie, "JPEG", quality=85)
    return sortie.getvalue()


def _garder(compte: Compte, fichier: FichierDepose, pourquoi: str = POURQUOI, **k: Any) -> str | None:
    return keep_fichier(compte, principal(), fichier.reference, pourquoi, **({"le": LE} | k))


def _page(compte: Compte) -> str:
    client = scenario.connecter(compte)
    with heure_du_registre(LE):
        return html.unescape(client.get(reverse("justificatifs", args=principal().cle)).content.decode())


def _poster(client: Client, piece: str = "identite", **donnees: Any) -> Any:
    with heure_du_registre(LE):
        return client.post(reverse("garder_fichier", args=[*principal().cle, piece]), donnees)


def _texte(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- The act ------------------------------------------------------------------------------------------------


@AVIS
def test_the_hints_of_a_deposit_are_kept_with_the_file(candidat):
    floue = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    nette = deposer(candidat, octets=photo(), nom="nette.jpg").fichier
    assert floue.avis == [{"page": 1, "code": "floue", "niveau": "alerte"}]
    assert nette.avis == []


@AVIS
def test_keeping_a_file_writes_the_reason_once_and_in_the_journal(candidat):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    avant = PieceJustificative.objects.get(pk=fichier.piece_id)
    assert _garder(candidat, fichier, f"  {POURQUOI} ") == _garder(candidat, fichier) == "floue.jpg"
    fichier.refresh_from_db()
    assert fichier.garde_malgre == POURQUOI
    [trace] = Evenement.objects.filter(acte="fichier_garde")
    assert trace.details["avis"] == ["floue"]
    assert POURQUOI not in str(trace.details)  # the words of the candidate stay on the file
    apres = PieceJustificative.objects.get(pk=fichier.piece_id)
    assert (apres.etat, apres.revision) == (avant.etat, avant.revision)


@AVIS
@pytest.mark.parametrize(("pourquoi", "code"), [("", "raison_manquante"), ("x" * 301, "raison_trop_longue")])
def test_a_missing_or_too_long_reason_is_refused_and_nothing_is_written(candidat, pourquoi, code):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    with pytest.raises(DepotRefuse) as refus:
        _garder(candidat, fichier, pourquoi)
    assert codes(refus.value.motifs) == [code]
    fichier.refresh_from_db()
    assert fichier.garde_malgre == ""
    assert not Evenement.objects.filter(acte="fichier_garde").exists()


@AVIS
def test_a_file_that_is_sent_is_no_longer_answered_for(candidat):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    envoyer(candidat)
    with pytest.raises(DepotRefuse):
        _garder(candidat, fichier)


@AVIS
def test_nobody_answers_for_the_file_of_another_or_for_one_that_is_gone(candidat):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    autre = candidat_inscrit("voisin@demo.example")
    assert _garder(autre, fichier) is None
    assert keep_fichier(candidat, principal(), uuid4(), POURQUOI, le=LE) is None


@AVIS
def test_an_alert_that_nobody_answered_never_stops_the_sending(candidat):
    deposer(candidat, octets=photo(6), nom="floue.jpg")
    envoyer(candidat)
    assert PieceJustificative.objects.get(cle="identite").envoyee_le == LE


# --- The récapitulatif ----------------------------------------------------------------------------------------


@pytest.mark.passages("validation.b-signer", "validation.c-deposer-dcandt01", "L-69")
def test_a_recapitulatif_that_is_not_signed_is_accepted_with_an_alert(candidat):
    fichier = deposer(candidat, RECAPITULATIF, recapitulatif(candidat)).fichier
    assert fichier.version_lue == 1
    assert [(a["code"], a["niveau"]) for a in fichier.avis if a["code"] == "signature_vide"] == [
        ("signature_vide", "alerte")
    ]
    assert "Le cadre de signature paraît vide." in _page(candidat)


@pytest.mark.passages("validation.b-signer", "validation.refaire-apres-modification", "L-69")
def test_the_last_version_is_looked_at_as_the_first_was(candidat):
    modifier(candidat)
    fichier = deposer(candidat, RECAPITULATIF, recapitulatif(candidat)).fichier
    assert fichier.version_lue == 2
    assert "signature_vide" in [a["code"] for a in fichier.avis]


# --- The page of the candidate ----------------------------------------------------------------------------------


@AVIS
def test_the_candidate_reads_the_hint_under_the_file_and_a_reminder_by_the_button(candidat):
    deposer(candidat, octets=photo(6), nom="floue.jpg")
    page = _page(candidat)
    texte = _texte(page)
    assert "La page est floue. Posez le document à plat" in texte
    assert "Garder ce fichier quand même" in texte
    assert 'data-avis="floue"' in page
    assert "data-a-relire" in page
    assert "Avant d’envoyer, relisez nos avis sur floue.jpg" in texte
    assert "J’ai fourni toutes mes pièces" in texte


@AVIS
def test_a_good_file_is_said_nothing_of(candidat):
    deposer(candidat, octets=photo(), nom="nette.jpg")
    page = _page(candidat)
    assert "data-avis=" not in page
    assert "data-a-relire" not in page
    assert "Garder ce fichier" not in page


@AVIS
def test_a_file_that_is_kept_shows_the_reason_and_is_no_longer_recalled(candidat):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    client = scenario.connecter(candidat)
    reponse = _poster(client, reference=fichier.reference, pourquoi=POURQUOI)
    assert reponse.status_code == 302
    assert reponse.url.endswith("#piece-identite")
    page = _page(candidat)
    assert f"«\u00a0{POURQUOI}\u00a0»" in page
    assert "data-a-relire" not in page
    assert "Garder ce fichier quand même" not in page


@pytest.mark.passages("S44", "L-69")
def test_a_reason_with_a_null_character_is_kept_without_it(candidat):
    """PostgreSQL refuses the character: no candidate should meet a broken page for a paste."""
    fichier = deposer(candidat, octets=photo(flou=4), nom="floue.jpg").fichier
    reponse = _poster(scenario.connecter(candidat), reference=fichier.reference, pourquoi=f"{POURQUOI}\x00")
    assert reponse.status_code == 302
    fichier.refresh_from_db()
    assert fichier.garde_malgre == POURQUOI


@AVIS
def test_a_reason_that_is_refused_stays_in_its_field_with_what_is_wrong(candidat):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    client = scenario.connecter(candidat)
    page = html.unescape(_poster(client, reference=fichier.reference, pourquoi="mot " * 90).content.decode())
    assert "La limite est de 300" in page
    assert "mot mot mot" in page
    assert f'href="#garder-{fichier.reference}-pourquoi"' in page
    # Neither the field to add a file nor the one to replace it is blamed.
    assert page.count('data-code="raison_trop_longue"') <= 2
    assert "depot-identite-fichier_error" not in page


@AVIS
def test_a_reason_is_shown_as_text_wherever_it_appears(candidat):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    _garder(candidat, fichier, "<script>alert(1)</script>")
    client = scenario.connecter(candidat)
    with heure_du_registre(LE):
        brut = client.get(reverse("justificatifs", args=principal().cle)).content.decode()
    assert "<script>alert" not in brut
    assert "&lt;script&gt;alert" in brut


@AVIS
def test_the_browser_is_given_the_thresholds_and_the_words_of_the_server(candidat):
    page = _page(candidat)
    brut = re.search(r'data-qualite="(\{.*?\}\})"', page, re.DOTALL)
    assert brut, page[-800:]
    donnees = json.loads(brut[1])
    assert donnees["seuils"]["papier_alerte"] == principal().qualite.papier_alerte
    assert donnees["mots"]["floue-alerte"].startswith("La page est floue.")
    assert "signature_vide-alerte" not in donnees["mots"]


# --- The page of the office -------------------------------------------------------------------------------------


@AVIS
@pytest.mark.parametrize("repondu", [True, False])
def test_the_office_reads_the_facts_and_what_the_candidate_answered(candidat, repondu):
    fichier = deposer(candidat, octets=photo(6), nom="floue.jpg").fichier
    if repondu:
        _garder(candidat, fichier)
    envoyer(candidat)
    agent = creer_agent()
    agent.active_le = LE
    agent.save(update_fields=["active_le"])
    numero = candidature_de(candidat).numero
    with heure_du_registre(LE):
        client = connecter_agent(agent)
        adresse = reverse(
            "controle_piece", kwargs={"academie": "clermont-ferrand", "numero": numero, "piece": "identite"}
        )
        texte = _texte(html.unescape(client.get(adresse).content.decode()))
    assert "« floue.jpg », d’après nos mesures : floue." in texte
    assert (f"La personne garde ce fichier : « {POURQUOI} »" in texte) is repondu
    assert ("sans y répondre" in texte) is not repondu
