"""ENREGISTRER, modifier, se désinscrire: one transaction, once, in the window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from registre.commun.models import Courriel, Evenement
from registre.documents.models import CONFIRMATION, Document
from registre.documents.numeros import verifier
from registre.inscription.models import Brouillon, Candidature, ReponseConsentement, VersionDeCandidature
from registre.inscription.usecases.register_candidature import register_candidature
from registre.regles.recapitulatif import empreinte
from tests.inscription.scenario import (
    CLOTURE,
    LE,
    OUVERTURE,
    SAISIES,
    adresse,
    connecter,
    creer_candidat,
    enregistrer,
    heure_du_registre,
    poster,
    remplir,
    vu,
)

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)


@pytest.fixture
def candidat():
    return creer_candidat()


@pytest.fixture
def client(candidat):
    return connecter(candidat)


@pytest.fixture
def _dans_la_periode():
    with heure_du_registre(LE):
        yield


def traces():
    modeles = (Candidature, VersionDeCandidature, Document, Courriel, Evenement, ReponseConsentement)
    return {m.__name__: m.objects.count() for m in modeles}


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("recapitulatif.enregistrer", "recapitulatif.numero-inscription", "L-58")
@pytest.mark.passages("documents.deux-origines", "compte.courriel-a-chaque-document", "S20")
def test_enregistrer_gives_a_number_a_version_a_document_one_mail_and_one_journal_line(client, candidat):
    remplir(client)
    assert not Candidature.objects.exists()
    reponse = enregistrer(client)
    assert reponse.headers["Location"] == adresse("candidature")
    candidature = Candidature.objects.get()
    assert candidature.numero == "2026-" + f"{candidature.pk:06d}" + candidature.numero[-2:]
    assert verifier(candidature.numero)
    version = candidature.versions.get()
    assert (version.numero, version.enregistree_le) == (1, LE)
    assert version.empreinte == empreinte(version.contenu)
    document = Document.objects.get(genre=CONFIRMATION)
    assert (document.candidature, document.version) == (candidature.numero, 1)
    courriel = Courriel.objects.get()
    assert courriel.destinataire == candidat.email
    assert candidature.numero in courriel.texte
    assert mail.outbox == []  # nothing leaves the process inside the transaction
    actes = list(Evenement.objects.filter(objet=f"candidature:{candidature.numero}").values_list("acte", flat=True))
    assert actes == ["candidature_enregistree"]
    page = client.get(reponse.headers["Location"]).content.decode()
    assert f"sous le numéro {candidature.numero}" in page


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("compte.etat-civil-piece-identite", "P6")
def test_the_identity_freezes_with_the_first_candidature(client, candidat):
    remplir(client)
    candidat.refresh_from_db()
    assert candidat.identite_figee_le is None
    enregistrer(client)
    candidat.refresh_from_db()
    assert candidat.identite_figee_le == LE


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("F2", "modification.nouvelle-version", "L-30")
def test_the_same_post_again_shows_the_same_number_and_changes_nothing(client):
    remplir(client)
    jeton = vu(client)
    client.post(adresse("enregistrer"), {"vu": jeton})
    avant = traces()
    for _ in range(3):
        reponse = client.post(adresse("enregistrer"), {"vu": jeton}, follow=True)
        assert "reste enregistrée en version 1" in reponse.content.decode()
    enregistrer(client)
    assert traces() == avant


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("modification.periode", "modification.nouvelle-version", "modification.courriel", "R119")
def test_a_modification_makes_version_two_its_document_its_mail_and_keeps_the_number(client):
    remplir(client)
    enregistrer(client)
    numero = Candidature.objects.get().numero
    poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
    page = client.get(adresse("etape", etape="recapitulatif")).content.decode()
    assert "Ce qui change depuis la dernière version enregistrée" in page
    assert "Cette modification annule la confirmation déjà signée" in page
    assert "Vos changements ne sont pas encore enregistrés" in client.get(adresse("candidature")).content.decode()
    enregistrer(client)
    candidature = Candidature.objects.get()
    assert candidature.numero == numero
    assert list(candidature.versions.order_by("numero").values_list("numero", flat=True)) == [1, 2]
    sujets = list(Courriel.objects.order_by("pk").values_list("sujet", flat=True))
    assert sujets[1].startswith("Modification d’inscription\u00a0:") or sujets[1].startswith(
        "Modification d’inscription :"
    )
    differences = Document.objects.get(genre=CONFIRMATION, version=2).contenu["differences"]
    assert any("Italien" in d["apres"] for d in differences)
    assert "Vos changements ne sont pas encore enregistrés" not in client.get(adresse("candidature")).content.decode()


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("etapes.qualification.forme-definitive", "L-34", "S29")
def test_the_forme_de_passage_cannot_change_after_the_first_save(client):
    remplir(client)
    enregistrer(client)
    poster(client, "qualification", {"specialite": "agora", "forme_de_passage": "progressive"})
    reponse = client.post(adresse("enregistrer"), {"vu": "0" * 64})
    assert reponse.headers["Location"] == adresse("etape", etape="qualification")
    assert Candidature.objects.get().versions.count() == 1
    assert "ce choix est définitif" in client.get(adresse("etape", etape="qualification")).content.decode()


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("S29")
def test_enregistrer_first_is_refused_and_leads_to_the_step_to_fill(client):
    reponse = client.post(adresse("enregistrer"), {"vu": ""})
    assert reponse.headers["Location"] == adresse("etape", etape="identification")
    assert traces() == dict.fromkeys(traces(), 0)


@pytest.mark.usefixtures("_dans_la_periode")
def test_a_draft_that_moved_since_the_recapitulatif_was_seen_is_shown_again(client):
    remplir(client)
    jeton = vu(client)
    poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
    reponse = client.post(adresse("enregistrer"), {"vu": jeton})
    assert reponse.headers["Location"] == adresse("etape", etape="recapitulatif")
    assert not Candidature.objects.exists()


@pytest.mark.passages("inscription.periode", "inscription.hors-periode", "L-31", "F26")
@pytest.mark.parametrize(
    ("le", "permis"),
    [(OUVERTURE - MICRO, False), (OUVERTURE, True), (CLOTURE - MICRO, True), (CLOTURE, False)],
)
def test_the_side_of_the_window_is_decided_to_the_microsecond_by_arrival(candidat, le, permis):
    with heure_du_registre(LE):
        client = connecter(candidat)
        remplir(client)
        jeton = vu(client)
    with heure_du_registre(le):
        reponse = connecter(candidat).post(adresse("enregistrer"), {"vu": jeton})
    assert (reponse.status_code, Candidature.objects.exists()) == ((302, True) if permis else (403, False))
    assert Brouillon.objects.get().saisies == SAISIES | {"candidature": Brouillon.objects.get().saisies["candidature"]}


@pytest.mark.passages("inscription.hors-periode", "modification.periode", "contact.courriel-et-telephones", "F23")
def test_a_late_attempt_says_when_it_arrived_what_counts_and_whom_to_call_and_keeps_the_draft(candidat):
    with heure_du_registre(LE):
        client = connecter(candidat)
        remplir(client)
        enregistrer(client)
        poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
        jeton = vu(client)
    with heure_du_registre(CLOTURE + timedelta(seconds=5)):
        client = connecter(candidat)
        reponse = client.post(adresse("enregistrer"), {"vu": jeton})
        page = reponse.content.decode()
        tardive = poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "portugais"})
    assert reponse.status_code == 403
    assert "le vendredi 7\u00a0novembre 2025 à 17\u00a0h\u00a000\u00a0min\u00a005\u00a0s (heure de Paris)" in page
    assert "version 1" in page
    assert Candidature.objects.get().numero in page
    assert "ce.bacpro@ac-clermont.fr" in page
    assert "04.73.99.34.32" in page
    assert tardive.status_code == 403
    assert Brouillon.objects.get().saisies["epreuves"]["lvf"] == "portugais"
    assert Candidature.objects.get().versions.count() == 1


@pytest.mark.passages("F26", "L-31")
def test_both_half_past_two_of_the_night_of_october_are_in_order(candidat):
    from datetime import UTC, datetime

    with heure_du_registre(datetime(2025, 10, 26, 0, 30, tzinfo=UTC)):  # 2 h 30, summer time
        client = connecter(candidat)
        remplir(client)
        enregistrer(client)
    with heure_du_registre(datetime(2025, 10, 26, 1, 30, tzinfo=UTC)):  # 2 h 30 again, winter time
        client = connecter(candidat)
        poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
        enregistrer(client)
    instants = list(VersionDeCandidature.objects.order_by("numero").values_list("enregistree_le", flat=True))
    assert instants == sorted(instants)
    textes = [
        d.contenu["enregistree_le_texte"] for d in Document.objects.filter(genre=CONFIRMATION).order_by("version")
    ]
    assert (
        textes[0]
        == textes[1]
        == "le dimanche 26\u00a0octobre 2025 à 2\u00a0h\u00a030\u00a0min\u00a000\u00a0s (heure de Paris)"
    )


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("L-49")
def test_withdrawal_keeps_the_number_sends_one_mail_and_lets_register_again(client):
    remplir(client)
    enregistrer(client)
    premier = Candidature.objects.get()
    assert premier.numero in client.get(adresse("desinscription")).content.decode()
    client.post(adresse("desinscription"))
    client.post(adresse("desinscription"))
    premier.refresh_from_db()
    assert (premier.etat, premier.retiree_le) == ("retiree", LE)
    assert Courriel.objects.filter(sujet__startswith="Désinscription").count() == 1
    assert Evenement.objects.filter(acte="candidature_retiree").count() == 1
    poster(client, "qualification", {"specialite": "agora", "forme_de_passage": "progressive"})
    assert "ce choix est définitif" in client.get(adresse("etape", etape="qualification")).content.decode()
    poster(client, "qualification", SAISIES["qualification"])
    enregistrer(client)
    assert Candidature.objects.count() == 2
    assert Candidature.objects.get(etat="enregistree").numero != premier.numero


@pytest.mark.passages("L-49")
def test_withdrawal_after_closing_is_refused(candidat):
    with heure_du_registre(LE):
        client = connecter(candidat)
        remplir(client)
        enregistrer(client)
    with heure_du_registre(CLOTURE):
        assert connecter(candidat).post(adresse("desinscription")).status_code == 403
    assert Candidature.objects.get().etat == "enregistree"


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("etapes.candidature.diffusion-resultats", "L-45")
def test_each_consent_keeps_its_answer_its_date_and_its_author(client, candidat):
    remplir(client)
    enregistrer(client)
    lues = {r.code: (r.reponse, r.le, r.auteur) for r in ReponseConsentement.objects.all()}
    assert lues["internet"] == ("oui", LE, candidat)
    assert lues["presse"] == ("", LE, candidat)


class PanneInjectee(Exception):
    pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("F4")
@pytest.mark.parametrize("modification", [False, True])
def test_a_fault_at_the_nth_statement_leaves_nothing_or_everything(client, candidat, modification):
    remplir(client)
    if modification:
        enregistrer(client)
        poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
    jeton, avant, brouillon = vu(client), traces(), Brouillon.objects.values().get()
    from registre.commun.cadres import principal

    for n in range(1, 60):
        compte = 0

        def casser(execute, sql, params, many, context, n=n):
            nonlocal compte
            compte += 1
            if compte == n:
                raise PanneInjectee(sql)
            return execute(sql, params, many, context)

        candidat.refresh_from_db()
        try:
            with connection.execute_wrapper(casser):
                fait = register_candidature(candidat, principal(), vu=jeton, le=LE)
        except PanneInjectee:
            assert traces() == avant
            assert Brouillon.objects.values().get() == brouillon
            continue
        break
    else:
        pytest.fail("the loop never ended")
    assert n > 8
    assert fait.nouvelle
    apres = traces()
    assert apres["VersionDeCandidature"] == avant["VersionDeCandidature"] + 1
    # The confirmation each time; the demande de pièces when the list is new.
    assert apres["Document"] == avant["Document"] + (1 if modification else 2)
    assert apres["Courriel"] == avant["Courriel"] + 1


@pytest.mark.usefixtures("_dans_la_periode")
def test_queries_of_enregistrer_are_bounded(client, django_assert_max_num_queries):
    remplir(client)
    jeton = vu(client)
    with django_assert_max_num_queries(33):
        client.post(adresse("enregistrer"), {"vu": jeton})


@pytest.mark.usefixtures("_dans_la_periode")
@pytest.mark.passages("validation.etapes-obligatoires", "validation.difficulte-contact", "L-44")
def test_a_registered_candidate_sees_the_pieces_his_situation_asks_for_each_with_its_reason(client):
    remplir(client, epreuves={"eps_cas": "inapte", "eps_activites": []})
    enregistrer(client)
    page = client.get(adresse("candidature"))
    libelles = " ".join(p["libelle"] for p in page.context["pieces"])
    for attendu in ("écapitulatif", "domicile", "ravail", "médical"):
        assert attendu in libelles
    assert all(p["raisons"] for p in page.context["pieces"])
    assert f'href="{adresse("justificatifs")}"' in page.content.decode()


@pytest.mark.usefixtures("_dans_la_periode")
def test_a_request_that_the_new_specialite_does_not_have_is_named_and_said_to_go(client):
    acquis = {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_langue-vivante-b": "oui"}
    remplir(client, acquis=acquis, epreuves={"lvb": ""})
    poster(client, "qualification", {"specialite": "tma-technicien-menuisier-agenceur", "forme_de_passage": "globale"})
    page = client.get(adresse("etape", etape="acquis")).content.decode()
    assert "Langue vivante B\u00a0: Votre spécialité ne comporte pas cette épreuve" in page
    assert "Cette demande sera retirée quand vous cliquerez sur «\u00a0Suivant\u00a0»" in page


@pytest.mark.passages("modification.periode")
def test_after_closing_the_page_does_not_ask_to_save_what_cannot_be(candidat):
    with heure_du_registre(LE):
        client = connecter(candidat)
        remplir(client)
        enregistrer(client)
        poster(client, "epreuves", SAISIES["epreuves"] | {"lvf": "italien"})
    with heure_du_registre(CLOTURE + timedelta(hours=1)):
        page = connecter(candidat).get(adresse("candidature")).content.decode()
    assert "ces changements ne seront pas pris en compte" in page
    assert "cliquez sur «&nbsp;ENREGISTRER&nbsp;»" not in page
