"""Compte : état civil, adresse de messagerie, mot de passe.

Les listes (pays, mots de passe courants) sont données par l'appelant. Les normalisations sont ici, pour que deux
saisies pareilles se comparent pareilles : :func:`nom_normalise`, :func:`courriel_normalise`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from registre.regles.cadre import MotDePasse, ParametresCompte
from registre.regles.citation import Motif, applique
from registre.regles.conditions import age
from registre.regles.lecture import lire_date, motif_de_lecture

MOTIFS = (
    "civilite_manquante",
    "civilite_inconnue",
    "nom_manquant",
    "nom_caracteres_refuses",
    "nom_trop_long",
    "confirmation_nom_differente",
    "date_manquante",
    "date_illisible",
    "date_inexistante",
    "date_de_naissance_impossible",
    "confirmation_date_differente",
    "pays_manquant",
    "pays_inconnu",
    "courriel_manquant",
    "courriel_mal_forme",
    "confirmation_courriel_differente",
    "mot_de_passe_trop_court",
    "mot_de_passe_trop_long",
    "mot_de_passe_sans_majuscule",
    "mot_de_passe_sans_minuscule",
    "mot_de_passe_sans_chiffre",
    "mot_de_passe_sans_special",
    "mot_de_passe_courant",
    "mot_de_passe_personnel",
    "mot_de_passe_du_contexte",
    "confirmation_mot_de_passe_differente",
)

LONGUEUR_NOM = 100
"""Longueur maximale d'un nom ou des prénoms, en caractères."""

LONGUEUR_COURRIEL, LONGUEUR_PARTIE_LOCALE = 254, 64
"""Longueurs maximales d'une adresse et de sa partie avant l'arobase, en caractères (RFC 5321)."""

AGES_PLAUSIBLES = (10, 110)
"""Âges entre lesquels une date de naissance n'est pas une faute de frappe, bornes comprises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaisieCompte:
    """Le formulaire de création, tel qu'il est tapé."""

    civilite: str = ""
    nom: str = ""
    confirmation_nom: str = ""
    nom_usage: str = ""
    prenoms: str = ""
    date_de_naissance: str = ""
    confirmation_date_de_naissance: str = ""
    pays_de_naissance: str = ""
    courriel: str = ""
    confirmation_courriel: str = ""
    mot_de_passe: str = ""
    confirmation_mot_de_passe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identite:
    """Ce qu'un mot de passe ne doit pas contenir. ``noms`` : nom, nom d'usage, prénoms."""

    noms: tuple[str, ...] = ()
    naissance: date | None = None
    courriel: str = ""


# --- Noms -------------------------------------------------------------------------------------------


def nom_normalise(texte: str) -> str:
    """Le nom tel qu'il est gardé : NFC, une seule sorte d'apostrophe et de trait d'union, espaces simples."""
    compose = unicodedata.normalize("NFC", texte)
    uni = re.sub("[\u2010\u2011]", "-", re.sub("['\u02bc\u2018]", "’", compose))
    # Seules les espaces se réduisent : une tabulation ou un caractère de contrôle reste, pour être refusé.
    return re.sub("[ \u00a0\u202f]+", " ", uni).strip(" ")


def _caractere_de_nom(caractere: str) -> bool:
    categorie = unicodedata.category(caractere)
    latine = categorie[0] == "L" and unicodedata.name(caractere, "").startswith("LATIN ")
    return latine or categorie == "Mn" or caractere in "’ʻ- "  # ʻ is a letter in Polynesian names


@applique(
    "compte.etat-civil-piece-identite",
    "compte.champ.nom-de-famille",
    "compte.champ.nom-usage",
    "compte.champ.prenoms",
    "compte.tous-les-prenoms",
)
def motifs_nom(texte: str, champ: str, *, obligatoire: bool) -> list[Motif]:
    """Un nom s'écrit en lettres latines, avec apostrophes, traits d'union et espaces, d'après la pièce d'identité."""
    nom = nom_normalise(texte)
    source = (
        "compte.champ.prenoms" if champ == "prenoms" else "compte.champ.nom-de-famille",
        "compte.etat-civil-piece-identite",
    )
    if not nom:
        message = "Remplissez ce champ comme sur votre pièce d’identité."
        return [Motif("nom_manquant", champ, message, source)] if obligatoire else []
    motifs = []
    if not all(map(_caractere_de_nom, nom)) or unicodedata.category(nom[0]) == "Mn" or not any(map(str.isalpha, nom)):
        message = "N’utilisez que des lettres, des apostrophes, des traits d’union et des espaces."
        motifs.append(Motif("nom_caracteres_refuses", champ, message, source))
    if len(nom) > LONGUEUR_NOM:
        message = f"Ce champ contient plus de {LONGUEUR_NOM}\u00a0caractères. Écrivez au service gestionnaire."
        motifs.append(Motif("nom_trop_long", champ, message, source))
    return motifs


# --- Date de naissance ------------------------------------------------------------------------------


@applique("compte.champ.date-de-naissance")
def motifs_date_de_naissance(texte: str, le: date) -> list[Motif]:
    """La date de naissance est une date réelle, d'une personne de 10 à 110 ans au jour ``le``."""
    lue = lire_date(texte)
    if lue.valeur is None:
        return [motif_de_lecture(lue.code or "date_illisible", "date_de_naissance")]
    minimum, maximum = AGES_PLAUSIBLES
    if minimum <= age(lue.valeur, le) <= maximum:
        return []
    message = "Cette date de naissance paraît fausse. Vérifiez l’année."
    sources = ("compte.champ.date-de-naissance",)
    return [Motif("date_de_naissance_impossible", "date_de_naissance", message, sources)]


# --- Adresse de messagerie --------------------------------------------------------------------------

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ETIQUETTE = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_COURRIEL = re.compile(rf"({_LOCAL})@((?:{_ETIQUETTE}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}}))")


def courriel_normalise(texte: str) -> str:
    """L'adresse telle qu'elle identifie le compte : NFKC, minuscules ; l'étiquette « +mot » est gardée."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", texte).strip().casefold())


@applique("compte.champ.adresse-mail", "compte.adresse-mail-identifiant", "R132")
def motifs_courriel(texte: str) -> list[Motif]:
    """L'adresse de messagerie a la forme nom.prenom@domaine.fr."""
    source = ("compte.champ.adresse-mail", "compte.adresse-mail-identifiant")
    compatible = unicodedata.normalize("NFKC", texte).strip()
    if not compatible:
        message = "Indiquez votre adresse de messagerie, par exemple nom.prenom@domaine.fr."
        return [Motif("courriel_manquant", "courriel", message, source)]
    # L'ASCII se juge avant la réduction en minuscules, qui ferait « strasse » de « straße » : une autre boîte.
    lisible = compatible.isascii() and len(compatible) <= LONGUEUR_COURRIEL
    trouve = _COURRIEL.fullmatch(compatible.lower()) if lisible else None
    if trouve is not None and len(trouve.group(1)) <= LONGUEUR_PARTIE_LOCALE:
        return []
    message = "Écrivez une adresse de messagerie complète et sans accent, par exemple nom.prenom@domaine.fr."
    return [Motif("courriel_mal_forme", "courriel", message, source)]


@applique("compte.adresse-mail-consultee")
def suggestion_de_courriel(texte: str, domaines_courants: Collection[str]) -> str | None:
    """L'adresse probable quand le domaine ressemble à un domaine courant mal tapé, ``None`` sinon."""
    local, arobase, domaine = courriel_normalise(texte).rpartition("@")
    if not arobase or not local or domaine in domaines_courants or len(domaine) > LONGUEUR_COURRIEL:
        return None
    proches = get_close_matches(domaine, domaines_courants, n=1, cutoff=0.8)
    return f"{local}@{proches[0]}" if proches else None


# --- Mot de passe -----------------------------------------------------------------------------------

_FIGURES = {"4": "a", "@": "a", "0": "o", "3": "e", "5": "s", "$": "s"}
_EN_LETTRES = tuple(str.maketrans({**_FIGURES, "1": lettre}) for lettre in "il")
_LONGUEUR_D_UN_MOT = 3


def _est_special(caractere: str) -> bool:
    """Ni lettre, ni chiffre, ni espace (L-32)."""
    return unicodedata.category(caractere)[0] not in "LNZ" and not caractere.isspace()


@applique("compte.mot-de-passe.composition", "L-32", "R131")
def mot_de_passe_compose(mot_de_passe: str, parametres: MotDePasse) -> list[Motif]:
    """Le mot de passe a la longueur et les sortes de caractères exigées ; tout ce qui manque est dit d'un coup."""
    texte = unicodedata.normalize("NFC", mot_de_passe)
    minimum, maximum = parametres.longueur_minimale, parametres.longueur_maximale
    refus = (
        (
            len(texte) < minimum,
            "mot_de_passe_trop_court",
            f"Le mot de passe compte au moins {minimum}\u00a0caractères. Allongez-le.",
        ),
        (
            len(texte) > maximum,
            "mot_de_passe_trop_long",
            f"Le mot de passe compte au plus {maximum}\u00a0caractères. Raccourcissez-le.",
        ),
        (
            parametres.majuscule and not any(c.isupper() for c in texte),
            "mot_de_passe_sans_majuscule",
            "Ajoutez au moins une lettre majuscule.",
        ),
        (
            parametres.minuscule and not any(c.islower() for c in texte),
            "mot_de_passe_sans_minuscule",
            "Ajoutez au moins une lettre minuscule.",
        ),
        (
            parametres.chiffre and not any(unicodedata.category(c) == "Nd" for c in texte),
            "mot_de_passe_sans_chiffre",
            "Ajoutez au moins un chiffre.",
        ),
        (
            parametres.special and not any(map(_est_special, texte)),
            "mot_de_passe_sans_special",
            "Ajoutez au moins un caractère spécial, par exemple un point, une barre oblique ou un astérisque.",
        ),
    )
    sources = ("compte.mot-de-passe.composition", "L-32")
    return [Motif(code, "mot_de_passe", message, sources) for refuse, code, message in refus if refuse]


def sans_accents(texte: str) -> str:
    """Minuscules sans accents : la base des comparaisons de mots."""
    decompose = unicodedata.normalize("NFKD", texte.casefold())
    return "".join(c for c in decompose if unicodedata.category(c) != "Mn")


def _lectures(texte: str) -> set[str]:
    """Les façons de lire un texte : tel quel, ou avec ses chiffres et signes pris pour des lettres (4 pour a…)."""
    simple = sans_accents(texte)
    return {simple, *(simple.translate(table) for table in _EN_LETTRES)}


def _lettres_et_chiffres(texte: str) -> str:
    return "".join(c for c in texte if c.isalnum())


def _contient(mot_de_passe: str, mots: Iterable[str]) -> bool:
    """Vrai si un mot d'au moins trois caractères se lit dans le mot de passe, ponctuation mise à part."""
    lectures = {_lettres_et_chiffres(lecture) for lecture in _lectures(mot_de_passe)}
    cherches = {_lettres_et_chiffres(sans_accents(mot)) for mot in mots}
    return any(len(mot) >= _LONGUEUR_D_UN_MOT and mot in lecture for mot in cherches for lecture in lectures)


def _morceaux(texte: str) -> set[str]:
    """Le texte entier, ses mots, et ses mots sans leurs chiffres : « jean63 » donne aussi « jean »."""
    return {texte, *re.split(r"[\W_]+", texte), *re.split(r"[\W\d_]+", texte)}


def _mots_personnels(identite: Identite) -> set[str]:
    local, _, domaine = courriel_normalise(identite.courriel).partition("@")
    # Le domaine ne compte qu'entier : « orange » seul ne dit rien du candidat.
    mots = {domaine}.union(*map(_morceaux, (*identite.noms, local)))
    if identite.naissance is not None:
        n = identite.naissance
        annee, mois, jour = f"{n.year:04d}", f"{n.month:02d}", f"{n.day:02d}"
        mots |= {annee, jour + mois + annee[2:], annee + mois + jour, annee[2:] + mois + jour}
    return mots


@applique("L-32")
def mot_de_passe_rare(mot_de_passe: str, parametres: MotDePasse, courants: frozenset[str]) -> list[Motif]:
    """Le mot de passe n'est pas un mot de passe courant, même habillé de chiffres et de signes.

    ``courants`` : mots de passe en minuscules.
    """
    habits = "0123456789!?.*/+-_@#$%& "
    nus = (mot_de_passe, mot_de_passe.rstrip(habits), mot_de_passe.strip(habits))
    lectures = set().union(*map(_lectures, nus))
    lectures |= {re.sub(r"[\W_]+", "", lecture) for lecture in lectures}
    if not parametres.courants_refuses or courants.isdisjoint(lectures):
        return []
    message = "Ce mot de passe est trop courant. Choisissez-en un que personne ne devinera."
    return [Motif("mot_de_passe_courant", "mot_de_passe", message, ("L-32",))]


@applique("L-32")
def mot_de_passe_impersonnel(mot_de_passe: str, identite: Identite) -> list[Motif]:
    """Le mot de passe ne contient ni nom, ni date de naissance, ni partie de l'adresse du candidat."""
    if not _contient(mot_de_passe, _mots_personnels(identite)):
        return []
    message = "Retirez du mot de passe votre nom, vos prénoms, votre date de naissance et votre adresse."
    return [Motif("mot_de_passe_personnel", "mot_de_passe", message, ("L-32",))]


@applique("L-32")
def mot_de_passe_hors_contexte(mot_de_passe: str, parametres: MotDePasse) -> list[Motif]:
    """Le mot de passe ne contient aucun des mots que l'examen ou l'académie font deviner."""
    if not _contient(mot_de_passe, parametres.mots_du_contexte):
        return []
    message = "Retirez du mot de passe les mots qui évoquent l’examen ou l’académie."
    return [Motif("mot_de_passe_du_contexte", "mot_de_passe", message, ("L-32",))]


def motifs_mot_de_passe(
    mot_de_passe: str, parametres: MotDePasse, courants: frozenset[str], identite: Identite
) -> list[Motif]:
    """Tous les motifs du mot de passe, champ ``mot_de_passe``. ``courants`` : mots de passe en minuscules."""
    return [
        *mot_de_passe_compose(mot_de_passe, parametres),
        *mot_de_passe_rare(mot_de_passe, parametres, courants),
        *mot_de_passe_impersonnel(mot_de_passe, identite),
        *mot_de_passe_hors_contexte(mot_de_passe, parametres),
    ]


# --- Listes et confirmations ------------------------------------------------------------------------


@applique("compte.champ.civilite")
def motifs_civilite(civilite: str, parametres: ParametresCompte) -> list[Motif]:
    """La civilité est choisie dans la liste."""
    source = ("compte.champ.civilite",)
    if not civilite:
        return [Motif("civilite_manquante", "civilite", "Choisissez votre civilité.", source)]
    if civilite not in {c.code for c in parametres.civilites}:
        return [Motif("civilite_inconnue", "civilite", "Choisissez votre civilité dans la liste proposée.", source)]
    return []


@applique("compte.champ.pays-de-naissance")
def motifs_pays(pays: str, connus: Collection[str]) -> list[Motif]:
    """Le pays de naissance est choisi dans la liste. ``connus`` : codes des pays."""
    source = ("compte.champ.pays-de-naissance",)
    if not pays:
        return [Motif("pays_manquant", "pays_de_naissance", "Choisissez votre pays de naissance.", source)]
    if pays not in connus:
        message = "Choisissez votre pays de naissance dans la liste proposée."
        return [Motif("pays_inconnu", "pays_de_naissance", message, source)]
    return []


@applique("compte.champ.nom-de-famille")
def nom_confirme(saisie: SaisieCompte) -> list[Motif]:
    """Le nom de naissance et sa confirmation sont les mêmes."""
    if nom_normalise(saisie.nom) == nom_normalise(saisie.confirmation_nom):
        return []
    message = "Les deux noms de naissance sont différents. Saisissez deux fois le même."
    return [Motif("confirmation_nom_differente", "confirmation_nom", message, ("compte.champ.nom-de-famille",))]


@applique("compte.champ.date-de-naissance")
def date_de_naissance_confirmee(saisie: SaisieCompte) -> list[Motif]:
    """La date de naissance et sa confirmation sont la même date, quels que soient les séparateurs."""
    premiere, seconde = saisie.date_de_naissance, saisie.confirmation_date_de_naissance
    lue = lire_date(premiere).valeur
    if premiere == seconde or (lue is not None and lue == lire_date(seconde).valeur):
        return []
    message = "Les deux dates de naissance sont différentes. Saisissez deux fois la même."
    sources = ("compte.champ.date-de-naissance",)
    return [Motif("confirmation_date_differente", "confirmation_date_de_naissance", message, sources)]


@applique("compte.champ.adresse-mail")
def courriel_confirme(saisie: SaisieCompte) -> list[Motif]:
    """L'adresse de messagerie et sa confirmation sont les mêmes, majuscules mises à part."""
    if courriel_normalise(saisie.courriel) == courriel_normalise(saisie.confirmation_courriel):
        return []
    message = "Les deux adresses de messagerie sont différentes. Saisissez deux fois la même."
    sources = ("compte.champ.adresse-mail",)
    return [Motif("confirmation_courriel_differente", "confirmation_courriel", message, sources)]


@applique("compte.champ.mot-de-passe")
def mot_de_passe_confirme(mot_de_passe: str, confirmation: str) -> list[Motif]:
    """Le mot de passe et sa confirmation sont les mêmes, au caractère près."""
    if mot_de_passe == confirmation:
        return []
    message = "Les deux mots de passe sont différents. Saisissez deux fois le même."
    sources = ("compte.champ.mot-de-passe",)
    return [Motif("confirmation_mot_de_passe_differente", "confirmation_mot_de_passe", message, sources)]


def identite_saisie(saisie: SaisieCompte) -> Identite:
    """L'identité que le mot de passe ne doit pas contenir, d'après le formulaire."""
    return Identite(
        noms=(saisie.nom, saisie.nom_usage, saisie.prenoms),
        naissance=lire_date(saisie.date_de_naissance).valeur,
        courriel=saisie.courriel,
    )


def motifs_etat_civil(
    saisie: SaisieCompte, parametres: ParametresCompte, pays: Collection[str], le: date
) -> list[Motif]:
    """Tous les motifs de l'état civil, dans l'ordre du formulaire. ``pays`` : codes connus ; ``le`` : ce jour."""
    return [
        *motifs_civilite(saisie.civilite, parametres),
        *motifs_nom(saisie.nom, "nom", obligatoire=True),
        *nom_confirme(saisie),
        *motifs_nom(saisie.nom_usage, "nom_usage", obligatoire=False),
        *motifs_nom(saisie.prenoms, "prenoms", obligatoire=True),
        *motifs_date_de_naissance(saisie.date_de_naissance, le),
        *date_de_naissance_confirmee(saisie),
        *motifs_pays(saisie.pays_de_naissance, pays),
    ]


def motifs_compte(
    saisie: SaisieCompte,
    parametres: ParametresCompte,
    pays: Collection[str],
    courants: frozenset[str],
    le: date,
) -> list[Motif]:
    """Tous les motifs du formulaire de création, dans l'ordre du formulaire.

    Les champs des motifs sont ceux de :class:`SaisieCompte`.
    """
    identite = identite_saisie(saisie)
    return [
        *motifs_etat_civil(saisie, parametres, pays, le),
        *motifs_courriel(saisie.courriel),
        *courriel_confirme(saisie),
        *motifs_mot_de_passe(saisie.mot_de_passe, parametres.mot_de_passe, courants, identite),
        *mot_de_passe_confirme(saisie.mot_de_passe, saisie.confirmation_mot_de_passe),
    ]
