"""Run as a program: makes the database of a site, with candidates whose draft is complete and session open.

Prints one JSON object per candidate: what a client needs to send ENREGISTRER.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.core.management import call_command

RECOPIES = (
    "password",
    "civilite",
    "nom_de_famille",
    "prenoms",
    "date_de_naissance",
    "pays_de_naissance",
    "cree_le",
    "active_le",
)


def candidats(nombre: int) -> list[dict[str, Any]]:
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from registre.commun.cadres import cadre_ou_404
    from registre.comptes.models import Compte
    from registre.inscription import brouillons
    from registre.inscription.usecases.save_etape import save_etape
    from registre.regles.recapitulatif import contenu, empreinte_visible
    from tests.inscription.scenario import CLE, SAISIES, connecter, creer_candidat

    cadre, le, prets = cadre_ou_404(**CLE), timezone.now(), []
    modele = creer_candidat("modele@demo.example", cree_le=le, active_le=le)
    etat_civil = {champ: getattr(modele, champ) for champ in RECOPIES}
    with transaction.atomic():
        for rang in range(nombre):
            # The password is hashed once: 400 hashes would last longer than the test.
            compte = Compte.objects.create(email=f"candidat{rang}@demo.example", **etat_civil)
            for etape, champs in SAISIES.items():
                handicap = "non" if etape == "candidature" else ""
                save_etape(compte, cadre, etape, champs, le=le, revision=None, quittee=True, handicap=handicap)
            examen = brouillons.examen(brouillons.lire(compte, cadre, le), compte, cadre, le)
            prets.append(
                {
                    "compte": compte.pk,
                    "courriel": compte.email,
                    "session": connecter(compte).cookies[settings.SESSION_COOKIE_NAME].value,
                    "vu": empreinte_visible(contenu(examen, brouillons.identite(compte))),
                }
            )
    return prets


if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    for pret in candidats(int(sys.argv[1])):
        sys.stdout.write(json.dumps(pret) + "\n")
