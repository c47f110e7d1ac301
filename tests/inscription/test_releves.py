"""Marks and presentations of earlier sessions: loaded by the office, proposed to the candidate, never claimed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registre.commun.models import Evenement
from registre.documents.numeros import numero_candidat
from registre.inscription import releves
from registre.inscription.lecture_releves import COLONNES
from registre.inscription.models import Brouillon, Candidature, LigneDeReleve, ReleveAnterieur, VersionDeCandidature
from registre.inscription.usecases.record_releve import Ecriture, ReleveRefuse, record_releve
from registre.regles.notes import EtatNote
from tests.inscription.scenario import (
    LE,
    adresse,
    connecter,
    creer_candidat,
    heure_du_registre,
    poster,
    saisies,
)
from tests.inscription.test_concurrence import en_parallele
from tests.inscription.test_etapes import Formulaire
from tests.regles.test_releves import CADRE, NOTES, ligne, releve

CHARGE_LE = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)

# --- The act --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_record_releve_writes_lines_and_journal_once():
    compte = creer_candidat()
    assert record_releve(compte, CADRE, releve(), le=CHARGE_LE) is Ecriture.NOUVEAU
    melange = releve(lignes=tuple(reversed(releve().lignes)))
    assert record_releve(compte, CADRE, melange, le=LE) is Ecriture.INCHANGE
    assert ReleveAnterieur.objects.get().enregistre_le == CHARGE_LE
    assert LigneDeReleve.objects.count() == len(NOTES)
    evenement = Evenement.objects.get()
    assert (evenement.acte, evenement.objet) == ("releve_enregistre", f"compte:{compte.pk}")
    assert releves.connu(compte, CADRE).releves == (releve(),)


@pytest.mark.django_db
def test_a_different_releve_replaces_the_one_before_and_the_journal_tells_which_units_without_the_marks():
    compte = creer_candidat()
    record_releve(compte, CADRE, releve(), le=CHARGE_LE)
    corrige = releve(lignes=(ligne("U51", "17.25"), *releve().lignes[1:-1]))
    assert record_releve(compte, CADRE, corrige, le=LE) is Ecriture.CORRIGE
    assert releves.connu(compte, CADRE).releves == (corrige,)
    evenement = Evenement.objects.latest("pk")
    assert evenement.acte == "releve_corrige"
    assert evenement.details["unites"] == ["francais", "langue-vivante-a"]
    assert evenement.details["avant"] == Evenement.objects.earliest("pk").details["empreinte"]
    assert "17" not in str({c: v for c, v in evenement.details.items() if c not in ("avant", "empreinte")})


@pytest.mark.django_db
def test_a_refused_releve_writes_nothing():
    with pytest.raises(ReleveRefuse) as refus:
        record_releve(creer_candidat(), CADRE, releve(lignes=(ligne("U51", "21"),)), le=LE)
    assert [m.code for m in refus.value.motifs] == ["note_invalide"]
    assert not ReleveAnterieur.objects.exists()
    assert not Evenement.objects.exists()


@pytest.mark.django_db
def test_the_base_refuses_a_second_releve_of_a_session_and_a_note_out_of_bounds():
    compte = creer_candidat()
    record_releve(compte, CADRE, releve(), le=CHARGE_LE)
    garde = ReleveAnterieur.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleveAnterieur.objects.create(
            compte=compte, academie="lyon", session=2024, examen="bac-pro", enregistre_le=LE
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        LigneDeReleve.objects.create(releve=garde, unite="U2", etat="note", note=Decimal("20.5"))
    with pytest.raises(IntegrityError), transaction.atomic():
        LigneDeReleve.objects.create(releve=garde, unite="U51", matiere="francais", etat="absence")


@pytest.mark.django_db(transaction=True)
def test_four_parallel_loads_of_one_session_leave_one_releve_and_one_line_in_the_journal():
    compte = creer_candidat()
    faits = en_parallele(lambda _: record_releve(compte, CADRE, releve(), le=CHARGE_LE), 4)
    assert sorted(faits) == [Ecriture.INCHANGE] * 3 + [Ecriture.NOUVEAU]
    assert LigneDeReleve.objects.count() == len(NOTES)
    assert Evenement.objects.count() == 1


# --- The command ----------------------------------------------------------------------------------------


def ecrire(dossier: Path, *lignes: dict[str, str]) -> Path:
    fichier = dossier / "releves.csv"
    corps = [";".join(COLONNES), *(";".join(x.get(c, "") for c in COLONNES) for x in lignes)]
    fichier.write_text("\ufeff" + "\r\n".join(corps) + "\r\n", encoding="utf-8")
    return fichier


def rangee(compte: Any, **changements: str) -> dict[str, str]:
    return {
        "numero_candidat": numero_candidat(CADRE, compte.pk),
        "nom_de_famille": "ROCHE",
        "academie": "clermont-ferrand",
        "session": "2024",
        "examen": "bac-pro",
        "specialite": "agora",
        "forme_de_passage": "globale",
        "resultat": "ajourne",
        "unite": "U51",
        "note": "12,5",
        **changements,
    }


def importer(fichier: Path, *options: str) -> str:
    sortie = StringIO()
    call_command("importer_releves", fichier, *options, stdout=sortie)
    return sortie.getvalue().strip()


def fautes(fichier: Path) -> list[str]:
    sortie = StringIO()
    with pytest.raises(CommandError, match="Rien n’a été écrit"):
        call_command("importer_releves", fichier, stderr=sortie)
    assert not ReleveAnterieur.objects.exists()
    assert not Evenement.objects.exists()
    return sortie.getvalue().strip().splitlines()


@pytest.mark.django_db
def test_the_command_loads_a_file_once_and_tells_what_it_did(tmp_path):
    compte, autre = creer_candidat(), creer_candidat("autre@demo.example", nom_de_famille="Le Goff")
    fichier = ecrire(
        tmp_path,
        rangee(compte),
        rangee(autre, nom_de_famille="LE GOFF", unite="langue-vivante-a", note="9.75", langue="anglais"),
        rangee(compte, unite="U7", note="", etat="absence"),
    )
    lus = "Relevés lus : 2 ("
    assert importer(fichier, "--essai") == f"Essai, rien n’est écrit. {lus}nouveaux : 2, corrigés : 0, inchangés : 0)."
    assert not ReleveAnterieur.objects.exists()
    assert importer(fichier) == f"{lus}nouveaux : 2, corrigés : 0, inchangés : 0)."
    assert importer(fichier) == f"{lus}nouveaux : 0, corrigés : 0, inchangés : 2)."
    (connu,) = releves.connu(compte, CADRE).releves
    assert connu.lignes == (ligne("U51", "12.5"), ligne("U7", etat=EtatNote.ABSENCE))
    (connu,) = releves.connu(autre, CADRE).releves
    assert connu.lignes == (ligne("U41", "9.75"),)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        ({"numero_candidat": "C-000123-K"}, "n’est pas un numéro de candidat"),
        ({"numero_candidat": "12"}, "n’est pas un numéro de candidat"),
        ({"numero_candidat": numero_candidat(CADRE, 999999)}, "Aucun candidat n’a le numéro"),
        ({"nom_de_famille": "Martin"}, "n’est pas celui d’une personne de ce nom"),
        ({"academie": "atlantide"}, "Aucune session n’est déclarée"),
        ({"session": "24"}, "année sur quatre chiffres"),
        ({"session": "2027"}, "La session doit être comprise"),
        ({"specialite": "alchimie"}, "n’est pas dans les paramètres"),
        ({"forme_de_passage": "rapide"}, "La forme de passage «\u00a0rapide\u00a0» n’existe pas"),
        ({"resultat": "recu"}, "Le résultat «\u00a0recu\u00a0» n’existe pas"),
        ({"unite": "U99"}, "n’est pas dans la spécialité"),
        ({"unite": ""}, "n’est pas dans la spécialité"),
        ({"note": "douze"}, "Écrivez la note en chiffres"),
        ({"note": "20,5"}, "Une note va de 0 à 20"),
        ({"note": "12,345"}, "trop de chiffres après la virgule"),
        ({"note": ""}, "ni note ni état"),
        ({"etat": "absence"}, "ne porte pas de note"),
        ({"etat": "malade"}, "L’état «\u00a0malade\u00a0» n’existe pas"),
        ({"langue": "anglais"}, "Seule une langue vivante"),
    ],
)
def test_one_wrong_line_is_told_with_its_number_and_nothing_is_written(tmp_path, changements, attendu):
    compte, autre = creer_candidat(), creer_candidat("autre@demo.example")
    dites = fautes(ecrire(tmp_path, rangee(autre), rangee(autre, unite="U12"), rangee(compte, **changements)))
    assert len(dites) == 1
    assert dites[0].startswith("ligne 4 : ")
    assert attendu in dites[0]


@pytest.mark.django_db
def test_every_fault_of_a_file_is_told_in_the_order_of_its_lines(tmp_path):
    compte = creer_candidat()
    fichier = ecrire(
        tmp_path,
        rangee(compte),
        rangee(compte, unite="U12", note="35"),
        rangee(compte, unite="U31", specialite="logistique"),
        rangee(compte, unite="francais"),
    )
    dites = fautes(fichier)
    assert [d.partition(" : ")[0] for d in dites] == ["ligne 3", "ligne 4", "ligne 5"]
    assert "ne dit pas comme la ligne 2\u00a0: specialite" in dites[1]
    assert "est deux fois dans ce relevé" in dites[2]


@pytest.mark.django_db
def test_a_file_that_is_not_the_expected_csv_is_refused(tmp_path):
    fichier = tmp_path / "releves.csv"
    fichier.write_text("numero,note\n1,2\n", encoding="utf-8")
    assert "Les colonnes attendues" in fautes(fichier)[0]
    assert "aucun relevé" in fautes(ecrire(tmp_path))[0]
    fichier.write_text(";".join(COLONNES) + '\n"C-1;', encoding="utf-8")
    assert "guillemet" in fautes(fichier)[0]
    fichier.write_bytes(";".join(COLONNES).encode() + "\né".encode("latin-1"))
    with pytest.raises(CommandError, match="UTF-8"):
        importer(fichier)
    with pytest.raises(CommandError, match="ne s’ouvre pas"):
        importer(tmp_path / "absent.csv")


# --- The pages ------------------------------------------------------------------------------------------


@pytest.fixture
def _dans_la_periode():
    with heure_du_registre(LE):
        yield


@pytest.fixture
def candidat(db, _dans_la_periode):
    return creer_candidat()


@pytest.fixture
def client(candidat):
    return connecter(candidat)


@pytest.fixture
def note_en_2024(candidat):
    record_releve(candidat, CADRE, releve(), le=CHARGE_LE)
    return candidat


def page(client: Any, etape: str) -> str:
    reponse = client.get(adresse("etape", etape=etape))
    assert reponse.status_code == 200, reponse.headers.get("Location")
    return reponse.content.decode()


def valeur(contenu: str, nom: str) -> str | None:
    """What the browser would send for this field: nothing for buttons where none is chosen."""
    return Formulaire(contenu).champs.get(nom, [None])[-1]


PROPOSES = {
    "passages-0-session": "2024",
    "passages-0-academie": "Clermont-Ferrand",
    "passages-0-specialite": "agora",
    "passages-0-forme_de_passage": "globale",
    "passages-0-resultat": "ajourne",
}


def remplir_jusqu_aux_acquis(client: Any, **candidature: str) -> None:
    passe = {"deja_passe": "oui", **PROPOSES, **candidature}
    for etape, champs in saisies(candidature=passe).items():
        if etape in ("identification", "candidature", "qualification"):
            poster(client, etape, champs)


@pytest.mark.passages("L-63", "etapes.qualification.forme-conservee")
def test_step_two_proposes_the_known_presentation_and_keeps_what_the_candidate_makes_of_it(client, note_en_2024):
    poster(client, "identification", saisies()["identification"])
    contenu = page(client, "candidature")
    assert {c: valeur(contenu, c) for c in PROPOSES} == PROPOSES
    assert valeur(contenu, "deja_passe") == "oui"
    assert "Présentation connue de Registre, session 2024. Vérifiez-la." in contenu
    assert "candidature" not in Brouillon.objects.get().saisies  # shown, not kept for him
    change = {**saisies()["candidature"], **PROPOSES, "deja_passe": "oui", "passages-0-resultat": "partiel"}
    poster(client, "candidature", change)
    contenu = page(client, "candidature")
    assert valeur(contenu, "passages-0-resultat") == "partiel"
    assert "Registre connaît autre chose\u00a0: session 2024, Assistance" in contenu


@pytest.mark.passages("L-63")
def test_step_two_does_not_insist_when_the_candidate_says_no_but_tells_what_is_known(client, note_en_2024):
    poster(client, "identification", saisies()["identification"])
    poster(client, "candidature", saisies()["candidature"])
    contenu = page(client, "candidature")
    assert valeur(contenu, "passages-0-session") == ""
    assert valeur(contenu, "deja_passe") == "non"
    assert "une présentation à votre nom, que vous n’avez pas déclarée" in contenu
    page(client, "qualification")  # nothing is blocked


def test_step_two_proposes_an_earlier_inscription_without_a_result(client, candidat):
    inscrire_en_2025(candidat)
    poster(client, "identification", saisies()["identification"])
    contenu = page(client, "candidature")
    assert valeur(contenu, "passages-0-session") == "2025"
    assert valeur(contenu, "passages-0-resultat") == ""
    assert "Inscription connue de Registre, session 2025." in contenu


def inscrire_en_2025(compte: Any, etat: str = "enregistree", **acquis: Any) -> None:
    candidature = Candidature.objects.create(
        compte=compte,
        academie="clermont-ferrand",
        session=2025,
        examen="bac-pro",
        etat=etat,
        enregistree_le=CHARGE_LE,
        derniere_version=2,
        specialite="agora",
        forme_de_passage="globale",
    )
    for numero, saisie in ((1, {}), (2, acquis)):
        VersionDeCandidature.objects.create(
            candidature=candidature, numero=numero, contenu={"saisies": {"acquis": saisie}}, enregistree_le=CHARGE_LE
        )


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
def test_the_last_version_of_a_later_inscription_tells_what_is_lost_and_a_withdrawn_one_nothing(client, note_en_2024):
    remplir_jusqu_aux_acquis(client)
    inscrire_en_2025(note_en_2024, etat="retiree")
    assert valeur(page(client, "acquis"), "p2024_n_mathematiques") == "14"
    inscrire_en_2025(note_en_2024, p2024_u_francais="oui", possibilites=["benefice"])
    contenu = page(client, "acquis")
    assert valeur(contenu, "p2024_n_francais") == "12,5"
    assert valeur(contenu, "p2024_n_mathematiques") == ""
    assert "Vous n’avez pas demandé cette note à l’inscription de 2025." in contenu


@pytest.mark.passages("R12", "etapes.acquis.cinq-possibilites", "annexe1.tableau.a-la-demande")
def test_step_four_proposes_the_known_notes_and_claims_none(client, note_en_2024):
    remplir_jusqu_aux_acquis(client)
    contenu = page(client, "acquis")
    assert "Vos notes connues de Registre" in contenu
    assert "Vous pouvez la garder jusqu’à la session 2029." in contenu
    assert valeur(contenu, "possibilites") == "benefice"
    assert valeur(contenu, "p2024_n_francais") == "12,5"
    assert valeur(contenu, "p2024_l_langue-vivante-a") == "anglais"
    assert valeur(contenu, "p2024_n_histoire-geographie-emc") == ""  # 8: nothing to keep
    assert contenu.count("Oui, je la garde") == 4
    assert valeur(contenu, "p2024_u_francais") is None  # neither yes nor no
    assert "acquis" not in Brouillon.objects.get().saisies
    assert "Ce qui est demandé" not in contenu


TOUT = {
    "possibilites": ["benefice"],
    "p2024_n_francais": "12,5",
    "p2024_n_mathematiques": "14",
    "p2024_n_U31": "11",
    "p2024_n_langue-vivante-a": "13",
    "p2024_l_langue-vivante-a": "anglais",
    "perte_comprise": "oui",
}


@pytest.mark.passages("annexe1.attention.perdue", "R12", "R27", "L-54")
def test_each_known_note_waits_for_a_yes_or_a_no(client, note_en_2024):
    remplir_jusqu_aux_acquis(client)
    poster(client, "acquis", TOUT | {"p2024_u_francais": "oui", "p2024_u_U31": "non"})
    contenu = page(client, "acquis")
    assert "<title>Erreur" in contenu
    assert contenu.count("Répondez par oui ou par non. Sans demande, ce droit") == 4  # two fields, and the summary
    assert "Vous avez écrit" not in contenu
    assert valeur(contenu, "p2024_u_U31") == "non"
    non = {f"p2024_u_{u}": "non" for u in ("U31", "mathematiques", "langue-vivante-a")}
    poster(client, "acquis", TOUT | non | {"p2024_u_francais": "oui"})
    epreuves = page(client, "epreuves")
    assert "<strong>Bénéfice</strong> (12,5 / 20, session 2024)" in epreuves
    assert epreuves.count("<strong>Bénéfice</strong>") == 1
    assert "Notes que vous allez perdre" in page(client, "acquis")


def test_what_the_candidate_types_stays_and_a_different_note_is_told_without_blocking(client, note_en_2024):
    remplir_jusqu_aux_acquis(client)
    non = {f"p2024_u_{u}": "non" for u in ("U31", "langue-vivante-a")}
    tape = TOUT | non | {"p2024_u_francais": "oui", "p2024_n_francais": "16", "p2024_n_mathematiques": ""}
    poster(client, "acquis", tape)
    contenu = page(client, "acquis")
    assert valeur(contenu, "p2024_n_francais") == "16"
    assert valeur(contenu, "p2024_n_mathematiques") == ""  # erased on purpose: not proposed again
    assert "Registre connaît une autre note\u00a0: 12,5." in contenu
    assert "<strong>Bénéfice</strong> (16 / 20, session 2024)" in page(client, "epreuves")
    version = VersionDeCandidature(contenu={"specialite": "agora", "saisies": Brouillon.objects.get().saisies})
    assert releves.ecarts_de_la_version(version, note_en_2024, CADRE) == [
        {"epreuve": "U51 - Français", "session": "2024", "connue": "12,5", "tapee": "16"}
    ]


def test_notes_of_a_presentation_that_is_not_declared_are_shown_and_not_filled(client, note_en_2024):
    remplir_jusqu_aux_acquis(client, **{"passages-0-specialite": "logistique"})
    contenu = page(client, "acquis")
    assert "déclarez d’abord la session 2024" in contenu
    assert valeur(contenu, "possibilites") is None


def test_a_unit_without_a_box_is_named_so_that_it_is_not_lost(client, candidat):
    record_releve(candidat, CADRE, releve(specialite="logistique"), le=CHARGE_LE)
    remplir_jusqu_aux_acquis(client, **{"passages-0-specialite": "logistique"})
    contenu = page(client, "acquis")
    assert valeur(contenu, "possibilites") == "autre-specialite"
    assert contenu.count("Oui, je la demande") == 3  # French, mathematics, the language
    assert "n’ont pas de case à cocher plus bas&nbsp;: U31 - " in contenu


@pytest.mark.passages("S29")
def test_the_releve_of_somebody_else_is_never_shown(client, candidat):
    autre = creer_candidat("autre@demo.example")
    record_releve(autre, CADRE, releve(), le=CHARGE_LE)
    inscrire_en_2025(autre)
    poster(client, "identification", saisies()["identification"])
    contenu = page(client, "candidature")
    assert "connue de Registre" not in contenu
    assert valeur(contenu, "passages-0-session") == ""
    remplir_jusqu_aux_acquis(client)
    contenu = page(client, "acquis")
    assert "connues de Registre" not in contenu
    assert "12,5" not in contenu


def test_queries_do_not_grow_with_what_is_known(client, candidat):
    def compter(etape: str) -> int:
        with CaptureQueriesContext(connection) as vues:
            page(client, etape)
        return len(vues)

    record_releve(candidat, CADRE, releve(lignes=releve().lignes[:1]), le=CHARGE_LE)
    remplir_jusqu_aux_acquis(client)
    une = [compter(e) for e in ("candidature", "acquis")]
    for session in (2021, 2022, 2023, 2024):
        record_releve(candidat, CADRE, releve(session), le=CHARGE_LE)
    inscrire_en_2025(candidat)
    assert [compter(e) for e in ("candidature", "acquis")] == une
    assert une == [7, 6]  # web session, account, draft; the answer kept apart; transcripts, lines, inscriptions
