"""Le dossier de pièces d’une candidature, tel que les deux pages le montrent : celle du candidat, celle du service.

Tout est calculé à l’instant où on regarde (« version dépassée » compare la version signée et la dernière) ; le nombre
de requêtes ne dépend ni du nombre de pièces ni du nombre de fichiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property

from registre.inscription.models import Candidature, VersionDeCandidature
from registre.inscription.pieces import pieces_demandees
from registre.justificatifs import demandes, reservations
from registre.justificatifs.demandes import DemandeVue
from registre.justificatifs.models import (
    DecisionDePiece,
    DemandeDuService,
    FenetreRouverte,
    FichierDepose,
    PieceJustificative,
)
from registre.regles.cadre import Cadre, Fait, Piece, Regroupement
from registre.regles.calendrier import Acte, Reouverture, acte_permis, calendrier_du_regroupement
from registre.regles.citation import Motif
from registre.regles.depot import SituationDePiece, acte_sur_piece, dossier_incomplet, motif_envoi
from registre.regles.etats import ActePiece, Acteur, EtatPiece
from registre.regles.fichiers import taille_lisible
from registre.regles.pieces import Raison
from registre.regles.recapitulatif_signe import recapitulatif_depasse

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


def charger(candidature: Candidature, cadre: Cadre, le: datetime, *, pour_le_service: bool = False) -> Dossier:
    """Le dossier tel qu’il est à l’instant ``le``.

    ``pour_le_service`` ajoute les décisions passées et l’agent qui tient chaque pièce. Pour agir dessus ensuite, la
    candidature est verrouillée avant (:mod:`registre.justificatifs.queries`).
    """
    version = candidature.versions.get(numero=candidature.derniere_version)
    raisons = {p.cle: p.raisons for p in pieces_demandees(candidature, version, candidature.compte, cadre)}
    plus_tard = list(_demandes(candidature, pour_le_service))
    raisons |= {d.cle: (demandes.pourquoi(d),) for d in plus_tard if d.retiree_le is None}
    cadre = demandes.avec_les_demandes(cadre, plus_tard)
    lecture = _Lecture(candidature, cadre, le, plus_tard, pour_le_service)
    regroupements = tuple(
        lecture.regroupement(regroupement, pieces)
        for regroupement in cadre.pieces.regroupements
        if (
            pieces := [
                lecture.piece(p, raisons[p.cle])
                for p in cadre.pieces.liste
                if p.regroupement == regroupement.code and p.cle in raisons
            ]
        )
    )
    demandees = [piece for regroupement in regroupements for piece in regroupement.pieces]
    return Dossier(
        candidature=candidature,
        cadre=cadre,
        version=version,
        regroupements=regroupements,
        plus_demandees=tuple(lecture.plus_demandees(set(raisons))),
        incomplet=tuple(dossier_incomplet([p.situation for p in demandees])),
    )


def _demandes(candidature: Candidature, pour_le_service: bool) -> Iterable[DemandeDuService]:
    lues = DemandeDuService.objects.filter(candidature=candidature)
    return lues.select_related("par") if pour_le_service else lues


class _Lecture:
    """Les lignes d’une candidature, lues en une requête par table, et ce qu’on en montre."""

    def __init__(
        self,
        candidature: Candidature,
        cadre: Cadre,
        le: datetime,
        plus_tard: Iterable[DemandeDuService],
        pour_le_service: bool,
    ) -> None:
        self.candidature, self.cadre, self.le, self.pour_le_service = candidature, cadre, le, pour_le_service
        self.demandes = {d.cle: demandes.vue(d, pour_le_service=pour_le_service) for d in plus_tard}
        lignes = PieceJustificative.objects.filter(candidature=candidature).order_by("pk")
        if pour_le_service:
            lignes = lignes.select_related("reservee_par")
        self.lignes = {ligne.cle: ligne for ligne in lignes}
        self.regroupements = {r.code: r for r in cadre.pieces.regroupements}

    @cached_property
    def fichiers(self) -> dict[int, list[FichierDepose]]:
        return _par_piece(FichierDepose.objects.filter(piece__in=self.lignes.values()))

    @cached_property
    def decisions(self) -> dict[int, list[DecisionDePiece]]:
        decisions = DecisionDePiece.objects.filter(piece__in=self.lignes.values()).order_by("pk")
        return _par_piece(decisions.select_related("par") if self.pour_le_service else decisions)

    @cached_property
    def fenetres(self) -> dict[str, datetime]:
        """La fin de la fenêtre ouverte maintenant, par pièce ; la plus lointaine s’il y en a plusieurs."""
        ouvertes = FenetreRouverte.objects.filter(
            candidature=self.candidature, ouvre_le__lte=self.le, ferme_le__gt=self.le
        )
        return dict(ouvertes.order_by("ferme_le").values_list("cle", "ferme_le"))

    def piece(self, piece: Piece, raisons: tuple[Raison, ...], *, requise: bool = True) -> PieceVue:
        ligne = self.lignes.get(piece.cle) or PieceJustificative(candidature=self.candidature, cle=piece.cle)
        fichiers = self.fichiers[ligne.pk] if ligne.pk else []
        refus = self._refus_a_corriger(ligne)
        vue = PieceVue(
            cle=piece.cle,
            libelle=piece.libelle,
            code=piece.code,
            aide=piece.aide,
            raisons=raisons,
            requise=requise,
            dematerialisee=piece.dematerialisee,
            etat=ligne.etat,
            revision=ligne.revision,
            envoyee=ligne.envoyee_le is not None,
            depassee=self._depassee(ligne),
            version_signee=ligne.version_signee,
            fichiers=tuple(_fichier(f) for f in fichiers if f.remplace_le is None),
            remplaces=tuple(_fichier(f) for f in fichiers if f.remplace_le is not None),
            deposee_le=ligne.deposee_le,
            envoyee_le=ligne.envoyee_le,
            recue_le=ligne.recue_le,
            validee_le=ligne.validee_le,
            commentaire=ligne.commentaire,
            fenetre=self.fenetres.get(piece.cle),
            motif_deposer=None,
            motif_supprimer=None,
            demande=(demande := self.demandes.get(piece.cle)),
            echeance_passee=self._passee(demande) if demande else None,
            non_concerne=piece.non_concerne,
            declaration=ligne.non_concerne_dit,
            declaree_le=ligne.non_concerne_le,
            dispensee_le=ligne.non_concerne_accepte_le,
            prouve=piece.prouve,
            dernier_refus=refus.commentaire if refus else "",
            refuses=tuple(f["empreinte"] for f in refus.fichiers) if refus else (),
        )
        vue = replace(
            vue,
            motif_deposer=self._motif(vue, piece, Acte.DEPOSER, ActePiece.DEPOSER),
            motif_supprimer=self._motif(vue, piece, Acte.SUPPRIMER, ActePiece.SUPPRIMER),
            motif_declarer=self._motif(vue, piece, Acte.DEPOSER, ActePiece.DECLARER),
        )
        return self._avec_le_service(vue, ligne) if self.pour_le_service else vue

    def _refus_a_corriger(self, ligne: PieceJustificative) -> DecisionDePiece | None:
        """Le refus auquel le dépôt en cours répond, s’il est le dernier mot du service."""
        a_decider = ligne.etat in (PieceJustificative.Etat.AUCUNE, PieceJustificative.Etat.DEPOSEE)
        decisions = self.decisions[ligne.pk] if ligne.pk and a_decider else []
        refuse = decisions and decisions[-1].etat == PieceJustificative.Etat.NON_CONFORME
        return decisions[-1] if refuse else None

    def plus_demandees(self, demandees: set[str]) -> Iterable[PieceVue]:
        """Celles qui ont servi et que la dernière version ne demande plus : elles restent visibles (L-30)."""
        connues = {p.cle: p for p in self.cadre.pieces.liste}
        for cle, ligne in self.lignes.items():
            servie = ligne.etat != PieceJustificative.Etat.AUCUNE or self.fichiers[ligne.pk]
            if cle not in demandees and cle in connues and servie:
                yield self.piece(connues[cle], (), requise=False)

    def regroupement(self, regroupement: Regroupement, pieces: list[PieceVue]) -> RegroupementVu:
        calendrier = calendrier_du_regroupement(self.cadre.calendrier, regroupement)
        en_ligne = [p for p in pieces if p.dematerialisee]
        rouverte = max((p for p in pieces if p.fenetre), key=lambda p: p.fenetre, default=None)
        ferme = acte_permis(
            Acte.ENVOYER, self.le, calendrier, self._reouverture(rouverte.cle) if rouverte else None, None
        )
        return RegroupementVu(
            code=regroupement.code,
            libelle=regroupement.libelle,
            pieces=tuple(pieces),
            ouvre_le=calendrier.depot.ouvre_le,
            ferme_le=calendrier.depot.ferme_le,
            ouvert=ferme is None,
            en_ligne=bool(en_ligne),
            envoye=all(p.envoyee and not p.attendue for p in en_ligne),
            valide=all(p.etat == PieceJustificative.Etat.CONFORME and not p.depassee for p in pieces),
            motif_envoyer=ferme or motif_envoi([p.situation for p in pieces]),
            demande=self.demandes.get(regroupement.code),
        )

    def _motif(self, vue: PieceVue, piece: Piece, acte: Acte, acte_piece: ActePiece) -> Motif | None:
        """Why the candidate cannot: the state of the piece first, since no date would change it; then the period."""
        permis = acte_sur_piece(vue.situation, acte_piece, Acteur.CANDIDAT)
        if isinstance(permis, Motif):
            return permis
        calendrier = calendrier_du_regroupement(self.cadre.calendrier, self.regroupements[piece.regroupement])
        return acte_permis(acte, self.le, calendrier, self._reouverture(piece.cle), piece.cle)

    def _reouverture(self, cle: str) -> Reouverture | None:
        fin = self.fenetres.get(cle)
        return Reouverture(piece=cle, ouvre_le=self.le, ferme_le=fin) if fin else None

    def _passee(self, demande: DemandeVue) -> bool:
        """Sa date est passée, et aucune fenêtre rouverte ne la remplace."""
        return self.le >= demande.echeance and demande.cle not in self.fenetres

    def _depassee(self, ligne: PieceJustificative) -> bool:
        if ligne.cle != RECAPITULATIF or ligne.etat == PieceJustificative.Etat.AUCUNE:
            return False
        return recapitulatif_depasse(self.candidature.derniere_version, ligne.version_signee, ligne.version_au_depot)

    def _avec_le_service(self, vue: PieceVue, ligne: PieceJustificative) -> PieceVue:
        tenue = reservations.tenue_par(ligne)
        return replace(
            vue,
            decisions=tuple(_decision(d) for d in self.decisions[ligne.pk]) if ligne.pk else (),
            reservee_par=tenue.nom_complet if tenue else "",
            reservee_jusqu_a=ligne.reservee_jusqu_a if tenue else None,
        )


def _par_piece(lignes: Iterable[Any]) -> dict[int, list[Any]]:
    par_piece: dict[int, list[Any]] = defaultdict(list)
    for ligne in lignes:
        par_piece[ligne.piece_id].append(ligne)
    return par_piece


def _fichier(fichier: FichierDepose) -> FichierVu:
    return FichierVu(
        reference=fichier.reference,
        nom=fichier.nom,
        format=fichier.format,
        taille=fichier.taille,
        empreinte=fichier.empreinte,
        depose_le=fichier.depose_le,
        pages=len(fichier.pages),
        version_lue=fichier.version_lue,
        avis=tuple(fichier.avis),
        garde_malgre=fichier.garde_malgre,
        analyse=fichier.analyse,
    )


def _decision(decision: DecisionDePiece) -> DecisionVue:
    return DecisionVue(
        etat=decision.etat,
        recue_le=decision.recue_le,
        commentaire=decision.commentaire,
        par=decision.par.nom_complet,
        le=decision.le,
        raison=decision.raison,
    )
