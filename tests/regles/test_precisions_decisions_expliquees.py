"""What the candidate reads of a decision of the office, word for word: its day, its reason and what it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from registre.regles.acquis import DecisionDuService, LigneAcquis, PassageConnu, SaisieAcquis, examen_des_acquis
from registre.regles.decisions import ReglementDesAcquis
from registre.regles.explication_acquis import traces_des_acquis
from registre.regles.instruction import SOURCES, acquis_instruits
from registre.regles.trace import Trace
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, Octroi, Resultat
from tests.regles.test_precisions_explications import lu

PASSAGES = (
    PassageConnu(
        session=2024, specialite="agora", resultat=Resultat.AJOURNE, forme_de_passage=FormeDePassage.PROGRESSIVE
    ),
)
BAC_PRO = LigneAcquis(  # the star of the table: it depends on what that diploma comprised
    motif=MotifAcquis.DIPLOME, unite="langue-vivante-b", diplome="bac-professionnel", specialite_detenue="melec"
)
VAE_LIBRE = LigneAcquis(motif=MotifAcquis.VAE, unite="Mon épreuve", libre=True, annee=2024)
NOTE_LIBRE = LigneAcquis(
    motif=MotifAcquis.BENEFICE,
    unite="Mon épreuve",
    libre=True,
    specialite="agora",
    session=2024,
    note=Decimal("12.5"),
)
VAE_DE_2015 = LigneAcquis(motif=MotifAcquis.VAE, unite="francais", annee=2015)
NOTE_DE_8 = replace(NOTE_LIBRE, unite="francais", libre=False, note=Decimal(8))

NEUTRALISE = (
    "coefficient_neutralise | Vous ne passez pas cette épreuve : son coefficient, {}, ne compte pas dans la moyenne, "
    "et une note obtenue avant non plus."
)
A_PASSER = "epreuve_a_passer | Vous passez cette épreuve."
JUSQU_EN_2029 = "Ce droit sert jusqu’à la session 2029 comprise, si vous le demandez à chaque inscription d’ici là."
DE_LA_SESSION = (
    "octroi_de_la_session | Cette décision vaut pour cette inscription. À une autre session, écrivez de nouveau "
    "au service."
)


def dite(ligne: LigneAcquis, accordee: bool, motif: str, octroi: Octroi | None = None) -> DecisionDuService:
    return DecisionDuService(ligne=ligne, accordee=accordee, motif=motif, le=date(2025, 12, 1), octroi=octroi)


def trace_de(decision: DecisionDuService, cadre) -> Trace:
    """The trace of step 4 once the office has spoken, when it holds that claim, or that grant, and nothing else."""
    agora = cadre.specialites["agora"]
    reglement = ReglementDesAcquis.du_cadre(cadre, agora)
    saisie = SaisieAcquis(aucun=True) if decision.octroi else SaisieAcquis(lignes=(decision.ligne,))
    rendu = acquis_instruits(examen_des_acquis(saisie, PASSAGES, reglement), [decision], PASSAGES, reglement)
    (trace,) = traces_des_acquis(rendu, rendu.motifs, agora, cadre)
    return trace


@pytest.mark.passages("annexe1.tableau.etoile", "L-48", "L-61", "R59", "R60")
@pytest.mark.parametrize(
    ("ligne", "accordee", "motif", "attendus"),
    [
        pytest.param(
            BAC_PRO,
            True,
            "LVB au relevé.",
            [
                "decision_du_service | Le service a accordé cette demande, le lundi 1er décembre 2025. "
                "Son motif : « LVB au relevé ».",
                NEUTRALISE.format("2"),
                "sans_fin | Cette dispense n’a pas de fin. Demandez-la à chaque inscription.",
                "Accordée par le service.",
            ],
            id="a dispense without an end",
        ),
        pytest.param(
            VAE_LIBRE,
            True,
            "Décision lue. ",
            [
                "decision_du_service | Le service a accordé cette demande, le lundi 1er décembre 2025. "
                "Son motif : « Décision lue ».",
                "coefficient_neutralise | Vous ne passez pas cette épreuve : son coefficient ne compte pas dans la "
                "moyenne, et une note obtenue avant non plus.",
                f"validite | {JUSQU_EN_2029}",
                "Accordée par le service.",
            ],
            id="a dispense with an end",
        ),
        pytest.param(
            NOTE_LIBRE,
            True,
            "Relevé lu",
            [
                "decision_du_service | Le service a accordé cette demande, le lundi 1er décembre 2025. "
                "Son motif : « Relevé lu ».",
                "note_gardee | Vous ne repassez pas cette épreuve : votre note, 12,5, compte dans la moyenne avec son "
                "coefficient, que nous ne connaissons pas encore.",
                f"validite | {JUSQU_EN_2029}",
                "Accordée par le service.",
            ],
            id="a kept mark",
        ),
        pytest.param(
            BAC_PRO,
            False,
            "...Pas de LVB.",
            [
                "decision_du_service | Le service a refusé cette demande, le lundi 1er décembre 2025. "
                "Son motif : « ...Pas de LVB ».",
                A_PASSER,
                "Refusée par le service.",
            ],
            id="a refusal",
        ),
    ],
)
def test_a_claim_that_the_office_decided_tells_its_day_its_reason_and_its_effect(
    ligne, accordee, motif, attendus, cadre
):
    trace = trace_de(dite(ligne, accordee, motif), cadre)
    demande, *suite = lu(trace)[1:]
    assert demande.split(" | ")[0] in ("diplome_detenu", "decision_de_vae", "note_presentee")
    assert suite == attendus
    assert all(pas.sources for pas in trace.pas)


@pytest.mark.passages("annexe1.dispense.vae", "etapes.qualification.progressive", "R25", "L-04", "L-11")
@pytest.mark.parametrize(
    ("octroi", "ligne", "accordee", "attendus"),
    [
        pytest.param(
            Octroi.VAE_ANCIENNE,
            VAE_DE_2015,
            True,
            [
                "decision_de_vae | Vous présentez la décision d’un jury de VAE, année 2015.",
                "decision_du_service | Le service a accordé cet acquis, le lundi 1er décembre 2025. "
                "Son motif : « Vu le dossier ».",
                NEUTRALISE.format("2,5"),
                DE_LA_SESSION,
                "Accordée par le service.",
            ],
            id="an old VAE",
        ),
        pytest.param(
            Octroi.NOTE_SOUS_10,
            NOTE_DE_8,
            True,
            [
                "note_presentee | Vous présentez cette note : 8 sur 20, session 2024.",
                "decision_du_service | Le service a accordé cet acquis, le lundi 1er décembre 2025. "
                "Son motif : « Vu le dossier ».",
                "note_gardee | Vous ne repassez pas cette épreuve : votre note, 8, compte dans la moyenne avec son "
                "coefficient, 2,5.",
                DE_LA_SESSION,
                "Accordée par le service.",
            ],
            id="a mark below 10",
        ),
        pytest.param(
            Octroi.VAE_ANCIENNE,
            VAE_DE_2015,
            False,
            [
                "decision_de_vae | Vous présentez la décision d’un jury de VAE, année 2015.",
                "decision_du_service | Le service a refusé cet acquis, le lundi 1er décembre 2025. "
                "Son motif : « Vu le dossier ».",
                A_PASSER,
                "Refusée par le service.",
            ],
            id="a grant taken back",
        ),
    ],
)
def test_what_the_office_grants_by_itself_holds_for_this_registration_alone(octroi, ligne, accordee, attendus, cadre):
    trace = trace_de(dite(ligne, accordee, "Vu le dossier.", octroi), cadre)
    assert lu(trace)[1:] == attendus
    sources = {p.code: p.sources for p in trace.pas}
    assert sources["decision_du_service"] == SOURCES[octroi]
    if accordee:
        assert sources["octroi_de_la_session"] == SOURCES[octroi]
    else:
        assert sources["epreuve_a_passer"] == ("L-60",)
