"""Step 5: what the reference cases leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from registre.regles.decisions import BeneficeDeNote, Decision, Dispense
from registre.regles.epreuves import lire, motifs
from registre.regles.eps import ChoixEps
from registre.regles.langues import ChoixDeLangue
from registre.regles.vocabulaire import CasEps, EtatUnite, FormeDePassage, MotifAcquis, Statut

GLOBALE, PROGRESSIVE = FormeDePassage.GLOBALE, FormeDePassage.PROGRESSIVE


def gardee(unite: str, langue: str | None = None, statut: Statut = Statut.ACCORDE) -> Decision:
    acquis = BeneficeDeNote(unite=unite, note=Decimal("12.5"), session=2024, derniere_session=2029, langue=langue)
    return Decision(statut=statut, acquis=acquis)


def dispensee(unite: str) -> Decision:
    return Decision(statut=Statut.ACCORDE, acquis=Dispense(unite=unite, titre=MotifAcquis.DIPLOME))


@pytest.fixture(scope="session")
def agora(cadre):
    return cadre.specialites["agora"]


@pytest.fixture(scope="session")
def etape(cadre, agora):
    def lue(saisie, forme=GLOBALE, acquis=None):
        return lire(saisie, agora, forme, acquis or {}, cadre)

    return lue


def ligne(lu, cle):
    return next(x for x in lu.lignes if x.cle == cle)


@pytest.mark.passages("epreuves.obligatoires.inscrit", "L-46", "L-60")
def test_what_step_4_settled_is_shown_and_no_longer_asked(etape):
    acquis = {
        "francais": gardee("francais"),
        "mathematiques": dispensee("mathematiques"),
        "arts-appliques": gardee("arts-appliques", statut=Statut.A_INSTRUIRE),
        "langue-vivante-b": gardee("langue-vivante-b", "espagnol"),
    }
    lu = etape({"lvb": "allemand"}, PROGRESSIVE, acquis)
    francais, mathematiques, arts = (ligne(lu, c) for c in ("francais", "mathematiques", "arts-appliques"))
    assert (francais.etat, francais.detail) == (EtatUnite.NOTE_GARDEE, "12,5 / 20, session 2024")
    assert (francais.choix_ouvert, francais.a_instruire) == (False, False)
    assert (mathematiques.etat, mathematiques.detail) == (EtatUnite.DISPENSE, "")
    assert (mathematiques.choix_ouvert, mathematiques.a_instruire) == (False, False)
    assert (arts.etat, arts.detail, arts.choix_ouvert, arts.a_instruire) == (None, "", True, True)
    assert lu.lvb == ChoixDeLangue(EtatUnite.NOTE_GARDEE, "espagnol")


@pytest.mark.passages("etapes.qualification.progressive", "etapes.qualification.globale", "L-60")
def test_whether_a_unit_is_sat_is_asked_in_the_progressive_form_only(etape):
    progressive = etape({"presentee_francais": "oui", "presentee_mathematiques": "non"}, PROGRESSIVE)
    etats = [ligne(progressive, c).etat for c in ("francais", "mathematiques", "arts-appliques")]
    assert etats == [EtatUnite.INSCRIT, EtatUnite.NON_PRESENTEE, None]
    assert {x.cle for x in progressive.lignes if not x.choix_ouvert} == {"eps"}
    globale = etape({"presentee_mathematiques": "non"}, GLOBALE)
    assert not any(x.choix_ouvert or x.a_instruire for x in globale.lignes)
    assert {x.etat for x in globale.lignes if x.cle != "eps"} == {EtatUnite.INSCRIT}


@pytest.mark.passages("epreuves.facultatives.lvf", "epreuves.langues.lva")
def test_a_language_is_chosen_only_when_it_is_named(etape):
    rien = etape({})
    assert (rien.lva, rien.lvb, rien.lvf) == (None, None, None)
    tout = etape({"lva": "anglais", "lvb": "espagnol", "lvf": "portugais"})
    inscrites = tuple(ChoixDeLangue(EtatUnite.INSCRIT, langue) for langue in ("anglais", "espagnol", "portugais"))
    assert (tout.lva, tout.lvb, tout.lvf) == inscrites
    ailleurs = etape({"lva": "anglais"}, GLOBALE, {"langue-vivante-a": dispensee("langue-vivante-a")})
    assert ailleurs.lva == ChoixDeLangue(EtatUnite.DISPENSE)


SAISIE_EPS = {
    "eps_activites": ["demi-fond", "badminton"],
    "eps_activite_adaptee": ["marche"],
    "eps_justifiee": "oui",
}


@pytest.mark.passages("epreuves.eps.obligatoire-trois-cas", "epreuves.eps.dispense", "L-02", "L-55")
@pytest.mark.parametrize(
    ("cas", "forme", "choix", "etat"),
    [
        ("", GLOBALE, ChoixEps(cas=None), None),
        ("autre", GLOBALE, ChoixEps(cas=None), None),
        ("apte", GLOBALE, ChoixEps(cas=CasEps.APTE, activites=("demi-fond", "badminton")), EtatUnite.INSCRIT),
        (
            "adaptee",
            GLOBALE,
            ChoixEps(cas=CasEps.ADAPTEE, activites=("marche",), justifiee=True),
            EtatUnite.INSCRIT,
        ),
        ("inapte", GLOBALE, ChoixEps(cas=CasEps.INAPTE), EtatUnite.INAPTE),
        ("dispense", GLOBALE, ChoixEps(cas=CasEps.DISPENSE, motif_dispense="trois-ans"), EtatUnite.DISPENSE),
        ("non_presentee", GLOBALE, ChoixEps(cas=None), None),
        ("non_presentee", PROGRESSIVE, ChoixEps(cas=CasEps.NON_PRESENTEE), EtatUnite.NON_PRESENTEE),
    ],
)
def test_each_case_of_eps_reads_its_own_fields_only(cas, forme, choix, etat, etape):
    lu = etape({**SAISIE_EPS, "eps_cas": cas}, forme)
    assert lu.eps == choix
    assert ligne(lu, "eps").etat == etat


@pytest.mark.passages("epreuves.eps.adaptee", "epreuves.eps.dispense")
@pytest.mark.parametrize(
    ("saisie", "voie", "attendus"),
    [
        ({}, None, {("cas_eps_manquant", "eps_cas")}),
        ({"eps_cas": "apte"}, None, {("nombre_activites", "eps_activites")}),
        (
            {"eps_cas": "adaptee"},
            None,
            {("adaptee_reservee", "eps_justifiee"), ("nombre_activites_adaptees", "eps_activite_adaptee")},
        ),
        ({"eps_cas": "dispense"}, "deja-presente", {("dispense_reservee_trois_ans", "eps_cas")}),
        ({"eps_cas": "dispense"}, "trois-ans-activite", set()),
    ],
)
def test_a_refusal_of_eps_shows_beside_the_list_of_its_case(saisie, voie, attendus, etape, agora, cadre):
    lu = etape({"lva": "anglais", "lvb": "espagnol", **saisie})
    rendus = motifs(lu, agora, GLOBALE, voie, cadre)
    assert {(m.code, m.champ) for m in rendus} == attendus
    assert all(m.sources for m in rendus)


@pytest.mark.passages("epreuves.eps.dispense", "L-02")
def test_an_eps_settled_by_step_4_is_not_asked(etape, agora, cadre):
    lu = etape({"lva": "anglais", "lvb": "espagnol"}, GLOBALE, {"eps": dispensee("eps")})
    assert lu.eps is None
    assert motifs(lu, agora, GLOBALE, None, cadre) == []


@pytest.mark.passages("etapes.qualification.progressive", "L-60")
def test_each_unit_left_without_an_answer_is_asked_for_beside_it(etape, agora, cadre):
    reponses = {f"presentee_{x.cle}": "oui" for x in etape({}).lignes if x.cle not in ("francais", "eps")}
    lu = etape({"lva": "anglais", "lvb": "espagnol", "eps_cas": "inapte", **reponses}, PROGRESSIVE)
    rendus = motifs(lu, agora, PROGRESSIVE, None, cadre)
    assert [(m.code, m.champ) for m in rendus] == [("presentation_a_dire", "presentee_francais")]
    assert all(m.message.endswith(".") and m.sources for m in rendus)


@pytest.mark.passages("etapes.qualification.globale", "L-60")
def test_a_unit_set_aside_before_the_form_became_globale_is_refused_beside_it(etape, agora, cadre):
    reponses = {f"presentee_{x.cle}": "oui" for x in etape({}).lignes}
    saisie = {"lva": "anglais", "lvb": "espagnol", "eps_cas": "inapte", **reponses, "presentee_francais": "non"}
    rendus = motifs(etape(saisie, PROGRESSIVE), agora, GLOBALE, None, cadre)
    assert [(m.code, m.champ) for m in rendus] == [("epreuve_non_inscrite", "presentee_francais")]
    aucune = etape({**dict.fromkeys(saisie, "non"), "eps_cas": "inapte"}, PROGRESSIVE)
    rendus = motifs(aucune, agora, PROGRESSIVE, None, cadre)
    assert [(m.code, m.champ) for m in rendus] == [("aucune_epreuve_presentee", "")]


@pytest.mark.passages("epreuves.langues.offre", "epreuves.facultatives.offre", "L-36")
def test_each_language_is_judged_on_its_own_list(etape, agora, cadre):
    def refus(specialite=agora, **langues) -> list[str]:
        lu = etape({"eps_cas": "inapte", "lva": "anglais", "lvb": "espagnol", **langues})
        rendus = motifs(lu, specialite, GLOBALE, None, cadre)
        assert all(m.message.endswith(".") and m.sources for m in rendus)
        return [m.code for m in rendus]

    assert refus() == []
    assert refus(lvf="chinois") == ["lvf_hors_liste"]
    assert refus(replace(agora, lva_imposee="allemand")) == ["lva_hors_liste"]
    assert refus(replace(agora, lva_imposee="anglais")) == []
