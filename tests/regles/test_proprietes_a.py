"""Properties of the pure rules: period bounds, languages two by two different, readers that never raise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registre.regles import calendrier as regles
from registre.regles import compte as regles_compte
from registre.regles.cadre import Choix, Langues
from registre.regles.conditions import PassageAnterieur
from registre.regles.langues import ChoixDeLangue, motifs_langues
from registre.regles.lecture import lire_annee, lire_code_postal, lire_date, lire_note
from registre.regles.qualification import forme_de_passage_conservee
from registre.regles.vocabulaire import Certitude, EtatUnite, FormeDePassage, Resultat

RAPIDE = settings(max_examples=60, deadline=None)
MICROSECONDE = timedelta(microseconds=1)


@pytest.mark.passages("inscription.periode", "L-31", "L-08")
@pytest.mark.parametrize(("acte", "periode"), [("enregistrer", "inscription"), ("deposer", "depot")])
def test_a_period_includes_its_opening_and_excludes_its_end_to_the_microsecond(acte, periode, calendrier):
    bornes = getattr(calendrier, periode)
    for instant, permis in (
        (bornes.ouvre_le - MICROSECONDE, False),
        (bornes.ouvre_le, True),
        (bornes.ferme_le - MICROSECONDE, True),
        (bornes.ferme_le, False),
    ):
        assert (regles.acte_permis(acte, instant, calendrier) is None) == permis
        assert (regles.acte_permis(acte, instant.astimezone(UTC), calendrier) is None) == permis


@pytest.mark.passages("L-31")
def test_an_instant_without_fuseau_is_an_error(calendrier):
    instant_nu = calendrier.inscription.ouvre_le.replace(tzinfo=None)
    with pytest.raises(ValueError, match="fuseau"):
        regles.acte_permis("enregistrer", instant_nu, calendrier)


@pytest.mark.passages("compte.creation-unique", "L-57")
@pytest.mark.parametrize(
    ("jour", "dans_la_periode"), [("2025-10-05", False), ("2025-10-20", True), ("2025-11-08", False)]
)
def test_a_compte_is_created_out_of_the_period_only_if_the_session_allows_it(calendrier, jour, dans_la_periode):
    instant = datetime.fromisoformat(f"{jour}T12:00:00+01:00")
    assert regles.acte_permis("creer-compte", instant, calendrier, creation_hors_periode=True) is None
    refus = regles.acte_permis("creer-compte", instant, calendrier, creation_hors_periode=False)
    assert (refus is None) == dans_la_periode


@RAPIDE
@given(st.integers(0, 90 * 86_400_000_000))
def test_time_left_is_zero_exactly_when_the_registre_is_closed_for_good(calendrier, microsecondes):
    instant = datetime(2025, 9, 1, tzinfo=UTC) + timedelta(microseconds=microsecondes)
    reste = regles.temps_restant(calendrier, instant)
    assert (reste.inscription == timedelta(0)) == (instant >= calendrier.inscription.ferme_le)
    assert reste.depot >= reste.inscription


@pytest.mark.passages("L-31")
def test_an_instant_is_told_in_paris_time_in_french(calendrier):
    fin = regles.en_heure_de_paris(calendrier.inscription.ferme_le, "Europe/Paris").replace("\u00a0", " ")
    assert fin == "le vendredi 7 novembre 2025 à 17 h (heure de Paris)"
    instant = datetime(2025, 8, 1, 6, 5, 9, tzinfo=UTC)
    texte = regles.en_heure_de_paris(instant, "Europe/Paris").replace("\u00a0", " ")
    assert texte == "le vendredi 1er août 2025 à 8 h 05 (heure de Paris)"
    avec_secondes = regles.en_heure_de_paris(instant, "Europe/Paris", secondes=True).replace("\u00a0", " ")
    assert avec_secondes == "le vendredi 1er août 2025 à 8 h 05 min 09 s (heure de Paris)"


@pytest.mark.passages("L-31", "L-08")
def test_an_end_at_midnight_is_shown_at_23_h_59_the_day_before(calendrier):
    texte = regles.fin_affichee(calendrier.depot, "Europe/Paris").replace("\u00a0", " ")
    assert texte == "le vendredi 7 novembre 2025 à 23 h 59 (heure de Paris)"


@pytest.mark.parametrize(
    ("secondes", "texte"),
    [
        (0, "0 seconde"),
        (-5, "0 seconde"),
        (250, "4 minutes et 10 secondes"),
        (2 * 86_400 + 3_600, "2 jours et 1 heure"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(secondes, texte):
    assert regles.duree_en_francais(timedelta(seconds=secondes)).replace("\u00a0", " ") == texte


NOMS = ("allemand", "anglais", "espagnol", "chinois")
LANGUES = Langues(
    obligatoires=tuple(Choix(code=c, libelle=c) for c in NOMS[:3]),
    facultatives=tuple(Choix(code=c, libelle=c) for c in NOMS[:3]),
    lvf_differente_de=("lva", "lvb"),
    source=("L-27",),
    certitude=Certitude.LECTURE,
    verifie_le=date(2025, 9, 1),
)
ETATS_DE_LANGUE = (EtatUnite.INSCRIT, EtatUnite.DISPENSE, EtatUnite.NOTE_GARDEE, EtatUnite.NON_PRESENTEE)
choix_de_langue = st.none() | st.builds(
    ChoixDeLangue, st.sampled_from(ETATS_DE_LANGUE), st.none() | st.sampled_from(NOMS)
)


@settings(max_examples=300, deadline=None)
@given(choix_de_langue, choix_de_langue, choix_de_langue, st.sampled_from([True, False, None]))
@pytest.mark.passages("epreuves.facultatives.lvf-tertiaire", "L-27", "L-46")
def test_accepted_languages_are_two_by_two_different(lva, lvb, lvf, specialite_lvb):
    motifs = motifs_langues(lva, lvb, lvf, specialite_lvb, LANGUES)
    if not motifs:
        avec_langue = {EtatUnite.INSCRIT, EtatUnite.NOTE_GARDEE}
        presentes = [c.langue for c in (lva, lvb, lvf) if c and c.etat in avec_langue and c.langue]
        assert len(presentes) == len(set(presentes))
        assert specialite_lvb is not None
        assert lva is not None


@RAPIDE
@given(st.dates(date(1000, 1, 1)), st.sampled_from("/-. "))
def test_lire_date_round_trips(jour, separateur):
    assert lire_date(separateur.join((f"{jour.day:02d}", f"{jour.month:02d}", f"{jour.year}"))).valeur == jour


@RAPIDE
@given(st.integers(0, 2000))
@pytest.mark.passages("L-59")
def test_lire_note_reads_each_hundredth_with_comma_or_point(centiemes):
    note = Decimal(centiemes) / 100
    assert lire_note(f"{note:.2f}", 2).valeur == lire_note(f"{note:.2f}".replace(".", ","), 2).valeur == note


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_no_text_makes_a_reader_or_an_account_rule_raise(compte, texte):
    for lu in (lire_date(texte), lire_annee(texte), lire_code_postal(texte), lire_note(texte, 2)):
        assert (lu.valeur is None) == (lu.code is not None)
    saisie = regles_compte.SaisieCompte(**dict.fromkeys(regles_compte.SaisieCompte.__dataclass_fields__, texte))
    motifs = regles_compte.motifs_compte(saisie, compte, {"FR"}, frozenset({"azerty"}), date(2025, 10, 6))
    assert {m.code for m in motifs} <= set(regles_compte.MOTIFS)
    regles_compte.suggestion_de_courriel(texte, compte.domaines_courants)


@RAPIDE
@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(texte):
    assert regles_compte.nom_normalise(regles_compte.nom_normalise(texte)) == regles_compte.nom_normalise(texte)
    courriel = regles_compte.courriel_normalise(texte)
    assert regles_compte.courriel_normalise(courriel) == courriel


@RAPIDE
@given(st.lists(st.tuples(st.integers(1990, 2025), st.sampled_from(FormeDePassage), st.sampled_from(Resultat))))
@pytest.mark.passages("L-05", "L-63")
def test_the_kept_forme_de_passage_is_that_of_a_last_failed_presentation(forme, tirages):
    passages = [
        PassageAnterieur(examen="bac-pro", specialite="agora", session=s, forme_de_passage=f, resultat=r)
        for s, f, r in tirages
    ]
    conservee = forme_de_passage_conservee(passages, forme, "logistique", "bac-pro")
    echecs = [(s, f) for s, f, r in tirages if r != Resultat.ADMIS]
    derniere = max((s for s, _ in echecs), default=None)
    assert conservee in ({f for s, f in echecs if s == derniere} or {None})


@pytest.mark.passages("L-05", "L-63")
def test_the_kept_forme_de_passage_is_the_last_one_in_whatever_order_the_sessions_are_told(forme):
    premiere, derniere = (
        PassageAnterieur(
            examen="bac-pro", specialite="agora", session=s, forme_de_passage=f, resultat=Resultat.AJOURNE
        )
        for s, f in ((2023, FormeDePassage.GLOBALE), (2025, FormeDePassage.PROGRESSIVE))
    )
    for passages in ([premiere, derniere], [derniere, premiere]):
        assert forme_de_passage_conservee(passages, forme, "agora", "bac-pro") is FormeDePassage.PROGRESSIVE
    sans_date = replace(derniere, session=None)
    assert forme_de_passage_conservee([sans_date, premiere], forme, "agora", "bac-pro") is FormeDePassage.GLOBALE
