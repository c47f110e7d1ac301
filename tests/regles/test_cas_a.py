"""The reference cases of the calendar, account, conditions, qualification, languages, EPS and states."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from registre.regles import calendrier as regles_calendrier
from registre.regles import compte as regles_compte
from registre.regles import conditions as regles_conditions
from registre.regles import depot as regles_depot
from registre.regles import eps as regles_eps
from registre.regles import etats as regles_etats
from registre.regles import langues as regles_langues
from registre.regles import lecture as regles_lecture
from registre.regles import qualification as regles_qualification
from registre.regles.cadre import Specialite
from registre.regles.citation import Motif, codes
from registre.regles.conditions import DeclarationDeVoie, PassageAnterieur
from registre.regles.vocabulaire import CasEps, Certitude, EtatUnite, FormeDePassage, Resultat
from tests.regles.lecture_cas import Cas, cas_de, lire_cas, motifs_attendus, motifs_de_l_en_tete

MODULES: dict[str, ModuleType] = {
    "calendrier": regles_calendrier,
    "compte": regles_compte,
    "conditions": regles_conditions,
    "depot": regles_depot,
    "eps": regles_eps,
    "forme_de_passage": regles_qualification,
    "langues": regles_langues,
    "lecture": regles_lecture,
}
EXAMEN = "bac-professionnel"  # the cases' own name for the exam presented
COURANTS = frozenset({"azerty", "password", "doudou", "soleil1"})
PAYS = frozenset({"FR", "PT"})


def verifie(motifs: list[Motif], attendu: dict[str, Any]) -> None:
    """The motifs are the expected ones, in order, and each says something, with sources."""
    assert codes(motifs) == attendu["motifs"]
    assert attendu["acceptee"] == (not motifs)
    assert all(m.message.endswith(".") and m.sources for m in motifs)


def parametres_du_cas(parametres: Any, cas: Cas) -> Any:
    changes = {c: tuple(v) if isinstance(v, list) else v for c, v in cas.situation.get("parametres", {}).items()}
    return replace(parametres, **changes)


def passage(brut: dict[str, Any]) -> PassageAnterieur:
    forme, resultat = brut.get("forme_de_passage"), brut.get("resultat")
    return PassageAnterieur(
        examen=brut["examen"],
        specialite=brut.get("specialite"),
        session=brut.get("session"),
        forme_de_passage=FormeDePassage(forme) if forme else None,
        resultat=Resultat(resultat) if resultat else None,
        academie=brut.get("academie"),
    )


def anterieurs(situation: dict[str, Any]) -> list[PassageAnterieur]:
    un_seul = [situation["anterieur"]] if "anterieur" in situation else []
    return [passage(brut) for brut in un_seul + situation.get("anterieurs", [])]


# --- Codes declared, written and shown ---------------------------------------------------------------


def codes_ecrits(module: ModuleType) -> set[str]:
    """The literal codes a module gives to Motif, or pairs with a condition, read from its source."""
    arbre = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    appels = [n for n in ast.walk(arbre) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Motif"]
    return {a.args[0].value for a in appels if isinstance(a.args[0], ast.Constant)}


@pytest.mark.parametrize("fichier", MODULES)
def test_each_motif_code_is_declared_in_the_header_in_order_and_refused_by_a_case(fichier):
    declares = MODULES[fichier].MOTIFS
    assert motifs_de_l_en_tete(fichier) == declares
    assert motifs_attendus(fichier) == set(declares)


@pytest.mark.parametrize("fichier", MODULES)
def test_a_rule_writes_no_motif_code_that_its_module_does_not_declare(fichier):
    assert codes_ecrits(MODULES[fichier]) <= set(MODULES[fichier].MOTIFS)


@pytest.mark.parametrize("fichier", sorted(MODULES))
def test_each_kind_of_case_has_an_accepting_case(fichier):
    cas = lire_cas(fichier)
    refuses = {c.id for c in cas if c.attendu.get("motifs") or "motif" in c.attendu}
    assert {c.genre for c in cas} == {c.genre for c in cas if c.id not in refuses}


# --- Chapters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cas", cas_de("calendrier"))
def test_calendrier(cas, calendrier):
    s = cas.situation
    reouverture = regles_calendrier.Reouverture(**s["reouverture"]) if "reouverture" in s else None
    motif = regles_calendrier.acte_permis(s["acte"], s["instant"], calendrier, reouverture, s.get("piece"))
    assert (motif is None) == cas.attendu["permis"]
    assert (motif.code if motif else None) == cas.attendu.get("motif")


@pytest.mark.parametrize("cas", cas_de("langues"))
def test_langues(cas, langues):
    s = cas.situation
    lva, lvb, lvf = (
        regles_langues.ChoixDeLangue(EtatUnite(s[cle]["etat"]), s[cle].get("langue")) if cle in s else None
        for cle in ("lva", "lvb", "lvf")
    )
    motifs = regles_langues.motifs_langues(
        lva, lvb, lvf, s.get("lvb_obligatoire"), langues, lva_imposee=s.get("lva_imposee")
    )
    verifie(motifs, cas.attendu)


@pytest.mark.parametrize("cas", cas_de("eps", "choix"))
def test_eps_choix(cas, eps):
    s = cas.situation
    choix = regles_eps.ChoixEps(
        cas=CasEps(s["cas"]) if "cas" in s else None,
        activites=tuple(s["activites"]),
        justifiee=s.get("handicap", False) or s.get("inaptitude_partielle", False),
        motif_dispense=s.get("motif_dispense"),
        accord_gestionnaire=s.get("accord_gestionnaire", False),
    )
    verifie(regles_eps.motifs_eps(choix, s["voie"], parametres_du_cas(eps, cas)), cas.attendu)
    if "convocation_eps" in cas.attendu:
        effets = regles_eps.effets_eps(CasEps(s["cas"]))
        assert effets.coefficient_neutralise == cas.attendu["coefficient_neutralise"]
        assert effets.convocation_eps == cas.attendu["convocation_eps"]


@pytest.mark.parametrize("cas", cas_de("eps", "certificat"))
def test_eps_certificat(cas, eps):
    s = cas.situation
    certificat = regles_eps.CertificatMedical(
        valable_jusquau=s["certificat"].get("valable_jusquau"),
        signature=s["certificat"]["signature"],
        cachet=s["certificat"]["cachet"],
    )
    motifs = regles_eps.motifs_certificat(certificat, s["date_epreuve"], parametres_du_cas(eps, cas))
    assert codes(motifs) == cas.attendu["motifs"]
    assert cas.attendu["piece"] == ("non_conforme" if motifs else "conforme")


@pytest.mark.parametrize("cas", cas_de("eps", "jour"))
def test_eps_jour(cas):
    s = cas.situation
    issue = regles_eps.issue_du_jour(CasEps(s["cas"]), s["presences"], s.get("absence_eps", "eliminatoire"))
    assert (issue.decision, issue.remplacement) == (cas.attendu["decision"], cas.attendu["remplacement"])


@pytest.mark.parametrize("cas", cas_de("forme_de_passage", ""))
def test_forme_de_passage(cas, forme):
    s = cas.situation
    choisie, enregistree = s.get("forme_de_passage"), s.get("forme_de_passage_enregistree")
    choix = regles_qualification.ChoixDeForme(
        forme_de_passage=FormeDePassage(choisie) if choisie else None,
        enregistree=FormeDePassage(enregistree) if enregistree else None,
        acteur=regles_etats.Acteur(s.get("acteur", "candidat")),
        motif_correction=s.get("motif_correction", ""),
    )
    motifs = regles_qualification.motifs_qualification(
        choix,
        {epreuve: EtatUnite(etat) for epreuve, etat in s["epreuves"].items()},
        anterieurs(s),
        parametres_du_cas(forme, cas),
        s.get("specialite"),
        EXAMEN,
        etalement=s.get("etalement", False),
    )
    verifie(motifs, cas.attendu)


def specialite(slug: str, *, connue: bool, rattrapage: bool) -> Specialite:
    return Specialite(
        slug=slug,
        libelle=slug,
        code_diplome=slug,
        secteur="tertiaire",
        lvb=True if connue else None,
        ouverte=True,
        rattrapage_seul=rattrapage,
        epreuves_connues=connue,
        coefficients_connus=False,
        epreuves=(),
        source=("L-38",),
        certitude=Certitude.LECTURE,
        verifie_le=date(2025, 9, 1),
    )


@pytest.mark.parametrize("cas", cas_de("forme_de_passage", "specialite"))
def test_specialite(cas):
    s = cas.situation
    connues = {slug: specialite(slug, **attributs) for slug, attributs in s["specialites"].items()}
    motifs = regles_qualification.motifs_specialite(s.get("specialite"), connues, anterieurs(s), EXAMEN)
    verifie(motifs, cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "domicile"))
def test_domicile(cas, domicile):
    verifie(regles_conditions.motifs_domicile(cas.situation["code_postal"], domicile), cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "age"))
def test_age(cas):
    assert regles_conditions.age(cas.situation["naissance"], cas.situation["le"]) == cas.attendu["age"]


@pytest.mark.parametrize("cas", cas_de("conditions", "jdc"))
def test_jdc(cas, jdc):
    s = cas.situation
    motifs = regles_conditions.motifs_jdc(
        s.get("nationalite_francaise"), s["naissance"], s["le"], s.get("preuve"), parametres_du_cas(jdc, cas)
    )
    verifie(motifs, cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "voie"))
def test_voie(cas, voies):
    s = cas.situation
    declaration = DeclarationDeVoie(
        voie=s.get("voie"),
        formation_suivie=s.get("formation_suivie", False),
        salarie_trois_ans=s.get("salarie_trois_ans", False),
        domaine_en_rapport=s.get("domaine_en_rapport", False),
    )
    passages = [passage(brut) for brut in s["passages"]]
    verifie(regles_conditions.motifs_voie(declaration, passages, voies, EXAMEN), cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "etablissement"))
def test_etablissement(cas, etablissements):
    s = cas.situation
    motifs = regles_conditions.motifs_etablissement(s.get("etablissement"), s["nom"], s["voie"], etablissements)
    verifie(motifs, cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "passages"))
def test_passages(cas):
    passages = [passage(brut) for brut in cas.situation["passages"]]
    verifie(regles_conditions.motifs_passages(passages, cas.situation["session"]), cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "unicite"))
def test_candidature_unique(cas):
    etats = [regles_etats.EtatCandidature(etat) for etat in cas.situation["etats"]]
    verifie(regles_conditions.motifs_candidature_unique(etats), cas.attendu)


@pytest.mark.parametrize("cas", cas_de("conditions", "diffusion"))
def test_diffusion(cas):
    assert regles_conditions.diffusion_permise(cas.situation.get("reponse")) == cas.attendu["permise"]


@pytest.mark.parametrize("cas", cas_de("compte", "nom"))
def test_nom(cas):
    s = cas.situation
    verifie(regles_compte.motifs_nom(s["texte"], "nom", obligatoire=s["obligatoire"]), cas.attendu)
    if "garde" in cas.attendu:
        assert regles_compte.nom_normalise(s["texte"]) == cas.attendu["garde"]


@pytest.mark.parametrize("cas", cas_de("compte", "courriel"))
def test_courriel(cas, compte):
    texte = cas.situation["texte"]
    verifie(regles_compte.motifs_courriel(texte), cas.attendu)
    if "garde" in cas.attendu:
        assert regles_compte.courriel_normalise(texte) == cas.attendu["garde"]
    suggestion = regles_compte.suggestion_de_courriel(texte, compte.domaines_courants)
    assert suggestion == cas.attendu.get("suggestion")


@pytest.mark.parametrize("cas", cas_de("compte", "mot_de_passe"))
def test_mot_de_passe(cas, compte):
    s = cas.situation
    identite = regles_compte.Identite(noms=tuple(s["noms"]), naissance=s["naissance"], courriel=s["courriel"])
    parametres = parametres_du_cas(compte.mot_de_passe, cas)
    verifie(regles_compte.motifs_mot_de_passe(s["mot_de_passe"], parametres, COURANTS, identite), cas.attendu)


@pytest.mark.parametrize("cas", cas_de("compte", "formulaire"))
def test_formulaire_de_creation(cas, compte):
    s = dict(cas.situation)
    le = s.pop("le")
    motifs = regles_compte.motifs_compte(regles_compte.SaisieCompte(**s), compte, PAYS, COURANTS, le)
    verifie(motifs, cas.attendu)
    assert {m.champ for m in motifs} <= s.keys()


LECTEURS = {
    "date": regles_lecture.lire_date,
    "note": lambda texte: regles_lecture.lire_note(texte, 2),
    "annee": regles_lecture.lire_annee,
    "code_postal": regles_lecture.lire_code_postal,
}


@pytest.mark.parametrize("cas", cas_de("lecture"))
def test_lecture(cas):
    valeur, code = LECTEURS[cas.genre](cas.situation["texte"])
    assert code == cas.attendu.get("motif")
    assert (str(valeur) if cas.genre == "note" and valeur is not None else valeur) == cas.attendu.get("valeur")


@pytest.mark.parametrize("cas", cas_de("etats"))
def test_etats(cas):
    s = cas.situation
    transition = regles_etats.transition(s.get("etat"), s["acte"], s["acteur"])
    assert (transition is not None) == cas.attendu["possible"]
    assert (transition.nouvel_etat if transition else None) == cas.attendu.get("nouvel_etat")
