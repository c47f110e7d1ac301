"""The steps of a trace, in the order of the reasoning, and the texts that each step applies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from registre.regles.acquis import LigneAcquis, PassageConnu
from registre.regles.etapes import examiner
from registre.regles.explication import nom_de_la_ligne
from registre.regles.explication_acquis import traces_des_acquis
from registre.regles.explication_inscription import traces_de_l_inscription
from registre.regles.explication_suite import trace_de_la_suite
from registre.regles.jury import PointsDuJury
from registre.regles.notes import EtatNote, NoteFacultative, OralDeControle
from registre.regles.pieces import RAISON_JDC, PieceRequise
from registre.regles.progression import Suite, SuiteDUneUnite
from registre.regles.trace import Trace
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Resultat
from tests.inscription.scenario import LE, passe, saisies
from tests.regles.test_explication import (
    AGORA_2023,
    DEJA,
    PRESENTEES,
    acquis,
    examen_de,
    expliquer,
    ligne,
    pas_de,
    releve,
)

REFERENCES = {
    # The jury
    "absence_eliminatoire": ("epreuves.eps.absence-eliminatoire", "R79", "L-12"),
    "moyenne_en_attente": ("R36", "L-11"),
    "unite_a_passer": ("R36", "L-11"),
    "notes": ("R55", "annexe1.benefice.moyenne", "R60", "L-12"),
    "hors_du_calcul_dispense": ("annexe1.dispense.effet", "R59"),
    "hors_du_calcul_inapte": ("R61",),
    "facultative": ("R57", "R58", "L-12"),
    "total": ("R55",),
    "moyenne_generale": ("R55", "L-14"),
    "points_du_jury": ("R109", "L-73"),
    "entre_les_seuils": ("R56", "R71", "R73"),
    "seuil_d_admission": ("R55",),
    "sous_le_seuil_de_controle": ("R56",),
    "professionnelles_dispensees": ("R77",),
    "moyenne_professionnelle": ("R71", "R72", "L-06"),
    "moyenne_professionnelle_insuffisante": ("R71", "L-06"),
    "choix_au_controle": ("R74", "L-17", "L-42"),
    "oraux": ("R75", "L-42"),
    "decision_du_second_groupe": ("R75", "R76"),
    "mention": ("R76", "R142", "L-13"),
    "oral_sans_objet": ("R71", "R74"),
    # The registration
    "domicile": ("conditions.domicile", "L-62"),
    "jdc": ("conditions.recensement-jdc", "R91", "L-01", "L-43"),
    "etablissement": ("etapes.candidature.type-et-etablissement", "L-66"),
    "passages": ("L-63",),
    "specialite": ("etapes.qualification.specialite", "L-35"),
    "forme_gardee": ("etapes.qualification.forme-conservee", "L-05", "L-63"),
    "forme_definitive": ("etapes.qualification.forme-definitive", "L-34"),
    "aucun_acquis": ("etapes.acquis.cinq-possibilites", "L-15"),
    "unites": ("L-60", "L-25"),
    "lva": ("epreuves.langues.lva", "epreuves.langues.offre", "L-46"),
    "lvb": ("epreuves.langues.lvb", "epreuves.langues.lva-lvb-differentes"),
    "lvf": ("epreuves.facultatives.lvf", "R58"),
    # Step 4
    "note_presentee": ("annexe1.benefice.definition", "R34"),
    "decision_de_vae": ("annexe1.dispense.vae", "L-04"),
    "diplome_detenu": ("annexe1.tableau.diplome-detenu", "R12"),
    "note_gardee": ("annexe1.benefice.moyenne", "R60", "L-25"),
    "coefficient_neutralise": ("annexe1.dispense.effet", "R59", "L-25"),
    "validite": ("annexe1.attention.perdue", "L-19", "L-54"),
    "sans_fin": ("annexe1.attention.perdue", "R12"),
    "pieces_de_la_demande": ("L-44",),
    "droit_non_demande": ("annexe1.attention.perdue", "R27", "L-54"),
    # After a failure
    "suite_du_parcours": ("annexe1.benefice.definition", "annexe1.benefice.duree", "L-11", "L-19"),
    "forme_a_choisir": ("etapes.qualification.progressive", "L-11"),
    "suite_a_demander": ("annexe1.attention.perdue", "R27", "L-54"),
}


def codes(trace: Trace) -> list[str]:
    """The steps in order; each cites what the table above says."""
    for pas in trace.pas:
        if pas.code in REFERENCES:
            assert (pas.code, pas.sources) == (pas.code, REFERENCES[pas.code])
    return [pas.code for pas in trace.pas]


def dit(trace: Trace, code: str) -> str:
    return pas_de(trace, code).texte.replace("\u00a0", " ")


# --- The jury -------------------------------------------------------------------------------------------

CALCUL = ["notes", "total", "moyenne_generale"]
MATHS = ligne("U11", "mathematiques", "9")
ORAUX = (OralDeControle(unite="U11", note=Decimal("12")), OralDeControle(unite="U51", note=Decimal("8")))
DEUX_POINTS = PointsDuJury(points=Decimal(2))


def dispensee(unite: str, matiere: str | None):
    return ligne(unite, matiere, None, EtatNote.DISPENSE)


@pytest.mark.passages("R55", "R56", "R59", "R61", "R71", "R73", "R75", "R76", "R79", "R109", "L-11", "L-14")
@pytest.mark.parametrize(
    ("notes", "oraux", "points", "attendus"),
    [
        (releve("12", "12"), (), None, [*CALCUL, "seuil_d_admission", "mention"]),
        (
            releve(
                "12",
                "12",
                dispensee("U6", "arts-appliques"),
                ligne("U7", "eps", None, EtatNote.INAPTE),
                lvf=NoteFacultative(etat=EtatNote.ABSENCE),
            ),
            (),
            None,
            [
                *("notes", "hors_du_calcul_dispense", "hors_du_calcul_inapte", "facultative"),
                *("total", "moyenne_generale", "seuil_d_admission", "mention"),
            ],
        ),
        (releve("5", "5"), (), None, [*CALCUL, "sous_le_seuil_de_controle"]),
        (
            releve("9", "10", MATHS),
            (),
            None,
            [*CALCUL, "entre_les_seuils", "moyenne_professionnelle", "choix_au_controle"],
        ),
        (
            releve("11", "8"),
            (),
            None,
            [*CALCUL, "entre_les_seuils", "moyenne_professionnelle", "moyenne_professionnelle_insuffisante"],
        ),
        (releve("9", "10"), (), DEUX_POINTS, [*CALCUL, "points_du_jury", "seuil_d_admission", "mention"]),
        (
            releve("9", "10", MATHS),
            ORAUX,
            None,
            [
                *(*CALCUL, "entre_les_seuils", "moyenne_professionnelle", "choix_au_controle", "oraux"),
                *("total", "moyenne_generale", "decision_du_second_groupe", "mention"),
            ],
        ),
        (
            releve("8", "10", replace(MATHS, note=Decimal(8))),
            (replace(ORAUX[0], note=Decimal(9)), ORAUX[1]),
            DEUX_POINTS,
            [
                *(*CALCUL, "entre_les_seuils", "moyenne_professionnelle", "choix_au_controle", "oraux"),
                *("total", "moyenne_generale", "points_du_jury", "decision_du_second_groupe"),
            ],
        ),
        (releve("12", "12"), ORAUX, None, [*CALCUL, "seuil_d_admission", "mention", "oral_sans_objet"]),
        (releve("12", "12", ligne("U7", "eps", None, EtatNote.ABSENCE)), (), None, ["absence_eliminatoire"]),
        (
            releve("12", "12", ligne("U6", "arts-appliques", None, EtatNote.NON_PRESENTEE)),
            (),
            None,
            ["moyenne_en_attente", "unite_a_passer"],
        ),
    ],
)
def test_the_steps_to_a_decision_come_in_order_with_their_texts(notes, oraux, points, attendus, cadre):
    trace = expliquer(notes, cadre, oraux, points)
    assert trace.objet == "Décision du jury"
    assert codes(trace) == attendus


def test_what_is_left_out_and_who_is_absent_are_named(cadre):
    dehors = expliquer(releve("12", "12", dispensee("U6", "arts-appliques"), dispensee("U11", "mathematiques")), cadre)
    assert dit(dehors, "hors_du_calcul_dispense") == (
        "Sans note et sans coefficient dans ce calcul (dispense) : U6 - Arts appliqués et cultures artistiques, "
        "U11 - Mathématiques."
    ).replace("Arts appliqués et cultures artistiques", cadre.libelles_matieres["arts-appliques"])
    absent = expliquer(releve("12", "12", ligne("U7", "eps", None, EtatNote.ABSENCE)), cadre)
    assert dit(absent, "absence_eliminatoire").endswith(f": U7 - {cadre.libelles_matieres['eps']}.")
    assert pas_de(dehors, "notes").tableau.entetes == ("Épreuve ou unité", "Note", "Coefficient", "Points")


@pytest.mark.passages("R55", "R56", "R71", "R72", "R74")
def test_each_threshold_is_told_with_its_figure(cadre):
    admis, sous = expliquer(releve("12", "12"), cadre), expliquer(releve("5", "5"), cadre)
    assert dit(admis, "total") == "Le total de vos points est 48, et celui des coefficients comptés 4."
    assert dit(admis, "moyenne_generale") == "Votre moyenne générale est 48 divisé par 4."
    assert dit(admis, "seuil_d_admission") == "Votre moyenne atteint 10, ce qui suffit pour avoir le diplôme."
    assert dit(admis, "mention") == "Votre moyenne atteint 12 : c’est la mention Assez bien."
    assert "inférieure à 8, le seuil" in dit(sous, "sous_le_seuil_de_controle")
    entre = expliquer(releve("9", "10", MATHS), cadre)
    assert dit(entre, "entre_les_seuils") == (
        "Votre moyenne est d’au moins 8 et inférieure à 10 : l’épreuve de contrôle peut s’ouvrir."
    )
    assert dit(entre, "moyenne_professionnelle") == (
        "Pour l’épreuve de contrôle, il faut 10 de moyenne aux unités professionnelles. La vôtre est 20 divisé par 2."
    )
    assert dit(entre, "choix_au_controle").startswith("Vous choisissez une matière dans chacun de ces groupes")
    assert pas_de(entre, "choix_au_controle").tableau.entetes == ("Groupe", "Vous pouvez choisir")


@pytest.mark.passages("R74", "R77", "L-17")
def test_a_group_without_a_subject_and_dispensed_professional_units_are_told(cadre):
    une = expliquer(releve("9", "10"), cadre)
    assert dit(une, "choix_au_controle").startswith("Un groupe de matières est dispensé en entier")
    assert [choix for _, choix in pas_de(une, "choix_au_controle").tableau.lignes] == ["U51 - Français"]
    deux = expliquer(releve("9", "10", ligne("U52", "histoire-geographie-emc", "9")), cadre)
    (groupe,) = pas_de(deux, "choix_au_controle").tableau.lignes
    assert groupe[1] == f"U51 - Français\u00a0; U52 - {cadre.libelles_matieres['histoire-geographie-emc']}"
    sans_pro = replace(releve(), lignes=(ligne("U51", "francais", "9"), dispensee("U2", None)))
    assert codes(expliquer(sans_pro, cadre)) == [
        *("notes", "hors_du_calcul_dispense", "total", "moyenne_generale"),
        *("entre_les_seuils", "professionnelles_dispensees", "choix_au_controle"),
    ]


@pytest.mark.passages("R109", "R75", "R76")
def test_the_points_of_the_jury_are_told_at_the_group_that_they_decide(cadre):
    premier = expliquer(releve("9", "10"), cadre, points=DEUX_POINTS)
    assert dit(premier, "points_du_jury").endswith("aucune règle ne l’impose.")
    assert dit(premier, "seuil_d_admission").startswith("Avec ces points, votre moyenne atteint 10,")
    second = expliquer(releve("9", "10", MATHS), cadre, (ORAUX[0], replace(ORAUX[1], note=Decimal(9))), DEUX_POINTS)
    assert dit(second, "entre_les_seuils").startswith("Votre moyenne est d’au moins 8")
    assert codes(second).index("points_du_jury") > codes(second).index("oraux")
    totaux = [pas.texte for pas in second.pas if pas.code in ("total", "moyenne_generale")]
    assert totaux[2] == "Maintenant, le total de vos points est 62, et celui des coefficients comptés 6."
    assert totaux[3].startswith("Votre nouvelle moyenne est 62 divisé par 6.")
    assert dit(second, "decision_du_second_groupe") == (
        "Après l’épreuve de contrôle, avec ces points, votre moyenne atteint 10, ce qui suffit pour avoir le diplôme."
    )
    assert pas_de(second, "oraux").tableau.entetes == ("Matière", "Premier groupe", "Oral", "Note retenue")
    manque = expliquer(
        releve("8", "10", replace(MATHS, note=Decimal(8))),
        cadre,
        (replace(ORAUX[0], note=None, etat=EtatNote.ABSENCE), ORAUX[1]),
    )
    assert dit(manque, "decision_du_second_groupe").endswith("votre moyenne reste inférieure à 10.")


@pytest.mark.passages("R142", "L-13")
def test_a_session_that_gives_mentions_where_ours_does_not_explains_them_by_the_average(cadre):
    ouverte = replace(cadre, jury=replace(cadre.jury, mention_apres_controle=True))
    apres = expliquer(releve("9", "10", MATHS), ouverte, ORAUX)
    assert dit(apres, "mention") == "Votre moyenne ne donne pas de mention : la première demande 12."
    fermee = replace(cadre, jury=replace(cadre.jury, mention_notes_conservees=False))
    assert "la première demande 12" in dit(expliquer(releve("11", "11"), fermee), "mention")
    gardee = releve("11", "11", ligne("U11", "mathematiques", "11", EtatNote.NOTE_GARDEE))
    assert "la première demande 12" in dit(expliquer(gardee, cadre), "mention")
    stricte = replace(
        cadre,
        jury=replace(
            cadre.jury,
            mention_apres_controle=True,
            mention_notes_conservees=False,
            controle_sur_note_conservee=True,
        ),
    )
    remplacee = releve("9", "10", replace(MATHS, etat=EtatNote.NOTE_GARDEE))
    assert "la première demande 12" in dit(expliquer(remplacee, stricte, ORAUX), "mention")
    assert "quand une note est gardée" in dit(expliquer(gardee, stricte, ORAUX), "mention")


def test_an_undecided_result_says_so(cadre):
    inconnu = releve("12", "12", replace(MATHS, coefficient=None))
    trace = expliquer(inconnu, cadre)
    assert trace.conclusion == "Votre résultat ne peut pas encore être calculé."
    assert codes(trace) == ["coefficient_inconnu"]


def test_a_unit_is_named_as_at_step_5(cadre):
    assert nom_de_la_ligne(ligne("U2", None, libelle="Projet"), cadre) == "U2 - Projet"
    assert nom_de_la_ligne(ligne("U2", None, libelle="Unité U2"), cadre) == "Unité U2"
    assert nom_de_la_ligne(ligne("U2", None), cadre) == "Unité U2"
    assert nom_de_la_ligne(ligne("francais", "francais"), cadre) == "Français"


# --- A registration -------------------------------------------------------------------------------------

PROGRESSIVE = saisies(candidature=DEJA, qualification={"forme_de_passage": "progressive"}, epreuves=PRESENTEES)


def traces(cadre, tapees, naissance=None, pieces=(), **contexte) -> dict[str, Trace]:
    lues = traces_de_l_inscription(examen_de(cadre, tapees, naissance, **contexte), pieces)
    return {trace.objet: trace for trace in lues}


def conditions(cadre, tapees, naissance=None) -> Trace:
    return traces(cadre, tapees, naissance)["Conditions d’inscription"]


@pytest.mark.passages("conditions.domicile", "conditions.recensement-jdc", "etapes.candidature.type-et-etablissement")
def test_the_conditions_come_in_order_with_what_was_typed(cadre):
    trace = conditions(cadre, saisies())
    assert codes(trace) == ["domicile", "jdc", "voie", "etablissement", "passages"]
    code = saisies()["identification"]["domicile_code_postal"]
    assert dit(trace, "domicile") == (
        f"Vous habitez l’académie de {cadre.academie_libelle}, d’après votre code postal, {code}."
    )
    choisi = saisies()["candidature"]["etablissement"]
    libelle = next(e.libelle for e in cadre.candidature.etablissements if e.code == choisi)
    assert dit(trace, "etablissement") == f"Votre établissement va avec cette condition : {libelle}."
    assert dit(trace, "passages") == "Vous déclarez n’avoir jamais passé cet examen."


@pytest.mark.parametrize("voie", ["deja-presente", "enseignement-a-distance", "trois-ans-activite"])
def test_the_condition_that_was_chosen_is_named_with_its_text(voie, cadre):
    champs = {
        "deja-presente": DEJA,
        "enseignement-a-distance": {
            "voie": "enseignement-a-distance",
            "etablissement": "autre-organisme",
            "organisme_nom": "Le Cours du Lac",
        },
        "trois-ans-activite": {"voie": "trois-ans-activite", "salarie_trois_ans": "oui", "domaine_en_rapport": "oui"},
    }[voie]
    trace = conditions(cadre, saisies(candidature=champs))
    libelle = next(v.libelle for v in cadre.conditions.voies if v.code == voie)
    assert (
        pas_de(trace, "voie").texte == f"Vous remplissez une des conditions possibles\u00a0: «\u00a0{libelle}\u00a0»."
    )
    assert pas_de(trace, "voie").sources == (
        "conditions.une-voie-obligatoire",
        f"conditions.voie.{voie}",
        "L-53",
    )
    if voie == "enseignement-a-distance":
        assert dit(trace, "etablissement").endswith(", Le Cours du Lac.")


@pytest.mark.passages("conditions.recensement-jdc", "R91", "L-43")
def test_the_defence_day_is_told_to_whom_it_is_asked(cadre):
    jeune = LE.date().replace(year=LE.year - 18)
    preuve = saisies(candidature={"preuve_jdc": "certificat-jdc"})
    libelle = next(p.libelle for p in cadre.conditions.jdc.preuves if p.code == "certificat-jdc")
    demande = conditions(cadre, preuve, jeune)
    assert dit(demande, "jdc") == (
        "Vous avez la nationalité française, et de 16 ans à moins de 25 ans. "
        f"Vous avez déclaré être en règle par ce document : {libelle}."
    ).replace("\u00a0", " ")
    etranger = saisies(identification={"nationalite_francaise": "non"})
    assert dit(conditions(cadre, etranger, jeune), "jdc").endswith("vous n’avez pas la nationalité française.")
    assert dit(conditions(cadre, saisies()), "jdc").endswith("elle l’est de 16 ans à moins de 25 ans.")
    assert codes(demande) == ["domicile", "jdc", "voie", "etablissement", "passages"]


@pytest.mark.passages("L-63")
def test_each_earlier_session_is_told_as_declared(cadre):
    agora = cadre.specialites["agora"].libelle
    trace = conditions(cadre, saisies(candidature=passe()))
    assert codes(trace)[-1] == "passages"
    tableau = pas_de(trace, "passages").tableau
    assert tableau.entetes == ("Session", "Spécialité", "Forme de passage", "Résultat")
    assert tableau.lignes == (("2024", agora, "Globale", "ajourné"),)
    dehors = conditions(cadre, saisies(candidature=passe(specialite="hors-liste")))
    assert pas_de(dehors, "passages").tableau.lignes[0][1] == "hors de la liste"
    aucune = conditions(cadre, saisies(candidature={"voie": "deja-presente", "deja_passe": ""}))
    assert dit(aucune, "passages") == "Aucune présentation n’est déclarée."


@pytest.mark.parametrize(
    ("champs", "code"),
    [
        ({"identification": {"domicile_code_postal": "75011"}}, "domicile"),
        ({"identification": {"nationalite_francaise": ""}}, "jdc"),
        ({"candidature": {"voie": ""}}, "voie"),
        ({"candidature": {"etablissement": ""}}, "etablissement"),
        ({"candidature": {"deja_passe": ""}}, "passages"),
        (
            {
                "candidature": {
                    "voie": "enseignement-a-distance",
                    "etablissement": "autre-organisme",
                    "organisme_nom": "",
                }
            },
            "etablissement",
        ),
        ({"candidature": {"preuve_jdc": ""}}, "jdc"),
        ({"candidature": passe(session="")}, "passages"),
    ],
)
def test_what_fails_takes_the_place_of_what_was_found(champs, code, cadre):
    jeune = LE.date().replace(year=LE.year - 18)
    trace = conditions(cadre, saisies(**champs), jeune if code == "jdc" else None)
    assert code not in codes(trace)
    assert trace.conclusion == "Une condition n’est pas remplie, ou une réponse manque."


@pytest.mark.passages("etapes.qualification.forme-conservee", "etapes.qualification.globale", "L-34", "L-60")
def test_the_form_says_whether_it_is_free_kept_or_final(cadre):
    nom = "Spécialité et forme de passage"
    libre, gardee = traces(cadre, saisies())[nom], traces(cadre, PROGRESSIVE)[nom]
    agora = cadre.specialites["agora"].libelle
    assert codes(libre) == codes(gardee) == ["specialite", "forme_gardee", "effet_de_la_forme"]
    assert dit(libre, "specialite") == f"La spécialité « {agora} » est ouverte à la session 2026."
    assert dit(libre, "forme_gardee").endswith("Vous avez choisi la forme globale.")
    assert dit(gardee, "forme_gardee").endswith("vous gardez cette forme.")
    assert pas_de(libre, "effet_de_la_forme").sources == ("etapes.qualification.globale", "L-60")
    assert pas_de(gardee, "effet_de_la_forme").sources == ("etapes.qualification.progressive", "L-60")
    assert libre.conclusion == "Vous vous présentez sous la forme globale."
    par_specialite = replace(
        cadre, forme_de_passage=replace(cadre.forme_de_passage, conservee_si_autre_specialite=False)
    )
    assert dit(traces(par_specialite, PROGRESSIVE)[nom], "forme_gardee").endswith("vous gardez cette forme.")
    finale = traces(cadre, saisies(), forme_enregistree=FormeDePassage.GLOBALE)[nom]
    assert codes(finale)[-1] == "forme_definitive"
    assert dit(finale, "forme_definitive") == "Cette forme est enregistrée : elle ne change plus."


@pytest.mark.passages("R96", "L-68")
def test_an_answer_still_missing_on_handicap_is_no_condition(cadre):
    examen = examen_de(cadre, saisies())
    sans_reponse = examiner(examen.saisies, replace(examen.contexte, handicap_repondu=False))
    assert [m.champ for m in sans_reponse.motifs["candidature"]] == ["handicap"]
    assert traces_de_l_inscription(sans_reponse, ())[0].conclusion == "Vous remplissez les conditions d’inscription."


@pytest.mark.passages("L-63")
def test_a_speciality_already_won_is_not_said_to_be_open(cadre):
    admis = saisies(candidature=passe() | {"passages-0-resultat": "admis"})
    trace = traces(cadre, admis)["Spécialité et forme de passage"]
    assert codes(trace)[0] == "deja_admis"
    assert "specialite" not in codes(trace)


def test_a_choice_that_is_missing_or_refused_is_said_in_its_place(cadre):
    nom = "Spécialité et forme de passage"
    refusee = traces(cadre, saisies(candidature=DEJA))[nom]
    assert refusee.conclusion == "Un choix de cette étape ne peut pas être gardé."
    assert "specialite" in codes(refusee)
    assert "forme_gardee" not in codes(refusee)
    sans = traces(cadre, saisies(qualification={"forme_de_passage": ""}))[nom]
    assert sans.conclusion == "La forme de passage reste à choisir."
    sans_specialite = traces(cadre, saisies(qualification={"specialite": ""}))[nom]
    assert "specialite" not in codes(sans_specialite)
    assert "forme_gardee" in codes(sans_specialite)


def test_only_the_steps_that_were_left_are_explained(cadre):
    entieres = saisies()

    def objets(*etapes: str) -> list[str]:
        return list(traces(cadre, {e: entieres[e] for e in etapes}))

    assert objets("identification") == []
    assert objets("identification", "candidature") == ["Conditions d’inscription", "Pièces demandées"]
    assert objets("qualification") == ["Spécialité et forme de passage"]
    assert objets("qualification", "acquis") == ["Spécialité et forme de passage", "Acquis"]
    assert objets("qualification", "epreuves") == ["Spécialité et forme de passage", "Épreuves"]
    sans = saisies(qualification={"specialite": ""})
    assert "Acquis" not in traces(cadre, sans)
    assert "Épreuves" not in traces(cadre, sans)


def test_an_empty_step_4_says_what_is_to_complete(cadre):
    trace = traces(cadre, saisies(acquis={"possibilites": []}))["Acquis"]
    assert (trace.conclusion, codes(trace)) == ("Cette étape reste à compléter.", ["possibilite_manquante"])
    assert codes(traces(cadre, saisies())["Acquis"]) == ["aucun_acquis"]


# --- Step 5 ---------------------------------------------------------------------------------------------


def epreuves(cadre, **champs) -> Trace:
    return traces(cadre, saisies(epreuves=champs))["Épreuves"]


@pytest.mark.passages("epreuves.langues.lva-lvb-differentes", "epreuves.facultatives.lvf", "R58")
def test_the_languages_are_named_each_with_its_rule(cadre):
    trace = epreuves(cadre, lvf="portugais")
    assert codes(trace) == ["unites", "lva", "lvb", "lvf", "eps", "epreuve_de_controle"]
    noms = cadre.libelles_langues
    typees = saisies()["epreuves"]
    assert dit(trace, "lva") == f"Langue vivante A : {noms[typees['lva']]}."
    assert dit(trace, "lvb") == (
        f"Langue vivante B : {noms[typees['lvb']]}. Elle est différente de la langue vivante A."
    )
    assert dit(trace, "lvf").startswith(f"Langue facultative : {noms['portugais']}. Seuls les points au-dessus de 10 ")
    assert pas_de(trace, "epreuve_de_controle").sources == cadre.controle.source
    assert pas_de(trace, "unites").tableau.entetes == ("Épreuve ou unité", "Situation", "Pourquoi")


@pytest.mark.passages("epreuves.langues.lva", "L-46")
def test_a_speciality_without_a_second_language_says_so(cadre):
    sans = next(s for s in cadre.specialites.values() if s.ouverte_a_l_inscription and not s.lvb)
    trace = traces(cadre, saisies(qualification={"specialite": sans.slug}, epreuves={"lvb": ""}))["Épreuves"]
    assert dit(trace, "lva").endswith("Votre spécialité n’a pas de langue vivante B.")
    assert "lvb" not in codes(trace)


@pytest.mark.passages("annexe1.dispense.effet")
def test_a_second_language_alone_is_compared_to_nothing(cadre):
    acquis = {"possibilites": ["diplome"], "d0_diplome": "bac-general", "d0_u_langue-vivante-a": "oui"}
    trace = traces(cadre, saisies(acquis=acquis))["Épreuves"]
    assert "lva" not in codes(trace)
    assert "différente" not in dit(trace, "lvb")


@pytest.mark.passages("epreuves.eps.apte", "epreuves.eps.adaptee", "epreuves.eps.inapte", "epreuves.eps.dispense")
@pytest.mark.parametrize(
    ("champs", "texte", "situation"),
    [
        ({}, "Vous passez l’éducation physique et sportive (EPS) : {apte}.", ("Inscrit", "Vous la passez")),
        (
            {"eps_cas": "adaptee", "eps_justifiee": "oui", "eps_activite_adaptee": "natation-250-m"},
            "Vous passez une épreuve adaptée d’éducation physique et sportive (EPS) : {adaptee}.",
            ("Inscrit", "Vous la passez"),
        ),
        (
            {"eps_cas": "inapte", "eps_justifiee": "oui"},
            "Vous êtes inapte à l’éducation physique et sportive (EPS) : son coefficient ne compte pas.",
            ("Contrôle ponctuel - Inapte", "Inaptitude, avec un certificat médical"),
        ),
    ],
)
def test_the_sports_say_the_case_and_its_activities(champs, texte, situation, cadre):
    trace = epreuves(cadre, **champs)
    noms = {c.code: c.libelle for c in (*cadre.eps.activites, *cadre.eps.activites_adaptees)}
    apte = ", ".join(noms[code] for code in saisies()["epreuves"]["eps_activites"])
    attendu = texte.format(apte=apte, adaptee=noms["natation-250-m"]).replace("\u00a0", " ")
    assert dit(trace, "eps") == attendu
    assert f"epreuves.eps.{champs.get('eps_cas', 'apte')}" in pas_de(trace, "eps").sources
    eps = next(x for x in pas_de(trace, "unites").tableau.lignes if x[0].startswith("U7"))
    assert eps[1] == situation[0]
    assert eps[2].startswith(situation[1])


@pytest.mark.passages("R60", "L-25", "L-60")
def test_a_unit_says_the_note_it_keeps_and_the_demand_under_study(cadre):
    progressive = traces(cadre, {**PROGRESSIVE, "epreuves": PRESENTEES | {"eps_cas": "non_presentee"}})["Épreuves"]
    situations = {x[0].split(" - ")[0]: x[1:] for x in pas_de(progressive, "unites").tableau.lignes}
    assert situations["U12"] == ("Non présenté", "Vous la passerez à une autre session")
    assert situations["U2"] == ("Inscrit", "Vous la passez à cette session")
    passages = passe() | {"formation_suivie": "oui"}
    typee = {"possibilites": ["benefice"], "p2024_u_eps": "oui", "p2024_n_eps": "12,5"}
    gardee = traces(cadre, saisies(candidature=passages, acquis=typee))["Épreuves"]
    assert situation(gardee, "U7") == ("Bénéfice", "Bénéfice de note, 12,5 / 20, session 2024")
    assert "eps" not in codes(gardee)
    vae = {"possibilites": ["benefice", "vae"], "v_annee": "2024", "v_u_eps": "oui"}
    refusee = saisies(candidature=passages, acquis=typee | vae, epreuves={"eps_cas": "dispense"})
    assert {m.code for x in examen_de(cadre, refusee).acquis.lignes for m in x.motifs} == {"unite_demandee_deux_fois"}
    assert situation(traces(cadre, refusee)["Épreuves"], "U7") == (
        "Dispensé",
        "Trois ans d’activité professionnelle",
    )


def situation(trace: Trace, unite: str) -> tuple[str, ...]:
    return next(x[1:] for x in pas_de(trace, "unites").tableau.lignes if x[0].startswith(f"{unite} - "))


# --- Step 4 ---------------------------------------------------------------------------------------------


NOTE = LigneAcquis(motif=MotifAcquis.BENEFICE, unite="francais", session=2023, note=Decimal("12"))


def demande(cadre, ligne_acquis: LigneAcquis, *passages) -> Trace:
    jugee = acquis(cadre, ligne_acquis, passages=passages or (AGORA_2023,))
    return traces_des_acquis(jugee, jugee.motifs, cadre.specialites["agora"], cadre)[0]


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.dispense.vae", "annexe1.tableau.diplome-detenu")
def test_each_step_of_a_demand_cites_its_text(cadre):
    assert codes(demande(cadre, NOTE)) == [
        *("note_presentee", "accordee", "note_gardee", "validite", "pieces_de_la_demande"),
    ]
    diplome = LigneAcquis(motif=MotifAcquis.DIPLOME, unite="francais", diplome="bac-general")
    assert codes(demande(cadre, diplome)) == [
        *("diplome_detenu", "accordee", "coefficient_neutralise", "sans_fin", "pieces_de_la_demande"),
    ]
    assert codes(demande(cadre, LigneAcquis(motif=MotifAcquis.VAE, unite="U2", annee=2024)))[0] == "decision_de_vae"
    for typee in (NOTE, diplome, replace(NOTE, unite="Mon projet", libre=True)):
        decidee = acquis(cadre, typee).lignes[0].decision
        assert demande(cadre, typee).pas[1].sources == decidee.sources
        assert decidee.sources
    jugee = acquis(cadre, NOTE, replace(NOTE, unite="eps", demande=False))
    perdus = traces_des_acquis(jugee, (), cadre.specialites["agora"], cadre)[-1]
    assert codes(perdus) == ["droit_non_demande"]


def test_a_demand_is_named_by_its_unit_or_by_the_words_typed(cadre):
    ailleurs = next(m for m in cadre.libelles_matieres if m not in cadre.specialites["agora"].par_cle)

    def nom(unite: str, **champs) -> str:
        return demande(cadre, replace(NOTE, unite=unite, **champs)).objet.split("\u00a0: ")[1]

    assert nom("francais", note=None) == "U51 - Français"
    assert nom("Mon projet", libre=True) == "Mon projet"
    assert nom(ailleurs) == cadre.libelles_matieres[ailleurs]
    assert nom("", note=None) == "épreuve à préciser"


@pytest.mark.passages("annexe1.dispense.autre-specialite", "L-46")
def test_the_least_note_is_that_of_the_right_that_is_asked(cadre):
    melec = PassageConnu(session=2023, specialite="melec", resultat=Resultat.AJOURNE)
    autre = replace(NOTE, motif=MotifAcquis.AUTRE_SPECIALITE, specialite="melec")
    exigeante = replace(cadre, acquis=replace(cadre.acquis, autre_specialite_note_minimale=Decimal(11)))
    assert "la note est d’au moins 11," in dit(demande(exigeante, autre, melec), "accordee")
    assert "la note est d’au moins 10," in dit(demande(exigeante, NOTE), "accordee")


# --- After a failure ------------------------------------------------------------------------------------


@pytest.mark.passages("annexe1.benefice.duree", "annexe1.attention.perdue", "R27", "L-11", "L-54")
def test_what_follows_a_failure_is_told_by_fate_with_its_units(cadre):
    def suite(unite: str, matiere: str, sort: Suite, jusqua: int | None = None) -> SuiteDUneUnite:
        return SuiteDUneUnite(ligne=ligne(unite, matiere, "12"), suite=sort, jusqua=jusqua)

    m = cadre.libelles_matieres
    trace = trace_de_la_suite(
        (
            suite("U51", "francais", Suite.A_GARDER, 2031),
            suite("U11", "mathematiques", Suite.A_REPASSER),
            suite("U7", "eps", Suite.A_GARDER, 2031),
            suite("U6", "arts-appliques", Suite.A_GARDER),
            suite("U41", "langue-vivante-a", Suite.A_PASSER),
            suite("U42", "langue-vivante-b", Suite.DISPENSEE),
            suite("U52", "histoire-geographie-emc", Suite.A_INSTRUIRE),
        ),
        cadre,
    )
    assert (trace.objet, trace.conclusion) == (
        "Et ensuite\u00a0?",
        "3\u00a0notes peuvent être gardées, si les anciennes sont encore valables.",
    )
    assert codes(trace) == ["suite_du_parcours"] * 6 + ["suite_a_demander"]
    assert [pas.texte.replace("\u00a0", " ") for pas in trace.pas] == [
        f"Vous pourrez garder votre note jusqu’à la session 2031 : U51 - {m['francais']}, U7 - {m['eps']}.",
        f"Vous aurez à repasser : U11 - {m['mathematiques']}.",
        f"Vous pourrez garder encore votre ancienne note, tant qu’elle est valable : U6 - {m['arts-appliques']}.",
        f"Vous aurez encore à passer : U41 - {m['langue-vivante-a']}.",
        f"Vous pourrez redemander une dispense pour : U42 - {m['langue-vivante-b']}.",
        "Vous aurez à repasser, sauf si le service accepte de garder votre note : "
        f"U52 - {m['histoire-geographie-emc']}.",
        "Une note se garde si vous le demandez à chaque inscription. Sinon, elle est perdue.",
    ]


@pytest.mark.parametrize(
    ("sorts", "conclusion", "dernier"),
    [
        ((Suite.A_REPASSER,), "Aucune note ne peut être gardée.", "suite_du_parcours"),
        ((Suite.A_GARDER, Suite.A_REPASSER), "Une note peut être gardée.", "suite_a_demander"),
    ],
)
def test_the_conclusion_counts_the_notes_that_can_be_kept(sorts, conclusion, dernier, cadre):
    trace = trace_de_la_suite([SuiteDUneUnite(ligne=MATHS, suite=sort, jusqua=2031) for sort in sorts], cadre)
    assert trace.conclusion == conclusion
    assert codes(trace)[-1] == dernier


@pytest.mark.passages("etapes.qualification.progressive", "L-11")
def test_what_depends_on_a_forme_still_to_be_chosen_is_said_to_depend_on_it(cadre):
    suites = [SuiteDUneUnite(ligne=MATHS, suite=Suite.SELON_LA_FORME, jusqua=2031)]
    trace = trace_de_la_suite(suites, cadre)
    assert codes(trace) == ["suite_du_parcours", "forme_a_choisir"]
    assert trace.pas[0].texte.startswith("Vous aurez à repasser, sauf peut-être sous la forme progressive\u00a0: U1")
    assert trace.pas[1].texte == (
        "Vous n’avez pas encore choisi votre forme de passage, à l’étape 3. "
        "Sous la forme progressive, le service peut garder une note de moins de 10."
    )


def test_nothing_follows_a_diploma(cadre):
    assert trace_de_la_suite((), cadre) is None


def test_a_piece_cites_each_text_once(cadre):
    pieces = (PieceRequise(cle="jdc", raisons=(RAISON_JDC, RAISON_JDC)),)
    trace = traces(cadre, saisies(), pieces=pieces)["Pièces demandées"]
    assert codes(trace) == ["piece_demandee"]
    libelle = next(p.libelle for p in cadre.pieces.liste if p.cle == "jdc")
    dite = RAISON_JDC.message[0].lower() + RAISON_JDC.message[1:]
    assert trace.pas[0].texte.startswith(f"{libelle}\u00a0: {dite}")
    assert trace.pas[0].sources == RAISON_JDC.sources
    assert trace.conclusion == "Votre situation demande 1\u00a0pièce."
