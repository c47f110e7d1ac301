"""Les étapes ensemble : une saisie, un cadre, et tout ce que les règles en disent.

La complétude d’une étape n’est jamais stockée : elle se recalcule ici, à chaque demande (``etapes.ordre``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registre.regles import acquis_saisis, candidature, epreuves, identification
from registre.regles.acquis import DecisionDuService, ExamenAcquis, examen_des_acquis
from registre.regles.cadre import Cadre, Specialite
from registre.regles.citation import Motif, applique
from registre.regles.decisions import ReglementDesAcquis
from registre.regles.instruction import acquis_instruits
from registre.regles.pertes import avec_les_inscriptions
from registre.regles.qualification import ChoixDeForme, motifs_forme_de_passage, motifs_specialite
from registre.regles.releves import RIEN, Connu
from registre.regles.saisie import texte, valeurs
from registre.regles.vocabulaire import FormeDePassage

Saisies = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Contexte:
    """Ce que les règles doivent savoir en plus de la saisie.

    ``jour`` : jour où s’apprécie l’âge, celui du premier enregistrement (L-43). ``handicap_repondu`` : la
    rubrique a une réponse, gardée à part (L-68). ``forme_enregistree`` : la forme déjà enregistrée, définitive (L-34).
    ``connu`` : les relevés et les inscriptions d’avant, qui disent ce qui est perdu (L-54). ``decisions`` : celles du
    service sur la version qu’on relit ; un brouillon et son récapitulatif n’en portent pas (ADR 0014).
    """

    cadre: Cadre
    date_de_naissance: date
    jour: date
    handicap_repondu: bool = False
    forme_enregistree: FormeDePassage | None = None
    connu: Connu = RIEN
    decisions: tuple[DecisionDuService, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Examen:
    """Tout ce qui se déduit d’une saisie. ``motifs`` : étape -> motifs ; une étape sans motif est complète."""

    contexte: Contexte
    saisies: Saisies
    identification: identification.Identification
    candidature: candidature.Candidature
    specialite: Specialite | None
    forme_de_passage: FormeDePassage | None
    acquis: ExamenAcquis | None
    epreuves: epreuves.Epreuves | None
    motifs: dict[str, list[Motif]] = field(default_factory=dict)

    @property
    def cadre(self) -> Cadre:
        return self.contexte.cadre

    @property
    def complet(self) -> bool:
        return not any(self.motifs.values())

    def commencee(self, etape: str) -> bool:
        """L’étape a déjà été quittée une fois : ses manques se montrent."""
        return etape in self.saisies


def examiner(saisies: Saisies, contexte: Contexte) -> Examen:
    """Lit et juge toutes les étapes. Pur, sans exception quel que soit le texte tapé."""
    cadre = contexte.cadre
    un = saisies.get("identification", {})
    deux = saisies.get("candidature", {})
    trois = saisies.get("qualification", {})
    quatre = saisies.get("acquis", {})
    cinq = saisies.get("epreuves", {})

    lu_un = identification.lire(un)
    lu_deux = candidature.lire(deux, cadre)
    slug = texte(trois, "specialite")
    specialite = cadre.specialites.get(slug)
    presentable = specialite if specialite and specialite.ouverte_a_l_inscription else None
    forme = FormeDePassage(f) if (f := texte(trois, "forme_de_passage")) in {x.value for x in FormeDePassage} else None
    motifs = {
        "identification": identification.motifs(un, cadre),
        "candidature": candidature.motifs(
            deux,
            lu_deux,
            lu_un.nationalite_francaise,
            contexte.date_de_naissance,
            contexte.jour,
            contexte.handicap_repondu,
            cadre,
        ),
        "qualification": [
            *motifs_specialite(slug or None, cadre.specialites, lu_deux.passages, cadre.examen, cadre.correspondances),
            *motifs_forme_de_passage(
                ChoixDeForme(forme_de_passage=forme, enregistree=contexte.forme_enregistree),
                lu_deux.passages,
                cadre.forme_de_passage,
                slug or None,
                cadre.examen,
            ),
        ],
    }
    lu_quatre, lu_cinq = None, None
    if presentable is None:
        motifs["acquis"] = motifs["epreuves"] = [qualification_d_abord()]
    else:
        lu_quatre, motifs["acquis"] = _acquis(quatre, lu_deux, presentable, contexte)
        lu_cinq = epreuves.lire(cinq, presentable, forme, lu_quatre.par_unite, cadre)
        motifs["epreuves"] = epreuves.motifs(lu_cinq, presentable, forme, lu_deux.declaration.voie, cadre)
    return Examen(
        contexte=contexte,
        saisies=saisies,
        identification=lu_un,
        candidature=lu_deux,
        specialite=presentable,
        forme_de_passage=forme,
        acquis=lu_quatre,
        epreuves=lu_cinq,
        motifs={e.code: motifs.get(e.code, []) for e in cadre.etapes.liste},
    )


def _acquis(
    saisie: Mapping[str, Any], lu_deux: candidature.Candidature, specialite: Specialite, contexte: Contexte
) -> tuple[ExamenAcquis, list[Motif]]:
    cadre, passages = contexte.cadre, lu_deux.passages_complets
    reglement = ReglementDesAcquis.du_cadre(cadre, specialite)
    lues, ecriture = acquis_saisis.lire(saisie, passages, specialite, cadre)
    lues = avec_les_inscriptions(lues, passages, contexte.connu, specialite, cadre)
    examen = examen_des_acquis(lues, passages, reglement)
    examen = acquis_instruits(examen, contexte.decisions, passages, reglement)
    illisibles = {m.champ for m in ecriture}
    connues = {p.code for p in cadre.acquis.possibilites}
    jugees = [
        Motif(m.code, champ, m.message, m.sources)
        for m in examen.motifs
        if (champ := acquis_saisis.champ_du_motif(m.champ)) not in illisibles
        # Once a possibility is ticked, the next rule says better what is missing.
        and not (m.code == "possibilite_manquante" and connues & {*valeurs(saisie, "possibilites")})
    ]
    return examen, [
        *ecriture,
        *jugees,
        *acquis_saisis.possibilites_remplies(saisie, lues, passages, specialite, cadre),
        *acquis_saisis.notes_demandees(saisie, lues, cadre),
        *acquis_saisis.perte_comprise(saisie, passages, cadre),
    ]


@applique("etapes.ordre", "R134")
def qualification_d_abord() -> Motif:
    """Les acquis et les épreuves dépendent de la spécialité : l’étape 3 vient avant."""
    message = "Choisissez d’abord votre spécialité à l’étape 3."
    return Motif("qualification_d_abord", "", message, ("etapes.ordre",))


@applique("etapes.ordre", "R134", "L-23")
def premiere_etape_incomplete(examen: Examen) -> str | None:
    """On n’aborde pas une étape avant d’avoir rempli les précédentes : la première à remplir, ou ``None``."""
    return next((e.code for e in examen.cadre.etapes.liste if examen.motifs[e.code]), None)


@applique("etapes.ordre", "R134")
def etape_accessible(examen: Examen, etape: str) -> bool:
    """Une étape s’ouvre quand toutes celles d’avant sont complètes."""
    for e in examen.cadre.etapes.liste:
        if e.code == etape:
            return True
        if examen.motifs[e.code]:
            return False
    return False


MOTIFS = ("qualification_d_abord",)

CHAMPS_PAR_ETAPE: dict[str, Any] = {
    "identification": identification.CHAMPS,
    "candidature": candidature.CHAMP,
    "qualification": ("specialite", "forme_de_passage"),
    "acquis": acquis_saisis.CHAMP,
    "epreuves": epreuves.CHAMP,
}


def champ_de_l_etape(etape: str, champ: str) -> bool:
    """Vrai si ce champ appartient à l’étape : rien d’autre n’entre dans un brouillon."""
    permis = CHAMPS_PAR_ETAPE.get(etape, ())
    return champ in permis if isinstance(permis, tuple) else permis.fullmatch(champ) is not None
