"""Ce que montrent la page de l’ordinateur et celle du téléphone : tout est calculé avant le rendu."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from registre.commun.formulaires import Formulaire, texte
from registre.inscription.acces import adresse
from registre.inscription.models import Candidature
from registre.justificatifs import passerelles
from registre.justificatifs.forms_candidat import ChoixDeFichiers
from registre.justificatifs.models import PageAssemblee, Passerelle
from registre.justificatifs.pieces_vues import PieceVue
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.fichiers import taille_en_mo
from registre.regles.qualite import depuis_table


class CodeForm(Formulaire):
    """Le code affiché sur l’ordinateur."""

    code = texte(
        "Code affiché sur votre ordinateur",
        "Huit lettres et chiffres. Les espaces, le tiret et les minuscules ne comptent pas.",
        autocomplete="off",
        autocapitalize="characters",
        spellcheck="false",
    )

    def __init__(self, tape: str | None = None, motifs: Iterable[Motif] = ()) -> None:
        super().__init__(None if tape is None else {"code": tape}, motifs=motifs)


class PhotosForm(Formulaire):
    """L’appareil photo du téléphone, ou des photos déjà prises."""

    photo = forms.FileField(
        label="Prendre une photo",
        required=False,
        widget=ChoixDeFichiers(attrs={"class": "fr-upload", "accept": "image/*", "capture": "environment"}),
    )
    deja = forms.FileField(
        label="Ou choisir des photos déjà prises",
        help_text="Plusieurs à la fois si vous voulez.",
        required=False,
        widget=ChoixDeFichiers(attrs={"class": "fr-upload", "accept": "image/*", "multiple": True}),
    )

    def __init__(self, motifs: Iterable[Motif] = ()) -> None:
        super().__init__({}, motifs=motifs, auto_id="telephone-%s")
        self.fields["photo"].widget.attrs["multiple"] = False


# --- L’ordinateur -----------------------------------------------------------------------------------------------


def sur_l_ordinateur(
    request: HttpRequest, candidature: Candidature, piece: PieceVue, cadre: Cadre, motifs: Iterable[Motif] = ()
) -> dict[str, Any]:
    """Le contexte de la page qui montre le lien et ce qui en arrive."""
    maintenant = request.arrivee
    passerelle = passerelles.derniere(candidature, piece.cle)
    ouverte = passerelles.marche(passerelle, maintenant)
    secrets = passerelles.gardes(request, passerelle) if passerelle and ouverte else None
    photos = passerelles.photos(passerelle) if passerelle else []
    return {
        "cadre": cadre,
        "vue": piece,
        "motifs": list(dict.fromkeys(motifs)),
        "empeche": piece.motif_deposer.message if piece.motif_deposer else "",
        "ouverte": ouverte,
        "finie": passerelle is not None and not ouverte,
        "code_servi": bool(passerelle and ouverte and not passerelle.code_court),
        "secrets": secrets,
        "image": passerelles.image_du_lien(secrets.jeton) if secrets else "",
        "adresse_du_code": passerelles.adresse_du_code(),
        "minutes": passerelles.minutes_restantes(passerelle, maintenant) if passerelle and ouverte else 0,
        "photos": photos,
        "autres": passerelle.assemblage.pages.count() - len(photos) if passerelle else 0,
        "etat": adresse("telephone_etat", cadre, piece=piece.cle),
        "preparer": adresse("preparer_piece", cadre, piece=piece.cle),
        "revenir": f"{adresse('justificatifs', cadre)}#piece-{piece.cle}",
    }


def etat(passerelle: Passerelle | None, maintenant: datetime) -> tuple[dict[str, Any], str]:
    """Ce que la page de l’ordinateur redemande, et son étiquette : elle change quand il y a du nouveau."""
    ouverte = passerelles.marche(passerelle, maintenant)
    photos = passerelles.photos(passerelle) if passerelle else []
    dit = {
        "ouverte": ouverte,
        "photos": len(photos),
        "minutes": passerelles.minutes_restantes(passerelle, maintenant) if passerelle and ouverte else 0,
        "code_servi": bool(passerelle and not passerelle.code_court),
    }
    vu = f"{dit!r} {[str(p.reference) for p in photos]}"
    return dit, f'"{hashlib.sha256(vu.encode()).hexdigest()[:32]}"'


# --- Le téléphone -----------------------------------------------------------------------------------------------


def sur_le_telephone(
    passerelle: Passerelle,
    piece: PieceVue,
    cadre: Cadre,
    jeton: str,
    maintenant: datetime,
    motifs: Iterable[Motif] = (),
) -> dict[str, Any]:
    """Le contexte de la page du téléphone : la sorte de pièce, et rien de la personne."""
    arrivees = passerelles.photos(passerelle)
    # Once nothing can be added there is no field to blame: the page says why in its place.
    formulaire = PhotosForm(motifs=() if piece.motif_deposer else dict.fromkeys(motifs))
    return {
        "libelle": piece.libelle,
        "jeton": jeton,
        "empeche": piece.motif_deposer,
        "formulaire": formulaire,
        "formulaires": [formulaire] if formulaire.motifs else [],
        "en_erreur": bool(formulaire.motifs),
        "minutes": passerelles.minutes_restantes(passerelle, maintenant),
        "photos": [_photo(p, jeton) for p in arrivees],
        "octets": cadre.pieces.taille_a_preparer,
        "maximum": taille_en_mo(cadre.pieces.taille_a_preparer),
    }


def _photo(page: PageAssemblee, jeton: str) -> dict[str, Any]:
    source = reverse("telephone_vignette", kwargs={"jeton": jeton, "reference": page.reference})
    return {"reference": page.reference, "source": source, "avis": depuis_table(page.avis)}
