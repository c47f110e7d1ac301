"""« J’ai fourni toutes mes pièces » and the accusé: nothing missing, once, with the proof of what was deposited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.documents.models import Document
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.models import FenetreRouverte
from registre.justificatifs.usecases.issue_accuse import issue_accuse
from registre.justificatifs.usecases.reopen_piece import reopen_piece
from registre.justificatifs.usecases.send_regroupement import send_regroupement
from registre.regles.citation import codes
from tests.inscription.scenario import LE
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
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
    pdf_d_une_page,
    piece,
    recapitulatif,
    refuser,
    tout_fournir,
)

pytestmark = pytest.mark.django_db


def refus(*args, **kwargs):
    with pytest.raises(DepotRefuse) as leve:
        envoyer(*args, **kwargs)
    return leve.value.motifs


def accuses():
    return Document.objects.filter(genre="accuse-depot")


@pytest.mark.passages("pieces.envoi", "pieces.envoi.avertissement", "L-52")
def test_the_button_sends_the_group_once_with_one_accuse_one_mail_and_one_journal_line(candidat):
    deposer(candidat)
    courriels = Courriel.objects.count()
    le = LE + timedelta(minutes=5)
    premier = envoyer(candidat, le=le)
    assert premier.pieces == ("identite",)
    assert (ligne(candidat).envoyee_le, ligne(candidat).etat) == (le, "deposee")
    second = envoyer(candidat, le=le + timedelta(minutes=1))
    assert (second.pieces, second.accuse) == ((), premier.accuse)
    assert ligne(candidat).envoyee_le == le
    assert Evenement.objects.filter(acte="regroupement_envoye").count() == 1
    assert accuses().count() == 1
    assert Courriel.objects.count() == courriels + 1
    regroupement = dossier(candidat).regroupement("identite")
    assert (regroupement.envoye, regroupement.a_envoyer) == (True, False)


@pytest.mark.passages("pieces.envoi", "validation.d-toutes-les-pieces", "L-52")
def test_the_button_is_refused_while_a_piece_is_missing_and_names_it(candidat):
    [motif] = refus(candidat)
    assert motif.code == "piece_manquante"
    assert "Document justifiant l’identité" in motif.message
    assert not Evenement.objects.filter(acte="regroupement_envoye").exists()


@pytest.mark.passages("pieces.envoi", "L-52")
def test_a_group_of_two_pieces_waits_for_both(candidat):
    candidat = candidat_inscrit(
        "loin@demo.example",
        candidature={"voie": "enseignement-a-distance", "etablissement": "cned", "salarie_trois_ans": ""},
    )
    deposer(candidat, "inscription-distance")
    [motif] = refus(candidat, "conditions")
    assert "assiduité" in motif.message
    assert "inscription à l’enseignement" not in motif.message
    deposer(candidat, "assiduite-distance")
    assert dossier(candidat).regroupement("conditions").a_envoyer
    assert set(envoyer(candidat, "conditions").pieces) == {"inscription-distance", "assiduite-distance"}


@pytest.mark.passages("pieces.statut.nouveau-depot", "L-52")
def test_after_non_conforme_the_button_waits_for_the_new_deposit_and_is_to_click_again(candidat):
    deposer(candidat)
    envoyer(candidat)
    refuser(creer_agent(), candidat)
    assert codes(refus(candidat)) == ["piece_manquante"]
    deposer(candidat, octets=jpeg("net"), nom="net.jpg")
    assert not piece(candidat).envoyee
    assert envoyer(candidat).pieces == ("identite",)
    assert accuses().count() == 2


@pytest.mark.passages("validation.refaire-apres-modification", "L-30")
def test_an_outdated_recapitulatif_cannot_be_sent_nor_counts_as_sent(candidat):
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    modifier(candidat)
    assert codes(refus(candidat, "recapitulatif")) == ["piece_manquante"]
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    envoyer(candidat, "recapitulatif")
    modifier(candidat, lvf="portugais")
    assert not dossier(candidat).regroupement("recapitulatif").envoye


@pytest.mark.passages("pieces.non-dematerialisee")
def test_a_piece_on_paper_never_holds_the_group_back(candidat):
    cadre = principal()
    liste = tuple(replace(p, dematerialisee=p.cle != "domicile") for p in cadre.pieces.liste)
    sur_papier = replace(
        cadre,
        pieces=replace(
            cadre.pieces, liste=tuple(replace(p, regroupement="identite") if p.cle == "domicile" else p for p in liste)
        ),
    )
    deposer(candidat)
    assert send_regroupement(candidat, sur_papier, "identite", le=LE).pieces == ("identite",)


def test_an_unknown_group_is_refused(candidat):
    assert codes(refus(candidat, "invente")) == ["regroupement_inconnu"]
    assert codes(refus(candidat, "jdc")) == ["regroupement_inconnu"]


# --- Period --------------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.periode-de-depot", "L-08", "L-31")
def test_the_button_closes_with_the_deposit_but_what_is_sent_stays_sent(candidat):
    deposer(candidat)
    assert codes(refus(candidat, le=FIN_DU_DEPOT)) == ["depot_clos"]
    envoyer(candidat, le=FIN_DU_DEPOT - timedelta(microseconds=1))
    assert envoyer(candidat, le=FIN_DU_DEPOT).pieces == ()


@pytest.mark.passages("L-08", "pieces.statut.nouveau-depot")
def test_a_reopened_window_lets_one_piece_be_deposited_and_sent_until_its_end(candidat):
    agent = creer_agent()
    tout_fournir(candidat)
    refuser(agent, candidat, "domicile", raison="", commentaire="Trop ancien.")
    tard, fin = FIN_DU_DEPOT + timedelta(days=3), FIN_DU_DEPOT + timedelta(days=10)
    with pytest.raises(DepotRefuse):
        deposer(candidat, "domicile", jpeg("recent"), nom="r.jpg", le=tard)
    assert "piece_non_conforme" in codes(dossier(candidat, tard).incomplet)
    reopen_piece(agent, candidature_de(candidat), "domicile", ferme_le=fin, motif="Justificatif perdu", le=tard)
    assert piece(candidat, "domicile", tard).fenetre == fin
    assert dossier(candidat, tard).incomplet == ()
    deposer(candidat, "domicile", jpeg("recent"), nom="r.jpg", le=tard)
    assert envoyer(candidat, "domicile", le=fin - timedelta(microseconds=1)).pieces == ("domicile",)
    with pytest.raises(DepotRefuse):
        deposer(candidat, "identite", jpeg("x"), nom="x.jpg", le=tard)
    assert piece(candidat, "domicile", fin).fenetre is None


# --- Accusé --------------------------------------------------------------------------------------------------


@pytest.mark.passages("S38", "pieces.date-de-depot")
def test_the_accuse_lists_each_file_with_its_instant_and_its_fingerprint(candidat):
    faits = [deposer(candidat, octets=pdf_d_une_page(n), nom=f"{n}.pdf") for n in ("recto", "verso")]
    accuse = issue_accuse(candidat, principal(), le=LE + timedelta(minutes=1))
    assert [(f["nom"], f["empreinte"]) for f in accuse.contenu["fichiers"]] == [
        (f.fichier.nom, f.fichier.empreinte) for f in faits
    ]
    assert "10\u00a0h" in accuse.contenu["fichiers"][0]["depose_le"]


@pytest.mark.passages("S38")
def test_the_same_list_gives_the_same_accuse_and_another_list_another_one(candidat):
    deposer(candidat)
    premier = issue_accuse(candidat, principal(), le=LE)
    courriels = Courriel.objects.count()
    assert issue_accuse(candidat, principal(), le=LE + timedelta(hours=1)) == premier
    envoye = envoyer(candidat).accuse
    assert envoye != premier  # nothing is left to send
    courriels += 1
    premier = envoye
    assert Courriel.objects.count() == courriels
    deposer(candidat, "domicile")
    assert issue_accuse(candidat, principal(), le=LE + timedelta(hours=2)) != premier


def test_there_is_no_accuse_of_nothing_and_one_even_after_the_closing(candidat):
    with pytest.raises(DepotRefuse) as leve:
        issue_accuse(candidat, principal(), le=LE)
    assert codes(leve.value.motifs) == ["rien_de_depose"]
    deposer(candidat)
    assert issue_accuse(candidat, principal(), le=FIN_DU_DEPOT + timedelta(days=1)).contenu["fichiers"]


@pytest.mark.passages("L-51", "dossier.incomplet-annulation")
def test_a_dossier_is_complete_when_all_is_sent_and_only_then(candidat):
    assert codes(dossier(candidat).incomplet) == ["piece_manquante"]
    deposer(candidat)
    assert codes(dossier(candidat).incomplet) == ["piece_manquante", "regroupement_non_envoye"]
    tout_fournir(candidat)
    assert dossier(candidat).incomplet == ()
    assert not FenetreRouverte.objects.exists()
    accepter(creer_agent(), candidat)
    assert dossier(candidat).nombres() == {"demandees": 4, "fournies": 4, "envoyees": 4, "conformes": 1}


@pytest.mark.passages("S61", "pieces.envoi")
def test_an_accuse_asked_after_the_last_button_no_longer_asks_for_a_click(candidat):
    """Same files as before the button, but not the same thing left to do."""
    deposer(candidat)
    avant = issue_accuse(candidat, principal(), le=LE)
    assert any("pas encore envoyé" in m for m in avant.contenu["manques"])
    apres = envoyer(candidat).accuse
    assert apres.pk != avant.pk
    assert not any("pas encore envoyé" in m for m in apres.contenu["manques"])
    assert issue_accuse(candidat, principal(), le=LE) == apres
