"""Ce qu’ont fait les personnes de la démonstration avant votre arrivée, dans l’ordre du temps.

Chacune est arrivée à un endroit différent : rien de commencé, brouillon, inscription sans pièce, pièces à envoyer,
envoyées, contrôlées, à refaire. Les gestes sont dans :mod:`registre.demo.gestes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from registre.commun.cadres import principal
from registre.demo import saisies, specimens
from registre.demo.gestes import (
    Decision,
    charger_le_releve,
    decider,
    deposer,
    envoyer,
    inscrire,
    ouvrir_au_service,
    ouvrir_le_compte,
    recapitulatif,
    remplir,
    retirer,
    rouvrir,
)
from registre.demo.personnes import (
    A_DECIDER,
    A_RAPPELER,
    AGENT,
    AGENTE,
    CANDIDATS,
    CONTROLEE,
    EN_COURS,
    INSCRITE,
    MODIFIEE,
    REPRISE,
    RETIREE,
    REVENUE,
    SERVICE,
    Personne,
)
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.refuse_piece import refuse_piece
from registre.regles.cadre import Cadre

Acte = Callable[[datetime], None]
Actes = Iterator[tuple[datetime, Acte]]

_AVANT = timedelta(days=7)  # the accounts exist a week before the register opens
SIGNE = {"recapitulatif-signe.pdf": recapitulatif}
CARTE = {"carte-recto.jpg": specimens.recto, "carte-verso.jpg": specimens.verso}


def jouer(jusqu_a: datetime) -> None:
    """Ouvre les comptes, puis joue les actes de la session dont l’heure est passée à l’instant ``jusqu_a``.

    :raises ScenarioRefuse: si les paramètres de la session n’admettent plus ces actes.
    """
    with transaction.atomic():
        for quand, acte in sorted(_actes(principal()), key=itemgetter(0)):
            if quand <= jusqu_a:
                acte(quand)


def _actes(cadre: Cadre) -> Actes:
    ouverture = cadre.calendrier.inscription.ouvre_le
    yield from ((ouverture - _AVANT, partial(ouvrir_au_service, qui)) for qui in SERVICE)
    for rang, qui in enumerate(CANDIDATS):
        yield ouverture - _AVANT + timedelta(hours=rang), partial(ouvrir_le_compte, qui)
    # Before the register opens: it is there when she comes.
    releve = partial(charger_le_releve, REVENUE, saisies.RELEVE_REVENUE, "agora", cadre.session - 2, cadre)
    yield ouverture - timedelta(days=2), releve
    yield ouverture + timedelta(days=7), partial(remplir, EN_COURS, saisies.SAISIES_EN_COURS, cadre)
    yield ouverture + timedelta(days=8), partial(inscrire, INSCRITE, saisies.SAISIES_INSCRITE, cadre)
    yield ouverture + timedelta(days=10), partial(inscrire, INSCRITE, saisies.LANGUE_B_CHANGEE, cadre)
    yield ouverture + timedelta(days=9), partial(inscrire, A_DECIDER, saisies.SAISIES_A_DECIDER, cadre)
    yield ouverture + timedelta(days=5), partial(inscrire, RETIREE, saisies.SAISIES_RETIREE, cadre)
    yield ouverture + timedelta(days=6), partial(retirer, RETIREE, cadre)
    for histoire in (_controlee, _modifiee, _reprise, _a_rappeler):
        yield from histoire(cadre, ouverture)


def _controlee(cadre: Cadre, ouverture: datetime) -> Actes:
    """Une pièce conforme, une reçue, une non conforme, une qui attend."""
    qui, jour = CONTROLEE, timedelta(days=1)
    inscrite = ouverture + 3 * jour
    yield inscrite, partial(inscrire, qui, saisies.SAISIES_CONTROLEE, cadre)
    soir = inscrite + timedelta(hours=9)
    yield soir, partial(deposer, qui, cadre, "recapitulatif-signe", SIGNE)
    yield soir + timedelta(minutes=10), partial(deposer, qui, cadre, "identite", CARTE)
    yield soir + timedelta(minutes=20), partial(deposer, qui, cadre, "domicile", {"quittance.pdf": _quittance})
    yield soir + timedelta(minutes=25), partial(envoyer, qui, cadre, ("recapitulatif", "identite", "domicile"))
    yield _recue(cadre, AGENT, qui, "identite", ouverture + 7 * jour)
    yield ouverture + 8 * jour, partial(decider, accept_piece, AGENT, qui, cadre, "identite")
    yield _recue(cadre, AGENT, qui, "recapitulatif-signe", ouverture + 8 * jour + timedelta(minutes=5))
    refus = partial(decider, refuse_piece, AGENT, qui, cadre, "domicile", raison="domicile-ancien")
    yield ouverture + 8 * jour + timedelta(minutes=10), refus
    travail = {"certificat-travail.pdf": _certificat_de_travail}
    yield ouverture + 9 * jour, partial(deposer, qui, cadre, "certificats-travail", travail)
    yield ouverture + 9 * jour + timedelta(minutes=5), partial(envoyer, qui, cadre, ("conditions",))


def _modifiee(cadre: Cadre, ouverture: datetime) -> Actes:
    """Un récapitulatif dépassé par une modification, une pièce venue par la poste."""
    qui, jour = MODIFIEE, timedelta(days=1)
    inscrit = ouverture + 4 * jour
    yield inscrit, partial(inscrire, qui, saisies.SAISIES_MODIFIEE, cadre)
    yield inscrit + timedelta(hours=2), partial(deposer, qui, cadre, "recapitulatif-signe", SIGNE)
    yield inscrit + timedelta(hours=3), partial(deposer, qui, cadre, "identite", {"ma carte.jpg": specimens.recto})
    yield inscrit + timedelta(hours=4), partial(envoyer, qui, cadre, ("recapitulatif", "identite"))
    yield ouverture + 8 * jour, partial(decider, accept_piece, AGENTE, qui, cadre, "recapitulatif-signe")
    yield _recue(cadre, AGENTE, qui, "domicile", ouverture + 9 * jour)
    yield ouverture + 11 * jour, partial(inscrire, qui, saisies.LANGUE_B_CHANGEE, cadre)


def _reprise(cadre: Cadre, ouverture: datetime) -> Actes:
    """Une pièce redéposée après « Non conforme », et, après la fin du dépôt, une autre rouverte."""
    qui, jour = REPRISE, timedelta(days=1)
    inscrite = ouverture + 7 * jour
    yield inscrite, partial(inscrire, qui, saisies.SAISIES_REPRISE, cadre)
    yield inscrite + timedelta(hours=1), partial(deposer, qui, cadre, "recapitulatif-signe", SIGNE)
    floue = {"IMG_2041.jpg": specimens.carte_floue}
    yield inscrite + timedelta(hours=2), partial(deposer, qui, cadre, "identite", floue)
    yield inscrite + timedelta(hours=3), partial(envoyer, qui, cadre, ("recapitulatif", "identite"))
    refus = partial(
        decider,
        refuse_piece,
        AGENT,
        qui,
        cadre,
        "identite",
        raison="illisible",
        commentaire="Refaites-la de plus près.",
    )
    yield ouverture + 9 * jour, refus
    yield ouverture + 12 * jour, partial(deposer, qui, cadre, "identite", {"IMG_2063.jpg": specimens.recto})
    fin = cadre.calendrier.depot.ferme_le
    motif = "Panne d’internet signalée au service par téléphone le jour de la clôture."
    yield fin + timedelta(days=2, hours=9), partial(rouvrir, AGENTE, qui, "domicile", motif, fin + 10 * jour)


def _a_rappeler(cadre: Cadre, ouverture: datetime) -> Actes:
    """Tout est déposé, et un regroupement n’est pas envoyé ; les autres attendent leur contrôle."""
    qui = A_RAPPELER
    inscrit = ouverture + timedelta(days=10)
    yield inscrit, partial(inscrire, qui, saisies.SAISIES_A_RAPPELER, cadre)
    pieces = {
        "recapitulatif-signe": SIGNE,
        "identite": {"carte.jpg": specimens.recto},
        "domicile": {"facture.pdf": _quittance},
        "inscription-distance": {"attestation.pdf": _attestation},
        "assiduite-distance": {"assiduite.pdf": _assiduite},
    }
    for rang, (cle, fichiers) in enumerate(pieces.items(), 1):
        yield inscrit + timedelta(hours=rang), partial(deposer, qui, cadre, cle, fichiers)
    yield inscrit + timedelta(hours=8), partial(envoyer, qui, cadre, ("recapitulatif", "identite", "domicile"))


def _recue(cadre: Cadre, agent: Personne, qui: Personne, cle: str, le: datetime) -> tuple[datetime, Acte]:
    """« Reçue », à la date de ce jour."""
    recevoir: Decision = receive_piece
    return le, partial(decider, recevoir, agent, qui, cadre, cle, recue_le=timezone.localdate(le))


# --- Ce qu’ils déposent ---------------------------------------------------------------------------------------


def _quittance(qui: Personne) -> bytes:
    return specimens.feuille("Quittance de loyer", [f"Locataire\u00a0: {qui.nom_complet}", "Mois\u00a0: janvier 2019"])


def _certificat_de_travail(qui: Personne) -> bytes:
    lignes = [f"Nom\u00a0: {qui.nom_complet}", "Emploi\u00a0: secrétaire", "Du 01/02/2020 au 31/08/2025"]
    return specimens.feuille("Certificat de travail", lignes)


def _attestation(qui: Personne) -> bytes:
    return specimens.feuille("Attestation d’inscription à distance", [f"Élève\u00a0: {qui.nom_complet}"])


def _assiduite(qui: Personne) -> bytes:
    return specimens.feuille(
        "Certificat d’assiduité", [f"Élève\u00a0: {qui.nom_complet}", "Devoirs rendus\u00a0: tous"]
    )
