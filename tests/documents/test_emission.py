"""One document, one mail, one line in the journal, or none of them."""

from __future__ import annotations

import dataclasses
import re

import pytest
from django.db import IntegrityError, transaction

from registre.commun.cadres import principal
from registre.commun.courriels import envoyer_dus
from registre.commun.models import Courriel, Evenement
from registre.documents.emission import emettre
from registre.documents.empreinte import empreinte
from registre.documents.models import CONFIRMATION, Document
from tests.documents.fabrique import LE, NUMERO, compte, contenu

pytestmark = pytest.mark.django_db


def emis(version: int = 1, cadre=None, **changements) -> Document:
    champs = {
        "compte": changements.pop("compte", None) or compte(),
        "genre": CONFIRMATION,
        "titre": "Confirmation d’inscription",
        "candidature": NUMERO,
        "version": version,
        "contenu": contenu(version=version),
        "le": LE,
        "cadre": cadre or principal(),
    }
    return emettre(**(champs | changements))


@pytest.mark.passages("documents.confirmation-inscription", "compte.courriel-a-chaque-document")
def test_emettre_writes_the_document_its_courriel_and_its_line_of_journal():
    document = emis()
    relu = Document.objects.get()
    assert relu == document
    assert relu.intact
    assert relu.empreinte == empreinte(contenu())
    assert (relu.academie, relu.session, relu.examen) == ("clermont-ferrand", 2026, "bac-pro")
    courriel = Courriel.objects.get()
    assert courriel.cle == f"document:{document.reference}"
    assert (courriel.destinataire, courriel.compte, courriel.redige_le) == ("zoe@exemple.fr", document.compte, LE)
    evenement = Evenement.objects.get()
    assert (evenement.acte, evenement.objet) == ("document_mis_a_disposition", f"document:{document.reference}")
    assert evenement.details == {
        "candidature": NUMERO,
        "genre": CONFIRMATION,
        "version": 1,
        "empreinte": document.empreinte,
    }


def test_a_version_is_issued_once():
    premier = emis()
    with pytest.raises(IntegrityError), transaction.atomic():
        emis(compte=premier.compte)
    assert (Document.objects.count(), Courriel.objects.count(), Evenement.objects.count()) == (1, 1, 1)


@pytest.mark.passages(
    "compte.courriel-a-chaque-document", "compte.aucun-envoi-postal", "validation.difficulte-contact"
)
def test_the_first_courriel_says_what_where_when_and_what_remains(settings):
    settings.URL_PUBLIQUE = "https://registre.exemple.fr"
    cadre = principal()
    document = emis()
    courriel = Courriel.objects.get()
    assert courriel.sujet == f"Confirmation d’inscription\u00a0: {cadre.examen_libelle}"
    for partie in (courriel.texte, courriel.html):
        texte = partie.replace("\u00a0", " ")
        assert NUMERO in texte
        assert "7 novembre 2025 à 16 h 05 min 12 s (heure de Paris)" in texte
        assert f"https://registre.exemple.fr/documents/{document.reference}/" in texte
        assert "Mes documents" in texte
        assert "Aucun document n’est envoyé par la poste." in texte
        assert cadre.contacts.service.courriel in texte
        assert cadre.contacts.service.telephones[0] in texte


@pytest.mark.passages(
    "validation.etapes-obligatoires",
    "validation.a-imprimer",
    "validation.b-signer",
    "validation.c-deposer-dcandt01",
    "validation.d-toutes-les-pieces",
)
def test_the_courriel_lists_the_four_steps_when_the_session_wants_a_signature():
    emis()
    texte = Courriel.objects.get().texte
    assert re.search(r"a\) imprimez.*VISUALISER/IMPRIMER", texte)
    assert re.search(r"b\) signez-le.*\(PDF ou JPEG\)", texte)
    assert re.search(r"c\) déposez.*Récapitulatif de votre candidature signé.*\(DCANDT01\)", texte)
    assert re.search(r"d\) déposez toutes les autres pièces", texte)
    assert "Ces quatre étapes sont obligatoires." in texte


@pytest.mark.passages("L-56")
def test_the_courriel_asks_for_no_signature_when_the_session_validates_online():
    cadre = principal()
    emis(cadre=dataclasses.replace(cadre, validation=dataclasses.replace(cadre.validation, mode="en_ligne")))
    assert "signez" not in Courriel.objects.get().texte


@pytest.mark.passages(
    "modification.courriel", "modification.nouvelle-version", "R119", "validation.refaire-apres-modification"
)
def test_a_later_version_has_its_own_courriel_named_modification():
    premier = emis()
    emis(2, compte=premier.compte)
    courriel = Courriel.objects.latest("pk")
    assert courriel.sujet == f"Modification d’inscription\u00a0: {principal().examen_libelle}"
    assert "Version\u00a0: 2" in courriel.texte
    assert "Refaites les étapes a à c" in courriel.texte
    assert Courriel.objects.count() == 2


@pytest.mark.passages("R119")
def test_another_kind_of_document_is_named_by_its_title():
    emis(genre="convocation", titre="Convocation à l’EPS", version=None, contenu=contenu())
    courriel = Courriel.objects.get()
    assert courriel.sujet == "Convocation à l’EPS"
    assert "Version" not in courriel.texte
    assert "signez" not in courriel.texte


def test_the_courriel_says_nothing_personal():
    emis()
    courriel = Courriel.objects.get()
    for partie in (courriel.sujet, courriel.texte, courriel.html):
        assert "Łukaszewicz" not in partie
        assert "Zoé" not in partie
        assert "1998" not in partie


@pytest.mark.passages("A15")
def test_sentences_of_the_courriel_are_short():
    premier = emis()
    emis(2, compte=premier.compte)
    for courriel in Courriel.objects.all():
        phrases = re.split(r"[.?!;:\n]+(?:\s|$)", courriel.texte)
        assert max(len(p.split()) for p in phrases) <= 20


@pytest.mark.passages("A14")
def test_the_courriel_leaves_with_both_parts(mailoutbox):
    emis()
    assert envoyer_dus().envoyes == 1
    (message,) = mailoutbox
    assert message.extra_headers["Message-ID"] == Courriel.objects.get().message_id
    assert message.to == ["zoe@exemple.fr"]
    assert [a.mimetype for a in message.alternatives] == ["text/html"]


@pytest.mark.parametrize("valeur", [1.5, LE, {1, 2}, (1,)])
def test_empreinte_refuses_what_databases_write_differently(valeur):
    with pytest.raises(TypeError):
        empreinte({"a": [valeur]})


def test_empreinte_depends_on_the_content_and_not_on_the_order_of_its_keys():
    assert empreinte({"a": 1, "b": ["é", None, True]}) == empreinte({"b": ["é", None, True], "a": 1})
    assert empreinte({"a": [1, 2]}) != empreinte({"a": [2, 1]})
