"""The world of the security tests: a registered candidate, another one, the office of two académies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from registre.comptes.models import Compte
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.models import Candidature
from tests.inscription import scenario
from tests.justificatifs.fabrique import deposee
from tests.securite.outils import Monde


@pytest.fixture
def heure() -> Iterator[None]:
    """The clock stands still, inside the registration period."""
    with scenario.heure_du_registre(scenario.LE):
        yield


@pytest.fixture
def monde(heure: None, creer_compte: Callable[..., Compte]) -> Monde:
    agent: dict[str, Any] = {"role": Compte.Role.GESTIONNAIRE, "nom_de_famille": "Martin", "prenoms": "Paul"}
    comptes = {
        "candidat": creer_compte(email="inscrite@exemple.fr", nom_de_famille="Vasseur"),
        "autre_candidat": creer_compte(email="autre@exemple.fr", nom_de_famille="Lambert"),
        "gestionnaire": creer_compte(email="agent@exemple.fr", academie="clermont-ferrand", **agent),
        "gestionnaire_ailleurs": creer_compte(email="ailleurs@exemple.fr", academie="lyon", **agent),
        "administrateur": creer_compte(
            email="admin@exemple.fr", academie="clermont-ferrand", **agent | {"role": Compte.Role.ADMINISTRATEUR}
        ),
    }
    client = scenario.connecter(comptes["candidat"])
    scenario.remplir(client)
    scenario.enregistrer(client)
    comptes["candidat"].refresh_from_db()
    candidature = Candidature.objects.get()
    fichier = deposee(candidature, "identite").fichiers.get()
    return Monde(comptes, Document.objects.get(genre=CONFIRMATION), candidature.numero, fichier)
