"""Le contrôle des pièces : la file, une pièce, ses images marquées, son fichier d’origine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registre.commun.cadres import cadre_ou_404, tous
from registre.commun.formulaires import texte_poste
from registre.commun.horloge import instant
from registre.commun.journal import consigner
from registre.comptes.acces import pour_gestionnaire
from registre.inscription.models import Candidature
from registre.justificatifs import dossier, filigrane, pages_gestion
from registre.justificatifs.controle import ActeRefuse, PieceChangee
from registre.justificatifs.fichiers import coffre
from registre.justificatifs.forms_gestion import (
    AUTRE,
    ConformeForm,
    DemandeForm,
    NonConformeForm,
    OriginalForm,
    ProlongationForm,
    ReceptionForm,
    RefusDeDeclarationForm,
    ReouvertureForm,
    lire_echeance,
    lire_fin,
    lire_jour,
)
from registre.justificatifs.models import FichierDepose, PieceJustificative
from registre.justificatifs.pages_gestion import Saisies
from registre.justificatifs.pieces_vues import Dossier, PieceVue, visible_par_le_service
from registre.justificatifs.reservations import PieceReservee
from registre.justificatifs.usecases.accept_non_concerne import accept_non_concerne
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.extend_request import extend_request
from registre.justificatifs.usecases.receive_piece import receive_piece
from registre.justificatifs.usecases.refuse_non_concerne import refuse_non_concerne
from registre.justificatifs.usecases.refuse_piece import refuse_piece
from registre.justificatifs.usecases.reopen_piece import reopen_piece
from registre.justificatifs.usecases.request_piece import request_piece
from registre.justificatifs.usecases.reserve_piece import release_piece, reserve_next_piece, reserve_piece
from registre.justificatifs.usecases.withdraw_request import withdraw_request
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.saisies_de_piece import MOTIF_MAXIMAL

traces = logging.getLogger(__name__)

ATTENTE = 60  # seconds before asking the vault again
FAIT = {  # after the name of the candidate and of the piece: the next page may be another piece's
    "recevoir": "la pièce est reçue.",
    "accepter": "la pièce est conforme.",
    "refuser": "la pièce est non conforme. La personne voit votre commentaire.",
    "dispenser": "la déclaration est acceptée. La personne n’a plus rien à faire pour elle.",
    "exiger": "la déclaration est refusée. La personne voit votre commentaire.",
    "prolonger": "le dernier jour est changé. La personne le sait par courriel.",
    "retirer": "la demande est retirée. La personne le sait par courriel.",
    "rouvrir": "le dépôt de cette pièce est rouvert pour cette personne.",
    "prendre": "la pièce vous est réservée.",
    "rendre": "la pièce est rendue. Un autre agent peut la prendre.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def controle(request: HttpRequest, academie: str) -> HttpResponse:
    """La file d’attente ; l’envoyer prend la pièce suivante."""
    if request.method == "POST":
        return _piece_suivante(request, academie)
    cadres = [cadre for cadre in tous().values() if cadre.academie == academie]
    contexte = pages_gestion.file(academie, cadres, request.user, request.arrivee)
    return render(request, "justificatifs/gestion/controle.html", {"academie": academie, **contexte})


def _piece_suivante(request: HttpRequest, academie: str, *, sauf: PieceJustificative | None = None) -> HttpResponse:
    prise = reserve_next_piece(request.user, academie, maintenant=request.arrivee, sauf=sauf)
    if prise is None:
        messages.info(request, "Aucune pièce libre n’attend de contrôle.")
        return redirect("controle", academie=academie)
    return redirect("controle_piece", academie=academie, numero=prise.candidature.numero, piece=prise.cle)


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def controle_piece(request: HttpRequest, academie: str, numero: str, piece: str) -> HttpResponse:
    """Une pièce à côté de ce qui se compare, et ce que le service peut en faire. L’ouvrir s’écrit au journal (P7)."""
    candidature = _candidature(academie, numero)
    if request.method == "POST":
        return _agir(request, candidature, piece)
    with transaction.atomic():
        lu, vue, cadre = _piece(candidature, piece, instant(request))
        consigner(
            "candidature_consultee",
            le=instant(request),
            acteur=request.user,
            objet=f"candidature:{candidature.numero}",
            piece=piece,
        )
        return _page(request, lu, vue, cadre, _saisies(cadre, piece))


def _candidature(academie: str, numero: str) -> Candidature:
    trouvee = Candidature.objects.select_related("compte").filter(academie=academie, numero=numero).first()
    if trouvee is None:
        raise Http404
    return trouvee


def _piece(candidature: Candidature, cle: str, le: datetime) -> tuple[Dossier, PieceVue, Cadre]:
    cadre = cadre_ou_404(*candidature.cle)
    lu = dossier.charger(candidature, cadre, le, pour_le_service=True)
    vue = lu.piece(cle)
    if vue is None:
        raise Http404
    return lu, vue, lu.cadre


def _saisies(
    cadre: Cadre, cle: str, donnees: Any = None, action: str = "", motifs: list[Motif] | None = None
) -> Saisies:
    """Les formulaires de la page ; celui de ``action`` garde ce qui a été tapé, et dit ses motifs."""

    def de(nom: str) -> dict[str, Any]:
        return {"data": donnees, "motifs": motifs or []} if nom == action else {}

    return Saisies(
        reception=ReceptionForm(**de("recevoir")),
        conforme=ConformeForm(**de("accepter")),
        non_conforme=NonConformeForm(pieces=cadre.pieces, cle=cle, **de("refuser")),
        reouverture=ReouvertureForm(**de("rouvrir")),
        declaration=RefusDeDeclarationForm(**de("exiger")),
        prolongation=ProlongationForm(**de("prolonger")),
    )


def _page(
    request: HttpRequest,
    lu: Dossier,
    vue: PieceVue,
    cadre: Cadre,
    saisies: Saisies,
    statut: int = 200,
    **plus: Any,
) -> HttpResponse:
    contexte = pages_gestion.piece(request, lu, vue, cadre, saisies, **plus)
    contexte["academie"] = lu.candidature.academie
    return render(request, "justificatifs/gestion/piece.html", contexte, status=statut)


# --- Les actes --------------------------------------------------------------------------------------------


def _agir(request: HttpRequest, candidature: Candidature, piece: str) -> HttpResponse:
    action = request.POST.get("action", "")
    faire = _ACTES.get(action)
    _, _, cadre = _piece(candidature, piece, instant(request))
    if action == "passer":
        return _piece_suivante(request, candidature.academie, sauf=_ligne(candidature, piece))
    if faire is None:
        return redirect(request.path)
    try:
        faire(request, candidature, piece, cadre)
    except ActeRefuse as refus:
        saisies = _saisies(cadre, piece, request.POST, action, refus.motifs)
        if action not in _FORMULAIRES:
            messages.error(request, " ".join(m.message for m in refus.motifs))
        return _page(request, *_piece(candidature, piece, instant(request)), saisies)
    except PieceChangee as change:
        avant = pages_gestion.relire_ce_qui_etait_vu(request.POST.get("vu", ""))
        saisies = _saisies(cadre, piece, request.POST, action)
        return _page(request, change.dossier, change.piece, cadre, saisies, statut=409, avant=avant)
    except PieceReservee:
        saisies = _saisies(cadre, piece, request.POST, action)
        return _page(request, *_piece(candidature, piece, instant(request)), saisies, statut=409)
    qui, nom = pages_gestion.nom_du_candidat(candidature.compte), pages_gestion.noms_des_pieces(cadre)[piece]
    messages.success(request, f"{qui}, «\u00a0{nom}\u00a0»\u00a0: {FAIT[action]}")
    if request.POST.get("suite") == "suivante":
        return _piece_suivante(request, candidature.academie)
    if action == "retirer":  # with nothing deposited, the piece has no page any more
        return redirect("gestion_candidature", academie=candidature.academie, numero=candidature.numero)
    return redirect(request.path)


def _vue(request: HttpRequest) -> dict[str, int]:
    """La révision et la version que la page montrait ; fausses ou absentes, elles ne sont celles d’aucune pièce."""
    return {nom: _entier(request.POST.get(nom, "")) for nom in ("revision", "version")}


def _entier(tape: str) -> int:
    return int(tape) if tape.isascii() and tape.isdigit() and len(tape) < 9 else -1


def _recevoir(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    receive_piece(request.user, candidature, piece, **_vue(request), recue_le=_jour(request), le=instant(request))


def _accepter(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    accept_piece(request.user, candidature, piece, **_vue(request), recue_le=_jour(request), le=instant(request))


def _refuser(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    raison = request.POST.get("raison", "")
    refuse_piece(
        request.user,
        candidature,
        piece,
        **_vue(request),
        raison="" if raison == AUTRE else raison,
        commentaire=texte_poste(request, "commentaire"),
        le=instant(request),
    )


def _rouvrir(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    ferme_le, motifs = lire_fin(
        request.POST.get("ferme_le", ""), request.POST.get("heure", ""), cadre.calendrier.fuseau
    )
    if motifs:
        raise ActeRefuse(motifs)
    reopen_piece(
        request.user, candidature, piece, ferme_le=ferme_le, motif=texte_poste(request, "motif"), le=instant(request)
    )


def _dispenser(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    accept_non_concerne(request.user, candidature, piece, **_vue(request), le=instant(request))


def _exiger(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    refuse_non_concerne(
        request.user,
        candidature,
        piece,
        **_vue(request),
        commentaire=texte_poste(request, "commentaire"),
        le=instant(request),
    )


def _prolonger(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    derniere = _dernier_jour(request)
    extend_request(request.user, candidature, piece, derniere=derniere, le=instant(request))


def _retirer(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    withdraw_request(request.user, candidature, piece, le=instant(request))


def _prendre(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    if ligne := _ligne(candidature, piece):
        reserve_piece(request.user, ligne, maintenant=request.arrivee)


def _rendre(request: HttpRequest, candidature: Candidature, piece: str, cadre: Cadre) -> None:
    if ligne := _ligne(candidature, piece):
        release_piece(request.user, ligne)


def _ligne(candidature: Candidature, piece: str) -> PieceJustificative | None:
    return PieceJustificative.objects.select_related("candidature").filter(candidature=candidature, cle=piece).first()


_ACTES: dict[str, Callable[[HttpRequest, Candidature, str, Cadre], None]] = {
    "recevoir": _recevoir,
    "accepter": _accepter,
    "refuser": _refuser,
    "dispenser": _dispenser,
    "exiger": _exiger,
    "rouvrir": _rouvrir,
    "prolonger": _prolonger,
    "retirer": _retirer,
    "prendre": _prendre,
    "rendre": _rendre,
}
_FORMULAIRES = {"recevoir", "accepter", "refuser", "exiger", "rouvrir", "prolonger"}


def _jour(request: HttpRequest) -> Any:
    jour, motifs = lire_jour(request.POST.get("recue_le", ""), "recue_le")
    if motifs:
        raise ActeRefuse(motifs)
    return jour


def _dernier_jour(request: HttpRequest) -> date | None:
    jour, motifs = lire_echeance(request.POST.get("echeance", ""))
    if motifs:
        raise ActeRefuse(motifs)
    return jour


# --- Demander une pièce de plus ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def controle_demande(request: HttpRequest, academie: str, numero: str) -> HttpResponse:
    """Demander une pièce de plus à ce candidat : laquelle, pourquoi, jusqu’à quel jour."""
    candidature = _candidature(academie, numero)
    cadre = cadre_ou_404(*candidature.cle)
    contexte = {"academie": academie, "candidature": candidature, "compte": candidature.compte, "cadre": cadre}
    if request.method != "POST":
        formulaire = DemandeForm(pieces=cadre.pieces, initial={"bloquante": "oui", "non_concerne": "non"})
        return render(request, "justificatifs/gestion/demande.html", contexte | {"formulaire": formulaire})
    jour, illisible = lire_echeance(request.POST.get("echeance", ""))
    try:
        demande = request_piece(
            request.user,
            candidature,
            modele=request.POST.get("modele", ""),
            titre=texte_poste(request, "titre"),
            raison=texte_poste(request, "raison"),
            derniere=jour,
            bloquante=request.POST.get("bloquante") != "non",
            non_concerne=request.POST.get("non_concerne") == "oui",
            le=instant(request),
        )
    except ActeRefuse as refus:
        autres = [m for m in refus.motifs if not (illisible and m.champ == "echeance")]
        formulaire = DemandeForm(request.POST, pieces=cadre.pieces, motifs=[*autres, *illisible])
        return render(
            request,
            "justificatifs/gestion/demande.html",
            contexte | {"formulaire": formulaire, "formulaires": [formulaire]},
        )
    messages.success(request, f"«\u00a0{demande.libelle}\u00a0» est demandée. La personne le sait par courriel.")
    return redirect("gestion_candidature", academie=academie, numero=numero)


# --- Les fichiers -----------------------------------------------------------------------------------------


@require_safe
@pour_gestionnaire
def controle_page(request: HttpRequest, academie: str, fichier: UUID, page: int) -> HttpResponse:
    """L’image d’une page, marquée de qui la regarde (P16). Sans sa ligne au journal, pas d’image (P7)."""
    trouve = _fichier(academie, fichier)
    if not 1 <= page <= len(trouve.pages):
        raise Http404
    if not visible_par_le_service(trouve):
        return _pas_visible(request, academie, trouve)
    tourner = request.GET.get("tourner", "0")
    try:
        octets = coffre.lire(trouve.pages[page - 1]["cle"])
    except (coffre.CoffreEnPanne, coffre.ObjetPerdu, coffre.ObjetAltere) as panne:
        return _en_panne(request, academie, trouve, panne)
    image = filigrane.marquer(octets, _marque(request), tourner=int(tourner) if tourner in _TOURS else 0)
    _consigner(request, "piece_vue", trouve, page=page)
    return _image(image)


_TOURS = {str(tour) for tour in pages_gestion.TOURS}


@require_http_methods(["GET", "HEAD", "POST"])
@pour_gestionnaire
def controle_original(request: HttpRequest, academie: str, fichier: UUID) -> HttpResponse:
    """Le fichier d’origine, au bit près, contre un motif écrit au journal (P16). Il ne s’ouvre pas sur place (S36)."""
    trouve = _fichier(academie, fichier)
    if request.method != "POST":  # back here after a lost session
        numero = trouve.piece.candidature.numero
        return redirect("controle_piece", academie=academie, numero=numero, piece=trouve.piece.cle)
    if not visible_par_le_service(trouve):
        return _pas_visible(request, academie, trouve)
    motif = texte_poste(request, "motif")
    if motifs := _motifs_du_telechargement(motif):
        return _original_refuse(request, trouve, motifs)
    try:
        octets = coffre.lire(trouve.original)
    except (coffre.CoffreEnPanne, coffre.ObjetPerdu, coffre.ObjetAltere) as panne:
        return _en_panne(request, academie, trouve, panne)
    _consigner(request, "original_telecharge", trouve, motif=motif)
    return _piece_jointe(octets, trouve)


def _fichier(academie: str, reference: UUID) -> FichierDepose:
    trouve = (
        FichierDepose.objects.select_related("piece__candidature__compte")
        .filter(reference=reference, piece__candidature__academie=academie)
        .first()
    )
    if trouve is None:
        raise Http404
    return trouve


def _consigner(request: HttpRequest, acte: str, fichier: FichierDepose, **details: Any) -> None:
    consigner(
        acte,
        le=instant(request),
        acteur=request.user,
        objet=f"candidature:{fichier.piece.candidature.numero}",
        piece=fichier.piece.cle,
        fichier=str(fichier.reference),
        **details,
    )


def _marque(request: HttpRequest) -> str:
    quand = timezone.localtime(instant(request))
    return f"Registre, académie de {_academie(request)}, agent {request.user.pk}, {quand:%d/%m/%Y %H:%M}"


def _academie(request: HttpRequest) -> str:
    """Le nom de l’académie de l’agent, tel que les sessions l’écrivent."""
    code = request.user.academie
    return next((cadre.academie_libelle for cadre in tous().values() if cadre.academie == code), code)


def _motifs_du_telechargement(motif: str) -> list[Motif]:
    if not motif:
        return [Motif("motif_manquant", "motif", "Dites pourquoi vous avez besoin du fichier d’origine.")]
    if len(motif) > MOTIF_MAXIMAL:
        return [
            Motif("motif_trop_long", "motif", f"Raccourcissez le motif\u00a0: {MOTIF_MAXIMAL} caractères au plus.")
        ]
    return []


def _original_refuse(request: HttpRequest, fichier: FichierDepose, motifs: list[Motif]) -> HttpResponse:
    candidature, cle = fichier.piece.candidature, fichier.piece.cle
    lu, vue, cadre = _piece(candidature, cle, instant(request))
    saisies = _saisies(cadre, cle)
    reference = str(fichier.reference)
    saisies.originaux[reference] = OriginalForm(reference, request.POST, motifs=motifs)
    return _page(request, lu, vue, cadre, saisies)


@csp({"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": []})
def _image(octets: bytes) -> HttpResponse:
    return HttpResponse(octets, content_type="image/jpeg")


@csp({"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": []})
def _piece_jointe(octets: bytes, fichier: FichierDepose) -> HttpResponse:
    """Un nom de notre fait : celui qu’a envoyé le candidat ne sort pas d’ici."""
    piece = fichier.piece
    nom = f"{piece.candidature.numero}-{piece.cle}-{fichier.rang}.{fichier.format}"
    reponse = HttpResponse(octets, content_type="application/octet-stream")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse


def _pas_visible(request: HttpRequest, academie: str, fichier: FichierDepose) -> HttpResponse:
    """L’antivirus ne l’a pas encore vu, ou l’a rejeté : rien n’en sort (S37)."""
    rejete = fichier.analyse == FichierDepose.Analyse.INFECTEE
    contexte = {"academie": academie, "fichier": fichier, "rejete": rejete}
    return render(request, "justificatifs/gestion/fichier_pas_visible.html", contexte, status=410 if rejete else 409)


def _en_panne(request: HttpRequest, academie: str, fichier: FichierDepose, panne: Exception) -> HttpResponse:
    """Le coffre ne répond pas, ou l’objet n’y est plus tel quel (F16) : la page le dit, les traces disent pourquoi."""
    traces.exception("fichier %s illisible", fichier.reference)
    altere = not isinstance(panne, coffre.CoffreEnPanne)
    contexte = {"academie": academie, "fichier": fichier, "altere": altere}
    gabarit = "justificatifs/gestion/fichier_en_panne.html"
    reponse = render(request, gabarit, contexte, status=410 if altere else 503)
    if not altere:
        reponse["Retry-After"] = str(ATTENTE)
    return reponse
