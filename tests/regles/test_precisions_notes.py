"""A relevé and its marks: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from registre.regles.notes import (
    EtatNote,
    LigneDeNotes,
    NoteFacultative,
    OralDeControle,
    Releve,
    ligne_de,
    motifs_oraux,
    motifs_releve,
    note_correcte,
    releve_de,
)

FRANCAIS = LigneDeNotes(
    epreuve="E5",
    unite="U51",
    matiere="francais",
    coefficient=Decimal("2.5"),
    etat=EtatNote.NOTE,
    note=Decimal(12),
    libelle="Français",
)
EPS = replace(FRANCAIS, epreuve="E7", unite="U7", matiere="eps", libelle="EPS")


def motifs(cadre, *lignes: LigneDeNotes, lvf: NoteFacultative | None = None) -> list[tuple[str, str, str]]:
    """(code, field, first words of the message) of each motif."""
    rendus = motifs_releve(Releve(lignes=lignes, lvf=lvf), cadre.moyenne, cadre.eps)
    return [(m.code, m.champ, m.message.split("\u00a0:")[0]) for m in rendus]


@pytest.mark.passages("R43", "L-59")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"note": None}, "note_manquante"),
        ({"note": Decimal("12.345")}, "note_invalide"),
        ({"etat": EtatNote.DISPENSE}, "note_de_trop"),
        ({"coefficient": Decimal(0)}, "coefficient_invalide"),
        ({"note": None, "notes_activites": (Decimal(8), Decimal(9))}, "eps_seule"),
        ({"etat": EtatNote.INAPTE, "note": None}, "eps_seule"),
    ],
)
def test_a_wrong_line_is_told_by_its_name_beside_its_field(change, code, cadre):
    assert motifs(cadre, replace(FRANCAIS, **change)) == [(code, "francais", "Français")]


@pytest.mark.passages("R33", "R75", "L-42")
def test_a_mark_of_another_session_may_be_the_facultatives_and_never_an_orals(cadre):
    gardee = {"etat": EtatNote.NOTE_GARDEE, "note": Decimal(14)}
    assert motifs(cadre, FRANCAIS, lvf=NoteFacultative(**gardee)) == []
    [motif] = motifs_oraux([OralDeControle(unite="U51", **gardee)], cadre.moyenne)
    assert motif.code == "etat_impossible"
    assert motifs_oraux([OralDeControle(unite="U51", note=Decimal(14))], cadre.moyenne) == ()


@pytest.mark.passages("R43")
def test_a_unit_given_twice_is_named(cadre):
    assert motifs(cadre, FRANCAIS, FRANCAIS) == [
        ("unite_en_double", "francais", "Français est deux fois dans le relevé. Gardez une ligne.")
    ]
    assert motifs(cadre, FRANCAIS, EPS) == []


@pytest.mark.passages("R80", "L-59")
def test_the_eps_has_one_mark_or_the_marks_of_its_activites(cadre):
    deux = replace(EPS, note=None, notes_activites=(Decimal(8), Decimal("9.5")))
    assert motifs(cadre, deux) == []
    assert deux.valeur == Fraction("8.75")
    assert motifs(cadre, replace(deux, note=Decimal(9))) == [("note_invalide", "eps", "EPS")]
    assert motifs(cadre, replace(deux, notes_activites=(Decimal(8), Decimal(21)))) == [("note_invalide", "eps", "EPS")]


@pytest.mark.passages("R80", "L-55")
@pytest.mark.parametrize(("nombre", "permis"), [(1, True), (2, True), (3, False)])
def test_the_eps_of_the_session_has_one_mark_for_each_of_its_activites(nombre, permis, cadre):
    notee = replace(EPS, note=None, notes_activites=(Decimal(8),) * nombre)
    codes = [] if permis else [("nombre_de_notes_d_eps", "eps", "EPS")]
    assert motifs(cadre, notee) == codes
    # Another session had its own activites, and an unit that is not the EPS has none at all.
    assert motifs(cadre, replace(notee, etat=EtatNote.NOTE_GARDEE)) == []
    francais = replace(FRANCAIS, note=None, notes_activites=notee.notes_activites)
    assert motifs(cadre, francais) == [("eps_seule", "francais", "Français")]


@pytest.mark.passages("R80", "L-55")
def test_the_number_of_activites_told_is_that_of_the_session(cadre):
    releve = Releve(lignes=(replace(EPS, note=None, notes_activites=(Decimal(8),) * 3),))
    (motif,) = motifs_releve(releve, cadre.moyenne, cadre.eps)
    assert motif.message == "EPS\u00a0: notez deux activités, ou une seule activité si l’épreuve est adaptée."
    assert motifs_releve(releve, cadre.moyenne, replace(cadre.eps, nombre=3)) == ()


@pytest.mark.passages("R55", "L-12")
@pytest.mark.parametrize(
    ("etat", "note", "valeur"),
    [
        (EtatNote.NOTE, Decimal("12.5"), Fraction("12.5")),
        (EtatNote.NOTE_GARDEE, Decimal(11), Fraction(11)),
        (EtatNote.NOTE, None, None),
        (EtatNote.ABSENCE, None, Fraction(0)),
        (EtatNote.DISPENSE, None, None),
        (EtatNote.NON_PRESENTEE, None, None),
    ],
)
def test_a_line_counts_its_mark_an_absence_zero_and_nothing_else(etat, note, valeur):
    assert replace(FRANCAIS, etat=etat, note=note).valeur == valeur


@pytest.mark.passages("R33", "L-12", "L-59")
@pytest.mark.parametrize(
    ("lvf", "codes"),
    [
        (NoteFacultative(etat=EtatNote.NOTE, note=Decimal(12)), []),
        (NoteFacultative(etat=EtatNote.ABSENCE), []),
        (NoteFacultative(etat=EtatNote.NOTE_GARDEE, note=Decimal(12)), []),
        (NoteFacultative(etat=EtatNote.NOTE_GARDEE), ["note_manquante"]),
        (NoteFacultative(etat=EtatNote.NOTE), ["note_manquante"]),
        (NoteFacultative(etat=EtatNote.NOTE, note=Decimal(21)), ["note_invalide"]),
        (NoteFacultative(etat=EtatNote.ABSENCE, note=Decimal(12)), ["note_de_trop"]),
    ],
)
def test_a_wrong_facultative_is_told_by_its_name_beside_its_field(lvf, codes, cadre):
    attendus = [(code, "lvf", "Langue facultative") for code in codes]
    assert motifs(cadre, FRANCAIS, lvf=lvf) == attendus
    fausse = replace(FRANCAIS, note=None)
    assert motifs(cadre, fausse, lvf=lvf) == [("note_manquante", "francais", "Français"), *attendus]


@pytest.mark.passages("L-59")
@pytest.mark.parametrize(
    ("note", "correcte"),
    [("0", True), ("20", True), ("12.25", True), ("12.250", True), ("-0.01", False), ("20.01", False),
     ("12.345", False), ("NaN", False), ("Infinity", False)],
)  # fmt: skip
def test_a_mark_is_finite_from_0_to_20_with_the_decimals_of_the_session(note, correcte, cadre):
    assert note_correcte(Decimal(note), cadre.moyenne) == correcte


@pytest.mark.passages("L-59")
def test_the_bounds_of_a_mark_are_told(cadre):
    (motif,) = motifs_releve(Releve(lignes=(replace(FRANCAIS, note=Decimal(21)),)), cadre.moyenne, cadre.eps)
    assert "une note va de 0 à 20, avec 2 décimales au plus" in motif.message


def test_a_releve_has_each_unit_once_in_the_order_of_the_reglement(cadre):
    specialite = next(s for s in cadre.specialites.values() if s.coefficients_connus)
    unites = [(e, u) for e in specialite.epreuves for u in e.unites if u.cle]
    epreuve, unite = unites[-1]
    notee = ligne_de(unite, epreuve, EtatNote.NOTE, Decimal(12))
    assert (notee.cle, notee.coefficient, notee.nature) == (unite.cle, unite.coefficient, unite.nature)
    assert (notee.epreuve, notee.intitule) == (epreuve.code, unite.intitule)
    lvf = NoteFacultative(etat=EtatNote.ABSENCE)
    releve = releve_de(specialite, [notee], lvf)
    assert [ligne.cle for ligne in releve.lignes] == [u.cle for _, u in unites]
    assert {ligne.etat for ligne in releve.lignes[:-1]} == {EtatNote.NON_PRESENTEE}
    assert (releve.lignes[-1], releve.lvf) == (notee, lvf)
