"""The invented people are what real acts made of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registre.commun.cadres import principal
from registre.commun.courriels import envoyer_dus
from registre.commun.horloge import maintenant
from registre.commun.models import Courriel, Evenement
from registre.comptes.models import Compte
from registre.demo import etats
from registre.demo.moments import moments
from registre.demo.personnes import (
    A_DECIDER,
    CANDIDATS,
    EN_COURS,
    INSCRITE,
    NOUVELLE,
    PERSONNES,
    RETIREE,
    REVENUE,
    SERVICE,
    Personne,
)
from registre.demo.usecases.reset_demo import reset_demo
from registre.documents.models import CONFIRMATION, Document
from registre.inscription import brouillons, releves
from registre.inscription.models import Brouillon, Candidature
from registre.inscription.pieces import examen_de
from registre.justificatifs.models import DecisionDePiece, FichierDepose
from registre.regles.etapes import premiere_etape_incomplete
from registre.regles.instruction import en_attente
from registre.regles.releves import droits_connus
from registre.regles.vocabulaire import EtatUnite

INSCRIPTIONS = 7  # the people who had time to register, one of whom has withdrawn
MOMENTS = moments(principal().calendrier)


def se_connecter(qui: Personne) -> Client:
    """By the pages; an officer types the code that the demo page shows."""
    client = Client()
    saisie = {"courriel": qui.email, "mot_de_passe": qui.mot_de_passe}
    assert client.post("/compte/connexion/", saisie).status_code == 302
    if qui.du_service:
        ligne = client.get("/demo/").content.decode().split(qui.email)[1]
        code = ligne.split('registre-demo__code">')[1][:6]
        assert client.post("/compte/second-facteur/", {"code": code}).status_code == 302
    return client


@pytest.mark.parametrize("qui", PERSONNES, ids=lambda p: p.email)
def test_each_personne_logs_in_with_the_printed_password(demo: None, qui: Personne) -> None:
    page = se_connecter(qui).get("/candidatures/", follow=True)
    assert page.status_code == 200
    assert page.redirect_chain[-1:] == ([("/gestion/clermont-ferrand/", 302)] if qui in SERVICE else [])
    assert "registre-demo" in page.content.decode()


def test_the_journal_and_the_mails_tell_the_acts_of_the_scenario(demo: None) -> None:
    actes = list(Evenement.objects.order_by("pk").values_list("acte", flat=True))
    assert actes.count("compte_cree") == len(PERSONNES)
    assert actes.count("compte_active") == len(CANDIDATS)
    assert actes.count("candidature_enregistree") == INSCRIPTIONS
    assert actes.count("candidature_modifiee") == 2
    assert actes.count("candidature_retiree") == 1
    assert actes.count("piece_deposee") == FichierDepose.objects.count() == 15
    assert [actes.count(a) for a in ("piece_recue", "piece_conforme", "piece_non_conforme")] == [3, 2, 2]
    assert actes.count("second_facteur_installe") == len(SERVICE)
    assert {c.destinataire for c in Courriel.objects.all()} == {p.email for p in PERSONNES}
    assert Courriel.objects.filter(destinataire=INSCRITE.email).count() == 3
    # An officer gets his link, then a word on each change: the password, the second factor.
    assert Courriel.objects.filter(destinataire__in=[p.email for p in SERVICE]).count() == 3 * len(SERVICE)
    assert Courriel.objects.filter(destinataire=RETIREE.email).count() == 3
    assert envoyer_dus().envoyes == Courriel.objects.count()


def test_nothing_in_the_scenario_is_in_the_future_of_the_clock(demo: None) -> None:
    assert Evenement.objects.filter(le__gt=maintenant()).count() == 0
    assert Brouillon.objects.filter(modifie_le__gt=maintenant()).count() == 0
    assert Document.objects.filter(emis_le__gt=maintenant()).count() == 0
    assert DecisionDePiece.objects.filter(le__gt=maintenant()).count() == 0


def test_the_person_with_an_earlier_sitting_stops_at_epreuves_with_a_kept_note(demo: None) -> None:
    compte, cadre = Compte.objects.get(email=EN_COURS.email), principal()
    le = maintenant()
    examen = brouillons.examen(brouillons.lire(compte, cadre, le), compte, cadre, le)
    assert premiere_etape_incomplete(examen) == "epreuves"
    assert examen.epreuves is not None
    assert examen.epreuves.etats["francais"] is EtatUnite.NOTE_GARDEE


def test_the_person_whose_claim_is_to_be_decided_waits_for_the_office(demo: None) -> None:
    candidature = Candidature.objects.get(compte__email=A_DECIDER.email)
    examen = examen_de(candidature, candidature.versions.get(), candidature.compte, principal())
    assert [e.ligne.unite for e in en_attente(examen.acquis)] == ["langue-vivante-b"]


def test_the_person_who_comes_back_finds_her_earlier_sitting_proposed(demo: None) -> None:
    compte, cadre = Compte.objects.get(email=REVENUE.email), principal()
    sait = releves.connu(compte, cadre)
    assert [(r.session, len(r.lignes)) for r in sait.releves] == [(2024, 12)]
    droits = droits_connus(sait.releves, sait.inscriptions, cadre.specialites["agora"], cadre)
    assert {d.ligne.cle for d in droits if d.proposable} == {
        *("mathematiques", "U31", "prevention-sante-environnement", "langue-vivante-a", "francais", "arts-appliques")
    }


def test_the_registered_person_has_two_versions_and_two_sealed_documents(demo: None) -> None:
    candidature = Candidature.objects.get(compte__email=INSCRITE.email)
    assert candidature.derniere_version == 2
    assert "Italien" in str(candidature.versions.get(numero=2).contenu)
    documents = Document.objects.filter(compte__email=INSCRITE.email, genre=CONFIRMATION)
    assert sorted(d.version or 0 for d in documents) == [1, 2]
    assert all(d.intact for d in documents)


def test_the_demo_page_tells_who_can_log_in_and_where_each_one_is(demo: None, client: Client) -> None:
    texte = client.get("/demo/").content.decode()
    for qui in PERSONNES:
        assert qui.email in texte
        assert qui.mot_de_passe in texte
        for essai in qui.essais:
            assert essai in texte
    etat = {e["personne"]: e["etat"] for e in etats.personnes(maintenant())}
    assert etat[NOUVELLE] == "compte activé, inscription pas commencée"
    assert etat[EN_COURS] == "inscription commencée, arrêtée à l’étape\u00a05"
    numero = Candidature.objects.get(compte__email=INSCRITE.email).numero
    assert etat[INSCRITE] == f"inscription enregistrée, numéro {numero}, version\u00a02"
    assert etat[RETIREE].startswith("inscription retirée")


@pytest.mark.parametrize(("moment", "inscrits", "brouillons_commences"), [("avant", 0, 0), ("ouverture", 0, 0)])
def test_reset_at_a_moment_plays_only_what_had_happened(
    demo: None, moment: str, inscrits: int, brouillons_commences: int
) -> None:
    reset_demo(MOMENTS[moment], arrivee=timezone.now())
    assert Candidature.objects.count() == inscrits
    assert Brouillon.objects.count() == brouillons_commences
    assert Compte.objects.count() == len(PERSONNES)
    assert timedelta(0) <= maintenant() - MOMENTS[moment].instant < timedelta(seconds=30)
