"""Parameters of the reference cases: Clermont-Ferrand, session 2026, restricted to what the pure rules take."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from registre.regles.cadre import (
    Calendrier,
    Choix,
    Domicile,
    Eps,
    Etablissement,
    Jdc,
    JourEps,
    Langues,
    MotDePasse,
    ParametresCompte,
    ParametresForme,
    Periode,
    PreuveJdc,
    Voie,
)
from registre.regles.vocabulaire import Certitude

SOURCE: dict[str, Any] = {"source": ("cas",), "certitude": Certitude.NOTICE, "verifie_le": date(2025, 9, 1)}


def _choix(**libelles: str) -> tuple[Choix, ...]:
    return tuple(Choix(code=code.replace("_", "-"), libelle=libelle) for code, libelle in libelles.items())


def _periode(ouvre_le: str, ferme_le: str) -> Periode:
    return Periode(ouvre_le=datetime.fromisoformat(ouvre_le), ferme_le=datetime.fromisoformat(ferme_le), **SOURCE)


@pytest.fixture(scope="session")
def calendrier() -> Calendrier:
    return Calendrier(
        fuseau="Europe/Paris",
        inscription=_periode("2025-10-06T09:00:00+02:00", "2025-11-07T17:00:00+01:00"),
        depot=_periode("2025-10-06T09:00:00+02:00", "2025-11-08T00:00:00+01:00"),
        eps=JourEps(date=date(2026, 5, 5), lieu="Puy-de-Dôme", **SOURCE),
    )


@pytest.fixture(scope="session")
def langues() -> Langues:
    obligatoires = _choix(allemand="allemand", anglais="anglais", espagnol="espagnol", italien="italien")
    autres = _choix(portugais="portugais", lsf="langue des signes française")
    return Langues(
        obligatoires=obligatoires,
        facultatives=(*obligatoires, *autres),
        lvf_differente_de=("lva", "lvb"),
        **SOURCE,
    )


@pytest.fixture(scope="session")
def eps() -> Eps:
    return Eps(
        activites=_choix(danse="danse", tennis_de_table="tennis de table", demi_fond="demi-fond"),
        nombre=2,
        activites_adaptees=_choix(marche_800_m="800 mètres marche", natation_250_m="natation 250 mètres"),
        nombre_adapte=1,
        dispense_voies=("trois-ans-activite",),
        certificat_couvre_epreuve=True,
        **SOURCE,
    )


@pytest.fixture(scope="session")
def forme() -> ParametresForme:
    return ParametresForme(
        definitive_des="enregistrement",
        conservee_apres_echec=True,
        conservee_si_autre_specialite=True,
        progressive_report_sous_10=False,
        **SOURCE,
    )


@pytest.fixture(scope="session")
def domicile() -> Domicile:
    departements = {"03": "Allier", "15": "Cantal", "43": "Haute-Loire", "63": "Puy-de-Dôme"}
    return Domicile(departements=departements, **SOURCE)


@pytest.fixture(scope="session")
def jdc() -> Jdc:
    preuves = (
        PreuveJdc(code="certificat-jdc", libelle="certificat individuel de participation", en_regle=True),
        PreuveJdc(code="attestation-provisoire", libelle="attestation provisoire", en_regle=True),
        PreuveJdc(code="exemption", libelle="attestation d’exemption", en_regle=True),
        PreuveJdc(
            code="recensement", libelle="attestation de recensement", en_regle=True, avant_18_ans_seulement=True
        ),
        PreuveJdc(code="pas-en-regle", libelle="je ne suis pas en règle", en_regle=False),
    )
    return Jdc(ages=(16, 25), recensement_avant_18_ans=True, preuves=preuves, **SOURCE)


@pytest.fixture(scope="session")
def voies() -> tuple[Voie, ...]:
    types = {
        "deja-presente": "individuel",
        "enseignement-a-distance": "enseignement à distance",
        "trois-ans-activite": "activités professionnelles",
    }
    return tuple(Voie(code=c, libelle=c, type_de_candidature=t, aide="", **SOURCE) for c, t in types.items())


@pytest.fixture(scope="session")
def etablissements() -> tuple[Etablissement, ...]:
    return (
        Etablissement(code="sans-63", libelle="sans établissement, Puy-de-Dôme", departement="63"),
        Etablissement(code="cned", libelle="CNED", a_distance=True),
        Etablissement(code="autre-organisme", libelle="autre organisme", a_distance=True, nom_demande=True),
    )


@pytest.fixture(scope="session")
def compte() -> ParametresCompte:
    mot_de_passe = MotDePasse(
        longueur_minimale=8,
        longueur_maximale=20,
        majuscule=True,
        minuscule=True,
        chiffre=False,
        special=True,
        courants_refuses=True,
        mots_du_contexte=("bac", "cyclades", "registre", "clermont"),
        **SOURCE,
    )
    return ParametresCompte(
        mot_de_passe=mot_de_passe,
        creation_hors_periode=True,
        civilites=_choix(mme="Madame", m="Monsieur"),
        domaines_courants=("gmail.com", "orange.fr", "laposte.net", "free.fr"),
        **SOURCE,
    )
