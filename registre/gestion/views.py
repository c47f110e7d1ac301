"""Pages du service qui composent plusieurs parties : accueil, recherche, page d’une candidature."""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.cadres import tous
from registre.commun.horloge import instant
from registre.commun.journal import consigner
from registre.commun.templatetags.registre_tags import heure_de_paris
from registre.comptes.acces import pour_gestionnaire
from registre.documents import rendu
from registre.documents.models import Document
from registre.gestion import fiche, listes, recherche, specialites
from registre.gestion.forms import FormulaireDeRecherche, FormulaireDeRelance
from registre.gestion.queries import Comptes, comptes_par_session, pieces_par_etat
from registre.inscription.models import Candidature
from registre.justificatifs.controle import ActeRefuse
from registre.justificatifs.queries import nombres_du_controle
from registre.justificatifs.usecases.remind_pieces import remind_pieces
from registre.regles.cadre import Periode
from registre.regles.calendrier import en_heure_de_paris, fin_affichee

traces = logging.getLogger(__name__)


@require_safe
@pour_gestionnaire
def accueil(request: HttpRequest, academie: str) -> HttpResponse:
    """Ce qui attend le service, la recherche, puis les sessions : périodes, nombres, spécialités à compléter."""
    le = instant(request)
    comptes = comptes_par_session(academie)
    sessions = [
        {
            "cadre": cadre,
            "inscription": _etat(cadre.calendrier.inscription, cadre.calendrier.fuseau, le),
            "depot": _etat(cadre.calendrier.depot, cadre.calendrier.fuseau, le),
            "comptes": comptes.get((cadre.session, cadre.examen), Comptes()),
            "a_completer": specialites.a_completer(cadre),
            "specialites": specialites.ouvertes(cadre),
        }
        for cadre in sorted(tous().values(), key=lambda c: (-c.session, c.examen))
        if cadre.academie == academie
    ]
    contexte = {
        "academie": academie,
        "sessions": sessions,
        "controle": nombres_du_controle(academie, maintenant=request.arrivee),
        "pieces": pieces_par_etat(academie),
        "formulaire": FormulaireDeRecherche(),
    }
    return render(request, "gestion/accueil.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def candidatures(request: HttpRequest, academie: str) -> HttpResponse:
    """La recherche et la liste. Ce qui est cherché n’entre pas dans l’adresse (S28)."""
    if request.method == "POST":
        return _recherche_demandee(request, academie)
    cle = request.GET.get("recherche", "")
    texte = recherche.rappeler(request.session, cle)
    filtre = request.GET.get("filtre", "")
    filtre = filtre if filtre in listes.FILTRES else ""
    trouvailles = recherche.chercher(academie, texte) if texte else recherche.toutes(academie)
    page = listes.page(listes.filtrer(trouvailles.candidatures, filtre, academie), request.GET.get("page", "1"))
    contexte = {
        "academie": academie,
        "formulaire": FormulaireDeRecherche(initial={"q": texte}),
        "texte": texte,
        "perdue": bool(cle) and not texte,
        "avis": trouvailles.avis,
        "page": page,
        "lignes": listes.lignes(page.object_list),
        "bornee": page.paginator.count >= listes.LIMITE,
        "filtres": [
            {"libelle": libelle, "courant": code == filtre, "adresse": _suite(filtre=code, recherche=texte and cle)}
            for code, libelle in listes.FILTRES.items()
        ],
        "suite": _suite(filtre=filtre, recherche=texte and cle),
    }
    return render(request, "gestion/candidatures.html", contexte)


def _suite(**valeurs: str) -> str:
    """Ce qui suit « ? » dans une adresse de la liste, sans les valeurs vides."""
    return urlencode({nom: valeur for nom, valeur in valeurs.items() if valeur})


def _recherche_demandee(request: HttpRequest, academie: str) -> HttpResponse:
    """Un numéro entier mène droit à sa candidature ; tout le reste à une liste."""
    texte = request.POST.get("q", "")[: recherche.LONGUEUR].replace("\x00", "").strip()
    ici = reverse("gestion_candidatures", kwargs={"academie": academie})
    if not texte:
        return redirect(ici)
    trouvailles = recherche.chercher(academie, texte)
    if trouvailles.exacte and (seule := trouvailles.candidatures.first()):
        return redirect("gestion_candidature", academie=academie, numero=seule.numero)
    return redirect(f"{ici}?{_suite(recherche=recherche.retenir(request.session, texte))}")


@require_safe
@pour_gestionnaire
def candidature(request: HttpRequest, academie: str, numero: str) -> HttpResponse:
    """La page d’une candidature. L’ouvrir s’écrit au journal, ou elle ne s’ouvre pas (P7, P14)."""
    with transaction.atomic():
        trouvee = fiche.candidature_ou_404(academie, numero)
        consigner(
            "candidature_consultee", le=instant(request), acteur=request.user, objet=f"candidature:{trouvee.numero}"
        )
        return _page(request, academie, trouvee, FormulaireDeRelance())


def _page(request: HttpRequest, academie: str, trouvee: Candidature, relance: FormulaireDeRelance) -> HttpResponse:
    contexte = fiche.contexte(trouvee, instant(request))
    en_erreur = relance.is_bound and bool(relance.errors)
    contexte |= {"academie": academie, "relance": relance, "fautifs": [relance], "en_erreur": en_erreur}
    return render(request, "gestion/candidature.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def relance(request: HttpRequest, academie: str, numero: str) -> HttpResponse:
    """Envoie au candidat la liste de ce qui manque : un document, et un courriel qui le dit."""
    trouvee = fiche.candidature_ou_404(academie, numero)
    if request.method != "POST":  # back here after a lost session
        return redirect("gestion_candidature", academie=academie, numero=numero)
    message, le = request.POST.get("message", ""), instant(request)
    try:
        document = remind_pieces(request.user, trouvee, message, le=le)
    except ActeRefuse as refus:
        return _page(request, academie, trouvee, FormulaireDeRelance(request.POST, motifs=refus.motifs))
    if document.emis_le < le:  # the first of two identical ones came back: nothing left
        quand = heure_de_paris(document.emis_le)
        messages.info(request, f"Une relance identique vient d’être envoyée, le {quand}. Rien n’est parti de nouveau.")
    else:
        messages.success(request, f"La relance est mise à disposition de la personne\u00a0: {document.titre}.")
    return redirect("gestion_candidature", academie=academie, numero=numero)


@require_safe
@pour_gestionnaire
def document_pdf(request: HttpRequest, academie: str, reference: UUID) -> HttpResponse:
    """Le PDF remis à un candidat de l’académie. L’ouvrir s’écrit au journal."""
    trouve = Document.objects.filter(academie=academie, reference=reference).first()
    if trouve is None:
        raise Http404
    try:
        octets = rendu.pdf(trouve)
    except rendu.MoteurEnPanne:
        traces.exception("document %s non rendu", trouve.reference)
        return render(
            request, "gestion/document_en_panne.html", {"academie": academie, "document": trouve}, status=503
        )
    consigner(
        "document_consulte",
        le=instant(request),
        acteur=request.user,
        objet=f"document:{trouve.reference}",
        titre=trouve.titre,
        version=trouve.version,
    )
    return _fichier(octets, trouve)


@csp({"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": []})
def _fichier(octets: bytes, document: Document) -> HttpResponse:
    reponse = HttpResponse(octets, content_type="application/pdf")
    version = f"-v{document.version}" if document.version else ""
    reponse["Content-Disposition"] = f'inline; filename="{document.genre}-{document.candidature}{version}.pdf"'
    return reponse


def _etat(periode: Periode, fuseau: str, le: datetime) -> str:
    if le < periode.ouvre_le:
        return f"pas encore ouvert, ouvre {en_heure_de_paris(periode.ouvre_le, fuseau)}"
    if le < periode.ferme_le:
        return f"ouvert, ferme {fin_affichee(periode, fuseau)}"
    return f"période finie depuis {fin_affichee(periode, fuseau)}"
