"""La page où le service décide des acquis d’une candidature."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registre.commun.cadres import cadre_ou_404
from registre.commun.formulaires import texte_poste
from registre.commun.horloge import instant
from registre.commun.journal import consigner
from registre.comptes.acces import pour_gestionnaire
from registre.gestion.fiche import candidature_ou_404
from registre.gestion.forms_acquis import DecisionForm, OctroiForm, lire_octroi
from registre.inscription.instruction import cle_de, dernieres
from registre.inscription.models import Candidature, DecisionDAcquis
from registre.inscription.pieces import examen_de
from registre.inscription.usecases.decide_acquis import CANDIDATURE_INACTIVE, DecisionRefusee, decide_acquis
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.etapes import Examen
from registre.regles.explication_acquis import trace_d_un_acquis
from registre.regles.instruction import MOTIF_MAXIMAL, a_decider, motifs_de_la_decision

DEMANDE_INCONNUE = Motif(
    "demande_inconnue", "", "Cette demande n’est plus à décider\u00a0: l’inscription a changé.", ("L-48",)
)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def acquis(request: HttpRequest, academie: str, numero: str) -> HttpResponse:
    """Les demandes que les règles laissent au service, et ses octrois. L’ouvrir s’écrit au journal."""
    candidature = candidature_ou_404(academie, numero)
    cadre = cadre_ou_404(*candidature.cle)
    examen = _examen(candidature, cadre)
    if request.method == "POST":
        return _decidee(request, candidature, cadre, examen)
    with transaction.atomic():
        consigner(
            "candidature_consultee",
            le=instant(request),
            acteur=request.user,
            objet=f"candidature:{candidature.numero}",
        )
        return _page(request, candidature, cadre, examen)


def _examen(candidature: Candidature, cadre: Cadre) -> Examen:
    version = candidature.versions.get(numero=candidature.derniere_version)
    return examen_de(candidature, version, candidature.compte, cadre)


def _decidee(request: HttpRequest, candidature: Candidature, cadre: Cadre, examen: Examen) -> HttpResponse:
    tape = {champ: texte_poste(request, champ) for champ in request.POST}
    cle, vue = tape.get("demande", ""), tape.get("vue", "")
    octroi, motifs, ligne = None, [], None
    if cle == "accorder":
        octroi, ligne, motifs = lire_octroi(tape, cadre)
        tape["sens"] = "accorder"
    else:
        for e in a_decider(examen.acquis) if examen.acquis else ():
            if cle_de(e) == cle:
                ligne, octroi = e.ligne, e.instruite.octroi if e.instruite else None
        motifs = [] if ligne else [DEMANDE_INCONNUE]
    if motifs or ligne is None:
        motifs = [*motifs, *(motifs_de_la_decision(tape.get("sens", ""), tape.get("motif", "")) if ligne else [])]
        return _page(request, candidature, cadre, examen, cle, tape, motifs)
    try:
        decision = decide_acquis(
            request.user,
            candidature,
            ligne,
            octroi=octroi,
            sens=tape.get("sens", ""),
            motif=tape.get("motif", ""),
            vue=int(vue) if vue.isascii() and vue.isdigit() and len(vue) < 18 else 0,
            le=instant(request),
        )
    except DecisionRefusee as refus:
        return _page(request, candidature, cadre, _examen(candidature, cadre), cle, tape, refus.motifs)
    quoi = "accordé" if decision.accordee else "refusé"
    messages.success(request, f"C’est {quoi}. La personne le lit sur sa page, et un courriel la prévient.")
    return redirect("gestion_acquis", academie=candidature.academie, numero=candidature.numero)


def _page(
    request: HttpRequest,
    candidature: Candidature,
    cadre: Cadre,
    examen: Examen,
    cle: str = "",
    tape: dict[str, str] | None = None,
    motifs: list[Motif] | None = None,
) -> HttpResponse:
    """``cle``, ``tape``, ``motifs`` : le formulaire envoyé, ce qu’il portait, ce qui s’y oppose."""
    candidature.refresh_from_db(fields=["etat"])
    generaux = [] if candidature.etat == Candidature.Etat.ENREGISTREE else [CANDIDATURE_INACTIVE.message]
    histoires = dernieres(candidature, cadre)
    demandes, octroi = [], None
    if examen.acquis and examen.specialite:
        demandes = [_demande(e, examen, histoires, cle, tape, motifs) for e in a_decider(examen.acquis)]
        envoye = cle == "accorder"
        octroi = OctroiForm(
            examen.specialite, cadre, tape if envoye else None, motifs=_du_formulaire(motifs) if envoye else ()
        )
    formulaires = [d["formulaire"] for d in demandes] + ([octroi] if octroi else [])
    if motifs and not any(f.motifs for f in formulaires):
        generaux += [m.message for m in motifs]
    contexte = {
        "academie": candidature.academie,
        "candidature": candidature,
        "compte": candidature.compte,
        "cadre": cadre,
        "demandes": demandes,
        "octroi": octroi,
        "generaux": generaux,
        "en_erreur": bool(motifs),
        "formulaires": [f for f in formulaires if f.motifs],
        "motif_maximal": MOTIF_MAXIMAL,
    }
    return render(request, "gestion/acquis.html", contexte)


def _du_formulaire(motifs: list[Motif] | None) -> list[Motif]:
    """L’octroi n’a pas de champ « sens » : ce qui s’y oppose se dit en tête."""
    return [Motif(m.code, "" if m.champ == "sens" else m.champ, m.message, m.sources) for m in motifs or ()]


def _demande(
    e: Any,
    examen: Examen,
    histoires: dict[str, list[DecisionDAcquis]],
    cle: str,
    tape: dict[str, str] | None,
    motifs: list[Motif] | None,
) -> dict[str, Any]:
    nom = cle_de(e)
    envoye = nom == cle
    histoire = histoires.get(nom, [])
    return {
        "cle": nom,
        "trace": trace_d_un_acquis(e, examen.specialite, examen.cadre),
        "attend": e.instruite is None,
        "histoire": histoire,
        "vue": histoire[0].pk if histoire else 0,
        "formulaire": DecisionForm(nom, tape if envoye else None, motifs=motifs if envoye and motifs else ()),
    }
