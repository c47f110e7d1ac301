"""Ce qu’un candidat peut prendre de la machine : des fichiers ouverts par heure, des octets gardés (S31)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Sum

from registre.comptes.frein import cle_de, permis
from registre.comptes.models import Compte
from registre.inscription.models import Candidature
from registre.justificatifs.models import Assemblage, FichierDepose, PageAssemblee
from registre.regles.citation import Motif
from registre.regles.fichiers import refus_de_fichier

# Far more than the longest list of pieces needs, even page by page and with mistakes, and far less than what would
# trouble the others.
DEPOTS_PAR_HEURE = (120, timedelta(hours=1))  # files opened, real time
PLACE_PAR_CANDIDAT = 200 * 2**20  # bytes in the vault: files with their copy and pages, and what is being prepared


def motif_de_debit(compte: Compte) -> Motif | None:
    """Compte un fichier de plus à ouvrir pour ce candidat ; le motif s’il y en a trop dans l’heure."""
    compte_ouvert = permis(cle_de("depot", str(compte.pk)), *DEPOTS_PAR_HEURE)
    return None if compte_ouvert else refus_de_fichier("depots_trop_nombreux")


def motif_de_place(
    candidature: Candidature, octets: int, *, en_moins: UUID | None = None, assemblage: Assemblage | None = None
) -> Motif | None:
    """Le motif si ``octets`` de plus ne tiennent pas.

    ``en_moins`` : le fichier qui s’en va ; ``assemblage`` : celui qui disparaît avec ce dépôt.
    """
    fichiers = FichierDepose.objects.filter(piece__candidature=candidature).exclude(reference=en_moins)
    en_cours = Assemblage.objects.filter(candidature=candidature)
    pages = PageAssemblee.objects.filter(assemblage__candidature=candidature)
    if assemblage:
        en_cours, pages = en_cours.exclude(pk=assemblage.pk), pages.exclude(assemblage=assemblage)
    occupee = sum(
        lignes.aggregate(octets=Sum(champ))["octets"] or 0
        for lignes, champ in ((fichiers, "place"), (pages, "taille"), (en_cours, "place_du_resultat"))
    )
    return refus_de_fichier("place_epuisee") if occupee + octets > PLACE_PAR_CANDIDAT else None
