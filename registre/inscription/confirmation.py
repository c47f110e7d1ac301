"""La confirmation d’inscription : le document qu’un enregistrement met à disposition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from registre.comptes.models import Compte
from registre.documents.emission import emettre
from registre.documents.models import Document
from registre.documents.numeros import numero_candidat
from registre.inscription.models import Candidature, VersionDeCandidature
from registre.regles.cadre import Cadre
from registre.regles.calendrier import en_heure_de_paris, fin_affichee
from registre.regles.conditions import age


def emettre_confirmation(
    candidature: Candidature,
    version: VersionDeCandidature,
    changements: list[dict[str, str]],
    compte: Compte,
    cadre: Cadre,
    le: datetime,
    *,
    avec: Document | None = None,
) -> Document:
    """Fige le contenu de la confirmation et la met à disposition, dans la transaction de l’enregistrement.

    ``avec`` : le document né du même enregistrement, que le même courriel annonce.
    """
    return emettre(
        compte=compte,
        genre="confirmation-inscription",
        titre="Confirmation d’inscription",
        candidature=candidature.numero or "",
        version=version.numero,
        contenu=contenu_de_la_confirmation(candidature, version, changements, compte, cadre),
        le=le,
        cadre=cadre,
        annonce_avec=avec,
    )


def contenu_de_la_confirmation(
    candidature: Candidature,
    version: VersionDeCandidature,
    changements: list[dict[str, str]],
    compte: Compte,
    cadre: Cadre,
) -> dict[str, Any]:
    """Ce que le document montre, en textes : rien n’y sera relu ailleurs."""
    return entete("Confirmation d’inscription", candidature, version, compte, cadre) | {
        "sections": [{k: v for k, v in s.items() if k != "etape"} for s in version.contenu["sections"]],
        "avertissements": avertissements(cadre),
        "mineur": compte.date_de_naissance is not None
        and age(compte.date_de_naissance, version.enregistree_le.date()) < 18,
        "differences": changements,
    }


def entete(
    titre: str, candidature: Candidature, version: VersionDeCandidature, compte: Compte, cadre: Cadre
) -> dict[str, Any]:
    """Ce que tout document d’une candidature dit d’elle et du service."""
    service = cadre.contacts.service
    return {
        "titre": titre,
        "sous_titre": f"{cadre.examen_libelle.capitalize()}, session {cadre.session}",
        "numero": candidature.numero,
        "numero_candidat": numero_candidat(cadre, compte.pk),
        "version": version.numero,
        "enregistree_le": version.enregistree_le.isoformat(),
        "enregistree_le_texte": en_heure_de_paris(version.enregistree_le, cadre.calendrier.fuseau, secondes=True),
        "academie": cadre.academie_libelle,
        "service": {"nom": service.nom, "courriel": service.courriel, "telephones": list(service.telephones)},
    }


def courrier(
    titre: str,
    candidature: Candidature,
    version: VersionDeCandidature,
    compte: Compte,
    cadre: Cadre,
    le: datetime,
) -> dict[str, Any]:
    """L’en-tête d’un document daté, que le candidat ne signe pas."""
    emis_le = en_heure_de_paris(le, cadre.calendrier.fuseau, secondes=True)
    return entete(titre, candidature, version, compte, cadre) | {"a_signer": False, "emis_le_texte": emis_le}


def avertissements(cadre: Cadre) -> list[str]:
    """Ce que le candidat doit savoir en signant."""
    # passages: validation.a-imprimer validation.b-signer validation.etapes-obligatoires annexe1.attention.perdue
    fin_du_depot = fin_affichee(cadre.calendrier.depot, cadre.calendrier.fuseau)
    return [
        "Imprimez cette confirmation, signez-la, puis scannez-la en PDF ou photographiez-la en JPEG. "
        f"Déposez-la avec vos pièces, au plus tard {fin_du_depot}.",
        "Si vous modifiez votre inscription, cette version ne vaut plus. Imprimez et signez alors la dernière.",
        "La forme de passage est définitive.",
        "Une note ou une dispense que vous n’avez pas demandée est définitivement perdue.",
        "Si vous devez passer l’épreuve d’éducation physique et sportive (EPS), toute absence est éliminatoire.",
        "Demander un aménagement d’épreuves se fait par un dossier à part.",
    ]
