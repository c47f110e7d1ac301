"""What is known of earlier sessions: what a transcript must satisfy, the rights it gives, what is lost or proposed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registre.regles.acquis import PassageConnu
from registre.regles.notes import EtatNote
from registre.regles.releves import (
    MOTIFS,
    InscriptionConnue,
    LigneConnue,
    ReleveConnu,
    droits_connus,
    effet_en_clair,
    ligne_connue,
    motifs_du_releve,
    notes_proposees,
    presentations_connues,
)
from registre.regles.vocabulaire import FormeDePassage, Resultat
from tests.regles.lecture_cas import cadre

CADRE = cadre()
NOTES = {"U51": "12.5", "U52": "8", "U12": "14", "U31": "11", "U41": "13"}


def ligne(unite: str, note: str | None = None, etat: EtatNote = EtatNote.NOTE, specialite: str = "agora") -> Any:
    langue = "anglais" if unite == "U41" else ""
    return ligne_connue(unite, CADRE.specialites[specialite], etat, Decimal(note) if note else None, langue)


def releve(session: int = 2024, specialite: str = "agora", **changements: Any) -> ReleveConnu:
    defaut = ReleveConnu(
        session=session,
        academie="clermont-ferrand",
        specialite=specialite,
        forme_de_passage=FormeDePassage.GLOBALE,
        resultat=Resultat.AJOURNE,
        lignes=tuple(ligne(u, n, specialite=specialite) for u, n in NOTES.items()),
    )
    return replace(defaut, **changements)


def inscription(session: int = 2025, specialite: str = "agora", **acquis: Any) -> InscriptionConnue:
    return InscriptionConnue(
        session=session,
        academie="clermont-ferrand",
        specialite=specialite,
        forme_de_passage=FormeDePassage.GLOBALE,
        acquis=acquis,
    )


def effets(*connus: ReleveConnu, inscriptions: tuple[InscriptionConnue, ...] = (), presentee: str = "agora") -> Any:
    droits = droits_connus(connus, inscriptions, CADRE.specialites[presentee], CADRE)
    return {(d.releve.session, d.ligne.cle): d for d in droits}


# --- The rule -------------------------------------------------------------------------------------------


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.benefice.duree", "R34", "L-19")
@pytest.mark.parametrize(("session", "ouvert"), [(2020, False), (2021, True), (2025, True)])
def test_a_note_of_the_same_specialite_can_be_kept_for_five_sessions(session, ouvert):
    droit = effets(releve(session))[session, "francais"]
    assert droit.ouvert is ouvert
    assert droit.decision.motif == ("" if ouvert else "perimee")
    dit = effet_en_clair(droit, CADRE)
    assert dit == (
        f"Vous pouvez la garder jusqu’à la session {session + 5}."
        if ouvert
        else "Elle servait jusqu’à la session 2025\u00a0: vous passez cette épreuve."
    )


@pytest.mark.passages("annexe1.benefice.definition", "R34")
def test_a_note_below_ten_gives_nothing_and_the_page_says_so():
    droit = effets(releve())[2024, "histoire-geographie-emc"]
    assert not droit.ouvert
    assert effet_en_clair(droit, CADRE) == "Moins de 10\u00a0: vous passez cette épreuve."
    decimal = replace(CADRE, acquis=replace(CADRE.acquis, benefice_note_minimale=Decimal("10.5")))
    assert effet_en_clair(droit, decimal).startswith("Moins de 10,5\u00a0:")


@pytest.mark.passages("annexe1.dispense.autre-specialite", "L-03")
def test_a_note_of_another_specialite_gives_a_dispense_of_general_units_only():
    droits = effets(releve(specialite="logistique"))
    assert effet_en_clair(droits[2024, "francais"], CADRE) == (
        "Elle peut vous dispenser de cette épreuve jusqu’à la session 2029."
    )
    professionnelle = droits[2024, "U31"]
    assert professionnelle.ouvert
    assert not professionnelle.proposable
    assert "Le service décidera." in effet_en_clair(professionnelle, CADRE)


@pytest.mark.passages("annexe1.benefice.definition", "L-63")
def test_an_admitted_candidate_keeps_nothing():
    assert not any(d.ouvert for d in effets(releve(resultat=Resultat.ADMIS)).values())


@pytest.mark.parametrize(
    ("etat", "dit"),
    [
        (EtatNote.ABSENCE, "Absence à cette session\u00a0: il n’y a pas de note à garder."),
        (EtatNote.DISPENSE, "Dispense à cette session\u00a0: il n’y a pas de note à garder."),
        (EtatNote.NON_PRESENTEE, "Épreuve non présentée à cette session\u00a0: il n’y a pas de note à garder."),
    ],
)
def test_a_unit_without_a_note_gives_nothing(etat, dit):
    droit = effets(releve(lignes=(ligne("U51", etat=etat),)))[2024, "francais"]
    assert not droit.ouvert
    assert effet_en_clair(droit, CADRE) == dit


@pytest.mark.passages("R34", "L-19")
def test_a_kept_note_is_asked_with_the_session_where_it_was_obtained():
    gardee = releve(2024, lignes=(ligne("U51", "12.5", EtatNote.NOTE_GARDEE),))
    droits = effets(releve(2022), gardee)
    assert droits[2022, "francais"].proposable
    assert droits[2024, "francais"].decision.motif == "note_d_une_autre_session"


@pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54")
def test_a_note_not_asked_at_a_later_inscription_is_lost():
    demande = inscription(2025, p2024_u_francais="oui", possibilites=["benefice"])
    droits = effets(releve(2024), inscriptions=(demande,))
    assert droits[2024, "francais"].proposable
    perdu = droits[2024, "mathematiques"]
    assert perdu.decision.motif == "note_perdue"
    assert "2025" in effet_en_clair(perdu, CADRE)
    assert all(d.ouvert for c, d in effets(releve(2024)).items() if c[1] in ("francais", "mathematiques"))


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
def test_a_unit_passed_again_at_a_later_session_was_not_kept():
    repassee = releve(2024, lignes=(ligne("U51", "7"), ligne("U12", "14", EtatNote.NOTE_GARDEE)))
    droits = effets(releve(2022), repassee)
    assert droits[2022, "francais"].decision.motif == "note_perdue"
    assert droits[2022, "mathematiques"].proposable


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
def test_an_inscription_that_could_not_ask_the_note_loses_nothing():
    ailleurs = inscription(2025, "logistique", p2024_u_francais="oui")  # U31 is another unit there
    assert effets(releve(2024), inscriptions=(ailleurs,))[2024, "U31"].proposable
    libre = inscription(2025, p2024_x0_intitule="les maths", p2024_x0_note="14")  # nobody knows what it names
    assert effets(releve(2024), inscriptions=(libre,))[2024, "mathematiques"].proposable


@pytest.mark.passages("L-63")
def test_presentations_are_told_last_first_and_the_releve_wins_over_the_inscription():
    connues = presentations_connues((releve(2022), releve(2024)), (inscription(2024), inscription(2025)), 2026)
    assert [(p.session, p.resultat) for p in connues] == [
        (2025, None),
        (2024, Resultat.AJOURNE),
        (2022, Resultat.AJOURNE),
    ]
    assert presentations_connues((releve(2026),), (), 2026) == ()


PASSAGE = PassageConnu(session=2024, specialite="agora", resultat=Resultat.AJOURNE)
CHAMPS = [
    "possibilites",
    *(f"p2024_{x}_{u}" for x in "unl" for u in ("francais", "mathematiques", "langue-vivante-a")),
]


@pytest.mark.passages("R12", "annexe1.tableau.a-la-demande")
@given(
    saisie=st.dictionaries(st.sampled_from(CHAMPS), st.sampled_from(["", "oui", "non", "9"])), commencee=st.booleans()
)
def test_what_is_proposed_never_claims_and_never_replaces_what_was_typed(saisie, commencee):
    droits = tuple(effets(releve()).values())
    proposes = notes_proposees(saisie, commencee, droits, [PASSAGE])
    assert not [c for c in proposes if "_u_" in c]
    assert {c for c in proposes if c != "possibilites"} & saisie.keys() == set()
    assert not (commencee and "possibilites" in proposes)
    assert notes_proposees(saisie, commencee, droits, []) == {}


REFUSES = [
    ("session_impossible", releve(1950)),
    ("session_impossible", releve(2027)),
    ("specialite_inconnue", replace(releve(), specialite="alchimie")),
    ("releve_vide", releve(lignes=())),
    ("unite_inconnue", releve(lignes=(ligne("U99", "12"),))),
    ("unite_inconnue", releve(lignes=(LigneConnue(unite="", etat=EtatNote.NOTE, note=Decimal(12)),))),
    ("unite_en_double", releve(lignes=(ligne("U51", "12"), ligne("francais", "12")))),
    ("note_manquante", releve(lignes=(ligne("U51"),))),
    ("note_de_trop", releve(lignes=(ligne("U51", "12", EtatNote.ABSENCE),))),
    ("note_invalide", releve(lignes=(ligne("U51", "20.01"),))),
    ("note_invalide", releve(lignes=(ligne("U51", "12.345"),))),
    ("langue_de_trop", releve(lignes=(replace(ligne("U51", "12"), langue="anglais"),))),
    ("langue_inconnue", releve(lignes=(replace(ligne("U41", "12"), langue="elfique"),))),
    ("eps_seule", releve(lignes=(ligne("U51", etat=EtatNote.INAPTE),))),
]


@pytest.mark.passages("R43", "L-59", "L-61", "L-63")
@pytest.mark.parametrize(("code", "faux"), REFUSES)
def test_a_releve_without_sense_is_refused(code, faux):
    assert [m.code for m in motifs_du_releve(faux, CADRE)] == [code]


@pytest.mark.passages("L-61")
def test_a_releve_with_sense_is_accepted_and_unknown_units_pass_where_our_data_are_incomplete():
    assert motifs_du_releve(releve(), CADRE) == []
    assert motifs_du_releve(releve(lignes=(ligne("U7", etat=EtatNote.INAPTE),)), CADRE) == []
    incomplete = releve(specialite="melec", lignes=(ligne("U33", "12", specialite="melec"),))
    assert motifs_du_releve(incomplete, CADRE) == []


def test_every_declared_motif_of_the_releves_is_met_by_a_test():
    assert {code for code, _ in REFUSES} | {"note_d_une_autre_session"} == set(MOTIFS)
