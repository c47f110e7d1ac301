"""La demande de pièces justificatives : le document qui dit quoi fournir, pourquoi, comment et jusqu’à quand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from registre.comptes.models import Compte
from registre.documents.emission import emettre
from registre.documents.models import Document
from registre.inscription.confirmation import courrier
from registre.inscription.models import Candidature, VersionDeCandidature
from registre.inscription.pieces import pieces_demandees
from registre.regles.cadre import Cadre, Piece, Regroupement
from registre.regles.calendrier import calendrier_du_regroupement, en_heure_de_paris, fin_affichee
from registre.regles.pieces import PieceRequise

GENRE = "demande-pieces"
TITRE = "Demande de pièces justificatives"


def emettre_demande(
    candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre, le: datetime
) -> Document | None:
    """Met à disposition la demande de pièces, si cette version en change la liste (L-30) ; ``None`` sinon.

    Elle n’a pas de courriel à elle : celui de la confirmation, née du même enregistrement, l’annonce.
    """
    # passages: documents.demande-de-pieces documents.deux-origines
    requises = pieces_demandees(candidature, version, compte, cadre)
    cles = [p.cle for p in requises]
    derniere = Document.objects.filter(candidature=candidature.numero, genre=GENRE).order_by("-version").first()
    if derniere is not None and derniere.contenu["pieces"] == cles:
        return None
    return emettre(
        compte=compte,
        genre=GENRE,
        titre=TITRE,
        candidature=candidature.numero or "",
        version=version.numero,
        contenu=courrier(TITRE, candidature, version, compte, cadre, le)
        | {"pieces": cles, "sections": sections(requises, cadre), "avertissements": avertissements(cadre)},
        le=le,
        cadre=cadre,
        annonce=False,
    )


def sections(requises: tuple[PieceRequise, ...], cadre: Cadre) -> list[dict[str, Any]]:
    """Une partie par regroupement qui demande quelque chose : sa période, sa voie, ses pièces et leurs raisons."""
    raisons = {p.cle: " ".join(r.message for r in p.raisons) for p in requises}
    parties = []
    for regroupement in cadre.pieces.regroupements:
        pieces = [p for p in cadre.pieces.liste if p.regroupement == regroupement.code and p.cle in raisons]
        if pieces:
            lignes = [[nom_de_piece(p), p.aide, raisons[p.cle]] for p in pieces]
            parties.append(
                {
                    "titre": regroupement.libelle,
                    "paragraphes": voies(pieces, regroupement, cadre),
                    "tableaux": [{"titre": "", "entetes": ["Pièce", "Ce qu’il faut", "Pourquoi"], "lignes": lignes}],
                }
            )
    return parties


def nom_de_piece(piece: Piece) -> str:
    """Le libellé, avec le code quand le service l’a donné (L-16)."""
    return f"{piece.libelle} ({piece.code})" if piece.code else piece.libelle


def voies(pieces: list[Piece], regroupement: Regroupement, cadre: Cadre) -> list[str]:
    """Comment fournir ces pièces, et jusqu’à quand : en ligne, par la poste, ou les deux."""
    # passages: pieces.depot-en-ligne pieces.periode-de-depot pieces.non-dematerialisee
    periode = calendrier_du_regroupement(cadre.calendrier, regroupement).depot
    debut = en_heure_de_paris(periode.ouvre_le, cadre.calendrier.fuseau)
    fin = fin_affichee(periode, cadre.calendrier.fuseau)
    adresse = ", ".join((cadre.contacts.service.nom, *cadre.contacts.service.adresse))
    phrases = []
    if any(p.dematerialisee for p in pieces):
        phrases.append(
            f"À déposer en ligne, dans «\u00a0Mes justificatifs\u00a0», d’ici {fin}. Ouverture\u00a0: {debut}."
        )
    par_la_poste = [p for p in pieces if not p.dematerialisee]
    if par_la_poste:
        phrases.append(f"À envoyer par la poste avant la même date ({fin}), à l’adresse\u00a0: {adresse}.")
    return phrases


def avertissements(cadre: Cadre) -> list[str]:
    """Ce qu’il faut savoir avant de déposer."""
    # passages: pieces.envoi validation.d-toutes-les-pieces validation.difficulte-contact
    mo = cadre.pieces.taille_maximale // 2**20
    service = cadre.contacts.service
    formats = " ou ".join(f.upper() for f in cadre.pieces.formats)
    return [
        f"Chaque fichier est au format {formats}, de {mo}\u00a0Mo au plus.",
        "Quand toutes les pièces d’un regroupement sont là, cliquez sur «\u00a0J’ai fourni toutes mes pièces\u00a0».",
        "Si vous modifiez votre inscription, signez et déposez la dernière version du récapitulatif.",
        f"Une difficulté\u00a0? Contactez sans attendre le service\u00a0: {service.courriel}, "
        f"{', '.join(service.telephones)}.",
    ]
