"""What a candidate reads of a computed thing, word for word: the note he needs, and each demand of step 4."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis, examen_des_acquis
from registre.regles.decisions import ReglementDesAcquis
from registre.regles.explication_acquis import traces_des_acquis
from registre.regles.note_necessaire import NoteNecessaire, en_clair, note_necessaire, trace_de_la_note_necessaire
from registre.regles.notes import EtatNote, LigneDeNotes, Releve
from registre.regles.trace import Trace
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Resultat


def lu(trace: Trace) -> list[str]:
    """The trace as lines: what it is about, each step with its code and its figure, the conclusion."""
    assert all(pas.sources or pas.valeur == "" for pas in trace.pas)
    assert all(isinstance(pas.sources, tuple) and all(pas.sources) for pas in trace.pas)
    pas = [f"{p.code} | {p.texte}{' ' if p.valeur else ''}{p.valeur}" for p in trace.pas]
    return [ligne.replace("\u00a0", " ") for ligne in (trace.objet, *pas, trace.conclusion)]


# --- The note that is needed ----------------------------------------------------------------------------


def ligne(unite: str, etat: EtatNote, coefficient: str, note: str | None = None) -> LigneDeNotes:
    return LigneDeNotes(
        epreuve="E1",
        unite=unite,
        coefficient=Decimal(coefficient),
        etat=etat,
        note=None if note is None else Decimal(note),
        libelle=f"Unité {unite}",
    )


A_PASSER, GARDEE, DISPENSE = EtatNote.NON_PRESENTEE, EtatNote.NOTE_GARDEE, EtatNote.DISPENSE


@pytest.mark.passages("annexe1.benefice.moyenne", "annexe1.dispense.effet", "R55", "R59", "R60", "L-14")
@pytest.mark.parametrize(
    ("seuil", "lignes", "conclusion", "dernier"),
    [
        (
            "10",
            [ligne("U1", GARDEE, "2", "12.5"), ligne("U2", A_PASSER, "3")],
            "10 de moyenne : 8,34 / 20.",
            "Il manque 25 points, à partager entre des épreuves de coefficient 3 en tout. "
            "La division est arrondie vers le haut, pour que la note suffise : 8,34 / 20",
        ),
        (
            "10",
            [ligne("U1", GARDEE, "4", "18"), ligne("U2", A_PASSER, "1")],
            "10 de moyenne : déjà atteint.",
            "Vous avez déjà ces points, quelles que soient vos notes aux épreuves à passer.",
        ),
        (
            "10",
            [ligne("U1", GARDEE, "1", "20"), ligne("U2", A_PASSER, "1")],
            "10 de moyenne : déjà atteint.",
            "Vous avez déjà ces points, quelles que soient vos notes aux épreuves à passer.",
        ),
        (
            "10",
            [ligne("U1", GARDEE, "1", "19.5"), ligne("U2", A_PASSER, "1")],
            "10 de moyenne : 0,5 / 20.",
            "Il manque 0,5 point, à partager entre des épreuves de coefficient 1 en tout. "
            "La division est arrondie vers le haut, pour que la note suffise : 0,5 / 20",
        ),
        (
            "16",
            [ligne("U1", GARDEE, "1", "12"), ligne("U2", A_PASSER, "1")],
            "16 de moyenne : 20 / 20.",
            "Il manque 20 points, à partager entre des épreuves de coefficient 1 en tout. "
            "La division est arrondie vers le haut, pour que la note suffise : 20 / 20",
        ),
        (
            "18",
            [ligne("U1", GARDEE, "4", "10"), ligne("U2", A_PASSER, "1")],
            "18 de moyenne : impossible : il faudrait plus de 20.",
            "Il manque 50 points, à partager entre des épreuves de coefficient 1 en tout. "
            "Même avec 20 partout, ce n’est pas possible.",
        ),
        (
            "12",
            [ligne("U1", GARDEE, "2", "11")],
            "12 de moyenne : impossible.",
            "Il manque 2 points et il ne reste aucune épreuve à passer.",
        ),
    ],
)
def test_the_note_that_is_needed_is_told_to_the_end(seuil, lignes, conclusion, dernier, cadre):
    releve = Releve(lignes=tuple(lignes))
    dite = lu(trace_de_la_note_necessaire(releve, note_necessaire(releve, Decimal(seuil), cadre.moyenne), cadre))
    assert dite[0] == f"Comment avoir {seuil} de moyenne"
    assert dite[-2:] == [f"note_necessaire | {dernier}", conclusion]


@pytest.mark.passages("annexe1.benefice.moyenne", "annexe1.dispense.effet", "R55", "R59", "R60", "L-14")
def test_each_step_to_the_note_that_is_needed_is_told_with_its_figure(cadre):
    lignes = (ligne("U1", GARDEE, "2", "12.5"), ligne("U2", A_PASSER, "3"), ligne("U3", DISPENSE, "4"))
    releve = Releve(lignes=lignes)
    trace = trace_de_la_note_necessaire(releve, note_necessaire(releve, Decimal(10), cadre.moyenne), cadre)
    assert lu(trace)[1:-2] == [
        "coefficients_comptes | Les coefficients des épreuves qui comptent font, en tout : 5",
        "coefficients_retires | Ne compte pas, ni son coefficient (dispense) : Unité U3.",
        "points_gardes | Chaque note gardée est multipliée par son coefficient. Cela fait, en points : 25",
        "points_voulus | Pour avoir 10 de moyenne, il faut 10 × 5 points, soit : 50",
    ]
    tableau = trace.pas[2].tableau
    assert (tableau.entetes, tableau.lignes) == (
        ("Épreuve", "Note", "Coefficient", "Points"),
        (("Unité U1", "12,5", "2", "25"),),
    )
    assert all(pas.sources for pas in trace.pas)


def test_a_note_that_is_needed_is_never_told_below_what_suffices():
    besoin = NoteNecessaire(seuil=Decimal(10), points=Fraction(0), coefficients=Fraction(1), a_passer=Fraction(3))
    assert en_clair(besoin, 2).replace("\u00a0", " ") == "3,34 / 20"
    infime = replace(besoin, points=Fraction(10) - Fraction(1, 1000))
    assert en_clair(infime, 2).replace("\u00a0", " ") == "0,01 / 20"


# --- The demands of step 4 ------------------------------------------------------------------------------

NOTE = LigneAcquis(motif=MotifAcquis.BENEFICE, unite="francais", session=2024, note=Decimal("12.5"))
DIPLOME = LigneAcquis(motif=MotifAcquis.DIPLOME, unite="francais", diplome="bac-general")
PASSAGES = (PassageConnu(session=2024, specialite="agora", resultat=Resultat.AJOURNE),)


def traces(cadre, *lignes: LigneAcquis, passages=PASSAGES, report: bool = False) -> list[list[str]]:
    specialite = cadre.specialites["agora"]
    reglement = replace(ReglementDesAcquis.du_cadre(cadre, specialite), report_sous_10=report)
    rendu = examen_des_acquis(SaisieAcquis(aucun=not lignes, lignes=lignes), passages, reglement)
    return [lu(trace) for trace in traces_des_acquis(rendu, rendu.motifs, specialite, cadre)]


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.benefice.moyenne", "R60", "L-25")
def test_a_kept_mark_is_explained_from_what_was_presented_to_its_pieces(cadre):
    (dite,) = traces(cadre, NOTE)
    assert dite[1:] == [
        "note_presentee | Vous présentez cette note : 12,5 sur 20, session 2024.",
        "accordee | Vous n’avez pas eu le diplôme à cette session, la note est d’au moins 10, et elle sert encore. "
        "Le service vérifie vos pièces.",
        f"note_gardee | Vous ne repassez pas cette épreuve : votre note, 12,5, compte dans la moyenne avec "
        f"son coefficient, {coefficient(cadre, 'francais')}.",
        "validite | Ce droit sert jusqu’à la session 2029 comprise, "
        "si vous le demandez à chaque inscription d’ici là.",
        f"pieces_de_la_demande | Cette demande appelle ces pièces : {piece(cadre, 'releve-notes-examen')}.",
        "Accordée, si vos pièces le confirment.",
    ]


@pytest.mark.passages("annexe1.tableau.diplome-detenu", "annexe1.dispense.effet", "R12", "R59")
def test_a_dispense_by_diploma_is_explained_to_its_end(cadre):
    (dite,) = traces(cadre, DIPLOME)
    libelle = next(d.libelle for d in cadre.dispenses.diplomes if d.code == "bac-general")
    assert dite[1:] == [
        f"diplome_detenu | Vous détenez ce diplôme : {libelle}.",
        "accordee | D’après le tableau de la notice, ce diplôme dispense de cette épreuve. "
        "Le service vérifie vos pièces.",
        f"coefficient_neutralise | Vous ne passez pas cette épreuve : son coefficient, "
        f"{coefficient(cadre, 'francais')}, ne compte pas dans la moyenne, et une note obtenue avant non plus.",
        "sans_fin | Cette dispense n’a pas de fin. Demandez-la à chaque inscription.",
        f"pieces_de_la_demande | Cette demande appelle ces pièces : {piece(cadre, 'diplome')}.",
        "Accordée, si vos pièces le confirment.",
    ]


@pytest.mark.passages("annexe1.dispense.vae", "annexe1.dispense.autre-specialite", "annexe1.tableau.etoile", "L-46")
@pytest.mark.parametrize(
    ("demande", "attendus"),
    [
        (
            LigneAcquis(motif=MotifAcquis.VAE, unite="francais", annee=2024),
            {
                "decision_de_vae | Vous présentez la décision d’un jury de VAE, année 2024.",
                "accordee | La décision du jury sert encore, et votre spécialité comporte cette épreuve. "
                "Le service vérifie vos pièces.",
            },
        ),
        (
            replace(NOTE, motif=MotifAcquis.AUTRE_SPECIALITE, specialite="melec"),
            {
                "note_presentee | Vous présentez cette note : 12,5 sur 20, session 2024, spécialité « {melec} ».",
                "accordee | Vous n’avez pas eu le diplôme à cette session, la note est d’au moins 10, "
                "et elle sert encore. Le service vérifie vos pièces.",
            },
        ),
        (
            replace(NOTE, unite="langue-vivante-a", langue="anglais"),
            {"note_presentee | Vous présentez cette note : 12,5 sur 20, session 2024, {anglais}."},
        ),
        (
            replace(
                DIPLOME,
                unite="langue-vivante-b",
                diplome="bac-professionnel",
                specialite_detenue="melec",
                unite_comportee=True,
            ),
            {
                "diplome_detenu | Vous détenez ce diplôme : {bac_pro}, {melec}.",
                "accordee | D’après le tableau de la notice, ce diplôme dispense de cette épreuve. "
                "Vous avez dit qu’il la comportait. Le service vérifie vos pièces.",
            },
        ),
        (
            replace(DIPLOME, motif=MotifAcquis.VAE, unite="Mon épreuve", libre=True, annee=2024),
            {
                "unite_inconnue | Nous ne connaissons pas encore cette épreuve. Le service lira la décision du jury "
                "et décidera. En attendant, cette épreuve reste à passer.",
                "coefficient_neutralise | Si le service l’accorde, vous ne passez pas cette épreuve : son coefficient "
                "ne compte pas dans la moyenne, et une note obtenue avant non plus.",
                "À étudier par le service.",
            },
        ),
        (
            replace(NOTE, unite="Mon épreuve", libre=True),
            {
                "note_gardee | Si le service l’accorde, vous ne passez pas cette épreuve : votre note, 12,5, compte "
                "dans la moyenne avec son coefficient, que nous ne connaissons pas encore.",
            },
        ),
        (
            replace(NOTE, note=None, session=None),
            {
                "note_presentee | Vous présentez cette note : note à préciser sur 20, session à préciser.",
                "À corriger : la demande n’est pas complète.",
            },
        ),
        (
            LigneAcquis(motif=MotifAcquis.VAE, unite="francais"),
            {"decision_de_vae | Vous présentez la décision d’un jury de VAE, année à préciser."},
        ),
        (replace(DIPLOME, diplome=None), {"diplome_detenu | Vous détenez ce diplôme : à préciser."}),
        (replace(NOTE, note=Decimal(9)), {"Refusée."}),
    ],
)
def test_each_demand_says_what_it_rests_on_and_what_becomes_of_it(demande, attendus, cadre):
    passages = (*PASSAGES, PassageConnu(session=2024, specialite="melec", resultat=Resultat.AJOURNE))
    (dite,) = traces(cadre, demande, passages=passages)
    noms = {
        "melec": cadre.specialites["melec"].libelle,
        "anglais": cadre.libelles_langues["anglais"],
        "bac_pro": next(d.libelle for d in cadre.dispenses.diplomes if d.code == "bac-professionnel"),
    }
    assert {attendu.format(**noms).replace("\u00a0", " ") for attendu in attendus} <= set(dite)


@pytest.mark.passages("R34", "L-11")
def test_a_mark_below_ten_of_the_progressive_form_is_said_to_be_kept_as_such(cadre):
    passages = (replace(PASSAGES[0], forme_de_passage=FormeDePassage.PROGRESSIVE),)
    (dite,) = traces(cadre, replace(NOTE, note=Decimal(9)), passages=passages, report=True)
    assert (
        "accordee | Une note de la forme progressive se garde, et celle-ci sert encore. Le service vérifie vos pièces."
        in dite
    )
    (dix,) = traces(cadre, replace(NOTE, note=Decimal(10)), passages=passages, report=True)
    assert any("la note est d’au moins 10" in pas for pas in dix)


@pytest.mark.passages("annexe1.attention.perdue", "R27", "L-54", "etapes.acquis.cinq-possibilites")
def test_what_is_not_asked_for_is_told_and_so_is_an_empty_step(cadre):
    rien, perdus = traces(cadre), traces(cadre, DIPLOME, replace(NOTE, unite="eps", demande=False))
    assert rien == [
        [
            "Acquis",
            "aucun_acquis | Vous ne demandez à garder aucune note, et vous ne demandez aucune dispense.",
            "Aucune demande.",
        ]
    ]
    eps = cadre.specialites["agora"].par_cle["eps"]
    assert perdus[-1][0] == "Droits que vous ne demandez pas"
    assert perdus[-1][1].startswith("droit_non_demande | La note 12,5 vous est ouverte, et vous ne la demandez pas : ")
    assert eps.code in perdus[-1][1]
    dispense = traces(cadre, NOTE, replace(DIPLOME, unite="eps", demande=False))[-1]
    assert dispense[1].startswith("droit_non_demande | Une dispense vous est ouverte, et vous ne la demandez pas : ")


def coefficient(cadre, cle: str) -> str:
    return f"{cadre.specialites['agora'].par_cle[cle].coefficient.normalize():f}".replace(".", ",")


def piece(cadre, cle: str) -> str:
    return next(p.libelle for p in cadre.pieces.liste if p.cle == cle).replace("\u00a0", " ")
