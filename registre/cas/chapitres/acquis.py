"""Chapitres ``benefices``, ``dispenses`` et ``acquis`` : l'étape 4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from registre.cas.adaptateur import Adaptateur, Observe, memes_elements, specialite
from registre.cas.validation import CasMalEcrit
from registre.regles.acquis import LigneAcquis, PassageConnu, SaisieAcquis, examen_des_acquis
from registre.regles.benefices import DemandeDeBenefice, benefice_de_note
from registre.regles.cadre import Cadre
from registre.regles.decisions import BeneficeDeNote, InscriptionIntermediaire, NoteAnterieure, ReglementDesAcquis
from registre.regles.dispenses import DemandeDeDispense, dispenses_demandees
from registre.regles.vocabulaire import FormeDePassage, MotifAcquis, NatureUnite, Resultat, Statut

PARAMETRES = ("acquis", "forme_de_passage")


def reglement(cadre: Cadre, slug: str, session: int | None = None) -> ReglementDesAcquis:
    """Ce que les règles des acquis lisent, pour une spécialité et une session (celle du cadre par défaut)."""
    du_cadre = ReglementDesAcquis.du_cadre(cadre, specialite(cadre, slug))
    return du_cadre if session is None else replace(du_cadre, session=session)


# --- Bénéfices --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NoteDuReleve:
    """La note d'origine. ``nature`` et ``etat`` disent la ligne du relevé ; la règle lit ``note`` et ``matiere``."""

    specialite: str
    session: int
    resultat: Resultat
    unite: str
    nature: NatureUnite | None = None
    matiere: str | None = None
    etat: Literal["note", "absent", "dispense"] = "note"
    note: Decimal | None = None
    libre: bool = False
    langue: str | None = None
    forme_de_passage: FormeDePassage | None = None


@dataclass(frozen=True, kw_only=True)
class Benefice:
    session: int
    specialite: str
    demande: bool
    acquis: NoteDuReleve
    inscriptions_intermediaires: tuple[InscriptionIntermediaire, ...] = ()
    langue_presentee: str | None = None
    succession: tuple[str, str] | None = None
    unite_meme_matiere: str | None = None


def benefice(s: Benefice, cadre: Cadre) -> Observe:
    regles = reglement(cadre, s.specialite, s.session)
    if s.succession and s.succession not in [(c.ancien, c.nouveau) for c in regles.correspondances]:
        raise CasMalEcrit(("situation.succession", "la session ne connaît pas cette succession"))
    note = NoteAnterieure(
        specialite=s.acquis.specialite,
        session=s.acquis.session,
        resultat=s.acquis.resultat,
        unite=s.acquis.unite,
        matiere=s.acquis.matiere,
        note=s.acquis.note,
        libre=s.acquis.libre,
        langue=s.acquis.langue,
        forme_de_passage=s.acquis.forme_de_passage,
        inscriptions_intermediaires=s.inscriptions_intermediaires,
    )
    demande = DemandeDeBenefice(note=note, demande=s.demande, langue_presentee=s.langue_presentee)
    decision = benefice_de_note(demande, regles)
    connue = regles.specialite.par_cle.get(decision.unite or "")
    return Observe(
        {
            "statut": decision.statut,
            "motif": decision.motif,
            "nature": decision.nature,
            "unite": connue.code if connue else decision.unite,
            "derniere_session": decision.derniere_session,
        }
    )


# --- Dispenses --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Demande:
    """Une unité demandée. ``specialite_source``, ``session``, ``resultat`` et ``note`` : échec ailleurs."""

    motif: MotifAcquis
    unite: str | None = None
    matiere: str | None = None
    libre: bool = False
    diplome: str | None = None
    specialite_detenue: str | None = None
    unite_comportee: bool | None = None
    specialite_source: str | None = None
    session: int | None = None
    resultat: Resultat | None = None
    note: Decimal | None = None
    annee: int | None = None
    inscriptions_intermediaires: tuple[InscriptionIntermediaire, ...] = ()

    def demande(self) -> DemandeDeDispense:
        unite = self.matiere or self.unite
        if not unite:
            raise CasMalEcrit(("situation.demandes", "chaque demande nomme sa matiere ou son unite"))
        return DemandeDeDispense(
            titre=self.motif,
            unite=unite,
            libre=self.libre,
            diplome=self.diplome,
            specialite_detenue=self.specialite_detenue,
            unite_comportee=self.unite_comportee,
            note=self._note(unite) if self.motif is MotifAcquis.AUTRE_SPECIALITE else None,
            annee=self.annee,
            inscriptions_intermediaires=self.inscriptions_intermediaires,
        )

    def _note(self, unite: str) -> NoteAnterieure:
        if self.specialite_source is None or self.session is None or self.resultat is None:
            message = "une demande autre-specialite donne specialite_source, session et resultat"
            raise CasMalEcrit(("situation.demandes", message))
        return NoteAnterieure(
            specialite=self.specialite_source,
            session=self.session,
            resultat=self.resultat,
            unite=unite,
            matiere=self.matiere,
            note=self.note,
            libre=self.libre,
            inscriptions_intermediaires=self.inscriptions_intermediaires,
        )


@dataclass(frozen=True, kw_only=True)
class Dispenses:
    """``matieres`` : les unités générales de la spécialité que le cas cite."""

    session: int
    specialite: str
    matieres: tuple[str, ...]
    demandes: tuple[Demande, ...]


def dispenses(s: Dispenses, cadre: Cadre) -> Observe:
    regles = reglement(cadre, s.specialite, s.session)
    inconnues = set(s.matieres) - regles.specialite.matieres
    if inconnues:
        message = f"la spécialité {s.specialite} n’a pas ces matières\u00a0: {', '.join(sorted(inconnues))}"
        raise CasMalEcrit(("situation.matieres", message))
    rendu = dispenses_demandees([d.demande() for d in s.demandes], regles)
    return Observe(
        {
            "accordees": [demande.unite for demande, _ in rendu.accordees],
            "a_instruire": [{"demande": demande.unite, "motif": d.motif} for demande, d in rendu.a_instruire],
            "refusees": [{"demande": demande.unite, "motif": d.motif} for demande, d in rendu.refusees],
            "pieces": rendu.pieces,
        }
    )


def memes_demandes(attendu: Any, obtenu: Any) -> bool:
    """Les mêmes demandes dans l'ordre ; un cas peut ne nommer que l'unité, sans le motif."""
    return (
        isinstance(attendu, list)
        and len(attendu) == len(obtenu)
        and all(voulue in (trouvee, trouvee["demande"]) for voulue, trouvee in zip(attendu, obtenu, strict=True))
    )


# --- L'étape entière --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PassageDeclare:
    session: int
    resultat: Resultat
    specialite: str | None = None
    forme_de_passage: FormeDePassage | None = None


@dataclass(frozen=True, kw_only=True)
class Etape:
    specialite: str
    aucun: bool = False
    passages: tuple[PassageDeclare, ...] = ()
    lignes: tuple[LigneAcquis, ...] = ()


def etape(s: Etape, cadre: Cadre) -> Observe:
    passages = [
        PassageConnu(
            session=p.session,
            specialite=p.specialite,
            resultat=p.resultat,
            forme_de_passage=p.forme_de_passage,
        )
        for p in s.passages
    ]
    lignes = tuple(replace(ligne, champ_prefixe=f"{rang}-") for rang, ligne in enumerate(s.lignes))
    saisie = SaisieAcquis(aucun=s.aucun, lignes=lignes)
    examen = examen_des_acquis(saisie, passages, reglement(cadre, s.specialite))
    accordees = {u: d for u, d in examen.par_unite.items() if d.statut is Statut.ACCORDE}
    gardees = [u for u, d in accordees.items() if isinstance(d.acquis, BeneficeDeNote)]
    return Observe(
        {
            "motifs": sorted({f"{m.champ}: {m.code}" for m in examen.motifs}),
            "benefices": gardees,
            "dispenses": [u for u in accordees if u not in gardees],
            "a_instruire": [u for u in examen.par_unite if u not in accordees],
            "pieces": sorted({cle for _, cle in examen.pieces}),
            "perdus": sorted({d.unite for d in examen.perdus if d.unite}),
        },
        tuple(examen.motifs),
    )


_LISTES = ("motifs", "benefices", "dispenses", "a_instruire", "pieces", "perdus")

ADAPTATEURS = (
    Adaptateur(
        chapitre="benefices", situation=Benefice, observer=benefice, parametres=PARAMETRES, sinon={"motif": ""}
    ),
    Adaptateur(
        chapitre="dispenses",
        situation=Dispenses,
        observer=dispenses,
        parametres=PARAMETRES,
        comparaisons={"a_instruire": memes_demandes, "pieces": memes_elements},
        sinon={"accordees": [], "a_instruire": [], "refusees": [], "pieces": []},
    ),
    Adaptateur(
        chapitre="acquis",
        situation=Etape,
        observer=etape,
        parametres=PARAMETRES,
        comparaisons=dict.fromkeys(_LISTES, memes_elements),
        sinon={cle: [] for cle in _LISTES},
    ),
)
