"""Pages du candidat : ses candidatures, les étapes, l’enregistrement, la désinscription."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.cadres import tous
from registre.commun.horloge import instant
from registre.comptes import reprise
from registre.comptes.connexion import accueil_du_role
from registre.inscription import brouillons, instruction, pages
from registre.inscription.acces import adresse, pour_candidat
from registre.inscription.models import Brouillon, Candidature
from registre.inscription.pieces import examen_de
from registre.inscription.usecases.register_candidature import (
    RecapitulatifChange,
    RegistreFerme,
    SaisieRefusee,
    register_candidature,
)
from registre.inscription.usecases.save_etape import EtapeFermee, SaisieConcurrente, Sauvegarde, save_etape
from registre.inscription.usecases.withdraw_candidature import withdraw_candidature
from registre.regles.cadre import Cadre
from registre.regles.calendrier import (
    depot_ouvert,
    duree_en_francais,
    en_heure_de_paris,
    fin_affichee,
    heure_en_francais,
    registre_ouvert,
    temps_restant,
)
from registre.regles.etapes import champ_de_l_etape, etape_accessible, premiere_etape_incomplete


@require_safe
def mes_candidatures(request: HttpRequest) -> HttpResponse:
    """Une carte par session ouverte ou déjà servie au candidat."""
    if not request.user.est_candidat:
        return redirect(accueil_du_role(request))
    le = instant(request)
    retirees = list(Candidature.objects.filter(compte=request.user, etat=Candidature.Etat.RETIREE).order_by("pk"))
    suivis = {b.cle: b for b in Brouillon.objects.select_related("candidature").filter(compte=request.user)}
    cartes = [
        pages.carte(cadre, suivis.get(cadre.cle), le, retiree=cadre.cle in {r.cle for r in retirees})
        for cadre in sorted(tous().values(), key=lambda c: (-c.session, c.academie))
        if cadre.cle in suivis or le < cadre.calendrier.inscription.ferme_le
    ]
    return render(request, "inscription/mes_candidatures.html", {"cartes": cartes, "retirees": retirees})


@require_safe
@pour_candidat
def candidature(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    """La page d’une candidature : où elle en est, ce qui reste à faire."""
    le = instant(request)
    brouillon = brouillons.lire(request.user, cadre, le)
    examen = brouillons.examen(brouillon, request.user, cadre, le)
    version, pieces, decisions = None, [], []
    if brouillon.candidature:
        version = brouillon.candidature.versions.get(numero=brouillon.candidature.derniere_version)
        enregistre = examen_de(brouillon.candidature, version, request.user, cadre)
        pieces, decisions = pages.pieces_a_preparer(enregistre), instruction.montrees(enregistre)
    contexte = {
        "cadre": cadre,
        "candidature": brouillon.candidature,
        "version": version,
        "pieces": pieces,
        "decisions": decisions,
        "commence": bool(brouillon.saisies),
        "prochaine": premiere_etape_incomplete(examen) or "recapitulatif",
        **pages.bandeau(brouillon, examen, request.user, cadre, le),
    }
    return render(request, "inscription/candidature.html", contexte)


@reprise.reprenable
@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def etape(request: HttpRequest, cadre: Cadre, etape: str) -> HttpResponse:
    if etape not in {e.code for e in cadre.etapes.liste}:
        raise Http404
    le = instant(request)
    if request.method == "POST" and etape != "recapitulatif":
        return _etape_postee(request, cadre, etape, le)
    if not registre_ouvert(cadre.calendrier, le):
        return _ferme(request, cadre, le)
    return _etape_montree(request, cadre, etape, le)


def _etape_montree(request: HttpRequest, cadre: Cadre, etape: str, le: datetime) -> HttpResponse:
    brouillon = brouillons.lire(request.user, cadre, le)
    tapee = reprise.recuperer(request) if etape != "recapitulatif" else None
    if tapee is not None:  # typed before the session ended: shown again, saved when the candidate goes on
        brouillon.saisies = {**brouillon.saisies, etape: _saisie(tapee, etape)}
        brouillon.revisions = {**brouillon.revisions, etape: _revision(tapee) or 0}
        messages.success(request, "Ce que vous aviez tapé avant la fin de votre session est revenu. Continuez ici.")
    examen = brouillons.examen(brouillon, request.user, cadre, le)
    if not etape_accessible(examen, etape):
        a_remplir = premiere_etape_incomplete(examen) or etape
        return redirect(adresse("etape", cadre, etape=a_remplir))
    handicap = tapee.get("handicap", "") if tapee is not None else ""
    contexte = pages.etape(request, brouillon, examen, cadre, etape, le, handicap=handicap)
    return render(request, f"inscription/etapes/{etape}.html", contexte)


def _saisie(donnees: QueryDict, etape: str) -> dict[str, Any]:
    """Ce que l’étape connaît ; le reste n’entre pas. NUL n’est pas du texte pour une base."""
    multiples = {"possibilites", "eps_activites"}
    return {
        champ: [v.replace("\x00", "") for v in valeurs] if champ in multiples else valeurs[-1].replace("\x00", "")
        for champ, valeurs in donnees.lists()
        if champ_de_l_etape(etape, champ)
    }


def _revision(donnees: QueryDict) -> int | None:
    brut = donnees.get("revision", "")
    return int(brut) if brut.isascii() and brut.isdigit() and len(brut) < 9 else None


def _etape_postee(request: HttpRequest, cadre: Cadre, etape: str, le: datetime) -> HttpResponse:
    action = request.POST.get("action", "suivant")
    try:
        faite = save_etape(
            request.user,
            cadre,
            etape,
            _saisie(request.POST, etape),
            le=le,
            revision=_revision(request.POST),
            quittee=action in ("suivant", "precedent"),
            handicap=request.POST.get("handicap", "") if etape == "candidature" else "",
        )
    except EtapeFermee as refus:
        messages.warning(request, "Remplissez d’abord cette étape.")
        return redirect(adresse("etape", cadre, etape=refus.a_remplir))
    except SaisieConcurrente as conflit:
        return _conflit(request, cadre, etape, conflit, action)
    reprise.oublier(request)
    if action == "brouillon":
        heure = heure_en_francais(le.astimezone(ZoneInfo(cadre.calendrier.fuseau)))
        return JsonResponse({"revision": faite.brouillon.revisions[etape], "heure": heure})
    if not registre_ouvert(cadre.calendrier, le):
        return _ferme(request, cadre, le)
    _dire_ce_qui_se_rouvre(request, faite, cadre, etape, le)
    return redirect(_apres(cadre, etape, action, request.POST))


def _apres(cadre: Cadre, etape: str, action: str, donnees: QueryDict) -> str:
    ordre = [e.code for e in cadre.etapes.liste]
    rang = ordre.index(etape)
    if action == "suivant":
        return adresse("etape", cadre, etape=ordre[min(rang + 1, len(ordre) - 1)])
    if action == "precedent":
        return adresse("etape", cadre, etape=ordre[max(rang - 1, 0)])
    if action == "quitter":
        return adresse("candidature", cadre)
    ici = adresse("etape", cadre, etape=etape)
    if action == "chercher":
        return f"{ici}?{urlencode({'q': donnees.get('recherche', '')[:100]})}#recherche"
    if action == "ajouter":
        return f"{ici}?ajouter=1#suite"
    if action == "consequences":
        return f"{ici}#consequences"
    return f"{ici}#suite"


def _dire_ce_qui_se_rouvre(request: HttpRequest, faite: Sauvegarde, cadre: Cadre, etape: str, le: datetime) -> None:
    """Changer une réponse peut rouvrir une étape déjà remplie : on le dit, on ne le laisse pas découvrir."""
    ordre = [e.code for e in cadre.etapes.liste]
    suivantes = [e for e in ordre[ordre.index(etape) + 1 :] if e in faite.brouillon.saisies]
    if not suivantes or etape not in faite.avant:
        return
    avant = brouillons.examen(faite.brouillon, request.user, cadre, le, saisies=faite.avant)
    apres = brouillons.examen(faite.brouillon, request.user, cadre, le)
    rouvertes = [e for e in suivantes if apres.motifs[e] and not avant.motifs[e]]
    if rouvertes:
        libelles = {e.code: f"{n} {e.libelle}" for n, e in enumerate(cadre.etapes.liste, 1)}
        noms = ", ".join(libelles[e] for e in rouvertes)
        messages.warning(request, f"Ce changement rouvre une étape déjà remplie\u00a0: {noms}. Vérifiez-la.")


def _conflit(request: HttpRequest, cadre: Cadre, etape: str, conflit: SaisieConcurrente, action: str) -> HttpResponse:
    if action == "brouillon":
        return JsonResponse({"conflit": True}, status=409)
    contexte = pages.conflit(request, conflit.brouillon, conflit.proposee, cadre, etape, instant(request))
    return render(request, "inscription/conflit.html", contexte, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def enregistrer(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    if request.method != "POST":  # back from the login page after a lost session
        return redirect(adresse("etape", cadre, etape="recapitulatif"))
    le = instant(request)
    try:
        fait = register_candidature(request.user, cadre, vu=request.POST.get("vu", ""), le=le)
    except RegistreFerme:
        return _ferme(request, cadre, le)
    except RecapitulatifChange:
        messages.warning(
            request, "Vos réponses ont changé depuis cette page. Vérifiez-les, puis enregistrez de nouveau."
        )
        return redirect(adresse("etape", cadre, etape="recapitulatif"))
    except SaisieRefusee as refus:
        brouillon = brouillons.lire(request.user, cadre, le)
        examen = brouillons.examen(brouillon, request.user, cadre, le)
        a_remplir = premiere_etape_incomplete(examen)
        if a_remplir is None:  # refused for a reason that no step holds: another active candidature
            for motif in refus.motifs:
                messages.error(request, motif.message)
            return redirect("mes_candidatures")
        messages.warning(request, "Votre inscription n’est pas enregistrée\u00a0: cette étape reste à remplir.")
        return redirect(adresse("etape", cadre, etape=a_remplir))
    numero, version = fait.candidature.numero, fait.version.numero
    if not fait.nouvelle:
        messages.info(
            request,
            f"Rien n’avait changé\u00a0: votre inscription {numero} reste enregistrée en version {version}.",
        )
    else:
        messages.success(
            request,
            f"Votre inscription est enregistrée sous le numéro {numero}, version {version}, "
            f"{en_heure_de_paris(fait.version.enregistree_le, cadre.calendrier.fuseau, secondes=True)}.",
        )
    return redirect(adresse("candidature", cadre))


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def desinscription(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    le = instant(request)
    if request.method == "POST":
        try:
            retiree = withdraw_candidature(request.user, cadre, le=le)
        except RegistreFerme:
            return _ferme(request, cadre, le)
        if retiree:
            messages.success(
                request, f"Votre inscription est retirée. La candidature {retiree.numero} ne compte plus."
            )
        return redirect("mes_candidatures")
    candidature = brouillons.lire(request.user, cadre, le).candidature
    if candidature is None:
        raise Http404
    if not registre_ouvert(cadre.calendrier, le):
        return _ferme(request, cadre, le)
    return render(request, "inscription/desinscription.html", {"cadre": cadre, "candidature": candidature})


def _ferme(request: HttpRequest, cadre: Cadre, le: datetime) -> HttpResponse:
    """Hors période : l’heure d’arrivée, la dernière version enregistrée, le service ; le brouillon reste."""
    brouillon = brouillons.lire(request.user, cadre, le)
    candidature = brouillon.candidature
    version = candidature.versions.get(numero=candidature.derniere_version) if candidature else None
    fuseau, periode = cadre.calendrier.fuseau, cadre.calendrier.inscription
    contexte = {
        "cadre": cadre,
        "arrivee": en_heure_de_paris(le, fuseau, secondes=True),
        "ouvre": en_heure_de_paris(periode.ouvre_le, fuseau),
        "ferme": en_heure_de_paris(periode.ferme_le, fuseau),
        "pas_encore": le < periode.ouvre_le,
        "candidature": candidature,
        "version": version,
        "enregistree": en_heure_de_paris(version.enregistree_le, fuseau, secondes=True) if version else "",
        "brouillon": bool(brouillon.saisies),
        "fin_depot": fin_affichee(cadre.calendrier.depot, fuseau),
        "depot_ouvert": depot_ouvert(cadre.calendrier, le),
        "reste_depot": duree_en_francais(temps_restant(cadre.calendrier, le).depot),
    }
    statut = 403 if request.method == "POST" else 200
    return render(request, "inscription/ferme.html", contexte, status=statut)
