"""Invented candidates, and what each types at each step."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from registre.cas.chapitres.etapes import SAISIES
from registre.comptes.models import Compte

LE = datetime(2025, 10, 20, 8, 0, tzinfo=UTC)  # inside the window, 10 h in Paris
OUVERTURE = datetime(2025, 10, 6, 7, 0, tzinfo=UTC)
CLOTURE = datetime(2025, 11, 7, 16, 0, tzinfo=UTC)
MOT_DE_PASSE = "Bruyere*42"
CLE = {"academie": "clermont-ferrand", "session": 2026, "examen": "bac-pro"}


def passe(
    session: str = "2024",
    specialite: str = "agora",
    forme_de_passage: str = "globale",
    academie: str = "Lyon",
) -> dict[str, str]:
    """The fields of step 2 for one who failed once."""
    return {
        "deja_passe": "oui",
        "passages-0-session": session,
        "passages-0-specialite": specialite,
        "passages-0-forme_de_passage": forme_de_passage,
        "passages-0-resultat": "ajourne",
        "passages-0-academie": academie,
    }


def saisies(**changements: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The usual answers, with some fields of some steps changed."""
    copie = deepcopy(SAISIES)
    for etape, champs in changements.items():
        copie[etape] |= champs
    return copie


def creer_candidat(email: str = "camille.roche@demo.example", **champs: Any) -> Compte:
    """An activated candidate."""
    defauts: dict[str, Any] = {
        "civilite": "madame",
        "nom_de_famille": "Roche",
        "prenoms": "Camille Anne",
        "date_de_naissance": date(1990, 3, 14),
        "pays_de_naissance": "FR",
        "cree_le": LE,
        "active_le": LE,
    }
    return Compte.objects.create_user(email=email, password=MOT_DE_PASSE, **(defauts | champs))


def connecter(compte: Compte) -> Client:
    client = Client()
    client.force_login(compte)
    return client


def adresse(nom: str, **kwargs: Any) -> str:
    return reverse(nom, kwargs=CLE | kwargs)


def poster(client: Client, etape: str, champs: dict[str, Any], action: str = "suivant", **plus: Any) -> Any:
    donnees = {**champs, "action": action, **plus}
    if etape == "candidature":
        donnees.setdefault("handicap", "non")
    return client.post(adresse("etape", etape=etape), donnees)


def remplir(client: Client, **changements: dict[str, Any]) -> None:
    """Types the five steps, in order."""
    for etape, champs in saisies(**changements).items():
        poster(client, etape, champs)


def vu(client: Client) -> str:
    """The fingerprint carried by the récapitulatif page."""
    reponse = client.get(adresse("etape", etape="recapitulatif"))
    assert reponse.status_code == 200, reponse.headers.get("Location")
    return re.search(r'name="vu" value="([0-9a-f]{64})"', reponse.content.decode()).group(1)


def enregistrer(client: Client) -> Any:
    return client.post(adresse("enregistrer"), {"vu": vu(client)})


def heure_du_registre(le: datetime) -> Any:
    """Freezes the clock of the register, sessions included."""
    import time_machine

    return time_machine.travel(le, tick=False)
