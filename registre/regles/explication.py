"""Expliquer un résultat : la moyenne, l'accès au contrôle, le second groupe, la mention, la décision du jury.

Chaque pas redit une figure que la délibération porte, ou que rend une de ses règles. Rien n'est jugé ici.
Les conditions, les acquis, les épreuves et les pièces sont dans ``explication_inscription``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.controle import AccesAuControle, releve_apres_controle
from registre.regles.jury import DecisionDuJury, Deliberation, PointsDuJury
from registre.regles.moyenne import Moyenne, ecrit, points_de_la_facultative
from registre.regles.notes import EPS, EtatNote, LigneDeNotes, NoteFacultative, OralDeControle, Releve
from registre.regles.trace import Pas, Tableau, Trace

CONCLUSIONS = {
    DecisionDuJury.ADMIS: "Vous avez le diplôme",
    DecisionDuJury.CONTROLE: "Vous passez l’épreuve de contrôle",
    DecisionDuJury.AJOURNE: "Vous n’avez pas le diplôme à cette session (ajournement)",
    DecisionDuJury.ELIMINE: "Votre absence est éliminatoire\u00a0: vous n’avez pas le diplôme à cette session",
    DecisionDuJury.PARTIEL: "Votre résultat est partiel\u00a0: il reste des épreuves à passer",
    DecisionDuJury.ADMIS_SECOND_GROUPE: "Vous avez le diplôme après l’épreuve de contrôle",
    DecisionDuJury.AJOURNE_SECOND_GROUPE: "Vous n’avez pas le diplôme après l’épreuve de contrôle (ajournement)",
}
ADMISSIONS = frozenset({DecisionDuJury.ADMIS, DecisionDuJury.ADMIS_SECOND_GROUPE})
HORS_DU_CALCUL = {EtatNote.DISPENSE: "dispense", EtatNote.INAPTE: "inaptitude, prouvée par un certificat médical"}
SOURCES_HORS_DU_CALCUL = {EtatNote.DISPENSE: ("annexe1.dispense.effet", "R59"), EtatNote.INAPTE: ("R61",)}
PRECISIONS = {EtatNote.NOTE_GARDEE: "gardée", EtatNote.ABSENCE: "absence"}


def trace_de_la_deliberation(
    deliberation: Deliberation, releve: Releve, cadre: Cadre, oraux: Iterable[OralDeControle] = ()
) -> Trace:
    """Pourquoi cette décision : ``releve``, ``cadre`` et ``oraux`` sont ceux que ``deliberation`` a jugés."""
    uniques: dict[str, Pas] = {}  # what closes the access, or two oraux of no use, is said once
    for pas in _pas_de_la_deliberation(deliberation, releve, tuple(oraux), cadre):
        uniques.setdefault(pas.texte, pas)
    return Trace(objet="Décision du jury", conclusion=_conclusion(deliberation, cadre), pas=tuple(uniques.values()))


def _pas_de_la_deliberation(
    d: Deliberation, releve: Releve, oraux: tuple[OralDeControle, ...], cadre: Cadre
) -> Iterator[Pas]:
    for ligne in releve.lignes:
        if ligne.cle in d.absences_eliminatoires:
            yield _absence_eliminatoire(ligne, cadre)
    if d.decision is DecisionDuJury.PARTIEL:
        texte = "La moyenne se calcule quand chaque épreuve est passée, gardée ou dispensée."
        yield Pas(code="moyenne_en_attente", texte=texte, sources=("R36", "L-11"))
    if d.moyenne:
        yield from _moyenne_generale(d.moyenne, releve, cadre)
        yield from _decision_du_premier_groupe(d, releve, cadre)
    if d.moyenne_second_groupe:
        yield from _second_groupe(d, d.moyenne_second_groupe, releve, oraux, cadre)
    if d.decision in ADMISSIONS:
        yield _mention(d, releve_apres_controle(releve, oraux) if d.premier_groupe else releve, cadre)
    for motif in d.obstacles:
        yield pas_du_motif(motif)


def pas_du_motif(motif: Motif) -> Pas:
    """Ce qu'une règle a trouvé, dans ses mots."""
    return Pas(code=motif.code, texte=motif.message, sources=motif.sources)


def nom_de_la_ligne(ligne: LigneDeNotes, cadre: Cadre) -> str:
    """« U11 - Mathématiques », comme à l'étape 5 ; « Unité U31 » si nos données ne la nomment pas."""
    anonyme = f"Unité {ligne.unite}"
    nom = cadre.libelles_matieres.get(ligne.matiere or "") or (ligne.libelle if ligne.libelle != anonyme else "")
    if not nom:
        return anonyme
    return nom if ligne.unite == ligne.matiere else f"{ligne.unite} - {nom}"


def sur_20(moyenne: Moyenne, cadre: Cadre) -> str:
    return f"{moyenne.affichee(cadre.moyenne.decimales)}\u00a0/\u00a020"


def pluriel(nombre: object, mot: str) -> str:
    """« 1 point », « 2,5 points » : le pluriel commence à deux."""
    return f"{nombre}\u00a0{mot}" if str(nombre).split(",")[0] in ("0", "1") else f"{nombre}\u00a0{mot}s"


def _absence_eliminatoire(ligne: LigneDeNotes, cadre: Cadre) -> Pas:
    return Pas(
        code="absence_eliminatoire",
        texte=f"Cette épreuve était à passer, et votre absence élimine\u00a0: {nom_de_la_ligne(ligne, cadre)}.",
        sources=("epreuves.eps.absence-eliminatoire", "R79", "L-12") if ligne.matiere == EPS else ("R103", "L-12"),
    )


# --- Moyenne générale -------------------------------------------------------------------------------


def _moyenne_generale(moyenne: Moyenne, releve: Releve, cadre: Cadre) -> Iterator[Pas]:
    yield Pas(
        code="notes",
        texte="Chaque note est multipliée par son coefficient.",
        sources=("R55", "annexe1.benefice.moyenne", "R60", "L-12"),
        tableau=Tableau(
            entetes=("Épreuve ou unité", "Note", "Coefficient", "Points"),
            lignes=tuple(
                (
                    nom_de_la_ligne(ligne, cadre),
                    _note(ligne),
                    ecrit(coefficient),
                    ecrit(valeur * Fraction(coefficient)),
                )
                for ligne in releve.lignes
                if (valeur := ligne.valeur) is not None and (coefficient := ligne.coefficient) is not None
            ),
        ),
    )
    for etat, raison in HORS_DU_CALCUL.items():
        noms = [nom_de_la_ligne(ligne, cadre) for ligne in releve.lignes if ligne.etat is etat]
        if noms:
            texte = f"Sans note et sans coefficient dans ce calcul ({raison})\u00a0: {', '.join(noms)}."
            yield Pas(code=f"hors_du_calcul_{etat}", texte=texte, sources=SOURCES_HORS_DU_CALCUL[etat])
    if releve.lvf:
        yield _facultative(releve.lvf, cadre)
    yield from _total(moyenne, cadre)


def _note(ligne: LigneDeNotes) -> str:
    """« 12 », « 12 (gardée) », « 11,5 (11 et 12) », « 0 (absence) »."""
    precision = PRECISIONS.get(ligne.etat) or " et ".join(ecrit(n) for n in ligne.notes_activites)
    note = ecrit(ligne.valeur or Fraction(0))
    return f"{note} ({precision})" if precision else note


def _facultative(lvf: NoteFacultative, cadre: Cadre) -> Pas:
    seuil = cadre.moyenne.facultative_seuil
    points = points_de_la_facultative(lvf, seuil)
    note = "votre note gardée" if lvf.etat is EtatNote.NOTE_GARDEE else "votre note"
    if lvf.note is None:
        texte = "Vous n’avez pas de note à la langue facultative\u00a0: elle n’ajoute rien et n’enlève rien."
    elif points:
        texte = (
            f"Langue facultative\u00a0: {note} est {ecrit(lvf.note)}. Ce qui dépasse {ecrit(seuil)} s’ajoute "
            f"au total, sans coefficient\u00a0: {pluriel(ecrit(points), 'point')}."
        )
    else:
        texte = (
            f"Langue facultative\u00a0: {note}, {ecrit(lvf.note)}, ne dépasse pas {ecrit(seuil)}. "
            "Elle n’ajoute rien et n’enlève rien."
        )
    return Pas(code="facultative", texte=texte, sources=("R57", "R58", "L-12"))


def _total(moyenne: Moyenne, cadre: Cadre, *, apres_controle: bool = False) -> Iterator[Pas]:
    points, coefficients = ecrit(moyenne.points), ecrit(moyenne.coefficients)
    debut, nom = ("Maintenant, le", "nouvelle moyenne") if apres_controle else ("Le", "moyenne générale")
    yield Pas(
        code="total",
        texte=f"{debut} total de vos points est {points}, et celui des coefficients comptés {coefficients}.",
        valeur=f"{points}\u00a0/\u00a0{coefficients}",
        sources=("R55",),
    )
    arrondie = ecrit(moyenne.valeur) != ecrit(Fraction(moyenne.affichee(cadre.moyenne.decimales).replace(",", ".")))
    precision = " Elle est arrondie pour être lue, jamais pour décider." if arrondie else ""
    yield Pas(
        code="moyenne_generale",
        texte=f"Votre {nom} est {points} divisé par {coefficients}.{precision}",
        valeur=sur_20(moyenne, cadre),
        sources=("R55", "L-14"),
    )


# --- Premier groupe ---------------------------------------------------------------------------------


def _decision_du_premier_groupe(d: Deliberation, releve: Releve, cadre: Cadre) -> Iterator[Pas]:
    jury, decision = cadre.jury, d.premier_groupe or d.decision
    votre_moyenne = _votre_moyenne(d.points_premier_groupe).capitalize()
    if d.points_premier_groupe and d.deliberee_premier_groupe:
        yield _points_du_jury(d.points_premier_groupe, d.deliberee_premier_groupe, cadre)
    if d.acces:
        seuils = f"d’au moins {ecrit(jury.seuil_controle)} et inférieure à {ecrit(jury.seuil_admission)}"
        texte = f"{votre_moyenne} est {seuils}\u00a0: l’épreuve de contrôle peut s’ouvrir."
        yield Pas(code="entre_les_seuils", texte=texte, sources=("R56", "R71", "R73"))
        yield from _acces(d.acces, releve, cadre)
    elif decision is DecisionDuJury.ADMIS:
        texte = f"{votre_moyenne} atteint {ecrit(jury.seuil_admission)}, ce qui suffit pour avoir le diplôme."
        yield Pas(code="seuil_d_admission", texte=texte, sources=("R55",))
    else:
        texte = f"{votre_moyenne} est inférieure à {ecrit(jury.seuil_controle)}, le seuil de l’épreuve de contrôle."
        yield Pas(code="sous_le_seuil_de_controle", texte=texte, sources=("R56",))


def _votre_moyenne(points: PointsDuJury | None) -> str:
    return "avec ces points, votre moyenne" if points else "votre moyenne"


def _points_du_jury(points: PointsDuJury, deliberee: Moyenne, cadre: Cadre, debut: str = "Le jury") -> Pas:
    motif = f" Sa raison\u00a0: «\u00a0{points.motif}\u00a0»." if points.motif else ""
    return Pas(
        code="points_du_jury",
        texte=f"{debut} a décidé d’ajouter {pluriel(ecrit(points.points), 'point')} à votre total. "
        f"C’est sa propre décision, aucune règle ne l’impose.{motif}",
        valeur=sur_20(deliberee, cadre),
        sources=("R109", "L-73"),
    )


def _acces(acces: AccesAuControle, releve: Releve, cadre: Cadre) -> Iterator[Pas]:
    if acces.professionnelles_dispensees:
        texte = "Vous avez une dispense de toutes les unités professionnelles\u00a0: aucune moyenne n’y est demandée."
        yield Pas(code="professionnelles_dispensees", texte=texte, sources=("R77",))
    elif acces.moyenne_professionnelle:
        yield _moyenne_professionnelle(acces.moyenne_professionnelle, cadre)
    yield from (pas_du_motif(m) for m in acces.motifs)
    if acces.ouvert:
        yield _choix(acces, releve, cadre)


def _moyenne_professionnelle(moyenne: Moyenne, cadre: Cadre) -> Pas:
    seuil = ecrit(cadre.jury.seuil_professionnel)
    return Pas(
        code="moyenne_professionnelle",
        texte=f"Pour l’épreuve de contrôle, il faut {seuil} de moyenne aux unités professionnelles. "
        f"La vôtre est {ecrit(moyenne.points)} divisé par {ecrit(moyenne.coefficients)}.",
        valeur=sur_20(moyenne, cadre),
        sources=("R71", "R72", "L-06"),
    )


def _choix(acces: AccesAuControle, releve: Releve, cadre: Cadre) -> Pas:
    noms = {ligne.unite: nom_de_la_ligne(ligne, cadre) for ligne in releve.lignes}
    groupes = [g for g in cadre.jury.controle_groupes if acces.choix[g.code]]
    tous = len(groupes) == len(acces.choix)
    return Pas(
        code="choix_au_controle",
        texte="Vous choisissez une matière dans chacun de ces groupes, et vous la passez à l’oral."
        if tous
        else "Un groupe de matières est dispensé en entier\u00a0: vous passez un seul oral, dans l’autre groupe.",
        sources=("R74", "L-17", "L-42"),
        tableau=Tableau(
            entetes=("Groupe", "Vous pouvez choisir"),
            lignes=tuple((g.libelle, "\u00a0; ".join(noms[unite] for unite in acces.choix[g.code])) for g in groupes),
        ),
    )


# --- Second groupe, mention -------------------------------------------------------------------------


def _second_groupe(
    d: Deliberation, moyenne: Moyenne, releve: Releve, oraux: tuple[OralDeControle, ...], cadre: Cadre
) -> Iterator[Pas]:
    avant = {ligne.unite: ligne for ligne in releve.lignes}
    apres = {ligne.unite: ligne for ligne in releve_apres_controle(releve, oraux).lignes}
    yield Pas(
        code="oraux",
        texte="Pour chaque matière passée à l’oral, la meilleure des deux notes compte.",
        sources=("R75", "L-42"),
        tableau=Tableau(
            entetes=("Matière", "Premier groupe", "Oral", "Note retenue"),
            lignes=tuple(
                (
                    nom_de_la_ligne(avant[o.unite], cadre),
                    _note(avant[o.unite]),
                    "absence" if o.note is None else ecrit(o.note),
                    _note(apres[o.unite]),
                )
                for o in oraux
            ),
        ),
    )
    yield from _total(moyenne, cadre, apres_controle=True)
    if d.points_second_groupe and d.deliberee_second_groupe:
        debut = "Après l’épreuve de contrôle, le jury"
        yield _points_du_jury(d.points_second_groupe, d.deliberee_second_groupe, cadre, debut)
    seuil = ecrit(cadre.jury.seuil_admission)
    debut = f"Après l’épreuve de contrôle, {_votre_moyenne(d.points_second_groupe)}"
    if d.decision in ADMISSIONS:
        texte = f"{debut} atteint {seuil}, ce qui suffit pour avoir le diplôme."
    else:
        texte = f"{debut} reste inférieure à {seuil}."
    yield Pas(code="decision_du_second_groupe", texte=texte, sources=("R75", "R76"))


def _mention(d: Deliberation, releve: Releve, cadre: Cadre) -> Pas:
    jury = cadre.jury
    obtenue = next((m for m in jury.mentions if m.code == d.mention), None)
    votre_moyenne = _votre_moyenne(d.points_second_groupe if d.premier_groupe else d.points_premier_groupe)
    if obtenue:
        texte = (
            f"{votre_moyenne.capitalize()} atteint {ecrit(obtenue.seuil)}\u00a0: c’est la mention {obtenue.libelle}."
        )
    elif d.premier_groupe and not jury.mention_apres_controle:
        texte = "Il n’y a pas de mention après l’épreuve de contrôle."
    elif releve.a_une_note_gardee and not jury.mention_notes_conservees:
        texte = "À cette session, il n’y a pas de mention quand une note est gardée."
    else:
        premiere = ecrit(min(m.seuil for m in jury.mentions))
        texte = f"{votre_moyenne.capitalize()} ne donne pas de mention\u00a0: la première demande {premiere}."
    return Pas(code="mention", texte=texte, sources=("R76", "R142", "L-13"))


def _conclusion(d: Deliberation, cadre: Cadre) -> str:
    if d.decision is None:
        return "Votre résultat ne peut pas encore être calculé."
    obtenue = next((m.libelle for m in cadre.jury.mentions if m.code == d.mention), "")
    return f"{CONCLUSIONS[d.decision]}, avec la mention {obtenue}." if obtenue else f"{CONCLUSIONS[d.decision]}."
