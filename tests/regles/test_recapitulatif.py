"""The récapitulatif: what the candidate reads of each answer before it is kept, and what tells two versions apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registre.cas.chapitres.etapes import SAISIES
from registre.regles.etapes import Contexte, Examen, examiner
from registre.regles.recapitulatif import Identite, contenu, date_de_l_eps, differences, empreinte, sections
from tests.regles.lecture_cas import cadre
from tests.regles.personnes import IDENTITE, PASSE

CADRE = cadre()
PUBLICATION = (
    "Acceptez-vous que votre résultat soit publié sur internet\u00a0?",
    "Acceptez-vous que votre résultat soit communiqué à la presse\u00a0?",
    "Acceptez-vous que votre résultat soit communiqué aux collectivités (commune, département, région)\u00a0?",
)
DU_COMPTE = {
    "Civilité": "Madame",
    "Nom de famille (nom de naissance)": "Roche",
    "Nom d’usage": "Vernet",
    "Prénoms": "Camille Anne",
    "Date de naissance": "14/03/1990",
    "Pays de naissance": "France",
    "Adresse mail": "camille.roche@demo.example",
}
SANS_REPONSE = "sans réponse (vaut non)"


def examen(saisies: Mapping[str, Mapping[str, Any]]) -> Examen:
    contexte = Contexte(
        cadre=CADRE, date_de_naissance=IDENTITE.date_de_naissance, jour=date(2025, 10, 20), handicap_repondu=True
    )
    return examiner(saisies, contexte)


def saisies(**changements: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The usual answers, with some fields of some steps changed."""
    copie = deepcopy(SAISIES)
    for etape, champs in changements.items():
        copie[etape] |= champs
    return copie


def lignes_lues(section: Mapping[str, Any]) -> dict[str, str]:
    return {ligne["libelle"]: ligne["valeur"] for ligne in section["lignes"]}


def section(etape: str, identite: Identite = IDENTITE, **changements: Mapping[str, Any]) -> dict[str, Any]:
    """A section of the usual answers, changed."""
    return next(s for s in sections(examen(saisies(**changements)), identite) if s["etape"] == etape)


def lu(etape: str, libelle: str, **changements: Mapping[str, Any]) -> str | None:
    """What a line says; nothing when it is not shown."""
    return lignes_lues(section(etape, **changements)).get(libelle)


def tableau(etape: str, **changements: Mapping[str, Any]) -> list[list[str]]:
    return [ligne for t in section(etape, **changements)["tableaux"] for ligne in t["lignes"]]


# --- The whole ------------------------------------------------------------------------------------------


@pytest.mark.passages("recapitulatif.verifier", "R139")
def test_a_registration_is_told_step_by_step():
    inscrites = [
        ("E1", "U11 - Économie-droit"),
        ("E1", "U12 - Mathématiques"),
        (
            "E2",
            "U2 - Étude de situations professionnelles liées à l’organisation et au suivi de l’activité de production",
        ),
        ("E3", "U31 - Gestion des relations avec les clients, les usagers et les adhérents"),
        ("E3", "U32 - Administration du personnel"),
        ("E3", "U33 - Prévention-santé-environnement"),
        ("E4", "U41 - Langue vivante A"),
        ("E4", "U42 - Langue vivante B"),
        ("E5", "U51 - Français"),
        ("E5", "U52 - Histoire-géographie et enseignement moral et civique"),
        ("E6", "U6 - Arts appliqués et cultures artistiques"),
        ("E7", "U7 - Éducation physique et sportive"),
    ]
    attendues = [
        (
            ("identification", "Identification"),
            {
                **DU_COMPTE,
                "Domicile": "12 rue des Tanneurs, 63000 Clermont-Ferrand",
                "Adresse de correspondance": "la même",
                "Téléphone": "06 39 98 01 23",
                "Nationalité française": "oui",
                "Catégorie socio-professionnelle": "Non renseignée",
            },
            [],
        ),
        (
            ("candidature", "Informations candidature"),
            {
                "Type de candidature": "Candidat au titre de ses activités professionnelles",
                "Condition remplie": "J’ai trois ans d’activité professionnelle comme salarié, dans un domaine en "
                "rapport avec le diplôme",
                "Établissement": "Candidat sans établissement – Puy-de-Dôme",
                PUBLICATION[0]: "oui",
                PUBLICATION[1]: SANS_REPONSE,
                PUBLICATION[2]: SANS_REPONSE,
            },
            [],
        ),
        (
            ("qualification", "Qualification présentée"),
            {
                "Spécialité": "Assistance à la gestion des organisations et de leurs activités (AGOrA)",
                "Forme de passage": "Globale",
            },
            [],
        ),
        (("acquis", "Acquis"), {"Demandes": "aucune"}, []),
        (
            ("epreuves", "Épreuves"),
            {
                "Langue vivante A (LVA)": "Anglais",
                "Langue vivante B (LVB)": "Espagnol",
                "Éducation physique et sportive (EPS)": "Apte",
                "Activités d’EPS": "Danse, Tennis de table",
            },
            [
                {
                    "titre": "Épreuves et unités",
                    "entetes": ["Épreuve", "Unité", "Situation", "Précision"],
                    "lignes": [
                        *([epreuve, unite, "Inscrit", ""] for epreuve, unite in inscrites),
                        ["ECT-3", "Épreuve de contrôle", "Inscrit", "ligne automatique"],
                    ],
                }
            ],
        ),
    ]
    lues = sections(examen(SAISIES), IDENTITE)
    assert [((s["etape"], s["titre"]), lignes_lues(s), s["tableaux"]) for s in lues] == attendues


@pytest.mark.passages("recapitulatif.verifier", "R139")
def test_before_any_answer_only_the_account_and_the_default_answers_are_told():
    assert [(s["etape"], lignes_lues(s), s["tableaux"]) for s in sections(examen({}), IDENTITE)] == [
        (
            "identification",
            {
                **DU_COMPTE,
                "Adresse de correspondance": "la même",
            },
            [],
        ),
        ("candidature", dict.fromkeys(PUBLICATION, SANS_REPONSE), []),
        ("qualification", {}, []),
        ("acquis", {"Demandes": "aucune"}, []),
        ("epreuves", {}, []),
    ]


COMMUN = {
    "academie": "clermont-ferrand",
    "session": 2026,
    "examen": "bac-pro",
    "identite": {"nom_de_famille": "Roche", "prenoms": "Camille Anne", "date_de_naissance": "1990-03-14"},
}


@pytest.mark.passages("recapitulatif.enregistrer", "recapitulatif.verifier")
@pytest.mark.parametrize(
    ("tapees", "dit"),
    [
        (
            saisies(),
            {
                "specialite": "agora",
                "forme_de_passage": "globale",
                "unites": dict.fromkeys(CADRE.specialites["agora"].par_cle, "inscrit"),
            },
        ),
        ({}, {"specialite": None, "forme_de_passage": None, "unites": {}}),
    ],
    ids=["complet", "vide"],
)
def test_what_is_kept_names_the_exam_the_person_the_specialite_and_each_unit(tapees, dit):
    fige = contenu(examen(tapees), IDENTITE)
    assert fige == {**COMMUN, **dit, "sections": sections(examen(tapees), IDENTITE), "saisies": tapees}


# --- Each answer ----------------------------------------------------------------------------------------


@pytest.mark.passages("recapitulatif.verifier", "R139")
@pytest.mark.parametrize(
    ("champs", "libelle", "valeur"),
    [
        ({"nationalite_francaise": "non"}, "Nationalité française", "non"),
        ({"nationalite_francaise": ""}, "Nationalité française", None),
        ({"categorie": "21"}, "Catégorie socio-professionnelle", "Artisans"),
        ({"categorie": "une-autre"}, "Catégorie socio-professionnelle", None),
        (
            {
                "autre_adresse": "oui",
                "correspondance_voie": "2 rue Haute",
                "correspondance_code_postal": "4000",
                "correspondance_commune": "Liège",
                "correspondance_pays": "Belgique",
            },
            "Adresse de correspondance",
            "2 rue Haute, 4000 Liège, Belgique",
        ),
        ({"telephone_fixe": "04 73 00 00 00"}, "Téléphone", "06 39 98 01 23, 04 73 00 00 00"),
    ],
)
def test_identification_tells_what_is_answered_and_only_that(champs, libelle, valeur):
    assert lu("identification", libelle, identification=champs) == valeur


@pytest.mark.parametrize(("civilite", "dite"), [("monsieur", "Monsieur"), ("mx", "mx")])
def test_a_civilite_out_of_the_list_is_told_as_it_is_kept(civilite, dite):
    assert lignes_lues(section("identification", replace(IDENTITE, civilite=civilite)))["Civilité"] == dite


CNED = "Centre national d’enseignement à distance (CNED)"
AUTRE = "Autre organisme d’enseignement à distance"


@pytest.mark.passages("recapitulatif.verifier", "R139", "L-45")
@pytest.mark.parametrize(
    ("champs", "libelle", "valeur"),
    [
        ({"voie": "deja-presente"}, "Type de candidature", "Candidat individuel"),
        ({"voie": "une-autre"}, "Type de candidature", None),
        ({"voie": "une-autre"}, "Condition remplie", None),
        ({"etablissement": "cned"}, "Établissement", CNED),
        ({"etablissement": "cned", "organisme_nom": "École Lumen"}, "Établissement", CNED),
        ({"etablissement": "autre-organisme"}, "Établissement", AUTRE),
        (
            {"etablissement": "autre-organisme", "organisme_nom": "École Lumen"},
            "Établissement",
            f"{AUTRE}\u00a0: École Lumen",
        ),
        ({"etablissement": "", "organisme_nom": "École Lumen"}, "Établissement", None),
        ({"preuve_jdc": "exemption"}, "Recensement ou Journée défense et citoyenneté", "Attestation d’exemption"),
        ({"preuve_jdc": "une-autre"}, "Recensement ou Journée défense et citoyenneté", None),
        ({"consentement_internet": "non"}, PUBLICATION[0], "non"),
        ({"consentement_presse": "oui"}, PUBLICATION[1], "oui"),
    ],
)
def test_the_candidature_tells_what_is_answered_and_only_that(champs, libelle, valeur):
    assert lu("candidature", libelle, candidature=champs) == valeur


@pytest.mark.passages("recapitulatif.verifier", "L-63")
def test_earlier_presentations_are_told_as_far_as_they_are_given():
    progressive = {
        "passages-1-session": "2023",
        "passages-1-specialite": "hors-liste",
        "passages-1-forme_de_passage": "progressive",
        "passages-1-resultat": "partiel",
        "passages-1-academie": "Dijon",
    }
    commencees = {"passages-2-session": "2022", "passages-3-academie": "Nice"}
    assert section("candidature", candidature={**PASSE, **progressive, **commencees})["tableaux"] == [
        {
            "titre": "Présentations antérieures",
            "entetes": ["Session", "Spécialité", "Forme de passage", "Résultat", "Académie"],
            "lignes": [
                [
                    "2024",
                    "Assistance à la gestion des organisations et de leurs activités (AGOrA)",
                    "Globale",
                    "ajourné",
                    "Lyon",
                ],
                ["2023", "hors de la liste", "Progressive", "partiel (il reste des épreuves à passer)", "Dijon"],
                ["2022", "", "", "", ""],
                ["", "", "", "", "Nice"],
            ],
        }
    ]


# --- The claims of step 4 -------------------------------------------------------------------------------

ACCORDEE = "accordée si les pièces le confirment"
A_INSTRUIRE = "à instruire par le service"
FRANCAIS = "U51 - Français"
GESTION = PASSE | {"passages-0-specialite": "gestion-administration", "passages-0-session": "2022"}
AILLEURS = PASSE | {"passages-0-specialite": "logistique"}


@pytest.mark.passages("recapitulatif.verifier", "R139", "L-46")
@pytest.mark.parametrize(
    ("passe", "acquis", "ligne"),
    [
        (
            PASSE,
            {"possibilites": ["benefice"], "p2024_u_francais": "oui", "p2024_n_francais": "12,5"},
            [FRANCAIS, "Bénéfice de note", "12,5 / 20, session 2024", ACCORDEE],
        ),
        (
            PASSE,
            {
                "possibilites": ["benefice"],
                "p2024_u_langue-vivante-a": "oui",
                "p2024_n_langue-vivante-a": "13",
                "p2024_l_langue-vivante-a": "autre",  # not in the list: told as it was typed
            },
            ["U41 - Langue vivante A", "Bénéfice de note", "13 / 20, session 2024, autre", ACCORDEE],
        ),
        (
            PASSE,
            {
                "possibilites": ["benefice"],
                "p2024_u_langue-vivante-a": "oui",
                "p2024_n_langue-vivante-a": "13",
                "p2024_l_langue-vivante-a": "lsf",
            },
            [
                "U41 - Langue vivante A",
                "Bénéfice de note",
                "13 / 20, session 2024, Langue des signes française (LSF)",
                ACCORDEE,
            ],
        ),
        # Of the former regulation: the unit told is the one of today, U2 for the former U32.
        (
            GESTION,
            {"possibilites": ["benefice"], "p2022_u_U32": "oui", "p2022_n_U32": "12"},
            [
                "U2 - Étude de situations professionnelles liées à l’organisation et au suivi de l’activité de "
                "production",
                "Bénéfice de note",
                "12 / 20, session 2022",
                ACCORDEE,
            ],
        ),
        # A unit that we do not know keeps the words of the candidate.
        (
            PASSE,
            {"possibilites": ["benefice"], "p2024_x0_intitule": "Secourisme", "p2024_x0_note": "14"},
            ["Secourisme", "Bénéfice de note", "14 / 20, session 2024", A_INSTRUIRE],
        ),
        (
            AILLEURS,
            {"possibilites": ["autre-specialite"], "p2024_u_francais": "oui", "p2024_n_francais": "11"},
            [FRANCAIS, "Dispense après échec dans une autre spécialité", "11 / 20, session 2024", ACCORDEE],
        ),
        (
            {},
            {"possibilites": ["vae"], "v_annee": "2024", "v_u_francais": "oui"},
            [
                FRANCAIS,
                "Dispense par validation des acquis de l’expérience (VAE)",
                "jury de 2024",
                ACCORDEE,
            ],
        ),
        (
            {},
            {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_francais": "oui"},
            [FRANCAIS, "Dispense par diplôme", "Baccalauréat général", ACCORDEE],
        ),
        (
            {},
            {
                "possibilites": ["diplome"],
                "d0_diplome": "bac-professionnel",
                "d0_specialite": "cuisine",
                "d0_u_francais": "oui",
            },
            [
                FRANCAIS,
                "Dispense par diplôme",
                "Baccalauréat professionnel d’une autre spécialité, Cuisine",
                ACCORDEE,
            ],
        ),
    ],
)
def test_a_claim_is_told_with_its_unit_its_title_its_origin_and_what_comes_next(passe, acquis, ligne):
    lue = section("acquis", candidature=passe, acquis=acquis)
    assert lue["lignes"] == []
    assert lue["tableaux"] == [
        {"titre": "Demandes", "entetes": ["Épreuve ou unité", "Titre", "Origine", "Suite"], "lignes": [ligne]}
    ]


@pytest.mark.passages("annexe1.dispense-professionnelle.bp-menuisier", "R20")
def test_a_professional_diploma_is_told_by_its_name():
    (ligne,) = tableau(
        "acquis",
        qualification={"specialite": "tma-technicien-menuisier-agenceur"},
        acquis={"possibilites": ["diplome"], "d0_diplome": "bp-menuisier", "d0_u_U31": "oui"},
    )
    assert ligne[1:] == ["Dispense par diplôme professionnel", "Brevet professionnel (BP) menuisier", ACCORDEE]


@pytest.mark.passages("recapitulatif.verifier", "R34", "R139")
@pytest.mark.parametrize(
    "a_corriger",
    [
        {"p2024_u_economie-droit": "oui", "p2024_n_economie-droit": "8"},  # refused
        {"p2024_u_economie-droit": "oui"},  # its note is missing
    ],
)
def test_a_claim_to_correct_is_not_told_and_hides_no_other(a_corriger):
    juste = {"p2024_u_francais": "oui", "p2024_n_francais": "12"}
    acquis = {"possibilites": ["benefice"], **a_corriger, **juste}
    assert [ligne[0] for ligne in tableau("acquis", candidature=PASSE, acquis=acquis)] == [FRANCAIS]


# --- The units of step 5 --------------------------------------------------------------------------------


@pytest.mark.passages("recapitulatif.verifier", "R139")
@pytest.mark.parametrize(
    ("champs", "libelle", "valeur"),
    [
        ({"lva": ""}, "Langue vivante A (LVA)", None),
        ({"lvb": ""}, "Langue vivante B (LVB)", None),
        ({"lva": "elfique"}, "Langue vivante A (LVA)", None),
        ({"lvb": "italien"}, "Langue vivante B (LVB)", "Italien"),
        ({"eps_cas": ""}, "Éducation physique et sportive (EPS)", None),
        ({"eps_cas": "inapte"}, "Éducation physique et sportive (EPS)", "Contrôle ponctuel - Inapte"),
        ({"eps_cas": "inapte"}, "Activités d’EPS", None),
        ({"eps_activites": ["danse", "petanque"]}, "Activités d’EPS", "Danse, petanque"),
        (
            {"eps_cas": "adaptee", "eps_activite_adaptee": ["natation-250-m"]},
            "Activités d’EPS",
            "Natation 250\u00a0mètres",
        ),
    ],
)
def test_the_choices_of_step_5_are_told_by_their_names(champs, libelle, valeur):
    assert lu("epreuves", libelle, epreuves=champs) == valeur


@pytest.mark.passages("recapitulatif.verifier", "epreuves.controle.ect-3", "R74", "R78")
@pytest.mark.parametrize(
    ("lvf", "fin"),
    [
        ("", []),
        ("portugais", [["UF1", "Langue vivante facultative", "Inscrit", "Portugais"]]),
        ("elfique", [["UF1", "Langue vivante facultative", "Inscrit", "elfique"]]),
    ],
)
def test_the_optional_language_comes_before_the_automatic_line(lvf, fin):
    lignes = tableau("epreuves", epreuves={"lvf": lvf})
    assert lignes[12:] == [*fin, ["ECT-3", "Épreuve de contrôle", "Inscrit", "ligne automatique"]]


def test_a_unit_settled_at_step_4_asks_nothing_at_step_5():
    acquis = {
        "possibilites": ["diplome"],
        "d0_diplome": "bac-general",
        "d0_u_eps": "oui",
    }
    lue = section("epreuves", acquis=acquis)
    assert "Éducation physique et sportive (EPS)" not in lignes_lues(lue)
    assert "Activités d’EPS" not in lignes_lues(lue)
    assert ["E7", "U7 - Éducation physique et sportive", "Dispensé", ""] in lue["tableaux"][0]["lignes"]


@pytest.mark.passages("annexe1.rappel.correspondance", "R126", "L-48", "R139")
def test_a_unit_whose_claim_is_to_be_studied_stays_registered_and_says_so():
    lignes = tableau(
        "epreuves",
        qualification={"specialite": "melec"},
        acquis={"possibilites": ["diplome"], "d0_diplome": "bp-electricien", "d0_u_U2": "oui"},
    )
    assert {ligne[1].split(" - ")[0]: ligne[2] for ligne in lignes if ligne[0] in ("E2", "E4")} == {
        "U2": "Inscrit (demande à instruire)",
        "U4": "Inscrit",
    }


# --- From one version to the next -----------------------------------------------------------------------


@pytest.mark.passages("modification.nouvelle-version", "L-30")
def test_a_change_is_told_with_what_was_said_before_and_after():
    avant = contenu(examen(saisies()), IDENTITE)
    apres = contenu(examen(saisies(epreuves={"lvb": "italien", "eps_cas": "inapte", "lvf": "portugais"})), IDENTITE)
    assert differences(avant, apres) == [
        {"libelle": "Langue vivante B (LVB)", "avant": "Espagnol", "apres": "Italien"},
        {
            "libelle": "Éducation physique et sportive (EPS)",
            "avant": "Apte",
            "apres": "Contrôle ponctuel - Inapte",
        },
        {"libelle": "Activités d’EPS", "avant": "Danse, Tennis de table", "apres": ""},
        {
            "libelle": "Épreuves et unités\u00a0: E7 U7 - Éducation physique et sportive",
            "avant": "Inscrit",
            "apres": "Contrôle ponctuel - Inapte",
        },
        {
            "libelle": "Épreuves et unités\u00a0: UF1 Langue vivante facultative",
            "avant": "",
            "apres": "Inscrit, Portugais",
        },
    ]


@pytest.mark.passages("recapitulatif.enregistrer")
def test_the_fingerprint_is_the_sha_256_of_the_sorted_json_in_utf_8_without_blanks():
    attendue = hashlib.sha256('{"a":{"c":null,"d":"é"},"b":[1,2]}'.encode()).hexdigest()
    assert empreinte({"b": [1, 2], "a": {"d": "é", "c": None}}) == attendue
    assert empreinte({"a": {"c": None, "d": "é"}, "b": [1, 2]}) == attendue


@pytest.mark.passages("epreuves.eps.date-et-lieu", "R79", "R112")
def test_the_day_of_the_eps_is_told_in_full_with_its_place():
    assert date_de_l_eps(examen({})) == "le mardi 5\u00a0mai 2026, département\u00a0: Puy-de-Dôme"
