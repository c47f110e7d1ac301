"""Conditions d'inscription : domicile, recensement ou JDC, une des trois voies, et ce que le candidat en déclare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from registre.regles.cadre import Domicile, Etablissement, Jdc, Voie
from registre.regles.citation import Motif, applique
from registre.regles.etats import ETATS_ACTIFS, EtatCandidature
from registre.regles.lecture import lire_code_postal, motif_de_lecture
from registre.regles.vocabulaire import FormeDePassage, Resultat

MOTIFS = (
    "code_postal_manquant",
    "code_postal_illisible",
    "domicile_hors_academie",
    "nationalite_manquante",
    "preuve_jdc_manquante",
    "preuve_jdc_inconnue",
    "jdc_pas_en_regle",
    "recensement_reserve_aux_mineurs",
    "une_voie_obligatoire",
    "passage_manquant",
    "formation_non_suivie",
    "trois_ans_non_declares",
    "domaine_sans_rapport",
    "etablissement_manquant",
    "etablissement_inconnu",
    "etablissement_contraire_a_la_voie",
    "organisme_sans_nom",
    "passage_sans_session",
    "passage_session_impossible",
    "passage_sans_academie",
    "passage_sans_specialite",
    "passage_sans_forme_de_passage",
    "passage_sans_resultat",
    "candidature_deja_active",
)

PREMIERE_SESSION = 1987
"""Première session du baccalauréat professionnel : on n'a pas pu le présenter avant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageAnterieur:
    """Une présentation antérieure déclarée (L-63). Un champ vaut ``None`` tant qu'il n'est pas donné ou lisible."""

    examen: str
    specialite: str | None
    session: int | None
    forme_de_passage: FormeDePassage | None
    resultat: Resultat | None
    academie: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationDeVoie:
    """Ce que le candidat déclare pour sa voie : le code de la voie et les cases qui vont avec elle."""

    voie: str | None
    formation_suivie: bool = False
    salarie_trois_ans: bool = False
    domaine_en_rapport: bool = False


# --- Domicile ---------------------------------------------------------------------------------------


@applique("conditions.domicile", "L-62")
def motifs_domicile(code_postal: str, domicile: Domicile) -> list[Motif]:
    """Le candidat a son domicile dans un département de l'académie, d'après le code postal.

    La Corse (20) et l'outre-mer (971 à 988) se comparent comme les autres, par le début du code postal.
    """
    lu = lire_code_postal(code_postal)
    if lu.valeur is None:
        return [motif_de_lecture(lu.code or "code_postal_illisible", "code_postal")]
    if lu.valeur.startswith(tuple(domicile.departements)):
        return []
    noms = ", ".join(f"{nom} ({code})" for code, nom in domicile.departements.items())
    message = (
        f"Condition de domicile\u00a0: il faut habiter un de ces départements\u00a0: {noms}. "
        "Inscrivez-vous auprès de l’académie de votre domicile."
    )
    return [Motif("domicile_hors_academie", "code_postal", message, ("conditions.domicile", "L-62"))]


# --- Recensement, JDC -------------------------------------------------------------------------------


@applique("L-43")
def age(naissance: date, le: date) -> int:
    """L'âge en années révolues ; né un 29 février, on prend un an le 1er mars des années non bissextiles."""
    return le.year - naissance.year - ((le.month, le.day) < (naissance.month, naissance.day))


@applique("conditions.recensement-jdc", "L-01", "L-43", "R90", "R91", "R92")
def jdc_exigee(nationalite_francaise: bool | None, naissance: date, le: date, jdc: Jdc) -> bool:
    """La preuve est demandée au candidat français, du jour de ses 16 ans compris au jour de ses 25 ans exclu."""
    premier, exclu = jdc.ages
    return nationalite_francaise is True and premier <= age(naissance, le) < exclu


@applique("conditions.recensement-jdc", "L-01", "L-43", "R93")
def motifs_jdc(
    nationalite_francaise: bool | None, naissance: date, le: date, preuve: str | None, jdc: Jdc
) -> list[Motif]:
    """Le candidat est en règle avec le recensement ou la JDC, par une des preuves admises.

    ``le`` est le jour du premier enregistrement. Champs : ``nationalite_francaise``, ``preuve_jdc``.
    """
    sources = ("conditions.recensement-jdc", "L-01", "L-43")
    if nationalite_francaise is None:
        message = "Dites si vous avez la nationalité française."
        return [Motif("nationalite_manquante", "nationalite_francaise", message, ("L-43",))]
    if not jdc_exigee(nationalite_francaise, naissance, le, jdc):
        return []
    if not preuve:
        message = "Dites comment vous êtes en règle avec le recensement ou la Journée défense et citoyenneté."
        return [Motif("preuve_jdc_manquante", "preuve_jdc", message, sources)]
    trouvee = next((p for p in jdc.preuves if p.code == preuve), None)
    if trouvee is None:
        message = "Choisissez votre situation dans la liste proposée."
        return [Motif("preuve_jdc_inconnue", "preuve_jdc", message, sources)]
    if not trouvee.en_regle:
        message = (
            "Il faut être en règle avec le recensement ou la Journée défense et citoyenneté pour s’inscrire. "
            "Adressez-vous à votre mairie ou à votre centre du service national."
        )
        return [Motif("jdc_pas_en_regle", "preuve_jdc", message, sources)]
    permise = jdc.recensement_avant_18_ans and age(naissance, le) < 18
    if trouvee.avant_18_ans_seulement and not permise:
        message = "L’attestation de recensement ne suffit qu’avant 18\u00a0ans. Choisissez une autre preuve."
        return [Motif("recensement_reserve_aux_mineurs", "preuve_jdc", message, sources)]
    return []


# --- Voie, établissement ----------------------------------------------------------------------------


@applique(
    "entete.publics",
    "conditions.une-voie-obligatoire",
    "conditions.voie.deja-presente",
    "conditions.voie.trois-ans-activite",
    "L-09",
    "L-18",
    "L-53",
    "R48",
)
def motifs_voie(
    declaration: DeclarationDeVoie, passages: Sequence[PassageAnterieur], voies: Iterable[Voie], examen: str
) -> list[Motif]:
    """Le candidat remplit une des trois conditions, et déclare ce qu'elle demande.

    L'enseignement à distance se justifie par l'organisme : voir :func:`motifs_etablissement`.
    Champs : ``voie``, ``passages``, ``formation_suivie``, ``salarie_trois_ans``, ``domaine_en_rapport``.
    """
    if declaration.voie not in {v.code for v in voies}:
        message = "Choisissez la condition que vous remplissez. Une seule suffit."
        return [Motif("une_voie_obligatoire", "voie", message, ("conditions.une-voie-obligatoire",))]
    if declaration.voie == "deja-presente":
        return _motifs_deja_presente(declaration, passages, examen)
    if declaration.voie == "trois-ans-activite":
        return _motifs_trois_ans(declaration)
    return []


def _motifs_deja_presente(
    declaration: DeclarationDeVoie, passages: Sequence[PassageAnterieur], examen: str
) -> list[Motif]:
    source = ("conditions.voie.deja-presente",)
    motifs = []
    if not any(p.examen == examen for p in passages):
        message = (
            "Déclarez au moins une session où vous avez déjà passé cet examen, ou choisissez une autre condition."
        )
        motifs.append(Motif("passage_manquant", "passages", message, source))
    if not declaration.formation_suivie:
        message = "Cette condition demande d’avoir suivi la formation à l’examen. Cochez-la, ou changez de condition."
        motifs.append(Motif("formation_non_suivie", "formation_suivie", message, source))
    return motifs


def _motifs_trois_ans(declaration: DeclarationDeVoie) -> list[Motif]:
    source = ("conditions.voie.trois-ans-activite",)
    motifs = []
    if not declaration.salarie_trois_ans:
        message = "Cette condition demande trois ans d’activité comme salarié. Cochez-la, ou changez de condition."
        motifs.append(Motif("trois_ans_non_declares", "salarie_trois_ans", message, source))
    if not declaration.domaine_en_rapport:
        message = "Votre activité doit être en rapport avec le diplôme demandé. Cochez-le, ou changez de condition."
        motifs.append(Motif("domaine_sans_rapport", "domaine_en_rapport", message, source))
    return motifs


@applique("etapes.candidature.type-et-etablissement", "conditions.voie.enseignement-a-distance", "L-53", "L-66")
def motifs_etablissement(
    code: str | None, nom: str, voie: str | None, etablissements: Iterable[Etablissement]
) -> list[Motif]:
    """L'établissement va avec la voie : un organisme pour l'enseignement à distance, « sans établissement » sinon.

    ``nom`` : nom de l'organisme, demandé pour « autre organisme ». Champs : ``etablissement``, ``organisme_nom``.
    """
    source = ("etapes.candidature.type-et-etablissement", "L-66")
    if not code:
        message = "Choisissez votre établissement, ou «\u00a0sans établissement\u00a0»."
        return [Motif("etablissement_manquant", "etablissement", message, source)]
    trouve = next((e for e in etablissements if e.code == code), None)
    if trouve is None:
        message = "Choisissez votre établissement dans la liste proposée."
        return [Motif("etablissement_inconnu", "etablissement", message, source)]
    if trouve.a_distance != (voie == "enseignement-a-distance"):
        message = (
            "Choisissez l’organisme qui vous prépare à distance."
            if voie == "enseignement-a-distance"
            else "Cet organisme est réservé à l’enseignement à distance. Choisissez «\u00a0sans établissement\u00a0»."
        )
        return [Motif("etablissement_contraire_a_la_voie", "etablissement", message, (*source, "L-53"))]
    if trouve.nom_demande and not nom.strip():
        message = "Indiquez le nom de l’organisme qui vous prépare à distance."
        return [Motif("organisme_sans_nom", "organisme_nom", message, source)]
    return []


# --- Passages antérieurs ----------------------------------------------------------------------------


@applique("L-63", "R31")
def motifs_passages(passages: Sequence[PassageAnterieur], session: int) -> list[Motif]:
    """Chaque présentation déclarée est complète, et sa session précède la session présentée.

    Champs : ``passages-<rang>-<champ>``, rang compté depuis 0.
    """
    return [motif for rang, passage in enumerate(passages) for motif in _motifs_passage(passage, rang, session)]


def _motifs_passage(passage: PassageAnterieur, rang: int, session: int) -> Iterable[Motif]:
    champ, source = f"passages-{rang}-", ("L-63",)
    if passage.session is None:
        message = "Indiquez la session de l’examen déjà passé, par exemple 2024."
        yield Motif("passage_sans_session", f"{champ}session", message, source)
    elif not PREMIERE_SESSION <= passage.session < session:
        message = f"La session doit être comprise entre {PREMIERE_SESSION} et {session - 1}. Vérifiez l’année."
        yield Motif("passage_session_impossible", f"{champ}session", message, source)
    if not passage.academie:
        message = "Indiquez l’académie où vous avez passé l’examen."
        yield Motif("passage_sans_academie", f"{champ}academie", message, source)
    if not passage.specialite:
        message = "Indiquez la spécialité que vous avez présentée."
        yield Motif("passage_sans_specialite", f"{champ}specialite", message, source)
    if passage.forme_de_passage is None:
        message = "Indiquez la forme de passage. Élève ou apprenti, vous étiez en forme globale."
        yield Motif("passage_sans_forme_de_passage", f"{champ}forme_de_passage", message, ("L-63", "R31"))
    if passage.resultat is None:
        message = "Indiquez le résultat obtenu à cette session."
        yield Motif("passage_sans_resultat", f"{champ}resultat", message, source)


# --- Candidature unique, consentements --------------------------------------------------------------


@applique("L-49", "R40")
def motifs_candidature_unique(autres: Iterable[EtatCandidature]) -> list[Motif]:
    """Une personne n'a qu'une candidature active par examen et par session.

    ``autres`` : états de ses autres candidatures au même examen, même session, toutes académies.
    """
    if ETATS_ACTIFS.isdisjoint(autres):
        return []
    message = (
        "Vous avez déjà une candidature à cet examen pour cette session. "
        "Modifiez-la, ou désinscrivez-vous avant d’en enregistrer une autre."
    )
    return [Motif("candidature_deja_active", "", message, ("L-49", "R40"))]


@applique("etapes.candidature.diffusion-resultats", "L-45", "L-65")
def diffusion_permise(reponse: bool | None) -> bool:
    """Sans réponse vaut non : seul un oui permet de diffuser le résultat."""
    return reponse is True
