"""Ce que les pages de l’inscription montrent : tout est calculé avant le rendu."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.http import HttpRequest

from registre.commun.cadres import tous
from registre.comptes.models import Compte
from registre.inscription import brouillons, consequences, forms, instruction, releves
from registre.inscription.handicap import lire_reponse
from registre.inscription.models import Brouillon
from registre.inscription.pieces import pieces_de
from registre.regles import acquis_saisis
from registre.regles.cadre import Cadre, Specialite
from registre.regles.calendrier import (
    depot_ouvert,
    duree_en_francais,
    en_heure_de_paris,
    fin_affichee,
    registre_ouvert,
    temps_restant,
)
from registre.regles.candidature import lire
from registre.regles.citation import Motif
from registre.regles.conditions import age
from registre.regles.etapes import Examen, premiere_etape_incomplete
from registre.regles.recapitulatif import contenu, date_de_l_eps, differences, empreinte_visible
from registre.regles.releves import PresentationConnue, notes_proposees, passages_proposes, presentations_connues
from registre.regles.saisie import lignes
from registre.regles.vocabulaire import FormeDePassage

BIENTOT = timedelta(days=2)  # from then on, the page says how much time is left to sign and deposit


def carte(cadre: Cadre, brouillon: Brouillon | None, le: datetime, *, retiree: bool = False) -> dict[str, Any]:
    """Une candidature, sur la page « Mes candidatures »."""
    reste = temps_restant(cadre.calendrier, le).inscription
    periode, fuseau = cadre.calendrier.inscription, cadre.calendrier.fuseau
    return {
        "cadre": cadre,
        "candidature": brouillon.candidature if brouillon else None,
        "commence": bool(brouillon and brouillon.saisies),
        "retiree": retiree,
        "bientot": timedelta(0) < reste <= BIENTOT,
        "reste": duree_en_francais(reste),
        "reste_secondes": int(reste.total_seconds()),
        "ouvert": registre_ouvert(cadre.calendrier, le),
        "pas_encore": le < periode.ouvre_le,
        "ouvre": en_heure_de_paris(periode.ouvre_le, fuseau),
        "ferme": en_heure_de_paris(periode.ferme_le, fuseau),
        "fin_depot": fin_affichee(cadre.calendrier.depot, fuseau),
    }


def bandeau(brouillon: Brouillon, examen: Examen, compte: Compte, cadre: Cadre, le: datetime) -> dict[str, Any]:
    """Ce qui se rappelle en haut de chaque page : un brouillon qui diffère, le temps qui reste."""
    reste = temps_restant(cadre.calendrier, le)
    visible = empreinte_visible(contenu(examen, brouillons.identite(compte))) if brouillon.candidature else ""
    fuseau = cadre.calendrier.fuseau
    return {
        "visible": visible,
        "differe": bool(brouillon.candidature) and visible != brouillon.candidature.empreinte_visible,
        "ouvert": registre_ouvert(cadre.calendrier, le),
        "ferme": en_heure_de_paris(cadre.calendrier.inscription.ferme_le, fuseau),
        "fin_depot": fin_affichee(cadre.calendrier.depot, fuseau),
        "reste": duree_en_francais(reste.inscription),
        "reste_secondes": int(reste.inscription.total_seconds()),
        "depot_ouvert": depot_ouvert(cadre.calendrier, le),
        "reste_depot": duree_en_francais(reste.depot),
        "bientot": timedelta(0) < reste.inscription <= BIENTOT,
    }


def pieces_a_preparer(examen: Examen) -> list[dict[str, Any]]:
    """Les pièces que demande la situation du candidat, chacune avec ses raisons."""
    par_cle = {p.cle: p for p in examen.cadre.pieces.liste}
    return [
        {
            "libelle": par_cle[p.cle].libelle,
            "aide": par_cle[p.cle].aide,
            "raisons": [r.message for r in p.raisons],
        }
        for p in pieces_de(examen)
    ]


def etape(
    request: HttpRequest,
    brouillon: Brouillon,
    examen: Examen,
    cadre: Cadre,
    code: str,
    le: datetime,
    handicap: str = "",
) -> dict[str, Any]:
    """Le contexte d’une étape : onglets, formulaires, motifs à montrer, bandeau.

    ``handicap`` : réponse tapée avant la fin d’une session et pas encore gardée.
    """
    rang = next(n for n, e in enumerate(cadre.etapes.liste, 1) if e.code == code)
    saisie = brouillon.saisies.get(code, {})
    motifs = examen.motifs[code] if code in brouillon.quittees else []
    contexte = {
        "cadre": cadre,
        "etape": cadre.etapes.liste[rang - 1],
        "rang": rang,
        "onglets": _onglets(examen, brouillon, code),
        "suivante": cadre.etapes.liste[rang] if rang < len(cadre.etapes.liste) else None,
        "precedente": cadre.etapes.liste[rang - 2] if rang > 1 else None,
        "revision": brouillon.revisions.get(code, 0),
        "candidature": brouillon.candidature,
        **bandeau(brouillon, examen, request.user, cadre, le),
        **_CONTENUS[code](request, brouillon, examen, saisie, motifs),
    }
    if handicap and "formulaire" in contexte:
        contexte["formulaire"].data["handicap"] = handicap
    contexte["en_erreur"] = bool(motifs)
    _dire_le_reste(contexte["formulaires"], motifs, examen)
    return contexte


def _dire_le_reste(formulaires: list[Any], motifs: list[Motif], examen: Examen) -> None:
    """Un motif dont le champ n’est plus montré se dit en tête : rien ne bloque sans le dire."""
    dits = {(m.code, m.champ) for f in formulaires for m in f.motifs}
    restants = [m for m in motifs if (m.code, m.champ) not in dits]
    if formulaires and restants:
        formulaires[0].dire(Motif(m.code, "", _demande_devenue_sans_objet(m, examen), m.sources) for m in restants)


def _demande_devenue_sans_objet(motif: Motif, examen: Examen) -> str:
    """Une demande d’acquis que la page ne montre plus (la spécialité a changé) dit son nom et ce qu’elle devient."""
    unite = re.fullmatch(r"(?:p[0-9]{4}|d[0-9]|v)_[a-z]_(.+)", motif.champ)
    if unite is None or examen.specialite is None:
        return motif.message
    nom = examen.cadre.libelles_matieres.get(unite.group(1)) or acquis_saisis.libelle_unite(
        unite.group(1), examen.specialite, examen.cadre
    )
    return f"{nom}\u00a0: {motif.message} Cette demande sera retirée quand vous cliquerez sur «\u00a0Suivant\u00a0»."


def _onglets(examen: Examen, brouillon: Brouillon, courante: str) -> list[dict[str, Any]]:
    """Les étapes numérotées ; un lien mène à celles qui sont ouvertes."""
    onglets, ouverte = [], True
    for n, e in enumerate(examen.cadre.etapes.liste, 1):
        complete = not examen.motifs[e.code] and (e.code in brouillon.saisies)
        onglets.append(
            {"rang": n, "etape": e, "ouverte": ouverte, "complete": complete, "courante": e.code == courante}
        )
        ouverte = ouverte and not examen.motifs[e.code]
    return onglets


def _identification(
    request: HttpRequest, brouillon: Brouillon, examen: Examen, saisie: dict[str, Any], motifs: list[Any]
) -> dict[str, Any]:
    majeur = age(examen.contexte.date_de_naissance, examen.contexte.jour) >= 18
    formulaire = forms.IdentificationForm(examen, majeur, data=saisie, motifs=motifs)
    return {"formulaire": formulaire, "formulaires": [formulaire], "identite": brouillons.identite(request.user)}


def _candidature(
    request: HttpRequest, brouillon: Brouillon, examen: Examen, saisie: dict[str, Any], motifs: list[Any]
) -> dict[str, Any]:
    cadre = examen.cadre
    sait = releves.connu(request.user, cadre)
    connues = presentations_connues(sait.releves, sait.inscriptions, cadre.session)
    montree = saisie | passages_proposes(saisie, examen.candidature, connues, releves.noms_des_academies(), cadre)
    hors_lignes = [m for m in motifs if not m.champ.startswith("passages-")]
    nombre = len(lignes(montree, "passages")) + ("ajouter" in request.GET)
    formulaire = forms.CandidatureForm(
        examen, data={**montree, "handicap": lire_reponse(request.user, cadre)}, motifs=hors_lignes
    )
    passages = forms.formulaires_de_passages(examen, montree, motifs, nombre)
    dites, manquantes = _presentations_comparees(montree, connues, cadre)
    return {
        "formulaire": formulaire,
        "passages": [(f, dites.get(f.prefix, "")) for f in passages],
        "manquantes": manquantes,
        "formulaires": [formulaire, *passages],
    }


def _presentations_comparees(
    montree: dict[str, Any], connues: tuple[PresentationConnue, ...], cadre: Cadre
) -> tuple[dict[str, str], list[str]]:
    """Ce que Registre sait de chaque ligne montrée (préfixe -> phrase), et les présentations qui n’y sont pas."""
    par_session = {p.session: p for p in connues}
    dites = {}
    montrees = lire({**montree, "deja_passe": "oui"}, cadre).passages
    for (prefixe, _), passage in zip(lignes(montree, "passages"), montrees, strict=True):
        if connue := par_session.pop(passage.session or 0, None):
            dites[prefixe] = releves.phrase_de_la_ligne(connue, connue.est_dite_par(passage), cadre)
    return dites, [releves.presentation_en_clair(p, cadre) for p in par_session.values()]


def _qualification(
    request: HttpRequest, brouillon: Brouillon, examen: Examen, saisie: dict[str, Any], motifs: list[Any]
) -> dict[str, Any]:
    recherche = request.GET.get("q", "")[:100]
    offertes = specialites_offertes(examen.cadre)
    trouvees = [s for s, texte in offertes if _repond(texte, recherche) or s.slug == saisie.get("specialite")]
    trouvees.sort(key=lambda s: s.slug != saisie.get("specialite"))  # the one chosen is seen at once
    formulaire = forms.QualificationForm(examen, trouvees, data=saisie, motifs=motifs)
    fermees = [s for s in examen.cadre.specialites.values() if s.ouverte and not s.ouverte_a_l_inscription]
    return {
        "formulaire": formulaire,
        "formulaires": [formulaire],
        "recherche": recherche,
        "nombre": len(trouvees),
        "fermees": sorted(fermees, key=lambda s: _plat(s.libelle)),
    }


def specialites_offertes(cadre: Cadre) -> list[tuple[Specialite, str]]:
    """Les spécialités ouvertes, par libellé, chacune avec le texte où l’on cherche."""
    return _offertes(*cadre.cle)


@cache
def _offertes(academie: str, session: int, examen: str) -> list[tuple[Specialite, str]]:
    """Computed once a process: nothing of it changes while the site runs."""
    ouvertes = (s for s in tous()[academie, session, examen].specialites.values() if s.ouverte_a_l_inscription)
    avec_texte = ((s, _plat(f"{s.libelle} {s.slug} {s.code_diplome}")) for s in ouvertes)
    return sorted(avec_texte, key=lambda paire: _plat(paire[0].libelle))


def _plat(libelle: str) -> str:
    decompose = unicodedata.normalize("NFD", libelle.casefold())
    return "".join(c for c in decompose if not unicodedata.combining(c)).replace("’", "'")


def _repond(texte: str, recherche: str) -> bool:
    """Chaque mot cherché est dans le libellé ou le code, sans égard aux accents."""
    return all(mot in texte for mot in _plat(recherche).split())


def _acquis(
    request: HttpRequest, brouillon: Brouillon, examen: Examen, saisie: dict[str, Any], motifs: list[Any]
) -> dict[str, Any]:
    passages = examen.candidature.passages_complets
    droits = releves.droits(releves.connu(request.user, examen.cadre), examen)
    decide = brouillons.avec_les_decisions(brouillon, examen)
    montree = saisie | notes_proposees(saisie, examen.commencee("acquis"), droits, passages)
    possibilites = forms.PossibilitesForm(
        examen, data=montree, motifs=[m for m in motifs if m.champ == "possibilites"]
    )
    blocs = forms.blocs_acquis(examen, montree, motifs, droits)
    recents = acquis_saisis.recents(passages, examen.cadre)
    perte = None
    if recents:
        perte = forms.BlocForm(
            {
                "perte_comprise": forms.case(
                    "J’ai compris\u00a0: toute note ou dispense que je ne demande pas est définitivement perdue"
                )
            },
            data=saisie,
            motifs=[m for m in motifs if m.champ == "perte_comprise"],
        )
    formulaires = [possibilites, *(b["formulaire"] for b in blocs), *([perte] if perte else [])]
    perdus = [
        {"libelle": acquis_saisis.libelle_unite(d.unite or "", examen.specialite, examen.cadre)}
        for d in (examen.acquis.perdus if examen.acquis else ())
    ]
    return {
        "possibilites": possibilites,
        "blocs": blocs,
        "perte": perte,
        "recents": recents,
        "perdus": perdus,
        "connues": releves.tableaux(droits, examen),
        "consequences": consequences.montrees(montree, decide),
        "decisions": instruction.montrees(decide),
        "retenues": _retenues(decide),
        "formulaires": formulaires,
    }


def _retenues(examen: Examen) -> list[dict[str, str]]:
    if examen.acquis is None or examen.specialite is None:
        return []
    return [
        {
            "libelle": acquis_saisis.libelle_unite(cle, examen.specialite, examen.cadre),
            "nature": "Bénéfice" if d.nature == "benefice" else "Dispense",
            "suite": "" if d.statut == "accorde" else d.message or "Le service étudiera cette demande.",
        }
        for cle, d in examen.acquis.par_unite.items()
    ]


def _epreuves(
    request: HttpRequest, brouillon: Brouillon, examen: Examen, saisie: dict[str, Any], motifs: list[Any]
) -> dict[str, Any]:
    formulaire = forms.EpreuvesForm(examen, data=saisie, motifs=motifs)
    return {
        "formulaire": formulaire,
        "formulaires": [formulaire],
        "arbre": forms.lignes_des_epreuves(examen, formulaire),
        "langues": [formulaire[n] for n in ("lva", "lvb", "lvf") if n in formulaire.fields],
        "eps": [formulaire[n] for n in formulaire.fields if n.startswith("eps_")],
        "specialite": examen.specialite,
        "progressive": examen.forme_de_passage is FormeDePassage.PROGRESSIVE,
        "eps_date": date_de_l_eps(examen),
    }


def _recapitulatif(
    request: HttpRequest, brouillon: Brouillon, examen: Examen, saisie: dict[str, Any], motifs: list[Any]
) -> dict[str, Any]:
    prevu = contenu(examen, brouillons.identite(request.user))
    changements = []
    if brouillon.candidature:
        derniere = brouillon.candidature.versions.get(numero=brouillon.candidature.derniere_version)
        changements = differences(derniere.contenu, prevu)
    reponse = lire_reponse(request.user, examen.cadre)
    return {
        "decisions": instruction.montrees(brouillons.avec_les_decisions(brouillon, examen)),
        "sections": prevu["sections"],
        "vu": empreinte_visible(prevu),
        "changements": changements,
        "handicap": reponse,
        "formulaires": [],
        "complet": premiere_etape_incomplete(examen) is None,
    }


_CONTENUS = {
    "identification": _identification,
    "candidature": _candidature,
    "qualification": _qualification,
    "acquis": _acquis,
    "epreuves": _epreuves,
    "recapitulatif": _recapitulatif,
}


def conflit(
    request: HttpRequest, brouillon: Brouillon, proposee: dict[str, Any], cadre: Cadre, code: str, le: datetime
) -> dict[str, Any]:
    """Les deux saisies d’une étape, champ par champ, quand deux onglets se sont croisés."""
    gardee = brouillon.saisies.get(code, {})
    champs: dict[str, Champ] = {}
    for saisie in (gardee, proposee):
        champs |= _champs(request, brouillon, cadre, code, saisie, le)
    changes = {c for c in {*gardee, *proposee} if gardee.get(c, "") != proposee.get(c, "")}
    ecarts = [
        {
            "champ": champs.get(c, (c, {}))[0],
            "gardee": _en_texte(gardee.get(c, ""), champs.get(c)),
            "proposee": _en_texte(proposee.get(c, ""), champs.get(c)),
        }
        for c in [*(c for c in champs if c in changes), *sorted(changes - champs.keys())]
    ]
    paires = [(c, v) for c, valeur in proposee.items() for v in (valeur if isinstance(valeur, list) else [valeur])]
    if request.POST.get("handicap") in ("oui", "non"):
        paires.append(("handicap", request.POST["handicap"]))
    return {
        "cadre": cadre,
        "etape": next(e for e in cadre.etapes.liste if e.code == code),
        "ecarts": ecarts,
        "paires": paires,
        "revision": brouillon.revisions.get(code, 0),
        "action": request.POST.get("action", "suivant"),
    }


Champ = tuple[str, dict[str, str]]  # the label of a field, and those of its choices


def _champs(
    request: HttpRequest, brouillon: Brouillon, cadre: Cadre, code: str, saisie: dict[str, Any], le: datetime
) -> dict[str, Champ]:
    """Les champs que l’étape montrerait pour cette saisie, dans l’ordre de la page."""
    examen = brouillons.examen(brouillon, request.user, cadre, le, saisies={**brouillon.saisies, code: saisie})
    champs = {}
    for formulaire in _CONTENUS[code](request, brouillon, examen, saisie, [])["formulaires"]:
        rang = f"Présentation {int(formulaire.prefix.split('-')[1]) + 1}, " if formulaire.prefix else ""
        for champ in formulaire:
            champs[champ.html_name] = (f"{rang}{champ.label}", dict(getattr(champ.field.widget, "choices", ())))
    return champs


def _en_texte(valeur: Any, champ: Champ | None) -> str:
    choix = champ[1] if champ else {}
    valeurs = valeur if isinstance(valeur, list) else [valeur]
    return ", ".join(str(choix.get(v, v)) for v in valeurs if v != "")
