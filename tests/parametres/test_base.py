"""Les paramètres livrés : la session 2026 du bac pro dans l'académie de Clermont-Ferrand."""

from __future__ import annotations

import time
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from registre.parametres.chargeur import DOSSIER_DE_BASE, charger, tables_sourcees
from registre.regles.cadre import Cadre, Specialite
from registre.regles.vocabulaire import Certitude

SOURCES = Path(__file__).parents[2] / "sources"

SANS_LVB_CONNUE = {
    "aepa",
    "boucher-charcutier-traiteur",
    "boulanger-patissier",
    "cgem-commerce-plaisance-option-voile",
    "cgem-commerce-plaisance-option-yacht",
    "faconnage-produits-imprimes-routage",
    "metiers-coiffure",
    "metiers-securite",
    "optique-lunetterie",
    "perruquier-posticheur",
    "poissonnier-ecailler-traiteur",
    "technicien-appareillage-orthopedique",
    "transport-fluvial",
}

COEFFICIENTS_CONNUS = {
    "agora",
    "ama-communication-visuelle-plurimedia",
    "commercialisation-services-restauration",
    "conducteur-transport-routier-marchandises",
    "cuisine",
    "gestion-pollutions-protection-environnement",
    "hygiene-proprete-sterilisation",
    "logistique",
    "photographie",
    "pilote-ligne-production",
}


@pytest.fixture(scope="module")
def cadre() -> Cadre:
    return charger([DOSSIER_DE_BASE])["clermont-ferrand", 2026, "bac-pro"]


@pytest.fixture(scope="module")
def ouvertes(cadre: Cadre) -> dict[str, Specialite]:
    return {slug: s for slug, s in cadre.specialites.items() if s.ouverte}


def ids_des_sources() -> set[str]:
    fichiers = {"passages": "passage", "faits": "fait", "lectures": "lecture"}
    return {
        entree["id"]
        for nom, table in fichiers.items()
        for entree in tomllib.loads((SOURCES / f"{nom}.toml").read_text(encoding="utf-8"))[table]
    }


def lectures() -> list[dict[str, object]]:
    return tomllib.loads((SOURCES / "lectures.toml").read_text(encoding="utf-8"))["lecture"]


# --- Calendrier, contacts, compte -------------------------------------------------------------------


@pytest.mark.passages("inscription.periode", "modification.periode", "R104", "L-31")
def test_inscription_opens_and_closes_at_the_instants_of_the_notice(cadre: Cadre) -> None:
    periode = cadre.calendrier.inscription
    assert periode.ouvre_le.astimezone(UTC) == datetime(2025, 10, 6, 7, 0, tzinfo=UTC)
    assert periode.ferme_le.astimezone(UTC) == datetime(2025, 11, 7, 16, 0, tzinfo=UTC)
    assert (periode.ferme_le - periode.ouvre_le).total_seconds() == 777 * 3600


@pytest.mark.passages("L-08")
def test_depot_closes_at_the_end_of_the_day_of_the_notice(cadre: Cadre) -> None:
    periode = cadre.calendrier.depot
    assert periode.ouvre_le == cadre.calendrier.inscription.ouvre_le
    assert periode.ferme_le.astimezone(UTC) == datetime(2025, 11, 7, 23, 0, tzinfo=UTC)


@pytest.mark.passages("epreuves.eps.date-et-lieu")
def test_eps_day_is_the_one_of_the_notice(cadre: Cadre) -> None:
    assert (cadre.calendrier.eps.date, cadre.calendrier.eps.lieu) == (date(2026, 5, 5), "Puy-de-Dôme")


@pytest.mark.passages(
    "contact.service", "contact.courriel-et-telephones", "epreuves.eps.contact", "epreuves.eps.adaptee.certificat-type"
)
def test_contacts_are_those_of_the_notice(cadre: Cadre) -> None:
    service, eps = cadre.contacts.service, cadre.contacts.eps
    assert service.nom == "Bureau des baccalauréats professionnels"
    assert service.courriel == "ce.bacpro@ac-clermont.fr"
    assert service.telephones == ("04.73.99.34.32", "04.73.99.34.43")
    assert (eps.courriel, eps.telephones) == ("ce.deceps@ac-clermont.fr", ("04.73.99.35.02",))


@pytest.mark.passages("compte.mot-de-passe.composition", "L-32")
def test_mot_de_passe_follows_the_notice(cadre: Cadre) -> None:
    regle = cadre.compte.mot_de_passe
    assert (regle.longueur_minimale, regle.longueur_maximale) == (8, 20)
    assert (regle.majuscule, regle.minuscule, regle.special, regle.chiffre) == (True, True, True, False)
    assert regle.courants_refuses
    assert {"bac", "cyclades", "clermont", "rectorat"} <= set(regle.mots_du_contexte)


# --- Listes -----------------------------------------------------------------------------------------


@pytest.mark.passages("etapes.onglets", "etapes.ordre", "R134", "L-23")
def test_etapes_are_the_six_onglets_in_order(cadre: Cadre) -> None:
    assert [e.libelle for e in cadre.etapes.liste] == [
        "Identification",
        "Informations candidature",
        "Qualification présentée",
        "Acquis",
        "Épreuves",
        "Récapitulatif",
    ]


@pytest.mark.passages("epreuves.langues.offre", "epreuves.facultatives.offre")
def test_langues_are_those_of_the_notice(cadre: Cadre) -> None:
    assert [x.code for x in cadre.langues.obligatoires] == ["allemand", "anglais", "espagnol", "italien"]
    facultatives = ["allemand", "anglais", "espagnol", "portugais", "italien", "lsf"]
    assert [x.code for x in cadre.langues.facultatives] == facultatives


@pytest.mark.passages("epreuves.eps.activites", "epreuves.eps.adaptee.activites", "epreuves.eps.apte")
def test_eps_activities_are_those_of_the_notice(cadre: Cadre) -> None:
    assert [x.code for x in cadre.eps.activites] == ["danse", "tennis-de-table", "demi-fond"]
    assert [x.code for x in cadre.eps.activites_adaptees] == ["marche-800-m", "natation-250-m"]
    assert (cadre.eps.nombre, cadre.eps.nombre_adapte) == (2, 1)


@pytest.mark.passages("conditions.une-voie-obligatoire", "entete.publics", "L-53")
def test_each_voie_answers_to_one_public_of_the_notice(cadre: Cadre) -> None:
    assert [v.code for v in cadre.conditions.voies] == [
        "deja-presente",
        "enseignement-a-distance",
        "trois-ans-activite",
    ]
    assert len({v.type_de_candidature for v in cadre.conditions.voies}) == 3


@pytest.mark.passages("L-62", "L-66")
def test_each_departement_has_its_own_etablissement(cadre: Cadre) -> None:
    departements = cadre.conditions.domicile.departements
    assert departements == {"03": "Allier", "15": "Cantal", "43": "Haute-Loire", "63": "Puy-de-Dôme"}
    etablissements = cadre.candidature.etablissements
    assert [e.departement for e in etablissements if not e.a_distance] == list(departements)
    assert [e.code for e in etablissements if e.nom_demande] == ["autre-organisme"]


@pytest.mark.passages("depot.taille-maximale", "L-16", "L-29", "L-44")
def test_pieces_are_the_thirteen_of_the_default_list_and_only_one_has_a_code(cadre: Cadre) -> None:
    assert {p.cle for p in cadre.pieces.liste} == {
        "recapitulatif-signe",
        "identite",
        "domicile",
        "jdc",
        "releve-notes-examen",
        "inscription-distance",
        "assiduite-distance",
        "certificats-travail",
        "diplome",
        "releve-notes-diplome",
        "decision-vae",
        "certificat-medical-eps",
        "certificat-medical-eps-adaptee",
    }
    assert {p.cle: p.code for p in cadre.pieces.liste if p.code} == {"recapitulatif-signe": "DCANDT01"}
    assert cadre.pieces.taille_maximale == 5_242_880
    assert cadre.pieces.formats == ("pdf", "jpeg")


@pytest.mark.passages("L-50")
def test_categories_end_with_non_renseignee(cadre: Cadre) -> None:
    codes = [c.code for c in cadre.categories.liste]
    assert codes == sorted(codes)
    assert all(len(c) == 2 and c.isdigit() for c in codes)
    assert cadre.categories.liste[-1].libelle == "Non renseignée"


@pytest.mark.passages("R142", "R55", "R56", "R71")
def test_jury_thresholds_are_exact_decimals(cadre: Cadre) -> None:
    jury = cadre.jury
    assert (jury.seuil_admission, jury.seuil_controle, jury.seuil_professionnel) == (
        Decimal(10),
        Decimal(8),
        Decimal(10),
    )
    assert [(m.code, m.seuil) for m in jury.mentions] == [
        ("assez_bien", Decimal(12)),
        ("bien", Decimal(14)),
        ("tres_bien", Decimal(16)),
        ("tres_bien_felicitations", Decimal(18)),
    ]


# --- Dispenses --------------------------------------------------------------------------------------


@pytest.mark.passages("annexe1.tableau.diplome-detenu", "annexe1.tableau.epreuves", "R15", "L-22")
def test_tableau_des_dispenses_has_its_99_cases(cadre: Cadre) -> None:
    valeurs = [c.valeur for c in cadre.dispenses.cases]
    assert len(cadre.dispenses.tableau) == len(valeurs) == 99
    assert (valeurs.count("G"), valeurs.count("G*"), valeurs.count("-")) == (48, 6, 45)


@pytest.mark.passages("annexe1.tableau.etoile", "R2", "R5", "R6", "R7", "R9")
def test_etoiles_fall_on_the_six_cases_of_the_notice(cadre: Cadre) -> None:
    assert {cle for cle, case in cadre.dispenses.tableau.items() if case.valeur == "G*"} == {
        ("langue-vivante-b", "bac-technologique"),
        ("langue-vivante-b", "bac-professionnel"),
        ("langue-vivante-b", "diplome-superieur"),
        ("economie-gestion", "bac-professionnel"),
        ("economie-droit", "bac-professionnel"),
        ("physique-chimie", "bac-professionnel"),
    }


@pytest.mark.passages("R19", "R20", "R21", "R22", "L-26")
def test_dispenses_professionnelles_are_in_the_terms_of_the_notice(cadre: Cadre) -> None:
    par_diplome = {p.diplome: p for p in cadre.dispenses.professionnelles}
    assert par_diplome["bp-froid"].unites == ("U2",)
    assert par_diplome["bp-froid"].derniere_session == 2023
    assert par_diplome["bp-menuisier"].unites == par_diplome["bp-charpentier-bois"].unites == ("U31", "U32", "U33")
    assert par_diplome["bp-electricien"].unites == ("E1-A", "E1-B", "E2", "U31", "U32", "U33", "E4")
    assert [d for d, p in par_diplome.items() if p.instruction] == ["bp-electricien"]


@pytest.mark.passages("R17", "L-07")
def test_podologue_of_the_notice_keeps_its_legal_name(cadre: Cadre) -> None:
    (diplome,) = (d for d in cadre.dispenses.diplomes if d.code == "technicien-podo-orthesiste")
    assert diplome.libelle == "Diplôme de technicien podo-orthésiste"
    assert diplome.libelle_notice == "Diplôme de technicien podologue"


@pytest.mark.passages("R126", "L-48")
def test_correspondance_from_gestion_administration_crosses_its_unites(cadre: Cadre) -> None:
    (lien,) = (c for c in cadre.correspondances if c.ancien == "gestion-administration")
    assert lien.nouveau == "agora"
    assert lien.lignes is not None
    assert {ligne.anciennes: ligne.nouvelles for ligne in lien.lignes} == {
        ("U31",): ("U31",),
        ("U32",): ("U2",),
        ("U2",): ("U32",),
        ("U33",): (),
        ("U34",): ("U33",),
    }


@pytest.mark.passages("L-48")
def test_a_succession_whose_table_was_not_read_has_no_lines(cadre: Cadre) -> None:
    (lien,) = (c for c in cadre.correspondances if c.ancien == "melec-2016")
    assert (lien.nouveau, lien.lignes, lien.certitude) == ("melec", None, Certitude.NON_LU)


# --- Spécialités ------------------------------------------------------------------------------------


@pytest.mark.passages("L-35", "L-38")
def test_one_hundred_specialites_are_open_and_thirteen_wait_for_their_lvb(ouvertes: dict[str, Specialite]) -> None:
    assert len(ouvertes) == 100
    assert {slug for slug, s in ouvertes.items() if s.lvb is None} == SANS_LVB_CONNUE
    assert {slug for slug, s in ouvertes.items() if not s.ouverte_a_l_inscription} == SANS_LVB_CONNUE
    assert {slug for slug, s in ouvertes.items() if s.coefficients_connus} == COEFFICIENTS_CONNUS


@pytest.mark.passages("R43", "R63", "R87", "epreuves.obligatoires.inscrit", "epreuves.langues.lva")
def test_every_open_specialite_has_the_seven_epreuves_and_the_general_unites(ouvertes: dict[str, Specialite]) -> None:
    generales = {"francais", "histoire-geographie-emc", "langue-vivante-a", "arts-appliques", "eps"}
    for slug, specialite in ouvertes.items():
        assert [e.code for e in specialite.epreuves] == [f"E{n}" for n in range(1, 8)], slug
        assert generales <= specialite.matieres, slug
        (eps,) = specialite.epreuves[-1].unites
        assert eps.matiere == "eps", slug


@pytest.mark.passages("R123", "L-35")
def test_lvb_and_physique_chimie_exclude_each_other(ouvertes: dict[str, Specialite]) -> None:
    for slug, specialite in ouvertes.items():
        if specialite.lvb is None:
            assert {"langue-vivante-b", "physique-chimie"} <= specialite.matieres, slug
        else:
            assert ("langue-vivante-b" in specialite.matieres) is specialite.lvb, slug
            assert not (specialite.lvb and "physique-chimie" in specialite.matieres), slug


@pytest.mark.passages("epreuves.langues.lvb-exceptions", "L-36", "L-37")
def test_cuisine_and_csr_have_one_free_langue(cadre: Cadre) -> None:
    for slug, coefficient in (("cuisine", Decimal(2)), ("commercialisation-services-restauration", Decimal(3))):
        specialite = cadre.specialites[slug]
        assert (specialite.secteur, specialite.lvb, specialite.lva_imposee) == ("tertiaire", False, None)
        assert specialite.par_cle["langue-vivante-a"].coefficient == coefficient
        assert "physique-chimie" not in specialite.matieres
    assert sum(u.coefficient or 0 for u in cadre.specialites["cuisine"].unites) == 28


@pytest.mark.passages("R20", "R21", "R22")
def test_unites_named_by_the_notice_exist(cadre: Cadre) -> None:
    for slug in ("tma-technicien-menuisier-agenceur", "tcb-technicien-constructeur-bois", "melec-2016"):
        assert {"U31", "U32", "U33"} <= {u.code for u in cadre.specialites[slug].unites}, slug


def test_an_unknown_label_is_replaced_by_its_code(cadre: Cadre) -> None:
    melec = cadre.specialites["melec"]
    assert melec.epreuves[1].intitule == "Épreuve E2"
    assert melec.par_cle["U2"].intitule == "Unité U2"
    assert cadre.specialites["cuisine"].epreuves[2].intitule == "E3 – Épreuve professionnelle"


@pytest.mark.passages("R23", "L-48")
def test_closed_specialites_are_loaded_for_kept_marks(cadre: Cadre) -> None:
    fermees = {slug: s for slug, s in cadre.specialites.items() if not s.ouverte}
    assert len(fermees) == 50
    assert not any(s.ouverte_a_l_inscription for s in fermees.values())
    assert fermees["gestion-administration"].par_cle["U2"].coefficient == Decimal(4)
    assert fermees["tfca-technicien-froid-conditionnement-air"].derniere_session == 2023
    assert fermees["commerce"].epreuves == ()


def test_libelles_are_written_in_normal_case_with_their_accents(cadre: Cadre) -> None:
    for slug, specialite in cadre.specialites.items():
        libelle = specialite.libelle
        assert not libelle.isupper(), slug
        assert "BAC PRO" not in libelle, slug
        assert "'" not in libelle, slug
    libelles = {s.code_diplome: s.libelle for s in cadre.specialites.values()}
    assert libelles["40020009"] == "Modélisation et prototypage 3D"
    assert libelles["40023004"] == "Technicien d’études du bâtiment, option A\u00a0: études et économie"
    assert libelles["40022004"] == "Procédés de la chimie, de l’eau et des papiers-cartons"
    assert libelles["40022105"] == "Boulanger-pâtissier"
    assert libelles["40023203"] == "Technicien du bâtiment\u00a0: organisation et réalisation du gros œuvre"
    assert libelles["40024203"] == "Métiers de la mode – vêtement"
    assert libelles["40033006"] == "Animation – enfance et personnes âgées (AEPA)"
    assert libelles["40031214"] == (
        "Métiers du commerce et de la vente, option B\u00a0: "
        "prospection clientèle et valorisation de l’offre commerciale"
    )


def test_two_open_specialites_never_share_a_libelle(ouvertes: dict[str, Specialite]) -> None:
    assert len({s.libelle for s in ouvertes.values()}) == len(ouvertes)


# --- Sources, temps ---------------------------------------------------------------------------------


def test_every_source_of_a_parameter_exists(cadre: Cadre) -> None:
    connus = ids_des_sources()
    inconnues = {(chemin, s) for chemin, table in tables_sourcees(cadre) for s in table.source if s not in connus}
    assert inconnues == set()


def test_every_table_says_when_it_was_checked(cadre: Cadre) -> None:
    tables = list(tables_sourcees(cadre))
    assert len(tables) > 300
    assert {table.verifie_le for _, table in tables} == {date(2026, 11, 24), date(2026, 11, 28)}


@pytest.mark.parametrize("lecture", lectures(), ids=lambda x: str(x["id"]))
def test_every_parameter_named_by_a_lecture_exists(cadre: Cadre, lecture: dict[str, list[str]]) -> None:
    for chemin in lecture["parametres"]:
        objets: list[object] = [cadre]
        for nom in chemin.split("."):
            objets = [getattr(objet, nom) for objet in objets]
            objets = [
                e for o in objets for e in (o.values() if isinstance(o, dict) else o if isinstance(o, tuple) else (o,))
            ]
        assert objets, chemin


def test_loading_every_specialite_is_fast(tmp_path: Path) -> None:
    debut = time.perf_counter()
    charger([DOSSIER_DE_BASE, tmp_path])
    assert time.perf_counter() - debut < 2  # mesuré 0,15 s ; la marge est pour une machine chargée


def test_the_same_folders_are_read_once() -> None:
    cle = ("clermont-ferrand", 2026, "bac-pro")
    assert charger([DOSSIER_DE_BASE])[cle] is charger([DOSSIER_DE_BASE])[cle]
