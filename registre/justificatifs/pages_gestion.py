"""Ce que montrent les pages du contrôle : la file, une pièce à côté de ce qui se compare, ce qui a changé."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from registre.comptes.models import Compte
from registre.justificatifs import queries, reservations
from registre.justificatifs.dossier import RECAPITULATIF, Dossier, FichierVu, PieceVue
from registre.justificatifs.forms_gestion import (
    ConformeForm,
    NonConformeForm,
    OriginalForm,
    ReceptionForm,
    ReouvertureForm,
)
from registre.justificatifs.models import PieceJustificative
from registre.regles.cadre import Cadre
from registre.regles.depot import acte_sur_piece
from registre.regles.etats import ActePiece, Acteur, TransitionDePiece

MONTREES = 50  # rows of the queue
ZOOMS = (100, 150, 200, 300)  # percents of the width of the column
TOURS = (0, 90, 180, 270)  # degrees, clockwise
SEL = "registre.justificatifs.vue"
# The steps whose answers the papers of a group prove; a group without a row shows all of them.
A_COMPARER = {
    "identite": {"identification"},
    "domicile": {"identification"},
    "jdc": {"identification", "candidature"},
    "conditions": {"candidature", "qualification"},
    "acquis": {"acquis", "epreuves"},
    "eps": {"epreuves"},
}
LIBELLES_D_ETAT = dict(PieceJustificative.Etat.choices)


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
    originaux: dict[str, OriginalForm] = field(default_factory=dict)

    @property
    def tous(self) -> list[Any]:
        return [self.conforme, self.non_conforme, self.reception, self.reouverture, *self.originaux.values()]

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
    premieres = attente.select_related("candidature__compte", "reservee_par")[:MONTREES]
    return {
        "nombre": len(cles),
        "par_groupe": [(libelles.get(code, "Autres pièces"), n) for code, n in par_groupe.most_common()],
        "premieres": [_en_attente(p, ranges, agent, maintenant) for p in premieres],
        "montrees": MONTREES,
    }


def _en_attente(
    piece: PieceJustificative, connues: dict[str, Any], agent: Compte, maintenant: datetime
) -> dict[str, Any]:
    return {
        "piece": piece,
        "libelle": connues[piece.cle].nom_pour_le_service if piece.cle in connues else piece.cle,
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
        "domicile": _domicile(dossier) if _regroupement(vue, cadre) == "domicile" else "",
        "etat": etat_dit(vue),
        "decisions": [
            {
                "dit": LIBELLES_D_ETAT[d.etat],
                "par": d.par,
                "le": d.le,
                "recue_le": d.recue_le,
                "commentaire": d.commentaire,
            }
            for d in vue.decisions
        ],
        "derniere_decision": vue.decisions[-1] if vue.decisions else None,
        **_visionneuse(request, vue, dossier.candidature.academie),
        "fichiers": [(f, saisies.originaux[str(f.reference)]) for f in vue.fichiers],
        "remplaces": [
            (f, saisies.originaux[str(f.reference)], _pages([f], dossier.candidature.academie, 0))
            for f in vue.remplaces
        ],
        "sections": sections(dossier, vue, cadre),
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


_ACTES = (ActePiece.RECEVOIR, ActePiece.ACCEPTER, ActePiece.REFUSER)


def _permis(vue: PieceVue, acte: ActePiece) -> bool:
    return isinstance(acte_sur_piece(vue.situation, acte, Acteur.GESTIONNAIRE), TransitionDePiece)


def etat_dit(vue: PieceVue) -> str:
    """Où en est la pièce, pour le service : l’état, et ce que l’état ne dit pas."""
    if vue.depassee:
        return "Version dépassée"
    if vue.etat == PieceJustificative.Etat.DEPOSEE:
        return "Envoyée, à contrôler" if vue.envoyee else "Déposée, pas encore envoyée"
    if vue.etat == PieceJustificative.Etat.AUCUNE:
        return "Attendue"
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
    montrees = [(f, n) for f in fichiers for n in range(1, f.pages + 1)]
    return [
        _page(fichier, numero, rang, academie, tourner) for rang, (fichier, numero) in enumerate(montrees, start=1)
    ]


def _page(fichier: FichierVu, numero: int, rang: int, academie: str, tourner: int) -> Page:
    adresse = reverse("controle_page", kwargs={"academie": academie, "fichier": fichier.reference, "page": numero})
    source = f"{adresse}?tourner={tourner}" if tourner else adresse
    return Page(fichier=fichier, numero=numero, rang=rang, adresse=adresse, source=source)


def sections(dossier: Dossier, vue: PieceVue, cadre: Cadre) -> list[dict[str, Any]]:
    """Les réponses que cette pièce doit prouver ; toutes, pour le récapitulatif."""
    etapes = A_COMPARER.get(_regroupement(vue, cadre))
    return [s for s in dossier.version.contenu["sections"] if etapes is None or s["etape"] in etapes]


def _regroupement(vue: PieceVue, cadre: Cadre) -> str:
    return next(p.regroupement for p in cadre.pieces.liste if p.cle == vue.cle)


def _domicile(dossier: Dossier) -> str:
    """L’adresse que dit la dernière version, telle qu’elle l’a figée ; vide si elle ne la dit pas."""
    identification = [s for s in dossier.version.contenu["sections"] if s["etape"] == "identification"]
    return next((x["valeur"] for s in identification for x in s["lignes"] if x["libelle"] == "Domicile"), "")


def noms_des_pieces(cadre: Cadre) -> dict[str, str]:
    """Le nom de chaque pièce dans les pages du service, par clé."""
    return {p.cle: p.nom_pour_le_service for p in cadre.pieces.liste}


# --- Ce qui a changé --------------------------------------------------------------------------------------


def ce_qui_est_vu(vue: PieceVue, dossier: Dossier) -> dict[str, Any]:
    """Ce que l’agent a sous les yeux, tel qu’il faudra le comparer si la pièce change entre-temps."""
    return {
        "État": etat_dit(vue),
        "Commentaire": vue.commentaire,
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
