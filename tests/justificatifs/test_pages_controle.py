"""The pages of the control: the queue, a piece, its marked images, its original, and who else holds it."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from registre.commun.cadres import principal
from registre.commun.models import Evenement
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.models import DecisionDePiece, FenetreRouverte, FichierDepose, PieceJustificative
from registre.justificatifs.usecases.reserve_piece import reserve_piece
from tests.comptes.facteur import connecter_agent
from tests.inscription.scenario import LE
from tests.justificatifs.scenario import (
    RECAPITULATIF,
    accepter,
    candidat_inscrit,
    candidature_de,
    creer_agent,
    deposer,
    envoyer,
    jpeg,
    ligne,
    modifier,
    recapitulatif,
    refuser,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heure")]
ACADEMIE = "clermont-ferrand"
FILE = f"/gestion/{ACADEMIE}/controle/"
INSECABLE = "\u00a0"


@pytest.fixture
def envoyee(candidat):
    deposer(candidat, octets=jpeg("recto"), nom="recto.jpg")
    deposer(candidat)
    envoyer(candidat)
    return candidat


def adresse(compte, cle="identite", **plus: Any) -> str:
    valeurs = {"academie": ACADEMIE, "numero": candidature_de(compte).numero, "piece": cle}
    return reverse("controle_piece", kwargs=valeurs | plus)


def champs(page: Any, action: str) -> dict[str, str]:
    """The hidden fields of the form that does this act, as the page gives them."""
    html = page.content.decode()
    formulaire = next(f for f in re.findall(r"<form.*?</form>", html, re.DOTALL) if f'value="{action}"' in f)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', formulaire))


def agir(client: Client, compte, action: str, cle="identite", **donnees: Any) -> Any:
    page = client.get(adresse(compte, cle))
    return client.post(adresse(compte, cle), champs(page, action) | donnees)


def texte(page: Any) -> str:
    return page.content.decode().replace("&nbsp;", INSECABLE).replace("&#x27;", "'")


# --- The queue -------------------------------------------------------------------------------------------------


def test_an_empty_queue_says_so_and_taking_from_it_too(bureau):
    assert "Aucune pièce n’attend de contrôle" in texte(bureau.get(FILE))
    page = bureau.post(FILE, follow=True)
    assert "Aucune pièce libre" in texte(page)


def test_the_queue_counts_by_group_and_lists_the_oldest_first(bureau, envoyee):
    deposer(envoyee, "domicile")
    envoyer(envoyee, "domicile", le=LE + timedelta(minutes=5))
    page = bureau.get(FILE)
    assert page.context["nombre"] == 2
    assert sorted(page.context["par_groupe"]) == [("Domicile", 1), ("Identité", 1)]
    assert [x["piece"].cle for x in page.context["premieres"]] == ["identite", "domicile"]


def test_the_number_of_queries_of_the_queue_does_not_grow(bureau, envoyee):
    bureau.get(FILE)
    with CaptureQueriesContext(
        connection,
    ) as avant:
        bureau.get(FILE)
    autre = candidat_inscrit("autre@demo.example")
    for cle in ("identite", "domicile"):
        deposer(autre, cle)
        envoyer(autre, cle)
    with CaptureQueriesContext(connection) as apres:
        assert bureau.get(FILE).context["nombre"] == 3
    assert len(apres) == len(avant)


def test_the_button_reserves_the_oldest_piece_and_opens_it(bureau, agent, envoyee):
    reponse = bureau.post(FILE)
    assert reponse.url == adresse(envoyee)
    assert ligne(envoyee).reservee_par == agent
    assert f"Réservée pour vous, encore 10{INSECABLE}minutes" in texte(bureau.get(reponse.url))


@pytest.mark.parametrize(
    ("passees", "reste"),
    [
        (timedelta(), "10{}minutes"),
        (timedelta(minutes=2, seconds=30), "8{}minutes"),
        (timedelta(minutes=9, seconds=59), "1{}minute<"),
    ],
)
def test_a_reservation_says_how_long_it_still_lasts(bureau, agent, envoyee, passees, reste):
    reserve_piece(agent, ligne(envoyee), maintenant=LE - passees)
    attendu = f"Réservée pour vous, encore {reste.format(INSECABLE)}"
    assert attendu in texte(bureau.get(adresse(envoyee)))
    assert attendu in texte(bureau.get(FILE))


def test_the_queue_names_the_candidates_and_says_its_order(bureau, envoyee):
    page = texte(bureau.get(FILE))
    assert "Roche Camille Anne" in page
    assert f"d’abord les déclarations «{INSECABLE}non concerné{INSECABLE}», puis celles que personne" in page


def test_the_pages_of_the_service_do_not_speak_to_the_candidate(bureau, envoyee):
    for chemin in (FILE, adresse(envoyee)):
        page = texte(bureau.get(chemin))
        assert "Document justifiant l’identité" in page
        assert "votre identité" not in page


def test_the_queue_of_an_academie_holds_nothing_of_another(envoyee):
    ailleurs = connecter_agent(creer_agent("ailleurs@exemple.fr", academie="lyon"))
    assert ailleurs.get("/gestion/lyon/controle/").context["nombre"] == 0
    assert ailleurs.post("/gestion/lyon/controle/").url == "/gestion/lyon/controle/"


# --- A piece -----------------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.statut.par-le-gestionnaire")
def test_the_page_shows_each_page_and_what_to_compare_with(bureau, envoyee):
    page = bureau.get(adresse(envoyee))
    assert [(p.fichier.nom, p.numero, p.rang) for p in page.context["pages"]] == [
        ("recto.jpg", 1, 1),
        ("scan.pdf", 1, 2),
    ]
    for attendu in ("Roche", "Camille Anne", "14/03/1990", "12 rue des Tanneurs", "Envoyée, à contrôler"):
        assert attendu in texte(page)
    assert "Anglais" not in texte(page)  # an identity paper proves no language
    assert "Domicile" not in [f.libelle for f in page.context["faits"].lignes]


def test_the_address_is_compared_with_the_paper_that_proves_it(bureau, candidat):
    page = bureau.get(adresse(candidat, "domicile"))
    [domicile] = [f.valeur for f in page.context["faits"].lignes if f.libelle == "Domicile"]
    assert "12 rue des Tanneurs" in domicile
    assert f"<dt>Domicile</dt><dd>{domicile}</dd>" in page.content.decode()


def test_zoom_and_rotation_work_by_links(bureau, envoyee):
    page = bureau.get(adresse(envoyee), {"zoom": "150", "tourner": "270"})
    assert "controle-image--150" in texte(page)
    assert page.context["pages"][0].source.endswith("?tourner=270")
    assert page.context["agrandir"] == "?zoom=200&tourner=270#pages"
    assert page.context["pivoter"] == "?zoom=150&tourner=0#pages"
    faux = bureau.get(adresse(envoyee), {"zoom": "9000", "tourner": "12"})
    assert (faux.context["zoom"], faux.context["tourner"]) == (100, 0)


@pytest.mark.passages("L-30")
def test_the_signed_recap_says_what_its_code_said(bureau, candidat):
    deposer(candidat, RECAPITULATIF, recapitulatif(candidat))
    assert f"Lu{INSECABLE}: version 1." in texte(bureau.get(adresse(candidat, RECAPITULATIF)))
    modifier(candidat)
    page = texte(bureau.get(adresse(candidat, RECAPITULATIF)))
    assert "La personne doit signer et déposer la version 2" in page
    assert "Version dépassée" in page


@pytest.mark.passages("L-30")
def test_a_recap_without_a_readable_code_asks_the_officer_to_look(bureau, candidat):
    deposer(candidat, RECAPITULATIF)
    assert "Vérifiez vous-même que la page porte ce numéro et cette version." in texte(
        bureau.get(adresse(candidat, RECAPITULATIF))
    )


def test_a_piece_not_sent_yet_offers_no_decision(bureau, candidat):
    deposer(candidat)
    page = bureau.get(adresse(candidat))
    assert len(page.context["permis"]) == 5
    assert not any(page.context["permis"].values())
    assert "Attendez son envoi" in texte(page)


def test_a_piece_that_the_candidature_does_not_ask_is_not_found(bureau, candidat):
    assert bureau.get(adresse(candidat, "jdc")).status_code == 404
    assert bureau.get(adresse(candidat, "rien-de-tel")).status_code == 404
    assert bureau.post(adresse(candidat, "jdc"), {"action": "accepter"}).status_code == 404


@pytest.mark.passages("P7", "P14")
def test_opening_a_piece_is_written_in_the_journal(bureau, agent, envoyee):
    bureau.get(adresse(envoyee))
    ecrite = Evenement.objects.get(acte="candidature_consultee")
    assert (ecrite.acteur, ecrite.objet) == (agent, f"candidature:{candidature_de(envoyee).numero}")
    assert ecrite.details == {"piece": "identite"}


# --- Decisions ---------------------------------------------------------------------------------------------------


@pytest.mark.passages("pieces.statut.conforme", "pieces.statut.par-le-gestionnaire")
def test_conforme_with_a_reception_date_then_back_to_the_piece(bureau, envoyee):
    reponse = agir(bureau, envoyee, "accepter", recue_le="18/10/2025", suite="")
    assert reponse.url == adresse(envoyee)
    page = texte(bureau.get(reponse.url))
    assert "la pièce est conforme" in page
    assert "18/10/2025" in page
    assert ligne(envoyee).etat == PieceJustificative.Etat.CONFORME


def test_a_decision_may_lead_straight_to_the_next_piece(bureau, agent, envoyee):
    deposer(envoyee, "domicile")
    envoyer(envoyee, "domicile")
    assert agir(bureau, envoyee, "accepter", suite="suivante").url == adresse(envoyee, "domicile")
    assert ligne(envoyee, "domicile").reservee_par == agent
    suivante = texte(bureau.get(adresse(envoyee, "domicile")))
    fait = f"«{INSECABLE}Document justifiant l’identité{INSECABLE}»{INSECABLE}: la pièce est conforme."
    assert f"Roche Camille Anne, {fait}" in suivante
    assert agir(bureau, envoyee, "accepter", "domicile", suite="suivante").url == FILE


@pytest.mark.passages("pieces.statut.non-conforme")
def test_the_candidate_reads_the_reason_then_the_comment(bureau, envoyee):
    agir(bureau, envoyee, "refuser", raison="illisible", commentaire="Le bas est coupé.", suite="")
    dit = ligne(envoyee).commentaire
    assert dit.endswith("\nLe bas est coupé.")
    assert DecisionDePiece.objects.get().raison == "illisible"
    assert "Le bas est coupé." in texte(bureau.get(adresse(envoyee)))


def test_refusing_with_nothing_chosen_is_told_on_the_reasons(bureau, envoyee):
    refus = agir(bureau, envoyee, "refuser", commentaire="", suite="")
    (fautif,) = refus.context["saisies"].fautifs
    assert fautif.errors.keys() == {"raison"}
    assert 'href="#refuser-raison' in texte(refus)
    assert ligne(envoyee).etat == PieceJustificative.Etat.DEPOSEE


def test_another_reason_needs_its_words_and_what_was_typed_stays(bureau, envoyee):
    refus = agir(bureau, envoyee, "refuser", raison="autre", commentaire="  ", suite="")
    assert refus.status_code == 200
    assert "Dites à la personne ce qui ne va pas" in texte(refus)
    assert texte(refus).count("<title>Erreur") == 1
    assert 'value="autre" id="refuser-raison' in texte(refus)
    assert refus.context["saisies"].fautifs[0].errors.keys() == {"commentaire"}
    agir(bureau, envoyee, "refuser", raison="autre", commentaire="Ce n’est pas vous.", suite="")
    assert ligne(envoyee).commentaire == "Ce n’est pas vous."


def test_only_the_reasons_of_this_kind_of_piece_are_offered(bureau, envoyee):
    page = texte(bureau.get(adresse(envoyee)))
    offertes = set(re.findall(r'name="raison" value="([\w-]+)"', page))
    assert offertes == {r.code for r in principal().pieces.raisons_pour("identite")} | {"autre"}


@pytest.mark.parametrize(
    ("tape", "message"),
    [("32/13/2025", "n’existe pas"), ("demain", "par exemple 30/10/2025"), ("25/12/2030", "dans le futur")],
)
def test_a_wrong_reception_date_is_told_next_to_its_field(bureau, envoyee, tape, message):
    refus = agir(bureau, envoyee, "recevoir", recue_le=tape, suite="")
    assert refus.status_code == 200
    assert message in texte(refus)
    assert refus.context["saisies"].fautifs[0].errors.keys() == {"recue_le"}
    assert 'aria-invalid="true"' in texte(refus)
    assert tape in texte(refus)
    assert ligne(envoyee).etat == PieceJustificative.Etat.DEPOSEE


@pytest.mark.passages("pieces.statut.recue", "pieces.non-dematerialisee")
def test_a_paper_received_before_any_deposit_is_recue(bureau, candidat):
    agir(bureau, candidat, "recevoir", recue_le="17/10/2025", suite="")
    piece = ligne(candidat)
    assert (piece.etat, str(piece.recue_le)) == ("recue", "2025-10-17")


@pytest.mark.passages("L-08")
def test_a_window_is_reopened_until_the_end_of_the_day_or_an_hour(bureau, agent, candidat):
    agir(bureau, candidat, "rouvrir", ferme_le="30/11/2025", heure="", motif="Courrier perdu")
    agir(bureau, candidat, "rouvrir", ferme_le="30/11/2025", heure="17 h 30", motif="Courrier perdu")
    fins = FenetreRouverte.objects.order_by("ferme_le").values_list("ferme_le", flat=True)
    assert [f.isoformat() for f in fins] == ["2025-11-30T16:30:00+00:00", "2025-11-30T23:00:00+00:00"]
    assert "Le dépôt de cette pièce est déjà rouvert" in texte(bureau.get(adresse(candidat)))


@pytest.mark.parametrize(
    ("champs_tapes", "message"),
    [
        ({"ferme_le": "", "motif": "x"}, "Donnez le jour"),
        ({"ferme_le": "30/11/2025", "motif": ""}, "Dites pourquoi"),
        ({"ferme_le": "01/10/2025", "motif": "x"}, "déjà passée"),
        ({"ferme_le": "30/11/2025", "heure": "25 h", "motif": "x"}, "Écrivez l’heure"),
        ({"ferme_le": "31/12/9999", "motif": "x"}, "Écrivez le jour"),
    ],
)
def test_a_wrong_window_is_refused_with_its_reason(bureau, candidat, champs_tapes, message):
    refus = agir(bureau, candidat, "rouvrir", **champs_tapes)
    assert refus.status_code == 200
    assert message in texte(refus)
    assert not FenetreRouverte.objects.exists()


# --- Two officers, or an officer and the candidate ------------------------------------------------------------------


@pytest.mark.passages("F28", "F29")
def test_a_piece_that_changed_shows_what_changed_and_loses_nothing_typed(bureau, envoyee):
    vue = champs(bureau.get(adresse(envoyee)), "refuser")
    refuser(creer_agent("autre@exemple.fr", nom="Lefort"), envoyee, commentaire="Vu par un autre.")
    reponse = bureau.post(
        adresse(envoyee), vue | {"raison": "autre", "commentaire": "Mes mots tapés.", "suite": "suivante"}
    )
    assert reponse.status_code == 409
    page = texte(reponse)
    assert "a changé pendant que vous la regardiez" in page
    assert "Lefort" in page
    assert "Mes mots tapés." in page
    changements = {c["libelle"]: (c["avant"], c["apres"]) for c in reponse.context["changements"]}
    assert changements["État"] == ("Envoyée, à contrôler", "Non conforme")
    assert "Vu par un autre." in changements["Commentaire"][1]
    assert DecisionDePiece.objects.count() == 1
    # The page now carries what is true: the same words may be sent again.
    encore = bureau.post(
        adresse(envoyee), champs(reponse, "refuser") | {"raison": "autre", "commentaire": "Les miens."}
    )
    assert encore.status_code == 302
    assert ligne(envoyee).commentaire == "Les miens."


@pytest.mark.passages("F28")
def test_a_decision_on_an_older_version_of_the_candidature_is_stopped(bureau, envoyee):
    vue = champs(bureau.get(adresse(envoyee)), "accepter")
    modifier(envoyee)
    reponse = bureau.post(adresse(envoyee), vue)
    assert reponse.status_code == 409
    assert [c["libelle"] for c in reponse.context["changements"]] == ["Dernière version de la candidature"]


@pytest.mark.parametrize("vu", ["", "faux", "x" * 5000])
def test_what_was_seen_cannot_be_forged_into_an_error(bureau, envoyee, vu):
    reponse = bureau.post(adresse(envoyee), {"action": "accepter", "revision": "0", "version": "abc", "vu": vu})
    assert reponse.status_code == 409


def test_a_piece_held_by_another_is_read_only_and_says_until_when(bureau, envoyee):
    vue = champs(bureau.get(adresse(envoyee)), "accepter")
    autre = creer_agent("autre@exemple.fr", nom="Lefort")
    reserve_piece(autre, ligne(envoyee), maintenant=LE)
    page = bureau.get(adresse(envoyee))
    assert f"Alix Lefort contrôle cette pièce, encore 10{INSECABLE}minutes." in texte(page)
    assert 'value="accepter"' not in texte(page)
    assert page.context["permis"] == {}
    for action in (vue, {"action": "prendre"}):
        reponse = bureau.post(adresse(envoyee), action)
        assert reponse.status_code == 409
        assert "Alix Lefort contrôle cette pièce" in texte(reponse)
    assert ligne(envoyee).etat == PieceJustificative.Etat.DEPOSEE


def test_a_piece_is_taken_given_back_or_left_for_later(bureau, agent, envoyee):
    deposer(envoyee, "domicile")
    envoyer(envoyee, "domicile")
    agir(bureau, envoyee, "prendre")
    assert ligne(envoyee).reservee_par == agent
    assert agir(bureau, envoyee, "passer").url == adresse(envoyee, "domicile")
    assert (ligne(envoyee).reservee_par, ligne(envoyee, "domicile").reservee_par) == (None, agent)
    agir(bureau, envoyee, "rendre", "domicile")
    assert ligne(envoyee, "domicile").reservee_par is None


def test_an_unknown_act_does_nothing(bureau, envoyee):
    assert bureau.post(adresse(envoyee), {"action": "valider"}).url == adresse(envoyee)
    assert not DecisionDePiece.objects.exists()


# --- Files -------------------------------------------------------------------------------------------------------


def page_de(fichier: FichierDepose, page: int = 1, academie: str = ACADEMIE) -> str:
    return reverse("controle_page", kwargs={"academie": academie, "fichier": fichier.reference, "page": page})


def original_de(fichier: FichierDepose) -> str:
    return reverse("controle_original", kwargs={"academie": ACADEMIE, "fichier": fichier.reference})


@pytest.mark.passages("P16", "S36")
def test_a_page_is_a_marked_image_of_the_same_size(bureau, envoyee):
    fichier = FichierDepose.objects.first()
    nue = coffre.lire(fichier.pages[0]["cle"])
    reponse = bureau.get(page_de(fichier))
    assert reponse.status_code == 200
    assert reponse.headers["Content-Type"] == "image/jpeg"
    assert reponse.headers["Cache-Control"] == "no-store, private"
    assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reponse.headers["Content-Security-Policy"]
    marquee = Image.open(io.BytesIO(reponse.content))
    assert marquee.size == Image.open(io.BytesIO(nue)).size
    assert reponse.content != nue
    largeur, hauteur = marquee.size
    tournee = bureau.get(page_de(fichier), {"tourner": "90"})
    assert Image.open(io.BytesIO(tournee.content)).size == (hauteur, largeur)


@pytest.mark.passages("P7")
def test_each_view_of_a_page_is_one_line_of_the_journal(bureau, agent, envoyee):
    fichiers = list(FichierDepose.objects.all())
    for _ in range(2):
        for fichier in fichiers:
            bureau.get(page_de(fichier))
    vues = Evenement.objects.filter(acte="piece_vue")
    assert vues.count() == 4
    assert {e.acteur for e in vues} == {agent}
    assert {e.details["fichier"] for e in vues} == {str(f.reference) for f in fichiers}
    assert {(e.details["piece"], e.details["page"]) for e in vues} == {("identite", 1)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.passages("P7", "F20")
def test_without_its_line_in_the_journal_no_image_is_served(agent, envoyee):
    client = connecter_agent(agent, Client(raise_request_exception=False))
    fichier = FichierDepose.objects.first()
    with connection.execute_wrapper(_journal_plein):
        image, original = client.get(page_de(fichier)), client.post(original_de(fichier), {"motif": "illisible"})
        page = client.get(adresse(envoyee))
    assert [r.status_code for r in (image, original, page)] == [503, 503, 503]
    assert not Evenement.objects.filter(acte__in=("piece_vue", "original_telecharge")).exists()


def _journal_plein(execute: Any, sql: str, *suite: Any) -> Any:
    if sql.startswith('INSERT INTO "commun_evenement"'):
        raise OperationalError("disk full")
    return execute(sql, *suite)


@pytest.mark.passages("S24", "S25")
def test_files_of_another_academie_answer_like_files_that_do_not_exist(envoyee):
    ailleurs = connecter_agent(creer_agent("ailleurs@exemple.fr", academie="lyon"))
    fichier = FichierDepose.objects.first()
    assert ailleurs.get(page_de(fichier, academie="lyon")).status_code == 404
    assert ailleurs.get(page_de(fichier)).status_code == 404
    assert not Evenement.objects.filter(acte="piece_vue").exists()


@pytest.mark.parametrize("numero", [0, 2, 999999])
def test_a_page_that_the_file_has_not_is_not_found(bureau, envoyee, numero):
    assert bureau.get(page_de(FichierDepose.objects.first(), numero)).status_code == 404


@pytest.mark.passages("P16", "S36", "S38")
def test_an_original_needs_a_reason_and_comes_as_it_was_sent(bureau, agent, envoyee):
    fichier = FichierDepose.objects.first()
    refus = bureau.post(original_de(fichier), {"motif": "  "})
    assert refus.status_code == 200
    assert "Dites pourquoi vous avez besoin" in texte(refus)
    assert "Raccourcissez le motif" in texte(bureau.post(original_de(fichier), {"motif": "x" * 301}))
    assert bureau.get(original_de(fichier)).url == adresse(envoyee)
    assert not Evenement.objects.filter(acte="original_telecharge").exists()

    reponse = bureau.post(original_de(fichier), {"motif": "Image illisible à l’écran"})
    assert reponse.content == jpeg("recto")
    assert reponse.headers["Content-Type"] == "application/octet-stream"
    numero = candidature_de(envoyee).numero
    assert reponse.headers["Content-Disposition"].startswith(f'attachment; filename="{numero}-identite-')
    assert "recto" not in reponse.headers["Content-Disposition"]
    assert "sandbox" in reponse.headers["Content-Security-Policy"]
    ecrite = Evenement.objects.get(acte="original_telecharge")
    assert (ecrite.acteur, ecrite.details["motif"]) == (agent, "Image illisible à l’écran")


@pytest.mark.passages("F14")
def test_a_vault_that_does_not_answer_is_told_and_nothing_is_logged_as_seen(bureau, envoyee, coffre_en_panne):
    fichier = FichierDepose.objects.first()
    for cle in (fichier.pages[0]["cle"], fichier.original):
        coffre.effacer_un(cle)
        Path(coffre.default_storage.path(cle)).mkdir()  # reading it is an error of the system
    for reponse in (bureau.get(page_de(fichier)), bureau.post(original_de(fichier), {"motif": "illisible"})):
        assert reponse.status_code == 503
        assert reponse.headers["Retry-After"] == "60"
    assert not Evenement.objects.filter(acte__in=("piece_vue", "original_telecharge")).exists()


@pytest.mark.passages("F16")
@pytest.mark.parametrize("panne", ["perdu", "altéré"])
def test_a_file_lost_or_altered_is_named_so_to_the_office_and_can_be_deposited_again(bureau, agent, envoyee, panne):
    fichier = FichierDepose.objects.first()
    for cle in (fichier.pages[0]["cle"], fichier.original):
        chemin = Path(coffre.default_storage.path(cle))
        octets = chemin.read_bytes()
        chemin.unlink()
        if panne == "altéré":
            chemin.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
    for reponse in (bureau.get(page_de(fichier)), bureau.post(original_de(fichier), {"motif": "illisible"})):
        assert reponse.status_code == 410
        assert "Fichier altéré" in texte(reponse)
    assert not Evenement.objects.filter(acte__in=("piece_vue", "original_telecharge")).exists()
    refuser(agent, envoyee)
    deposer(envoyee, octets=jpeg("recto"), nom="recto.jpg")
    assert bureau.get(page_de(FichierDepose.objects.get(remplace_le=None))).status_code == 200


def test_replaced_files_stay_within_reach_with_the_decision_that_judged_them(bureau, agent, envoyee):
    refuser(agent, envoyee)
    deposer(envoyee, octets=jpeg("nouvelle"), nom="nouvelle.jpg")
    page = bureau.get(adresse(envoyee))
    assert [f.nom for f, _ in page.context["fichiers"]] == ["nouvelle.jpg"]
    assert [f.nom for f, _, _ in page.context["remplaces"]] == ["recto.jpg", "scan.pdf"]
    assert f"Alix Martin{INSECABLE}: Non conforme" in texte(page)


@pytest.mark.passages("L-67")
def test_an_accepted_piece_can_still_be_corrected(bureau, agent, envoyee):
    accepter(agent, envoyee)
    agir(bureau, envoyee, "refuser", raison="illisible", commentaire="", suite="")
    assert ligne(envoyee).etat == PieceJustificative.Etat.NON_CONFORME
