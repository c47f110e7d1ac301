"""Ce qu’un document dit, dans l’ordre où il le dit : la page et le PDF n’ajoutent pas un mot.

Le ``contenu`` figé est fait de :

``titre``, ``sous_titre``, ``numero``, ``numero_candidat``, ``version``, ``enregistree_le_texte`` ;
``academie``
    son nom seul (« Clermont-Ferrand ») ;
``service``
    ``nom``, ``courriel``, ``telephones`` ;
``sections``
    chacune : ``titre``, puis au choix ``paragraphes``, ``lignes`` (``libelle``, ``valeur``), ``tableaux`` (``titre``,
    ``entetes``, ``lignes``) et ``points`` ;
``emis_le_texte``
    la date d’un courrier, quand elle n’est pas celle de l’enregistrement ;
``avertissements``
    des phrases ;
``differences``
    ``libelle``, ``avant``, ``apres``, par rapport à la version précédente ;
``mineur``, ``a_signer``
    qui signe. ``a_signer`` absent vaut vrai.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

ENTETES = ["Rubrique", "Réponse"]


@dataclass(frozen=True)
class Tableau:
    """Un tableau à ligne d’en-tête ; ``titre`` vide : celui du bloc suffit."""

    entetes: list[str]
    lignes: list[list[str]]
    titre: str = ""


@dataclass(frozen=True)
class Bloc:
    titre: str
    paragraphes: list[str] = field(default_factory=list)
    tableaux: list[Tableau] = field(default_factory=list)
    points: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Presentation:
    """Tout le texte d’un document."""

    academie: str
    service: str
    contact: str
    titre: str
    sous_titre: str
    numero: str
    repere: str
    blocs: list[Bloc]
    signature: Bloc | None
    a_remplir: list[str]

    def en_table(self) -> dict[str, Any]:
        return asdict(self)


def presentation(contenu: dict[str, Any]) -> Presentation:
    """Met un contenu figé dans l’ordre de lecture."""
    service = contenu["service"]
    signe = contenu.get("a_signer", True)
    return Presentation(
        academie=f"Académie de {contenu['academie']}",
        service=service["nom"],
        contact=", ".join([service["courriel"], *service["telephones"]]),
        titre=contenu["titre"],
        sous_titre=contenu["sous_titre"],
        numero=contenu["numero"],
        repere=f"{contenu['numero']}, version {contenu['version']}",
        blocs=[
            _inscription(contenu),
            *_differences(contenu),
            *[_section(s) for s in contenu["sections"]],
            *_avertissements(contenu),
        ],
        signature=_SIGNATURE if signe else None,
        a_remplir=_a_remplir(contenu) if signe else [],
    )


_SIGNATURE = Bloc("Signature", ["À compléter à la main, sur le document imprimé."])


def _a_remplir(contenu: dict[str, Any]) -> list[str]:
    """Deux lignes courtes, puis une place par signature."""
    cases = ["Fait à", "Le", "Signature du candidat"]
    return [*cases, "Signature du représentant légal"] if contenu.get("mineur") else cases


def _inscription(contenu: dict[str, Any]) -> Bloc:
    lignes = [
        ["Numéro d’inscription", contenu["numero"]],
        ["Numéro de candidat", contenu["numero_candidat"]],
        ["Version", str(contenu["version"])],
        ["Enregistrement", contenu["enregistree_le_texte"]],
    ]
    if "emis_le_texte" in contenu:
        lignes.append(["Date de ce document", contenu["emis_le_texte"]])
    signe = contenu.get("a_signer", True)
    remplace = ["Cette version remplace les précédentes."] if signe and contenu["version"] > 1 else []
    return Bloc("Votre inscription", remplace, [Tableau(ENTETES, lignes)])


def _differences(contenu: dict[str, Any]) -> list[Bloc]:
    lignes = [[d["libelle"], d["avant"], d["apres"]] for d in contenu.get("differences", [])]
    if not lignes:
        return []
    tableau = Tableau(["Rubrique", "Avant", "Maintenant"], lignes)
    return [Bloc("Ce qui a changé depuis la version précédente", tableaux=[tableau])]


def _section(section: dict[str, Any]) -> Bloc:
    tableaux = [Tableau(t["entetes"], t["lignes"], t["titre"]) for t in section.get("tableaux", []) if t["lignes"]]
    lignes = [[ligne["libelle"], ligne["valeur"]] for ligne in section.get("lignes", [])]
    if lignes:
        tableaux.insert(0, Tableau(ENTETES, lignes))
    return Bloc(section["titre"], section.get("paragraphes", []), tableaux, section.get("points", []))


def _avertissements(contenu: dict[str, Any]) -> list[Bloc]:
    return [Bloc("À savoir", points=contenu["avertissements"])] if contenu["avertissements"] else []
