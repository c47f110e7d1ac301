"""Envoyer le lien du téléphone par courriel, à l’adresse du candidat et à elle seule."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registre.commun.courriels import mettre_en_attente
from registre.commun.journal import consigner
from registre.commun.models import Courriel
from registre.comptes.frein import courriel_permis
from registre.comptes.models import Compte
from registre.justificatifs import passerelles
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.models import Passerelle
from registre.justificatifs.queries import candidature_active_verrouillee
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif

LIEN_PERDU = Motif(
    "passerelle_a_rouvrir",
    "",
    "Ce lien ne marche plus. Demandez un nouveau lien, puis recevez-le par courriel.",
    ("pieces.bouton-ajouter",),
)
TROP_DE_COURRIELS = Motif(
    "courriels_trop_nombreux",
    "",
    "Vous avez déjà demandé trois courriels dans l’heure. Tapez plutôt l’adresse et le code sur votre téléphone.",
    ("pieces.bouton-ajouter",),
)


def mail_passerelle(
    compte: Compte, cadre: Cadre, passerelle: Passerelle, jeton: str, *, le: datetime, maintenant: datetime
) -> None:
    """Met en boîte d’envoi un courriel qui porte le lien ; un second clic ne fait rien de plus.

    :raises DepotRefuse: si le lien ne marche plus, ou après trois courriels dans l’heure.
    """
    with transaction.atomic():
        candidature = candidature_active_verrouillee(compte, cadre)
        marche = passerelles.par_jeton(jeton, maintenant)
        if candidature is None or marche != passerelle or passerelle.assemblage.candidature_id != candidature.pk:
            raise DepotRefuse([LIEN_PERDU])
        cle = f"passerelle:{passerelle.secret_empreinte}"
        if Courriel.objects.filter(cle=cle).exists():
            return
        if not courriel_permis("passerelle", compte.pk):
            raise DepotRefuse([TROP_DE_COURRIELS])
        mettre_en_attente(
            cle=cle,
            destinataire=compte.email,
            gabarit="lien_du_telephone",
            contexte={"lien": passerelles.adresse_du_lien(jeton), "service": cadre.contacts.service},
            compte=compte,
            le=le,
        )
        consigner(
            "passerelle_envoyee",
            le=le,
            acteur=compte,
            objet=f"candidature:{candidature.numero}",
            piece=passerelle.assemblage.cle,
        )
