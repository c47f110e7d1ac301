"""Le récapitulatif signé : ce que disent les codes lus sur ses pages, et si sa version est la dernière."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from registre.regles.citation import Motif, applique

MOTIFS = (
    "recapitulatif_d_une_autre_candidature",
    "recapitulatif_version_depassee",
    "recapitulatif_version_inconnue",
)


@applique("validation.c-deposer-dcandt01", "validation.refaire-apres-modification", "R141", "L-30")
def motif_recapitulatif(codes_lus: Sequence[tuple[str, int]], numero: str, version_courante: int) -> Motif | None:
    """Ce que disent les codes lus sur les pages d'un récapitulatif : bon candidat, dernière version, ou pourquoi non.

    ``codes_lus`` : les paires (numéro de candidature, version). Aucun code lisible n'empêche rien : le service
    vérifiera. Le numéro d'une autre candidature n'est jamais dit.
    """
    if any(lu != numero for lu, _ in codes_lus):
        message = (
            "Ce récapitulatif est celui d’une autre candidature. "
            "Ouvrez «\u00a0Mes documents\u00a0», imprimez le vôtre, signez-le, puis déposez-le."
        )
        return Motif(
            "recapitulatif_d_une_autre_candidature", "fichier", message, ("validation.c-deposer-dcandt01", "R141")
        )
    signee = version_signee(codes_lus, numero)
    if signee is None or {version for _, version in codes_lus} == {version_courante}:
        return None
    sources = ("validation.refaire-apres-modification", "R141", "L-30")
    if signee < version_courante:
        message = (
            f"Ce récapitulatif est la version\u00a0{signee}. Votre dernière version est la "
            f"version\u00a0{version_courante}. Ouvrez «\u00a0Mes documents\u00a0», imprimez-la, signez-la, "
            "puis déposez-la."
        )
        return Motif("recapitulatif_version_depassee", "fichier", message, sources)
    message = (
        "Ce récapitulatif porte une version que nous ne connaissons pas. Votre dernière version est la "
        f"version\u00a0{version_courante}. Ouvrez «\u00a0Mes documents\u00a0», imprimez-la, signez-la, "
        "puis déposez-la."
    )
    return Motif("recapitulatif_version_inconnue", "fichier", message, sources)


@applique("validation.c-deposer-dcandt01", "L-30")
def version_signee(codes_lus: Sequence[tuple[str, int]], numero: str) -> int | None:
    """La version lue sur les pages de cette candidature ; ``None`` si rien n'est lisible.

    Si les pages viennent de plusieurs versions, la plus ancienne compte : le document entier doit être le dernier.
    """
    return min((version for lu, version in codes_lus if lu == numero), default=None)


@applique("validation.refaire-apres-modification", "L-30")
def etat_du_recapitulatif(version_courante: int, version_signee: int | None) -> Literal["a_jour", "a_refaire"]:
    """Le récapitulatif est à jour si la version signée est la dernière ; sinon, ou si rien n'est signé, à refaire."""
    return "a_jour" if version_signee is not None and version_signee >= version_courante else "a_refaire"


@applique("validation.refaire-apres-modification", "L-30")
def recapitulatif_depasse(
    version_courante: int, version_signee: int | None, version_au_depot: int | None = None
) -> bool:
    """La version signée et déposée n'est plus la dernière.

    ``version_signee`` est lue dans le code ; illisible, c'est la dernière version au moment du dépôt
    (``version_au_depot``) qui en tient lieu. Rien de déposé : rien n'est dépassé.
    """
    deposee = version_signee if version_signee is not None else version_au_depot
    return deposee is not None and deposee < version_courante
