"""Ce que fait une personne de la démonstration, par les mêmes actes que sur le site.

Rien n’est écrit directement dans les tables : comptes, brouillons, versions, pièces, documents, courriels et journal
viennent des cas d’usage. Les comptes du service font exception : aucune page du site ne les crée, une commande le
fait ; leur second facteur est un vrai, tiré au hasard ici. Le dernier argument d’un geste, ``le``, est son instant.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

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
from registre.demo.personnes import Personne
from registre.demo.saisies import Notes, Saisies
from registre.demo.specimens import recapitulatif_signe
from registre.documents.models import CONFIRMATION, Document
from registre.inscription import brouillons
from registre.inscription.models import Candidature
from registre.inscription.usecases.record_releve import ReleveRefuse, record_releve
from registre.inscription.usecases.register_candidature import register_candidature
from registre.inscription.usecases.save_etape import save_etape
from registre.inscription.usecases.withdraw_candidature import withdraw_candidature
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.controle import ActeRefuse
from registre.justificatifs.dossier import charger
from registre.justificatifs.models import DecisionDePiece
from registre.justificatifs.usecases.deposit_piece import deposit_piece
from registre.justificatifs.usecases.reopen_piece import reopen_piece
from registre.justificatifs.usecases.send_regroupement import send_regroupement
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.compte import SaisieCompte, motifs_compte
from registre.regles.etapes import etape_accessible
from registre.regles.lecture import lire_note
from registre.regles.notes import EtatNote
from registre.regles.recapitulatif import contenu, empreinte_visible
from registre.regles.releves import ReleveConnu, ligne_connue
from registre.regles.vocabulaire import FormeDePassage, Resultat

Fabrique = Callable[[Personne], bytes]
"""Fait le fichier que cette personne dépose."""
Decision = Callable[..., DecisionDePiece]
"""Un des trois actes du service sur une pièce."""


class ScenarioRefuse(Exception):
    """Les règles de la session refusent ce que fait une personne de la démonstration."""

    def __init__(self, qui: Personne, motifs: list[Motif]) -> None:
        super().__init__(f"{qui.email}\u00a0: " + "\u00a0; ".join(f"{m.champ} {m.message}" for m in motifs))
        self.motifs = motifs


def ouvrir_au_service(qui: Personne, le: datetime) -> None:
    saisie = SaisieAgent(email=qui.email, nom=qui.nom, prenoms=qui.prenoms, academie=principal().academie)
    compte = create_agent(saisie, le=le)
    if motifs := motifs_nouveau_mot_de_passe(compte, qui.mot_de_passe, qui.mot_de_passe):
        raise ScenarioRefuse(qui, motifs)
    le += timedelta(minutes=5)
    reset_mot_de_passe(_jeton_recu(qui, "mot-de-passe"), qui.mot_de_passe, le=le)
    compte.refresh_from_db()
    # No code of this secret has ever served: the first one shown by the page is accepted.
    poser_le_facteur(compte, nouveau_secret(), 0, le=le + timedelta(minutes=1))


def ouvrir_le_compte(qui: Personne, le: datetime) -> None:
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


def remplir(qui: Personne, saisies: Saisies, cadre: Cadre, le: datetime) -> None:
    compte = _compte(qui)
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


def inscrire(qui: Personne, saisies: Saisies, cadre: Cadre, le: datetime) -> None:
    """Types, checks what the récapitulatif shows, and saves it."""
    remplir(qui, saisies, cadre, le)
    le += timedelta(minutes=15)
    compte = _compte(qui)
    examen = brouillons.examen(brouillons.lire(compte, cadre, le), compte, cadre, le)
    if motifs := [m for de_l_etape in examen.motifs.values() for m in de_l_etape]:
        raise ScenarioRefuse(qui, motifs)
    register_candidature(compte, cadre, vu=empreinte_visible(contenu(examen, brouillons.identite(compte))), le=le)


def retirer(qui: Personne, cadre: Cadre, le: datetime) -> None:
    withdraw_candidature(_compte(qui), cadre, le=le)


def charger_le_releve(qui: Personne, notes: Notes, specialite: str, session: int, cadre: Cadre, le: datetime) -> None:
    """Le service charge le relevé d’une session passée, où ``qui`` a été ajourné en forme globale."""
    decimales = cadre.moyenne.note_decimales
    lignes = (
        ligne_connue(
            unite,
            cadre.specialites[specialite],
            EtatNote.NOTE if note else EtatNote.ABSENCE,
            lire_note(note, decimales).valeur,
            langue,
        )
        for unite, (note, langue) in notes.items()
    )
    releve = ReleveConnu(
        session=session,
        academie=cadre.academie,
        specialite=specialite,
        forme_de_passage=FormeDePassage.GLOBALE,
        resultat=Resultat.AJOURNE,
        lignes=tuple(lignes),
    )
    try:
        record_releve(_compte(qui), cadre, releve, le=le)
    except ReleveRefuse as refus:
        raise ScenarioRefuse(qui, refus.motifs) from refus


# --- Les pièces -----------------------------------------------------------------------------------------------


def deposer(qui: Personne, cadre: Cadre, cle: str, fichiers: Mapping[str, Fabrique], le: datetime) -> None:
    """Dépose ces fichiers, par nom, un par minute."""
    with _au_nom_de(qui):
        for rang, (nom, fabrique) in enumerate(fichiers.items()):
            deposit_piece(_compte(qui), cadre, cle, nom, fabrique(qui), le=le + timedelta(minutes=rang))


def envoyer(qui: Personne, cadre: Cadre, regroupements: tuple[str, ...], le: datetime) -> None:
    """Clique « J’ai fourni toutes mes pièces » pour chacun, à une minute d’intervalle."""
    with _au_nom_de(qui):
        for rang, code in enumerate(regroupements):
            send_regroupement(_compte(qui), cadre, code, le=le + timedelta(minutes=rang))


def recapitulatif(qui: Personne) -> bytes:
    """Sa dernière confirmation, signée et numérisée."""
    confirmations = Document.objects.filter(candidature=_candidature(qui).numero, genre=CONFIRMATION)
    return recapitulatif_signe(confirmations.latest("version"))


def decider(
    decision: Decision, agent: Personne, qui: Personne, cadre: Cadre, cle: str, le: datetime, **saisie: Any
) -> None:
    """L’agent voit la pièce de ``qui``, et en décide dans la même minute."""
    candidature = _candidature(qui)
    piece = charger(candidature, cadre, le, pour_le_service=True).piece(cle)
    vue = {"revision": piece.revision if piece else 0, "version": candidature.derniere_version}
    with _au_nom_de(agent):
        decision(_compte(agent), candidature, cle, **vue, **saisie, le=le)


def rouvrir(agent: Personne, qui: Personne, cle: str, motif: str, ferme_le: datetime, le: datetime) -> None:
    with _au_nom_de(agent):
        reopen_piece(_compte(agent), _candidature(qui), cle, ferme_le=ferme_le, motif=motif, le=le)


@contextmanager
def _au_nom_de(qui: Personne) -> Iterator[None]:
    try:
        yield
    except (DepotRefuse, ActeRefuse) as refus:
        raise ScenarioRefuse(qui, refus.motifs) from refus


def _compte(qui: Personne) -> Compte:
    return Compte.objects.get(email=qui.email)


def _candidature(qui: Personne) -> Candidature:
    return Candidature.objects.select_related("compte").get(compte__email=qui.email, etat=Candidature.Etat.ENREGISTREE)
