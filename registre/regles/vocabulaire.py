"""Les mots de l'examen : les valeurs fermées que règles, paramètres et pages partagent.

Une valeur fermée par les textes est ici ; une liste que l'académie ou la session peut changer
(langues, activités, voies…) est un paramètre.
"""

from __future__ import annotations

from enum import StrEnum


class FormeDePassage(StrEnum):
    GLOBALE = "globale"
    PROGRESSIVE = "progressive"


class EtatUnite(StrEnum):
    """Ce que devient une unité à la session : les mentions de l'onglet 5."""

    INSCRIT = "inscrit"
    DISPENSE = "dispense"
    NOTE_GARDEE = "note_gardee"
    INAPTE = "inapte"  # E7 seulement
    NON_PRESENTEE = "non_presentee"  # forme progressive seulement


class Resultat(StrEnum):
    """Issue d'une présentation antérieure (L-63)."""

    AJOURNE = "ajourne"
    PARTIEL = "partiel"
    ELIMINE = "elimine"
    ADMIS = "admis"


class CasEps(StrEnum):
    APTE = "apte"
    INAPTE = "inapte"
    DISPENSE = "dispense"
    ADAPTEE = "adaptee"
    NON_PRESENTEE = "non_presentee"  # forme progressive seulement (L-55)


class MotifAcquis(StrEnum):
    """Au titre de quoi une unité est demandée à l'onglet 4 (L-15)."""

    BENEFICE = "benefice"
    DIPLOME = "diplome"
    AUTRE_SPECIALITE = "autre-specialite"
    VAE = "vae"
    PROFESSIONNELLE = "professionnelle"


class Octroi(StrEnum):
    """Ce que le service peut accorder sans que les règles l'accordent, avec un motif."""

    VAE_ANCIENNE = "vae-ancienne"  # L-04
    NOTE_SOUS_10 = "note-sous-10"  # L-11
    DIPLOME_EUROPEEN = "diplome-europeen"  # L-47


class Statut(StrEnum):
    """Ce que la règle dit d'une demande d'acquis."""

    ACCORDE = "accorde"
    REFUSE = "refuse"
    A_INSTRUIRE = "a_instruire"


class Nature(StrEnum):
    """Effet d'un acquis : deux types, jamais confondus (L-25)."""

    BENEFICE = "benefice"  # la note et son coefficient comptent
    DISPENSE = "dispense"  # le coefficient est neutralisé


class NatureUnite(StrEnum):
    GENERALE = "generale"
    PROFESSIONNELLE = "professionnelle"


class Certitude(StrEnum):
    """Ce qu'on sait de la source d'une valeur (référentiel et réglementation)."""

    TEXTE_LU = "texte_lu"
    TEXTE_LU_PARTIEL = "texte_lu_partiel"
    TEXTE_GENERAL = "texte_general"
    NOTICE = "notice"
    DEDUIT = "deduit"
    SOURCE_SECONDAIRE = "source_secondaire"
    A_CONFIRMER = "a_confirmer"
    NON_LU = "non_lu"
    LECTURE = "lecture"  # une décision du projet, lecture L-..
