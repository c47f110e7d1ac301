"""Depositing and deleting: the right file, once, at the right place, in the window; the vault follows the rows."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.comptes.frein import cle_de
from registre.comptes.models import Essai
from registre.justificatifs import places
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import FichierDepose, PieceJustificative
from registre.justificatifs.usecases import deposit_piece as acte
from registre.justificatifs.usecases.delete_fichier import delete_fichier
from registre.regles.citation import codes
from tests.inscription.scenario import LE
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    RECAPITULATIF,
    accepter,
    candidat_inscrit,
    candidature_de,
    deposer,
    dossier,
    envoyer,
    jpeg,
    ligne,
    modifier,
    pdf_d_une_page,
    piece,
    recapitulatif,
    refuser,
)

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)


def refus(*args, **kwargs):
    with pytest.raises(DepotRefuse) as leve:
        deposer(*args, **kwargs)
    return codes(leve.value.motifs)


def supprimer(candidat, reference, le=LE):
    return delete_fichier(candidat, principal(), reference, le=le)


# --- What a deposit keeps ------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.depot-en-ligne", "pieces.date-de-depot", "pieces.statut.aucun", "S38")
def test_a_deposit_keeps_what_was_sent_its_instant_its_fingerprint_and_one_journal_line(candidat):
    octets = jpeg("recto")
    fait = deposer(candidat, "identite", octets, nom="Carte d'identité.jpg", le=LE)
    fichier = FichierDepose.objects.get()
    assert fait.fichier == fichier
    assert (fichier.nom, fichier.format, fichier.taille) == ("Carte d'identité.jpg", "jpeg", len(octets))
    assert fichier.empreinte == hashlib.sha256(octets).hexdigest()
    assert coffre.lire(fichier.original) == octets
    assert fichier.depose_le == LE
    assert len(fichier.pages) == 1
    vue = piece(candidat)
    assert (vue.etat, vue.statut, vue.envoyee, vue.deposee_le) == ("deposee", "", False, LE)
    [trace] = Evenement.objects.filter(acte="piece_deposee")
    assert (trace.acteur, trace.details["empreinte"]) == (candidat, fichier.empreinte)
    assert trace.objet == f"candidature:{candidature_de(candidat).numero}"


def test_files_of_one_piece_keep_the_order_of_their_deposit(candidat):
    for nom in ("un", "deux", "trois"):
        deposer(candidat, "certificats-travail", pdf_d_une_page(nom), nom=f"{nom}.pdf")
    assert [f.nom for f in piece(candidat, "certificats-travail").fichiers] == ["un.pdf", "deux.pdf", "trois.pdf"]


def test_the_same_bytes_sent_twice_make_one_file_and_change_nothing(candidat):
    premier = deposer(candidat)
    avant = (ligne(candidat).revision, Evenement.objects.count(), objets())
    second = deposer(candidat, le=LE + timedelta(minutes=1))
    assert (premier.deja, second.deja) == (False, True)
    assert second.fichier == premier.fichier
    assert (ligne(candidat).revision, Evenement.objects.count(), objets()) == avant


def test_a_retry_after_the_button_or_the_closing_finds_the_file_it_had_deposited(candidat):
    deposer(candidat)
    envoyer(candidat)
    assert deposer(candidat, le=FIN_DU_DEPOT + timedelta(days=1)).deja


def test_the_same_bytes_may_serve_for_two_pieces(candidat):
    octets = pdf_d_une_page("une seule page")
    assert not deposer(candidat, "identite", octets).deja
    assert not deposer(candidat, "domicile", octets).deja


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("pieces.envoi", "L-52")
def test_a_file_replaces_another_in_its_place_and_the_old_objects_go(candidat):
    noms = ["un", "deux", "trois"]
    faits = [deposer(candidat, octets=pdf_d_une_page(n), nom=f"{n}.pdf") for n in noms]
    anciennes = set(faits[1].fichier.cles)
    deposer(candidat, octets=jpeg("net"), nom="net.jpg", remplace=faits[1].fichier.reference)
    assert [f.nom for f in piece(candidat).fichiers] == ["un.pdf", "net.jpg", "trois.pdf"]
    assert not anciennes & objets()
    assert set().union(*(f.cles for f in FichierDepose.objects.all())) == objets()


def test_replacing_a_file_that_is_gone_is_refused_and_keeps_the_others(candidat):
    deposer(candidat)
    assert refus(candidat, octets=jpeg("autre"), nom="a.jpg", remplace=uuid4()) == ["fichier_remplace_ailleurs"]
    assert len(piece(candidat).fichiers) == 1


# --- Deleting ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("pieces.bouton-supprimer", "L-52")
def test_deleting_takes_the_file_its_objects_and_with_the_last_one_the_state(candidat):
    un, deux = (deposer(candidat, octets=pdf_d_une_page(n), nom=f"{n}.pdf").fichier for n in ("un", "deux"))
    assert supprimer(candidat, un.reference) == "un.pdf"
    assert piece(candidat).etat == "deposee"
    assert objets() == set(deux.cles)
    assert supprimer(candidat, deux.reference) == "deux.pdf"
    vue = piece(candidat)
    assert (vue.etat, vue.fichiers, vue.deposee_le) == ("aucune", (), None)
    assert objets() == set()
    assert Evenement.objects.filter(acte="fichier_supprime").count() == 2


def test_deleting_twice_does_nothing_the_second_time(candidat):
    fichier = deposer(candidat).fichier
    supprimer(candidat, fichier.reference)
    revision = ligne(candidat).revision
    assert supprimer(candidat, fichier.reference) is None
    assert ligne(candidat).revision == revision


@pytest.mark.passages("S24")
def test_the_file_of_another_candidate_is_not_found(candidat):
    autre = candidat_inscrit("autre@demo.example")
    fichier = deposer(autre).fichier
    assert supprimer(candidat, fichier.reference) is None
    assert FichierDepose.objects.filter(pk=fichier.pk).exists()


# --- State and role ------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.envoi.avertissement", "L-52", "S27")
def test_nothing_is_added_nor_deleted_after_the_button(candidat):
    fichier = deposer(candidat).fichier
    envoyer(candidat)
    assert refus(candidat, octets=jpeg("autre"), nom="a.jpg") == ["regroupement_envoye"]
    with pytest.raises(DepotRefuse) as leve:
        supprimer(candidat, fichier.reference)
    assert codes(leve.value.motifs) == ["regroupement_envoye"]


@pytest.mark.passages("pieces.validees-verrouillees", "pieces.statut.conforme", "L-67", "S27")
def test_a_conforme_piece_never_changes(candidat, agent):
    fichier = deposer(candidat).fichier
    envoyer(candidat)
    accepter(agent, candidat)
    assert refus(candidat, octets=jpeg("autre"), nom="a.jpg") == ["piece_conforme"]
    with pytest.raises(DepotRefuse):
        supprimer(candidat, fichier.reference)
    assert ligne(candidat).etat == "conforme"


@pytest.mark.passages("pieces.statut.nouveau-depot", "pieces.statut.non-conforme", "L-52")
def test_a_new_deposit_after_non_conforme_replaces_the_judged_files_which_stay_readable(candidat, agent):
    juge = deposer(candidat).fichier
    envoyer(candidat)
    decision = refuser(agent, candidat, commentaire="Le bas est coupé.")
    deposer(candidat, octets=jpeg("net"), nom="net.jpg", le=LE + timedelta(hours=1))
    vue = piece(candidat)
    assert (vue.etat, vue.envoyee, vue.commentaire, vue.recue_le) == ("deposee", False, "", None)
    assert [f.nom for f in vue.fichiers] == ["net.jpg"]
    assert [f.reference for f in vue.remplaces] == [juge.reference]
    assert decision.fichiers == [{"reference": str(juge.reference), "empreinte": juge.empreinte}]
    assert coffre.lire(juge.original)
    assert envoyer(candidat, le=LE + timedelta(hours=2)).pieces == ("identite",)


def test_the_same_bytes_after_non_conforme_are_a_new_deposit(candidat, agent):
    deposer(candidat)
    envoyer(candidat)
    refuser(agent, candidat)
    assert not deposer(candidat).deja
    assert deposer(candidat).deja


@pytest.mark.passages("L-44", "S29")
def test_a_piece_that_is_not_asked_or_not_known_is_refused(candidat):
    assert refus(candidat, "diplome") == ["piece_non_demandee"]
    assert refus(candidat, "inventee") == ["piece_non_demandee"]
    assert not PieceJustificative.objects.exists()


@pytest.mark.passages("L-30")
def test_a_piece_no_longer_asked_stays_visible_and_takes_no_more_files(candidat):
    deposer(candidat, "certificats-travail")
    modifier(candidat, "candidature", voie="enseignement-a-distance", etablissement="cned", deja_passe="non")
    le_dossier = dossier(candidat)
    if "certificats-travail" in [p.cle for p in le_dossier.pieces]:
        pytest.fail("the modification still asks for the work certificates")
    assert [p.cle for p in le_dossier.plus_demandees] == ["certificats-travail"]
    assert refus(candidat, "certificats-travail", jpeg("x"), nom="x.jpg") == ["piece_non_demandee"]


def test_without_a_registered_candidature_there_is_nothing_to_deposit(creer_compte):
    assert refus(creer_compte()) == ["sans_candidature"]


# --- Period --------------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.periode-de-depot", "L-08", "L-31")
@pytest.mark.parametrize(("le", "permis"), [(FIN_DU_DEPOT - MICRO, True), (FIN_DU_DEPOT, False)])
def test_the_side_of_the_closing_is_decided_to_the_microsecond_by_arrival(candidat, le, permis):
    if permis:
        assert deposer(candidat, le=le).fichier.depose_le == le
    else:
        assert refus(candidat, le=le) == ["depot_clos"]
        assert objets() == set()


def test_deleting_after_the_closing_is_refused(candidat):
    fichier = deposer(candidat).fichier
    with pytest.raises(DepotRefuse) as leve:
        supprimer(candidat, fichier.reference, le=FIN_DU_DEPOT)
    assert codes(leve.value.motifs) == ["depot_clos"]


# --- Files and limits ----------------------------------------------------------------------------------------


@pytest.mark.passages("depot.jpeg", "depot.pdf", "S32")
def test_a_file_of_another_format_is_refused_with_its_code_and_leaves_nothing(candidat):
    assert refus(candidat, octets=b"GIF89a" + b"\0" * 40, nom="scan.pdf") == ["format_refuse"]
    assert refus(candidat, octets=jpeg("x"), nom="scan.pdf") == ["contenu_different"]
    assert not PieceJustificative.objects.exists()
    assert objets() == set()


@pytest.mark.passages("depot.taille-maximale", "L-29")
def test_one_byte_more_than_five_mo_is_refused(candidat):
    limite = principal().pieces.taille_maximale
    lourd = pdf_d_une_page("lourd") + b"\n" * limite
    assert refus(candidat, octets=lourd[: limite + 1]) == ["fichier_trop_gros"]


@pytest.mark.passages("S31")
def test_ten_files_a_piece_and_a_replacement_when_it_is_full(candidat):
    faits = [deposer(candidat, octets=jpeg(str(n)), nom=f"{n}.jpg") for n in range(acte.FICHIERS_PAR_PIECE)]
    assert refus(candidat, octets=jpeg("de trop"), nom="x.jpg") == ["trop_de_fichiers"]
    deposer(candidat, octets=jpeg("autre"), nom="y.jpg", remplace=faits[0].fichier.reference)
    assert piece(candidat).fichiers[0].nom == "y.jpg"


@pytest.mark.passages("S31")
def test_two_hundred_mo_are_kept_per_candidate_and_deleted_files_do_not_count(candidat):
    fichier = deposer(candidat).fichier
    FichierDepose.objects.update(place=places.PLACE_PAR_CANDIDAT)
    assert refus(candidat, "domicile") == ["place_epuisee"]
    supprimer(candidat, fichier.reference)
    assert not deposer(candidat, "domicile").deja


@pytest.mark.passages("S31")
def test_the_place_is_what_the_vault_really_keeps(candidat):
    premier = deposer(candidat).fichier
    assert premier.place == sum(len(coffre.lire(cle)) for cle in premier.cles) > premier.taille


@pytest.mark.passages("S31")
def test_a_file_is_refused_when_its_pages_do_not_fit_and_nothing_is_left(candidat, monkeypatch):
    fichier = deposer(candidat).fichier
    autre = pdf_d_une_page("domicile")
    monkeypatch.setattr(places, "PLACE_PAR_CANDIDAT", fichier.place + len(autre) + 10)  # the file fits, not its page
    avant = objets()
    assert refus(candidat, "domicile", octets=autre) == ["place_epuisee"]
    assert objets() == avant
    assert FichierDepose.objects.get() == fichier


@pytest.mark.passages("S31")
def test_a_hundred_and_twenty_uploads_an_hour_then_a_pause(candidat):
    from django.utils import timezone

    cle, maintenant = cle_de("depot", str(candidat.pk)), timezone.now()
    nombre, fenetre = places.DEPOTS_PAR_HEURE
    assert (nombre, fenetre) == (120, timedelta(hours=1))
    Essai.objects.bulk_create(Essai(cle=cle, le=maintenant) for _ in range(nombre))
    assert refus(candidat) == ["depots_trop_nombreux"]
    Essai.objects.filter(cle=cle).update(le=maintenant - fenetre)
    assert not deposer(candidat).deja


# --- The vault -----------------------------------------------------------------------------------------------


@pytest.mark.passages("F14")
def test_a_vault_that_fails_refuses_the_deposit_keeps_nothing_and_takes_the_retry(candidat, coffre_en_panne):
    with coffre_en_panne(a_partir_de=2):
        assert refus(candidat) == ["stockage_en_panne"]
    assert not FichierDepose.objects.exists()
    assert objets() == set()
    assert not deposer(candidat).deja


@pytest.mark.passages("S34")
def test_the_name_sent_never_reaches_the_storage(candidat):
    fait = deposer(candidat, nom="../../\u202egpj.<script>.pdf")
    assert fait.fichier.nom == "gpj.<script>.pdf"
    assert all(default_storage.exists(cle) and "script" not in cle for cle in fait.fichier.cles)


# --- The signed récapitulatif --------------------------------------------------------------------------------


@pytest.mark.passages("validation.c-deposer-dcandt01", "L-30")
def test_the_last_version_is_read_and_said(candidat):
    fait = deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    assert fait.version_lue == 1
    assert piece(candidat, RECAPITULATIF).version_signee == 1
    assert not piece(candidat, RECAPITULATIF).depassee


@pytest.mark.passages("validation.refaire-apres-modification", "L-30", "R141")
def test_an_older_version_is_refused_at_the_door(candidat):
    ancien = recapitulatif(candidat)
    modifier(candidat)
    assert refus(candidat, RECAPITULATIF, ancien) == ["recapitulatif_version_depassee"]
    assert deposer(candidat, RECAPITULATIF, recapitulatif(candidat)).version_lue == 2
    assert objets() == set(FichierDepose.objects.get().cles)


@pytest.mark.passages("validation.c-deposer-dcandt01")
def test_the_recapitulatif_of_another_candidature_is_refused_without_its_number(candidat):
    autre = candidat_inscrit("autre@demo.example")
    with pytest.raises(DepotRefuse) as leve:
        deposer(candidat, RECAPITULATIF, recapitulatif(autre))
    [motif] = leve.value.motifs
    assert motif.code == "recapitulatif_d_une_autre_candidature"
    assert candidature_de(autre).numero not in motif.message


def test_a_page_whose_code_cannot_be_read_is_accepted(candidat):
    fait = deposer(candidat, RECAPITULATIF, jpeg("flou"), nom="photo.jpg")
    assert fait.version_lue is None
    assert piece(candidat, RECAPITULATIF).version_signee is None


@pytest.mark.passages("validation.refaire-apres-modification", "L-30")
@pytest.mark.parametrize("lisible", [True, False])
def test_a_modification_outdates_the_deposited_recapitulatif_and_leaves_the_other_pieces(candidat, agent, lisible):
    octets = recapitulatif(candidat) if lisible else jpeg("flou")
    deposer(candidat, RECAPITULATIF, octets, nom="scan.pdf" if lisible else "scan.jpg")
    deposer(candidat, "identite")
    for code in ("recapitulatif", "identite"):
        envoyer(candidat, code)
    accepter(agent, candidat, RECAPITULATIF)
    assert not piece(candidat, RECAPITULATIF).depassee
    modifier(candidat)
    vue = piece(candidat, RECAPITULATIF)
    assert vue.depassee
    assert vue.manque
    assert vue.motif_deposer is None
    assert not piece(candidat, "identite").manque
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    vue = piece(candidat, RECAPITULATIF)
    assert (vue.etat, vue.envoyee, vue.depassee, vue.version_signee) == ("deposee", False, False, 2)
    assert vue.validee_le is None
    assert len(vue.remplaces) == 1
    assert envoyer(candidat, "recapitulatif").pieces == (RECAPITULATIF,)


def test_the_version_read_goes_with_the_page_that_carried_it(candidat):
    signe = deposer(candidat, RECAPITULATIF, recapitulatif(candidat)).fichier
    deposer(candidat, RECAPITULATIF, jpeg("page deux"), nom="deux.jpg")
    assert piece(candidat, RECAPITULATIF).version_signee == 1
    supprimer(candidat, signe.reference)
    assert piece(candidat, RECAPITULATIF).version_signee is None
