"""What is known of earlier sessions: what a transcript must satisfy, the rights it gives, what is lost or proposed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registre.regles import candidature
from registre.regles.acquis import PassageConnu
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.conditions import PassageAnterieur
from registre.regles.decisions import InscriptionIntermediaire
from registre.regles.notes import EtatNote
from registre.regles.releves import (
    MOTIFS,
    InscriptionConnue,
    LigneConnue,
    PresentationConnue,
    ReleveConnu,
    droits_connus,
    effet_en_clair,
    inscriptions_intermediaires,
    ligne_connue,
    motifs_du_releve,
    note_differente,
    note_ecrite,
    notes_proposees,
    passages_proposes,
    presentations_connues,
)
from registre.regles.vocabulaire import FormeDePassage, Resultat, Statut
from tests.regles.lecture_cas import cadre
from tests.regles.personnes import inscription

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


def effets(
    *connus: ReleveConnu,
    inscriptions: tuple[InscriptionConnue, ...] = (),
    presentee: str = "agora",
    regles: Cadre = CADRE,
) -> Any:
    droits = droits_connus(connus, inscriptions, regles.specialites[presentee], regles)
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
    droits = effets(releve(resultat=Resultat.ADMIS))
    assert not any(d.ouvert for d in droits.values())
    assert effet_en_clair(droits[2024, "francais"], CADRE) == (
        "Vous avez eu le diplôme à cette session\u00a0: cette note ne se garde pas."
    )


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
    refusee = droits[2024, "francais"].decision
    assert (refusee.motif, refusee.champ) == ("note_d_une_autre_session", "session")


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
def test_a_presentation_keeps_its_place_its_specialite_and_its_form():
    progressive = FormeDePassage.PROGRESSIVE
    commun = {"academie": "lyon", "forme_de_passage": progressive}
    connues = presentations_connues(
        (replace(releve(2024, "logistique"), **commun),), (replace(inscription(2025, "melec"), **commun),), 2026
    )
    assert connues == (
        PresentationConnue(session=2025, specialite="melec", resultat=None, **commun),
        PresentationConnue(session=2024, specialite="logistique", resultat=Resultat.AJOURNE, **commun),
    )


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


@pytest.mark.passages("L-63")
@pytest.mark.parametrize(
    ("dit", "connue", "meme"),
    [
        ({}, {}, True),
        ({}, {"resultat": None}, True),  # only the inscription is known
        ({"session": 2023}, {}, False),
        ({"specialite": "logistique"}, {}, False),
        ({"forme_de_passage": FormeDePassage.PROGRESSIVE}, {}, False),
        ({"resultat": Resultat.ELIMINE}, {}, False),
        ({"session": 2023}, {"resultat": None}, False),
    ],
)
def test_a_declared_presentation_matches_the_known_one_by_all_that_is_known(dit, connue, meme):
    passage = PassageAnterieur(
        **{
            "examen": "bac-pro",
            "session": 2024,
            "specialite": "agora",
            "forme_de_passage": FormeDePassage.GLOBALE,
            "resultat": Resultat.AJOURNE,
        }
        | dit
    )
    (presentation,) = presentations_connues((releve(2024),), (), 2026)
    assert replace(presentation, **connue).est_dite_par(passage) is meme


UNE = {
    "passages-0-session": "2024",
    "passages-0-academie": "Clermont-Ferrand",
    "passages-0-specialite": "agora",
    "passages-0-forme_de_passage": "globale",
    "passages-0-resultat": "ajourne",
}
AILLEURS = {  # an académie and a specialité of another place; the result is not known
    "passages-0-session": "2025",
    "passages-0-academie": "mayotte",
    "passages-0-specialite": "hors-liste",
    "passages-0-forme_de_passage": "progressive",
    "passages-0-resultat": "",
}
INCONNUE = replace(inscription(2025, "alchimie"), academie="mayotte", forme_de_passage=FormeDePassage.PROGRESSIVE)


@pytest.mark.passages("R12", "L-63")
@pytest.mark.parametrize(
    ("saisie", "releves", "inscriptions", "proposes"),
    [
        ({}, [releve()], [], {"deja_passe": "oui"} | UNE),
        ({"voie": "trois-ans-activite"}, [releve()], [], {"deja_passe": "oui"} | UNE),
        ({"deja_passe": "oui"}, [releve()], [], UNE),  # already said
        ({"deja_passe": "peut-être"}, [releve()], [], UNE),  # what was typed stays, even when it means nothing
        ({}, [], [INCONNUE], {"deja_passe": "oui"} | AILLEURS),
        ({"deja_passe": "non"}, [releve()], [], {}),
        ({"deja_passe": "oui", "passages-0-session": "2019"}, [releve()], [], {}),
        ({}, [], [], {}),
    ],
)
def test_known_presentations_are_proposed_until_the_candidate_answers(saisie, releves, inscriptions, proposes):
    connues = presentations_connues(releves, inscriptions, 2026)
    academies = {"clermont-ferrand": "Clermont-Ferrand"}
    assert passages_proposes(saisie, candidature.lire(saisie, CADRE), connues, academies, CADRE) == proposes


@pytest.mark.passages("L-63")
def test_the_last_presentations_are_proposed_as_far_as_the_page_has_lines():
    connues = presentations_connues([releve(s) for s in range(2010, 2025)], (), 2026)
    proposes = passages_proposes({}, candidature.lire({}, CADRE), connues, {}, CADRE)
    sessions = [v for c, v in proposes.items() if c.endswith("-session")]
    assert sessions == [str(s) for s in range(2024, 2024 - candidature.PASSAGES, -1)]


def test_a_line_is_read_from_any_name_of_its_unit():
    attendue = LigneConnue(
        unite="U41", matiere="langue-vivante-a", etat=EtatNote.NOTE, note=Decimal(13), langue="anglais"
    )
    agora = CADRE.specialites["agora"]
    for nom in ("U41", "langue-vivante-a", "E4-A"):
        assert ligne_connue(nom, agora, EtatNote.NOTE, Decimal(13), "anglais") == attendue
    assert ligne_connue("U99", agora, EtatNote.ABSENCE) == LigneConnue(unite="U99", etat=EtatNote.ABSENCE)


@pytest.mark.passages("L-63")
def test_a_releve_tells_the_presentation_that_the_candidate_would_declare():
    connu = releve(2023, "logistique", resultat=Resultat.ELIMINE, forme_de_passage=FormeDePassage.PROGRESSIVE)
    assert connu.passage == PassageConnu(
        session=2023,
        specialite="logistique",
        resultat=Resultat.ELIMINE,
        forme_de_passage=FormeDePassage.PROGRESSIVE,
    )


# --- What each line gives -------------------------------------------------------------------------------


def test_rights_are_told_last_session_first_and_the_present_session_gives_none():
    droits = droits_connus([releve(2022), releve(2026), releve(2024)], (), CADRE.specialites["agora"], CADRE)
    assert list(dict.fromkeys(d.releve.session for d in droits)) == [2024, 2022]


@pytest.mark.passages("annexe1.benefice.definition", "L-46")
def test_a_kept_language_note_keeps_its_language():
    assert effets(releve())[2024, "langue-vivante-a"].decision.acquis.langue == "anglais"


@pytest.mark.passages("L-11", "R34")
@pytest.mark.parametrize(
    ("forme", "report", "ouvert"),
    [
        (FormeDePassage.PROGRESSIVE, True, True),
        (FormeDePassage.PROGRESSIVE, False, False),
        (FormeDePassage.GLOBALE, True, False),
    ],
)
def test_a_note_below_ten_is_kept_only_from_the_progressive_form_where_the_session_says_so(forme, report, ouvert):
    regles = replace(CADRE, forme_de_passage=replace(CADRE.forme_de_passage, progressive_report_sous_10=report))
    droits = effets(releve(forme_de_passage=forme), regles=regles)
    assert droits[2024, "histoire-geographie-emc"].ouvert is ouvert


@pytest.mark.passages("annexe1.rappel.correspondance", "L-48")
def test_a_unit_of_an_old_regulation_to_be_studied_is_named_by_its_code_there():
    ancien = "tfca-technicien-froid-conditionnement-air"
    ancienne = releve(2023, ancien, lignes=(ligne("mathematiques-et-sciences-physiques", "12", specialite=ancien),))
    (droit,) = effets(ancienne, presentee="mfer").values()
    assert droit.decision.statut is Statut.A_INSTRUIRE
    assert droit.decision.unite == f"U12, {CADRE.specialites[ancien].libelle}"
    assert effet_en_clair(droit, CADRE) == (
        "Vous pouvez la garder jusqu’à la session 2028. Le règlement a changé, et nous n’avons pas le tableau "
        "qui relie les épreuves. Le service lira votre relevé et décidera."
    )


@pytest.mark.passages("annexe1.rappel.correspondance", "R16", "R126", "L-48")
@pytest.mark.parametrize(
    ("specialite", "unite", "dit"),
    [
        ("gestion-administration", "U33", "Le nouveau règlement n’a pas d’épreuve équivalente."),
        ("melec", "physique-chimie", "Votre spécialité n’a pas cette épreuve."),
    ],
)
def test_a_unit_that_the_specialite_does_not_have_gives_nothing_and_the_page_says_why(specialite, unite, dit):
    (droit,) = effets(releve(2022, specialite, lignes=(ligne(unite, "12", specialite=specialite),))).values()
    assert not droit.ouvert
    assert effet_en_clair(droit, CADRE) == dit


DIFFERENTS = replace(
    CADRE,
    acquis=replace(
        CADRE.acquis,
        benefice_note_minimale=Decimal(9),
        benefice_duree_sessions=4,
        autre_specialite_note_minimale=Decimal(12),
        autre_specialite_duree_sessions=2,
    ),
)


@pytest.mark.passages("R24", "R34", "L-19")
@pytest.mark.parametrize(
    ("session", "specialite", "note", "dit"),
    [
        (2025, "agora", "8", "Moins de 9\u00a0: vous passez cette épreuve."),
        (2025, "logistique", "8", "Moins de 12\u00a0: vous passez cette épreuve."),
        (2021, "agora", "15", "Elle servait jusqu’à la session 2025\u00a0: vous passez cette épreuve."),
        (2021, "logistique", "15", "Elle servait jusqu’à la session 2023\u00a0: vous passez cette épreuve."),
    ],
)
def test_a_refused_note_is_told_the_minimum_and_the_term_of_its_own_title(session, specialite, note, dit):
    connu = releve(session, specialite, lignes=(ligne("U51", note, specialite=specialite),))
    assert effet_en_clair(effets(connu, regles=DIFFERENTS)[session, "francais"], DIFFERENTS) == dit


# --- What a later inscription made of a note ------------------------------------------------------------

EN_2022 = PassageConnu(session=2022, specialite="agora", resultat=Resultat.AJOURNE)
EN_GESTION = replace(EN_2022, specialite="gestion-administration")


def eu(unite: str, session: int, specialite: str = "agora", etat: EtatNote = EtatNote.NOTE) -> ReleveConnu:
    note = "7" if etat in (EtatNote.NOTE, EtatNote.NOTE_GARDEE) else None
    return releve(session, specialite, lignes=(ligne(unite, note, etat, specialite),))


@pytest.mark.passages("annexe1.attention.perdue", "R27", "R126", "L-54")
@pytest.mark.parametrize(
    ("unite", "passage", "connu", "demandes"),
    [
        # Passed again: not asked. Kept or dispensed: asked.
        ("francais", EN_2022, eu("U51", 2024), {2024: False}),
        ("francais", EN_2022, eu("U51", 2024, etat=EtatNote.ABSENCE), {2024: False}),
        ("francais", EN_2022, eu("U51", 2024, etat=EtatNote.NOTE_GARDEE), {2024: True}),
        ("francais", EN_2022, eu("U51", 2024, etat=EtatNote.DISPENSE), {2024: True}),
        # Only the sessions between the two count.
        ("francais", EN_2022, eu("U51", 2021), {}),
        ("francais", EN_2022, eu("U51", 2022), {}),
        ("francais", EN_2022, eu("U51", 2026), {}),
        # A general unit is the same in another specialité; the number of a professional one is not.
        ("francais", EN_2022, eu("U51", 2024, "logistique"), {2024: False}),
        ("U31", EN_2022, eu("U31", 2024), {2024: False}),
        ("U31", EN_2022, eu("U31", 2024, "logistique"), {}),
        ("U31", EN_GESTION, eu("U31", 2024, "agora"), {}),
        # Nothing is said of the unit, or a candidate unfit that year could not pass it.
        ("francais", EN_2022, eu("U52", 2024), {}),
        ("eps", EN_2022, eu("U7", 2024, etat=EtatNote.INAPTE), {}),
    ],
)
def test_a_later_releve_tells_whether_the_note_was_asked(unite, passage, connu, demandes):
    trouvees = inscriptions_intermediaires(unite, passage, [connu], [], CADRE)
    assert {i.session: i.demande for i in trouvees} == demandes


OUI = {"p2022_u_francais": "oui"}


@pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54")
@pytest.mark.parametrize(
    ("inscriptions", "releves", "demandes"),
    [
        ([inscription(2024)], [], {2024: False}),
        ([inscription(2024, **OUI)], [], {2024: True}),
        ([inscription(2022)], [], {}),
        ([inscription(2026)], [], {}),
        # Two inscriptions for one session, or an inscription and its releve: asked once is asked.
        ([inscription(2024, **OUI), inscription(2024)], [], {2024: True}),
        ([inscription(2024), inscription(2024, **OUI)], [], {2024: True}),
        ([inscription(2024, **OUI)], [eu("U51", 2024)], {2024: True}),
        ([inscription(2024)], [eu("U51", 2024, etat=EtatNote.NOTE_GARDEE)], {2024: True}),
        # Each session for itself, in their order.
        ([inscription(2025), inscription(2023, **OUI)], [eu("U51", 2024)], {2023: True, 2024: False, 2025: False}),
    ],
)
def test_a_later_inscription_tells_whether_the_note_was_asked(inscriptions, releves, demandes):
    assert inscriptions_intermediaires("francais", EN_2022, releves, inscriptions, CADRE) == tuple(
        InscriptionIntermediaire(session=session, demande=demande) for session, demande in demandes.items()
    )


# --- What is proposed at step 4 -------------------------------------------------------------------------

PASSAGE_AILLEURS = PassageConnu(session=2025, specialite="logistique", resultat=Resultat.AJOURNE)
NOTES_D_AGORA = {
    "p2024_n_francais": "12,5",
    "p2024_n_mathematiques": "14",
    "p2024_n_U31": "11",
    "p2024_n_langue-vivante-a": "13",
    "p2024_l_langue-vivante-a": "anglais",
}
NOTES_D_AILLEURS = {  # a dispense keeps no language; U31 is another unit there
    "p2025_n_francais": "12,5",
    "p2025_n_mathematiques": "14",
    "p2025_n_langue-vivante-a": "13",
}


@pytest.mark.passages("R12", "annexe1.tableau.a-la-demande", "L-54")
@pytest.mark.parametrize(
    ("saisie", "commencee", "passages", "proposes"),
    [
        ({}, False, ["agora"], {"possibilites": ["benefice"]} | NOTES_D_AGORA),
        ({}, False, ["ailleurs"], {"possibilites": ["autre-specialite"]} | NOTES_D_AILLEURS),
        (
            {},
            False,
            ["agora", "ailleurs"],
            {"possibilites": ["autre-specialite", "benefice"]} | NOTES_D_AGORA | NOTES_D_AILLEURS,
        ),
        ({"possibilites": ["vae"]}, False, ["agora"], NOTES_D_AGORA),
        ({}, True, ["agora"], NOTES_D_AGORA),
        ({}, False, [], {}),
    ],
)
def test_notes_and_languages_are_proposed_for_the_declared_presentations(saisie, commencee, passages, proposes):
    # Each alone: together, the last would have lost the notes of the first.
    droits = [*effets(releve(2024)).values(), *effets(releve(2025, "logistique")).values()]
    dits = {"agora": PASSAGE, "ailleurs": PASSAGE_AILLEURS}
    assert notes_proposees(saisie, commencee, droits, [dits[p] for p in passages]) == proposes


@pytest.mark.passages("L-46")
def test_no_language_is_proposed_where_the_releve_has_none():
    connu = releve(lignes=(replace(ligne("U41", "13"), langue=""), ligne("U51", "12")))
    proposes = notes_proposees({}, True, effets(connu).values(), [PASSAGE])
    assert proposes == {"p2024_n_langue-vivante-a": "13", "p2024_n_francais": "12"}


@pytest.mark.passages("L-59")
@pytest.mark.parametrize(
    ("note", "ecrite"), [("12.50", "12,5"), ("12.00", "12"), ("10", "10"), ("0", "0"), ("9.75", "9,75"), (None, "")]
)
def test_a_note_is_written_with_a_comma_and_no_useless_zero(note, ecrite):
    assert note_ecrite(Decimal(note) if note else None) == ecrite


@pytest.mark.passages("L-59")
@pytest.mark.parametrize(
    ("tapee", "connue", "differente"),
    [
        ("12,5", "12.5", False),
        ("12.50", "12.5", False),
        ("13", "12.5", True),
        ("13", None, True),
        ("", "12.5", False),
        ("", None, False),
        ("douze", "12.5", False),  # unreadable: the page says that, not this
        ("12,555", "12.5", False),
    ],
)
def test_only_a_readable_note_can_differ_from_the_releve(tapee, connue, differente):
    assert note_differente(tapee, Decimal(connue) if connue else None, CADRE) is differente


SESSION = "La session doit être comprise entre 1987 et 2026. Vérifiez l’année."
INVALIDE = "Une note va de 0 à 20, avec 2 décimales au plus."
REFUSES = [
    (releve(1986), Motif("session_impossible", "session", SESSION, ("L-63",))),
    (releve(2027), Motif("session_impossible", "session", SESSION, ("L-63",))),
    (
        replace(releve(), specialite="alchimie"),
        Motif(
            "specialite_inconnue",
            "specialite",
            "La spécialité «\u00a0alchimie\u00a0» n’est pas dans les paramètres. Vérifiez son code.",
            ("L-63",),
        ),
    ),
    (releve(lignes=()), Motif("releve_vide", "lignes", "Un relevé a au moins une ligne.", ("R43",))),
    (
        releve(lignes=(ligne("U99", "12"),)),
        Motif(
            "unite_inconnue",
            "lignes-0",
            "L’unité «\u00a0U99\u00a0» n’est pas dans la spécialité «\u00a0agora\u00a0».",
            ("R43", "L-61"),
        ),
    ),
    (
        releve(lignes=(LigneConnue(unite="", etat=EtatNote.NOTE, note=Decimal(12)),)),
        Motif(
            "unite_inconnue",
            "lignes-0",
            "L’unité «\u00a0\u00a0» n’est pas dans la spécialité «\u00a0agora\u00a0».",
            ("R43", "L-61"),
        ),
    ),
    (
        releve(lignes=(ligne("U51", "12"), ligne("francais", "12"))),
        Motif(
            "unite_en_double",
            "lignes-1",
            "L’unité francais est deux fois dans ce relevé. Gardez une seule ligne.",
            ("R43",),
        ),
    ),
    (
        releve(lignes=(ligne("U52", "8"), ligne("U51"))),
        Motif("note_manquante", "lignes-1", "La note manque.", ("L-59",)),
    ),
    (
        releve(lignes=(ligne("U51", "12", EtatNote.ABSENCE),)),
        Motif(
            "note_de_trop",
            "lignes-0",
            "Une unité qui n’a pas été notée ne porte pas de note. Corrigez la note ou l’état.",
            ("L-59",),
        ),
    ),
    (releve(lignes=(ligne("U51", "20.01"),)), Motif("note_invalide", "lignes-0", INVALIDE, ("L-59",))),
    (releve(lignes=(ligne("U51", "12.345"),)), Motif("note_invalide", "lignes-0", INVALIDE, ("L-59",))),
    (
        releve(lignes=(replace(ligne("U51", "12"), langue="anglais"),)),
        Motif(
            "langue_de_trop",
            "lignes-0",
            "Seule une langue vivante A ou B porte une langue. Videz cette case.",
            ("L-46",),
        ),
    ),
    (
        releve(lignes=(replace(ligne("U41", "12"), langue="elfique"),)),
        Motif(
            "langue_inconnue",
            "lignes-0",
            "La langue «\u00a0elfique\u00a0» n’est pas dans la liste\u00a0: un code, ou «\u00a0autre\u00a0».",
            ("L-46",),
        ),
    ),
    (
        releve(lignes=(ligne("U51", etat=EtatNote.INAPTE),)),
        Motif("eps_seule", "lignes-0", "Seule l’EPS a une inaptitude. Corrigez l’état.", ("L-55",)),
    ),
]


@pytest.mark.passages("R43", "L-46", "L-55", "L-59", "L-61", "L-63")
@pytest.mark.parametrize(("faux", "refus"), REFUSES, ids=[f"{n}-{m.code}" for n, (_, m) in enumerate(REFUSES)])
def test_a_releve_without_sense_is_refused_at_its_line_with_what_to_correct(faux, refus):
    assert motifs_du_releve(faux, CADRE) == [refus]


@pytest.mark.passages("L-61")
def test_a_releve_with_sense_is_accepted_and_unknown_units_pass_where_our_data_are_incomplete():
    assert motifs_du_releve(releve(), CADRE) == []
    assert motifs_du_releve(releve(lignes=(ligne("U7", etat=EtatNote.INAPTE),)), CADRE) == []
    incomplete = releve(specialite="melec", lignes=(ligne("U33", "12", specialite="melec"),))
    assert motifs_du_releve(incomplete, CADRE) == []
    rare = releve(lignes=(replace(ligne("U41", "12"), langue="autre"),))
    assert motifs_du_releve(rare, CADRE) == []


@pytest.mark.passages("L-63")
@pytest.mark.parametrize("session", [1987, 2026])
def test_the_first_session_of_the_diploma_and_the_present_one_are_accepted(session):
    assert motifs_du_releve(releve(session), CADRE) == []


def test_every_declared_motif_of_the_releves_is_met_by_a_test():
    assert {refus.code for _, refus in REFUSES} | {"note_d_une_autre_session"} == set(MOTIFS)
