"""Étape 6 : ce que le candidat vérifie, ce qui est enregistré, ce qui change d’une version à l’autre."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registre.regles.calendrier import date_en_francais
from registre.regles.candidature import HORS_LISTE
from registre.regles.citation import applique
from registre.regles.conditions import PassageAnterieur
from registre.regles.etapes import Examen
from registre.regles.vocabulaire import CasEps, EtatUnite, FormeDePassage, MotifAcquis, Resultat, Statut

LIBELLES_ETATS = {
    EtatUnite.INSCRIT: "Inscrit",
    EtatUnite.DISPENSE: "Dispensé",
    EtatUnite.NOTE_GARDEE: "Bénéfice",
    EtatUnite.INAPTE: "Contrôle ponctuel - Inapte",
    EtatUnite.NON_PRESENTEE: "Non présenté",
}
LIBELLES_FORMES = {FormeDePassage.GLOBALE: "Globale", FormeDePassage.PROGRESSIVE: "Progressive"}
LIBELLES_RESULTATS = {
    Resultat.AJOURNE: "ajourné",
    Resultat.PARTIEL: "partiel (il reste des épreuves à passer)",
    Resultat.ELIMINE: "éliminé",
    Resultat.ADMIS: "admis",
}
LIBELLES_EPS = {
    CasEps.APTE: "Apte",
    CasEps.INAPTE: "Contrôle ponctuel - Inapte",
    CasEps.DISPENSE: "Dispensé, au titre de trois ans d’activité professionnelle",
    CasEps.ADAPTEE: "Épreuve adaptée",
    CasEps.NON_PRESENTEE: "Non présentée à cette session",
}
LIBELLES_TITRES = {
    MotifAcquis.BENEFICE: "Bénéfice de note",
    MotifAcquis.DIPLOME: "Dispense par diplôme",
    MotifAcquis.AUTRE_SPECIALITE: "Dispense après échec dans une autre spécialité",
    MotifAcquis.VAE: "Dispense par validation des acquis de l’expérience (VAE)",
    MotifAcquis.PROFESSIONNELLE: "Dispense par diplôme professionnel",
}


@dataclass(frozen=True, kw_only=True)
class Identite:
    """L’état civil du compte, tel qu’il figure sur la pièce d’identité. ``pays_de_naissance`` est un nom de pays."""

    civilite: str
    nom_de_famille: str
    nom_usage: str
    prenoms: str
    date_de_naissance: date
    pays_de_naissance: str
    courriel: str


@applique("recapitulatif.verifier", "R139", "L-68")
def contenu(examen: Examen, identite: Identite) -> dict[str, Any]:
    """Toutes les informations saisies, prêtes à être vérifiées puis figées ; sans la réponse « Handicap » (L-68).

    Rend des textes, des nombres et des listes : le même contenu donne toujours le même JSON.
    """
    cadre = examen.cadre
    return {
        "academie": cadre.academie,
        "session": cadre.session,
        "examen": cadre.examen,
        "identite": {
            "nom_de_famille": identite.nom_de_famille,
            "prenoms": identite.prenoms,
            "date_de_naissance": identite.date_de_naissance.isoformat(),
        },
        "specialite": examen.specialite.slug if examen.specialite else None,
        "forme_de_passage": examen.forme_de_passage.value if examen.forme_de_passage else None,
        "unites": {x.cle: x.etat.value for x in examen.epreuves.lignes if x.etat} if examen.epreuves else {},
        "sections": sections(examen, identite),
        "saisies": {etape: dict(saisie) for etape, saisie in examen.saisies.items()},
    }


def sections(examen: Examen, identite: Identite) -> list[dict[str, Any]]:
    """Une section par étape : titre, étape où la changer, lignes (libellé, valeur), tableaux."""
    return [
        _identification(examen, identite),
        _candidature(examen),
        _qualification(examen),
        _acquis(examen),
        _epreuves(examen),
    ]


def _section(etape: str, titre: str, lignes: Iterable[tuple[str, str]], *tableaux: dict[str, Any]) -> dict[str, Any]:
    return {
        "etape": etape,
        "titre": titre,
        "lignes": [{"libelle": a, "valeur": b} for a, b in lignes if b],
        "tableaux": [t for t in tableaux if t["lignes"]],
    }


def _tableau(titre: str, entetes: list[str], lignes: list[list[str]]) -> dict[str, Any]:
    return {"titre": titre, "entetes": entetes, "lignes": lignes}


def _oui_non(reponse: bool | None) -> str:
    return {True: "oui", False: "non", None: "sans réponse (vaut non)"}[reponse]


def _identification(examen: Examen, identite: Identite) -> dict[str, Any]:
    lu, cadre = examen.identification, examen.cadre
    categorie = next((c.libelle for c in cadre.categories.liste if c.code == lu.categorie), "")
    civilite = next((c.libelle for c in cadre.compte.civilites if c.code == identite.civilite), identite.civilite)
    return _section(
        "identification",
        "Identification",
        [
            ("Civilité", civilite),
            ("Nom de famille (nom de naissance)", identite.nom_de_famille),
            ("Nom d’usage", identite.nom_usage),
            ("Prénoms", identite.prenoms),
            ("Date de naissance", identite.date_de_naissance.strftime("%d/%m/%Y")),
            ("Pays de naissance", identite.pays_de_naissance),
            ("Adresse mail", identite.courriel),
            ("Domicile", lu.domicile.sur_une_ligne),
            ("Adresse de correspondance", lu.correspondance.sur_une_ligne if lu.correspondance else "la même"),
            ("Téléphone", ", ".join(lu.telephones)),
            (
                "Nationalité française",
                _oui_non(lu.nationalite_francaise) if lu.nationalite_francaise is not None else "",
            ),
            ("Catégorie socio-professionnelle", categorie),
        ],
    )


def _candidature(examen: Examen) -> dict[str, Any]:
    lu, cadre = examen.candidature, examen.cadre
    voie = next((v for v in cadre.conditions.voies if v.code == lu.declaration.voie), None)
    preuve = next((p.libelle for p in cadre.conditions.jdc.preuves if p.code == lu.preuve_jdc), "")
    etablissement = next((e for e in cadre.candidature.etablissements if e.code == lu.etablissement), None)
    nom = etablissement.libelle if etablissement else ""
    if etablissement and etablissement.nom_demande and lu.organisme_nom:
        nom = f"{nom}\u00a0: {lu.organisme_nom}"
    return _section(
        "candidature",
        "Informations candidature",
        [
            ("Type de candidature", voie.type_de_candidature if voie else ""),
            ("Condition remplie", voie.libelle if voie else ""),
            ("Établissement", nom),
            ("Recensement ou Journée défense et citoyenneté", preuve),
            *((c.question, _oui_non(lu.consentements.get(c.code))) for c in cadre.consentements.liste),
        ],
        _tableau(
            "Présentations antérieures",
            ["Session", "Spécialité", "Forme de passage", "Résultat", "Académie"],
            [_passage(p, examen) for p in lu.passages],
        ),
    )


def _passage(passage: PassageAnterieur, examen: Examen) -> list[str]:
    specialite = examen.cadre.specialites.get(passage.specialite or "")
    nom = specialite.libelle if specialite else "hors de la liste" if passage.specialite == HORS_LISTE else ""
    return [
        str(passage.session or ""),
        nom,
        LIBELLES_FORMES[passage.forme_de_passage] if passage.forme_de_passage else "",
        LIBELLES_RESULTATS[passage.resultat] if passage.resultat else "",
        passage.academie or "",
    ]


def _qualification(examen: Examen) -> dict[str, Any]:
    return _section(
        "qualification",
        "Qualification présentée",
        [
            ("Spécialité", examen.specialite.libelle if examen.specialite else ""),
            ("Forme de passage", LIBELLES_FORMES[examen.forme_de_passage] if examen.forme_de_passage else ""),
        ],
    )


def _acquis(examen: Examen) -> dict[str, Any]:
    libelles = {x.cle: x.libelle for x in examen.epreuves.lignes} if examen.epreuves else {}
    lignes = []
    for x in examen.acquis.lignes if examen.acquis else ():
        if x.decision is None or x.motifs:
            continue
        unite = x.decision.unite or x.ligne.unite
        decision = (
            "accordée si les pièces le confirment"
            if x.decision.statut is Statut.ACCORDE
            else "à instruire par le service"
        )
        lignes.append(
            [
                libelles.get(unite, unite),
                LIBELLES_TITRES[x.ligne.motif],
                _origine(x.ligne, examen),
                decision,
            ]
        )
    return _section(
        "acquis",
        "Acquis",
        [("Demandes", "aucune" if not lignes else "")],
        _tableau("Demandes", ["Épreuve ou unité", "Titre", "Origine", "Suite"], lignes),
    )


def _origine(ligne: Any, examen: Examen) -> str:
    if ligne.motif in (MotifAcquis.BENEFICE, MotifAcquis.AUTRE_SPECIALITE):
        note = str(ligne.note).replace(".", ",")
        langue = examen.cadre.libelles_langues.get(ligne.langue or "", ligne.langue or "")
        return f"{note} / 20, session {ligne.session}" + (f", {langue}" if langue else "")
    if ligne.motif is MotifAcquis.VAE:
        return f"jury de {ligne.annee}"
    diplomes = {d.code: d.libelle for d in examen.cadre.dispenses.diplomes}
    diplomes |= {p.diplome: p.libelle for p in examen.cadre.dispenses.professionnelles}
    detenue = examen.cadre.specialites.get(ligne.specialite_detenue or "")
    nom = diplomes.get(ligne.diplome, "")
    return f"{nom}, {detenue.libelle}" if detenue else nom


def _epreuves(examen: Examen) -> dict[str, Any]:
    cadre, lu = examen.cadre, examen.epreuves
    if lu is None:
        return _section("epreuves", "Épreuves", [])
    lignes = [[x.epreuve, x.libelle, _etat(x), x.detail] for x in lu.lignes if x.etat]
    langues = cadre.libelles_langues
    if lu.lvf and lu.lvf.langue:
        lignes.append(
            [cadre.facultative.code, cadre.facultative.libelle, "Inscrit", langues.get(lu.lvf.langue, lu.lvf.langue)]
        )
    lignes.append([cadre.controle.code, cadre.controle.libelle, "Inscrit", "ligne automatique"])
    activites = {c.code: c.libelle for c in (*cadre.eps.activites, *cadre.eps.activites_adaptees)}
    choix = lu.eps
    return _section(
        "epreuves",
        "Épreuves",
        [
            ("Langue vivante A (LVA)", langues.get((lu.lva.langue if lu.lva else None) or "", "")),
            ("Langue vivante B (LVB)", langues.get((lu.lvb.langue if lu.lvb else None) or "", "")),
            ("Éducation physique et sportive (EPS)", LIBELLES_EPS[choix.cas] if choix and choix.cas else ""),
            ("Activités d’EPS", ", ".join(activites.get(a, a) for a in choix.activites) if choix else ""),
        ],
        _tableau("Épreuves et unités", ["Épreuve", "Unité", "Situation", "Précision"], lignes),
    )


def _etat(ligne: Any) -> str:
    libelle = LIBELLES_ETATS[ligne.etat]
    return f"{libelle} (demande à instruire)" if ligne.a_instruire else libelle


@applique("modification.nouvelle-version", "L-30", "R140", "R119")
def inchange(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> bool:
    """Un enregistrement qui ne change rien de ce que le candidat voit ne crée pas de version."""
    return empreinte_visible(avant) == empreinte_visible(apres)


def empreinte_visible(version: Mapping[str, Any]) -> str:
    """SHA-256 de ce que le candidat voit d’une version, sans ce qu’il a tapé pour l’obtenir."""
    return empreinte(_compare(version))


def _compare(version: Mapping[str, Any]) -> dict[str, Any]:
    # What was typed may differ by a blank; only what is read counts.
    return {k: v for k, v in version.items() if k != "saisies"}


def differences(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> list[dict[str, str]]:
    """Ce qui change d’une version à l’autre, ligne par ligne : libellé, avant, après."""
    plats = [_a_plat(avant), _a_plat(apres)]
    return [
        {"libelle": cle, "avant": plats[0].get(cle, ""), "apres": plats[1].get(cle, "")}
        for cle in dict.fromkeys([*plats[0], *plats[1]])
        if plats[0].get(cle, "") != plats[1].get(cle, "")
    ]


def _a_plat(version: Mapping[str, Any]) -> dict[str, str]:
    plat: dict[str, str] = {}
    for section in version["sections"]:
        for ligne in section["lignes"]:
            plat[ligne["libelle"]] = ligne["valeur"]
        for tableau in section["tableaux"]:
            for ligne in tableau["lignes"]:
                nombre_de_cles = 2 if tableau["titre"] == "Épreuves et unités" else 1
                cle = " ".join((f"{tableau['titre']}\u00a0:", *ligne[:nombre_de_cles]))
                plat[cle] = ", ".join(c for c in ligne[nombre_de_cles:] if c)
    return plat


def empreinte(version: Mapping[str, Any]) -> str:
    """SHA-256 (hexadécimal) du contenu en JSON canonique : clés triées, sans blancs, UTF-8."""
    canonique = json.dumps(version, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonique.encode()).hexdigest()


def date_de_l_eps(examen: Examen) -> str:
    """« le mardi 5 mai 2026, département : Puy-de-Dôme »."""
    jour = examen.cadre.calendrier.eps
    return f"le {date_en_francais(jour.date)}, département\u00a0: {jour.lieu}"
