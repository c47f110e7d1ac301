"""Spécialité, forme de passage and units: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registre.regles.citation import Motif, codes
from registre.regles.conditions import PassageAnterieur
from registre.regles.qualification import (
    ChoixDeForme,
    motifs_etats_des_unites,
    motifs_qualification,
    motifs_specialite,
    non_deja_admis,
)
from registre.regles.vocabulaire import EtatUnite, FormeDePassage, Resultat

EXAMEN = "bac-professionnel"
GLOBALE, PROGRESSIVE = FormeDePassage.GLOBALE, FormeDePassage.PROGRESSIVE


def passage(specialite: str | None, resultat: Resultat, forme: FormeDePassage = GLOBALE, session: int = 2024):
    return PassageAnterieur(
        examen=EXAMEN,
        specialite=specialite,
        session=session,
        forme_de_passage=forme,
        resultat=resultat,
        academie="lyon",
    )


@pytest.mark.passages("etapes.qualification.specialite")
def test_a_specialite_kept_for_those_who_failed_it_is_closed_to_those_who_failed_another(cadre):
    ouverte = next(s for s in cadre.specialites.values() if s.ouverte_a_l_inscription and not s.rattrapage_seul)
    connues = {ouverte.slug: replace(ouverte, rattrapage_seul=True)}

    def motifs(*passages: PassageAnterieur) -> list[str]:
        return codes(motifs_specialite(ouverte.slug, connues, passages, EXAMEN, cadre.correspondances))

    assert motifs(passage(ouverte.slug, Resultat.AJOURNE)) == []
    assert motifs(passage("une-autre", Resultat.AJOURNE)) == ["specialite_en_rattrapage"]
    assert motifs(passage(ouverte.slug, Resultat.ADMIS)) == ["specialite_en_rattrapage", "deja_admis"]


@pytest.mark.passages("L-48", "L-63")
@pytest.mark.parametrize(
    ("obtenue", "presentee", "dit"),
    [
        ("melec", "melec", "Vous avez déjà obtenu cette spécialité. Choisissez"),
        ("melec-2016", "melec", "Vous avez déjà obtenu cette spécialité, sous un ancien règlement. Choisissez"),
        ("systemes-numeriques-option-b", "ciel", "sous un ancien règlement"),
        ("logistique", "melec", ""),
        # One old specialite, two new ones: nothing says which of them was won.
        ("metiers-pressing-blanchisserie", "metiers-entretien-textiles-option-a-blanchisserie", ""),
        (None, "melec", ""),
    ],
)
def test_a_specialite_won_under_its_old_reglement_is_won(obtenue, presentee, dit, cadre):
    def motifs(resultat: Resultat) -> list[Motif]:
        return non_deja_admis(presentee, [passage(obtenue, resultat)], EXAMEN, cadre.correspondances)

    assert motifs(Resultat.AJOURNE) == []
    assert [m.code for m in motifs(Resultat.ADMIS)] == (["deja_admis"] if dit else [])
    assert dit in "".join(m.message for m in motifs(Resultat.ADMIS))
    cites = {"L-63"} if obtenue == presentee else {"L-63", "L-48"}
    assert all(set(m.sources) == cites for m in motifs(Resultat.ADMIS))


@pytest.mark.passages("etapes.qualification.globale", "L-60")
def test_a_unit_left_out_of_the_globale_is_refused_unless_an_etalement_is_notified(forme):
    etats = {"E1": EtatUnite.INSCRIT, "E6": EtatUnite.NON_PRESENTEE}
    assert codes(motifs_etats_des_unites(GLOBALE, etats)) == ["epreuve_non_inscrite"]
    assert motifs_etats_des_unites(GLOBALE, etats, etalement=True) == []
    choix = ChoixDeForme(forme_de_passage=GLOBALE)
    assert codes(motifs_qualification(choix, etats, [], forme, "agora", EXAMEN)) == ["epreuve_non_inscrite"]
    assert motifs_qualification(choix, etats, [], forme, "agora", EXAMEN, etalement=True) == []


@pytest.mark.passages("etapes.qualification.forme-conservee", "L-05")
def test_the_forme_failed_in_another_specialite_binds_only_if_the_session_says_so(forme):
    etats = {"E1": EtatUnite.INSCRIT}
    choix = ChoixDeForme(forme_de_passage=GLOBALE)
    meme_specialite = replace(forme, conservee_si_autre_specialite=False)

    def motifs(specialite: str, parametres) -> list[str]:
        passages = [passage("agora", Resultat.AJOURNE, PROGRESSIVE)]
        return codes(motifs_qualification(choix, etats, passages, parametres, specialite, EXAMEN))

    assert motifs("agora", meme_specialite) == ["forme_de_passage_a_conserver"]
    assert motifs("logistique", meme_specialite) == []
    assert motifs("logistique", replace(forme, conservee_si_autre_specialite=True)) == ["forme_de_passage_a_conserver"]
