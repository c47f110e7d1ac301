"""Step 4, the whole: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from registre.cas.chapitres.acquis import reglement
from registre.regles.acquis import (
    LigneAcquis,
    PassageConnu,
    SaisieAcquis,
    examen_des_acquis,
    ligne_complete,
    possibilites_coherentes,
)
from registre.regles.citation import codes
from registre.regles.decisions import InscriptionIntermediaire
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Resultat, Statut
from tests.regles.lecture_cas import cadre


def ligne(**champs) -> LigneAcquis:
    defauts = {"motif": MotifAcquis.BENEFICE, "unite": "francais", "session": 2024, "note": Decimal(12)}
    return LigneAcquis(**(defauts | champs))


def passage(specialite: str | None = "logistique", session: int = 2024, **champs) -> PassageConnu:
    return PassageConnu(**({"specialite": specialite, "session": session, "resultat": Resultat.AJOURNE} | champs))


def examen(demandee: LigneAcquis, *passages: PassageConnu, slug: str = "logistique", report: bool = False):
    regles = replace(reglement(cadre(), slug), report_sous_10=report)
    rendu = examen_des_acquis(SaisieAcquis(lignes=(demandee,)), passages, regles)
    return [m.code for m in rendu.motifs], list(rendu.par_unite)


@pytest.mark.passages("annexe1.benefice.definition", "L-63")
@pytest.mark.parametrize(
    ("passages", "motifs"),
    [
        ([passage()], []),
        ([passage(session=2023)], ["pas_ajourne"]),
        ([passage(resultat=Resultat.ADMIS)], ["pas_ajourne"]),
        ([passage("melec")], ["pas_ajourne"]),
        ([passage(None)], []),  # a spécialité out of our list may be the old one
        ([], ["pas_ajourne"]),
    ],
)
def test_a_kept_mark_comes_from_a_past_session_that_was_declared(passages, motifs):
    assert examen(ligne(), *passages)[0] == motifs


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.attention.perdue", "L-54", "L-63")
def test_what_is_said_of_the_line_itself_counts_too():
    assert examen(ligne(resultat=Resultat.ADMIS), passage())[0] == ["pas_ajourne"]
    oubli = (InscriptionIntermediaire(session=2025, demande=False),)
    assert examen(ligne(inscriptions_intermediaires=oubli), passage())[0] == ["note_perdue"]


@pytest.mark.passages("R34", "L-11", "L-63")
def test_of_two_past_sessions_of_a_year_the_known_one_holds_the_mark_in_any_order():
    huit = ligne(note=Decimal(8))
    progressive, globale = ({"forme_de_passage": f} for f in (FormeDePassage.PROGRESSIVE, FormeDePassage.GLOBALE))
    assert examen(huit, passage(**progressive), report=True) == ([], ["francais"])
    assert examen(huit, passage(**globale), report=True)[0] == ["note_inferieure_a_10"]
    for deux in ((passage(None, **progressive), passage(**globale)), (passage(**progressive), passage(**globale))):
        assert examen(huit, *deux, report=True) == examen(huit, *reversed(deux), report=True)
    assert examen(huit, passage(None, **progressive), passage(**globale), report=True)[0] == ["note_inferieure_a_10"]


@pytest.mark.passages("annexe1.rappel.correspondance", "L-48", "L-61")
def test_the_unit_of_a_line_is_read_in_the_specialite_of_the_past_session():
    ancienne = "tfca-technicien-froid-conditionnement-air"
    demandee = ligne(unite="mathematiques-et-sciences-physiques", session=2022)
    source = cadre().specialites[ancienne]
    unite = source.par_cle["mathematiques-et-sciences-physiques"]
    assert examen(demandee, passage(ancienne, 2022), slug="mfer") == ([], [f"{unite.code}, {source.libelle}"])


@pytest.mark.passages("L-61", "L-03")
def test_free_words_and_a_specialite_out_of_our_list_are_taken_as_they_are():
    assert examen(ligne(libre=True), passage()) == ([], ["francais"])
    ailleurs = {"motif": MotifAcquis.AUTRE_SPECIALITE, "specialite": "hors-liste"}
    assert examen(ligne(**ailleurs), passage("hors-liste")) == ([], ["francais"])
    assert examen(ligne(**ailleurs, unite="U9"), passage("hors-liste")) == ([], ["U9"])


@pytest.mark.passages("L-46")
def test_the_language_of_a_kept_mark_is_asked_whatever_the_name_of_its_unit():
    lva = cadre().specialites["agora"].par_cle["langue-vivante-a"]
    for nom in (lva.cle, lva.code):
        assert examen(ligne(unite=nom), passage("agora"), slug="agora")[0] == ["langue_manquante"]
        assert examen(ligne(unite=nom, langue="anglais"), passage("agora"), slug="agora") == ([], [lva.cle])


@pytest.mark.passages("L-04", "L-19")
@pytest.mark.parametrize(
    ("annee", "motifs"),
    [(2025, []), (2026, ["annee_invalide"]), (2027, ["annee_invalide"]), (None, ["annee_manquante"])],
)
def test_a_vae_is_decided_before_the_year_of_the_session(annee, motifs):
    demandee = ligne(motif=MotifAcquis.VAE, session=None, note=None, annee=annee)
    assert examen(demandee)[0] == motifs


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "R18", "L-04")
def test_all_that_a_line_lacks_is_said_at_once():
    vide = ligne(motif=MotifAcquis.VAE, unite=" ", session=None, note=None)
    regles = reglement(cadre(), "logistique")
    assert codes(ligne_complete(vide, regles)) == ["unite_manquante", "annee_manquante"]
    detenu = ligne(motif=MotifAcquis.DIPLOME, session=None, note=None, diplome="bac-professionnel")
    assert codes(ligne_complete(detenu, regles)) == ["specialite_detenue_manquante"]
    assert ligne_complete(replace(detenu, specialite_detenue="agora"), regles) == ()
    assert ligne_complete(replace(detenu, motif=MotifAcquis.PROFESSIONNELLE), regles) == ()
    assert ligne_complete(replace(detenu, diplome="bac-general"), regles) == ()


@pytest.mark.passages("L-59", "annexe1.benefice.definition")
@pytest.mark.parametrize(
    ("note", "motifs"),
    [
        ("0", ["note_inferieure_a_10"]),
        ("0.5", ["note_inferieure_a_10"]),
        ("20", []),
        ("20.01", ["note_invalide"]),
        ("-0.01", ["note_invalide"]),
        ("NaN", ["note_invalide"]),
    ],
)
def test_a_kept_mark_is_from_0_to_20_included(note, motifs):
    assert examen(ligne(note=Decimal(note)), passage())[0] == motifs


@pytest.mark.passages("L-03", "L-46", "R33")
def test_the_language_of_a_mark_from_elsewhere_is_asked_only_if_the_mark_is_kept():
    demandee = ligne(motif=MotifAcquis.AUTRE_SPECIALITE, unite="langue-vivante-a", specialite="melec")
    regles = reglement(cadre(), "logistique")
    assert ligne_complete(demandee, regles) == ()
    conservee = replace(regles, acquis=replace(regles.acquis, autre_specialite_mode="note_conservee"))
    assert codes(ligne_complete(demandee, conservee)) == ["langue_manquante"]


@pytest.mark.passages("annexe1.tableau.etoile", "L-26")
def test_what_is_said_of_the_diploma_goes_with_the_line():
    matiere, diplome = next(c for c, case in cadre().dispenses.tableau.items() if case.valeur == "G*")
    slug = next(s.slug for s in cadre().specialites.values() if s.ouverte_a_l_inscription and matiere in s.matieres)
    demandee = ligne(
        motif=MotifAcquis.DIPLOME, unite=matiere, session=None, note=None, diplome=diplome, specialite_detenue="agora"
    )
    for comportee, rendu in ((True, ([], [matiere])), (False, (["unite_non_comportee"], [])), (None, ([], [matiere]))):
        assert examen(replace(demandee, unite_comportee=comportee), slug=slug) == rendu
    assert examen(replace(demandee, libre=True), slug=slug)[0] == ["unite_absente_de_la_specialite"]


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "R44", "L-15")
def test_a_professional_title_is_the_possibility_of_a_diploma():
    sans = {"session": None, "note": None}
    diplome = ligne(motif=MotifAcquis.DIPLOME, diplome="bac-general", **sans)
    brevet = ligne(motif=MotifAcquis.PROFESSIONNELLE, unite="U31", diplome="bp-menuisier", **sans)
    regles = reglement(cadre(), "tma-technicien-menuisier-agenceur")
    unique = replace(regles, acquis=replace(regles.acquis, choix_unique=True))
    deux = SaisieAcquis(lignes=(diplome, brevet))
    assert possibilites_coherentes(deux, unique) == ()
    trois = SaisieAcquis(lignes=(diplome, brevet, ligne()))
    assert codes(possibilites_coherentes(trois, unique)) == ["possibilite_unique"]
    assert possibilites_coherentes(trois, regles) == ()


@pytest.mark.passages("L-63")
def test_a_line_that_no_declared_session_holds_is_still_shown():
    demandee = ligne()
    (seule,) = examen_des_acquis(SaisieAcquis(lignes=(demandee,)), (), reglement(cadre(), "logistique")).lignes
    assert (seule.ligne, seule.decision, codes(seule.motifs)) == (demandee, None, ["pas_ajourne"])


@pytest.mark.passages("L-03", "L-61")
def test_a_general_unit_is_granted_even_from_a_specialite_out_of_our_list():
    ailleurs = ligne(motif=MotifAcquis.AUTRE_SPECIALITE, specialite="hors-liste")
    rendu = examen_des_acquis(
        SaisieAcquis(lignes=(ailleurs,)), (passage("hors-liste"),), reglement(cadre(), "logistique")
    )
    assert {cle: d.statut for cle, d in rendu.par_unite.items()} == {"francais": Statut.ACCORDE}
    code = cadre().specialites["melec"].par_cle["francais"].code
    par_code = ligne(motif=MotifAcquis.AUTRE_SPECIALITE, specialite="melec", unite=code)
    rendu = examen_des_acquis(SaisieAcquis(lignes=(par_code,)), (passage("melec"),), reglement(cadre(), "logistique"))
    assert {cle: d.statut for cle, d in rendu.par_unite.items()} == {"francais": Statut.ACCORDE}
    ancienne = ligne(unite="U51", session=2024, specialite="agora")
    ici = examen_des_acquis(SaisieAcquis(lignes=(ancienne,)), (passage("agora"),), reglement(cadre(), "agora"))
    assert {cle: d.statut for cle, d in ici.par_unite.items()} == {"francais": Statut.ACCORDE}


@pytest.mark.passages("annexe1.attention.perdue", "L-15", "L-25", "L-54")
def test_every_right_left_aside_is_counted_and_every_line_asked_twice_is_shown():
    oubliees = (ligne(demande=False), ligne(unite="eps", demande=False), ligne(unite="mathematiques", demande=False))
    regles = reglement(cadre(), "logistique")
    rendu = examen_des_acquis(SaisieAcquis(lignes=oubliees), (passage(),), regles)
    assert {d.unite for d in rendu.perdus} == {"francais", "eps", "mathematiques"}
    doubles = (ligne(), ligne(note=Decimal(13)))
    deux = examen_des_acquis(SaisieAcquis(lignes=doubles), (passage(),), regles).lignes
    assert tuple(x.ligne for x in deux) == doubles
    assert [(x.decision.unite, codes(x.motifs)) for x in deux] == [("francais", ["unite_demandee_deux_fois"])] * 2
