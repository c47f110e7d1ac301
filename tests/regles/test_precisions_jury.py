"""The control épreuve and the jury: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from registre.regles.controle import releve_apres_controle
from registre.regles.jury import Bareme, DecisionDuJury, PointsDuJury, deliberation
from registre.regles.notes import EtatNote, LigneDeNotes, OralDeControle, Releve
from registre.regles.vocabulaire import NatureUnite


def ligne(unite: str, note: int, matiere: str | None = None, etat: EtatNote = EtatNote.NOTE) -> LigneDeNotes:
    return LigneDeNotes(
        epreuve=f"E{unite[1]}",
        unite=unite,
        matiere=matiere,
        nature=NatureUnite.GENERALE if matiere else NatureUnite.PROFESSIONNELLE,
        coefficient=Decimal(1),
        etat=etat,
        note=Decimal(note),
    )


def releve(professionnelle: int, mathematiques: int, francais: int) -> Releve:
    return Releve(
        lignes=(
            ligne("U2", professionnelle),
            ligne("U11", mathematiques, "mathematiques"),
            ligne("U51", francais, "francais"),
        )
    )


def oraux(mathematiques: int, francais: int) -> tuple[OralDeControle, ...]:
    return (
        OralDeControle(unite="U11", note=Decimal(mathematiques)),
        OralDeControle(unite="U51", note=Decimal(francais)),
    )


@pytest.fixture(scope="session")
def bareme(cadre):
    return Bareme.du_cadre(cadre)


@pytest.mark.passages("R75", "L-42")
def test_an_oral_that_does_no_better_leaves_the_line_as_it_was():
    gardee = ligne("U51", 11, "francais", EtatNote.NOTE_GARDEE)
    avant = Releve(lignes=(gardee,))
    egale = OralDeControle(unite="U51", note=Decimal(11))
    absence = OralDeControle(unite="U51", etat=EtatNote.ABSENCE, note=Decimal(18))
    assert releve_apres_controle(avant, [egale]) == avant
    assert releve_apres_controle(avant, [absence]) == avant


@pytest.mark.passages("R71", "R77", "L-06")
def test_the_access_to_the_control_shows_the_professional_average_it_looked_at(bareme):
    ouvert = deliberation(releve(10, 7, 10), bareme).acces
    assert (ouvert.ouvert, ouvert.professionnelles_dispensees) == (True, False)
    assert ouvert.moyenne_professionnelle.valeur == 10
    assert any(ouvert.choix.values())
    ajourne = deliberation(releve(9, 8, 10), bareme)
    assert (ajourne.decision, ajourne.obstacles) == (DecisionDuJury.AJOURNE, ())  # decided: nothing is in the way
    ferme = ajourne.acces
    assert (ferme.ouvert, ferme.choix, ferme.moyenne_professionnelle.valeur) == (False, {}, 9)
    autre = replace(bareme, jury=replace(bareme.jury, seuil_professionnel=Decimal("9.5")))
    assert deliberation(releve(9, 8, 10), autre).acces.motifs[0].message.endswith("inférieure à 9,5.")
    dispense = replace(ligne("U2", 0), etat=EtatNote.DISPENSE, note=None)
    generales = (ligne("U11", 8, "mathematiques"), ligne("U51", 9, "francais"))
    sans_condition = deliberation(Releve(lignes=(dispense, *generales)), bareme).acces
    assert (sans_condition.ouvert, sans_condition.professionnelles_dispensees) == (True, True)
    assert sans_condition.moyenne_professionnelle is None


@pytest.mark.passages("epreuves.eps.absence-eliminatoire", "R79")
def test_an_elimination_names_the_unit_that_was_missed(bareme):
    absente = replace(ligne("U7", 0, "eps"), etat=EtatNote.ABSENCE, note=None)
    resultat = deliberation(Releve(lignes=(ligne("U2", 20), absente)), bareme)
    assert (resultat.decision, resultat.absences_eliminatoires) == (DecisionDuJury.ELIMINE, ("eps",))


@pytest.mark.passages("R75", "R80")
def test_the_better_oral_replaces_all_the_marks_of_the_line():
    deux = replace(ligne("U7", 0, "eps"), note=None, notes_activites=(Decimal(8), Decimal(9)))
    (reprise,) = releve_apres_controle(Releve(lignes=(deux,)), [OralDeControle(unite="U7", note=Decimal(12))]).lignes
    assert (reprise.etat, reprise.valeur) == (EtatNote.NOTE, Fraction(12))


@pytest.mark.passages("R142", "L-13")
def test_kept_marks_prevent_the_mention_only_if_the_session_says_so(bareme):
    sans_garder = Releve(lignes=(ligne("U2", 14), ligne("U51", 14, "francais")))
    en_gardant = Releve(lignes=(ligne("U2", 14), ligne("U51", 14, "francais", EtatNote.NOTE_GARDEE)))
    severe = replace(bareme, jury=replace(bareme.jury, mention_notes_conservees=False))
    assert deliberation(sans_garder, severe).mention == deliberation(en_gardant, bareme).mention != ""
    assert deliberation(en_gardant, severe).mention == ""


@pytest.mark.passages("R76", "R142", "L-13")
def test_a_mention_is_given_after_the_control_only_if_the_session_says_so(bareme):
    relu, notes = releve(10, 7, 7), oraux(19, 19)  # 24 points, then 48: 16 on average
    sans = deliberation(relu, bareme, notes)
    assert (sans.decision, sans.mention) == (DecisionDuJury.ADMIS_SECOND_GROUPE, "")
    ouverte = replace(bareme, jury=replace(bareme.jury, mention_apres_controle=True))
    avec = deliberation(relu, ouverte, notes)
    plus_haute = max((m for m in bareme.jury.mentions if m.seuil <= 16), key=lambda m: m.seuil)
    assert (avec.decision, avec.mention) == (DecisionDuJury.ADMIS_SECOND_GROUPE, plus_haute.code)


@pytest.mark.passages("R75", "R76", "R109")
@pytest.mark.parametrize("ajoutes", [1, 6])
def test_points_added_after_the_control_are_recorded_and_count_for_the_second_group_only(ajoutes, bareme):
    relu, notes = releve(10, 7, 7), oraux(9, 10)  # 24 points, then 29: one short of 30
    points = PointsDuJury(points=Decimal(ajoutes), motif="Investissement")
    nue, aidee = deliberation(relu, bareme, notes), deliberation(relu, bareme, notes, points_second_groupe=points)
    assert nue.decision is DecisionDuJury.AJOURNE_SECOND_GROUPE
    assert nue.points_second_groupe is None
    assert aidee.decision is DecisionDuJury.ADMIS_SECOND_GROUPE
    assert aidee.premier_groupe is DecisionDuJury.CONTROLE
    assert (aidee.points_premier_groupe, aidee.points_second_groupe) == (None, points)
    assert aidee.moyenne.points == 24
    assert aidee.moyenne_second_groupe == nue.moyenne_second_groupe
    assert aidee.deliberee_second_groupe.points == 29 + ajoutes


@pytest.mark.passages("R74", "L-59")
@pytest.mark.parametrize(("note", "code"), [(None, "note_manquante"), (Decimal(21), "note_invalide")])
def test_a_wrong_mark_of_an_oral_names_the_unit(note, code, bareme):
    faux = (OralDeControle(unite="U11", note=note), OralDeControle(unite="U51", note=Decimal(12)))
    (obstacle,) = deliberation(releve(10, 7, 7), bareme, faux).obstacles
    assert (obstacle.code, obstacle.champ) == (code, "U11")
    assert obstacle.message.startswith("Unité U11")
