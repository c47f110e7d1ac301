"""The order of the files of a piece: the candidate's choice, as long as the piece is not sent."""

from __future__ import annotations

from uuid import uuid4

import pytest

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.usecases.move_fichier import move_fichier
from registre.regles.citation import codes
from tests.inscription.scenario import LE, adresse, connecter, heure_du_registre
from tests.justificatifs.fabrique import deposee
from tests.justificatifs.scenario import FIN_DU_DEPOT, candidat_inscrit, candidature_de, ligne, piece

pytestmark = [pytest.mark.django_db, pytest.mark.passages("pieces.depot-en-ligne", "pieces.bouton-ajouter", "L-52")]


@pytest.fixture
def fichiers(candidat):
    """Three files: page 1, page 2, page 3."""
    return list(deposee(candidature_de(candidat), "identite", fichiers=3).fichiers.all())


def deplacer(candidat, fichier, sens, le=LE):
    return move_fichier(candidat, principal(), fichier.reference, sens, le=le)


def ordre(candidat):
    return [f.nom[5] for f in piece(candidat).fichiers]


def test_a_file_goes_one_place_up_or_down_and_stops_at_the_ends(candidat, fichiers):
    un, _, trois = fichiers
    assert deplacer(candidat, trois, "monter") == "page 3.jpg"
    assert ordre(candidat) == ["1", "3", "2"]
    deplacer(candidat, un, "monter")
    deplacer(candidat, fichiers[1], "descendre")
    assert ordre(candidat) == ["1", "3", "2"]
    deplacer(candidat, un, "descendre")
    assert ordre(candidat) == ["3", "1", "2"]


def test_a_move_changes_the_revision_and_says_the_order_in_the_journal_and_no_move_says_nothing(candidat, fichiers):
    avant = ligne(candidat).revision
    deplacer(candidat, fichiers[0], "monter")
    assert (ligne(candidat).revision, Evenement.objects.filter(acte="fichier_deplace").count()) == (avant, 0)
    deplacer(candidat, fichiers[1], "monter")
    assert ligne(candidat).revision == avant + 1
    [trace] = Evenement.objects.filter(acte="fichier_deplace")
    assert trace.details["ordre"] == [str(fichiers[n].reference) for n in (1, 0, 2)]


def test_what_is_sent_or_closed_keeps_its_order(candidat, fichiers):
    with pytest.raises(DepotRefuse) as clos:
        deplacer(candidat, fichiers[1], "monter", le=FIN_DU_DEPOT)
    assert codes(clos.value.motifs) == ["depot_clos"]
    fichiers[0].piece.envoyee_le = LE
    fichiers[0].piece.save()
    with pytest.raises(DepotRefuse) as envoye:
        deplacer(candidat, fichiers[1], "monter")
    assert codes(envoye.value.motifs) == ["regroupement_envoye"]
    assert ordre(candidat) == ["1", "2", "3"]


def test_the_file_of_another_is_as_one_that_does_not_exist(candidat, fichiers):
    autre = candidat_inscrit("autre@exemple.fr")
    assert deplacer(autre, fichiers[1], "monter") is None
    assert move_fichier(autre, principal(), uuid4(), "monter", le=LE) is None
    assert ordre(candidat) == ["1", "2", "3"]


def test_the_buttons_of_the_page_move_the_file_that_they_name(candidat, fichiers):
    with heure_du_registre(LE):
        client = connecter(candidat)
        page = client.get(adresse("justificatifs")).content.decode()
        assert (page.count(">Monter<"), page.count(">Descendre<")) == (2, 2)
        envoi = {"reference": str(fichiers[2].reference), "sens": "monter"}
        reponse = client.post(adresse("deplacer_fichier", piece="identite"), envoi, follow=True)
        assert "a changé de place" in reponse.content.decode()
        client.post(adresse("deplacer_fichier", piece="identite"), envoi | {"sens": "au hasard"})
    assert ordre(candidat) == ["1", "3", "2"]
