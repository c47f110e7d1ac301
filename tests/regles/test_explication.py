"""Every trace says the figures of the rule it explains, in sentences that a candidate can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.cas.chapitres.moyenne import Situation
from registre.cas.lecture import lire_cas
from registre.cas.validation import avec_parametres, valider
from registre.commun.sources import existe
from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis, examen_des_acquis
from registre.regles.cadre import Cadre
from registre.regles.decisions import ReglementDesAcquis
from registre.regles.etapes import Contexte, Examen, examiner
from registre.regles.explication import CONCLUSIONS, trace_de_la_deliberation
from registre.regles.explication_acquis import trace_d_un_acquis, traces_des_acquis
from registre.regles.explication_inscription import trace_des_pieces, traces_de_l_inscription
from registre.regles.jury import Bareme, DecisionDuJury, Deliberation, PointsDuJury, deliberation
from registre.regles.moyenne import ecrit
from registre.regles.notes import EtatNote, LigneDeNotes, NoteFacultative, OralDeControle, Releve
from registre.regles.pieces import DE_L_EPS, DE_LA_VOIE, DES_ACQUIS, RAISON_JDC, PieceRequise
from registre.regles.trace import Pas, Trace
from registre.regles.vocabulaire import MotifAcquis, NatureUnite, Resultat
from tests.inscription.scenario import LE, saisies
from tests.regles.test_proprietes_moyenne import incomplets, releves

CAS = Path(__file__).parent / "cas" / "moyenne.toml"
NOMBRE = re.compile(r"\d+(?:,\d+)?")


# --- What every trace owes the candidate ------------------------------------------------------------


def phrases(trace: Trace) -> Iterator[str]:
    yield trace.conclusion
    yield from (pas.texte for pas in trace.pas)


def tous_les_textes(trace: Trace) -> Iterator[str]:
    yield trace.objet
    yield from phrases(trace)
    for pas in trace.pas:
        yield pas.valeur
        if pas.tableau:
            yield from pas.tableau.entetes
            yield from (case for ligne in pas.tableau.lignes for case in ligne)


def identifiants(cadre: Cadre) -> set[str]:
    """What names something inside Registre and is not a French word: slugs, keys, codes with a dash."""
    codes = {*cadre.libelles_matieres, *cadre.specialites, *(p.cle for p in cadre.pieces.liste)}
    codes |= {d.code for d in cadre.dispenses.diplomes} | {v.code for v in cadre.conditions.voies}
    return {code for code in codes if "-" in code and code not in FRANCAIS}


FRANCAIS = {"physique-chimie", "economie-gestion"}  # the word without its accent is not in a label either


def lisible(trace: Trace, cadre: Cadre) -> None:
    """One rule for all: a sentence ends, has French typography, and names nothing by an internal identifier."""
    for phrase in phrases(trace):
        assert re.search(r"[.]$", phrase), phrase
        assert phrase[0].isupper() or not phrase[0].isalpha(), phrase
    for texte in tous_les_textes(trace):
        assert "'" not in texte, texte
        assert not re.search("_|None", texte), texte
        assert not re.search(r"(?<!\u00a0)[:;?!»]", texte), texte
        assert not re.search(r"«(?!\u00a0)", texte), texte
        assert not re.search(r"\bR\d+\b|\bL-\d+", texte), texte
        assert not re.search(r"\d\.\d", texte), texte
        mots = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", texte))
        assert not mots & identifiants(cadre), texte
    for source in trace.sources:
        assert existe(source), source
    assert len({pas.texte for pas in trace.pas}) == len(trace.pas), "a step says what another says"


# --- Jury -------------------------------------------------------------------------------------------


def les_cas() -> list[Any]:
    lus = lire_cas(CAS.read_text(encoding="utf-8"), CAS.name)
    assert not lus.problemes
    return [pytest.param(cas, id=cas.id) for cas in lus.cas]


def pas_de(trace: Trace, code: str) -> Pas:
    return next(pas for pas in trace.pas if pas.code == code)


def juger(situation: Situation, cadre: Cadre) -> tuple[Deliberation, Trace]:
    releve = Releve(lignes=situation.lignes, lvf=situation.lvf)
    jugee = situation.deliberation(Bareme.du_cadre(cadre))
    return jugee, trace_de_la_deliberation(jugee, releve, cadre, situation.controle)


@pytest.mark.parametrize("cas", les_cas())
def test_the_trace_of_every_reference_case_says_the_figures_of_its_deliberation(cas, cadre):
    cadre = avec_parametres(cadre, ("jury", "moyenne", "eps"), cas.parametres)
    jugee, trace = juger(valider(Situation, cas.situation, "situation"), cadre)
    lisible(trace, cadre)
    if jugee.decision:
        assert trace.conclusion.startswith(CONCLUSIONS[jugee.decision])
    totaux = [pas.valeur for pas in trace.pas if pas.code == "total"]
    moyennes = [pas.valeur for pas in trace.pas if pas.code == "moyenne_generale"]
    calculees = [m for m in (jugee.moyenne, jugee.moyenne_second_groupe) if m]
    assert totaux == [f"{ecrit(m.points)}\u00a0/\u00a0{ecrit(m.coefficients)}" for m in calculees]
    assert moyennes == [f"{m.affichee(2)}\u00a0/\u00a020" for m in calculees]
    if jugee.acces and jugee.acces.moyenne_professionnelle and not jugee.acces.professionnelles_dispensees:
        attendue = f"{jugee.acces.moyenne_professionnelle.affichee(2)}\u00a0/\u00a020"
        assert pas_de(trace, "moyenne_professionnelle").valeur == attendue
    proposees = {
        unite
        for pas in trace.pas
        if pas.code == "choix_au_controle"
        for ligne in pas.tableau.lignes
        for unite in re.findall(r"\bU\d+", ligne[1])
    }
    assert proposees == {unite for unites in jugee.choix_controle.values() for unite in unites}
    dits = [pas.texte for pas in trace.pas]
    assert all(motif.message in dits for motif in jugee.obstacles)


@pytest.mark.parametrize("cas", les_cas())
def test_the_points_of_the_table_add_up_to_the_total_without_the_facultative(cas, cadre):
    cadre = avec_parametres(cadre, ("jury", "moyenne", "eps"), cas.parametres)
    jugee, trace = juger(valider(Situation, cas.situation, "situation"), cadre)
    if jugee.moyenne is None:
        assert all(pas.code != "notes" for pas in trace.pas)
        return
    lignes = pas_de(trace, "notes").tableau.lignes
    points = sum((Fraction(ligne[3].replace(",", ".")) for ligne in lignes), Fraction(0))
    facultative = [p for p in trace.pas if p.code == "facultative" and "point" in p.texte]
    bonus = Fraction(NOMBRE.findall(facultative[0].texte)[-1].replace(",", ".")) if facultative else Fraction(0)
    assert points + bonus == jugee.moyenne.points
    assert sum(Fraction(ligne[2].replace(",", ".")) for ligne in lignes) == jugee.moyenne.coefficients


def test_every_decision_of_the_jury_is_explained_by_a_reference_case(cadre):
    expliquees = set()
    for param in les_cas():
        cas = param.values[0]
        regle = avec_parametres(cadre, ("jury", "moyenne", "eps"), cas.parametres)
        expliquees.add(juger(valider(Situation, cas.situation, "situation"), regle)[0].decision)
    assert expliquees == {*DecisionDuJury, None}


def ligne(unite: str, matiere: str | None, note: str | None = None, etat=EtatNote.NOTE, **champs: Any) -> LigneDeNotes:
    nature = NatureUnite.GENERALE if matiere else NatureUnite.PROFESSIONNELLE
    return LigneDeNotes(
        epreuve="E",
        unite=unite,
        matiere=matiere,
        nature=nature,
        coefficient=Decimal("2"),
        etat=etat,
        note=None if note is None else Decimal(note),
        **champs,
    )


def releve(francais: str = "9", pro: str = "10", *autres: LigneDeNotes, lvf: NoteFacultative | None = None) -> Releve:
    lignes = (ligne("U51", "francais", francais), ligne("U2", None, pro, libelle="Projet"), *autres)
    return Releve(lignes=lignes, lvf=lvf)


def expliquer(r: Releve, cadre: Cadre, oraux: tuple[OralDeControle, ...] = (), points: PointsDuJury | None = None):
    bareme = Bareme.du_cadre(cadre)
    groupe = "points_second_groupe" if oraux else "points_premier_groupe"  # where the jury decides last
    jugee = deliberation(r, bareme, oraux, **{groupe: points})
    return trace_de_la_deliberation(jugee, r, cadre, oraux)


@settings(max_examples=100, deadline=None)
@given(releves | incomplets, st.sampled_from([None, "0.5", "12"]))
def test_any_releve_gives_a_readable_trace_with_the_figures_of_its_deliberation(cadre, tire, points):
    du_jury = None if points is None else PointsDuJury(points=Decimal(points))
    bareme = Bareme.du_cadre(cadre)
    jugee = deliberation(tire, bareme, points_premier_groupe=du_jury)
    choix = [unites[0] for unites in jugee.choix_controle.values() if unites]
    oraux = tuple(OralDeControle(unite=unite, note=Decimal("11.5")) for unite in choix)
    for passes in {(), oraux}:
        seconds = du_jury if passes else None
        jugee = deliberation(tire, bareme, passes, points_premier_groupe=du_jury, points_second_groupe=seconds)
        trace = trace_de_la_deliberation(jugee, tire, cadre, passes)
        lisible(trace, cadre)
        assert trace.pas
        calculees = [m for m in (jugee.moyenne, jugee.moyenne_second_groupe) if m]
        moyennes = [pas.valeur for pas in trace.pas if pas.code == "moyenne_generale"]
        assert moyennes == [f"{m.affichee(2)}\u00a0/\u00a020" for m in calculees]
        deliberees = [
            moyenne
            for points_ajoutes, moyenne in (
                (jugee.points_premier_groupe, jugee.deliberee_premier_groupe),
                (jugee.points_second_groupe, jugee.deliberee_second_groupe),
            )
            if points_ajoutes and moyenne
        ]
        ajouts = [pas.valeur for pas in trace.pas if pas.code == "points_du_jury"]
        assert ajouts == [f"{m.affichee(2)}\u00a0/\u00a020" for m in deliberees]


@pytest.mark.passages("R80", "R60", "L-12")
def test_the_table_says_what_each_note_is(cadre):
    eps = ligne("U7", "eps", notes_activites=(Decimal("11"), Decimal("12")))
    gardee = ligne("U11", "mathematiques", "13.5", EtatNote.NOTE_GARDEE)
    absente = ligne("U6", "arts-appliques", None, EtatNote.ABSENCE)
    trace = expliquer(releve("12", "12", eps, gardee, absente), cadre)
    lignes = pas_de(trace, "notes").tableau.lignes
    assert lignes[0] == ("U51 - Français", "12", "2", "24")
    assert lignes[1] == ("U2 - Projet", "12", "2", "24")
    assert lignes[2][1:] == ("11,5 (11 et 12)", "2", "23")
    assert lignes[3][1:] == ("13,5 (gardée)", "2", "27")
    assert lignes[4][1:] == ("0 (absence)", "2", "0")
    lisible(trace, cadre)


@pytest.mark.passages("R59", "R61", "annexe1.dispense.effet")
def test_a_unit_left_out_is_named_with_its_reason(cadre):
    trace = expliquer(
        releve(
            "12",
            "12",
            ligne("U7", "eps", None, EtatNote.INAPTE),
            ligne("U6", "arts-appliques", None, EtatNote.DISPENSE),
        ),
        cadre,
    )
    assert "U6 - Arts appliqués" in pas_de(trace, "hors_du_calcul_dispense").texte
    assert "certificat médical" in pas_de(trace, "hors_du_calcul_inapte").texte
    assert len(pas_de(trace, "notes").tableau.lignes) == 2


@pytest.mark.passages("R58")
@pytest.mark.parametrize(
    ("lvf", "dit"),
    [
        (NoteFacultative(etat=EtatNote.NOTE, note=Decimal("14")), "votre note est 14. Ce qui dépasse 10 s’ajoute"),
        (NoteFacultative(etat=EtatNote.NOTE, note=Decimal("14")), "4\u00a0points"),
        (NoteFacultative(etat=EtatNote.NOTE, note=Decimal("11.5")), "1,5\u00a0point."),
        (NoteFacultative(etat=EtatNote.NOTE, note=Decimal("10")), "n’ajoute rien"),
        (NoteFacultative(etat=EtatNote.ABSENCE), "pas de note"),
        (NoteFacultative(etat=EtatNote.NOTE_GARDEE, note=Decimal("14")), "votre note gardée est 14."),
    ],
)
def test_the_facultative_adds_its_points_or_nothing(cadre, lvf, dit):
    trace = expliquer(releve("12", "12", lvf=lvf), cadre)
    assert dit in pas_de(trace, "facultative").texte
    lisible(trace, cadre)


@pytest.mark.passages("L-14")
def test_a_rounded_average_says_that_it_is_rounded_for_reading_only(cadre):
    arrondie = pas_de(expliquer(releve("9.99", "10.00"), cadre), "moyenne_generale")
    assert arrondie.valeur == "10,00\u00a0/\u00a020"
    assert "jamais pour décider" in arrondie.texte
    assert "arrondie" not in pas_de(expliquer(releve("9", "10"), cadre), "moyenne_generale").texte


@pytest.mark.passages("R109")
def test_the_points_of_the_jury_are_told_as_its_own_decision(cadre):
    trace = expliquer(
        releve("9", "10"), cadre, points=PointsDuJury(points=Decimal("2"), motif="Assiduité remarquable")
    )
    pas = pas_de(trace, "points_du_jury")
    assert pas.texte.startswith("Le jury a décidé d’ajouter 2\u00a0points à votre total.")
    assert "«\u00a0Assiduité remarquable\u00a0»" in pas.texte
    assert pas.valeur == "10,00\u00a0/\u00a020"
    assert pas_de(trace, "moyenne_generale").valeur == "9,50\u00a0/\u00a020"
    assert trace.conclusion == "Vous avez le diplôme."
    lisible(trace, cadre)


@pytest.mark.passages("R109", "R142", "L-73")
def test_what_only_the_points_of_the_jury_reach_is_said_to_be_reached_with_them(cadre):
    """11,75 and 8,75 of average: the thresholds are passed with the points, never by the average alone."""
    points = PointsDuJury(points=Decimal("2"))
    mention = expliquer(releve("11.5", "12"), cadre, points=points)
    assert (
        pas_de(mention, "mention").texte
        == "Avec ces points, votre moyenne atteint 12\u00a0: c’est la mention Assez bien."
    )
    admise = expliquer(releve("9.5", "9.5"), cadre, points=points)
    assert pas_de(admise, "mention").texte.startswith("Avec ces points, votre moyenne ne donne pas de mention")
    r = releve("7", "10", ligne("U11", "mathematiques", "8"))
    oraux = (OralDeControle(unite="U51", note=Decimal("9")), OralDeControle(unite="U11", note=Decimal("8")))
    bareme = Bareme.du_cadre(cadre)
    jugee = deliberation(r, bareme, oraux, points_second_groupe=PointsDuJury(points=Decimal(9)))
    trace = trace_de_la_deliberation(jugee, r, cadre, oraux)
    assert pas_de(trace, "points_du_jury").texte.startswith(
        "Après l’épreuve de contrôle, le jury a décidé d’ajouter 9"
    )
    assert pas_de(trace, "decision_du_second_groupe").texte == (
        "Après l’épreuve de contrôle, avec ces points, votre moyenne atteint 10, ce qui suffit pour avoir le diplôme."
    )
    lisible(trace, cadre)


@pytest.mark.passages("epreuves.eps.absence-eliminatoire", "R79", "R103", "L-12")
def test_an_absence_that_eliminates_cites_the_text_of_its_unit(cadre):
    severe = replace(cadre, jury=replace(cadre.jury, absence_injustifiee="eliminatoire"))
    ailleurs = expliquer(releve("12", "12", ligne("U11", "mathematiques", None, etat=EtatNote.ABSENCE)), severe)
    assert pas_de(ailleurs, "absence_eliminatoire").sources == ("R103", "L-12")
    eps = expliquer(releve("12", "12", ligne("U7", "eps", None, etat=EtatNote.ABSENCE)), cadre)
    assert pas_de(eps, "absence_eliminatoire").sources == ("epreuves.eps.absence-eliminatoire", "R79", "L-12")


@pytest.mark.passages("R75", "L-42")
def test_the_second_group_says_which_of_two_notes_is_kept(cadre):
    r = releve("9", "10", ligne("U11", "mathematiques", "9"))
    oraux = (
        OralDeControle(unite="U11", note=Decimal("12")),
        OralDeControle(unite="U51", etat=EtatNote.ABSENCE),
    )
    trace = expliquer(r, cadre, oraux)
    assert pas_de(trace, "oraux").tableau.lignes == (
        ("U11 - Mathématiques", "9", "12", "12"),
        ("U51 - Français", "9", "absence", "9"),
    )
    assert trace.conclusion == "Vous avez le diplôme après l’épreuve de contrôle."
    assert pas_de(trace, "mention").texte == "Il n’y a pas de mention après l’épreuve de contrôle."
    lisible(trace, cadre)


@pytest.mark.passages("R142", "L-13")
def test_a_mention_is_named_and_its_absence_is_explained(cadre):
    assert expliquer(releve("14", "14"), cadre).conclusion == "Vous avez le diplôme, avec la mention Bien."
    assert "demande 12" in pas_de(expliquer(releve("11", "11"), cadre), "mention").texte
    sans = replace(cadre, jury=replace(cadre.jury, mention_notes_conservees=False))
    gardee = releve("14", "14", ligne("U11", "mathematiques", "14", EtatNote.NOTE_GARDEE))
    assert "quand une note est gardée" in pas_de(expliquer(gardee, sans), "mention").texte


def test_a_trace_is_plain_data(cadre):
    trace = expliquer(releve(), cadre)
    donnees = trace.en_json()
    assert donnees["pas"][0]["tableau"]["lignes"][0] == ["U51 - Français", "9", "2", "18"]
    assert donnees["pas"][0]["sources"][0] == "R55"


# --- Acquis -----------------------------------------------------------------------------------------

AGORA_2023 = PassageConnu(session=2023, specialite="agora", resultat=Resultat.AJOURNE)


def acquis(cadre: Cadre, *lignes: LigneAcquis, passages: tuple[PassageConnu, ...] = (AGORA_2023,)):
    reglement = ReglementDesAcquis.du_cadre(cadre, cadre.specialites["agora"])
    return examen_des_acquis(SaisieAcquis(lignes=lignes), passages, reglement)


def note(unite: str, valeur: str | None, **champs: Any) -> LigneAcquis:
    champs = {"motif": MotifAcquis.BENEFICE, "session": 2023} | champs
    return LigneAcquis(unite=unite, note=None if valeur is None else Decimal(valeur), **champs)


@pytest.mark.passages("annexe1.benefice.moyenne", "L-19")
def test_a_kept_note_says_its_value_its_last_session_its_coefficient_and_its_piece(cadre):
    x = acquis(cadre, note("francais", "12.5")).lignes[0]
    trace = trace_d_un_acquis(x, cadre.specialites["agora"], cadre)
    assert trace.objet == "Bénéfice de note\u00a0: U51 - Français"
    assert trace.conclusion == "Accordée, si vos pièces le confirment."
    assert "12,5 sur 20, session 2023" in pas_de(trace, "note_presentee").texte
    assert "coefficient, 2,5" in pas_de(trace, "note_gardee").texte
    assert str(x.decision.derniere_session) in pas_de(trace, "validite").texte
    assert "Relevé de notes" in pas_de(trace, "pieces_de_la_demande").texte
    lisible(trace, cadre)


@pytest.mark.passages("annexe1.dispense.effet", "R59")
def test_a_dispense_says_that_the_coefficient_does_not_count(cadre):
    demande = LigneAcquis(motif=MotifAcquis.DIPLOME, unite="langue-vivante-a", diplome="bac-general")
    trace = trace_d_un_acquis(acquis(cadre, demande).lignes[0], cadre.specialites["agora"], cadre)
    assert trace.objet == "Dispense par diplôme\u00a0: U41 - Langue vivante A"
    assert "ne compte pas dans la moyenne" in pas_de(trace, "coefficient_neutralise").texte
    assert "n’a pas de fin" in pas_de(trace, "sans_fin").texte
    lisible(trace, cadre)


@pytest.mark.parametrize(
    ("demande", "conclusion", "dit"),
    [
        (note("francais", "9.99"), "Refusée.", "au moins 10"),
        (note("francais", None), "À corriger\u00a0: la demande n’est pas complète.", "Indiquez la note"),
        (note("Projet de ma section", "12", libre=True), "À étudier par le service.", "reste à passer"),
        (
            LigneAcquis(motif=MotifAcquis.VAE, unite="U2", annee=2024),
            "Accordée, si vos pièces le confirment.",
            "2029",
        ),
        (
            LigneAcquis(motif=MotifAcquis.VAE, unite="U2", annee=2015),
            "Refusée.",
            "2021 à 2025",
        ),
        (
            LigneAcquis(motif=MotifAcquis.PROFESSIONNELLE, unite="U2", diplome="bp-froid"),
            "Refusée.",
            "Brevet professionnel",
        ),
    ],
)
def test_the_fate_of_a_claim_is_told_in_the_words_of_the_rule(cadre, demande, conclusion, dit):
    x = acquis(cadre, demande).lignes[0]
    trace = trace_d_un_acquis(x, cadre.specialites["agora"], cadre)
    assert trace.conclusion == conclusion
    assert any(dit in pas.texte for pas in trace.pas)
    assert all(m.message in [pas.texte for pas in trace.pas] for m in x.motifs)
    lisible(trace, cadre)


@pytest.mark.passages("annexe1.attention.perdue", "L-54")
def test_a_right_that_is_not_claimed_is_said_to_be_lost(cadre):
    jugees = acquis(cadre, note("mathematiques", "14", demande=False))
    perdus = traces_des_acquis(jugees, (), cadre.specialites["agora"], cadre)[-1]
    assert "perdu" in perdus.conclusion
    assert perdus.pas[0].texte == (
        "La note 14 vous est ouverte, et vous ne la demandez pas\u00a0: U12 - Mathématiques."
    )
    lisible(perdus, cadre)


# --- A whole registration ---------------------------------------------------------------------------


def examen_de(cadre: Cadre, tapees: dict[str, dict[str, Any]], naissance=None, **contexte: Any) -> Examen:
    jour = LE.date()
    return examiner(
        tapees,
        Contexte(
            cadre=cadre,
            date_de_naissance=naissance or jour.replace(year=jour.year - 30),
            jour=jour,
            handicap_repondu=True,
            **contexte,
        ),
    )


DEJA = {
    "voie": "deja-presente",
    "formation_suivie": "oui",
    "passages-0-session": "2023",
    "passages-0-academie": "Lyon",
    "passages-0-specialite": "agora",
    "passages-0-forme_de_passage": "progressive",
    "passages-0-resultat": "ajourne",
}
PRESENTEES = {
    f"presentee_{cle}": "oui" if cle == "U2" else "non"
    for cle in (
        *("economie-droit", "mathematiques", "U2", "U31", "U32", "prevention-sante-environnement"),
        *("langue-vivante-a", "langue-vivante-b", "francais", "histoire-geographie-emc", "arts-appliques"),
    )
}


@pytest.mark.parametrize(
    "tapees",
    [
        saisies(),
        saisies(candidature=DEJA, qualification={"forme_de_passage": "progressive"}, epreuves=PRESENTEES),
        saisies(candidature=DEJA),  # a form that must be kept, and is not
        saisies(acquis={"possibilites": []}, epreuves={"eps_cas": "", "lvb": "anglais"}),
        saisies(acquis={"possibilites": ["vae"], "v_annee": "2024", "v_u_U2": "oui", "v_u_eps": "oui"}),
        saisies(epreuves={"eps_cas": "inapte", "lvf": "portugais"}),
        saisies(epreuves={"eps_cas": "dispense"}),
        saisies(epreuves={"eps_cas": "adaptee", "eps_justifiee": "oui", "eps_activite_adaptee": ["natation-250-m"]}),
        saisies(identification={"domicile_code_postal": "75011", "nationalite_francaise": ""}),
        saisies(candidature={"voie": "", "deja_passe": "", "etablissement": ""}),
        saisies(
            candidature={"voie": "enseignement-a-distance", "etablissement": "autre-organisme", "organisme_nom": "X"}
        ),
        {**saisies(), "qualification": {}},
        {"identification": {}, "candidature": {}},
        {},
    ],
)
def test_the_traces_of_a_registration_are_readable_whatever_was_typed(cadre, tapees):
    examen = examen_de(cadre, tapees)
    pieces = (PieceRequise(cle="jdc", raisons=(RAISON_JDC,)),)
    for trace in traces_de_l_inscription(examen, pieces):
        lisible(trace, cadre)


def test_a_complete_registration_has_one_trace_a_subject(cadre):
    traces = traces_de_l_inscription(examen_de(cadre, saisies()), ())
    assert [t.objet for t in traces] == [
        "Conditions d’inscription",
        "Spécialité et forme de passage",
        "Acquis",
        "Épreuves",
        "Pièces demandées",
    ]
    assert traces[0].conclusion == "Vous remplissez les conditions d’inscription."
    assert traces[3].conclusion == "Épreuves ou unités obligatoires à passer à cette session\u00a0: 12."
    assert traces_de_l_inscription(examen_de(cadre, {}), ()) == ()


@pytest.mark.passages("conditions.domicile", "L-62")
def test_a_condition_that_fails_says_so_in_the_words_of_its_rule(cadre):
    examen = examen_de(cadre, saisies(identification={"domicile_code_postal": "75011"}))
    conditions = traces_de_l_inscription(examen, ())[0]
    assert conditions.conclusion == "Une condition n’est pas remplie, ou une réponse manque."
    assert any("Condition de domicile" in pas.texte for pas in conditions.pas)


@pytest.mark.passages("conditions.recensement-jdc", "L-43")
def test_the_jdc_is_explained_by_nationality_and_age(cadre):
    jeune = LE.date().replace(year=LE.year - 18)

    def dit(preuve: str, nationalite: str, naissance) -> str:
        tapees = saisies(identification={"nationalite_francaise": nationalite}, candidature={"preuve_jdc": preuve})
        return pas_de(traces_de_l_inscription(examen_de(cadre, tapees, naissance), ())[0], "jdc").texte

    assert "Certificat individuel" in dit("certificat-jdc", "oui", jeune)
    assert "vous n’avez pas la nationalité française" in dit("", "non", jeune)
    assert "de 16 ans à moins de 25 ans" in dit("", "oui", None)


@pytest.mark.passages("etapes.qualification.forme-conservee", "L-05")
def test_a_form_kept_after_a_failure_says_why(cadre):
    examen = examen_de(
        cadre, saisies(candidature=DEJA, qualification={"forme_de_passage": "progressive"}, epreuves=PRESENTEES)
    )
    forme = pas_de(traces_de_l_inscription(examen, ())[1], "forme_gardee").texte
    assert forme.startswith("Vous avez déjà présenté l’examen sous la forme progressive")
    libre = traces_de_l_inscription(examen_de(cadre, saisies()), ())[1]
    assert "ne vous impose" in pas_de(libre, "forme_gardee").texte


def test_each_unit_says_its_situation_and_why(cadre):
    tapees = saisies(
        acquis={"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_langue-vivante-b": "oui"},
        epreuves={"eps_cas": "dispense"},
    )
    epreuves = next(t for t in traces_de_l_inscription(examen_de(cadre, tapees), ()) if t.objet == "Épreuves")
    situations = {nom: (etat, raison) for nom, etat, raison in pas_de(epreuves, "unites").tableau.lignes}
    assert situations["U42 - Langue vivante B"] == ("Dispensé", "Dispense par diplôme")
    assert situations["U7 - Éducation physique et sportive"] == ("Dispensé", "Trois ans d’activité professionnelle")
    assert situations["U12 - Mathématiques"] == ("Inscrit", "Vous la passez à cette session")


@pytest.mark.passages("R96", "L-68")
def test_no_trace_speaks_of_handicap(cadre):
    examen = examen_de(cadre, saisies())
    sans_reponse = replace(examen, contexte=replace(examen.contexte, handicap_repondu=False))
    for lu in (examen, examiner(examen.saisies, sans_reponse.contexte)):
        textes = [t for trace in traces_de_l_inscription(lu, ()) for t in tous_les_textes(trace)]
        assert not [t for t in textes if "handicap" in t.lower()]
        assert "Répondez par oui ou par non." not in textes


def test_each_piece_says_all_its_reasons(cadre):
    raisons = [raison for _, raison in DE_LA_VOIE.values()] + [raison for _, raison in DE_L_EPS.values()]
    raisons += [*DES_ACQUIS.values(), RAISON_JDC]
    pieces = tuple(PieceRequise(cle=p.cle, raisons=tuple(raisons)) for p in cadre.pieces.liste)
    trace = trace_des_pieces(pieces, cadre)
    assert len(trace.pas) == len(cadre.pieces.liste)
    assert all(raison.message[1:] in pas.texte for pas in trace.pas for raison in raisons)
    assert {s for raison in raisons for s in raison.sources} == set(trace.sources)
    lisible(trace, cadre)
