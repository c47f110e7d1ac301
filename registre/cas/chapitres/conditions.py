"""Chapitre ``conditions`` : domicile, âge, JDC, voie, établissement, présentations, unicité, diffusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registre.cas.adaptateur import Adaptateur, Observe, juge
from registre.cas.chapitres.presentations import EXAMEN, Presentation
from registre.regles import conditions
from registre.regles.cadre import Cadre
from registre.regles.conditions import DeclarationDeVoie
from registre.regles.etats import EtatCandidature


@dataclass(frozen=True, kw_only=True)
class Domicile:
    code_postal: str


def domicile(s: Domicile, cadre: Cadre) -> Observe:
    return juge(conditions.motifs_domicile(s.code_postal, cadre.conditions.domicile))


@dataclass(frozen=True, kw_only=True)
class Age:
    naissance: date
    le: date


def age(s: Age, _cadre: Cadre) -> Observe:
    return Observe({"age": conditions.age(s.naissance, s.le)})


@dataclass(frozen=True, kw_only=True)
class Jdc:
    naissance: date
    le: date
    nationalite_francaise: bool | None = None
    preuve: str | None = None


def jdc(s: Jdc, cadre: Cadre) -> Observe:
    return juge(conditions.motifs_jdc(s.nationalite_francaise, s.naissance, s.le, s.preuve, cadre.conditions.jdc))


@dataclass(frozen=True, kw_only=True)
class Voie:
    passages: tuple[Presentation, ...]
    voie: str | None = None
    formation_suivie: bool = False
    salarie_trois_ans: bool = False
    domaine_en_rapport: bool = False


def voie(s: Voie, cadre: Cadre) -> Observe:
    declaration = DeclarationDeVoie(
        voie=s.voie,
        formation_suivie=s.formation_suivie,
        salarie_trois_ans=s.salarie_trois_ans,
        domaine_en_rapport=s.domaine_en_rapport,
    )
    passages = [p.passage() for p in s.passages]
    return juge(conditions.motifs_voie(declaration, passages, cadre.conditions.voies, EXAMEN))


@dataclass(frozen=True, kw_only=True)
class Etablissement:
    nom: str
    voie: str
    etablissement: str | None = None


def etablissement(s: Etablissement, cadre: Cadre) -> Observe:
    return juge(conditions.motifs_etablissement(s.etablissement, s.nom, s.voie, cadre.candidature.etablissements))


@dataclass(frozen=True, kw_only=True)
class Passages:
    passages: tuple[Presentation, ...]
    session: int


def passages(s: Passages, _cadre: Cadre) -> Observe:
    return juge(conditions.motifs_passages([p.passage() for p in s.passages], s.session))


@dataclass(frozen=True, kw_only=True)
class Unicite:
    """``etats`` : ceux des autres candidatures de la personne, même session."""

    etats: tuple[EtatCandidature, ...]


def unicite(s: Unicite, _cadre: Cadre) -> Observe:
    return juge(conditions.motifs_candidature_unique(s.etats))


@dataclass(frozen=True, kw_only=True)
class Diffusion:
    reponse: bool | None = None


def diffusion(s: Diffusion, _cadre: Cadre) -> Observe:
    return Observe({"permise": conditions.diffusion_permise(s.reponse)})


def _genre(genre: str, situation: type, observer: Callable[[Any, Cadre], Observe], *parametres: str) -> Adaptateur:
    return Adaptateur(
        chapitre="conditions", genre=genre, situation=situation, observer=observer, parametres=parametres
    )


ADAPTATEURS = (
    _genre("domicile", Domicile, domicile, "conditions.domicile"),
    _genre("age", Age, age),
    _genre("jdc", Jdc, jdc, "conditions.jdc"),
    _genre("voie", Voie, voie),
    _genre("etablissement", Etablissement, etablissement, "candidature"),
    _genre("passages", Passages, passages),
    _genre("unicite", Unicite, unicite),
    _genre("diffusion", Diffusion, diffusion),
)
