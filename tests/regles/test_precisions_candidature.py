"""Step 2 and the second group: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from registre.regles.candidature import consentements_lisibles, lire, motifs
from registre.regles.citation import codes
from registre.regles.controle import releve_apres_controle
from registre.regles.explication import trace_de_la_deliberation
from registre.regles.explication_suite import trace_de_la_suite
from registre.regles.jury import Bareme, PointsDuJury, deliberation
from registre.regles.note_necessaire import NoteNecessaire, Sort, coefficient_de
from registre.regles.notes import EtatNote, LigneDeNotes, NoteFacultative, OralDeControle, Releve, motifs_releve
from registre.regles.progression import Suite, SuiteDUneUnite
from registre.regles.vocabulaire import NatureUnite
from tests.inscription.scenario import LE, passe, saisies

NAISSANCE = date(1990, 3, 14)


def deux(**champs):
    return saisies(candidature=champs)["candidature"]


def motifs_de(saisie, cadre):
    return motifs(saisie, lire(saisie, cadre), True, NAISSANCE, LE.date(), True, cadre)


# --- Step 2 -----------------------------------------------------------------------------------------------


@pytest.mark.passages("L-63")
def test_attempts_typed_then_denied_are_not_read(cadre):
    assert lire(deux(**passe() | {"deja_passe": "non"}), cadre).passages == ()
    assert len(lire(deux(**passe()), cadre).passages) == 1


@pytest.mark.passages("etapes.candidature.diffusion-resultats", "L-45")
def test_each_question_of_diffusion_has_its_own_answer(cadre):
    premier, deuxieme, *_ = [c.code for c in cadre.consentements.liste]
    saisie = deux(**{f"consentement_{premier}": "oui", f"consentement_{deuxieme}": "non"})
    lues = lire(saisie, cadre).consentements
    assert (lues[premier], lues[deuxieme]) == (True, False)
    assert consentements_lisibles(saisie, cadre) == []
    [motif] = consentements_lisibles(saisie | {f"consentement_{deuxieme}": "peut-être"}, cadre)
    assert (motif.code, motif.champ) == ("reponse_inconnue", f"consentement_{deuxieme}")


@pytest.mark.passages("L-63", "L-66")
def test_a_text_that_cannot_be_kept_is_told_at_its_field(cadre):
    passage = deux(**passe(academie="Lyon\x07"))
    assert [m.champ for m in motifs_de(passage, cadre)] == ["passages-0-academie"]
    distance = {"voie": "enseignement-a-distance", "etablissement": "autre-organisme", "organisme_nom": "Cours\x07"}
    assert [m.champ for m in motifs_de(deux(**distance), cadre)] == ["organisme_nom"]


# --- Marks ------------------------------------------------------------------------------------------------


def ligne(unite, matiere, note, etat=EtatNote.NOTE, coefficient="2"):
    return LigneDeNotes(
        epreuve="E",
        unite=unite,
        matiere=matiere,
        nature=NatureUnite.GENERALE if matiere else NatureUnite.PROFESSIONNELLE,
        coefficient=None if coefficient is None else Decimal(coefficient),
        etat=etat,
        note=None if note is None else Decimal(note),
    )


@pytest.mark.passages("R43")
def test_a_matiere_twice_under_two_codes_is_twice(cadre):
    releve = Releve(lignes=(ligne("U51", "francais", "9"), ligne("U59", "francais", "12"), ligne("U2", None, "10")))
    assert [(m.code, m.champ) for m in motifs_releve(releve, cadre.moyenne, cadre.eps)] == [
        ("unite_en_double", "francais")
    ]


@pytest.mark.passages("R58", "L-12")
def test_a_state_that_cannot_be_is_told_in_a_sentence(cadre):
    releve = Releve(lignes=(ligne("U2", None, "10"),), lvf=NoteFacultative(etat=EtatNote.INAPTE))
    [motif] = motifs_releve(releve, cadre.moyenne, cadre.eps)
    assert motif.message.replace("\u00a0", " ") == "Langue facultative : saisissez une note, ou une absence."


@pytest.mark.passages("R75", "L-42")
def test_an_oral_replaces_an_absence_whatever_its_mark_and_leaves_the_facultative_alone():
    lvf = NoteFacultative(etat=EtatNote.NOTE, note=Decimal(15))
    releve = Releve(lignes=(ligne("U51", "francais", None, EtatNote.ABSENCE), ligne("U2", None, "10")), lvf=lvf)
    apres = releve_apres_controle(releve, [OralDeControle(unite="U51", note=Decimal("0.5"))])
    assert apres.lignes[0].valeur == Fraction(1, 2)
    assert apres.lignes[1] == releve.lignes[1]
    assert apres.lvf == lvf


# --- Jury -------------------------------------------------------------------------------------------------


@pytest.mark.passages("R109")
def test_a_jury_that_adds_nothing_adds_no_points(cadre):
    releve = Releve(lignes=(ligne("U51", "francais", "12"), ligne("U2", None, "12")))
    bareme = Bareme.du_cadre(cadre)
    nul = deliberation(releve, bareme, points_premier_groupe=PointsDuJury(points=Decimal(0)))
    assert (nul.decision, codes(nul.obstacles)) == (None, ["points_invalides"])


@pytest.mark.passages("R109", "L-73", "L-13")
def test_a_mention_after_the_control_does_not_owe_itself_to_points_of_the_first_group(cadre):
    """7,75 of average, 8,25 with the points of the jury, 12,25 after the orals, in a session with such mentions."""
    ouverte = replace(cadre, jury=replace(cadre.jury, mention_apres_controle=True))
    releve = Releve(
        lignes=(
            ligne("U51", "francais", "5"),
            ligne("U11", "mathematiques", "6"),
            ligne("U2", None, "10"),
            ligne("U3", None, "10"),
        )
    )
    oraux = (OralDeControle(unite="U51", note=Decimal(14)), OralDeControle(unite="U11", note=Decimal(15)))
    jugee = deliberation(
        releve,
        Bareme.du_cadre(ouverte),
        oraux,
        points_premier_groupe=PointsDuJury(points=Decimal(4)),
    )
    trace = trace_de_la_deliberation(jugee, releve, ouverte, oraux)
    mention = next(p.texte for p in trace.pas if p.code == "mention")
    assert mention.replace("\u00a0", " ") == "Votre moyenne atteint 12 : c’est la mention Assez bien."


# --- Afterwards -------------------------------------------------------------------------------------------


@pytest.mark.passages("R32", "L-19")
def test_only_a_kept_mark_of_unknown_age_is_counted_with_a_condition(cadre):
    gardee = SuiteDUneUnite(ligne=ligne("U51", "francais", "12"), suite=Suite.A_GARDER, jusqua=2031)
    repassee = SuiteDUneUnite(ligne=ligne("U2", None, "8"), suite=Suite.A_REPASSER)
    assert trace_de_la_suite([gardee, repassee], cadre).conclusion == "Une note peut être gardée."
    ancienne = replace(gardee, jusqua=None)
    assert trace_de_la_suite([ancienne, repassee], cadre).conclusion == (
        "Une note peut être gardée, si les anciennes sont encore valables."
    )


@pytest.mark.passages("R55", "L-14")
def test_half_a_point_missing_with_nothing_left_to_sit_is_out_of_reach():
    besoin = NoteNecessaire(seuil=Decimal(10), points=Fraction(39, 2), coefficients=Fraction(2), a_passer=Fraction(0))
    assert (besoin.manque, besoin.sort, besoin.arrondie(2)) == (Fraction(1, 2), Sort.HORS_D_ATTEINTE, None)
    assert coefficient_de(ligne("U2", None, "10", coefficient=None)) == 0
