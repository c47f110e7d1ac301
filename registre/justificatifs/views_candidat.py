"""« Mes justificatifs » : le candidat voit ses pièces, les dépose, les envoie. Personne d’autre ne les ouvre ici."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.cadres import tous
from registre.commun.formulaires import texte_poste
from registre.commun.horloge import instant
from registre.inscription.acces import adresse, pour_candidat
from registre.inscription.models import Candidature
from registre.justificatifs import dossier, pages_candidat, queries
from registre.justificatifs.actes import DepotRefuse
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.fichiers.noms import nom_affiche
from registre.justificatifs.fichiers.reconnaissance import format_reconnu
from registre.justificatifs.models import FichierDepose
from registre.justificatifs.pages_candidat import AUCUN, Refus
from registre.justificatifs.usecases.add_pages import add_pages
from registre.justificatifs.usecases.declare_non_concerne import declare_non_concerne
from registre.justificatifs.usecases.delete_fichier import delete_fichier
from registre.justificatifs.usecases.deposit_piece import Depot, deposit_piece
from registre.justificatifs.usecases.issue_accuse import issue_accuse
from registre.justificatifs.usecases.keep_fichier import keep_fichier
from registre.justificatifs.usecases.move_fichier import move_fichier
from registre.justificatifs.usecases.send_regroupement import send_regroupement
from registre.justificatifs.usecases.withdraw_non_concerne import withdraw_non_concerne
from registre.regles.cadre import Cadre
from registre.regles.calendrier import en_heure_de_paris
from registre.regles.citation import Motif
from registre.regles.fichiers import dit_du_fichier_prepare, refus_de_fichier, se_prepare

traces = logging.getLogger(__name__)

TYPES = {"pdf": ("application/pdf", "pdf"), "jpeg": ("image/jpeg", "jpg")}
ATTENTE = 60  # seconds
# Seconds after which one form's next file is not begun. A file takes 35 at worst, its turn and its treatment: no form
# holds a thread of the server for a minute (S31).
PATIENCE = 20


@require_safe
def mes_justificatifs(request: HttpRequest) -> HttpResponse:
    """Les candidatures qui demandent des pièces ; s’il n’y en a qu’une, sa page tout de suite."""
    if not request.user.est_candidat:
        raise PermissionDenied
    actives = Candidature.objects.filter(compte=request.user, etat=Candidature.Etat.ENREGISTREE).order_by("-session")
    suivies = [{"candidature": c, "cadre": tous()[c.cle]} for c in actives if c.cle in tous()]
    if len(suivies) == 1:
        return redirect(adresse("justificatifs", suivies[0]["cadre"]))
    return render(request, "justificatifs/mes_justificatifs.html", {"suivies": suivies})


@require_safe
@pour_candidat
def justificatifs(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    """Les pièces d’une candidature."""
    return _page(request, cadre)


@require_safe
@pour_candidat
def voir_piece(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Une pièce telle que le service la verra : les mêmes images."""
    candidature = queries.candidature_active(request.user, cadre)
    if candidature is None:
        raise Http404
    du_candidat = dossier.charger(candidature, cadre, instant(request))
    contexte = pages_candidat.piece_vue(du_candidat, piece, du_candidat.cadre)
    if contexte is None:
        raise Http404
    return render(request, "justificatifs/voir_piece.html", contexte)


# --- Les actes ------------------------------------------------------------------------------------------------
# Each answers a GET too, with the page: the browser comes back here after a lost session.


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def deposer_piece(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Ajoute à une pièce les fichiers envoyés, dans leur ordre. Les bons sont gardés, les autres nommés.

    Un envoi de plusieurs fichiers lourds s’arrête avant de tenir le serveur : ceux qui restent sont à renvoyer.
    """
    _piece_connue(request, cadre, piece)
    fin = time.monotonic() + PATIENCE
    remplace = _reference(request.POST.get("remplace", ""))
    if request.method != "POST":  # back here after a lost session
        perdus = "Votre session était finie\u00a0: rien n’est arrivé. Déposez de nouveau vos fichiers."
        messages.warning(request, perdus)
        return _retour(cadre, f"piece-{piece}")
    refuses: list[Motif] = []
    envoyes = request.FILES.getlist("fichier")
    a_remplacer = remplace
    for rang, envoye in enumerate(envoyes):
        if rang and time.monotonic() > fin:
            refuses += [du_fichier(pas_encore_traite(), e.name or "") for e in envoyes[rang:]]
            break
        le, nom, octets = instant(request), envoye.name or "", envoye.read()
        try:
            depot = deposit_piece(request.user, cadre, piece, nom, octets, remplace=a_remplacer, le=le)
        except DepotRefuse as refus:
            motifs = _prepare_si_possible(request, cadre, piece, nom, octets, refus.motifs, a_remplacer)
            refuses += [du_fichier(m, nom) for m in motifs]
        else:
            a_remplacer = None  # only the first one takes the place of another
            messages.success(request, recu(depot, cadre), extra_tags=f"piece-{piece}")
    if not envoyes:
        refuses.append(refus_de_fichier("fichier_manquant"))
    if refuses:
        motifs = tuple(dict.fromkeys(refuses))
        return _page(request, cadre, Refus(piece=piece, remplace=str(remplace or ""), motifs=motifs))
    return _retour(cadre, f"piece-{piece}")


def _prepare_si_possible(
    request: HttpRequest,
    cadre: Cadre,
    piece: str,
    nom: str,
    octets: bytes,
    motifs: list[Motif],
    remplace: UUID | None,
) -> list[Motif]:
    """Un fichier trop lourd ou d’un autre format : le site en fait des pages aussitôt, et le dit. Rien n’est déposé.

    Rend les motifs d’un fichier refusé ; s’il ne donne pas de pages, le refus dit aussi pourquoi.
    """
    vise = {m.code for m in motifs} & {"format_refuse", "fichier_trop_gros"}
    fichier = (nom_affiche(nom), format_reconnu(octets), len(octets), cadre.pieces)
    if not vise or not se_prepare(*fichier):
        return motifs
    try:
        ajout = add_pages(
            request.user, cadre, piece, nom, octets, remplace=remplace, deja_compte=True, le=instant(request)
        )
    except DepotRefuse as refus:
        pourquoi = " ".join(m.message for m in refus.motifs)
        return [replace(m, message=f"{m.message} {pourquoi}") for m in motifs]
    total = ajout.assemblage.pages.count()
    dit = dit_du_fichier_prepare(*fichier, presentes=total - len(ajout.pages), total=total)
    if ajout.deja:
        dit = f"«\u00a0{fichier[0]}\u00a0» est déjà dans le document en préparation\u00a0: rien n’est ajouté. "
        dit += "Pour reprendre une page retirée, retirez aussi ses autres pages, puis choisissez-le de nouveau."
    messages.info(request, dit, extra_tags=f"piece-{piece}")
    return []


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def supprimer_fichier(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    _piece_connue(request, cadre, piece)
    reference = _reference(request.POST.get("reference", ""))
    if request.method == "POST" and reference:
        try:
            nom = delete_fichier(request.user, cadre, reference, le=instant(request))
        except DepotRefuse as refus:
            return _page(request, cadre, Refus(piece=piece, motifs=tuple(refus.motifs)))
        if nom is not None:
            messages.success(request, f"«\u00a0{nom}\u00a0» est supprimé.", extra_tags=f"piece-{piece}")
    return _retour(cadre, f"piece-{piece}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def garder_fichier(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """« Garder ce fichier quand même », malgré une alerte, et pourquoi."""
    _piece_connue(request, cadre, piece)
    reference, pourquoi = _reference(request.POST.get("reference", "")), texte_poste(request, "pourquoi")
    if request.method == "POST" and reference:
        try:
            nom = keep_fichier(request.user, cadre, reference, pourquoi, le=instant(request))
        except DepotRefuse as refus:
            garde = Refus(piece=piece, garde=str(reference), pourquoi=pourquoi, motifs=tuple(refus.motifs))
            return _page(request, cadre, garde)
        if nom is not None:
            garde_dit = f"Vous gardez «\u00a0{nom}\u00a0». Le service lira pourquoi."
            messages.success(request, garde_dit, extra_tags=f"piece-{piece}")
    return _retour(cadre, f"piece-{piece}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def non_concerne(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """« Cette pièce ne me concerne pas », déclaré sur l’honneur ; ou cette déclaration retirée."""
    _piece_connue(request, cadre, piece)
    if request.method != "POST":
        return _retour(cadre, f"piece-{piece}")
    dit = texte_poste(request, "dit")
    try:
        if request.POST.get("geste") == "retirer":
            faite = withdraw_non_concerne(request.user, cadre, piece, le=instant(request))
            recu_dit = "Votre déclaration est retirée. La pièce est de nouveau à fournir."
        else:
            faite = bool(declare_non_concerne(request.user, cadre, piece, dit, le=instant(request)))
            recu_dit = (
                "Votre déclaration est enregistrée. Elle sera envoyée au service quand vous cliquerez sur "
                "«\u00a0J’ai fourni toutes mes pièces\u00a0», plus bas."
            )
    except DepotRefuse as refus:
        return _page(request, cadre, Refus(piece=piece, declaration=dit, motifs=tuple(refus.motifs)))
    if faite:
        messages.success(request, recu_dit, extra_tags=f"piece-{piece}")
    return _retour(cadre, f"piece-{piece}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def deplacer_fichier(request: HttpRequest, cadre: Cadre, piece: str) -> HttpResponse:
    """Change l’ordre des fichiers d’une pièce ; ``sens`` : monter ou descendre."""
    _piece_connue(request, cadre, piece)
    reference, sens = _reference(request.POST.get("reference", "")), request.POST.get("sens", "")
    if request.method == "POST" and reference and sens in ("monter", "descendre"):
        try:
            nom = move_fichier(request.user, cadre, reference, sens, le=instant(request))
        except DepotRefuse as refus:
            return _page(request, cadre, Refus(piece=piece, motifs=tuple(refus.motifs)))
        if nom is not None:
            messages.success(request, f"«\u00a0{nom}\u00a0» a changé de place.", extra_tags=f"piece-{piece}")
    return _retour(cadre, f"piece-{piece}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def envoyer_regroupement(request: HttpRequest, cadre: Cadre, regroupement: str) -> HttpResponse:
    """« J’ai fourni toutes mes pièces »."""
    if regroupement not in {r.code for r in cadre.pieces.regroupements}:
        _demande_connue(request, cadre, regroupement)
    if request.method == "POST":
        try:
            send_regroupement(request.user, cadre, regroupement, le=instant(request))
        except DepotRefuse as refus:
            return _page(request, cadre, Refus(regroupement=regroupement, motifs=tuple(refus.motifs)))
        messages.success(
            request,
            "Vos pièces sont envoyées au service. Il peut les étudier.",
            extra_tags=f"groupe-{regroupement}",
        )
    return _retour(cadre, f"groupe-{regroupement}")


@require_http_methods(["GET", "HEAD", "POST"])
@pour_candidat
def accuse_de_depot(request: HttpRequest, cadre: Cadre) -> HttpResponse:
    """Fait naître l’accusé de ce qui est déposé, et l’ouvre."""
    if request.method != "POST":
        return _retour(cadre)
    try:
        document = issue_accuse(request.user, cadre, le=instant(request))
    except DepotRefuse as refus:
        for motif in refus.motifs:
            messages.error(request, motif.message)
        return _retour(cadre)
    return redirect("document", reference=document.reference)


# --- Les fichiers -----------------------------------------------------------------------------------------------


@require_safe
def page_de_fichier(request: HttpRequest, fichier: UUID, page: int) -> HttpResponse:
    """L’image d’une page, celle que le service verra. Ce qui est altéré n’est jamais montré comme bon (F16)."""
    sien = _le_sien(request, fichier)
    if not 1 <= page <= len(sien.pages):
        raise Http404
    try:
        octets = coffre.lire(sien.pages[page - 1]["cle"])
    except (coffre.ObjetAltere, coffre.ObjetPerdu):
        traces.exception("fichier %s, page %s : objet altéré ou perdu", sien.reference, page)
        return image_de_remplacement("Fichier altéré", "Contactez le service.", 410)
    except coffre.CoffreEnPanne:
        traces.exception("fichier %s : coffre en panne", sien.reference)
        return image_de_remplacement("Image indisponible", "Réessayez dans une minute.", 503)
    return inerte(octets, "image/jpeg")


@require_safe
def copie_de_fichier(request: HttpRequest, fichier: UUID) -> HttpResponse:
    """La copie nettoyée, à télécharger sous un nom de notre fait ; pas celle d’un fichier rejeté."""
    sien = _le_sien(request, fichier)
    if sien.analyse == FichierDepose.Analyse.INFECTEE:
        return render(request, "justificatifs/fichier_rejete.html", {"fichier": sien}, status=410)
    try:
        octets = coffre.lire(sien.copie)
    except (coffre.ObjetAltere, coffre.ObjetPerdu):
        traces.exception("fichier %s : copie altérée ou perdue", sien.reference)
        return render(request, "justificatifs/fichier_altere.html", {"fichier": sien}, status=410)
    except coffre.CoffreEnPanne:
        traces.exception("fichier %s : coffre en panne", sien.reference)
        reponse = render(request, "justificatifs/fichier_indisponible.html", {"fichier": sien}, status=503)
        reponse["Retry-After"] = str(ATTENTE)
        return reponse
    genre, extension = TYPES[sien.format]
    reponse = inerte(octets, genre)
    nom = f"{sien.piece.candidature.numero}-{sien.piece.cle}-{sien.rang}.{extension}"
    reponse["Content-Disposition"] = content_disposition_header(True, nom)
    return reponse


@csp({"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": []})
def inerte(octets: bytes, genre: str, statut: int = 200) -> HttpResponse:
    """Des octets que rien ne peut faire agir, d’un type que nous avons écrit."""
    return HttpResponse(octets, content_type=genre, status=statut)


def image_de_remplacement(titre: str, que_faire: str, statut: int) -> HttpResponse:
    """Un dessin qui dit que l’image n’est pas là : le navigateur le montre à sa place."""
    dessin = render_to_string("justificatifs/image_absente.svg", {"titre": titre, "que_faire": que_faire})
    reponse = inerte(dessin.encode(), "image/svg+xml", statut)
    if statut == 503:
        reponse["Retry-After"] = str(ATTENTE)
    return reponse


def _le_sien(request: HttpRequest, reference: UUID) -> FichierDepose:
    """Le fichier de ce candidat : celui d’un autre n’existe pas."""
    siens = FichierDepose.objects.select_related("piece__candidature")
    trouve = siens.filter(reference=reference, piece__candidature__compte=request.user).first()
    if trouve is None:
        raise Http404
    return trouve


# --- Ce que les actes répondent --------------------------------------------------------------------------------


def _page(request: HttpRequest, cadre: Cadre, refus: Refus = AUCUN) -> HttpResponse:
    candidature = queries.candidature_active(request.user, cadre)
    if candidature is None:
        return render(request, "justificatifs/sans_candidature.html", {"cadre": cadre})
    le = instant(request)
    du_candidat = dossier.charger(candidature, cadre, le)
    contexte = pages_candidat.justificatifs(request, du_candidat, du_candidat.cadre, le, refus)
    return render(request, "justificatifs/justificatifs.html", contexte)


def _retour(cadre: Cadre, ancre: str = "") -> HttpResponse:
    page = adresse("justificatifs", cadre)
    return redirect(f"{page}#{ancre}" if ancre else page)


def recu(depot: Depot, cadre: Cadre) -> str:
    """Le reçu : le nom et l’instant d’arrivée. La pièce dit elle-même ce que le code de son récapitulatif vaut."""
    quand = en_heure_de_paris(depot.fichier.depose_le, cadre.calendrier.fuseau, secondes=True)
    deja = " Ce même fichier était déjà là\u00a0: rien n’est ajouté." if depot.deja else ""
    return f"«\u00a0{depot.fichier.nom}\u00a0» est déposé. Arrivée\u00a0: {quand}.{deja}"


def pas_encore_traite() -> Motif:
    message = "Ce fichier n’est pas encore traité. Ajoutez-le de nouveau."
    return replace(refus_de_fichier("service_occupe"), message=message)


def du_fichier(motif: Motif, nom: str) -> Motif:
    """Le même motif, qui nomme le fichier : plusieurs ont pu partir ensemble."""
    return replace(motif, message=f"«\u00a0{nom_affiche(nom)}\u00a0»\u00a0: {motif.message}")


def _piece_connue(request: HttpRequest, cadre: Cadre, cle: str) -> None:
    if cle not in {p.cle for p in cadre.pieces.liste}:
        _demande_connue(request, cadre, cle)


def _demande_connue(request: HttpRequest, cadre: Cadre, cle: str) -> None:
    """A piece that the office asked of this candidate has a key of its own."""
    candidature = queries.candidature_active(request.user, cadre)
    if candidature is None or not candidature.demandes.filter(cle=cle).exists():
        raise Http404


def _reference(brut: str) -> UUID | None:
    try:
        return UUID(brut)
    except ValueError:
        return None
