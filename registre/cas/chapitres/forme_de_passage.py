"""Chapitre ``forme_de_passage`` : globale ou progressive, et le choix de la spécialité."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registre.cas.adaptateur import Adaptateur, Observe, juge
from registre.cas.chapitres.presentations import EXAMEN, Presentation
from registre.regles.cadre import Cadre, Specialite
from registre.regles.etats import Acteur
from registre.regles.qualification import ChoixDeForme, motifs_qualification, motifs_specialite
from registre.regles.vocabulaire import Certitude, EtatUnite, FormeDePassage


@dataclass(frozen=True, kw_only=True)
class Forme:
    """L'état donné à une épreuve vaut pour toutes ses unités (L-60)."""

    epreuves: dict[str, EtatUnite]
    specialite: str | None = None
    forme_de_passage: FormeDePassage | None = None
    forme_de_passage_enregistree: FormeDePassage | None = None
    acteur: Acteur = Acteur.CANDIDAT
    motif_correction: str = ""
    etalement: bool = False
    anterieur: Presentation | None = None
    anterieurs: tuple[Presentation, ...] = ()


def forme(s: Forme, cadre: Cadre) -> Observe:
    choix = ChoixDeForme(
        forme_de_passage=s.forme_de_passage,
        enregistree=s.forme_de_passage_enregistree,
        acteur=s.acteur,
        motif_correction=s.motif_correction,
    )
    anterieurs = ((s.anterieur,) if s.anterieur else ()) + s.anterieurs
    return juge(
        motifs_qualification(
            choix,
            s.epreuves,
            [p.passage() for p in anterieurs],
            cadre.forme_de_passage,
            s.specialite,
            EXAMEN,
            etalement=s.etalement,
        )
    )


@dataclass(frozen=True, kw_only=True)
class SpecialiteDuCas:
    """``connue`` : ses épreuves et sa LVB sont connues. ``rattrapage`` : elle n'est ouverte qu'au rattrapage."""

    connue: bool
    rattrapage: bool


@dataclass(frozen=True, kw_only=True)
class ChoixDeSpecialite:
    specialites: dict[str, SpecialiteDuCas]
    specialite: str | None = None
    anterieurs: tuple[Presentation, ...] = ()


def choix_de_specialite(s: ChoixDeSpecialite, cadre: Cadre) -> Observe:
    connues = {slug: _specialite(slug, attributs, cadre) for slug, attributs in s.specialites.items()}
    anterieurs = [p.passage() for p in s.anterieurs]
    return juge(motifs_specialite(s.specialite, connues, anterieurs, EXAMEN, cadre.correspondances))


def _specialite(slug: str, attributs: SpecialiteDuCas, cadre: Cadre) -> Specialite:
    return Specialite(
        slug=slug,
        libelle=slug,
        code_diplome=slug,
        secteur="tertiaire",
        lvb=True if attributs.connue else None,
        ouverte=True,
        rattrapage_seul=attributs.rattrapage,
        epreuves_connues=attributs.connue,
        coefficients_connus=False,
        epreuves=(),
        source=("L-38",),
        certitude=Certitude.LECTURE,
        verifie_le=date(cadre.session, 1, 1),
    )


ADAPTATEURS = (
    Adaptateur(chapitre="forme_de_passage", situation=Forme, observer=forme, parametres=("forme_de_passage",)),
    Adaptateur(
        chapitre="forme_de_passage", genre="specialite", situation=ChoixDeSpecialite, observer=choix_de_specialite
    ),
)
