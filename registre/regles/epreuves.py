"""Étape 5, Épreuves : ce que devient chaque unité à la session, les langues, l’EPS, la facultative."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from registre.regles.acquis_saisis import libelle_unite
from registre.regles.cadre import Cadre, Specialite, Unite
from registre.regles.citation import Motif, applique
from registre.regles.decisions import BeneficeDeNote, Decision, Dispense
from registre.regles.eps import ChoixEps, motifs_eps
from registre.regles.langues import ChoixDeLangue, motifs_langues
from registre.regles.qualification import motifs_etats_des_unites
from registre.regles.saisie import Saisie, oui_ou_non, texte, valeurs
from registre.regles.vocabulaire import CasEps, EtatUnite, FormeDePassage, Statut

CHAMP = re.compile(
    r"lva|lvb|lvf|eps_cas|eps_activites|eps_activite_adaptee|eps_justifiee|presentee_[a-zA-Z0-9-]{1,60}"
)
MOTIFS = ("presentation_a_dire",)


@dataclass(frozen=True, kw_only=True)
class LigneUnite:
    """Une ligne du tableau de l’étape 5.

    ``choix_ouvert`` : en forme progressive, le candidat dit s’il présente l’unité cette session.
    ``a_instruire`` : une demande de l’étape 4 attend la décision du service ; l’unité reste inscrite jusque-là.
    """

    cle: str
    epreuve: str
    libelle: str
    etat: EtatUnite | None
    detail: str = ""
    choix_ouvert: bool = False
    a_instruire: bool = False


@dataclass(frozen=True, kw_only=True)
class Epreuves:
    """Ce que l’étape 5 a recueilli. Les langues valent ``None`` quand rien n’est choisi."""

    lignes: tuple[LigneUnite, ...]
    lva: ChoixDeLangue | None
    lvb: ChoixDeLangue | None
    lvf: ChoixDeLangue | None
    eps: ChoixEps | None  # None when E7 is settled by step 4

    @property
    def etats(self) -> dict[str, EtatUnite]:
        return {x.cle: x.etat for x in self.lignes if x.etat is not None}


def lire(
    saisie: Saisie,
    specialite: Specialite,
    forme_de_passage: FormeDePassage | None,
    acquis: Mapping[str, Decision],
    cadre: Cadre,
) -> Epreuves:
    """Lit l’étape 5 : ce que les acquis ont réglé, puis ce que le candidat choisit."""
    eps = _choix_eps(saisie, forme_de_passage) if not _reglee("eps", acquis) else None
    lignes = tuple(
        _ligne(u, e.code, saisie, specialite, forme_de_passage, acquis, eps, cadre)
        for e in specialite.epreuves
        for u in e.unites
        if u.cle
    )
    etats = {x.cle: x.etat for x in lignes}
    return Epreuves(
        lignes=lignes,
        lva=_langue(saisie, "lva", "langue-vivante-a", etats, acquis),
        lvb=_langue(saisie, "lvb", "langue-vivante-b", etats, acquis),
        lvf=ChoixDeLangue(EtatUnite.INSCRIT, texte(saisie, "lvf")) if texte(saisie, "lvf") else None,
        eps=eps,
    )


def _reglee(cle: str, acquis: Mapping[str, Decision]) -> Dispense | BeneficeDeNote | None:
    decision = acquis.get(cle)
    return decision.acquis if decision and decision.statut is Statut.ACCORDE else None


def _ligne(
    unite: Unite,
    epreuve: str,
    saisie: Saisie,
    specialite: Specialite,
    forme_de_passage: FormeDePassage | None,
    acquis: Mapping[str, Decision],
    eps: ChoixEps | None,
    cadre: Cadre,
) -> LigneUnite:
    cle, progressive = unite.cle, forme_de_passage is FormeDePassage.PROGRESSIVE
    regle = _reglee(cle, acquis)
    etat: EtatUnite | None
    detail = ""
    if isinstance(regle, Dispense):
        etat = EtatUnite.DISPENSE
    elif isinstance(regle, BeneficeDeNote):
        etat = EtatUnite.NOTE_GARDEE
        detail = f"{str(regle.note).replace('.', ',')} / 20, session {regle.session}"
    elif unite.matiere == "eps" and eps is not None:
        etat = _ETATS_EPS.get(eps.cas) if eps.cas else None
    elif progressive:
        presentee = oui_ou_non(saisie, f"presentee_{cle}")
        etat = None if presentee is None else EtatUnite.INSCRIT if presentee else EtatUnite.NON_PRESENTEE
    else:
        etat = EtatUnite.INSCRIT
    decision = acquis.get(cle)
    return LigneUnite(
        cle=cle,
        epreuve=epreuve,
        libelle=libelle_unite(cle, specialite, cadre),
        etat=etat,
        detail=detail,
        choix_ouvert=progressive and regle is None and unite.matiere != "eps",
        a_instruire=bool(decision and decision.statut is Statut.A_INSTRUIRE),
    )


_ETATS_EPS = {
    CasEps.APTE: EtatUnite.INSCRIT,
    CasEps.ADAPTEE: EtatUnite.INSCRIT,
    CasEps.INAPTE: EtatUnite.INAPTE,
    CasEps.DISPENSE: EtatUnite.DISPENSE,
    CasEps.NON_PRESENTEE: EtatUnite.NON_PRESENTEE,
}


def _choix_eps(saisie: Saisie, forme_de_passage: FormeDePassage | None) -> ChoixEps:
    brut = texte(saisie, "eps_cas")
    cas = CasEps(brut) if brut in {c.value for c in CasEps} else None
    if cas is CasEps.NON_PRESENTEE and forme_de_passage is not FormeDePassage.PROGRESSIVE:
        cas = None
    adaptee = cas is CasEps.ADAPTEE
    # Each case reads its own field: what was ticked for another case stays in the draft and counts for nothing.
    champ = {CasEps.APTE: "eps_activites", CasEps.ADAPTEE: "eps_activite_adaptee"}.get(cas) if cas else None
    return ChoixEps(
        cas=cas,
        activites=valeurs(saisie, champ) if champ else (),
        justifiee=adaptee and oui_ou_non(saisie, "eps_justifiee") is True,
        # A dispense by diploma is asked at step 4, which then settles E7.
        motif_dispense="trois-ans" if cas is CasEps.DISPENSE else None,
    )


def _langue(
    saisie: Saisie,
    champ: str,
    matiere: str,
    etats: Mapping[str, EtatUnite | None],
    acquis: Mapping[str, Decision],
) -> ChoixDeLangue | None:
    etat = etats.get(matiere)
    if etat is EtatUnite.NOTE_GARDEE:
        regle = _reglee(matiere, acquis)
        return ChoixDeLangue(etat, regle.langue if isinstance(regle, BeneficeDeNote) else None)
    if etat in (EtatUnite.DISPENSE, EtatUnite.NON_PRESENTEE):
        return ChoixDeLangue(etat)
    langue = texte(saisie, champ)
    return ChoixDeLangue(EtatUnite.INSCRIT, langue) if langue else None


def motifs(
    lu: Epreuves, specialite: Specialite, forme_de_passage: FormeDePassage | None, voie: str | None, cadre: Cadre
) -> list[Motif]:
    """Tous les motifs de l’étape 5, dans l’ordre de la page."""
    trouves = motifs_etats_des_unites(forme_de_passage, lu.etats)
    par_unite = [Motif(m.code, f"presentee_{m.champ}" if m.champ else "", m.message, m.sources) for m in trouves]
    langues = motifs_langues(lu.lva, lu.lvb, lu.lvf, specialite.lvb, cadre.langues, specialite.lva_imposee)
    eps = motifs_eps(lu.eps, voie, cadre.eps) if lu.eps is not None else []
    return [*presentations_dites(lu), *par_unite, *langues, *(_champ_eps(m, lu.eps) for m in eps)]


def _champ_eps(motif: Motif, choix: ChoixEps | None) -> Motif:
    """The page has one list for the ordinary activities, another for the adapted ones."""
    champ = motif.champ
    if champ == "eps_activites" and choix and choix.cas is CasEps.ADAPTEE:
        champ = "eps_activite_adaptee"
    if champ == "eps_motif_dispense":
        champ = "eps_cas"
    return Motif(motif.code, champ, motif.message, motif.sources)


@applique("etapes.qualification.progressive", "L-60", "R28")
def presentations_dites(lu: Epreuves) -> list[Motif]:
    """En forme progressive, le candidat dit pour chaque unité s’il la présente à cette session."""
    message = "Dites si vous passez cette épreuve à cette session."
    return [
        Motif("presentation_a_dire", f"presentee_{x.cle}", message, ("etapes.qualification.progressive", "L-60"))
        for x in lu.lignes
        if x.choix_ouvert and x.etat is None
    ]
