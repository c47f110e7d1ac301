"""Se désinscrire : la candidature ne compte plus, son numéro et ses versions restent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.courriels import mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.inscription import brouillons
from registre.inscription.models import Candidature
from registre.inscription.usecases.register_candidature import RegistreFerme
from registre.regles.cadre import Cadre
from registre.regles.calendrier import acte_permis, en_heure_de_paris
from registre.regles.etats import Acteur, transition


def withdraw_candidature(compte: Compte, cadre: Cadre, *, le: datetime) -> Candidature | None:
    """Retire la candidature active du candidat ; ``None`` s’il n’y en a plus (un second envoi ne fait rien).

    :raises RegistreFerme: après la clôture, où seul le service retire une candidature (L-49).
    """
    with transaction.atomic():
        brouillon = brouillons.verrouiller(compte, cadre, le)
        candidature = brouillon.candidature

        passage = transition(candidature.etat, "desinscrire", Acteur.CANDIDAT) if candidature else None
        if candidature is None or passage is None:
            return None
        if motif := acte_permis("desinscrire", le, cadre.calendrier):
            raise RegistreFerme(motif)

        candidature.etat, candidature.retiree_le = passage.nouvel_etat, le
        candidature.save(update_fields=["etat", "retiree_le"])
        brouillon.candidature = None
        brouillon.save(update_fields=["candidature"])
        consigner("candidature_retiree", le=le, acteur=compte, objet=f"candidature:{candidature.numero}")

        mettre_en_attente(
            cle=f"retrait:{candidature.numero}",
            destinataire=compte.email,
            gabarit="candidature_retiree",
            contexte={
                "numero": candidature.numero,
                "examen": cadre.examen_libelle,
                "session": cadre.session,
                "le": en_heure_de_paris(le, cadre.calendrier.fuseau, secondes=True),
                "fin": en_heure_de_paris(cadre.calendrier.inscription.ferme_le, cadre.calendrier.fuseau),
                "service": cadre.contacts.service,
            },
            compte=compte,
            le=le,
        )
    return candidature
