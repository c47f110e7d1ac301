"""Les cas de référence de l'étape 4 et des pièces : un cas s'ajoute dans le TOML, sans Python."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from registre.parametres.chargeur import DOSSIER_DE_BASE, charger
from registre.regles import acquis, benefices, dispenses
from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis, examen_des_acquis
from registre.regles.benefices import DemandeDeBenefice, benefice_de_note
from registre.regles.cadre import Cadre
from registre.regles.decisions import BeneficeDeNote, InscriptionIntermediaire, NoteAnterieure, ReglementDesAcquis
from registre.regles.dispenses import RELEVE_DU_DIPLOME, DemandeDeDispense, dispenses_demandees
from registre.regles.pieces import SituationDesPieces, pieces_requises
from registre.regles.vocabulaire import CasEps, FormeDePassage, MotifAcquis, Resultat, Statut

DOSSIER = Path(__file__).parent / "cas"


@cache
def cadre() -> Cadre:
    return charger([DOSSIER_DE_BASE])[("clermont-ferrand", 2026, "bac-pro")]


def reglement_de(slug: str, session: int = 2026, **parametres: Any) -> ReglementDesAcquis:
    """Le règlement de la session, pour une spécialité, avec les paramètres qu'un cas change."""
    reglement = replace(ReglementDesAcquis.du_cadre(cadre(), cadre().specialites[slug]), session=session)
    reglement = replace(reglement, report_sous_10=parametres.pop("report_sous_10", reglement.report_sous_10))
    return replace(reglement, acquis=replace(reglement.acquis, **parametres))


def cas_de(nom: str, genre: str | None = None) -> list[Any]:
    contenu = tomllib.loads((DOSSIER / f"{nom}.toml").read_text(encoding="utf-8"))
    choisis = [cas for cas in contenu["cas"] if genre is None or cas["genre"] == genre]
    return [pytest.param(cas, id=f"{cas['id']} {cas['nom']}") for cas in choisis]


def inscriptions(donnees: dict[str, Any]) -> tuple[InscriptionIntermediaire, ...]:
    return tuple(InscriptionIntermediaire(**i) for i in donnees.get("inscriptions_intermediaires", ()))


def decimal(valeur: str | None) -> Decimal | None:
    return None if valeur is None else Decimal(valeur)


def code_de(unite: str | None, slug: str) -> str | None:
    """Le code de l'unité de la spécialité, ou les mots du candidat : la forme que comparent les cas."""
    connue = cadre().specialites[slug].par_cle.get(unite or "")
    return connue.code if connue else unite


def note_du_cas(donnees: dict[str, Any], intermediaires: tuple[InscriptionIntermediaire, ...]) -> NoteAnterieure:
    forme = donnees.get("forme_de_passage")
    return NoteAnterieure(
        specialite=donnees["specialite"],
        session=donnees["session"],
        resultat=Resultat(donnees["resultat"]),
        unite=donnees["unite"],
        matiere=donnees.get("matiere"),
        note=decimal(donnees.get("note")),
        libre=donnees.get("libre", False),
        langue=donnees.get("langue"),
        forme_de_passage=FormeDePassage(forme) if forme else None,
        inscriptions_intermediaires=intermediaires,
    )


@pytest.mark.passages("annexe1.benefice.definition", "annexe1.benefice.duree", "L-03", "L-11", "L-19", "L-48", "L-54")
@pytest.mark.parametrize("cas", cas_de("benefices"))
def test_benefice_de_note_decides_each_reference_case(cas: dict[str, Any]) -> None:
    situation, attendu = cas["situation"], cas["attendu"]
    slug = situation["specialite"]
    reglement = reglement_de(slug, situation["session"], **cas.get("parametres", {}))
    if "succession" in situation:
        assert situation["succession"] in [[c.ancien, c.nouveau] for c in reglement.correspondances]
    demande = DemandeDeBenefice(
        note=note_du_cas(situation["acquis"], inscriptions(situation)),
        demande=situation["demande"],
        langue_presentee=situation.get("langue_presentee"),
    )
    decision = benefice_de_note(demande, reglement)
    rendu = {
        "statut": decision.statut.value,
        "motif": decision.motif,
        "nature": decision.nature.value if decision.nature else None,
        "unite": code_de(decision.unite, slug),
        "derniere_session": decision.derniere_session,
    }
    assert {cle: rendu[cle] for cle in attendu} == attendu
    assert bool(decision.motif) == (decision.statut is not Statut.ACCORDE)


def demande_du_cas(donnees: dict[str, Any]) -> DemandeDeDispense:
    unite = donnees.get("matiere") or donnees["unite"]
    note = None
    if donnees["motif"] == "autre-specialite":
        releve = {**donnees, "unite": unite, "specialite": donnees["specialite_source"]}
        note = note_du_cas(releve, inscriptions(donnees))
    return DemandeDeDispense(
        titre=MotifAcquis(donnees["motif"]),
        unite=unite,
        libre=donnees.get("libre", False),
        diplome=donnees.get("diplome"),
        specialite_detenue=donnees.get("specialite_detenue"),
        unite_comportee=donnees.get("unite_comportee"),
        note=note,
        annee=donnees.get("annee"),
        inscriptions_intermediaires=inscriptions(donnees),
    )


@pytest.mark.passages(
    "annexe1.dispense.definition",
    "annexe1.dispense.trois-cas",
    "annexe1.tableau.a-la-demande",
    "annexe1.tableau.etoile",
    "annexe1.dispense.autre-specialite",
    "annexe1.dispense.vae",
    "annexe1.dispense-professionnelle.principe",
    "annexe1.dispense-professionnelle.bp-froid",
    "annexe1.dispense-professionnelle.bp-menuisier",
    "annexe1.dispense-professionnelle.bp-charpentier",
    "annexe1.dispense-professionnelle.bp-electricien",
    "L-03",
    "L-04",
    "L-26",
)
@pytest.mark.parametrize("cas", cas_de("dispenses"))
def test_dispenses_demandees_sorts_each_reference_case(cas: dict[str, Any]) -> None:
    situation, attendu = cas["situation"], cas["attendu"]
    reglement = reglement_de(situation["specialite"], situation["session"], **cas.get("parametres", {}))
    assert set(situation["matieres"]) <= reglement.specialite.matieres
    rendu = dispenses_demandees([demande_du_cas(d) for d in situation["demandes"]], reglement)
    assert [demande.unite for demande, _ in rendu.accordees] == attendu["accordees"]
    instruites = [d if isinstance(d, str) else (d["demande"], d["motif"]) for d in attendu["a_instruire"]]
    assert len(rendu.a_instruire) == len(instruites)
    for (demande, decision), attendue in zip(rendu.a_instruire, instruites, strict=True):
        assert attendue in (demande.unite, (demande.unite, decision.motif))
    refusees = [{"demande": demande.unite, "motif": decision.motif} for demande, decision in rendu.refusees]
    assert refusees == attendu["refusees"]
    assert list(rendu.pieces) == sorted(attendu["pieces"])


def ligne_du_cas(rang: int, donnees: dict[str, Any]) -> LigneAcquis:
    champs = {**donnees, "motif": MotifAcquis(donnees["motif"]), "note": decimal(donnees.get("note"))}
    if "resultat" in donnees:
        champs["resultat"] = Resultat(donnees["resultat"])
    champs["inscriptions_intermediaires"] = inscriptions(donnees)
    return LigneAcquis(**champs, champ_prefixe=f"{rang}-")


@pytest.mark.passages("etapes.acquis.cinq-possibilites", "annexe1.attention.perdue", "L-15", "L-25", "L-46", "L-63")
@pytest.mark.parametrize("cas", cas_de("acquis"))
def test_examen_des_acquis_judges_each_reference_case(cas: dict[str, Any]) -> None:
    situation, attendu = cas["situation"], cas["attendu"]
    slug = situation["specialite"]
    reglement = reglement_de(slug, **cas.get("parametres", {}))
    passages = [
        PassageConnu(session=p["session"], specialite=p.get("specialite"), resultat=Resultat(p["resultat"]))
        for p in situation.get("passages", ())
    ]
    lignes = tuple(ligne_du_cas(rang, donnees) for rang, donnees in enumerate(situation.get("lignes", ())))
    saisie = SaisieAcquis(aucun=situation.get("aucun", False), lignes=lignes)
    examen = examen_des_acquis(saisie, passages, reglement)
    accordees = {u: d for u, d in examen.par_unite.items() if d.statut is Statut.ACCORDE}
    gardees = {u for u, d in accordees.items() if isinstance(d.acquis, BeneficeDeNote)}
    rendu = {
        "motifs": {f"{m.champ}: {m.code}" for m in examen.motifs},
        "benefices": gardees,
        "dispenses": set(accordees) - gardees,
        "a_instruire": set(examen.par_unite) - set(accordees),
        "pieces": {cle for _, cle in examen.pieces},
        "perdus": {d.unite for d in examen.perdus},
    }
    assert set(attendu) <= set(rendu)
    assert rendu == {cle: set(attendu.get(cle, ())) for cle in rendu}
    assert all(m.message and m.sources for m in examen.motifs)


TITRES = {
    "benefice": MotifAcquis.BENEFICE,
    "dispense-diplome": MotifAcquis.DIPLOME,
    "dispense-autre-specialite": MotifAcquis.AUTRE_SPECIALITE,
    "dispense-vae": MotifAcquis.VAE,
    "dispense-professionnelle": MotifAcquis.PROFESSIONNELLE,
}


def pieces_des_acquis(acquis_du_cas: list[dict[str, str]]) -> tuple[tuple[MotifAcquis, str], ...]:
    reglement = reglement_de("logistique")
    paires = [(TITRES[a["type"]], cle) for a in acquis_du_cas for cle in reglement.pieces_de(TITRES[a["type"]])]
    paires += [(TITRES[a["type"]], RELEVE_DU_DIPLOME) for a in acquis_du_cas if a.get("case") == "G*"]
    return tuple(paires)


@pytest.mark.passages("conditions.recensement-jdc", "L-02", "L-43", "L-44", "R53", "R96")
@pytest.mark.parametrize("cas", cas_de("pieces", "liste"))
def test_pieces_requises_lists_each_piece_once(cas: dict[str, Any]) -> None:
    situation = dict(cas["situation"])
    situation.pop("handicap", None)  # n'entre pas dans la règle : la réponse ne demande aucune pièce (R96)
    eps = situation.pop("eps", "apte")
    situation["eps"] = CasEps.DISPENSE if eps == "dispense-trois-ans" else CasEps(eps)
    situation["acquis"] = pieces_des_acquis(situation.get("acquis", []))
    requises = pieces_requises(SituationDesPieces(**situation), cadre().pieces, cadre().conditions.jdc)
    assert sorted(piece.cle for piece in requises) == sorted(cas["attendu"]["pieces"])
    assert all(raison.message and raison.sources for piece in requises for raison in piece.raisons)


def codes_des_cas(*noms: str) -> set[str]:
    return {code for nom in noms for code in mots_du_fichier(nom)}


def mots_du_fichier(nom: str) -> set[str]:
    """Les codes de motifs que les résultats attendus d'un fichier nomment."""
    codes: set[str] = set()
    for cas in tomllib.loads((DOSSIER / f"{nom}.toml").read_text(encoding="utf-8"))["cas"]:
        attendu = cas["attendu"]
        codes.add(attendu.get("motif", ""))
        codes |= {motif.split(": ")[1] for motif in attendu.get("motifs", ())}
        juges = [*attendu.get("refusees", ()), *attendu.get("a_instruire", ())]
        codes |= {d["motif"] for d in juges if isinstance(d, dict)}
    return codes - {""}


@pytest.mark.parametrize(
    ("module", "fichiers"),
    [(benefices, ["benefices"]), (dispenses, ["dispenses"]), (acquis, ["acquis"])],
    ids=["benefices", "dispenses", "acquis"],
)
def test_each_motif_code_has_a_case(module: Any, fichiers: list[str]) -> None:
    assert set(module.MOTIFS) <= codes_des_cas(*fichiers)


def test_cases_name_only_declared_motif_codes() -> None:
    declares = {*benefices.MOTIFS, *dispenses.MOTIFS, *acquis.MOTIFS}
    assert codes_des_cas("benefices", "dispenses", "acquis") <= declares
