"""S31, P9: what one request may send where files are deposited, and what becomes of a body cut short."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as reglages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls
from registre.commun.corps import Corps, EnvoiCoupe, vider

MO = 2**20
DEPOT = "/justificatifs/essai/deposer"
BORNE = "limite"

vus: list[tuple[str, list[tuple[str, int, type]]]] = []


@csrf_exempt
@login_not_required
def recevoir(request: HttpRequest) -> HttpResponse:
    """What a view would see of the deposit."""
    fichiers = [(f.name, f.size, type(f)) for f in request.FILES.getlist("fichier")]
    vus.append((request.POST.get("mot", ""), fichiers))
    return HttpResponse("vu")


urlpatterns = [path(DEPOT[1:], recevoir), path("ailleurs", recevoir), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _rien_vu() -> Iterator[None]:
    vus.clear()
    yield
    vus.clear()


def multipart(*fichiers: bytes, champs: int = 1) -> bytes:
    """The body as a browser writes it."""
    corps = io.BytesIO()
    for n in range(champs):
        corps.write(b'--%s\r\nContent-Disposition: form-data; name="mot"\r\n\r\nbonjour %d\r\n' % (BORNE.encode(), n))
    for n, octets in enumerate(fichiers):
        entete = b'Content-Disposition: form-data; name="fichier"; filename="%d.pdf"\r\nContent-Type: application/pdf'
        corps.write(b"--" + BORNE.encode() + b"\r\n" + entete % n + b"\r\n\r\n" + octets + b"\r\n")
    corps.write(b"--" + BORNE.encode() + b"--\r\n")
    return corps.getvalue()


class Flux(io.BytesIO):
    """A body that counts what is read of it."""

    lus = 0

    def read(self, taille: int | None = -1, /) -> bytes:
        octets = super().read(taille)
        self.lus += len(octets)
        return octets


def envoyer(corps: bytes, chemin: str = DEPOT, annonce: int | None = None) -> tuple[Any, Flux]:
    flux = Flux(corps)
    reponse = Client().request(
        REQUEST_METHOD="POST",
        PATH_INFO=chemin,
        CONTENT_TYPE=f"multipart/form-data; boundary={BORNE}",
        CONTENT_LENGTH=str(len(corps) if annonce is None else annonce),
        **{"wsgi.input": flux},
    )
    return reponse, flux


@pytest.mark.passages("S31", "L-29")
def test_five_full_pieces_or_one_file_too_heavy_reach_the_view_that_says_why():
    for fichiers in ([b"x" * 5 * MO] * 5, [b"x" * 6 * MO], [b"x" * 25 * MO]):
        reponse, _ = envoyer(multipart(*fichiers))
        assert reponse.status_code == 200
        assert [taille for _, taille, _ in vus[-1][1]] == [len(f) for f in fichiers]


@pytest.mark.passages("S31", "P9")
def test_what_is_received_is_kept_in_memory_and_no_file_is_written(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    envoyer(multipart(b"x" * 20 * MO, b"y"))
    assert {sorte for _, _, sorte in vus[-1][1]} == {InMemoryUploadedFile}
    assert list(tmp_path.iterdir()) == []
    assert reglages.FILE_UPLOAD_MAX_MEMORY_SIZE >= reglages.CORPS_DEPOT  # else Django would drop the file


@pytest.mark.passages("S31")
@pytest.mark.parametrize(("chemin", "borne"), [(DEPOT, "CORPS_DEPOT"), ("/ailleurs", "CORPS_MAXIMAL")])
def test_the_door_is_at_its_byte(chemin, borne):
    vide = len(multipart(b""))
    maximum = getattr(reglages, borne)
    assert envoyer(multipart(b"x" * (maximum - vide)), chemin)[0].status_code == 200
    assert envoyer(multipart(b"x" * (maximum - vide + 1)), chemin)[0].status_code == 413
    assert len(vus) == 1


@pytest.mark.passages("S31")
@pytest.mark.parametrize("mo", [30, 200])
def test_a_heavier_body_is_read_only_so_that_the_refusal_is_seen(mo):
    debut = multipart(b"x" * 30 * MO)
    reponse, flux = envoyer(debut, annonce=mo * MO)
    page = reponse.content.decode()
    assert reponse.status_code == 413
    assert "5\u00a0Mo au plus" in page
    assert "<h1>Envoi trop lourd</h1>" in page
    assert flux.lus <= reglages.CORPS_VIDE
    assert vus == []


@pytest.mark.passages("S31")
def test_an_endless_body_is_left_after_a_bounded_number_of_bytes():
    class SansFin:
        lus = 0

        def read(self, taille: int = -1) -> bytes:
            self.lus += taille
            return b"0" * taille

    flux = SansFin()
    vider(flux, 3 * MO, 60)
    assert flux.lus == 3 * MO
    vider(flux, 10**12, 0.2)  # or of seconds
    assert flux.lus < 10**12


@pytest.mark.passages("F17", "F18")
@pytest.mark.parametrize("part", [0, 0.01, 0.5, 0.99, 1])
def test_a_body_that_stops_before_its_length_is_never_shown_to_a_view(part):
    """A client that vanishes looks, to Django, like a body that is finished: half a file would pass for a file."""
    corps = multipart(b"x" * 2 * MO)
    recu = corps[: min(int(len(corps) * part), len(corps) - 1)]
    reponse, _ = envoyer(recu, annonce=len(corps))
    assert reponse.status_code == 400
    assert "<h1>Envoi interrompu</h1>" in reponse.content.decode()
    assert vus == []


@pytest.mark.passages("F17")
@pytest.mark.parametrize("sorte", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=limite"])
def test_a_form_cut_short_is_refused_everywhere(sorte):
    reponse = Client().request(
        REQUEST_METHOD="POST",
        PATH_INFO="/ailleurs",
        CONTENT_TYPE=sorte,
        CONTENT_LENGTH="400",
        **{"wsgi.input": io.BytesIO(b"mot=bon")},
    )
    assert (reponse.status_code, vus) == (400, [])
    assert "Envoi interrompu" in reponse.content.decode()


@pytest.mark.passages("S31")
@pytest.mark.parametrize(
    ("corps", "quoi"),
    [(multipart(*[b"x"] * 120), "120 fichiers"), (multipart(b"x", champs=1_501), "1501 champs")],
)
def test_too_many_parts_get_a_page_that_says_400(corps, quoi):
    reponse, flux = envoyer(corps)
    assert (reponse.status_code, vus) == (400, []), quoi
    assert "<h1>Demande non comprise</h1>" in reponse.content.decode()
    assert flux.lus == len(corps)  # the browser has sent everything, it reads the answer


@pytest.mark.passages("S31")
def test_1500_fields_and_100_files_are_accepted():
    assert envoyer(multipart(*[b"x"] * 100, champs=1_400))[0].status_code == 200


@pytest.mark.passages("S31")
def test_no_more_than_the_announced_length_is_read():
    corps = multipart(b"x" * 1000)
    reponse, flux = envoyer(corps + b"suite" * 1000, annonce=len(corps))
    assert reponse.status_code == 200
    assert flux.lus == len(corps)


def test_the_watched_body_gives_the_same_bytes_as_the_stream():
    octets = bytes(range(256)) * 40 + b"\nfin"
    for taille in (1, 7, 4096, 20_000, -1, None):
        corps, lus = Corps(io.BytesIO(octets + b"au-dela"), len(octets)), b""
        while morceau := corps.read(taille):
            lus += morceau
        assert lus == octets
    lignes = Corps(io.BytesIO(b"un\ndeux\n"), 8)
    assert [lignes.readline(), lignes.readline(), lignes.readline()] == [b"un\n", b"deux\n", b""]
    court = Corps(io.BytesIO(b"un\nde"), 8)
    assert court.readline() == b"un\n"
    assert court.readline() == b"de"
    with pytest.raises(EnvoiCoupe):
        court.readline()
