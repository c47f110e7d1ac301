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
from registre.regles.moyenne import Moyenne, arrondi, ecrit, moyenne_generale, moyenne_professionnelle
from registre.regles.notes import EtatNote, LigneDeNotes, NoteFacultative, OralDeControle, Releve
from registre.regles.vocabulaire import NatureUnite

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
def lignes(draw: st.DrawFn, unite: tuple[str, str, str | None]) -> LigneDeNotes:
    epreuve, code, matiere = unite
    admis = [EtatNote.NOTE, EtatNote.NOTE, EtatNote.NOTE_GARDEE, EtatNote.DISPENSE, EtatNote.ABSENCE]
    etat = draw(st.sampled_from([*admis, EtatNote.INAPTE] if matiere == "eps" else admis))
    return LigneDeNotes(
        epreuve=epreuve,
        unite=code,
        matiere=matiere,
        nature=NatureUnite.GENERALE if matiere else NatureUnite.PROFESSIONNELLE,
        coefficient=draw(coefficients),
        etat=etat,
        note=draw(notes) if etat in (EtatNote.NOTE, EtatNote.NOTE_GARDEE) else None,
    )


releves = st.builds(
    lambda tirees, lvf: Releve(lignes=tirees, lvf=lvf),
    st.tuples(*(lignes(u) for u in UNITES)),
    st.none() | st.builds(NoteFacultative, etat=st.just(EtatNote.NOTE), note=notes),
)


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
    bonus = max(Fraction(0), Fraction(releve.lvf.note) - 10) if releve.lvf else Fraction(0)
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


@pytest.mark.passages("annexe1.benefice.moyenne", "R60", "L-25")
@RAPIDE
@given(releves, notes)
def test_claiming_a_benefice_replaces_exactly_one_line(bareme, releve, gardee):
    notees = [x for x in releve.lignes if x.etat is EtatNote.NOTE]
    assume(notees)
    ligne = notees[0]
    avant = moyenne_generale(releve, bareme.moyenne)
    apres = moyenne_generale(changee(releve, ligne.cle, etat=EtatNote.NOTE_GARDEE, note=gardee), bareme.moyenne)
    assert apres.coefficients == avant.coefficients
    assert apres.points - avant.points == (Fraction(gardee) - Fraction(ligne.note)) * Fraction(ligne.coefficient)


@RAPIDE
@given(releves, st.randoms(use_true_random=False))
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
@given(releves)
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
    notees = [x for x in releve.lignes if x.etat is EtatNote.NOTE and x.note < mieux]
    assume(notees)
    avant = deliberation(releve, bareme)
    apres = deliberation(changee(releve, notees[0].cle, note=mieux), bareme)
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
@given(releves)
def test_an_absence_at_eps_eliminates_whatever_the_other_marks(cadre, releve):
    absent = changee(releve, "eps", etat=EtatNote.ABSENCE, note=None)
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
