"""Le dossier de pièces d’une candidature, tel que les deux pages le montrent : celle du candidat, celle du service.

Tout est calculé à l’instant où on regarde (« version dépassée » compare la version signée et la dernière) ; le nombre
de requêtes ne dépend ni du nombre de pièces ni du nombre de fichiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property

from registre.inscription.models import Candidature
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
from registre.justificatifs.pieces_vues import RECAPITULATIF, DecisionVue, Dossier, FichierVu, PieceVue, RegroupementVu
from registre.regles.cadre import Cadre, Piece, Regroupement
from registre.regles.calendrier import Acte, Reouverture, acte_permis, calendrier_du_regroupement
from registre.regles.citation import Motif
from registre.regles.depot import acte_sur_piece, dossier_incomplet, motif_envoi
from registre.regles.etats import ActePiece, Acteur
from registre.regles.pieces import Raison
from registre.regles.recapitulatif_signe import recapitulatif_depasse


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
