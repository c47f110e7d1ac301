"""From the PC to the phone: the acts on a link, its end, and what it never lets through."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from PIL import Image

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs import passerelles
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage, FichierDepose, PageAssemblee, Passerelle
from registre.justificatifs.passerelles import PASSERELLE_FERMEE, Secrets
from registre.justificatifs.usecases.abandon_assemblage import abandon_assemblage
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.assemble_pages import assemble_pages
from registre.justificatifs.usecases.claim_passerelle import claim_passerelle
from registre.justificatifs.usecases.mail_passerelle import mail_passerelle
from registre.justificatifs.usecases.open_passerelle import open_passerelle, renew_passerelle
from registre.justificatifs.usecases.revoke_passerelle import end_passerelle, revoke_passerelle
from registre.justificatifs.usecases.send_assemblage import send_assemblage
from registre.justificatifs.usecases.withdraw_photo import withdraw_photo
from tests.inscription.scenario import LE
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.images_a_preparer import dessin, en, heic, photo_lourde, png
from tests.justificatifs.scenario import FIN_DU_DEPOT, candidat_inscrit, candidature_de, deposer, envoyer, jpeg

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _heure() -> Iterator[None]:
    with time_machine.travel(LE, tick=False):
        yield


def ouvrir(compte: Compte, cle: str = "identite", maintenant: Any = LE) -> tuple[Passerelle, Secrets]:
    return open_passerelle(compte, principal(), cle, le=LE, maintenant=maintenant)


def photographier(passerelle: Passerelle, marque: str = "recto", *, le: Any = LE) -> list[PageAssemblee]:
    """What the phone's page does with one photo."""
    compte, cle = passerelle.assemblage.candidature.compte, passerelle.assemblage.cle
    ajout = add_pages(compte, principal(), cle, f"{marque}.jpg", jpeg(marque), passerelle=passerelle, le=le)
    return list(ajout.pages)


def actes() -> list[str]:
    return list(
        Evenement.objects.filter(acte__regex="^(passerelle|photo)_").order_by("pk").values_list("acte", flat=True)
    )


# --- Open -----------------------------------------------------------------------------------------------------


def test_only_digests_of_the_token_and_of_the_code_are_kept(candidat):
    passerelle, tires = ouvrir(candidat)
    assert len(tires.jeton) == 43  # 256 bits in base 64
    assert re.fullmatch(f"[{passerelles.ALPHABET}]{{8}}", tires.code)
    assert len(set(passerelles.ALPHABET)) == 30
    garde = repr(list(Passerelle.objects.values())) + repr(list(Evenement.objects.values()))
    assert tires.jeton not in garde
    assert tires.code not in garde
    assert passerelle.expire_le == LE + timedelta(minutes=15)
    assert passerelles.par_jeton(tires.jeton, LE) == passerelle
    [ligne] = Evenement.objects.filter(acte="passerelle_ouverte")
    assert (ligne.acteur, ligne.details) == (candidat, {"piece": "identite"})


def test_opening_again_ends_the_link_of_before_and_of_no_other_piece(candidat):
    _, avant = ouvrir(candidat)
    ailleurs, de_l_autre_piece = ouvrir(candidat, "domicile")
    apres, tires = ouvrir(candidat)
    assert passerelles.par_jeton(avant.jeton, LE) is None
    assert claim_passerelle(avant.code, le=LE, maintenant=LE) is None
    assert passerelles.par_jeton(tires.jeton, LE) == apres
    assert passerelles.par_jeton(de_l_autre_piece.jeton, LE) == ailleurs
    assert Passerelle.objects.count() == 2


@pytest.mark.parametrize("refus", ["clos", "envoyee", "inconnue"])
def test_no_link_opens_where_nothing_can_be_deposited(candidat, refus):
    cle, le = ("passeport-inconnu" if refus == "inconnue" else "identite"), LE
    if refus == "envoyee":
        deposer(candidat)
        envoyer(candidat)
    if refus == "clos":
        le = FIN_DU_DEPOT
    with pytest.raises(DepotRefuse):
        open_passerelle(candidat, principal(), cle, le=le, maintenant=LE)
    assert not Passerelle.objects.exists()
    assert not Assemblage.objects.exists()
    assert actes() == []


# --- Expire, renew, end ---------------------------------------------------------------------------------------


def test_a_link_ends_at_its_fifteenth_minute_and_can_be_given_fifteen_more(candidat):
    passerelle, tires = ouvrir(candidat)
    juste_avant, fin = LE + 15 * MINUTE - timedelta(microseconds=1), LE + 15 * MINUTE
    assert passerelles.par_jeton(tires.jeton, juste_avant) == passerelle
    assert passerelles.par_jeton(tires.jeton, fin) is None
    assert claim_passerelle(tires.code, le=LE, maintenant=fin) is None

    renew_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE + 10 * MINUTE)
    assert passerelles.par_jeton(tires.jeton, LE + 24 * MINUTE) == passerelle
    assert passerelles.par_jeton(tires.jeton, LE + 25 * MINUTE) is None
    # Once over it is over: only a new link comes after.
    assert renew_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE + 25 * MINUTE) is None
    assert passerelles.par_jeton(tires.jeton, LE + 25 * MINUTE) is None
    assert actes() == ["passerelle_ouverte", "passerelle_prolongee"]


def test_a_link_is_not_renewed_once_the_deposit_is_closed(candidat):
    _, tires = ouvrir(candidat)
    with pytest.raises(DepotRefuse):
        renew_passerelle(candidat, principal(), "identite", le=FIN_DU_DEPOT, maintenant=LE + MINUTE)
    assert passerelles.par_jeton(tires.jeton, LE + 15 * MINUTE) is None


def test_the_owner_revokes_and_the_phone_ends_once_each(candidat):
    autre = candidat_inscrit("autre@demo.example")
    passerelle, tires = ouvrir(candidat)
    assert revoke_passerelle(autre, principal(), "identite", le=LE, maintenant=LE) is False
    assert passerelles.par_jeton(tires.jeton, LE) == passerelle
    assert revoke_passerelle(candidat, principal(), "identite", le=FIN_DU_DEPOT, maintenant=LE) is True
    assert passerelles.par_jeton(tires.jeton, LE) is None
    assert revoke_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE) is False
    suivante, tires = ouvrir(candidat)
    for _ in range(2):
        end_passerelle(suivante, le=LE, maintenant=LE)
    assert passerelles.par_jeton(tires.jeton, LE) is None
    assert actes() == ["passerelle_ouverte", "passerelle_fermee", "passerelle_ouverte", "passerelle_finie"]
    assert Evenement.objects.get(acte="passerelle_finie").acteur is None


@pytest.mark.parametrize("fin", ["retiree", "compte"])
def test_a_candidature_withdrawn_or_an_account_closed_ends_the_link(candidat, fin):
    _, tires = ouvrir(candidat)
    if fin == "retiree":
        Candidature.objects.update(etat=Candidature.Etat.RETIREE)
    else:
        Compte.objects.update(is_active=False)
    assert passerelles.par_jeton(tires.jeton, LE) is None
    assert claim_passerelle(tires.code, le=LE, maintenant=LE) is None


def test_sending_from_the_pc_makes_one_file_of_the_photos_and_ends_the_link(candidat):
    passerelle, tires = ouvrir(candidat)
    photographier(passerelle, "recto")
    photographier(passerelle, "verso")
    resultat = assemble_pages(candidat, principal(), "identite").resultat
    depot = send_assemblage(candidat, principal(), "identite", resultat["empreinte"], garde_malgre="Nette.", le=LE)
    assert (depot.fichier.format, len(depot.fichier.pages), depot.fichier.prepare) == ("pdf", 2, True)
    assert passerelles.par_jeton(tires.jeton, LE) is None
    with pytest.raises(DepotRefuse):
        photographier(passerelle, "trop tard")
    assert not Assemblage.objects.exists()


def test_giving_up_ends_the_link(candidat):
    _, tires = ouvrir(candidat)
    assert abandon_assemblage(candidat, principal(), "identite") is True
    assert passerelles.par_jeton(tires.jeton, LE) is None
    assert claim_passerelle(tires.code, le=LE, maintenant=LE) is None


# --- The code -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ecrit", ["{0}", "{1}-{2}", " {1} {2} ", "{3}"])
def test_a_code_is_read_as_people_type_it_and_serves_once(candidat, ecrit):
    passerelle, tires = ouvrir(candidat)
    tape = ecrit.format(tires.code, tires.code[:4], tires.code[4:], tires.code.lower())
    jeton = claim_passerelle(tape, le=LE, maintenant=LE)
    assert jeton is not None
    assert passerelles.par_jeton(jeton, LE) == passerelle
    # The token of before is not kept: it could not be given, so another took its place.
    assert passerelles.par_jeton(tires.jeton, LE) is None
    assert claim_passerelle(tape, le=LE, maintenant=LE) is None
    assert actes() == ["passerelle_ouverte", "passerelle_code_tape"]


@pytest.mark.parametrize("tape", ["", " ", "-", "AAAAAAAA", "\0", "é" * 5000])
def test_any_other_text_is_no_code_even_once_a_code_has_served(candidat, tape):
    _, tires = ouvrir(candidat)
    assert claim_passerelle(tires.code, le=LE, maintenant=LE)
    ouvrir(candidat, "domicile")
    assert claim_passerelle(tape, le=LE, maintenant=LE) is None


# --- Photos ---------------------------------------------------------------------------------------------------


def test_a_photo_waits_for_the_candidate_and_counts_for_nothing(candidat):
    passerelle, _ = ouvrir(candidat)
    [page] = photographier(passerelle)
    assert page.origine == PageAssemblee.Origine.TELEPHONE
    assert passerelles.photos(passerelle) == [page]
    assert not FichierDepose.objects.exists()
    [ligne] = Evenement.objects.filter(acte="photo_du_telephone")
    assert ligne.acteur is None
    assert ligne.objet == f"candidature:{candidature_de(candidat).numero}"
    assert ligne.details == {"piece": "identite", "pages": 1, "empreinte": page.empreinte}


@pytest.mark.parametrize("fermer", ["revoquer", "finir", "rouvrir", "code", "abandonner"])
def test_a_photo_that_arrives_while_the_link_ends_is_not_taken(candidat, fermer):
    """The link was good when the request came; the act asks again under the lock."""
    passerelle, tires = ouvrir(candidat)
    fins = {
        "revoquer": lambda: revoke_passerelle(candidat, principal(), "identite", le=LE, maintenant=LE),
        "finir": lambda: end_passerelle(passerelle, le=LE, maintenant=LE),
        "rouvrir": lambda: ouvrir(candidat),
        "code": lambda: claim_passerelle(tires.code, le=LE, maintenant=LE),
        "abandonner": lambda: Assemblage.objects.all().delete(),
    }
    fins[fermer]()
    with pytest.raises(DepotRefuse) as refus:
        photographier(passerelle)
    assert refus.value.motifs == [PASSERELLE_FERMEE]
    assert not PageAssemblee.objects.exists()
    assert objets() == set()
    assert "photo_du_telephone" not in actes()


def test_the_period_and_the_state_are_asked_for_each_photo(candidat):
    passerelle, _ = ouvrir(candidat)
    with pytest.raises(DepotRefuse):
        photographier(passerelle, le=FIN_DU_DEPOT)
    photographier(passerelle)
    deposer(candidat)
    envoyer(candidat)
    with pytest.raises(DepotRefuse):
        photographier(passerelle, "verso")
    assert len(passerelles.photos(passerelle)) == 1


def test_a_link_shows_only_what_came_by_it(candidat):
    add_pages(candidat, principal(), "identite", "pc.jpg", jpeg("pc"), le=LE)
    premiere, _ = ouvrir(candidat)
    photographier(premiere)
    with time_machine.travel(LE + MINUTE, tick=False):
        seconde, _ = ouvrir(candidat, maintenant=LE + MINUTE)
        assert passerelles.photos(seconde) == []
        [verso] = photographier(seconde, "verso")
    assert passerelles.photos(seconde) == [verso]
    assert PageAssemblee.objects.count() == 3


def test_the_phone_takes_back_its_last_photo_and_no_other(candidat):
    [du_pc] = add_pages(candidat, principal(), "identite", "pc.jpg", jpeg("pc"), le=LE).pages
    passerelle, _ = ouvrir(candidat)
    [recto] = photographier(passerelle, "recto")
    [verso] = photographier(passerelle, "verso")
    for reference in (du_pc.reference, recto.reference):
        assert withdraw_photo(passerelle, reference, le=LE) is False
    assert withdraw_photo(passerelle, verso.reference, le=LE) is True
    assert withdraw_photo(passerelle, verso.reference, le=LE) is False  # the second click takes nothing
    assert list(PageAssemblee.objects.all()) == [du_pc, recto]
    end_passerelle(passerelle, le=LE, maintenant=LE)
    assert withdraw_photo(passerelle, recto.reference, le=LE) is False
    assert actes().count("photo_retiree") == 1


@pytest.mark.parametrize(
    ("nom", "octets"),
    [
        ("IMG_0001.HEIC", lambda: heic("telephone")),
        ("ecran.png", lambda: png("telephone")),
        ("IMG_0002.jpg", photo_lourde),
        ("IMG_0003.jpg", lambda: en(dessin((400, 300), marque="penchee"), "JPEG", exif=penchee())),
    ],
)
def test_what_phones_take_becomes_upright_pages(candidat, nom, octets):
    """Formats and sizes that are refused as pieces, and a photo taken sideways: its red corner ends at the top."""
    passerelle, _ = ouvrir(candidat)
    envoyes = octets()
    [page] = add_pages(candidat, principal(), "identite", nom, envoyes, passerelle=passerelle, le=LE).pages
    gardee = Image.open(io.BytesIO(coffre.lire(page.cle_image)))
    assert (gardee.format, gardee.size) == ("JPEG", (page.largeur, page.hauteur))
    assert not gardee.getexif()
    if nom == "IMG_0003.jpg":
        assert gardee.height > gardee.width
        rouge, vert, _ = gardee.getpixel((gardee.width - 10, 10))
        assert rouge > 200 > 60 > vert


def penchee() -> Image.Exif:
    """The phone was held sideways: turn the picture a quarter clockwise to see it upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


# --- By mail --------------------------------------------------------------------------------------------------


def test_the_link_is_mailed_to_the_candidate_and_to_nobody_else(candidat):
    passerelle, tires = ouvrir(candidat)
    for _ in range(2):
        mail_passerelle(candidat, principal(), passerelle, tires.jeton, le=LE, maintenant=LE)
    [courriel] = Courriel.objects.filter(cle__startswith="passerelle:")
    assert courriel.destinataire == candidat.email
    assert passerelles.adresse_du_lien(tires.jeton) in courriel.texte
    assert passerelles.adresse_du_lien(tires.jeton) in courriel.html
    assert tires.jeton not in courriel.cle
    assert candidature_de(candidat).numero not in courriel.texte
    assert tires.jeton not in repr(list(Evenement.objects.values()))


def test_a_dead_link_or_a_fourth_mail_in_the_hour_is_refused(candidat):
    passerelle, tires = ouvrir(candidat)
    for _ in range(3):
        mail_passerelle(candidat, principal(), passerelle, tires.jeton, le=LE, maintenant=LE)
        passerelle, tires = ouvrir(candidat)
    with pytest.raises(DepotRefuse) as refus:
        mail_passerelle(candidat, principal(), passerelle, tires.jeton, le=LE, maintenant=LE)
    assert [m.code for m in refus.value.motifs] == ["courriels_trop_nombreux"]
    end_passerelle(passerelle, le=LE, maintenant=LE)
    with pytest.raises(DepotRefuse) as refus:
        mail_passerelle(candidat, principal(), passerelle, tires.jeton, le=LE, maintenant=LE)
    assert [m.code for m in refus.value.motifs] == ["passerelle_a_rouvrir"]


def test_nobody_mails_the_link_of_another(candidat):
    autre = candidat_inscrit("autre@demo.example")
    passerelle, tires = ouvrir(candidat)
    with pytest.raises(DepotRefuse):
        mail_passerelle(autre, principal(), passerelle, tires.jeton, le=LE, maintenant=LE)
    assert not Courriel.objects.filter(cle__startswith="passerelle:").exists()
