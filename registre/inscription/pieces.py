"""Les pièces que demande une candidature, d’après sa version enregistrée."""

from __future__ import annotations

from django.utils import timezone

from registre.comptes.models import Compte
from registre.inscription import brouillons
from registre.inscription.models import Brouillon, Candidature, PieceDemandee, VersionDeCandidature
from registre.regles.cadre import Cadre
from registre.regles.etapes import Examen
from registre.regles.pieces import PieceRequise, SituationDesPieces, pieces_requises


def pieces_demandees(
    candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre
) -> tuple[PieceRequise, ...]:
    """Les pièces que demande cette version, dans l’ordre des paramètres, avec leurs raisons. Aucune requête."""
    fige = Brouillon(
        saisies=version.contenu["saisies"],
        candidature=candidature,
        handicap_repondu=True,  # a registered version has its answer; it asks for no piece anyway (R96)
        forme_enregistree=candidature.forme_de_passage,
    )
    examen = brouillons.examen(fige, compte, cadre, candidature.enregistree_le)
    situation = _situation(examen, candidature)
    return pieces_requises(situation, cadre.pieces, cadre.conditions.jdc)


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


def _situation(examen: Examen, candidature: Candidature) -> SituationDesPieces:
    choix = examen.epreuves.eps if examen.epreuves else None
    return SituationDesPieces(
        voie=examen.candidature.declaration.voie,
        nationalite_francaise=examen.identification.nationalite_francaise,
        date_naissance=examen.contexte.date_de_naissance,
        enregistree_le=timezone.localdate(candidature.enregistree_le),
        eps=choix.cas if choix else None,
        acquis=examen.acquis.pieces if examen.acquis else (),
    )
