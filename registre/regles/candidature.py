"""Étape 2, Informations candidature : à quel titre le candidat se présente, et ce que ce titre demande."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from registre.regles import acquis
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif, applique
from registre.regles.conditions import (
    DeclarationDeVoie,
    PassageAnterieur,
    jdc_exigee,
    motifs_etablissement,
    motifs_jdc,
    motifs_passages,
    motifs_voie,
)
from registre.regles.lecture import lire_annee
from registre.regles.saisie import Saisie, lignes, oui_ou_non, texte, texte_correct
from registre.regles.vocabulaire import FormeDePassage, Resultat

CHAMP = re.compile(
    r"voie|formation_suivie|salarie_trois_ans|domaine_en_rapport|deja_passe|preuve_jdc|etablissement|organisme_nom"
    r"|passages-[0-9]-(session|academie|specialite|forme_de_passage|resultat)|consentement_[a-z_-]{1,40}"
)
PASSAGES = 8
HORS_LISTE = "hors-liste"  # a speciality that our list does not know
MOTIFS = ("deja_passe_manquant", "passage_a_ajouter", "session_deux_fois", "handicap_manquant", "reponse_inconnue")


@dataclass(frozen=True, kw_only=True)
class Candidature:
    """Ce que l’étape 2 a recueilli. ``consentements`` : code -> vrai, faux, ou ``None`` sans réponse (L-45)."""

    declaration: DeclarationDeVoie
    deja_passe: bool | None
    passages: tuple[PassageAnterieur, ...]
    preuve_jdc: str | None
    etablissement: str
    organisme_nom: str
    consentements: dict[str, bool | None]

    @property
    def passages_complets(self) -> tuple[acquis.PassageConnu, ...]:
        """Les présentations dont la session et le résultat sont connus, pour les règles d’acquis."""
        return tuple(
            acquis.PassageConnu(
                session=p.session,
                specialite=None if p.specialite == HORS_LISTE else p.specialite,
                resultat=p.resultat,
                forme_de_passage=p.forme_de_passage,
            )
            for p in self.passages
            if p.session is not None and p.resultat is not None
        )


def _valeur(enumeration: Any, brut: str) -> Any:
    return enumeration(brut) if brut in {e.value for e in enumeration} else None


def lire(saisie: Saisie, cadre: Cadre) -> Candidature:
    """Lit l’étape 2 telle qu’elle a été tapée."""
    deja_passe = True if texte(saisie, "voie") == "deja-presente" else oui_ou_non(saisie, "deja_passe")
    passages = [_passage(ligne, cadre) for _, ligne in lignes(saisie, "passages")] if deja_passe else []
    return Candidature(
        declaration=DeclarationDeVoie(
            voie=texte(saisie, "voie") or None,
            formation_suivie=oui_ou_non(saisie, "formation_suivie") is True,
            salarie_trois_ans=oui_ou_non(saisie, "salarie_trois_ans") is True,
            domaine_en_rapport=oui_ou_non(saisie, "domaine_en_rapport") is True,
        ),
        deja_passe=deja_passe,
        passages=tuple(passages),
        preuve_jdc=texte(saisie, "preuve_jdc") or None,
        etablissement=texte(saisie, "etablissement"),
        organisme_nom=texte(saisie, "organisme_nom"),
        consentements={c.code: oui_ou_non(saisie, f"consentement_{c.code}") for c in cadre.consentements.liste},
    )


def _passage(ligne: Saisie, cadre: Cadre) -> PassageAnterieur:
    specialite = texte(ligne, "specialite")
    connue = specialite in cadre.specialites or specialite == HORS_LISTE
    return PassageAnterieur(
        examen=cadre.examen,
        specialite=specialite if connue else None,
        session=lire_annee(texte(ligne, "session")).valeur,
        forme_de_passage=_valeur(FormeDePassage, texte(ligne, "forme_de_passage")),
        resultat=_valeur(Resultat, texte(ligne, "resultat")),
        academie=texte(ligne, "academie") or None,
    )


def motifs(
    saisie: Saisie,
    lu: Candidature,
    nationalite: bool | None,
    naissance: date,
    le: date,
    handicap_repondu: bool,
    cadre: Cadre,
) -> list[Motif]:
    """Tous les motifs de l’étape 2. ``le`` : jour du premier enregistrement, ou jour présent avant lui (L-43)."""
    etablissement = motifs_etablissement(
        lu.etablissement or None, lu.organisme_nom, lu.declaration.voie, cadre.candidature.etablissements
    )
    # The nationality is asked at step 1, which already says when it is missing.
    jdc = (
        motifs_jdc(nationalite, naissance, le, lu.preuve_jdc, cadre.conditions.jdc) if nationalite is not None else []
    )
    prefixes = [prefixe for prefixe, _ in lignes(saisie, "passages")]
    return [
        *motifs_voie(lu.declaration, lu.passages, cadre.conditions.voies, cadre.examen),
        *passages_annonces(lu),
        *_remis_a_leur_ligne(motifs_passages(lu.passages, cadre.session), prefixes),
        *_remis_a_leur_ligne(sessions_distinctes(lu), prefixes),
        *[m for p in prefixes for m in texte_correct(saisie, f"{p}-academie", "L-63")],
        *jdc,
        *etablissement,
        *texte_correct(saisie, "organisme_nom", "L-66"),
        *handicap_dit(handicap_repondu),
        *consentements_lisibles(saisie, cadre),
    ]


def _remis_a_leur_ligne(trouves: list[Motif], prefixes: list[str]) -> list[Motif]:
    """The rules count the lines that are filled; the page numbers all of them."""

    def remis(m: Motif) -> Motif:
        _, rang, champ = m.champ.split("-")
        return Motif(m.code, f"{prefixes[int(rang)]}-{champ}", m.message, m.sources)

    return [remis(m) for m in trouves]


def preuve_demandee(nationalite: bool | None, naissance: date, le: date, cadre: Cadre) -> bool:
    """Vrai si l’étape 2 demande la situation au regard du recensement et de la JDC."""
    return jdc_exigee(nationalite, naissance, le, cadre.conditions.jdc)


@applique("etapes.qualification.forme-conservee", "L-63")
def passages_annonces(lu: Candidature) -> list[Motif]:
    """Le candidat dit s’il a déjà passé l’examen ; s’il répond oui, il déclare chaque présentation."""
    if lu.declaration.voie == "deja-presente":
        return []
    if lu.deja_passe is None:
        message = "Dites si vous avez déjà passé les épreuves du baccalauréat professionnel."
        return [Motif("deja_passe_manquant", "deja_passe", message, ("L-63",))]
    if lu.deja_passe and not lu.passages:
        message = "Remplissez au moins une présentation antérieure, ou répondez «\u00a0non\u00a0»."
        return [Motif("passage_a_ajouter", "deja_passe", message, ("L-63",))]
    return []


@applique("R40", "L-63")
def sessions_distinctes(lu: Candidature) -> list[Motif]:
    """On ne présente qu’une spécialité par session : deux présentations ne portent pas la même année."""
    vues: set[int] = set()
    trouves = []
    for rang, passage in enumerate(lu.passages):
        if passage.session in vues:
            message = "Vous avez déjà déclaré cette session. On ne passe qu’une spécialité par session."
            trouves.append(Motif("session_deux_fois", f"passages-{rang}-session", message, ("R40", "L-63")))
        elif passage.session is not None:
            vues.add(passage.session)
    return trouves


@applique("etapes.candidature.handicap", "etapes.candidature.dossier-amenagement", "R96")
def handicap_dit(repondu: bool) -> list[Motif]:
    """Le candidat répond à la rubrique « Handicap » ; un oui ne remplace pas le dossier d’aménagement."""
    if repondu:
        return []
    message = "Répondez par oui ou par non."
    return [Motif("handicap_manquant", "handicap", message, ("etapes.candidature.handicap",))]


@applique("etapes.candidature.diffusion-resultats", "L-45", "L-65")
def consentements_lisibles(saisie: Saisie, cadre: Cadre) -> list[Motif]:
    """Chaque question de diffusion reçoit oui, non, ou aucune réponse ; sans réponse vaut non."""
    trouves = []
    for c in cadre.consentements.liste:
        champ = f"consentement_{c.code}"
        if texte(saisie, champ) not in ("", "oui", "non"):
            message = "Répondez par oui ou par non, ou laissez sans réponse."
            trouves.append(
                Motif("reponse_inconnue", champ, message, ("etapes.candidature.diffusion-resultats", "L-45"))
            )
    return trouves
