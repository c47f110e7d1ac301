"""Qualification présentée : la spécialité, la forme de passage, et ce que chaque unité devient à la session.

L'étape 3 demande :func:`motifs_specialite` et :func:`motifs_forme_de_passage` ; l'étape 5 demande
:func:`motifs_etats_des_unites` ; :func:`motifs_qualification` réunit les deux dernières.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registre.regles.cadre import Correspondance, ParametresForme, Specialite
from registre.regles.citation import Motif, applique
from registre.regles.conditions import PassageAnterieur
from registre.regles.correspondances import succession
from registre.regles.etats import Acteur
from registre.regles.vocabulaire import EtatUnite, FormeDePassage, Resultat

MOTIFS = (
    "forme_de_passage_manquante",
    "forme_de_passage_a_conserver",
    "forme_de_passage_deja_enregistree",
    "motif_exige",
    "epreuve_non_inscrite",
    "aucune_epreuve_presentee",
    "specialite_manquante",
    "specialite_inconnue",
    "specialite_non_ouverte",
    "specialite_en_rattrapage",
    "deja_admis",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoixDeForme:
    """La forme choisie, et ce qui la tient : forme déjà enregistrée, qui demande, motif de la correction."""

    forme_de_passage: FormeDePassage | None
    enregistree: FormeDePassage | None = None
    acteur: Acteur = Acteur.CANDIDAT
    motif_correction: str = ""

    @property
    def change(self) -> bool:
        """Vrai si une forme enregistrée serait remplacée par une autre."""
        return self.enregistree is not None and self.enregistree != self.forme_de_passage


# --- Spécialité -------------------------------------------------------------------------------------


@applique("etapes.qualification.specialite", "L-35", "L-38")
def specialite_ouverte(specialite: Specialite, passages: Iterable[PassageAnterieur], examen: str) -> list[Motif]:
    """La spécialité est ouverte à la session ; en rattrapage seul, elle l'est à qui l'a présentée sans être admis."""
    if not specialite.ouverte_a_l_inscription:
        message = "Cette spécialité n’est pas ouverte à l’inscription. Écrivez au service gestionnaire."
        return [Motif("specialite_non_ouverte", "specialite", message, ("L-35", "L-38"))]
    presentee = any(_non_admis(p, examen) and p.specialite == specialite.slug for p in passages)
    if specialite.rattrapage_seul and not presentee:
        message = "Cette spécialité n’est ouverte que si vous l’avez déjà présentée. Choisissez-en une autre."
        return [Motif("specialite_en_rattrapage", "specialite", message, ("etapes.qualification.specialite",))]
    return []


@applique("L-48", "L-63")
def non_deja_admis(
    slug: str, passages: Iterable[PassageAnterieur], examen: str, correspondances: Iterable[Correspondance]
) -> list[Motif]:
    """Être admis dans la spécialité présentée, même sous son ancien règlement, exclut l'inscription.

    Une ancienne spécialité qui en a donné plusieurs n'est aucune d'elles en particulier : aucun texte ne l'exclut.
    """
    tableaux = tuple(correspondances)
    obtenues = {p.specialite for p in passages if p.examen == examen and p.resultat == Resultat.ADMIS}
    if not any(o == slug or _seule_suite(o or "", slug, tableaux) for o in obtenues):
        return []
    ancien = "" if slug in obtenues else ", sous un ancien règlement"
    message = f"Vous avez déjà obtenu cette spécialité{ancien}. Choisissez-en une autre, ou corrigez l’étape 2."
    return [Motif("deja_admis", "specialite", message, ("L-63",) if slug in obtenues else ("L-63", "L-48"))]


def _seule_suite(ancienne: str, slug: str, tableaux: tuple[Correspondance, ...]) -> bool:
    """La spécialité présentée est la seule que l'ancienne soit devenue."""
    chemin = succession(ancienne, slug, tableaux)
    return bool(chemin) and all([t.ancien for t in tableaux].count(etape.ancien) == 1 for etape in chemin)


def motifs_specialite(
    slug: str | None,
    specialites: Mapping[str, Specialite],
    passages: Iterable[PassageAnterieur],
    examen: str,
    correspondances: Iterable[Correspondance],
) -> list[Motif]:
    """Tous les motifs de la spécialité choisie, champ ``specialite``. ``examen`` : code de l'examen présenté."""
    source = ("etapes.qualification.specialite",)
    passages = tuple(passages)
    if not slug:
        return [Motif("specialite_manquante", "specialite", "Choisissez la spécialité que vous présentez.", source)]
    if slug not in specialites:
        message = "Choisissez votre spécialité dans la liste proposée."
        return [Motif("specialite_inconnue", "specialite", message, source)]
    return [
        *specialite_ouverte(specialites[slug], passages, examen),
        *non_deja_admis(slug, passages, examen, correspondances),
    ]


# --- Forme de passage -------------------------------------------------------------------------------


def _non_admis(passage: PassageAnterieur, examen: str) -> bool:
    return passage.examen == examen and passage.resultat not in (None, Resultat.ADMIS)


@applique("etapes.qualification.forme-conservee", "L-05", "L-63", "R31")
def forme_de_passage_conservee(
    passages: Iterable[PassageAnterieur], parametres: ParametresForme, specialite: str | None, examen: str
) -> FormeDePassage | None:
    """La forme à conserver : celle de la dernière présentation non admise à cet examen, ``None`` si libre.

    L'échec à un autre examen ne compte pas. ``specialite`` ne compte que si le paramètre le dit.
    """
    if not parametres.conservee_apres_echec:
        return None
    echecs = [
        p
        for p in passages
        if _non_admis(p, examen)
        and p.forme_de_passage is not None
        and (parametres.conservee_si_autre_specialite or p.specialite == specialite)
    ]
    return max(echecs, key=lambda p: p.session or 0).forme_de_passage if echecs else None


@applique("etapes.qualification.forme-conservee", "L-05", "L-63")
def forme_de_passage_maintenue(choix: ChoixDeForme, conservee: FormeDePassage | None) -> list[Motif]:
    """Le candidat qui a échoué à une session précédente garde la même forme de passage."""
    if choix.forme_de_passage is None or conservee in (None, choix.forme_de_passage):
        return []
    message = (
        f"Vous avez déjà présenté l’examen en forme {conservee} sans obtenir le diplôme. Choisissez cette même forme."
    )
    sources = ("etapes.qualification.forme-conservee", "L-05")
    return [Motif("forme_de_passage_a_conserver", "forme_de_passage", message, sources)]


@applique("etapes.qualification.forme-definitive", "L-34", "R28")
def forme_de_passage_definitive(choix: ChoixDeForme, parametres: ParametresForme) -> list[Motif]:
    """Une fois enregistrée, la forme ne change plus ; le gestionnaire la corrige, avec un motif."""
    if choix.forme_de_passage is None or not choix.change:
        return []
    sources = ("etapes.qualification.forme-definitive", "L-34")
    if choix.acteur == Acteur.GESTIONNAIRE:
        if choix.motif_correction.strip():
            return []
        return [Motif("motif_exige", "motif_correction", "Indiquez le motif de cette correction.", ("L-34",))]
    if parametres.definitive_des == "cloture":
        return []
    message = (
        f"Vous avez enregistré la forme {choix.enregistree}, et ce choix est définitif. "
        "En cas d’erreur matérielle, écrivez au service gestionnaire."
    )
    return [Motif("forme_de_passage_deja_enregistree", "forme_de_passage", message, sources)]


def motifs_forme_de_passage(
    choix: ChoixDeForme,
    passages: Iterable[PassageAnterieur],
    parametres: ParametresForme,
    specialite: str | None,
    examen: str,
) -> list[Motif]:
    """Tous les motifs de la forme choisie. Champs : ``forme_de_passage``, ``motif_correction``."""
    if choix.forme_de_passage is None:
        message = "Choisissez la forme de passage\u00a0: globale ou progressive."
        sources = ("etapes.qualification.forme-definitive",)
        return [Motif("forme_de_passage_manquante", "forme_de_passage", message, sources)]
    conservee = forme_de_passage_conservee(passages, parametres, specialite, examen)
    return [
        *forme_de_passage_maintenue(choix, conservee),
        *forme_de_passage_definitive(choix, parametres),
    ]


# --- États des unités -------------------------------------------------------------------------------


@applique("etapes.qualification.globale", "epreuves.obligatoires.inscrit", "L-60", "R38", "R59", "R60", "R61")
def toutes_les_epreuves_inscrites(etats: Mapping[str, EtatUnite], etalement: bool) -> list[Motif]:
    """Sous la forme globale, chaque unité est inscrite, dispensée, gardée ou inapte ; un motif par unité laissée.

    ``etalement`` : étalement décidé et notifié au titre du handicap.
    """
    message = "La forme globale demande de passer toutes les épreuves à cette session. Inscrivez cette épreuve."
    sources = ("etapes.qualification.globale", "epreuves.obligatoires.inscrit", "L-60")
    return [
        Motif("epreuve_non_inscrite", cle, message, sources)
        for cle, etat in etats.items()
        if etat == EtatUnite.NON_PRESENTEE and not etalement
    ]


@applique("etapes.qualification.progressive", "L-60", "R28")
def au_moins_une_epreuve_presentee(etats: Mapping[str, EtatUnite]) -> list[Motif]:
    """Sous la forme progressive, au moins une épreuve est présentée à la session."""
    if EtatUnite.INSCRIT in etats.values():
        return []
    message = "Inscrivez au moins une épreuve à cette session."
    return [Motif("aucune_epreuve_presentee", "", message, ("etapes.qualification.progressive", "L-60"))]


def motifs_etats_des_unites(
    forme_de_passage: FormeDePassage | None, etats: Mapping[str, EtatUnite], *, etalement: bool = False
) -> list[Motif]:
    """Les motifs des états des unités. ``etats`` : un état pour chacune des unités obligatoires, par clé.

    Le champ d'un motif est la clé de l'unité. Sans forme choisie, rien n'est jugé ici.
    """
    if forme_de_passage == FormeDePassage.GLOBALE:
        return toutes_les_epreuves_inscrites(etats, etalement)
    if forme_de_passage == FormeDePassage.PROGRESSIVE:
        return au_moins_une_epreuve_presentee(etats)
    return []


def motifs_qualification(
    choix: ChoixDeForme,
    etats: Mapping[str, EtatUnite],
    passages: Iterable[PassageAnterieur],
    parametres: ParametresForme,
    specialite: str | None,
    examen: str,
    *,
    etalement: bool = False,
) -> list[Motif]:
    """Tous les motifs de la forme et des états des unités, dans l'ordre de ``MOTIFS``."""
    return [
        *motifs_forme_de_passage(choix, passages, parametres, specialite, examen),
        *motifs_etats_des_unites(choix.forme_de_passage, etats, etalement=etalement),
    ]
