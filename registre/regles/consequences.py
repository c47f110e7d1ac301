"""Ce que change chaque acquis avant d'enregistrer : coefficients, note qu'il faut ailleurs, droit perdu.

La langue facultative n'entre pas dans ces calculs : elle ne peut qu'aider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import inf

from registre.regles import acquis_saisis
from registre.regles.acquis import DecisionDuService, PassageConnu, SaisieAcquis, examen_des_acquis
from registre.regles.cadre import Cadre, Mention, ParametresJury, Specialite
from registre.regles.citation import applique
from registre.regles.decisions import Acquis, BeneficeDeNote, Decision, ReglementDesAcquis
from registre.regles.dispenses import dispenses_ouvertes
from registre.regles.etapes import Examen
from registre.regles.instruction import acquis_instruits
from registre.regles.jury import Bareme
from registre.regles.note_necessaire import NoteNecessaire, coefficient_de, note_necessaire
from registre.regles.notes import EPS, EtatNote, Releve, ligne_de, releve_de
from registre.regles.pertes import avec_les_inscriptions
from registre.regles.releves import RIEN, Connu
from registre.regles.saisie import Saisie, texte, valeurs
from registre.regles.vocabulaire import CasEps, Statut

ADMISSION = "admission"
NEUTRALISENT_L_EPS = {CasEps.INAPTE: EtatNote.INAPTE, CasEps.DISPENSE: EtatNote.DISPENSE}


@dataclass(frozen=True, kw_only=True)
class Possibilite:
    """Un acquis que le candidat demande, ou peut demander. ``a_instruire`` : le service décidera."""

    acquis: Acquis
    demande: bool = False
    a_instruire: bool = False


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Ce qui ne dépend pas des acquis. ``etats`` : les unités déjà neutralisées à l'étape 5 (EPS)."""

    specialite: Specialite
    bareme: Bareme
    etats: Mapping[str, EtatNote]


@dataclass(frozen=True, kw_only=True)
class Variante:
    """Ce que donnent ces acquis, et eux seuls. ``necessaires`` : une par objectif ; vide si rien ne compte."""

    demandes: tuple[Acquis, ...]
    coefficients: Fraction
    neutralises: Fraction
    necessaires: tuple[NoteNecessaire, ...]

    def pour(self, seuil: Decimal) -> NoteNecessaire | None:
        """La note qu'il faut pour ce seuil ; ``None`` si la session ne permet pas cet objectif."""
        return next((n for n in self.necessaires if n.seuil == seuil), None)


@dataclass(frozen=True, kw_only=True)
class Effet:
    """Un acquis, et les deux variantes qu'il oppose, les autres choix inchangés ; ``None`` : aucun chiffre."""

    possibilite: Possibilite
    si_demande: Variante | None
    sinon: Variante | None


@dataclass(frozen=True, kw_only=True)
class Extremes:
    """Parmi toutes les combinaisons, celle qui demande le moins aux épreuves à passer, et le plus."""

    objectif: Mention
    meilleure: Variante
    pire: Variante


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """Tout ce que la page montre.

    Quand ``chiffres`` est faux, il n'y a que des effets sans variante : ``inconnus`` donne les unités dont le
    coefficient n'est pas connu ; elle peut être vide si ce sont des unités entières qui manquent.
    """

    objectifs: tuple[Mention, ...]
    actuelle: Variante | None
    effets: tuple[Effet, ...]
    extremes: tuple[Extremes, ...]
    inconnus: tuple[str, ...]

    @property
    def chiffres(self) -> bool:
        return self.actuelle is not None


# --- Ce que le candidat peut demander ---------------------------------------------------------------


@applique("annexe1.attention.perdue", "annexe1.tableau.a-la-demande", "R12", "R27", "L-15", "L-54")
def acquis_possibles(
    saisie: Saisie,
    passages: Iterable[PassageConnu],
    demandes: Mapping[str, Decision],
    specialite: Specialite,
    cadre: Cadre,
    connu: Connu = RIEN,
    decisions: Iterable[DecisionDuService] = (),
) -> tuple[Possibilite, ...]:
    """Les acquis demandés, les notes tapées sans être demandées et ce qu'ouvrent les diplômes choisis.

    ``demandes`` : les demandes que l'étape retient, par unité. Une demande refusée n'est pas une possibilité.
    """
    passages = tuple(passages)
    lues, _ = acquis_saisis.lire(_tout_demander(saisie, specialite, cadre), passages, specialite, cadre)
    lignes = tuple(replace(ligne, demande=True) for ligne in lues.lignes)
    reglement = ReglementDesAcquis.du_cadre(cadre, specialite)
    toutes = avec_les_inscriptions(SaisieAcquis(lignes=lignes), passages, connu, specialite, cadre)
    examen = acquis_instruits(examen_des_acquis(toutes, passages, reglement), decisions, passages, reglement)
    trouvees: dict[Acquis, Possibilite] = {}
    for decision in (*demandes.values(), *(e.decision for e in examen.lignes if e.decision)):
        if decision.acquis is None:
            continue
        retenue = demandes.get(decision.acquis.unite)
        trouvees.setdefault(
            decision.acquis,
            Possibilite(
                acquis=decision.acquis,
                demande=retenue is not None and retenue.acquis == decision.acquis,
                a_instruire=decision.statut is Statut.A_INSTRUIRE,
            ),
        )
    ordre = {cle: rang for rang, cle in enumerate(specialite.par_cle)}
    return tuple(sorted(trouvees.values(), key=lambda p: (ordre.get(p.acquis.unite, len(ordre)), not p.demande)))


def _tout_demander(saisie: Saisie, specialite: Specialite, cadre: Cadre) -> Saisie:
    """La même saisie, où toutes les dispenses des diplômes choisis sont demandées."""
    if "diplome" not in valeurs(saisie, "possibilites"):
        return saisie
    reglement = ReglementDesAcquis.du_cadre(cadre, specialite)
    return {**saisie} | {
        f"d{n}_u_{ouverte.unite}": "oui"
        for n in range(acquis_saisis.DIPLOMES)
        for ouverte in dispenses_ouvertes(texte(saisie, f"d{n}_diplome"), reglement)
    }


# --- La note qu'il faut ----------------------------------------------------------------------------


@applique("epreuves.eps.inapte", "R61", "L-55")
def situation_de(examen: Examen) -> Situation | None:
    """Ce que l'inscription dit hors des acquis : l'EPS neutralisée à l'étape 5. ``None`` sans spécialité."""
    if examen.specialite is None:
        return None
    choix = examen.epreuves.eps if examen.epreuves else None
    etat = NEUTRALISENT_L_EPS.get(choix.cas) if choix and choix.cas else None
    return Situation(
        specialite=examen.specialite,
        bareme=Bareme.du_cadre(examen.cadre),
        etats={EPS: etat} if etat else {},
    )


def objectifs(jury: ParametresJury) -> tuple[Mention, ...]:
    """L'admission, puis chaque mention."""
    return (Mention(code=ADMISSION, libelle="Avoir le diplôme", seuil=jury.seuil_admission), *jury.mentions)


def nom_de_l_objectif(objectif: Mention) -> str:
    """« Avoir le diplôme », « Mention Bien »."""
    return objectif.libelle if objectif.code == ADMISSION else f"Mention {objectif.libelle}"


def releve_prevu(demandes: Iterable[Acquis], situation: Situation) -> Releve:
    """Le relevé à venir : notes gardées et dispenses en place, tout le reste à passer."""
    par_unite = {acquis.unite: acquis for acquis in demandes}
    lignes = []
    for epreuve in situation.specialite.epreuves:
        for unite in epreuve.unites:
            acquis = par_unite.get(unite.cle)
            if isinstance(acquis, BeneficeDeNote):
                lignes.append(ligne_de(unite, epreuve, EtatNote.NOTE_GARDEE, acquis.note))
            elif acquis is not None:
                lignes.append(ligne_de(unite, epreuve, EtatNote.DISPENSE))
            elif unite.cle in situation.etats:
                lignes.append(ligne_de(unite, epreuve, situation.etats[unite.cle]))
    return releve_de(situation.specialite, lignes)


def variante(demandes: Iterable[Acquis], situation: Situation) -> Variante:
    """Les coefficients comptés et neutralisés, et la note qu'il faut pour chaque objectif."""
    demandes = tuple(demandes)
    releve, bareme = releve_prevu(demandes, situation), situation.bareme
    comptes = [ligne for ligne in releve.lignes if not ligne.neutralisee]
    neutralises = [ligne for ligne in releve.lignes if ligne.neutralisee]
    trouvees = (note_necessaire(releve, o.seuil, bareme.moyenne) for o in accessibles(releve, bareme.jury))
    return Variante(
        demandes=demandes,
        coefficients=Fraction(sum(map(coefficient_de, comptes))),
        neutralises=Fraction(sum(map(coefficient_de, neutralises))),
        necessaires=tuple(n for n in trouvees if n is not None),
    )


@applique("R57", "L-13")
def accessibles(releve: Releve, jury: ParametresJury) -> tuple[Mention, ...]:
    """Les objectifs permis : l'admission seule si la session refuse une mention à qui garde une note."""
    tous = objectifs(jury)
    return tous[:1] if releve.a_une_note_gardee and not jury.mention_notes_conservees else tous


# --- Les combinaisons ------------------------------------------------------------------------------


@applique("annexe1.dispense.effet", "annexe1.benefice.moyenne", "R59", "R60", "L-25")
def combinaison_extreme(
    possibilites: Iterable[Possibilite], seuil: Decimal, situation: Situation, *, pire: bool = False
) -> tuple[Acquis, ...]:
    """La combinaison qui demande le moins aux épreuves à passer, ou celle qui demande le plus (``pire``).

    Pour un candidat qui aurait x partout ailleurs, garder une note revient à y avoir cette note, une dispense à y
    avoir le seuil, ne rien demander à y avoir x. On prend le plus grand (ou le plus petit) des trois pour chaque
    unité, on recalcule x, et l'on recommence tant que x change : c'est exact, sans essayer toutes les combinaisons.
    Les coefficients sont connus.
    """
    options: dict[str, list[Acquis]] = {}
    for possibilite in possibilites:
        options.setdefault(possibilite.acquis.unite, []).append(possibilite.acquis)
    parametres = situation.bareme.moyenne
    retenue: tuple[Acquis, ...] = ()
    besoin = note_necessaire(releve_prevu(retenue, situation), seuil, parametres)
    while besoin is not None and besoin.note is not None:
        x = besoin.note
        suivante = tuple(a for offerts in options.values() if (a := _choisi(offerts, seuil, x, pire)) is not None)
        autre = note_necessaire(releve_prevu(suivante, situation), seuil, parametres)
        if autre is None:
            break
        avant, apres = _facilite(besoin), _facilite(autre)
        if apres == avant and not pire:
            return suivante  # for the same need, the one that asks more
        if not (apres < avant if pire else apres > avant):
            break
        retenue, besoin = suivante, autre
    return retenue


def _choisi(offerts: list[Acquis], seuil: Decimal, x: Fraction, pire: bool) -> Acquis | None:
    """L'option qui vaut le plus, ou le moins, pour qui aurait ``x`` ailleurs ; à égalité, la première."""
    equivalents = [(_equivalent(acquis, seuil, x), acquis) for acquis in (*offerts, None)]
    if pire:
        return min(equivalents, key=lambda paire: paire[0])[1]
    return max(equivalents, key=lambda paire: paire[0])[1]


def _equivalent(acquis: Acquis | None, seuil: Decimal, x: Fraction) -> Fraction:
    if acquis is None:
        return x
    return Fraction(acquis.note) if isinstance(acquis, BeneficeDeNote) else Fraction(seuil)


def _facilite(besoin: NoteNecessaire) -> Fraction | float:
    """Un ordre : plus c'est grand, moins il faut aux épreuves à passer. Sans rien à passer, l'affaire est réglée."""
    if besoin.note is None:
        return inf if besoin.manque <= 0 else -inf
    return -besoin.note


@applique("annexe1.attention.perdue", "annexe1.benefice.moyenne", "annexe1.dispense.moyenne", "R27", "L-38", "L-54")
def consequences(possibilites: Iterable[Possibilite], situation: Situation) -> Consequences:
    """Ce que change chaque possibilité, les autres choix inchangés, et les combinaisons extrêmes.

    Sans tous les coefficients de la spécialité, aucun chiffre (L-38). Une possibilité dont l'unité n'est pas dans
    nos données n'entre dans aucun calcul.
    """
    possibilites = tuple(possibilites)
    jury, connues = situation.bareme.jury, situation.specialite.par_cle
    if not situation.specialite.coefficients_connus or any(u.coefficient is None for u in connues.values()):
        return Consequences(
            objectifs=objectifs(jury),
            actuelle=None,
            effets=tuple(Effet(possibilite=p, si_demande=None, sinon=None) for p in possibilites),
            extremes=(),
            inconnus=tuple(u.cle for u in connues.values() if u.coefficient is None),
        )
    calculables = tuple(p for p in possibilites if p.acquis.unite in connues)
    demandes = tuple(p.acquis for p in calculables if p.demande)
    permis = objectifs(jury) if jury.mention_notes_conservees else objectifs(jury)[:1]
    return Consequences(
        objectifs=objectifs(jury),
        actuelle=variante(demandes, situation),
        effets=tuple(_effet(p, demandes, situation) for p in possibilites),
        extremes=tuple(
            Extremes(
                objectif=o,
                meilleure=variante(combinaison_extreme(calculables, o.seuil, situation), situation),
                pire=variante(combinaison_extreme(calculables, o.seuil, situation, pire=True), situation),
            )
            for o in permis
            if calculables
        ),
        inconnus=(),
    )


def _effet(possibilite: Possibilite, demandes: tuple[Acquis, ...], situation: Situation) -> Effet:
    acquis = possibilite.acquis
    if acquis.unite not in situation.specialite.par_cle:
        return Effet(possibilite=possibilite, si_demande=None, sinon=None)
    autres = tuple(a for a in demandes if a.unite != acquis.unite)
    return Effet(
        possibilite=possibilite,
        si_demande=variante((*autres, acquis), situation),
        sinon=variante(autres, situation),
    )
