"""What a candidate prepares before it counts: pages added, turned, moved, removed; one document seen, sent once."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.comptes.frein import cle_de
from registre.comptes.models import Essai
from registre.justificatifs import places
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import Assemblage, FichierDepose, PageAssemblee, Passerelle
from registre.justificatifs.rangement import AGE, cles_nommees, ranger_le_coffre
from registre.justificatifs.usecases.abandon_assemblage import abandon_assemblage
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.assemble_pages import assemble_pages
from registre.justificatifs.usecases.move_page import move_page
from registre.justificatifs.usecases.open_passerelle import open_passerelle
from registre.justificatifs.usecases.remove_page import remove_page
from registre.justificatifs.usecases.rotate_page import rotate_page
from registre.justificatifs.usecases.send_assemblage import send_assemblage
from registre.regles.citation import codes
from tests.inscription.scenario import LE
from tests.justificatifs import images_a_preparer as i
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    envoyer,
    jpeg,
    piece,
    refuser,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.passages("pieces.depot-en-ligne", "S31", "S38")]


def ajouter(compte, octets=None, nom="photo.png", cle="identite", le=LE, **k):
    return add_pages(compte, principal(), cle, nom, octets or i.png(nom), le=le, **k)


def reunir(compte, cle="identite"):
    return assemble_pages(compte, principal(), cle)


def partir(compte, empreinte, cle="identite", le=LE, **k):
    return send_assemblage(compte, principal(), cle, empreinte, le=le, **k)


def tout_faire(compte, *noms, le=LE):
    for nom in noms or ("photo.png",):
        ajouter(compte, nom=nom)
    return partir(compte, reunir(compte).resultat["empreinte"], le=le)


def refus(acte, *args, **k):
    with pytest.raises(DepotRefuse) as leve:
        acte(*args, **k)
    return codes(leve.value.motifs)


def noms(compte):
    return [p.nom for p in PageAssemblee.objects.filter(assemblage__candidature__compte=compte)]


# --- Adding -----------------------------------------------------------------------------------------------------


def test_pages_being_prepared_are_kept_and_nothing_is_deposited(candidat):
    octets = i.heic("recto")
    ajout = ajouter(candidat, octets, "IMG_0001.HEIC")
    [page] = ajout.pages
    assert (page.rang, page.rotation, page.nom, page.origine) == (1, 0, "IMG_0001.HEIC", "ordinateur")
    assert page.empreinte == sha256(octets).hexdigest()
    assert objets() == set(page.cles)
    assert page.taille == sum(len(coffre.lire(cle)) for cle in page.cles)
    assert not FichierDepose.objects.exists()
    assert piece(candidat).etat == "aucune"
    assert not Evenement.objects.filter(acte="piece_deposee").exists()


def test_pages_follow_one_another_and_a_heavy_pdf_gives_all_of_its_own(candidat):
    ajouter(candidat, nom="a.png")
    ajouter(candidat, i.pdf_lourd(2), "scan.pdf")
    ajouter(candidat, nom="b.png")
    assert noms(candidat) == ["a.png", "scan.pdf", "scan.pdf", "b.png"]
    assert list(PageAssemblee.objects.values_list("rang", flat=True)) == [1, 2, 3, 4]


def test_the_same_bytes_are_one_page_however_often_they_are_sent(candidat):
    premier, second = ajouter(candidat), ajouter(candidat)
    assert (premier.deja, second.deja) == (False, True)
    assert second.pages == premier.pages
    assert PageAssemblee.objects.count() == 1
    assert len(objets()) == 2


def test_twenty_pages_and_no_more(candidat):
    ajouter(candidat, i.pdf_de(19), "long.pdf")
    assert refus(ajouter, candidat, i.pdf_de(2), "deux.pdf") == ["trop_de_pages"]
    ajouter(candidat)
    assert refus(ajouter, candidat, nom="de-trop.png") == ["trop_de_pages"]
    assert PageAssemblee.objects.count() == 20
    assert len(objets()) == 40


def test_pages_are_not_taken_when_the_piece_can_no_longer_be_deposited(candidat):
    assert refus(ajouter, candidat, le=FIN_DU_DEPOT) == ["depot_clos"]
    deposer(candidat)
    envoyer(candidat)
    assert refus(ajouter, candidat) == ["regroupement_envoye"]
    assert refus(ajouter, candidat, cle="inconnue") == ["piece_non_demandee"]
    assert not Assemblage.objects.exists()


def test_what_gives_no_page_leaves_nothing(candidat):
    avant = objets()
    assert refus(ajouter, candidat, i.png()[:-200], "coupe.png") == ["fichier_abime"]
    assert refus(ajouter, candidat, i.png(), "faux.jpg") == ["contenu_different"]
    assert not Assemblage.objects.exists()
    assert objets() == avant


def test_pages_count_in_the_place_and_in_the_rate_of_the_candidate(candidat):
    ajouter(candidat)
    PageAssemblee.objects.update(taille=places.PLACE_PAR_CANDIDAT)
    assert refus(ajouter, candidat, nom="b.png") == ["place_epuisee"]
    assert refus(deposer, candidat, "domicile") == ["place_epuisee"]
    abandon_assemblage(candidat, principal(), "identite")
    nombre, _ = places.DEPOTS_PAR_HEURE
    Essai.objects.bulk_create(Essai(cle=cle_de("depot", str(candidat.pk)), le=timezone.now()) for _ in range(nombre))
    assert refus(ajouter, candidat, nom="c.png") == ["depots_trop_nombreux"]


@pytest.mark.passages("S31")
def test_the_prepared_document_counts_in_the_place_until_it_is_sent_or_undone(candidat, monkeypatch):
    [page] = ajouter(candidat).pages
    avant = objets()
    monkeypatch.setattr(places, "PLACE_PAR_CANDIDAT", page.taille + 10)
    assert refus(assemble_pages, candidat, principal(), "identite") == ["place_epuisee"]
    assert objets() == avant
    monkeypatch.undo()
    fait = assemble_pages(candidat, principal(), "identite")
    assert fait.place_du_resultat == sum(len(coffre.lire(cle)) for cle in fait.cles_du_resultat) > 0
    monkeypatch.setattr(places, "PLACE_PAR_CANDIDAT", page.taille + fait.place_du_resultat)
    assert refus(deposer, candidat, "domicile") == ["place_epuisee"]
    rotate_page(candidat, page.reference, "droite")
    assert Assemblage.objects.get().place_du_resultat == 0


@pytest.mark.passages("S31")
def test_the_pages_of_one_document_weigh_so_much_at_most(candidat, monkeypatch):
    [page] = ajouter(candidat).pages
    avant = objets()
    monkeypatch.setattr(Assemblage, "OCTETS_PAR_ASSEMBLAGE", page.taille + 10)
    assert refus(ajouter, candidat, nom="b.png") == ["document_trop_lourd"]
    assert objets() == avant
    assert PageAssemblee.objects.get() == page


# --- Turning, moving, removing ----------------------------------------------------------------------------------


def test_pages_turn_by_quarters_both_ways(candidat):
    [page] = ajouter(candidat).pages
    assert [rotate_page(candidat, page.reference, "droite").rotation for _ in range(5)] == [90, 180, 270, 0, 90]
    assert [rotate_page(candidat, page.reference, "gauche").rotation for _ in range(2)] == [0, 270]


def test_pages_move_one_place_and_stop_at_the_ends(candidat):
    a, b, c = (ajouter(candidat, nom=f"{n}.png").pages[0] for n in "abc")
    move_page(candidat, c.reference, "monter")
    assert noms(candidat) == ["a.png", "c.png", "b.png"]
    move_page(candidat, a.reference, "monter")
    move_page(candidat, b.reference, "descendre")
    assert noms(candidat) == ["a.png", "c.png", "b.png"]
    move_page(candidat, a.reference, "descendre")
    assert noms(candidat) == ["c.png", "a.png", "b.png"]


def test_a_removed_page_takes_its_objects_and_the_others_stay(candidat):
    a, b = (ajouter(candidat, nom=f"{n}.png").pages[0] for n in "ab")
    assert remove_page(candidat, a.reference).nom == "a.png"
    assert remove_page(candidat, a.reference) is None
    assert noms(candidat) == ["b.png"]
    assert objets() == set(b.cles)


def test_the_page_of_another_candidate_is_as_one_that_does_not_exist(candidat):
    [page] = ajouter(candidat).pages
    autre = candidat_inscrit("autre@exemple.fr")
    for reference in (page.reference, uuid4()):
        assert rotate_page(autre, reference, "droite") is None
        assert move_page(autre, reference, "monter") is None
        assert remove_page(autre, reference) is None
    assert not abandon_assemblage(autre, principal(), "identite")
    page.refresh_from_db()
    assert page.rotation == 0


def test_what_is_abandoned_leaves_neither_row_nor_object(candidat):
    ajouter(candidat, i.pdf_lourd(2), "scan.pdf")
    reunir(candidat)
    assert abandon_assemblage(candidat, principal(), "identite")
    assert not abandon_assemblage(candidat, principal(), "identite")
    assert not Assemblage.objects.exists()
    assert objets() == set()


# --- The document -----------------------------------------------------------------------------------------------


def test_the_document_seen_is_the_one_that_is_deposited_and_the_officer_sees_the_same_images(candidat):
    ajouter(candidat, i.heic("recto"), "recto.heic")
    [verso] = ajouter(candidat, i.webp("verso"), "verso.webp").pages
    rotate_page(candidat, verso.reference, "droite")
    resultat = reunir(candidat).resultat
    vues = [coffre.lire(page["cle"]) for page in resultat["pages"]]
    octets = coffre.lire(resultat["cle"])
    depot = partir(candidat, resultat["empreinte"], garde_malgre="Carte abîmée.")
    fichier = FichierDepose.objects.get()
    assert depot.fichier == fichier
    assert (fichier.nom, fichier.format, fichier.prepare) == ("recto.pdf", "pdf", True)
    assert fichier.garde_malgre == "Carte abîmée."
    assert coffre.lire(fichier.original) == octets
    assert (fichier.empreinte, fichier.taille) == (sha256(octets).hexdigest(), len(octets))
    assert [coffre.lire(page["cle"]) for page in fichier.pages] == vues
    assert piece(candidat).etat == "deposee"
    assert not Assemblage.objects.exists()
    assert objets() == set(fichier.cles)


def test_the_journal_keeps_the_fingerprint_of_each_file_that_was_sent(candidat):
    tout_faire(candidat, "a.png", "b.png")
    [trace] = Evenement.objects.filter(acte="piece_deposee")
    assert trace.details["prepare"] is True
    assert trace.details["sources"] == [sha256(i.png(nom)).hexdigest() for nom in ("a.png", "b.png")]


def test_one_page_is_sent_as_a_jpeg(candidat):
    fichier = tout_faire(candidat, "carte.png").fichier
    assert (fichier.nom, fichier.format, len(fichier.pages)) == ("carte.jpg", "jpeg", 1)


def test_the_document_is_made_once_and_again_only_after_a_change(candidat):
    [page] = ajouter(candidat).pages
    premier = reunir(candidat).resultat
    assert reunir(candidat).resultat == premier
    rotate_page(candidat, page.reference, "droite")
    assert Assemblage.objects.get().resultat is None
    assert objets() == set(page.cles)
    assert reunir(candidat).resultat["empreinte"] != premier["empreinte"]


def test_pages_changed_since_the_document_was_seen_stop_its_sending(candidat):
    [page] = ajouter(candidat).pages
    vue = reunir(candidat).resultat["empreinte"]
    rotate_page(candidat, page.reference, "droite")
    assert refus(partir, candidat, vue) == ["assemblage_change"]
    reunir(candidat)
    assert refus(partir, candidat, vue) == ["assemblage_change"]
    assert not FichierDepose.objects.exists()
    assert PageAssemblee.objects.count() == 1


def test_a_second_click_finds_the_file_of_the_first(candidat):
    ajouter(candidat)
    empreinte = reunir(candidat).resultat["empreinte"]
    premier, second = partir(candidat, empreinte), partir(candidat, empreinte)
    assert (premier.deja, second.deja) == (False, True)
    assert second.fichier == premier.fichier
    assert FichierDepose.objects.count() == 1


def test_the_same_document_prepared_twice_is_one_file_and_the_second_preparation_goes(candidat):
    premier = tout_faire(candidat)
    second = tout_faire(candidat)
    assert (second.deja, second.fichier) == (True, premier.fichier)
    assert not Assemblage.objects.exists()
    assert objets() == set(premier.fichier.cles)


def test_a_document_refused_by_the_period_is_kept_with_its_pages(candidat):
    ajouter(candidat)
    empreinte = reunir(candidat).resultat["empreinte"]
    assert refus(partir, candidat, empreinte, le=FIN_DU_DEPOT) == ["depot_clos"]
    assert Assemblage.objects.get().resultat["empreinte"] == empreinte
    assert objets() == cles_nommees()
    assert not partir(candidat, empreinte, le=FIN_DU_DEPOT - timedelta(microseconds=1)).deja


def test_nothing_to_send_is_said(candidat):
    assert refus(reunir, candidat) == ["assemblage_vide"]
    assert refus(partir, candidat, "0" * 64) == ["assemblage_vide"]


def test_a_document_takes_the_place_of_the_file_it_was_prepared_for(candidat):
    ancien = deposer(candidat).fichier
    deposer(candidat, octets=jpeg("verso"), nom="verso.jpg")
    ajouter(candidat, nom="net.png", remplace=ancien.reference)
    partir(candidat, reunir(candidat).resultat["empreinte"])
    assert [f.nom for f in piece(candidat).fichiers] == ["net.jpg", "verso.jpg"]
    assert not set(ancien.cles) & objets()


def test_a_document_whose_file_to_replace_is_gone_goes_after_the_others(candidat):
    ajouter(candidat, nom="net.png", remplace=uuid4())
    deposer(candidat)
    partir(candidat, reunir(candidat).resultat["empreinte"])
    assert [f.nom for f in piece(candidat).fichiers] == ["scan.pdf", "net.jpg"]


def test_a_prepared_document_answers_a_refusal_of_the_office(candidat):
    deposer(candidat)
    envoyer(candidat)
    refuser(creer_agent(), candidat)
    tout_faire(candidat)
    assert [f.nom for f in piece(candidat).fichiers] == ["photo.jpg"]
    assert piece(candidat).etat == "deposee"


def test_a_lost_page_is_said_and_nothing_is_sent(candidat):
    [page] = ajouter(candidat).pages
    coffre.effacer_un(page.cle_image)
    assert refus(reunir, candidat) == ["page_perdue"]


# --- Faults -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("F14", "F15")
@pytest.mark.parametrize("acte", ["ajouter", "reunir", "envoyer"])
def test_whichever_call_to_the_storage_fails_nothing_is_half_done_and_a_retry_works(candidat, coffre_en_panne, acte):
    if acte != "ajouter":
        ajouter(candidat, nom="a.png")
        ajouter(candidat, nom="b.png")
    if acte == "envoyer":
        empreinte = reunir(candidat).resultat["empreinte"]
    gestes = {
        "ajouter": lambda: ajouter(candidat),
        "reunir": lambda: reunir(candidat),
        "envoyer": lambda: partir(candidat, empreinte),
    }
    avant, tombes = cles_nommees(), []
    for n in range(1, 20):
        try:
            with coffre_en_panne(a_partir_de=n, reste=False):
                gestes[acte]()
            break
        except DepotRefuse as refuse:
            tombes += codes(refuse.motifs)
        assert cles_nommees() == avant
        coffre.effacer(objets() - avant)  # what a failed erasing has left goes with the reaper
    assert tombes == ["stockage_en_panne"] * len(tombes)
    assert len(tombes) == {"ajouter": 2, "reunir": 3, "envoyer": 4}[acte]
    assert cles_nommees() <= objets()
    assert FichierDepose.objects.count() == (1 if acte == "envoyer" else 0)


@pytest.mark.passages("F15")
def test_what_is_left_aside_for_a_day_is_forgotten_with_its_objects(candidat):
    ajouter(candidat, cle="identite")
    ajouter(candidat, cle="domicile", nom="b.png")
    reunir(candidat)
    maintenant = timezone.now()
    Assemblage.objects.filter(cle="identite").update(modifie_le=maintenant - timedelta(hours=24, seconds=1))
    Assemblage.objects.filter(cle="domicile").update(modifie_le=maintenant - timedelta(hours=23))
    fait = ranger_le_coffre(maintenant)
    assert fait.assemblages == 1
    assert list(Assemblage.objects.values_list("cle", flat=True)) == ["domicile"]
    assert objets() == cles_nommees()


@pytest.mark.passages("F15")
@pytest.mark.parametrize(("fini_depuis", "gardees"), [(timedelta(hours=-1), 1), (timedelta(hours=23), 1), (AGE, 0)])
def test_a_phone_link_keeps_what_is_being_prepared_for_a_day_after_its_end(candidat, fini_depuis, gardees):
    ajouter(candidat)
    maintenant = timezone.now()
    open_passerelle(candidat, principal(), "identite", le=LE, maintenant=maintenant)
    Assemblage.objects.update(modifie_le=maintenant - timedelta(hours=48))
    Passerelle.objects.update(expire_le=maintenant - fini_depuis)
    ranger_le_coffre(maintenant)
    assert Assemblage.objects.count() == gardees
    assert objets() == cles_nommees()


@pytest.mark.passages("F15")
def test_the_reaper_takes_orphans_and_never_what_is_being_prepared(candidat):
    ajouter(candidat)
    reunir(candidat)
    orphelin = coffre.ranger(b"orphelin")
    nommes = cles_nommees()
    ranger_le_coffre(timezone.now() + timedelta(hours=23, minutes=59))
    assert objets() == nommes | {orphelin}
    Assemblage.objects.update(modifie_le=timezone.now() + timedelta(hours=2))
    ranger_le_coffre(timezone.now() + timedelta(hours=25), quand_meme=True)
    assert objets() == nommes


def test_the_candidature_of_a_prepared_document_is_the_candidates_own(candidat):
    ajouter(candidat)
    assert Assemblage.objects.get().candidature == candidature_de(candidat)
