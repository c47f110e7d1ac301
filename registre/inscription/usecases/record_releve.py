"""Garder le relevé de notes d’une session passée, tel que le service le donne."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from registre.commun.journal import consigner
from registre.comptes.models import Compte
from registre.inscription.models import LigneDeReleve, ReleveAnterieur
from registre.inscription.releves import releve_connu
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.recapitulatif import empreinte
from registre.regles.releves import LigneConnue, ReleveConnu, motifs_du_releve, note_ecrite


class ReleveRefuse(Exception):
    """Le relevé n’a pas de sens pour les règles ; rien n’est écrit."""

    def __init__(self, motifs: Sequence[Motif]) -> None:
        super().__init__(" ".join(m.message for m in motifs))
        self.motifs = list(motifs)


class Ecriture(StrEnum):
    """Ce que l’acte a fait ; la valeur compte des relevés."""

    NOUVEAU = "nouveaux"
    CORRIGE = "corrigés"
    INCHANGE = "inchangés"


def record_releve(
    compte: Compte, cadre: Cadre, releve: ReleveConnu, *, le: datetime, acteur: Compte | None = None
) -> Ecriture:
    """Garde le relevé de cette personne pour cette session ; un relevé différent remplace celui d’avant.

    ``cadre`` : celui dont les paramètres jugent le relevé. Le même relevé deux fois n’écrit rien la seconde.
    Le journal porte les empreintes et les unités changées, jamais les notes.

    :raises ReleveRefuse: spécialité, unité, note ou langue qui n’a pas de sens.
    """
    if motifs := motifs_du_releve(releve, cadre):
        raise ReleveRefuse(motifs)
    with transaction.atomic():
        compte = Compte.objects.select_for_update(no_key=True).get(pk=compte.pk)
        garde = ReleveAnterieur.objects.filter(compte=compte, session=releve.session, examen=cadre.examen).first()
        avant = releve_connu(garde, garde.lignes.all()) if garde else None
        if avant and contenu(avant) == contenu(releve):
            return Ecriture.INCHANGE

        garde = garde or ReleveAnterieur(compte=compte, session=releve.session, examen=cadre.examen)
        garde.academie, garde.specialite = releve.academie, releve.specialite
        garde.forme_de_passage, garde.resultat = releve.forme_de_passage, releve.resultat
        garde.enregistre_le = le
        garde.save()
        garde.lignes.all().delete()
        LigneDeReleve.objects.bulk_create(
            LigneDeReleve(releve=garde, unite=x.unite, matiere=x.matiere, etat=x.etat, note=x.note, langue=x.langue)
            for x in releve.lignes
        )
        consigner(
            "releve_corrige" if avant else "releve_enregistre",
            le=le,
            acteur=acteur,
            objet=f"compte:{compte.pk}",
            session=releve.session,
            examen=cadre.examen,
            empreinte=empreinte(contenu(releve)),
            **_changements(avant, releve),
        )
    return Ecriture.CORRIGE if avant else Ecriture.NOUVEAU


def contenu(releve: ReleveConnu) -> dict[str, object]:
    """Ce que dit un relevé, sans l’ordre de ses lignes ni l’écriture de ses nombres."""
    return {
        "session": releve.session,
        "academie": releve.academie,
        "specialite": releve.specialite,
        "forme_de_passage": releve.forme_de_passage.value,
        "resultat": releve.resultat.value,
        "lignes": sorted(map(_ligne, releve.lignes)),
    }


def _ligne(ligne: LigneConnue) -> list[str]:
    return [ligne.unite, ligne.matiere, ligne.etat.value, note_ecrite(ligne.note), ligne.langue]


def _changements(avant: ReleveConnu | None, apres: ReleveConnu) -> dict[str, object]:
    if avant is None:
        return {}
    lignes = [{x.cle: _ligne(x) for x in r.lignes} for r in (avant, apres)]
    changees = sorted(c for c in lignes[0].keys() | lignes[1].keys() if lignes[0].get(c) != lignes[1].get(c))
    return {"avant": empreinte(contenu(avant)), "unites": changees}
