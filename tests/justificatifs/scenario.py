"""Candidates who have registered, and real files for them to deposit."""

from __future__ import annotations

import html
import io
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pikepdf
from PIL import Image, ImageDraw

from registre.commun.cadres import principal
from registre.comptes.models import Compte
from registre.documents import rendu
from registre.documents.models import CONFIRMATION, Document
from registre.inscription.models import Candidature
from registre.justificatifs.dossier import charger
from registre.justificatifs.models import PieceJustificative
from registre.justificatifs.pieces_vues import Dossier, PieceVue
from registre.justificatifs.usecases.accept_piece import accept_piece
from registre.justificatifs.usecases.deposit_piece import Depot, deposit_piece
from registre.justificatifs.usecases.refuse_piece import refuse_piece
from registre.justificatifs.usecases.send_regroupement import Envoi, send_regroupement
from tests.inscription.scenario import (
    LE,
    SAISIES,
    connecter,
    creer_candidat,
    enregistrer,
    heure_du_registre,
    poster,
    remplir,
)

FIN_DU_DEPOT = datetime(2025, 11, 7, 23, 0, tzinfo=UTC)  # midnight in Paris, excluded
RECAPITULATIF = "recapitulatif-signe"
PIECES = (RECAPITULATIF, "identite", "domicile", "certificats-travail")  # what SAISIES asks for
REGROUPEMENTS = ("recapitulatif", "identite", "domicile", "conditions")


def candidat_inscrit(email: str = "camille.roche@demo.example", **changements: dict[str, Any]) -> Compte:
    """A candidate registered in version 1."""
    compte = creer_candidat(email)
    with heure_du_registre(LE):
        client = connecter(compte)
        remplir(client, **changements)
        enregistrer(client)
    return Compte.objects.get(pk=compte.pk)


def modifier(compte: Compte, etape: str = "epreuves", **champs: Any) -> int:
    """Records one more version, and gives its number."""
    with heure_du_registre(LE):
        client = connecter(compte)
        poster(client, etape, SAISIES[etape] | (champs or {"lvf": "italien"}))
        enregistrer(client)
    return candidature_de(compte).derniere_version


def candidature_de(compte: Compte) -> Candidature:
    return Candidature.objects.get(compte=compte, etat=Candidature.Etat.ENREGISTREE)


def creer_agent(email: str = "agent@exemple.fr", academie: str = "clermont-ferrand", nom: str = "Martin") -> Compte:
    """An officer whose account is active."""
    return Compte.objects.create_user(
        email=email,
        role=Compte.Role.GESTIONNAIRE,
        academie=academie,
        nom_de_famille=nom,
        prenoms="Alix",
        cree_le=LE,
        active_le=LE,
    )


def texte(reponse: Any) -> str:
    """The page with its marks, entities read, and ordinary spaces: what tests look words up in."""
    return html.unescape(reponse.content.decode()).replace("\u00a0", " ")


# --- Files ---------------------------------------------------------------------------------------------------


@cache
def pdf_d_une_page(marque: str = "") -> bytes:
    """A PDF of one page, different for each ``marque``."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 300))
    document.docinfo["/Title"] = marque
    sortie = io.BytesIO()
    document.save(sortie, deterministic_id=True)
    return sortie.getvalue()


@cache
def jpeg(marque: str = "") -> bytes:
    """A small photograph, different for each ``marque``."""
    image = Image.new("RGB", (120, 90), "white")
    ImageDraw.Draw(image).text((5, 5), marque, fill="black")
    sortie = io.BytesIO()
    image.save(sortie, "JPEG")
    return sortie.getvalue()


def recapitulatif(compte: Compte, version: int | None = None) -> bytes:
    """The confirmation of the candidate as the site prints it: its QR code is the real one."""
    numero = candidature_de(compte).numero
    confirmations = Document.objects.filter(candidature=numero, genre=CONFIRMATION).order_by("-version")
    return rendu.pdf(confirmations.get(version=version) if version else confirmations[0])


# --- Acts ----------------------------------------------------------------------------------------------------


def deposer(
    compte: Compte,
    cle: str = "identite",
    octets: bytes | None = None,
    *,
    nom: str = "scan.pdf",
    le: datetime = LE,
    **k: Any,
) -> Depot:
    return deposit_piece(compte, principal(), cle, nom, octets or pdf_d_une_page(cle), le=le, **k)


def envoyer(compte: Compte, code: str = "identite", *, le: datetime = LE) -> Envoi:
    return send_regroupement(compte, principal(), code, le=le)


def tout_fournir(compte: Compte, *, le: datetime = LE) -> None:
    """Every piece deposited and sent."""
    for cle in PIECES:
        deposer(compte, cle, le=le)
    for code in REGROUPEMENTS:
        envoyer(compte, code, le=le)


def dossier(compte: Compte, le: datetime = LE, *, pour_le_service: bool = False) -> Dossier:
    return charger(candidature_de(compte), principal(), le, pour_le_service=pour_le_service)


def piece(compte: Compte, cle: str = "identite", le: datetime = LE) -> PieceVue:
    vue = dossier(compte, le).piece(cle)
    assert vue is not None
    return vue


def ligne(compte: Compte, cle: str = "identite") -> PieceJustificative:
    return PieceJustificative.objects.get(candidature=candidature_de(compte), cle=cle)


def vu(compte: Compte, cle: str = "identite") -> dict[str, int]:
    """The revision and the version that a page of the office would carry now."""
    return {"revision": piece(compte, cle).revision, "version": candidature_de(compte).derniere_version}


def accepter(agent: Compte, compte: Compte, cle: str = "identite", *, le: datetime = LE, **k: Any) -> Any:
    return accept_piece(agent, candidature_de(compte), cle, **(vu(compte, cle) | k), le=le)


def refuser(agent: Compte, compte: Compte, cle: str = "identite", *, le: datetime = LE, **k: Any) -> Any:
    return refuse_piece(agent, candidature_de(compte), cle, **(vu(compte, cle) | {"raison": "illisible"} | k), le=le)
