"""Chapitre ``compte`` : état civil, adresse de messagerie, mot de passe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registre.cas.adaptateur import Adaptateur, Observe, juge
from registre.regles import compte
from registre.regles.cadre import Cadre
from registre.regles.compte import SaisieCompte

# Deux listes que la session ne fixe pas ; les cas n'en connaissent que ces valeurs.
COURANTS = frozenset({"azerty", "password", "doudou", "soleil1"})
PAYS = frozenset({"FR", "PT"})


@dataclass(frozen=True, kw_only=True)
class Nom:
    texte: str
    obligatoire: bool


def nom(s: Nom, _cadre: Cadre) -> Observe:
    motifs = compte.motifs_nom(s.texte, "nom", obligatoire=s.obligatoire)
    return juge(motifs, garde=compte.nom_normalise(s.texte))


@dataclass(frozen=True, kw_only=True)
class Courriel:
    texte: str


def courriel(s: Courriel, cadre: Cadre) -> Observe:
    return juge(
        compte.motifs_courriel(s.texte),
        garde=compte.courriel_normalise(s.texte),
        suggestion=compte.suggestion_de_courriel(s.texte, cadre.compte.domaines_courants),
    )


@dataclass(frozen=True, kw_only=True)
class MotDePasse:
    mot_de_passe: str
    noms: tuple[str, ...]
    naissance: date
    courriel: str


def mot_de_passe(s: MotDePasse, cadre: Cadre) -> Observe:
    identite = compte.Identite(noms=s.noms, naissance=s.naissance, courriel=s.courriel)
    return juge(compte.motifs_mot_de_passe(s.mot_de_passe, cadre.compte.mot_de_passe, COURANTS, identite))


@dataclass(frozen=True, kw_only=True)
class Formulaire(SaisieCompte):
    """``le`` : jour de la création du compte."""

    le: date


def formulaire(s: Formulaire, cadre: Cadre) -> Observe:
    return juge(compte.motifs_compte(s, cadre.compte, PAYS, COURANTS, s.le))


ADAPTATEURS = (
    Adaptateur(chapitre="compte", genre="nom", situation=Nom, observer=nom),
    Adaptateur(
        chapitre="compte",
        genre="courriel",
        situation=Courriel,
        observer=courriel,
        parametres=("compte",),
        sinon={"suggestion": None},
    ),
    Adaptateur(
        chapitre="compte",
        genre="mot_de_passe",
        situation=MotDePasse,
        observer=mot_de_passe,
        parametres=("compte.mot_de_passe",),
    ),
    Adaptateur(
        chapitre="compte", genre="formulaire", situation=Formulaire, observer=formulaire, parametres=("compte",)
    ),
)
