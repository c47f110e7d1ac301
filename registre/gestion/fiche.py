"""La page d’une candidature : tout ce que le service doit savoir avant d’agir, et rien de la rubrique « Handicap »."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404

from registre.commun.cadres import cadre_ou_404
from registre.commun.models import Courriel, Evenement
from registre.documents.models import Document
from registre.documents.numeros import numero_candidat
from registre.gestion import journal
from registre.gestion.listes import libelle_de_specialite
from registre.inscription import instruction, releves
from registre.inscription.models import Candidature, VersionDeCandidature
from registre.inscription.pieces import examen_de
from registre.inscription.pourquoi import traces_de_l_examen
from registre.justificatifs import dossier
from registre.justificatifs.documents import manques
from registre.justificatifs.pages_gestion import etat_dit, noms_des_pieces
from registre.regles.cadre import Cadre
from registre.regles.instruction import en_attente
from registre.regles.recapitulatif import differences

LIGNES_DU_JOURNAL = 200


@dataclass(frozen=True, kw_only=True)
class Version:
    """Un enregistrement. ``changements`` : ce qui diffère de la version précédente."""

    version: VersionDeCandidature
    changements: list[dict[str, str]]


def candidature_ou_404(academie: str, numero: str) -> Candidature:
    """La candidature de ce numéro, si elle est à cette académie : les deux absences ne se distinguent pas."""
    trouvee = Candidature.objects.select_related("compte").filter(academie=academie, numero=numero).first()
    if trouvee is None:
        raise Http404
    return trouvee


def contexte(candidature: Candidature, le: datetime) -> dict[str, Any]:
    """Ce que la page montre."""
    cadre = cadre_ou_404(*candidature.cle)
    documents = list(
        Document.objects.filter(candidature=candidature.numero).defer("contenu").order_by("-emis_le", "-pk")
    )
    lu = dossier.charger(candidature, cadre, le, pour_le_service=True)
    noms = noms_des_pieces(lu.cadre)
    examen = examen_de(candidature, lu.version, candidature.compte, cadre)
    lignes = _journal(candidature, lu.cadre, documents)
    return {
        "cadre": cadre,
        "candidature": candidature,
        "compte": candidature.compte,
        "numero_candidat": numero_candidat(cadre, candidature.compte_id),
        "specialite": libelle_de_specialite(candidature),
        "dossier": lu,
        "pieces": [(r, [(p, noms[p.cle], etat_dit(p)) for p in r.pieces]) for r in lu.regroupements],
        "plus_demandees": [(p, noms[p.cle], etat_dit(p)) for p in lu.plus_demandees],
        "manques": manques(lu),
        "traces": traces_de_l_examen(examen),
        "decisions": instruction.montrees(examen),
        "en_attente": len(en_attente(examen.acquis)) if examen.acquis else 0,
        "ecarts_de_notes": releves.ecarts_de_la_version(lu.version, candidature.compte, cadre),
        "versions": versions(candidature),
        "documents": documents,
        "courriels": _courriels(candidature, documents),
        "actes": [ligne for ligne in lignes if not ligne.consultation],
        "consultations": [ligne for ligne in lignes if ligne.consultation],
        "lignes_du_journal": LIGNES_DU_JOURNAL,
    }


def versions(candidature: Candidature) -> list[Version]:
    """Les versions, la dernière d’abord."""
    lues = list(candidature.versions.order_by("numero"))
    avant: list[VersionDeCandidature | None] = [None, *lues]
    faites = [
        Version(version=v, changements=differences(a.contenu, v.contenu) if a else [])
        for a, v in zip(avant, lues, strict=False)
    ]
    return faites[::-1]


def _courriels(candidature: Candidature, documents: Iterable[Document]) -> list[Courriel]:
    """Les courriels de cette candidature ; ceux du compte, mots de passe et liens, ne regardent que son titulaire."""
    cles = [f"document:{d.reference}" for d in documents]
    cles.append(f"retrait:{candidature.numero}")
    cles += [f"acquis:{d.pk}" for d in instruction.toutes(candidature)]
    return list(Courriel.objects.filter(cle__in=cles).defer("texte", "html").order_by("-redige_le", "-pk"))


def _journal(candidature: Candidature, cadre: Cadre, documents: Iterable[Document]) -> list[journal.Ligne]:
    objets = [f"candidature:{candidature.numero}", *(f"document:{d.reference}" for d in documents)]
    lus = Evenement.objects.filter(objet__in=objets).select_related("acteur").order_by("-pk")[:LIGNES_DU_JOURNAL]
    return journal.lignes(lus, cadre)
