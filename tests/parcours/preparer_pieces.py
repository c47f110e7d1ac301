"""Candidates already registered, with pieces in every state, made by the acts of the site; officers to control them.

One candidate a test, and one officer: a code of the second factor serves only once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.inscription import brouillons
from registre.inscription.models import Candidature
from registre.inscription.usecases.register_candidature import register_candidature
from registre.inscription.usecases.save_etape import save_etape
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.reopen_piece import reopen_piece
from registre.regles.recapitulatif import contenu, empreinte_visible
from tests.comptes.facteur import installer
from tests.inscription.scenario import SAISIES, saisies
from tests.justificatifs import scenario
from tests.justificatifs.scenario import RECAPITULATIF
from tests.parcours.fichiers import NOMS_BRUTS, photo

MOT_DE_PASSE = "Bruyere*42"
MOT_DE_PASSE_AGENT = "Genet-des-Monts*2026"
INSCRITS_LE = datetime(2025, 10, 7, 8, 0, tzinfo=UTC)
COLLEGUE = "collegue.pieces@exemple.fr"  # holds what the test of another officer must not take
AGENTS = (
    COLLEGUE,
    "agent.script@exemple.fr",
    "agent.sans.script@exemple.fr",
    "agent.clavier@exemple.fr",
    "agent.etats@exemple.fr",
    "agent.hostile@exemple.fr",
    "agent.premier@exemple.fr",
    "agent.second@exemple.fr",
    "agent.demande@exemple.fr",
    "agent.demande.sans.script@exemple.fr",
    "agent.demande.clavier@exemple.fr",
)
# What each has: family name, first names.
INSCRITS = {
    "depot@exemple.fr": ("Delmas", "Inès"),
    "voisin@exemple.fr": ("Peyrol", "Hugo"),
    "controle@exemple.fr": ("de La Tour d’Auvergne", "Élodie Noëlle"),
    "depot.sans.script@exemple.fr": ("Vernet", "Lucie"),
    "depot.clavier@exemple.fr": ("Chassaing", "Maëlle"),
    "controle.clavier@exemple.fr": ("Lafont", "Jeanne"),
    "etats.pieces@exemple.fr": ("Rouvier", "Agathe"),
    "hostile@exemple.fr": ("Bonnet", "Noé"),
    "lent@exemple.fr": ("Astier", "Rose"),
    "concurrence@exemple.fr": ("Mathieu", "Colombe"),
    "demande@exemple.fr": ("Imbert", "Anouk"),
    "demande.sans.script@exemple.fr": ("Jouve", "Salomé"),
    "demande.clavier@exemple.fr": ("Mège", "Violette"),
    "preparation@exemple.fr": ("Roux", "Margaux"),
    "preparation.sans.script@exemple.fr": ("Faucher", "Lison"),
    "qualite@exemple.fr": ("Terrade", "Camille"),
    "qualite.sans.script@exemple.fr": ("Besson", "Alice"),
    "telephone@exemple.fr": ("Sabatier", "Louise"),
    "telephone.sans.script@exemple.fr": ("Vidal", "Emma"),
}
SANS_EPS: dict[str, dict[str, Any]] = {"epreuves": {"eps_cas": "inapte", "eps_activites": []}}


def creer_les_pieces() -> None:
    agents = {adresse: _agent(adresse, rang) for rang, adresse in enumerate(AGENTS)}
    inscrits = {adresse: _candidat(adresse, *noms) for adresse, noms in INSCRITS.items()}
    for adresse, compte in inscrits.items():
        enregistrer(compte, INSCRITS_LE, **(SANS_EPS if adresse == "etats.pieces@exemple.fr" else {}))
    enregistrer(inscrits["depot@exemple.fr"], INSCRITS_LE + timedelta(days=1), epreuves={"lvf": "italien"})
    for adresse in ("controle@exemple.fr", "controle.clavier@exemple.fr", "concurrence@exemple.fr"):
        tout_envoyer(inscrits[adresse])
    for rang, nom in enumerate(NOMS_BRUTS):
        scenario.deposer(
            inscrits["hostile@exemple.fr"], "certificats-travail", photo(f"{rang}"), nom=nom, le=INSCRITS_LE
        )
    mettre_dans_tous_les_etats(inscrits["etats.pieces@exemple.fr"], agents[COLLEGUE])


def _agent(adresse: str, rang: int) -> Compte:
    compte = Compte.objects.create_user(
        adresse,
        MOT_DE_PASSE_AGENT,
        role=Compte.Role.GESTIONNAIRE,
        academie="clermont-ferrand",
        nom_de_famille=(
            "Aubert",
            "Blanc",
            "Coste",
            "Dufour",
            "Estève",
            "Faure",
            "Garnier",
            "Huguet",
            "Issard",
            "Jallat",
            "Lemoine",
        )[rang],
        prenoms="Alix",
        cree_le=INSCRITS_LE,
        active_le=INSCRITS_LE,
    )
    installer(compte)
    return compte


def _candidat(adresse: str, nom: str, prenoms: str) -> Compte:
    return Compte.objects.create_user(
        adresse,
        MOT_DE_PASSE,
        civilite="madame",
        nom_de_famille=nom,
        prenoms=prenoms,
        date_de_naissance=date(1990, 3, 14) + timedelta(days=list(INSCRITS).index(adresse)),
        pays_de_naissance="FR",
        cree_le=INSCRITS_LE,
        active_le=INSCRITS_LE,
    )


def enregistrer(compte: Compte, le: datetime, **changements: dict[str, Any]) -> None:
    """Types every step and saves the récapitulatif: one more version."""
    cadre = principal()
    for etape, saisie in saisies(**changements).items():
        handicap = "non" if etape == "candidature" else ""
        save_etape(compte, cadre, etape, saisie, le=le, revision=None, quittee=True, handicap=handicap)
    examen = brouillons.examen(brouillons.lire(compte, cadre, le), compte, cadre, le)
    vu = empreinte_visible(contenu(examen, brouillons.identite(compte)))
    register_candidature(compte, cadre, vu=vu, le=le)


def tout_envoyer(compte: Compte) -> None:
    le = INSCRITS_LE + timedelta(days=2)
    scenario.deposer(compte, RECAPITULATIF, scenario.recapitulatif(compte), nom="signee.pdf", le=le)
    scenario.deposer(compte, "identite", photo("recto"), nom="recto.jpg", le=le)
    scenario.deposer(compte, "identite", photo("verso"), nom="verso.jpg", le=le)
    scenario.deposer(compte, "domicile", nom="facture.pdf", le=le)
    scenario.deposer(compte, "certificats-travail", nom="certificats.pdf", le=le)
    for rang, code in enumerate(scenario.REGROUPEMENTS):
        scenario.envoyer(compte, code, le=le + timedelta(minutes=rang))


def mettre_dans_tous_les_etats(compte: Compte, agent: Compte) -> None:
    """A récapitulatif out of date, a piece refused, one received, one conforme, one no longer asked for."""
    le = INSCRITS_LE + timedelta(days=2)
    tout_envoyer(compte)
    scenario.deposer(compte, "certificat-medical-eps", nom="certificat.pdf", le=le)
    commentaire = "Le numéro de la carte est caché par le doigt. Il doit se lire."
    scenario.refuser(agent, compte, "identite", raison="illisible", commentaire=commentaire, le=le)
    scenario.accepter(agent, compte, "domicile", recue_le=date(2025, 10, 9), le=le)
    candidature = Candidature.objects.get(compte=compte)
    vu = scenario.vu(compte, "certificats-travail")
    receive_piece(agent, candidature, "certificats-travail", **vu, recue_le=date(2025, 10, 9), le=le)
    enregistrer(compte, le + timedelta(hours=1), epreuves=SAISIES["epreuves"])
    fin = datetime(2025, 11, 20, 22, 59, tzinfo=UTC)
    motif = "Carte renouvelée en cours."
    reopen_piece(agent, candidature, "identite", ferme_le=fin, motif=motif, le=le + timedelta(hours=2))
