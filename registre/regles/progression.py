"""D'une session à la suivante : ce qui reste à passer, ce qui se repasse, ce qui peut être gardé.

Sous la forme progressive, les unités se passent à des sessions différentes ; la moyenne n'est calculée que lorsque
chacune a une note, une note gardée ou une dispense. Un candidat ajourné garde lui aussi ses notes de 10 ou plus.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from registre.regles.cadre import ParametresAcquis, ParametresForme
from registre.regles.citation import applique
from registre.regles.jury import DecisionDuJury, Deliberation
from registre.regles.notes import EtatNote, LigneDeNotes, Releve
from registre.regles.vocabulaire import FormeDePassage

DIPLOME_OBTENU = frozenset({DecisionDuJury.ADMIS, DecisionDuJury.ADMIS_SECOND_GROUPE})
EN_COURS = frozenset({DecisionDuJury.CONTROLE, None})


class Suite(StrEnum):
    """Ce qu'une unité devient à l'inscription suivante."""

    A_PASSER = "a_passer"  # jamais présentée
    A_REPASSER = "a_repasser"
    A_GARDER = "a_garder"  # peut être gardée, à la demande du candidat
    A_INSTRUIRE = "a_instruire"  # note sous le minimum, que le service peut reporter (L-11)
    SELON_LA_FORME = "selon_la_forme"  # à repasser sous la forme globale, comme la précédente sous la progressive
    DISPENSEE = "dispensee"  # à redemander
    INAPTITUDE = "inaptitude"  # à passer, sauf avec un nouveau certificat


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteDUneUnite:
    """``jusqua`` : dernière session où la note peut être gardée ; ``None`` si celle de l'obtention est inconnue."""

    ligne: LigneDeNotes
    suite: Suite
    jusqua: int | None = None


@applique(
    "etapes.qualification.progressive",
    "annexe1.benefice.definition",
    "R30",
    "R32",
    "R35",
    "R36",
    "R61",
    "L-11",
    "L-19",
    "L-74",
)
def suite_du_parcours(
    releve: Releve,
    resultat: Deliberation,
    session: int,
    forme_de_passage: FormeDePassage | None,
    forme: ParametresForme,
    acquis: ParametresAcquis,
) -> tuple[SuiteDUneUnite, ...]:
    """Ce que devient chaque unité à la prochaine inscription, si le diplôme n'est pas obtenu.

    ``releve`` : après le contrôle, celui qui porte la meilleure des deux notes (L-74).
    Vide si le candidat est admis, ou tant que son résultat n'est pas définitif. Une note d'au moins 10 peut être
    gardée ; en dessous, l'unité se repasse. Sous la forme progressive, le service peut reporter une note plus basse,
    et la session peut l'ouvrir à tous. Sans forme choisie, une telle note dépend de la forme.
    """
    if resultat.decision in DIPLOME_OBTENU | EN_COURS:
        return ()
    progressive = forme_de_passage is FormeDePassage.PROGRESSIVE

    def suite(ligne: LigneDeNotes) -> SuiteDUneUnite:
        if ligne.etat is EtatNote.NON_PRESENTEE:
            return SuiteDUneUnite(ligne=ligne, suite=Suite.A_PASSER)
        if ligne.etat is EtatNote.DISPENSE:
            return SuiteDUneUnite(ligne=ligne, suite=Suite.DISPENSEE)
        if ligne.etat is EtatNote.INAPTE:
            return SuiteDUneUnite(ligne=ligne, suite=Suite.INAPTITUDE)
        if ligne.etat is EtatNote.NOTE_GARDEE:
            return _encore_gardee(ligne, session, acquis)
        jusqua = session + acquis.benefice_duree_sessions
        if ligne.etat is EtatNote.NOTE and ligne.valeur is not None:
            if ligne.valeur >= acquis.benefice_note_minimale or (progressive and forme.progressive_report_sous_10):
                return SuiteDUneUnite(ligne=ligne, suite=Suite.A_GARDER, jusqua=jusqua)
            if progressive:
                return SuiteDUneUnite(ligne=ligne, suite=Suite.A_INSTRUIRE, jusqua=jusqua)
            if forme_de_passage is None:
                return SuiteDUneUnite(ligne=ligne, suite=Suite.SELON_LA_FORME, jusqua=jusqua)
        return SuiteDUneUnite(ligne=ligne, suite=Suite.A_REPASSER)

    return tuple(suite(ligne) for ligne in releve.lignes)


def _encore_gardee(ligne: LigneDeNotes, session: int, acquis: ParametresAcquis) -> SuiteDUneUnite:
    """Une note déjà gardée se garde de nouveau, jusqu'à la fin de sa durée."""
    if ligne.session_obtention is None:
        return SuiteDUneUnite(ligne=ligne, suite=Suite.A_GARDER)
    jusqua = ligne.session_obtention + acquis.benefice_duree_sessions
    if jusqua <= session:
        return SuiteDUneUnite(ligne=ligne, suite=Suite.A_REPASSER)
    return SuiteDUneUnite(ligne=ligne, suite=Suite.A_GARDER, jusqua=jusqua)
