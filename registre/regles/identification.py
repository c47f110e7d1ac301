"""Étape 1, Identification : où habite le candidat, comment le joindre."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from registre.regles.cadre import Cadre
from registre.regles.citation import Motif, applique
from registre.regles.conditions import motifs_domicile
from registre.regles.saisie import Saisie, oui_ou_non, texte, texte_correct

CHAMPS = (
    "domicile_voie",
    "domicile_complement",
    "domicile_code_postal",
    "domicile_commune",
    "autre_adresse",
    "correspondance_voie",
    "correspondance_complement",
    "correspondance_code_postal",
    "correspondance_commune",
    "correspondance_pays",
    "nationalite_francaise",
    "categorie",
    "telephone_mobile",
    "telephone_fixe",
)
MOTIFS = (
    "texte_trop_long",
    "texte_illisible",
    "voie_manquante",
    "commune_manquante",
    "autre_adresse_manquante",
    "correspondance_incomplete",
    "nationalite_manquante",
    "categorie_manquante",
    "categorie_hors_liste",
    "telephone_illisible",
)
TEXTES_LIBRES = tuple(c for c in CHAMPS if c.startswith(("domicile_", "correspondance_")))
_TELEPHONE = re.compile(r"(\+[0-9]{6,15}|0[1-9][0-9]{8})")


@dataclass(frozen=True, kw_only=True)
class Adresse:
    voie: str
    complement: str
    code_postal: str
    commune: str
    pays: str = "France"

    @property
    def sur_une_ligne(self) -> str:
        lieu = f"{self.code_postal} {self.commune}".strip()
        parties = [self.voie, self.complement, lieu, "" if self.pays == "France" else self.pays]
        return ", ".join(p for p in parties if p)


@dataclass(frozen=True, kw_only=True)
class Identification:
    """Ce que l’étape 1 a recueilli. ``correspondance`` vaut ``None`` si le courrier va au domicile."""

    domicile: Adresse
    correspondance: Adresse | None
    nationalite_francaise: bool | None
    categorie: str
    telephones: tuple[str, ...]


def lire(saisie: Saisie) -> Identification:
    """Lit l’étape 1 telle qu’elle a été tapée."""
    autre = oui_ou_non(saisie, "autre_adresse")
    telephones = (texte(saisie, "telephone_mobile"), texte(saisie, "telephone_fixe"))
    return Identification(
        domicile=_adresse(saisie, "domicile"),
        correspondance=_adresse(saisie, "correspondance") if autre else None,
        nationalite_francaise=oui_ou_non(saisie, "nationalite_francaise"),
        categorie=texte(saisie, "categorie"),
        telephones=tuple(t for t in telephones if t),
    )


def _adresse(saisie: Saisie, prefixe: str) -> Adresse:
    return Adresse(
        voie=texte(saisie, f"{prefixe}_voie"),
        complement=texte(saisie, f"{prefixe}_complement"),
        code_postal=texte(saisie, f"{prefixe}_code_postal").replace(" ", "")
        if prefixe == "domicile"
        else texte(saisie, f"{prefixe}_code_postal"),
        commune=texte(saisie, f"{prefixe}_commune"),
        pays=texte(saisie, f"{prefixe}_pays") or "France",
    )


def motifs(saisie: Saisie, cadre: Cadre) -> list[Motif]:
    """Tous les motifs de l’étape 1, dans l’ordre des champs."""
    lu = lire(saisie)
    trouves = [m for c in TEXTES_LIBRES for m in texte_correct(saisie, c, "etapes.identification.adresse-et-contacts")]
    return [
        *trouves,
        *adresse_donnee(lu),
        *(
            replace(m, champ="domicile_code_postal")
            for m in motifs_domicile(texte(saisie, "domicile_code_postal"), cadre.conditions.domicile)
        ),
        *correspondance_donnee(lu, oui_ou_non(saisie, "autre_adresse")),
        *nationalite_dite(lu),
        *categorie_dite(lu, cadre),
        *telephones_lisibles(saisie),
    ]


@applique("etapes.identification.adresse-et-contacts", "L-62")
def adresse_donnee(lu: Identification) -> list[Motif]:
    """Le candidat donne l’adresse de son domicile : la voie et la commune."""
    sources = ("etapes.identification.adresse-et-contacts", "L-62")
    manques = []
    if not lu.domicile.voie:
        manques.append(
            Motif(
                "voie_manquante",
                "domicile_voie",
                "Indiquez le numéro et le nom de votre rue, ou le lieu-dit.",
                sources,
            )
        )
    if not lu.domicile.commune:
        manques.append(Motif("commune_manquante", "domicile_commune", "Indiquez votre commune.", sources))
    return manques


@applique("etapes.identification.adresse-et-contacts", "L-62")
def correspondance_donnee(lu: Identification, autre: bool | None) -> list[Motif]:
    """L’adresse de correspondance peut être ailleurs que le domicile, y compris à l’étranger."""
    sources = ("etapes.identification.adresse-et-contacts", "L-62")
    if autre is None:
        message = "Dites si vous recevez votre courrier à une autre adresse."
        return [Motif("autre_adresse_manquante", "autre_adresse", message, sources)]
    manques = []
    if lu.correspondance and not lu.correspondance.voie:
        message = "Indiquez la rue de l’adresse où vous recevez votre courrier."
        manques.append(Motif("correspondance_incomplete", "correspondance_voie", message, sources))
    if lu.correspondance and not lu.correspondance.commune:
        message = "Indiquez la ville de l’adresse où vous recevez votre courrier."
        manques.append(Motif("correspondance_incomplete", "correspondance_commune", message, sources))
    return manques


@applique("conditions.recensement-jdc", "L-43", "R51")
def nationalite_dite(lu: Identification) -> list[Motif]:
    """Le candidat dit s’il a la nationalité française : l’obligation de recensement en dépend, pas l’inscription."""
    if lu.nationalite_francaise is not None:
        return []
    message = "Répondez par oui ou par non. L’inscription est ouverte à toutes les nationalités."
    return [Motif("nationalite_manquante", "nationalite_francaise", message, ("conditions.recensement-jdc", "L-43"))]


@applique("etapes.identification.categorie-socioprofessionnelle", "L-50")
def categorie_dite(lu: Identification, cadre: Cadre) -> list[Motif]:
    """Le candidat choisit la catégorie socio-professionnelle d’un représentant légal, ou la sienne s’il est majeur."""
    sources = ("etapes.identification.categorie-socioprofessionnelle", "L-50")
    if not lu.categorie:
        if not cadre.categories.obligatoire:
            return []
        message = "Choisissez une catégorie. «\u00a0Non renseignée\u00a0» est une réponse possible."
        return [Motif("categorie_manquante", "categorie", message, sources)]
    if lu.categorie not in {c.code for c in cadre.categories.liste}:
        return [Motif("categorie_hors_liste", "categorie", "Choisissez une catégorie de la liste.", sources)]
    return []


@applique("etapes.identification.adresse-et-contacts")
def telephones_lisibles(saisie: Saisie) -> list[Motif]:
    """Un numéro de téléphone donné est lisible : dix chiffres en France, ou avec l’indicatif du pays."""
    trouves = []
    for champ in ("telephone_mobile", "telephone_fixe"):
        numero = re.sub(r"[ .\-()/]", "", texte(saisie, champ))
        if numero and not _TELEPHONE.fullmatch(numero):
            message = "Écrivez dix chiffres, par exemple 06 39 98 01 23, ou commencez par + et l’indicatif du pays."
            sources = ("etapes.identification.adresse-et-contacts",)
            trouves.append(Motif("telephone_illisible", champ, message, sources))
    return trouves
