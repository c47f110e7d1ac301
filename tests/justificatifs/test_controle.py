"""The office's acts: what the officer saw is what is decided, in his académie only, one officer a piece."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from registre.commun.cadres import tous
from registre.commun.models import Courriel, Evenement
from registre.documents.models import Document
from registre.justificatifs.controle import ActeRefuse, PieceChangee
from registre.justificatifs.models import DecisionDePiece, FenetreRouverte, PieceJustificative
from registre.justificatifs.reservations import DUREE, PieceReservee
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.remind_pieces import remind_pieces
from registre.justificatifs.usecases.reopen_piece import reopen_piece
from registre.justificatifs.usecases.reserve_piece import release_piece, reserve_next_piece, reserve_piece
from registre.regles.citation import codes
from tests.inscription.scenario import LE
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    RECAPITULATIF,
    accepter,
    candidature_de,
    creer_agent,
    deposer,
    envoyer,
    jpeg,
    ligne,
    modifier,
    piece,
    recapitulatif,
    refuser,
    tout_fournir,
    vu,
)

pytestmark = pytest.mark.django_db
ACADEMIE = "clermont-ferrand"


@pytest.fixture
def envoyee(candidat):
    deposer(candidat)
    envoyer(candidat)
    return candidat


def recevoir(agent, compte, cle="identite", le=LE, **k):
    return receive_piece(agent, candidature_de(compte), cle, **(vu(compte, cle) | k), le=le)


def motifs(acte, *args, **kwargs):
    with pytest.raises(ActeRefuse) as leve:
        acte(*args, **kwargs)
    return codes(leve.value.motifs)


# --- Decisions -----------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.statut.par-le-gestionnaire", "pieces.statut.conforme", "L-67")
def test_accepting_keeps_the_exact_files_the_version_the_author_and_the_validation_date(envoyee, agent):
    le = LE + timedelta(days=1)
    decision = accepter(agent, envoyee, recue_le=date(2025, 10, 21), le=le)
    [fichier] = piece(envoyee).fichiers
    assert decision.fichiers == [{"reference": str(fichier.reference), "empreinte": fichier.empreinte}]
    assert (decision.version, decision.par, decision.le, decision.etat) == (1, agent, le, "conforme")
    vue = piece(envoyee)
    assert (vue.statut, vue.validee_le, vue.recue_le) == ("Conforme", le, date(2025, 10, 21))
    [trace] = Evenement.objects.filter(acte="piece_conforme")
    assert (trace.acteur, trace.details["fichiers"]) == (agent, [str(fichier.reference)])


@pytest.mark.passages("pieces.statut.non-conforme", "pieces.exemple.non-conforme")
@pytest.mark.parametrize(
    ("saisie", "dit"),
    [
        ({"raison": "illisible"}, "Pièce illisible."),
        ({"raison": "", "commentaire": "  Le bas est coupé. "}, "Le bas est coupé."),
        ({"raison": "illisible", "commentaire": "Surtout la date."}, "Surtout la date."),
    ],
)
def test_refusing_tells_the_candidate_the_reason_chosen_and_the_comment(envoyee, agent, saisie, dit):
    refuser(agent, envoyee, **saisie)
    vue = piece(envoyee)
    assert vue.statut == "Non conforme"
    assert dit in vue.commentaire
    assert vue.motif_deposer is None
    assert DecisionDePiece.objects.get().raison == saisie["raison"]


@pytest.mark.passages("pieces.statut.non-conforme")
def test_refusing_needs_a_reason_of_this_piece_or_a_comment(envoyee, agent):
    assert motifs(refuser, agent, envoyee, raison="", commentaire=" ") == ["commentaire_manquant"]
    assert motifs(refuser, agent, envoyee, raison="non-signee") == ["raison_inconnue"]
    assert motifs(refuser, agent, envoyee, raison="", commentaire="x" * 1001) == ["commentaire_trop_long"]
    assert piece(envoyee).etat == "deposee"


@pytest.mark.passages("pieces.statut.recue", "pieces.exemple.recue")
def test_recue_may_carry_a_past_date_of_reception_never_a_future_one(envoyee, agent):
    assert motifs(recevoir, agent, envoyee, recue_le=date(2025, 10, 21)) == ["reception_future"]
    recevoir(agent, envoyee, recue_le=date(2025, 10, 20))
    assert (piece(envoyee).statut, piece(envoyee).recue_le) == ("Reçue", date(2025, 10, 20))


@pytest.mark.passages("pieces.non-dematerialisee", "pieces.statut.recue")
def test_a_piece_that_came_by_post_is_received_then_judged_without_any_file(candidat, agent):
    assert motifs(accepter, agent, candidat) == ["rien_a_controler"]
    recevoir(agent, candidat, recue_le=date(2025, 10, 20))
    assert (ligne(candidat).envoyee_le, ligne(candidat).version_au_depot) == (LE, 1)
    decision = accepter(agent, candidat)
    assert decision.fichiers == []
    assert piece(candidat).statut == "Conforme"
    assert piece(candidat).recue_le == date(2025, 10, 20)


@pytest.mark.passages("pieces.envoi", "L-52")
def test_a_piece_that_is_not_sent_is_not_controlled(candidat, agent):
    deposer(candidat)
    assert motifs(accepter, agent, candidat) == ["regroupement_non_envoye"]
    assert motifs(refuser, agent, candidat) == ["regroupement_non_envoye"]


def test_the_office_may_correct_its_decision_and_the_history_keeps_both(envoyee, agent):
    accepter(agent, envoyee)
    refuser(agent, envoyee)
    assert (piece(envoyee).etat, piece(envoyee).validee_le) == ("non_conforme", None)
    assert list(DecisionDePiece.objects.order_by("pk").values_list("etat", flat=True)) == ["conforme", "non_conforme"]


@pytest.mark.passages("validation.refaire-apres-modification", "L-30", "F29")
def test_an_outdated_recapitulatif_is_never_accepted(candidat, agent):
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    envoyer(candidat, "recapitulatif")
    vue = vu(candidat, RECAPITULATIF)
    modifier(candidat)
    with pytest.raises(PieceChangee) as leve:
        accepter(agent, candidat, RECAPITULATIF, **vue)
    assert leve.value.piece.depassee
    assert motifs(accepter, agent, candidat, RECAPITULATIF) == ["recapitulatif_depasse"]


# --- What was seen -------------------------------------------------------------------------------------------


@pytest.mark.passages("F28")
def test_a_decision_on_files_that_have_changed_since_is_refused_and_shows_them(envoyee, agent):
    page = vu(envoyee)
    refuser(agent, envoyee)
    deposer(envoyee, octets=jpeg("autre"), nom="autre.jpg")
    envoyer(envoyee)
    with pytest.raises(PieceChangee) as leve:
        accepter(agent, envoyee, **page)
    assert [f.nom for f in leve.value.piece.fichiers] == ["autre.jpg"]
    assert piece(envoyee).etat == "deposee"


@pytest.mark.passages("F31")
def test_the_second_of_two_officers_sees_what_the_first_decided(envoyee, agent):
    page, autre = vu(envoyee), creer_agent("b@exemple.fr", nom="Faure")
    refuser(agent, envoyee, commentaire="Le bas est coupé.")
    with pytest.raises(PieceChangee) as leve:
        accepter(autre, envoyee, **page)
    assert leve.value.piece.decisions[-1].par == "Alix Martin"
    assert "Le bas est coupé." in piece(envoyee).commentaire
    assert DecisionDePiece.objects.count() == 1


# --- Académie ------------------------------------------------------------------------------------------------


@pytest.mark.passages("S23", "S25")
def test_no_act_of_the_office_reaches_another_academie(envoyee):
    intrus, candidature = creer_agent("lyon@exemple.fr", academie="lyon"), candidature_de(envoyee)
    page, la_piece, maintenant = vu(envoyee), ligne(envoyee), timezone.now()
    actes = [
        lambda qui: receive_piece(qui, candidature, "identite", **page, le=LE),
        lambda qui: accept_piece(qui, candidature, "identite", **page, le=LE),
        lambda qui: refuser(qui, envoyee),
        lambda qui: reopen_piece(qui, candidature, "identite", ferme_le=FIN_DU_DEPOT, motif="x", le=LE),
        lambda qui: remind_pieces(qui, candidature, "", le=LE),
        lambda qui: reserve_piece(qui, la_piece, maintenant=maintenant),
        lambda qui: reserve_next_piece(qui, ACADEMIE, maintenant=maintenant),
    ]
    for acte in actes:
        for qui in (intrus, envoyee):
            with pytest.raises(PermissionDenied):
                acte(qui)
    assert reserve_next_piece(intrus, "lyon", maintenant=maintenant) is None
    assert not DecisionDePiece.objects.exists()
    assert not FenetreRouverte.objects.exists()


def test_a_withdrawn_candidature_is_no_longer_controlled(envoyee, agent):
    page, candidature = vu(envoyee), candidature_de(envoyee)
    candidature.etat = "retiree"
    candidature.save()
    assert motifs(accept_piece, agent, candidature, "identite", **page, le=LE) == ["candidature_inactive"]


# --- Reservations --------------------------------------------------------------------------------------------


@pytest.mark.passages("F31")
def test_a_piece_taken_by_an_officer_waits_for_him_ten_minutes(envoyee, agent):
    autre, maintenant = creer_agent("b@exemple.fr", nom="Faure"), timezone.now()
    prise = reserve_next_piece(agent, ACADEMIE, maintenant=maintenant)
    assert prise == ligne(envoyee)
    assert reserve_next_piece(autre, ACADEMIE, maintenant=maintenant) is None
    with pytest.raises(PieceReservee) as leve:
        reserve_piece(autre, prise, maintenant=maintenant)
    assert leve.value.par == agent
    with pytest.raises(PieceReservee):
        accepter(autre, envoyee)
    assert reserve_next_piece(autre, ACADEMIE, maintenant=maintenant + DUREE) == prise
    with pytest.raises(PieceReservee):
        accepter(agent, envoyee)


def test_a_piece_given_back_or_decided_is_free_again(envoyee, agent):
    autre, maintenant = creer_agent("b@exemple.fr"), timezone.now()
    prise = reserve_next_piece(agent, ACADEMIE, maintenant=maintenant)
    release_piece(autre, prise)
    assert reserve_next_piece(autre, ACADEMIE, maintenant=maintenant) is None
    release_piece(agent, prise)
    assert reserve_next_piece(autre, ACADEMIE, maintenant=maintenant) == prise
    refuser(autre, envoyee)
    assert ligne(envoyee).reservee_par is None


def test_a_reservation_is_not_an_act_on_the_piece(envoyee, agent):
    page, traces = vu(envoyee), Evenement.objects.count()
    reserve_next_piece(agent, ACADEMIE, maintenant=timezone.now())
    assert vu(envoyee) == page
    assert Evenement.objects.count() == traces


def test_the_next_piece_is_the_oldest_and_the_one_left_for_later_is_given_back(candidat, agent):
    tout_fournir(candidat)
    maintenant = timezone.now()
    premiere = reserve_next_piece(agent, ACADEMIE, maintenant=maintenant)
    suivante = reserve_next_piece(agent, ACADEMIE, maintenant=maintenant, sauf=premiere)
    assert suivante not in (None, premiere)
    premiere.refresh_from_db()
    assert premiere.reservee_par is None
    recevoir(agent, candidat, suivante.cle)
    restantes = [p.cle for p in PieceJustificative.objects.filter(etat="deposee").order_by("envoyee_le", "pk")]
    assert reserve_next_piece(agent, ACADEMIE, maintenant=maintenant).cle == restantes[0]


# --- Window, reminder, mail ----------------------------------------------------------------------------------


@pytest.mark.passages("L-08")
def test_reopening_needs_an_end_to_come_and_a_motive_and_is_written_once(envoyee, agent):
    candidature = candidature_de(envoyee)
    assert motifs(reopen_piece, agent, candidature, "identite", ferme_le=LE, motif=" ", le=LE) == [
        "fin_passee",
        "motif_manquant",
    ]
    assert motifs(reopen_piece, agent, candidature, "jdc", ferme_le=FIN_DU_DEPOT, motif="x", le=LE) == [
        "piece_non_demandee"
    ]
    fenetres = [
        reopen_piece(agent, candidature, "identite", ferme_le=FIN_DU_DEPOT, motif="Carte volée", le=LE)
        for _ in range(2)
    ]
    assert fenetres[0] == fenetres[1] == FenetreRouverte.objects.get()
    [courriel] = Courriel.objects.filter(cle__startswith="fenetre:")
    for partie in (courriel.texte, courriel.html):
        assert "/justificatifs/clermont-ferrand/2026/bac-pro/" in partie
        assert "Identité" in partie
        assert "novembre 2025" in partie
    assert (fenetres[0].ouvre_le, fenetres[0].par) == (LE, agent)
    [trace] = Evenement.objects.filter(acte="piece_rouverte")
    assert trace.details["motif"] == "Carte volée"


@pytest.mark.passages("L-33", "documents.relance-de-pieces")
def test_a_reminder_is_a_document_and_one_mail_even_clicked_twice(candidat, agent):
    candidature, courriels = candidature_de(candidat), Courriel.objects.count()
    relance = remind_pieces(agent, candidature, "Merci de faire vite.", le=LE)
    assert remind_pieces(agent, candidature, "Merci de faire vite.", le=LE + timedelta(seconds=2)) == relance
    assert Courriel.objects.count() == courriels + 1
    assert Document.objects.filter(genre="relance-pieces").get().compte == candidat
    autre = remind_pieces(agent, candidature, "Il manque tout.", le=LE + timedelta(seconds=5))
    plus_tard = remind_pieces(agent, candidature, "Il manque tout.", le=LE + timedelta(days=1))
    assert len({relance.pk, autre.pk, plus_tard.pk}) == 3


def test_a_complete_dossier_is_not_reminded(candidat, agent):
    tout_fournir(candidat)
    assert motifs(remind_pieces, agent, candidature_de(candidat), "", le=LE) == ["rien_ne_manque"]


@pytest.mark.passages("pieces.statut.pas-de-courriel", "L-33")
def test_no_mail_leaves_on_a_change_of_status_this_session(envoyee, agent):
    avant = Courriel.objects.count()
    recevoir(agent, envoyee)
    refuser(agent, envoyee)
    assert Courriel.objects.count() == avant


@pytest.fixture
def _avec_courriel(settings, tmp_path):
    """A session whose parameters ask for the mail: the same file that an académie would write."""
    surcharge = tmp_path / "parametres/2026/bac-pro"
    surcharge.mkdir(parents=True)
    (surcharge / "national.toml").write_text("[pieces]\ncourriel_changement_statut = true\n", encoding="utf-8")
    settings.DOSSIERS_DE_PARAMETRES = [tmp_path / "parametres"]
    tous.cache_clear()
    yield
    tous.cache_clear()


@pytest.mark.usefixtures("_avec_courriel")
@pytest.mark.passages("L-33")
def test_a_session_that_wants_it_sends_one_mail_per_change_that_names_no_piece(envoyee, agent):
    recevoir(agent, envoyee)
    refuser(agent, envoyee, commentaire="Le bas est coupé.")
    courriels = list(Courriel.objects.filter(cle__startswith="statut:").order_by("pk"))
    assert [c.destinataire for c in courriels] == [envoyee.email] * 2
    assert "Statut : Reçue" in courriels[0].texte
    assert "Non conforme" in courriels[1].texte
    assert "Le bas est coupé" not in courriels[1].texte + courriels[1].html
    assert "/justificatifs/clermont-ferrand/2026/bac-pro/" in courriels[1].texte


@pytest.mark.passages("L-30", "pieces.non-dematerialisee", "validation.refaire-apres-modification")
def test_the_last_recapitulatif_received_by_post_takes_the_place_of_the_outdated_one(candidat, agent):
    deposer(candidat, RECAPITULATIF)
    envoyer(candidat, "recapitulatif")
    modifier(candidat, lvf="italien")
    assert piece(candidat, RECAPITULATIF).depassee
    decision = recevoir(agent, candidat, RECAPITULATIF, recue_le=LE.date())
    arrivee = piece(candidat, RECAPITULATIF)
    assert (arrivee.etat, arrivee.depassee, arrivee.envoyee) == ("recue", False, True)
    assert arrivee.fichiers == ()
    assert len(arrivee.remplaces) == 1
    assert decision.fichiers == []
    assert accepter(agent, candidat, RECAPITULATIF).etat == "conforme"
