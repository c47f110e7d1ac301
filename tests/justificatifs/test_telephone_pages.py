"""From the PC to the phone: the pages of both, and what no answer gives away."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registre.commun.cadres import principal
from registre.commun.middleware import corps_maximal
from registre.commun.models import Courriel, Evenement, reference_aleatoire
from registre.commun.traces import Json
from registre.comptes.models import Compte, Essai
from registre.inscription.models import Candidature
from registre.justificatifs import passerelles, views_telephone
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage, FichierDepose, PageAssemblee, Passerelle
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.open_passerelle import open_passerelle
from tests.inscription.scenario import CLE, LE, connecter
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    candidat_inscrit,
    candidature_de,
    jpeg,
    pdf_d_une_page,
    texte,
)
from tests.securite.outils import lignes_par_table, session_de

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PIECE = CLE | {"piece": "identite"}
PAGE = reverse("telephone", kwargs=PIECE)


@pytest.fixture(autouse=True)
def horloge() -> Iterator[Any]:
    with time_machine.travel(LE, tick=False) as arretee:
        yield arretee


@pytest.fixture
def pc(candidat: Compte) -> Client:
    return connecter(candidat)


def ouvrir(pc: Client, piece: str = "identite") -> tuple[str, str]:
    """Opens a link on the PC; gives the phone's address, as its QR says it, and the code to type."""
    page = reverse("telephone", kwargs=CLE | {"piece": piece})
    assert pc.post(page).status_code == 302
    contexte = pc.get(page).context
    return reverse("telephone_lien", kwargs={"jeton": contexte["secrets"].jeton}), contexte["secrets"].code


class Telephone(Client):
    """A browser that has never logged in, whose forms carry the token of the page they came from."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True, raise_request_exception=True)

    def jeton_csrf(self, page: str) -> str:
        return str(self.get(page).context["csrf_token"])

    def envoyer(self, adresse: str, lien: str, **champs: Any) -> Any:
        return self.post(adresse, {"csrfmiddlewaretoken": self.jeton_csrf(lien), **champs}, follow=True)

    def photographier(self, lien: str, *marques: str) -> Any:
        photos = [SimpleUploadedFile(f"{m}.jpg", jpeg(m), "image/jpeg") for m in marques]
        return self.envoyer(lien, lien, photo=photos)


@pytest.fixture
def telephone() -> Telephone:
    return Telephone()


def codes(reponse: Any) -> list[str]:
    """The codes of the refusals that a page shows near its field."""
    return re.findall(r'data-code="(\w+)"', reponse.content.decode())


# --- The whole way --------------------------------------------------------------------------------------------


def test_photos_go_from_the_phone_to_the_page_where_they_are_sent(candidat, pc, telephone):
    lien, _ = ouvrir(pc)
    reponse = telephone.photographier(lien, "recto", "verso")
    assert reponse.redirect_chain == [(lien, 302)]
    assert "2 photos sont arrivées." in texte(reponse)
    sources = re.findall(r'<img src="([^"]+)"', reponse.content.decode())
    assert len(sources) == 2
    for source in sources:
        image = telephone.get(source)
        assert (image.status_code, image["Content-Type"]) == (200, "image/jpeg")
        assert "default-src 'none'" in image["Content-Security-Policy"]
    assert "2 photos sont arrivées." in texte(pc.get(PAGE))
    assert [p.nom for p in PageAssemblee.objects.all()] == ["recto.jpg", "verso.jpg"]
    assert not FichierDepose.objects.exists()
    preparer = pc.get(reverse("preparer_piece", kwargs=PIECE))
    for page in PageAssemblee.objects.all():
        assert str(page.reference) in preparer.content.decode()

    fini = telephone.envoyer(f"{lien}/fini", lien)
    assert "C’est fini sur ce téléphone" in texte(fini)
    assert "Elles ne sont pas encore déposées." in texte(fini)
    ferme = telephone.get(lien)
    assert ferme.status_code == 410
    assert "elles ne sont déposées que si vous cliquez, sur votre ordinateur, sur « Déposer ce document »" in texte(
        ferme
    )
    assert "Où continuer" in texte(ferme)
    assert "Le lien est fermé" in texte(pc.get(PAGE))


def test_the_pc_says_that_the_photos_join_what_was_already_prepared(pc, telephone):
    avant = {"fichier": SimpleUploadedFile("scan.jpg", jpeg("scan"))}
    pc.post(reverse("preparer_piece", kwargs=PIECE), avant)
    lien, _ = ouvrir(pc)
    telephone.photographier(lien, "recto")
    page = texte(pc.get(PAGE))
    assert "Une photo est arrivée." in page
    assert "Ces photos s’ajoutent à une page déjà en préparation pour cette pièce." in page
    assert "Voir et déposer ce document" in page


def test_the_piece_offers_the_phone_only_where_something_can_be_deposited(pc, horloge):
    liste = reverse("justificatifs", kwargs=CLE)
    assert f'action="{PAGE}"' in pc.get(liste).content.decode()
    horloge.move_to(FIN_DU_DEPOT)
    pc = connecter(Compte.objects.get())
    assert f'action="{PAGE}"' not in pc.get(liste).content.decode()
    assert "Ouvrir un lien" not in texte(pc.get(PAGE))
    reponse = pc.post(PAGE)
    assert codes(reponse) == ["depot_clos"]
    assert not Passerelle.objects.exists()


def test_the_page_of_a_piece_that_is_not_asked_does_not_exist(pc):
    for piece in ("inconnue", "certificat-medical-eps"):
        assert pc.get(reverse("telephone", kwargs=CLE | {"piece": piece})).status_code == 404
        assert pc.post(reverse("telephone", kwargs=CLE | {"piece": piece})).status_code == 404


def test_the_code_leads_to_the_same_page_and_the_pc_says_so(pc, telephone):
    lien, code = ouvrir(pc)
    reponse = telephone.envoyer(reverse("telephone_code"), reverse("telephone_code"), code=code.lower())
    assert "Photographier" in texte(reponse)
    assert telephone.get(lien).status_code == 410
    page = pc.get(PAGE)
    assert "Le code a servi" in texte(page)
    assert "<img" not in page.content.decode().partition("<section")[0]
    assert code[:4] not in texte(page)


def test_another_browser_of_the_candidate_cannot_show_the_link_but_ends_it(candidat, pc, telephone):
    lien, code = ouvrir(pc)
    autre = connecter(candidat)
    page = texte(autre.get(PAGE))
    assert "Un lien est déjà ouvert" in page
    assert code[:4] not in page
    assert autre.post(reverse("telephone_courriel", kwargs=PIECE)).status_code == 200
    assert not Courriel.objects.filter(cle__startswith="passerelle:").exists()
    autre.post(reverse("telephone_revoquer", kwargs=PIECE))
    assert telephone.get(lien).status_code == 410


def test_the_link_is_mailed_from_the_page_and_the_page_says_where(candidat, pc):
    lien, _ = ouvrir(pc)
    reponse = pc.post(reverse("telephone_courriel", kwargs=PIECE), follow=True)
    assert f"Le lien est parti à votre adresse, {candidat.email}." in texte(reponse)
    [courriel] = Courriel.objects.filter(cle__startswith="passerelle:")
    assert f"{lien}\n" in courriel.texte


# --- What arrives ---------------------------------------------------------------------------------------------


def test_a_wrong_file_is_told_by_name_and_the_good_ones_are_kept(pc, telephone):
    lien, _ = ouvrir(pc)
    fichiers = [
        SimpleUploadedFile("recto.jpg", jpeg("recto")),
        SimpleUploadedFile("note.txt", b"Rien"),
        SimpleUploadedFile("faux.jpg", pdf_d_une_page()),
    ]
    reponse = telephone.envoyer(lien, lien, photo=fichiers)
    assert reponse.status_code == 200
    assert len(codes(reponse)) == 2
    assert "note.txt" in texte(reponse)
    assert "faux.jpg" in texte(reponse)
    assert [p.nom for p in PageAssemblee.objects.all()] == ["recto.jpg"]
    vide = telephone.envoyer(lien, lien)
    assert codes(vide) == ["fichier_manquant"]


def test_no_more_than_twenty_pages_whoever_brings_them(candidat, pc, telephone):
    lien, _ = ouvrir(pc)
    add_pages(candidat, principal(), "identite", "pc.jpg", jpeg("pc"), le=LE)
    [modele] = PageAssemblee.objects.all()
    for rang in range(2, Assemblage.PAGES_PAR_ASSEMBLAGE + 1):
        modele.pk, modele.rang, modele.reference = None, rang, reference_aleatoire()
        modele.save()
    reponse = telephone.photographier(lien, "une de trop")
    assert codes(reponse) == ["trop_de_pages"]
    assert PageAssemblee.objects.count() == Assemblage.PAGES_PAR_ASSEMBLAGE


def test_the_quota_of_deposits_counts_the_photos(candidat, pc, telephone, monkeypatch):
    monkeypatch.setattr("registre.justificatifs.places.DEPOTS_PAR_HEURE", (1, timedelta(hours=1)))
    lien, _ = ouvrir(pc)
    assert codes(telephone.photographier(lien, "a", "b")) == ["depots_trop_nombreux"]
    assert PageAssemblee.objects.count() == 1


def test_one_link_brings_a_bounded_number_of_requests(pc, telephone, monkeypatch):
    monkeypatch.setattr(passerelles, "ENVOIS_PAR_LIEN", (2, passerelles.DUREE))
    lien, _ = ouvrir(pc)
    for marque in ("a", "b"):
        telephone.photographier(lien, marque)
    assert codes(telephone.photographier(lien, "c")) == ["envois_trop_nombreux"]
    assert PageAssemblee.objects.count() == 2


def test_a_long_request_names_the_photos_it_does_not_begin(pc, telephone, monkeypatch):
    monkeypatch.setattr(views_telephone, "PATIENCE", -1)
    lien, _ = ouvrir(pc)
    reponse = telephone.photographier(lien, "a", "b", "c")
    assert codes(reponse) == ["service_occupe", "service_occupe"]
    assert "b.jpg" in texte(reponse)
    assert [p.nom for p in PageAssemblee.objects.all()] == ["a.jpg"]


def test_the_phone_takes_back_the_photo_that_its_page_shows_last(pc, telephone):
    lien, _ = ouvrir(pc)
    telephone.photographier(lien, "recto", "verso")
    verso = PageAssemblee.objects.get(nom="verso.jpg")
    for _ in range(2):  # a double click
        reponse = telephone.envoyer(f"{lien}/retirer", lien, reference=str(verso.reference))
        assert "Une photo est arrivée." in texte(reponse)
    for reference in ("", "x", "\0"):
        telephone.envoyer(f"{lien}/retirer", lien, reference=reference)
    assert [p.nom for p in PageAssemblee.objects.all()] == ["recto.jpg"]


def test_the_closing_of_the_deposit_is_told_on_the_phone(candidat, pc, telephone, horloge):
    horloge.move_to(FIN_DU_DEPOT - MINUTE)
    pc = connecter(candidat)
    lien, _ = ouvrir(pc)
    jeton = telephone.jeton_csrf(lien)
    horloge.move_to(FIN_DU_DEPOT)
    reponse = telephone.post(
        lien, {"csrfmiddlewaretoken": jeton, "photo": SimpleUploadedFile("a.jpg", jpeg("a"))}, follow=True
    )
    assert "depot_clos" in codes(reponse)
    assert not PageAssemblee.objects.exists()
    assert 'type="file"' not in telephone.get(lien).content.decode()


# --- What is over, unknown, or somebody else's ----------------------------------------------------------------


def corps(reponse: Any) -> str:
    page = reponse.content.decode().replace(reponse.headers.get("X-Request-Id", "\0"), "")
    return re.sub(r"[\w-]{43}", "<jeton>", page)


@pytest.mark.parametrize("fin", ["expiree", "revoquee", "remplacee", "retiree", "session"])
def test_every_link_that_is_over_answers_like_one_that_never_was(candidat, pc, telephone, horloge, fin, monkeypatch):
    lien, _ = ouvrir(pc)
    telephone.photographier(lien, "recto")
    vignette = re.findall(r'<img src="([^"]+)"', telephone.get(lien).content.decode())[0]
    jeton = telephone.jeton_csrf(lien)
    if fin == "expiree":
        horloge.shift(passerelles.DUREE)
    elif fin == "revoquee":
        pc.post(reverse("telephone_revoquer", kwargs=PIECE))
    elif fin == "remplacee":
        ouvrir(pc)
    elif fin == "retiree":
        Candidature.objects.update(etat=Candidature.Etat.RETIREE)
    else:
        monkeypatch.setattr(passerelles, "tous", dict)  # a session that the site no longer holds
    inconnu = reverse("telephone_lien", kwargs={"jeton": "A" * 43})
    avant = lignes_par_table()
    for suite, methode in (("", "get"), ("", "head"), ("", "post"), ("/fini", "post"), ("/retirer", "post")):
        champs = {"csrfmiddlewaretoken": jeton, "photo": SimpleUploadedFile("b.jpg", jpeg("b"))}
        une, autre = (
            getattr(telephone, methode)(f"{adresse}{suite}", champs if methode == "post" else {})
            for adresse in (lien, inconnu)
        )
        assert une.status_code == autre.status_code == 410
        assert corps(une) == corps(autre)
        assert dict(une.headers) | {"X-Request-Id": ""} == dict(autre.headers) | {"X-Request-Id": ""}
    image = telephone.get(vignette)
    assert (image.status_code, corps(image)) == (410, corps(telephone.get(inconnu)))
    assert lignes_par_table() == avant


def test_a_link_shows_no_thumbnail_but_its_own(candidat, pc, telephone):
    [du_pc] = add_pages(candidat, principal(), "identite", "pc.jpg", jpeg("pc"), le=LE).pages
    autre = candidat_inscrit("autre@demo.example")
    [d_un_autre] = add_pages(autre, principal(), "identite", "x.jpg", jpeg("x"), le=LE).pages
    lien, _ = ouvrir(pc)
    for reference in (du_pc.reference, d_un_autre.reference, reference_aleatoire()):
        assert telephone.get(f"{lien}/vignette/{reference}").status_code == 404


def test_a_thumbnail_that_is_lost_is_not_an_error_of_the_site(pc, telephone):
    lien, _ = ouvrir(pc)
    telephone.photographier(lien, "recto")
    page = PageAssemblee.objects.get()
    coffre.effacer([page.cle_vignette])
    assert telephone.get(f"{lien}/vignette/{page.reference}").status_code == 410


def test_another_candidate_finds_nothing_of_this_link_at_the_same_addresses(candidat, pc):
    _, code = ouvrir(pc)
    autre = connecter(candidat_inscrit("autre@demo.example"))
    page = texte(autre.get(PAGE))
    assert "Ouvrir un lien" in page
    assert code[:4] not in page
    assert autre.get(reverse("telephone_etat", kwargs=PIECE)).json()["ouverte"] is False
    for nom in ("telephone_prolonger", "telephone_revoquer", "telephone_courriel"):
        autre.post(reverse(nom, kwargs=PIECE))
    passerelle = Passerelle.objects.get()
    assert (passerelle.revoquee_le, passerelle.expire_le) == (None, LE + passerelles.DUREE)
    sans_candidature = connecter(Compte.objects.create_user("rien@demo.example", cree_le=LE, active_le=LE))
    assert sans_candidature.get(PAGE).status_code == 404
    assert sans_candidature.post(PAGE).status_code == 404
    assert sans_candidature.get(reverse("telephone_etat", kwargs=PIECE)).status_code == 404


# --- The phone stays nobody -----------------------------------------------------------------------------------


def test_the_phone_is_never_logged_in_and_keeps_no_session(pc, telephone):
    lien, code = ouvrir(pc)
    telephone.photographier(lien, "recto")
    telephone.envoyer(reverse("telephone_code"), reverse("telephone_code"), code=code)
    assert set(telephone.cookies) == {"csrftoken"}
    assert telephone.get(reverse("justificatifs", kwargs=CLE)).status_code == 302
    assert telephone.get(reverse("mon_compte")).status_code == 302
    page = PageAssemblee.objects.get()
    image = reverse("page_assemblee", kwargs={"reference": page.reference, "genre": "image"})
    assert telephone.get(image).status_code == 302


def test_a_phone_where_somebody_else_is_logged_in_touches_nothing_of_him(candidat, pc):
    lien, _ = ouvrir(pc)
    autre = candidat_inscrit("autre@demo.example")
    son_telephone = connecter(autre)
    son_telephone.get(reverse("mon_compte"))  # the session is dated
    ouvrir(son_telephone, "domicile")
    son_telephone.post(reverse("telephone_courriel", kwargs=CLE | {"piece": "domicile"}))  # a message waits for him
    avant = session_de(son_telephone)
    reponse = son_telephone.post(lien, {"photo": SimpleUploadedFile("a.jpg", jpeg("a"))}, follow=True)
    assert "Une photo est arrivée." in texte(reponse)
    for a_lui in ("Se déconnecter", "data-reste", autre.email):
        assert a_lui not in texte(reponse)
    assert PageAssemblee.objects.get().assemblage.candidature.compte == candidat
    assert session_de(son_telephone) == avant
    assert not Evenement.objects.filter(acteur=autre, acte__startswith="photo").exists()


def test_an_officer_half_logged_in_is_led_to_his_code_without_the_token(pc, gestionnaire):
    lien, _ = ouvrir(pc)
    agent = Client()
    agent.force_login(gestionnaire)
    reponse = agent.get(lien)
    assert reponse.status_code == 302
    assert lien.rpartition("/")[2] not in reponse.url


def test_a_post_without_its_csrf_token_is_refused(pc, telephone):
    lien, code = ouvrir(pc)
    for adresse in (lien, f"{lien}/fini", f"{lien}/retirer", reverse("telephone_code")):
        assert telephone.post(adresse, {"code": code}).status_code == 403
    assert not PageAssemblee.objects.exists()
    assert telephone.get(lien).status_code == 200


def test_opening_the_address_changes_nothing(pc, telephone):
    """Mail scanners and previews open links: neither the link nor the code is used up."""
    lien, code = ouvrir(pc)
    avant = lignes_par_table()
    for methode in ("get", "head"):
        for _ in range(3):
            assert getattr(telephone, methode)(lien).status_code == 200
    telephone.get(reverse("telephone_code"), {"code": code})
    for methode in ("put", "delete", "patch"):
        assert getattr(Client(), methode)(lien).status_code == 405
    assert lignes_par_table() == avant


# --- The code, tried by machines ------------------------------------------------------------------------------


def test_ten_wrong_codes_an_hour_close_the_door_of_one_network_only(pc, telephone, horloge):
    _, code = ouvrir(pc)
    page = reverse("telephone_code")
    for _ in range(10):
        assert codes(telephone.envoyer(page, page, code="AAAA-AAAA")) == ["code_inconnu"]
    reponse = telephone.envoyer(page, page, code=code)
    assert (reponse.status_code, reponse["Retry-After"]) == (429, "3600")
    assert "60 minutes" in texte(reponse)
    jeton = telephone.jeton_csrf(page)
    ailleurs = telephone.post(page, {"code": code, "csrfmiddlewaretoken": jeton}, REMOTE_ADDR="192.0.2.7")
    assert ailleurs.status_code == 302
    horloge.shift(timedelta(hours=1))
    assert codes(telephone.envoyer(page, page, code="AAAA-AAAA")) == ["code_inconnu"]


def test_right_codes_do_not_count_for_a_room_that_shares_one_address(pc, telephone):
    page = reverse("telephone_code")
    for _ in range(12):
        _, code = ouvrir(pc)
        assert telephone.envoyer(page, page, code=code).status_code == 200
    assert not Essai.objects.filter(cle__startswith="passerelle:").exists()


# --- What is said, and to whom --------------------------------------------------------------------------------


def test_the_phone_says_the_kind_of_piece_and_nothing_of_the_person(candidat, pc, telephone):
    lien, _ = ouvrir(pc)
    telephone.photographier(lien, "recto")
    vue = telephone.get(lien)
    page = texte(vue)
    assert "Document justifiant l’identité" in page
    secrets = [candidat.email, candidat.nom_de_famille, candidat.prenoms, candidature_de(candidat).numero, "recto.jpg"]
    assert [s for s in secrets if s in page] == []
    for adresse in re.findall(r'(?:src|href|action)="([^"]+)"', vue.content.decode()):
        assert adresse.startswith(("/static/", "/telephone", "#", "/", "mailto:")), adresse
        assert not adresse.startswith("//")


@pytest.mark.parametrize("quoi", ["lien", "mort", "code", "fini", "vignette"])
def test_no_page_of_the_phone_is_kept_or_tells_its_address(pc, telephone, quoi):
    lien, _ = ouvrir(pc)
    telephone.photographier(lien, "recto")
    page = PageAssemblee.objects.get()
    reponse = {
        "lien": lambda: telephone.get(lien),
        "mort": lambda: telephone.get(reverse("telephone_lien", kwargs={"jeton": "x"})),
        "code": lambda: telephone.get(reverse("telephone_code")),
        "fini": lambda: telephone.envoyer(f"{lien}/fini", lien),
        "vignette": lambda: telephone.get(f"{lien}/vignette/{page.reference}"),
    }[quoi]()
    assert reponse["Cache-Control"] == "no-store, private"
    assert reponse["Referrer-Policy"] == "strict-origin"


def test_neither_the_traces_nor_the_journal_nor_the_session_hold_the_token(candidat, pc, telephone):
    flux = io.StringIO()
    sortie = logging.StreamHandler(flux)
    sortie.setFormatter(Json())
    racine = logging.getLogger()
    niveau = racine.level
    racine.addHandler(sortie)
    racine.setLevel(logging.DEBUG)
    try:
        lien, code = ouvrir(pc)
        telephone.photographier(lien, "recto")
        telephone.post(lien)  # refused: traced with its path
        Client().put(lien)
        telephone.get(f"{lien}/nulle-part")
        coffre.effacer([PageAssemblee.objects.get().cle_vignette])
        telephone.get(f"{lien}/vignette/{PageAssemblee.objects.get().reference}")
        telephone.envoyer(f"{lien}/fini", lien)
        telephone.get(lien)
        pc.post(reverse("telephone_courriel", kwargs=PIECE))
    finally:
        racine.setLevel(niveau)
        racine.removeHandler(sortie)
    jeton = lien.rpartition("/")[2]
    assert "/telephone/<jeton>" in flux.getvalue()
    garde = flux.getvalue() + repr(lignes_par_table()) + repr(session_de(pc))
    assert jeton not in garde
    assert code not in garde


# --- Arriving, on the PC --------------------------------------------------------------------------------------


def test_the_pc_is_told_when_there_is_something_new_and_only_then(pc, telephone, horloge):
    etat = reverse("telephone_etat", kwargs=PIECE)
    assert pc.get(etat).json() == {"ouverte": False, "photos": 0, "minutes": 0, "code_servi": False}
    lien, _ = ouvrir(pc)
    vu = pc.get(etat)
    assert vu.json() == {"ouverte": True, "photos": 0, "minutes": 15, "code_servi": False}
    assert vu["Cache-Control"] == "no-store, private"
    rien = pc.get(etat, headers={"If-None-Match": vu["ETag"]})
    assert (rien.status_code, rien.content, rien["ETag"]) == (304, b"", vu["ETag"])
    telephone.photographier(lien, "recto")
    neuf = pc.get(etat, headers={"If-None-Match": vu["ETag"]})
    assert (neuf.status_code, neuf.json()["photos"]) == (200, 1)
    horloge.shift(passerelles.DUREE)
    assert pc.get(etat, headers={"If-None-Match": neuf["ETag"]}).json()["ouverte"] is False


def requetes(demander: Any) -> int:
    with CaptureQueriesContext(connection) as lues:
        assert demander().status_code in (200, 304)
    return len(lues)


def test_the_number_of_queries_does_not_grow_with_the_photos(candidat, pc, telephone):
    lien, _ = ouvrir(pc)
    etat = reverse("telephone_etat", kwargs=PIECE)
    telephone.photographier(lien, "a")
    demandes = (lambda: pc.get(etat), lambda: pc.get(PAGE), lambda: telephone.get(lien))
    avec_une = [requetes(d) for d in demandes]
    telephone.photographier(lien, "b", "c", "d")
    assert [requetes(d) for d in demandes] == avec_une
    assert avec_une[0] <= 6  # asked every three seconds
    assert max(avec_une) <= 16


def test_a_prolonged_link_is_told_in_minutes(pc, telephone, horloge):
    lien, _ = ouvrir(pc)
    horloge.shift(14 * MINUTE + timedelta(seconds=30))
    assert "vaut encore une minute" in texte(pc.get(PAGE))
    assert "marche encore une minute" in texte(telephone.get(lien))
    pc.post(reverse("telephone_prolonger", kwargs=PIECE))
    assert "vaut encore 15 minutes" in texte(pc.get(PAGE))
    assert telephone.get(lien).status_code == 200


def test_the_session_of_the_pc_keeps_few_links_and_only_what_it_opened(candidat, pc):
    for piece in ("identite", "domicile", "certificats-travail") * 3:
        ouvrir(pc, piece)
    assert len(session_de(pc)[passerelles.GARDES]) == passerelles.GARDES_AU_PLUS
    passerelle, _ = open_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE)
    assert "Un lien est déjà ouvert" in texte(pc.get(PAGE))
    assert passerelles.marche(passerelle, LE)


def test_the_door_of_deposits_is_the_door_of_photos_and_a_code_needs_no_more_than_a_form(settings):
    demandes = RequestFactory()
    assert corps_maximal(demandes.post("/telephone/jeton")) == settings.CORPS_DEPOT
    assert corps_maximal(demandes.post("/telephone")) == settings.CORPS_MAXIMAL


def test_a_request_too_heavy_is_refused_before_it_is_read(pc, telephone, settings):
    lien, _ = ouvrir(pc)
    settings.CORPS_DEPOT = 10_000
    lourde = SimpleUploadedFile("a.jpg", jpeg("a") + bytes(20_000))
    reponse = telephone.post(lien, {"photo": lourde})
    assert reponse.status_code == 413
    assert "déposez vos fichiers un par un" in texte(reponse)
    assert not PageAssemblee.objects.exists()


# --- What closes a link, and what its address gives away ----------------------------------------------------------


@pytest.mark.passages("S3", "S15")
@pytest.mark.parametrize(
    "changer",
    [
        lambda compte: compte.set_password("Genet*4217"),
        lambda compte: setattr(compte, "email", "autre@demo.example"),
        lambda compte: setattr(compte, "facteur", "nouveau"),
    ],
    ids=["mot de passe", "adresse", "second facteur"],
)
def test_what_ends_the_sessions_of_the_account_closes_the_link_too(candidat, pc, telephone, changer):
    lien, code = ouvrir(pc)
    assert telephone.get(lien).status_code == 200
    page = telephone.get(lien)
    compte = Compte.objects.get(pk=candidat.pk)
    changer(compte)
    compte.save()
    assert telephone.get(lien).status_code == 410
    photo = SimpleUploadedFile("a.jpg", jpeg("a"), "image/jpeg")
    jeton = {"csrfmiddlewaretoken": str(page.context["csrf_token"])}
    assert telephone.post(lien, {**jeton, "photo": photo}).status_code == 410
    assert not PageAssemblee.objects.exists()
    saisie = reverse("telephone_code")
    assert codes(telephone.envoyer(saisie, saisie, code=code)) == ["code_inconnu"]
    assert not passerelles.marche(Passerelle.objects.get(), LE)


@pytest.mark.passages("S3")
def test_a_photo_on_its_way_when_the_password_changes_is_not_added(candidat, pc):
    lien, _ = ouvrir(pc)
    passerelle = passerelles.par_jeton(lien.rsplit("/", 1)[1], LE)
    candidat.set_password("Genet*4217")
    candidat.save()
    assert not passerelles.toujours_ouverte(passerelle)


@pytest.mark.passages("S19", "S28")
def test_every_answer_under_the_address_of_a_link_keeps_it_secret(pc, telephone):
    lien, _ = ouvrir(pc)
    reponses = [
        telephone.get(lien),
        telephone.get(f"{lien}/vignette/00000000-0000-4000-8000-000000000000"),
        telephone.post(lien, {}),
        telephone.get(f"{lien}/fini"),
        telephone.get(f"{lien}/inconnu"),
        telephone.get(f"{lien}zz"),
    ]
    assert [r.status_code for r in reponses] == [200, 404, 403, 405, 404, 410]
    for reponse in reponses:
        assert reponse.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in reponse.headers["Cache-Control"]
        assert reponse.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.passages("F2")
def test_clicks_that_send_no_other_mail_use_up_nothing(pc):
    ouvrir(pc)
    adresse = reverse("telephone_courriel", kwargs=PIECE)
    for _ in range(5):
        assert codes(pc.post(adresse, follow=True)) == []
    assert Courriel.objects.filter(cle__startswith="passerelle:").count() == 1
    assert Evenement.objects.filter(acte="passerelle_envoyee").count() == 1
