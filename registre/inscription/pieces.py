"""Les pièces que demande une candidature, d’après sa version enregistrée."""

from __future__ import annotations

from registre.comptes.models import Compte
from registre.inscription import brouillons
from registre.inscription.instruction import decisions_du_service
from registre.inscription.models import Brouillon, Candidature, PieceDemandee, VersionDeCandidature
from registre.regles.cadre import Cadre
from registre.regles.etapes import Examen, examiner
from registre.regles.pieces import PieceRequise, SituationDesPieces, pieces_requises


def pieces_demandees(
    candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre
) -> tuple[PieceRequise, ...]:
    """Les pièces que demande cette version, dans l’ordre des paramètres, avec leurs raisons."""
    return pieces_de(examen_de(candidature, version, compte, cadre))


def examen_de(candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre) -> Examen:
    """Ce que les règles disent d’une version enregistrée, relue avec le cadre et les décisions du service."""
    fige = Brouillon(
        saisies=version.contenu["saisies"],
        candidature=candidature,
        handicap_repondu=True,  # a registered version has its answer; it asks for no piece anyway (R96)
        forme_enregistree=candidature.forme_de_passage,
    )
    decisions = decisions_du_service(candidature, cadre)
    contexte = brouillons.contexte(fige, compte, cadre, candidature.enregistree_le, decisions=decisions)
    return examiner(fige.saisies, contexte)


def pieces_de(examen: Examen) -> tuple[PieceRequise, ...]:
    """Les pièces que demande une saisie, enregistrée ou non."""
    return pieces_requises(_situation(examen), examen.cadre.pieces, examen.cadre.conditions.jdc)


def garder_les_pieces_demandees(
    candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre
) -> bool:
    """Met à jour les lignes dont vivent les listes du service, dans la transaction en cours. Vrai si ça change."""
    avant = set(candidature.demandees.values_list("cle", flat=True))
    apres = {p.cle for p in pieces_demandees(candidature, version, compte, cadre)}
    # What the office asked of this candidature does not depend on its versions (L-70).
    apres.update(candidature.demandes.filter(retiree_le=None).values_list("cle", flat=True))
    if avant - apres:
        candidature.demandees.filter(cle__in=avant - apres).delete()
    PieceDemandee.objects.bulk_create(PieceDemandee(candidature=candidature, cle=c) for c in sorted(apres - avant))
    return avant != apres


def _situation(examen: Examen) -> SituationDesPieces:
    choix = examen.epreuves.eps if examen.epreuves else None
    return SituationDesPieces(
        voie=examen.candidature.declaration.voie,
        nationalite_francaise=examen.identification.nationalite_francaise,
        date_naissance=examen.contexte.date_de_naissance,
        enregistree_le=examen.contexte.jour,
        eps=choix.cas if choix else None,
        acquis=examen.acquis.pieces if examen.acquis else (),
    )
