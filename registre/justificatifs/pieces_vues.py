"""Ce que les deux pages montrent d’un dossier : ses regroupements, leurs pièces, leurs fichiers, ce qui empêche."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from registre.inscription.models import Candidature, VersionDeCandidature
from registre.justificatifs.demandes import DemandeVue
from registre.justificatifs.models import (
    FichierDepose,
)
from registre.regles.cadre import Cadre, Fait
from registre.regles.citation import Motif
from registre.regles.depot import SituationDePiece
from registre.regles.etats import EtatPiece
from registre.regles.fichiers import taille_lisible
from registre.regles.pieces import Raison

RECAPITULATIF = "recapitulatif-signe"
"""La pièce qui doit suivre les versions de la candidature (L-30)."""


@dataclass(frozen=True, kw_only=True)
class FichierVu:
    """Un fichier du dépôt en cours, dans l’ordre. ``pages`` : le nombre d’images à montrer.

    ``version_lue`` : celle que dit le code du récapitulatif, s’il a été lu.
    """

    reference: UUID
    nom: str
    format: str
    taille: int
    empreinte: str
    depose_le: datetime
    pages: int
    version_lue: int | None = None
    avis: tuple[Mapping[str, Any], ...] = ()  # {"page", "code", "niveau"}
    garde_malgre: str = ""
    analyse: str = FichierDepose.Analyse.SANS_OBJET

    @property
    def rejete(self) -> bool:
        """Le contrôle de sécurité l’a rejeté."""
        return self.analyse == FichierDepose.Analyse.INFECTEE

    @property
    def analyse_en_cours(self) -> bool:
        """Le contrôle de sécurité ne l’a pas encore vu."""
        return self.analyse == FichierDepose.Analyse.EN_ATTENTE

    @property
    def poids(self) -> str:
        """La taille de ce qui a été envoyé, en ko ou en Mo."""
        return taille_lisible(self.taille)


def visible_par_le_service(fichier: FichierDepose | FichierVu) -> bool:
    """Faux tant que l’antivirus n’a pas répondu, et à jamais s’il a rejeté : ni page, ni copie, ni original (S37).

    Le candidat, lui, voit toujours ses pages.
    """
    return fichier.analyse in (FichierDepose.Analyse.SANS_OBJET, FichierDepose.Analyse.SAINE)


@dataclass(frozen=True, kw_only=True)
class DecisionVue:
    """Un acte du service, pour les pages du service."""

    etat: str
    recue_le: date | None
    commentaire: str
    par: str
    le: datetime
    raison: str = ""


@dataclass(frozen=True, kw_only=True)
class PieceVue:
    """Une pièce. ``motif_*`` : pourquoi le candidat ne peut pas faire cet acte maintenant ; ``None`` : il le peut.

    ``demande`` : la demande du service dont elle vient, s’il l’a demandée plus tard ; ``echeance_passee`` : la date de
    cette demande est passée. ``declaration`` : pourquoi elle ne concerne pas le candidat, dit-il ; ``dispensee_le`` :
    le service l’a accepté. ``dernier_refus`` : ce que le service a dit du dépôt d’avant, tant que le nouveau n’est pas
    décidé ; ``refuses`` : les empreintes des fichiers qu’il jugeait.
    """

    cle: str
    libelle: str
    code: str | None
    aide: str
    raisons: tuple[Raison, ...]
    requise: bool
    dematerialisee: bool
    etat: str  # PieceJustificative.Etat
    revision: int
    envoyee: bool
    depassee: bool
    version_signee: int | None
    fichiers: tuple[FichierVu, ...]
    remplaces: tuple[FichierVu, ...]  # what former decisions judged
    deposee_le: datetime | None
    envoyee_le: datetime | None
    recue_le: date | None
    validee_le: datetime | None
    commentaire: str
    fenetre: datetime | None  # end of the open window of this piece, if any
    motif_deposer: Motif | None
    motif_supprimer: Motif | None
    motif_declarer: Motif | None = None
    demande: DemandeVue | None = None
    echeance_passee: bool | None = None
    non_concerne: bool = False  # the candidate may declare it
    declaration: str = ""
    declaree_le: datetime | None = None
    dispensee_le: datetime | None = None
    prouve: tuple[Fait, ...] = ()
    dernier_refus: str = ""
    refuses: tuple[str, ...] = ()
    decisions: tuple[DecisionVue, ...] = ()
    reservee_par: str = ""
    reservee_jusqu_a: datetime | None = None

    @property
    def statut(self) -> str:
        """Ce que la notice affiche : rien pour une pièce déposée et pas encore contrôlée."""
        if self.dispensee_le:
            return "Non concerné"
        return {"recue": "Reçue", "non_conforme": "Non conforme", "conforme": "Conforme"}.get(self.etat, "")

    @property
    def situation(self) -> SituationDePiece:
        """Ce que les règles regardent d’elle."""
        return SituationDePiece(
            cle=self.cle,
            libelle=self.libelle,
            etat=EtatPiece(self.etat),
            envoyee=self.envoyee,
            depassee=self.depassee,
            dematerialisee=self.dematerialisee,
            requise=self.requise,
            fenetre_ouverte=self.fenetre is not None,
            non_concerne=self.non_concerne,
            facultative=self.facultative,
            echeance_passee=self.echeance_passee,
            analyse_en_cours=self.analyse_en_cours,
            rejetee=self.rejetee,
        )

    @property
    def analyse_en_cours(self) -> bool:
        """Un de ses fichiers attend le contrôle de sécurité : le service ne voit rien de lui."""
        return any(f.analyse_en_cours for f in self.fichiers)

    @property
    def rejetee(self) -> bool:
        """Le contrôle de sécurité a rejeté un de ses fichiers."""
        return any(f.rejete for f in self.fichiers)

    @property
    def facultative(self) -> bool:
        """Le service la demande sans que le dossier l’attende."""
        return self.demande is not None and not self.demande.bloquante

    @property
    def modele(self) -> str:
        """La pièce de la session dont elle est une demande ; elle-même, sinon."""
        return (self.demande.modele if self.demande else "") or self.cle

    @property
    def limite(self) -> datetime | None:
        """La fin de sa propre fenêtre, si elle en a une ouverte : rouverte, ou donnée par la demande."""
        propre = self.demande.echeance if self.demande and self.requise and not self.echeance_passee else None
        return max((fin for fin in (propre, self.fenetre) if fin), default=None)

    @property
    def manque(self) -> bool:
        """Vrai s’il faut encore quelque chose du candidat pour elle, l’envoi du regroupement mis à part."""
        return self.attendue and not self.facultative

    @property
    def attendue(self) -> bool:
        """Vrai s’il n’y a rien d’elle que le service puisse accepter, même si elle est facultative."""
        return self.requise and (
            self.etat in ("aucune", "non_conforme") or self.depassee or self.situation.a_redeposer
        )


@dataclass(frozen=True, kw_only=True)
class RegroupementVu:
    """Des pièces envoyées ensemble. ``motif_envoyer`` : pourquoi l’envoi est refusé maintenant."""

    code: str
    libelle: str
    pieces: tuple[PieceVue, ...]
    ouvre_le: datetime
    ferme_le: datetime
    ouvert: bool
    en_ligne: bool  # at least one piece is deposited here
    envoye: bool  # nothing left to send
    valide: bool  # every required piece is conforme (L-67)
    motif_envoyer: Motif | None
    demande: DemandeVue | None = None

    @property
    def titre(self) -> str:
        """Son nom sur les pages ; les courriels, eux, ne nomment pas la pièce demandée."""
        return f"{self.libelle}\u00a0: {self.demande.libelle}" if self.demande else self.libelle

    @property
    def a_envoyer(self) -> bool:
        """Tout est là, et le bouton n’a pas été cliqué : on le rappelle."""
        return not self.envoye and self.motif_envoyer is None


@dataclass(frozen=True, kw_only=True)
class Dossier:
    candidature: Candidature
    cadre: Cadre  # with the pieces that the office asked for this candidature
    version: VersionDeCandidature
    regroupements: tuple[RegroupementVu, ...]
    plus_demandees: tuple[PieceVue, ...]  # deposited once, no longer asked (L-30)
    incomplet: tuple[Motif, ...] = field(default=())  # what L-51 would blame at the end of the deposit

    @property
    def pieces(self) -> list[PieceVue]:
        return [piece for r in self.regroupements for piece in r.pieces]

    def piece(self, cle: str) -> PieceVue | None:
        return next((p for p in [*self.pieces, *self.plus_demandees] if p.cle == cle), None)

    def regroupement(self, code: str) -> RegroupementVu | None:
        return next((r for r in self.regroupements if r.code == code), None)

    def nombres(self) -> dict[str, Any]:
        """Combien de pièces demandées, fournies, parmi elles envoyées, conformes. Les facultatives ne comptent pas."""
        attendues = [p for p in self.pieces if not p.facultative]
        return {
            "demandees": len(attendues),
            "fournies": sum(not p.manque for p in attendues),
            "envoyees": sum(p.envoyee and not p.manque for p in attendues),
            "conformes": sum(p.etat == "conforme" and not p.depassee for p in attendues),
        }
