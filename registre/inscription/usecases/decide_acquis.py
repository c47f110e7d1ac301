"""Le service décide d’un acquis : une demande à instruire, ou un octroi qu’une lecture lui laisse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from registre.commun.cadres import tous
from registre.commun.courriels import adresse_publique, mettre_en_attente
from registre.commun.journal import consigner
from registre.comptes.acces import exiger_le_service
from registre.comptes.models import Compte
from registre.inscription.instruction import cle_de_la_demande, dernieres, ligne_en_json
from registre.inscription.models import Candidature, DecisionDAcquis
from registre.inscription.pieces import examen_de, garder_les_pieces_demandees
from registre.regles.acquis import DecisionDuService, LigneAcquis
from registre.regles.cadre import Cadre
from registre.regles.citation import Motif
from registre.regles.decider import demande_decidee, motifs_pour_decider
from registre.regles.explication_acquis import nom_de_l_unite
from registre.regles.vocabulaire import Octroi

CANDIDATURE_INACTIVE = Motif(
    "candidature_inactive", "", "Cette candidature ne compte plus. Il n’y a rien à décider.", ("L-49",)
)
DECIDEE_ENTRE_TEMPS = Motif(
    "decidee_entre_temps",
    "sens",
    "Cette demande vient d’être décidée. Relisez la décision, puis décidez de nouveau s’il le faut.",
    ("L-48",),
)


class DecisionRefusee(Exception):
    """La décision n’est pas possible, ou sa saisie est à corriger."""

    def __init__(self, motifs: Iterable[Motif]) -> None:
        self.motifs = list(motifs)
        super().__init__(", ".join(m.code for m in self.motifs))


def decide_acquis(
    agent: Compte,
    candidature: Candidature,
    ligne: LigneAcquis,
    *,
    sens: str,
    motif: str,
    le: datetime,
    octroi: Octroi | None = None,
    vue: int = 0,
) -> DecisionDAcquis:
    """Écrit la décision, sa ligne au journal et le courriel qui l’annonce ; un second envoi rend la même décision.

    ``sens`` : « accorder » ou « refuser ». ``vue`` : la décision que l’agent avait sous les yeux, 0 s’il n’y en avait
    pas.

    :raises PermissionDenied: hors de son académie ;
    :raises DecisionRefusee: si la saisie est à corriger, si la demande a changé ou vient d’être décidée.
    """
    exiger_le_service(agent, candidature.academie)
    with transaction.atomic():
        candidature = (
            Candidature.objects.select_for_update(of=("self",))
            .select_related("compte")
            .get(pk=candidature.pk, academie=agent.academie)
        )
        cadre, motif = tous()[candidature.cle], motif.strip()
        version = candidature.versions.get(numero=candidature.derniere_version)
        examen = examen_de(candidature, version, candidature.compte, cadre)
        if candidature.etat != Candidature.Etat.ENREGISTREE or examen.specialite is None:
            raise DecisionRefusee([CANDIDATURE_INACTIVE])
        jour = le.astimezone(ZoneInfo(cadre.calendrier.fuseau)).date()
        prise = DecisionDuService(ligne=ligne, accordee=sens == "accorder", motif=motif, le=jour)
        prise = demande_decidee(octroi, prise, examen)

        histoire = dernieres(candidature, cadre).get(cle_de_la_demande(octroi, prise.ligne), [])
        derniere = histoire[0] if histoire else None
        if derniere and (derniere.par, derniere.accordee, derniere.motif) == (agent, prise.accordee, motif):
            return derniere
        motifs = motifs_pour_decider(examen, prise, sens)
        if not motifs and vue != (derniere.pk if derniere else 0):
            motifs = [DECIDEE_ENTRE_TEMPS]
        if motifs:
            raise DecisionRefusee(motifs)

        decision = DecisionDAcquis.objects.create(
            candidature=candidature,
            octroi=octroi or "",
            demande=ligne_en_json(prise.ligne),
            accordee=prise.accordee,
            motif=motif,
            version=version.numero,
            par=agent,
            le=le,
        )
        garder_les_pieces_demandees(candidature, version, candidature.compte, cadre)
        consigner(
            "acquis_accorde" if decision.accordee else "acquis_refuse",
            le=le,
            acteur=agent,
            objet=f"candidature:{candidature.numero}",
            acquis=nom_de_l_unite(prise.ligne.unite, examen.specialite, cadre),
            octroi=decision.octroi,
            decision=decision.pk,
            version=version.numero,
            motif=motif,
        )
        _prevenir(candidature, decision, cadre, le)
    return decision


def _prevenir(candidature: Candidature, decision: DecisionDAcquis, cadre: Cadre, le: datetime) -> None:
    """The mail does not name what was asked: the page does, behind the password."""
    mettre_en_attente(
        cle=f"acquis:{decision.pk}",
        destinataire=candidature.compte.email,
        gabarit="decision_d_acquis",
        contexte={
            "numero": candidature.numero,
            "octroi": bool(decision.octroi),
            "adresse": adresse_publique(
                "candidature", academie=cadre.academie, session=cadre.session, examen=cadre.examen
            ),
            "service": cadre.contacts.service,
        },
        compte=candidature.compte,
        le=le,
    )
