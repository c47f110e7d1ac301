"""Lire ce que Registre sait des sessions passées d’une personne : relevés, inscriptions, et ce qu’ils donnent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from registre.commun.cadres import tous
from registre.comptes.models import Compte
from registre.inscription.models import Candidature, LigneDeReleve, ReleveAnterieur, VersionDeCandidature
from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre
from registre.regles.etapes import Examen
from registre.regles.notes import EtatNote
from registre.regles.recapitulatif import LIBELLES_FORMES, LIBELLES_RESULTATS
from registre.regles.releves import (
    Connu,
    DroitConnu,
    InscriptionConnue,
    LigneConnue,
    PresentationConnue,
    ReleveConnu,
    droits_connus,
    effet_en_clair,
    note_differente,
    note_ecrite,
)
from registre.regles.saisie import Saisie, texte
from registre.regles.vocabulaire import FormeDePassage, Resultat


def connu(compte: Compte, cadre: Cadre) -> Connu:
    """Les relevés et les inscriptions de cette personne, et d’elle seule, aux sessions d’avant celle du cadre."""
    avant = {"compte": compte, "examen": cadre.examen, "session__lt": cadre.session}
    releves = ReleveAnterieur.objects.filter(**avant).prefetch_related("lignes").order_by("session")
    versions = VersionDeCandidature.objects.select_related("candidature").filter(
        numero=F("candidature__derniere_version"),
        candidature__etat=Candidature.Etat.ENREGISTREE,
        **{f"candidature__{champ}": valeur for champ, valeur in avant.items()},
    )
    return Connu(
        releves=tuple(releve_connu(r, r.lignes.all()) for r in releves),
        inscriptions=tuple(_inscription(v) for v in versions.order_by("candidature__session")),
    )


def releve_connu(releve: ReleveAnterieur, lignes: Iterable[LigneDeReleve]) -> ReleveConnu:
    """Le relevé tel que les règles le lisent, ses lignes dans l’ordre où elles ont été écrites."""
    return ReleveConnu(
        session=releve.session,
        academie=releve.academie,
        specialite=releve.specialite,
        forme_de_passage=FormeDePassage(releve.forme_de_passage),
        resultat=Resultat(releve.resultat),
        lignes=tuple(
            LigneConnue(unite=x.unite, matiere=x.matiere, etat=EtatNote(x.etat), note=x.note, langue=x.langue)
            for x in sorted(lignes, key=lambda x: x.pk)
        ),
    )


def _inscription(version: VersionDeCandidature) -> InscriptionConnue:
    candidature = version.candidature
    return InscriptionConnue(
        session=candidature.session,
        academie=candidature.academie,
        specialite=candidature.specialite,
        forme_de_passage=FormeDePassage(candidature.forme_de_passage),
        acquis=version.contenu["saisies"].get("acquis", {}),
    )


def droits(sait: Connu, examen: Examen) -> tuple[DroitConnu, ...]:
    """Ce que donnent les notes connues dans la spécialité présentée ; rien tant qu’elle n’est pas choisie."""
    if examen.specialite is None:
        return ()
    return droits_connus(sait.releves, sait.inscriptions, examen.specialite, examen.cadre)


def noms_des_academies() -> dict[str, str]:
    return {cadre.academie: cadre.academie_libelle for cadre in tous().values()}


def presentation_en_clair(presentation: PresentationConnue, cadre: Cadre) -> str:
    """« session 2024, Logistique, forme globale, ajourné »."""
    specialite = cadre.specialites.get(presentation.specialite)
    morceaux = [
        f"session {presentation.session}",
        specialite.libelle if specialite else "spécialité hors de la liste",
        f"forme {LIBELLES_FORMES[presentation.forme_de_passage].lower()}",
        LIBELLES_RESULTATS[presentation.resultat] if presentation.resultat else "",
    ]
    return ", ".join(m for m in morceaux if m)


def phrase_de_la_ligne(presentation: PresentationConnue, dite: bool, cadre: Cadre) -> str:
    """D’où vient une présentation de l’étape 2, ou ce que Registre connaît d’autre pour cette session."""
    if not dite:
        return (
            f"Registre connaît autre chose\u00a0: {presentation_en_clair(presentation, cadre)}. "
            "Vérifiez cette ligne. Le service comparera."
        )
    if presentation.resultat is None:
        return f"Inscription connue de Registre, session {presentation.session}. Indiquez vous-même le résultat."
    return f"Présentation connue de Registre, session {presentation.session}. Vérifiez-la."


def tableaux(connus: Iterable[DroitConnu], examen: Examen) -> list[dict[str, Any]]:
    """Un tableau par relevé connu : chaque épreuve, sa note, ce qu’elle donne. Pour l’étape 4."""
    cadre = examen.cadre
    declares = {(p.session, p.specialite) for p in examen.candidature.passages_complets}
    par_releve: dict[tuple[int, str], dict[str, Any]] = {}
    for droit in connus:
        cle = (droit.releve.session, droit.releve.specialite)
        tableau = par_releve.setdefault(
            cle,
            {
                "session": cle[0],
                "specialite": cadre.specialites[cle[1]].libelle if cle[1] in cadre.specialites else "",
                "declare": cle in declares,
                "lignes": [],
                "a_recopier": [],
            },
        )
        nom = intitule(droit, cadre)
        tableau["lignes"].append([nom, note_ecrite(droit.ligne.note), effet_en_clair(droit, cadre)])
        if droit.ouvert and not droit.a_une_case:
            tableau["a_recopier"].append(nom)
    return list(par_releve.values())


def intitule(droit: DroitConnu, cadre: Cadre) -> str:
    """L’épreuve, dans les mots de la spécialité du relevé."""
    source = cadre.specialites.get(droit.releve.specialite)
    cle = droit.ligne.cle
    return libelle_unite(cle, source, cadre) if source else cadre.libelles_matieres.get(cle, cle)


def ecarts(saisie: Saisie, connus: Iterable[DroitConnu], cadre: Cadre) -> list[dict[str, str]]:
    """Les notes que le candidat a tapées autrement que sur son relevé : épreuve, session, note connue, note tapée.

    ``saisie`` : l’étape 4. Pour la page du service comme pour celle du candidat ; rien n’est bloqué.
    """
    trouves = []
    for droit in connus:
        tapee = texte(saisie, f"p{droit.releve.session}_n_{droit.ligne.cle}")
        if note_differente(tapee, droit.ligne.note, cadre):
            trouves.append(
                {
                    "epreuve": intitule(droit, cadre),
                    "session": str(droit.releve.session),
                    "connue": note_ecrite(droit.ligne.note) or "aucune note",
                    "tapee": tapee,
                }
            )
    return trouves


def ecarts_de_la_version(version: VersionDeCandidature, compte: Compte, cadre: Cadre) -> list[dict[str, str]]:
    """Pour le service : les notes de cette version qui ne sont pas celles des relevés connus de Registre."""
    specialite = cadre.specialites.get(version.contenu["specialite"] or "")
    if specialite is None:
        return []
    sait = connu(compte, cadre)
    connus = droits_connus(sait.releves, sait.inscriptions, specialite, cadre)
    return ecarts(version.contenu["saisies"].get("acquis", {}), connus, cadre)
