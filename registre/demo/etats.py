"""Où en est chaque personne de la démonstration, lu dans la base au moment où la page est montrée."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.demo.codes import codes_par_compte
from registre.demo.personnes import PERSONNES, Personne
from registre.inscription.models import Brouillon, Candidature
from registre.justificatifs.dossier import charger
from registre.justificatifs.pieces_vues import PieceVue


def personnes(le: datetime) -> list[dict[str, Any]]:
    """Une ligne par personne, à l’instant ``le`` : ``personne``, ``role``, ``etat`` et ``pieces``, en français.

    ``pieces`` va d’un état au nom des pièces qui y sont ; vide sans candidature. ``code`` si on en demande un.
    """
    emails = [p.email for p in PERSONNES]
    codes = codes_par_compte(emails)
    comptes = {c.email: c for c in Compte.objects.filter(email__in=emails)}
    suivis = Brouillon.objects.select_related("candidature__compte").filter(compte__email__in=emails)
    brouillons = {b.compte_id: b for b in suivis if b.cle == principal().cle}
    lignes = []
    for p in PERSONNES:
        compte = comptes.get(p.email)
        brouillon = brouillons.get(compte.pk) if compte else None
        ligne = {
            "personne": p,
            "role": _role(p),
            "etat": _etat(compte, brouillon),
            "pieces": _pieces(brouillon.candidature, le) if brouillon and brouillon.candidature else {},
            "code": codes.get(p.email),
        }
        lignes.append(ligne)
    return lignes


def _role(p: Personne) -> str:
    if p.du_service:
        return "service, académie de " + principal().academie_libelle
    return "candidate" if p.civilite == "madame" else "candidat"


def _etat(compte: Compte | None, brouillon: Brouillon | None) -> str:
    if compte is None:
        return "compte absent\u00a0: remettez la démonstration à zéro"
    if compte.est_gestionnaire:
        return "compte du service, qui voit son académie"
    if brouillon is None or not brouillon.saisies:
        return "compte activé, inscription pas commencée"
    if brouillon.candidature:
        c = brouillon.candidature
        return f"inscription enregistrée, numéro {c.numero}, version\u00a0{c.derniere_version}"
    if retiree := Candidature.objects.filter(compte=compte, etat=Candidature.Etat.RETIREE).last():
        return f"inscription retirée, qui avait le numéro {retiree.numero}"
    etapes = principal().etapes.liste
    premiere = next((n for n, e in enumerate(etapes, 1) if e.code not in brouillon.saisies), len(etapes))
    return f"inscription commencée, arrêtée à l’étape\u00a0{premiere}"


def _pieces(candidature: Candidature, le: datetime) -> dict[str, str]:
    """Les regroupements, par état de leurs pièces, dans l’ordre où on les rencontre."""
    par_etat: dict[str, list[str]] = {}
    for regroupement in charger(candidature, principal(), le).regroupements:
        for piece in regroupement.pieces:
            noms = par_etat.setdefault(_etat_de_la_piece(piece), [])
            if regroupement.libelle not in noms:
                noms.append(regroupement.libelle)
    return {etat: ", ".join(noms) for etat, noms in par_etat.items()}


def _etat_de_la_piece(piece: PieceVue) -> str:
    if piece.depassee:
        return "version dépassée, à refaire"
    if piece.statut:
        return piece.statut
    if piece.etat == "deposee":
        return "en attente de contrôle" if piece.envoyee else "tout est déposé, bouton à cliquer"
    return "à déposer, dépôt rouvert" if piece.fenetre else "à déposer"
