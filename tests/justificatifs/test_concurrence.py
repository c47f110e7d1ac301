"""Two people on one piece, on real connections: exactly one wins, and nothing is decided on what nobody saw.

``REGISTRE_ENTRELACEMENTS`` sets the number of random schedules of each race (1 000 for the full proof).
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.models import Courriel, Evenement
from registre.comptes.models import Essai
from registre.documents.models import Document
from registre.inscription.usecases.register_candidature import register_candidature
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.controle import ActeRefuse, PieceChangee
from registre.justificatifs.models import DecisionDePiece, FichierDepose, PieceJustificative
from registre.justificatifs.reservations import PieceReservee
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.delete_fichier import delete_fichier
from registre.justificatifs.usecases.deposit_piece import deposit_piece
from registre.justificatifs.usecases.issue_accuse import issue_accuse
from registre.justificatifs.usecases.refuse_piece import refuse_piece
from registre.justificatifs.usecases.reserve_piece import reserve_next_piece
from registre.justificatifs.usecases.send_regroupement import send_regroupement
from tests.inscription import scenario as inscription
from tests.inscription.scenario import LE, SAISIES, connecter, heure_du_registre, poster
from tests.justificatifs.coffre_de_test import objets
from tests.justificatifs.scenario import (
    RECAPITULATIF,
    candidature_de,
    creer_agent,
    deposer,
    dossier,
    envoyer,
    jpeg,
    ligne,
    pdf_d_une_page,
    piece,
    recapitulatif,
    refuser,
    tout_fournir,
    vu,
)

pytestmark = pytest.mark.django_db(transaction=True)
ENTRELACEMENTS = int(os.environ.get("REGISTRE_ENTRELACEMENTS", "20"))
ACADEMIE = "clermont-ferrand"
REFUS = (DepotRefuse, ActeRefuse, PieceChangee, PieceReservee)


def a_la_fois(*actes: Callable[[], Any], retard: float = 0.004) -> list[Any]:
    """Runs the acts together, each after a random delay; gives their results, or the refusal each met."""
    depart = threading.Barrier(len(actes))

    def un(acte: Callable[[], Any]) -> Any:
        try:
            depart.wait()
            time.sleep(retard * secrets.randbelow(1000) / 1000)
            return acte()
        except REFUS as refus:
            return refus
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actes)) as fils:
        return list(fils.map(un, actes))


def reussis(resultats: list[Any]) -> list[Any]:
    return [r for r in resultats if not isinstance(r, REFUS)]


def recommencer() -> None:
    """Nothing deposited, and no upload counted, as before the race."""
    for modele in (DecisionDePiece, FichierDepose, PieceJustificative, Essai):
        modele.objects.all().delete()


def _tours() -> Iterator[int]:
    yield from range(ENTRELACEMENTS)


# --- F28 -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("F28")
def test_conforme_and_a_new_deposit_after_non_conforme_never_both_win(candidat, agent):
    """The officer corrects himself, from non conforme to conforme, while the candidate replaces the piece."""
    candidature, octets, gagnants = candidature_de(candidat), jpeg("net"), set()
    for _ in _tours():
        recommencer()
        juge = deposer(candidat).fichier
        envoyer(candidat)
        refuser(agent, candidat)
        page = vu(candidat)
        resultats = a_la_fois(
            lambda page=page: accept_piece(agent, candidature, "identite", **page, le=LE),
            lambda: deposit_piece(candidat, principal(), "identite", "net.jpg", octets, le=LE),
            retard=0.6,  # the deposit spends most of its time in the child process
        )
        assert len(reussis(resultats)) == 1
        vue = piece(candidat)
        gagnants.add(vue.etat)
        if vue.etat == "conforme":
            assert [f.reference for f in vue.fichiers] == [juge.reference]
            assert DecisionDePiece.objects.get(etat="conforme").fichiers[0]["empreinte"] == juge.empreinte
        else:
            assert (vue.etat, vue.envoyee, [f.nom for f in vue.fichiers]) == ("deposee", False, ["net.jpg"])
            assert not DecisionDePiece.objects.filter(etat="conforme").exists()
    if ENTRELACEMENTS >= 60:  # enough schedules to meet both sides of the race
        assert gagnants == {"conforme", "deposee"}


@pytest.mark.passages("F28", "S27")
def test_conforme_and_a_deletion_around_the_button_never_both_win(candidat, agent):
    """Delete, send and accept at once: a decision always points at a file that is there."""
    candidature = candidature_de(candidat)
    for _ in _tours():
        recommencer()
        fichier = deposer(candidat).fichier
        page = vu(candidat)
        apres_envoi = {**page, "revision": page["revision"] + 1}
        a_la_fois(
            lambda fichier=fichier: delete_fichier(candidat, principal(), fichier.reference, le=LE),
            lambda: send_regroupement(candidat, principal(), "identite", le=LE),
            lambda page=apres_envoi: accept_piece(agent, candidature, "identite", **page, le=LE),
        )
        vue = piece(candidat)
        if vue.etat == "aucune":
            assert not vue.envoyee
            assert not DecisionDePiece.objects.exists()
        else:
            assert vue.envoyee
            assert [f.reference for f in vue.fichiers] == [fichier.reference]


# --- F29 -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("F29", "validation.refaire-apres-modification", "L-30")
def test_a_recapitulatif_validated_during_a_modification_is_never_valid_for_the_new_version(candidat, agent):
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    envoyer(candidat, "recapitulatif")
    candidature = candidature_de(candidat)
    langues = ["italien", "portugais"]
    for tour in range(max(4, ENTRELACEMENTS // 4)):
        version = candidature_de(candidat).derniere_version
        PieceJustificative.objects.update(
            etat="deposee", validee_le=None, version_signee=version, version_au_depot=version
        )
        page = vu(candidat, RECAPITULATIF)
        with heure_du_registre(LE):
            client = connecter(candidat)
            poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": langues[tour % 2]})
            jeton = inscription.vu(client)
        a_la_fois(
            lambda page=page: accept_piece(agent, candidature, RECAPITULATIF, **page, le=LE),
            lambda jeton=jeton: register_candidature(candidat, principal(), vu=jeton, le=LE),
            retard=0.05,
        )
        vue = piece(candidat, RECAPITULATIF)
        assert candidature_de(candidat).derniere_version == version + 1
        assert vue.depassee
        assert not dossier(candidat).regroupement("recapitulatif").valide
        assert all(d.version == version for d in DecisionDePiece.objects.filter(etat="conforme"))
        DecisionDePiece.objects.all().delete()


@pytest.mark.passages("F29", "F8")
def test_a_modification_and_acts_on_the_pieces_at_once_never_block_each_other(candidat):
    """Same account, same candidature, locks taken in two orders: none is the victim of a deadlock."""
    langues = ["italien", "portugais"]
    for tour in range(max(4, ENTRELACEMENTS // 4)):
        recommencer()
        deposer(candidat, octets=pdf_d_une_page(str(tour)))
        with heure_du_registre(LE):
            client = connecter(candidat)
            poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": langues[tour % 2]})
            jeton = inscription.vu(client)
        resultats = a_la_fois(
            lambda jeton=jeton: register_candidature(candidat, principal(), vu=jeton, le=LE),
            lambda: send_regroupement(candidat, principal(), "identite", le=LE),
            lambda: issue_accuse(candidat, principal(), le=LE),
            retard=0.02,
        )
        assert len(reussis(resultats)) == 3


# --- F30 -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("F30", "pieces.envoi.avertissement", "L-52")
def test_nothing_enters_a_group_after_its_button_however_the_upload_and_the_click_meet(candidat):
    for tour in _tours():
        recommencer()
        deposer(candidat)
        octets = jpeg(f"page {tour}")
        depot, envoi = a_la_fois(
            lambda octets=octets: deposit_piece(candidat, principal(), "identite", "deux.jpg", octets, le=LE),
            lambda: send_regroupement(candidat, principal(), "identite", le=LE),
            retard=0.6,
        )
        assert envoi.pieces == ("identite",)
        fichiers = piece(candidat).fichiers
        assert piece(candidat).envoyee
        assert len(fichiers) == (1 if isinstance(depot, DepotRefuse) else 2)
        assert {f["empreinte"] for f in envoi.accuse.contenu["fichiers"]} == {f.empreinte for f in fichiers}
    assert objets() >= {cle for f in FichierDepose.objects.all() for cle in f.cles}


@pytest.mark.passages("F30", "L-52")
def test_twenty_clicks_at_once_send_once(candidat):
    deposer(candidat)
    courriels = Courriel.objects.count()
    envois = a_la_fois(*[lambda: send_regroupement(candidat, principal(), "identite", le=LE)] * 20)
    assert sorted(len(e.pieces) for e in envois) == [0] * 19 + [1]
    assert len({e.accuse.pk for e in envois}) == 1
    assert ligne(candidat).revision == 2
    assert Evenement.objects.filter(acte="regroupement_envoye").count() == 1
    assert Document.objects.filter(genre="accuse-depot").count() == 1
    assert Courriel.objects.count() == courriels + 1


@pytest.mark.passages("F30")
def test_the_same_file_sent_five_times_at_once_is_kept_once(candidat):
    octets = jpeg("recto")
    depots = a_la_fois(*[lambda: deposit_piece(candidat, principal(), "identite", "recto.jpg", octets, le=LE)] * 5)
    assert sorted(d.deja for d in depots) == [False, True, True, True, True]
    assert {d.fichier.pk for d in depots} == {FichierDepose.objects.get().pk}
    assert objets() == set(FichierDepose.objects.get().cles)


# --- F31 -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("F31")
def test_of_two_officers_who_decide_at_once_one_decides_and_the_other_is_told(candidat, agent):
    autre, candidature = creer_agent("b@exemple.fr"), candidature_de(candidat)
    for _ in _tours():
        recommencer()
        deposer(candidat)
        envoyer(candidat)
        page = vu(candidat)
        resultats = a_la_fois(
            lambda page=page: accept_piece(agent, candidature, "identite", **page, le=LE),
            lambda page=page: refuse_piece(
                autre, candidature, "identite", **page, raison="", commentaire="Coupé.", le=LE
            ),
        )
        [decision] = reussis(resultats)
        [refus] = [r for r in resultats if r is not decision]
        assert isinstance(refus, PieceChangee)
        assert refus.piece.decisions[-1].etat == decision.etat
        assert (piece(candidat).etat, piece(candidat).commentaire) == (decision.etat, decision.commentaire)
        assert DecisionDePiece.objects.count() == 1


@pytest.mark.passages("F31")
def test_officers_who_take_the_next_piece_at_once_never_get_the_same(candidat):
    agents = [creer_agent(f"a{n}@exemple.fr") for n in range(6)]
    tout_fournir(candidat)
    for _ in _tours():
        PieceJustificative.objects.update(reservee_par=None, reservee_jusqu_a=None)
        maintenant = timezone.now()
        prises = a_la_fois(
            *[lambda a=a, m=maintenant: reserve_next_piece(a, ACADEMIE, maintenant=m) for a in agents], retard=0
        )
        obtenues = [p.pk for p in prises if p]
        assert len(obtenues) == len(set(obtenues)) == 4
        assert all(p.reservee_par == a for a, p in zip(agents, prises, strict=True) if p)
