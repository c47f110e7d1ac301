"""What both pages read: the same thing, whatever the number of pieces and files, in a constant number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registre.commun.cadres import principal
from registre.justificatifs.dossier import charger
from registre.justificatifs.queries import a_controler, candidature_active, nombres_du_controle
from registre.justificatifs.usecases.reserve_piece import reserve_piece
from tests.inscription.scenario import LE
from tests.justificatifs.scenario import (
    PIECES,
    RECAPITULATIF,
    accepter,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    dossier,
    envoyer,
    jpeg,
    ligne,
    modifier,
    piece,
    recapitulatif,
    refuser,
    tout_fournir,
)

pytestmark = pytest.mark.django_db


def requetes(compte, *, pour_le_service):
    candidature = candidature_active(compte, principal())
    with CaptureQueriesContext(
        connection,
    ) as lues:
        charger(candidature, principal(), LE, pour_le_service=pour_le_service)
    return len(lues)


@pytest.mark.parametrize("pour_le_service", [False, True])
def test_the_number_of_queries_depends_on_neither_pieces_nor_files(candidat, pour_le_service):
    deposer(candidat)
    peu = requetes(candidat, pour_le_service=pour_le_service)
    for n in range(4):
        deposer(candidat, octets=jpeg(str(n)), nom=f"{n}.jpg")
    tout_fournir(candidat)
    accepter(creer_agent(), candidat)
    refuser(creer_agent("b@exemple.fr"), candidat, "domicile")
    assert requetes(candidat, pour_le_service=pour_le_service) == peu <= 7


@pytest.mark.passages("pieces.mes-justificatifs", "pieces.exemple.identite", "L-44")
def test_every_piece_the_situation_asks_is_there_in_its_group_with_its_reason(candidat):
    vu = dossier(candidat)
    assert tuple(p.cle for p in vu.pieces) == PIECES
    assert [r.code for r in vu.regroupements] == ["recapitulatif", "identite", "domicile", "conditions"]
    assert all(p.raisons and p.etat == "aucune" and p.revision == 0 and p.manque for p in vu.pieces)
    assert vu.piece(RECAPITULATIF).code == "DCANDT01"
    assert vu.piece("inventee") is None
    assert all(r.ouvert and r.en_ligne and not r.envoye for r in vu.regroupements)


@pytest.mark.passages(
    "pieces.statut.aucun", "pieces.statut.recue", "pieces.statut.non-conforme", "pieces.statut.conforme"
)
def test_the_status_shown_is_one_of_the_four_cases_of_the_notice(candidat):
    agent = creer_agent()
    tout_fournir(candidat)
    assert piece(candidat).statut == ""
    accepter(agent, candidat)
    refuser(agent, candidat, "domicile")
    assert (piece(candidat).statut, piece(candidat, "domicile").statut) == ("Conforme", "Non conforme")


@pytest.mark.passages("L-67", "pieces.validees-verrouillees")
def test_a_group_is_validated_when_all_its_required_pieces_are(candidat):
    agent = creer_agent()
    tout_fournir(candidat)
    assert not dossier(candidat).regroupement("identite").valide
    accepter(agent, candidat, le=LE + timedelta(hours=1))
    assert dossier(candidat).regroupement("identite").valide
    assert piece(candidat).validee_le == LE + timedelta(hours=1)


def test_only_the_office_sees_decisions_and_who_holds_a_piece(candidat):
    agent, autre = creer_agent(), creer_agent("b@exemple.fr", nom="Faure")
    tout_fournir(candidat)
    accepter(agent, candidat, recue_le=LE.date())
    from django.utils import timezone

    reserve_piece(autre, ligne(candidat, "domicile"), maintenant=timezone.now())
    cote_service = dossier(candidat, pour_le_service=True)
    [decision] = cote_service.piece("identite").decisions
    assert (decision.etat, decision.par, decision.recue_le) == ("conforme", "Alix Martin", LE.date())
    assert cote_service.piece("domicile").reservee_par == "Alix Faure"
    cote_candidat = dossier(candidat)
    assert cote_candidat.piece("identite").decisions == ()
    assert cote_candidat.piece("domicile").reservee_par == ""


@pytest.mark.passages("pieces.statut.nouveau-depot", "pieces.statut.non-conforme")
def test_the_last_refusal_is_told_with_the_files_it_judged_until_the_office_decides_again(candidat):
    agent = creer_agent()
    tout_fournir(candidat)
    refuser(agent, candidat, raison="", commentaire="La photo est coupée.")
    refusee = piece(candidat)
    assert (refusee.commentaire, refusee.dernier_refus, refusee.refuses) == ("La photo est coupée.", "", ())
    juges = tuple(f.empreinte for f in refusee.fichiers)
    deposer(candidat, octets=jpeg("entière"), nom="entière.jpg")
    redeposee = piece(candidat)
    assert (redeposee.commentaire, redeposee.dernier_refus) == ("", "La photo est coupée.")
    assert redeposee.refuses == juges
    envoyer(candidat)
    assert piece(candidat).dernier_refus == "La photo est coupée."
    accepter(agent, candidat)
    assert (piece(candidat).dernier_refus, piece(candidat).refuses) == ("", ())


def test_each_file_of_the_recap_tells_the_version_that_its_code_says(candidat):
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    deposer(candidat, RECAPITULATIF, jpeg("sans code"), nom="photo.jpg")
    assert [f.version_lue for f in piece(candidat, RECAPITULATIF).fichiers] == [1, None]


# --- The queue -----------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.envoi", "S25")
def test_the_queue_holds_what_is_sent_in_its_academie_oldest_first(candidat):
    from django.utils import timezone

    autre = candidat_inscrit("autre@demo.example")
    deposer(autre, le=LE)
    envoyer(autre, le=LE + timedelta(hours=2))
    deposer(candidat)
    assert a_controler("clermont-ferrand").count() == 1
    envoyer(candidat, le=LE + timedelta(hours=1))
    assert [p.candidature.compte for p in a_controler("clermont-ferrand")] == [candidat, autre]
    assert not a_controler("lyon").exists()
    nombres = nombres_du_controle("clermont-ferrand", maintenant=timezone.now())
    assert (nombres.a_controler, nombres.reservees, nombres.plus_ancienne) == (2, 0, LE + timedelta(hours=1))


@pytest.mark.passages("L-30")
def test_an_outdated_recapitulatif_and_a_piece_no_longer_asked_leave_the_queue(candidat):
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    for cle in PIECES[1:]:
        deposer(candidat, cle)
    for code in ("recapitulatif", "identite", "domicile", "conditions"):
        envoyer(candidat, code)
    assert a_controler("clermont-ferrand").count() == 4
    modifier(candidat, "candidature", voie="enseignement-a-distance", etablissement="cned")
    assert sorted(a_controler("clermont-ferrand").values_list("cle", flat=True)) == ["domicile", "identite"]


def test_a_withdrawn_candidature_leaves_the_queue(candidat):
    tout_fournir(candidat)
    candidature = candidature_de(candidat)
    candidature.etat = "retiree"
    candidature.save()
    assert not a_controler("clermont-ferrand").exists()
