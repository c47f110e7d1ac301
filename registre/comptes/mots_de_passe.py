"""Ce qu’il faut aux règles du mot de passe : la liste des mots de passe courants et la règle du rôle."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from django.contrib.auth.password_validation import CommonPasswordValidator

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.regles.cadre import MotDePasse
from registre.regles.citation import Motif
from registre.regles.compte import Identite, mot_de_passe_confirme, motifs_mot_de_passe

CARACTERES_DIFFERENTS = 5


@lru_cache(maxsize=1)
def courants() -> frozenset[str]:
    """Les 20 000 mots de passe courants que Django livre, en minuscules."""
    return frozenset(CommonPasswordValidator().passwords)


def tel_que_hache(mot_de_passe: str) -> str:
    """Même texte, même empreinte : « é » tapé sur deux claviers peut s’écrire de deux façons (NFC)."""
    return unicodedata.normalize("NFC", mot_de_passe)


def regle_du_mot_de_passe(role: str) -> MotDePasse:
    """La règle de la session pour un candidat ; pour le service, 12 à 128 caractères sans composition."""
    regle = principal().compte.mot_de_passe
    if role == Compte.Role.CANDIDAT:
        return regle
    sans = dict.fromkeys(("majuscule", "minuscule", "chiffre", "special"), False)
    return replace(regle, longueur_minimale=12, longueur_maximale=128, **sans)


def motifs_nouveau_mot_de_passe(compte: Compte, mot_de_passe: str, confirmation: str) -> list[Motif]:
    """Ce que les règles reprochent à un nouveau mot de passe pour ce compte."""
    identite = Identite(
        noms=(compte.nom_de_famille, compte.nom_usage, compte.prenoms),
        naissance=compte.date_de_naissance,
        courriel=compte.email,
    )
    regle = regle_du_mot_de_passe(compte.role)
    return [
        *motifs_mot_de_passe(mot_de_passe, regle, courants(), identite),
        *_motifs_repetition(compte.role, mot_de_passe),
        *mot_de_passe_confirme(mot_de_passe, confirmation),
    ]


def _motifs_repetition(role: str, mot_de_passe: str) -> list[Motif]:
    """Without rules of composition, « aaaaaaaaaaaa » would pass: the office's passwords vary their characters."""
    if role == Compte.Role.CANDIDAT or len(set(mot_de_passe.casefold())) >= CARACTERES_DIFFERENTS:
        return []
    message = f"Employez au moins {CARACTERES_DIFFERENTS}\u00a0caractères différents."
    return [Motif("mot_de_passe_repete", "mot_de_passe", message, sources=("L-32",))]


def aide(regle: MotDePasse) -> str:
    """« De 8 à 20 caractères, avec au moins une majuscule, … » pour le libellé du champ."""
    exigences: Iterable[tuple[bool, str]] = (
        (regle.majuscule, "une majuscule"),
        (regle.minuscule, "une minuscule"),
        (regle.chiffre, "un chiffre"),
        (regle.special, "un caractère spécial (. / * par exemple)"),
    )
    demandes = [texte for exige, texte in exigences if exige]
    avec = f", avec au moins {', '.join(demandes[:-1])} et {demandes[-1]}" if len(demandes) > 1 else ""
    return f"De {regle.longueur_minimale} à {regle.longueur_maximale}\u00a0caractères{avec}."
