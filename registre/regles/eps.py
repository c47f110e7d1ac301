"""Éducation physique et sportive (E7) : le choix du candidat, le certificat d'inaptitude, le jour de l'épreuve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from registre.regles.cadre import Choix, Eps
from registre.regles.citation import Motif, applique
from registre.regles.vocabulaire import CasEps

MOTIFS = (
    "cas_eps_manquant",
    "adaptee_reservee",
    "nombre_activites",
    "activites_identiques",
    "activite_hors_liste",
    "activites_sans_objet",
    "nombre_activites_adaptees",
    "activite_adaptee_hors_liste",
    "motif_dispense_manquant",
    "dispense_reservee_trois_ans",
    "sans_date_de_validite",
    "validite_insuffisante",
    "sans_signature",
    "sans_cachet",
)

MOTIFS_DE_DISPENSE = ("trois-ans", "diplome")
"""Les deux voies de la dispense d'EPS (L-02)."""

_SANS_ACTIVITE = frozenset({CasEps.INAPTE, CasEps.DISPENSE, CasEps.NON_PRESENTEE})
_EN_CHIFFRES = {1: "une seule activité", 2: "deux activités", 3: "trois activités"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoixEps:
    """Le choix d'EPS à l'onglet 5.

    ``justifiee`` : le candidat se déclare en situation de handicap ou partiellement inapte, ce qui ouvre l'épreuve
    adaptée. ``motif_dispense`` : ``trois-ans`` ou ``diplome``. ``accord_gestionnaire`` : accord motivé (L-02).
    """

    cas: CasEps | None
    activites: tuple[str, ...] = ()
    justifiee: bool = False
    motif_dispense: str | None = None
    accord_gestionnaire: bool = False


@dataclass(frozen=True, slots=True)
class EffetsEps:
    """``coefficient_neutralise`` : E7 sort de la moyenne ; ``convocation_eps`` : le candidat est convoqué à part."""

    coefficient_neutralise: bool
    convocation_eps: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatMedical:
    """Ce que le gestionnaire lit sur le certificat d'inaptitude. ``valable_jusquau`` est compris."""

    valable_jusquau: date | None
    signature: bool
    cachet: bool


@dataclass(frozen=True, slots=True)
class IssueDuJour:
    """Ce que donne le jour de l'épreuve : ``note``, ``elimine``, ``zero``, ou ``sans_objet`` sans épreuve."""

    decision: Literal["note", "elimine", "zero", "sans_objet"]
    remplacement: bool


def _noms(liste: tuple[Choix, ...]) -> str:
    return ", ".join(choix.libelle for choix in liste)


def nombre_en_clair(nombre: int) -> str:
    """« deux activités »."""
    return _EN_CHIFFRES.get(nombre, f"{nombre}\u00a0activités")


@applique("epreuves.eps.obligatoire-trois-cas", "L-55")
def un_cas_d_eps(choix: ChoixEps) -> list[Motif]:
    """L'EPS est obligatoire : le candidat choisit un cas, et un seul."""
    if choix.cas is not None:
        return []
    message = "Choisissez votre situation en éducation physique et sportive (EPS)."
    return [Motif("cas_eps_manquant", "eps_cas", message, ("epreuves.eps.obligatoire-trois-cas", "L-55"))]


@applique("epreuves.eps.adaptee")
def adaptee_justifiee(choix: ChoixEps) -> list[Motif]:
    """L'épreuve adaptée est ouverte au candidat en situation de handicap ou partiellement inapte."""
    if choix.cas != CasEps.ADAPTEE or choix.justifiee:
        return []
    message = (
        "L’épreuve adaptée demande une situation de handicap ou une inaptitude partielle, avec un certificat médical. "
        "Cochez cette déclaration ou choisissez un autre cas."
    )
    return [Motif("adaptee_reservee", "eps_justifiee", message, ("epreuves.eps.adaptee",))]


@applique("epreuves.eps.apte", "epreuves.eps.activites", "R80")
def activites_de_l_apte(choix: ChoixEps, eps: Eps) -> list[Motif]:
    """Le candidat apte choisit le nombre demandé d'activités, différentes, sur la liste de la session."""
    if choix.cas != CasEps.APTE:
        return []
    motifs = []
    if len(choix.activites) != eps.nombre:
        message = f"Choisissez {nombre_en_clair(eps.nombre)} parmi\u00a0: {_noms(eps.activites)}."
        motifs.append(Motif("nombre_activites", "eps_activites", message, ("epreuves.eps.apte",)))
    if len(set(choix.activites)) != len(choix.activites):
        message = "Vous avez choisi deux fois la même activité. Choisissez des activités différentes."
        motifs.append(Motif("activites_identiques", "eps_activites", message, ("epreuves.eps.apte", "R80")))
    if not set(choix.activites) <= {c.code for c in eps.activites}:
        message = f"Choisissez vos activités dans cette liste\u00a0: {_noms(eps.activites)}."
        motifs.append(Motif("activite_hors_liste", "eps_activites", message, ("epreuves.eps.activites",)))
    return motifs


@applique("epreuves.eps.obligatoire-trois-cas", "L-55")
def pas_d_activite_sans_epreuve(choix: ChoixEps) -> list[Motif]:
    """Un candidat inapte, dispensé, ou qui ne présente pas l'EPS à cette session ne choisit pas d'activité."""
    if choix.cas not in _SANS_ACTIVITE or not choix.activites:
        return []
    message = "Vous ne passez pas l’épreuve d’EPS à cette session. Décochez les activités."
    sources = ("epreuves.eps.obligatoire-trois-cas", "L-55")
    return [Motif("activites_sans_objet", "eps_activites", message, sources)]


@applique("epreuves.eps.adaptee", "epreuves.eps.adaptee.activites", "L-55")
def activites_de_l_adaptee(choix: ChoixEps, eps: Eps) -> list[Motif]:
    """L'épreuve adaptée porte sur une activité de la liste adaptée."""
    if choix.cas != CasEps.ADAPTEE:
        return []
    motifs = []
    if len(choix.activites) != eps.nombre_adapte:
        message = f"Choisissez {nombre_en_clair(eps.nombre_adapte)} parmi\u00a0: {_noms(eps.activites_adaptees)}."
        fondement = ("epreuves.eps.adaptee", "L-55")
        motifs.append(Motif("nombre_activites_adaptees", "eps_activites", message, fondement))
    if not set(choix.activites) <= {c.code for c in eps.activites_adaptees}:
        message = f"Choisissez votre activité dans cette liste\u00a0: {_noms(eps.activites_adaptees)}."
        motifs.append(
            Motif("activite_adaptee_hors_liste", "eps_activites", message, ("epreuves.eps.adaptee.activites",))
        )
    return motifs


@applique("epreuves.eps.dispense", "L-02", "R1", "R82", "R83")
def dispense_ouverte(choix: ChoixEps, voie: str | None, eps: Eps) -> list[Motif]:
    """La dispense d'EPS est ouverte par un diplôme, ou par trois ans d'activité aux voies prévues, ou par accord."""
    if choix.cas != CasEps.DISPENSE:
        return []
    if choix.motif_dispense not in MOTIFS_DE_DISPENSE:
        message = "Dites au titre de quoi vous demandez la dispense d’EPS."
        return [Motif("motif_dispense_manquant", "eps_motif_dispense", message, ("epreuves.eps.dispense", "L-02"))]
    if choix.motif_dispense == "diplome" or voie in eps.dispense_voies or choix.accord_gestionnaire:
        return []
    message = (
        "Cette dispense d’EPS est réservée à qui s’inscrit au titre de trois ans d’activité professionnelle. "
        "Choisissez un autre cas, ou écrivez au service gestionnaire."
    )
    return [Motif("dispense_reservee_trois_ans", "eps_motif_dispense", message, ("epreuves.eps.dispense", "L-02"))]


def motifs_eps(choix: ChoixEps, voie: str | None, eps: Eps) -> list[Motif]:
    """Tous les motifs du choix d'EPS, dans l'ordre de ``MOTIFS``. ``voie`` : code de la condition d'inscription.

    Champs : ``eps_cas``, ``eps_justifiee``, ``eps_activites``, ``eps_motif_dispense``.
    """
    return [
        *un_cas_d_eps(choix),
        *adaptee_justifiee(choix),
        *activites_de_l_apte(choix, eps),
        *pas_d_activite_sans_epreuve(choix),
        *activites_de_l_adaptee(choix, eps),
        *dispense_ouverte(choix, voie, eps),
    ]


@applique("epreuves.eps.inapte", "epreuves.eps.convocation-separee", "L-55", "R61")
def effets_eps(cas: CasEps) -> EffetsEps:
    """Inapte ou dispensé : coefficient neutralisé. Apte ou adaptée : la note compte et le candidat est convoqué."""
    return EffetsEps(
        coefficient_neutralise=cas in (CasEps.INAPTE, CasEps.DISPENSE),
        convocation_eps=cas in (CasEps.APTE, CasEps.ADAPTEE),
    )


@applique("epreuves.eps.certificat-inaptitude", "L-39")
def motifs_certificat(certificat: CertificatMedical, date_epreuve: date, eps: Eps) -> list[Motif]:
    """Le certificat porte une date de validité qui couvre l'épreuve, la signature et le cachet du médecin."""
    source = ("epreuves.eps.certificat-inaptitude",)
    fin = certificat.valable_jusquau
    motifs = []
    if fin is None:
        message = "Le certificat ne dit pas jusqu’à quand il est valable. Demandez-en un qui porte cette date."
        motifs.append(Motif("sans_date_de_validite", "valable_jusquau", message, source))
    elif eps.certificat_couvre_epreuve and fin < date_epreuve:
        message = "Le certificat n’est plus valable le jour de l’épreuve d’EPS. Demandez-en un qui couvre ce jour."
        motifs.append(Motif("validite_insuffisante", "valable_jusquau", message, ("L-39",)))
    if not certificat.signature:
        message = "Le certificat n’est pas signé par le médecin. Demandez-lui de le signer."
        motifs.append(Motif("sans_signature", "signature", message, source))
    if not certificat.cachet:
        message = "Le certificat ne porte pas le cachet du médecin. Demandez-lui de l’apposer."
        motifs.append(Motif("sans_cachet", "cachet", message, source))
    return motifs


@applique("epreuves.eps.absence-eliminatoire", "epreuves.eps.pas-de-remplacement", "L-12", "L-40")
def issue_du_jour(
    cas: CasEps, presences: Mapping[str, bool], absence_eps: Literal["zero", "eliminatoire"]
) -> IssueDuJour:
    """L'absence, même à une seule activité, est éliminatoire, et l'épreuve n'est jamais remplacée.

    ``presences`` : activité -> présent ; ``absence_eps`` est le paramètre ``jury.absence_eps``.
    """
    if not effets_eps(cas).convocation_eps:
        return IssueDuJour("sans_objet", remplacement=False)
    if all(presences.values()):
        return IssueDuJour("note", remplacement=False)
    return IssueDuJour("elimine" if absence_eps == "eliminatoire" else "zero", remplacement=False)
