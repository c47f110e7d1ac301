"""A duration written in a sentence is the one that the site applies."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings

from registre.comptes import frein, liens
from registre.comptes.models import Lien
from registre.justificatifs import passerelles, rangement, reservations
from tests.conventions.citations import RACINE

ECRITE = re.compile(
    r"(?<![\w}])(\d+|deux|trois|cinq|dix|quinze|vingt|trente|une)(?:&nbsp;|\s|\\u00a0)+(minute|heure|courriel)s?\b"
)
NOMBRES = {"une": 1, "deux": 2, "trois": 3, "cinq": 5, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30}
UNITES = {"minute": timedelta(minutes=1), "heure": timedelta(hours=1)}
SESSION = timedelta(seconds=settings.SESSION_INACTIVITE)
ACTIVATION = liens.DUREES[Lien.Usage.ACTIVATION]
MOT_DE_PASSE = liens.DUREES[Lien.Usage.MOT_DE_PASSE]
ADRESSE = liens.DUREES[Lien.Usage.ADRESSE]
APPLIQUEES = {
    "commun/templates/donnees_personnelles.html": SESSION,
    "comptes/templates/comptes/connexion.html": SESSION,
    "comptes/templates/comptes/mon_compte.html": SESSION,
    "comptes/templates/comptes/mot_de_passe_demande.html": MOT_DE_PASSE,
    "comptes/templates/comptes/mot_de_passe_oublie.html": MOT_DE_PASSE,
    "comptes/templates/comptes/renvoi_activation.html": ACTIVATION,
    "comptes/templates/comptes/verifiez_vos_messages.html": ACTIVATION,
    "comptes/templates/courriels/activation.html": ACTIVATION,
    "comptes/templates/courriels/activation.txt": ACTIVATION,
    "comptes/templates/courriels/compte_du_service.html": MOT_DE_PASSE,
    "comptes/templates/courriels/compte_du_service.txt": MOT_DE_PASSE,
    "comptes/templates/courriels/mot_de_passe_oublie.html": MOT_DE_PASSE,
    "comptes/templates/courriels/mot_de_passe_oublie.txt": MOT_DE_PASSE,
    "comptes/templates/courriels/nouvelle_adresse.html": ADRESSE,
    "comptes/templates/courriels/nouvelle_adresse.txt": ADRESSE,
    "justificatifs/templates/courriels/lien_du_telephone.html": passerelles.DUREE,
    "justificatifs/templates/courriels/lien_du_telephone.txt": passerelles.DUREE,
    "justificatifs/templates/justificatifs/gestion/controle.html": reservations.DUREE,
    "justificatifs/templates/justificatifs/preparer.html": rangement.AGE,
    "justificatifs/templates/justificatifs/telephone/ferme.html": rangement.AGE,
    "justificatifs/templates/justificatifs/telephone/ordinateur.html": passerelles.DUREE,
}


def dites(texte: str) -> list[timedelta]:
    # « une minute » is what is left, rounded, beside the number of a context.
    return [
        UNITES[unite] * int(NOMBRES.get(nombre, nombre))
        for nombre, unite in ECRITE.findall(texte)
        if unite in UNITES and (nombre, unite) != ("une", "minute")
    ]


DITES = {
    fichier.relative_to(RACINE / "registre").as_posix(): durees
    for sorte in ("html", "txt")
    for fichier in sorted((RACINE / "registre").rglob(f"templates/**/*.{sorte}"))
    if (durees := dites(fichier.read_text(encoding="utf-8")))
}


def test_every_duration_that_a_page_or_a_mail_says_is_the_one_applied():
    assert {fichier: set(durees) for fichier, durees in DITES.items()} == {
        fichier: {duree} for fichier, duree in APPLIQUEES.items()
    }


def test_the_mails_that_a_message_counts_are_those_permitted():
    source = (RACINE / "registre/justificatifs/usecases/mail_passerelle.py").read_text(encoding="utf-8")
    nombres = {NOMBRES[nombre] for nombre, unite in ECRITE.findall(source) if unite == "courriel"}
    assert (nombres, frein.COURRIELS[1]) == ({frein.COURRIELS[0]}, timedelta(hours=1))


def test_the_warning_before_the_end_of_a_session_says_when_it_comes():
    script = (RACINE / "registre/comptes/static/comptes/comptes.js").read_text(encoding="utf-8")
    [avertir] = re.findall(r"const AVERTIR = (\d+);", script)
    assert [timedelta(seconds=int(avertir))] == dites(script)
