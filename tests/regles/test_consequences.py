"""Ce que change chaque acquis : exact, jamais au hasard, et dit sans chiffre quand un coefficient manque."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.regles.acquis import PassageConnu, examen_des_acquis
from registre.regles.acquis_saisis import lire
from registre.regles.cadre import Cadre
from registre.regles.consequences import (
    Possibilite,
    Situation,
    acquis_possibles,
    combinaison_extreme,
    consequences,
    objectifs,
    releve_prevu,
    variante,
)
from registre.regles.decisions import Acquis, BeneficeDeNote, Dispense, ReglementDesAcquis
from registre.regles.jury import Bareme
from registre.regles.moyenne import moyenne_generale
from registre.regles.note_necessaire import (
    NoteNecessaire,
    Sort,
    en_clair,
    note_necessaire,
    trace_de_la_note_necessaire,
)
from registre.regles.notes import EtatNote, NoteFacultative, Releve
from registre.regles.vocabulaire import MotifAcquis, Resultat
from tests.regles.lecture_cas import cadre as lire_cadre

CADRE: Cadre = lire_cadre()
AGORA = CADRE.specialites["agora"]  # 25 in all: français 2.5, histoire-géographie 2.5, U2 4, U31 4…
BAREME = Bareme.du_cadre(CADRE)
SITUATION = Situation(specialite=AGORA, bareme=BAREME, etats={})
CLES = tuple(AGORA.par_cle)
DIX, DOUZE, SEIZE, DIX_HUIT = (Decimal(n) for n in (10, 12, 16, 18))
reglages = settings(max_examples=60, deadline=None)


def garde(unite: str, note: str, demande: bool = True) -> Possibilite:
    acquis = BeneficeDeNote(unite=unite, note=Decimal(note), session=2024, derniere_session=2029)
    return Possibilite(acquis=acquis, demande=demande)


def dispense(unite: str, demande: bool = True) -> Possibilite:
    return Possibilite(acquis=Dispense(unite=unite, titre=MotifAcquis.DIPLOME), demande=demande)


def besoin(demandes: list[Possibilite], seuil: Decimal = DIX, situation: Situation = SITUATION) -> NoteNecessaire:
    releve = releve_prevu([p.acquis for p in demandes], situation)
    trouve = note_necessaire(releve, seuil, CADRE.moyenne)
    assert trouve is not None
    return trouve


# --- La note qu'il faut ----------------------------------------------------------------------------


def test_without_any_acquis_the_note_necessaire_is_the_seuil_itself():
    assert besoin([]).note == 10
    assert besoin([], SEIZE).note == 16
    assert besoin([]).coefficients == 25


@pytest.mark.passages("annexe1.benefice.moyenne", "R60")
def test_a_note_gardee_above_the_seuil_lowers_what_the_other_epreuves_need():
    trouve = besoin([garde("francais", "14")])
    assert trouve.note == Fraction(10 * 25 - 35) / Fraction("22.5") == Fraction(86, 9)
    assert trouve.arrondie(2) == Decimal("9.56")  # 9.555…, rounded up
    assert besoin([garde("francais", "10.5")], DOUZE).note > 12  # a mark below the mention weighs on it


@pytest.mark.passages("annexe1.dispense.moyenne", "annexe1.dispense.effet", "R59")
def test_a_dispense_takes_its_coefficient_away_and_changes_nothing_else():
    seule = besoin([dispense("francais")])
    assert seule.coefficients == Fraction("22.5")
    assert seule.note == 10
    # With a good mark kept, less is left to pull down: the need falls.
    assert besoin([dispense("francais"), garde("U2", "15")]).note < besoin([garde("U2", "15")]).note


def test_an_eps_already_neutralised_is_no_longer_to_be_passed():
    situation = replace(SITUATION, etats={"eps": EtatNote.INAPTE})
    assert besoin([], situation=situation).coefficients == 24
    assert besoin([], situation=situation).a_passer == 24


def test_everything_kept_leaves_nothing_to_pass_and_the_sort_is_settled():
    tout = [garde(cle, "12") for cle in CLES]
    assert (besoin(tout).note, besoin(tout).sort) == (None, Sort.ATTEINT)
    assert besoin(tout, DOUZE).sort is Sort.ATTEINT
    assert besoin(tout, SEIZE).sort is Sort.HORS_D_ATTEINTE
    assert en_clair(besoin(tout, SEIZE), 2) == "impossible"


def test_out_of_reach_and_already_reached_are_said_in_words():
    presque = [garde(cle, "10") for cle in CLES if cle != "eps"]
    loin = besoin(presque, DIX_HUIT)
    assert loin.note == 18 * 25 - 240 == 210
    assert loin.sort is Sort.HORS_D_ATTEINTE
    assert "il faudrait plus de 20" in en_clair(loin, 2)
    largement = besoin([garde(cle, "20") for cle in CLES if cle != "eps"])
    assert largement.note == -230
    assert en_clair(largement, 2) == "déjà atteint"
    assert en_clair(besoin([garde("francais", "14")]), 2) == "9,56\u00a0/\u00a020"


def test_twenty_exactly_is_still_possible_and_zero_exactly_is_already_reached():
    # eps has the coefficient 1: the marks kept leave 20 points, then none, to find.
    gardees = [garde(cle, "10") for cle in CLES if cle not in ("eps", "arts-appliques")]
    assert besoin([*gardees, garde("arts-appliques", "0")]).note == 20
    assert besoin([*gardees, garde("arts-appliques", "0")]).sort is Sort.A_OBTENIR
    assert besoin([*gardees, garde("arts-appliques", "20")]).note == 0
    assert besoin([*gardees, garde("arts-appliques", "20")]).sort is Sort.ATTEINT


@pytest.mark.passages("L-38")
def test_an_unknown_coefficient_gives_no_note_necessaire():
    assert CADRE.specialites["melec"].par_cle["U2"].coefficient is None
    situation = replace(SITUATION, specialite=CADRE.specialites["melec"])
    assert note_necessaire(releve_prevu([], situation), DIX, CADRE.moyenne) is None
    assert note_necessaire(Releve(lignes=()), DIX, CADRE.moyenne) is None


def test_the_points_of_a_facultative_already_known_are_counted_once():
    releve = replace(releve_prevu([], SITUATION), lvf=NoteFacultative(etat=EtatNote.NOTE, note=Decimal(13)))
    trouve = note_necessaire(releve, DIX, CADRE.moyenne)
    assert trouve is not None
    assert trouve.note == Fraction(247, 25)


def test_the_trace_tells_each_figure_of_the_division():
    demandes = [garde("francais", "14"), dispense("eps")]
    releve = releve_prevu([p.acquis for p in demandes], SITUATION)
    trace = trace_de_la_note_necessaire(releve, besoin(demandes), CADRE)
    assert trace.conclusion == "10 de moyenne\u00a0: 9,54\u00a0/\u00a020."
    valeurs = {p.code: p.valeur for p in trace.pas}
    assert valeurs["coefficients_comptes"] == "24"
    assert valeurs["points_gardes"] == "35"
    assert valeurs["points_voulus"] == "240"
    assert "Éducation physique et sportive" in next(p.texte for p in trace.pas if p.code == "coefficients_retires")
    assert "205\u00a0points" in trace.pas[-1].texte
    assert "21,5" in trace.pas[-1].texte
    tableau = next(p.tableau for p in trace.pas if p.code == "points_gardes")
    assert tableau is not None
    assert tableau.lignes == (("U51 - Français", "14", "2,5", "35"),)


@pytest.mark.parametrize(
    ("gardees", "seuil", "attendu"),
    [
        ([cle for cle in CLES if cle != "eps"], DIX_HUIT, "Même avec 20 partout"),
        ([*CLES], DIX, "Vous avez déjà ces points"),
        ([*CLES], DIX_HUIT, "il ne reste aucune épreuve à passer"),
    ],
)
def test_the_trace_says_plainly_what_cannot_change(gardees, seuil, attendu):
    demandes = [garde(cle, "11") for cle in gardees]
    releve = releve_prevu([p.acquis for p in demandes], SITUATION)
    assert attendu in trace_de_la_note_necessaire(releve, besoin(demandes, seuil), CADRE).pas[-1].texte


# --- Ce qui peut être demandé ----------------------------------------------------------------------


def possibles(
    saisie: dict[str, object], *passages: PassageConnu, specialite: str = "agora"
) -> tuple[Possibilite, ...]:
    presentee = CADRE.specialites[specialite]
    lues, _ = lire(saisie, passages, presentee, CADRE)
    demandes = examen_des_acquis(lues, passages, ReglementDesAcquis.du_cadre(CADRE, presentee)).par_unite
    return acquis_possibles(saisie, passages, demandes, presentee, CADRE)


AJOURNE = PassageConnu(session=2024, specialite="agora", resultat=Resultat.AJOURNE)


@pytest.mark.passages("annexe1.attention.perdue", "L-54", "R27")
def test_a_note_typed_without_its_demande_is_a_possibilite_that_is_not_asked():
    saisie = {
        "possibilites": ["benefice"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "12,5",
        "p2024_n_mathematiques": "14",
        "p2024_n_U2": "9,99",
    }
    trouvees = possibles(saisie, AJOURNE)
    assert [(p.acquis.unite, p.demande) for p in trouvees] == [("mathematiques", False), ("francais", True)]
    assert trouvees[0].acquis.derniere_session == 2029


@pytest.mark.passages("annexe1.tableau.a-la-demande", "R12")
def test_each_dispense_that_a_chosen_diplome_opens_is_a_possibilite():
    saisie = {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_francais": "oui"}
    trouvees = {p.acquis.unite: p for p in possibles(saisie)}
    assert trouvees["francais"].demande
    assert not trouvees["langue-vivante-a"].demande
    assert "U2" not in trouvees
    assert possibles({"possibilites": ["aucun"], "d0_diplome": "bac-general"}) == ()


def test_a_note_and_a_dispense_of_one_unite_are_two_possibilites():
    saisie = {
        "possibilites": ["benefice", "diplome"],
        "p2024_u_francais": "oui",
        "p2024_n_francais": "15",
        "d0_diplome": "bac-general",
    }
    francais = [p for p in possibles(saisie, AJOURNE) if p.acquis.unite == "francais"]
    assert [(p.acquis.nature, p.demande) for p in francais] == [("benefice", True), ("dispense", False)]


# --- Les effets et les combinaisons ----------------------------------------------------------------


def test_each_effet_opposes_asking_and_not_asking_the_other_choices_unchanged():
    lu = consequences([garde("francais", "14"), garde("U2", "12", demande=False)], SITUATION)
    francais, u2 = lu.effets
    assert lu.actuelle is not None
    assert (francais.si_demande, francais.sinon) == (lu.actuelle, variante([], SITUATION))
    assert u2.sinon == lu.actuelle
    assert u2.si_demande is not None
    assert {a.unite for a in u2.si_demande.demandes} == {"francais", "U2"}


@pytest.mark.passages("L-38", "L-61")
def test_without_all_coefficients_there_is_no_figure_and_the_unknown_ones_are_named():
    situation = replace(SITUATION, specialite=CADRE.specialites["melec"])
    lu = consequences([garde("francais", "14")], situation)
    assert (lu.chiffres, lu.actuelle, lu.extremes) == (False, None, ())
    assert (lu.effets[0].si_demande, lu.effets[0].sinon) == (None, None)
    assert "U2" in lu.inconnus
    assert "francais" not in lu.inconnus


def test_an_acquis_of_an_unknown_unite_enters_no_calculation():
    lu = consequences([garde("Épreuve perdue", "14"), garde("francais", "14")], SITUATION)
    assert (lu.effets[0].si_demande, lu.effets[0].sinon) == (None, None)
    assert lu.actuelle == variante([garde("francais", "14").acquis], SITUATION)


def test_the_best_for_the_diplome_and_the_best_for_a_mention_may_differ():
    lu = consequences([garde("francais", "11"), garde("U2", "17")], SITUATION)
    par_code = {x.objectif.code: x for x in lu.extremes}
    assert [*par_code] == ["admission", "assez_bien", "bien", "tres_bien", "tres_bien_felicitations"]
    assert {a.unite for a in par_code["admission"].meilleure.demandes} == {"francais", "U2"}
    assert {a.unite for a in par_code["bien"].meilleure.demandes} == {"U2"}
    assert {a.unite for a in par_code["bien"].pire.demandes} == {"francais"}
    assert consequences([], SITUATION).extremes == ()


@pytest.mark.passages("L-13", "R57")
def test_when_a_session_refuses_mentions_to_kept_notes_only_the_admission_is_told():
    jury = replace(CADRE.jury, mention_notes_conservees=False)
    situation = replace(SITUATION, bareme=replace(BAREME, jury=jury))
    gardee = variante([garde("francais", "14").acquis], situation)
    assert [n.seuil for n in gardee.necessaires] == [DIX]
    assert gardee.pour(DOUZE) is None
    assert len(variante([dispense("francais").acquis], situation).necessaires) == len(objectifs(jury))
    assert [x.objectif.code for x in consequences([garde("francais", "14")], situation).extremes] == ["admission"]


def test_a_candidat_dispensed_of_everything_has_no_note_to_find():
    toutes = [dispense(cle) for cle in CLES]
    rien = variante([p.acquis for p in toutes], SITUATION)
    assert (rien.coefficients, rien.neutralises, rien.necessaires) == (0, 25, ())


# --- Propriétés ------------------------------------------------------------------------------------

notes = st.decimals(0, 20, places=2)
options = st.dictionaries(
    st.sampled_from(CLES),
    st.lists(st.one_of(notes.map(lambda n: ("note", n)), st.just(("dispense", None))), min_size=1, max_size=2),
    max_size=5,
)
seuils = st.sampled_from([o.seuil for o in objectifs(CADRE.jury)])


def possibilites_de(tirees: dict[str, list[tuple[str, Decimal | None]]]) -> list[Possibilite]:
    return [
        garde(cle, str(note)) if note is not None else dispense(cle)
        for cle, offertes in tirees.items()
        for _, note in offertes
    ]


@reglages
@given(options, seuils)
def test_the_note_necessaire_suffices_and_a_hundredth_less_does_not(tirees, seuil):
    uniques = {p.acquis.unite: p for p in possibilites_de(tirees)}
    releve = releve_prevu([p.acquis for p in uniques.values()], SITUATION)
    trouve = note_necessaire(releve, seuil, CADRE.moyenne)
    assert trouve is not None
    note = trouve.arrondie(2)
    assert note is not None

    def moyenne_avec(essai: Decimal) -> bool:
        lignes = tuple(
            replace(x, etat=EtatNote.NOTE, note=essai) if x.etat is EtatNote.NON_PRESENTEE else x
            for x in releve.lignes
        )
        moyenne = moyenne_generale(replace(releve, lignes=lignes), CADRE.moyenne)
        assert moyenne is not None
        return moyenne.atteint(seuil)

    assert moyenne_avec(note)
    assert not moyenne_avec(note - Decimal("0.01"))


@reglages
@given(options, seuils)
def test_no_combination_is_better_than_the_best_nor_worse_than_the_worst(tirees, seuil):
    possibilites = possibilites_de(tirees)

    def exigence(demandes: tuple[Acquis, ...]) -> Fraction | None:
        trouve = note_necessaire(releve_prevu(demandes, SITUATION), seuil, CADRE.moyenne)
        return trouve.note if trouve else None

    par_unite: dict[str, list[Acquis | None]] = {}
    for p in possibilites:
        par_unite.setdefault(p.acquis.unite, [None]).append(p.acquis)
    toutes = [exigence(tuple(a for a in choix if a)) for choix in product(*par_unite.values())]
    meilleure = exigence(combinaison_extreme(possibilites, seuil, SITUATION))
    pire = exigence(combinaison_extreme(possibilites, seuil, SITUATION, pire=True))
    assert meilleure == min(toutes)
    assert pire == max(toutes)
    assert meilleure <= pire


@reglages
@given(st.lists(st.one_of(notes, st.none()), min_size=len(CLES), max_size=len(CLES)), seuils)
def test_when_everything_can_be_settled_the_extremes_are_still_ordered(tirees, seuil):
    """Everything may be kept or dispensed: the last combination leaves nothing to pass."""
    possibilites = [
        dispense(cle) if note is None else garde(cle, str(note)) for cle, note in zip(CLES, tirees, strict=True)
    ]
    for extreme in consequences(possibilites, SITUATION).extremes:
        du_mieux, du_pire = (v.pour(extreme.objectif.seuil) for v in (extreme.meilleure, extreme.pire))
        assert du_mieux is not None
        assert du_pire is not None
        if du_mieux.note is not None and du_pire.note is not None:
            assert du_mieux.note <= du_pire.note
        if du_mieux.note is None:
            assert du_mieux.sort is Sort.ATTEINT
        if du_pire.note is None:
            assert du_pire.sort is Sort.HORS_D_ATTEINTE


@reglages
@given(options)
def test_keeping_a_note_never_changes_another_unite(tirees):
    possibilites = list({p.acquis.unite: p for p in possibilites_de(tirees)}.values())
    for effet in consequences(possibilites, SITUATION).effets:
        assert effet.si_demande is not None
        assert effet.sinon is not None
        avec = releve_prevu(effet.si_demande.demandes, SITUATION)
        sans = releve_prevu(effet.sinon.demandes, SITUATION)
        changees = [x.cle for x, y in zip(avec.lignes, sans.lignes, strict=True) if x != y]
        assert changees == [effet.possibilite.acquis.unite]


@reglages
@given(options)
def test_the_order_of_possibilites_never_changes_what_is_needed(tirees):
    possibilites = list({p.acquis.unite: p for p in possibilites_de(tirees)}.values())
    un, deux = consequences(possibilites, SITUATION), consequences(possibilites[::-1], SITUATION)
    assert un.actuelle is not None
    assert deux.actuelle is not None
    assert un.actuelle.necessaires == deux.actuelle.necessaires
    assert [x.meilleure.necessaires for x in un.extremes] == [x.meilleure.necessaires for x in deux.extremes]


def test_for_the_same_need_the_best_combination_asks_rather_than_lets_a_right_go():
    lu = consequences([garde("francais", "14", demande=False), dispense("eps", demande=False)], SITUATION)
    bien = next(x for x in lu.extremes if x.objectif.code == "bien")
    assert {a.unite for a in bien.meilleure.demandes} == {"francais", "eps"}
    besoin_bien = bien.meilleure.pour(Decimal(14))
    assert besoin_bien is not None
    assert besoin_bien.note == 14
