"""Les documents qui naissent des pièces : l’accusé de dépôt et la relance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from registre.comptes.models import Compte
from registre.documents.dates import a_la_seconde
from registre.documents.emission import emettre
from registre.documents.models import Document
from registre.inscription.confirmation import courrier
from registre.justificatifs.pieces_vues import Dossier, FichierVu, PieceVue, RegroupementVu
from registre.regles.cadre import Cadre
from registre.regles.calendrier import fin_affichee
from registre.regles.fichiers import taille_lisible

ACCUSE, RELANCE = "accuse-depot", "relance-pieces"
TITRES = {ACCUSE: "Accusé de dépôt de vos pièces", RELANCE: "Relance de pièces justificatives"}


def emettre_accuse(dossier: Dossier, cadre: Cadre, le: datetime) -> Document:
    """L’accusé de ce qui est déposé à cet instant : chaque fichier, son heure d’arrivée, son empreinte (S61)."""
    fichiers = fichiers_deposes(dossier)
    contenu = _courrier(ACCUSE, dossier, cadre, le) | {
        "fichiers": fichiers,
        "manques": manques(dossier),
        "sections": [
            {
                "titre": "Ce que le site a reçu",
                "paragraphes": [
                    "L’empreinte SHA-256 prouve qu’un fichier n’a pas changé depuis son dépôt.",
                    *([] if fichiers else ["Aucun fichier n’est déposé à cette date."]),
                ],
                "tableaux": [
                    {"titre": f["piece"], "entetes": ["Fichier", f["nom"]], "lignes": _lignes(f)} for f in fichiers
                ],
            },
            *_reste(dossier),
            _service(cadre),
        ],
        "avertissements": [
            "Ce document dit ce qui est arrivé, et quand. Il ne dit pas que les pièces sont conformes.",
            "Le service contrôle les pièces après «\u00a0J’ai fourni toutes mes pièces\u00a0».",
        ],
    }
    # The mail names the groups, not the pieces: a medical certificate is nobody else's business.
    details = [
        f"{f['regroupement']}\u00a0: {f['depose_le']}. Empreinte SHA-256\u00a0: {f['empreinte']}" for f in fichiers
    ]
    return _emettre(ACCUSE, dossier, contenu, details, cadre, le, acteur=None)


def fichiers_deposes(dossier: Dossier) -> list[dict[str, str]]:
    """Les fichiers du dépôt en cours, dans l’ordre des pièces : ce qu’un accusé énumère."""
    rangees = [(r.libelle, p) for r in dossier.regroupements for p in r.pieces]
    rangees += [("Pièce qui n’est plus demandée", p) for p in dossier.plus_demandees]
    return [
        _depose(regroupement, piece, rang, fichier)
        for regroupement, piece in rangees
        for rang, fichier in enumerate(piece.fichiers, start=1)
    ]


def _depose(regroupement: str, piece: PieceVue, rang: int, fichier: FichierVu) -> dict[str, str]:
    nombre = len(piece.fichiers)
    return {
        "regroupement": regroupement,
        # Each file has its table: two tables never bear the same name.
        "piece": f"{_nom(piece)}, fichier {rang} sur {nombre}" if nombre > 1 else _nom(piece),
        "nom": fichier.nom,
        "taille": taille_lisible(fichier.taille),
        "depose_le": a_la_seconde(fichier.depose_le),
        "empreinte": fichier.empreinte,
    }


def _lignes(depose: dict[str, str]) -> list[list[str]]:
    empreinte = depose["empreinte"]
    # 64 characters in a row would leave the paper.
    lisible = " ".join(empreinte[i : i + 16] for i in range(0, len(empreinte), 16))
    return [["Taille", depose["taille"]], ["Déposé", depose["depose_le"]], ["Empreinte SHA-256", lisible]]


def _reste(dossier: Dossier) -> list[dict[str, Any]]:
    points = manques(dossier)
    return [{"titre": "Ce qui manque encore", "points": points}] if points else []


def manques(dossier: Dossier) -> list[str]:
    """Ce que le candidat doit encore faire, une phrase par chose : la même liste pour l’accusé et la relance."""
    # passages: documents.relance-de-pieces
    phrases = [_manque(p) for p in dossier.pieces if p.manque and (p.dematerialisee or p.etat != "aucune")]
    phrases += [
        f"{_nom(p)}\u00a0: à envoyer par la poste." for p in dossier.pieces if p.manque and _attendue_par_la_poste(p)
    ]
    return phrases + [_a_envoyer(r) for r in dossier.regroupements if r.a_envoyer]


def _attendue_par_la_poste(piece: PieceVue) -> bool:
    return not piece.dematerialisee and piece.etat == "aucune"


def _manque(piece: PieceVue) -> str:
    nom = _nom(piece)
    if piece.depassee:
        return f"{nom}\u00a0: signez et déposez la dernière version."
    if piece.etat == "non_conforme":
        commentaire = f" {piece.commentaire}" if piece.commentaire else ""
        return f"{nom}\u00a0: non conforme.{commentaire} Déposez-la de nouveau."
    if piece.rejetee:
        return f"{nom}\u00a0: un fichier est rejeté par le contrôle de sécurité. Remplacez-le par un autre."
    if piece.demande and piece.limite:
        return (
            f"{nom}\u00a0: demandée par le service, à déposer avant {a_la_seconde(piece.limite).removeprefix('le ')}."
        )
    return f"{nom}\u00a0: à déposer."


def _a_envoyer(regroupement: RegroupementVu) -> str:
    return (
        f"{regroupement.titre}\u00a0: tout est déposé, mais pas encore envoyé. "
        "Cliquez sur «\u00a0J’ai fourni toutes mes pièces\u00a0»."
    )


def emettre_relance(dossier: Dossier, message: str, agent: Compte, cadre: Cadre, le: datetime) -> Document:
    """La relance du service : ce qui manque à cet instant, jusqu’à quand, et son message s’il en a écrit un."""
    contenu = _courrier(RELANCE, dossier, cadre, le) | {
        "sections": [
            {
                "titre": "Votre dossier n’est pas complet",
                "paragraphes": [*([message] if message else []), *_delais(dossier, cadre, le)],
                "points": manques(dossier),
            },
            _service(cadre),
        ],
        "avertissements": [
            "Après la fin du dépôt, un dossier incomplet entraîne l’annulation définitive de l’inscription."
        ],
    }
    return _emettre(RELANCE, dossier, contenu, _delais(dossier, cadre, le), cadre, le, acteur=agent)


def _delais(dossier: Dossier, cadre: Cadre, le: datetime) -> list[str]:
    """Jusqu’à quand agir : la fin commune, ou celle de chaque fenêtre rouverte."""
    fuseau, phrases = cadre.calendrier.fuseau, []
    if le < cadre.calendrier.depot.ferme_le:
        phrases.append(f"Vous avez jusqu’à la fin du dépôt\u00a0: {fin_affichee(cadre.calendrier.depot, fuseau)}.")
    else:
        phrases.append(f"Le dépôt des pièces est fermé depuis {fin_affichee(cadre.calendrier.depot, fuseau)}.")
    rouvertes = [p.fenetre for p in dossier.pieces if p.fenetre]
    if rouvertes:
        phrases.append(f"Une fenêtre de dépôt vous est rouverte. Elle finit {a_la_seconde(min(rouvertes))}.")
    return phrases


def _service(cadre: Cadre) -> dict[str, Any]:
    service = cadre.contacts.service
    lignes = [("Service", service.nom), ("Adresse", ", ".join(service.adresse))]
    lignes += [("Courriel", service.courriel), ("Téléphone", ", ".join(service.telephones))]
    return {"titre": "Votre contact", "lignes": [{"libelle": nom, "valeur": v} for nom, v in lignes if v]}


def _nom(piece: PieceVue) -> str:
    return f"{piece.libelle} ({piece.code})" if piece.code else piece.libelle


def _courrier(genre: str, dossier: Dossier, cadre: Cadre, le: datetime) -> dict[str, Any]:
    candidature = dossier.candidature
    return courrier(TITRES[genre], candidature, dossier.version, candidature.compte, cadre, le)


def _emettre(
    genre: str,
    dossier: Dossier,
    contenu: dict[str, Any],
    details: list[str],
    cadre: Cadre,
    le: datetime,
    acteur: Compte | None,
) -> Document:
    """Ces documents n’ont pas de version à eux : il peut en paraître plusieurs pour une même inscription."""
    candidature = dossier.candidature
    return emettre(
        compte=candidature.compte,
        genre=genre,
        titre=TITRES[genre],
        candidature=candidature.numero or "",
        version=None,
        contenu=contenu,
        le=le,
        cadre=cadre,
        acteur=acteur,
        details=details,
    )
