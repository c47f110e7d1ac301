"""Ce que « Mes justificatifs » montre : tout est calculé avant le rendu, à partir du dossier."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pikepdf
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from registre.commun.formulaires import Formulaire
from registre.commun.sources import par_texte
from registre.documents import rendu
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.acces import adresse
from registre.inscription.models import Candidature
from registre.justificatifs.assemblages import pages_en_preparation
from registre.justificatifs.forms_candidat import EXTENSIONS_A_PREPARER, DeclarationForm, DepotForm, EnvoiForm, annonce
from registre.justificatifs.forms_qualite import GarderForm
from registre.justificatifs.pieces_vues import RECAPITULATIF, Dossier, FichierVu, PieceVue, RegroupementVu
from registre.regles.cadre import Cadre
from registre.regles.calendrier import (
    calendrier_du_regroupement,
    date_en_francais,
    duree_en_francais,
    en_heure_de_paris,
    fin_affichee,
    heure_en_francais,
)
from registre.regles.citation import Motif
from registre.regles.depot import dossier_incomplet
from registre.regles.fichiers import refus_de_fichier, refus_par_extension, taille_en_mo, taille_lisible
from registre.regles.qualite import ALERTE, depuis_table

BIENTOT = timedelta(days=2)  # from then on, the time left runs on the screen
BADGES = {"recue": "info", "non_conforme": "error", "conforme": "success"}
# Said once for the group, not again under each of its pieces.
DITS_PAR_LE_REGROUPEMENT = {"depot_clos", "depot_pas_encore_ouvert", "piece_par_la_poste"}


@dataclass(frozen=True, kw_only=True)
class Refus:
    """Ce qui vient d’être refusé : à une pièce (peut-être pour remplacer un fichier) ou à un regroupement."""

    piece: str = ""
    remplace: str = ""
    regroupement: str = ""
    motifs: tuple[Motif, ...] = ()
    garde: str = ""  # the file that the candidate wanted to keep all the same
    pourquoi: str = ""
    declaration: str | None = None  # why the piece does not concern him, as he typed it


AUCUN = Refus()


def justificatifs(
    request: HttpRequest, dossier: Dossier, cadre: Cadre, le: datetime, refus: Refus = AUCUN
) -> dict[str, Any]:
    """Le contexte de la page d’une candidature ; ``refus`` se montre à sa place et dans le sommaire."""
    regroupements = [_regroupement(r, dossier, cadre, le, refus) for r in dossier.regroupements]
    plus_demandees = [_piece(p, None, dossier, cadre, refus) for p in dossier.plus_demandees]
    pieces = [*(p for r in regroupements for p in r["pieces"]), *plus_demandees]
    preparations = pages_en_preparation(dossier.candidature)
    for piece in pieces:
        piece["preparation"] = preparations.get(piece["vue"].cle, 0)
    fautifs = [f for f in _formulaires(regroupements, pieces) if f.motifs]
    return {
        "cadre": cadre,
        "dossier": dossier,
        "candidature": dossier.candidature,
        "avancement": _avancement(dossier.nombres()),
        "reste": _reste(dossier, cadre),
        "regroupements": regroupements,
        "plus_demandees": plus_demandees,
        "a_envoyer": [r for r in regroupements if r["vu"].a_envoyer],
        "rouvertes": [p for p in pieces if p["fenetre"]],
        "en_preparation": [p for p in pieces if p["preparation"]],
        "formulaires": fautifs,
        "en_erreur": bool(fautifs),
        "des_fichiers": any(p["fichiers"] for p in pieces),
        "ailleurs": _a_leur_place(request, [*regroupements, *pieces]),
        "calendrier": _calendrier(dossier, cadre, le),
        "annonce": annonce(cadre.pieces),
        "maximum": taille_en_mo(cadre.pieces.taille_maximale),
        "octets": cadre.pieces.taille_maximale,
        "porte": cadre.pieces.taille_a_preparer,
        "preparables": ",".join(EXTENSIONS_A_PREPARER),
        "refus_par_extension": json.dumps(refus_par_extension(cadre.pieces), ensure_ascii=False),
    }


def _formulaires(regroupements: list[dict[str, Any]], pieces: list[dict[str, Any]]) -> Iterator[Formulaire]:
    for regroupement in regroupements:
        yield regroupement["envoi"]
    for piece in pieces:
        yield piece["depot"]
        yield piece["declaration"]
        for fichier in piece["fichiers"]:
            yield from (fichier["remplacer"], fichier["garder"])


def _a_leur_place(request: HttpRequest, endroits: list[dict[str, Any]]) -> list[Message]:
    """Met chaque message près de ce dont il parle ; rend ceux dont l’endroit n’est plus sur la page."""
    dits = [m for m in get_messages(request) if m.extra_tags]
    for endroit in endroits:
        endroit["messages"] = [m for m in dits if m.extra_tags == endroit["ancre"]]
    ancres = {e["ancre"] for e in endroits}
    return [m for m in dits if m.extra_tags not in ancres]


def piece_vue(dossier: Dossier, cle: str, cadre: Cadre) -> dict[str, Any] | None:
    """Le contexte de la page qui montre une pièce comme le service la verra ; ``None`` : pas de telle pièce."""
    piece = dossier.piece(cle)
    if piece is None:
        return None
    return {
        "cadre": cadre,
        "candidature": dossier.candidature,
        **_piece(piece, None, dossier, cadre, AUCUN),
        "remplaces": [_montre(f, cadre) for f in piece.remplaces],
    }


# --- Un regroupement, une pièce, un fichier --------------------------------------------------------------


def _regroupement(vu: RegroupementVu, dossier: Dossier, cadre: Cadre, le: datetime, refus: Refus) -> dict[str, Any]:
    fuseau = cadre.calendrier.fuseau
    reste = max(vu.ferme_le - le, timedelta(0))
    pieces = [_piece(p, vu, dossier, cadre, refus) for p in vu.pieces]
    return {
        "vu": vu,
        "ancre": f"groupe-{vu.code}",
        "pieces": pieces,
        "a_verifier": [p for p in pieces if p["avertissements"] or any(f["deja_refuse"] for f in p["fichiers"])],
        "a_relire": [f for p in pieces for f in p["fichiers"] if f["a_repondre"]],
        "par_la_poste": [p for p in vu.pieces if not p.dematerialisee],
        "periode": _periode(vu, cadre),
        "fin": _fin(vu, cadre),
        "pas_encore": le < vu.ouvre_le,
        "clos": le >= vu.ferme_le,
        "reste": duree_en_francais(reste),
        "reste_secondes": int(reste.total_seconds()),
        "bientot": timedelta(0) < reste <= BIENTOT,
        "bouton": vu.ouvert and vu.en_ligne and not vu.envoye,
        "manque": vu.motif_envoyer.message if vu.motif_envoyer else "",
        # What came on paper was received: the candidate sent nothing here.
        "envoyees_le": _plus_tard([p.envoyee_le for p in vu.pieces if p.fichiers or p.declaration], fuseau),
        "demandee_le": date_en_francais(vu.demande.le.astimezone(ZoneInfo(fuseau))) if vu.demande else "",
        "envoi": EnvoiForm(vu.code, motifs=refus.motifs if refus.regroupement == vu.code else ()),
    }


def _piece(
    piece: PieceVue, regroupement: RegroupementVu | None, dossier: Dossier, cadre: Cadre, refus: Refus
) -> dict[str, Any]:
    fuseau = cadre.calendrier.fuseau
    visee = refus.piece == piece.cle
    recapitulatif = piece.cle == RECAPITULATIF
    manque = _pages_manquantes(piece, dossier.candidature) if recapitulatif else ""
    return {
        "vue": piece,
        "ancre": f"piece-{piece.cle}",
        "raisons": [r.message for r in piece.raisons],
        "textes": par_texte(source for r in piece.raisons for source in r.sources),
        # The status of a récapitulatif that is no longer the last one says nothing of the next.
        "statut": "" if piece.depassee else piece.statut,
        "badge": BADGES.get(piece.etat, ""),
        "situation": _situation(piece, regroupement),
        "est_recapitulatif": recapitulatif,
        "recapitulatif": _bien_le_dernier(piece, dossier.candidature) if recapitulatif and not manque else "",
        "avertissements": [
            a for a in (manque, _codes_non_lus(piece) if recapitulatif else "", _moins_de_fichiers(piece)) if a
        ],
        "dit": "" if piece.depassee else piece.commentaire,
        "avait_dit": piece.commentaire if piece.depassee else piece.dernier_refus,
        "deposee": en_heure_de_paris(piece.deposee_le, fuseau) if piece.deposee_le and piece.fichiers else "",
        "recue": date_en_francais(piece.recue_le) if piece.recue_le and not piece.depassee else "",
        "validee": en_heure_de_paris(piece.validee_le, fuseau) if piece.validee_le and not piece.depassee else "",
        "fenetre": en_heure_de_paris(piece.fenetre, fuseau) if piece.fenetre else "",
        "fichiers": [_fichier(f, piece, cadre, refus) for f in piece.fichiers],
        "deposable": piece.motif_deposer is None,
        "supprimable": piece.motif_supprimer is None,
        "declarable": piece.motif_declarer is None,
        "declaration": DeclarationForm(
            piece,
            piece.declaration if refus.declaration is None or not visee else refus.declaration,
            motifs=refus.motifs if visee and refus.declaration is not None else (),
        ),
        "empeche": _empeche(piece, regroupement),
        "depot": DepotForm(piece, cadre.pieces, motifs=refus.motifs if visee and not _d_un_fichier(refus) else ()),
        "voir": adresse("voir_piece", cadre, piece=piece.cle),
        "preparer": adresse("preparer_piece", cadre, piece=piece.cle),
    }


def _fichier(fichier: FichierVu, piece: PieceVue, cadre: Cadre, refus: Refus) -> dict[str, Any]:
    vise = refus.piece == piece.cle and refus.remplace == str(fichier.reference)
    formulaire = DepotForm(
        piece, cadre.pieces, remplace=fichier.reference, nom=fichier.nom, motifs=refus.motifs if vise else ()
    )
    return {
        **_montre(fichier, cadre),
        "remplacer": formulaire,
        "garder": _garder(fichier, piece, refus),
        "ancre_garder": f"avis-{fichier.reference}",
        # Once the piece is sent, nothing can be done of them: the office judges.
        "avis": depuis_table(fichier.avis) if piece.motif_supprimer is None else [],
        "a_repondre": _a_repondre(fichier, piece),
        "code": _code_lu(fichier) if piece.cle == RECAPITULATIF else "",
        "deja_refuse": _deja_refuse(fichier, piece),
    }


def _garder(fichier: FichierVu, piece: PieceVue, refus: Refus) -> GarderForm:
    vise = refus.piece == piece.cle and refus.garde == str(fichier.reference)
    return GarderForm(fichier, pourquoi=refus.pourquoi if vise else "", motifs=refus.motifs if vise else ())


def _d_un_fichier(refus: Refus) -> bool:
    return bool(refus.remplace or refus.garde or refus.declaration is not None)


def _a_repondre(fichier: FichierVu, piece: PieceVue) -> bool:
    """Une alerte attend une réponse tant que la pièce peut changer : le remplacer, ou dire pourquoi le garder."""
    alertes = any(a.niveau == ALERTE for a in depuis_table(fichier.avis))
    return alertes and not fichier.garde_malgre and piece.motif_supprimer is None


def _montre(fichier: FichierVu, cadre: Cadre) -> dict[str, Any]:
    return {
        "vu": fichier,
        "taille": taille_lisible(fichier.taille),
        "depose": en_heure_de_paris(fichier.depose_le, cadre.calendrier.fuseau, secondes=True),
        "pages": range(1, fichier.pages + 1),
        "rejete": refus_de_fichier("fichier_rejete").message if fichier.rejete else "",
    }


# --- Les mots -----------------------------------------------------------------------------------------------


def _situation(piece: PieceVue, regroupement: RegroupementVu | None) -> str:
    """Où en est la pièce, en une phrase : la notice ne montre un statut qu’après un acte du service."""
    if piece.depassee:
        return ""  # its own alert says it
    if regroupement is None:  # no longer asked: there is nothing to do
        return "Déposée." if piece.etat == "deposee" else ""
    if piece.etat == "declaree":
        fin = "Le service n’a pas encore répondu." if piece.envoyee else "Ce n’est pas encore envoyé au service."
        return f"Vous avez déclaré que cette pièce ne vous concerne pas. {fin}"
    if piece.dispensee_le:
        return "Le service a accepté votre déclaration. Vous n’avez plus rien à faire pour cette pièce."
    if piece.etat == "aucune":
        return "Pas encore fournie." if piece.dematerialisee else "À envoyer par la poste."
    if piece.etat == "deposee":
        envoyee = "" if piece.envoyee else " Elle n’est pas encore envoyée au service."
        return f"Déposée, pas encore contrôlée.{envoyee}"
    return {
        "recue": "Le service a reçu votre pièce. Il ne l’a pas encore contrôlée.",
        "non_conforme": "Cette pièce ne convient pas.",
        "conforme": "Vous n’avez plus rien à faire pour cette pièce.",
    }[piece.etat]


def _bien_le_dernier(piece: PieceVue, candidature: Candidature) -> str:
    """Dit que le récapitulatif est le bon, seulement si le code de chacun de ses fichiers le dit."""
    derniere = candidature.derniere_version
    if not piece.fichiers or any(f.version_lue != derniere for f in piece.fichiers):
        return ""
    return f"Ce récapitulatif est bien votre dernière version, la {derniere}."


def _codes_non_lus(piece: PieceVue) -> str:
    """Les fichiers du récapitulatif dont aucun code n’a été lu : rien n’est refusé, mais rien n’est sûr."""
    muets = [f.nom for f in piece.fichiers if f.version_lue is None]
    if not muets or piece.depassee:
        return ""
    if len(muets) == len(piece.fichiers):
        return (
            "Nous n’avons pas pu lire le code carré (QR) imprimé sur ce récapitulatif. Rien n’est refusé\u00a0: le "
            "service vérifiera lui-même que c’est votre dernière version. Pour que ce soit vérifié tout de suite, "
            "reprenez la photo bien à plat, nette, avec le code entier, et déposez-la à la place."
        )
    noms = ", ".join(f"«\u00a0{nom}\u00a0»" for nom in muets)
    return (
        f"Nous n’avons pas pu lire le code carré (QR) de {noms}. Vérifiez que c’est bien une page de votre "
        "récapitulatif. Si oui, vous n’avez rien à faire\u00a0: le service vérifiera lui-même sa version."
    )


def _code_lu(fichier: FichierVu) -> str:
    if fichier.version_lue:
        return f"Code QR lu\u00a0: c’est la version\u00a0{fichier.version_lue}"
    return "Code QR pas lu\u00a0: le service vérifiera la version"


def _pages_manquantes(piece: PieceVue, candidature: Candidature) -> str:
    """Le récapitulatif déposé a moins de pages que la confirmation à signer, et il peut encore en recevoir."""
    if not piece.fichiers or not _modifiable(piece):
        return ""
    deposees, attendues = sum(f.pages for f in piece.fichiers), _pages_a_signer(candidature)
    if deposees >= attendues:
        return ""
    fin = "la page qui manque" if attendues - deposees == 1 else "les pages qui manquent"
    return f"Votre confirmation a {attendues}\u00a0pages, votre dépôt en a {deposees}. Déposez aussi {fin}."


def _pages_a_signer(candidature: Candidature) -> int:
    """Le nombre de pages de la dernière confirmation ; 0 s’il ne peut pas être connu maintenant."""
    confirmations = Document.objects.filter(candidature=candidature.numero, genre=CONFIRMATION)
    derniere = confirmations.filter(version=candidature.derniere_version).values_list("reference", flat=True).first()
    try:
        return _nombre_de_pages(derniere) if derniere else 0
    except rendu.MoteurEnPanne:
        return 0  # a warning less: the office looks anyway


@lru_cache(maxsize=1024)
def _nombre_de_pages(reference_du_document: UUID) -> int:
    """Kept: a document never changes, and the engine takes some hundredths of a second."""
    octets = rendu.pdf(Document.objects.get(reference=reference_du_document))
    with pikepdf.open(io.BytesIO(octets)) as imprime:
        return len(imprime.pages)


def _modifiable(piece: PieceVue) -> bool:
    """Vrai si un nouveau fichier s’ajoute aux fichiers en place : ils ne sont ni envoyés, ni à remplacer."""
    return piece.etat == "deposee" and not piece.depassee and piece.motif_deposer is None


def _moins_de_fichiers(piece: PieceVue) -> str:
    """Après un refus, le nouveau dépôt prend la place de tout l’ancien : un verso peut y manquer."""
    if not piece.fichiers or not _modifiable(piece) or len(piece.refuses) <= len(piece.fichiers):
        return ""
    return f"Le dépôt précédent avait {len(piece.refuses)}\u00a0fichiers. Vérifiez que tout y est."


def _deja_refuse(fichier: FichierVu, piece: PieceVue) -> str:
    """Le même fichier qu’avant le refus : une erreur, sauf si un autre fichier était en cause."""
    if fichier.empreinte not in piece.refuses or not _modifiable(piece):
        return ""
    if len(piece.refuses) == 1:
        return "C’est le même fichier que celui qui a été jugé non conforme."
    return "Ce fichier était déjà dans le dépôt jugé non conforme. Vérifiez qu’il est bien à garder."


def _reste(dossier: Dossier, cadre: Cadre) -> list[dict[str, str]]:
    """Ce qui manque au dossier ; une pièce rouverte a sa propre fin, et non celle du dépôt."""
    rouvertes = [p for p in dossier.pieces if p.limite and p.manque]
    autres = [p.situation for p in dossier.pieces if p not in rouvertes]
    return [{"code": m.code, "message": m.message} for m in dossier_incomplet(autres)] + list(
        _a_deposer_avant(rouvertes, cadre.calendrier.fuseau)
    )


def _a_deposer_avant(rouvertes: Iterable[PieceVue], fuseau: str) -> Iterator[dict[str, str]]:
    for piece in rouvertes:
        if not piece.limite:
            continue
        fin = en_heure_de_paris(piece.limite, fuseau)
        if piece.depassee:
            acte = "À signer et à déposer dans sa dernière version"
        else:
            acte = "À déposer de nouveau" if piece.etat == "non_conforme" else "À fournir"
        yield {
            "code": "piece_rouverte",
            "message": f"{acte}, avant {fin}\u00a0: «\u00a0{piece.libelle}\u00a0».",
        }


def _empeche(piece: PieceVue, regroupement: RegroupementVu | None) -> str:
    """Pourquoi la pièce ne se change pas, quand ni son statut ni son regroupement ne le disent."""
    motif = piece.motif_deposer
    if motif is None or regroupement is None or piece.etat == "conforme":
        return ""
    dits = DITS_PAR_LE_REGROUPEMENT | ({"regroupement_envoye"} if regroupement.envoye else set())
    return "" if motif.code in dits else motif.message


def _avancement(nombres: dict[str, int]) -> tuple[str, str]:
    """« 2 pièces envoyées au service, sur 5 demandées », « 1 déposée, pas encore envoyée ; 0 conforme »."""
    envoyees, conformes = nombres["envoyees"], nombres["conformes"]
    deposees = nombres["fournies"] - envoyees
    s, sc, sd = ("s" * (n > 1) for n in (envoyees, conformes, deposees))
    reste = f"{deposees}\u00a0fournie{sd} ici, pas encore envoyée{sd}\u00a0; " if deposees else ""
    return (
        f"{envoyees}\u00a0pièce{s} envoyée{s} au service, sur {nombres['demandees']} demandées",
        f"{reste}{conformes}\u00a0conforme{sc}",
    )


def _periode(vu: RegroupementVu, cadre: Cadre) -> str:
    """« du lundi 6 octobre 2025 à 9 h au vendredi 12 décembre 2025 à 23 h 59 (heure de Paris) »."""
    debut = vu.ouvre_le.astimezone(ZoneInfo(cadre.calendrier.fuseau))
    return f"du {date_en_francais(debut)} à {heure_en_francais(debut)} au {_fin(vu, cadre).removeprefix('le ')}"


def _fin(vu: RegroupementVu, cadre: Cadre) -> str:
    regroupement = next(r for r in cadre.pieces.regroupements if r.code == vu.code)
    return fin_affichee(calendrier_du_regroupement(cadre.calendrier, regroupement).depot, cadre.calendrier.fuseau)


def _plus_tard(instants: list[datetime | None], fuseau: str) -> str:
    connus = [i for i in instants if i]
    return en_heure_de_paris(max(connus), fuseau) if connus else ""


def _calendrier(dossier: Dossier, cadre: Cadre, le: datetime) -> dict[str, Any]:
    """Le temps qui reste : jusqu’à la première clôture qui attend encore quelque chose du candidat."""
    fuseau = cadre.calendrier.fuseau
    en_ligne = [r for r in dossier.regroupements if r.en_ligne and not r.demande]  # each request tells its own end
    ouverts = [r for r in en_ligne if r.ouvre_le <= le < r.ferme_le]
    attendus = [r for r in ouverts if not r.envoye] or ouverts
    if attendus:
        premier = min(attendus, key=lambda r: r.ferme_le)
        reste = premier.ferme_le - le
        return {
            "etat": "ouvert",
            "fin": _fin(premier, cadre),
            "reste": duree_en_francais(reste),
            "reste_secondes": int(reste.total_seconds()),
            "bientot": reste <= BIENTOT,
        }
    a_venir = [r.ouvre_le for r in en_ligne if le < r.ouvre_le]
    if a_venir:
        return {"etat": "a_venir", "ouvre": en_heure_de_paris(min(a_venir), fuseau)}
    if not en_ligne:
        return {"etat": "sans_depot"}
    dernier = max(en_ligne, key=lambda r: r.ferme_le)
    return {
        "etat": "clos",
        "fin": _fin(dernier, cadre),
    }
