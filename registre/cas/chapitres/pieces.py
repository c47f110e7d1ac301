"""Chapitre ``pieces`` : pièces demandées, fichiers, récapitulatif à refaire, états."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from registre.cas.adaptateur import Adaptateur, Observe, juge, memes_elements, refus
from registre.regles import fichiers, recapitulatif_signe
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.decisions import ReglementDesAcquis
from registre.regles.depot import SituationDePiece, acte_sur_piece
from registre.regles.dispenses import RELEVE_DU_DIPLOME
from registre.regles.etats import ActePiece, Acteur, EtatPiece
from registre.regles.pieces import SituationDesPieces, pieces_requises
from registre.regles.vocabulaire import CasEps, MotifAcquis

TITRES = {
    "benefice": MotifAcquis.BENEFICE,
    "dispense-diplome": MotifAcquis.DIPLOME,
    "dispense-autre-specialite": MotifAcquis.AUTRE_SPECIALITE,
    "dispense-vae": MotifAcquis.VAE,
    "dispense-professionnelle": MotifAcquis.PROFESSIONNELLE,
}


@dataclass(frozen=True, kw_only=True)
class AcquisDuCas:
    """``case`` : celle du tableau de l'annexe 1, pour une dispense par diplôme."""

    type: Literal[
        "benefice", "dispense-diplome", "dispense-autre-specialite", "dispense-vae", "dispense-professionnelle"
    ]
    case: Literal["G", "G*"] | None = None


@dataclass(frozen=True, kw_only=True)
class Liste:
    """``handicap`` n'entre pas dans la règle : la réponse ne demande aucune pièce (R96)."""

    voie: str
    nationalite_francaise: bool | None = None
    date_naissance: date
    enregistree_le: date
    eps: Literal["apte", "inapte", "adaptee", "dispense-trois-ans"] = "apte"
    acquis: tuple[AcquisDuCas, ...] = ()
    handicap: bool = False


def liste(s: Liste, cadre: Cadre) -> Observe:
    situation = SituationDesPieces(
        voie=s.voie,
        nationalite_francaise=s.nationalite_francaise,
        date_naissance=s.date_naissance,
        enregistree_le=s.enregistree_le,
        eps=CasEps.DISPENSE if s.eps == "dispense-trois-ans" else CasEps(s.eps),
        acquis=_pieces_des_acquis(s.acquis, cadre),
    )
    requises = pieces_requises(situation, cadre.pieces, cadre.conditions.jdc)
    raisons = tuple(Motif(p.cle, "", raison.message, raison.sources) for p in requises for raison in p.raisons)
    return Observe({"pieces": [piece.cle for piece in requises]}, raisons)


def _pieces_des_acquis(acquis: tuple[AcquisDuCas, ...], cadre: Cadre) -> tuple[tuple[MotifAcquis, str], ...]:
    # The pieces of a title do not depend on the specialty.
    reglement = ReglementDesAcquis.du_cadre(cadre, next(iter(cadre.specialites.values())))
    paires = [(TITRES[a.type], cle) for a in acquis for cle in reglement.pieces_de(TITRES[a.type])]
    paires += [(TITRES[a.type], RELEVE_DU_DIPLOME) for a in acquis if a.case == "G*"]
    return tuple(paires)


@dataclass(frozen=True, kw_only=True)
class Fichier:
    nom: str = "piece"
    format: str
    octets: int


def fichier(s: Fichier, cadre: Cadre) -> Observe:
    motifs = fichiers.motifs_fichier(s.nom, s.format, s.octets, cadre.pieces)
    return juge(motifs, accepte=not motifs)


@dataclass(frozen=True, kw_only=True)
class Recapitulatif:
    """``pieces`` : l'état de chacune, déjà envoyée, quand la candidature est modifiée."""

    version_courante: int
    version_signee: int | None = None
    pieces: dict[str, EtatPiece]


def recapitulatif(s: Recapitulatif, _cadre: Cadre) -> Observe:
    return Observe(
        {
            "recapitulatif": recapitulatif_signe.etat_du_recapitulatif(s.version_courante, s.version_signee),
            "pieces": {cle: _etat_apres_depot(cle, etat) for cle, etat in s.pieces.items()},
        }
    )


def _etat_apres_depot(cle: str, etat: EtatPiece) -> EtatPiece:
    """L'état de la pièce si le candidat essaie de la déposer de nouveau."""
    rendu = acte_sur_piece(SituationDePiece(cle, cle, etat, envoyee=True), ActePiece.DEPOSER, Acteur.CANDIDAT)
    return etat if isinstance(rendu, Motif) else rendu.nouvel_etat


@dataclass(frozen=True, kw_only=True)
class Etat:
    acte: ActePiece
    acteur: Acteur
    etat: EtatPiece
    regroupement_envoye: bool


def etat(s: Etat, cadre: Cadre) -> Observe:
    piece = SituationDePiece("domicile", "Justificatif de domicile", s.etat, envoyee=s.regroupement_envoye)
    rendu = acte_sur_piece(piece, s.acte, s.acteur)
    if isinstance(rendu, Motif):
        return refus(rendu, permis=False, etat=None, envoi_a_refaire=None, courriel=None)
    return refus(
        None,
        permis=True,
        etat=rendu.nouvel_etat,
        envoi_a_refaire=not rendu.envoyee_apres,
        courriel=cadre.pieces.courriel_changement_statut,
    )


ADAPTATEURS = (
    Adaptateur(
        chapitre="pieces",
        genre="liste",
        situation=Liste,
        observer=liste,
        parametres=("conditions.jdc", "acquis"),
        comparaisons={"pieces": memes_elements},
    ),
    Adaptateur(chapitre="pieces", genre="fichier", situation=Fichier, observer=fichier, parametres=("pieces",)),
    Adaptateur(chapitre="pieces", genre="recapitulatif", situation=Recapitulatif, observer=recapitulatif),
    Adaptateur(
        chapitre="pieces",
        genre="etat",
        situation=Etat,
        observer=etat,
        parametres=("pieces",),
        sinon={"motif": None},
    ),
)
