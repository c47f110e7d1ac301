"""Où en est chaque personne de la démonstration, lu dans la base au moment où la page est montrée."""

from __future__ import annotations

from typing import Any

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.demo.codes import codes_par_compte
from registre.demo.personnes import PERSONNES
from registre.inscription.models import Brouillon


def personnes() -> list[dict[str, Any]]:
    """Une ligne par personne : ``personne``, ``role`` et ``etat``, en français ; ``code`` si on lui en demande un."""
    emails = [p.email for p in PERSONNES]
    codes = codes_par_compte(emails)
    comptes = {c.email: c for c in Compte.objects.filter(email__in=emails)}
    suivis = Brouillon.objects.select_related("candidature").filter(compte__email__in=emails)
    brouillons = {b.compte_id: b for b in suivis if b.cle == principal().cle}
    return [
        {
            "personne": p,
            "role": "service, académie de " + principal().academie_libelle if p.du_service else "candidat",
            "etat": _etat(comptes.get(p.email), brouillons),
            "code": codes.get(p.email),
        }
        for p in PERSONNES
    ]


def _etat(compte: Compte | None, brouillons: dict[int, Brouillon]) -> str:
    if compte is None:
        return "compte absent\u00a0: remettez la démonstration à zéro"
    if compte.est_gestionnaire:
        return "compte du service, qui voit son académie"
    brouillon = brouillons.get(compte.pk)
    if brouillon is None or not brouillon.saisies:
        return "compte activé, inscription pas commencée"
    if brouillon.candidature:
        c = brouillon.candidature
        return f"inscription enregistrée, numéro {c.numero}, version\u00a0{c.derniere_version}"
    etapes = principal().etapes.liste
    premiere = next((n for n, e in enumerate(etapes, 1) if e.code not in brouillon.saisies), len(etapes))
    return f"inscription commencée, arrêtée à l’étape\u00a0{premiere}"
