"""La liste des candidatures d’une académie : filtres, pages, état des pièces. Le nombre de requêtes est constant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from registre.commun.cadres import tous
from registre.gestion.masques import courriel_masque, naissance_masquee
from registre.inscription.models import Candidature, PieceDemandee
from registre.justificatifs.models import DemandeDuService, PieceJustificative
from registre.justificatifs.pieces_vues import RECAPITULATIF
from registre.justificatifs.queries import a_controler
from registre.regles.recapitulatif_signe import recapitulatif_depasse

PAR_PAGE = 50
LIMITE = 1000  # rows that can be leafed through; beyond, a search says more than a twentieth page
FILTRES = {
    "": "Toutes",
    "a-controler": "Pièces à contrôler",
    "incomplet": "Dossier pas complet",
    "retirees": "Retirées",
}

_Etat = PieceJustificative.Etat


@dataclass(frozen=True, kw_only=True)
class EtatDesPieces:
    """Combien de pièces la dernière version demande, et où elles en sont. Chacune compte une fois."""

    demandees: int = 0
    a_fournir: int = 0  # nothing there, or a signed recap of an older version
    a_envoyer: int = 0  # there, but the candidate did not say that all was there
    a_controler: int = 0
    non_conformes: int = 0
    conformes: int = 0


@dataclass(frozen=True, kw_only=True)
class Ligne:
    candidature: Candidature
    nom: str
    naissance: str
    courriel: str
    specialite: str
    pieces: EtatDesPieces


def filtrer(candidatures: QuerySet[Candidature], filtre: str, academie: str) -> QuerySet[Candidature]:
    """Les candidatures de ce filtre, la plus récente d’abord."""
    if filtre == "retirees":
        candidatures = candidatures.filter(etat=Candidature.Etat.RETIREE)
    elif filtre == "a-controler":
        candidatures = candidatures.filter(pk__in=a_controler(academie).order_by().values("candidature"))
    elif filtre == "incomplet":
        manquante = PieceDemandee.objects.filter(~Exists(_bonnes()), ~_facultative(), candidature=OuterRef("pk"))
        candidatures = candidatures.filter(Exists(manquante), etat=Candidature.Etat.ENREGISTREE)
    return candidatures.order_by("-pk")


def _bonnes() -> QuerySet[PieceJustificative]:
    """Les pièces fournies pour une demande : envoyées, pas refusées, et le récapitulatif de la dernière version."""
    derniere = Q(signee__isnull=True) | Q(signee__gte=OuterRef("candidature__derniere_version"))
    return PieceJustificative.objects.annotate(signee=Coalesce("version_signee", "version_au_depot")).filter(
        ~Q(cle=RECAPITULATIF) | derniere,
        candidature=OuterRef("candidature"),
        cle=OuterRef("cle"),
        etat__in=(_Etat.DECLAREE, _Etat.DEPOSEE, _Etat.RECUE, _Etat.CONFORME),
        envoyee_le__isnull=False,
    )


def _facultative() -> Exists:
    """La pièce vient d’une demande que le dossier n’attend pas (L-70)."""
    demandes = DemandeDuService.objects.filter(
        candidature=OuterRef("candidature"), cle=OuterRef("cle"), bloquante=False
    )
    return Exists(demandes)


def page(candidatures: QuerySet[Candidature], numero: str) -> Page[Candidature]:
    """Une page de la liste, au plus ``LIMITE`` lignes en tout ; un numéro faux mène à la plus proche."""
    bornee = candidatures.select_related("compte")[:LIMITE]
    return Paginator(bornee, PAR_PAGE).get_page(numero)


def lignes(candidatures: Iterable[Candidature]) -> list[Ligne]:
    """Ce que la liste montre de chaque candidature : naissance et adresse masquées (P14)."""
    candidatures = list(candidatures)
    etats = etats_des_pieces(candidatures)
    return [
        Ligne(
            candidature=c,
            nom=f"{c.compte.nom_de_famille} {c.compte.prenoms}",
            naissance=naissance_masquee(c.compte.date_de_naissance),
            courriel=courriel_masque(c.compte.email),
            specialite=libelle_de_specialite(c),
            pieces=etats[c.pk],
        )
        for c in candidatures
    ]


def libelle_de_specialite(candidature: Candidature) -> str:
    """Le nom de la spécialité ; son code si la session n’est plus chargée."""
    cadre = tous().get(candidature.cle)
    specialite = cadre.specialites.get(candidature.specialite) if cadre else None
    return specialite.libelle if specialite else candidature.specialite


def etats_des_pieces(candidatures: list[Candidature]) -> dict[int, EtatDesPieces]:
    """Par candidature, en deux requêtes."""
    cles = [c.pk for c in candidatures]
    demandees: dict[int, list[str]] = defaultdict(list)
    attendues = PieceDemandee.objects.filter(~_facultative(), candidature__in=cles)
    for candidature, cle in attendues.values_list("candidature", "cle"):
        demandees[candidature].append(cle)
    pieces = {(p.candidature_id, p.cle): p for p in PieceJustificative.objects.filter(candidature__in=cles)}
    return {c.pk: _etat(c, demandees[c.pk], pieces) for c in candidatures}


def _etat(
    candidature: Candidature, demandees: list[str], pieces: dict[tuple[int, str], PieceJustificative]
) -> EtatDesPieces:
    nombres: dict[str, int] = defaultdict(int)
    for cle in demandees:
        nombres[_ou_en_est(candidature, pieces.get((candidature.pk, cle)))] += 1
    return EtatDesPieces(demandees=len(demandees), **nombres)


def _ou_en_est(candidature: Candidature, piece: PieceJustificative | None) -> str:
    if piece is None or piece.etat == _Etat.AUCUNE or _depassee(candidature, piece):
        return "a_fournir"
    if piece.etat == _Etat.NON_CONFORME:
        return "non_conformes"
    if piece.etat == _Etat.CONFORME:
        return "conformes"
    return "a_controler" if piece.envoyee_le else "a_envoyer"


def _depassee(candidature: Candidature, piece: PieceJustificative) -> bool:
    versions = (candidature.derniere_version, piece.version_signee, piece.version_au_depot)
    return piece.cle == RECAPITULATIF and recapitulatif_depasse(*versions)
