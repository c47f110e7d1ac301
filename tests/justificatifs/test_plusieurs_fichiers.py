"""S31: one form with several files is told, file by file, what was kept and what was not reached."""

from __future__ import annotations

import html
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registre.justificatifs import views_candidat
from registre.justificatifs.fichiers import traitement
from registre.justificatifs.models import FichierDepose
from tests.inscription.scenario import LE, adresse, connecter, heure_du_registre
from tests.justificatifs.corpus import encode, mire
from tests.justificatifs.scenario import candidat_inscrit

pytestmark = pytest.mark.django_db


def envoyer(client: Client, *tailles: int) -> str:
    """Sends one picture a size in one form; returns what the page says in the end."""
    envoyes = [SimpleUploadedFile(f"{t}.jpg", encode(mire(t, t))) for t in tailles]
    with heure_du_registre(LE):
        reponse = client.post(adresse("deposer_piece", piece="identite"), {"fichier": envoyes}, follow=True)
    assert reponse.status_code == 200
    return html.unescape(reponse.content.decode())


def noms() -> list[str]:
    return list(FichierDepose.objects.order_by("rang").values_list("nom", flat=True))


@pytest.mark.passages("S31")
def test_a_form_that_has_taken_its_time_begins_no_other_file_and_names_those_to_send_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = connecter(candidat_inscrit())
    monkeypatch.setattr(views_candidat, "PATIENCE", 0)

    page = envoyer(client, 40, 42, 44)

    assert noms() == ["40.jpg"], "the first one is always treated"
    assert "«\u00a040.jpg\u00a0» est déposé." in page
    dits = re.findall(r'data-code="service_occupe">.*?</span>(.*?)</p>', page)
    pas_encore = "»\u00a0: Ce fichier n’est pas encore traité. Ajoutez-le de nouveau."
    assert dits == [f"«\u00a042.jpg\u00a0{pas_encore}", f"«\u00a044.jpg\u00a0{pas_encore}"]

    monkeypatch.setattr(views_candidat, "PATIENCE", 20)
    assert "service_occupe" not in envoyer(client, 40, 42, 44)
    assert noms() == ["40.jpg", "42.jpg", "44.jpg"], "sent again whole, nothing is there twice"


@pytest.mark.passages("S31")
def test_the_longest_form_holds_a_thread_less_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert views_candidat.PATIENCE + traitement.ATTENTE + traitement.DUREE < 60
    assert views_candidat.PATIENCE > 10, "ten ordinary pages fit"
    client = connecter(candidat_inscrit())
    monkeypatch.setattr(views_candidat, "PATIENCE", 0.5)
    debut = time.monotonic()
    with heure_du_registre(LE):
        traites = [SimpleUploadedFile(f"{t}.jpg", encode(mire(1_000 + t, 1_000))) for t in range(30)]
        client.post(adresse("deposer_piece", piece="identite"), {"fichier": traites})
    assert 0 < len(noms()) < 10, "stopped by the clock, not by the ten files of a piece"
    assert time.monotonic() - debut < 20
