"""Le dossier de pièces d’une candidature, tel que les deux pages le montrent : celle du candidat, celle du service.

Tout est calculé à l’instant où on regarde (« version dépassée » compare la version signée et la dernière) ; le nombre
de requêtes ne dépend ni du nombre de pièces ni du nombre de fichiers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from registre.inscription.models import Candidature, VersionDeCandidature
from registre.regles.citation import Motif
from registre.regles.pieces import Raison


@dataclass(frozen=True, kw_only=True)
class FichierVu:
    """Un fichier du dépôt en cours, dans l’ordre. ``pages`` : le nombre d’images à montrer."""

    reference: UUID
    nom: str
    format: str
    taille: int
    empreinte: str
    depose_le: datetime
    pages: int


@dataclass(frozen=True, kw_only=True)
class DecisionVue:
    """Un acte du service, pour les pages du service."""

    etat: str
    recue_le: date | None
    commentaire: str
    par: str
    le: datetime


@dataclass(frozen=True, kw_only=True)
class PieceVue:
    """Une pièce. ``motif_*`` : pourquoi le candidat ne peut pas faire cet acte maintenant ; ``None`` : il le peut."""

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
    decisions: tuple[DecisionVue, ...] = ()
    reservee_par: str = ""
    reservee_jusqu_a: datetime | None = None

    @property
    def statut(self) -> str:
        """Ce que la notice affiche : rien pour une pièce déposée et pas encore contrôlée."""
        return {"recue": "Reçue", "non_conforme": "Non conforme", "conforme": "Conforme"}.get(self.etat, "")

    @property
    def manque(self) -> bool:
        """Vrai s’il faut encore quelque chose du candidat pour elle, l’envoi du regroupement mis à part."""
        return self.requise and (self.etat in ("aucune", "non_conforme") or self.depassee)


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

    @property
    def a_envoyer(self) -> bool:
        """Tout est là, et le bouton n’a pas été cliqué : on le rappelle."""
        return not self.envoye and self.motif_envoyer is None


@dataclass(frozen=True, kw_only=True)
class Dossier:
    candidature: Candidature
    version: VersionDeCandidature
    regroupements: tuple[RegroupementVu, ...]
    plus_demandees: tuple[PieceVue, ...]  # deposited once, no longer asked (L-30)
    incomplet: tuple[Motif, ...] = field(default=())  # what L-51 would blame at the end of the deposit

    @property
    def pieces(self) -> list[PieceVue]:
        return [piece for r in self.regroupements for piece in r.pieces]

    def piece(self, cle: str) -> PieceVue | None:
        return next((p for p in [*self.pieces, *self.plus_demandees] if p.cle == cle), None)

    def nombres(self) -> dict[str, Any]:
        """Combien de pièces demandées, combien sont là, combien sont conformes."""
        return {
            "demandees": len(self.pieces),
            "fournies": sum(not p.manque for p in self.pieces),
            "conformes": sum(p.etat == "conforme" and not p.depassee for p in self.pieces),
        }
