"""Properties of the average, the control épreuve and the jury, on relevés drawn at random."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from registre.regles.controle import matieres_au_choix, releve_apres_controle
from registre.regles.jury import Bareme, DecisionDuJury, PointsDuJury, deliberation
from registre.regles.moyenne import (
    Moyenne,
    arrondi,
    ecrit,
    moyenne_generale,
    moyenne_professionnelle,
    obstacles_a_la_moyenne,
)
from registre.regles.note_necessaire import note_necessaire
from registre.regles.notes import (
    NOTEES,
    EtatNote,
    LigneDeNotes,
    NoteFacultative,
    OralDeControle,
    Releve,
    motifs_releve,
)
from registre.regles.progression import Suite, suite_du_parcours
from registre.regles.vocabulaire import FormeDePassage, NatureUnite

RAPIDE = settings(max_examples=150, deadline=None)
RANG = {
    DecisionDuJury.ELIMINE: 0,
    DecisionDuJury.AJOURNE: 1,
    DecisionDuJury.AJOURNE_SECOND_GROUPE: 1,
    DecisionDuJury.CONTROLE: 2,
    DecisionDuJury.ADMIS_SECOND_GROUPE: 3,
    DecisionDuJury.ADMIS: 4,
}
UNITES = (
    ("E1", "U11", "mathematiques"),
    ("E1", "U12", "physique-chimie"),
    ("E2", "U2", None),
    ("E3", "U31", None),
    ("E3", "U32", None),
    ("E3", "U35", "prevention-sante-environnement"),
    ("E4", "U4", "langue-vivante-a"),
    ("E5", "U51", "francais"),
    ("E5", "U52", "histoire-geographie-emc"),
    ("E6", "U6", "arts-appliques"),
    ("E7", "U7", "eps"),
)

notes = st.integers(0, 2000).map(lambda n: Decimal(n) / 100)
coefficients = st.integers(1, 8).map(lambda n: Decimal(n) / 2)


@st.composite
def lignes(
    draw: st.DrawFn, unite: tuple[str, str, str | None], *, plus_tard: bool = False, inconnues: bool = False
) -> LigneDeNotes:
    """A line of a relevé. ``plus_tard``: perhaps still to be passed. ``inconnues``: our data may lack its figures."""
    epreuve, code, matiere = unite
    admis = [EtatNote.NOTE, EtatNote.NOTE, EtatNote.NOTE_GARDEE, EtatNote.DISPENSE, EtatNote.ABSENCE]
    admis += [EtatNote.INAPTE] if matiere == "eps" else []
    admis += [EtatNote.NON_PRESENTEE] if plus_tard else []
    etat = draw(st.sampled_from(admis))
    nature = NatureUnite.GENERALE if matiere else NatureUnite.PROFESSIONNELLE
    activites: list[Decimal] = []
    if matiere == "eps" and etat in NOTEES and draw(st.booleans()):
        # Two activites, one when the épreuve is adapted; the EPS of another session had its own number.
        activites = draw(st.lists(notes, min_size=1, max_size=2 if etat is EtatNote.NOTE else 3))
    return LigneDeNotes(
        epreuve=epreuve,
        unite=code,
        matiere=matiere,
        nature=draw(st.sampled_from([nature, nature, None])) if inconnues and not matiere else nature,
        coefficient=draw(st.one_of(*[coefficients] * 5, st.none()) if inconnues else coefficients),
        etat=etat,
        note=draw(notes) if etat in NOTEES and not activites else None,
        notes_activites=tuple(activites),
    )


facultatives = (
    st.none()
    | st.just(NoteFacultative(etat=EtatNote.ABSENCE))
    | st.builds(NoteFacultative, etat=st.sampled_from(sorted(NOTEES)), note=notes)
)


def des_lignes(**permis: bool) -> st.SearchStrategy[Releve]:
    tirees = st.tuples(*(lignes(u, **permis) for u in UNITES))
    return st.builds(lambda lignes, lvf: Releve(lignes=lignes, lvf=lvf), tirees, facultatives)


releves = des_lignes()
"""Each unit has its coefficient, and nothing is left to pass: there is an average as soon as a mark counts."""
partiels = des_lignes(plus_tard=True)
incomplets = partiels | des_lignes(inconnues=True) | des_lignes(plus_tard=True, inconnues=True)
"""Any relevé that can be read: units to pass later, coefficients and natures that we do not know."""


@pytest.fixture(scope="session")
def bareme(cadre):
    """The session's own, except that an absence counts zero everywhere: every draw then has an average."""
    return replace(Bareme.du_cadre(cadre), jury=replace(cadre.jury, absence_eps="zero"))


def comptees(releve: Releve) -> list[LigneDeNotes]:
    return [x for x in releve.lignes if x.valeur is not None]


def sans(releve: Releve, cle: str) -> Releve:
    return replace(releve, lignes=tuple(x for x in releve.lignes if x.cle != cle))


def changee(releve: Releve, cle: str, **champs) -> Releve:
    return replace(releve, lignes=tuple(replace(x, **champs) if x.cle == cle else x for x in releve.lignes))


# --- The average -----------------------------------------------------------------------------------------


@pytest.mark.passages("R55", "annexe1.benefice.moyenne")
@RAPIDE
@given(releves)
def test_the_average_lies_between_the_lowest_and_the_highest_counted_mark(bareme, releve):
    moyenne = moyenne_generale(replace(releve, lvf=None), bareme.moyenne)
    valeurs = [x.valeur for x in comptees(releve)]
    assert (moyenne is None) == (not valeurs)
    if moyenne:
        assert min(valeurs) <= moyenne.valeur <= max(valeurs)


@pytest.mark.passages("R57", "R58")
@RAPIDE
@given(releves)
def test_the_facultative_only_adds_its_points_above_ten_once(bareme, releve):
    assume(comptees(releve))
    avec = moyenne_generale(releve, bareme.moyenne)
    nue = moyenne_generale(replace(releve, lvf=None), bareme.moyenne)
    notee = releve.lvf and releve.lvf.note
    bonus = max(Fraction(0), Fraction(notee) - 10) if notee else Fraction(0)
    assert (avec.points, avec.coefficients) == (nue.points + bonus, nue.coefficients)


@pytest.mark.passages("annexe1.dispense.effet", "annexe1.dispense.moyenne", "R59", "R61")
@RAPIDE
@given(releves, notes, coefficients)
def test_a_dispensed_unit_never_moves_the_average(bareme, releve, note, coefficient):
    dispensees = [x for x in releve.lignes if x.neutralisee]
    assume(dispensees and comptees(releve))
    moyenne = moyenne_generale(releve, bareme.moyenne)
    assert moyenne_generale(sans(releve, dispensees[0].cle), bareme.moyenne) == moyenne
    change = changee(releve, dispensees[0].cle, coefficient=coefficient, note=note)  # an old mark is ignored
    assert moyenne_generale(change, bareme.moyenne) == moyenne
    assert moyenne_generale(changee(releve, dispensees[0].cle, coefficient=None), bareme.moyenne) == moyenne


@pytest.mark.passages("annexe1.benefice.moyenne", "R60", "L-25")
@RAPIDE
@given(releves, notes)
def test_claiming_a_benefice_replaces_exactly_one_line(bareme, releve, gardee):
    notees = [x for x in releve.lignes if x.etat is EtatNote.NOTE]
    assume(notees)
    ligne = notees[0]
    avant = moyenne_generale(releve, bareme.moyenne)
    droit = {"etat": EtatNote.NOTE_GARDEE, "note": gardee, "notes_activites": ()}
    apres = moyenne_generale(changee(releve, ligne.cle, **droit), bareme.moyenne)
    assert apres.coefficients == avant.coefficients
    assert apres.points - avant.points == (Fraction(gardee) - ligne.valeur) * Fraction(ligne.coefficient)


@RAPIDE
@given(releves | incomplets, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_never_matters(bareme, releve, hasard):
    melangees = list(releve.lignes)
    hasard.shuffle(melangees)
    melange = replace(releve, lignes=tuple(melangees))
    avant, apres = deliberation(releve, bareme), deliberation(melange, bareme)
    assert (avant.decision, avant.mention, avant.moyenne) == (apres.decision, apres.mention, apres.moyenne)
    assert moyenne_professionnelle(releve) == moyenne_professionnelle(melange)
    groupes = [
        {groupe: set(unites) for groupe, unites in matieres_au_choix(r, bareme.jury).items()}
        for r in (releve, melange)
    ]
    assert groupes[0] == groupes[1]


@pytest.mark.passages("R36", "L-11", "L-38")
@RAPIDE
@given(releves | incomplets)
def test_there_is_an_average_exactly_when_nothing_stands_in_its_way(bareme, releve):
    assert motifs_releve(releve, bareme.moyenne, bareme.eps) == ()
    obstacles = obstacles_a_la_moyenne(releve)
    assert (moyenne_generale(releve, bareme.moyenne) is None) == bool(obstacles)
    assert [m.champ for m in obstacles if m.champ] == [
        x.cle
        for x in releve.lignes
        if x.etat is EtatNote.NON_PRESENTEE or (x.coefficient is None and not x.neutralisee)
    ]


@pytest.mark.passages("R36", "R71", "L-11", "L-38", "L-61")
@RAPIDE
@given(incomplets)
def test_what_is_not_known_is_never_decided(bareme, releve):
    """A unit to pass: a partial result. A counted coefficient unknown: no decision, whatever it would be."""
    resultat = deliberation(releve, bareme)
    comptent = [x for x in releve.lignes if not x.neutralisee]
    if any(x.etat is EtatNote.NON_PRESENTEE for x in comptent):
        assert (resultat.decision, resultat.moyenne, resultat.mention) == (DecisionDuJury.PARTIEL, None, "")
    elif any(x.coefficient is None for x in comptent):
        assert (resultat.decision, resultat.moyenne, resultat.mention) == (None, None, "")
    if resultat.decision is DecisionDuJury.CONTROLE:
        assert all(x.nature for x in comptent)
    assert (resultat.decision is None) <= bool(resultat.obstacles)


@pytest.mark.passages("R55", "L-11", "L-38")
@RAPIDE
@given(incomplets, st.sampled_from([Decimal(8), Decimal(10), Decimal(16)]))
def test_the_needed_mark_put_at_each_unit_to_pass_gives_exactly_the_threshold(bareme, releve, seuil):
    besoin = note_necessaire(releve, seuil, bareme.moyenne)
    comptent = [x for x in releve.lignes if not x.neutralisee]
    assert (besoin is None) == (not comptent or any(x.coefficient is None for x in comptent))
    if besoin and besoin.note is not None:
        passees = {x.cle: {"etat": EtatNote.NOTE, "note": besoin.note} for x in comptent if x.valeur is None}
        fini = replace(releve, lignes=tuple(replace(x, **passees.get(x.cle, {})) for x in releve.lignes))
        assert moyenne_generale(fini, bareme.moyenne).valeur == seuil


@pytest.mark.passages("R32", "R35", "L-11", "L-19")
@RAPIDE
@given(releves | incomplets)
def test_each_unit_has_one_fate_and_only_a_low_mark_depends_on_the_forme(bareme, cadre, releve):
    resultat = deliberation(releve, bareme)

    def suites(forme: FormeDePassage | None) -> dict[str, Suite]:
        trouvees = suite_du_parcours(releve, resultat, cadre.session, forme, cadre.forme_de_passage, cadre.acquis)
        assert all(x.jusqua is None or x.jusqua > cadre.session for x in trouvees)
        return {x.ligne.cle: x.suite for x in trouvees}

    globale, progressive, aucune = (suites(f) for f in (*FormeDePassage, None))
    assert list(aucune) in ([], [x.cle for x in releve.lignes])
    assert globale.keys() == progressive.keys() == aucune.keys()
    for cle, suite in aucune.items():
        differe = globale[cle] is not progressive[cle]
        assert (suite is Suite.SELON_LA_FORME) == differe
        assert differe or suite is globale[cle]


@pytest.mark.passages("L-14", "R69")
@RAPIDE
@given(st.integers(0, 4000), st.integers(1, 200))
def test_a_threshold_is_reached_by_the_points_and_never_by_the_rounding(points, coefficients):
    moyenne = Moyenne(Fraction(points, 4), Fraction(coefficients, 2))
    for seuil in (Decimal(8), Decimal(10), Decimal(12), Decimal("18")):
        assert moyenne.atteint(seuil) == (moyenne.valeur >= Fraction(seuil))


@pytest.mark.passages("R68", "L-14")
@RAPIDE
@given(st.fractions(min_value=0, max_value=20, max_denominator=2000), st.integers(0, 3))
def test_a_displayed_number_is_the_nearest_and_a_half_goes_up(nombre, decimales):
    affiche = Fraction(arrondi(nombre, decimales).replace(",", "."))
    pas = Fraction(1, 10**decimales)
    assert (affiche / pas).denominator == 1
    assert -pas / 2 < affiche - nombre <= pas / 2


@pytest.mark.passages("R68")
def test_the_official_example_is_displayed_as_published():
    assert arrondi(Fraction("47") / Fraction("3.5"), 2) == "13,43"


@pytest.mark.parametrize(
    ("nombre", "texte"), [("25", "25"), ("233.75", "233,75"), ("0", "0"), ("0.125", "0,125"), ("10.50", "10,5")]
)
def test_a_number_is_written_as_it_is(nombre, texte):
    assert ecrit(Decimal(nombre)) == texte


def test_a_number_whose_writing_does_not_end_has_four_decimals():
    assert ecrit(Fraction(1, 3)) == "0,3333"
    assert ecrit(Fraction(2, 3)) == "0,6667"


# --- The control épreuve ---------------------------------------------------------------------------------


@pytest.mark.passages("R75", "L-42")
@RAPIDE
@given(releves, notes, notes)
def test_the_control_never_lowers_a_mark_nor_the_average(bareme, releve, premiere, seconde):
    choix = [unites[0] for unites in matieres_au_choix(releve, bareme.jury).values() if unites]
    assume(choix and comptees(releve))
    oraux = [OralDeControle(unite=u, note=n) for u, n in zip(choix, (premiere, seconde), strict=False)]
    repris = releve_apres_controle(releve, oraux)
    avant, apres = moyenne_generale(releve, bareme.moyenne), moyenne_generale(repris, bareme.moyenne)
    assert apres.coefficients == avant.coefficients
    assert apres.valeur >= avant.valeur
    for ligne, reprise in zip(releve.lignes, repris.lignes, strict=True):
        tentee = next((o.note for o in oraux if o.unite == ligne.unite), None)
        assert reprise.valeur == (ligne.valeur if tentee is None else max(ligne.valeur, Fraction(tentee)))


@pytest.mark.passages("R74", "L-17")
@RAPIDE
@given(releves | incomplets)
def test_a_dispensed_unit_is_never_offered_at_the_control(bareme, releve):
    offertes = {u for unites in matieres_au_choix(releve, bareme.jury).values() for u in unites}
    assert offertes.isdisjoint({x.unite for x in releve.lignes if x.neutralisee})
    assert offertes <= {x.unite for x in releve.lignes if x.matiere}


@pytest.mark.passages("R56", "R71", "R76", "R77")
@RAPIDE
@given(releves)
def test_each_decision_is_the_one_of_its_interval(bareme, releve):
    resultat = deliberation(releve, bareme)
    if not comptees(releve):
        assert (resultat.decision, [m.code for m in resultat.obstacles]) == (None, ["aucune_note"])
        return
    valeur, professionnelle = resultat.moyenne.valeur, moyenne_professionnelle(releve)
    assert (resultat.decision is DecisionDuJury.ADMIS) == (valeur >= 10)
    if resultat.decision is DecisionDuJury.CONTROLE:
        assert 8 <= valeur < 10
        assert professionnelle is None or professionnelle.valeur >= 10
        assert any(resultat.choix_controle.values())
    if 8 <= valeur < 10 and resultat.decision is DecisionDuJury.AJOURNE:
        assert resultat.acces.motifs
    assert bool(resultat.mention) == (valeur >= 12)


# --- The jury --------------------------------------------------------------------------------------------


@pytest.mark.passages("R55", "R56", "R142")
@RAPIDE
@given(releves, notes)
def test_a_better_mark_never_makes_the_decision_worse(bareme, releve, mieux):
    notees = [x for x in releve.lignes if x.etat is EtatNote.NOTE and x.valeur < mieux]
    assume(notees)
    avant = deliberation(releve, bareme)
    apres = deliberation(changee(releve, notees[0].cle, note=mieux, notes_activites=()), bareme)
    assert RANG[apres.decision] >= RANG[avant.decision]
    seuils = {m.code: m.seuil for m in bareme.jury.mentions} | {"": Decimal(0)}
    assert seuils[apres.mention] >= seuils[avant.mention]


@pytest.mark.passages("annexe1.benefice.moyenne", "annexe1.dispense.moyenne")
@RAPIDE
@given(releves, notes, st.booleans())
def test_adding_a_right_makes_a_decision_worse_only_through_a_figure_that_the_result_shows(
    bareme, releve, gardee, dispense
):
    """A kept mark below the new one, a dispensed unit above the average, or the closed control: each is visible."""
    notees = [x for x in releve.lignes if x.etat is EtatNote.NOTE]
    assume(notees and len(comptees(releve)) > 1)
    ligne = notees[0]
    droit = {"etat": EtatNote.DISPENSE, "note": None} if dispense else {"etat": EtatNote.NOTE_GARDEE, "note": gardee}
    droit |= {"notes_activites": ()}
    avant, apres = deliberation(releve, bareme), deliberation(changee(releve, ligne.cle, **droit), bareme)
    if RANG[apres.decision] >= RANG[avant.decision]:
        return
    moins = apres.moyenne.valeur < avant.moyenne.valeur
    ferme = apres.acces is not None and bool(apres.acces.motifs)
    assert moins or ferme
    if moins and not dispense:
        assert Fraction(gardee) < ligne.valeur
    if moins and dispense:
        assert ligne.valeur > avant.moyenne.valeur


@pytest.mark.passages("epreuves.eps.absence-eliminatoire", "R79", "L-12")
@RAPIDE
@given(releves | incomplets)
def test_an_absence_at_eps_eliminates_whatever_the_other_marks(cadre, releve):
    absent = changee(releve, "eps", etat=EtatNote.ABSENCE, note=None, notes_activites=())
    resultat = deliberation(absent, Bareme.du_cadre(cadre))
    assert (resultat.decision, resultat.moyenne, resultat.mention) == (DecisionDuJury.ELIMINE, None, "")


@pytest.mark.passages("R109")
@RAPIDE
@given(releves, st.integers(1, 400).map(lambda n: Decimal(n) / 4))
def test_points_of_the_jury_change_the_decision_and_never_the_computed_average(bareme, releve, points):
    assume(comptees(releve))
    ajoutes = PointsDuJury(points=points)
    nue, aidee = deliberation(releve, bareme), deliberation(releve, bareme, points_premier_groupe=ajoutes)
    assert aidee.moyenne == nue.moyenne
    assert aidee.points_premier_groupe == ajoutes
    assert RANG[aidee.decision] >= RANG[nue.decision]
    atteint = nue.moyenne.points + Fraction(points) >= 10 * nue.moyenne.coefficients
    assert (aidee.decision is DecisionDuJury.ADMIS) == atteint
