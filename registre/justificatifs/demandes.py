"""Les pièces que le service demande plus tard à un candidat : elles se lisent comme celles de la session (L-70)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date as Jour
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from registre.justificatifs.models import DemandeDuService
from registre.regles.cadre import Cadre, Periode, Piece, RaisonNonConforme, Regroupement
from registre.regles.pieces import Raison

GROUPE = "Demandé par le service"


@dataclass(frozen=True, kw_only=True)
class DemandeVue:
    """``echeance`` est exclue. ``par`` : l’agent, pour les pages du service seulement."""

    cle: str
    libelle: str
    raison: str
    le: datetime
    echeance: datetime
    bloquante: bool
    modele: str
    retiree_le: datetime | None
    par: str = ""


def vue(demande: DemandeDuService, *, pour_le_service: bool) -> DemandeVue:
    return DemandeVue(
        cle=demande.cle,
        libelle=demande.libelle,
        raison=demande.raison,
        le=demande.le,
        echeance=demande.echeance,
        bloquante=demande.bloquante,
        modele=demande.modele,
        retiree_le=demande.retiree_le,
        par=demande.par.nom_complet if pour_le_service else "",
    )


def avec_les_demandes(cadre: Cadre, demandes: Iterable[DemandeDuService]) -> Cadre:
    """Le cadre d’une candidature : chaque demande y est une pièce, seule dans son regroupement, avec sa période.

    Seule dans le sien, chacune s’envoie sans attendre les autres. Le nom du regroupement ne dit pas la pièce : les
    courriels l’écrivent.
    """
    demandes = list(demandes)
    if not demandes:
        return cadre
    modeles = {p.cle: p for p in cadre.pieces.liste}
    deja = modeles.keys() & {d.cle for d in demandes}  # read again with what was read before
    pieces = replace(
        cadre.pieces,
        regroupements=(
            *(r for r in cadre.pieces.regroupements if r.code not in deja),
            *(_regroupement(d, cadre) for d in demandes),
        ),
        liste=(
            *(p for p in cadre.pieces.liste if p.cle not in deja),
            *(_piece(d, modeles.get(d.modele), cadre) for d in demandes),
        ),
        raisons_non_conforme=tuple(_raison_offerte(r, demandes) for r in cadre.pieces.raisons_non_conforme),
    )
    return replace(cadre, pieces=pieces)


def pourquoi(demande: DemandeDuService) -> Raison:
    return Raison(message=f"Le service vous la demande\u00a0: {demande.raison}", sources=("L-70",))


def fin_du_jour(jour: Jour, fuseau: str) -> datetime:
    """L’instant exclu où finit un dernier jour."""
    return datetime.combine(jour + timedelta(days=1), time(), ZoneInfo(fuseau))


def dernier_jour(echeance: datetime, fuseau: str) -> Jour:
    """Le dernier jour, compris, d’une échéance exclue."""
    return (echeance - timedelta(minutes=1)).astimezone(ZoneInfo(fuseau)).date()


def _regroupement(demande: DemandeDuService, cadre: Cadre) -> Regroupement:
    source = cadre.pieces
    periode = Periode(
        ouvre_le=demande.le,
        ferme_le=demande.echeance,
        source=("L-70",),
        certitude=source.certitude,
        verifie_le=source.verifie_le,
    )
    return Regroupement(code=demande.cle, libelle=GROUPE, periode=periode)


def _piece(demande: DemandeDuService, modele: Piece | None, cadre: Cadre) -> Piece:
    return Piece(
        cle=demande.cle,
        libelle=demande.libelle,
        regroupement=demande.cle,
        aide=modele.aide if modele else "",
        non_concerne=demande.non_concerne,
        prouve=modele.prouve if modele else (),
        source=("L-70",),
        certitude=cadre.pieces.certitude,
        verifie_le=cadre.pieces.verifie_le,
    )


def _raison_offerte(raison: RaisonNonConforme, demandes: Iterable[DemandeDuService]) -> RaisonNonConforme:
    """A reason kept for some pieces is offered for the requests made of them."""
    autres = tuple(d.cle for d in demandes if d.modele in raison.pieces)
    return replace(raison, pieces=(*raison.pieces, *autres)) if autres else raison
