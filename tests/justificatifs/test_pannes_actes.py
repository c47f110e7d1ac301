"""A fault at the n-th statement or at the n-th call to the storage, for every n: nothing happened, or everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.documents.models import Document
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import DecisionDePiece, FenetreRouverte, FichierDepose, PieceJustificative
from registre.justificatifs.usecases.delete_fichier import delete_fichier
from registre.justificatifs.usecases.remind_pieces import remind_pieces
from registre.justificatifs.usecases.reopen_piece import reopen_piece
from tests.inscription.scenario import LE
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.scenario import (
    FIN_DU_DEPOT,
    accepter,
    candidature_de,
    deposer,
    envoyer,
    jpeg,
    refuser,
    vu,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.passages("F4")]
MODELES = (PieceJustificative, FichierDepose, DecisionDePiece, FenetreRouverte, Document, Courriel, Evenement)
PLUS_QUE_TOUT = 150


class PanneInjectee(Exception):
    pass


def lignes() -> dict[str, list[dict[str, Any]]]:
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in MODELES}


def casser_a_chaque_requete(acte: Callable[[], Any]) -> tuple[int, Any]:
    """Runs the act with a fault at its 1st, 2nd… statement, until it meets none. Gives the number of statements."""
    avant = lignes()
    for n in range(1, PLUS_QUE_TOUT):
        vues = 0

        def casser(execute: Any, sql: str, params: Any, many: bool, context: Any, n: int = n) -> Any:
            nonlocal vues
            vues += 1
            if vues == n:
                raise PanneInjectee(sql)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(casser):
                return n - 1, acte()
        except PanneInjectee:
            assert lignes() == avant
    pytest.fail("the loop never ended")


def rien_que_des_objets_nommes() -> None:
    """Every row has its objects, readable (I6)."""
    nommes = {cle for f in FichierDepose.objects.all() for cle in f.cles}
    assert nommes <= objets()
    assert all(coffre.lire(cle) for cle in nommes)


def test_a_deposit(candidat):
    requetes, fait = casser_a_chaque_requete(lambda: deposer(candidat))
    assert requetes > 12
    assert FichierDepose.objects.get() == fait.fichier
    assert Evenement.objects.filter(acte="piece_deposee").count() == 1
    rien_que_des_objets_nommes()


def test_a_replacement(candidat):
    ancien = deposer(candidat).fichier
    requetes, fait = casser_a_chaque_requete(
        lambda: deposer(candidat, octets=jpeg("net"), nom="net.jpg", remplace=ancien.reference)
    )
    assert requetes > 14
    assert FichierDepose.objects.get() == fait.fichier
    assert not set(ancien.cles) & objets()
    rien_que_des_objets_nommes()


def test_a_new_deposit_after_non_conforme(candidat, agent):
    deposer(candidat)
    envoyer(candidat)
    refuser(agent, candidat)
    casser_a_chaque_requete(lambda: deposer(candidat, octets=jpeg("net"), nom="net.jpg"))
    assert FichierDepose.objects.filter(remplace_le=None).count() == 1
    assert FichierDepose.objects.count() == 2
    rien_que_des_objets_nommes()


def test_a_deletion(candidat):
    fichier = deposer(candidat).fichier
    requetes, nom = casser_a_chaque_requete(lambda: delete_fichier(candidat, principal(), fichier.reference, le=LE))
    assert requetes > 8
    assert nom == fichier.nom
    assert not FichierDepose.objects.exists()
    assert objets() == set()


def test_the_button(candidat):
    deposer(candidat)
    requetes, envoi = casser_a_chaque_requete(lambda: envoyer(candidat))
    assert requetes > 15
    assert envoi.pieces == ("identite",)
    assert Document.objects.filter(genre="accuse-depot").count() == 1
    assert Evenement.objects.filter(acte="regroupement_envoye").count() == 1


@pytest.mark.parametrize("acte", [accepter, refuser])
def test_a_decision(candidat, agent, acte):
    deposer(candidat)
    envoyer(candidat)
    page = vu(candidat)
    requetes, decision = casser_a_chaque_requete(lambda: acte(agent, candidat, **page))
    assert requetes > 10
    assert DecisionDePiece.objects.get() == decision
    assert Evenement.objects.filter(acte=f"piece_{decision.etat}").count() == 1


def test_a_reopening_and_a_reminder(candidat, agent):
    candidature = candidature_de(candidat)
    casser_a_chaque_requete(
        lambda: reopen_piece(agent, candidature, "identite", ferme_le=FIN_DU_DEPOT, motif="Perdue", le=LE)
    )
    courriels = Courriel.objects.count()
    casser_a_chaque_requete(lambda: remind_pieces(agent, candidature, "Merci.", le=LE))
    assert FenetreRouverte.objects.count() == Document.objects.filter(genre="relance-pieces").count() == 1
    assert Courriel.objects.count() == courriels + 1


@pytest.mark.passages("F14", "F15")
def test_a_deposit_whose_nth_call_to_the_storage_fails_is_refused_or_whole(candidat, coffre_en_panne):
    """The original, the copy, one page, then what erases: each call in turn."""
    tombes = []
    for n in range(1, 10):
        try:
            with coffre_en_panne(a_partir_de=n, reste=False):
                deposer(candidat)
            break
        except DepotRefuse as refus:
            tombes += [m.code for m in refus.motifs]
        assert not FichierDepose.objects.exists()
        # A call that erases may have failed too: what it leaves is named by no row, and goes with the reaper.
        coffre.effacer(objets())
    assert tombes == ["stockage_en_panne"] * 3
    rien_que_des_objets_nommes()


@pytest.mark.passages("F15")
def test_a_deletion_whose_storage_fails_is_done_and_leaves_orphans_only(candidat, coffre_en_panne):
    fichier = deposer(candidat).fichier
    with coffre_en_panne(a_partir_de=1, reste=False):
        delete_fichier(candidat, principal(), fichier.reference, le=LE)
    assert not FichierDepose.objects.exists()
    assert len(objets()) == 1  # what the disk refused to erase is left to the reaper
