"""La page « Et si ? » : essayer des notes. Rien de ce qui y est tapé n’est gardé."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from registre.commun.horloge import instant
from registre.inscription import brouillons
from registre.inscription.acces import pour_candidat
from registre.inscription.forms_et_si import EtSiForm, Reglages
from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre, Specialite
from registre.regles.consequences import nom_de_l_objectif
from registre.regles.controle import releve_apres_controle
from registre.regles.decisions import unites_toutes_connues
from registre.regles.et_si import (
    CHAMP,
    Essai,
    Resultat,
    activites_notees,
    en_attente,
    lire,
    resultat,
    saisie_de_depart,
    specialite_a_choisir,
    trace_de_l_essai,
)
from registre.regles.explication import nom_de_la_ligne
from registre.regles.explication_suite import trace_de_la_suite
from registre.regles.jury import Bareme, DecisionDuJury
from registre.regles.moyenne import Moyenne, ecrit
from registre.regles.note_necessaire import en_clair
from registre.regles.progression import suite_du_parcours
from registre.regles.saisie import texte


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def et_si(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    """Le formulaire, rempli de ce que le brouillon sait ; envoyé, le résultat au-dessus."""
    le = instant(request)
    brouillon = brouillons.lire(request.user, cadre, le)
    examen = brouillons.avec_les_decisions(brouillon, brouillons.examen(brouillon, request.user, cadre, le))
    envoye = request.method == "POST"
    saisie = _saisie(request) if envoye else saisie_de_depart(examen)
    specialite = cadre.specialites.get(texte(saisie, "specialite"))
    if specialite and not specialite.ouverte_a_l_inscription:
        specialite = None
    reglages = Reglages(
        cadre=cadre,
        specialite=specialite,
        forme_de_passage=examen.forme_de_passage,
        activites=activites_notees(examen),
    )
    contexte: dict[str, Any] = {"cadre": cadre, "specialite": specialite}
    if specialite:
        contexte |= _manques(specialite, cadre)
    if not envoye or (specialite and request.POST.get("action") == "specialite"):
        formulaire = EtSiForm(reglages, data=saisie)
    elif specialite is None:
        formulaire = EtSiForm(reglages, data=saisie, motifs=[specialite_a_choisir()])
    else:
        formulaire, contexte["resultat"] = _juger(saisie, specialite, reglages)
    contexte |= {
        "formulaire": formulaire,
        "formulaires": [formulaire],
        "en_erreur": bool(formulaire.motifs),
        # Typed for another spécialité, or for a control that no longer opens: it comes back when its field does.
        "gardes": [(champ, valeur) for champ, valeur in saisie.items() if champ not in formulaire.fields],
    }
    return render(request, "inscription/et_si.html", contexte)


def _saisie(request: HttpRequest) -> dict[str, str]:
    """Ce que la page connaît ; le reste n’entre pas."""
    return {champ: valeur for champ, valeur in request.POST.items() if CHAMP.fullmatch(champ)}


def _manques(specialite: Specialite, cadre: Cadre) -> dict[str, Any]:
    """Ce que nos données n’ont pas de cette spécialité."""
    return {
        "inconnus": [
            libelle_unite(cle, specialite, cadre) for cle, u in specialite.par_cle.items() if u.coefficient is None
        ],
        "unites_incompletes": not unites_toutes_connues(specialite),
    }


def _juger(
    saisie: dict[str, str], specialite: Specialite, reglages: Reglages
) -> tuple[EtSiForm, dict[str, Any] | None]:
    """Le formulaire avec ce qui est à corriger, et le résultat si les notes se lisent."""
    cadre = reglages.cadre
    essai = lire(saisie, specialite, reglages.forme_de_passage, reglages.activites, cadre)
    if any(not m.champ.startswith("note_oral_") for m in essai.motifs):
        motifs = [m for m in essai.motifs if not m.champ.startswith("note_oral_")]
        return EtSiForm(reglages, data=saisie, motifs=motifs), None
    if essai.motifs:  # the first group can be told before the orals are corrected
        essai = replace(essai, oraux=())
    trouve = resultat(essai, Bareme.du_cadre(cadre))
    choix = trouve.premier.choix_controle
    motifs = [*(essai.motifs if choix else ()), *trouve.motifs]
    return EtSiForm(reglages, choix, data=saisie, motifs=motifs), _montre(essai, trouve, reglages)


def _montre(essai: Essai, trouve: Resultat, reglages: Reglages) -> dict[str, Any]:
    cadre, final = reglages.cadre, trouve.final
    if essai.manquantes and final.decision is DecisionDuJury.PARTIEL:
        return _montre_l_attente(essai, cadre)
    forme = reglages.forme_de_passage
    releve = releve_apres_controle(essai.releve, essai.oraux) if trouve.second else essai.releve
    suites = suite_du_parcours(releve, final, cadre.session, forme, cadre.forme_de_passage, cadre.acquis)
    return {
        "moyenne": _affichee(trouve.premier.moyenne, cadre),
        "moyenne_second_groupe": _affichee(final.moyenne_second_groupe, cadre),
        "moyenne_professionnelle": _affichee(trouve.moyenne_professionnelle, cadre),
        "trace": trace_de_l_essai(essai, trouve, cadre),
        "suite": trace_de_la_suite(suites, cadre),
    }


def _montre_l_attente(essai: Essai, cadre: Cadre) -> dict[str, Any]:
    """Des notes manquent : pas de résultat encore, mais ce que les autres disent déjà."""
    decimales = cadre.moyenne.note_decimales
    attente = en_attente(essai, Bareme.du_cadre(cadre))
    return {
        "manquantes": [nom_de_la_ligne(ligne, cadre) for ligne in essai.manquantes],
        "moyenne_des_tapees": _affichee(attente.moyenne, cadre),
        "besoins": [
            (f"{nom_de_l_objectif(objectif)} ({ecrit(objectif.seuil)} de moyenne)", en_clair(besoin, decimales))
            for objectif, besoin in attente.besoins
        ],
    }


def _affichee(moyenne: Moyenne | None, cadre: Cadre) -> str:
    return moyenne.affichee(cadre.moyenne.decimales) if moyenne else ""
