"""Ce que font les personnes de la démonstration avant votre arrivée, par les mêmes actes que sur le site.

Rien n’est écrit directement dans les tables : comptes, brouillons, versions, documents, courriels et journal
viennent des cas d’usage. Les comptes du service font exception : aucune page du site ne les crée, une commande le
fait ; leur second facteur est un vrai, tiré au hasard ici.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from registre.commun.cadres import principal
from registre.commun.models import Courriel
from registre.commun.pays import pays
from registre.comptes.models import Compte
from registre.comptes.mots_de_passe import courants, motifs_nouveau_mot_de_passe
from registre.comptes.second_facteur import nouveau_secret
from registre.comptes.usecases.activate_compte import activate_compte
from registre.comptes.usecases.create_agent import SaisieAgent, create_agent
from registre.comptes.usecases.create_compte import create_compte
from registre.comptes.usecases.enroll_second_facteur import poser_le_facteur
from registre.comptes.usecases.reset_mot_de_passe import reset_mot_de_passe
from registre.demo.personnes import CANDIDATS, EN_COURS, INSCRITE, SERVICE, Personne
from registre.inscription import brouillons
from registre.inscription.usecases.register_candidature import register_candidature
from registre.inscription.usecases.save_etape import save_etape
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.compte import SaisieCompte, motifs_compte
from registre.regles.etapes import etape_accessible
from registre.regles.recapitulatif import contenu, empreinte_visible

Saisies = Mapping[str, dict[str, Any]]
Acte = Callable[[datetime], None]

_AVANT = timedelta(days=7)  # the accounts exist a week before the register opens


class ScenarioRefuse(Exception):
    """Les règles de la session refusent ce que fait une personne de la démonstration."""

    def __init__(self, qui: Personne, motifs: list[Motif]) -> None:
        super().__init__(f"{qui.email}\u00a0: " + "\u00a0; ".join(f"{m.champ} {m.message}" for m in motifs))
        self.motifs = motifs


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


def jouer(jusqu_a: datetime) -> None:
    """Ouvre les comptes, puis joue les actes de la session dont l’heure est passée à l’instant ``jusqu_a``.

    :raises ScenarioRefuse: si les paramètres de la session n’admettent plus ces saisies.
    """
    cadre = principal()
    with transaction.atomic():
        for quand, acte in _actes(cadre):
            if quand <= jusqu_a:
                acte(quand)


def _actes(cadre: Cadre) -> list[tuple[datetime, Acte]]:
    ouverture = cadre.calendrier.inscription.ouvre_le
    heure = timedelta(hours=1)
    actes: list[tuple[datetime, Acte]] = [(ouverture - _AVANT, partial(_ouvrir_au_service, qui)) for qui in SERVICE]
    actes += [(ouverture - _AVANT + n * heure, partial(_ouvrir_le_compte, qui)) for n, qui in enumerate(CANDIDATS)]
    return [
        *actes,
        (ouverture + timedelta(days=7), partial(_remplir, EN_COURS, SAISIES_EN_COURS, cadre)),
        (ouverture + timedelta(days=8), partial(_inscrire, INSCRITE, SAISIES_INSCRITE, cadre)),
        (ouverture + timedelta(days=10), partial(_inscrire, INSCRITE, LANGUE_B_CHANGEE, cadre)),
    ]


def _ouvrir_au_service(qui: Personne, le: datetime) -> None:
    saisie = SaisieAgent(email=qui.email, nom=qui.nom, prenoms=qui.prenoms, academie=principal().academie)
    compte = create_agent(saisie, le=le)
    if motifs := motifs_nouveau_mot_de_passe(compte, qui.mot_de_passe, qui.mot_de_passe):
        raise ScenarioRefuse(qui, motifs)
    le += timedelta(minutes=5)
    reset_mot_de_passe(_jeton_recu(qui, "mot-de-passe"), qui.mot_de_passe, le=le)
    compte.refresh_from_db()
    # No code of this secret has ever served: the first one shown by the page is accepted.
    poser_le_facteur(compte, nouveau_secret(), 0, le=le + timedelta(minutes=1))


def _ouvrir_le_compte(qui: Personne, le: datetime) -> None:
    saisie = SaisieCompte(
        civilite=qui.civilite,
        nom=qui.nom,
        confirmation_nom=qui.nom,
        prenoms=qui.prenoms,
        date_de_naissance=qui.naissance,
        confirmation_date_de_naissance=qui.naissance,
        pays_de_naissance="FR",
        courriel=qui.email,
        confirmation_courriel=qui.email,
        mot_de_passe=qui.mot_de_passe,
        confirmation_mot_de_passe=qui.mot_de_passe,
    )
    if motifs := motifs_compte(saisie, principal().compte, dict(pays()).keys(), courants(), le.date()):
        raise ScenarioRefuse(qui, motifs)
    create_compte(saisie, demande=secrets.token_urlsafe(16), le=le)
    activate_compte(_jeton_recu(qui, "activation"), le=le + timedelta(minutes=5))


def _jeton_recu(qui: Personne, usage: str) -> str:
    """The token, read where its owner reads it: in the mail."""
    texte = Courriel.objects.filter(destinataire=qui.email).latest("pk").texte
    trouve = re.search(rf"/lien/{usage}/([A-Za-z0-9_-]+)/", texte)
    if trouve is None:
        raise ScenarioRefuse(qui, [Motif("lien_absent", "", "Le courriel n’a pas de lien.")])
    return trouve.group(1)


def _remplir(qui: Personne, saisies: Saisies, cadre: Cadre, le: datetime) -> None:
    compte = Compte.objects.get(email=qui.email)
    for etape, saisie in saisies.items():
        examen = brouillons.examen(brouillons.lire(compte, cadre, le), compte, cadre, le)
        if not etape_accessible(examen, etape):
            raise ScenarioRefuse(qui, [m for motifs in examen.motifs.values() for m in motifs])
        save_etape(
            compte,
            cadre,
            etape,
            saisie,
            le=le,
            revision=None,
            quittee=True,
            handicap="non" if etape == "candidature" else "",
        )
        le += timedelta(minutes=2)


def _inscrire(qui: Personne, saisies: Saisies, cadre: Cadre, le: datetime) -> None:
    """Types, checks what the récapitulatif shows, and saves it."""
    _remplir(qui, saisies, cadre, le)
    le += timedelta(minutes=15)
    compte = Compte.objects.get(email=qui.email)
    examen = brouillons.examen(brouillons.lire(compte, cadre, le), compte, cadre, le)
    if motifs := [m for de_l_etape in examen.motifs.values() for m in de_l_etape]:
        raise ScenarioRefuse(qui, motifs)
    register_candidature(compte, cadre, vu=empreinte_visible(contenu(examen, brouillons.identite(compte))), le=le)
