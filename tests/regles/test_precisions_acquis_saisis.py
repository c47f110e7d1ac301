"""Step 4, as it is typed: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis
from registre.regles.acquis_saisis import (
    champ_du_motif,
    libelle_unite,
    lire,
    notes_demandees,
    perte_comprise,
    possibilites_remplies,
    recents,
    titre_du_passage,
    unites_du_passage,
)
from registre.regles.decisions import InscriptionIntermediaire
from registre.regles.vocabulaire import MotifAcquis, Resultat
from tests.regles.lecture_cas import cadre


@pytest.mark.passages("annexe1.tableau.etoile", "annexe1.dispense-professionnelle.principe", "L-15")
def test_each_unit_ticked_under_a_diploma_is_a_line_of_its_own():
    saisie = {
        "possibilites": ["diplome"],
        "d0_diplome": "bac-professionnel",
        "d0_specialite": "agora",
        "d0_u_mathematiques": "oui",
        "d0_c_mathematiques": "non",
        "d0_u_francais": "oui",
        "d0_u_eps": "non",
        "d1_diplome": "bp-menuisier",
        "d1_u_U31": "oui",
        "d2_u_U2": "oui",
    }
    lues, motifs = lire(saisie, (), cadre().specialites["logistique"], cadre())
    assert motifs == []
    assert [
        (x.motif, x.unite, x.diplome, x.specialite_detenue, x.unite_comportee, x.champ_prefixe) for x in lues.lignes
    ] == [
        (MotifAcquis.DIPLOME, "francais", "bac-professionnel", "agora", None, "d0_francais/"),
        (MotifAcquis.DIPLOME, "mathematiques", "bac-professionnel", "agora", False, "d0_mathematiques/"),
        (MotifAcquis.PROFESSIONNELLE, "U31", "bp-menuisier", None, None, "d1_U31/"),
        (MotifAcquis.DIPLOME, "U2", None, None, None, "d2_U2/"),
    ]


@pytest.mark.passages("annexe1.dispense.vae", "L-04")
@pytest.mark.parametrize(
    ("tape", "annee", "codes"), [("2024", 2024, []), ("", None, []), ("24", None, ["annee_illisible"])]
)
def test_the_year_of_a_vae_is_read_once_for_its_units(tape, annee, codes):
    saisie = {"possibilites": ["vae"], "v_annee": tape, "v_u_francais": "oui", "v_u_eps": "oui", "v_u_U2": "non"}
    lues, motifs = lire(saisie, (), cadre().specialites["logistique"], cadre())
    assert {(x.motif, x.unite, x.annee, x.champ_prefixe) for x in lues.lignes} == {
        (MotifAcquis.VAE, "francais", annee, "v_francais/"),
        (MotifAcquis.VAE, "eps", annee, "v_eps/"),
    }
    assert [(m.code, m.champ) for m in motifs] == [(code, "v_annee") for code in codes]


@pytest.mark.passages("annexe1.benefice.definition", "L-03", "L-46", "L-61")
def test_the_marks_typed_under_a_past_session_become_lines_of_that_session():
    saisie = {
        "possibilites": ["benefice"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "12,5",
        "p2024_l_francais": "anglais",
        "p2024_u_langue-vivante-a": "oui",
        "p2024_n_langue-vivante-a": "11",
        "p2024_l_langue-vivante-a": "espagnol",
        "p2024_n_eps": "14",
        "p2024_x0_intitule": "Mon épreuve",
        "p2024_x1_note": "13",
        "p2024_x2_intitule": "Autre épreuve",
        "p2024_x2_note": "deux",
    }
    passage = PassageConnu(session=2024, specialite="logistique", resultat=Resultat.AJOURNE)
    lues, motifs = lire(saisie, (passage,), cadre().specialites["logistique"], cadre())
    assert {x.champ_prefixe: (x.unite, x.demande, x.note, x.langue, x.libre) for x in lues.lignes} == {
        "p2024_francais/": ("francais", True, Decimal("12.5"), None, False),
        "p2024_langue-vivante-a/": ("langue-vivante-a", True, Decimal(11), "espagnol", False),
        "p2024_eps/": ("eps", False, Decimal(14), None, False),
        "p2024_x0/": ("Mon épreuve", True, None, None, True),
        "p2024_x1/": ("", True, Decimal(13), None, True),
        "p2024_x2/": ("Autre épreuve", True, None, None, True),
    }
    assert {(x.motif, x.specialite, x.session) for x in lues.lignes} == {(MotifAcquis.BENEFICE, "logistique", 2024)}
    assert [(m.code, m.champ) for m in motifs] == [("note_illisible", "p2024_x2_note")]


@pytest.mark.passages("L-03", "L-63")
@pytest.mark.parametrize(
    ("slug", "unites"),
    [("logistique", "toutes"), ("melec", "generales"), (None, "generales"), ("inconnue", "generales")],
)
def test_the_units_of_a_past_session_are_all_its_own_or_the_general_ones_of_both(slug, unites):
    specialite = cadre().specialites["logistique"]
    passage = PassageConnu(session=2024, specialite=slug, resultat=Resultat.AJOURNE)
    proposees = unites_du_passage(passage, specialite, cadre())
    permises = specialite.matieres & set(cadre().acquis.autre_specialite_matieres)
    attendues = {u.cle for u in specialite.unites} if unites == "toutes" else permises
    assert {cle for cle, _, _ in proposees} == attendues
    assert all(libelle and libelle != cle for cle, libelle, _ in proposees)
    assert {matiere for _, _, matiere in proposees} - {None} <= specialite.matieres


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "L-63")
@pytest.mark.parametrize(
    ("possibilite", "declaree", "mots"),
    [
        ("benefice", None, "demande une présentation antérieure"),
        ("benefice", "melec", "vaut pour la même spécialité"),
        ("autre-specialite", "logistique", "vaut pour une autre spécialité"),
        ("autre-specialite", None, "demande une présentation antérieure"),
    ],
)
def test_a_possibility_that_needs_a_past_session_says_which(possibilite, declaree, mots):
    passages = (PassageConnu(session=2024, specialite=declaree, resultat=Resultat.AJOURNE),) if declaree else ()
    saisie, specialite = {"possibilites": [possibilite]}, cadre().specialites["logistique"]
    (motif,) = possibilites_remplies(saisie, SaisieAcquis(), passages, specialite, cadre())
    assert motif.code == "passage_a_declarer"
    libelle = next(p.libelle for p in cadre().acquis.possibilites if p.code == possibilite)
    assert motif.message.startswith(f"«\u00a0{libelle}\u00a0»")
    assert mots in motif.message


@pytest.mark.parametrize(
    ("motif", "formulaire"),
    [
        ("possibilite", "possibilites"),
        ("perte_comprise", "perte_comprise"),
        ("p2024_francais/note", "p2024_n_francais"),
        ("p2024_langue-vivante-a/langue", "p2024_l_langue-vivante-a"),
        ("p2024_francais/unite", "p2024_u_francais"),
        ("p2024_francais/session", "p2024_u_francais"),
        ("p2024_x0/note", "p2024_x0_note"),
        ("p2024_x0/session", "p2024_x0_note"),
        ("p2024_x0/unite", "p2024_x0_intitule"),
        ("d0_francais/diplome", "d0_diplome"),
        ("d0_francais/specialite_detenue", "d0_specialite"),
        ("d0_francais/unite_comportee", "d0_c_francais"),
        ("d0_francais/unite", "d0_u_francais"),
        ("v_francais/annee", "v_annee"),
        ("v_francais/unite", "v_u_francais"),
    ],
)
def test_a_motif_of_a_line_shows_beside_its_field_of_the_form(motif, formulaire):
    assert champ_du_motif(motif) == formulaire


@pytest.mark.passages("annexe1.attention.perdue", "L-19", "L-54")
@pytest.mark.parametrize(
    ("session", "resultat", "recente"),
    [
        (2020, Resultat.AJOURNE, False),
        (2021, Resultat.AJOURNE, True),
        (2025, Resultat.AJOURNE, True),
        (2026, Resultat.AJOURNE, False),
        (2025, Resultat.ADMIS, False),
    ],
)
def test_the_loss_of_a_mark_is_confirmed_while_a_mark_may_still_serve(session, resultat, recente):
    passages = (PassageConnu(session=session, specialite="logistique", resultat=resultat),)
    assert bool(recents(passages, cadre())) == recente
    assert [m.champ for m in perte_comprise({}, passages, cadre())] == (["perte_comprise"] if recente else [])
    assert perte_comprise({"perte_comprise": "oui"}, passages, cadre()) == []


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "L-15")
def test_no_acquis_is_read_as_such_and_a_brevet_counts_under_the_diplomas():
    specialite = cadre().specialites["tma-technicien-menuisier-agenceur"]
    assert lire({"possibilites": ["aucun"]}, (), specialite, cadre())[0] == SaisieAcquis(aucun=True)
    assert lire({"possibilites": ["vae"]}, (), specialite, cadre())[0].aucun is False
    saisie = {"possibilites": ["diplome"], "d0_diplome": "bp-menuisier", "d0_u_U31": "oui"}
    lues, _ = lire(saisie, (), specialite, cadre())
    assert possibilites_remplies(saisie, lues, (), specialite, cadre()) == []
    (motif,) = possibilites_remplies(saisie, SaisieAcquis(), (), specialite, cadre())
    assert (motif.code, motif.champ) == ("possibilite_sans_demande", "possibilites")


@pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54")
@pytest.mark.parametrize(("note", "dite"), [("9,99", False), ("10", True), ("12,5", True)])
def test_a_mark_that_could_be_kept_and_is_not_asked_for_is_told_beside_its_box(note, dite):
    specialite = cadre().specialites["logistique"]
    passages = (PassageConnu(session=2024, specialite="logistique", resultat=Resultat.AJOURNE),)
    saisie = {"possibilites": ["benefice"], "p2024_n_francais": note}
    rendus = notes_demandees(saisie, lire(saisie, passages, specialite, cadre())[0], cadre())
    assert [(m.code, m.champ) for m in rendus] == ([("note_sans_demande", "p2024_u_francais")] if dite else [])
    assert all(f"Vous avez écrit {note} sans" in m.message for m in rendus)
    refusee = {**saisie, "p2024_u_francais": "non"}
    assert notes_demandees(refusee, lire(refusee, passages, specialite, cadre())[0], cadre()) == []


@pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54")
@pytest.mark.parametrize(("session", "dite"), [(2023, True), (2024, True), (2025, False)])
def test_a_mark_that_an_inscription_made_since_has_lost_is_not_asked_for(session, dite):
    oubli = (InscriptionIntermediaire(session=session, demande=False),)
    ligne = LigneAcquis(
        motif=MotifAcquis.BENEFICE,
        unite="francais",
        session=2024,
        note=Decimal(12),
        demande=False,
        champ_prefixe="p2024_francais-",
        inscriptions_intermediaires=oubli,
    )
    assert bool(notes_demandees({}, SaisieAcquis(lignes=(ligne,)), cadre())) == dite


@pytest.mark.passages("L-03", "L-61")
def test_a_unit_is_named_by_its_code_and_its_matiere_and_a_past_session_by_what_its_marks_give():
    specialite = cadre().specialites["agora"]
    assert libelle_unite("francais", specialite, cadre()) == f"U51 - {cadre().libelles_matieres['francais']}"
    assert libelle_unite("inconnue", specialite, cadre()) == "inconnue"
    titres = {
        slug: titre_du_passage(
            PassageConnu(session=2020, specialite=slug, resultat=Resultat.AJOURNE), specialite, cadre()
        )
        for slug in ("agora", "gestion-administration", "melec", None)
    }
    assert titres == {
        "agora": MotifAcquis.BENEFICE,
        "gestion-administration": MotifAcquis.BENEFICE,
        "melec": MotifAcquis.AUTRE_SPECIALITE,
        None: MotifAcquis.AUTRE_SPECIALITE,
    }
