"""Ce que les mesures d’une image font dire au candidat : un avis, jamais un refus.

Un avis ``alerte`` attend une réponse (remplacer le fichier, ou le garder et dire pourquoi) ; un avis ``info`` n’attend
rien. Ni l’un ni l’autre n’empêche un dépôt ou un envoi.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from registre.regles.cadre import ParametresQualite
from registre.regles.citation import Motif, applique

ALERTE, INFO = "alerte", "info"
RAISON_MAXIMALE = 300  # caractères

_MOTS = {
    ("sombre", ALERTE): "La page est très sombre. Reprenez la photo près d’une fenêtre, sans ombre.",
    ("sombre", INFO): "La page est un peu sombre. Vérifiez qu’elle se lit bien.",
    ("claire", ALERTE): (
        "La page est trop claire\u00a0: l’écriture s’efface. Reprenez la photo sans flash ni reflet."
    ),
    ("floue", ALERTE): (
        "La page est floue. Posez le document à plat, tenez l’appareil sans bouger, puis reprenez la photo."
    ),
    ("floue", INFO): "La page est un peu floue. Vérifiez que les petites lettres se lisent.",
    ("blanche", ALERTE): "La page paraît blanche. Vérifiez que c’est le bon côté de la feuille.",
    ("blanche", INFO): "La page paraît blanche. Si c’est le dos d’une feuille, vous pouvez la laisser.",
    ("petite", ALERTE): (
        "L’image est très petite\u00a0: les lettres risquent d’être illisibles. "
        "Déposez la photo dans sa taille d’origine, ou reprenez-la."
    ),
    ("coupee", INFO): (
        "L’écriture touche le bord de l’image\u00a0: la page est peut-être coupée. Vérifiez que tout y est."
    ),
    ("signature_vide", ALERTE): (
        "Le cadre de signature paraît vide. Signez à la main le document imprimé, puis déposez-le de nouveau."
    ),
}

_FAITS = {
    ("sombre", ALERTE): "très sombre",
    ("sombre", INFO): "un peu sombre",
    ("claire", ALERTE): "trop claire",
    ("floue", ALERTE): "floue",
    ("floue", INFO): "un peu floue",
    ("blanche", ALERTE): "blanche",
    ("blanche", INFO): "blanche",
    ("petite", ALERTE): "image très petite",
    ("coupee", INFO): "écriture au bord de l’image",
    ("signature_vide", ALERTE): "cadre de signature vide",
}


@dataclass(frozen=True, slots=True)
class AvisDePage:
    """Ce qui se dit d’une page : ``niveau`` info ou alerte, ``message`` pour le candidat, ``fait`` pour le service."""

    code: str
    niveau: str
    page: int = 1

    @property
    def message(self) -> str:
        """Ce qui se voit, puis quoi faire."""
        return _MOTS[self.code, self.niveau]

    @property
    def fait(self) -> str:
        """Ce qui se voit, en deux mots."""
        return _FAITS[self.code, self.niveau]


@applique("pieces.exemple.non-conforme", "L-69")
def avis_de_page(mesures: Mapping[str, float], qualite: ParametresQualite) -> list[AvisDePage]:
    """Une image sombre, trop claire, floue, blanche, trop petite, coupée ou non signée reçoit un avis.

    ``mesures`` : celles de ``justificatifs/fichiers/mesures`` ; vide quand la page n’a pas été mesurée. D’une page
    blanche, rien d’autre ne se dit : une page sans écriture n’est ni floue ni pâle.
    """
    if not mesures:
        return []
    avis = [*_de_la_taille(mesures, qualite), *_de_la_lumiere(mesures, qualite)]
    if mesures["ecriture"] < qualite.ecriture_absente:
        return [*avis, AvisDePage("blanche", ALERTE)]
    if niveau := _sous(mesures["nettete"], qualite.nettete_alerte, qualite.nettete_info):
        avis.append(AvisDePage("floue", niveau))
    elif mesures["papier"] >= qualite.papier_blanc and mesures["ecriture"] < qualite.ecriture_pale:
        avis.append(AvisDePage("claire", ALERTE))
    if mesures["bords"] >= qualite.bords_info:
        avis.append(AvisDePage("coupee", INFO))
    if "signature" in mesures and mesures["signature"] < qualite.signature_encre:
        avis.append(AvisDePage("signature_vide", ALERTE))
    return avis


def _de_la_taille(mesures: Mapping[str, float], qualite: ParametresQualite) -> list[AvisDePage]:
    return [AvisDePage("petite", ALERTE)] if mesures["cote"] < qualite.cote_alerte else []


def _de_la_lumiere(mesures: Mapping[str, float], qualite: ParametresQualite) -> list[AvisDePage]:
    niveau = _sous(mesures["papier"], qualite.papier_alerte, qualite.papier_info)
    return [AvisDePage("sombre", niveau)] if niveau else []


def _sous(mesure: float, alerte: Decimal | int, info: Decimal | int) -> str:
    if mesure < alerte:
        return ALERTE
    return INFO if mesure < info else ""


@applique("pieces.exemple.non-conforme", "L-69")
def avis_du_fichier(pages: Sequence[Mapping[str, float]], qualite: ParametresQualite) -> list[AvisDePage]:
    """Les avis d’un fichier sont ceux de ses pages ; le dos blanc d’une feuille n’est qu’une information."""
    par_page = [avis_de_page(mesures, qualite) for mesures in pages]
    blanches = [any(a.code == "blanche" for a in avis) for avis in par_page]
    dos = not all(blanches)
    return [
        replace(avis, page=rang, niveau=INFO if dos and avis.code == "blanche" else avis.niveau)
        for rang, du_rang in enumerate(par_page, start=1)
        for avis in du_rang
    ]


@applique("L-69")
def motif_garder(pourquoi: str) -> Motif | None:
    """Pour garder un fichier malgré une alerte, le candidat dit pourquoi, en 300 caractères au plus."""
    if not pourquoi.strip():
        message = "Dites en quelques mots pourquoi vous gardez ce fichier."
        return Motif("raison_manquante", "pourquoi", message, ("L-69",))
    if len(pourquoi) > RAISON_MAXIMALE:
        message = (
            f"Votre texte a {len(pourquoi)}\u00a0caractères. La limite est de {RAISON_MAXIMALE}. Raccourcissez-le."
        )
        return Motif("raison_trop_longue", "pourquoi", message, ("L-69",))
    return None


def en_table(avis: Iterable[AvisDePage]) -> list[dict[str, str | int]]:
    """Les avis tels qu’ils sont gardés : des codes, jamais des mots."""
    return [{"page": a.page, "code": a.code, "niveau": a.niveau} for a in avis]


def depuis_table(table: Iterable[Mapping[str, str | int]]) -> list[AvisDePage]:
    """Les avis gardés. Un code que cette version ne connaît plus n’est pas montré."""
    gardes = [AvisDePage(str(a["code"]), str(a["niveau"]), int(a["page"])) for a in table]
    return [a for a in gardes if (a.code, a.niveau) in _MOTS]


def mots_pour_le_navigateur() -> dict[str, str]:
    """« code-niveau » vers le message : ce que la page donne au navigateur, qui mesure avant l’envoi."""
    return {f"{code}-{niveau}": message for (code, niveau), message in _MOTS.items() if code != "signature_vide"}
