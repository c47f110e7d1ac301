"""Step 4: each decision of the reference cases is whole, and what they leave open, one behaviour a test."""

from __future__ import annotations

from dataclasses import fields

import pytest

from registre.cas.chapitres.acquis import Benefice, Dispenses, reglement
from registre.cas.lecture import Cas
from registre.cas.validation import avec_parametres, valider
from registre.regles.benefices import DemandeDeBenefice, benefice_de_note
from registre.regles.decisions import Decision, NoteAnterieure
from registre.regles.dispenses import dispenses_demandees
from registre.regles.vocabulaire import MotifAcquis, Statut
from tests.regles.lecture_cas import cadre, cas_de

PARAMETRES = ("acquis", "forme_de_passage")
CHAMPS = {
    "demande": "non_demande",
    "session": "pas_ajourne perimee note_perdue",
    "note": "aucune_note note_inferieure_a_10",
    "unite": "sans_correspondance correspondance_non_connue unite_absente_de_la_specialite unite_inconnue "
    "unite_professionnelle_autre_specialite unite_non_visee instruction_du_service",
    "langue": "langue_differente",
    "specialite": "meme_specialite",
    "specialite_detenue": "meme_specialite specialite_detenue_manquante",
    "unite_comportee": "unite_non_comportee unite_comportee_inconnue",
    "annee": "perimee note_perdue",
    "diplome": "diplome_hors_tableau diplome_sans_cette_dispense specialite_non_visee dispense_sans_effet "
    "certification_europeenne certification_europeenne_fermee note_perdue",
}
DU_TITRE = {MotifAcquis.AUTRE_SPECIALITE: "session", MotifAcquis.VAE: "annee"}  # where an outdated right shows


def du_cas(classe: type, cas: Cas):
    situation = valider(classe, cas.situation, "situation")
    regles = reglement(avec_parametres(cadre(), PARAMETRES, cas.parametres), situation.specialite, situation.session)
    return situation, regles


def verifie(decision: Decision) -> None:
    """A decision names its field, says what to do, cites a text, and asks for pieces unless it refuses."""
    assert decision.sources
    if decision.statut is Statut.ACCORDE:
        assert (decision.motif, decision.champ, decision.message) == ("", "", "")
    else:
        assert decision.motif in CHAMPS[decision.champ].split()
        assert decision.message.endswith(".")
    assert (decision.acquis is None) == (decision.statut is Statut.REFUSE)
    assert bool(decision.pieces) == (decision.statut is not Statut.REFUSE)


@pytest.mark.parametrize("cas", cas_de("benefices"))
def test_the_decision_on_a_kept_mark_is_whole(cas):
    situation, regles = du_cas(Benefice, cas)
    communs = {f.name for f in fields(NoteAnterieure)} & {f.name for f in fields(situation.acquis)}
    note = NoteAnterieure(
        inscriptions_intermediaires=situation.inscriptions_intermediaires,
        **{nom: getattr(situation.acquis, nom) for nom in communs},
    )
    demande = DemandeDeBenefice(note=note, demande=situation.demande, langue_presentee=situation.langue_presentee)
    decision = benefice_de_note(demande, regles)
    verifie(decision)
    if decision.acquis:
        assert decision.derniere_session == note.session + 5


@pytest.mark.parametrize("cas", cas_de("dispenses"))
def test_the_decision_on_a_dispense_is_whole(cas):
    situation, regles = du_cas(Dispenses, cas)
    rendu = dispenses_demandees([d.demande() for d in situation.demandes], regles)
    for demande, decision in (*rendu.accordees, *rendu.a_instruire, *rendu.refusees):
        verifie(decision)
        if decision.motif in ("perimee", "note_perdue"):
            assert decision.champ == DU_TITRE.get(demande.titre, "diplome")
        if decision.acquis:
            assert decision.acquis.titre is demande.titre
