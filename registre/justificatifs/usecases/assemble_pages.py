"""Réunir les pages préparées en un fichier, celui que le candidat regarde avant de le déposer. Rien n’est déposé."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db import transaction

from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.actes import SANS_CANDIDATURE, DepotRefuse
from registre.justificatifs.assemblages import assemblage_de, inchange
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.preparation import PageAReunir, reunir
from registre.justificatifs.fichiers.traitement import FichierRefuse, FichierTraite, traiter
from registre.justificatifs.models import Assemblage
from registre.justificatifs.places import motif_de_debit, motif_de_place
from registre.justificatifs.queries import candidature_active
from registre.regles.cadre import Cadre
from registre.regles.fichiers import refus_de_fichier
from registre.regles.qualite import avis_du_fichier, en_table

EXTENSIONS = {"pdf": "pdf", "jpeg": "jpg"}


def assemble_pages(compte: Compte, cadre: Cadre, cle: str) -> Assemblage:
    """L’assemblage de la pièce, avec son ``resultat`` : le fichier à déposer, et ses pages comme le service les verra.

    Sans changement depuis la dernière fois, rien n’est refait.

    :raises DepotRefuse: s’il n’y a pas de page, si une page ne se lit plus, ou si le tout est trop lourd.
    """
    candidature = candidature_active(compte, cadre)
    if candidature is None:
        raise DepotRefuse([SANS_CANDIDATURE])
    assemblage = assemblage_de(candidature, cle)
    if assemblage is None or not assemblage.pages.exists():
        raise DepotRefuse([refus_de_fichier("assemblage_vide")])
    if assemblage.resultat:
        return assemblage
    if motif := motif_de_debit(compte):
        raise DepotRefuse([motif])
    format_rendu, octets = _reunies(assemblage, cadre)
    try:
        traite = traiter(octets, f"document.{EXTENSIONS[format_rendu]}", cadre.pieces, lire_les_codes=False)
    except FichierRefuse as refuse:
        raise DepotRefuse([refuse.motif]) from refuse
    avis = en_table(avis_du_fichier([page.mesures for page in traite.pages], cadre.qualite))
    place = len(octets) + sum(len(page.octets) for page in traite.pages)
    if motif := motif_de_place(candidature, place):
        raise DepotRefuse([motif])
    return _garder(assemblage, _range(octets, traite) | {"avis": avis}, place)


def _reunies(assemblage: Assemblage, cadre: Cadre) -> tuple[str, bytes]:
    try:
        lignes = list(assemblage.pages.all())
        if not lignes:  # removed in another tab since they were counted
            raise DepotRefuse([refus_de_fichier("assemblage_vide")])
        pages = (PageAReunir(coffre.lire(ligne.cle_image), ligne.rotation) for ligne in lignes)
        return reunir(pages, cadre.pieces.taille_maximale)
    except FichierRefuse as refuse:
        raise DepotRefuse([refuse.motif]) from refuse
    except (coffre.ObjetPerdu, coffre.ObjetAltere) as perdue:
        perdue_ou_retiree = "page_perdue" if inchange(assemblage) else "assemblage_change"
        raise DepotRefuse([refus_de_fichier(perdue_ou_retiree)]) from perdue
    except coffre.CoffreEnPanne as panne:
        raise DepotRefuse([refus_de_fichier("stockage_en_panne")]) from panne


def _range(octets: bytes, traite: FichierTraite) -> dict[str, Any]:
    """The result, its objects in the vault; what a failure interrupts is erased."""
    cles: list[str] = []
    try:
        for a_garder in (octets, *(page.octets for page in traite.pages)):
            cle = coffre.ranger(a_garder)
            cles.append(cle)
    except coffre.CoffreEnPanne as panne:
        coffre.effacer(cles)
        raise DepotRefuse([refus_de_fichier("stockage_en_panne")]) from panne
    return {
        "cle": cles[0],
        "format": traite.format,
        "taille": len(octets),
        "empreinte": sha256(octets).hexdigest(),
        "pages": [
            {"cle": cle, "largeur": page.largeur, "hauteur": page.hauteur}
            for cle, page in zip(cles[1:], traite.pages, strict=True)
        ],
    }


def _garder(assemblage: Assemblage, resultat: dict[str, Any], place: int) -> Assemblage:
    """Only if no page has changed in between. The first document made stays: another tab may be showing it."""
    motif = None
    with transaction.atomic():
        # Its candidature first, as the deposits do: what two of them hold together is asked under one lock.
        Candidature.objects.select_for_update().get(pk=assemblage.candidature_id)
        tels_quels = Assemblage.objects.select_for_update().filter(pk=assemblage.pk, modifie_le=assemblage.modifie_le)
        verrouille = tels_quels.first()
        if verrouille is not None and not verrouille.resultat:
            motif = motif_de_place(verrouille.candidature, place)
            if motif is None:
                verrouille.resultat, verrouille.place_du_resultat = resultat, place
                verrouille.save(update_fields=["resultat", "place_du_resultat"])
                return verrouille
    coffre.effacer([resultat["cle"], *(page["cle"] for page in resultat["pages"])])
    if motif:
        raise DepotRefuse([motif])
    if verrouille is not None:
        return verrouille
    raise DepotRefuse([refus_de_fichier("assemblage_change")])
