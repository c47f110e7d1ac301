"""Ce que montrent les pages du contrôle : la file, une pièce à côté de ce qui se compare, ce qui a changé."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from registre.comptes.models import Compte
from registre.justificatifs import demandes, queries, reservations
from registre.justificatifs.demandes import DemandeVue
from registre.justificatifs.forms_gestion import (
    ConformeForm,
    NonConformeForm,
    OriginalForm,
    ProlongationForm,
    ReceptionForm,
    RefusDeDeclarationForm,
    ReouvertureForm,
)
from registre.justificatifs.models import DemandeDuService, PieceJustificative
from registre.justificatifs.pieces_vues import RECAPITULATIF, Dossier, FichierVu, PieceVue, visible_par_le_service
from registre.justificatifs.usecases.accept_non_concerne import RAISON as NON_CONCERNE
from registre.regles.cadre import Cadre
from registre.regles.calendrier import date_en_francais
from registre.regles.depot import acte_sur_piece
from registre.regles.etats import ActePiece, Acteur, TransitionDePiece
from registre.regles.faits import (
    FaitDeclare,
    FaitsDeLaPiece,
    etapes_prouvees,
    faits_de_la_piece,
    reponses_contraires,
    titres_appuyes,
)

MONTREES = 50  # rows of the queue
ZOOMS = (100, 150, 200, 300)  # percents of the width of the column
TOURS = (0, 90, 180, 270)  # degrees, clockwise
SEL = "registre.justificatifs.vue"
LIBELLES_D_ETAT = dict(PieceJustificative.Etat.choices)
SUR_LA_DECLARATION = {"conforme": "Non concerné, accepté", "non_conforme": "Non concerné, refusé"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """Une image à montrer. ``adresse`` sans rotation ; ``rang`` compte de 1 sur toute la pièce."""

    fichier: FichierVu
    numero: int
    rang: int
    adresse: str
    source: str


@dataclass(kw_only=True)
class Saisies:
    """Les formulaires de la page ; celui qui vient d’être refusé porte ses motifs."""

    reception: ReceptionForm = field(default_factory=ReceptionForm)
    conforme: ConformeForm = field(default_factory=ConformeForm)
    reouverture: ReouvertureForm = field(default_factory=ReouvertureForm)
    non_conforme: NonConformeForm
    declaration: RefusDeDeclarationForm = field(default_factory=RefusDeDeclarationForm)
    prolongation: ProlongationForm = field(default_factory=ProlongationForm)
    originaux: dict[str, OriginalForm] = field(default_factory=dict)

    @property
    def tous(self) -> list[Any]:
        formulaires = [self.conforme, self.non_conforme, self.declaration, self.reception, self.reouverture]
        return [*formulaires, self.prolongation, *self.originaux.values()]

    @property
    def fautifs(self) -> list[Any]:
        return [f for f in self.tous if f.is_bound and f.errors]


# --- La file ----------------------------------------------------------------------------------------------


def file(academie: str, cadres: Iterable[Cadre], agent: Compte, maintenant: datetime) -> dict[str, Any]:
    """Combien attendent, par regroupement, et les premières à prendre. Trois requêtes."""
    attente = queries.a_controler(academie)
    ranges = {p.cle: p for cadre in cadres for p in cadre.pieces.liste}
    libelles = {r.code: r.libelle for cadre in cadres for r in cadre.pieces.regroupements}
    par_groupe: Counter[str] = Counter()
    cles = list(attente.order_by().values_list("cle", flat=True))
    for cle in cles:
        par_groupe[ranges[cle].regroupement if cle in ranges else ""] += 1
    premieres = list(attente.select_related("candidature__compte", "reservee_par")[:MONTREES])
    demandees = _titres_des_demandes(premieres)
    return {
        "nombre": len(cles),
        "par_groupe": [(libelles.get(code, demandes.GROUPE), n) for code, n in par_groupe.most_common()],
        "premieres": [_en_attente(p, ranges, demandees, agent, maintenant) for p in premieres],
        "montrees": MONTREES,
    }


def _titres_des_demandes(pieces: Iterable[PieceJustificative]) -> dict[tuple[int, str], str]:
    """Le titre des pièces que le service a demandées à une candidature."""
    lues = DemandeDuService.objects.filter(candidature__in={p.candidature_id for p in pieces})
    return {(d.candidature_id, d.cle): d.libelle for d in lues}


def _en_attente(
    piece: PieceJustificative,
    connues: dict[str, Any],
    demandees: dict[tuple[int, str], str],
    agent: Compte,
    maintenant: datetime,
) -> dict[str, Any]:
    demandee = demandees.get((piece.candidature_id, piece.cle), piece.cle)
    return {
        "piece": piece,
        "libelle": connues[piece.cle].libelle if piece.cle in connues else demandee,
        "candidat": nom_du_candidat(piece.candidature.compte),
        "reservation": reservation(piece, agent, maintenant),
    }


def nom_du_candidat(compte: Compte) -> str:
    """Nom de famille puis prénoms, comme les listes du service l’écrivent."""
    return f"{compte.nom_de_famille} {compte.prenoms}"


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """Qui tient la pièce, et combien de minutes encore, en temps réel. ``a_moi`` : l’agent qui regarde."""

    par: str
    minutes: int
    a_moi: bool


def reservation(piece: PieceJustificative | None, agent: Compte, maintenant: datetime) -> Reservation | None:
    """La réservation en cours ; ``None`` si la pièce est libre."""
    tenue = reservations.tenue_par(piece, maintenant) if piece else None
    if tenue is None or piece is None or piece.reservee_jusqu_a is None:
        return None
    reste = piece.reservee_jusqu_a - maintenant
    return Reservation(par=tenue.nom_complet, minutes=-(-reste // timedelta(minutes=1)), a_moi=tenue == agent)


# --- Une pièce --------------------------------------------------------------------------------------------


def piece(
    request: HttpRequest,
    dossier: Dossier,
    vue: PieceVue,
    cadre: Cadre,
    saisies: Saisies,
    *,
    avant: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Le contexte de la page. ``avant`` : ce que l’agent avait sous les yeux, si la pièce a changé depuis."""
    ligne = PieceJustificative.objects.select_related("reservee_par").filter(
        candidature=dossier.candidature, cle=vue.cle
    )
    tenue = reservation(ligne.first(), request.user, request.arrivee)
    libre = tenue is None or tenue.a_moi
    for fichier in (*vue.fichiers, *vue.remplaces):
        saisies.originaux.setdefault(str(fichier.reference), OriginalForm(str(fichier.reference)))
    return {
        "cadre": cadre,
        "candidature": dossier.candidature,
        "compte": dossier.candidature.compte,
        "version": dossier.version,
        "piece": vue,
        "nom_de_la_piece": noms_des_pieces(cadre)[vue.cle],
        "faits": faits(dossier, vue),
        "contraires": contraires(dossier, vue),
        "dernier_jour": dernier_jour(vue.demande, cadre) if vue.demande else "",
        "voisines": _voisines(dossier, vue),
        "etat": etat_dit(vue),
        "decisions": [
            {
                "dit": (SUR_LA_DECLARATION if d.raison == NON_CONCERNE else LIBELLES_D_ETAT)[d.etat],
                "par": d.par,
                "le": d.le,
                "recue_le": d.recue_le,
                "commentaire": d.commentaire,
            }
            for d in vue.decisions
        ],
        "derniere_decision": vue.decisions[-1] if vue.decisions else None,
        **_visionneuse(request, vue, dossier.candidature.academie),
        "fichiers": [(f, saisies.originaux[str(f.reference)]) for f in vue.fichiers if visible_par_le_service(f)],
        "caches": [f for f in vue.fichiers if not visible_par_le_service(f)],
        "remplaces": [
            (f, saisies.originaux[str(f.reference)], _pages([f], dossier.candidature.academie, 0))
            for f in vue.remplaces
        ],
        "sections": sections(dossier, vue),
        "est_recapitulatif": vue.cle == RECAPITULATIF,
        "reservation": tenue,
        "libre": libre,
        "permis": {acte.value: _permis(vue, acte) for acte in _ACTES} if libre else {},
        "saisies": saisies,
        "en_erreur": bool(saisies.fautifs),
        "original_refuse": any(f.errors for f in saisies.originaux.values() if f.is_bound),
        "changements": _changements(avant, vue, dossier) if avant is not None else [],
        "a_change": avant is not None,
        "vu": signing.dumps(ce_qui_est_vu(vue, dossier), salt=SEL, compress=True),
    }


_ACTES = (ActePiece.RECEVOIR, ActePiece.ACCEPTER, ActePiece.REFUSER, ActePiece.DISPENSER, ActePiece.EXIGER)


def _permis(vue: PieceVue, acte: ActePiece) -> bool:
    return isinstance(acte_sur_piece(vue.situation, acte, Acteur.GESTIONNAIRE), TransitionDePiece)


def etat_dit(vue: PieceVue) -> str:
    """Où en est la pièce, pour le service : l’état, et ce que l’état ne dit pas."""
    if vue.depassee:
        return "Version dépassée"
    if vue.situation.a_redeposer:
        return "Rejetée par le contrôle de sécurité"
    if vue.analyse_en_cours:
        return "Analyse en cours"
    if vue.etat == PieceJustificative.Etat.DEPOSEE:
        return "Envoyée, à contrôler" if vue.envoyee else "Déposée, pas encore envoyée"
    if vue.etat == PieceJustificative.Etat.AUCUNE:
        return "Facultative, pas encore fournie" if vue.facultative else "Attendue"
    if vue.etat == PieceJustificative.Etat.DECLAREE:
        return "Déclaré non concerné, à décider" if vue.envoyee else "Déclaré non concerné, pas encore envoyé"
    if vue.dispensee_le:
        return "Non concerné, accepté"
    return LIBELLES_D_ETAT[vue.etat]


def _visionneuse(request: HttpRequest, vue: PieceVue, academie: str) -> dict[str, Any]:
    zoom = _choisi(request.GET.get("zoom", ""), ZOOMS)
    tourner = _choisi(request.GET.get("tourner", ""), TOURS)
    rang = ZOOMS.index(zoom)
    return {
        "pages": _pages(vue.fichiers, academie, tourner),
        "zoom": zoom,
        "tourner": tourner,
        "agrandir": _reglage(ZOOMS[min(rang + 1, len(ZOOMS) - 1)], tourner),
        "reduire": _reglage(ZOOMS[max(rang - 1, 0)], tourner),
        "pivoter": _reglage(zoom, (tourner + 90) % 360),
    }


def _choisi(tape: str, permis: tuple[int, ...]) -> int:
    return next((valeur for valeur in permis if str(valeur) == tape), permis[0])


def _reglage(zoom: int, tourner: int) -> str:
    return "?" + urlencode({"zoom": zoom, "tourner": tourner}) + "#pages"


def _pages(fichiers: Iterable[FichierVu], academie: str, tourner: int) -> list[Page]:
    montrees = [(f, n) for f in fichiers if visible_par_le_service(f) for n in range(1, f.pages + 1)]
    return [
        _page(fichier, numero, rang, academie, tourner) for rang, (fichier, numero) in enumerate(montrees, start=1)
    ]


def _page(fichier: FichierVu, numero: int, rang: int, academie: str, tourner: int) -> Page:
    adresse = reverse("controle_page", kwargs={"academie": academie, "fichier": fichier.reference, "page": numero})
    source = f"{adresse}?tourner={tourner}" if tourner else adresse
    return Page(fichier=fichier, numero=numero, rang=rang, adresse=adresse, source=source)


def sections(dossier: Dossier, vue: PieceVue) -> list[dict[str, Any]]:
    """Les réponses des étapes que cette pièce prouve ; toutes, pour celle qui n’en nomme aucune."""
    etapes = etapes_prouvees(vue.prouve)
    return [s for s in dossier.version.contenu["sections"] if not etapes or s["etape"] in etapes]


def faits(dossier: Dossier, vue: PieceVue) -> FaitsDeLaPiece:
    """Les réponses de la version enregistrée que cette pièce doit prouver."""
    titres = titres_appuyes(vue.modele, dossier.cadre.acquis)
    return faits_de_la_piece(vue.prouve, dossier.version.contenu, _enregistree_le(dossier), titres)


def contraires(dossier: Dossier, vue: PieceVue) -> tuple[FaitDeclare, ...]:
    """Les réponses que contredit une déclaration « non concerné » ; ce que le service a demandé n’en vient pas."""
    if not vue.declaration or not vue.requise or vue.demande:
        return ()
    return reponses_contraires(vue.cle, dossier.version.contenu, _enregistree_le(dossier))


def _enregistree_le(dossier: Dossier) -> date:
    return dossier.candidature.enregistree_le.astimezone(ZoneInfo(dossier.cadre.calendrier.fuseau)).date()


def dernier_jour(demande: DemandeVue, cadre: Cadre) -> str:
    """Le dernier jour compris d’une demande, en français."""
    return date_en_francais(demandes.dernier_jour(demande.echeance, cadre.calendrier.fuseau))


def _voisines(dossier: Dossier, vue: PieceVue) -> dict[str, PieceVue | None]:
    """Les pièces d’avant et d’après dans ce dossier, dans l’ordre de la page de la candidature."""
    pieces = [*dossier.pieces, *dossier.plus_demandees]
    rang = [p.cle for p in pieces].index(vue.cle)
    return {
        "precedente": pieces[rang - 1] if rang else None,
        "suivante": pieces[rang + 1] if rang + 1 < len(pieces) else None,
    }


def noms_des_pieces(cadre: Cadre) -> dict[str, str]:
    """Le nom de chaque pièce dans les pages du service, par clé."""
    return {p.cle: p.libelle for p in cadre.pieces.liste}


# --- Ce qui a changé --------------------------------------------------------------------------------------


def ce_qui_est_vu(vue: PieceVue, dossier: Dossier) -> dict[str, Any]:
    """Ce que l’agent a sous les yeux, tel qu’il faudra le comparer si la pièce change entre-temps."""
    return {
        "État": etat_dit(vue),
        "Commentaire": vue.commentaire,
        "Déclaration de la personne": vue.declaration,
        "Fichiers": ", ".join(f"{f.nom} ({f.empreinte[:8]})" for f in vue.fichiers),
        "Dernière version de la candidature": str(dossier.candidature.derniere_version),
    }


def relire_ce_qui_etait_vu(signe: str) -> dict[str, Any]:
    """Ce qu’un formulaire portait ; vide s’il ne vient pas de nous."""
    try:
        return dict(signing.loads(signe, salt=SEL))
    except signing.BadSignature:
        return {}


def _changements(avant: dict[str, Any], vue: PieceVue, dossier: Dossier) -> list[dict[str, str]]:
    apres = ce_qui_est_vu(vue, dossier)
    return [
        {"libelle": nom, "avant": str(avant.get(nom, "")), "apres": valeur}
        for nom, valeur in apres.items()
        if avant.get(nom) != valeur
    ]
