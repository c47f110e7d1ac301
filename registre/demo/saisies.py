"""Ce que tapent les candidats de la démonstration, étape par étape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Saisies = Mapping[str, dict[str, Any]]
Notes = Mapping[str, tuple[str, str]]
"""Unité -> note, vide si l’épreuve n’a pas été passée, et langue s’il y en a une."""

RELEVE_REVENUE: Notes = {
    "U11": ("7,5", ""),
    "U12": ("14", ""),
    "U2": ("8,25", ""),
    "U31": ("11", ""),
    "U32": ("6", ""),
    "U33": ("10", ""),
    "U41": ("13", "anglais"),
    "U42": ("9", "espagnol"),
    "U51": ("12,5", ""),
    "U52": ("9,5", ""),
    "U6": ("15", ""),
    "U7": ("", ""),
}

SAISIES_EN_COURS: Saisies = {
    "identification": {
        "domicile_voie": "4 chemin du Lavoir",
        "domicile_code_postal": "15000",
        "domicile_commune": "Aurillac",
        "autre_adresse": "non",
        "nationalite_francaise": "oui",
        "categorie": "99",
        "telephone_mobile": "06 39 98 04 56",
    },
    "candidature": {
        "voie": "deja-presente",
        "formation_suivie": "oui",
        "passages-0-session": "2024",
        "passages-0-academie": "Clermont-Ferrand",
        "passages-0-specialite": "logistique",
        "passages-0-forme_de_passage": "globale",
        "passages-0-resultat": "ajourne",
        "etablissement": "sans-etablissement-15",
        "consentement_internet": "non",
    },
    "qualification": {"specialite": "logistique", "forme_de_passage": "globale"},
    "acquis": {
        "possibilites": ["benefice"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "12,5",
        "perte_comprise": "oui",
    },
}
SAISIES_INSCRITE: Saisies = {
    "identification": {
        "domicile_voie": "27 avenue des Volcans",
        "domicile_code_postal": "63000",
        "domicile_commune": "Clermont-Ferrand",
        "autre_adresse": "non",
        "nationalite_francaise": "oui",
        "categorie": "99",
        "telephone_mobile": "06 39 98 07 89",
    },
    "candidature": {
        "voie": "trois-ans-activite",
        "salarie_trois_ans": "oui",
        "domaine_en_rapport": "oui",
        "deja_passe": "non",
        "etablissement": "sans-etablissement-63",
        "consentement_internet": "oui",
    },
    "qualification": {"specialite": "agora", "forme_de_passage": "globale"},
    "acquis": {"possibilites": ["aucun"]},
    "epreuves": {
        "lva": "anglais",
        "lvb": "espagnol",
        "lvf": "",
        "eps_cas": "apte",
        "eps_activites": ["danse", "tennis-de-table"],
    },
}
LANGUE_B_CHANGEE: Saisies = {"epreuves": {**SAISIES_INSCRITE["epreuves"], "lvb": "italien"}}


def _autre(identification: dict[str, Any], candidature: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same choices, for somebody who lives elsewhere."""
    return {
        **SAISIES_INSCRITE,
        "identification": SAISIES_INSCRITE["identification"] | identification,
        "candidature": SAISIES_INSCRITE["candidature"] | candidature,
    }


SAISIES_A_RAPPELER = _autre(
    {
        "domicile_voie": "9 rue des Dentellières",
        "domicile_code_postal": "43000",
        "domicile_commune": "Le Puy-en-Velay",
        "telephone_mobile": "06 39 98 11 01",
    },
    {"voie": "enseignement-a-distance", "etablissement": "cned"},
)
SAISIES_CONTROLEE = _autre(
    {
        "domicile_voie": "3 place du Marché",
        "domicile_code_postal": "63200",
        "domicile_commune": "Riom",
        "telephone_mobile": "06 39 98 11 02",
    },
    {},
)
SAISIES_MODIFIEE = _autre(
    {
        "domicile_voie": "18 quai du Cher",
        "domicile_code_postal": "03100",
        "domicile_commune": "Montluçon",
        "telephone_mobile": "06 39 98 11 03",
    },
    {"etablissement": "sans-etablissement-03"},
)
SAISIES_REPRISE = _autre(
    {
        "domicile_voie": "6 rue du Buron",
        "domicile_code_postal": "15000",
        "domicile_commune": "Aurillac",
        "telephone_mobile": "06 39 98 11 04",
    },
    {"etablissement": "sans-etablissement-15", "preuve_jdc": "certificat-jdc"},
)
SAISIES_A_DECIDER: Saisies = _autre(
    {
        "domicile_voie": "11 rue des Gras",
        "domicile_code_postal": "63000",
        "domicile_commune": "Clermont-Ferrand",
        "telephone_mobile": "06 39 98 11 06",
    },
    {},
) | {"acquis": {"possibilites": ["diplome"], "d0_diplome": "bac-technologique", "d0_u_langue-vivante-b": "oui"}}
SAISIES_RETIREE = _autre(
    {
        "domicile_voie": "22 rue de la Coutellerie",
        "domicile_code_postal": "63300",
        "domicile_commune": "Thiers",
        "telephone_mobile": "06 39 98 11 05",
    },
    {},
)
